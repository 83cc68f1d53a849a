//! Listing documents. The server sorts by no text, so the ids of those that pass are gathered first, with no more of each
//! than the filter looks at, and whole documents are read for the page alone.

use std::collections::HashMap;

use qdrant_client::qdrant::with_payload_selector::SelectorOptions;
use qdrant_client::qdrant::{Filter, PayloadIncludeSelector, PointId, ScrollPointsBuilder};

use super::super::{
    DocumentFilter, DocumentInfo, DocumentPage, DocumentQuery, DocumentTotals, DocumentVersion, StoreError,
};
use super::points::{self, DIGEST, KIND_DOCUMENT, ORIGIN};
use super::read::PAGE;
use super::{QdrantStore, is_missing};

/// Documents of one request where little of each is asked for.
const SLIM_PAGE: u32 = 4096;

/// What a document's point says of it without being read wholly.
const TITLE: &str = "title";
const NOTES: &str = "notes";
const METADATA: &str = "metadata";
const WINDOWS: &str = "windows";
const IMPORTED_AT: &str = "imported_at";

impl QdrantStore {
    pub(super) async fn list(&self, wanted: &DocumentQuery) -> Result<DocumentPage, StoreError> {
        let ids = self.listed(&wanted.filter).await?;
        let total = ids.len() as u64;
        let is_after = |id: &String| wanted.after.as_ref().is_none_or(|after| id > after);
        let page: Vec<String> =
            ids.into_iter().filter(is_after).skip(wanted.skip).take(wanted.limit).collect();
        let mut documents = Vec::with_capacity(page.len());
        for ids in page.chunks(PAGE as usize) {
            documents.extend(self.described(ids).await?);
        }
        // One that was replaced meanwhile may not pass any more.
        documents.retain(|document| wanted.filter.admits(document));
        documents.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(DocumentPage { documents, total })
    }

    /// What is known of the documents among these that are in the base.
    async fn described(
        &self,
        ids: &[String],
    ) -> Result<impl Iterator<Item = DocumentInfo> + use<>, StoreError> {
        let called = self.ids().await?;
        let found = self.stored(ids.iter().map(|id| called.document(id)).collect()).await?;
        Ok(found.into_values().map(|stored| stored.info))
    }

    /// The ids of those that pass, in their order.
    async fn listed(&self, filter: &DocumentFilter) -> Result<Vec<String>, StoreError> {
        let mut ids = Vec::new();
        self.admitted(filter, &[], |document| ids.push(document.id)).await?;
        ids.sort();
        Ok(ids)
    }

    pub(super) async fn listed_versions(
        &self,
        filter: &DocumentFilter,
    ) -> Result<Vec<DocumentVersion>, StoreError> {
        let mut versions = Vec::new();
        let take = |document: DocumentInfo| versions.push(DocumentVersion::of(&document));
        self.admitted(filter, &[DIGEST, IMPORTED_AT], take).await?;
        versions.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(versions)
    }

    /// All that pass, with what the filter looks at and these fields.
    async fn admitted(
        &self,
        filter: &DocumentFilter,
        more: &[&str],
        mut take: impl FnMut(DocumentInfo),
    ) -> Result<(), StoreError> {
        let looked_at = [
            (TITLE, filter.q.is_some()),
            (ORIGIN, filter.origin.is_some()),
            (NOTES, filter.noted.is_some()),
            (WINDOWS, filter.off.is_some()),
            (IMPORTED_AT, filter.from.is_some() || filter.to.is_some()),
            (METADATA, filter.metadata.is_some()),
        ];
        let fields = looked_at.into_iter().filter(|(_, is)| *is).map(|(name, _)| name);
        let fields = fields.filter(|name| !more.contains(name)).chain(more.iter().copied());
        let take = |document: DocumentInfo| {
            if filter.admits(&document) {
                take(document);
            }
        };
        self.slim(fields.collect(), take).await
    }

    pub(super) async fn moments(&self, ids: &[String]) -> Result<HashMap<String, u64>, StoreError> {
        let mut moments = HashMap::new();
        for ids in ids.chunks(PAGE as usize) {
            moments.extend(self.described(ids).await?.map(|document| (document.id, document.imported_at)));
        }
        Ok(moments)
    }

    pub(super) async fn all_totals(&self) -> Result<DocumentTotals, StoreError> {
        let mut all = Vec::new();
        let take = |document: DocumentInfo| {
            // Whether there are notes is all that counts.
            let notes = document.notes.into_iter().take(1).map(|_| String::new()).collect();
            all.push(DocumentInfo { notes, ..document });
        };
        self.slim(vec![ORIGIN, NOTES, WINDOWS, "bytes"], take).await?;
        Ok(DocumentTotals::of(all.iter()))
    }

    /// All documents with these fields of theirs; the rest of each is empty.
    async fn slim(&self, fields: Vec<&str>, mut take: impl FnMut(DocumentInfo)) -> Result<(), StoreError> {
        let has_long = fields.iter().any(|field| [NOTES, METADATA].contains(field));
        let fields: Vec<String> = ["id"].into_iter().chain(fields).map(str::to_owned).collect();
        let mut next: Option<PointId> = None;
        loop {
            let mut request = ScrollPointsBuilder::new(&self.collection)
                .filter(Filter::must([points::kind(KIND_DOCUMENT)]))
                .limit(if has_long { PAGE } else { SLIM_PAGE })
                .with_payload(SelectorOptions::Include(PayloadIncludeSelector { fields: fields.clone() }));
            if let Some(from) = next {
                request = request.offset(from);
            }
            let answer = match self.client.scroll(request).await {
                Ok(answer) => answer,
                Err(error) if is_missing(&error) => return Ok(()),
                Err(error) => return Err(self.failed(error)),
            };
            answer.result.iter().filter_map(|point| points::read_slim(&point.payload)).for_each(&mut take);
            next = answer.next_page_offset;
            if next.is_none() {
                return Ok(());
            }
        }
    }
}
