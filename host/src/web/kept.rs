//! What is kept of a source's runs in the data folder: how the last one went, and by what its pages can be asked for whether
//! they have changed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Web;
use super::client::Validators;
use crate::knowledge::{Base, Note, StoreError, Unreadable, WebSourceSettings};

/// Pages whose failures, and notes, are kept of a run.
const REASONS_KEPT: usize = 100;
/// The wait before a run that failed is tried again, where the source is not fetched as often anyway. It doubles with each
/// failure.
const FIRST_PAUSE: Duration = Duration::from_secs(300);

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunEnd {
    /// The run has ended; pages that failed are listed.
    Done,
    /// The run stopped; `error` says why.
    Failed,
    /// The run was cancelled with work left.
    Cancelled,
}

/// A source's last run. Times are seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LastRun {
    /// The job that it was; absent for one of the command line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    /// When it began.
    pub started_at: u64,
    /// When it ended; `None` while it is at work.
    pub finished_at: Option<u64>,
    /// How it ended.
    pub state: Option<RunEnd>,
    /// When a run last ended well.
    pub succeeded_at: Option<u64>,
    /// Runs that have failed since.
    pub failures: u32,
    /// Pages and files that it was to fetch.
    pub documents: usize,
    /// Documents that are new or have changed.
    pub imported: usize,
    /// Documents that are as they were.
    pub unchanged: usize,
    /// Documents that were deleted because their page has gone.
    pub deleted: usize,
    /// Windows embedded.
    pub windows: usize,
    /// Pages that could not be fetched or read.
    pub unreadable_total: usize,
    /// The first 100 of them, each with the reason.
    pub unreadable: Vec<Unreadable>,
    /// What else there is to say of documents and of the run; the first 100.
    pub notes: Vec<Note>,
    /// Why documents whose page has gone were not deleted, although they were to be.
    pub refused: Option<String>,
    /// Why it failed, and what to do.
    pub error: Option<String>,
}

impl LastRun {
    /// The run as it begins now.
    pub(super) fn begun(self, now: u64) -> Self {
        let Self { succeeded_at, failures, .. } = self;
        Self { started_at: now, succeeded_at, failures, ..Self::default() }
    }

    /// The end of a run that began after `before` had ended.
    #[must_use]
    pub fn after(mut self, before: &Self) -> Self {
        (self.succeeded_at, self.failures) = match self.state {
            Some(RunEnd::Done) => (self.finished_at, 0),
            Some(RunEnd::Failed) => (before.succeeded_at, before.failures.saturating_add(1)),
            _ => (before.succeeded_at, before.failures),
        };
        self.unreadable.truncate(REASONS_KEPT);
        self.notes.truncate(REASONS_KEPT);
        self
    }

    /// When the source is to be fetched next; `None` where it is only when asked for.
    pub fn next(&self, settings: &WebSourceSettings) -> Option<u64> {
        let every = settings.every?;
        let pause = match self.failures {
            0 => every,
            failures => every.min(FIRST_PAUSE.saturating_mul(1 << (failures - 1).min(16))),
        };
        Some(self.started_at.saturating_add(pause.as_secs().max(1)))
    }

    /// What is wrong with the source, in one line; `None` where all is well.
    pub fn trouble(&self) -> Option<String> {
        if let Some(error) = &self.error {
            return Some(format!("its last run failed: {error}"));
        }
        if let Some(first) = self.unreadable.first() {
            let total = self.unreadable_total;
            return Some(format!(
                "{total} of {} pages failed, such as {}: {}",
                self.documents, first.document, first.reason
            ));
        }
        self.refused.clone()
    }
}

/// What a run has learned of pages for the next.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Pages {
    /// How documents were cut and described then. After a change all of them have to be fetched.
    pub(super) recipe: String,
    pub(super) pages: BTreeMap<String, KeptPage>,
}

/// One page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct KeptPage {
    #[serde(flatten)]
    pub(super) validators: Validators,
    /// The digest of the document that it became.
    pub(super) digest: String,
    /// When it was asked for last, in seconds since 1970; 0 where that is not known.
    #[serde(default)]
    pub(super) asked_at: u64,
    /// Where it came from in the end, where that is another address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sent_to: Option<String>,
}

/// What a run has learned of one page that came.
#[derive(Debug, Clone)]
pub(super) struct LearnedPage {
    pub(super) validators: Validators,
    pub(super) asked_at: u64,
    pub(super) sent_to: Option<String>,
}

impl Web {
    /// How the source's last run went; one that never ran has begun at 0.
    pub async fn last_run(&self, base: &str, source: &str) -> LastRun {
        read(&self.file(base, source, "json")).await
    }

    /// Keeps how a run went. Where that fails, the source is only fetched again too early.
    pub async fn keep_run(&self, base: &str, source: &str, run: &LastRun) {
        self.write(base, source, "json", run).await;
    }

    /// Keeps that a run begins: one that ends the host must not begin anew at each start.
    pub async fn begin_run(&self, base: &str, source: &str, now: u64) {
        let run = self.last_run(base, source).await.begun(now);
        self.keep_run(base, source, &run).await;
    }

    /// The sources of a base that are not well, each with why.
    pub async fn troubles(&self, base: &Base) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for source in base.settings().sources.keys() {
            if let Some(trouble) = self.last_run(base.name(), source).await.trouble() {
                found.push((source.clone(), trouble));
            }
        }
        found
    }

    pub(super) async fn pages(&self, base: &str, source: &str) -> Pages {
        read(&self.file(base, source, "pages.json")).await
    }

    /// Keeps what a run has learned: of pages that are in the base as they were fetched.
    pub(super) async fn keep_pages(
        &self,
        base: &Base,
        source: &str,
        origin: &str,
        mut pages: Pages,
        fetched: BTreeMap<String, LearnedPage>,
    ) -> Result<(), StoreError> {
        let held = base.held(origin).await?;
        for (id, LearnedPage { validators, asked_at, sent_to }) in fetched {
            match held.get(&id).map(|digest| KeptPage {
                validators,
                digest: digest.clone(),
                asked_at,
                sent_to,
            }) {
                Some(kept) => _ = pages.pages.insert(id, kept),
                None => _ = pages.pages.remove(&id),
            }
        }
        pages.pages.retain(|id, kept| held.get(id) == Some(&kept.digest));
        self.write(base.name(), source, "pages.json", &pages).await;
        Ok(())
    }

    fn file(&self, base: &str, source: &str, ending: &str) -> PathBuf {
        // Both are names of letters, digits, `-` and `_`.
        self.folder.join(base).join(format!("{source}.{ending}"))
    }

    async fn write(&self, base: &str, source: &str, ending: &str, what: &impl Serialize) {
        let file = self.file(base, source, ending);
        let written = async {
            let text = serde_json::to_vec(what)?;
            if let Some(folder) = file.parent() {
                tokio::fs::create_dir_all(folder).await?;
            }
            // Two processes may write at once: each a file of its own first.
            let new = file.with_extension(format!("{}.new", std::process::id()));
            tokio::fs::write(&new, text).await?;
            tokio::fs::rename(&new, &file).await
        };
        if let Err(error) = written.await {
            tracing::warn!(knowledge_base = %base, "Cannot keep what is known of source `{source}` of `{base}`: {error}");
        }
    }
}

/// What is there is a help only: what cannot be read counts as never written.
async fn read<T: Default + for<'de> Deserialize<'de>>(file: &Path) -> T {
    match tokio::fs::read(file).await {
        Ok(text) => serde_json::from_slice(&text).unwrap_or_default(),
        Err(_) => T::default(),
    }
}

#[cfg(test)]
mod tests;
