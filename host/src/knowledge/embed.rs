//! An embedder turns a text into a vector whose direction is its meaning.
//!
//! Every text is embedded alone: the int8 model scales its activations over a whole batch, so neighbours
//! would move a vector. The local model (`knowledge/embed/local.rs`) runs on rten, whose weights are laid out
//! for the processor once, when it is loaded: without that (`prepack_weights`) a question took three times
//! onnxruntime's processor time, with it 1.15 to 1.35 times (`make bench-embed`), for the same vectors to the
//! last bit. A serving host loads it at its start, in the background (`knowledge/local_model.rs`), a command
//! when it is first needed.

mod local;
mod origin;
mod remote;
mod wordpiece;

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use lru::LruCache;
use tokio::sync::OnceCell;
use tokio::task::JoinError;

use super::blocking::blocking;
use super::fold::simplified;
use super::score::normalise;
use super::settings::{EmbedderKind, EmbedderSettings};
use super::spoken::written;
use crate::breaker::{Breaker, Health, ServerKind};
use crate::fee::{Fee, FeePurpose, Tokens};

pub use local::missing_model_files;
#[cfg(test)]
pub(super) use origin::cache_folder;
pub use origin::{DEFAULT_MODEL, ModelFile};

/// Queries whose vectors are kept: a turn with several plugins asks the same more than once.
const KEPT_QUERIES: NonZeroUsize = NonZeroUsize::new(1024).unwrap();

/// What embeds. The same text always gives the same vector.
#[async_trait]
pub(super) trait Embedder: Send + Sync {
    /// One vector for each text, in order, of any length and all of one dimension.
    async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>, EmbedError>;

    /// The vector of a question, for which a turn waits: it may be given up sooner. With it the tokens that
    /// were paid for; `None` where it costs nothing.
    async fn embed_question(&self, text: String) -> Result<(Vec<f32>, Option<Tokens>), EmbedError> {
        Ok((self.embed(vec![text]).await?.pop().unwrap_or_default(), None))
    }
}

/// A question's vector.
pub(super) struct QueryVector {
    /// The vector, which has the length 1.
    pub(super) vector: Arc<[f32]>,
    /// What it cost; `None` where it was known already, or made in this process.
    pub(super) fee: Option<Fee>,
}

/// Why a text could not be embedded.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EmbedError {
    /// The embedder cannot work as it is configured.
    #[error("{0}")]
    Unusable(String),
    /// Its vectors cannot be compared with those that are stored.
    #[error("embedder `{embedder}` gave a vector of {made} dimensions where the base's have {stored}")]
    OtherDimensions {
        /// Its name in the configuration.
        embedder: String,
        /// Dimensions of the vector it gave.
        made: usize,
        /// Dimensions of those that are stored.
        stored: usize,
    },
    /// The endpoint is away, slow or refuses for now; later may do.
    #[error("{reason}")]
    Unavailable {
        /// What it said, for people.
        reason: String,
        /// The HTTP status it refused with.
        status: Option<u16>,
        /// The wait it asks for.
        retry_after: Option<Duration>,
    },
}

impl EmbedError {
    /// The error for work on a thread of its own that did not come to its end.
    fn stopped(error: JoinError) -> Self {
        Self::Unusable(format!("embedding stopped: {error}"))
    }

    /// The error with its mend, where it concerns this base.
    pub(super) fn of_base(&self, base: &str) -> String {
        match self {
            Self::OtherDimensions { .. } => format!(
                "{self}; if another model answers under the same name now, run `qianfan-host kb reembed {base} --force`, \
                 else try again"
            ),
            error => error.to_string(),
        }
    }
}

/// What vectors of documents must be like, to be compared with those of a base.
#[derive(Clone, Copy)]
pub(super) struct Expected<'a> {
    /// The base's name.
    pub(super) base: &'a str,
    /// `None` where it holds no vector yet.
    pub(super) dimensions: Option<usize>,
}

/// An embedder that is loaded when it is first needed, so that a command without vectors stays quick. A host
/// that serves loads it at its start ([`Library::load_models`](super::Library::load_models)).
pub(super) struct LazyEmbedder {
    name: String,
    settings: EmbedderSettings,
    /// The breaker in front of an endpoint; a model in this process has none.
    breaker: Option<Arc<Breaker>>,
    loaded: OnceCell<Arc<dyn Embedder>>,
    /// Why it could not be loaded when it was last tried.
    failed: Mutex<Option<String>>,
    fingerprint: OnceCell<String>,
    queries: Mutex<LruCache<String, Arc<[f32]>>>,
    /// The stamps of the model's files when it was configured; none for an endpoint.
    files: Vec<FileStamp>,
}

/// Size and time of the last change of a file; `None` where there is none.
type FileStamp = Option<(u64, SystemTime)>;

impl LazyEmbedder {
    pub(super) fn new(name: &str, settings: EmbedderSettings) -> Self {
        Self {
            name: name.to_owned(),
            breaker: (settings.kind == EmbedderKind::OpenAi)
                .then(|| Breaker::new(ServerKind::Embedder, name)),
            files: stamps(&settings),
            settings,
            loaded: OnceCell::new(),
            failed: Mutex::default(),
            fingerprint: OnceCell::new(),
            queries: Mutex::new(LruCache::new(KEPT_QUERIES)),
        }
    }

    /// Whether an embedder made of these settings now would be equal to this one, which can then stay with
    /// what it has loaded.
    pub(super) fn is_of(&self, settings: &EmbedderSettings) -> bool {
        self.settings == *settings && self.files == stamps(settings)
    }

    /// The name of its table.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// What stands before its endpoint, where it has one.
    pub(super) fn breaker(&self) -> Option<&Arc<Breaker>> {
        self.breaker.as_ref()
    }

    /// Two embedders with one fingerprint make vectors that can be compared.
    pub(super) async fn fingerprint(&self) -> Result<&str, EmbedError> {
        let make = async || match self.settings.kind {
            EmbedderKind::Local => {
                let files = local::ModelFiles::of(&self.settings);
                blocking(move || files.fingerprint(), EmbedError::stopped).await
            }
            EmbedderKind::OpenAi => Ok(remote::fingerprint(&self.settings)),
        };
        self.fingerprint.get_or_try_init(make).await.map(String::as_str)
    }

    /// Whether it is a model in this process.
    pub(super) fn is_local(&self) -> bool {
        self.settings.kind == EmbedderKind::Local
    }

    /// Whether the next text is embedded without loading anything first.
    pub(super) fn is_loaded(&self) -> bool {
        self.loaded.initialized()
    }

    /// Whether another model may one day answer under the same fingerprint: that of an endpoint is a name.
    pub(super) fn may_change(&self) -> bool {
        self.settings.kind == EmbedderKind::OpenAi
    }

    /// Vectors of length 1 for pieces of documents, in order. Where it is known how many dimensions those
    /// have that they will be compared with, others are refused.
    pub(super) async fn documents(
        &self,
        texts: Vec<String>,
        expected: Option<Expected<'_>>,
    ) -> Result<Vec<Vec<f32>>, EmbedError> {
        let texts: Vec<_> = texts.into_iter().map(|text| simplified(&text).into_owned()).collect();
        let wanted = texts.len();
        let vectors = self.loaded().await?.embed(texts).await?;
        let dimensions = expected.and_then(|expected| expected.dimensions);
        self.sound(vectors, wanted, dimensions).map_err(|error| match (error, expected) {
            (error @ EmbedError::OtherDimensions { .. }, Some(Expected { base, .. })) => {
                EmbedError::Unusable(error.of_base(base))
            }
            (error, _) => error,
        })
    }

    fn sound(
        &self,
        mut vectors: Vec<Vec<f32>>,
        wanted: usize,
        expected: Option<usize>,
    ) -> Result<Vec<Vec<f32>>, EmbedError> {
        let dimensions = vectors.first().map_or(0, Vec::len);
        let sound = vectors.len() == wanted
            && vectors.iter_mut().all(|vector| vector.len() == dimensions && normalise(vector));
        if !sound {
            return Err(EmbedError::Unusable(format!(
                "embedder `{}` gave vectors without direction, with numbers that are none, or of different lengths",
                self.name
            )));
        }
        match expected {
            Some(stored) if wanted > 0 && dimensions != stored => {
                Err(self.other_dimensions(dimensions, stored))
            }
            _ => Ok(vectors),
        }
    }

    /// Why its vectors cannot be compared with those that are stored.
    pub(super) fn other_dimensions(&self, made: usize, stored: usize) -> EmbedError {
        EmbedError::OtherDimensions { embedder: self.name.clone(), made, stored }
    }

    /// What is embedded where `text` is asked.
    pub(super) fn as_query(&self, text: &str) -> String {
        format!("{}{text}", self.settings.query_prefix)
    }

    /// The vector of length 1 for a query.
    pub(super) async fn query(&self, text: &str, expected: Option<usize>) -> Result<QueryVector, EmbedError> {
        let text = self.as_query(text);
        let is_expected = |vector: &[f32]| expected.is_none_or(|expected| vector.len() == expected);
        if let Some(vector) = self.queries.lock().unwrap_or_else(PoisonError::into_inner).get(&text)
            && is_expected(vector)
        {
            return Ok(QueryVector { vector: Arc::clone(vector), fee: None });
        }
        let (vector, tokens) =
            self.loaded().await?.embed_question(written(&simplified(&text)).into_owned()).await?;
        let vector = self.sound(vec![vector], 1, expected)?.pop().unwrap_or_default();
        let vector: Arc<[f32]> = vector.into();
        self.queries.lock().unwrap_or_else(PoisonError::into_inner).put(text, Arc::clone(&vector));
        let fee = tokens.map(|tokens| tokens.at(FeePurpose::Embed, &self.name, self.settings.price_input));
        Ok(QueryVector { vector, fee })
    }

    async fn loaded(&self) -> Result<&Arc<dyn Embedder>, EmbedError> {
        let load = async || -> Result<Arc<dyn Embedder>, EmbedError> {
            let embedder: Arc<dyn Embedder> = match self.settings.kind {
                EmbedderKind::Local => {
                    let files = local::ModelFiles::of(&self.settings);
                    let threads = self.settings.threads;
                    let load = move || local::LocalEmbedder::load(&files, threads);
                    Arc::new(blocking(load, EmbedError::stopped).await?)
                }
                EmbedderKind::OpenAi => {
                    let breaker = self.breaker.clone();
                    let breaker = breaker.unwrap_or_else(|| Breaker::new(ServerKind::Embedder, &self.name));
                    Arc::new(remote::RemoteEmbedder::new(&self.name, &self.settings, breaker)?)
                }
            };
            Ok(embedder)
        };
        let loaded = self.loaded.get_or_try_init(load).await;
        let failed = loaded.as_ref().err().map(ToString::to_string);
        *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = failed;
        loaded
    }

    /// Loads what it embeds with. Of an endpoint that tells nothing: it is asked when it is needed.
    pub(super) async fn load(&self) -> Result<(), EmbedError> {
        self.loaded().await.map(drop)
    }

    /// What its endpoint last failed with, where it has not answered well since.
    pub(super) fn failing(&self) -> Option<String> {
        match self.breaker.as_ref()?.health() {
            Health::Well => None,
            Health::Failing(cause) | Health::Trying(cause) => Some(cause),
            Health::Away(open) => Some(open.to_string()),
        }
    }

    /// Why it cannot embed, as far as that is seen without loading it.
    pub(super) fn trouble(&self) -> Option<String> {
        if self.is_loaded() {
            return None;
        }
        if self.is_local()
            && let Err(error) = local::ModelFiles::of(&self.settings).expect_there()
        {
            return Some(error.to_string());
        }
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// An embedder for tests that need no model.
    #[cfg(test)]
    pub(super) fn fake(name: &str, embedder: Arc<dyn Embedder>) -> Self {
        let lazy = Self::new(name, EmbedderSettings::default());
        Self {
            loaded: OnceCell::new_with(Some(embedder)),
            fingerprint: OnceCell::new_with(Some(format!("fake:{name}"))),
            ..lazy
        }
    }
}

impl std::fmt::Debug for LazyEmbedder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LazyEmbedder({})", self.name)
    }
}

fn stamps(settings: &EmbedderSettings) -> Vec<FileStamp> {
    match settings.kind {
        EmbedderKind::Local => local::ModelFiles::of(settings).stamps(),
        EmbedderKind::OpenAi => Vec::new(),
    }
}
