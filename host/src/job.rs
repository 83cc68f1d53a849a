//! A job is work on a knowledge base that outlives the request that asked for it, and the process: an
//! import, a re-embedding, a deletion of many documents, an evaluation. Jobs wait in one bounded queue; each can be
//! looked at and cancelled.
//!
//! A job tries again by itself (`job/patience.rs`) what `BaseError::may_pass` says may go well later; imports
//! leave alone what is in, so each try goes on where the last one stopped.

mod delete;
mod evaluation;
mod fetch;
mod patience;
mod record;
mod resume;
mod retry;
mod run;
mod schedule;
mod upload;
mod work;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use futures_util::future::ready;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub use evaluation::{
    Evaluation, EvaluationOrder, EvaluationPage, EvaluationQuery, EvaluationView, Variant, VerdictFilter,
};
pub use fetch::{FetchRecord, FetchRefused};
pub use patience::JobPatience;
pub use record::{JobKind, JobRate, JobRecord, JobState};
pub use retry::RetryRefused;
pub use schedule::keep_to_schedule;
pub use upload::{Upload, UploadError};
pub use work::Work;

use crate::clock;
use crate::disk::Disk;
use crate::knowledge::{Base, Cancel, DocumentOutcome, Progress};
use crate::web::Web;
use run::{QueueTurn, Queued, run};

/// Jobs that have ended and are still remembered, evaluations apart.
const KEPT: usize = 200;
/// Evaluations that have ended and are still remembered, with what they found.
const KEPT_EVALUATIONS: usize = 50;
/// Jobs that fetch from the web at once: each holds a page in memory.
const FETCHING: usize = 2;
/// Unreadable documents whose reasons a job keeps; more are only counted.
const REASONS_KEPT: usize = 1000;

/// How many jobs a host takes, and how long they wait for others.
#[derive(Debug, Clone, Copy)]
pub struct JobLimits {
    /// Jobs at work at once.
    pub at_work: usize,
    /// Jobs that may wait.
    pub queued: usize,
    /// For stores and embedders that are away.
    pub patience: JobPatience,
    /// Bytes that one job may fetch from the web.
    pub most_fetched: u64,
}

/// All jobs of a host. Lives as long as the process; what it knows of ended jobs outlives it.
#[derive(Debug, Clone)]
pub struct Jobs {
    shared: Arc<JobsShared>,
}

#[derive(Debug)]
struct JobsShared {
    /// One file for each job, and one folder for each upload.
    folder: PathBuf,
    /// One for each job that may wait or be at work.
    places: Arc<Semaphore>,
    /// One for each job that may be at work. Whoever has waited longest is next.
    at_work: Arc<Semaphore>,
    /// One for each job that may fetch from the web, which takes long and costs little: it keeps nobody from work.
    fetching: Arc<Semaphore>,
    /// For the one evaluation that may be at work: the rest of the machine is for chat.
    evaluating: Arc<Semaphore>,
    /// Held while a fetch is put into the queue, so that no source has two.
    ordering: tokio::sync::Mutex<()>,
    web: Arc<Web>,
    disk: Arc<Disk>,
    limits: JobLimits,
    /// Whether the host is about to stop.
    stop: Cancel,
    /// Jobs by their id, which begins with the time: oldest first.
    jobs: Mutex<BTreeMap<String, Arc<Job>>>,
}

#[derive(Debug)]
struct Job {
    cancel: Cancel,
    record: Mutex<JobRecord>,
    /// Documents that the record counts as imported or unchanged: a try after a wait meets them again.
    counted: Mutex<HashSet<String>>,
    /// Held while the record is written, so that what is on disk is never older than what was told.
    saving: tokio::sync::Mutex<()>,
}

/// A place in the queue, free again when dropped.
#[derive(Debug)]
pub struct QueuePlace {
    /// `None` for a job of an earlier process that finds no place: it has waited already.
    _permit: Option<OwnedSemaphorePermit>,
}

/// No job is taken for now.
#[derive(Debug, thiserror::Error)]
pub enum QueueFull {
    /// As many jobs wait or run as are allowed.
    #[error(
        "as many jobs are waiting and running as max_jobs and max_queued_jobs in [server] allow; try again later"
    )]
    All,
    /// The base's jobs wait for a store or an embedder, and would keep those of other bases out.
    #[error(
        "the jobs of knowledge base `{0}` wait for its store or embedder and have half of the queue; see \
         `waiting_for` in /v1/jobs, and try again later"
    )]
    Base(String),
}

impl Jobs {
    /// Reads what is known of earlier jobs. Changes nothing: another process may be serving from this
    /// folder. Who serves goes on with them by [`Jobs::resume`].
    pub fn open(folder: &Path, limits: JobLimits, web: Arc<Web>, disk: &Arc<Disk>) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let mut jobs = BTreeMap::new();
        for entry in std::fs::read_dir(folder)? {
            if let Some(record) = JobRecord::read(&entry?.path(), folder)? {
                jobs.insert(record.id.clone(), Arc::new(Job::new(record, Cancel::default())));
            }
        }
        let shared = JobsShared {
            folder: folder.to_owned(),
            places: Arc::new(Semaphore::new(limits.at_work + limits.queued)),
            at_work: Arc::new(Semaphore::new(limits.at_work)),
            fetching: Arc::new(Semaphore::new(FETCHING)),
            evaluating: Arc::new(Semaphore::new(1)),
            ordering: tokio::sync::Mutex::default(),
            web,
            disk: Arc::clone(disk),
            limits,
            stop: Cancel::default(),
            jobs: Mutex::new(jobs),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Takes a place in the queue for a job of a base, before an upload is received for nothing. A job that
    /// waits for a store or an embedder gives back its place at work, but not the one in the queue, which is
    /// what bounds the uploads on the disk: so the jobs of a base that waits get half of the queue at most.
    pub fn reserve(&self, base: &str) -> Result<QueuePlace, QueueFull> {
        let (mut open, mut is_waiting) = (0, false);
        for job in self.shared.all().values() {
            let record = job.record();
            if record.knowledge_base == base && !record.state.has_ended() {
                open += 1;
                is_waiting |= record.tries > 0;
            }
        }
        let JobLimits { at_work, queued, .. } = self.shared.limits;
        if is_waiting && open >= (at_work + queued).div_ceil(2) {
            return Err(QueueFull::Base(base.to_owned()));
        }
        let permit = Arc::clone(&self.shared.places).try_acquire_owned().map_err(|_| QueueFull::All)?;
        Ok(QueuePlace { _permit: Some(permit) })
    }

    /// An empty upload, to be filled and handed to [`Jobs::start`]. Its files go with it.
    pub async fn upload(&self, most_bytes: u64) -> Result<Upload, UploadError> {
        Upload::new(&self.shared.folder, most_bytes).await
    }

    /// Puts a job into the queue. It outlives the process from here on.
    pub async fn start(
        &self,
        place: QueuePlace,
        base: Arc<Base>,
        mut work: Work,
    ) -> std::io::Result<JobRecord> {
        let mut record = JobRecord::new(work.kind(), base.name());
        record.force = matches!(work, Work::Reembed { force: true });
        record.fetch = work.order().cloned();
        match &mut work {
            Work::Import(upload, options) => upload.keep(&self.shared.folder, &record.id, options).await?,
            Work::Evaluate(evaluation) => evaluation.keep(&self.shared.folder, &record.id).await?,
            Work::Delete(filter) => record.delete = Some(filter.clone()),
            Work::Fetch(_) | Work::Reembed { .. } => {}
        }
        if let Err(error) = record.save(&self.shared.folder).await {
            upload::remove(&self.shared.folder, &record.id);
            return Err(error);
        }
        self.shared.forget_old();
        self.spawn(record.clone(), place, base, work);
        Ok(record)
    }

    fn spawn(&self, record: JobRecord, place: QueuePlace, base: Arc<Base>, work: Work) {
        let cancel = match &work {
            Work::Import(_, options) => options.cancel.clone(),
            _ => Cancel::default(),
        };
        // The next start goes on with what comes while the host stops.
        if self.shared.stop.is_cancelled() {
            cancel.cancel();
        }
        let job = Arc::new(Job::new(record.clone(), cancel));
        self.shared.all().insert(record.id, Arc::clone(&job));
        // Asked for here and not in the task, so that jobs begin in the order in which they came.
        let turn = self.shared.turn(&work);
        #[expect(clippy::disallowed_methods, reason = "a job outlives its request")]
        tokio::spawn(run(Arc::clone(&self.shared), job, Queued { place, turn }, base, work));
    }

    /// Asks all jobs to end between two documents, and waits until none is at work. Those that have not
    /// ended keep their uploads.
    pub async fn stop(&self) {
        let most = u32::try_from(self.shared.limits.at_work).unwrap_or(u32::MAX);
        self.shared.stop.cancel();
        let all: Vec<Arc<Job>> = self.shared.all().values().cloned().collect();
        for job in all.iter().filter(|job| !job.record().state.has_ended()) {
            job.cancel.cancel();
            job.note(&self.shared.folder, |record| {
                if !record.state.has_ended() {
                    record.state = JobState::Interrupted;
                    (record.waiting_for, record.next_try_at) = (None, None);
                    record.error = Some("the host was stopped; the job goes on at its next start".into());
                }
            })
            .await;
        }
        _ = self.shared.fetching.acquire_many(FETCHING as u32).await;
        _ = self.shared.evaluating.acquire().await;
        _ = self.shared.at_work.acquire_many(most).await;
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

impl JobsShared {
    fn all(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Arc<Job>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The moment when a job may be at work, whose wait begins now.
    fn turn(&self, work: &Work) -> QueueTurn {
        let places = match work {
            Work::Fetch(_) => &self.fetching,
            Work::Evaluate(_) => &self.evaluating,
            _ => &self.at_work,
        };
        let mut turn = Arc::clone(places).acquire_owned().boxed();
        match (&mut turn).now_or_never() {
            Some(permit) => ready(permit).boxed(),
            None => turn,
        }
    }

    fn forget_old(&self) {
        let mut jobs = self.all();
        let (evaluations, others): (Vec<_>, Vec<_>) = jobs
            .values()
            .map(|job| job.record().clone())
            .filter(|record| record.state.has_ended())
            .partition(|record| record.kind == JobKind::Evaluate);
        for (ended, most) in [(evaluations, KEPT_EVALUATIONS), (others, KEPT)] {
            for record in ended.iter().take(ended.len().saturating_sub(most)) {
                jobs.remove(&record.id);
                // What stays is forgotten at the next start.
                let _ = std::fs::remove_file(record::path(&self.folder, &record.id));
                if record.kept_bytes.is_some() {
                    upload::remove(&self.folder, &record.id);
                }
            }
        }
    }
}

impl Job {
    fn new(record: JobRecord, cancel: Cancel) -> Self {
        let (record, counted) = (Mutex::new(record), Mutex::default());
        Self { cancel, record, counted, saving: tokio::sync::Mutex::default() }
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
        if record.kept_bytes.is_none() {
            upload::remove(folder, &record.id);
        }
        free();
        *self.record() = record;
    }

    fn counted(&self) -> std::sync::MutexGuard<'_, HashSet<String>> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Before a new try, which reads everything again that is not in.
    fn forget_what_comes_again(&self) {
        let (mut record, counted) = (self.record(), self.counted());
        record.unreadable = Vec::new();
        record.unreadable_total = 0;
        let before = record.notes.len();
        record.notes.retain(|note| counted.contains(&note.document));
        record.notes_total -= before - record.notes.len();
    }

    /// `windows` were embedded by earlier tries.
    fn tell(&self, progress: &Progress<'_>, windows: usize) {
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
                    record.notes.push(crate::knowledge::Note { document, note });
                }
            }
            Some(DocumentOutcome::Unreadable(reason)) => {
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

#[cfg(test)]
mod tests;
