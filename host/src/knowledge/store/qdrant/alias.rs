//! Aliases: the name under which a base's hosts agree on the collection that serves.

use std::collections::HashMap;

use qdrant_client::QdrantError;
use qdrant_client::qdrant::{CreateAliasBuilder, RenameAliasBuilder};

use super::super::StoreError;
use super::{QdrantStore, is_missing};

impl QdrantStore {
    /// All aliases of the server, each with the collection that it points to, of one moment.
    pub(in crate::knowledge) async fn aliases(&self) -> Result<HashMap<String, String>, StoreError> {
        let list = async { self.client.list_aliases().await.map_err(|error| self.failed(error)) };
        let answer = self.in_full(list).await?;
        Ok(answer.aliases.into_iter().map(|found| (found.alias_name, found.collection_name)).collect())
    }

    /// Points an alias to a collection, wherever it pointed before, in one step; `false` where there is no such collection.
    pub(in crate::knowledge) async fn point_alias(
        &self,
        alias: &str,
        collection: &str,
    ) -> Result<bool, StoreError> {
        let request = CreateAliasBuilder::new(collection, alias);
        let point = async { self.if_there(self.client.create_alias(request).await) };
        self.in_full(point).await
    }

    /// Gives an alias another name, which points to nothing else from then on, in one step; `false` where there is no such
    /// alias.
    pub(in crate::knowledge) async fn rename_alias(&self, from: &str, to: &str) -> Result<bool, StoreError> {
        let request = RenameAliasBuilder::new(from, to);
        let rename = async { self.if_there(self.client.rename_alias(request).await) };
        self.in_full(rename).await
    }

    /// `false` where what was asked for is not there.
    fn if_there<T>(&self, answer: Result<T, QdrantError>) -> Result<bool, StoreError> {
        match answer {
            Err(error) if is_missing(&error) => Ok(false),
            Err(error) => Err(self.failed(error)),
            Ok(_) => Ok(true),
        }
    }

    /// Drops an alias, and not what it points to; none is not an error.
    pub(in crate::knowledge) async fn drop_alias(&self, alias: &str) -> Result<(), StoreError> {
        let request = self.client.delete_alias(alias);
        self.in_full(async { request.await.map_err(|error| self.failed(error)) }).await?;
        Ok(())
    }

    /// Drops a collection with all that is in it; none is not an error.
    pub(in crate::knowledge) async fn drop_collection(&self, collection: &str) -> Result<(), StoreError> {
        let drop = async { self.if_there(self.client.delete_collection(collection).await) };
        self.in_full(drop).await?;
        Ok(())
    }
}
