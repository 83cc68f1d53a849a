//! When state that is too old may be deleted.

use std::time::{Duration, Instant, SystemTime};

/// How long the clock must have gone on steadily before anything is deleted by it. What is too old is
/// hidden at once; a clock that is wrong at a start, or is set wrong later, is put right meanwhile.
const STEADY: Duration = Duration::from_secs(3600);
/// What the clock may be corrected by and still counts as steady.
const CORRECTION: Duration = Duration::from_secs(60);

/// Watches the clock by which state grows old.
#[derive(Debug)]
pub(super) struct Age {
    /// When it was looked at first, by the clock and by the time the process has run.
    since: (SystemTime, Instant),
    /// When what was too old was deleted last.
    deleted: Instant,
}

impl Age {
    pub(super) fn new(clock: SystemTime, run: Instant) -> Self {
        Self { since: (clock, run), deleted: run }
    }

    /// Whether what is too old is to be deleted now. Whoever is told so does it.
    pub(super) fn may_delete(&mut self, clock: SystemTime, run: Instant) -> bool {
        let expected = self.since.0 + run.duration_since(self.since.1);
        let wrong = expected.duration_since(clock).or_else(|_| clock.duration_since(expected));
        if wrong.unwrap_or_default() > CORRECTION {
            *self = Self::new(clock, run);
        }
        let may = run.duration_since(self.deleted) >= STEADY;
        if may {
            self.deleted = run;
        }
        may
    }
}

#[cfg(test)]
mod tests;
