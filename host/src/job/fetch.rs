//! A fetch is a job that asks the web for documents and imports what came. Where the embedder or the store is away by then,
//! what came is kept for the next try, and where the host ends, for its next start.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::Mutex;

use super::entry::Job;
use super::halt::Halt;
use super::record::{JobRecord, JobState};
use super::shared::JobsShared;
use crate::clean;
use crate::clock;
use crate::disk;
use crate::knowledge::{Base, BaseError, DocumentOutcome, ImportError, Progress};
use crate::web::{FetchOrder, Fetched, Goal, Halted, LastRun, RunEnd};

/// What a job fetches, and what came of it.
#[derive(Debug)]
pub struct FetchRecord {
    order: FetchOrder,
    fetched: Mutex<Option<Fetched>>,
}

impl FetchRecord {
    pub(super) fn new(order: FetchOrder) -> Self {
        Self { order, fetched: Mutex::default() }
    }

    pub(super) fn order(&self) -> &FetchOrder {
        &self.order
    }

    /// Makes one try of the job, and gives whether it was cancelled. `windows` were embedded by earlier tries.
    pub(super) async fn carry_out(
        &self,
        shared: &JobsShared,
        job: &Job,
        base: &Base,
        windows: usize,
    ) -> Result<bool, Halt> {
        let mut fetched = self.fetched.lock().await;
        let fetched = match &mut *fetched {
            Some(fetched) => fetched,
            none => match self.ask(shared, job, base).await {
                Ok(came) => none.insert(came),
                Err(Halted::Cancelled) => return Ok(true),
                Err(Halted::Base(error)) => return Err(error.into()),
                Err(Halted::Disk(error)) if disk::is_full(&error) => return Err(no_room(&error)),
                Err(error) => return Err(Halt::Failed(error.to_string())),
            },
        };
        // Fetching takes no place among the running jobs; importing what was fetched does.
        let _at_work = tokio::select! {
            permit = Arc::clone(&shared.at_work).acquire_owned() => permit,
            () = job.cancel.cancelled() => return Ok(true),
        };
        let tell = |progress: Progress<'_>| job.tell(&progress, windows);
        for note in &fetched.notes {
            let about = Progress {
                documents_done: 0,
                documents_total: 0,
                windows_done: 0,
                document: &note.document,
                outcome: Some(DocumentOutcome::Noted(&note.note)),
            };
            tell(about);
        }
        let report = base.import_with(fetched.sources(), &fetched.options(job.cancel.clone()), &tell).await;
        let report = report.map_err(|ImportError::Base(error)| Halt::from(error))?;
        if !report.cancelled {
            let kept = shared.web.remember(base, fetched, &report.unreadable).await;
            kept.map_err(|error| Halt::from(BaseError::from(error)))?;
        }
        Ok(report.cancelled)
    }

    async fn ask(&self, shared: &JobsShared, job: &Job, base: &Base) -> Result<Fetched, Halted> {
        let id = job.record().id.clone();
        if let Some(source) = &self.order.source {
            shared.web.begin_run(base.name(), source, clock::seconds()).await;
        }
        let tell = |done: usize, total: usize, page: &str| {
            let mut record = job.record();
            (record.documents_done, record.documents_total) = (done, total);
            record.document = Some(page.to_owned());
        };
        let folder = folder(&shared.folder, &id);
        let goal = Goal {
            folder: &folder,
            most_bytes: shared.limits.most_fetched,
            cancel: &job.cancel,
            tell: &tell,
        };
        shared.web.fetch(base, &self.order, goal).await
    }

    /// Keeps how a source's run has ended, for whoever looks at the source.
    pub(super) async fn keep_end(&self, shared: &JobsShared, record: &JobRecord) {
        let Some(source) = &self.order.source else { return };
        let refused = self.fetched.lock().await.as_ref().and_then(|fetched| fetched.refused.clone());
        let base = &record.knowledge_base;
        let before = shared.web.last_run(base, source).await;
        let run = LastRun {
            job: Some(record.id.clone()),
            started_at: before.started_at.max(record.started_at.unwrap_or(record.created_at)),
            finished_at: record.finished_at,
            state: match record.state {
                JobState::Failed => Some(RunEnd::Failed),
                JobState::Cancelled => Some(RunEnd::Cancelled),
                _ => Some(RunEnd::Done),
            },
            documents: record.documents_total,
            imported: record.imported,
            unchanged: record.unchanged,
            deleted: record.deleted,
            windows: record.windows,
            unreadable_total: record.unreadable_total,
            unreadable: record.unreadable.clone(),
            notes: record.notes.clone(),
            refused,
            error: record.error.clone(),
            ..LastRun::default()
        };
        let run = run.after(&before);
        if let Some(trouble) = run.trouble() {
            let trouble = clean::line(&trouble);
            tracing::warn!(job.id = %record.id, knowledge_base = %base, "Source `{source}` of `{base}`: {trouble}");
        }
        shared.web.keep_run(base, source, &run).await;
    }
}

/// There is no room for what was fetched: what has come by then stays, and the job goes on where there is some.
fn no_room(error: &io::Error) -> Halt {
    let reason = format!(
        "what was fetched cannot be kept: {error}: there is no room on the disk of the data folder; free some, or delete \
         documents"
    );
    Halt::Passing { reason, retry_after: None }
}

/// Where a job's upload would be: it goes when the job ends, and what has come by then stays where the host ends before.
fn folder(jobs: &Path, id: &str) -> PathBuf {
    jobs.join(id)
}
