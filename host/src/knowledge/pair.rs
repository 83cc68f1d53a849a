//! Scores one stored question for an asked one, without a store.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;
use tokio::sync::OnceCell;

use super::embed::{EmbedError, LazyEmbedder};
use super::fold::simplified;
use super::question::sameness;
use super::retrieve::MAX_QUERY_CHARS;
use super::score::dot;
use super::settings::{BaseSettings, EmbedderSettings};
use super::spoken::written;
use super::terms::question_key;

/// Texts whose vectors are kept: a file of pairs has the same question in many. With 512 dimensions they take
/// 64 MiB, with 4096 eight times that.
const KEPT_TEXTS: NonZeroUsize = NonZeroUsize::new(1 << 15).unwrap();

type Vector = Arc<[f32]>;

/// Judges questions as a base with these settings would that had them stored.
pub struct QuestionJudge {
    embedder: LazyEmbedder,
    vectors: Mutex<LruCache<String, Arc<OnceCell<Vector>>>>,
}

impl QuestionJudge {
    /// With the embedder that a base with these settings uses.
    pub fn new(
        settings: &BaseSettings,
        embedders: &std::collections::BTreeMap<String, EmbedderSettings>,
    ) -> Self {
        let embedder = embedders.get(&settings.embedder).cloned().unwrap_or_default();
        Self::on(LazyEmbedder::new(&settings.embedder, embedder))
    }

    fn on(embedder: LazyEmbedder) -> Self {
        Self { embedder, vectors: Mutex::new(LruCache::new(KEPT_TEXTS)) }
    }

    /// How likely both questions mean the same, 0 to 1: [`Hit::same`](super::Hit::same) of the
    /// stored one in a search for `asked`. 0 where one of them has neither letter nor digit.
    pub async fn same(&self, asked: &str, stored: &str) -> Result<f64, EmbedError> {
        self.judge(asked, stored).await.map(|(same, _)| same)
    }

    /// The same, and the cosine of the two embeddings, not below 0, that it comes from.
    pub async fn judge(&self, asked: &str, stored: &str) -> Result<(f64, f64), EmbedError> {
        let asked: String = asked.trim().chars().take(MAX_QUERY_CHARS).collect();
        let stored = stored.trim();
        let (Some(asked_key), Some(stored_key)) = (question_key(&asked), question_key(stored)) else {
            return Ok((0.0, 0.0));
        };
        let query = self.vector(&written(&simplified(&self.embedder.as_query(&asked)))).await?;
        let window = self.vector(stored).await?;
        let cosine = f64::from(dot(&query, &window)).max(0.0);
        Ok((sameness(&asked_key, &stored_key, cosine), cosine))
    }

    /// The vector of length 1 for a text, made once for all pairs that have it: those that are judged side by
    /// side wait for one another.
    async fn vector(&self, text: &str) -> Result<Vector, EmbedError> {
        let kept = {
            let mut vectors = self.vectors.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(vectors.get_or_insert_ref(text, Arc::default))
        };
        let embed = async || {
            let vectors = self.embedder.documents(vec![text.to_owned()], None).await?;
            Ok(vectors.into_iter().next().unwrap_or_default().into())
        };
        kept.get_or_try_init(embed).await.cloned()
    }
}

impl std::fmt::Debug for QuestionJudge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QuestionJudge").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
