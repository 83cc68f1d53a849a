//! The library is all knowledge bases of the host.
//!
//! The start waits 5 s for the bases, which open side by side (2 s for a store to say which generation
//! serves). One that is not open then, or cannot be opened, is unavailable: searches, lists and `/readyz` say
//! why, everything else serves, and a task of its own tries it again (1 s, doubling to 15 s). A base's file
//! is never moved or written anew. What cannot work as it is configured still stops the start. `/livez` tells
//! that the process is there. `/readyz` is 503 only where every app's model is away and not to be tried: then
//! nobody could be answered, and as soon as a request would try the model again it is 200, so that a host
//! nobody is sent to comes back. Everything else that is away costs some turns a part of what they know, and
//! taking the host out would cost the rest as well. Only the admin is told of what.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;

use super::base::{Base, BaseError};
use super::document::ReadDocument;
use super::embed::{EmbedError, LazyEmbedder};
use super::generation::{Collections, FileGenerations, GenerationStore};
use super::going_on::{StoreServers, known, loaders, servers};
use super::rerank::Reranker;
use super::retrieve::{self, Query, Results, SearchError};
use super::settings::{BaseSettings, EMBEDDED, EmbedderSettings, RerankSettings, StoreSettings, problems};
use super::store::{QdrantStore, StoreError};
use super::tally::SearchTally;
use crate::breaker::Breaker;
use crate::endpoint::EndpointError;
use crate::problem::Problem;

/// How long after a look for other models those bases are looked at again whose embedder or store was away.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// All knowledge bases of one configuration, opened. Share it in an `Arc`.
#[derive(Debug)]
pub struct Library {
    pub(super) bases: BTreeMap<String, Arc<Base>>,
    pub(super) reranker: Option<Arc<Reranker>>,
    /// The breakers of the stores and embedders that bases use.
    pub(super) breakers: Vec<Arc<Breaker>>,
    /// Every embedder there is.
    pub(super) embedders: Arc<[Arc<LazyEmbedder>]>,
    /// Every store, with what stands before it.
    pub(super) stores: StoreServers,
    tally: Arc<SearchTally>,
}

/// How a library is opened.
#[derive(Debug, Clone, Copy, Default)]
pub struct Opening<'a> {
    /// The longest wait for its bases; no limit where there is none.
    pub limit: Option<Duration>,
    /// The library of the configuration before. What is not changed goes on with what it has open and loaded.
    pub before: Option<&'a Library>,
}

/// The tables that bases refer to.
#[derive(Debug, Clone, Copy)]
pub struct BaseTables<'a> {
    /// `[embedders.<name>]`
    pub embedders: &'a BTreeMap<String, EmbedderSettings>,
    /// `[stores.<name>]`
    pub stores: &'a BTreeMap<String, StoreSettings>,
}

/// Why the library cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The configuration cannot work: every problem, each with its key.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Settings(Vec<Problem>),
    /// The data folder cannot be made.
    #[error("cannot make the folder {}: {cause}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
    /// One base's store cannot be used as it is configured.
    #[error("knowledge base `{base}`: {cause}")]
    Store {
        /// The base's name.
        base: String,
        /// Why.
        #[source]
        cause: StoreError,
    },
    /// What a base holds does not fit its configuration.
    #[error(transparent)]
    Base(BaseError),
}

impl OpenError {
    /// What is wrong, each with its key.
    pub fn problems(self) -> Vec<Problem> {
        match self {
            Self::Settings(problems) => problems,
            Self::Store { base, cause } => {
                vec![Problem::new(format!("knowledge.{base}.store"), cause.to_string())]
            }
            other => vec![Problem::new("knowledge", other.to_string())],
        }
    }
}

impl Library {
    /// Everything that is wrong with these settings; nothing is opened, loaded or connected to.
    pub fn check(
        bases: &BTreeMap<String, BaseSettings>,
        embedders: &BTreeMap<String, EmbedderSettings>,
        stores: &BTreeMap<String, StoreSettings>,
    ) -> Vec<Problem> {
        problems(bases, embedders, stores)
    }

    /// Whether the server of a `[stores.<name>]` table answers and takes its key; the error is for people.
    pub async fn ask_store(name: &str, settings: &StoreSettings) -> Result<(), String> {
        let store = QdrantStore::new(name, settings, "").map_err(|error| error.to_string())?;
        store.answers().await.map_err(|error| error.to_string())
    }

    /// Whether the endpoint of an `[embedders.<name>]` table gives a vector that can be searched with.
    pub async fn ask_embedder(name: &str, settings: &EmbedderSettings) -> Result<(), EmbedError> {
        LazyEmbedder::new(name, settings.clone()).query("你好", None).await.map(drop)
    }

    /// Whether the endpoint of `[rerank]` scores a document. One that the table does not let be asked is not.
    pub async fn ask_reranker(settings: &RerankSettings) -> Result<(), EndpointError> {
        match Reranker::new(settings) {
            Ok(reranker) => reranker.answers().await,
            Err(_) => Ok(()),
        }
    }

    /// Opens all bases side by side, however long that takes; see [`Self::open_within`].
    pub async fn open(
        data_dir: &Path,
        bases: &BTreeMap<String, BaseSettings>,
        embedders: &BTreeMap<String, EmbedderSettings>,
        stores: &BTreeMap<String, StoreSettings>,
        reader: Arc<dyn ReadDocument>,
    ) -> Result<Self, OpenError> {
        let servers = BaseTables { embedders, stores };
        Self::open_within(Opening::default(), data_dir, bases, servers, reader).await
    }

    /// Opens all bases side by side, and waits for them no longer than the limit; embedded ones live in `<data_dir>/knowledge/<name>.db`. One that is
    /// not open in time, or cannot be opened, is tried in the background, and those who use it are told
    /// why it is not there. Embedders are loaded when they are first needed. `reader` reads the formats whose
    /// parsers are kept out of this process.
    pub async fn open_within(
        Opening { limit, before }: Opening<'_>,
        data_dir: &Path,
        bases: &BTreeMap<String, BaseSettings>,
        BaseTables { embedders, stores }: BaseTables<'_>,
        reader: Arc<dyn ReadDocument>,
    ) -> Result<Self, OpenError> {
        let problems = problems(bases, embedders, stores);
        if !problems.is_empty() {
            return Err(OpenError::Settings(problems));
        }
        let folder = data_dir.join("knowledge");
        std::fs::create_dir_all(&folder)
            .map_err(|cause| OpenError::Folder { path: folder.clone(), cause })?;

        let had = before.map(|before| &before.embedders);
        let loaders = loaders(embedders, had);
        let mut library = Self {
            bases: BTreeMap::new(),
            reranker: None,
            breakers: Vec::new(),
            embedders: known(&loaders, had),
            stores: servers(stores, before.map(|before| &before.stores)),
            tally: before.map_or_else(Arc::default, |before| Arc::clone(&before.tally)),
        };
        let used =
            bases.values().filter_map(|base| library.stores.get(&base.store)).map(|(_, breaker)| breaker);
        for breaker in used.chain(library.embedders.iter().filter_map(|embedder| embedder.breaker())) {
            if !library.breakers.iter().any(|other| Arc::ptr_eq(other, breaker)) {
                library.breakers.push(Arc::clone(breaker));
            }
        }
        let mut opening = Vec::new();
        for (name, settings) in bases {
            // `problems` has seen to it that there is one.
            let Some(embedder) = loaders.get(settings.embedder.as_str()) else { continue };
            if let Some(base) = before.and_then(|before| library.goes_on(before, name, settings, embedder)) {
                library.bases.insert(name.clone(), base);
                continue;
            }
            let refuse = |cause| OpenError::Store { base: name.clone(), cause };
            let known = &library.embedders;
            let shelf: Arc<dyn GenerationStore> = match library.stores.get(&settings.store) {
                Some((server, breaker)) => {
                    Arc::new(Collections::new(&settings.store, server, name, breaker).map_err(refuse)?)
                }
                None => Arc::new(FileGenerations::new(&folder, name, settings.exact)),
            };
            let lock = folder.join(format!("{name}.reembed.lock"));
            let base = Arc::new(Base::closed(name, settings, embedder, known, shelf, &reader, lock));
            opening.push(base.open());
            library.bases.insert(name.clone(), base);
        }
        let tried = join_all(opening);
        // What is not open by then is told by whoever wants to use it.
        _ = tokio::time::timeout(limit.unwrap_or(Duration::MAX), tried).await;
        Ok(library)
    }

    /// Refuses where a base in the data folder can certainly not be searched as it is configured.
    /// A missing model or a server that is away may come back, and is only warned of.
    pub async fn expect_embedders(&self) -> Result<(), OpenError> {
        for base in self.bases.values().filter(|base| base.settings.store == EMBEDDED) {
            let reason = match base.now().await {
                Err(error @ BaseError::OtherEmbedder { .. }) => return Err(OpenError::Base(error)),
                Err(BaseError::Embed(EmbedError::Unusable(reason))) => Some(reason),
                Ok(now) if now.embedder.name() != base.embedder.name() => {
                    tracing::warn!(
                        knowledge_base = %base.name,
                        "Knowledge base `{}` serves with embedder `{}` until `qianfan-host kb reembed {}` has run",
                        base.name, now.embedder.name(), base.name
                    );
                    None
                }
                // One that holds nothing yet needs its model as well.
                Ok(_) => base.trouble(),
                Err(_) => None,
            };
            if let Some(reason) = reason {
                tracing::warn!(knowledge_base = %base.name, "Knowledge base `{}` cannot be searched yet: {reason}", base.name);
            }
        }
        Ok(())
    }

    /// Looks in every base that was not looked at yet whether the model behind its embedder is still the one that made its vectors,
    /// again and again until all embedders have answered. Says so in the log and in [`Base::warning`].
    pub async fn look_for_other_models(&self) {
        let mut left: Vec<&Arc<Base>> = self.bases.values().filter(|base| !base.is_model_seen()).collect();
        loop {
            let mut failed = Vec::new();
            for base in left {
                if let Err(error) = base.look_for_another_model().await {
                    tracing::debug!(knowledge_base = %base.name, "The model of `{}` cannot be looked at: {error}", base.name);
                    failed.push(base);
                }
            }
            if failed.is_empty() {
                return;
            }
            left = failed;
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// The same library, whose hits are reranked where there is a table for it; by the reranker of the library
    /// before, where that is the same.
    pub fn reranked(
        mut self,
        settings: Option<&RerankSettings>,
        before: Option<&Self>,
    ) -> Result<Self, OpenError> {
        if let Some(settings) = settings {
            let problems = settings.problems();
            if !problems.is_empty() {
                return Err(OpenError::Settings(problems));
            }
            let made = before.and_then(|before| before.reranker.as_ref());
            let reranker = match made.filter(|reranker| reranker.is_of(settings)) {
                Some(reranker) => Arc::clone(reranker),
                None => Arc::new(Reranker::new(settings).map_err(|error| {
                    let key = format!("rerank.{}", error.key("base_url"));
                    OpenError::Settings(vec![Problem::new(key, error.to_string())])
                })?),
            };
            self.breakers.push(Arc::clone(reranker.breaker()));
            self.reranker = Some(reranker);
        }
        Ok(self)
    }

    /// The bases' names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.bases.keys().map(String::as_str)
    }

    /// What stands before the stores, embedders and the reranker.
    pub fn breakers(&self) -> &[Arc<Breaker>] {
        &self.breakers
    }

    /// The base with this name.
    pub fn base(&self, name: &str) -> Option<&Arc<Base>> {
        self.bases.get(name)
    }

    /// All bases, by name.
    pub fn bases(&self) -> impl Iterator<Item = &Arc<Base>> {
        self.bases.values()
    }

    /// The one retrieval path, for chat, hit test and plugins.
    pub async fn search(&self, query: &Query) -> Result<Results, SearchError> {
        let began = Instant::now();
        let result = retrieve::search(&self.bases, self.reranker.as_deref(), query).await;
        self.tally.count(&result, began.elapsed());
        result
    }

    /// How searches have ended so far, also those of the libraries before.
    pub fn tally(&self) -> &Arc<SearchTally> {
        &self.tally
    }

    #[cfg(test)]
    pub(super) fn of(bases: impl IntoIterator<Item = Base>) -> Self {
        let bases = bases.into_iter().map(|base| (base.name.clone(), Arc::new(base))).collect();
        Self {
            bases,
            reranker: None,
            breakers: Vec::new(),
            embedders: Arc::new([]),
            stores: BTreeMap::new(),
            tally: Arc::default(),
        }
    }

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
        // A store that has changed has a breaker of its own. A damaged file may have been put back meanwhile.
        if base.wants_reopening()
            || had.store != settings.store
            || had.exact != settings.exact
            || of(before) != of(self)
        {
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
