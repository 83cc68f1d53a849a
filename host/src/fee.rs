//! A fee is what a search owes to an endpoint that embedded its question or reranked its hits. A leaf.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Tokens above this are a server's nonsense: no request here is a billionth part as long.
const MOST_TOKENS: u64 = 1 << 40;

/// What one kind of request of a search came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fee {
    /// What was asked.
    pub purpose: FeePurpose,
    /// The embedder's name in the configuration, or the rerank model's.
    pub model: String,
    /// Tokens that were sent.
    pub tokens: u64,
    /// Whether the tokens are the host's own estimate, because the endpoint told none.
    pub estimated: bool,
    /// In the operator's currency; `None` where no price is configured.
    pub cost: Option<f64>,
}

/// What an endpoint was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeePurpose {
    /// A question's vector.
    Embed,
    /// Hits that an endpoint put into another order.
    Rerank,
}

/// How many tokens an endpoint has counted, or the host in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tokens {
    pub(crate) count: u64,
    pub(crate) estimated: bool,
}

impl Tokens {
    /// What an answer says of its usage, else the estimate. A server that counts nothing says 0.
    pub(crate) fn told(answer: &Reported, estimate: impl FnOnce() -> usize) -> Self {
        match answer.tokens() {
            Some(count @ 1..=MOST_TOKENS) => Self { count, estimated: false },
            _ => Self { count: estimate() as u64, estimated: true },
        }
    }

    /// The fee at a price for 1000 tokens.
    pub(crate) fn at(self, purpose: FeePurpose, model: &str, price: Option<f64>) -> Fee {
        let Self { count: tokens, estimated } = self;
        let cost = price.map(|price| tokens as f64 * price / 1000.0);
        Fee { purpose, model: model.to_owned(), tokens, estimated, cost }
    }
}

/// The part of an answer that tells of usage, in any of the shapes in which servers tell it.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Reported {
    /// OpenAI, Qianfan, Jina, DashScope.
    #[serde(default)]
    usage: Value,
    /// Cohere and those that follow it: `meta.tokens.input_tokens`.
    #[serde(default)]
    meta: Value,
}

impl Reported {
    fn tokens(&self) -> Option<u64> {
        let number = |value: &Value| value.as_u64().or_else(|| value.as_f64().map(|number| number as u64));
        let of_usage = ["total_tokens", "prompt_tokens", "input_tokens"];
        let of_usage = of_usage.iter().find_map(|key| number(self.usage.get(key)?));
        of_usage.or_else(|| number(self.meta.pointer("/tokens/input_tokens")?))
    }
}

/// Adds a fee to those of the same kind.
pub fn add_fee(fees: &mut Vec<Fee>, fee: &Fee) {
    let same = |other: &&mut Fee| other.purpose == fee.purpose && other.model == fee.model;
    match fees.iter_mut().find(same) {
        Some(sum) => {
            sum.tokens += fee.tokens;
            sum.estimated |= fee.estimated;
            sum.cost = sum.cost.zip(fee.cost).map(|(sum, more)| sum + more);
        }
        None => fees.push(fee.clone()),
    }
}

#[cfg(test)]
mod tests;
