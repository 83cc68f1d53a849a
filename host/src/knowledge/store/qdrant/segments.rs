//! Segments: the parts in which the server keeps a collection's points. Those that are full it puts together and makes an
//! index of: windows as bytes, and a graph of near ones.
//!
//! While much is imported, segments are kept small, and none is made anew: for each term of a window that comes, the server
//! (1.16) rewrites the list of all windows of its segment that have the term, and an index that is made of a segment while
//! others follow is made again with each of them. Once the import is over, all are put together to few, each with a graph
//! where there are windows enough: a search goes through every segment. Among 30,000 windows an import took 375 µs of the
//! server's processors for each instead of 1,050, and a search for the nearest 1.3 ms in one segment instead of 5.2 in three.

use qdrant_client::qdrant::{
    CollectionInfo, HnswConfigDiff, HnswConfigDiffBuilder, OptimizersConfigDiff, OptimizersConfigDiffBuilder,
    UpdateCollectionBuilder,
};

use super::super::StoreError;
use super::{QdrantStore, is_missing};

/// Edges of each window: the server's own default.
const EDGES: u64 = 16;
/// What the server takes for no graph.
const NO_GRAPH: u64 = 0;
/// Sections and windows from which on a graph is worth its making: half as many windows are compared by bytes in about 2 ms.
const WORTH_A_GRAPH: u64 = if cfg!(test) { 2_000 } else { 20_000 };

/// Segments that a collection has at least, and is put together to where they have room: the server fills two, its own
/// default on two processors, and more of them make a search longer. Each costs it 17 MiB and 84 mapped files,
/// whatever it holds, so that hundreds of bases have room.
const SEGMENTS: u64 = 2;
/// The most a segment holds, in KiB of vectors, while much is imported: less than the server makes an index from (10,000
/// by its default), and about 4,000 windows of 512 dimensions.
const SMALL: u64 = if cfg!(test) { 8 } else { 8_000 };
/// The most it holds otherwise: half a million windows of 512 dimensions.
const LARGE: u64 = 1_000_000;
/// KiB of vectors of one import from which on segments are kept small: before, the server is not asked.
const MUCH: u64 = SMALL;
/// KiB of vectors of one import from which on they are put together while it goes on: each costs its 17 MiB.
const TOO_MUCH: u64 = 32 * SMALL;

/// How a collection begins: without a graph.
pub(super) fn no_graph() -> HnswConfigDiff {
    edges(NO_GRAPH)
}

/// How many segments a collection begins with.
pub(super) fn few() -> OptimizersConfigDiff {
    OptimizersConfigDiffBuilder::default().default_segment_number(SEGMENTS).build()
}

pub(super) fn has_graph(info: &CollectionInfo) -> bool {
    let graph = info.config.as_ref().and_then(|config| config.hnsw_config.as_ref());
    graph.and_then(|graph| graph.m) != Some(NO_GRAPH)
}

fn are_small(info: &CollectionInfo) -> bool {
    let settings = info.config.as_ref().and_then(|config| config.optimizer_config.as_ref());
    settings.and_then(|settings| settings.max_segment_size).is_some_and(|most| most <= SMALL)
}

fn edges(edges: u64) -> HnswConfigDiff {
    // Without more edges for each value of a payload field: a filter admits few windows, which are all compared, or many,
    // which the graph finds.
    HnswConfigDiffBuilder::default().m(edges).payload_m(0).build()
}

fn of_at_most(kibibytes: u64) -> OptimizersConfigDiff {
    OptimizersConfigDiffBuilder::default()
        .default_segment_number(SEGMENTS)
        .max_segment_size(kibibytes)
        .build()
}

impl QdrantStore {
    /// Called when an import has written so many bytes of vectors. What fails here costs time only.
    pub(super) async fn has_written(&self, bytes: u64) {
        let Some((before, after)) = self.imports.add(bytes) else { return };
        let passes = |kibibytes: u64| (before..after).contains(&(kibibytes * 1024));
        let most = if passes(TOO_MUCH) {
            LARGE
        } else if passes(MUCH) {
            SMALL
        } else {
            return;
        };
        let request = UpdateCollectionBuilder::new(&self.collection).optimizers_config(of_at_most(most));
        if let Err(error) = self.client.update_collection(request).await {
            let error = self.failed(error);
            tracing::warn!(%error, "The server is not told that much is imported; it takes longer");
        }
    }

    /// Called when an import is over.
    pub(super) async fn has_imported(&self) -> Result<(), StoreError> {
        match self.client.collection_info(&self.collection).await {
            Err(error) if is_missing(&error) => Ok(()),
            answer => {
                let info = answer.map_err(|error| self.failed(error))?.result.unwrap_or_default();
                self.put_together(&info).await
            }
        }
    }

    /// Has small segments put together, and the graph made where it is wanted and lacks, also where a host was killed in an
    /// import, or the collection is of a time when everything was compared. Nothing while this host imports.
    pub(super) async fn put_together(&self, info: &CollectionInfo) -> Result<(), StoreError> {
        let lacks_graph = !self.exact && info.points_count() >= WORTH_A_GRAPH && !has_graph(info);
        if self.imports.is_any() || !(lacks_graph || are_small(info)) {
            return Ok(());
        }
        let mut request = UpdateCollectionBuilder::new(&self.collection).optimizers_config(of_at_most(LARGE));
        if lacks_graph {
            request = request.hnsw_config(edges(EDGES));
        }
        self.client.update_collection(request).await.map(drop).map_err(|error| self.failed(error))
    }
}

#[cfg(test)]
impl QdrantStore {
    pub(in crate::knowledge::store) async fn has_graph(&self) -> bool {
        has_graph(&self.info().await)
    }

    /// Whether segments are kept small, as while much is imported.
    pub(in crate::knowledge::store) async fn keeps_segments_small(&self) -> bool {
        are_small(&self.info().await)
    }

    async fn info(&self) -> CollectionInfo {
        self.client.collection_info(&self.collection).await.unwrap().result.unwrap()
    }
}
