//! Figures of the searches.

use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};

use super::family;
use crate::knowledge::SearchTally;

/// The searches that the library has counted.
#[derive(Debug)]
pub(super) struct Searches(pub(super) Arc<SearchTally>);

impl Collector for Searches {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let tally = &self.0;
        let outcomes = tally.outcomes().map(|(outcome, count)| ([("outcome", outcome)], count));
        family(&mut encoder, ("searches", "Searches in knowledge bases, by how they ended"), outcomes)?;
        let reranked = tally.reranked().map(|(outcome, count)| ([("outcome", outcome)], count));
        family(
            &mut encoder,
            ("searches_reranked", "Searches with a reranker, by whether its order was taken"),
            reranked,
        )?;
        let seconds = tally.seconds();
        let help = "How long searches took, the question's embedding included";
        seconds.encode(encoder.encode_descriptor("search_seconds", help, None, seconds.metric_type())?)
    }
}
