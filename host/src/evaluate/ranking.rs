//! A ranking says how high what is right comes, over many questions. Relevance is binary.
//!
//! For one question, `n` things are right and each is found at the rank (from 1) of the first hit
//! that is it, or not at all:
//!
//! ```text
//! recall@k  = things found at rank ≤ k / n
//! hit@k     = 1 where any is found at rank ≤ k, else 0
//! MRR@10    = 1 / rank of the first thing found, 0 where that is beyond 10
//! nDCG@10   = Σ 1/log2(rank + 1) over ranks ≤ 10 / Σ 1/log2(i + 1), i = 1 … min(n, 10)
//! ```
//!
//! Each figure is the mean over the questions for which something is right. Where one thing is
//! right for every question, recall@k and hit@k are the same. A hit that is two right things at
//! once (two pieces of text in one section) counts as one in nDCG, on both sides.

use serde::{Deserialize, Serialize};

/// How far MRR and nDCG look.
pub(super) const DEPTH: usize = 10;

/// Where the things that are right for one question were found: ranks from 1.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct FoundRanks(pub(super) Vec<Option<usize>>);

impl FoundRanks {
    pub(super) fn first(&self) -> Option<usize> {
        self.0.iter().flatten().copied().min()
    }

    fn within(&self, k: usize) -> usize {
        self.0.iter().flatten().filter(|&&rank| rank <= k).count()
    }

    fn ndcg(&self) -> f64 {
        let mut ranks: Vec<usize> = self.0.iter().flatten().copied().collect();
        ranks.sort_unstable();
        let found = ranks.len();
        ranks.dedup();
        let things = self.0.len() - (found - ranks.len());
        let gain = |rank: usize| 1.0 / ((rank + 1) as f64).log2();
        let reached: f64 = ranks.into_iter().filter(|&rank| rank <= DEPTH).map(gain).sum();
        reached / (1..=things.min(DEPTH)).map(gain).sum::<f64>()
    }
}

/// A figure at one depth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AtK {
    /// The depth.
    pub k: usize,
    /// The figure, 0 to 1.
    pub value: f64,
}

/// How high what is right comes, 0 to 1 each, over the questions for which something is right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranking {
    /// Questions for which something is right.
    pub questions: usize,
    /// The share of right things among the first k hits.
    pub recall: Vec<AtK>,
    /// The share of questions with any right thing among the first k hits.
    pub hit: Vec<AtK>,
    /// Mean reciprocal rank of the first right hit, at depth 10.
    pub mrr_at_10: f64,
    /// Normalised discounted cumulative gain, at depth 10.
    pub ndcg_at_10: f64,
}

impl Ranking {
    /// Over questions that each have something right.
    pub(super) fn of<'a>(found: impl Iterator<Item = &'a FoundRanks> + Clone, k: &[usize]) -> Self {
        let questions = found.clone().count();
        let mean = |figure: &dyn Fn(&FoundRanks) -> f64| match questions {
            0 => 0.0,
            _ => found.clone().map(figure).sum::<f64>() / questions as f64,
        };
        let at = |figure: &dyn Fn(&FoundRanks, usize) -> f64| -> Vec<AtK> {
            k.iter().map(|&k| AtK { k, value: mean(&|found| figure(found, k)) }).collect()
        };
        Self {
            questions,
            recall: at(&|found, k| found.within(k) as f64 / found.0.len().max(1) as f64),
            hit: at(&|found, k| if found.within(k) > 0 { 1.0 } else { 0.0 }),
            mrr_at_10: mean(&|found| match found.first() {
                Some(rank) if rank <= DEPTH => 1.0 / rank as f64,
                _ => 0.0,
            }),
            ndcg_at_10: mean(&FoundRanks::ndcg),
        }
    }
}

#[cfg(test)]
mod tests;
