//! Aliases: the name under which a base's hosts agree on the collection that serves.

use qdrant_client::qdrant::CreateAliasBuilder;

use super::super::StoreError;
use super::{QdrantStore, is_missing};

impl QdrantStore {
    /// The collection an alias points to; `None` where there is no such alias.
    pub(in crate::knowledge) async fn alias(&self, alias: &str) -> Result<Option<String>, StoreError> {
        let list = async { self.client.list_aliases().await.map_err(|error| self.failed(error)) };
        let answer = self.in_full(list).await?;
        let found = answer.aliases.into_iter().find(|found| found.alias_name == alias);
        Ok(found.map(|found| found.collection_name))
    }

    /// Points an alias to a collection, wherever it pointed before, in one step.
    pub(in crate::knowledge) async fn point_alias(
        &self,
        alias: &str,
        collection: &str,
    ) -> Result<(), StoreError> {
        let request = CreateAliasBuilder::new(collection, alias);
        self.in_full(async { self.client.create_alias(request).await.map_err(|error| self.failed(error)) })
            .await?;
        Ok(())
    }

    /// Drops a collection with all that is in it; none is not an error.
    pub(in crate::knowledge) async fn drop_collection(&self, collection: &str) -> Result<(), StoreError> {
        let drop = async {
            match self.client.delete_collection(collection).await {
                Err(error) if !is_missing(&error) => Err(self.failed(error)),
                _ => Ok(()),
            }
        };
        self.in_full(drop).await
    }
}
