//! A job is work on a knowledge base that outlives the request that asked for it, and the process: an
//! import, a re-embedding, a deletion of many documents, an evaluation. Jobs wait in one bounded queue; each can be
//! looked at and cancelled.
//!
//! A job tries again by itself (`job/patience.rs`) what `BaseError::may_pass` says may go well later; imports
//! leave alone what is in, so each try goes on where the last one stopped.

mod delete;
mod end;
mod entry;
mod evaluation;
mod fetch;
mod fetches;
mod halt;
mod patience;
mod queue;
mod record;
mod resume;
mod retry;
mod run;
mod schedule;
mod shared;
mod upload;
mod work;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::Semaphore;

pub use evaluation::{
    Evaluation, EvaluationOrder, EvaluationPage, EvaluationQuery, EvaluationView, Variant, VerdictFilter,
};
pub use fetch::FetchRecord;
pub use fetches::FetchRefused;
pub use patience::JobPatience;
pub use queue::{QueueFull, QueuePlace};
pub use record::{JobKind, JobRate, JobRecord, JobState};
pub use retry::RetryRefused;
pub use schedule::keep_to_schedule;
pub use shared::{JobLimits, Jobs};
pub use upload::{Upload, UploadError};
pub use work::Work;

use crate::disk::{self, Disk};
use crate::knowledge::{Base, Cancel};
use crate::web::Web;
use entry::Job;
use run::{Queued, run};
use shared::JobsShared;

/// Jobs that fetch from the web at once: each holds a page in memory.
const FETCHING: usize = 2;

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
            failed: AtomicU64::new(0),
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
            Work::Delete(filter, meant) => {
                (record.delete, record.meant) = (Some(filter.clone()), Some(Arc::clone(meant)));
            }
            Work::Fetch(_) | Work::Reembed { .. } => {}
        }
        let save = || record.save(&self.shared.folder);
        let saved = match work {
            // It gives room back, and cannot begin without some.
            Work::Delete(..) => self.shared.disk.with_reserve(disk::is_full, save).await,
            _ => save().await,
        };
        if let Err(error) = saved {
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
        if let Work::Delete(_, meant) = &work {
            base.will_delete(meant);
        }
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
            job.note_by_reserve(&self.shared.folder, &self.shared.disk, |record| {
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

    /// How many jobs have failed since the process began.
    pub fn failed(&self) -> u64 {
        self.shared.failed.load(Ordering::Relaxed)
    }

    /// Asks a job to end, if it has not: what it has done whole stays. `None` where there is no
    /// such job.
    pub async fn cancel(&self, id: &str) -> Option<JobRecord> {
        let job = self.shared.all().get(id).map(Arc::clone)?;
        if !job.record().state.has_ended() {
            // Kept before it is told, or the job would go on after a kill.
            let ask = |record: &mut JobRecord| record.cancel_requested |= !record.state.has_ended();
            job.note_by_reserve(&self.shared.folder, &self.shared.disk, ask).await;
            job.cancel.cancel();
        }
        Some(job.record().clone())
    }
}

#[cfg(test)]
mod tests;
