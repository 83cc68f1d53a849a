//! An entry is one job as this process knows it: its record, and what ends it.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::record::JobRecord;
use crate::clock;
use crate::disk::{self, Disk};
use crate::knowledge::{Cancel, DocumentOutcome, Note, Progress, Unreadable};

/// Unreadable documents whose reasons a job keeps; more are only counted.
const REASONS_KEPT: usize = 1000;

#[derive(Debug)]
pub(super) struct Job {
    pub(super) cancel: Cancel,
    pub(super) record: Mutex<JobRecord>,
    /// Documents that the record counts as imported or unchanged: a try after a wait meets them again.
    pub(super) counted: Mutex<HashSet<String>>,
    /// Held while the record is written, so that what is on disk is the last that was written.
    pub(super) saving: tokio::sync::Mutex<()>,
}

impl Job {
    pub(super) fn new(record: JobRecord, cancel: Cancel) -> Self {
        let (record, counted) = (Mutex::new(record), Mutex::default());
        Self { cancel, record, counted, saving: tokio::sync::Mutex::default() }
    }

    pub(super) fn record(&self) -> MutexGuard<'_, JobRecord> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the record, and keeps it.
    pub(super) async fn note(&self, folder: &Path, change: impl FnOnce(&mut JobRecord)) {
        let _saving = self.saving.lock().await;
        let record = self.changed(change);
        if let Err(error) = record.save(folder).await {
            record.tell_not_kept(&error);
        }
    }

    /// The same by means of the reserve where there is no other room: for what a restart must not take back.
    pub(super) async fn note_by_reserve(
        &self,
        folder: &Path,
        room: &Disk,
        change: impl FnOnce(&mut JobRecord),
    ) {
        let _saving = self.saving.lock().await;
        let record = self.changed(change);
        if let Err(error) = room.with_reserve(disk::is_full, || record.save(folder)).await {
            record.tell_not_kept(&error);
        }
    }

    fn changed(&self, change: impl FnOnce(&mut JobRecord)) -> JobRecord {
        let mut record = self.record();
        change(&mut record);
        record.clone()
    }

    pub(super) fn counted(&self) -> MutexGuard<'_, HashSet<String>> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Clears what the next try will report again, since it reads every document anew that is not in the base
    /// yet.
    pub(super) fn forget_what_comes_again(&self) {
        let (mut record, counted) = (self.record(), self.counted());
        record.unreadable = Vec::new();
        record.unreadable_total = 0;
        let before = record.notes.len();
        record.notes.retain(|note| counted.contains(&note.document));
        record.notes_total -= before - record.notes.len();
    }

    /// `windows` were embedded by earlier tries.
    pub(super) fn tell(&self, progress: &Progress<'_>, windows: usize) {
        let is_new = match progress.outcome {
            Some(DocumentOutcome::Imported(_) | DocumentOutcome::Unchanged) => {
                self.counted().insert(progress.document.to_owned())
            }
            _ => true,
        };
        let mut record = self.record();
        record.documents_done = progress.documents_done;
        record.documents_total = progress.documents_total;
        record.windows = windows + progress.windows_done;
        record.moved_at = Some(clock::seconds());
        match progress.outcome {
            _ if !is_new => {}
            None => record.document = Some(progress.document.to_owned()),
            // The job gets on.
            Some(DocumentOutcome::Imported(_)) => (record.imported, record.tries) = (record.imported + 1, 0),
            Some(DocumentOutcome::Unchanged) => (record.unchanged, record.tries) = (record.unchanged + 1, 0),
            Some(DocumentOutcome::Deleted) => record.deleted += 1,
            Some(DocumentOutcome::Noted(note)) => {
                record.notes_total += 1;
                if record.notes.len() < REASONS_KEPT {
                    let (document, note) = (progress.document.to_owned(), note.to_owned());
                    record.notes.push(Note { document, note });
                }
            }
            Some(DocumentOutcome::Unreadable(reason)) => {
                record.unreadable_total += 1;
                if record.unreadable.len() < REASONS_KEPT {
                    record.unreadable.push(Unreadable {
                        document: progress.document.to_owned(),
                        reason: reason.to_owned(),
                    });
                }
            }
        }
    }
}
