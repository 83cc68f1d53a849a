//! Evaluation: how well knowledge bases find what is right, measured with the search that chat uses.
//!
//! A [`QuestionFile`] holds questions with what is right for each, or pairs of questions
//! ([`question_file`], read by [`mod@read`]). Questions are asked of bases that exist, or of a [`CorpusShelf`]
//! that holds a corpus of the file's own ([`ask`]); pairs are scored as standard answers are
//! ([`pairs`]). What is made of the outcomes is defined in [`ranking`] (recall, MRR, nDCG) and
//! [`curve`] (precision and recall along the threshold), and told in a [`Report`], which [`mod@page`]
//! draws.

mod ask;
mod corpus;
mod curve;
mod joint;
mod kept;
mod outcome;
mod page;
mod pairs;
mod question;
mod question_file;
mod ranking;
mod read;
mod report;
mod shelf;

use std::time::Instant;

pub use ask::{Adjusted, Retrieval};
pub use corpus::Corpus;
pub use curve::{Curve, Point, WantedPrecision};
pub use joint::{Joint, Thresholds};
pub use kept::{Added, AnswerVerdict, KeptError, KeptQuestion, KeptQuestions};
pub use outcome::{QuestionOutcome, QuestionVerdict};
pub use page::page;
pub use pairs::judge as judge_pairs;
pub use question::{Question, QuestionPair, Right, Skipped};
pub use question_file::{QuestionFile, Questions};
pub use ranking::{AtK, Ranking};
pub use read::{FileKind, ReadError, ReadOptions, read, read_corpus, read_qrels};
pub use report::{BaseSummary, Cosine, Misjudged, Miss, QuestionTimes, Report, ReportPart, ShortHit, Spread};
pub use shelf::{Books, CorpusShelf, ShelfError, shelf_name};

/// What is measured and how much of it is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// The k of recall@k, each 1 to 100; the highest is how many hits are asked for, at least 10.
    pub k: Vec<usize>,
    /// Precisions to find the threshold for, each above 0 and at most 1.
    pub precision: Vec<f64>,
    /// Most misses that are told.
    pub misses: usize,
    /// Questions at work side by side.
    pub side_by_side: usize,
    /// Whether the report also has the figures of the bare cosine, for comparison.
    pub cosine: bool,
}

impl Default for Measure {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self {
            k: vec![1, 3, 5, 10],
            precision: vec![0.9, 0.94, 0.95, 0.99],
            misses: 20,
            side_by_side: cores * 2,
            cosine: false,
        }
    }
}

impl Measure {
    /// Says which of the settings cannot work, and puts them in order.
    pub fn checked(mut self) -> Result<Self, String> {
        if self.k.is_empty() || self.k.iter().any(|k| !(1..=100).contains(k)) {
            return Err("k must be one or more numbers from 1 to 100, such as 1,3,5,10".into());
        }
        if self.precision.iter().any(|&wanted| !(wanted > 0.0 && wanted <= 1.0)) {
            return Err("a precision must be above 0 and at most 1, such as 0.9 or 0.9,0.95".into());
        }
        self.k.sort_unstable();
        self.k.dedup();
        self.precision.sort_by(f64::total_cmp);
        self.precision.dedup();
        Ok(self)
    }

    /// Hits to ask for.
    fn depth(&self) -> usize {
        self.k.iter().copied().max().unwrap_or(0).max(ranking::DEPTH)
    }
}

/// Why an evaluation stopped.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    /// The library or an embedder could not answer: what is left of the questions would be no
    /// measurement.
    #[error("{place}: {cause}")]
    Search {
        /// The place of the question in its file.
        place: String,
        /// Why.
        cause: String,
    },
    /// The questions do not fit what they are asked of.
    #[error("{0}")]
    Unfit(String),
}

/// Told how many of the questions or pairs are done.
pub type TellDone<'a> = &'a (dyn Fn(usize) + Send + Sync);

fn seconds_since(started: Instant) -> f64 {
    started.elapsed().as_secs_f64()
}
