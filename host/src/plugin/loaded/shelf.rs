//! A shelf holds the instances that the next calls of a plugin use: fresh like any other, and made before they are wanted.
//!
//! For calls of microseconds, making an instance and clearing it away take longer than the call. Neither has to
//! stand between a question and its answer: when a call is over, its instance is cleared away and the next one is
//! made by a thread of their own (`call/ready.rs`). Each serves one call, as every instance does. A call that finds the
//! shelf empty makes its own.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::OwnedSemaphorePermit;
use wasmtime::Store;

use super::wit::LiveExports;

/// An instance that is older serves no call: what its runtime noted of the time when it started would be too old.
const SERVES_FOR: Duration = Duration::from_secs(60);
/// Instances of one plugin that stand ready. Making one takes about as long as a turn without plugins, so that with a single
/// one a turn that comes at once would find none, and its call, which then makes its own, would keep the thread that makes
/// them behind for good.
pub(in crate::plugin) const DEPTH: usize = 2;

/// An instance that nothing has been done with.
pub(in crate::plugin) struct Fresh<C: 'static> {
    // Dropped before the place, which stands for it in the pool.
    pub(in crate::plugin) store: Store<C>,
    pub(in crate::plugin) exports: LiveExports,
    pub(in crate::plugin) made: Instant,
    /// Its place in the pool, beside those of the calls.
    pub(in crate::plugin) place: OwnedSemaphorePermit,
}

/// Where a plugin's next instances stand. Lives as long as the plugin.
pub(in crate::plugin) struct Shelf<C: 'static>(Mutex<ShelfState<C>>);

struct ShelfState<C: 'static> {
    /// The oldest first.
    standing: VecDeque<Fresh<C>>,
    /// How many are being made.
    making: usize,
    /// The plugin's instances can only be made in a call.
    is_closed: bool,
}

impl<C: 'static> Default for Shelf<C> {
    fn default() -> Self {
        Self(Mutex::new(ShelfState { standing: VecDeque::new(), making: 0, is_closed: false }))
    }
}

impl<C: 'static> Shelf<C> {
    /// An instance that is ready, for the call that has now begun.
    pub(in crate::plugin) fn take(&self) -> Option<(Store<C>, LiveExports)> {
        loop {
            // The lock is not held while one that is too old is cleared away.
            let Fresh { store, exports, made, place } = self.state().standing.pop_front()?;
            // The instance gives up its place on the shelf; the place of its call counts it now.
            drop(place);
            if made.elapsed() < SERVES_FOR {
                return Some((store, exports));
            }
        }
    }

    /// Whether the caller is to make an instance; it says afterwards what came of it.
    pub(in crate::plugin) fn begin(&self) -> bool {
        let mut state = self.state();
        let is_wanted = !state.is_closed && state.standing.len() + state.making < DEPTH;
        state.making += usize::from(is_wanted);
        is_wanted
    }

    /// Takes the instance that was made.
    pub(in crate::plugin) fn put(&self, fresh: Fresh<C>) {
        let mut state = self.state();
        state.making -= 1;
        state.standing.push_back(fresh);
    }

    /// None was made; the next call may have better luck.
    pub(in crate::plugin) fn give_up(&self) {
        self.state().making -= 1;
    }

    /// None was made, and none ever will be.
    pub(in crate::plugin) fn close(&self) {
        let mut state = self.state();
        state.making -= 1;
        state.is_closed = true;
    }

    /// How many instances there are.
    pub(in crate::plugin) fn standing(&self) -> usize {
        self.state().standing.len()
    }

    /// Whether none will ever be made.
    #[cfg(test)]
    pub(in crate::plugin) fn is_closed(&self) -> bool {
        self.state().is_closed
    }

    fn state(&self) -> MutexGuard<'_, ShelfState<C>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
