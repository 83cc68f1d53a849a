//! `kb import` and `kb reembed`: the two that take long.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::Failure;
use super::fetch::{Fetching, is_address};
use crate::clean;
use crate::config::Config;
use crate::knowledge::{
    Base, ImportOptions, ImportReport, Metadata, Note, Outcome, OutsideReader, Progress, ReembedOptions,
    Source, Unreadable, refuse_same_names, sources_in,
};
use crate::web::{LastRun, Page};

#[derive(Args)]
pub(in crate::cli) struct ImportFlags {
    /// Then delete the documents that came from the same folders and are not there any more.
    #[arg(long)]
    prune: bool,
    /// Where the documents come from, instead of the folder's path: with it a folder may move.
    #[arg(long)]
    origin: Option<String>,
    /// Metadata of all these documents, such as `province=广东`; the same key again adds a value.
    #[arg(long, value_name = "KEY=VALUE")]
    meta: Vec<String>,
    /// An HTTP service that reads PDF, DOCX, XLSX, HTML and pictures instead of the host: it is sent each file as the body of a
    /// POST, with `?name=`, and answers with markdown.
    #[arg(long, value_name = "URL")]
    reader: Option<String>,
    /// The variable that holds the reader's key, if it wants one.
    #[arg(long, value_name = "VARIABLE", requires = "reader")]
    reader_key_env: Option<String>,
    /// Only show how the documents would be cut; nothing is stored or deleted.
    #[arg(long)]
    dry_run: bool,
    /// Print a line for each document as soon as it is dealt with: `imported`, `unchanged`,
    /// `unreadable`, `deleted` or `note`, and its id.
    #[arg(short, long)]
    verbose: bool,
}

/// One folder or file, and where its documents come from.
struct Part {
    sources: Vec<Source>,
    origin: Option<String>,
}

/// The files at a path, of which there must be some: a folder that holds nothing is more often not mounted than meant to
/// empty the base.
fn files_in(path: &Path) -> Result<Vec<Source>, Failure> {
    let sources = sources_in(path).map_err(|error| error.to_string())?;
    if sources.is_empty() { Err(format!("{} holds no file", path.display())) } else { Ok(sources) }
}

fn metadata_of(fields: &[String]) -> Result<Metadata, Failure> {
    let mut metadata = Metadata::default();
    for field in fields {
        let (field, value) = field
            .split_once('=')
            .ok_or_else(|| format!("--meta {field}: write it as key=value, such as province=广东"))?;
        metadata.add(field, value).map_err(|error| format!("--meta: {error}"))?;
    }
    Ok(metadata)
}

pub(super) async fn import(
    config: &Config,
    base: &Base,
    paths: &[PathBuf],
    flags: &ImportFlags,
) -> Result<(), Failure> {
    let metadata = metadata_of(&flags.meta)?;
    let reader = match &flags.reader {
        Some(url) => {
            let reader = OutsideReader::new(url, flags.reader_key_env.as_deref());
            Some(Arc::new(reader.map_err(|error| format!("--reader: {error}"))?))
        }
        None => None,
    };
    let mut parts = Vec::new();
    let mut all = ImportReport::default();
    // What was fetched stays until it is imported.
    let mut fetching: Option<Fetching> = None;
    for path in paths {
        if is_address(path) {
            if flags.prune {
                return Err(format!(
                    "--prune is for folders; for {}, add a source with remove_missing",
                    path.display()
                ));
            }
            let page = Page {
                url: path.to_string_lossy().into_owned(),
                origin: flags.origin.clone(),
                metadata: metadata.clone(),
                ..Page::default()
            };
            let fetching = match &mut fetching {
                Some(fetching) => fetching,
                none => none.insert(Fetching::new(config)?),
            };
            let fetched = match fetching.page(base, page).await {
                Ok(fetched) => fetched,
                // The others go in.
                Err(reason) if paths.len() > 1 => {
                    let document = path.to_string_lossy().into_owned();
                    all.unreadable.push(Unreadable { document, reason });
                    continue;
                }
                Err(error) => return Err(error),
            };
            all.notes.extend(fetched.notes.iter().cloned());
            parts.push(Part { sources: fetched.sources(), origin: Some(fetched.origin().to_owned()) });
            continue;
        }
        let mut sources = match files_in(path) {
            Ok(sources) => sources,
            // The others go in; but what is pruned by them all is not pruned by some of them.
            Err(reason) if paths.len() > 1 && !(flags.prune && flags.origin.is_some()) => {
                all.unreadable.push(Unreadable { document: path.to_string_lossy().into_owned(), reason });
                continue;
            }
            Err(error) => return Err(error),
        };
        let origin = flags.origin.clone().or_else(|| folder_of(path));
        if flags.prune && origin.is_none() {
            return Err(format!("{} is no folder; --prune needs one, or --origin", path.display()));
        }
        for source in &mut sources {
            source.metadata.clone_from(&metadata);
        }
        parts.push(Part { sources, origin });
    }
    // Each part is an import of its own, but one command.
    refuse_same_names(parts.iter_mut().flat_map(|part| &mut part.sources));
    if flags.origin.is_some() {
        // One origin is pruned once, by all that came from it.
        let sources = parts.into_iter().flat_map(|part| part.sources).collect();
        parts = vec![Part { sources, origin: flags.origin.clone() }];
    }
    let mut known: usize = parts.iter().map(|part| part.sources.len()).sum();
    let bar = bar(known);
    for Part { sources, origin } in parts {
        // An archive is one document until it is opened.
        known -= sources.len();
        let options = ImportOptions {
            origin,
            prune: flags.prune,
            dry_run: flags.dry_run,
            reader: reader.clone(),
            ..ImportOptions::default()
        };
        let before = (all.done(), all.windows);
        let report = base
            .import_with(sources, &options, &|progress| {
                bar.set_length((before.0 + progress.documents_total + known) as u64);
                bar.set_position((before.0 + progress.documents_done) as u64);
                bar.set_message(format!(
                    "{} windows, {}",
                    before.1 + progress.windows_done,
                    clean::line(progress.document)
                ));
                if flags.verbose {
                    tell(&progress);
                }
            })
            .await;
        match report {
            Ok(report) => add(&mut all, report),
            Err(error) => {
                bar.finish_and_clear();
                return Err(error.to_string());
            }
        }
    }
    bar.finish_and_clear();
    all.previews.iter().for_each(super::edit::print);
    if flags.dry_run {
        let unreadable = all.unreadable.len();
        outln!(
            "{}: {} documents were looked at, {unreadable} are unreadable; nothing was stored",
            base.name(),
            all.previews.len()
        );
    } else {
        let run = LastRun {
            imported: all.imported,
            unchanged: all.unchanged,
            deleted: all.deleted,
            windows: all.windows,
            unreadable_total: all.unreadable.len(),
            ..LastRun::default()
        };
        summary(base, "", &run);
        print_notes(&all.notes);
    }
    print_unreadable(&all.unreadable)
}

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
pub(super) fn print_unreadable(unreadable: &[Unreadable]) -> Result<(), Failure> {
    let line = |u: &Unreadable| format!("\n  {}", clean::line(&format!("{}: {}", u.document, u.reason)));
    let lines: Vec<String> = unreadable.iter().map(line).collect();
    if lines.is_empty() { Ok(()) } else { Err(format!("not everything could be read:{}", lines.concat())) }
}

pub(super) async fn reembed(base: &Base, force: bool) -> Result<(), Failure> {
    let documents = base.documents().await.map_err(|error| error.to_string())?;
    let bar = bar(documents.len());
    let report = base
        .reembed(&ReembedOptions { force, ..ReembedOptions::default() }, &|progress| {
            bar.set_position(progress.documents_done as u64);
            let document = clean::line(progress.document);
            bar.set_message(format!("{} windows, {document}", progress.windows_done));
        })
        .await;
    bar.finish_and_clear();
    let report = report.map_err(|error| error.to_string())?;
    if report.up_to_date {
        outln!(
            "{}: its vectors are of the configured embedder already; --force makes them anew",
            base.name()
        );
    } else {
        outln!(
            "{}: {} documents embedded anew, {} kept from an earlier run, {} windows; it serves with them now",
            base.name(),
            report.documents,
            report.kept,
            report.windows
        );
    }
    Ok(())
}

/// A folder's own path, however it was reached; `None` for a file.
fn folder_of(path: &Path) -> Option<String> {
    let path = path.canonicalize().ok()?;
    path.is_dir().then(|| path.to_string_lossy().into_owned())
}

pub(super) fn tell(progress: &Progress<'_>) {
    let document = clean::line(progress.document);
    let line = match progress.outcome {
        None => return,
        Some(Outcome::Imported(info)) => {
            format!("imported\t{document}\t{} windows\t{}", info.windows, info.digest)
        }
        Some(Outcome::Unchanged) => format!("unchanged\t{document}"),
        Some(Outcome::Unreadable(reason)) => format!("unreadable\t{document}\t{}", clean::line(reason)),
        Some(Outcome::Noted(note)) => format!("note\t{document}\t{}", clean::line(note)),
        Some(Outcome::Deleted) => format!("deleted\t{document}"),
    };
    // A reader that has left is no reason to stop.
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn add(all: &mut ImportReport, report: ImportReport) {
    all.imported += report.imported;
    all.unchanged += report.unchanged;
    all.deleted += report.deleted;
    all.windows += report.windows;
    all.unreadable.extend(report.unreadable);
    all.notes.extend(report.notes);
    all.previews.extend(report.previews);
}

/// Hidden by itself where stderr is no terminal.
pub(super) fn bar(documents: usize) -> ProgressBar {
    let bar = ProgressBar::new(documents as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} documents, {msg} [{elapsed}]") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
