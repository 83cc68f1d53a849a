//! A Qdrant store: one collection for each knowledge base, so that bases may have vectors of
//! different dimensions, counts need no filter by base, and deleting one leaves the others alone.
//!
//! A collection holds three kinds of points. A *document* point says which version of the document
//! counts; writing it is the moment an import takes effect. *Sections* and *windows* belong to one
//! version. Windows of a version that is still being written are not `live` and found by no
//! search; those of a version that no longer counts are dropped by whoever finds them. Beside them are
//! one point with the base's *revision* and one with its *probe*.
//!
//! **Qdrant**, one collection for each base, not one for all: bases may have embedders of different
//! dimensions, df and N are counted without a filter by base, an index fits its base's size, and a base is
//! dropped or re-embedded alone. It costs the server some memory and files for each base, which counts with
//! hundreds of them. A graph of near windows, compared by bytes, chooses those that are compared by their numbers. It
//! would take most of an import, so that it is made when the first large one is over (`store/qdrant/segments.rs`); with `exact`
//! there is none, and every window is compared. Ids say where windows are (`store/qdrant/ids.rs`), so that nothing else
//! is read of those in a list, their terms are one text that the server counts by (`store/qdrant/term_field.rs`), and what cannot be among the best by its list alone is not scored further
//! (`store/qdrant/pool.rs`), as in the embedded store. A search waits for the server at most three times: for both
//! lists, an equal question and the revision; for missing halves of scores, the short sections of which the text is scored,
//! and the documents, windows and sections with their neighbours that will likely be the best; and, where the best are
//! others, for those. All within `search_timeout`. The counts (N, df) are remembered under the base's *revision*, a point that each write
//! overwrites with a new name as its last step (`store/qdrant/counts.rs`): a search that finds another
//! revision than the one its counts were read under reads both again, so that no host counts by what was
//! before another's write. Counts that lack are asked for all at once, while the question is embedded
//! (`Store::prepare`), and with them which stored questions are corrected (`store/qdrant/corrections.rs`).
//! Up to 32 documents are looked for, written and looked after together: five waits for
//! all of them, and two such writes go side by side, so that the server has work while one waits. Writes go in
//! requests of at most 512 points or about 4 MiB and are tried again for about four
//! seconds; every one can be repeated, because ids follow from what a point is. While the server is away its
//! bases are reported (`BaseReport.error`) and the others answer; the connection is made anew with the next
//! request.

mod alias;
mod answers;
#[cfg(test)]
mod behind_back;
mod check;
mod collection;
mod corrections;
mod counts;
mod failure;
mod ids;
mod list;
mod metadata;
mod partial;
mod points;
mod pool;
mod read;
mod revision;
mod search;
mod segments;
mod shape;
mod term_field;
mod texts;
mod write;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use qdrant_client::config::QdrantConfig;
use qdrant_client::qdrant::Filter;
use qdrant_client::{Qdrant, QdrantError};

use super::importing::ImportCount;
use super::{
    Candidate, DocumentFilter, DocumentInfo, DocumentPage, DocumentQuery, DocumentTotals, DocumentVersion,
    Importing, NewDocument, Search, SectionKey, Store, StoreCheck, StoreError, StoreVisit, StoredAnswer,
    WantedSections,
};
use crate::breaker::{Breaker, ServerKind};
use crate::endpoint::{Address, ApiKey, SetupError, said};
use crate::knowledge::chunk::{Pieces, Section};
use crate::knowledge::probe::Probe;
use crate::knowledge::settings::StoreSettings;
use crate::knowledge::terms::Terms;

/// A write is tried so often again before an import stops: for about 4 seconds, which a server
/// that is restarted needs.
const RETRIES: u32 = 4;
const FIRST_WAIT: Duration = Duration::from_millis(100);

pub(in crate::knowledge) struct QdrantStore {
    client: Qdrant,
    collection: String,
    /// The base's name.
    base: String,
    /// The `[stores.<name>]` table and its address, for errors.
    server: String,
    exact: bool,
    /// How often collections that are made are kept; the server's own number where there is none.
    replication: Option<u32>,
    write_consistency: Option<u32>,
    /// The longest the server may leave an operation without an answer, tries again included.
    timeout: Duration,
    search_timeout: Duration,
    /// The server's breaker, whichever base is asked for.
    breaker: Arc<Breaker>,
    /// What is known of the collection, until the server says that there is none, or it is looked at again.
    known: Mutex<Arc<collection::CollectionFacts>>,
    remembered: Mutex<counts::Remembered>,
    /// This host's imports: as long as there is one, it has no graph made.
    imports: Arc<ImportCount>,
}

impl QdrantStore {
    /// Connects when it is first used, so that a host starts while its store is away.
    pub(in crate::knowledge) fn new(
        name: &str,
        settings: &StoreSettings,
        base: &str,
    ) -> Result<Self, StoreError> {
        let broken =
            |error: SetupError| StoreError::Broken(format!("stores.{name}.{}: {error}", error.key("url")));
        let address = Address::parse(&settings.url).map_err(|error| broken(error.into()))?;
        let key = ApiKey::from_env(settings.api_key_env.as_deref()).map_err(|error| broken(error.into()))?;
        let server = format!("store `{name}` at {}", address.origin());
        let mut config = QdrantConfig::from_url(address.base())
            .timeout(settings.timeout)
            .connect_timeout(settings.timeout)
            .skip_compatibility_check();
        if let Some(key) = key.text() {
            config = config.api_key(key);
        }
        let client = config.build().map_err(|error| {
            StoreError::Broken(format!("{server}: {}", said::cleaned(&error.to_string())))
        })?;
        Ok(Self {
            client,
            collection: format!("{}{base}", settings.collection_prefix),
            // A later generation's collection is called `base.1`.
            base: base.split('.').next().unwrap_or_default().to_owned(),
            server,
            exact: settings.exact,
            replication: settings.replication_factor,
            write_consistency: settings.write_consistency_factor,
            timeout: settings.timeout,
            search_timeout: settings.search_timeout,
            breaker: Breaker::new(ServerKind::Store, name),
            known: Mutex::default(),
            remembered: Mutex::default(),
            imports: Arc::default(),
        })
    }

    /// Whether the server answers and takes the key.
    pub(in crate::knowledge) async fn answers(&self) -> Result<(), StoreError> {
        self.client.list_collections().await.map(drop).map_err(|error| self.failed(error))
    }

    /// The same store behind the breaker that all bases of its server share.
    pub(in crate::knowledge) fn behind(self, breaker: &Arc<Breaker>) -> Self {
        Self { breaker: Arc::clone(breaker), ..self }
    }

    /// What is known of the collection, unless it is too old.
    fn known(&self) -> Arc<collection::CollectionFacts> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.are_old() {
            *known = Arc::new(known.next());
        }
        Arc::clone(&known)
    }

    /// The collection is gone, as on a server that has lost its disk: the next write makes it anew.
    fn forget_collection(&self) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Arc::default();
        self.forget();
    }

    fn failed(&self, error: QdrantError) -> StoreError {
        if is_missing(&error) {
            self.forget_collection();
        }
        match &error {
            QdrantError::ResponseError { status } => {
                failure::of_answer(&self.server, status.code() as i32, status.message())
            }
            QdrantError::ResourceExhaustedError { .. } | QdrantError::Io(_) => {
                StoreError::Unavailable(format!("{}: {}", self.server, said::cleaned(&error.to_string())))
            }
            _ => StoreError::Broken(format!("{}: {}", self.server, said::cleaned(&error.to_string()))),
        }
    }

    /// Tries again what may pass, a few times with a growing wait, within `timeout` as a whole. Every request
    /// of this store can be repeated: points have ids that follow from what they are.
    async fn again<T, F>(&self, ask: impl Fn() -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let end = Instant::now() + self.timeout;
        let (mut wait, mut left) = (FIRST_WAIT, RETRIES);
        loop {
            match self.until(end, ask()).await {
                Err(StoreError::Unavailable(message)) if left > 0 && Instant::now() + wait < end => {
                    tracing::warn!(error = %message, "Trying a request again in {wait:?}");
                    tokio::time::sleep(wait).await;
                    (wait, left) = (wait * 3, left - 1);
                }
                done => return done,
            }
        }
    }

    /// Bounds an operation, or a step of one, by `timeout`.
    async fn in_full<T>(&self, work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        self.until(Instant::now() + self.timeout, work).await
    }

    async fn until<T>(
        &self,
        end: Instant,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        tokio::time::timeout_at(end.into(), work).await.unwrap_or_else(|_| {
            Err(StoreError::Unavailable(format!("{} did not answer within {:?}", self.server, self.timeout)))
        })
    }

    /// A turn waits for a search, all of its steps together as long as `search_timeout`.
    async fn in_time<T>(
        &self,
        visit: &StoreVisit,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let limit = self.search_timeout;
        let late = || {
            let server = &self.server;
            StoreError::Unavailable(format!("{server} did not answer a search within {limit:?}"))
        };
        visit.step(&self.breaker, limit, late, work).await
    }

    /// Runs work for callers that wait even while the server is known to be away; its outcome still counts
    /// for the breaker.
    async fn watched<T>(&self, work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        let attempt = self.breaker.watch();
        let result = self.in_full(work).await;
        attempt.settle(&result, StoreError::is_away);
        result
    }
}

/// Whether the server says that a field has no index to count by. It has no code of its own for it.
fn lacks_index(error: &QdrantError) -> bool {
    matches!(error, QdrantError::ResponseError { status } if status.message().contains("No appropriate index"))
}

/// Whether the server says that there is no such collection: nothing has been imported yet.
fn is_missing(error: &QdrantError) -> bool {
    // 5: not found.
    matches!(error, QdrantError::ResponseError { status } if status.code() as i32 == 5)
}

#[async_trait]
impl Store for QdrantStore {
    async fn put_documents(&self, documents: Vec<NewDocument>) -> Result<Vec<String>, StoreError> {
        let documents: Vec<_> = documents.into_iter().map(Arc::new).collect();
        let known = self.known();
        match self.put(&documents).await {
            // The collection was lost since it was last written to.
            Err(error) if !error.is_away() && !Arc::ptr_eq(&known, &self.known()) => {
                self.put(&documents).await
            }
            done => done,
        }
    }

    async fn replace_document(
        &self,
        read: Option<&DocumentInfo>,
        document: NewDocument,
    ) -> Result<bool, StoreError> {
        self.replace(read, document).await
    }

    fn written_at_once(&self) -> usize {
        write::DOCUMENTS_AT_ONCE
    }

    fn writes_at_once(&self) -> usize {
        write::WRITES_AT_ONCE
    }

    fn importing(&self) -> Importing {
        self.imports.begin()
    }

    async fn settle(&self) {
        if let Err(error) = self.in_full(self.has_imported()).await {
            tracing::warn!(%error, "The index of near windows is not made yet; the next import asks for it again");
        }
    }

    async fn set_origin(&self, id: &str, digest: &str, origin: Option<&str>) -> Result<bool, StoreError> {
        self.change_origin(id, digest, origin).await
    }

    async fn delete_document(&self, id: &str) -> Result<bool, StoreError> {
        self.in_full(self.delete(id)).await
    }

    async fn documents(&self) -> Result<Vec<DocumentInfo>, StoreError> {
        self.watched(self.all_documents()).await
    }

    async fn documents_page(&self, query: &DocumentQuery) -> Result<DocumentPage, StoreError> {
        self.watched(self.list(query)).await
    }

    async fn document_versions(&self, filter: &DocumentFilter) -> Result<Vec<DocumentVersion>, StoreError> {
        self.watched(self.listed_versions(filter)).await
    }

    async fn imported_at(&self, ids: &[String]) -> Result<HashMap<String, u64>, StoreError> {
        self.watched(self.moments(ids)).await
    }

    async fn totals(&self) -> Result<DocumentTotals, StoreError> {
        self.watched(self.all_totals()).await
    }

    async fn size(&self) -> Result<(u64, u64), StoreError> {
        let documents = Filter::must([points::kind(points::KIND_DOCUMENT)]);
        let both = async { tokio::try_join!(self.count(documents), self.count(points::live())) };
        let (documents, windows) = self.watched(both).await?;
        Ok((documents.unwrap_or_default(), windows.unwrap_or_default()))
    }

    async fn document(&self, id: &str) -> Result<Option<DocumentInfo>, StoreError> {
        Ok(self.again(|| self.stored_document(id)).await?.map(|stored| stored.info))
    }

    async fn sound_documents(&self, ids: &[&str]) -> Result<HashMap<String, DocumentInfo>, StoreError> {
        let found = self.again(|| self.with_parts(ids)).await?;
        let sound = found.into_iter().filter(|(stored, parts)| parts.are_all_of(&stored.info));
        Ok(sound.map(|(stored, _)| (stored.info.id.clone(), stored.info)).collect())
    }

    async fn check(&self) -> Result<StoreCheck, StoreError> {
        self.check_all().await
    }

    async fn has_newest_form(&self) -> Result<bool, StoreError> {
        let shape = self.in_full(self.shape_if_there()).await?;
        Ok(shape.is_none_or(|shape| shape.is_newest()))
    }

    async fn pieces(&self, id: &str) -> Result<Option<(DocumentInfo, Pieces)>, StoreError> {
        Ok(self.in_full(self.whole(id)).await?.map(NewDocument::into_pieces))
    }

    async fn answers(&self, keys: Vec<String>) -> Result<Vec<StoredAnswer>, StoreError> {
        self.watched(self.answers_to(&keys)).await
    }

    async fn prepare(&self, terms: &Terms, visit: &StoreVisit) -> Result<(), StoreError> {
        if self.has_counted(terms) {
            return Ok(());
        }
        self.in_time(visit, self.counted(terms)).await.map(drop)
    }

    async fn search(&self, search: Search) -> Result<Vec<Candidate>, StoreError> {
        let visit = Arc::clone(&search.visit);
        let found = async {
            let known = self.known();
            match self.candidates(search.clone()).await {
                // The collection was lost since it was last asked for: where there is none, nothing is found.
                Err(error) if !error.is_away() && !Arc::ptr_eq(&known, &self.known()) => {
                    self.candidates(search).await
                }
                done => done,
            }
        };
        self.in_time(&visit, found).await
    }

    async fn sections(
        &self,
        wanted: Vec<WantedSections>,
        visit: &StoreVisit,
    ) -> Result<HashMap<SectionKey, Section>, StoreError> {
        self.in_time(visit, self.sections_of(wanted)).await
    }

    async fn embedder(&self, visit: &StoreVisit) -> Result<Option<String>, StoreError> {
        self.known_embedder(visit).await
    }

    async fn dimensions(&self, visit: &StoreVisit) -> Result<Option<usize>, StoreError> {
        // A collection without documents is replaced by hand where it does not fit; its writer says so.
        if self.known_embedder(visit).await?.is_none() {
            return Ok(None);
        }
        let shape = match self.known_shape() {
            Some(shape) => shape,
            None => self.in_time(visit, self.shape()).await?,
        };
        Ok(Some(shape.dimensions as usize))
    }

    async fn probe(&self) -> Result<Option<Probe>, StoreError> {
        let id = points::probe_id();
        let found = self.again(|| self.get(vec![id.clone()], points::read_probe)).await?;
        Ok(found.into_values().next())
    }

    async fn keep_probe(&self, probe: Probe) -> Result<(), StoreError> {
        self.ready(probe.vector.len() as u64).await?;
        self.again(|| self.upsert(vec![points::probe_point(&probe)])).await
    }
}
