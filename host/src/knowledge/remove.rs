//! Deleting the documents that a filter admits, as long as they are those that are meant.

use std::sync::Arc;

use super::base::Base;
use super::meant::MeantDocuments;
use super::store::{DocumentFilter, DocumentVersion, StoreError};

impl Base {
    /// The documents that a deletion means that is asked for now.
    pub async fn meant_by(&self, filter: &DocumentFilter) -> Result<MeantDocuments, StoreError> {
        Ok(MeantDocuments::of(&self.versions_served(filter).await?))
    }

    /// Expects a deletion of these, until nobody has them any more. A document among them that is imported once more
    /// until then is written anew, even if nothing in it has changed: whoever imports it wants it to be there.
    pub fn will_delete(&self, meant: &Arc<MeantDocuments>) {
        self.to_delete.add(meant);
    }

    /// The ids of the documents that pass and are meant, in their order.
    pub async fn ids_meant(
        &self,
        filter: &DocumentFilter,
        meant: &MeantDocuments,
    ) -> Result<Vec<String>, StoreError> {
        let versions = self.versions_served(filter).await?;
        Ok(versions.into_iter().filter(|version| meant.has(version)).map(|version| version.id).collect())
    }

    /// Deletes a document that passes and is meant; `false` where there is none with this id, or it is not (any more).
    pub async fn delete_if(
        &self,
        id: &str,
        filter: &DocumentFilter,
        meant: &MeantDocuments,
    ) -> Result<bool, StoreError> {
        // Nobody of this process writes it between the look and the deletion.
        let time = self.store_time();
        let _lock = time.after_others(self.writes.lock(id)).await?;
        match self.told_by_serving(|store| async move { store.document(id).await }).await? {
            Some(document) if filter.admits(&document) && meant.has(&DocumentVersion::of(&document)) => {
                self.delete_held(id).await
            }
            _ => Ok(false),
        }
    }

    /// The documents that a filter admits in the generation that serves: what is missing here is not deleted.
    pub(super) async fn versions_served(
        &self,
        filter: &DocumentFilter,
    ) -> Result<Vec<DocumentVersion>, StoreError> {
        self.told_by_serving(|store| async move { store.document_versions(filter).await }).await
    }
}
