//! A question with what is right for it, or an asked and a stored question that mean the same or not.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::knowledge::Hit;

/// A part of a file that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Such as `line 12`.
    pub place: String,
    /// The cause and the mend.
    pub reason: String,
}

impl std::fmt::Display for Skipped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)
    }
}

/// One question with what is right for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Where it stands in its file, such as `line 12`.
    pub place: String,
    /// Its own id, where the file gives one.
    pub id: Option<String>,
    /// What is asked.
    pub text: String,
    /// The base that should know it, where the file says so.
    pub base: Option<String>,
    /// What is right. Empty: nothing is, and nothing should be found.
    pub right: Vec<Right>,
}

/// One thing that is right for a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Right {
    /// The id of a document, or of one of its hits (`document#3`).
    Id(String),
    /// Text that the hit, or its standard answer, must hold; width, case, punctuation and spaces
    /// aside.
    Text(String),
}

impl Right {
    /// Whether this hit is the right one.
    pub(super) fn is(&self, hit: &Hit) -> bool {
        match self {
            Self::Id(id) => *id == hit.document || *id == hit.id,
            Self::Text(text) => {
                let wanted = letters(text);
                let holds = |shown: &str| letters(shown).contains(&wanted);
                holds(&hit.text) || hit.standard_answer.as_deref().is_some_and(holds)
            }
        }
    }

    /// The question as a report shows it.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Id(id) => id.clone(),
            Self::Text(text) => format!("“{text}”"),
        }
    }
}

/// What two spellings of one text have in common.
pub(super) fn letters(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).collect()
}

/// An asked and a stored question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionPair {
    /// Where it stands in its file.
    pub place: String,
    /// What a user asks.
    pub asked: String,
    /// What is stored with a standard answer.
    pub stored: String,
    /// Whether the stored question's answer is right for the asked one.
    pub same: bool,
}
