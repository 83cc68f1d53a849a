//! The generation of a base that serves, as far as this process has seen.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use crate::generation_pointer::Pointer;
use crate::knowledge::generation::GenerationStore;
use crate::knowledge::store::{Store, StoreError};

/// How often a base on a server looks whether another process has switched it to another generation, and one in files
/// tries again what it could not follow.
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
    /// When it last failed to serve the generation that the pointer names; `None` where it went well.
    failed: Mutex<Option<Instant>>,
    /// Held by whoever opens another generation or moves the pointer: what takes long is done once, and the others wait
    /// for it.
    pub(in crate::knowledge) moving: tokio::sync::Mutex<()>,
    /// Since when what serves has been closing whenever somebody looked.
    closing: Mutex<Option<Instant>>,
    /// Whether somebody opens another generation at the moment.
    pub(super) loading: AtomicBool,
}

impl Serving {
    pub(super) fn new(now: Opened) -> Self {
        Self {
            now: RwLock::new(now),
            looked: Mutex::new(Instant::now()),
            failed: Mutex::default(),
            moving: tokio::sync::Mutex::default(),
            closing: Mutex::default(),
            loading: AtomicBool::new(false),
        }
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

    /// Whether a visit is to look where the pointer stands: one that could not be followed is left alone for a while, so
    /// that not every search tries to open what is broken.
    pub(super) fn may_follow(&self) -> bool {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.is_none_or(|failed| failed.elapsed() >= LOOK_EVERY)
    }

    /// Takes note of whether what serves is closing, and gives for how long it has been.
    pub(super) fn closing_for(&self, is_closing: bool) -> Duration {
        let mut closing = self.closing.lock().unwrap_or_else(PoisonError::into_inner);
        if !is_closing {
            *closing = None;
            return Duration::ZERO;
        }
        closing.get_or_insert_with(Instant::now).elapsed()
    }

    /// Takes note of whether the pointer could be followed.
    pub(super) fn has_followed(&self, went_well: bool) {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        *failed = (!went_well).then(Instant::now);
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
    let generation = current?.generation;
    Ok((generation, shelf.open(generation).await?))
}

/// Makes what serves the generation that the pointer names, and gives where that stands.
pub(super) async fn follow(
    name: &str,
    shelf: &dyn GenerationStore,
    serving: &Serving,
) -> Result<Pointer, StoreError> {
    let served = serving.now()?.0;
    let pointer = shelf.current().await?;
    if pointer.generation == served {
        return Ok(pointer);
    }
    let _moving = serving.moving.lock().await;
    // Read before the pointer, which only goes forward: one that is behind has been set back, as on a server
    // that has lost its disk or got an older one.
    let served = serving.now()?.0;
    let pointer = shelf.current().await?;
    let current = pointer.generation;
    if current > served {
        serving.switch(current, shelf.open(current).await?);
    } else if current < served {
        serving.go_back(served, current, shelf.open(current).await?);
    }
    if current != served {
        tracing::info!(knowledge_base = %name, "Knowledge base `{name}` serves generation {current}");
    }
    Ok(pointer)
}
