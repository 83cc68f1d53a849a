//! The bases of which a turn knows less than there is, while it goes on: whoever answers the client
//! looks at them when the answer's head goes out.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Names of bases that were not searched, or by their words only, or not read anew. Cloning shares it.
#[derive(Debug, Clone, Default)]
pub struct Degraded(Arc<Mutex<BTreeSet<String>>>);

impl Degraded {
    /// Adds a base.
    pub(super) fn add(&self, base: &str) {
        let mut bases = self.bases();
        if !bases.contains(base) {
            bases.insert(base.to_owned());
        }
    }

    /// The bases so far, in order.
    pub fn names(&self) -> Vec<String> {
        self.bases().iter().cloned().collect()
    }

    fn bases(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
