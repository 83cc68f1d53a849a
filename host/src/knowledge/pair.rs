//! Scores one stored question for an asked one, without a store.

use std::collections::{HashMap, HashSet};

use super::embed::{EmbedError, LazyEmbedder};
use super::retrieve::MAX_QUERY_CHARS;
use super::score::{Parts, QueryWeights, dot, window_weights};
use super::settings::{BaseSettings, EmbedderSettings};
use super::terms::{TermId, Terms, question_key};

/// The questions of a Q&A base, as far as their number and words are known: enough to score any one
/// of them as a search of the base would.
pub struct StoredQuestions {
    embedder: LazyEmbedder,
    /// How many there are.
    windows: u64,
    /// In how many of them a term occurs.
    frequencies: HashMap<TermId, u64>,
}

impl StoredQuestions {
    /// A base with these settings that holds exactly these questions, each once.
    pub fn new<'a>(
        settings: &BaseSettings,
        embedders: &std::collections::BTreeMap<String, EmbedderSettings>,
        questions: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let embedder = embedders.get(&settings.embedder).cloned().unwrap_or_default();
        Self::with(LazyEmbedder::new(&settings.embedder, embedder), questions)
    }

    fn with<'a>(embedder: LazyEmbedder, questions: impl IntoIterator<Item = &'a str>) -> Self {
        let questions: HashSet<&str> = questions.into_iter().map(str::trim).collect();
        let mut frequencies = HashMap::new();
        for question in &questions {
            for (term, _) in Terms::of(question).counts {
                *frequencies.entry(term).or_insert(0) += 1;
            }
        }
        Self { embedder, windows: questions.len() as u64, frequencies }
    }

    /// The score, 0 to 1, that a search for `asked` would give the stored question.
    pub async fn score(&self, asked: &str, stored: &str) -> Result<f64, EmbedError> {
        let asked: String = asked.trim().chars().take(MAX_QUERY_CHARS).collect();
        let stored = stored.trim();
        let query = self.embedder.query(&asked).await?;
        let window = self.embedder.documents(vec![stored.to_owned()]).await?.pop().unwrap_or_default();
        let df = |term| self.frequencies.get(&term).copied().unwrap_or(0);
        let shares = QueryWeights::new(&Terms::of(&asked), self.windows, df).shares;
        let weights = window_weights(&Terms::of(stored));
        let lexical = shares.iter().filter_map(|&(term, share)| {
            let at = weights.binary_search_by_key(&term, |&(term, _)| term).ok()?;
            Some(share * weights[at].1)
        });
        let key = question_key(&asked);
        let exact = key.is_some() && key == question_key(stored);
        Ok(Parts::new(dot(&query, &window), lexical.sum(), exact).score())
    }
}

impl std::fmt::Debug for StoredQuestions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredQuestions").field("windows", &self.windows).finish_non_exhaustive()
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
    async fn a_pair_scores_what_a_search_of_the_base_gives() {
        let stored = ["怎么退款？", "如何申请退款", "你是谁？", "退款要多少天到账"];
        let folder = Folder::new();
        let store = EmbeddedStore::open(folder.0.join("faq.db")).await.unwrap();
        let base = Base::with("faq", BaseSettings::default(), &Arc::new(embedder()), Arc::new(store));
        let lines =
            stored.map(|question| format!("{{\"question\":\"{question}\",\"answer\":\"答：{question}\"}}"));
        base.import(vec![Source::bytes("faq.jsonl", lines.join("\n"))], &|_| {}).await.unwrap();
        let library = Library::of([base]);
        let pairs = StoredQuestions::with(embedder(), stored.into_iter().chain(["你是谁？"]));
        for asked in ["怎样申请退款呢", " 你是谁", "天气", "ＡＢ退款"] {
            let query = Query {
                text: asked.into(),
                bases: vec!["faq".into()],
                top_k: Some(10),
                threshold: Some(0.0),
            };
            let hits = library.search(&query).await.unwrap().hits;
            assert_eq!(hits.len(), stored.len());
            for hit in hits {
                let question = hit.text.lines().next().unwrap();
                let score = pairs.score(asked, question).await.unwrap();
                assert!((score - hit.score).abs() < 1e-6, "{asked} / {question}: {score}, {}", hit.score);
            }
        }
    }
}
