//! Aliases: the name under which a base's hosts agree on the collection that serves.

use std::collections::HashMap;

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

    /// The same as [`Self::point_alias`]; `false` where there is no such collection.
    pub(in crate::knowledge) async fn point_alias_if_there(
        &self,
        alias: &str,
        collection: &str,
    ) -> Result<bool, StoreError> {
        let request = CreateAliasBuilder::new(collection, alias);
        let point = async {
            match self.client.create_alias(request).await {
                Err(error) if is_missing(&error) => Ok(false),
                Err(error) => Err(self.failed(error)),
                Ok(_) => Ok(true),
            }
        };
        self.in_full(point).await
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

    /// Gives an alias another name, which points to nothing else from then on, in one step; `false` where there is no such
    /// alias.
    pub(in crate::knowledge) async fn rename_alias(&self, from: &str, to: &str) -> Result<bool, StoreError> {
        let request = RenameAliasBuilder::new(from, to);
        let rename = async {
            match self.client.rename_alias(request).await {
                Err(error) if is_missing(&error) => Ok(false),
                Err(error) => Err(self.failed(error)),
                Ok(_) => Ok(true),
            }
        };
        self.in_full(rename).await
    }

    /// Drops an alias, and not what it points to; none is not an error.
    pub(in crate::knowledge) async fn drop_alias(&self, alias: &str) -> Result<(), StoreError> {
        let request = self.client.delete_alias(alias);
        self.in_full(async { request.await.map_err(|error| self.failed(error)) }).await?;
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
