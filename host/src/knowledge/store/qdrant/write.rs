//! Writing: a version's points first, then the one document point that makes it count.

use qdrant_client::qdrant::points_update_operation::{self, Operation, PointStructList, SetPayload};
use qdrant_client::qdrant::value::Kind;
use qdrant_client::qdrant::{
    Condition, CountPoints, CountPointsBuilder, DeletePoints, DeletePointsBuilder, Filter, PointId,
    PointStruct, PointsUpdateOperation, UpdateBatchPoints, UpdateBatchPointsBuilder, UpsertPoints,
    UpsertPointsBuilder, Value,
};

use super::super::{NewDocument, StoreError};
use super::metadata::window_fields;
use super::points::{self, KIND_SECTION, KIND_WINDOW, VERSION};
use super::{QdrantStore, is_missing};

/// Points in one request: a window has about 6 KiB.
const BATCH: usize = 128;
/// A section may be long: a request is closed once its points have so many bytes.
const BATCH_BYTES: usize = 4 * 1024 * 1024;

impl QdrantStore {
    pub(super) async fn put(&self, document: NewDocument) -> Result<(), StoreError> {
        let dimensions = document.windows.first().map_or(0, |window| window.vector.len() as u64);
        self.again(|| self.ready(dimensions)).await?;
        self.expect_embedder(&document).await?;
        let fields = window_fields(&document.info.metadata);
        self.index_ranges(&fields).await?;

        let id = points::document_id(&document.info.id);
        let version = points::new_version();
        let counted = self.again(|| self.stored(vec![id.clone()])).await?;
        let counted = counted.into_values().next().map(|stored| stored.version);
        // An import that was killed has left its points behind.
        self.delete_where(belongs_to(&id, counted.as_deref())).await?;

        let head = points::document_point(&document, &version);
        let wanted = document.windows.len() as u64;
        let sections = document.sections.into_iter().zip(0..).map(|(section, ordinal)| {
            let bytes = section.text.len() + section.answer.as_ref().map_or(0, String::len);
            (bytes, points::section_point(&id, &version, ordinal, section))
        });
        self.upsert(sections).await?;
        let windows = document.windows.into_iter().zip(0..).map(|(window, ordinal)| {
            let bytes = 4 * window.vector.len() + 16 * window.weights.len();
            (bytes, points::window_point(&id, &version, ordinal, window, &fields))
        });
        self.upsert(windows).await?;

        let written = Filter::must([points::kind(KIND_WINDOW), points::keyword(VERSION, &version)]);
        let count = CountPointsBuilder::new(&self.collection).filter(written.clone()).exact(true);
        let count: CountPoints = count.into();
        let count = self
            .again(|| async { self.client.count(count.clone()).await.map_err(|error| self.failed(error)) })
            .await?;
        if count.result.map(|result| result.count) != Some(wanted) {
            return Err(StoreError::Unavailable(format!(
                "{}: another host is importing `{}` at the same time; import it again",
                self.server, document.info.id
            )));
        }
        let result = self
            .apply([
                Operation::SetPayload(SetPayload {
                    payload: [(points::LIVE.to_owned(), true.into())].into(),
                    points_selector: Some(written.into()),
                    ..SetPayload::default()
                }),
                Operation::Upsert(PointStructList { points: vec![head], ..PointStructList::default() }),
                Operation::DeletePoints(points_update_operation::DeletePoints {
                    points: Some(belongs_to(&id, Some(&version)).into()),
                    ..Default::default()
                }),
            ])
            .await;
        self.forget();
        result
    }

    /// Changes the document point alone: its version stays, and so do its windows.
    pub(super) async fn change_origin(
        &self,
        id: &str,
        digest: &str,
        origin: Option<&str>,
    ) -> Result<bool, StoreError> {
        let point = points::document_id(id);
        let stored = self.again(|| self.stored(vec![point.clone()])).await?;
        if stored.into_values().next().is_none_or(|stored| stored.info.digest != digest) {
            return Ok(false);
        }
        let selected = Filter::must([
            Condition::has_id([PointId::from(point)]),
            points::keyword(points::DIGEST, digest),
        ]);
        // An origin that is null is read as none.
        let none = || Value { kind: Some(Kind::NullValue(0)) };
        let payload = [(points::ORIGIN.to_owned(), origin.map_or_else(none, Value::from))].into();
        self.apply([Operation::SetPayload(SetPayload {
            payload,
            points_selector: Some(selected.into()),
            ..SetPayload::default()
        })])
        .await?;
        Ok(true)
    }

    pub(super) async fn delete(&self, id: &str) -> Result<bool, StoreError> {
        let id = points::document_id(id);
        if self.again(|| self.stored(vec![id.clone()])).await?.is_empty() {
            return Ok(false);
        }
        let head = vec![PointId::from(id.as_str())];
        let result = self
            .apply([
                Operation::DeletePoints(points_update_operation::DeletePoints {
                    points: Some(head.into()),
                    ..Default::default()
                }),
                Operation::DeletePoints(points_update_operation::DeletePoints {
                    points: Some(belongs_to(&id, None).into()),
                    ..Default::default()
                }),
            ])
            .await;
        self.forget();
        result.map(|()| true)
    }

    async fn expect_embedder(&self, document: &NewDocument) -> Result<(), StoreError> {
        match self.again(|| self.any_embedder()).await? {
            Some(stored) if stored != document.embedder => Err(StoreError::Broken(format!(
                "{}: collection `{}` holds vectors of {stored}, not of {}; import with that embedder, or delete the \
                 base's documents first",
                self.server, self.collection, document.embedder
            ))),
            _ => Ok(()),
        }
    }

    /// Points come with about their size in bytes.
    async fn upsert(&self, points: impl Iterator<Item = (usize, PointStruct)>) -> Result<(), StoreError> {
        let mut points = points.peekable();
        while points.peek().is_some() {
            let (mut batch, mut bytes) = (Vec::new(), 0);
            while batch.len() < BATCH
                && bytes < BATCH_BYTES
                && let Some((size, point)) = points.next()
            {
                bytes += size;
                batch.push(point);
            }
            let request: UpsertPoints = UpsertPointsBuilder::new(&self.collection, batch).wait(true).into();
            self.again(|| async {
                self.client.upsert_points(request.clone()).await.map_err(|error| self.failed(error))
            })
            .await?;
        }
        Ok(())
    }

    async fn delete_where(&self, filter: Filter) -> Result<(), StoreError> {
        let request: DeletePoints =
            DeletePointsBuilder::new(&self.collection).points(filter).wait(true).into();
        self.again(|| async {
            match self.client.delete_points(request.clone()).await {
                Err(error) if !is_missing(&error) => Err(self.failed(error)),
                _ => Ok(()),
            }
        })
        .await
    }

    /// One request, whose operations the server carries out in order.
    async fn apply(&self, operations: impl IntoIterator<Item = Operation>) -> Result<(), StoreError> {
        let operations: Vec<_> = operations
            .into_iter()
            .map(|operation| PointsUpdateOperation { operation: Some(operation) })
            .collect();
        let request: UpdateBatchPoints =
            UpdateBatchPointsBuilder::new(&self.collection, operations).wait(true).into();
        self.again(|| async {
            self.client.update_points_batch(request.clone()).await.map_err(|error| self.failed(error))
        })
        .await?;
        Ok(())
    }
}

/// Sections and windows of a document but those of one version.
fn belongs_to(document: &str, but_version: Option<&str>) -> Filter {
    Filter {
        must: vec![points::keyword(points::DOCUMENT, document)],
        should: vec![points::kind(KIND_SECTION), points::kind(KIND_WINDOW)],
        must_not: but_version
            .map(|version| points::keyword(VERSION, version))
            .into_iter()
            .collect::<Vec<Condition>>(),
        ..Filter::default()
    }
}
