//! Who may call now, who waits, and who is refused.

use std::{sync::Arc, time::Duration};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A bounded number of places with a bounded queue before them.
#[derive(Debug)]
pub(super) struct Admission {
    places: Arc<Semaphore>,
    /// Taken only while waiting, so that a full house without a queue costs no second semaphore.
    queue: Semaphore,
    max_wait: Duration,
}

/// No place came free in time, or the queue was full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full;

impl Admission {
    pub(super) fn new(places: u32, queue: u32, max_wait: Duration) -> Self {
        Self {
            places: Arc::new(Semaphore::new(places as usize)),
            queue: Semaphore::new(queue as usize),
            max_wait,
        }
    }

    /// A place, held until the permit is dropped.
    pub(super) async fn enter(&self) -> Result<OwnedSemaphorePermit, Full> {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            return Ok(place);
        }
        let _queued = self.queue.try_acquire().map_err(|_| Full)?;
        match tokio::time::timeout(self.max_wait, Arc::clone(&self.places).acquire_owned()).await {
            Ok(Ok(place)) => Ok(place),
            // The semaphore is never closed; a closed one would mean that nothing can run.
            Ok(Err(_)) | Err(_) => Err(Full),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_house_queues_some_and_refuses_the_rest() {
        let admission = Arc::new(Admission::new(1, 1, Duration::from_millis(500)));
        let first = admission.enter().await.unwrap();
        let waiting = tokio::spawn({
            let admission = Arc::clone(&admission);
            async move { admission.enter().await.map(drop) }
        });
        tokio::task::yield_now().await;
        assert_eq!(admission.enter().await.map(drop), Err(Full), "the queue holds one");
        drop(first);
        assert_eq!(waiting.await.unwrap(), Ok(()));
        let _held = admission.enter().await.unwrap();
        assert_eq!(admission.enter().await.map(drop), Err(Full), "waiting ends");
    }
}
