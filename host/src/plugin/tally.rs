//! How a plugin's calls have ended since the process began.

use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};

use super::error::{CallError, Failure, TrapKind};
use crate::message::Contribution;

/// The ways a call ends, in the order of the counters.
const OUTCOMES: [&str; 9] =
    ["ok", "nothing", "failed", "invalid_arguments", "timeout", "trap", "limit", "busy", "host"];

fn failure(error: &CallError) -> &'static str {
    match error {
        CallError::Failed { failure: Failure::InvalidArguments(_) } => "invalid_arguments",
        CallError::Failed { .. } => "failed",
        CallError::Timeout { .. } => "timeout",
        CallError::Trap { cause: TrapKind::Crash, .. } => "trap",
        CallError::Trap { .. } => "limit",
        CallError::Busy { .. } => "busy",
        CallError::Host { .. } => "host",
    }
}

/// Counts one plugin's calls.
#[derive(Debug)]
pub struct Tally {
    calls: [Counter; OUTCOMES.len()],
    seconds: Histogram,
}

impl Default for Tally {
    fn default() -> Self {
        // 50 µs to about half a minute.
        Self { calls: Default::default(), seconds: Histogram::new(exponential_buckets(0.000_05, 2.0, 20)) }
    }
}

impl Tally {
    /// Counts a contributor's call.
    pub(super) fn count(&self, result: &Result<Contribution, CallError>, took: Duration) {
        self.end(match result {
            Ok(Contribution::Nothing { .. }) => "nothing",
            Ok(_) => "ok",
            Err(error) => failure(error),
        });
        self.seconds.observe(took.as_secs_f64());
    }

    /// Counts an answer that has passed a formatter, or that it broke on.
    pub(super) fn count_answer(&self, broken: Option<&CallError>, took: Duration) {
        self.end(broken.map_or("ok", failure));
        self.seconds.observe(took.as_secs_f64());
    }

    fn end(&self, outcome: &str) {
        if let Some(place) = OUTCOMES.iter().position(|known| *known == outcome) {
            self.calls[place].inc();
        }
    }

    /// Calls by how they ended.
    pub fn calls(&self) -> impl Iterator<Item = (&'static str, Counter)> + '_ {
        OUTCOMES.into_iter().zip(self.calls.iter().cloned())
    }

    /// How long they took.
    pub fn seconds(&self) -> Histogram {
        self.seconds.clone()
    }
}
