//! What the host says of documents, each text with its kind, so that a page can say it in another language.

use serde_json::{Value, json};

use crate::knowledge::{DocumentInfo, ImportReport, Note, Unreadable};
use crate::wording::{Worded, lines};

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

/// Notes on documents.
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

/// The same object with the kind of what it says.
pub(super) fn with_kind(mut told: Value, worded: Option<Worded>) -> Value {
    if let (Value::Object(told), Some(Value::Object(kind))) = (&mut told, worded.map(|worded| json!(worded)))
    {
        told.extend(kind);
    }
    told
}
