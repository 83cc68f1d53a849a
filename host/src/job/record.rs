//! A record is what is known of one job: what a client is told, and what is kept on disk.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::clock;
use crate::knowledge::{DocumentFilter, MeantDocuments, Note, Unreadable};
use crate::web::FetchOrder;

/// What a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JobKind {
    /// Imports documents.
    Import,
    /// Fetches documents from the web and imports them.
    Fetch,
    /// Makes a base's vectors anew.
    Reembed,
    /// Deletes documents.
    Delete,
    /// Asks a base's questions, and tells how well what is right was found.
    Evaluate,
}

/// Where a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JobState {
    /// The job waits for others.
    Queued,
    /// The job is at work.
    Running,
    /// The job has ended; unreadable documents are listed.
    Done,
    /// The job stopped; `error` says why. What was imported stays.
    Failed,
    /// The job was cancelled with work left. What was imported stays.
    Cancelled,
    /// A store or an embedder is away or refuses for now. What was done stays, and the job goes on at
    /// `next_try_at`.
    Waiting,
    /// The host stopped before the job had ended. What was done stays, and the job goes on at the
    /// next start.
    Interrupted,
}

impl JobState {
    /// Each, in the order of a job's life.
    pub const ALL: [Self; 7] = [
        Self::Queued,
        Self::Running,
        Self::Waiting,
        Self::Interrupted,
        Self::Done,
        Self::Failed,
        Self::Cancelled,
    ];

    /// The state's name in a record and among the figures.
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Interrupted => "interrupted",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing more will come of it.
    pub fn has_ended(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

/// What is known of one job. Times are seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobRecord {
    /// Names the job.
    pub id: String,
    /// What it does.
    pub kind: JobKind,
    /// The base it works on.
    pub knowledge_base: String,
    /// Whether it waits, runs or has ended, and how it ended.
    pub state: JobState,
    /// Only for a re-embedding: whether vectors of the configured embedder are made anew as well.
    #[serde(default)]
    pub force: bool,
    /// Only for a fetch: what is fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fetch: Option<FetchOrder>,
    /// Only for a deletion: which documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delete: Option<DocumentFilter>,
    /// Only for a deletion that has not ended: those it found when it was asked for. Kept, and told to nobody.
    #[serde(skip)]
    pub meant: Option<Arc<MeantDocuments>>,
    /// The job whose left documents it imports.
    #[serde(default)]
    pub retry_of: Option<String>,
    /// The job that imports what this one left.
    #[serde(default)]
    pub retried_by: Option<String>,
    /// Bytes of the files that stay after its end: of an import what is not in, of an evaluation what was found.
    #[serde(default)]
    pub kept_bytes: Option<u64>,
    /// When the present try began.
    #[serde(default)]
    pub try_started_at: Option<u64>,
    /// Windows that earlier tries had embedded.
    #[serde(default)]
    pub try_windows: usize,
    /// When it was last seen to get on.
    #[serde(default)]
    pub moved_at: Option<u64>,
    /// Why it waits; `None` where it does not.
    #[serde(default)]
    pub waiting_for: Option<String>,
    /// When it tries again, where it waits.
    #[serde(default)]
    pub next_try_at: Option<u64>,
    /// How often it has tried in vain since it last got on.
    #[serde(default)]
    pub tries: u32,
    /// Whether it was asked to end before it had. One that had nothing left to do is `done` even so.
    #[serde(default)]
    pub cancel_requested: bool,
    /// How often the host ended in the middle of it without having been stopped, since it last got on.
    #[serde(default)]
    pub crashes: u32,
    /// Documents that were in when the host last ended so.
    #[serde(default)]
    pub carried: usize,
    /// When it was asked for.
    pub created_at: u64,
    /// When it began.
    pub started_at: Option<u64>,
    /// When it ended.
    pub finished_at: Option<u64>,
    /// Documents dealt with: imported, unchanged or unreadable.
    pub documents_done: usize,
    /// Documents in all; 0 until the job has begun.
    pub documents_total: usize,
    /// Windows embedded.
    pub windows: usize,
    /// The document at hand.
    pub document: Option<String>,
    /// Documents stored.
    pub imported: usize,
    /// Documents that were there already.
    pub unchanged: usize,
    /// Documents deleted because their origin does not have them any more.
    pub deleted: usize,
    /// Documents that could not be read.
    pub unreadable_total: usize,
    /// The first 1000 of them, each with the reason.
    pub unreadable: Vec<Unreadable>,
    /// Documents of which a part was left out.
    #[serde(default)]
    pub notes_total: usize,
    /// The first 1000 of them, each with which part.
    #[serde(default)]
    pub notes: Vec<Note>,
    /// Why it failed or was interrupted, and what to do.
    pub error: Option<String>,
}

/// How quickly a job gets on in its present try, or got on in its last one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct JobRate {
    /// Documents dealt with in a second.
    pub documents_per_s: f64,
    /// Windows embedded in a second.
    pub windows_per_s: f64,
    /// Seconds that are left at this rate; `None` of a job that has ended, or does not know how much there is.
    pub remaining_s: Option<u64>,
}

/// Raised with every change that an earlier version of the host would misread, in a record or in what
/// is kept beside it of an upload.
const FORMAT_VERSION: u32 = 2;
/// The version that all records have but those of deletions that have not ended: an earlier host would delete what has come
/// since as well.
const WITHOUT_MEANT: u32 = 1;

/// A record as it is kept.
#[derive(Serialize)]
struct KeptRecord<'a> {
    version: u32,
    #[serde(flatten)]
    record: &'a JobRecord,
    #[serde(skip_serializing_if = "Option::is_none")]
    meant: Option<&'a MeantDocuments>,
}

/// What is kept beside what is told.
#[derive(Deserialize)]
struct KeptBeside {
    #[serde(default)]
    meant: Option<MeantDocuments>,
}

/// What a file says of its format; 0 where it is of a time before there was a version.
#[derive(Deserialize)]
struct Version {
    #[serde(default)]
    version: u32,
}

impl JobRecord {
    pub(super) fn new(kind: JobKind, base: &str) -> Self {
        Self {
            id: format!("job-{}", uuid::Uuid::now_v7().simple()),
            kind,
            knowledge_base: base.to_owned(),
            state: JobState::Queued,
            force: false,
            fetch: None,
            delete: None,
            meant: None,
            retry_of: None,
            retried_by: None,
            kept_bytes: None,
            try_started_at: None,
            try_windows: 0,
            moved_at: None,
            waiting_for: None,
            next_try_at: None,
            tries: 0,
            cancel_requested: false,
            crashes: 0,
            carried: 0,
            created_at: clock::seconds(),
            started_at: None,
            finished_at: None,
            documents_done: 0,
            documents_total: 0,
            windows: 0,
            document: None,
            imported: 0,
            unchanged: 0,
            deleted: 0,
            unreadable_total: 0,
            unreadable: Vec::new(),
            notes_total: 0,
            notes: Vec::new(),
            error: None,
        }
    }

    /// Whether another job may import what this one did not get in: its files are kept, or it can be fetched again.
    pub fn can_retry(&self) -> bool {
        let is_whole = self.state == JobState::Done && self.unreadable_total == 0;
        match self.kind {
            JobKind::Import => self.state.has_ended() && self.kept_bytes.is_some(),
            JobKind::Fetch => self.state.has_ended() && !is_whole,
            JobKind::Reembed | JobKind::Delete | JobKind::Evaluate => false,
        }
    }

    /// How quickly it gets on; `None` while nothing can be said of it.
    pub fn rate(&self) -> Option<JobRate> {
        let end = self.finished_at.unwrap_or_else(clock::seconds);
        let seconds = end.saturating_sub(self.try_started_at?);
        if seconds == 0 || self.documents_done == 0 {
            return None;
        }
        let each = seconds as f64 / self.documents_done as f64;
        let left = self.documents_total.saturating_sub(self.documents_done);
        let is_at_work = self.state == JobState::Running && self.documents_total > 0;
        Some(JobRate {
            documents_per_s: 1.0 / each,
            windows_per_s: self.windows.saturating_sub(self.try_windows) as f64 / seconds as f64,
            remaining_s: is_at_work.then(|| (left as f64 * each).ceil() as u64),
        })
    }

    /// Seconds since it was last seen to get on, while it is at work.
    pub fn idle_s(&self) -> Option<u64> {
        let since = self.moved_at.or(self.try_started_at)?;
        (self.state == JobState::Running).then(|| clock::seconds().saturating_sub(since))
    }

    /// Reads a record that an earlier process has left in the folder; `None` where the file is no
    /// record. Fails where a newer host has written it.
    pub(super) fn read(file: &Path, folder: &Path) -> std::io::Result<Option<Self>> {
        let Ok(text) = std::fs::read(file) else { return Ok(None) };
        if let Ok(Version { version }) = serde_json::from_slice(&text)
            && version > FORMAT_VERSION
        {
            return Err(std::io::Error::other(format!(
                "{} was written by a newer qianfan-host (format {version}, this one knows {FORMAT_VERSION}); use that \
                 version, or move the folder away, and what is in it of jobs is forgotten",
                file.display()
            )));
        }
        let record: Option<Self> = serde_json::from_slice(&text).ok();
        let meant = serde_json::from_slice(&text).ok().and_then(|KeptBeside { meant }| meant.map(Arc::new));
        let record = record.filter(|record| path(folder, &record.id) == file);
        Ok(record.map(|record| Self { meant, ..record }))
    }

    /// The record of the same job before it begins once more.
    pub(super) fn again(&self) -> Self {
        let (id, base, fetch) = (self.id.clone(), &self.knowledge_base, self.fetch.clone());
        let (delete, meant, retry_of) = (self.delete.clone(), self.meant.clone(), self.retry_of.clone());
        let Self { kind, force, created_at, crashes, carried, .. } = *self;
        Self {
            id,
            force,
            fetch,
            delete,
            meant,
            retry_of,
            created_at,
            crashes,
            carried,
            ..Self::new(kind, base)
        }
    }

    /// Tells the operator that a record was not kept whose job goes on all the same.
    pub(super) fn tell_not_kept(&self, error: &std::io::Error) {
        tracing::warn!(job.id = %self.id, "Cannot keep the state of job {}: {error}", self.id);
    }

    /// Writes the record in place of its older state. Not to the disk's platter: after a power cut
    /// a job may be forgotten, what it imported is not.
    pub(super) async fn save(&self, folder: &Path) -> std::io::Result<()> {
        let meant = self.meant.as_deref();
        let version = if meant.is_some() { FORMAT_VERSION } else { WITHOUT_MEANT };
        let text = serde_json::to_vec(&KeptRecord { version, record: self, meant })?;
        let file = path(folder, &self.id);
        let new = file.with_extension("new");
        let written = tokio::fs::write(&new, text).await;
        if written.is_err() {
            // A half takes room where there is none.
            _ = tokio::fs::remove_file(&new).await;
        }
        written?;
        tokio::fs::rename(&new, &file).await
    }
}

pub(super) fn path(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("{id}.json"))
}
