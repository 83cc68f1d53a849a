use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;

use super::*;
use crate::knowledge::base::Base;
use crate::knowledge::embed::Embedder;
use crate::knowledge::source::Source;
use crate::knowledge::store::EmbeddedStore;
use crate::knowledge::store::contract::Folder;
use crate::knowledge::{Library, Query};

struct CharacterEmbedder;

#[async_trait]
impl Embedder for CharacterEmbedder {
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
    LazyEmbedder::fake("fake", Arc::new(CharacterEmbedder))
}

/// Counts the texts it is given.
#[derive(Default)]
struct CountingEmbedder(AtomicUsize);

#[async_trait]
impl Embedder for CountingEmbedder {
    async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>, EmbedError> {
        self.0.fetch_add(texts.len(), Ordering::Relaxed);
        // Whoever wants the same text comes in while it is embedded.
        tokio::task::yield_now().await;
        CharacterEmbedder.embed(texts).await
    }
}

#[tokio::test]
async fn each_distinct_text_is_embedded_once_also_side_by_side() {
    let counting = Arc::new(CountingEmbedder::default());
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
