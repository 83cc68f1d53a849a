//! One search's visit to a store: its steps share one limit, and count as one before the store's breaker.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::StoreError;
use crate::breaker::{Attempt, Breaker};

/// What a search has waited for its store so far. Made for each search and each base; a store that is read
/// from the own disk needs nothing of it.
#[derive(Default)]
pub(in crate::knowledge) struct StoreVisit {
    state: Mutex<VisitState>,
}

#[derive(Default)]
struct VisitState {
    waited: Duration,
    /// Begun by the first step; every step so far was answered.
    attempt: Option<Attempt>,
}

impl StoreVisit {
    /// Takes one step, for which the search waits as long as is left of `limit`. What has not come by then
    /// counts as away, and so does a store whose breaker is open. Steps come one after the other.
    pub(super) async fn step<T>(
        &self,
        breaker: &Arc<Breaker>,
        limit: Duration,
        late: impl FnOnce() -> StoreError,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let (begun, left) = {
            let mut state = self.state();
            (state.attempt.take(), limit.saturating_sub(state.waited))
        };
        let attempt = match begun {
            Some(attempt) => attempt,
            None => breaker.admit().map_err(|open| StoreError::Unavailable(open.to_string()))?,
        };
        let began = Instant::now();
        let result = tokio::time::timeout(left, work).await.unwrap_or_else(|_| Err(late()));
        let mut state = self.state();
        state.waited += began.elapsed();
        if result.is_ok() {
            state.attempt = Some(attempt);
        } else {
            attempt.took(state.waited).settle(&result, StoreError::is_away);
        }
        result
    }

    fn state(&self) -> MutexGuard<'_, VisitState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for StoreVisit {
    /// A visit is over when nobody asks for more. A step that is broken off takes its attempt with it, so that
    /// one which is here was answered each time.
    fn drop(&mut self) {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(attempt) = state.attempt.take() {
            attempt.took(state.waited).answered();
        }
    }
}

impl std::fmt::Debug for StoreVisit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Visit").field("waited", &self.state().waited).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
