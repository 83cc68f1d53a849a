//! The prices of a turn: those of the models that its app may call.

use std::sync::Arc;

use super::App;
use crate::llm::Model;
use crate::trace::{Expense, Trace, expenses};

/// The models that a turn may call, the app's own first; their prices give the turn's cost.
pub(super) struct Prices {
    models: Vec<Arc<Model>>,
}

impl Prices {
    pub(super) fn of(app: &App) -> Self {
        let models = [&app.model, &app.follow_up.model];
        Self { models: models.into_iter().flatten().cloned().collect() }
    }

    /// What every call of the turn came to, each model at its own prices.
    pub(super) fn expenses(&self, trace: &Trace) -> Vec<Expense> {
        expenses(&trace.model_calls, &trace.calls, |name, usage| {
            let model = self.models.iter().find(|model| model.name() == name)?;
            model.settings().cost(usage.prompt_tokens, usage.completion_tokens)
        })
    }

    /// The sum of these expenses; `None` where a model's price is not known, or nothing has one.
    pub(super) fn cost(&self, expenses: &[Expense]) -> Option<f64> {
        if let Some(model) = self.models.first() {
            // An app whose model has no price reports no cost, even where the model was not asked.
            model.settings().cost(0, 0)?;
        }
        let is_known = |expense: &&Expense| expense.purpose.is_of_model() || expense.cost.is_some();
        let known = expenses.iter().filter(is_known);
        if self.models.is_empty() && known.clone().next().is_none() {
            return None;
        }
        // A sum of nothing is -0.0.
        known.map(|expense| expense.cost).sum::<Option<f64>>().map(|cost| cost + 0.0)
    }
}
