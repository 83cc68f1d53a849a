//! How far an import is, and what it did, on a terminal.

use std::io::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::clean;
use crate::cli::CommandError;
use crate::knowledge::{Base, DocumentOutcome, Note, Progress, Unreadable};
use crate::web::LastRun;

/// What an import did, in a line.
pub(super) fn summary(base: &Base, of: &str, run: &LastRun) {
    let LastRun { imported, unchanged, deleted, windows, unreadable_total, .. } = run;
    outln!(
        "{}: {of}{imported} imported, {unchanged} unchanged, {deleted} deleted, {windows} windows embedded, \
         {unreadable_total} unreadable",
        base.name()
    );
}

pub(super) fn print_notes(notes: &[Note]) {
    for note in notes {
        match note.note.split_once('\n') {
            None => outln!("  {}: {}", clean::line(&note.document), clean::line(&note.note)),
            Some(_) => {
                outln!("  {}:", clean::line(&note.document));
                note.note.lines().for_each(|line| outln!("    - {}", clean::line(line)));
            }
        }
    }
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
            format!("imported\t{document}\t{} windows\t{}", info.windows, info.digest)
        }
        Some(DocumentOutcome::Unchanged) => format!("unchanged\t{document}"),
        Some(DocumentOutcome::Unreadable(reason)) => {
            format!("unreadable\t{document}\t{}", clean::line(reason))
        }
        Some(DocumentOutcome::Noted(note)) => format!("note\t{document}\t{}", clean::line(note)),
        Some(DocumentOutcome::Deleted) => format!("deleted\t{document}"),
    };
    // A reader that has left is no reason to stop.
    let _ = writeln!(std::io::stdout(), "{line}");
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
