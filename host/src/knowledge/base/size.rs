//! The size of a base as it was counted last: a store that is slow or away holds up nobody who only shows figures.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::Base;

/// How long a count may take whose outcome the caller has at once.
const AT_ONCE: Duration = Duration::from_millis(200);

/// Documents and windows, as they were counted last. Lives as long as the base, across reloads.
#[derive(Default)]
pub(in crate::knowledge) struct LastSize {
    /// `None` where the last count failed, or there was none.
    counted: Mutex<Option<(u64, u64)>>,
    /// Held by the one count that is on its way.
    counting: Arc<tokio::sync::Mutex<()>>,
}

impl LastSize {
    fn set(&self, size: Option<(u64, u64)>) {
        *self.counted.lock().unwrap_or_else(PoisonError::into_inner) = size;
    }

    fn get(&self) -> Option<(u64, u64)> {
        *self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Base {
    /// Documents and windows; where the store does not answer at once those of the last count, while the next goes
    /// on. `None` where the last one failed.
    pub async fn size_of_late(self: &Arc<Self>) -> Option<(u64, u64)> {
        if let Ok(counting) = Arc::clone(&self.last_size.counting).try_lock_owned() {
            let base = Arc::clone(self);
            #[expect(
                clippy::disallowed_methods,
                reason = "a count goes on beside whoever does not wait for it"
            )]
            let count = tokio::spawn(async move {
                base.last_size.set(base.size_now().await.ok());
                drop(counting);
            });
            _ = tokio::time::timeout(AT_ONCE, count).await;
        }
        self.last_size.get()
    }
}
