//! What a base bounds itself.

use async_trait::async_trait;

use super::*;
use crate::knowledge::embed::Embedder;
use crate::knowledge::store::EmbeddedStore;
use crate::knowledge::store::contract::Folder;

struct NoEmbedder;

#[async_trait]
impl Embedder for NoEmbedder {
    async fn embed(&self, _: Vec<String>) -> Result<Vec<Vec<f32>>, EmbedError> {
        Ok(Vec::new())
    }
}

/// A server that works off what it is told and says no more which generation serves.
struct Halting(Arc<dyn Store>);

#[async_trait]
impl GenerationStore for Halting {
    async fn current(&self) -> Result<u64, StoreError> {
        std::future::pending().await
    }

    async fn open(&self, _: u64) -> Result<Arc<dyn Store>, StoreError> {
        Ok(Arc::clone(&self.0))
    }

    async fn switch(&self, _: u64) -> Result<(), StoreError> {
        Ok(())
    }

    async fn remove(&self, _: u64) -> Result<(), StoreError> {
        Ok(())
    }

    fn keeps_readers(&self) -> bool {
        true
    }

    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_millis(100))
    }
}

#[tokio::test]
async fn a_deletion_takes_no_longer_than_its_store_may_with_all_its_steps() {
    let folder = Folder::new();
    let store: Arc<dyn Store> = Arc::new(EmbeddedStore::open(folder.0.join("a.db")).await.unwrap());
    let embedder = Arc::new(LazyEmbedder::fake("no", Arc::new(NoEmbedder) as Arc<dyn Embedder>));
    let base = Base::with("a", BaseSettings::default(), &embedder, Arc::clone(&store));
    let base = Base { shelf: Arc::new(Halting(store)), ..base };
    let deletion = tokio::time::timeout(Duration::from_secs(60), base.delete("a.md")).await.unwrap();
    assert!(matches!(deletion, Err(StoreError::Unavailable(_))), "{deletion:?}");
}
