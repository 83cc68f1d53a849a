//! Work is what a job does, and one try to do it.

use std::sync::Arc;

use super::delete;
use super::entry::Job;
use super::evaluation::Evaluation;
use super::fetch::FetchRecord;
use super::halt::Halt;
use super::record::JobKind;
use super::shared::JobsShared;
use super::upload::Upload;
use crate::knowledge::{
    Base, DocumentFilter, ImportError, ImportOptions, MeantDocuments, Progress, ReembedError, ReembedOptions,
};
use crate::web::FetchOrder;

/// Why a job cannot go on whose files are not there any more.
const UPLOAD_LOST: &str =
    "the job's upload is lost; what was done stays, so upload the same again and it goes on";

/// What a job does.
#[derive(Debug)]
pub enum Work {
    /// Imports what was uploaded.
    Import(Upload, ImportOptions),
    /// Fetches from the web, and imports what came.
    Fetch(Box<FetchRecord>),
    /// Re-embeds the base with its configured embedder.
    Reembed {
        /// Make vectors anew also where those that are stored are named after that embedder.
        force: bool,
    },
    /// Deletes the documents that pass, of those that were meant when it was asked for.
    Delete(DocumentFilter, Arc<MeantDocuments>),
    /// Asks questions.
    Evaluate(Box<Evaluation>),
}

impl Work {
    pub(super) fn kind(&self) -> JobKind {
        match self {
            Self::Import(..) => JobKind::Import,
            Self::Fetch(_) => JobKind::Fetch,
            Self::Reembed { .. } => JobKind::Reembed,
            Self::Delete(..) => JobKind::Delete,
            Self::Evaluate(_) => JobKind::Evaluate,
        }
    }

    /// What it fetches from the web.
    pub(super) fn order(&self) -> Option<&FetchOrder> {
        match self {
            Self::Fetch(ordered) => Some(ordered.order()),
            _ => None,
        }
    }
}

/// Makes one try of a job, and gives whether it was cancelled.
pub(super) async fn carry_out(
    shared: Arc<JobsShared>,
    job: Arc<Job>,
    base: Arc<Base>,
    work: Arc<Work>,
) -> Result<bool, Halt> {
    job.forget_what_comes_again();
    let windows = job.record().windows;
    let lost = |error: std::io::Error| Halt::Failed(format!("{UPLOAD_LOST} ({error})"));
    match &*work {
        Work::Import(upload, options) => {
            let ledger = upload.ledger().map_err(lost)?;
            let tell = |progress: Progress<'_>| {
                ledger.note(&progress);
                job.tell(&progress, windows);
            };
            let options = ImportOptions { done: upload.done(), ..options.clone() };
            let report = base.import_with(upload.sources(), &options, &tell).await;
            // Documents that are not there any more were told of as unreadable.
            upload.expect_whole().map_err(lost)?;
            report.map(|report| report.cancelled).map_err(|ImportError::Base(error)| error.into())
        }
        Work::Fetch(ordered) => ordered.carry_out(&shared, &job, &base, windows).await,
        Work::Delete(filter, meant) => delete::carry_out(&shared, &job, &base, filter, meant).await,
        Work::Evaluate(evaluation) => evaluation.carry_out(&shared, &job).await,
        Work::Reembed { force } => {
            let options = ReembedOptions { cancel: job.cancel.clone(), force: *force };
            let report = base.reembed(&options, &|progress: Progress<'_>| job.tell(&progress, windows)).await;
            report.map(|report| report.cancelled).map_err(|error| match error {
                ReembedError::Base(error) => error.into(),
                ReembedError::AtWork(_) => Halt::Failed(error.to_string()),
            })
        }
    }
}
