//! A store keeps one knowledge base: its documents, their sections and windows, and finds windows
//! by vector and by term. Both stores pass the same tests (`store/contract.rs`).

mod answer;
mod embedded;
mod importing;
mod info;
mod listing;
mod qdrant;
mod visit;

#[cfg(test)]
pub(super) mod contract;

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use tokio::task::JoinError;

use super::chunk::{Pieces, Section, Window, section_text, window_text};
use super::digest::is_edited;
use super::filter::Filter;
use super::probe::Probe;
use super::question::AskedQuestion;
use super::score::{QueryWeights, ScoreParts, section_weights};
use super::terms::{TermId, Terms};
use crate::disk;

pub(super) use answer::StoredAnswer;
pub(super) use embedded::EmbeddedStore;
pub(super) use importing::Importing;
pub use info::DocumentInfo;
pub(super) use info::DocumentVersion;
pub use listing::{DocumentFilter, DocumentPage, DocumentQuery, DocumentTotals};
pub(super) use qdrant::QdrantStore;
pub(super) use visit::StoreVisit;

/// Windows that are scored for one hit wanted, from each of the two lists (nearest vectors, most
/// matching terms).
const CANDIDATES_A_HIT: usize = 20;
const FEWEST_CANDIDATES: usize = 100;
/// How far the root of a lexical part may be from the true one, on both sides of a comparison; a score is as much less
/// far as the lexical part is less than all of it. Nearly all of it is for
/// the section's half of the lexical part, which is not known yet and taken to be the window's: of
/// 300 questions of each set, with a share of 0.3, 95 % had all of their first ten within 0.019 (InsuranceQA test), 0.023
/// (its validation) and 0.030 (half of CMRC 2018) of where that puts them, 99 % within 0.030, 0.036
/// and 0.051. Bytes move a cosine by less than 0.003; a 128th of each weight moves the lexical part by
/// less than 0.008, and so its root by less than 0.01 where half the words are in common and by more where few are.
const MARGIN: f64 = 0.12;
/// Windows that are scored truly for one hit wanted, at most, and in addition.
const SCORED_A_HIT: usize = 4;
const SCORED_AT_LEAST: usize = 32;

/// One knowledge base's documents.
#[async_trait]
pub(super) trait Store: Send + Sync {
    /// Makes each document searchable in place of its older version: at every moment, and after a
    /// kill, readers find all of one version and nothing of another. They have different ids. Where it
    /// fails, some may be in. Gives the ids of those that are not in, because somebody has changed here what they would
    /// replace; see [`NewDocument::would_undo`].
    async fn put_documents(&self, documents: Vec<NewDocument>) -> Result<Vec<String>, StoreError>;

    /// Makes one document searchable that undoes nothing.
    #[cfg(test)]
    async fn put_document(&self, document: NewDocument) -> Result<(), StoreError> {
        let left = self.put_documents(vec![document]).await?;
        assert!(left.is_empty(), "it would undo a change: {left:?}");
        Ok(())
    }

    /// Makes a document searchable where what is there under its id is what was read: `None` is nothing. `false` where it
    /// is not, for somebody has written or deleted it meanwhile: then it is to be read again.
    async fn replace_document(
        &self,
        read: Option<&DocumentInfo>,
        document: NewDocument,
    ) -> Result<bool, StoreError>;

    /// How many documents this is best asked about or given at once: one where each is read and written by itself.
    fn written_at_once(&self) -> usize {
        1
    }

    /// How many such writes are best on their way at the same time.
    fn writes_at_once(&self) -> usize {
        1
    }

    /// Called before the first write of an import; it goes on until what this gives is dropped, also where the import is.
    fn importing(&self) -> Importing {
        Importing::default()
    }

    /// Called when an import has ended, however it did: what is better done once than while much is written is done from now
    /// on, unless another import goes on.
    async fn settle(&self) {}

    /// Says where a document comes from now. `false` where there is none, or its content is not the
    /// one with this digest any more: then whoever has written that has said where it comes from.
    async fn set_origin(&self, id: &str, digest: &str, origin: Option<&str>) -> Result<bool, StoreError>;

    /// `false` where there is no such document.
    async fn delete_document(&self, id: &str) -> Result<bool, StoreError>;

    /// All documents, by id.
    async fn documents(&self) -> Result<Vec<DocumentInfo>, StoreError>;

    /// Some of the documents, by id.
    async fn documents_page(&self, query: &DocumentQuery) -> Result<DocumentPage, StoreError>;

    /// The versions of all documents that pass, in the order of their ids.
    async fn document_versions(&self, filter: &DocumentFilter) -> Result<Vec<DocumentVersion>, StoreError>;

    /// When those of these documents were imported that there are, in seconds since 1970.
    async fn imported_at(&self, ids: &[String]) -> Result<HashMap<String, u64>, StoreError>;

    /// The documents in figures.
    async fn totals(&self) -> Result<DocumentTotals, StoreError>;

    /// How many documents there are, and how many windows in all.
    async fn size(&self) -> Result<(u64, u64), StoreError>;

    async fn document(&self, id: &str) -> Result<Option<DocumentInfo>, StoreError>;

    /// Those of the named documents that are stored completely, by id. A document that has lost a part is
    /// left out, and the next import of the same content restores it.
    async fn sound_documents(&self, ids: &[&str]) -> Result<HashMap<String, DocumentInfo>, StoreError>;

    /// One document of which all is there.
    #[cfg(test)]
    async fn sound_document(&self, id: &str) -> Result<Option<DocumentInfo>, StoreError> {
        Ok(self.sound_documents(&[id]).await?.remove(id))
    }

    /// Looks whether every document is whole, mends what can be mended, and deletes a document whose text
    /// is gone, so that it is missed where documents are listed. Others may read and write meanwhile.
    async fn check(&self) -> Result<StoreCheck, StoreError>;

    /// Why an operator must act, where a read or a write has found the store damaged since it was opened: opening
    /// reads only a part of it.
    fn damage(&self) -> Option<StoreError> {
        None
    }

    /// Whether what is stored has the form that this version gives to what it makes. Where nothing is stored yet, it will.
    async fn has_newest_form(&self) -> Result<bool, StoreError> {
        Ok(true)
    }

    /// A document as it was before its windows were embedded; `None` where there is none.
    async fn pieces(&self, id: &str) -> Result<Option<(DocumentInfo, Pieces)>, StoreError>;

    /// The answers of the stored questions that are asked in one of these ways, by the keys of their wordings. What is
    /// switched off has none.
    async fn answers(&self, keys: Vec<String>) -> Result<Vec<StoredAnswer>, StoreError>;

    /// Gets ready for a search for these terms, while its vector is still being made. A search does the same
    /// where this was not called.
    async fn prepare(&self, _terms: &Terms, _visit: &StoreVisit) -> Result<(), StoreError> {
        Ok(())
    }

    /// The sections that match best, each with its best window, best score first. Scored are the
    /// windows nearest by vector, those with most matching terms, and those whose key is the
    /// query's, each by all three.
    async fn search(&self, search: Search) -> Result<Vec<Candidate>, StoreError>;

    /// Sections by their document's id and their place in it: those wanted that there are. A document
    /// that is not stored any more as it is described has none.
    async fn sections(
        &self,
        wanted: Vec<WantedSections>,
        visit: &StoreVisit,
    ) -> Result<HashMap<SectionKey, Section>, StoreError>;

    /// What the base's vectors were made with; `None` while it holds no document.
    async fn embedder(&self, visit: &StoreVisit) -> Result<Option<String>, StoreError>;

    /// How many dimensions the vectors have, as far as there are any. Quick: it is asked for every search.
    async fn dimensions(&self, visit: &StoreVisit) -> Result<Option<usize>, StoreError>;

    /// The probe's vector that was kept last.
    async fn probe(&self) -> Result<Option<Probe>, StoreError>;

    /// Keeps the probe's vector in place of an older one.
    async fn keep_probe(&self, probe: Probe) -> Result<(), StoreError>;
}

/// What a check of a store has found and done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct StoreCheck {
    /// Documents looked at.
    pub(super) documents: usize,
    /// Documents that no search found, or not all of them, and that are whole again.
    pub(super) mended: Vec<String>,
    /// Documents with vectors that cannot be compared with the others: they have to be embedded again.
    pub(super) odd: Vec<String>,
    /// Documents that had lost a part for good: they are deleted, and have to be imported again.
    pub(super) lost: Vec<String>,
    /// Documents that imports had begun and left behind when they were killed. They are removed.
    pub(super) left_over: usize,
}

/// Sections of a document, as a search has found it.
#[derive(Debug, Clone)]
pub(super) struct WantedSections {
    pub(super) document: Arc<DocumentInfo>,
    pub(super) ordinals: Vec<u32>,
}

/// A document's id, and a section's place in it.
pub(super) type SectionKey = (String, u32);

/// A document on its way into a store.
#[derive(Debug, Clone)]
pub(super) struct NewDocument {
    pub(super) info: DocumentInfo,
    /// The fingerprint of what made the vectors: all of a base have the same.
    pub(super) embedder: String,
    pub(super) sections: Vec<Section>,
    pub(super) windows: Vec<NewWindow>,
    /// The digest of the version whose changes it has, where somebody has changed that here.
    pub(super) changes_of: Option<String>,
}

#[derive(Debug, Clone)]
pub(super) struct NewWindow {
    pub(super) section: u32,
    pub(super) range: Range<u32>,
    pub(super) key: Option<String>,
    /// Where the window is a question: its text, which its section need not hold.
    pub(super) question: Option<String>,
    /// The vector, which has the length 1.
    pub(super) vector: Vec<f32>,
    /// BM25 weights, ascending by term.
    pub(super) weights: Vec<(TermId, f32)>,
}

impl NewDocument {
    /// How many dimensions its vectors have, all the same and none without a direction.
    fn dimensions(&self) -> Result<usize, StoreError> {
        let dimensions = self.windows.first().map_or(0, |window| window.vector.len());
        let is_sound =
            |vector: &[f32]| vector.len() == dimensions && vector.iter().all(|number| number.is_finite());
        if self.windows.iter().all(|window| is_sound(&window.vector)) {
            return Ok(dimensions);
        }
        Err(StoreError::Broken(format!(
            "the vectors of `{}` have different dimensions, or numbers that are none; import it again",
            self.info.id
        )))
    }

    /// Whether what is there was changed here since this was made, so that it would undo the change.
    fn would_undo(&self, stored: &DocumentInfo) -> bool {
        is_edited(&stored.digest)
            && self.changes_of.as_ref() != Some(&stored.digest)
            && self.info.digest != stored.digest
    }

    /// A copy without vectors and term weights, from which the document can be embedded again.
    pub(super) fn without_vectors(&self) -> Self {
        let bare = |window: &NewWindow| NewWindow {
            section: window.section,
            range: window.range.clone(),
            key: window.key.clone(),
            question: window.question.clone(),
            vector: Vec::new(),
            weights: Vec::new(),
        };
        Self {
            info: self.info.clone(),
            embedder: self.embedder.clone(),
            sections: self.sections.clone(),
            windows: self.windows.iter().map(bare).collect(),
            changes_of: self.changes_of.clone(),
        }
    }

    /// Back to what was embedded.
    pub(super) fn into_pieces(self) -> (DocumentInfo, Pieces) {
        let windows = self
            .windows
            .into_iter()
            .filter_map(|window| {
                let section = self.sections.get(window.section as usize)?;
                let text = match window.question {
                    Some(question) => question,
                    None => window_text(section, window.range.clone())?,
                };
                Some(Window { section: window.section, range: window.range, text, key: window.key })
            })
            .collect();
        (self.info, Pieces { sections: self.sections, windows })
    }
}

/// What is looked for in one base.
#[derive(Debug, Clone)]
pub(super) struct Search {
    /// The question's vector, which has the length 1; `None` where there is none, and only words are
    /// searched.
    pub(super) vector: Option<Arc<[f32]>>,
    pub(super) terms: Arc<Terms>,
    /// `None` where the text has neither letter nor digit.
    pub(super) asked: Option<Arc<AskedQuestion>>,
    /// Documents that any of these does not admit take no place among the candidates.
    pub(super) filters: Vec<Filter>,
    /// Most sections wanted.
    pub(super) limit: usize,
    /// Whether what is around the best is wanted too: a store may then give it with them.
    pub(super) context: bool,
    /// The search that this is one step of.
    pub(super) visit: Arc<StoreVisit>,
}

impl Search {
    /// Windows to take from each list.
    fn pool(&self) -> usize {
        (self.limit * CANDIDATES_A_HIT).max(FEWEST_CANDIDATES)
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
    pub(super) parts: ScoreParts,
    /// The sections around it that there are, by their place, as far as [`grow::REACH`](super::grow::REACH);
    /// `None` where [`Store::sections`] has to be asked.
    pub(super) around: Option<BTreeMap<u32, Section>>,
    /// Where the section is a stored question that was imported: the corrections of its wordings that the search's filters
    /// admit, that of the asked wording first, then in the order of the wordings.
    pub(super) corrections: Vec<Arc<CorrectingSection>>,
}

/// The section of a correction.
#[derive(Debug)]
pub(super) struct CorrectingSection {
    pub(super) document: Arc<DocumentInfo>,
    /// The section's place in its document.
    pub(super) ordinal: u32,
    pub(super) section: Arc<Section>,
    /// The question's bytes in the section's text.
    pub(super) range: Range<u32>,
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
    /// Its file is damaged: an operator must put it back from a backup, or begin anew.
    #[error("{0}")]
    Damaged(String),
    /// There is no room on its disk: an operator must free some, and then it goes on by itself.
    #[error("{0}")]
    Full(String),
}

impl StoreError {
    /// The error for work on a thread of its own that did not come to its end.
    pub(super) fn stopped(error: JoinError) -> Self {
        Self::Broken(format!("the store stopped: {error}"))
    }

    /// The error for a file of the data folder that cannot be read or written.
    pub(super) fn of_file(path: &Path, error: &io::Error) -> Self {
        let message = format!("{}: {error}", path.display());
        if disk::is_full(error) { Self::no_room(&message) } else { Self::Broken(message) }
    }

    /// The error for a file of the data folder that has no room to grow.
    pub(super) fn no_room(message: &str) -> Self {
        Self::Full(format!(
            "{message}: there is no room on the disk of the data folder; free some, or delete documents"
        ))
    }

    /// Whether the store did not answer, and may later.
    pub fn is_away(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// Whether there is no room.
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Full(_))
    }
}

/// A window that was found, before its section is fetched.
struct FoundWindow<W> {
    window: W,
    parts: ScoreParts,
}

/// What the lexical part of a section's windows takes from the whole section.
fn weights_of_section(section: &Section) -> Vec<(TermId, f32)> {
    section_weights(&Terms::of(&section_text(section)))
}

/// A section's lexical part for a question: the same as by [`weights_of_section`], of which only the weights of the
/// question's terms are worked out.
fn lexical_of_section(query: &QueryWeights, section: &Section) -> f32 {
    let terms = Terms::among(&section_text(section), &query.shares);
    query.lexical(section_weights(&terms).into_iter())
}

/// Of windows with about their scores, a section's part taken to be the window's, those that may belong to the best
/// sections when they are scored truly, best first. `all`: more of them, where the search is to miss nothing.
fn may_be_best<W: Ord, S: Eq + std::hash::Hash>(
    mut scored: Vec<(f64, W)>,
    search: &Search,
    lexical_share: f64,
    all: bool,
    section: impl Fn(&W) -> S,
) -> Vec<W> {
    scored.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let mut sections = HashSet::new();
    let last = scored.iter().find(|(_, window)| {
        sections.insert(section(window));
        sections.len() == search.limit
    });
    let enough = last.map_or(0.0, |(score, _)| score - MARGIN * lexical_share);
    let most = search.limit * SCORED_A_HIT + SCORED_AT_LEAST;
    let most = if all { 4 * most } else { most };
    let may_be = scored.into_iter().take_while(|(score, _)| *score >= enough).take(most);
    may_be.map(|(_, window)| window).collect()
}

/// The place of a document among others whose sections score the same: of two that answer one question, the one that was
/// imported last is first.
fn placed(document: &DocumentInfo) -> (Reverse<u64>, &str) {
    (Reverse(document.imported_at), &document.id)
}

/// Keeps each section's best window, orders by score and cuts to `limit`. `place` names a window's
/// document, section and own place: equal scores are ordered by it, so that results repeat. A
/// question is as likely the asked one as the likeliest of its variants.
fn best_sections<W, P: Ord + Clone, S: Eq + std::hash::Hash>(
    mut found: Vec<FoundWindow<W>>,
    limit: usize,
    place: impl Fn(&W) -> P,
    section: impl Fn(&W) -> S,
) -> Vec<FoundWindow<W>> {
    found.sort_by(|a, b| {
        b.parts.score().total_cmp(&a.parts.score()).then_with(|| place(&a.window).cmp(&place(&b.window)))
    });
    let mut kept = HashMap::new();
    let mut best: Vec<FoundWindow<W>> = Vec::new();
    for found in found {
        match kept.entry(section(&found.window)) {
            Entry::Vacant(entry) => {
                entry.insert(best.len());
                best.push(found);
            }
            Entry::Occupied(entry) => {
                let parts: &mut ScoreParts = &mut best[*entry.get()].parts;
                if found.parts.same > parts.same {
                    parts.same = found.parts.same;
                }
            }
        }
    }
    best.truncate(limit);
    best
}
