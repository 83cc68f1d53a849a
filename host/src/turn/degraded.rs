//! What a turn lacks while it goes on: whoever answers the client looks at it when the answer's head
//! goes out.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What was not searched, or did not answer. Cloning shares it.
#[derive(Debug, Clone, Default)]
pub struct Degraded(Arc<Mutex<Lacking>>);

#[derive(Debug, Default)]
struct Lacking {
    /// Names of bases that were not searched, or by their words only, or not read anew.
    bases: BTreeSet<String>,
    /// Names of plugins that failed.
    plugins: BTreeSet<String>,
    /// Names of variables that plugins needed and the client did not send.
    variables: BTreeSet<String>,
    /// The answer is the app's `unavailable`.
    is_unavailable: bool,
}

impl Degraded {
    /// Adds a base.
    pub(super) fn add(&self, base: &str) {
        insert(&mut self.lacking().bases, base);
    }

    /// Adds a plugin that failed.
    pub(super) fn add_plugin(&self, plugin: &str) {
        insert(&mut self.lacking().plugins, plugin);
    }

    /// Adds a variable that the client did not send.
    pub(super) fn add_variable(&self, variable: &str) {
        insert(&mut self.lacking().variables, variable);
    }

    /// The answer is that there can be none for now.
    pub(super) fn answer_is_unavailable(&self) {
        self.lacking().is_unavailable = true;
    }

    /// The bases so far, in order.
    pub fn names(&self) -> Vec<String> {
        self.lacking().bases.iter().cloned().collect()
    }

    /// The plugins that failed so far, in order.
    pub fn failed_plugins(&self) -> Vec<String> {
        self.lacking().plugins.iter().cloned().collect()
    }

    /// The variables that were missing so far, in order.
    pub fn missing_variables(&self) -> Vec<String> {
        self.lacking().variables.iter().cloned().collect()
    }

    /// Whether the answer only says that there can be none for now.
    pub fn is_unavailable(&self) -> bool {
        self.lacking().is_unavailable
    }

    fn lacking(&self) -> MutexGuard<'_, Lacking> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn insert(names: &mut BTreeSet<String>, name: &str) {
    if !names.contains(name) {
        names.insert(name.to_owned());
    }
}
