//! An import that goes on, as its store counts it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// An import that goes on. It ends when this is dropped.
#[derive(Default)]
pub(in crate::knowledge) struct Importing {
    /// `None` where the store does not count them.
    count: Option<Arc<ImportCount>>,
}

/// The imports that go on in a store, and how much they have written since the first of them began.
#[derive(Default)]
pub(super) struct ImportCount {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    running: usize,
    written: u64,
}

impl ImportCount {
    /// One more, until what this gives is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> Importing {
        self.state().running += 1;
        Importing { count: Some(Arc::clone(self)) }
    }

    pub(super) fn is_any(&self) -> bool {
        self.state().running > 0
    }

    /// Adds what a write has written, in a unit of the store's own, and gives what all have written before it and with it.
    /// `None` where it belongs to no import.
    pub(super) fn add(&self, written: u64) -> Option<(u64, u64)> {
        let mut state = self.state();
        if state.running == 0 {
            return None;
        }
        let before = state.written;
        state.written += written;
        Some((before, state.written))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Importing {
    fn drop(&mut self) {
        let Some(count) = &self.count else { return };
        let mut state = count.state();
        state.running -= 1;
        if state.running == 0 {
            state.written = 0;
        }
    }
}
