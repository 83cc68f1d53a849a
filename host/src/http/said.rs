//! What the host says of documents, each text with its kind, so that a page can say it in another language.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::knowledge::{DocumentInfo, ImportReport, Note, Unreadable};
use crate::wording::{Worded, known_in, lines};

/// A document, with what its notes are.
pub(super) fn document(document: &DocumentInfo) -> Value {
    let mut told = json!(document);
    told["off"] = document.is_off().into();
    if !document.notes.is_empty() {
        told["note_lines"] =
            document.notes.iter().flat_map(|note| lines(note)).map(|line| json!(line)).collect();
    }
    told
}

/// Documents that could not be read.
pub(super) fn unreadable(all: &[Unreadable]) -> Value {
    all.iter().map(|one| with_kind(json!(one), Worded::of_import(&one.reason))).collect()
}

/// Notes on documents, each with what its text says.
pub(super) fn notes(all: &[Note]) -> Value {
    let told = |note: &Note| {
        let mut told = json!(note);
        told["lines"] = json!(lines(&note.note));
        told
    };
    all.iter().map(told).collect()
}

/// What an import did.
pub(super) fn report(report: &ImportReport) -> Value {
    let mut told = json!(report);
    told["unreadable"] = unreadable(&report.unreadable);
    told["notes"] = notes(&report.notes);
    told
}

/// An answer with what texts in it say.
#[derive(Serialize)]
pub(super) struct WithWording<T> {
    #[serde(flatten)]
    answer: T,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    worded: BTreeMap<String, Worded>,
}

impl<T: Serialize> WithWording<T> {
    /// An answer with the wording of what `told` holds: the part of it that has texts of the host.
    pub(super) fn of(answer: T, told: &Value) -> Self {
        Self { answer, worded: known_in(told) }
    }
}

/// An answer with what its texts say, by the text (`worded`); each object of a list has its own.
pub(super) fn worded(mut answer: Value) -> Value {
    if let Value::Array(all) = answer {
        return all.into_iter().map(worded).collect();
    }
    let known = known_in(&answer);
    if !known.is_empty() && answer.is_object() {
        answer["worded"] = json!(known);
    }
    answer
}

/// The same of an answer that is JSON already, whose bytes stay as they are.
pub(super) fn worded_text(answer: String) -> String {
    let known = serde_json::from_str(&answer).map(|answer| known_in(&answer)).unwrap_or_default();
    match answer.strip_suffix('}') {
        Some(fields) if !known.is_empty() => format!("{fields},\"worded\":{}}}", json!(known)),
        _ => answer,
    }
}

/// The same object with the kind of what it says.
pub(super) fn with_kind(mut told: Value, worded: Option<Worded>) -> Value {
    if let (Value::Object(told), Some(Value::Object(kind))) = (&mut told, worded.map(|worded| json!(worded)))
    {
        told.extend(kind);
    }
    told
}
