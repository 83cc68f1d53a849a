//! Reading documents and what belongs to them.

use std::collections::HashMap;

use qdrant_client::qdrant::facet_value::Variant;
use qdrant_client::qdrant::point_id::PointIdOptions;
use qdrant_client::qdrant::with_payload_selector::SelectorOptions;
use qdrant_client::qdrant::{
    FacetCountsBuilder, FacetHit, Filter, GetPointsBuilder, PayloadExcludeSelector, PointId,
    ScrollPointsBuilder,
};

use super::super::{DocumentInfo, NewDocument, NewWindow, SectionKey, StoreError, WantedSections};
use super::points::{self, KIND_DOCUMENT, Payload, StoredDocument, VersionParts};
use super::{QdrantStore, is_missing, lacks_index, term_field};
use crate::knowledge::chunk::Section;

/// Versions of the documents of one write that are told apart: one of each counts, one may be on its way,
/// and each import that was killed leaves one.
const MOST_VERSIONS: u64 = 1000;
/// Documents listed in one request.
pub(super) const PAGE: u32 = 256;
/// How often a document that is replaced meanwhile is read again.
const READS: usize = 5;

impl QdrantStore {
    /// Documents by their point's id.
    pub(super) async fn stored(
        &self,
        ids: Vec<String>,
    ) -> Result<HashMap<String, StoredDocument>, StoreError> {
        self.get(ids, points::read_document).await
    }

    /// A document by its id.
    pub(super) async fn stored_document(&self, id: &str) -> Result<Option<StoredDocument>, StoreError> {
        let point = self.ids().await?.document(id);
        let found = self.stored(vec![point.clone()]).await?.remove(&point);
        // Another document may have the same name of 60 bits.
        Ok(found.filter(|stored| stored.info.id == id))
    }

    /// What is there of each version of documents, whether it counts or not.
    pub(super) async fn versions(
        &self,
        documents: &[String],
    ) -> Result<HashMap<String, VersionParts>, StoreError> {
        let of = |conditions: Filter| {
            let mut filter = conditions;
            filter.must.push(points::any_keyword(points::DOCUMENT, documents.iter().map(String::as_str)));
            filter
        };
        let (all, live) = tokio::try_join!(
            self.count_by_version(of(Filter::should([
                points::kind(points::KIND_SECTION),
                points::kind(points::KIND_WINDOW)
            ]))),
            self.count_by_version(of(points::live()))
        )?;
        let mut versions = HashMap::<String, VersionParts>::new();
        for (version, count) in all {
            versions.entry(version).or_default().all = count;
        }
        for (version, count) in live {
            versions.entry(version).or_default().live = count;
        }
        Ok(versions)
    }

    async fn count_by_version(&self, filter: Filter) -> Result<Vec<(String, u64)>, StoreError> {
        let request = FacetCountsBuilder::new(&self.collection, points::VERSION)
            .filter(filter)
            .limit(MOST_VERSIONS)
            .exact(true);
        let mut answer = self.client.facet(request.clone()).await;
        if answer.as_ref().is_err_and(lacks_index) {
            // Whoever makes the collection is not done with it, or was killed in between.
            self.create_indexes(self.shape().await?.terms).await?;
            answer = self.client.facet(request).await;
        }
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) if is_missing(&error) => return Ok(Vec::new()),
            Err(error) => return Err(self.failed(error)),
        };
        let named = |hit: FacetHit| match hit.value?.variant? {
            Variant::StringValue(version) => Some((version, hit.count)),
            _ => None,
        };
        Ok(answer.hits.into_iter().filter_map(named).collect())
    }

    /// Documents, each with what is there of the version that counts.
    pub(super) async fn with_parts(
        &self,
        ids: &[&str],
    ) -> Result<Vec<(StoredDocument, VersionParts)>, StoreError> {
        let called = self.ids().await?;
        let ids: Vec<String> = ids.iter().map(|id| called.document(id)).collect();
        let (found, versions) = tokio::try_join!(self.stored(ids.clone()), self.versions(&ids))?;
        let parts = |stored: StoredDocument| {
            let parts = versions.get(&stored.version).copied().unwrap_or_default();
            (stored, parts)
        };
        Ok(found.into_values().map(parts).collect())
    }

    pub(super) async fn get<T>(
        &self,
        ids: Vec<String>,
        read: impl Fn(&Payload) -> Option<T>,
    ) -> Result<HashMap<String, T>, StoreError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let ids: Vec<PointId> = ids.into_iter().map(PointId::from).collect();
        let request = GetPointsBuilder::new(&self.collection, ids).with_payload(all_but_terms());
        match self.client.get_points(request).await {
            Ok(answer) => {
                let read = |point: qdrant_client::qdrant::RetrievedPoint| {
                    Some((id_of(point.id)?, read(&point.payload)?))
                };
                Ok(answer.result.into_iter().filter_map(read).collect())
            }
            Err(error) if is_missing(&error) => Ok(HashMap::new()),
            Err(error) => Err(self.failed(error)),
        }
    }

    /// A document with all that belongs to it but vectors and weights. One that is replaced in the
    /// middle is read again.
    pub(super) async fn whole(&self, id: &str) -> Result<Option<NewDocument>, StoreError> {
        for _ in 0..READS {
            let called = self.ids().await?;
            let point = called.document(id);
            let Some(stored) = self.stored(vec![point.clone()]).await?.remove(&point) else {
                return Ok(None);
            };
            let version = called.mark(&stored.version);
            let ids: Vec<String> =
                (0..stored.info.sections).map(|ordinal| version.section(&point, ordinal)).collect();
            let mut sections = Vec::with_capacity(ids.len());
            for ids in ids.chunks(PAGE as usize) {
                let mut read = self.get(ids.to_vec(), points::read_section).await?;
                sections.extend(ids.iter().filter_map(|id| read.remove(id)));
            }
            let windows = self.windows(&stored.version).await?;
            if sections.len() == stored.info.sections as usize
                && windows.len() == stored.info.windows as usize
            {
                let StoredDocument { info, embedder, .. } = stored;
                return Ok(Some(NewDocument { info, embedder, sections, windows, changes_of: None }));
            }
        }
        Err(StoreError::Unavailable(format!("{}: `{id}` changes all the time; try again", self.server)))
    }

    /// Sections of documents that are still those described: one request for the documents, one for
    /// up to a page of sections.
    pub(super) async fn sections_of(
        &self,
        wanted: Vec<WantedSections>,
    ) -> Result<HashMap<SectionKey, Section>, StoreError> {
        let called = self.ids().await?;
        let points: Vec<String> = wanted.iter().map(|wanted| called.document(&wanted.document.id)).collect();
        let stored = self.stored(points.clone()).await?;
        let mut places = HashMap::<String, SectionKey>::new();
        for (WantedSections { document, ordinals }, point) in wanted.iter().zip(&points) {
            let Some(stored) = stored.get(point).filter(|stored| stored.info == **document) else { continue };
            let version = called.mark(&stored.version);
            let place = |&ordinal: &u32| (version.section(point, ordinal), (document.id.clone(), ordinal));
            places.extend(ordinals.iter().map(place));
        }
        let ids: Vec<&String> = places.keys().collect();
        let mut found = HashMap::new();
        for ids in ids.chunks(PAGE as usize) {
            let read = self.get(ids.iter().map(|&id| id.clone()).collect(), points::read_section).await?;
            let placed = |(id, section)| Some((places.get(&id)?.clone(), section));
            found.extend(read.into_iter().filter_map(placed));
        }
        Ok(found)
    }

    /// The windows of a version, in order.
    async fn windows(&self, version: &str) -> Result<Vec<NewWindow>, StoreError> {
        let mut windows = Vec::new();
        let mut next: Option<PointId> = None;
        loop {
            let filter =
                Filter::must([points::kind(points::KIND_WINDOW), points::keyword(points::VERSION, version)]);
            let mut request = ScrollPointsBuilder::new(&self.collection)
                .filter(filter)
                .limit(PAGE)
                .with_payload(all_but_terms());
            if let Some(from) = next {
                request = request.offset(from);
            }
            let answer = self.client.scroll(request).await.map_err(|error| self.failed(error))?;
            windows.extend(answer.result.iter().filter_map(|point| points::read_new_window(&point.payload)));
            next = answer.next_page_offset;
            if next.is_none() {
                break;
            }
        }
        windows.sort_by_key(|(ordinal, _)| *ordinal);
        Ok(windows.into_iter().map(|(_, window)| window).collect())
    }

    pub(super) async fn all_documents(&self) -> Result<Vec<DocumentInfo>, StoreError> {
        let mut documents = Vec::new();
        let mut next = None;
        loop {
            let (page, after) = self.page(PAGE, next).await?;
            documents.extend(page.into_iter().map(|stored| stored.info));
            match after {
                None => break,
                after => next = after,
            }
        }
        documents.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(documents)
    }

    /// What the base's vectors are made with, whatever is remembered.
    pub(super) async fn any_embedder(&self) -> Result<Option<String>, StoreError> {
        Ok(self.page(1, None).await?.0.pop().map(|stored| stored.embedder))
    }

    pub(super) async fn page(
        &self,
        limit: u32,
        from: Option<PointId>,
    ) -> Result<(Vec<StoredDocument>, Option<PointId>), StoreError> {
        let mut request = ScrollPointsBuilder::new(&self.collection)
            .filter(Filter::must([points::kind(KIND_DOCUMENT)]))
            .limit(limit)
            .with_payload(true);
        if let Some(from) = from {
            request = request.offset(from);
        }
        match self.client.scroll(request).await {
            Ok(answer) => {
                let documents =
                    answer.result.iter().filter_map(|point| points::read_document(&point.payload));
                Ok((documents.collect(), answer.next_page_offset))
            }
            Err(error) if is_missing(&error) => Ok((Vec::new(), None)),
            Err(error) => Err(self.failed(error)),
        }
    }
}

/// A window's terms are counted by the server and read by nobody.
fn all_but_terms() -> SelectorOptions {
    let fields = term_field::NAMES.map(str::to_owned).to_vec();
    SelectorOptions::Exclude(PayloadExcludeSelector { fields })
}

/// The name of a point; all have one of their own making.
pub(super) fn id_of(id: Option<PointId>) -> Option<String> {
    match id?.point_id_options? {
        PointIdOptions::Uuid(id) => Some(id),
        PointIdOptions::Num(_) => None,
    }
}
