//! Replacing what was read: a document that was changed takes the place of the version it was read in, and of no other.

use std::sync::Arc;

use super::super::super::{DocumentInfo, NewDocument, StoreError};
use super::super::QdrantStore;
use super::{Writing, counts};

impl QdrantStore {
    /// As [`Store::replace_document`](super::super::super::Store::replace_document) says. Between the look at what is there
    /// and the write the server compares the versions once more. Only a deletion of these milliseconds does not show.
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
        writing.is_over_counted = true;
        Ok(is_as_read.then_some(writing))
    }

    pub(super) async fn write_over(&self, writing: Writing) -> Result<bool, StoreError> {
        self.write(std::slice::from_ref(&writing)).await?;
        let found = self.again(|| self.stored(vec![writing.id.clone()])).await?;
        let stands = counts(&found, &writing);
        let document = Arc::clone(&writing.document);
        // Another's version stands where it is; what is not whole of this one is written again.
        let is_broken = !self.not_standing(vec![writing]).await?.is_empty();
        if stands && is_broken {
            self.put(&[document]).await?;
        }
        Ok(stands)
    }
}
