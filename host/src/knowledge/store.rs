//! A store keeps one knowledge base: its documents, their sections and windows, and finds windows
//! by vector and by term. Both stores pass the same tests ([`contract`]).

mod embedded;
mod qdrant;

#[cfg(test)]
pub(super) mod contract;

use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use serde::Serialize;

use super::chunk::Section;
use super::filter::Filter;
use super::metadata::Metadata;
use super::score::Parts;
use super::terms::{TermId, Terms};

pub(super) use embedded::EmbeddedStore;
pub(super) use qdrant::QdrantStore;

/// Windows that are scored for one hit wanted, from each of the two lists (nearest vectors, most
/// matching terms).
const CANDIDATES_A_HIT: usize = 20;
const FEWEST_CANDIDATES: usize = 100;

/// One knowledge base's documents.
#[async_trait]
pub(super) trait Store: Send + Sync {
    /// Makes the document searchable in place of its older version: at every moment, and after a
    /// kill, readers find all of one version and nothing of another.
    async fn put_document(&self, document: NewDocument) -> Result<(), StoreError>;

    /// `false` where there is no such document.
    async fn delete_document(&self, id: &str) -> Result<bool, StoreError>;

    /// All documents, by id.
    async fn documents(&self) -> Result<Vec<DocumentInfo>, StoreError>;

    async fn document(&self, id: &str) -> Result<Option<DocumentInfo>, StoreError>;

    /// The sections that match best, each with its best window, best score first. Scored are the
    /// windows nearest by vector, those with most matching terms, and those whose key is the
    /// query's, each by all three.
    async fn search(&self, search: Search) -> Result<Vec<Candidate>, StoreError>;

    /// What the base's vectors were made with; `None` while it holds no document.
    async fn embedder(&self) -> Result<Option<String>, StoreError>;
}

/// A document on its way into a store.
#[derive(Debug, Clone)]
pub(super) struct NewDocument {
    pub(super) info: DocumentInfo,
    /// The fingerprint of what made the vectors: all of a base have the same.
    pub(super) embedder: String,
    pub(super) sections: Vec<Section>,
    pub(super) windows: Vec<NewWindow>,
}

#[derive(Debug, Clone)]
pub(super) struct NewWindow {
    pub(super) section: u32,
    pub(super) range: Range<u32>,
    pub(super) key: Option<String>,
    /// Of length 1.
    pub(super) vector: Vec<f32>,
    /// BM25 weights, ascending by term.
    pub(super) weights: Vec<(TermId, f32)>,
}

/// What is known of a stored document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DocumentInfo {
    /// Names the document within its knowledge base.
    pub id: String,
    /// What a reader would call it.
    pub title: String,
    /// Where a reader finds it.
    pub url: Option<String>,
    /// What the operator or the document says of it: what filters are compared with.
    pub metadata: Metadata,
    /// Size of what was imported.
    pub bytes: u64,
    /// Pieces shown.
    pub sections: u32,
    /// Pieces matched.
    pub windows: u32,
    /// Of the content, its description and how it was cut and embedded: an import with the same
    /// digest does nothing.
    pub digest: String,
    /// Seconds since 1970.
    pub imported_at: u64,
}

/// What is looked for in one base.
#[derive(Debug, Clone)]
pub(super) struct Search {
    /// Of length 1.
    pub(super) vector: Arc<[f32]>,
    pub(super) terms: Arc<Terms>,
    pub(super) key: Option<Arc<str>>,
    /// Documents that any of these does not admit take no place among the candidates.
    pub(super) filters: Vec<Filter>,
    /// Most sections wanted.
    pub(super) limit: usize,
}

impl Search {
    /// Windows to take from each list.
    fn pool(&self) -> usize {
        (self.limit * CANDIDATES_A_HIT).max(FEWEST_CANDIDATES)
    }

    /// Whether a document may be found.
    fn admits(&self, document: &DocumentInfo) -> bool {
        self.filters.iter().all(|filter| filter.admits(&document.metadata))
    }
}

/// A section with its best window's score.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) document: Arc<DocumentInfo>,
    /// The section's place in its document.
    pub(super) ordinal: u32,
    pub(super) section: Arc<Section>,
    /// The best window's bytes in the section's text.
    pub(super) range: Range<u32>,
    pub(super) parts: Parts,
}

/// Why a store could not do it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The store is away or slow; later may do.
    #[error("{0}")]
    Unavailable(String),
    /// The store holds something else than it should, or its disk fails: an operator must act.
    #[error("{0}")]
    Broken(String),
}

/// A window that was found, before its section is fetched.
struct Found<W> {
    window: W,
    parts: Parts,
}

/// Keeps each section's best window, orders by score and cuts to `limit`. `place` names a window's
/// document, section and own place: equal scores are ordered by it, so that results repeat.
fn best_sections<W, P: Ord + Clone, S: Eq + std::hash::Hash>(
    mut found: Vec<Found<W>>,
    limit: usize,
    place: impl Fn(&W) -> P,
    section: impl Fn(&W) -> S,
) -> Vec<Found<W>> {
    found.sort_by(|a, b| {
        b.parts.score().total_cmp(&a.parts.score()).then_with(|| place(&a.window).cmp(&place(&b.window)))
    });
    let mut seen = std::collections::HashSet::new();
    found.retain(|found| seen.insert(section(&found.window)));
    found.truncate(limit);
    found
}
