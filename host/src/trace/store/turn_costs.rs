//! What one turn adds to the table of costs.

use crate::trace::{Expense, ExpensePurpose, Trace};

/// What a turn adds to the table.
#[derive(Debug, Clone, Default)]
pub(super) struct TurnCosts {
    expenses: Vec<Expense>,
    /// It was answered well with a stored answer, in place of a model that would have been asked.
    without_model: bool,
}

impl TurnCosts {
    pub(super) fn of(trace: &Trace) -> Self {
        let expenses = trace.expenses.clone();
        let has_model = expenses.iter().any(|expense| expense.purpose == ExpensePurpose::Answer);
        let is_whole = trace.error.is_none() && trace.finish_reason != "cancelled";
        Self { expenses, without_model: is_whole && !has_model && trace.spared_model }
    }

    /// Its rows: one for each expense. Each turn is one of the purpose `answer`, with an empty name where
    /// no model was asked for it.
    pub(super) fn rows(&self) -> impl Iterator<Item = (ExpensePurpose, &str, Sums)> {
        let answers = self.expenses.iter().any(|expense| expense.purpose == ExpensePurpose::Answer);
        let without = Sums { turns: 1, without_model: u64::from(self.without_model), ..Sums::default() };
        let without = (!answers).then_some((ExpensePurpose::Answer, "", without));
        let expenses = self.expenses.iter().map(|expense| {
            let tokens = expense.prompt_tokens + expense.completion_tokens;
            let sums = Sums {
                turns: 1,
                without_model: 0,
                prompt_tokens: expense.prompt_tokens,
                completion_tokens: expense.completion_tokens,
                estimated_tokens: if expense.estimated { tokens } else { 0 },
                unpriced: u64::from(expense.cost.is_none()),
                cost: expense.cost.unwrap_or(0.0),
            };
            (expense.purpose, expense.model.as_str(), sums)
        });
        without.into_iter().chain(expenses)
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Sums {
    pub(super) turns: u64,
    pub(super) without_model: u64,
    pub(super) prompt_tokens: u64,
    pub(super) completion_tokens: u64,
    pub(super) estimated_tokens: u64,
    /// Turns whose tokens have no price.
    pub(super) unpriced: u64,
    pub(super) cost: f64,
}

impl Sums {
    pub(super) fn add(&mut self, other: &Self) {
        self.turns += other.turns;
        self.without_model += other.without_model;
        self.prompt_tokens += other.prompt_tokens;
        self.completion_tokens += other.completion_tokens;
        self.estimated_tokens += other.estimated_tokens;
        self.unpriced += other.unpriced;
        self.cost += other.cost;
    }
}
