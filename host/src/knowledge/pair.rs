//! Scores one stored question for an asked one, without a store.

use super::embed::{EmbedError, LazyEmbedder};
use super::question::sameness;
use super::retrieve::MAX_QUERY_CHARS;
use super::score::dot;
use super::settings::{BaseSettings, EmbedderSettings};
use super::terms::question_key;

/// Judges questions as a base with these settings would that had them stored.
pub struct QuestionJudge {
    embedder: LazyEmbedder,
}

impl QuestionJudge {
    /// With the embedder that a base with these settings uses.
    pub fn new(
        settings: &BaseSettings,
        embedders: &std::collections::BTreeMap<String, EmbedderSettings>,
    ) -> Self {
        let embedder = embedders.get(&settings.embedder).cloned().unwrap_or_default();
        Self { embedder: LazyEmbedder::new(&settings.embedder, embedder) }
    }

    /// How likely both questions mean the same, 0 to 1: [`Hit::same`](super::Hit::same) of the
    /// stored one in a search for `asked`. 0 where one of them has neither letter nor digit.
    pub async fn same(&self, asked: &str, stored: &str) -> Result<f64, EmbedError> {
        let asked: String = asked.trim().chars().take(MAX_QUERY_CHARS).collect();
        let stored = stored.trim();
        let (Some(asked_key), Some(stored_key)) = (question_key(&asked), question_key(stored)) else {
            return Ok(0.0);
        };
        let query = self.embedder.query(&asked, None).await?;
        let window = self.embedder.documents(vec![stored.to_owned()], None).await?.pop().unwrap_or_default();
        let cosine = f64::from(dot(&query, &window)).max(0.0);
        Ok(sameness(&asked_key, &stored_key, cosine))
    }
}

impl std::fmt::Debug for QuestionJudge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QuestionJudge").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

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
        let judge = QuestionJudge { embedder: embedder() };
        for asked in ["怎样申请退款呢", " 你是谁", "天气", "ＡＢ退款"] {
            let query = Query {
                text: asked.into(),
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
