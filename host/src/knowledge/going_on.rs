//! What goes on when the configuration is loaded anew: all that a library has open and loaded, and whose settings
//! are the same. It is shared with the library before, whose last users may still be working with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::base::Base;
use super::embed::LazyEmbedder;
use super::library::Library;
use super::settings::{BaseSettings, EmbedderSettings, LOCAL, StoreSettings};
use crate::breaker::{Breaker, Kind};

/// What embeds, by the names of the tables.
pub(super) fn loaders<'a>(
    embedders: &'a BTreeMap<String, EmbedderSettings>,
    before: Option<&Library>,
) -> BTreeMap<&'a str, Arc<LazyEmbedder>> {
    let made = |name: &str, settings: &EmbedderSettings| {
        let before = before.and_then(|before| before.embedders.iter().find(|known| known.name() == name));
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

/// All of them; the list of the library before where it is the same.
pub(super) fn known(
    loaders: &BTreeMap<&str, Arc<LazyEmbedder>>,
    before: Option<&Library>,
) -> Arc<[Arc<LazyEmbedder>]> {
    let is_same =
        |before: &&Library| before.embedders.iter().map(Arc::as_ptr).eq(loaders.values().map(Arc::as_ptr));
    match before.filter(is_same) {
        Some(before) => Arc::clone(&before.embedders),
        None => loaders.values().cloned().collect(),
    }
}

/// The stores, with what stands before each.
pub(super) fn servers(
    stores: &BTreeMap<String, StoreSettings>,
    before: Option<&Library>,
) -> BTreeMap<String, (StoreSettings, Arc<Breaker>)> {
    let made = |name: &String, settings: &StoreSettings| {
        let before = before.and_then(|before| before.stores.get(name));
        let breaker = match before.filter(|(before, _)| before == settings) {
            Some((_, breaker)) => Arc::clone(breaker),
            None => Breaker::new(Kind::Store, name),
        };
        (name.clone(), (settings.clone(), breaker))
    };
    stores.iter().map(|(name, settings)| made(name, settings)).collect()
}

impl Library {
    /// The base of the library before, where it goes on under these settings.
    pub(super) fn goes_on(
        &self,
        before: &Self,
        name: &str,
        settings: &BaseSettings,
        embedder: &Arc<LazyEmbedder>,
    ) -> Option<Arc<Base>> {
        let base = before.bases.get(name)?;
        let of =
            |library: &Self| library.stores.get(&settings.store).map(|(_, breaker)| Arc::as_ptr(breaker));
        let had = &base.settings;
        // A store that has changed has a breaker of its own.
        if had.store != settings.store || had.exact != settings.exact || of(before) != of(self) {
            return None;
        }
        let is_same = had == settings
            && Arc::ptr_eq(&base.embedder, embedder)
            && Arc::ptr_eq(&base.known, &self.embedders);
        Some(if is_same {
            Arc::clone(base)
        } else {
            Arc::new(base.under(settings, embedder, &self.embedders))
        })
    }

    /// Whether everything of it is also the other's.
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.bases.len() == other.bases.len()
            && self.bases.iter().zip(&other.bases).all(|(a, b)| a.0 == b.0 && Arc::ptr_eq(a.1, b.1))
            && self.reranker.as_ref().map(Arc::as_ptr) == other.reranker.as_ref().map(Arc::as_ptr)
            && self.breakers.iter().map(Arc::as_ptr).eq(other.breakers.iter().map(Arc::as_ptr))
    }
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
            turns: Arc::clone(&self.turns),
            writes: Arc::clone(&self.writes),
            serving: Arc::clone(&self.serving),
            model: if is_same { Arc::clone(&self.model) } else { Arc::default() },
        }
    }
}
