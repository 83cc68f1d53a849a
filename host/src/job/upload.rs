//! An upload is what a client has sent for a job, in files of the data folder.

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt;

use crate::knowledge::{DocumentOutcome, Format, ImportOptions, Metadata, Progress, Source};

/// Most files of one upload.
const MOST_FILES: usize = 10_000;
/// The file that says what is uploaded, beside the uploaded files, whose names are numbers.
const MANIFEST: &str = "manifest.json";
/// The file with the ids of the documents that are dealt with, one a line.
const DONE: &str = "done";

/// Files on their way into a job. They are removed when it is dropped, unless a job has them.
#[derive(Debug)]
pub struct Upload {
    folder: PathBuf,
    files: Vec<UploadedFile>,
    bytes: u64,
    most_bytes: u64,
    has_job: bool,
}

/// A received file.
#[derive(Debug)]
struct UploadedFile {
    /// The document, without its content.
    source: Source,
    bytes: u64,
}

/// Why an upload cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The upload is over a limit; the text says which.
    #[error("{0}")]
    TooLarge(String),
    /// The data folder fails.
    #[error("the upload cannot be kept: {0}")]
    Disk(#[from] io::Error),
    /// The folder of jobs takes no files.
    #[error("no upload can be kept: nothing can be written into `jobs` in the data folder: {0}")]
    Folder(#[source] io::Error),
}

/// What is kept of an upload beside its files, so that a job can go on after a stop.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    origin: Option<String>,
    prune: bool,
    documents: Vec<UploadEntry>,
}

#[derive(Debug, Serialize, Deserialize)]
struct UploadEntry {
    id: String,
    title: Option<String>,
    url: Option<String>,
    metadata: Metadata,
    format: Option<Format>,
    bytes: u64,
}

impl Upload {
    pub(super) async fn new(jobs: &Path, most_bytes: u64) -> Result<Self, UploadError> {
        let folder = jobs.join(uuid::Uuid::now_v7().simple().to_string());
        tokio::fs::create_dir(&folder).await.map_err(UploadError::Folder)?;
        Ok(Self { folder, files: Vec::new(), bytes: 0, most_bytes, has_job: false })
    }

    /// Begins a file. Its name is only ever a document's id, never a path.
    pub async fn file(&mut self) -> Result<UploadFile<'_>, UploadError> {
        if self.files.len() >= MOST_FILES {
            return Err(UploadError::TooLarge(format!(
                "an upload may have {MOST_FILES} files; send several, or an archive"
            )));
        }
        let file = tokio::fs::File::create(self.path(self.files.len())).await?;
        Ok(UploadFile { upload: self, file, bytes: 0 })
    }

    fn path(&self, number: usize) -> PathBuf {
        self.folder.join(number.to_string())
    }

    /// Whether nothing was sent.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// How many files were sent.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Says more of every document so far.
    pub fn describe(&mut self, with: impl Fn(Source) -> Source) {
        let described = |file: UploadedFile| UploadedFile { source: with(file.source), ..file };
        self.files = std::mem::take(&mut self.files).into_iter().map(described).collect();
    }

    /// Hands the files over to a job. From here on they stay until [`remove`], whatever ends the process.
    pub(super) async fn keep(&mut self, jobs: &Path, job: &str, options: &ImportOptions) -> io::Result<()> {
        let documents = self.files.iter().map(|UploadedFile { source, bytes }| UploadEntry {
            id: source.id.clone(),
            title: source.title.clone(),
            url: source.url.clone(),
            metadata: source.metadata.clone(),
            format: source.format,
            bytes: *bytes,
        });
        let manifest =
            Manifest { origin: options.origin.clone(), prune: options.prune, documents: documents.collect() };
        tokio::fs::write(self.folder.join(MANIFEST), serde_json::to_vec(&manifest)?).await?;
        let folder = jobs.join(job);
        tokio::fs::rename(&self.folder, &folder).await?;
        (self.folder, self.has_job) = (folder, true);
        Ok(())
    }

    /// What an earlier process has kept for a job. Blocks on the disk.
    pub(super) fn kept(jobs: &Path, job: &str) -> io::Result<(Self, ImportOptions)> {
        let folder = jobs.join(job);
        let manifest: Manifest = serde_json::from_slice(&std::fs::read(folder.join(MANIFEST))?)?;
        let (mut files, mut bytes) = (Vec::with_capacity(manifest.documents.len()), 0);
        for document in manifest.documents {
            bytes += document.bytes;
            let UploadEntry { id, title, url, metadata, format, bytes } = document;
            let source = Source { title, url, metadata, format, ..Source::bytes(id, Vec::new()) };
            files.push(UploadedFile { source, bytes });
        }
        let options = ImportOptions {
            origin: manifest.origin,
            prune: manifest.prune,
            done: done(jobs, job),
            ..ImportOptions::default()
        };
        let upload = Self { folder, files, bytes, most_bytes: bytes, has_job: true };
        // A power cut may have cost what the system had not written yet.
        upload.expect_whole()?;
        Ok((upload, options))
    }

    /// Keeps the files of those documents that are left, under numbers without gaps, and removes the others. Gives
    /// their bytes; `None` where nothing is left. What is imported of it prunes nothing, since the others are not there
    /// any more. Blocks on the disk.
    pub(super) fn keep_left(
        jobs: &Path,
        job: &str,
        is_left: impl Fn(&str) -> bool,
    ) -> io::Result<Option<u64>> {
        let folder = jobs.join(job);
        let manifest: Manifest = serde_json::from_slice(&std::fs::read(folder.join(MANIFEST))?)?;
        let done = done(jobs, job);
        let (mut left, mut gone) = (Vec::new(), Vec::new());
        for (number, document) in manifest.documents.into_iter().enumerate() {
            if done.contains(&document.id) || !is_left(&document.id) {
                gone.push(number);
            } else {
                left.push((number, document));
            }
        }
        if left.is_empty() {
            return Ok(None);
        }
        let kept = |(_, document): &(usize, UploadEntry)| document.bytes;
        let bytes = left.iter().map(kept).sum();
        let numbers: Vec<usize> = left.iter().map(|(number, _)| *number).collect();
        let documents = left.into_iter().map(|(_, document)| document).collect();
        let manifest = Manifest { origin: manifest.origin, prune: false, documents };
        // Written while the upload is whole: there may be no room for it.
        let written = folder.join(MANIFEST).with_extension("new");
        std::fs::write(&written, serde_json::to_vec(&manifest)?)?;
        // Without its manifest nobody takes the folder for a whole upload, whatever ends the process here.
        std::fs::remove_file(folder.join(MANIFEST))?;
        let path = |number: usize| folder.join(number.to_string());
        gone.into_iter().try_for_each(|number| std::fs::remove_file(path(number)))?;
        for (new, old) in numbers.into_iter().enumerate() {
            std::fs::rename(path(old), path(new))?;
        }
        std::fs::rename(written, folder.join(MANIFEST))?;
        Ok(Some(bytes))
    }

    /// The documents, in their files.
    pub(super) fn sources(&self) -> Vec<Source> {
        let at = |(number, file): (usize, &UploadedFile)| file.source.clone().at(self.path(number));
        self.files.iter().enumerate().map(at).collect()
    }

    /// Whether every file is there as a whole. Blocks on the disk.
    pub(super) fn expect_whole(&self) -> io::Result<()> {
        self.files.iter().zip(0..).try_for_each(|(file, number)| expect_file(&self.path(number), file))
    }

    /// The documents that earlier tries have dealt with. Blocks on the disk.
    pub(super) fn done(&self) -> HashSet<String> {
        ids_in(&self.folder.join(DONE))
    }

    /// Where it is noted which documents are dealt with. Blocks on the disk.
    pub(super) fn ledger(&self) -> io::Result<Ledger> {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(self.folder.join(DONE))?;
        Ok(Ledger(Mutex::new(file)))
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if !self.has_job {
            // What stays is removed at the next start.
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

/// The documents of an upload that are dealt with. A job that goes on after a stop leaves them as they
/// are: somebody may have changed or deleted them since.
#[derive(Debug)]
pub(super) struct Ledger(Mutex<std::fs::File>);

impl Ledger {
    /// Notes a document that is stored. One small write: it is there if the process is killed just after.
    pub(super) fn note(&self, progress: &Progress<'_>) {
        if let Some(DocumentOutcome::Imported(_) | DocumentOutcome::Unchanged) = progress.outcome {
            let line = format!("{}\n", progress.document);
            let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // A document that is not noted is only looked at again.
            let _ = file.write_all(line.as_bytes());
        }
    }
}

fn expect_file(path: &Path, file: &UploadedFile) -> io::Result<()> {
    let is_whole = std::fs::metadata(path).is_ok_and(|found| found.len() == file.bytes);
    if is_whole {
        Ok(())
    } else {
        Err(io::Error::other(format!("`{}` is not there as a whole", file.source.id)))
    }
}

/// Removes the files of a job that has ended.
pub(super) fn remove(jobs: &Path, job: &str) {
    // What stays is removed at the next start.
    let _ = std::fs::remove_dir_all(jobs.join(job));
}

/// The documents that earlier runs of a job have dealt with. Blocks on the disk.
pub(super) fn done(jobs: &Path, job: &str) -> HashSet<String> {
    ids_in(&jobs.join(job).join(DONE))
}

fn ids_in(file: &Path) -> HashSet<String> {
    std::fs::read_to_string(file).unwrap_or_default().lines().map(str::to_owned).collect()
}

/// Removes every upload that none of these jobs has.
pub(super) fn remove_others(jobs: &Path, kept: &HashSet<String>) -> io::Result<()> {
    for entry in std::fs::read_dir(jobs)? {
        let path = entry?.path();
        let is_kept = path.file_name().and_then(|name| name.to_str()).is_some_and(|name| kept.contains(name));
        if path.is_dir() && !is_kept {
            std::fs::remove_dir_all(&path)?;
        }
    }
    Ok(())
}

/// One file that is being received.
#[derive(Debug)]
pub struct UploadFile<'a> {
    upload: &'a mut Upload,
    file: tokio::fs::File,
    bytes: u64,
}

impl UploadFile<'_> {
    /// Adds to the file.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), UploadError> {
        self.upload.bytes += bytes.len() as u64;
        if self.upload.bytes > self.upload.most_bytes {
            return Err(UploadError::TooLarge(format!(
                "the upload is over max_upload_bytes in [server], {} bytes; send less at once, or raise it",
                self.upload.most_bytes
            )));
        }
        self.bytes += bytes.len() as u64;
        Ok(self.file.write_all(bytes).await?)
    }

    /// Ends the file, which is the document `source` describes.
    pub async fn finish(mut self, source: Source) -> Result<(), UploadError> {
        self.file.flush().await?;
        self.upload.files.push(UploadedFile { source, bytes: self.bytes });
        Ok(())
    }
}
