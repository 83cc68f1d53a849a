//! The time that a store may still take of one operation, all of its steps together. What an operation waits for besides,
//! such as an embedder or an earlier writer, has limits of its own and takes nothing of it: an earlier writer is waited
//! for as long as an operation may take.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::store::StoreError;

/// Windows whose writing may take as long as a whole operation: a document of more is written in so many goes.
const WINDOWS: usize = 1024;

/// What is left of the time-out of a base's store.
pub(super) struct StoreTime {
    base: String,
    /// The store's time-out. `None` where a store of this process has none.
    limit: Option<Duration>,
    left: Duration,
}

impl StoreTime {
    pub(super) fn new(base: &str, limit: Option<Duration>) -> Self {
        Self { base: base.to_owned(), limit, left: limit.unwrap_or_default() }
    }

    /// Does the next step in what is left.
    pub(super) async fn step<T, E: From<StoreError>>(
        &mut self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let Some(limit) = self.limit else { return work.await };
        let begun = Instant::now();
        let done = timeout(self.left, work).await;
        self.left = self.left.saturating_sub(begun.elapsed());
        done.unwrap_or_else(|_| {
            let message =
                format!("the store of knowledge base `{}` did not answer within {limit:?}", self.base);
            Err(StoreError::Unavailable(message).into())
        })
    }

    /// Waits for those who write the same before, as long as a whole operation may take: behind a store that is silent each
    /// of them takes that long. It takes nothing of the operation's own time.
    pub(super) async fn after_others<T>(&self, lock: impl Future<Output = T>) -> Result<T, StoreError> {
        let Some(limit) = self.limit else { return Ok(lock.await) };
        timeout(limit, lock).await.map_err(|_| {
            StoreError::Unavailable(format!(
                "another write of this document in knowledge base `{}` is under way, and did not end within {limit:?}",
                self.base
            ))
        })
    }

    /// Gives more of it to a document that is too large for one go.
    pub(super) fn grow_for(&mut self, windows: usize) {
        let goes = u32::try_from(windows / WINDOWS).unwrap_or(u32::MAX);
        self.left = self.left.saturating_add(self.limit.unwrap_or_default().saturating_mul(goes));
    }

    /// Begins anew for the next operation.
    pub(super) fn renew(&mut self) {
        self.left = self.limit.unwrap_or_default();
    }
}

#[cfg(test)]
mod tests;
