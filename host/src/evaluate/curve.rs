//! A curve says what a threshold does: how often what is given out is right, and how much of what
//! is right is given out.
//!
//! A question counts as **answered** at a threshold when its best hit scores at least that, and as
//! **right** when that hit is right. A pair counts as answered when its score reaches the
//! threshold, and as right when the two questions mean the same.
//!
//! ```text
//! precision(t) = right / answered
//! recall(t)    = right / all for which something is right
//! kept(t)      = those with any right hit that scores at least t / all for which something is right
//! ```
//!
//! The best hit decides, because it is what chat puts first: with a standard answer it is the whole
//! answer. `kept` says what the hits below it still bring. Questions for which nothing is right
//! count only against precision.

use serde::{Deserialize, Serialize};

/// One question's or pair's outcome.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ScoredOutcome {
    /// The best hit's score; `None` where nothing came.
    pub(super) score: Option<f64>,
    /// Whether that hit is right.
    pub(super) right: bool,
    /// Whether anything is right.
    pub(super) answerable: bool,
    /// The best score of a right hit.
    pub(super) kept: Option<f64>,
}

/// What a threshold does.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// The threshold.
    pub threshold: f64,
    /// Questions or pairs that reach it.
    pub answered: usize,
    /// Hits among them that are right.
    pub right: usize,
    /// `right / answered`; `None` where nothing reaches the threshold.
    pub precision: Option<f64>,
    /// `right` over all for which something is right.
    pub recall: f64,
    /// The share of questions that keep a right hit at any rank.
    pub kept: f64,
}

impl Point {
    /// The harmonic mean of precision and recall.
    pub fn f1(&self) -> f64 {
        match self.precision {
            Some(precision) if precision + self.recall > 0.0 => {
                2.0 * precision * self.recall / (precision + self.recall)
            }
            _ => 0.0,
        }
    }
}

/// The threshold for a precision.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct WantedPrecision {
    /// The precision asked for.
    pub precision: f64,
    /// The lowest threshold that reaches it, which has the most recall; `None` where none does.
    pub met: Option<Point>,
}

/// Precision and recall along the threshold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Questions or pairs in all.
    pub questions: usize,
    /// Questions for which something is right.
    pub answerable: usize,
    /// At 0.00, 0.01, … 1.00.
    pub points: Vec<Point>,
    /// For each precision asked for.
    pub wanted: Vec<WantedPrecision>,
    /// Where precision and recall balance best.
    pub best_f1: Point,
    /// The highest precision that any threshold reaches.
    pub most_precise: Point,
    /// At the threshold that is configured, where there is one.
    pub configured: Option<Point>,
}

impl Curve {
    pub(super) fn of(outcomes: &[ScoredOutcome], precision: &[f64], configured: Option<f64>) -> Self {
        let steps = Steps::of(outcomes);
        let exact: Vec<Point> = steps.thresholds().collect();
        let best = |value: &dyn Fn(&Point) -> f64| {
            // The lower of two equals: it answers more.
            let better =
                |best: Point, point: &Point| if value(point) >= value(&best) { *point } else { best };
            exact.iter().fold(steps.at(1.0), better)
        };
        Self {
            questions: outcomes.len(),
            answerable: steps.answerable,
            points: (0..=100).map(|step| steps.at(f64::from(step) / 100.0)).collect(),
            wanted: precision
                .iter()
                .map(|&precision| WantedPrecision {
                    precision,
                    met: exact
                        .iter()
                        .rfind(|point| point.precision.is_some_and(|reached| reached >= precision))
                        .copied(),
                })
                .collect(),
            best_f1: best(&Point::f1),
            most_precise: best(&|point| point.precision.unwrap_or(0.0)),
            configured: configured.map(|threshold| steps.at(threshold)),
        }
    }
}

/// Outcomes by score, highest first.
struct Steps {
    /// Score, and whether it is right.
    best: Vec<(f64, bool)>,
    /// Scores of right hits.
    kept: Vec<f64>,
    answerable: usize,
}

impl Steps {
    fn of(outcomes: &[ScoredOutcome]) -> Self {
        let mut best: Vec<_> =
            outcomes.iter().filter_map(|outcome| Some((outcome.score?, outcome.right))).collect();
        best.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut kept: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.kept).collect();
        kept.sort_by(|a, b| b.total_cmp(a));
        Self { best, kept, answerable: outcomes.iter().filter(|outcome| outcome.answerable).count() }
    }

    fn at(&self, threshold: f64) -> Point {
        let answered = self.best.partition_point(|&(score, _)| score >= threshold);
        let right = self.best[..answered].iter().filter(|(_, right)| *right).count();
        self.point(threshold, answered, right)
    }

    fn point(&self, threshold: f64, answered: usize, right: usize) -> Point {
        let share =
            |count: usize| if self.answerable == 0 { 0.0 } else { count as f64 / self.answerable as f64 };
        Point {
            threshold,
            answered,
            right,
            precision: (answered > 0).then(|| right as f64 / answered as f64),
            recall: share(right),
            kept: share(self.kept.partition_point(|&score| score >= threshold)),
        }
    }

    /// One point for each different score, highest first. Its threshold is a short number that
    /// parts this score from the next lower one.
    fn thresholds(&self) -> impl Iterator<Item = Point> {
        let mut right = 0;
        self.best.iter().enumerate().filter_map(move |(at, &(score, is_right))| {
            right += usize::from(is_right);
            let below = self.best.get(at + 1).map_or(f64::NEG_INFINITY, |&(score, _)| score);
            (below < score).then(|| self.point(between(below, score), at + 1, right))
        })
    }
}

/// The number above `below` and not above `score` that has the fewest digits behind the point, at least two.
fn between(below: f64, score: f64) -> f64 {
    (2..=8)
        .map(|digits| {
            let scale = 10f64.powi(digits);
            (score * scale).floor() / scale
        })
        .find(|&short| short > below && short <= score)
        .unwrap_or(score)
}

#[cfg(test)]
mod tests;
