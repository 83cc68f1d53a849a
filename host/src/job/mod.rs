//! A job is work on a knowledge base that outlives the request that asked for it: an import or a
//! re-embedding. Jobs wait in one bounded queue; each can be looked at and cancelled.

mod record;
mod upload;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub use record::{JobKind, JobRecord, JobState};
pub use upload::{Upload, UploadError};

use crate::knowledge::{Base, Cancel, ImportOptions, Outcome, Progress};
use record::now;

/// Jobs that have ended and are still remembered.
const KEPT: usize = 200;
/// Unreadable documents whose reasons a job keeps; more are only counted.
const REASONS_KEPT: usize = 1000;

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
    /// By id, which begins with the time: oldest first.
    jobs: Mutex<BTreeMap<String, Arc<Job>>>,
}

#[derive(Debug)]
struct Job {
    cancel: Cancel,
    record: Mutex<JobRecord>,
}

/// A place in the queue, free again when dropped.
#[derive(Debug)]
pub struct Place {
    _permit: OwnedSemaphorePermit,
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
    /// Reads what is known of earlier jobs, and removes uploads that a stop has left behind. Jobs
    /// that had not ended are interrupted now.
    pub fn open(folder: &Path, at_work: usize, queued: usize) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let mut jobs = BTreeMap::new();
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                std::fs::remove_dir_all(&path)?;
            } else if let Some(record) = JobRecord::read(&path, folder) {
                let job = Job { cancel: Cancel::default(), record: Mutex::new(record.clone()) };
                jobs.insert(record.id, Arc::new(job));
            }
        }
        let shared = Shared {
            folder: folder.to_owned(),
            places: Arc::new(Semaphore::new(at_work + queued)),
            at_work: Arc::new(Semaphore::new(at_work)),
            jobs: Mutex::new(jobs),
        };
        shared.forget_old();
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Takes a place in the queue, before an upload is received for nothing.
    pub fn reserve(&self) -> Result<Place, QueueFull> {
        let permit = Arc::clone(&self.shared.places).try_acquire_owned().map_err(|_| QueueFull)?;
        Ok(Place { _permit: permit })
    }

    /// An empty upload, to be filled and handed to [`Jobs::start`]. Its files go with it.
    pub async fn upload(&self, most_bytes: u64) -> Result<Upload, UploadError> {
        Upload::new(&self.shared.folder, most_bytes).await
    }

    /// Puts a job into the queue.
    pub async fn start(&self, place: Place, base: Arc<Base>, work: Work) -> std::io::Result<JobRecord> {
        let kind = match work {
            Work::Import(..) => JobKind::Import,
            Work::Reembed => JobKind::Reembed,
        };
        let record = JobRecord::new(kind, base.name());
        record.save(&self.shared.folder).await?;
        let cancel = match &work {
            Work::Import(_, options) => options.cancel.clone(),
            Work::Reembed => Cancel::default(),
        };
        let job = Arc::new(Job { cancel, record: Mutex::new(record.clone()) });
        self.shared.all().insert(record.id.clone(), Arc::clone(&job));
        self.shared.forget_old();
        tokio::spawn(run(Arc::clone(&self.shared), job, place, base, work));
        Ok(record)
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
    pub fn cancel(&self, id: &str) -> Option<JobRecord> {
        let job = self.shared.all().get(id).map(Arc::clone)?;
        job.cancel.cancel();
        let mut record = job.record();
        record.cancel_requested |= !record.state.has_ended();
        Some(record.clone())
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
    fn record(&self) -> std::sync::MutexGuard<'_, JobRecord> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn note(&self, folder: &Path, change: impl FnOnce(&mut JobRecord)) {
        let record = {
            let mut record = self.record();
            change(&mut record);
            record.clone()
        };
        if let Err(error) = record.save(folder).await {
            tracing::warn!(job.id = %record.id, "Cannot keep the state of job {}: {error}", record.id);
        }
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

async fn run(shared: Arc<Shared>, job: Arc<Job>, place: Place, base: Arc<Base>, work: Work) {
    let permit = tokio::select! {
        permit = Arc::clone(&shared.at_work).acquire_owned() => permit.ok(),
        () = job.cancel.cancelled() => None,
    };
    let end = match &permit {
        Some(_) if !job.cancel.is_cancelled() => {
            job.note(&shared.folder, |record| {
                record.state = JobState::Running;
                record.started_at = Some(now());
            })
            .await;
            // A task of its own: a panic ends the job and is told, instead of leaving it running.
            let at_work = tokio::spawn(carry_out(Arc::clone(&job), base, work)).await;
            at_work.unwrap_or_else(|error| Err(format!("the job was lost: {error}")))
        }
        _ => {
            drop(work);
            Ok(true)
        }
    };
    // Whoever sees that the job has ended finds its place free and its upload gone.
    drop((permit, place));
    job.note(&shared.folder, |record| {
        record.finished_at = Some(now());
        record.document = None;
        record.state = match end {
            Ok(false) => JobState::Done,
            Ok(true) => JobState::Cancelled,
            Err(_) => JobState::Failed,
        };
        record.error = end.err();
    })
    .await;
}

/// Gives whether it was cancelled.
async fn carry_out(job: Arc<Job>, base: Arc<Base>, work: Work) -> Result<bool, String> {
    let tell = |progress: Progress<'_>| job.tell(&progress);
    match work {
        Work::Import(mut upload, options) => {
            let report = base.import_with(upload.take_sources(), &options, &tell).await;
            report.map(|report| report.cancelled).map_err(|error| error.to_string())
        }
        Work::Reembed => {
            let report = base.reembed(&job.cancel, &tell).await;
            report.map(|report| report.cancelled).map_err(|error| error.to_string())
        }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
