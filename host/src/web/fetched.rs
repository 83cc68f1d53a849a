//! What a run has fetched, for an import.

use std::collections::{BTreeMap, HashSet};

use super::kept::{LearnedPage, Pages};
use crate::knowledge::{Cancel, Content, ImportOptions, Note, Source};

/// What a run has fetched.
#[derive(Debug, Clone, Default)]
pub struct Fetched {
    /// The documents, in files, and those that could not be fetched, with the reason.
    pub(super) sources: Vec<Source>,
    /// Documents that are in the base as they are on their site.
    pub(super) unchanged: HashSet<String>,
    pub(super) origin: String,
    pub(super) prune: bool,
    /// What there is to say beside what becomes of documents.
    pub notes: Vec<Note>,
    /// Why documents whose page has gone are not deleted, although they were to be.
    pub refused: Option<String>,
    pub(super) source: Option<String>,
    /// What the next run is to know of the pages that came.
    pub(super) learned: BTreeMap<String, LearnedPage>,
    pub(super) pages: Pages,
}

impl Fetched {
    /// What is to be imported.
    pub fn sources(&self) -> Vec<Source> {
        self.sources.clone()
    }

    /// How it is to be imported.
    pub fn options(&self, cancel: Cancel) -> ImportOptions {
        ImportOptions {
            cancel,
            origin: Some(self.origin.clone()),
            prune: self.prune,
            done: self.unchanged.clone(),
            ..ImportOptions::default()
        }
    }

    /// Where its documents come from, as the base keeps it.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    pub(super) fn refuse(&mut self, id: &str, reason: String) {
        self.sources.push(Source { content: Content::Refused(reason), ..Source::bytes(id, Vec::new()) });
    }

    /// Leaves documents as they are whose pages came, each for its reason.
    pub(super) fn refuse_come(&mut self, mut reasons: BTreeMap<String, String>) {
        for source in &mut self.sources {
            if let Some(reason) = reasons.remove(&source.id) {
                self.learned.remove(&source.id);
                source.content = Content::Refused(reason);
            }
        }
    }

    pub(super) fn note(&mut self, document: &str, note: String) {
        self.notes.push(Note { document: document.to_owned(), note });
    }
}
