//! Locks by a name, for what would disturb one another in a base and must go one after the other. Imports that prune
//! the same origin: side by side each would take what the other stores for what its origin has no more. Writes of the
//! same document: the last one begun is the one that stays. Other processes are not waited for.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

/// One lock for each name, such as an origin. Those that nobody holds or waits for are dropped.
#[derive(Default)]
pub(super) struct NamedLocks(Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>);

impl NamedLocks {
    /// Locks all the names, waiting for earlier holders. All callers take their names in the same order, so
    /// no two can wait for each other.
    pub(super) async fn lock_all(&self, names: impl Iterator<Item = &str>) -> Vec<OwnedMutexGuard<()>> {
        let mut held = Vec::new();
        for name in names.collect::<BTreeSet<_>>() {
            held.push(self.lock(name).await);
        }
        held
    }

    /// Waits for those before. Whoever has waited longest is next.
    pub(super) async fn lock(&self, name: &str) -> OwnedMutexGuard<()> {
        let lock = {
            let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            locks.retain(|_, lock| Arc::strong_count(lock) > 1);
            Arc::clone(locks.entry(name.to_owned()).or_default())
        };
        lock.lock_owned().await
    }
}
