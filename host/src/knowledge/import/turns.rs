//! Turns: what would disturb one another in a base goes one after the other. Imports that prune the same
//! origin: side by side each would take what the other stores for what its origin has no more. Writes of the
//! same document: the last one begun is the one that stays. Other processes are not waited for.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

/// By a name, such as an origin. Those that nobody holds or waits for are dropped.
#[derive(Default)]
pub(in crate::knowledge) struct Turns(Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>);

impl Turns {
    /// Waits for those before under each of the names. Two who want some of the same cannot wait for one
    /// another: everybody takes them in their order.
    pub(in crate::knowledge) async fn take_all(
        &self,
        names: impl Iterator<Item = &str>,
    ) -> Vec<OwnedMutexGuard<()>> {
        let mut turns = Vec::new();
        for name in names.collect::<BTreeSet<_>>() {
            turns.push(self.take(name).await);
        }
        turns
    }

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
