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
mod tests {
    use super::*;

    #[test]
    fn nothing_is_deleted_by_a_clock_that_has_just_been_set() {
        let (clock, run) = (SystemTime::now(), Instant::now());
        let after = |minutes: u64| Duration::from_secs(60 * minutes);
        let ahead = after(30 * 24 * 60);
        let mut age = Age::new(clock, run);
        assert!(!age.may_delete(clock + after(59), run + after(59)), "not soon after a start");
        assert!(age.may_delete(clock + after(60), run + after(60)));
        assert!(!age.may_delete(clock + after(61), run + after(61)), "once an hour");
        assert!(!age.may_delete(clock + ahead + after(200), run + after(200)), "a month in three hours");
        assert!(!age.may_delete(clock + ahead + after(259), run + after(259)));
        assert!(!age.may_delete(clock + after(260), run + after(260)), "and back again");
        assert!(age.may_delete(clock + after(320), run + after(320)));
    }
}
