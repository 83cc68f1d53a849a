//! A share of the memory that all requests have together, for their bodies and their answers. A leaf.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes of each share that are not counted: `max_connections` bounds how many shares there are, and
/// ordinary requests are never kept out.
const FREE: usize = 64 << 10;
/// What memory is counted in.
const UNIT: usize = 1 << 10;

/// The memory, of which shares are taken.
#[derive(Debug, Clone)]
pub struct Memory(Arc<Semaphore>);

impl Memory {
    /// A memory of so many bytes.
    pub fn of(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes / UNIT)))
    }

    /// A share that is empty for now.
    pub fn share(&self) -> Share {
        Share(Arc::new(Mutex::new(ShareCount { memory: Some(self.clone()), ..ShareCount::default() })))
    }
}

/// What one request holds. It grows with what is there, never ahead of it, and waits for nothing, so that
/// requests cannot block one another. Given back with its last clone. The default one has no bound.
#[derive(Debug, Clone, Default)]
pub struct Share(Arc<Mutex<ShareCount>>);

#[derive(Debug, Default)]
struct ShareCount {
    memory: Option<Memory>,
    bytes: usize,
    taken: Option<OwnedSemaphorePermit>,
    refused: bool,
}

/// All of the memory is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "requests and answers take all the memory that max_body_memory in [server] allows; try again shortly"
)]
pub struct MemorySpent;

impl Share {
    fn counted(&self) -> MutexGuard<'_, ShareCount> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts further bytes. Fails where the memory is taken.
    pub fn grow(&self, bytes: usize) -> Result<(), MemorySpent> {
        let mut counted = self.counted();
        counted.bytes += bytes;
        let Some(Memory(memory)) = counted.memory.clone() else { return Ok(()) };
        let due = counted.bytes.saturating_sub(FREE).div_ceil(UNIT);
        let held = counted.taken.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let more = u32::try_from(due.saturating_sub(held)).unwrap_or(u32::MAX);
        if more == 0 {
            return Ok(());
        }
        let Ok(more) = memory.try_acquire_many_owned(more) else {
            counted.refused = true;
            return Err(MemorySpent);
        };
        match &mut counted.taken {
            Some(taken) => taken.merge(more),
            none => *none = Some(more),
        }
        Ok(())
    }

    /// Whether it could not grow once.
    pub fn was_refused(&self) -> bool {
        self.counted().refused
    }
}

#[cfg(test)]
mod tests;
