//! What tests do to a collection behind its store's back, as hosts that were killed, or are of earlier versions, leave it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use qdrant_client::qdrant::{
    Condition, CountPointsBuilder, Filter, PointId, SetPayloadPointsBuilder, StrictModeConfigBuilder,
    UpdateCollectionBuilder, UpsertPointsBuilder,
};

use super::super::NewDocument;
use super::ids::WindowIdParts;
use super::{QdrantStore, metadata, points};

impl QdrantStore {
    pub(in crate::knowledge::store) async fn client_is_healthy(&self) -> bool {
        self.client.health_check().await.is_ok()
    }

    /// As it is when the store has been open for long.
    pub(in crate::knowledge::store) fn age(&self) {
        let mut known = self.known.lock().unwrap();
        *known = Arc::new(known.aged());
    }

    /// A server may refuse every filter on a field without an index.
    pub(in crate::knowledge::store) async fn make_strict(&self) {
        let strict = StrictModeConfigBuilder::default()
            .enabled(true)
            .unindexed_filtering_retrieve(false)
            .unindexed_filtering_update(false);
        let request = UpdateCollectionBuilder::new(&self.collection).strict_mode_config(strict);
        self.client.update_collection(request).await.unwrap();
    }

    /// As a host leaves it that is killed, or is still at work, between the collection and its indexes.
    pub(in crate::knowledge::store) async fn begin_collection(&self, document: &NewDocument) {
        self.create(document.dimensions().unwrap() as u64).await.unwrap();
    }

    /// As earlier versions made it, later ones with a vector of their own for sections.
    pub(in crate::knowledge) async fn begin_earlier_collection(
        &self,
        document: &NewDocument,
        dense: &str,
        sparse: &[&str],
    ) {
        let dimensions = document.dimensions().unwrap() as u64;
        self.create_with(dimensions, dense, sparse).await.unwrap();
    }

    /// Payload fields that the server counts and filters by.
    pub(in crate::knowledge::store) async fn indexed_fields(&self) -> HashSet<String> {
        let info = self.client.collection_info(&self.collection).await.unwrap().result.unwrap();
        info.payload_schema.into_keys().collect()
    }

    /// Puts a document as hosts did whose windows' ids did not say which sections are short.
    pub(in crate::knowledge::store) async fn put_as_before(&self, document: NewDocument) {
        let shape = self.ready(document.dimensions().unwrap() as u64).await.unwrap();
        let (id, version) = (shape.ids.document(&document.info.id), points::version_after(None));
        let whole = points::Whole { document: &id, version: &version, shape };
        let fields = metadata::window_fields(&document.info.metadata);
        let mut all = vec![points::document_point(&id, &document, &version)];
        let sections = document.sections.iter().cloned().zip(0..);
        all.extend(sections.map(|(section, ordinal)| points::section_point(whole, ordinal, section)));
        for (window, ordinal) in document.windows.iter().zip(0..) {
            let section = &document.sections[window.section as usize];
            let mut point = points::window_point(whole, ordinal, window.clone(), section, &fields);
            let parts = WindowIdParts {
                section: window.section,
                ordinal,
                is_question: window.key.is_some(),
                is_of_short: false,
            };
            point.id = Some(PointId::from(shape.ids.mark(&version).window(&id, parts)));
            point.payload.insert(points::LIVE.to_owned(), true.into());
            all.push(point);
        }
        self.upsert(all).await.unwrap();
    }

    /// What an import has left behind long ago that was killed before its document point was written.
    pub(in crate::knowledge::store) async fn put_half(&self, document: NewDocument) {
        self.windows_only(document, "half").await;
    }

    /// What an import of this moment has written before its document point.
    pub(in crate::knowledge::store) async fn begin(&self, document: NewDocument) {
        self.windows_only(document, &points::version_after(None)).await;
    }

    async fn windows_only(&self, document: NewDocument, version: &str) {
        let shape = self.shape().await.unwrap();
        let id = shape.ids.document(&document.info.id);
        let whole = points::Whole { document: &id, version, shape };
        let fields = metadata::window_fields(&document.info.metadata);
        let section = document.sections.into_iter().next().unwrap();
        let windows = document.windows.into_iter().zip(0..);
        let mut windows: Vec<_> =
            windows.map(|(window, i)| points::window_point(whole, i, window, &section, &fields)).collect();
        windows.push(points::section_point(whole, 0, section));
        let request = UpsertPointsBuilder::new(&self.collection, windows).wait(true);
        self.client.upsert_points(request).await.unwrap();
    }

    /// Takes a document's windows away, and leaves its entry.
    pub(in crate::knowledge) async fn lose_windows(&self, id: &str) {
        self.delete_where(self.windows_of(id).await).await.unwrap();
    }

    /// Makes a document's windows such that no search finds them.
    pub(in crate::knowledge::store) async fn hide_windows(&self, id: &str) {
        self.set_live(id, false).await;
    }

    /// Makes all of a document's windows such that searches find them, whichever version they are of.
    pub(in crate::knowledge::store) async fn show_windows(&self, id: &str) {
        self.set_live(id, true).await;
    }

    async fn set_live(&self, id: &str, live: bool) {
        let payload = HashMap::from([(points::LIVE.to_owned(), live.into())]);
        let request = SetPayloadPointsBuilder::new(&self.collection, payload)
            .points_selector(self.windows_of(id).await)
            .wait(true);
        self.client.set_payload(request).await.unwrap();
    }

    /// Takes a document's entry away, and leaves its windows.
    pub(in crate::knowledge::store) async fn lose_head(&self, id: &str) {
        let id = PointId::from(self.ids().await.unwrap().document(id));
        let filter = Filter::must([Condition::has_id([id])]);
        self.delete_where(filter).await.unwrap();
    }

    /// Points of documents.
    pub(in crate::knowledge::store) async fn points(&self) -> u64 {
        let revision = points::kind(points::KIND_REVISION);
        let request =
            CountPointsBuilder::new(&self.collection).filter(Filter::must_not([revision])).exact(true);
        self.client.count(request).await.unwrap().result.unwrap().count
    }

    async fn windows_of(&self, id: &str) -> Filter {
        Filter::must([
            points::keyword(points::DOCUMENT, &self.ids().await.unwrap().document(id)),
            points::kind(points::KIND_WINDOW),
        ])
    }
}
