//! A deletion is a job that deletes the documents that a filter admits, one after the other.

use super::work::Halt;
use super::{Job, JobsShared};
use crate::clock;
use crate::knowledge::{Base, BaseError, DocumentFilter, StoreError};

/// One try. Gives whether it was cancelled. What is deleted is told of when it is.
pub(super) async fn carry_out(
    shared: &JobsShared,
    job: &Job,
    base: &Base,
    filter: &DocumentFilter,
) -> Result<bool, Halt> {
    let halted = |error: StoreError| Halt::from(BaseError::from(error));
    let ids = base.document_ids(filter).await.map_err(halted)?;
    // Documents that an earlier try has deleted are not counted again.
    let before = job.record().deleted;
    job.record().documents_total = before + ids.len();
    for (number, id) in ids.iter().enumerate() {
        if job.cancel.is_cancelled() {
            return Ok(true);
        }
        job.record().document = Some(id.clone());
        let delete = || base.delete_if(id, filter);
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
