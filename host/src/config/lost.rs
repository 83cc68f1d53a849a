//! Keys whose values are not the operator's: what follows from them is not a mistake of its own.

use std::collections::BTreeSet;

use super::tree::outer;

/// Keys that could not be read.
#[derive(Debug, Clone, Default)]
pub(super) struct LostKeys(BTreeSet<String>);

impl LostKeys {
    pub(super) fn new(keys: Vec<String>) -> Self {
        Self(keys.into_iter().collect())
    }

    pub(super) fn insert(&mut self, key: &str) {
        self.0.insert(key.to_owned());
    }

    /// Whether the key, or a table or list around it, could not be read.
    pub(super) fn has(&self, key: &str) -> bool {
        !key.is_empty() && (self.0.contains(key) || self.has(outer(key)))
    }

    /// Names of tables `[table.<name>]` that could not be read: references to them are right.
    pub(super) fn names(&self, table: &str) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter_map(move |key| key.strip_prefix(table)?.strip_prefix('.'))
            .filter(|name| !name.contains(['.', '[']))
    }
}
