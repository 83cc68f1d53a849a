//! The graph of near windows. A collection begins without one: made while an import still adds to it, it would be made again
//! and again, and take the processors from the import. It is made once the import is over, if there are windows enough.

use std::sync::atomic::Ordering;

use qdrant_client::qdrant::{CollectionInfo, HnswConfigDiff, HnswConfigDiffBuilder, UpdateCollectionBuilder};

use super::super::StoreError;
use super::{QdrantStore, is_missing};

/// Edges of each window: the server's own default.
const EDGES: u64 = 16;
/// What the server takes for no graph.
const NO_GRAPH: u64 = 0;
/// Sections and windows from which on a graph is worth its making: half as many windows are compared by bytes in about 2 ms.
const WORTH_A_GRAPH: u64 = if cfg!(test) { 2_000 } else { 20_000 };

/// What a collection begins with.
pub(super) fn none() -> HnswConfigDiff {
    edges(NO_GRAPH)
}

pub(super) fn is_in(info: &CollectionInfo) -> bool {
    let graph = info.config.as_ref().and_then(|config| config.hnsw_config.as_ref());
    graph.and_then(|graph| graph.m) != Some(NO_GRAPH)
}

fn edges(edges: u64) -> HnswConfigDiff {
    // Without more edges for each value of a payload field: a filter admits few windows, which are all compared, or many,
    // which the graph finds.
    HnswConfigDiffBuilder::default().m(edges).payload_m(0).build()
}

impl QdrantStore {
    /// Called before windows are written: no graph is begun until [`Self::has_imported`].
    pub(super) fn is_about_to_import(&self) {
        self.is_importing.store(true, Ordering::SeqCst);
    }

    /// Called when an import is over.
    pub(super) async fn has_imported(&self) -> Result<(), StoreError> {
        self.is_importing.store(false, Ordering::SeqCst);
        match self.client.collection_info(&self.collection).await {
            Err(error) if is_missing(&error) => Ok(()),
            answer => {
                let info = answer.map_err(|error| self.failed(error))?.result.unwrap_or_default();
                self.make_graph_of(&info).await
            }
        }
    }

    /// Has the graph made where it is wanted and lacks, as where a host was killed in an import, or the collection is of a
    /// time when everything was compared.
    pub(super) async fn make_graph_of(&self, info: &CollectionInfo) -> Result<(), StoreError> {
        let is_wanted = !self.exact && info.points_count() >= WORTH_A_GRAPH;
        if !is_wanted || is_in(info) || self.is_importing.load(Ordering::SeqCst) {
            return Ok(());
        }
        let request = UpdateCollectionBuilder::new(&self.collection).hnsw_config(edges(EDGES));
        self.client.update_collection(request).await.map(drop).map_err(|error| self.failed(error))
    }
}

#[cfg(test)]
impl QdrantStore {
    pub(in crate::knowledge::store) async fn has_graph(&self) -> bool {
        is_in(&self.client.collection_info(&self.collection).await.unwrap().result.unwrap())
    }
}
