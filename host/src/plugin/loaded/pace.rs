//! The pace of a plugin: how long its calls have been of late.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::Duration;

/// Processor time of a short call. Calls of bundled plugins use a tenth of it, and an interpreter
/// starts in half of it. A call that is found long waits for others that are.
pub(in crate::plugin) const SHORT: Duration = Duration::from_millis(5);
/// Processor time of a call that takes no longer than handing it to another thread.
const QUICK: Duration = Duration::from_micros(200);
/// Short calls that make a plugin with a long one a plugin of short calls again.
const FORGIVEN_AFTER: u8 = 8;

/// How long a plugin's calls have been of late. Lives as long as the plugin.
#[derive(Debug, Default)]
pub(in crate::plugin) struct CallPace {
    /// Short calls that are missing until a long one is forgiven.
    unforgiven: AtomicU8,
    /// Whether the last call was a quick one.
    is_quick: AtomicBool,
}

impl CallPace {
    pub(in crate::plugin) fn is_long(&self) -> bool {
        self.unforgiven.load(Ordering::Relaxed) > 0
    }

    /// Whether the next call is likely to take a fraction of a millisecond of a processor.
    pub(in crate::plugin) fn is_quick(&self) -> bool {
        self.is_quick.load(Ordering::Relaxed) && !self.is_long()
    }

    pub(in crate::plugin) fn remember_long(&self) {
        if !self.is_long() {
            self.unforgiven.store(FORGIVEN_AFTER, Ordering::Relaxed);
        }
    }

    /// Notes a call that has ended and the processor time it used.
    pub(in crate::plugin) fn note(&self, used: Duration) {
        self.is_quick.store(used < QUICK, Ordering::Relaxed);
        if used >= SHORT {
            self.unforgiven.store(FORGIVEN_AFTER, Ordering::Relaxed);
        } else if self.is_long() {
            // Two calls that end at once may count as one; it only takes longer then.
            self.unforgiven
                .store(self.unforgiven.load(Ordering::Relaxed).saturating_sub(1), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests;
