//! Import: each source is read, parsed, cut, embedded and stored, one after the other, so that
//! memory holds one document. Breaking off loses nothing: importing the same again goes on where
//! it stopped.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::base::{Base, BaseError};
use super::chunk::{CHUNKING_VERSION, Pieces, cut};
use super::document::{Format, parse};
use super::metadata::Metadata;
use super::score::window_weights;
use super::source::Source;
use super::store::{DocumentInfo, NewDocument, NewWindow, StoreError};
use super::terms::Terms;

/// Windows between two reports of progress.
const BATCH: usize = 64;

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'a> {
    /// Documents dealt with: imported, unchanged or unreadable.
    pub documents_done: usize,
    /// Documents in all.
    pub documents_total: usize,
    /// Windows embedded since the import began, over all documents.
    pub windows_done: usize,
    /// The document at hand, or the last one when all are done.
    pub document: &'a str,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ImportReport {
    /// Documents that are new or replaced their older version.
    pub imported: usize,
    /// Documents that were there already, with the same content.
    pub unchanged: usize,
    /// Windows embedded.
    pub windows: usize,
    /// Documents that could not be read; the rest went in.
    pub unreadable: Vec<Unreadable>,
}

/// A document that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unreadable {
    /// The document's id.
    pub document: String,
    /// Why, and what to do about it.
    pub reason: String,
}

/// Why an import stopped. What was imported before stays; importing the same again goes on.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ImportError {
    /// The base cannot be used.
    #[error(transparent)]
    Base(#[from] BaseError),
}

impl From<StoreError> for ImportError {
    fn from(error: StoreError) -> Self {
        Self::Base(error.into())
    }
}

/// What became of one document.
enum Outcome {
    /// It is searchable now; so many windows were embedded.
    Imported {
        /// Windows embedded.
        windows: usize,
    },
    /// It was there already.
    Unchanged,
    /// It cannot be read, for this reason.
    Unreadable(String),
}

impl Base {
    /// Imports documents in the order given. `progress` is called before each document, after
    /// each batch of windows and at the end; it must not block.
    pub async fn import(
        &self,
        input: Vec<Source>,
        progress: &(dyn Fn(Progress<'_>) + Send + Sync),
    ) -> Result<ImportReport, ImportError> {
        self.expect_embedder().await?;
        let mut report = ImportReport::default();
        let documents_total = input.len();
        let mut last = String::new();
        for (documents_done, source) in input.into_iter().enumerate() {
            last.clone_from(&source.id);
            let told = |windows_done| {
                progress(Progress { documents_done, documents_total, windows_done, document: &last });
            };
            told(report.windows);
            let before = report.windows;
            match self.import_one(source, &|windows| told(before + windows)).await? {
                Outcome::Imported { windows } => {
                    report.imported += 1;
                    report.windows += windows;
                }
                Outcome::Unchanged => report.unchanged += 1,
                Outcome::Unreadable(reason) => {
                    report.unreadable.push(Unreadable { document: last.clone(), reason });
                }
            }
        }
        progress(Progress {
            documents_done: documents_total,
            documents_total,
            windows_done: report.windows,
            document: &last,
        });
        Ok(report)
    }

    async fn import_one(
        &self,
        source: Source,
        embedded: &(dyn Fn(usize) + Send + Sync),
    ) -> Result<Outcome, ImportError> {
        let embedder = self.embedder.fingerprint().await.map_err(BaseError::Embed)?;
        let id = source.id.clone();
        if id.is_empty() || id.len() > 1024 {
            return Ok(Outcome::Unreadable("its id must have 1 to 1024 bytes".into()));
        }
        let recipe = format!("{CHUNKING_VERSION}\0{}\0{embedder}", self.settings.window_chars);
        let read = match blocking(move || read(source, &recipe)).await {
            Ok(read) => read,
            Err(reason) => return Ok(Outcome::Unreadable(reason)),
        };
        let stored = self.store.document(&id).await?;
        if stored.is_some_and(|stored| stored.digest == read.digest) {
            return Ok(Outcome::Unchanged);
        }
        let window_chars = self.settings.window_chars;
        let (info, pieces) = match blocking(move || prepare(read, window_chars)).await {
            Ok(prepared) => prepared,
            Err(reason) => return Ok(Outcome::Unreadable(reason)),
        };
        let embedder = embedder.to_owned();
        let windows = pieces.windows.len();
        let document = NewDocument {
            info,
            embedder,
            sections: pieces.sections,
            windows: self.embed(pieces.windows, embedded).await?,
        };
        self.store.put_document(document).await?;
        Ok(Outcome::Imported { windows })
    }

    async fn embed(
        &self,
        windows: Vec<super::chunk::Window>,
        embedded: &(dyn Fn(usize) + Send + Sync),
    ) -> Result<Vec<NewWindow>, ImportError> {
        let mut done = Vec::with_capacity(windows.len());
        for batch in windows.chunks(BATCH) {
            let texts = batch.iter().map(|window| window.text.clone()).collect();
            let vectors = self.embedder.documents(texts).await.map_err(BaseError::Embed)?;
            done.extend(batch.iter().zip(vectors).map(|(window, vector)| NewWindow {
                section: window.section,
                range: window.range.clone(),
                key: window.key.clone(),
                vector,
                weights: window_weights(&Terms::of(&window.text)),
            }));
            embedded(done.len());
        }
        Ok(done)
    }
}

/// A source's bytes with what they came under.
struct Read {
    id: String,
    title: Option<String>,
    url: Option<String>,
    metadata: Metadata,
    format: Format,
    bytes: Vec<u8>,
    digest: String,
}

/// Reads a source and takes its digest, which covers everything that decides what is stored.
fn read(source: Source, recipe: &str) -> Result<Read, String> {
    let format = source.format.or_else(|| Format::of_path(&source.id)).ok_or_else(|| {
        format!("its format is unknown; end its name with .txt, .md, .html, .csv, .qa.csv, .qa.md or .jsonl, or name one of {}", Format::NAMES.join(", "))
    })?;
    let (id, title, url) = (source.id.clone(), source.title.clone(), source.url.clone());
    let metadata = source.metadata.clone();
    let bytes = source.read()?;
    let mut digest = Sha256::new();
    let described = format!("{title:?}\0{url:?}\0{metadata:?}");
    for part in [recipe, &format!("{format:?}"), &described] {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    digest.update(&bytes);
    let digest = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Read { id, title, url, metadata, format, bytes, digest })
}

fn prepare(read: Read, window_chars: usize) -> Result<(DocumentInfo, Pieces), String> {
    let document = parse(&read.bytes, read.format).map_err(|error| error.to_string())?;
    let pieces = cut(&document, window_chars);
    if pieces.windows.is_empty() {
        return Err("holds no words to search for".into());
    }
    let info = DocumentInfo {
        title: read.title.or(document.title).unwrap_or_else(|| read.id.clone()),
        url: read.url.or(document.url),
        metadata: read.metadata.over(document.metadata),
        id: read.id,
        bytes: read.bytes.len() as u64,
        sections: pieces.sections.len() as u32,
        windows: pieces.windows.len() as u32,
        digest: read.digest,
        imported_at: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
    };
    Ok((info, pieces))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(format!("reading stopped: {error}")))
}
