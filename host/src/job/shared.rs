//! The jobs of a host and what they share. The files beside this one add what is done with them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;

use super::entry::Job;
use super::patience::JobPatience;
use super::record::{self, JobKind};
use super::upload;
use crate::disk::Disk;
use crate::knowledge::Cancel;
use crate::web::Web;

/// Jobs that have ended and are still remembered, evaluations apart.
const KEPT: usize = 200;
/// Evaluations that have ended and are still remembered, with what they found.
const KEPT_EVALUATIONS: usize = 50;

/// How many jobs a host takes, and how long they wait for others.
#[derive(Debug, Clone, Copy)]
pub struct JobLimits {
    /// Jobs at work at once.
    pub at_work: usize,
    /// Jobs that may wait.
    pub queued: usize,
    /// How long jobs wait for stores and embedders that are away.
    pub patience: JobPatience,
    /// Bytes that one job may fetch from the web.
    pub most_fetched: u64,
}

/// All jobs of a host. Lives as long as the process; what it knows of ended jobs outlives it.
#[derive(Debug, Clone)]
pub struct Jobs {
    pub(super) shared: Arc<JobsShared>,
}

#[derive(Debug)]
pub(super) struct JobsShared {
    /// The folder with a file for each job and a folder for each upload.
    pub(super) folder: PathBuf,
    /// A permit for each job that may wait or be at work.
    pub(super) places: Arc<Semaphore>,
    /// A permit for each job that may be at work. Whoever has waited longest is next.
    pub(super) at_work: Arc<Semaphore>,
    /// A permit for each job that may fetch from the web, which takes long and costs little: it keeps nobody from work.
    pub(super) fetching: Arc<Semaphore>,
    /// The permit of the one evaluation that may be at work: the rest of the machine is for chat.
    pub(super) evaluating: Arc<Semaphore>,
    /// Held while a fetch is put into the queue, so that no source has two.
    pub(super) ordering: tokio::sync::Mutex<()>,
    pub(super) web: Arc<Web>,
    pub(super) disk: Arc<Disk>,
    pub(super) limits: JobLimits,
    /// Whether the host is about to stop.
    pub(super) stop: Cancel,
    /// Jobs that have failed since the process began: those that are known are forgotten in time.
    pub(super) failed: AtomicU64,
    /// Jobs by their id, which begins with the time: oldest first.
    pub(super) jobs: Mutex<BTreeMap<String, Arc<Job>>>,
}

impl JobsShared {
    pub(super) fn all(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Job>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn forget_old(&self) {
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
