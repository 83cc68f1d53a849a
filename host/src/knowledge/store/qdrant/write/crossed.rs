//! Two writers that meet, for tests.

use std::sync::Arc;

use super::super::super::NewDocument;
use super::super::QdrantStore;

impl QdrantStore {
    /// Puts two versions of a document as two hosts do that meet: both have read what counts before either writes, and
    /// the one that began earlier comes first.
    pub(in crate::knowledge::store) async fn put_crossed(&self, earlier: NewDocument, later: NewDocument) {
        let mut both = Vec::new();
        for document in [earlier, later] {
            let mut writing = self.prepared(&[Arc::new(document)]).await.unwrap();
            self.choose_versions(&mut writing).await.unwrap();
            both.push(writing);
        }
        for writing in &both {
            self.write(writing).await.unwrap();
        }
        for writing in both {
            for one in self.not_standing(writing).await.unwrap() {
                self.put(&[one.document]).await.unwrap();
            }
        }
    }
}
