//! Counts: in how many windows a term occurs, and how many windows there are. They are remembered until the
//! base's revision says that somebody has written.
//!
//! The revision is a point of the collection that each write overwrites with a new name, as its last step. A
//! search reads it with its lists: where it is another than the one the counts were read under, they are
//! read again. So no host counts by what was before another's write, and none asks twice in between.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use futures_util::stream::{self, StreamExt, TryStreamExt};
use qdrant_client::qdrant::{
    Condition, CountPointsBuilder, Filter, PointId, QueryBatchPointsBuilder, QueryPoints, QueryPointsBuilder,
    ScoredPoint,
};

use super::super::{StoreError, StoreVisit};
use super::corrections::CorrectedEntries;
use super::points::{self, KIND_DOCUMENT};
use super::revision::Revision;
use super::{QdrantStore, is_missing};
use crate::knowledge::score::QueryWeights;
use crate::knowledge::terms::{TermId, Terms};

/// Counts asked for at the same time: those of a question of usual length in one go.
const COUNTS_AT_ONCE: usize = 64;
/// What is remembered is read again after this in any case: an older version of the host, or a write that was
/// killed before its last step, raises no revision.
const KEPT: Duration = Duration::from_secs(600);

/// What is remembered of a base between two searches.
#[derive(Default)]
pub(super) struct Remembered {
    /// All below was read after this.
    seen: Option<(Instant, Revision)>,
    /// What made the vectors.
    embedder: Option<Option<String>>,
    windows: Option<u64>,
    terms: HashMap<TermId, u64>,
    corrected: Option<Arc<CorrectedEntries>>,
}

impl Remembered {
    fn at(revision: Revision) -> Self {
        let embedder = revision.embedder.clone().map(Some);
        Self { seen: Some((Instant::now(), revision)), embedder, ..Self::default() }
    }

    fn revision(&self) -> Option<&Revision> {
        self.seen.as_ref().map(|(_, revision)| revision)
    }
}

/// A question's weights, the revision whose counts they are made of, and what is corrected under it.
pub(super) struct CountedWeights {
    pub(super) weights: QueryWeights,
    pub(super) revision: Revision,
    pub(super) corrected: Arc<CorrectedEntries>,
}

impl QdrantStore {
    /// What is remembered, unless it is too old.
    fn remembered(&self) -> std::sync::MutexGuard<'_, Remembered> {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.seen.as_ref().is_some_and(|(since, _)| since.elapsed() > KEPT) {
            *remembered = Remembered::default();
        }
        remembered
    }

    /// Forgets what was read before this revision.
    pub(super) fn now_at(&self, revision: Revision) {
        let mut remembered = self.remembered();
        if remembered.revision() != Some(&revision) {
            *remembered = Remembered::at(revision);
        }
    }

    /// Called where nobody knows what a write has done.
    pub(super) fn forget(&self) {
        *self.remembered() = Remembered::default();
    }

    /// Whether weights for these terms need no request.
    pub(super) fn has_counted(&self, terms: &Terms) -> bool {
        let remembered = self.remembered();
        let has_rest = remembered.windows.is_some() && remembered.corrected.is_some();
        has_rest && terms.counts.iter().all(|(id, _)| remembered.terms.contains_key(id))
    }

    /// What the base's vectors are made with; asked for once for each revision.
    pub(super) async fn known_embedder(&self, visit: &StoreVisit) -> Result<Option<String>, StoreError> {
        if let Some(embedder) = &self.remembered().embedder {
            return Ok(embedder.clone());
        }
        self.in_time(visit, self.look()).await.map(|(_, embedder)| embedder)
    }

    /// Reads the revision and what the vectors are made with.
    async fn look(&self) -> Result<(Revision, Option<String>), StoreError> {
        let any_document = QueryPointsBuilder::new(&self.collection)
            .filter(Filter::must([points::kind(KIND_DOCUMENT)]))
            .limit(1)
            .with_payload(true)
            .build();
        let request =
            QueryBatchPointsBuilder::new(&self.collection, vec![self.revision_query(), any_document]);
        let (revision, embedder) = match self.client.query_batch(request).await {
            Ok(answer) => {
                let mut results = answer.result.into_iter().map(|result| result.result);
                let revision = read_revision(results.next());
                let document = results.next().unwrap_or_default().pop();
                let document = document.and_then(|point| points::read_document(&point.payload));
                (revision, document.map(|stored| stored.embedder))
            }
            Err(error) if is_missing(&error) => (Revision::default(), None),
            Err(error) => return Err(self.failed(error)),
        };
        self.now_at(revision.clone());
        let mut remembered = self.remembered();
        if remembered.revision() == Some(&revision) {
            remembered.embedder = Some(embedder.clone());
        }
        Ok((revision, embedder))
    }

    /// The query for the revision, to be sent with others; [`read_revision`] reads its answer.
    pub(super) fn revision_query(&self) -> QueryPoints {
        let id = Condition::has_id([PointId::from(points::revision_id())]);
        QueryPointsBuilder::new(&self.collection)
            .filter(Filter::must([id]))
            .limit(1)
            .with_payload(true)
            .build()
    }

    /// A question's weights. Asks for nothing that is remembered, and for all else at once; `None` where
    /// nothing has been imported.
    pub(super) async fn counted(&self, terms: &Terms) -> Result<Option<CountedWeights>, StoreError> {
        let known = self.remembered().revision().cloned();
        let look = async {
            match known {
                Some(revision) => Ok(revision),
                // The revision is read before the counts: counts may be newer than the revision they are filed
                // under, but never older.
                None => self.look().await.map(|(revision, _)| revision),
            }
        };
        let (revision, shape) = tokio::try_join!(look, self.shape_if_there())?;
        let Some(shape) = shape else { return Ok(None) };
        let (windows, corrected, unknown) = {
            let remembered = self.remembered();
            let is_known = |id: &TermId| remembered.terms.contains_key(id);
            let unknown: Vec<TermId> =
                terms.counts.iter().map(|&(id, _)| id).filter(|id| !is_known(id)).collect();
            (remembered.windows, remembered.corrected.clone(), unknown)
        };
        let count_windows = async {
            match windows {
                Some(windows) => Ok(Some(windows)),
                None => self.count(points::live()).await,
            }
        };
        let look_for_corrected = async {
            match corrected {
                Some(corrected) => Ok(corrected),
                None => self.corrected(shape).await.map(Arc::new),
            }
        };
        let count_terms = stream::iter(unknown)
            .map(async |term| {
                let mut filter = points::live();
                filter.must.push(shape.terms.has(term));
                Ok::<_, StoreError>((term, self.count(filter).await?.unwrap_or(0)))
            })
            .buffer_unordered(COUNTS_AT_ONCE)
            .try_collect::<HashMap<TermId, u64>>();
        let (windows, counted, corrected) = tokio::try_join!(count_windows, count_terms, look_for_corrected)?;
        let Some(windows) = windows else { return Ok(None) };
        let mut remembered = self.remembered();
        let df = |term| counted.get(&term).or_else(|| remembered.terms.get(&term)).copied().unwrap_or(0);
        let weights = QueryWeights::new(terms, windows, df);
        // Somebody may have seen a later revision meanwhile, or written.
        if remembered.revision() == Some(&revision) {
            remembered.windows = Some(windows);
            remembered.terms.extend(counted);
            remembered.corrected = Some(Arc::clone(&corrected));
        }
        Ok(Some(CountedWeights { weights, revision, corrected }))
    }

    /// `None` where there is no collection yet.
    pub(super) async fn count(&self, filter: Filter) -> Result<Option<u64>, StoreError> {
        let request = CountPointsBuilder::new(&self.collection).filter(filter).exact(true);
        match self.client.count(request).await {
            Ok(answer) => Ok(answer.result.map(|result| result.count)),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(self.failed(error)),
        }
    }
}

/// What [`QdrantStore::revision_query`] was answered.
pub(super) fn read_revision(found: Option<Vec<ScoredPoint>>) -> Revision {
    let point = found.into_iter().flatten().next();
    point.and_then(|point| points::read_revision(&point.payload)).unwrap_or_default()
}

#[cfg(test)]
impl QdrantStore {
    /// How many windows there are, and how many of them have each of these terms.
    pub(in crate::knowledge::store) async fn counts_of(&self, terms: &Terms) -> (u64, Vec<u64>) {
        assert!(self.counted(terms).await.unwrap().is_some());
        let remembered = self.remembered();
        let df = terms.counts.iter().map(|(term, _)| remembered.terms[term]);
        (remembered.windows.unwrap(), df.collect())
    }
}
