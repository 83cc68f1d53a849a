//! The score of a window for a query, the same on every store.
//!
//! ```text
//! score   = 0.7 · dense + 0.3 · lexical                       between 0 and 1
//! dense   = max(0, cosine of the two embeddings)
//! lexical = min(1, Σ idf(t) · weight(t, window) / Σ idf(t))   over the query's distinct terms
//! weight  = tf · (k1 + 1) / (tf + k1 · (1 − b + b · length / 200))     (BM25, k1 = 1.2, b = 0.75)
//! idf     = ln(1 + (N − df + 0.5) / (df + 0.5))               N, df: windows of the base
//! ```
//!
//! The length of a window is set against a fixed 200 terms (about 100 characters) instead of the
//! corpus average, so that what is stored of a window never depends on its neighbours. The lexical
//! part is divided by what a window of that length reaches that has each of the query's terms
//! once, so that a threshold means the same for short and long questions. (Divided by BM25's upper
//! bound, which is 2.2 times that, the right paragraph of CMRC 2018 came first for .976 of the
//! questions, so for .981.) An exact match of a stored question scores 1.

use super::terms::{TermId, Terms};

const DENSE_SHARE: f64 = 0.7;
const LEXICAL_SHARE: f64 = 0.3;
const K1: f64 = 1.2;
const B: f64 = 0.75;
/// Characters and pairs make about two terms a character.
const USUAL_LENGTH: f64 = 200.0;

/// The parts of one window's score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Parts {
    /// Cosine, not below 0.
    pub(super) dense: f64,
    /// BM25 over that of a window with each term once, not above 1.
    pub(super) lexical: f64,
    /// The window is a stored question that equals the query but for width, case, punctuation
    /// and spaces.
    pub(super) exact: bool,
}

impl Parts {
    /// From what a store worked out: a dot product, and a sum of shares times weights.
    pub(super) fn new(dense: f32, lexical: f32, exact: bool) -> Self {
        Self { dense: f64::from(dense).max(0.0), lexical: f64::from(lexical).clamp(0.0, 1.0), exact }
    }

    /// The one score between 0 and 1.
    pub(super) fn score(&self) -> f64 {
        if self.exact {
            return 1.0;
        }
        (DENSE_SHARE * self.dense + LEXICAL_SHARE * self.lexical).clamp(0.0, 1.0)
    }
}

/// What is stored of a window: each term's BM25 weight, ascending by term.
pub(super) fn window_weights(terms: &Terms) -> Vec<(TermId, f32)> {
    let length = f64::from(terms.length) / USUAL_LENGTH;
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
    /// terms is its lexical part. The shares add up to 1.
    pub(super) shares: Vec<(TermId, f32)>,
}

impl QueryWeights {
    /// `df` tells in how many of the base's `windows` windows a term occurs.
    pub(super) fn new(terms: &Terms, windows: u64, df: impl Fn(TermId) -> u64) -> Self {
        let idfs: Vec<_> = terms.counts.iter().map(|&(id, _)| (id, idf(windows, df(id)))).collect();
        let sum: f64 = idfs.iter().map(|(_, idf)| idf).sum();
        let shares = if sum > 0.0 {
            idfs.into_iter().map(|(id, idf)| (id, (idf / sum) as f32)).collect()
        } else {
            Vec::new()
        };
        Self { shares }
    }
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
mod tests {
    use super::*;

    fn lexical(query: &str, window: &str) -> f64 {
        let query = QueryWeights::new(&Terms::of(query), 10, |_| 1);
        let window = window_weights(&Terms::of(window));
        query
            .shares
            .iter()
            .filter_map(|(id, share)| {
                let at = window.binary_search_by_key(id, |(id, _)| *id).ok()?;
                Some(f64::from(share * window[at].1))
            })
            .sum::<f64>()
    }

    #[test]
    fn each_term_once_in_a_usual_window_gives_one() {
        assert_eq!(lexical("平行志愿", "天气预报"), 0.0);
        let filler: String = ('一'..).filter(|c| !"平行志愿".contains(*c)).take(97).collect();
        let usual = lexical("平行志愿", &format!("平行志愿{filler}"));
        assert!((usual - 1.0).abs() < 0.01, "{usual}");
        let often = lexical("平行志愿", &"平行志愿".repeat(50));
        assert!(often > 1.0);
        assert_eq!(Parts::new(0.5, often as f32, false).lexical, 1.0);
        assert_eq!(Parts::new(-0.5, 0.5, false).dense, 0.0);
    }

    #[test]
    fn half_the_terms_give_less_than_all() {
        assert!(lexical("平行志愿", "平行线") < lexical("平行志愿", "平行志愿"));
    }

    #[test]
    fn the_score_is_the_documented_mix() {
        let parts = Parts { dense: 0.8, lexical: 0.5, exact: false };
        assert!((parts.score() - 0.71).abs() < 1e-12);
        assert_eq!(Parts { exact: true, ..parts }.score(), 1.0);
    }

    #[test]
    fn rare_terms_weigh_more() {
        assert!(idf(100, 1) > idf(100, 50));
        assert!(idf(10, 20) > 0.0, "counted while written to");
    }

    #[test]
    fn dot_of_normalised_vectors_is_the_cosine() {
        let mut a: Vec<f32> = (0..21u8).map(f32::from).collect();
        let mut b: Vec<f32> = (0..21u8).map(|x| f32::from(x) * 3.0).collect();
        assert!(normalise(&mut a) && normalise(&mut b));
        assert!((dot(&a, &b) - 1.0).abs() < 1e-6);
        assert!(!normalise(&mut [0.0, 0.0]));
        assert!(!normalise(&mut [f32::NAN, 0.0]));
    }
}
