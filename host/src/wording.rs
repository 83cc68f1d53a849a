//! A wording is one sentence of the host with places for what differs. Whoever shows it in another language goes by its
//! kind and by what stands in the places.
//!
//! The host and the component that reads documents say what is wrong in English, in many places, and notes lie in bases
//! for years as they were written. So the kind is told from the text, by one table for each part; a text without a row is
//! shown as it is.

mod error;
mod import;
mod problem;

use std::collections::BTreeMap;

use serde::Serialize;

/// Bytes of a text that is looked into; in a longer one others have their say.
const LONGEST: usize = 8 << 10;

/// The kind's name, and the sentence with `{name}` for each place. `{}` is a place that says nothing, such as the s of a
/// plural.
type Row = (&'static str, &'static str);

/// What a text says, whatever the language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Worded {
    /// The sentence's name.
    pub kind: &'static str,
    /// What stands in its places, as it was written.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<&'static str, String>,
}

/// A line of a note with what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Line<'a> {
    /// As the host wrote it.
    pub text: &'a str,
    /// Absent where the line is of no known kind.
    #[serde(flatten)]
    pub worded: Option<Worded>,
}

impl Worded {
    /// A line of an import's note, or the reason why a document could not be read.
    pub(crate) fn of_import(text: &str) -> Option<Self> {
        told(import::ROWS, text)
    }

    /// The message of an error of the API.
    pub(crate) fn of_error(text: &str) -> Option<Self> {
        told(error::ROWS, text)
    }

    /// What is wrong with a key of the configuration, cause and mend together.
    pub(crate) fn of_problem(text: &str) -> Option<Self> {
        told(problem::ROWS, text)
    }
}

/// The lines of an import's note.
pub(crate) fn lines(note: &str) -> Vec<Line<'_>> {
    note.lines().map(|text| Line { text, worded: Worded::of_import(text) }).collect()
}

fn told(rows: &[Row], text: &str) -> Option<Worded> {
    let rows = if text.len() > LONGEST { &[] } else { rows };
    rows.iter().find_map(|(kind, sentence)| Some(Worded { kind, params: params(sentence, text)? }))
}

/// What stands in the places of a sentence, where the text is one: each place ends before the first of the words that
/// follow it, the last one with the text.
fn params(sentence: &'static str, text: &str) -> Option<BTreeMap<&'static str, String>> {
    let (begin, rest) = sentence.split_once('{').unwrap_or((sentence, ""));
    let mut left = text.strip_prefix(begin)?;
    let mut params = BTreeMap::new();
    let mut pieces = rest.split('{').filter(|_| !rest.is_empty()).peekable();
    while let Some(piece) = pieces.next() {
        let (name, words) = piece.split_once('}')?;
        let at = match pieces.peek() {
            None => left.ends_with(words).then(|| left.len() - words.len())?,
            Some(_) => left.find(words)?,
        };
        if !name.is_empty() {
            params.insert(name, left[..at].to_owned());
        }
        left = &left[at + words.len()..];
    }
    left.is_empty().then_some(params)
}

#[cfg(test)]
mod tests;
