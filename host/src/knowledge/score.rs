//! The score of a window for a query, the same on every store.
//!
//! ```text
//! score   = d · dense + (1 − d) · √lexical                    between 0 and 1
//!         = √lexical                                          without vectors
//! d       = 0.7 − 0.4 · rare                                  a question's, the same for all windows of a base
//! rare    = (idf₆ − 6.25) / (max(8, idf(1)) − 6.25)           between 0 and 1; idf₆: mean of the question's six
//!                                                             highest idf; idf(1): that of a term in one window
//! dense   = max(0, cosine of the two embeddings)
//! lexical = half of it the window's, half its section's, each
//!           min(1, Σ share(t) · weight(t))                    over the query's distinct terms
//! share   = n · idf^1.5 / Σ n · idf^1.5                       without question words; n: 1, or how much those
//!                                                             of a question's wordings count that have the term
//! weight  = tf · (k1 + 1) / (tf + k1 · (1 − b + b · length / usual))      (BM25, k1 = 1.2, b = 0.75)
//! usual   = 200 terms for a window (about 100 characters), 400 for a section
//! idf     = ln(1 + (N − df + 0.5) / (df + 0.5))               N, df: windows of the base
//! ```
//!
//! Lengths are set against fixed ones instead of the corpus average, so that what is stored of a
//! window never depends on its neighbours. The lexical part is divided by what a window of usual
//! length reaches that has each of the query's terms once, so that a threshold means the same for
//! short and long questions. Its root counts the first words in common more than the last. Rare words, such as names,
//! tell texts apart better than a small embedder does, which knows few of them: the more of them a question has, the
//! more words count. In a base of a few hundred windows no word is known to be rare. An exact
//! match of a stored question scores 1. What each part gained, on which set, and how it was chosen is
//! in `docs/retrieval-score.md`.

use super::question::AskedQuestion;
use super::terms::{TermId, Terms};

/// How much of a score is its dense part, for a question without rare words and for one of nothing else.
const DENSE_SHARE: f64 = 0.7;
const DENSE_SHARE_OF_RARE: f64 = 0.3;
/// A name of three or four characters is so many terms.
const RAREST: usize = 6;
/// The mean idf of the rarest terms from which on words count more: that of what one window of 500 has.
const RARE_FROM: f64 = 6.25;
/// The least idf at which they count most: that of what one window of 3,000 has.
const RARE_AT_LEAST: f64 = 8.0;
const K1: f64 = 1.2;
const B: f64 = 0.75;
/// Characters and pairs make about two terms a character.
const USUAL_WINDOW: f64 = 200.0;
const USUAL_SECTION: f64 = 400.0;
/// Rare words tell more of what is asked than BM25 has it.
const IDF_POWER: f64 = 1.5;

/// The parts of one window's score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ScoreParts {
    /// Cosine, not below 0; `None` where the question has no vector.
    pub(super) dense: Option<f64>,
    /// BM25 over that of a text with each term once, not above 1: mean of window and section.
    pub(super) lexical: f64,
    /// How much of the score is the dense part.
    pub(super) dense_share: f64,
    /// The window is a stored question that equals the query but for width, case, script,
    /// punctuation, spaces and politeness.
    pub(super) exact: bool,
    /// Where the window is a stored question: how likely it means the same as the query.
    pub(super) same: Option<f64>,
}

/// What a store worked out of a window.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Worked {
    /// The dot product; `None` where the question has no vector.
    pub(super) dense: Option<f32>,
    /// The sum of shares times weights over the window's terms, and over its section's.
    pub(super) window: f32,
    pub(super) section: f32,
}

impl ScoreParts {
    /// `dense_share` is the query's, `asked` the query as a question, `stored` the window's key where it is one.
    pub(super) fn new(
        worked: Worked,
        dense_share: f64,
        asked: Option<&AskedQuestion>,
        stored: Option<&str>,
    ) -> Self {
        let dense = worked.dense.map(|dense| f64::from(dense).max(0.0));
        let lexical = |sum: f32| f64::from(sum).clamp(0.0, 1.0);
        let pair = asked.zip(stored);
        let exact = pair.is_some_and(|(asked, stored)| asked.key() == stored);
        // Without vectors only equal wording shows that two questions mean the same.
        let same = match dense {
            Some(dense) => pair.map(|(asked, stored)| asked.sameness(stored, dense)),
            None => exact.then_some(1.0),
        };
        let lexical = (lexical(worked.window) + lexical(worked.section)) / 2.0;
        Self { dense, lexical, dense_share, exact, same }
    }

    /// The one score between 0 and 1.
    pub(super) fn score(&self) -> f64 {
        if self.exact {
            return 1.0;
        }
        let lexical = self.lexical.sqrt();
        let share = self.dense_share;
        let score = self.dense.map_or(lexical, |dense| share * dense + (1.0 - share) * lexical);
        score.clamp(0.0, 1.0)
    }
}

/// What is stored of a window: each term's BM25 weight, ascending by term.
pub(super) fn window_weights(terms: &Terms) -> Vec<(TermId, f32)> {
    weights(terms, USUAL_WINDOW)
}

/// What is stored of a section, in the same way.
pub(super) fn section_weights(terms: &Terms) -> Vec<(TermId, f32)> {
    weights(terms, USUAL_SECTION)
}

fn weights(terms: &Terms, usual: f64) -> Vec<(TermId, f32)> {
    let length = f64::from(terms.length) / usual;
    terms
        .counts
        .iter()
        .map(|&(id, tf)| {
            let tf = f64::from(tf);
            (id, (tf * (K1 + 1.0) / (tf + K1 * (1.0 - B + B * length))) as f32)
        })
        .collect()
}

/// The query's side of BM25: what a store multiplies its windows' weights with.
#[derive(Debug, Clone)]
pub(super) struct QueryWeights {
    /// Each distinct term's share, ascending by term: `min(1, Σ share · weight)` over a window's
    /// or a section's terms is its half of the lexical part. The shares add up to 1.
    pub(super) shares: Vec<(TermId, f32)>,
    /// How much of a window's score is its dense part, .3 to .7.
    pub(super) dense_share: f64,
}

impl QueryWeights {
    /// `df` tells in how many of the base's `windows` windows a term occurs. A term weighs as often as it is counted.
    pub(super) fn new(terms: &Terms, windows: u64, df: impl Fn(TermId) -> u64) -> Self {
        let dense_share = dense_share(terms.counts.iter().map(|&(id, _)| idf(windows, df(id))), windows);
        let idfs: Vec<_> = terms
            .counts
            .iter()
            .map(|&(id, n)| (id, f64::from(n) * idf(windows, df(id)).powf(IDF_POWER)))
            .collect();
        let sum: f64 = idfs.iter().map(|(_, idf)| idf).sum();
        let shares = if sum > 0.0 {
            idfs.into_iter().map(|(id, idf)| (id, (idf / sum) as f32)).collect()
        } else {
            Vec::new()
        };
        Self { shares, dense_share }
    }

    /// The sum of shares times weights; both ascend by term.
    pub(super) fn lexical(&self, weights: impl Iterator<Item = (TermId, f32)>) -> f32 {
        let mut shares = self.shares.iter().peekable();
        let mut sum = 0.0;
        for (term, weight) in weights {
            while shares.next_if(|(other, _)| *other < term).is_some() {}
            if let Some((_, share)) = shares.next_if(|(other, _)| *other == term) {
                sum += share * weight;
            }
        }
        sum
    }

    /// How much of a window's score is its lexical part: all of it, where the question has no vector.
    pub(super) fn lexical_share(&self, has_vector: bool) -> f64 {
        if has_vector { 1.0 - self.dense_share } else { 1.0 }
    }
}

/// How much of a score is its dense part, for a question whose terms have these idf.
fn dense_share(idfs: impl Iterator<Item = f64>, windows: u64) -> f64 {
    let mut idfs: Vec<f64> = idfs.collect();
    idfs.sort_by(|a, b| b.total_cmp(a));
    idfs.truncate(RAREST);
    let mean = idfs.iter().sum::<f64>() / idfs.len().max(1) as f64;
    let most = RARE_AT_LEAST.max(idf(windows, 1));
    let rare = ((mean - RARE_FROM) / (most - RARE_FROM)).clamp(0.0, 1.0);
    DENSE_SHARE + (DENSE_SHARE_OF_RARE - DENSE_SHARE) * rare
}

fn idf(windows: u64, df: u64) -> f64 {
    // A store that counts while it is written to may see more of a term than of windows.
    let (windows, df) = (windows.max(df) as f64, df as f64);
    (1.0 + (windows - df + 0.5) / (df + 0.5)).ln()
}

/// Scales a vector to length 1, so that a dot product is the cosine. `false` where it has no
/// direction.
pub(super) fn normalise(vector: &mut [f32]) -> bool {
    let length = vector.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>().sqrt();
    if !length.is_finite() || length <= f64::from(f32::MIN_POSITIVE) {
        return false;
    }
    for x in vector {
        *x = (f64::from(*x) / length) as f32;
    }
    true
}

/// The dot product, in eight lanes so that the compiler uses the vector unit.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a_lanes, a_rest) = a.as_chunks::<8>();
    let (b_lanes, b_rest) = b.as_chunks::<8>();
    let mut sums = [0f32; 8];
    for (x, y) in a_lanes.iter().zip(b_lanes) {
        for lane in 0..8 {
            sums[lane] += x[lane] * y[lane];
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(x, y)| x * y).sum();
    sums.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests;
