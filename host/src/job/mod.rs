//! A job is work on a knowledge base that outlives the request that asked for it, and the process: an
//! import or a re-embedding. Jobs wait in one bounded queue; each can be looked at and cancelled.

mod record;
mod resume;
mod upload;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

pub use record::{JobKind, JobRecord, JobState};
pub use upload::{Upload, UploadError};

use crate::knowledge::{Base, Cancel, ImportOptions, Outcome, Progress};
use record::now;

/// Jobs that have ended and are still remembered.
const KEPT: usize = 200;
/// Unreadable documents whose reasons a job keeps; more are only counted.
const REASONS_KEPT: usize = 1000;

/// Why a job cannot go on whose files are not there any more.
const UPLOAD_LOST: &str =
    "the job's upload is lost; what was done stays, so upload the same again and it goes on";

/// All jobs of a host. Lives as long as the process; what it knows of ended jobs outlives it.
#[derive(Debug, Clone)]
pub struct Jobs {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// One file for each job, and one folder for each upload.
    folder: PathBuf,
    /// One for each job that may wait or be at work.
    places: Arc<Semaphore>,
    /// One for each job that may be at work. Whoever has waited longest is next.
    at_work: Arc<Semaphore>,
    most_at_work: u32,
    /// Whether the host is about to stop.
    stop: Cancel,
    /// By id, which begins with the time: oldest first.
    jobs: Mutex<BTreeMap<String, Arc<Job>>>,
}

#[derive(Debug)]
struct Job {
    cancel: Cancel,
    record: Mutex<JobRecord>,
    /// Held while the record is written, so that what is on disk is never older than what was told.
    saving: tokio::sync::Mutex<()>,
}

/// A place in the queue, free again when dropped.
#[derive(Debug)]
pub struct Place {
    /// `None` for a job of an earlier process that finds no place: it has waited already.
    _permit: Option<OwnedSemaphorePermit>,
}

/// As many jobs wait or are at work as may.
#[derive(Debug, thiserror::Error)]
#[error(
    "as many jobs wait and are at work as max_jobs and max_queued_jobs in [server] allow; try again later"
)]
pub struct QueueFull;

/// What a job does.
#[derive(Debug)]
pub enum Work {
    /// Imports what was uploaded.
    Import(Upload, ImportOptions),
    /// Re-embeds the base with its configured embedder.
    Reembed,
}

impl Jobs {
    /// Reads what is known of earlier jobs. Changes nothing: another process may be serving from this
    /// folder. Who serves goes on with them by [`Jobs::resume`].
    pub fn open(folder: &Path, at_work: usize, queued: usize) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let mut jobs = BTreeMap::new();
        for entry in std::fs::read_dir(folder)? {
            if let Some(record) = JobRecord::read(&entry?.path(), folder) {
                jobs.insert(record.id.clone(), Arc::new(Job::new(record, Cancel::default())));
            }
        }
        let shared = Shared {
            folder: folder.to_owned(),
            places: Arc::new(Semaphore::new(at_work + queued)),
            at_work: Arc::new(Semaphore::new(at_work)),
            most_at_work: u32::try_from(at_work).unwrap_or(u32::MAX),
            stop: Cancel::default(),
            jobs: Mutex::new(jobs),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Takes a place in the queue, before an upload is received for nothing.
    pub fn reserve(&self) -> Result<Place, QueueFull> {
        let permit = Arc::clone(&self.shared.places).try_acquire_owned().map_err(|_| QueueFull)?;
        Ok(Place { _permit: Some(permit) })
    }

    /// An empty upload, to be filled and handed to [`Jobs::start`]. Its files go with it.
    pub async fn upload(&self, most_bytes: u64) -> Result<Upload, UploadError> {
        Upload::new(&self.shared.folder, most_bytes).await
    }

    /// Puts a job into the queue. It outlives the process from here on.
    pub async fn start(&self, place: Place, base: Arc<Base>, mut work: Work) -> std::io::Result<JobRecord> {
        let kind = match work {
            Work::Import(..) => JobKind::Import,
            Work::Reembed => JobKind::Reembed,
        };
        let record = JobRecord::new(kind, base.name());
        if let Work::Import(upload, options) = &mut work {
            upload.keep(&self.shared.folder, &record.id, options).await?;
        }
        if let Err(error) = record.save(&self.shared.folder).await {
            upload::remove(&self.shared.folder, &record.id);
            return Err(error);
        }
        self.shared.forget_old();
        self.spawn(record.clone(), place, base, work);
        Ok(record)
    }

    fn spawn(&self, record: JobRecord, place: Place, base: Arc<Base>, work: Work) {
        let cancel = match &work {
            Work::Import(_, options) => options.cancel.clone(),
            Work::Reembed => Cancel::default(),
        };
        // The next start goes on with what comes while the host stops.
        if self.shared.stop.is_cancelled() {
            cancel.cancel();
        }
        let job = Arc::new(Job::new(record.clone(), cancel));
        self.shared.all().insert(record.id, Arc::clone(&job));
        // Asked for here and not in the task, so that jobs begin in the order in which they came.
        let mut turn = Arc::clone(&self.shared.at_work).acquire_owned().boxed();
        let turn = match (&mut turn).now_or_never() {
            Some(permit) => ready(permit).boxed(),
            None => turn,
        };
        tokio::spawn(run(Arc::clone(&self.shared), job, Queued { place, turn }, base, work));
    }

    /// Asks all jobs to end between two documents, and waits until none is at work. Those that have not
    /// ended keep their uploads.
    pub async fn stop(&self) {
        self.shared.stop.cancel();
        let all: Vec<Arc<Job>> = self.shared.all().values().cloned().collect();
        for job in all.iter().filter(|job| !job.record().state.has_ended()) {
            job.cancel.cancel();
            job.note(&self.shared.folder, |record| {
                if !record.state.has_ended() {
                    record.state = JobState::Interrupted;
                    record.error = Some("the host was stopped; the job goes on at its next start".into());
                }
            })
            .await;
        }
        _ = self.shared.at_work.acquire_many(self.shared.most_at_work).await;
    }

    /// What is known of a job.
    pub fn get(&self, id: &str) -> Option<JobRecord> {
        self.shared.all().get(id).map(|job| job.record().clone())
    }

    /// All jobs, newest first, without the reasons for unreadable documents and the notes.
    pub fn list(&self) -> Vec<JobRecord> {
        let brief = |job: &Arc<Job>| {
            let record = job.record();
            JobRecord { unreadable: Vec::new(), notes: Vec::new(), ..record.clone() }
        };
        self.shared.all().values().rev().map(brief).collect()
    }

    /// Asks a job to end, if it has not: what it has done whole stays. `None` where there is no
    /// such job.
    pub async fn cancel(&self, id: &str) -> Option<JobRecord> {
        let job = self.shared.all().get(id).map(Arc::clone)?;
        if !job.record().state.has_ended() {
            // Kept before it is told, or the job would go on after a kill.
            job.note(&self.shared.folder, |record| record.cancel_requested |= !record.state.has_ended())
                .await;
            job.cancel.cancel();
        }
        Some(job.record().clone())
    }
}

impl Shared {
    fn all(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Arc<Job>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn forget_old(&self) {
        let mut jobs = self.all();
        let ended: Vec<String> =
            jobs.iter().filter(|(_, job)| job.record().state.has_ended()).map(|(id, _)| id.clone()).collect();
        for id in ended.iter().take(ended.len().saturating_sub(KEPT)) {
            jobs.remove(id);
            // One that stays is forgotten at the next start.
            let _ = std::fs::remove_file(record::path(&self.folder, id));
        }
    }
}

impl Job {
    fn new(record: JobRecord, cancel: Cancel) -> Self {
        Self { cancel, record: Mutex::new(record), saving: tokio::sync::Mutex::default() }
    }

    fn record(&self) -> std::sync::MutexGuard<'_, JobRecord> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the record, and keeps it.
    async fn note(&self, folder: &Path, change: impl FnOnce(&mut JobRecord)) {
        let _saving = self.saving.lock().await;
        let record = {
            let mut record = self.record();
            change(&mut record);
            record.clone()
        };
        record.keep(folder).await;
    }

    /// Keeps how the job ended, then frees what it had, and only then tells of the end: whoever sees
    /// it finds its place free and its upload gone, and whatever ends the process in between, the next
    /// start finds no job without its upload.
    async fn end(&self, folder: &Path, change: impl FnOnce(&mut JobRecord), free: impl FnOnce()) {
        let _saving = self.saving.lock().await;
        let mut record = self.record().clone();
        change(&mut record);
        record.keep(folder).await;
        upload::remove(folder, &record.id);
        free();
        *self.record() = record;
    }

    fn tell(&self, progress: &Progress<'_>) {
        let mut record = self.record();
        record.documents_done = progress.documents_done;
        record.documents_total = progress.documents_total;
        record.windows = progress.windows_done;
        match progress.outcome {
            None => record.document = Some(progress.document.to_owned()),
            Some(Outcome::Imported(_)) => record.imported += 1,
            Some(Outcome::Unchanged) => record.unchanged += 1,
            Some(Outcome::Deleted) => record.deleted += 1,
            Some(Outcome::Noted(note)) => {
                record.notes_total += 1;
                if record.notes.len() < REASONS_KEPT {
                    let (document, note) = (progress.document.to_owned(), note.to_owned());
                    record.notes.push(crate::knowledge::Note { document, note });
                }
            }
            Some(Outcome::Unreadable(reason)) => {
                record.unreadable_total += 1;
                if record.unreadable.len() < REASONS_KEPT {
                    record.unreadable.push(crate::knowledge::Unreadable {
                        document: progress.document.to_owned(),
                        reason: reason.to_owned(),
                    });
                }
            }
        }
    }
}

/// A job's place in the queue, and the moment when it may begin.
struct Queued {
    place: Place,
    turn: BoxFuture<'static, Result<OwnedSemaphorePermit, AcquireError>>,
}

async fn run(shared: Arc<Shared>, job: Arc<Job>, queued: Queued, base: Arc<Base>, work: Work) {
    let Queued { place, turn } = queued;
    let permit = tokio::select! {
        permit = turn => permit.ok(),
        () = job.cancel.cancelled() => None,
    };
    let end = match &permit {
        Some(_) if !job.cancel.is_cancelled() => {
            job.note(&shared.folder, |record| {
                // A stop that came in between has said more.
                if record.state == JobState::Queued {
                    record.state = JobState::Running;
                    record.started_at = Some(now());
                }
            })
            .await;
            // A task of its own: a panic ends the job and is told, instead of leaving it running.
            match tokio::spawn(carry_out(Arc::clone(&job), base, work)).await {
                Ok(end) => end,
                // Only the end of the process ends it from outside.
                Err(error) if error.is_cancelled() => return,
                Err(error) => Err(format!("the job was lost: {error}")),
            }
        }
        _ => Ok(true),
    };
    if end == Ok(true) && shared.stop.is_cancelled() && !job.record().cancel_requested {
        return;
    }
    let change = |record: &mut JobRecord| {
        record.finished_at = Some(now());
        record.document = None;
        record.state = match end {
            Ok(false) => JobState::Done,
            Ok(true) => JobState::Cancelled,
            Err(_) => JobState::Failed,
        };
        record.error = end.err();
    };
    job.end(&shared.folder, change, || drop((permit, place))).await;
}

/// Gives whether it was cancelled.
async fn carry_out(job: Arc<Job>, base: Arc<Base>, work: Work) -> Result<bool, String> {
    match work {
        Work::Import(upload, options) => {
            let ledger = upload.ledger().map_err(|error| format!("{UPLOAD_LOST} ({error})"))?;
            let tell = |progress: Progress<'_>| {
                ledger.note(&progress);
                job.tell(&progress);
            };
            let report = base.import_with(upload.sources(), &options, &tell).await;
            // Documents that are not there any more were told of as unreadable.
            upload.expect_whole().map_err(|error| format!("{UPLOAD_LOST} ({error})"))?;
            report.map(|report| report.cancelled).map_err(|error| error.to_string())
        }
        Work::Reembed => {
            let report = base.reembed(&job.cancel, &|progress: Progress<'_>| job.tell(&progress)).await;
            report.map(|report| report.cancelled).map_err(|error| error.to_string())
        }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
