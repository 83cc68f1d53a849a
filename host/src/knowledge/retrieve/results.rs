//! What a search has found, and what became of each base.

use serde::{Deserialize, Serialize};

use crate::fee::Fee;
use crate::knowledge::hit::Hit;
use crate::knowledge::rerank::RerankReport;

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Results {
    /// Hits of all bases, best `rank` first.
    pub hits: Vec<Hit>,
    /// One for each base, in the order asked.
    pub reports: Vec<BaseReport>,
    /// What became of reranking; `None` where no `[rerank]` table is configured.
    pub rerank: Option<RerankReport>,
    /// What endpoints were paid for it, embedders first; empty where nothing was sent to one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fees: Vec<Fee>,
    /// How long it took.
    pub times: SearchTimes,
}

/// What became of one base.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BaseReport {
    /// The base's name.
    pub knowledge_base: String,
    /// Hits that reached the threshold, at most `top_k`.
    pub found: usize,
    /// The best score seen, also below the threshold. `None` where nothing matched.
    pub best_score: Option<f64>,
    /// The threshold applied to the best one seen: a base may have one for passages and one for stored questions.
    pub threshold: f64,
    /// Why the base could not be searched; also where only its words could be, and none matched.
    pub error: Option<String>,
    /// Why only its words were searched: the question has no vector that can be compared with its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub degraded: Option<String>,
    /// Whether what is told by one of the two stays so until somebody acts.
    #[serde(skip)]
    pub lasts: bool,
}

impl BaseReport {
    /// Why less was searched than there is.
    pub fn lack(&self) -> Option<&str> {
        self.error.as_deref().or(self.degraded.as_deref())
    }
}

/// How long the steps took, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SearchTimes {
    /// Embedding the question; near 0 where it was asked before.
    pub embed_ms: f64,
    /// Searching all bases, side by side.
    pub search_ms: f64,
    /// Waiting for the rerank endpoint; 0 where there is none.
    pub rerank_ms: f64,
    /// Everything.
    pub total_ms: f64,
}
