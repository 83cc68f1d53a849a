//! `kb fetch`, and the addresses among what `kb import` is given.

use std::path::{Path, PathBuf};

use clap::Args;

use super::progress::{bar, print_notes, print_unreadable, summary, tell};
use super::{CommandError, counted};
use crate::clean;
use crate::clock;
use crate::config::Config;
use crate::knowledge::{Base, Cancel};
use crate::web::{FetchOrder, Fetched, Goal, LastRun, Page, RunEnd, Web};

#[derive(Args)]
pub(in crate::cli) struct FetchArguments {
    /// The knowledge base.
    pub(super) base: String,
    /// One of its sources; all where none is named.
    source: Option<String>,
    /// Fetch everything anew, also what its server calls unchanged.
    #[arg(long)]
    afresh: bool,
    /// Delete documents whose page has gone, however many they are. Not where the sitemap could not be read as a whole.
    #[arg(long)]
    remove_missing: bool,
    /// Print a line for each document as soon as it is dealt with, as `kb import` does.
    #[arg(short, long)]
    verbose: bool,
}

/// What fetches for a command, and a folder for what came. The folder goes with it.
pub(super) struct Fetching {
    web: Web,
    folder: PathBuf,
    most_bytes: u64,
    /// Fetches so far, each with a folder of its own.
    count: usize,
}

impl Fetching {
    pub(super) fn new(config: &Config) -> Result<Self, CommandError> {
        let web = Web::new(&config.fetch, config.data_dir())?;
        let all = config.data_dir().join(Web::FOLDER);
        remove_left(&all);
        let folder = all.join(format!("{SCRATCH}{}", std::process::id()));
        Ok(Self { web, folder, most_bytes: config.server.max_upload_bytes.0 as u64, count: 0 })
    }

    async fn fetch(&mut self, base: &Base, order: &FetchOrder) -> Result<Fetched, CommandError> {
        self.count += 1;
        let bar = bar(0);
        let goal = Goal {
            folder: &self.folder.join(self.count.to_string()),
            most_bytes: self.most_bytes,
            cancel: &Cancel::default(),
            tell: &|done, total, page| {
                bar.set_length(total as u64);
                bar.set_position(done as u64);
                bar.set_message(clean::line(page).into_owned());
            },
        };
        let fetched = self.web.fetch(base, order, goal).await;
        bar.finish_and_clear();
        fetched.map_err(|error| error.to_string())
    }

    /// What is at an address.
    pub(super) async fn page(&mut self, base: &Base, page: Page) -> Result<Fetched, CommandError> {
        self.fetch(base, &FetchOrder::page(page)).await
    }
}

impl Drop for Fetching {
    fn drop(&mut self) {
        // What stays is removed by the next command.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// How the folders of commands begin.
const SCRATCH: &str = ".fetch-";

/// Removes the folders of commands that were killed.
fn remove_left(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let id = name.to_str().and_then(|name| name.strip_prefix(SCRATCH)?.parse().ok());
        let Some(id) = id.and_then(rustix::process::Pid::from_raw) else { continue };
        if rustix::process::test_kill_process(id) == Err(rustix::io::Errno::SRCH) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// Whether an argument is an address and not a path.
pub(super) fn is_address(path: &Path) -> bool {
    path.to_str().is_some_and(|text| text.starts_with("http://") || text.starts_with("https://"))
}

pub(super) async fn run(
    config: &Config,
    base: &Base,
    arguments: &FetchArguments,
) -> Result<(), CommandError> {
    let FetchArguments { source, afresh, remove_missing, .. } = arguments;
    let names: Vec<String> = match source {
        Some(source) => vec![source.clone()],
        None => base.settings().sources.keys().cloned().collect(),
    };
    if names.is_empty() {
        let base = base.name();
        return Err(format!("{base} has no source; add a table [knowledge.{base}.sources.NAME]"));
    }
    let mut fetching = Fetching::new(config)?;
    let mut failed = Vec::new();
    for name in names {
        let order =
            FetchOrder { afresh: *afresh, remove_missing: *remove_missing, ..FetchOrder::source(&*name) };
        order.check(base).map_err(|error| error.to_string())?;
        if let Err(failure) = one(&mut fetching, base, &name, &order, arguments.verbose).await {
            failed.push(format!("{name}: {failure}"));
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n")) }
}

/// Fetches one source and imports what came.
async fn one(
    fetching: &mut Fetching,
    base: &Base,
    name: &str,
    order: &FetchOrder,
    is_verbose: bool,
) -> Result<(), CommandError> {
    let before = fetching.web.last_run(base.name(), name).await;
    let started_at = clock::seconds();
    fetching.web.begin_run(base.name(), name, started_at).await;
    let done = fetch_and_import(fetching, base, order, is_verbose).await;
    let run = match &done {
        Ok(run) => run.clone(),
        Err(error) => {
            LastRun { state: Some(RunEnd::Failed), error: Some(error.clone()), ..LastRun::default() }
        }
    };
    let run = LastRun { started_at, finished_at: Some(clock::seconds()), ..run }.after(&before);
    fetching.web.keep_run(base.name(), name, &run).await;
    let run = done?;
    summary(base, &format!("{name}: "), &run);
    print_notes(&run.notes);
    print_unreadable(&run.unreadable)
}

async fn fetch_and_import(
    fetching: &mut Fetching,
    base: &Base,
    order: &FetchOrder,
    is_verbose: bool,
) -> Result<LastRun, CommandError> {
    let fetched = fetching.fetch(base, order).await?;
    let sources = fetched.sources();
    let documents = sources.len();
    let bar = bar(documents);
    let report = base
        .import_with(sources, &fetched.options(Cancel::default()), &|progress| {
            bar.set_position(progress.documents_done as u64);
            let windows = counted(progress.windows_done, "window");
            bar.set_message(format!("{windows}, {}", clean::line(progress.document)));
            if is_verbose {
                tell(&progress);
            }
        })
        .await;
    bar.finish_and_clear();
    let report = report.map_err(|error| error.to_string())?;
    let remembered = fetching.web.remember(base, &fetched, &report.unreadable).await;
    remembered.map_err(|error| error.to_string())?;
    let mut notes = fetched.notes.clone();
    notes.extend(report.notes);
    Ok(LastRun {
        state: Some(RunEnd::Done),
        documents,
        imported: report.imported,
        unchanged: report.unchanged,
        deleted: report.deleted,
        windows: report.windows,
        unreadable_total: report.unreadable.len(),
        unreadable: report.unreadable,
        notes,
        refused: fetched.refused.clone(),
        ..LastRun::default()
    })
}

/// How the sources of a base went last, for the list of bases.
pub(super) async fn list(config: &Config, base: &Base) -> Result<(), CommandError> {
    if base.settings().sources.is_empty() {
        return Ok(());
    }
    let web = Web::new(&config.fetch, config.data_dir())?;
    for name in base.settings().sources.keys() {
        let run = web.last_run(base.name(), name).await;
        let when = |at: u64| httpdate::fmt_http_date(clock::moment(at));
        let state = match (run.started_at, run.trouble(), run.finished_at) {
            (0, ..) => "never fetched".to_owned(),
            (_, Some(trouble), _) => trouble,
            (_, None, Some(at)) => format!("{} at {}", counted(run.documents, "page"), when(at)),
            (at, None, None) => format!("being fetched since {}", when(at)),
        };
        outln!("\tsource {name}: {}", clean::line(&state));
    }
    Ok(())
}
