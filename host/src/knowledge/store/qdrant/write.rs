//! Writing: a version's points first, then the one document point that makes it count.

use qdrant_client::qdrant::points_update_operation::{self, Operation, PointStructList, SetPayload};
use qdrant_client::qdrant::value::Kind;
use qdrant_client::qdrant::{
    Condition, DeletePoints, DeletePointsBuilder, Filter, PointId, PointStruct, PointsUpdateOperation,
    UpdateBatchPoints, UpdateBatchPointsBuilder, UpsertPoints, UpsertPointsBuilder, Value,
};

use super::super::{NewDocument, StoreError};
use super::metadata::window_fields;
use super::points::{self, KIND_SECTION, KIND_WINDOW, VERSION};
use super::{QdrantStore, is_missing};

/// Points in one request: a window has about 6 KiB.
const BATCH: usize = 128;
/// A section may be long: a request is closed once its points have so many bytes.
const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// How often a document is written anew that another host has spoilt meanwhile.
const WRITES: usize = 5;

impl QdrantStore {
    /// Hosts that write the same document know nothing of one another. What keeps it whole all the same:
    /// versions of a document come in order ([`points::version_after`]); the document point is replaced only
    /// while it names the version that the writer has read, so that of two writers one is first and the other
    /// gives its points up; whoever has replaced it removes older versions, never newer ones, which may be on
    /// their way; and each looks at the end whether all it has written is there.
    pub(super) async fn put(&self, document: &NewDocument) -> Result<(), StoreError> {
        let dimensions = document.dimensions()? as u64;
        self.ready(dimensions).await?;
        self.expect_embedder(document).await?;
        let fields = window_fields(&document.info.metadata);
        self.index_ranges(&fields).await?;
        for _ in 0..WRITES {
            let version = self.write(document, &fields).await?;
            self.forget();
            if self.stands(document, &version).await? {
                return Ok(());
            }
            tracing::warn!(
                "{}: `{}` was not whole after it was written; it is written again",
                self.server,
                document.info.id
            );
        }
        Err(StoreError::Unavailable(format!(
            "{}: other hosts write `{}` all the time; import it again",
            self.server, document.info.id
        )))
    }

    /// Writes a version and makes it the one that counts, unless another has become that meanwhile. Gives
    /// its name.
    async fn write(&self, document: &NewDocument, fields: &points::Payload) -> Result<String, StoreError> {
        let id = points::document_id(&document.info.id);
        let counted = self.again(|| self.stored(vec![id.clone()])).await?;
        let counted = counted.into_values().next().map(|stored| stored.version);
        let version = points::version_after(counted.as_deref());

        let sections = (0..document.sections.len()).map(|place| {
            let (section, ordinal) = (&document.sections[place], place as u32);
            let bytes = section.text.len() + section.answer.as_ref().map_or(0, String::len);
            (bytes, points::section_point(&id, &version, ordinal, section.clone()))
        });
        self.upsert(sections).await?;
        let windows = (0..document.windows.len()).map(|place| {
            let (window, ordinal) = (&document.windows[place], place as u32);
            let bytes = 4 * window.vector.len() + 16 * window.weights.len();
            (bytes, points::window_point(&id, &version, ordinal, window.clone(), fields))
        });
        self.upsert(windows).await?;

        let head = PointStructList {
            points: vec![points::document_point(document, &version)],
            // No version has an empty name: a point that has come meanwhile is left.
            update_filter: Some(Filter::must([points::keyword(
                VERSION,
                counted.as_deref().unwrap_or_default(),
            )])),
            ..PointStructList::default()
        };
        let mut steps = vec![self.live(&version), Operation::Upsert(head)];
        steps.extend(counted.map(|counted| remove(points_of(&id, &counted))));
        self.apply(steps).await?;
        Ok(version)
    }

    /// Whether the document is whole after a write: this version's points are all there, or another version
    /// has taken its place. Removes what is of no use any more.
    async fn stands(&self, document: &NewDocument, version: &str) -> Result<bool, StoreError> {
        let id = points::document_id(&document.info.id);
        let (found, there) = self
            .again(|| async { tokio::try_join!(self.stored(vec![id.clone()]), self.versions(&id)) })
            .await?;
        let counted = found.get(&id).map(|stored| stored.version.as_str());
        if counted != Some(version) {
            self.delete_where(points_of(&id, version)).await?;
            return Ok(true);
        }
        let older: Vec<&str> =
            there.keys().map(String::as_str).filter(|other| points::is_older(other, version)).collect();
        if !older.is_empty() {
            // Imports that were killed have left these.
            self.delete_where(points_of_any(&id, older)).await?;
        }
        Ok(there.get(version).is_some_and(|there| there.are_all_of(&document.info)))
    }

    /// Makes a version's windows such that searches find them.
    pub(super) fn live(&self, version: &str) -> Operation {
        let windows = Filter::must([points::kind(KIND_WINDOW), points::keyword(VERSION, version)]);
        Operation::SetPayload(SetPayload {
            payload: [(points::LIVE.to_owned(), true.into())].into(),
            points_selector: Some(windows.into()),
            ..SetPayload::default()
        })
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
        let point = points::document_id(id);
        let stored = self.again(|| self.stored(vec![point.clone()])).await?;
        let Some(stored) = stored.into_values().next() else { return Ok(false) };
        let result = self.delete_version(&point, &stored.version).await;
        self.forget();
        result.map(|()| true)
    }

    /// Deletes a document as it was read: a version that has come since stays.
    pub(super) async fn delete_version(&self, point: &str, version: &str) -> Result<(), StoreError> {
        let head =
            Filter::must([Condition::has_id([PointId::from(point)]), points::keyword(VERSION, version)]);
        self.apply([remove(head), remove(points_of(point, version))]).await
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
    pub(super) async fn upsert(
        &self,
        points: impl Iterator<Item = (usize, PointStruct)>,
    ) -> Result<(), StoreError> {
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

    pub(super) async fn delete_where(&self, filter: Filter) -> Result<(), StoreError> {
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
    pub(super) async fn apply(
        &self,
        operations: impl IntoIterator<Item = Operation>,
    ) -> Result<(), StoreError> {
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

fn remove(filter: Filter) -> Operation {
    Operation::DeletePoints(points_update_operation::DeletePoints {
        points: Some(filter.into()),
        ..Default::default()
    })
}

/// Sections and windows of one version of a document.
pub(super) fn points_of(document: &str, version: &str) -> Filter {
    points_of_any(document, [version])
}

/// Sections and windows of some versions of a document.
fn points_of_any<'a>(document: &str, versions: impl IntoIterator<Item = &'a str>) -> Filter {
    let versions: Vec<String> = versions.into_iter().map(str::to_owned).collect();
    Filter {
        must: vec![points::keyword(points::DOCUMENT, document), Condition::matches(VERSION, versions)],
        should: vec![points::kind(KIND_SECTION), points::kind(KIND_WINDOW)],
        ..Filter::default()
    }
}
