//! A question file is questions with what is right for each, or pairs of questions that mean the
//! same or not.

use super::corpus::Corpus;
use super::question::{Question, QuestionPair, Skipped};

/// What an operator's file holds.
#[derive(Debug, Clone)]
pub struct QuestionFile {
    /// The file's name, for messages and the report.
    pub name: String,
    /// What it holds.
    pub questions: Questions,
    /// What could not be read; the rest counts.
    pub skipped: Vec<Skipped>,
}

/// The two kinds of file.
#[derive(Debug, Clone)]
pub enum Questions {
    /// Each should find what is right for it.
    Retrieval {
        /// The questions.
        questions: Vec<Question>,
        /// The texts they are asked of, where the file brings them (SQuAD).
        corpus: Option<Corpus>,
    },
    /// Would the stored question be taken for the asked one?
    Pairs(Vec<QuestionPair>),
}
