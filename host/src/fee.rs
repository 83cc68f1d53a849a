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
    /// The order of hits.
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
mod tests {
    use super::*;

    fn told(answer: &str) -> Tokens {
        Tokens::told(&serde_json::from_str(answer).unwrap(), || 7)
    }

    #[test]
    fn usage_is_heard_in_every_shape_and_estimated_where_there_is_none() {
        let counted = |count| Tokens { count, estimated: false };
        for answer in [
            r#"{"usage": {"prompt_tokens": 12, "total_tokens": 12}}"#,
            r#"{"usage": {"prompt_tokens": 12}}"#,
            r#"{"usage": {"total_tokens": 12.0}}"#,
            r#"{"usage": {"input_tokens": 12, "total_tokens": null}}"#,
            r#"{"meta": {"tokens": {"input_tokens": 12, "output_tokens": 0}}}"#,
        ] {
            assert_eq!(told(answer), counted(12), "{answer}");
        }
        for answer in [
            "{}",
            r#"{"usage": null}"#,
            r#"{"usage": "12"}"#,
            r#"{"usage": {"total_tokens": 0}}"#,
            r#"{"usage": {"total_tokens": -5}}"#,
            r#"{"usage": {"total_tokens": 1e30}}"#,
            r#"{"meta": []}"#,
        ] {
            assert_eq!(told(answer), Tokens { count: 7, estimated: true }, "{answer}");
        }
    }

    #[test]
    fn fees_of_one_kind_add_up_and_a_missing_price_is_not_forgotten() {
        let tokens = Tokens { count: 500, estimated: false };
        let fee = tokens.at(FeePurpose::Embed, "e", Some(0.004));
        assert_eq!(fee.cost, Some(0.002));
        let mut fees = Vec::new();
        add_fee(&mut fees, &fee);
        add_fee(&mut fees, &Fee { estimated: true, ..fee.clone() });
        add_fee(&mut fees, &tokens.at(FeePurpose::Rerank, "e", None));
        assert_eq!(
            (fees.len(), fees[0].tokens, fees[0].cost, fees[0].estimated),
            (2, 1000, Some(0.004), true)
        );
        add_fee(&mut fees, &Fee { cost: None, ..fee });
        assert_eq!(fees[0].cost, None);
    }
}
