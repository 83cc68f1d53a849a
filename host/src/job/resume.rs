//! A start goes on with the jobs that an earlier process has left.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use super::entry::Job;
use super::evaluation::Evaluation;
use super::fetch::FetchRecord;
use super::queue::QueuePlace;
use super::record::{JobKind, JobRecord, JobState};
use super::shared::Jobs;
use super::upload::{self, Upload};
use super::work::Work;
use crate::clock;
use crate::knowledge::{Base, Library};
use crate::web::pages_fetched;

/// How often a job is taken up that the host did not survive and that got no further. One that ends the
/// host each time must not do so at every start.
const MOST_CRASHES: u32 = 3;

/// Why a job does not go on.
enum Over {
    /// The client has asked for it.
    Cancelled,
    /// The job cannot go on, for this reason.
    Failed(String),
}

impl Jobs {
    /// Goes on with jobs that have not ended, oldest first, and removes uploads that are nobody's. To be
    /// called once, before requests are taken, and only by the process that serves from the data folder.
    pub async fn resume(&self, library: &Arc<Library>) -> std::io::Result<()> {
        let folder = &self.shared.folder;
        let left: Vec<Arc<Job>> = self.shared.all().values().cloned().collect();
        let mut kept = HashSet::new();
        for job in left {
            let mut record = job.record().clone();
            if record.state.has_ended() {
                // What is kept for another try, or was found.
                kept.extend(record.kept_bytes.map(|_| record.id));
                continue;
            }
            if record.state == JobState::Running {
                let carried = match record.kind {
                    JobKind::Fetch => pages_fetched(&folder.join(&record.id)),
                    _ => upload::done(folder, &record.id).len(),
                };
                // A job that gets on between two crashes is not what ends the host.
                record.crashes = if carried > record.carried { 1 } else { record.crashes + 1 };
                record.carried = carried;
            }
            match work(folder, &record, library) {
                Ok((base, work)) => {
                    kept.insert(record.id.clone());
                    self.take_up(record.again(), base, work).await;
                }
                Err(over) => {
                    tracing::warn!(job.id = %record.id, "The job {} does not go on: {}", record.id, over.reason());
                    let end = over.end(record);
                    if !self.end_at_start(&job, &end).await || end.kept_bytes.is_some() {
                        kept.insert(end.id);
                    }
                }
            }
        }
        upload::remove_others(folder, &kept)?;
        self.shared.forget_old();
        Ok(())
    }

    /// Ends a job that does not go on. `false` where that cannot be kept yet: the start does not wait for it.
    async fn end_at_start(&self, job: &Arc<Job>, end: &JobRecord) -> bool {
        let end = end.clone();
        let change = move |record: &mut JobRecord| *record = end.clone();
        if self.shared.try_end(job, &change, || ()).await.is_ok() {
            return true;
        }
        let (shared, job) = (Arc::clone(&self.shared), Arc::clone(job));
        #[expect(
            clippy::disallowed_methods,
            reason = "the start goes on, and the job ends when there is room"
        )]
        tokio::spawn(async move { shared.end(&job, change, || ()).await });
        false
    }

    /// Puts a job into the queue again.
    async fn take_up(&self, record: JobRecord, base: Arc<Base>, work: Work) {
        tracing::info!(job.id = %record.id, "The job {} goes on", record.id);
        if let Err(error) = record.save(&self.shared.folder).await {
            record.tell_not_kept(&error);
        }
        let place = QueuePlace { _permit: Arc::clone(&self.shared.places).try_acquire_owned().ok() };
        self.spawn(record, place, base, work);
    }
}

/// What is left to do of a job.
fn work(folder: &Path, record: &JobRecord, library: &Arc<Library>) -> Result<(Arc<Base>, Work), Over> {
    if record.cancel_requested {
        return Err(Over::Cancelled);
    }
    if record.crashes > MOST_CRASHES {
        return Err(Over::Failed(format!(
            "the host ended {} times in the middle of this job, so it is not tried again; see the log for why, and \
             ask for it again",
            record.crashes
        )));
    }
    let base = library.base(&record.knowledge_base).map(Arc::clone).ok_or_else(|| {
        Over::Failed(format!(
            "the host stopped before the job had ended, and the knowledge base `{}` is not configured any more",
            record.knowledge_base
        ))
    })?;
    let work = match record.kind {
        JobKind::Reembed => Work::Reembed { force: record.force },
        JobKind::Delete => {
            let lost = || Over::Failed("which documents it was to delete is lost; ask for it again".into());
            // Records of earlier versions do not say which documents there were when it was asked for.
            let (filter, meant) = record.delete.clone().zip(record.meant.clone()).ok_or_else(lost)?;
            Work::Delete(filter, meant)
        }
        JobKind::Evaluate => {
            let kept = Evaluation::kept(folder, &record.id, library);
            Work::Evaluate(Box::new(kept.map_err(|error| {
                Over::Failed(format!("its questions cannot be read any more ({error}); ask for it again"))
            })?))
        }
        JobKind::Fetch => {
            // What had come by then is in its folder, and not asked for again.
            let order = record
                .fetch
                .clone()
                .ok_or_else(|| Over::Failed("what it was to fetch is lost; ask for it again".into()))?;
            Work::Fetch(Box::new(FetchRecord::new(order)))
        }
        JobKind::Import => {
            let (upload, options) = Upload::kept(folder, &record.id).map_err(|error| {
                tracing::debug!(job.id = %record.id, "The upload of job {} cannot be used: {error}", record.id);
                Over::Failed(
                    "the host stopped before the job had ended, and its upload is lost; what was done stays, so \
                     upload the same again and it goes on"
                        .into(),
                )
            })?;
            Work::Import(upload, options)
        }
    };
    Ok((base, work))
}

impl Over {
    fn reason(&self) -> &str {
        match self {
            Self::Cancelled => "it was cancelled",
            Self::Failed(reason) => reason,
        }
    }

    fn end(self, record: JobRecord) -> JobRecord {
        let (state, error) = match self {
            Self::Cancelled => (JobState::Cancelled, None),
            Self::Failed(reason) => (JobState::Failed, Some(reason)),
        };
        // What an evaluation was to ask can still be looked at.
        let kept_bytes = (record.kind == JobKind::Evaluate).then_some(0);
        JobRecord { state, error, document: None, finished_at: Some(clock::seconds()), kept_bytes, ..record }
    }
}
