//! The generation of a base that serves, as far as this process has seen.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use crate::knowledge::generation::GenerationStore;
use crate::knowledge::store::{Store, StoreError};

/// How often a base looks whether another process has switched it to another generation.
pub(in crate::knowledge) const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How long a store may take to say which generation serves, when a base is opened.
const WAIT_FOR_POINTER: Duration = Duration::from_secs(2);

/// A generation with its store, or why there is none.
pub(in crate::knowledge) type Opened = Result<(u64, Arc<dyn Store>), StoreError>;

/// The generation that serves, as far as this process has seen.
pub(in crate::knowledge) struct Serving {
    /// Why there is none, until one could be opened.
    now: RwLock<Opened>,
    looked: Mutex<Instant>,
    /// Whether somebody opens another generation at the moment.
    pub(super) loading: AtomicBool,
}

impl Serving {
    pub(super) fn new(now: Opened) -> Self {
        Self { now: RwLock::new(now), looked: Mutex::new(Instant::now()), loading: AtomicBool::new(false) }
    }

    pub(in crate::knowledge) fn now(&self) -> Opened {
        self.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes to a newer generation and never to an older one, because a caller may have read the pointer
    /// before another caller's switch.
    pub(in crate::knowledge) fn switch(&self, generation: u64, store: Arc<dyn Store>) {
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        if now.as_ref().is_ok_and(|now| generation <= now.0) {
            return;
        }
        *now = Ok((generation, store));
    }

    /// From one generation back to an earlier one.
    fn go_back(&self, from: u64, generation: u64, store: Arc<dyn Store>) {
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        if now.as_ref().is_ok_and(|now| now.0 == from) {
            *now = Ok((generation, store));
        }
    }

    /// Says why there is nothing to serve; what serves goes on.
    pub(super) fn fail(&self, error: StoreError) {
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        if now.is_err() {
            *now = Err(error);
        }
    }

    /// How long nobody has looked; where that is long enough, the caller looks now.
    pub(super) fn take_turn_to_look(&self) -> Duration {
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        let unseen_for = looked.elapsed();
        if unseen_for >= LOOK_EVERY {
            *looked = Instant::now();
        }
        unseen_for
    }
}

/// The generation that serves, opened. A server that has been away since the host began is asked by nobody else, so
/// its breaker hears of it here.
pub(super) async fn open(name: &str, shelf: &dyn GenerationStore) -> Opened {
    let attempt = shelf.watch();
    let current = tokio::time::timeout(WAIT_FOR_POINTER, shelf.current()).await;
    let current = current.unwrap_or_else(|_| {
        Err(StoreError::Unavailable(format!(
            "the store of knowledge base `{name}` did not answer within {WAIT_FOR_POINTER:?}"
        )))
    });
    if let Some(attempt) = attempt {
        attempt.settle(&current, StoreError::is_away);
    }
    let generation = current?;
    Ok((generation, shelf.open(generation).await?))
}

/// Makes what serves the generation that the pointer names, and gives its number.
pub(super) async fn follow(shelf: &dyn GenerationStore, serving: &Serving) -> Result<u64, StoreError> {
    // Read before the pointer, which only goes forward: one that is behind has been set back, as on a server
    // that has lost its disk or got an older one.
    let served = serving.now()?.0;
    let current = shelf.current().await?;
    if current > served {
        serving.switch(current, shelf.open(current).await?);
    } else if current < served {
        serving.go_back(served, current, shelf.open(current).await?);
    }
    Ok(current)
}
