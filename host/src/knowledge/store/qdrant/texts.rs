//! Texts are what a search reads of its best windows: the windows themselves, their documents, and sections.

use std::collections::{HashMap, HashSet};

use super::super::{StoreError, lexical_of_section};
use super::QdrantStore;
use super::partial::Partial;
use super::points::{self, StoredDocument, StoredWindow};
use crate::knowledge::chunk::Section;
use crate::knowledge::score::QueryWeights;

/// Texts that a search has already read, by the ids of their points.
#[derive(Default)]
pub(super) struct PointTexts {
    documents: HashMap<String, StoredDocument>,
    sections: HashMap<String, Section>,
    windows: HashMap<String, StoredWindow>,
    /// What was asked for, whether it is there or not.
    asked: HashSet<String>,
}

/// What a point is.
enum PointKind {
    Document(Box<StoredDocument>),
    Section(Section),
    Window(StoredWindow),
}

impl PointTexts {
    pub(super) fn was_asked_for(&self, id: &str) -> bool {
        self.asked.contains(id)
    }

    pub(super) fn document(&self, point: &str) -> Option<&StoredDocument> {
        self.documents.get(point)
    }

    pub(super) fn section(&self, point: &str) -> Option<&Section> {
        self.sections.get(point)
    }

    pub(super) fn window<'a>(&'a self, id: &str, partial: &'a Partial) -> Option<&'a StoredWindow> {
        partial.window.as_ref().or_else(|| self.windows.get(id))
    }

    /// Whether a window belongs to the version of its document that counts, as far as is known. One of a version that is
    /// being replaced, or whose import was killed, does not.
    pub(super) fn may_count(&self, id: &str, partial: &Partial) -> bool {
        let is_there = partial.window.is_some() || self.windows.contains_key(id) || !self.asked.contains(id);
        let counts = match self.documents.get(&partial.spot.document) {
            Some(stored) => partial.spot.version.is_of(&stored.version),
            None => !self.asked.contains(&partial.spot.document),
        };
        is_there && counts
    }

    /// The lexical parts of those of these sections that there are, counted by their texts.
    pub(super) fn lexical_parts(
        &self,
        sections: &HashSet<String>,
        weights: &QueryWeights,
    ) -> HashMap<String, f32> {
        let part = |id: &String| Some((id.clone(), lexical_of_section(weights, self.sections.get(id)?)));
        sections.iter().filter_map(part).collect()
    }

    pub(super) fn extend(&mut self, others: Self) {
        self.documents.extend(others.documents);
        self.sections.extend(others.sections);
        self.windows.extend(others.windows);
        self.asked.extend(others.asked);
    }
}

impl QdrantStore {
    /// Reads documents, sections and windows, whichever the ids are of.
    pub(super) async fn texts(&self, ids: HashSet<String>) -> Result<PointTexts, StoreError> {
        let mut texts = PointTexts::default();
        for (id, text) in self.get(ids.iter().cloned().collect(), read).await? {
            match text {
                PointKind::Document(document) => _ = texts.documents.insert(id, *document),
                PointKind::Section(section) => _ = texts.sections.insert(id, section),
                PointKind::Window(window) => _ = texts.windows.insert(id, window),
            }
        }
        texts.asked = ids;
        Ok(texts)
    }
}

fn read(payload: &points::Payload) -> Option<PointKind> {
    match payload.get(points::KIND)?.as_str()?.as_str() {
        points::KIND_DOCUMENT => {
            points::read_document(payload).map(|document| PointKind::Document(Box::new(document)))
        }
        points::KIND_SECTION => points::read_section(payload).map(PointKind::Section),
        points::KIND_WINDOW => points::read_window(payload).map(PointKind::Window),
        _ => None,
    }
}
