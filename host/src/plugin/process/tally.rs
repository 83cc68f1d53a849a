//! How a plugin's calls have ended since the process began, and what they took.

use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};

use super::error::{CallError, Failure, TrapKind};
use super::usage::PluginUsage;
use crate::message::Contribution;

/// The ways a call ends. The numbers are places among the counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CallEnding {
    Ok,
    Nothing,
    Failed,
    InvalidArguments,
    Timeout,
    Trap,
    Limit,
    Busy,
    Host,
}

/// Their names among the figures, in their order.
const OUTCOMES: [&str; 9] =
    ["ok", "nothing", "failed", "invalid_arguments", "timeout", "trap", "limit", "busy", "host"];

impl From<&CallError> for CallEnding {
    fn from(error: &CallError) -> Self {
        match error {
            CallError::Failed { failure: Failure::InvalidArguments(_) } => Self::InvalidArguments,
            CallError::Failed { .. } => Self::Failed,
            CallError::Timeout { .. } => Self::Timeout,
            CallError::Trap { cause: TrapKind::Crash, .. } => Self::Trap,
            CallError::Trap { .. } => Self::Limit,
            CallError::Busy { .. } => Self::Busy,
            CallError::Host { .. } => Self::Host,
        }
    }
}

/// Counts one plugin's calls.
#[derive(Debug)]
pub struct CallTally {
    calls: [Counter; OUTCOMES.len()],
    seconds: Histogram,
    /// What calls asked for and were not granted.
    denials: Counter,
    usage: PluginUsage,
}

impl Default for CallTally {
    fn default() -> Self {
        // 50 µs to about half a minute.
        let seconds = Histogram::new(exponential_buckets(0.000_05, 2.0, 20));
        Self {
            calls: Default::default(),
            seconds,
            denials: Counter::default(),
            usage: PluginUsage::default(),
        }
    }
}

impl CallTally {
    /// Counts a contributor's call.
    pub(in crate::plugin) fn count(&self, result: &Result<Contribution, CallError>, took: Duration) {
        let outcome = match result {
            Ok(Contribution::Nothing { .. }) => CallEnding::Nothing,
            Ok(_) => CallEnding::Ok,
            Err(error) => error.into(),
        };
        self.end(outcome, took);
    }

    /// Requests and searches that were not granted so far.
    pub fn denials(&self) -> Counter {
        self.denials.clone()
    }

    /// What the calls took and asked for.
    pub(in crate::plugin) fn usage(&self) -> &PluginUsage {
        &self.usage
    }

    /// Counts an answer that has passed a formatter, or that it broke on.
    pub(in crate::plugin) fn count_answer(&self, broken: Option<&CallError>, took: Duration) {
        self.end(broken.map_or(CallEnding::Ok, CallEnding::from), took);
    }

    fn end(&self, outcome: CallEnding, took: Duration) {
        self.calls[outcome as usize].inc();
        self.seconds.observe(took.as_secs_f64());
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

#[cfg(test)]
mod tests;
