//! A local model embeds in this process. A host loads it at its start, so that no question waits for that.

use std::sync::Arc;

use futures_util::future::join_all;

use super::embed::LazyEmbedder;
use super::library::Library;

/// An embedder that is a model in this process, as it is at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalModel {
    /// The name of its table.
    pub name: String,
    /// Whether it embeds without loading anything first.
    pub is_loaded: bool,
    /// Why it cannot be loaded, as far as that is known.
    pub trouble: Option<String>,
}

impl Library {
    /// Loads the local models that embed for bases; takes some tenths of a second of a processor for each. One
    /// that cannot be loaded is reported in the log, and tried again when it is next needed.
    pub async fn load_models(&self) {
        join_all(self.configured_models().iter().map(|embedder| load(embedder))).await;
        // A base that waits for its re-embedding serves with another model than its configuration names.
        // Asking may take as long as its store does.
        let serving = join_all(self.bases().map(|base| base.now())).await;
        let serving = serving.into_iter().flatten().map(|now| now.embedder);
        let is_left = |embedder: &Arc<LazyEmbedder>| {
            embedder.is_local() && !embedder.is_loaded() && embedder.trouble().is_none()
        };
        let left = distinct(serving.filter(is_left));
        join_all(left.iter().map(|embedder| load(embedder))).await;
    }

    /// The local models that bases are configured for, each once.
    pub fn models(&self) -> Vec<LocalModel> {
        let models = self.configured_models();
        let model = |embedder: &Arc<LazyEmbedder>| LocalModel {
            name: embedder.name().to_owned(),
            is_loaded: embedder.is_loaded(),
            trouble: embedder.trouble(),
        };
        models.iter().map(model).collect()
    }

    fn configured_models(&self) -> Vec<Arc<LazyEmbedder>> {
        distinct(self.bases().map(|base| Arc::clone(&base.embedder)).filter(|embedder| embedder.is_local()))
    }
}

fn distinct(embedders: impl Iterator<Item = Arc<LazyEmbedder>>) -> Vec<Arc<LazyEmbedder>> {
    let mut distinct: Vec<Arc<LazyEmbedder>> = Vec::new();
    for embedder in embedders {
        if !distinct.iter().any(|other| Arc::ptr_eq(other, &embedder)) {
            distinct.push(embedder);
        }
    }
    distinct
}

async fn load(embedder: &LazyEmbedder) {
    match embedder.load().await {
        Ok(()) => tracing::debug!("The model of embedder `{}` is loaded", embedder.name()),
        Err(error) => {
            tracing::warn!("The model of embedder `{}` cannot be loaded: {error}", embedder.name());
        }
    }
}
