//! Writing: a version's points first, then the one document point that makes it count, then the revision.
//!
//! Hosts share no lock there, so a document's write defends itself (`store/qdrant/write.rs`): versions come
//! in order; the document point, which says which version counts, is replaced only where it names an earlier one
//! (Qdrant's `update_filter`, 1.16 and later); a writer removes the version it has replaced and older ones, never
//! newer ones, which may be on their way; at the end it counts what is there and writes again where something is
//! missing. Of two writers at the same time the one that began later stands, whichever comes first: one that finds a
//! later version in its place gives its points up. That holds too where the server was killed and carries its log out
//! again: with a condition on the one version that was read, all later writes failed once one was not there any more.
//! In one process writes of one document take turns (`Base::writes`). In a cluster, writes that decide which version counts go through one node for each shard
//! (ordering `medium`), because each copy judges `update_filter` by itself. An import takes a document for
//! unchanged only where all of it is there. `kb check` finds what is not (`store/qdrant/check.rs`).

mod replace;
mod steps;

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::stream::{self, StreamExt, TryStreamExt};
use qdrant_client::qdrant::points_update_operation::{Operation, PointStructList, SetPayload};
use qdrant_client::qdrant::value::Kind;
use qdrant_client::qdrant::{
    Condition, DeletePoints, DeletePointsBuilder, Filter, PointId, PointStruct, PointsUpdateOperation,
    UpdateBatchPoints, UpdateBatchPointsBuilder, UpsertPointsBuilder, Value, WriteOrdering,
    WriteOrderingType,
};
use uuid::Uuid;

use super::super::{NewDocument, StoreError};
use super::ids::{Ids, MOST_PLACES};
use super::metadata::window_fields;
use super::points::{self, StoredDocument, VERSION, Whole};
use super::revision::Revision;
use super::shape::CollectionShape;
use super::{QdrantStore, is_missing};
use steps::{heads, points_of_all, points_of_any, remove};
pub(super) use steps::{live, points_of};

/// Documents written in one go: waiting for the server then costs each a share of it.
pub(super) const DOCUMENTS_AT_ONCE: usize = 32;
/// Writes that run at the same time, so that the server works on one while the host waits for the other.
pub(super) const WRITES_AT_ONCE: usize = 2;
/// Points in one request: a window has about 6 KiB.
const BATCH: usize = 512;
/// A section may be long: a request is closed once its points have so many bytes.
const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// Requests on their way at the same time.
const REQUESTS: usize = 3;

/// How often a document is written anew that another host has spoilt meanwhile.
const WRITES: usize = 5;

/// A document on its way to the server.
#[derive(Clone)]
struct Writing {
    document: Arc<NewDocument>,
    /// Its point's id.
    id: String,
    /// Its metadata as windows carry it.
    fields: points::Payload,
    /// The version that was found to count.
    counted: Option<String>,
    /// The version that is to count.
    version: String,
    /// Whether it would undo a change in what counts.
    would_undo: bool,
    shape: CollectionShape,
}

impl QdrantStore {
    /// Hosts that write the same document know nothing of one another. What keeps it whole all the same:
    /// versions of a document come in order ([`points::version_after`]); the document point is replaced only
    /// where it names an earlier one, so that of two writers the later version stands; whoever has replaced it
    /// removes older versions, never newer ones, which may be on their way; and each looks at the end whether all
    /// it has written is there.
    ///
    /// Several documents are waited for together: one request reads what counts of all of them, their points go
    /// side by side, one makes them count, one looks after them. Gives the ids of those that are not written, because they would
    /// undo a change.
    pub(super) async fn put(&self, documents: &[Arc<NewDocument>]) -> Result<Vec<String>, StoreError> {
        let mut left = Vec::new();
        let mut writing = self.prepared(documents).await?;
        let numbers =
            documents.iter().flat_map(|document| &document.windows).map(|window| window.vector.len());
        let bytes = size_of::<f32>() as u64 * numbers.sum::<usize>() as u64;
        for _ in 0..WRITES {
            self.choose_versions(&mut writing).await?;
            let undoing = writing.extract_if(.., |one| one.would_undo);
            left.extend(undoing.map(|one| one.document.info.id.clone()));
            if !writing.is_empty() {
                self.write(&writing).await?;
                writing = self.not_standing(writing).await?;
            }
            if writing.is_empty() {
                self.has_written(bytes).await;
                return Ok(left);
            }
            for Writing { document, .. } in &writing {
                tracing::warn!(
                    "{}: another host changed `{}` while it was written; it is written again",
                    self.server,
                    document.info.id
                );
            }
        }
        let ids: Vec<_> = writing.iter().map(|writing| writing.document.info.id.as_str()).collect();
        Err(self.is_written_all_the_time(&ids.join("`, `"), "import"))
    }

    /// What is written of each document, in a collection that is ready for it.
    async fn prepared(&self, documents: &[Arc<NewDocument>]) -> Result<Vec<Writing>, StoreError> {
        let mut writing = Vec::with_capacity(documents.len());
        for document in documents {
            let dimensions = document.dimensions()? as u64;
            // One that is switched off has no window, and the collection is there.
            let dimensions = match document.windows.is_empty() {
                true => self.again(|| self.shape()).await?.dimensions,
                false => dimensions,
            };
            let shape = self.ready(dimensions).await?;
            let fields = window_fields(&document.info.metadata);
            self.index_ranges(&fields).await?;
            self.expect_places(document, shape)?;
            let id = shape.ids.document(&document.info.id);
            let document = Arc::clone(document);
            let version = String::new();
            writing.push(Writing { document, id, fields, counted: None, version, would_undo: false, shape });
        }
        Ok(writing)
    }

    /// Reads which version of each counts, and names the one that is to replace it.
    async fn choose_versions(&self, writing: &mut [Writing]) -> Result<(), StoreError> {
        let ids: Vec<String> = writing.iter().map(|writing| writing.id.clone()).collect();
        let (found, embedder) =
            self.again(|| async { tokio::try_join!(self.stored(ids.clone()), self.any_embedder()) }).await?;
        for one in &mut *writing {
            self.expect_embedder(&one.document, embedder.as_deref())?;
            let stored = found.get(&one.id);
            self.expect_own(&one.document, stored)?;
            one.counted = stored.map(|stored| stored.version.clone());
            one.would_undo = stored.is_some_and(|stored| one.document.would_undo(&stored.info));
            one.version = one.next_version();
        }
        Ok(())
    }

    /// Writes the chosen version of each and makes it the one that counts, unless a later one has become that meanwhile.
    async fn write(&self, writing: &[Writing]) -> Result<(), StoreError> {
        self.write_with(writing, heads(writing)).await
    }

    /// The same with the step that writes the document points.
    async fn write_with(&self, writing: &[Writing], heads: Operation) -> Result<(), StoreError> {
        self.upsert_parts(writing.into()).await?;

        let mut steps = vec![live(writing.iter().map(|one| one.version.as_str())), heads];
        let replaced = |one: &Writing| one.counted.clone();
        if let Some(of_replaced) = points_of_all(writing.iter().map(|one| (one.id.as_str(), replaced(one)))) {
            steps.push(remove(of_replaced));
        }
        let embedder = writing.first().map(|one| one.document.embedder.clone());
        self.change(steps, embedder).await
    }

    /// Finds documents that must be written again because points of this version are missing or an earlier
    /// version has taken its place. Also removes points that are of no use any more.
    async fn not_standing(&self, writing: Vec<Writing>) -> Result<Vec<Writing>, StoreError> {
        let ids: Vec<String> = writing.iter().map(|writing| writing.id.clone()).collect();
        let (found, there) =
            self.again(|| async { tokio::try_join!(self.stored(ids.clone()), self.versions(&ids)) }).await?;
        let (standing, others): (Vec<Writing>, Vec<Writing>) =
            writing.into_iter().partition(|one| counts(&found, one));
        let of_others = others.iter().map(|one| (one.id.as_str(), Some(one.version.clone())));
        if let Some(of_others) = points_of_all(of_others) {
            // They were found for a moment, and may have been counted.
            self.change(vec![remove(of_others)], None).await?;
        }
        if there.len() > standing.len() {
            self.remove_older(&standing).await?;
        }
        let is_whole =
            |one: &Writing| there.get(&one.version).is_some_and(|there| there.are_all_of(&one.document.info));
        // Where none counts, another host has deleted it before this write was told as done, or the server has not
        // shown it: written again it is there in both cases. A later version that was changed here is looked at once more.
        let is_wanted = |one: &Writing| {
            found.get(&one.id).is_none_or(|stored| {
                points::is_older(&stored.version, &one.version) || one.document.would_undo(&stored.info)
            })
        };
        let broken = standing.into_iter().filter(|one| !is_whole(one));
        Ok(broken.chain(others.into_iter().filter(is_wanted)).collect())
    }

    /// Removes older versions than those written, which imports that were killed have left.
    async fn remove_older(&self, writing: &[Writing]) -> Result<(), StoreError> {
        for Writing { id, version, .. } in writing {
            let there = self.again(|| self.versions(std::slice::from_ref(id))).await?;
            let older: Vec<&str> =
                there.keys().map(String::as_str).filter(|other| points::is_older(other, version)).collect();
            if !older.is_empty() {
                self.delete_where(points_of_any(id, older)).await?;
            }
        }
        Ok(())
    }

    /// Changes the document point alone: its version stays, and so do its windows.
    pub(super) async fn change_origin(
        &self,
        id: &str,
        digest: &str,
        origin: Option<&str>,
    ) -> Result<bool, StoreError> {
        let stored = self.again(|| self.stored_document(id)).await?;
        if stored.is_none_or(|stored| stored.info.digest != digest) {
            return Ok(false);
        }
        let point = self.ids().await?.document(id);
        let selected = Filter::must([
            Condition::has_id([PointId::from(point)]),
            points::keyword(points::DIGEST, digest),
        ]);
        // An origin that is null is read as none.
        let none = || Value { kind: Some(Kind::NullValue(0)) };
        let payload = [(points::ORIGIN.to_owned(), origin.map_or_else(none, Value::from))].into();
        self.apply(vec![Operation::SetPayload(SetPayload {
            payload,
            points_selector: Some(selected.into()),
            ..SetPayload::default()
        })])
        .await?;
        Ok(true)
    }

    pub(super) async fn delete(&self, id: &str) -> Result<bool, StoreError> {
        let mut was_there = false;
        // Another host may have put its version there between the look and the removal.
        for _ in 0..WRITES {
            let Some(stored) = self.again(|| self.stored_document(id)).await? else { return Ok(was_there) };
            self.delete_version(&self.ids().await?.document(id), &stored.version).await?;
            was_there = true;
        }
        Err(self.is_written_all_the_time(id, "delete"))
    }

    fn is_written_all_the_time(&self, ids: &str, then: &str) -> StoreError {
        StoreError::Unavailable(format!(
            "{}: other hosts write `{ids}` all the time; {then} it again",
            self.server
        ))
    }

    /// Deletes a document as it was read: a version that has come since stays.
    pub(super) async fn delete_version(&self, point: &str, version: &str) -> Result<(), StoreError> {
        let head =
            Filter::must([Condition::has_id([PointId::from(point)]), points::keyword(VERSION, version)]);
        self.change(vec![remove(head), remove(points_of(point, version))], None).await
    }

    fn expect_embedder(&self, document: &NewDocument, stored: Option<&str>) -> Result<(), StoreError> {
        match stored {
            Some(stored) if stored != document.embedder => Err(StoreError::Broken(format!(
                "{}: collection `{}` holds vectors of {stored}, not of {}; import with that embedder, or delete the \
                 base's documents first",
                self.server, self.collection, document.embedder
            ))),
            _ => Ok(()),
        }
    }

    /// Ids have room for so many sections and windows.
    fn expect_places(&self, document: &NewDocument, shape: CollectionShape) -> Result<(), StoreError> {
        let most = document.sections.len().max(document.windows.len());
        if shape.ids == Ids::Placed && most > MOST_PLACES as usize {
            return Err(StoreError::Broken(format!(
                "{}: `{}` has {most} sections or windows, and a document may have {MOST_PLACES}; split it",
                self.server, document.info.id
            )));
        }
        Ok(())
    }

    /// `stored` is what is there under the document's point.
    fn expect_own(&self, document: &NewDocument, stored: Option<&StoredDocument>) -> Result<(), StoreError> {
        match stored {
            Some(stored) if stored.info.id != document.info.id => Err(StoreError::Broken(format!(
                "{}: `{}` cannot be told apart from `{}` in collection `{}`; import it under another name",
                self.server, document.info.id, stored.info.id, self.collection
            ))),
            _ => Ok(()),
        }
    }

    /// All sections and windows. Requests go in no order, and the points of one are made when it goes, on a thread
    /// of their own: counting a section's terms takes longer than sending it.
    async fn upsert_parts(&self, writing: Arc<[Writing]>) -> Result<(), StoreError> {
        let requests = batches(writing.iter().enumerate().flat_map(|(place, one)| one.parts(place)));
        stream::iter(requests)
            .map(async |parts| {
                let parts: Arc<[StoredPart]> = parts.into();
                self.again(|| async {
                    let (writing, parts) = (Arc::clone(&writing), Arc::clone(&parts));
                    let make = move || parts.iter().filter_map(|part| part.point(&writing)).collect();
                    let points = tokio::task::spawn_blocking(make).await.map_err(|error| {
                        StoreError::Broken(format!("making a document's points stopped: {error}"))
                    })?;
                    self.upsert(points).await
                })
                .await
            })
            .buffer_unordered(REQUESTS)
            .try_for_each(async |()| Ok(()))
            .await
    }

    /// One try.
    pub(super) async fn upsert(&self, points: Vec<PointStruct>) -> Result<(), StoreError> {
        let request = UpsertPointsBuilder::new(&self.collection, points).wait(true);
        self.client.upsert_points(request).await.map(drop).map_err(|error| self.failed(error))
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

    /// Changes what searches find, and raises the base's revision as the last step: whoever counts after it
    /// counts what it has changed. `embedder` is what the base's vectors are made with, where that is known.
    pub(super) async fn change(
        &self,
        mut steps: Vec<Operation>,
        embedder: Option<String>,
    ) -> Result<(), StoreError> {
        let revision = Revision { name: Uuid::new_v4().to_string(), embedder };
        steps.push(Operation::Upsert(PointStructList {
            points: vec![points::revision_point(&revision)],
            ..PointStructList::default()
        }));
        match self.apply(steps).await {
            Ok(()) => {
                self.now_at(revision);
                Ok(())
            }
            Err(error) => {
                self.forget();
                Err(error)
            }
        }
    }

    /// One request, whose operations the server carries out in order.
    async fn apply(&self, operations: Vec<Operation>) -> Result<(), StoreError> {
        let operations: Vec<_> = operations
            .into_iter()
            .map(|operation| PointsUpdateOperation { operation: Some(operation) })
            .collect();
        // Each copy in a cluster looks by itself whether a document point may be replaced: all must hear of
        // writes in one order.
        let ordering = WriteOrdering { r#type: WriteOrderingType::Medium.into() };
        let request: UpdateBatchPoints =
            UpdateBatchPointsBuilder::new(&self.collection, operations).wait(true).ordering(ordering).into();
        self.again(|| async {
            self.client.update_points_batch(request.clone()).await.map_err(|error| self.failed(error))
        })
        .await?;
        Ok(())
    }
}

/// A section or a window of a document that is written.
enum StoredPart {
    Section { document: usize, ordinal: u32 },
    Window { document: usize, ordinal: u32 },
}

impl StoredPart {
    fn point(&self, writing: &[Writing]) -> Option<PointStruct> {
        match *self {
            Self::Section { document, ordinal } => {
                let writing = writing.get(document)?;
                let section = writing.document.sections.get(ordinal as usize)?.clone();
                Some(points::section_point(writing.whole(), ordinal, section))
            }
            Self::Window { document, ordinal } => {
                let writing = writing.get(document)?;
                let window = writing.document.windows.get(ordinal as usize)?.clone();
                let section = writing.document.sections.get(window.section as usize)?;
                Some(points::window_point(writing.whole(), ordinal, window, section, &writing.fields))
            }
        }
    }
}

impl Writing {
    /// Its sections and windows, each with about its size in bytes. `document` is its place among those written.
    fn parts(&self, document: usize) -> impl Iterator<Item = (usize, StoredPart)> {
        let sections = self.document.sections.iter().zip(0..).map(move |(section, ordinal)| {
            let bytes = section.text.len() + section.answer.as_ref().map_or(0, String::len);
            (bytes, StoredPart::Section { document, ordinal })
        });
        let windows = self.document.windows.iter().zip(0..).map(move |(window, ordinal)| {
            let bytes = 4 * window.vector.len() + 16 * window.weights.len();
            (bytes, StoredPart::Window { document, ordinal })
        });
        sections.chain(windows)
    }

    fn head(&self) -> PointStruct {
        points::document_point(&self.id, &self.document, &self.version)
    }

    fn whole(&self) -> Whole<'_> {
        Whole { document: &self.id, version: &self.version, shape: self.shape }
    }

    /// A name for the version that is to count. Its points are called otherwise than those of the one that does.
    fn next_version(&self) -> String {
        let counted = self.counted.as_deref();
        loop {
            let version = points::version_after(counted);
            if counted.is_none_or(|counted| !self.shape.ids.mark(&version).is_of(counted)) {
                return version;
            }
        }
    }
}

/// Whether the version written is the one that counts.
fn counts(found: &HashMap<String, StoredDocument>, one: &Writing) -> bool {
    found.get(&one.id).is_some_and(|stored| stored.version == one.version)
}

/// What fits into each request; every part comes with about its size in bytes.
fn batches<T>(parts: impl Iterator<Item = (usize, T)>) -> Vec<Vec<T>> {
    let mut batches: Vec<Vec<T>> = Vec::new();
    let mut room = 0;
    for (bytes, part) in parts {
        match batches.last_mut().filter(|batch| batch.len() < BATCH && room > 0) {
            Some(batch) => batch.push(part),
            None => {
                batches.push(vec![part]);
                room = BATCH_BYTES;
            }
        }
        room = room.saturating_sub(bytes);
    }
    batches
}

#[cfg(test)]
mod disturbed;
