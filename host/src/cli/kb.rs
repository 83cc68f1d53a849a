//! `qianfan-host kb …`: knowledge bases from the command line.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Failure, load, open_library, show};
use crate::knowledge::{Base, Library, Metadata, Query, Source, sources_in};

#[derive(Subcommand)]
pub(super) enum KbCommand {
    /// Import files and folders; what is there already with the same content is left alone.
    Import {
        /// The knowledge base.
        base: String,
        /// Files and folders: txt, md, html, csv, and Q&A as .qa.csv or .jsonl.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Metadata of all these documents, such as `province=广东`; the same key again adds a value.
        #[arg(long, value_name = "KEY=VALUE")]
        meta: Vec<String>,
    },
    /// List the knowledge bases, or the documents of one.
    List {
        /// The knowledge base.
        base: Option<String>,
    },
    /// Hit test: what would a question find, and with which scores?
    Search {
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
    },
    /// Delete documents by id.
    Delete {
        /// The knowledge base.
        base: String,
        /// Ids, as `kb list` prints them.
        #[arg(required = true)]
        documents: Vec<String>,
    },
}

pub(super) async fn run(config: &Path, command: &KbCommand) -> Result<(), Failure> {
    let config = load(config)?;
    let library = open_library(&config).await?;
    match command {
        KbCommand::Import { base, paths, meta } => import(find(&library, base)?, paths, meta).await,
        KbCommand::List { base: Some(base) } => documents(find(&library, base)?).await,
        KbCommand::List { base: None } => bases(&library).await,
        KbCommand::Search { query, bases, top_k, threshold, filters, json } => {
            let bases =
                if bases.is_empty() { library.names().map(str::to_owned).collect() } else { bases.clone() };
            let filter = filters.as_deref().map(serde_json::from_str).transpose();
            let filter = filter.map_err(|error| format!("--filters: {error}"))?;
            let query = Query { text: query.clone(), bases, top_k: *top_k, threshold: *threshold, filter };
            let results = library.search(&query).await.map_err(|error| error.to_string())?;
            if *json {
                println!("{}", serde_json::to_string_pretty(&results).map_err(|error| error.to_string())?);
            } else {
                show::results(&serde_json::to_value(&results).map_err(|error| error.to_string())?);
            }
            Ok(())
        }
        KbCommand::Delete { base, documents } => delete(find(&library, base)?, documents).await,
    }
}

async fn import(base: &Base, paths: &[PathBuf], meta: &[String]) -> Result<(), Failure> {
    let mut metadata = Metadata::default();
    for field in meta {
        let (field, value) = field
            .split_once('=')
            .ok_or_else(|| format!("--meta {field}: write it as key=value, such as province=广东"))?;
        metadata.add(field, value).map_err(|error| format!("--meta: {error}"))?;
    }
    let mut sources: Vec<Source> = Vec::new();
    for path in paths {
        sources.extend(sources_in(path).map_err(|error| error.to_string())?);
    }
    for source in &mut sources {
        source.metadata.clone_from(&metadata);
    }
    if sources.is_empty() {
        return Err("the paths hold no file".into());
    }
    // Hidden by itself where stderr is no terminal.
    let bar = ProgressBar::new(sources.len() as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} documents, {msg} [{elapsed}]") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    let report = base
        .import(sources, &|progress| {
            bar.set_position(progress.documents_done as u64);
            bar.set_message(format!("{} windows, {}", progress.windows_done, progress.document));
        })
        .await;
    bar.finish_and_clear();
    let report = report.map_err(|error| error.to_string())?;
    println!(
        "{}: {} imported, {} unchanged, {} windows embedded, {} unreadable",
        base.name(),
        report.imported,
        report.unchanged,
        report.windows,
        report.unreadable.len()
    );
    let unreadable: Vec<String> =
        report.unreadable.iter().map(|u| format!("\n  {}: {}", u.document, u.reason)).collect();
    if unreadable.is_empty() {
        Ok(())
    } else {
        Err(format!("not everything could be read:{}", unreadable.concat()))
    }
}

async fn bases(library: &Library) -> Result<(), Failure> {
    for name in library.names() {
        let base = find(library, name)?;
        let documents = base.documents().await.map_err(|error| error.to_string())?;
        let windows: u32 = documents.iter().map(|document| document.windows).sum();
        println!("{name}\t{}\t{} documents\t{windows} windows", base.title(), documents.len());
    }
    Ok(())
}

async fn documents(base: &Base) -> Result<(), Failure> {
    for document in base.documents().await.map_err(|error| error.to_string())? {
        let metadata: String = document
            .metadata
            .fields()
            .map(|(field, values)| format!("\t{field}={}", values.join(",")))
            .collect();
        println!(
            "{}\t{}\t{} sections\t{} windows{metadata}",
            document.id, document.title, document.sections, document.windows
        );
    }
    Ok(())
}

async fn delete(base: &Base, documents: &[String]) -> Result<(), Failure> {
    let mut missing = Vec::new();
    for document in documents {
        if base.delete(document).await.map_err(|error| error.to_string())? {
            println!("{}: deleted {document}", base.name());
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

fn find<'a>(library: &'a Library, name: &str) -> Result<&'a Base, Failure> {
    library.base(name).map(AsRef::as_ref).ok_or_else(|| {
        let known: Vec<&str> = library.names().collect();
        format!("there is no knowledge base `{name}`; there are: {}", known.join(", "))
    })
}
