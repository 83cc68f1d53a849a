//! A base is one knowledge base: its settings, its embedder and its store.

mod serving;
mod size;
mod told;

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::document::ReadDocument;
use super::embed::{EmbedError, LazyEmbedder};
use super::generation::GenerationStore;
use super::meant::PendingDeletions;
use super::model_watch::ModelWatch;
use super::named_locks::NamedLocks;
use super::settings::{BaseSettings, EMBEDDED};
use super::store::{DocumentInfo, Store, StoreError, StoreVisit};
use super::store_time::StoreTime;
pub(super) use serving::{LOOK_EVERY, Serving};
use serving::{Opened, follow, open};
use size::LastSize;

/// The pause before a base that could not be opened is tried again; it doubles with each try.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// The pause between two looks at whether another generation has taken over from one that is closing.
const CLOSING_PAUSE: Duration = Duration::from_millis(20);
/// How long a store may take to count, for whoever cannot wait.
const COUNTING: Duration = Duration::from_secs(3);
/// How long a search waits for that look where it may not go on without.
const WAIT_FOR_LOOK: Duration = Duration::from_millis(500);

/// One knowledge base. Cheap to share; every method may be called side by side with every other.
pub struct Base {
    pub(super) name: String,
    pub(super) settings: BaseSettings,
    /// What the operator wants the vectors to be made with.
    pub(super) embedder: Arc<LazyEmbedder>,
    /// Every embedder the host knows: one of them may have made the vectors that are stored.
    pub(super) known: Arc<[Arc<LazyEmbedder>]>,
    pub(super) shelf: Arc<dyn GenerationStore>,
    /// Reads what the host's process is kept from.
    pub(super) reader: Arc<dyn ReadDocument>,
    /// A file that is locked by the one who re-embeds.
    pub(super) lock: PathBuf,
    /// The locks of imports that prune, by origin.
    pub(super) prunes: Arc<NamedLocks>,
    /// The locks of whoever writes a document, by its id: who is told that it is in finds it as it was written.
    pub(super) writes: Arc<NamedLocks>,
    /// What was asked to be deleted and is still there.
    pub(super) to_delete: Arc<PendingDeletions>,
    pub(super) serving: Arc<Serving>,
    pub(super) last_size: Arc<LastSize>,
    /// Whether the model behind the embedder is the one that made the vectors.
    pub(super) model: Arc<ModelWatch>,
}

/// Where a write of this moment goes.
#[derive(Clone)]
pub(super) struct WriteTarget {
    pub(super) generation: u64,
    pub(super) store: Arc<dyn Store>,
    /// What makes vectors that can be compared with those stored.
    pub(super) embedder: Arc<LazyEmbedder>,
    /// How many dimensions those stored have; `None` where there are none yet.
    pub(super) dimensions: Option<usize>,
}

/// Where a search of this moment goes.
pub(super) struct SearchTarget {
    pub(super) store: Arc<dyn Store>,
    /// What makes vectors that can be compared with those stored; without it there are still words.
    pub(super) embedder: Result<Arc<LazyEmbedder>, BaseError>,
    /// How many dimensions those stored have; `None` where there are none yet.
    pub(super) dimensions: Option<usize>,
    /// What the search has asked the store so far.
    pub(super) visit: Arc<StoreVisit>,
}

/// Why one knowledge base cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum BaseError {
    /// Its store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its embedder.
    #[error(transparent)]
    Embed(#[from] EmbedError),
    /// What is stored was made with an embedder that is not configured any more.
    #[error(
        "knowledge base `{base}` holds vectors of {stored}, but embedder `{embedder}` is {configured}; run \
         `qianfan-host kb reembed {base}`, and until then set `embedder` in [knowledge.{base}] back, or keep a table \
         [embedders.<name>] for {stored}, with which the base serves meanwhile"
    )]
    OtherEmbedder {
        /// The base's name.
        base: String,
        /// The name of the embedder's table.
        embedder: String,
        /// Fingerprint of what made the stored vectors.
        stored: String,
        /// Fingerprint of the configured embedder.
        configured: String,
    },
}

impl BaseError {
    /// Whether the same may go well later, without anybody doing anything about the configuration.
    pub fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::Store(StoreError::Unavailable(_) | StoreError::Full(_))
                | Self::Embed(EmbedError::Unavailable { .. })
        )
    }

    /// Whether there is no room for what was to be written.
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Store(StoreError::Full(_)))
    }

    /// The wait that whoever refused has asked for.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Embed(EmbedError::Unavailable { retry_after, .. }) => *retry_after,
            _ => None,
        }
    }
}

impl Base {
    /// A base that is not open yet.
    pub(super) fn closed(
        name: &str,
        settings: &BaseSettings,
        embedder: &Arc<LazyEmbedder>,
        known: &Arc<[Arc<LazyEmbedder>]>,
        shelf: Arc<dyn GenerationStore>,
        reader: &Arc<dyn ReadDocument>,
        lock: PathBuf,
    ) -> Self {
        let reason = format!("knowledge base `{name}` is still being opened");
        Self {
            name: name.to_owned(),
            settings: settings.clone(),
            embedder: Arc::clone(embedder),
            known: Arc::clone(known),
            shelf,
            reader: Arc::clone(reader),
            lock,
            prunes: Arc::default(),
            writes: Arc::default(),
            to_delete: Arc::default(),
            serving: Arc::new(Serving::new(Err(StoreError::Unavailable(reason)))),
            last_size: Arc::default(),
            model: Arc::default(),
        }
    }

    /// Opens the generation that serves, beside whoever goes on. The receiver ends when that was tried
    /// once; where it cannot be opened it is tried again, as long as the base is there.
    pub(super) fn open(&self) -> oneshot::Receiver<Infallible> {
        let (tried, first) = oneshot::channel();
        let (name, shelf) = (self.name.clone(), Arc::clone(&self.shelf));
        let serving = Arc::downgrade(&self.serving);
        #[expect(clippy::disallowed_methods, reason = "a base is opened beside whoever goes on")]
        tokio::spawn(async move {
            let mut tried = Some(tried);
            let mut pause = FIRST_PAUSE;
            loop {
                let opened = open(&name, &*shelf).await;
                // The base was dropped, so opening it has no purpose any more.
                let Some(serving) = serving.upgrade() else { return };
                match opened {
                    Ok((generation, store)) => {
                        serving.switch(generation, store);
                        if tried.is_none() {
                            tracing::info!(knowledge_base = %name, "Knowledge base `{name}` is open");
                        }
                        return;
                    }
                    Err(error) => {
                        tracing::error!(
                            knowledge_base = %name,
                            "Knowledge base `{name}` is unavailable, and tried again in {pause:?}: {error}"
                        );
                        serving.fail(error);
                    }
                }
                drop(serving);
                tried.take();
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        });
        first
    }

    /// Why the base cannot be used as it is: it is not open, or what is open has turned out to be damaged. That is
    /// still searched, for a search that reads no damaged page finds what it should.
    pub fn unavailable(&self) -> Option<StoreError> {
        self.serving.now().map_or_else(Some, |(_, store)| store.damage())
    }

    /// Whether what is open has turned out to be damaged, so that only opening it anew shows whether it was put back.
    pub(super) fn wants_reopening(&self) -> bool {
        self.serving.now().is_ok_and(|(_, store)| store.damage().is_some())
    }

    /// Why the base cannot be searched as it should, as far as that is known without searching: it is not
    /// open, or what embeds for it lacks a file.
    pub fn trouble(&self) -> Option<String> {
        self.unavailable().map(|error| error.to_string()).or_else(|| self.embedder.trouble())
    }

    /// Why only words are searched, where the last question could not be embedded.
    pub fn without_vectors(&self) -> Option<String> {
        self.embedder.failing().map(|cause| format!("questions are searched by their words only: {cause}"))
    }

    /// Loads what embeds for the base, so that [`Self::trouble`] knows of everything.
    pub async fn load_embedder(&self) -> Result<(), EmbedError> {
        self.embedder.load().await
    }

    /// A base with one store, for tests.
    #[cfg(test)]
    pub(super) fn with(
        name: &str,
        settings: BaseSettings,
        embedder: &Arc<LazyEmbedder>,
        store: Arc<dyn Store>,
    ) -> Self {
        Self {
            name: name.to_owned(),
            settings,
            embedder: Arc::clone(embedder),
            known: Arc::new([]),
            shelf: Arc::new(super::generation::Single(Arc::clone(&store))),
            reader: super::document::nothing_reads(),
            lock: PathBuf::new(),
            prunes: Arc::default(),
            writes: Arc::default(),
            to_delete: Arc::default(),
            serving: Arc::new(Serving::new(Ok((0, store)))),
            last_size: Arc::default(),
            model: Arc::default(),
        }
    }

    /// The name of its table.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What people call it.
    pub fn title(&self) -> &str {
        self.settings.title.as_deref().unwrap_or(&self.name)
    }

    /// What the operator wrote.
    pub fn settings(&self) -> &BaseSettings {
        &self.settings
    }

    /// Whether its documents are in the data folder.
    pub fn is_embedded(&self) -> bool {
        self.settings.store == EMBEDDED
    }

    /// All documents, by id.
    pub async fn documents(&self) -> Result<Vec<DocumentInfo>, StoreError> {
        self.store().await?.1.documents().await
    }

    /// All documents, by id, unless the store is known to be away: for whoever cannot wait.
    pub async fn documents_now(&self) -> Result<Vec<DocumentInfo>, StoreError> {
        self.expect_store_there()?;
        self.documents().await
    }

    /// Documents and windows, unless the store is known to be away or takes long: who finds out that it is away
    /// for the others waits no longer than for one that is there, and the others hear of it all the same.
    pub async fn size_now(&self) -> Result<(u64, u64), StoreError> {
        self.expect_store_there()?;
        let (_, store) = self.store().await?;
        #[expect(clippy::disallowed_methods, reason = "the store's breaker is to hear how it ends")]
        let size = tokio::spawn(async move { store.size().await });
        match tokio::time::timeout(COUNTING, size).await {
            Ok(size) => size.unwrap_or_else(|error| Err(StoreError::stopped(error))),
            Err(_) => {
                let name = &self.name;
                Err(StoreError::Unavailable(format!(
                    "the store of knowledge base `{name}` did not count its documents within {COUNTING:?}"
                )))
            }
        }
    }

    fn expect_store_there(&self) -> Result<(), StoreError> {
        self.shelf.away().map_or(Ok(()), |open| Err(StoreError::Unavailable(open.to_string())))
    }

    /// One document; `None` where there is none with this id.
    pub async fn document(&self, id: &str) -> Result<Option<DocumentInfo>, StoreError> {
        self.store().await?.1.document(id).await
    }

    /// Deletes a document; `false` where there is none with this id. Searches that start
    /// afterwards do not find it.
    pub async fn delete(&self, document_id: &str) -> Result<bool, StoreError> {
        let time = self.store_time();
        let _lock = time.after_others(self.writes.lock(document_id)).await?;
        self.delete_held(document_id).await
    }

    /// The same, for whoever holds the lock of the document.
    pub(super) async fn delete_held(&self, document_id: &str) -> Result<bool, StoreError> {
        let mut time = self.store_time();
        let deletion = async {
            let mut deleted = false;
            loop {
                let (generation, store) = self.store().await?;
                deleted |= store.delete_document(document_id).await?;
                if !self.has_moved(generation).await? {
                    return Ok::<_, StoreError>(deleted);
                }
            }
        };
        time.step(deletion).await
    }

    /// What its store may take of an operation that begins now.
    pub(super) fn store_time(&self) -> StoreTime {
        StoreTime::new(&self.name, self.shelf.timeout())
    }

    /// Says where a document comes from now; `false` where its content is not the one with this digest any more.
    pub(super) async fn set_origin(
        &self,
        document_id: &str,
        digest: &str,
        origin: Option<&str>,
        time: &mut StoreTime,
    ) -> Result<bool, StoreError> {
        let _lock = time.after_others(self.writes.lock(document_id)).await?;
        let change = async {
            loop {
                let (generation, store) = self.store().await?;
                let is_set = store.set_origin(document_id, digest, origin).await?;
                if !self.has_moved(generation).await? {
                    return Ok::<_, StoreError>(is_set);
                }
            }
        };
        time.step(change).await
    }

    /// What the configured embedder makes of texts, of length 1 and in order: for measurements.
    pub async fn vectors(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>, BaseError> {
        Ok(self.embedder.documents(texts, None).await?)
    }

    /// The store that serves, with its generation.
    pub(super) async fn store(&self) -> Opened {
        self.serving.now()?;
        if self.shelf.is_quick_to_ask() {
            self.follow_if_possible().await;
            return self.serving.now();
        }
        let unseen_for = self.serving.take_turn_to_look();
        if unseen_for >= LOOK_EVERY
            && self.shelf.away().is_none()
            && let Some(looking) = self.look()
            // After so long without a search, the generation that this host serves may have been removed by
            // another.
            && unseen_for >= LOOK_EVERY * 2
        {
            // A server that is away must not hold up a search.
            let _ = tokio::time::timeout(WAIT_FOR_LOOK, looking).await;
        }
        self.serving.now()
    }

    /// The store that serves and what embeds for it. Refuses where no configured embedder makes
    /// vectors that can be compared with those stored.
    pub(super) async fn now(&self) -> Result<WriteTarget, BaseError> {
        self.now_within(&mut self.store_time()).await
    }

    /// The same as a step of an operation.
    pub(super) async fn now_within(&self, time: &mut StoreTime) -> Result<WriteTarget, BaseError> {
        let (generation, store) = time.step(self.store()).await?;
        let visit = StoreVisit::default();
        let stored = time.step(store.embedder(&visit)).await?;
        let embedder = self.embedder_of(stored).await?;
        let dimensions = time.step(store.dimensions(&visit)).await?;
        Ok(WriteTarget { generation, store, embedder, dimensions })
    }

    /// The store that serves and, where there is one, what embeds for it.
    pub(super) async fn target(&self) -> Result<SearchTarget, StoreError> {
        let (_, store) = self.store().await?;
        let visit = StoreVisit::default();
        let embedder = self.embedder_of(store.embedder(&visit).await?).await;
        let dimensions = store.dimensions(&visit).await?;
        Ok(SearchTarget { store, embedder, dimensions, visit: Arc::new(visit) })
    }

    /// What makes vectors that can be compared with those of this fingerprint.
    async fn embedder_of(&self, stored: Option<String>) -> Result<Arc<LazyEmbedder>, BaseError> {
        let Some(stored) = stored else { return Ok(Arc::clone(&self.embedder)) };
        let configured = self.embedder.fingerprint().await;
        if matches!(configured, Ok(configured) if configured == stored) {
            return Ok(Arc::clone(&self.embedder));
        }
        for known in self.known.iter() {
            // One whose model is missing has made nothing here that could still be searched.
            if known.fingerprint().await.is_ok_and(|fingerprint| fingerprint == stored) {
                return Ok(Arc::clone(known));
            }
        }
        Err(BaseError::OtherEmbedder {
            base: self.name.clone(),
            embedder: self.embedder.name().to_owned(),
            stored,
            configured: configured?.to_owned(),
        })
    }

    /// Whether the base serves another generation than this one by now. Whoever has written to
    /// this one must then write again: the switch may have been before the write. Whoever answers that nothing is to be
    /// written asks as well: another process may have changed the documents in a generation that this one has not seen.
    /// While another generation is about to take over, this waits until it has or does not.
    pub(super) async fn has_moved(&self, generation: u64) -> Result<bool, StoreError> {
        loop {
            let pointer = follow(&self.name, &*self.shelf, &self.serving).await?;
            let is_closing = pointer.is_closing && pointer.generation == generation;
            let closing_for = self.serving.closing_for(is_closing);
            if !is_closing {
                return Ok(pointer.generation != generation);
            }
            self.reopen_if_abandoned(closing_for).await?;
            tokio::time::sleep(CLOSING_PAUSE).await;
        }
    }

    /// Serves what the pointer names from this visit on. Where that cannot be read or opened, what serves goes on.
    async fn follow_if_possible(&self) {
        if !self.serving.may_follow() {
            return;
        }
        let followed = follow(&self.name, &*self.shelf, &self.serving).await;
        self.serving.has_followed(followed.is_ok());
        if let Err(error) = followed {
            let name = &self.name;
            tracing::debug!(knowledge_base = %name, "Cannot look for another generation: {error}");
        }
    }

    /// Looks for another generation beside the search that has noticed that it is time: opening
    /// one may take long. `None` where another search looks already.
    fn look(&self) -> Option<JoinHandle<()>> {
        if self.serving.loading.swap(true, Ordering::AcqRel) {
            return None;
        }
        let (shelf, serving, name) = (Arc::clone(&self.shelf), Arc::clone(&self.serving), self.name.clone());
        #[expect(
            clippy::disallowed_methods,
            reason = "opening another generation may take long, and the search goes on"
        )]
        Some(tokio::spawn(async move {
            if let Err(error) = follow(&name, &*shelf, &serving).await {
                tracing::debug!(knowledge_base = %name, "Cannot look for another generation: {error}");
            }
            serving.loading.store(false, Ordering::Release);
        }))
    }
}

impl std::fmt::Debug for Base {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Base")
            .field("name", &self.name)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
