//! Replacing what was read: a document that was changed takes the place of the version it was read in, and of no other.

use std::sync::Arc;

use super::super::super::{DocumentInfo, NewDocument, StoreError};
use super::super::QdrantStore;
use super::steps::{first_head, head_over, head_over_or_new};
use super::{Writing, counts};

impl QdrantStore {
    /// As [`Store::replace_document`](super::super::super::Store::replace_document) says. Between the look at what is there
    /// and the write the server compares the versions once more.
    pub(in super::super) async fn replace(
        &self,
        read: Option<&DocumentInfo>,
        document: NewDocument,
    ) -> Result<bool, StoreError> {
        match self.over_read(read, document).await? {
            Some(writing) => self.write_over(writing).await,
            None => Ok(false),
        }
    }

    /// What is written over the version that was read; `None` where another counts.
    pub(super) async fn over_read(
        &self,
        read: Option<&DocumentInfo>,
        document: NewDocument,
    ) -> Result<Option<Writing>, StoreError> {
        let id = document.info.id.clone();
        let prepared = self.prepared(&[Arc::new(document)]).await?;
        let Some(mut writing) = prepared.into_iter().next() else { return Ok(None) };
        let stored = self.again(|| self.stored_document(&id)).await?;
        self.choose_versions(std::slice::from_mut(&mut writing)).await?;
        let is_as_read = stored.as_ref().map(|stored| &stored.info) == read
            && stored.map(|stored| stored.version) == writing.counted;
        Ok(is_as_read.then_some(writing))
    }

    pub(super) async fn write_over(&self, writing: Writing) -> Result<bool, StoreError> {
        let one = std::slice::from_ref(&writing);
        match &writing.counted {
            Some(counted) => match self.write_with(one, head_over(&writing, counted)).await {
                Err(error) if demands_an_index(&error) => {
                    self.write_with(one, head_over_or_new(&writing, counted)).await?;
                }
                written => written?,
            },
            None => self.write_with(one, first_head(&writing)).await?,
        }
        let found = self.again(|| self.stored(vec![writing.id.clone()])).await?;
        if !counts(&found, &writing) {
            // What there is of it is of no use; another's version stands where it is.
            self.delete_version(&writing.id, &writing.version).await?;
            return Ok(false);
        }
        let document = Arc::clone(&writing.document);
        let id = writing.id.clone();
        if let Some(broken) = self.not_standing(vec![writing]).await?.first() {
            // One that was deleted since stays so.
            let found = self.again(|| self.stored(vec![id.clone()])).await?;
            if counts(&found, broken) {
                return Ok(self.put(&[document]).await?.is_empty());
            }
        }
        Ok(true)
    }
}

/// Whether the server is in strict mode. It has no code of its own for it.
fn demands_an_index(error: &StoreError) -> bool {
    matches!(error, StoreError::Broken(message) if message.contains("Index required"))
}
