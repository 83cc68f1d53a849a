//! A base is one knowledge base: its settings, its embedder and its store.

use std::sync::Arc;

use super::embed::{EmbedError, LazyEmbedder};
use super::settings::BaseSettings;
use super::store::{Candidate, DocumentInfo, Search, Store, StoreError};

/// One knowledge base. Cheap to share; every method may be called side by side with every other.
pub struct Base {
    pub(super) name: String,
    pub(super) settings: BaseSettings,
    pub(super) embedder: Arc<LazyEmbedder>,
    pub(super) store: Arc<dyn Store>,
}

/// Why one knowledge base cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum BaseError {
    /// Its store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its embedder.
    #[error(transparent)]
    Embed(#[from] EmbedError),
    /// What is stored was made with another embedder.
    #[error(
        "knowledge base `{base}` holds vectors of {stored}, but embedder `{embedder}` is {configured}; set \
         `embedder` in [knowledge.{base}] back, or delete the base's documents and import them again"
    )]
    OtherEmbedder {
        /// The base's name.
        base: String,
        /// The name of the embedder's table.
        embedder: String,
        /// Fingerprint of what made the stored vectors.
        stored: String,
        /// Fingerprint of the configured embedder.
        configured: String,
    },
}

impl Base {
    /// The name of its table.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What people call it.
    pub fn title(&self) -> &str {
        self.settings.title.as_deref().unwrap_or(&self.name)
    }

    /// What the operator wrote.
    pub fn settings(&self) -> &BaseSettings {
        &self.settings
    }

    /// All documents, by id.
    pub async fn documents(&self) -> Result<Vec<DocumentInfo>, StoreError> {
        self.store.documents().await
    }

    /// One document; `None` where there is none with this id.
    pub async fn document(&self, id: &str) -> Result<Option<DocumentInfo>, StoreError> {
        self.store.document(id).await
    }

    /// Deletes a document; `false` where there is none with this id. Searches that start
    /// afterwards do not find it.
    pub async fn delete(&self, document_id: &str) -> Result<bool, StoreError> {
        self.store.delete_document(document_id).await
    }

    /// Refuses where what is stored cannot be compared with what the embedder makes now.
    pub(super) async fn expect_embedder(&self) -> Result<(), BaseError> {
        let Some(stored) = self.store.embedder().await? else { return Ok(()) };
        let configured = self.embedder.fingerprint().await?;
        if stored == configured {
            return Ok(());
        }
        Err(BaseError::OtherEmbedder {
            base: self.name.clone(),
            embedder: self.embedder.name().to_owned(),
            stored,
            configured: configured.to_owned(),
        })
    }

    pub(super) async fn candidates(&self, search: Search) -> Result<Vec<Candidate>, BaseError> {
        self.expect_embedder().await?;
        Ok(self.store.search(search).await?)
    }
}

impl std::fmt::Debug for Base {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Base")
            .field("name", &self.name)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
