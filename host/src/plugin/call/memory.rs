//! The memory one call costs: what the guest has, and what the host holds for it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts both against `limits.memory`. Shared by the call's store and the tasks that carry out its
/// requests.
///
/// A refusal is remembered: a guest that is refused memory usually just traps on `unreachable`, and
/// the reason would be lost.
#[derive(Debug)]
pub(in crate::plugin) struct CallMemory {
    limit: usize,
    counts: Mutex<MemoryCounts>,
}

/// The parts of a call's memory, in bytes.
#[derive(Debug, Default)]
struct MemoryCounts {
    /// Linear memory, which never shrinks.
    guest: usize,
    /// What [`HeldBytes`]s stand for.
    held: usize,
    /// The call's table of resources, as it was last measured.
    resources: usize,
    peak: usize,
    refused: bool,
}

impl CallMemory {
    pub(in crate::plugin) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit, counts: Mutex::default() })
    }

    /// Whether the guest may have so much more.
    pub(super) fn grow(&self, by: usize) -> bool {
        self.take(by, |counts| &mut counts.guest)
    }

    /// Room for what the host is about to hold; `None` where the limit leaves none.
    pub(in crate::plugin) fn hold(self: &Arc<Self>, bytes: usize) -> Option<HeldBytes> {
        let mut held = HeldBytes { memory: Arc::clone(self), bytes: 0 };
        held.resize(bytes).then_some(held)
    }

    /// Tells what the call's resources measure by now. `false` where that is too much.
    pub(super) fn set_resources(&self, bytes: usize) -> bool {
        let mut counts = self.lock();
        counts.resources = 0;
        drop(counts);
        self.take(bytes, |counts| &mut counts.resources)
    }

    /// Remembers that memory was refused by somebody else.
    pub(super) fn refuse(&self) {
        self.lock().refused = true;
    }

    pub(super) fn is_refused(&self) -> bool {
        self.lock().refused
    }

    /// The most that was counted at one time.
    pub(in crate::plugin) fn peak(&self) -> usize {
        self.lock().peak
    }

    fn take(&self, bytes: usize, of: impl FnOnce(&mut MemoryCounts) -> &mut usize) -> bool {
        let mut counts = self.lock();
        let total = counts.total().saturating_add(bytes);
        if total > self.limit {
            counts.refused = true;
            return false;
        }
        counts.peak = counts.peak.max(total);
        *of(&mut counts) += bytes;
        true
    }

    fn lock(&self) -> MutexGuard<'_, MemoryCounts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MemoryCounts {
    fn total(&self) -> usize {
        self.guest.saturating_add(self.held).saturating_add(self.resources)
    }
}

/// Bytes the host holds for a call; given back when dropped.
#[derive(Debug)]
pub(super) struct HeldBytes {
    memory: Arc<CallMemory>,
    bytes: usize,
}

impl HeldBytes {
    pub(in crate::plugin) fn bytes(&self) -> usize {
        self.bytes
    }

    /// `false`, and nothing changed, where the limit does not leave so much.
    pub(super) fn resize(&mut self, bytes: usize) -> bool {
        match bytes.checked_sub(self.bytes) {
            Some(more) if !self.memory.take(more, |counts| &mut counts.held) => return false,
            Some(_) => {}
            None => self.memory.lock().held -= self.bytes - bytes,
        }
        self.bytes = bytes;
        true
    }
}

impl Drop for HeldBytes {
    fn drop(&mut self) {
        self.memory.lock().held -= self.bytes;
    }
}

#[cfg(test)]
mod tests;
