//! Putting off the server's index while an import writes much: a segment that is indexed while it still grows is indexed
//! again and again, which takes the processors from the import. Searches compare with every new window until then.

use std::sync::atomic::Ordering;

use qdrant_client::qdrant::{CollectionConfig, OptimizersConfigDiffBuilder, UpdateCollectionBuilder};

use super::super::StoreError;
use super::QdrantStore;

/// Kilobytes of vectors that a segment has before it is indexed: the server's own default.
pub(super) const USUAL_KB: u64 = 10_000;
/// The same while much is written. Four segments hold 200,000 windows of 512 dimensions by then, and to compare a question
/// with all of them takes about a tenth of a second.
pub(super) const PUT_OFF_KB: u64 = 100_000;
/// Windows in one write that are much: a document or two are not worth it.
pub(super) const MUCH: usize = 512;

impl QdrantStore {
    /// Called before so many windows are written. An import goes on where it does not succeed.
    pub(super) async fn put_off_index(&self, windows: usize) {
        if windows >= MUCH && !self.is_index_put_off.swap(true, Ordering::SeqCst) {
            self.index_from(PUT_OFF_KB).await;
        }
    }

    /// Has made what was put off.
    pub(super) async fn make_index(&self) {
        if self.is_index_put_off.swap(false, Ordering::SeqCst) {
            self.index_from(USUAL_KB).await;
        }
    }

    /// Has made what a host that was killed in an import has put off. Another host may be importing: then only its
    /// import takes longer.
    pub(super) async fn make_index_of_killed(&self, config: &CollectionConfig) {
        let found = config.optimizer_config.as_ref().and_then(|optimizers| optimizers.indexing_threshold);
        if found == Some(PUT_OFF_KB) && !self.is_index_put_off.load(Ordering::SeqCst) {
            self.index_from(USUAL_KB).await;
        }
    }

    async fn index_from(&self, kilobytes: u64) {
        let set = async || {
            let optimizers = OptimizersConfigDiffBuilder::default().indexing_threshold(kilobytes);
            let request = UpdateCollectionBuilder::new(&self.collection).optimizers_config(optimizers);
            self.client.update_collection(request).await.map_err(|error| self.failed(error))
        };
        let done: Result<_, StoreError> = self.in_full(set()).await;
        if let Err(error) = done {
            tracing::warn!(%error, "{}: the index is not made when it is best", self.server);
        }
    }
}

#[cfg(test)]
impl QdrantStore {
    /// From how many kilobytes of vectors on a segment is indexed.
    pub(in crate::knowledge::store) async fn indexes_from(&self) -> Option<u64> {
        let info = self.client.collection_info(&self.collection).await.unwrap().result.unwrap();
        info.config.unwrap().optimizer_config.unwrap().indexing_threshold
    }
}
