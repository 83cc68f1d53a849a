//! Figures of the servers the host asks.

use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};

use super::family::{family, gauge};
use crate::breaker::{Breaker, Health};

/// The servers the host asks, counted by their breakers.
#[derive(Debug)]
pub(super) struct ServerMetrics(pub(super) Vec<Arc<Breaker>>);

impl ServerMetrics {
    /// One metric with a line for each server.
    fn lines<M: EncodeMetric>(
        &self,
        encoder: &mut DescriptorEncoder<'_>,
        what: (&str, &str),
        of: impl Fn(&Breaker) -> M,
    ) -> fmt::Result {
        let lines = self
            .0
            .iter()
            .map(|breaker| ([("kind", breaker.kind().word()), ("name", breaker.name())], of(breaker)));
        family(encoder, what, lines)
    }
}

impl Collector for ServerMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let calls = ("server_calls", "Requests to stores, embedders, rerankers and models");
        self.lines(&mut encoder, calls, |breaker| breaker.tally().calls.clone())?;
        let errors = ("server_errors", "Requests to them that gave an error");
        self.lines(&mut encoder, errors, |breaker| breaker.tally().errors.clone())?;
        let refusals = ("server_refusals", "Requests an open breaker let not through");
        self.lines(&mut encoder, refusals, |breaker| breaker.tally().refused.clone())?;
        let seconds = ("server_seconds", "How long requests to them took");
        self.lines(&mut encoder, seconds, |breaker| breaker.tally().seconds.clone())?;
        let open =
            ("server_breaker", "0 closed; away: 1 where the next request tries, 2 where none is let through");
        self.lines(&mut encoder, open, |breaker| {
            gauge(match breaker.health() {
                Health::Well | Health::Failing(_) => 0,
                Health::Trying(_) => 1,
                Health::Away(_) => 2,
            })
        })
    }
}
