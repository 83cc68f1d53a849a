//! An expense is what one kind of request of a turn came to: tokens of a model, an embedder or a reranker, and
//! their price.

use serde::{Deserialize, Serialize};

use super::{ModelCall, PluginCall, Purpose};
use crate::fee::{FeePurpose, add_fee};
use crate::llm::Usage;

/// Everything a turn asked one model for, for one purpose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expense {
    /// What was asked for.
    pub purpose: ExpensePurpose,
    /// The model's or embedder's name in the configuration, or the rerank model's.
    pub model: String,
    /// Tokens that were sent.
    pub prompt_tokens: u64,
    /// Tokens that came back.
    pub completion_tokens: u64,
    /// Whether the tokens are in part the host's own estimate, because the endpoint told none.
    pub estimated: bool,
    /// In the operator's currency; `None` where no price is configured.
    pub cost: Option<f64>,
}

/// What a turn asks an endpoint for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExpensePurpose {
    /// The answer.
    Answer,
    /// A question made standalone.
    Rewrite,
    /// The vector of a question.
    Embed,
    /// The order of hits.
    Rerank,
}

impl ExpensePurpose {
    pub(super) const ALL: [Self; 4] = [Self::Answer, Self::Rewrite, Self::Embed, Self::Rerank];

    /// Its name in the table of costs and over HTTP.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Rewrite => "rewrite",
            Self::Embed => "embed",
            Self::Rerank => "rerank",
        }
    }

    /// Whether it is a `[models.<name>]` table that is asked.
    pub const fn is_of_model(self) -> bool {
        matches!(self, Self::Answer | Self::Rewrite)
    }

    /// The key of the configuration that a missing price belongs under.
    pub fn price_key(self, model: &str) -> String {
        match self {
            Self::Answer | Self::Rewrite => format!("models.{model}.price_input"),
            Self::Embed => format!("embedders.{model}.price_input"),
            Self::Rerank => "rerank.price_input".to_owned(),
        }
    }
}

/// What a turn's calls came to, where a model's tokens cost what `price` says.
pub fn expenses(
    model_calls: &[ModelCall],
    calls: &[PluginCall],
    price: impl Fn(&str, Usage) -> Option<f64>,
) -> Vec<Expense> {
    let mut expenses: Vec<Expense> = Vec::new();
    for call in model_calls {
        let purpose = match call.purpose {
            Purpose::Answer => ExpensePurpose::Answer,
            Purpose::FollowUp => ExpensePurpose::Rewrite,
        };
        // A call that was refused took nothing.
        let usage = call.usage.unwrap_or_default();
        let cost = price(&call.model, usage);
        let same = |other: &&mut Expense| other.purpose == purpose && other.model == call.model;
        match expenses.iter_mut().find(same) {
            Some(sum) => {
                sum.prompt_tokens += usage.prompt_tokens;
                sum.completion_tokens += usage.completion_tokens;
                sum.estimated |= usage.estimated;
                sum.cost = sum.cost.zip(cost).map(|(sum, more)| sum + more);
            }
            None => expenses.push(Expense {
                purpose,
                model: call.model.clone(),
                prompt_tokens: usage.prompt_tokens,
                completion_tokens: usage.completion_tokens,
                estimated: usage.estimated,
                cost,
            }),
        }
    }
    let mut fees = Vec::new();
    calls.iter().flat_map(|call| &call.report.fees).for_each(|fee| add_fee(&mut fees, fee));
    expenses.extend(fees.into_iter().map(|fee| Expense {
        purpose: match fee.purpose {
            FeePurpose::Embed => ExpensePurpose::Embed,
            FeePurpose::Rerank => ExpensePurpose::Rerank,
        },
        model: fee.model,
        prompt_tokens: fee.tokens,
        completion_tokens: 0,
        estimated: fee.estimated,
        cost: fee.cost,
    }));
    expenses
}
