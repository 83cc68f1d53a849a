//! An outcome is what became of one question, so that two evaluations can be compared question by question.

use serde::{Deserialize, Serialize};

use super::report::ShortHit;

/// What became of a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuestionOutcome {
    /// Where it stands in its file.
    pub place: String,
    /// What was asked.
    pub question: String,
    /// What is right; empty where nothing is.
    pub right: Vec<String>,
    /// Whether the best hit was right.
    pub verdict: QuestionVerdict,
    /// The rank of the first right hit; `None` where none came.
    pub right_rank: Option<usize>,
    /// The best score of a right hit.
    pub right_score: Option<f64>,
    /// The best hit.
    pub came: Option<ShortHit>,
}

/// How a question ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionVerdict {
    /// The best hit is right.
    Right,
    /// Another hit is best, or none came.
    Missed,
    /// Nothing is right, and a hit reached its base's threshold.
    WronglyFound,
    /// Nothing is right, and nothing reached its threshold.
    RightlyEmpty,
}

impl QuestionOutcome {
    /// How far it is from what should be: 0 where it is that.
    fn distance(&self) -> usize {
        match self.verdict {
            QuestionVerdict::Right | QuestionVerdict::RightlyEmpty => 0,
            QuestionVerdict::Missed => self.right_rank.unwrap_or(usize::MAX),
            QuestionVerdict::WronglyFound => usize::MAX,
        }
    }

    /// Whether it ended otherwise than before.
    pub fn has_changed_from(&self, before: &Self) -> bool {
        self.verdict != before.verdict || self.right_rank != before.right_rank
    }

    /// Whether it ended better than before.
    pub fn is_better_than(&self, before: &Self) -> bool {
        self.distance() < before.distance()
    }
}
