//! An upload is what a client has sent for a job, in files of the data folder.

use std::path::{Path, PathBuf};

use tokio::io::AsyncWriteExt;

use crate::knowledge::Source;

/// Most files of one upload.
const MOST_FILES: usize = 10_000;

/// Files on their way into a job. They are removed when it is dropped.
#[derive(Debug)]
pub struct Upload {
    folder: PathBuf,
    sources: Vec<Source>,
    bytes: u64,
    most_bytes: u64,
}

/// Why an upload cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// It is over a limit; the text says which.
    #[error("{0}")]
    TooLarge(String),
    /// The data folder fails.
    #[error("the upload cannot be kept: {0}")]
    Disk(#[from] std::io::Error),
}

impl Upload {
    pub(super) async fn new(jobs: &Path, most_bytes: u64) -> Result<Self, UploadError> {
        let folder = jobs.join(uuid::Uuid::now_v7().simple().to_string());
        tokio::fs::create_dir(&folder).await?;
        Ok(Self { folder, sources: Vec::new(), bytes: 0, most_bytes })
    }

    /// Begins a file. Its name is only ever a document's id, never a path.
    pub async fn file(&mut self) -> Result<UploadFile<'_>, UploadError> {
        if self.sources.len() >= MOST_FILES {
            return Err(UploadError::TooLarge(format!(
                "an upload may have {MOST_FILES} files; send several, or an archive"
            )));
        }
        let path = self.folder.join(self.sources.len().to_string());
        let file = tokio::fs::File::create(&path).await?;
        Ok(UploadFile { upload: self, path, file })
    }

    /// Whether nothing was sent.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// Says more of every document so far.
    pub fn describe(&mut self, with: impl Fn(Source) -> Source) {
        self.sources = self.take_sources().into_iter().map(with).collect();
    }

    /// The documents; their files stay until the upload is dropped.
    pub fn take_sources(&mut self) -> Vec<Source> {
        std::mem::take(&mut self.sources)
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        // What stays is removed at the next start.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// One file that is being received.
#[derive(Debug)]
pub struct UploadFile<'a> {
    upload: &'a mut Upload,
    path: PathBuf,
    file: tokio::fs::File,
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
        Ok(self.file.write_all(bytes).await?)
    }

    /// Ends the file, which is the document `source` describes.
    pub async fn finish(mut self, source: Source) -> Result<(), UploadError> {
        self.file.flush().await?;
        self.upload.sources.push(source.at(self.path));
        Ok(())
    }
}
