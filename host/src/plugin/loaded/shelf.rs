//! A shelf holds the instance that the next call of a plugin uses: fresh like any other, and made before it is wanted.
//!
//! For calls of microseconds, making an instance and clearing it away take longer than the call. Neither has to
//! stand between a question and its answer: when a call is over, its instance is cleared away and the next one is
//! made by a thread of their own (`call/ready.rs`). It serves one call, as every instance does. A call that finds the
//! shelf empty makes its own.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::OwnedSemaphorePermit;
use wasmtime::Store;
use wasmtime::component::Instance;

/// An instance that is older serves no call: what its runtime noted of the time when it started would be too old.
const SERVES_FOR: Duration = Duration::from_secs(60);

/// An instance that nothing has been done with.
pub(in crate::plugin) struct Fresh<C: 'static> {
    // Dropped before the place, which stands for it in the pool.
    pub(in crate::plugin) store: Store<C>,
    pub(in crate::plugin) instance: Instance,
    pub(in crate::plugin) made: Instant,
    /// Its place in the pool, beside those of the calls.
    pub(in crate::plugin) place: OwnedSemaphorePermit,
}

/// Where a plugin's next instance stands. Lives as long as the plugin.
pub(in crate::plugin) struct ReadyPlace<C: 'static>(Mutex<ReadyState<C>>);

enum ReadyState<C: 'static> {
    Empty,
    /// Somebody makes one.
    Making,
    Full(Box<Fresh<C>>),
    /// The plugin's instances can only be made in a call.
    Closed,
}

impl<C: 'static> Default for ReadyPlace<C> {
    fn default() -> Self {
        Self(Mutex::new(ReadyState::Empty))
    }
}

impl<C: 'static> ReadyPlace<C> {
    /// The instance that is ready, for the call that has now begun.
    pub(in crate::plugin) fn take(&self) -> Option<(Store<C>, Instance)> {
        let mut state = self.state();
        if !matches!(*state, ReadyState::Full(_)) {
            return None;
        }
        let ReadyState::Full(fresh) = std::mem::replace(&mut *state, ReadyState::Empty) else { return None };
        drop(state);
        let Fresh { store, instance, made, place } = *fresh;
        // From here on it is counted by the place of its call.
        drop(place);
        (made.elapsed() < SERVES_FOR).then_some((store, instance))
    }

    /// Whether the caller is to make an instance; nobody else does until it has said what came of it.
    pub(in crate::plugin) fn begin(&self) -> bool {
        let mut state = self.state();
        let is_empty = matches!(*state, ReadyState::Empty);
        if is_empty {
            *state = ReadyState::Making;
        }
        is_empty
    }

    /// Takes the instance that was made.
    pub(in crate::plugin) fn put(&self, fresh: Fresh<C>) {
        *self.state() = ReadyState::Full(Box::new(fresh));
    }

    /// None was made; the next call may have better luck.
    pub(in crate::plugin) fn leave_empty(&self) {
        *self.state() = ReadyState::Empty;
    }

    /// None was made, and none ever will be.
    pub(in crate::plugin) fn close(&self) {
        *self.state() = ReadyState::Closed;
    }

    /// Whether there is an instance.
    #[cfg(test)]
    pub(in crate::plugin) fn is_full(&self) -> bool {
        matches!(*self.state(), ReadyState::Full(_))
    }

    /// Whether none will ever be made.
    #[cfg(test)]
    pub(in crate::plugin) fn is_closed(&self) -> bool {
        matches!(*self.state(), ReadyState::Closed)
    }

    fn state(&self) -> MutexGuard<'_, ReadyState<C>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
