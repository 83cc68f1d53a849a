//! A deletion is a job that deletes the documents that a filter admitted when it was asked for, one after the other.

use super::entry::Job;
use super::halt::Halt;
use super::shared::JobsShared;
use crate::clock;
use crate::knowledge::{Base, BaseError, DocumentFilter, MeantDocuments, StoreError};

/// Makes one try of the job, and gives whether it was cancelled. Each deletion is counted when it is made.
pub(super) async fn carry_out(
    shared: &JobsShared,
    job: &Job,
    base: &Base,
    filter: &DocumentFilter,
    meant: &MeantDocuments,
) -> Result<bool, Halt> {
    let halted = |error: StoreError| Halt::from(BaseError::from(error));
    let ids = base.ids_meant(filter, meant).await.map_err(halted)?;
    // Documents that an earlier try has deleted are not counted again.
    let before = job.record().deleted;
    job.record().documents_total = before + ids.len();
    for (number, id) in ids.iter().enumerate() {
        if job.cancel.is_cancelled() {
            return Ok(true);
        }
        job.record().document = Some(id.clone());
        let delete = || base.delete_if(id, filter, meant);
        let deleted = shared.disk.with_reserve(StoreError::is_full, delete).await.map_err(halted)?;
        if deleted {
            job.counted().insert(id.clone());
        }
        let mut record = job.record();
        record.deleted += usize::from(deleted);
        record.documents_done = before + number + 1;
        record.moved_at = Some(clock::seconds());
    }
    Ok(false)
}
