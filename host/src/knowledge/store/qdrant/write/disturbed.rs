//! Writers that are disturbed, for tests.

use std::sync::Arc;

use super::super::super::{DocumentInfo, NewDocument};
use super::super::QdrantStore;
use super::Writing;

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
            self.put_again(writing).await;
        }
    }

    /// Puts a document whose entry has gone when its writer looks whether it stands.
    pub(in crate::knowledge::store) async fn put_losing_head(&self, document: NewDocument) {
        let id = document.info.id.clone();
        let mut writing = self.prepared(&[Arc::new(document)]).await.unwrap();
        self.choose_versions(&mut writing).await.unwrap();
        self.write(&writing).await.unwrap();
        self.lose_head(&id).await;
        self.put_again(writing).await;
    }

    /// Puts versions of a document, then has the server lose the entries of all but the first and carry out the write of the
    /// last once more, as it does with its log when it was killed.
    pub(in crate::knowledge::store) async fn put_and_lose(&self, versions: [NewDocument; 3]) {
        let mut written = Vec::new();
        for document in versions {
            let mut writing = self.prepared(&[Arc::new(document)]).await.unwrap();
            self.choose_versions(&mut writing).await.unwrap();
            self.write(&writing).await.unwrap();
            written.push(writing);
        }
        let (first, last) = (&written[0], &written[2]);
        self.upsert(first.iter().map(Writing::head).collect()).await.unwrap();
        self.write(last).await.unwrap();
    }

    /// Replaces what was read while another host puts its version between the look and the write, or deletes the document.
    pub(in crate::knowledge::store) async fn replace_disturbed(
        &self,
        read: &DocumentInfo,
        document: NewDocument,
        other: Option<NewDocument>,
    ) -> bool {
        let id = document.info.id.clone();
        let writing = self.over_read(Some(read), document).await.unwrap().unwrap();
        match other {
            Some(other) => drop(self.put(&[Arc::new(other)]).await.unwrap()),
            None => assert!(self.delete(&id).await.unwrap()),
        }
        self.write_over(writing).await.unwrap()
    }

    async fn put_again(&self, writing: Vec<Writing>) {
        for one in self.not_standing(writing).await.unwrap() {
            self.put(&[one.document]).await.unwrap();
        }
    }
}
