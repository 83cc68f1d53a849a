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
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_trait::async_trait;

    use super::*;
    use crate::knowledge::base::Base;
    use crate::knowledge::embed::Embedder;
    use crate::knowledge::source::Source;
    use crate::knowledge::store::EmbeddedStore;
    use crate::knowledge::store::contract::Folder;
    use crate::knowledge::{Library, Query};

    struct Characters;

    #[async_trait]
    impl Embedder for Characters {
        async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>, EmbedError> {
            let vector = |text: &String| {
                let mut vector = vec![0.1; 64];
                text.chars().for_each(|c| vector[c as usize * 11 % 64] += 1.0);
                vector
            };
            Ok(texts.iter().map(vector).collect())
        }
    }

    fn embedder() -> LazyEmbedder {
        LazyEmbedder::fake("fake", Arc::new(Characters))
    }

    /// Counts the texts it is given.
    #[derive(Default)]
    struct Counting(AtomicUsize);

    #[async_trait]
    impl Embedder for Counting {
        async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>, EmbedError> {
            self.0.fetch_add(texts.len(), Ordering::Relaxed);
            // Whoever wants the same text comes in while it is embedded.
            tokio::task::yield_now().await;
            Characters.embed(texts).await
        }
    }

    #[tokio::test]
    async fn each_distinct_text_is_embedded_once_also_side_by_side() {
        let counting = Arc::new(Counting::default());
        let judge = QuestionJudge::on(LazyEmbedder::fake("fake", Arc::clone(&counting) as Arc<_>));
        let pairs =
            [("怎么退款", "如何退款"), ("如何退款", " 怎么退款 "), ("怎么退款", "退款"), ("退款", "退款")];
        let judged = pairs.iter().cycle().take(12).map(|(asked, stored)| judge.same(asked, stored));
        let judged = futures_util::future::try_join_all(judged).await.unwrap();
        assert_eq!((judged.len(), judged[3]), (12, 1.0));
        assert_eq!(counting.0.load(Ordering::Relaxed), 3);
    }

    /// What holds the two together: whoever changes the score of a search changes this one too.
    #[tokio::test]
    async fn a_pair_is_as_likely_the_same_as_a_search_of_the_base_says() {
        let stored = ["怎么退款？", "如何申请退款", "你是谁？", "退款要多少天到账"];
        let folder = Folder::new();
        let store = EmbeddedStore::open(folder.0.join("faq.db")).await.unwrap();
        let base = Base::with("faq", BaseSettings::default(), &Arc::new(embedder()), Arc::new(store));
        let lines =
            stored.map(|question| format!("{{\"question\":\"{question}\",\"answer\":\"答：{question}\"}}"));
        base.import(vec![Source::bytes("faq.jsonl", lines.join("\n"))], &|_| {}).await.unwrap();
        let library = Library::of([base]);
        let judge = QuestionJudge::on(embedder());
        for asked in ["怎样申请退款呢", " 你是谁", "天气", "ＡＢ退款"] {
            let query = Query {
                text: asked.into(),
                wordings: None,
                bases: vec!["faq".into()],
                top_k: Some(10),
                threshold: Some(0.0),
                filter: None,
                context: false,
            };
            let hits = library.search(&query).await.unwrap().hits;
            assert_eq!(hits.len(), stored.len());
            for hit in hits {
                let question = hit.text.lines().next().unwrap();
                let same = judge.same(asked, question).await.unwrap();
                let found = hit.same.unwrap();
                assert!((same - found).abs() < 1e-6, "{asked} / {question}: {same}, {found}");
            }
        }
    }
}
