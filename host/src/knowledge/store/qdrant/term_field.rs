//! A term field is the payload field that holds a window's distinct terms, so that the server counts windows by term.

use std::fmt::Write;

use qdrant_client::qdrant::payload_index_params::IndexParams;
use qdrant_client::qdrant::{
    Condition, FieldType, IntegerIndexParamsBuilder, TextIndexParamsBuilder, TokenizerType, Value,
};

use crate::knowledge::terms::TermId;

const NUMBERS: &str = "terms";
const WORDS: &str = "words";

/// Every name that the field has. What the server counts by is read by nobody.
pub(super) const NAMES: [&str; 2] = [NUMBERS, WORDS];

/// How a collection's windows hold their terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TermField {
    /// As a list of numbers, in collections of earlier versions.
    Numbers,
    /// As one text of words, each of which is a term's number in eight hexadecimal digits. The server (1.16) stores and
    /// indexes each item of a list as a value of its own: with a text an import of 16,000 windows took about an eighth less
    /// of its processors, reading them at its start 0.2 s of them instead of 0.55, and once segments were put together a
    /// count of one of the commonest terms 2 ms instead of 13.
    Words,
}

impl TermField {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Numbers => NUMBERS,
            Self::Words => WORDS,
        }
    }

    pub(super) fn value(self, terms: impl Iterator<Item = TermId>) -> Value {
        match self {
            Self::Numbers => terms.map(i64::from).collect::<Vec<i64>>().into(),
            Self::Words => {
                let mut words = String::new();
                for term in terms {
                    if !words.is_empty() {
                        words.push(' ');
                    }
                    push_word(&mut words, term);
                }
                words.into()
            }
        }
    }

    /// Whether a window has a term.
    pub(super) fn has(self, term: TermId) -> Condition {
        match self {
            Self::Numbers => Condition::matches(NUMBERS, i64::from(term)),
            Self::Words => {
                let mut word = String::new();
                push_word(&mut word, term);
                Condition::matches_text(WORDS, word)
            }
        }
    }

    pub(super) fn index_type(self) -> FieldType {
        match self {
            Self::Numbers => FieldType::Integer,
            Self::Words => FieldType::Text,
        }
    }

    pub(super) fn index(self) -> IndexParams {
        match self {
            // Terms are looked up and never compared; the other index takes as long again.
            Self::Numbers => IntegerIndexParamsBuilder::new(true, false).into(),
            // A word is what stands between spaces, as it is, however long.
            Self::Words => TextIndexParamsBuilder::new(TokenizerType::Whitespace).lowercase(false).into(),
        }
    }
}

/// All words are of one length, so that none is found in another where the server has no index and looks for a part of a
/// word.
fn push_word(words: &mut String, term: TermId) {
    // Writing to a text does not fail.
    let _ = write!(words, "{term:08x}");
}

#[cfg(test)]
mod tests;
