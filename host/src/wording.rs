//! A wording is one sentence of the host with places for what differs. Whoever shows it in another language goes by its
//! kind and by what stands in the places.
//!
//! The host and the component that reads documents say what is wrong in English, in many places, and notes lie in bases
//! for years as they were written. So the kind is told from the text, by one table for each part; a text without a row is
//! shown as it is.

mod error;
mod evaluation;
mod import;
mod problem;
mod service;
mod template;
mod turn;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// Bytes of a text that is looked into; in a longer one others have their say.
const LONGEST: usize = 8 << 10;

/// Texts of one answer that are told.
const MOST: usize = 500;

/// Sentences within a sentence that are told.
const DEEPEST: usize = 4;

/// Places that hold a sentence of its own.
const INNER: [&str; 4] = ["rest", "what", "why", "reasons"];

/// Keys of an answer's JSON under which texts of the host stand.
const TOLD: [&str; 10] = [
    "denied",
    "degraded",
    "error",
    "last_errors",
    "notes",
    "reason",
    "skipped",
    "summary",
    "waiting_for",
    "warning",
];

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
    /// What is said in places that hold a sentence of its own, where that is known.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub inner: BTreeMap<&'static str, Worded>,
}

/// A line of a note with what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct NoteLine<'a> {
    /// The text as the host wrote it.
    pub text: &'a str,
    /// Absent where the line is of no known kind.
    #[serde(flatten)]
    pub worded: Option<Worded>,
}

impl Worded {
    /// A line of an import's note, or the reason why a document could not be read.
    pub(crate) fn of_import(text: &str) -> Option<Self> {
        told(import::ROWS, text, 0)
    }

    /// The message of an error of the API.
    pub(crate) fn of_error(text: &str) -> Option<Self> {
        told(error::ROWS, text, 0).or_else(|| told(evaluation::ROWS, text, 0))
    }

    /// What is wrong with a key of the configuration, cause and mend together.
    pub(crate) fn of_problem(text: &str) -> Option<Self> {
        // What is wrong with a template comes with the place in its file.
        let of_template = || {
            let (place, why) = text.split_once(": ")?;
            let inner = told(template::ROWS, why, 1)?;
            let params = BTreeMap::from([("place", place.to_owned()), ("why", why.to_owned())]);
            Some(Self { kind: "template_at", params, inner: BTreeMap::from([("why", inner)]) })
        };
        told(problem::ROWS, text, 0).or_else(|| told(template::ROWS, text, 0)).or_else(of_template)
    }

    /// A text of no place in particular: of a turn, a plugin, a server, an evaluation, an import or the API.
    fn of_any(text: &str, depth: usize) -> Option<Self> {
        let tables = [turn::ROWS, template::ROWS, evaluation::ROWS, service::ROWS, error::ROWS, import::ROWS];
        tables.into_iter().find_map(|rows| told(rows, text, depth))
    }
}

/// What the texts in an answer's JSON say, by the text: of those that are known.
pub(crate) fn known_in(answer: &Value) -> BTreeMap<String, Worded> {
    let mut known = BTreeMap::new();
    gather(answer, false, &mut known);
    known
}

fn gather(value: &Value, is_told: bool, known: &mut BTreeMap<String, Worded>) {
    match value {
        Value::String(text) if is_told && known.len() < MOST && !known.contains_key(text) => {
            match Worded::of_any(text, 0) {
                Some(worded) => _ = known.insert(text.clone(), worded),
                // Several in one, such as what became of each base.
                None if text.len() <= LONGEST => {
                    let parts = text.split("; ").take(MOST);
                    known.extend(parts.filter_map(|part| Some((part.to_owned(), Worded::of_any(part, 0)?))));
                }
                None => {}
            }
        }
        Value::Array(all) => all.iter().for_each(|one| gather(one, is_told, known)),
        Value::Object(fields) => {
            for (key, value) in fields {
                gather(value, TOLD.contains(&key.as_str()) || key == "message" && is_told, known);
            }
        }
        _ => {}
    }
}

/// The lines of an import's note.
pub(crate) fn lines(note: &str) -> Vec<NoteLine<'_>> {
    note.lines().map(|text| NoteLine { text, worded: Worded::of_import(text) }).collect()
}

fn told(rows: &[Row], text: &str, depth: usize) -> Option<Worded> {
    let rows = if text.len() > LONGEST || depth > DEEPEST { &[] } else { rows };
    let (kind, params) = rows.iter().find_map(|(kind, sentence)| Some((*kind, params(sentence, text)?)))?;
    let inner = params.iter().filter(|(place, _)| INNER.contains(place));
    let inner = inner.filter_map(|(place, text)| Some((*place, Worded::of_any(text, depth + 1)?)));
    let inner = inner.collect();
    Some(Worded { kind, params, inner })
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
