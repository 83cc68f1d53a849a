//! The meter of one call: the processor time it has used.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::plugin::loaded::SHORT;

/// Counts the processor time of one call.
#[derive(Debug, Default)]
pub(super) struct Meter {
    used: AtomicU64,
    /// The thread's clock when it took the call up.
    since: AtomicU64,
    is_long: AtomicBool,
}

impl Meter {
    /// Whether a running guest, which asks at each tick, has to let go of its thread: where its
    /// short time is over, and from then on each time.
    pub(super) fn has_to_yield(&self) -> bool {
        if self.is_long.load(Ordering::Relaxed) {
            return true;
        }
        let running = thread_time().saturating_sub(self.since.load(Ordering::Relaxed));
        let is_long = self.used() + Duration::from_nanos(running) >= SHORT;
        self.is_long.store(is_long, Ordering::Relaxed);
        is_long
    }

    pub(super) fn used(&self) -> Duration {
        Duration::from_nanos(self.used.load(Ordering::Relaxed))
    }

    /// Begins to count anew, for the next call into the same instance.
    pub(super) fn restart(&self) {
        self.used.store(0, Ordering::Relaxed);
        self.is_long.store(false, Ordering::Relaxed);
    }

    /// Counts what this thread works.
    pub(super) fn measure<T>(&self, work: impl FnOnce() -> T) -> T {
        let since = thread_time();
        self.since.store(since, Ordering::Relaxed);
        let done = work();
        self.used.fetch_add(thread_time().saturating_sub(since), Ordering::Relaxed);
        done
    }

    /// Whether the call was found to be long.
    pub(super) fn is_long(&self) -> bool {
        self.is_long.load(Ordering::Relaxed)
    }

    /// From here on the call lets go of its thread at each tick.
    pub(super) fn set_long(&self) {
        self.is_long.store(true, Ordering::Relaxed);
    }
}

/// Nanoseconds of processor time this thread has used. On the wall's clock a call would look long
/// whenever the machine is busy.
fn thread_time() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    u64::try_from(time.tv_sec).unwrap_or(0).saturating_mul(1_000_000_000)
        + u64::try_from(time.tv_nsec).unwrap_or(0)
}
