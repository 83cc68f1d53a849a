//! Turns: what would disturb one another in a base goes one after the other. Imports that prune the same
//! origin: side by side each would take what the other stores for what its origin has no more. Writes of the
//! same document: the last one begun is the one that stays. Other processes are not waited for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

/// By a name, such as an origin. Those that nobody holds or waits for are dropped.
#[derive(Default)]
pub(in crate::knowledge) struct Turns(Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>);

impl Turns {
    /// Waits for those before. Whoever has waited longest is next.
    pub(in crate::knowledge) async fn take(&self, name: &str) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
            Arc::clone(turns.entry(name.to_owned()).or_default())
        };
        turn.lock_owned().await
    }
}
