//! What is known of the model behind a base's embedder: whether it is the one that made the base's vectors.

use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};

/// What is known of the model behind a base's embedder.
#[derive(Debug, Default)]
pub(super) struct ModelWatch {
    /// What the operator should know.
    pub(super) warning: Mutex<Option<String>>,
    /// Whether the base is known to keep a probe.
    pub(super) is_kept: AtomicBool,
    /// Whether the model was looked at since the base has this embedder.
    pub(super) is_seen: AtomicBool,
}

impl ModelWatch {
    pub(super) fn set(&self, warning: Option<String>) {
        *self.warning.lock().unwrap_or_else(PoisonError::into_inner) = warning;
    }
}
