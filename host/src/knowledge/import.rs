//! Import: documents are read, embedded and stored by three stages that work side by side, so that
//! the embedder never waits for a disk. What is on its way is bounded, and a document is stored
//! whole or not at all: breaking off loses nothing, and importing the same again goes on.
//!
//! An import runs in three stages side by side (`knowledge/import/pipeline.rs`): read and cut; embed, several
//! small documents in one go; store, one document in one transaction. Windows on the way are bounded. A
//! document counts when it is stored, and only then is told of. The digest that makes a second import do
//! nothing covers the content and the cut, not the embedder and not the origin: an unchanged document only
//! gets the new origin (`Store::set_origin`), since the last import owns it. What was changed here in a
//! document stays where the same content comes under another title or with other metadata, also what is changed while
//! the import embeds (`changes.rs`); a note tells what could not stay. Imports that prune the same origin of a base
//! take turns (`named_locks.rs`); two processes that do, such as a server and `kb import --prune`, are not kept apart
//! and may each delete what the other has stored before they looked.

mod answers;
mod changes;
mod pipeline;
mod prepare;
mod read;
mod waiting;

pub(super) use pipeline::embed_again;

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::base::{Base, BaseError};
use super::cancel::Cancel;
use super::document::Format;
use super::inspect::Preview;
use super::meant::MeantDocuments;
use super::outside::OutsideReader;
use super::source::Source;
use super::store::{DocumentFilter, DocumentInfo, StoreError};
use answers::{AnsweringDocument, ImportedAnswers};

/// Sections that a report shows of how documents would be cut.
const SECTIONS_PREVIEWED: usize = 2000;

/// How an import goes about it.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// Ends the import early, between two documents.
    pub cancel: Cancel,
    /// Where the documents come from, such as a folder's path; kept with each of them.
    pub origin: Option<String>,
    /// Delete the base's other documents of the same origin once all are in. Nothing is deleted
    /// without an origin, or when the import was cancelled. Imports of one process that prune the
    /// same origin of a base wait for one another.
    pub prune: bool,
    /// Documents that an earlier run of this import has dealt with. They count as unchanged and are not
    /// looked at: what somebody has made of them since stays.
    pub done: HashSet<String>,
    /// What reads documents instead of the host, but for those that are text already.
    pub reader: Option<Arc<OutsideReader>>,
    /// Only look how the documents would be cut: nothing is embedded, stored or deleted, and the report has
    /// [`ImportReport::previews`].
    pub dry_run: bool,
}

/// How far an import is. Documents overtake each other: one that is unchanged need not wait for one
/// that is being embedded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'a> {
    /// Documents dealt with: imported, unchanged or unreadable.
    pub documents_done: usize,
    /// Documents in all, as far as is known: an archive is one until it is opened.
    pub documents_total: usize,
    /// Windows embedded since the import began, over all documents.
    pub windows_done: usize,
    /// The document this is about.
    pub document: &'a str,
    /// What has just become of it; `None` while it is at work.
    pub outcome: Option<DocumentOutcome<'a>>,
}

/// What became of one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentOutcome<'a> {
    /// It is stored and searchable.
    Imported(&'a DocumentInfo),
    /// It was there already, with the same content.
    Unchanged,
    /// It cannot be read, for this reason.
    Unreadable(&'a str),
    /// It was deleted: its origin does not have it any more.
    Deleted,
    /// It goes in, but not all of it: which part, and what to do about it. Said before what becomes
    /// of the document.
    Noted(&'a str),
}

/// Told of each step; must not block.
pub(super) type Tell<'a> = &'a (dyn Fn(Progress<'_>) + Send + Sync);

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ImportReport {
    /// Documents that are new or replaced their older version.
    pub imported: usize,
    /// Documents that were there already, with the same content.
    pub unchanged: usize,
    /// Documents that were deleted because their origin does not have them any more.
    pub deleted: usize,
    /// Windows embedded.
    pub windows: usize,
    /// Documents that could not be read; the rest went in.
    pub unreadable: Vec<Unreadable>,
    /// Documents that were read, but not all of them went in. One that is unchanged is not read and
    /// has no note.
    pub notes: Vec<Note>,
    /// How the documents would be cut that are new or changed, where nothing else was wanted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub previews: Vec<Preview>,
    /// Whether it was ended early: documents are left, or the pruning.
    pub cancelled: bool,
}

impl ImportReport {
    /// Documents dealt with.
    pub fn done(&self) -> usize {
        self.imported + self.unchanged + self.unreadable.len() + self.previews.len()
    }
}

/// A document that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreadable {
    /// The document's id.
    pub document: String,
    /// Why, and what to do about it.
    pub reason: String,
}

/// What of a document did not go in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The document's id.
    pub document: String,
    /// Says which part of the document is meant, and what the operator can do about it.
    pub note: String,
}

/// Why an import stopped. What was imported before stays; importing the same again goes on.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ImportError {
    /// The base cannot be used.
    #[error(transparent)]
    Base(#[from] BaseError),
}

impl From<StoreError> for ImportError {
    fn from(error: StoreError) -> Self {
        Self::Base(error.into())
    }
}

impl Base {
    /// Imports documents. `tell` is called at least once for each document, after each batch of
    /// windows and at the end; it must not block.
    pub async fn import(&self, input: Vec<Source>, tell: Tell<'_>) -> Result<ImportReport, ImportError> {
        self.import_with(input, &ImportOptions::default(), tell).await
    }

    /// Imports documents, with options.
    pub async fn import_with(
        &self,
        input: Vec<Source>,
        options: &ImportOptions,
        tell: Tell<'_>,
    ) -> Result<ImportReport, ImportError> {
        // Refused at once where nothing could go in. The first document goes on in the same time, so that an import
        // of one that is there already has one time-out.
        let mut time = self.store_time();
        self.now_within(&mut time).await?;
        let prunes = |origin: &&str| options.prune && !options.dry_run && !origin.is_empty();
        let origin = options.origin.as_deref().filter(prunes);
        // One that is cancelled while it waits ends below, at its first document.
        let _lock = match origin {
            Some(origin) => tokio::select! {
                lock = self.prunes.lock(origin) => Some(lock),
                () = options.cancel.cancelled() => None,
            },
            None => None,
        };
        let tally = ImportTally::new(input.len(), tell);
        pipeline::run(self, input, options, &tally, time).await?;
        if tally.has_imported() {
            self.keep_probe().await;
        }
        let is_cancelled = options.cancel.is_cancelled();
        if let Some(origin) = origin
            && !is_cancelled
        {
            self.prune(origin, &tally).await?;
        }
        if !is_cancelled {
            self.note_answers(&tally).await;
        }
        // A wish to end that came after the last document has ended nothing early.
        let left = origin.is_some() || tally.has_left();
        Ok(tally.end(is_cancelled && left))
    }

    /// The digest of a content that is read as this format, to be compared with that of a document.
    pub fn content_digest(&self, bytes: &[u8], format: Format) -> String {
        prepare::content_digest(bytes, format, self.settings.window_chars)
    }

    /// Notes which questions other documents answer otherwise, now that all are in.
    async fn note_answers(&self, tally: &ImportTally<'_>) {
        let answers = tally.take_answers();
        if answers.is_empty() {
            return;
        }
        let notes = async { Ok::<_, BaseError>(answers.notes(&*self.store().await?.1).await?) };
        match notes.await {
            Ok(notes) => notes.into_iter().for_each(|(document, note)| tally.noted(&document, note)),
            Err(error) => {
                // What was imported is in, and to fail now would say that it is not.
                let base = self.name();
                tracing::warn!(base, %error, "Nobody knows whether other documents have other answers: {error}");
            }
        }
    }

    /// Deletes what the origin has no more, as long as it is as it was when that was seen: who has written it since, for
    /// this origin or another, wants it to be there.
    async fn prune(&self, origin: &str, tally: &ImportTally<'_>) -> Result<(), StoreError> {
        let filter = DocumentFilter { origin: Some(origin.to_owned()), ..DocumentFilter::default() };
        let mut gone = self.versions_served(&filter).await?;
        gone.retain(|version| !tally.was_there(&version.id));
        let meant = Arc::new(MeantDocuments::of(&gone));
        self.will_delete(&meant);
        for version in gone {
            if self.delete_if(&version.id, &filter, &meant).await? {
                tally.deleted(&version.id);
            }
        }
        Ok(())
    }
}

/// What an import has done so far, kept by all its stages.
pub(super) struct ImportTally<'a> {
    report: Mutex<ImportReport>,
    total: AtomicUsize,
    there: Mutex<There>,
    answers: Mutex<ImportedAnswers>,
    tell: Tell<'a>,
}

/// What an import found where it looked, readable or not.
#[derive(Default)]
struct There {
    documents: HashSet<String>,
    /// The names of archives that could not be read to their end: what else they hold is not known.
    prefixes: Vec<String>,
}

impl<'a> ImportTally<'a> {
    pub(super) fn new(total: usize, tell: Tell<'a>) -> Self {
        Self {
            report: Mutex::default(),
            total: total.into(),
            there: Mutex::default(),
            answers: Mutex::default(),
            tell,
        }
    }

    /// Counts and tells in one go, so that the counts told never go back.
    fn note(
        &self,
        document: &str,
        outcome: Option<DocumentOutcome<'_>>,
        count: impl FnOnce(&mut ImportReport),
    ) {
        let mut report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        count(&mut report);
        let total = self.total.load(Ordering::Relaxed);
        (self.tell)(Progress {
            // A re-embedding may meet documents that came after it began.
            documents_done: report.done().min(total),
            documents_total: total,
            windows_done: report.windows,
            document,
            outcome,
        });
    }

    /// `false` where a document with this id has begun before.
    pub(super) fn begun(&self, document: &str) -> bool {
        let is_first = self.there().documents.insert(document.to_owned());
        self.note(document, None, |_| {});
        is_first
    }

    /// Adds one document to the total, found only while the import was running.
    fn more(&self) {
        self.total.fetch_add(1, Ordering::Relaxed);
    }

    /// An archive that could not be read, or not to its end.
    fn broken_off(&self, archive: &str, reason: String) {
        self.there().prefixes.push(format!("{archive}/"));
        self.unreadable(archive, reason);
    }

    fn was_there(&self, document: &str) -> bool {
        let there = self.there();
        there.documents.contains(document) || there.prefixes.iter().any(|prefix| document.starts_with(prefix))
    }

    fn there(&self) -> MutexGuard<'_, There> {
        self.there.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a document's questions until all documents are in.
    fn answers(&self, document: AnsweringDocument) {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).add(document);
    }

    fn take_answers(&self) -> ImportedAnswers {
        std::mem::take(&mut self.answers.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn embedded(&self, document: &str, windows: usize) {
        self.note(document, None, |report| report.windows += windows);
    }

    pub(super) fn imported(&self, info: &DocumentInfo) {
        self.note(&info.id, Some(DocumentOutcome::Imported(info)), |report| report.imported += 1);
    }

    pub(super) fn unchanged(&self, document: &str) {
        self.note(document, Some(DocumentOutcome::Unchanged), |report| report.unchanged += 1);
    }

    fn unreadable(&self, document: &str, reason: String) {
        let outcome = Some(DocumentOutcome::Unreadable(&reason));
        let unreadable = Unreadable { document: document.to_owned(), reason: reason.clone() };
        self.note(document, outcome, |report| report.unreadable.push(unreadable));
    }

    fn noted(&self, document: &str, text: String) {
        let note = Note { document: document.to_owned(), note: text.clone() };
        self.note(document, Some(DocumentOutcome::Noted(&text)), |report| report.notes.push(note));
    }

    fn previewed(&self, preview: Preview) {
        let id = preview.document.id.clone();
        self.note(&id, None, |report| {
            let shown: usize = report.previews.iter().map(|preview| preview.sections.len()).sum();
            let mut preview = preview;
            preview.sections.truncate(SECTIONS_PREVIEWED.saturating_sub(shown));
            report.previews.push(preview);
        });
    }

    fn deleted(&self, document: &str) {
        self.note(document, Some(DocumentOutcome::Deleted), |report| report.deleted += 1);
    }

    fn has_imported(&self) -> bool {
        self.report.lock().unwrap_or_else(PoisonError::into_inner).imported > 0
    }

    /// Whether there are documents it has not dealt with.
    fn has_left(&self) -> bool {
        let report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        report.done() < self.total.load(Ordering::Relaxed)
    }

    pub(super) fn end(self, cancelled: bool) -> ImportReport {
        let report = self.report.into_inner().unwrap_or_else(PoisonError::into_inner);
        ImportReport { cancelled, ..report }
    }
}
