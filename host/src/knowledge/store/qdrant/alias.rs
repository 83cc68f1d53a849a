//! Aliases: the name under which a base's hosts agree on the collection that serves.

use qdrant_client::qdrant::{CreateAliasBuilder, RenameAliasBuilder};

use super::super::StoreError;
use super::{QdrantStore, is_missing};

impl QdrantStore {
    /// The collections that these aliases point to, of one moment; `None` where there is no such alias.
    pub(in crate::knowledge) async fn aliases<const N: usize>(
        &self,
        aliases: [&str; N],
    ) -> Result<[Option<String>; N], StoreError> {
        let list = async { self.client.list_aliases().await.map_err(|error| self.failed(error)) };
        let answer = self.in_full(list).await?;
        Ok(aliases.map(|alias| {
            let found = answer.aliases.iter().find(|found| found.alias_name == alias);
            found.map(|found| found.collection_name.clone())
        }))
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
