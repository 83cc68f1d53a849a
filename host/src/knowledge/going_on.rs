//! What goes on when the configuration is loaded anew: all that a library has open and loaded, and whose settings
//! are the same. It is shared with the library before, whose last users may still be working with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::base::Base;
use super::embed::LazyEmbedder;
use super::settings::{BaseSettings, EmbedderSettings, LOCAL, StoreSettings};
use crate::breaker::{Breaker, ServerKind};

/// Every `[stores.<name>]` table with what stands before its server, by its name.
pub(super) type StoreServers = BTreeMap<String, (StoreSettings, Arc<Breaker>)>;

/// What embeds, by the names of the tables.
pub(super) fn loaders<'a>(
    embedders: &'a BTreeMap<String, EmbedderSettings>,
    before: Option<&Arc<[Arc<LazyEmbedder>]>>,
) -> BTreeMap<&'a str, Arc<LazyEmbedder>> {
    let made = |name: &str, settings: &EmbedderSettings| {
        let before = before.and_then(|before| before.iter().find(|known| known.name() == name));
        match before.filter(|before| before.is_of(settings)) {
            Some(before) => Arc::clone(before),
            None => Arc::new(LazyEmbedder::new(name, settings.clone())),
        }
    };
    let mut loaders: BTreeMap<&str, Arc<LazyEmbedder>> =
        embedders.iter().map(|(name, settings)| (name.as_str(), made(name, settings))).collect();
    loaders.entry(LOCAL).or_insert_with(|| made(LOCAL, &EmbedderSettings::default()));
    loaders
}

/// All embedders. Where they are the same as before, the earlier library's list itself.
pub(super) fn known(
    loaders: &BTreeMap<&str, Arc<LazyEmbedder>>,
    before: Option<&Arc<[Arc<LazyEmbedder>]>>,
) -> Arc<[Arc<LazyEmbedder>]> {
    let is_same = |before: &&Arc<[Arc<LazyEmbedder>]>| {
        before.iter().map(Arc::as_ptr).eq(loaders.values().map(Arc::as_ptr))
    };
    match before.filter(is_same) {
        Some(before) => Arc::clone(before),
        None => loaders.values().cloned().collect(),
    }
}

/// The stores, with what stands before each.
pub(super) fn servers(
    stores: &BTreeMap<String, StoreSettings>,
    before: Option<&StoreServers>,
) -> StoreServers {
    let made = |name: &String, settings: &StoreSettings| {
        let before = before.and_then(|before| before.get(name));
        let breaker = match before.filter(|(before, _)| before == settings) {
            Some((_, breaker)) => Arc::clone(breaker),
            None => Breaker::new(ServerKind::Store, name),
        };
        (name.clone(), (settings.clone(), breaker))
    };
    stores.iter().map(|(name, settings)| made(name, settings)).collect()
}

impl Base {
    /// The same base under other settings, on the same open documents: who still works with the one before
    /// and who works with this one see each other's writes and take turns. Where its store or its `exact`
    /// is another, the documents are not the same, and it is a base of its own.
    pub(super) fn under(
        &self,
        settings: &BaseSettings,
        embedder: &Arc<LazyEmbedder>,
        known: &Arc<[Arc<LazyEmbedder>]>,
    ) -> Self {
        let is_same = Arc::ptr_eq(&self.embedder, embedder);
        Self {
            name: self.name.clone(),
            settings: settings.clone(),
            embedder: Arc::clone(embedder),
            known: Arc::clone(known),
            shelf: Arc::clone(&self.shelf),
            reader: Arc::clone(&self.reader),
            lock: self.lock.clone(),
            prunes: Arc::clone(&self.prunes),
            writes: Arc::clone(&self.writes),
            to_delete: Arc::clone(&self.to_delete),
            serving: Arc::clone(&self.serving),
            last_size: Arc::clone(&self.last_size),
            model: if is_same { Arc::clone(&self.model) } else { Arc::default() },
        }
    }
}
