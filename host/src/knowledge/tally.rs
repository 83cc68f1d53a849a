//! How searches have ended since the process began.

use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};

use super::retrieve::{Results, SearchError};

/// The ways a search ends, in the order of the counters.
const OUTCOMES: [&str; 4] = ["found", "nothing", "degraded", "error"];
/// What becomes of the order of hits where a reranker is configured.
const RERANKED: [&str; 2] = ["applied", "left_out"];

/// Counts the library's searches.
#[derive(Debug)]
pub struct SearchTally {
    outcomes: [Counter; OUTCOMES.len()],
    reranked: [Counter; RERANKED.len()],
    seconds: Histogram,
}

impl Default for SearchTally {
    fn default() -> Self {
        // 0.1 ms to about seven seconds.
        let seconds = Histogram::new(exponential_buckets(0.000_1, 2.0, 17));
        Self { outcomes: Default::default(), reranked: Default::default(), seconds }
    }
}

impl SearchTally {
    pub(super) fn count(&self, result: &Result<Results, SearchError>, took: Duration) {
        let outcome = match result {
            Err(_) => 3,
            Ok(results) if results.reports.iter().any(|base| base.lack().is_some()) => 2,
            Ok(results) if results.hits.is_empty() => 1,
            Ok(_) => 0,
        };
        self.outcomes[outcome].inc();
        self.seconds.observe(took.as_secs_f64());
        if let Ok(Results { rerank: Some(report), .. }) = result {
            self.reranked[usize::from(!report.applied)].inc();
        }
    }

    /// Searches by how they ended.
    pub fn outcomes(&self) -> impl Iterator<Item = (&'static str, Counter)> + '_ {
        OUTCOMES.into_iter().zip(self.outcomes.iter().cloned())
    }

    /// Searches with a reranker, by whether its order was taken.
    pub fn reranked(&self) -> impl Iterator<Item = (&'static str, Counter)> + '_ {
        RERANKED.into_iter().zip(self.reranked.iter().cloned())
    }

    /// How long they took.
    pub fn seconds(&self) -> Histogram {
        self.seconds.clone()
    }
}
