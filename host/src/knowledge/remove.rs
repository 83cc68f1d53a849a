//! Deleting a document only as long as it is one of those that are meant.

use super::base::Base;
use super::store::{DocumentFilter, StoreError};

impl Base {
    /// Deletes a document that passes; `false` where there is none with this id, or it does not pass (any more).
    pub async fn delete_if(&self, id: &str, filter: &DocumentFilter) -> Result<bool, StoreError> {
        match self.document(id).await? {
            Some(document) if filter.admits(&document) => self.delete(id).await,
            _ => Ok(false),
        }
    }
}
