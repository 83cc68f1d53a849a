//! The index: every window's vector and terms in memory, compared one by one.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use crate::knowledge::chunk::Section;
use crate::knowledge::score::{Parts, QueryWeights, dot};
use crate::knowledge::store::{Candidate, DocumentInfo, Found, NewDocument, Search, best_sections};
use crate::knowledge::terms::TermId;

/// Vectors are kept in blocks of so many, so that growing moves none.
const BLOCK: usize = 1024;

/// A window's place in the index.
type Slot = u32;

#[derive(Default)]
pub(super) struct Index {
    dimensions: usize,
    /// What made the vectors.
    embedder: String,
    documents: HashMap<i64, Entry>,
    /// By slot; `None` where a window has left and its slot is free.
    windows: Vec<Option<Window>>,
    vectors: Vec<Box<[f32]>>,
    free: Vec<Slot>,
    postings: HashMap<TermId, Vec<(Slot, f32)>>,
    questions: HashMap<String, Vec<Slot>>,
}

struct Entry {
    info: Arc<DocumentInfo>,
    sections: Vec<Arc<Section>>,
    slots: Vec<Slot>,
}

struct Window {
    version: i64,
    /// The window's place in its document.
    ordinal: u32,
    section: u32,
    range: Range<u32>,
    key: Option<String>,
    terms: Box<[TermId]>,
}

impl Index {
    pub(super) fn versions(&self) -> HashSet<i64> {
        self.documents.keys().copied().collect()
    }

    /// `None` while there is no document.
    pub(super) fn embedder(&self) -> Option<&str> {
        (!self.documents.is_empty()).then_some(&self.embedder)
    }

    pub(super) fn insert(&mut self, version: i64, document: NewDocument) {
        let mut slots = Vec::with_capacity(document.windows.len());
        for (window, ordinal) in document.windows.into_iter().zip(0..) {
            let slot = self.place(&window.vector);
            for &(term, weight) in &window.weights {
                self.postings.entry(term).or_default().push((slot, weight));
            }
            if let Some(key) = &window.key {
                self.questions.entry(key.clone()).or_default().push(slot);
            }
            self.windows[slot as usize] = Some(Window {
                version,
                ordinal,
                section: window.section,
                range: window.range,
                key: window.key,
                terms: window.weights.iter().map(|&(term, _)| term).collect(),
            });
            slots.push(slot);
        }
        let sections = document.sections.into_iter().map(Arc::new).collect();
        self.embedder = document.embedder;
        self.documents.insert(version, Entry { info: Arc::new(document.info), sections, slots });
    }

    pub(super) fn remove(&mut self, version: i64) {
        let Some(entry) = self.documents.remove(&version) else { return };
        let mut terms = Vec::new();
        for &slot in &entry.slots {
            if let Some(window) = self.windows[slot as usize].take() {
                terms.extend_from_slice(&window.terms);
                if let Some(key) = window.key
                    && let Some(slots) = self.questions.get_mut(&key)
                {
                    slots.retain(|&other| other != slot);
                    if slots.is_empty() {
                        self.questions.remove(&key);
                    }
                }
            }
        }
        terms.sort_unstable();
        terms.dedup();
        for term in terms {
            if let Some(postings) = self.postings.get_mut(&term) {
                postings.retain(|&(slot, _)| self.windows[slot as usize].is_some());
                if postings.is_empty() {
                    self.postings.remove(&term);
                }
            }
        }
        self.free.extend(entry.slots);
    }

    pub(super) fn search(&self, search: &Search) -> Vec<Candidate> {
        if search.vector.len() != self.dimensions {
            return Vec::new();
        }
        let dense = self.dense(&search.vector);
        let lexical = self.lexical(search);
        let exact = search.key.as_deref().and_then(|key| self.questions.get(key));
        let left_out = self.left_out(search);
        let admitted = |slot: Slot| {
            let window = self.windows[slot as usize].as_ref();
            left_out.is_empty() || window.is_some_and(|window| !left_out.contains(&window.version))
        };

        let nearest = dense.iter().copied().zip(0..).filter(|&(_, slot)| admitted(slot));
        let mut slots = best(nearest, search.pool());
        let matching = lexical.iter().map(|(&slot, &score)| (score, slot));
        slots.extend(best(matching.filter(|&(_, slot)| admitted(slot)), search.pool()));
        slots.extend(exact.into_iter().flatten().filter(|&&slot| admitted(slot)));
        slots.sort_unstable();
        slots.dedup();

        let found = slots
            .into_iter()
            .filter_map(|slot| {
                let window = self.windows[slot as usize].as_ref()?;
                let lexical = lexical.get(&slot).copied().unwrap_or(0.0);
                let exact = exact.is_some_and(|exact| exact.contains(&slot));
                let parts = Parts::new(dense[slot as usize], lexical, exact);
                Some(Found { window, parts })
            })
            .collect();
        let place =
            |window: &&Window| (self.documents.get(&window.version).map(|e| &e.info.id), window.ordinal);
        best_sections(found, search.limit, place, |window| (window.version, window.section))
            .into_iter()
            .filter_map(|Found { window, parts }| {
                let entry = self.documents.get(&window.version)?;
                Some(Candidate {
                    document: Arc::clone(&entry.info),
                    ordinal: window.section,
                    section: Arc::clone(entry.sections.get(window.section as usize)?),
                    range: window.range.clone(),
                    parts,
                })
            })
            .collect()
    }

    /// Versions whose documents the filters do not admit.
    fn left_out(&self, search: &Search) -> HashSet<i64> {
        if search.filters.is_empty() {
            return HashSet::new();
        }
        let out = self.documents.iter().filter(|(_, entry)| !search.admits(&entry.info));
        out.map(|(&version, _)| version).collect()
    }

    /// Each slot's cosine; a free slot has the lowest.
    fn dense(&self, vector: &[f32]) -> Vec<f32> {
        let rows = self.vectors.iter().flat_map(|block| block.chunks_exact(self.dimensions));
        self.windows
            .iter()
            .zip(rows)
            .map(|(window, row)| if window.is_some() { dot(vector, row) } else { f32::MIN })
            .collect()
    }

    fn lexical(&self, search: &Search) -> HashMap<Slot, f32> {
        let windows = (self.windows.len() - self.free.len()) as u64;
        let df = |term| self.postings.get(&term).map_or(0, |postings| postings.len() as u64);
        let mut sums = HashMap::new();
        for (term, share) in QueryWeights::new(&search.terms, windows, df).shares {
            for &(slot, weight) in self.postings.get(&term).into_iter().flatten() {
                *sums.entry(slot).or_insert(0.0) += share * weight;
            }
        }
        sums
    }

    /// Puts a vector into a free slot or a new one.
    fn place(&mut self, vector: &[f32]) -> Slot {
        if self.windows.len() == self.free.len() && self.dimensions != vector.len() {
            // Nothing is left of an older embedder's vectors.
            self.dimensions = vector.len();
            self.vectors.clear();
            self.windows.clear();
            self.free.clear();
        }
        let slot = self.free.pop().unwrap_or(self.windows.len() as Slot);
        let (block, row) = (slot as usize / BLOCK, slot as usize % BLOCK);
        if slot as usize == self.windows.len() {
            self.windows.push(None);
        }
        if block == self.vectors.len() {
            self.vectors.push(vec![0.0; BLOCK * self.dimensions].into());
        }
        let start = row * self.dimensions;
        let length = self.dimensions.min(vector.len());
        self.vectors[block][start..start + length].copy_from_slice(&vector[..length]);
        slot
    }
}

/// The slots with the best scores.
fn best(scores: impl Iterator<Item = (f32, Slot)>, limit: usize) -> Vec<Slot> {
    let mut scores: Vec<_> = scores.collect();
    let order = |a: &(f32, Slot), b: &(f32, Slot)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
    if scores.len() > limit {
        scores.select_nth_unstable_by(limit, order);
        scores.truncate(limit);
    }
    scores.into_iter().map(|(_, slot)| slot).collect()
}
