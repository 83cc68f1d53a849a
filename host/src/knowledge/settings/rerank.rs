//! Settings of reranking.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::check_endpoint;
use crate::duration;
use crate::endpoint;
use crate::problem::{PRICES, Problem};

/// Documents that an endpoint takes for one question.
pub(in crate::knowledge) const MAX_RERANKED: usize = 64;

/// The `[rerank]` table: an endpoint in the shape of Qianfan's `/v2/rerankers`.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
pub struct RerankSettings {
    /// The address before `/rerankers`, such as `https://…/v2`.
    #[schemars(example = "https://qianfan.baidubce.com/v2")]
    pub base_url: String,
    /// The model's name, such as `bce-reranker-base`.
    #[schemars(example = "bce-reranker-base")]
    pub model: String,
    /// The environment variable that holds the key. Default: no key is sent.
    #[schemars(example = &"QIANFAN_API_KEY")]
    pub api_key_env: Option<String>,
    /// The longest a search waits for it before the fused order stands. Default: 800 ms.
    #[serde(default = "rerank_timeout", with = "humantime_serde")]
    #[schemars(with = "Duration")]
    pub timeout: Duration,
    /// Hits that are sent, best first, 1 to 64. What is beyond is not given out. Default: 32.
    #[serde(default = "rerank_candidates")]
    #[schemars(range(min = 1, max = MAX_RERANKED))]
    pub candidates: usize,
    /// Price of 1000 tokens, in the operator's currency, for the costs of turns. Default: none is known, and
    /// tokens alone are counted.
    #[schemars(range(min = *PRICES.start(), max = *PRICES.end()))]
    pub price_input: Option<f64>,
}

fn rerank_timeout() -> Duration {
    Duration::from_millis(800)
}

fn rerank_candidates() -> usize {
    32
}

impl RerankSettings {
    /// Everything that is wrong with the table.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        check_endpoint("rerank", "base_url", &self.base_url, self.api_key_env.as_deref(), &mut found);
        if !(1..=MAX_RERANKED).contains(&self.candidates) {
            let message = format!("is {}; it must be between 1 and {MAX_RERANKED}", self.candidates);
            found.push(Problem::new("rerank.candidates", message));
        }
        found.extend(duration::problem("rerank.timeout", self.timeout, &endpoint::BOUNDS, "800ms"));
        found.extend(Problem::of_price("rerank.price_input", self.price_input));
        found
    }
}
