//! Patience: how long a job waits for a store or an embedder that is away, and how often it asks.

use std::time::{Duration, Instant};

/// The longest wait before a job tries again by itself: an outage is noticed to be over within it.
const LONGEST_PAUSE: Duration = Duration::from_secs(120);
/// The longest wait that an endpoint may ask for.
const LONGEST_ASKED: Duration = Duration::from_secs(3600);

/// What the operator allows.
#[derive(Debug, Clone, Copy)]
pub struct JobPatience {
    /// The wait before the first new try; it doubles with each.
    pub pause: Duration,
    /// How long a job tries without getting on before it has failed.
    pub patience: Duration,
}

/// One job's tries since it last got on.
#[derive(Debug)]
pub(super) struct JobTries {
    allowed: JobPatience,
    since: Instant,
    pub(super) tries: u32,
}

impl JobTries {
    pub(super) fn new(allowed: JobPatience) -> Self {
        Self { allowed, since: Instant::now(), tries: 0 }
    }

    /// How long to wait after a try that failed; `None` where that is not worth it any more.
    pub(super) fn after(&mut self, got_on: bool, asked: Option<Duration>) -> Option<Duration> {
        if got_on {
            *self = Self::new(self.allowed);
        }
        let pause = self.allowed.pause.saturating_mul(1 << self.tries.min(20)).min(LONGEST_PAUSE);
        let pause = pause.max(asked.unwrap_or_default().min(LONGEST_ASKED));
        self.tries += 1;
        (self.since.elapsed() + pause <= self.allowed.patience).then_some(pause)
    }
}

#[cfg(test)]
mod tests;
