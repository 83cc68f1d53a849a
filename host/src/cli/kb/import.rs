//! `kb import` and `kb reembed`: the two that take long.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::fetch::{Fetching, is_address};
use super::progress::{bar, print_notes, print_unreadable, summary, tell};
use super::{CommandError, counted};
use crate::clean;
use crate::config::Config;
use crate::knowledge::{
    Base, ImportOptions, ImportReport, Metadata, OutsideReader, Progress, ReembedOptions, Source, Unreadable,
    refuse_same_names, sources_in,
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

/// The files at a path, of which there must be some: a folder that holds nothing is more often not mounted than meant to
/// empty the base.
fn files_in(path: &Path) -> Result<Vec<Source>, CommandError> {
    let sources = sources_in(path).map_err(|error| error.to_string())?;
    if sources.is_empty() { Err(format!("{} holds no file", path.display())) } else { Ok(sources) }
}

fn metadata_of(fields: &[String]) -> Result<Metadata, CommandError> {
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
) -> Result<(), CommandError> {
    let reader = match &flags.reader {
        Some(url) => {
            let reader = OutsideReader::new(url, flags.reader_key_env.as_deref());
            Some(Arc::new(reader.map_err(|error| format!("--reader: {error}"))?))
        }
        None => None,
    };
    let mut gathered = Gathered::new(config, base, flags)?;
    for path in paths {
        let sources = if is_address(path) { gathered.fetch(path).await } else { gathered.open(path) };
        match sources {
            Ok(part) => gathered.parts.push(part),
            // The other paths are still imported, unless they are pruned as one origin: documents of the
            // unusable path would then be deleted.
            Err(Unusable::Path(reason)) if paths.len() > 1 && !(flags.prune && flags.origin.is_some()) => {
                let document = path.to_string_lossy().into_owned();
                gathered.report.unreadable.push(Unreadable { document, reason });
            }
            Err(Unusable::Path(reason) | Unusable::Command(reason)) => return Err(reason),
        }
    }
    let report = gathered.import(reader).await?;
    report.previews.iter().for_each(super::edit::print);
    if flags.dry_run {
        let unreadable = report.unreadable.len();
        let looked_at = counted(report.previews.len(), "document");
        outln!("{}: {looked_at} looked at, {unreadable} unreadable; nothing was stored", base.name());
    } else {
        let run = LastRun {
            imported: report.imported,
            unchanged: report.unchanged,
            deleted: report.deleted,
            windows: report.windows,
            unreadable_total: report.unreadable.len(),
            ..LastRun::default()
        };
        summary(base, "", &run);
        print_notes(&report.notes);
    }
    print_unreadable(&report.unreadable)
}

/// What one command imports, and what came of it so far.
struct Gathered<'a> {
    config: &'a Config,
    base: &'a Base,
    flags: &'a ImportFlags,
    metadata: Metadata,
    /// Each is an import of its own.
    parts: Vec<ImportPart>,
    /// Holds what was fetched until it is imported.
    fetching: Option<Fetching>,
    report: ImportReport,
}

/// One folder, file or page, and where its documents come from.
struct ImportPart {
    sources: Vec<Source>,
    origin: Option<String>,
}

/// Why a path gives nothing to import.
enum Unusable {
    /// The path itself: others may go in all the same.
    Path(CommandError),
    /// The command: nothing goes in.
    Command(CommandError),
}

impl<'a> Gathered<'a> {
    fn new(config: &'a Config, base: &'a Base, flags: &'a ImportFlags) -> Result<Self, CommandError> {
        let (parts, report) = (Vec::new(), ImportReport::default());
        Ok(Self { config, base, flags, metadata: metadata_of(&flags.meta)?, parts, fetching: None, report })
    }

    /// Fetches a page.
    async fn fetch(&mut self, url: &Path) -> Result<ImportPart, Unusable> {
        if self.flags.prune {
            return Err(Unusable::Command(format!(
                "--prune is for folders; for {}, add a source with remove_missing",
                url.display()
            )));
        }
        let page = Page {
            url: url.to_string_lossy().into_owned(),
            origin: self.flags.origin.clone(),
            metadata: self.metadata.clone(),
            ..Page::default()
        };
        let fetching = match &mut self.fetching {
            Some(fetching) => fetching,
            none => none.insert(Fetching::new(self.config).map_err(Unusable::Command)?),
        };
        let fetched = fetching.page(self.base, page).await.map_err(Unusable::Path)?;
        self.report.notes.extend(fetched.notes.iter().cloned());
        Ok(ImportPart { sources: fetched.sources(), origin: Some(fetched.origin().to_owned()) })
    }

    /// Finds the files of a folder, or the one file.
    fn open(&self, path: &Path) -> Result<ImportPart, Unusable> {
        let mut sources = files_in(path).map_err(Unusable::Path)?;
        let origin = self.flags.origin.clone().or_else(|| folder_of(path));
        if self.flags.prune && origin.is_none() {
            return Err(Unusable::Command(format!(
                "{} is not a folder; --prune needs one, or --origin",
                path.display()
            )));
        }
        for source in &mut sources {
            source.metadata.clone_from(&self.metadata);
        }
        Ok(ImportPart { sources, origin })
    }

    /// Imports part after part.
    async fn import(mut self, reader: Option<Arc<OutsideReader>>) -> Result<ImportReport, CommandError> {
        // The parts are imported one by one, but no two documents of the whole command may have one name.
        refuse_same_names(self.parts.iter_mut().flat_map(|part| &mut part.sources));
        let mut parts = std::mem::take(&mut self.parts);
        if self.flags.origin.is_some() {
            // One origin is pruned once, by all that came from it.
            let sources = parts.into_iter().flat_map(|part| part.sources).collect();
            parts = vec![ImportPart { sources, origin: self.flags.origin.clone() }];
        }
        let mut to_come: usize = parts.iter().map(|part| part.sources.len()).sum();
        let bar = bar(to_come);
        for ImportPart { sources, origin } in parts {
            // An archive is one document until it is opened.
            to_come -= sources.len();
            let options = ImportOptions {
                origin,
                prune: self.flags.prune,
                dry_run: self.flags.dry_run,
                reader: reader.clone(),
                ..ImportOptions::default()
            };
            let (done, windows) = (self.report.done(), self.report.windows);
            let progress = |progress: Progress<'_>| {
                bar.set_length((done + progress.documents_total + to_come) as u64);
                bar.set_position((done + progress.documents_done) as u64);
                let document = clean::line(progress.document);
                let windows = counted(windows + progress.windows_done, "window");
                bar.set_message(format!("{windows}, {document}"));
                if self.flags.verbose {
                    tell(&progress);
                }
            };
            match self.base.import_with(sources, &options, &progress).await {
                Ok(report) => add(&mut self.report, report),
                Err(error) => {
                    bar.finish_and_clear();
                    return Err(error.to_string());
                }
            }
        }
        bar.finish_and_clear();
        Ok(self.report)
    }
}

pub(super) async fn reembed(base: &Base, force: bool) -> Result<(), CommandError> {
    let documents = base.documents().await.map_err(|error| error.to_string())?;
    let bar = bar(documents.len());
    let report = base
        .reembed(&ReembedOptions { force, ..ReembedOptions::default() }, &|progress| {
            bar.set_position(progress.documents_done as u64);
            let document = clean::line(progress.document);
            bar.set_message(format!("{}, {document}", counted(progress.windows_done, "window")));
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
            "{}: {} embedded anew, {} kept from an earlier run, {}; it serves with them now",
            base.name(),
            counted(report.documents, "document"),
            report.kept,
            counted(report.windows, "window")
        );
    }
    Ok(())
}

/// A folder's own path, however it was reached; `None` for a file.
fn folder_of(path: &Path) -> Option<String> {
    let path = path.canonicalize().ok()?;
    path.is_dir().then(|| path.to_string_lossy().into_owned())
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
