//! `qianfan-host kb …`: knowledge bases from the command line.

mod check;
mod edit;
mod fetch;
mod import;
mod progress;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::calibrate::{self, CalibrateArguments};
use super::evaluate::{self, EvaluateArguments};
use super::{CommandError, counted, load, open_library, show};
use crate::clean;
use crate::config::Config;
use crate::disk::Disk;
use crate::knowledge::{Base, Library, Query, StoreError};

#[derive(Subcommand)]
pub(super) enum KbCommand {
    /// Import files, folders, and pages of the web; what is there already with the same content is left alone.
    Import {
        /// The knowledge base.
        base: String,
        /// Files, folders and archives (zip, tar, tar.gz) of txt, md, html, pdf, docx, xlsx, pptx, epub, eml, mht, csv, and Q&A as
        /// .qa.csv or .jsonl. An http(s) address is a page or file to fetch, or a sitemap whose pages are.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        #[command(flatten)]
        options: import::ImportFlags,
    },
    /// Fetch the sources of a base now: the tables [knowledge.BASE.sources.NAME].
    Fetch(fetch::FetchArguments),
    /// Make a base's vectors anew after its `embedder` was changed. It serves meanwhile, with the
    /// old ones; breaking off loses nothing.
    Reembed {
        /// The knowledge base.
        base: String,
        /// Also where the embedder has the same name as before: another model may answer under it now.
        #[arg(long)]
        force: bool,
    },
    /// Look whether every document is whole and can be found; mend what is not, and name what has to be
    /// imported again.
    Check {
        /// The knowledge base; all where none is named.
        base: Option<String>,
    },
    /// List the knowledge bases, or the documents of one.
    List {
        /// The knowledge base.
        base: Option<String>,
    },
    /// Show a document: what is known of it, and its sections as they were cut, with their windows.
    Show {
        /// The knowledge base.
        base: String,
        /// Its id, as `kb list` prints it.
        document: String,
        /// Print it as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Change a section, or switch a document or section off or on. Importing the same content again leaves the change.
    Edit(edit::EditArguments),
    /// Hit test: what would a question find, and with which scores?
    Search(SearchArguments),
    /// Hit test in bulk: how well are questions with known answers found?
    Evaluate(EvaluateArguments),
    /// Find the threshold that meets a wanted precision, and write it into the configuration.
    Calibrate(CalibrateArguments),
    /// Delete documents by id.
    Delete {
        /// The knowledge base.
        base: String,
        /// Ids, as `kb list` prints them.
        #[arg(required = true)]
        documents: Vec<String>,
    },
}

#[derive(Args)]
pub(super) struct SearchArguments {
    /// The question.
    query: String,
    /// Knowledge bases; all where none is named.
    #[arg(short, long = "base")]
    bases: Vec<String>,
    /// At most so many hits.
    #[arg(short = 'k', long)]
    top_k: Option<usize>,
    /// Instead of each base's own threshold.
    #[arg(short, long)]
    threshold: Option<f64>,
    /// Only documents whose metadata passes: JSON such as
    /// `[{"operator": "eq", "field": "province", "value": "广东"}]`.
    #[arg(long, value_name = "JSON")]
    filters: Option<String>,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: &Path, command: &KbCommand) -> Result<(), CommandError> {
    let open = async || open_library(&load(config)?).await;
    match command {
        // What brings its own texts needs no configuration.
        KbCommand::Evaluate(arguments) => evaluate::run(config, arguments).await,
        KbCommand::Calibrate(arguments) => calibrate::run(config, arguments).await,
        KbCommand::Import { base, paths, options } => {
            let config = load(config)?;
            let library = open_library(&config).await?;
            import::import(&config, find(&library, base)?, paths, options).await
        }
        KbCommand::Fetch(arguments) => {
            let config = load(config)?;
            let library = open_library(&config).await?;
            fetch::run(&config, find(&library, &arguments.base)?, arguments).await
        }
        KbCommand::Reembed { base, force } => import::reembed(find(&open().await?, base)?, *force).await,
        KbCommand::Check { base } => check::run(&open().await?, base.as_deref()).await,
        KbCommand::List { base: Some(base) } => documents(find(&open().await?, base)?).await,
        KbCommand::List { base: None } => {
            let config = load(config)?;
            bases(&config, &open_library(&config).await?).await
        }
        KbCommand::Show { base, document, json } => {
            edit::show(find(&open().await?, base)?, document, *json).await
        }
        KbCommand::Edit(arguments) => edit::run(find(&open().await?, &arguments.base)?, arguments).await,
        KbCommand::Search(arguments) => search(&open().await?, arguments).await,
        KbCommand::Delete { base, documents } => {
            let config = load(config)?;
            // The base that is to give room back could not be opened without any.
            let disk = Disk::deleting(config.data_dir());
            let library = open_library(&config).await?;
            delete(find(&library, base)?, documents, &disk).await
        }
    }
}

async fn search(library: &Library, arguments: &SearchArguments) -> Result<(), CommandError> {
    let SearchArguments { query, bases, top_k, threshold, filters, json } = arguments;
    let all = || library.names().map(str::to_owned).collect();
    let bases = if bases.is_empty() { all() } else { bases.clone() };
    let filter = filters.as_deref().map(serde_json::from_str).transpose();
    let filter = filter.map_err(|error| format!("--filters: {error}"))?;
    let query = Query {
        text: query.clone(),
        wordings: None,
        bases,
        top_k: *top_k,
        threshold: *threshold,
        filter,
        context: true,
    };
    let results = library.search(&query).await.map_err(|error| error.to_string())?;
    if *json {
        let text = serde_json::to_string_pretty(&results).map_err(|error| error.to_string())?;
        outln!("{}", clean::json(&text));
    } else {
        show::results(&results);
    }
    Ok(())
}

async fn bases(config: &Config, library: &Library) -> Result<(), CommandError> {
    let mut failed = Vec::new();
    for name in library.names() {
        let base = find(library, name)?;
        match base.documents().await {
            Ok(documents) => {
                let windows: u32 = documents.iter().map(|document| document.windows).sum();
                let title = clean::line(base.title());
                let (count, windows) = (counted(documents.len(), "document"), counted(windows, "window"));
                outln!("{name}\t{title}\t{count}\t{windows}");
                if let Some(trouble) = base.trouble() {
                    outln!("\tit cannot be searched as it should: {}", clean::line(&trouble));
                }
                fetch::list(config, base).await?;
            }
            Err(error) => failed.push(format!("\n  {name}: {error}")),
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("not every base can be read:{}", failed.concat())) }
}

async fn documents(base: &Base) -> Result<(), CommandError> {
    for document in base.documents().await.map_err(|error| error.to_string())? {
        let fields = document.metadata.fields();
        let metadata: Vec<String> = fields
            .map(|(field, values)| format!("\t{}", clean::line(&format!("{field}={}", values.join(",")))))
            .collect();
        outln!(
            "{}\t{}\t{}\t{}{}",
            clean::line(&document.id),
            clean::line(&document.title),
            counted(document.sections, "section"),
            counted(document.windows, "window"),
            metadata.concat()
        );
    }
    Ok(())
}

async fn delete(base: &Base, documents: &[String], disk: &Disk) -> Result<(), CommandError> {
    let mut missing = Vec::new();
    for document in documents {
        let deleted = disk.with_reserve(StoreError::is_full, || base.delete(document)).await;
        if deleted.map_err(|error| error.to_string())? {
            outln!("{}: deleted {}", base.name(), clean::line(document));
        } else {
            missing.push(document.as_str());
        }
    }
    if missing.is_empty() {
        Ok(())
    } else {
        Err(format!("{} has no {}; see kb list", base.name(), missing.join(", ")))
    }
}

fn find<'a>(library: &'a Library, name: &str) -> Result<&'a Base, CommandError> {
    library.base(name).map(AsRef::as_ref).ok_or_else(|| {
        let known: Vec<&str> = library.names().collect();
        format!("there is no knowledge base `{name}`; there are: {}", known.join(", "))
    })
}
