//! A retry imports what an earlier job did not get in, out of the files that stay after that job's end.

use std::sync::Arc;

use super::fetch::FetchRefused;
use super::upload::{self, Upload};
use super::{JobKind, JobRecord, JobState, Jobs, JobsShared, QueueFull, Work};
use crate::knowledge::{Base, is_archive};

/// Bytes of files that stay after the ends of their jobs, of all together; those of the oldest job go first.
const MOST_KEPT: u64 = 256 << 20;

/// Why a job is not retried.
#[derive(Debug, thiserror::Error)]
pub enum RetryRefused {
    /// There is no such job.
    #[error("there is no job `{0}`; GET /v1/jobs lists them, and the oldest are forgotten")]
    Unknown(String),
    /// It is another's work, or in a state that leaves nothing to do.
    #[error("{0}")]
    Nothing(String),
    /// There is no room in the queue.
    #[error(transparent)]
    Full(#[from] QueueFull),
    /// A fetch is refused.
    #[error(transparent)]
    Fetch(#[from] FetchRefused),
    /// The data folder fails.
    #[error("the job cannot be kept: {0}")]
    Disk(#[from] std::io::Error),
}

impl Jobs {
    /// Puts a job into the queue that imports what this one left: what was unreadable, and what it did not come to.
    pub async fn retry(&self, id: &str, base: &Arc<Base>) -> Result<JobRecord, RetryRefused> {
        let shared = &self.shared;
        let job = shared.all().get(id).map(Arc::clone);
        let unknown = || RetryRefused::Unknown(id.to_owned());
        let job = job.filter(|job| job.record().knowledge_base == base.name()).ok_or_else(unknown)?;
        // Two that come at once must not both take the files.
        let one = shared.ordering.lock().await;
        let old = job.record().clone();
        if let Some(reason) = nothing_to_retry(&old) {
            return Err(RetryRefused::Nothing(reason));
        }
        if let Some(order) = old.fetch.clone() {
            drop(one);
            let new = self.fetch(base, order).await?;
            job.note(&shared.folder, |record| record.retried_by = Some(new.id.clone())).await;
            return Ok(new);
        }
        let place = self.reserve(base.name())?;
        let new =
            JobRecord { retry_of: Some(old.id.clone()), ..JobRecord::new(JobKind::Import, base.name()) };
        let (from, to) = (shared.folder.join(&old.id), shared.folder.join(&new.id));
        tokio::fs::rename(&from, &to).await?;
        let started = async {
            new.save(&shared.folder).await?;
            Upload::kept(&shared.folder, &new.id)
        };
        let (upload, options) = match started.await {
            Ok(kept) => kept,
            Err(error) => {
                _ = tokio::fs::rename(&to, &from).await;
                _ = tokio::fs::remove_file(super::record::path(&shared.folder, &new.id)).await;
                return Err(error.into());
            }
        };
        let taken = |record: &mut JobRecord| {
            record.kept_bytes = None;
            record.retried_by = Some(new.id.clone());
        };
        job.note(&shared.folder, taken).await;
        shared.forget_old();
        self.spawn(new.clone(), place, Arc::clone(base), Work::Import(upload, options));
        Ok(new)
    }
}

/// Why a job leaves nothing to retry; `None` where it does.
fn nothing_to_retry(job: &JobRecord) -> Option<String> {
    let id = &job.id;
    if !matches!(job.kind, JobKind::Import | JobKind::Fetch) {
        return Some(format!("the job `{id}` is not an import; only imports and fetches are retried"));
    }
    if !job.state.has_ended() {
        return Some(format!("the job `{id}` has not ended; wait for it, or cancel it first"));
    }
    if let Some(by) = &job.retried_by {
        return Some(format!("the job `{id}` was retried already, by `{by}`"));
    }
    if job.state == JobState::Done && job.unreadable_total == 0 {
        return Some(format!("every document of the job `{id}` is in; there is nothing to retry"));
    }
    (!job.can_retry()).then(|| {
        format!("the files of the job `{id}` are not kept any more; upload the documents that failed again")
    })
}

/// What stays of a job's files after its end, in bytes; `None` where nothing does.
pub(super) async fn keep_left(shared: &Arc<JobsShared>, ended: &JobRecord) -> Option<u64> {
    match (ended.kind, ended.state) {
        // What it found is looked at later.
        (JobKind::Evaluate, _) => return Some(0),
        (JobKind::Import, JobState::Done) if ended.unreadable_total == 0 => return None,
        (JobKind::Import, JobState::Done | JobState::Failed) => {}
        // Whoever cancels a job does not want the rest.
        _ => return None,
    }
    // What is kept for convenience must not keep others from writing.
    if shared.disk.is_short() {
        return None;
    }
    let (folder, ended) = (shared.folder.clone(), ended.clone());
    let kept = tokio::task::spawn_blocking(move || {
        Upload::keep_left(&folder, &ended.id, |document| is_left(&ended, document))
    });
    match kept.await {
        Ok(Ok(kept)) => kept.filter(|bytes| *bytes <= MOST_KEPT),
        // Its upload is lost: there is nothing to keep.
        Ok(Err(_)) | Err(_) => None,
    }
}

/// Whether a document of an upload, which may be an archive, is not in as a whole.
fn is_left(ended: &JobRecord, document: &str) -> bool {
    if ended.state != JobState::Done || ended.unreadable_total > ended.unreadable.len() {
        return true;
    }
    ended.unreadable.iter().any(|unreadable| {
        let rest = unreadable.document.strip_prefix(document);
        rest.is_some_and(|rest| rest.is_empty() || is_archive(document) && rest.starts_with('/'))
    })
}

impl JobsShared {
    /// Removes what is kept for another try of the oldest jobs, where it is more than may be.
    pub(super) async fn bound_what_is_kept(&self) {
        let newest: Vec<_> = self.all().values().rev().cloned().collect();
        let mut bytes = 0;
        for job in newest {
            let record = job.record().clone();
            let Some(kept) = record.kept_bytes.filter(|_| record.kind == JobKind::Import) else { continue };
            bytes += kept;
            if bytes > MOST_KEPT {
                job.note(&self.folder, |record| record.kept_bytes = None).await;
                upload::remove(&self.folder, &record.id);
            }
        }
    }
}
