//! How far an import is, and what it did, on a terminal.

use std::collections::HashMap;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::clean;
use crate::cli::{CommandError, counted};
use crate::knowledge::{Base, DocumentOutcome, Note, Progress, Unreadable};
use crate::web::LastRun;

/// What an import did, in a line.
pub(super) fn summary(base: &Base, of: &str, run: &LastRun) {
    let LastRun { imported, unchanged, deleted, windows, unreadable_total, .. } = run;
    let windows = counted(*windows, "window");
    outln!(
        "{}: {of}{imported} imported, {unchanged} unchanged, {deleted} deleted, {windows} embedded, \
         {unreadable_total} unreadable",
        base.name()
    );
}

/// Prints each note once, with the names of all documents that have it.
pub(super) fn print_notes(notes: &[Note]) {
    for (note, documents) in by_text(notes) {
        let documents: Vec<_> = documents.into_iter().map(clean::line).collect();
        let documents = documents.join(", ");
        match note.split_once('\n') {
            None => outln!("  {documents}: {}", clean::line(note)),
            Some(_) => {
                outln!("  {documents}:");
                note.lines().for_each(|line| outln!("    - {}", clean::line(line)));
            }
        }
    }
}

/// The texts of notes in the order of their first documents, each with all documents that have it.
fn by_text(notes: &[Note]) -> Vec<(&str, Vec<&str>)> {
    let mut texts: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut places = HashMap::new();
    for note in notes {
        let place = *places.entry(note.note.as_str()).or_insert_with(|| {
            texts.push((note.note.as_str(), Vec::new()));
            texts.len() - 1
        });
        texts[place].1.push(&note.document);
    }
    texts
}

/// Fails where there is one.
pub(super) fn print_unreadable(unreadable: &[Unreadable]) -> Result<(), CommandError> {
    let line = |u: &Unreadable| format!("\n  {}", clean::line(&format!("{}: {}", u.document, u.reason)));
    let lines: Vec<String> = unreadable.iter().map(line).collect();
    if lines.is_empty() { Ok(()) } else { Err(format!("not everything could be read:{}", lines.concat())) }
}

/// A line for each document as soon as it is dealt with.
pub(super) fn tell(progress: &Progress<'_>) {
    let document = clean::line(progress.document);
    let line = match progress.outcome {
        None => return,
        Some(DocumentOutcome::Imported(info)) => {
            format!("imported\t{document}\t{}\t{}", counted(info.windows, "window"), info.digest)
        }
        Some(DocumentOutcome::Unchanged) => format!("unchanged\t{document}"),
        Some(DocumentOutcome::Unreadable(reason)) => {
            format!("unreadable\t{document}\t{}", clean::line(reason))
        }
        Some(DocumentOutcome::Noted(note)) => format!("note\t{document}\t{}", clean::line(note)),
        Some(DocumentOutcome::Deleted) => format!("deleted\t{document}"),
    };
    outln!("{line}");
}

/// Hidden by itself where stderr is not a terminal.
pub(super) fn bar(documents: usize) -> ProgressBar {
    let bar = ProgressBar::new(documents as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} documents, {msg} [{elapsed}]") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

#[cfg(test)]
mod tests;
