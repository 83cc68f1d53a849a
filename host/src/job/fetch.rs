//! A fetch is a job that asks the web for documents and imports what came. Where the embedder or the store is away by then,
//! what came is kept for the next try.

use std::path::Path;
use std::sync::Arc;

use tokio::sync::Mutex;

use super::work::Halt;
use super::{Job, JobRecord, JobState, Jobs, JobsShared, QueueFull, Work};
use crate::clean;
use crate::clock;
use crate::knowledge::{Base, BaseError, DocumentOutcome, ImportError, Progress};
use crate::web::{FetchOrder, Fetched, Goal, Halted, LastRun, OrderError, RunEnd};

/// What a job fetches, and what came of it.
#[derive(Debug)]
pub struct FetchRecord {
    order: FetchOrder,
    fetched: Mutex<Option<Fetched>>,
}

/// Why no fetch is put into the queue.
#[derive(Debug, thiserror::Error)]
pub enum FetchRefused {
    /// There is no such thing to fetch.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// There is no room in the queue.
    #[error(transparent)]
    Full(#[from] QueueFull),
    /// The data folder fails.
    #[error("the job cannot be kept: {0}")]
    Disk(#[from] std::io::Error),
}

impl Jobs {
    /// Puts a fetch into the queue. A source that is being fetched, or waits for it, has that job.
    pub async fn fetch(&self, base: &Arc<Base>, order: FetchOrder) -> Result<JobRecord, FetchRefused> {
        order.check(base)?;
        let _one = self.shared.ordering.lock().await;
        if let Some(source) = &order.source
            && let Some(open) = self.open_fetch(base.name(), source)
        {
            return Ok(open);
        }
        let place = self.reserve(base.name())?;
        Ok(self.start(place, Arc::clone(base), Work::Fetch(Box::new(FetchRecord::new(order)))).await?)
    }

    /// The job that fetches a source, where there is one that has not ended.
    pub fn open_fetch(&self, base: &str, source: &str) -> Option<JobRecord> {
        let all = self.shared.all();
        let mut records = all.values().map(|job| job.record().clone());
        records.find(|record| {
            let of = record.fetch.as_ref().and_then(|order| order.source.as_deref());
            record.knowledge_base == base && of == Some(source) && !record.state.has_ended()
        })
    }

    /// How many fetches of sources have not ended.
    pub(super) fn open_fetches(&self) -> usize {
        let of_source =
            |record: &JobRecord| record.fetch.as_ref().is_some_and(|order| order.source.is_some());
        let all = self.shared.all();
        all.values().map(|job| job.record()).filter(|job| !job.state.has_ended() && of_source(job)).count()
    }

    /// How a source's last run went.
    pub async fn last_run(&self, base: &str, source: &str) -> LastRun {
        self.shared.web.last_run(base, source).await
    }

    /// The sources of a base that are not well, each with why.
    pub async fn troubles(&self, base: &Base) -> Vec<(String, String)> {
        self.shared.web.troubles(base).await
    }
}

impl FetchRecord {
    pub(super) fn new(order: FetchOrder) -> Self {
        Self { order, fetched: Mutex::default() }
    }

    pub(super) fn order(&self) -> &FetchOrder {
        &self.order
    }

    /// One try. Gives whether it was cancelled. `windows` were embedded by earlier tries.
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
                Err(error) => return Err(Halt::Failed(error.to_string())),
            },
        };
        // Fetching was nobody's work; importing is.
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
}

/// Where a job's upload would be: it goes when the job ends.
fn folder(jobs: &Path, id: &str) -> std::path::PathBuf {
    jobs.join(id)
}

/// Keeps how a source's run has ended, for whoever looks at the source.
pub(super) async fn keep_end(shared: &JobsShared, record: &JobRecord, work: &Work) {
    let Work::Fetch(ordered) = work else { return };
    let Some(source) = &ordered.order.source else { return };
    let refused = ordered.fetched.lock().await.as_ref().and_then(|fetched| fetched.refused.clone());
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
