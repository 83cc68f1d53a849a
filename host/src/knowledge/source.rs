//! A source is a document before it is read: an id, and bytes or the file that holds them.

use std::collections::{HashSet, VecDeque};
use std::io;
use std::path::{Path, PathBuf};

use super::document::{Format, file_name};
use super::metadata::Metadata;

/// Most bytes of a document's id.
pub(super) const MAX_ID_BYTES: usize = 1024;

/// A document to import.
#[derive(Debug, Clone)]
pub struct Source {
    /// Names the document within its knowledge base; importing the same id again replaces it.
    /// For a file: its path below the folder given, with `/`.
    pub id: String,
    /// What a reader would call it. `None`: what the document says, else its file's name, else the id.
    pub title: Option<String>,
    /// The file's name, where the id is none.
    pub file_name: Option<String>,
    /// Where a reader finds it. `None`: what the document says.
    pub url: Option<String>,
    /// Goes over what the document says of itself, field by field.
    pub metadata: Metadata,
    /// `None`: told by the id's ending.
    pub format: Option<Format>,
    /// The bytes.
    pub content: Content,
}

/// Where a document's bytes are.
#[derive(Debug, Clone)]
pub enum Content {
    /// Here.
    Bytes(Vec<u8>),
    /// Nowhere: why it is not to be read, and what to do about it.
    Refused(String),
    /// In a file that is opened when its turn comes, so that a large folder takes no memory.
    File(PathBuf),
}

impl Source {
    /// A document in memory.
    pub fn bytes(id: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self::of(id.into(), Content::Bytes(bytes.into()))
    }

    /// A file, with its name as the id.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let id = file_name(path.file_name().unwrap_or(path.as_os_str()).as_encoded_bytes()).into_owned();
        Self::of(id, Content::File(path))
    }

    fn of(id: String, content: Content) -> Self {
        Self {
            id,
            title: None,
            file_name: None,
            url: None,
            metadata: Metadata::default(),
            format: None,
            content,
        }
    }

    /// The same document in this file.
    pub fn at(self, path: impl Into<PathBuf>) -> Self {
        Self { content: Content::File(path.into()), ..self }
    }

    /// The bytes, at most `limit`. Blocks on the file.
    pub(super) fn read(self, limit: u64) -> Result<Vec<u8>, String> {
        let bytes = match self.content {
            Content::Bytes(bytes) => bytes,
            Content::Refused(reason) => return Err(reason),
            Content::File(path) => {
                let size = file_size(&path)?;
                if size > limit {
                    return Err(too_large(size, limit));
                }
                std::fs::read(&path).map_err(|error| cannot_read(&path, &error))?
            }
        };
        match bytes.len() as u64 {
            size if size > limit => Err(too_large(size, limit)),
            _ => Ok(bytes),
        }
    }
}

/// How long a file is. Refuses a pipe or device, which may never end, without opening it.
pub(super) fn file_size(path: &Path) -> Result<u64, String> {
    let about = std::fs::metadata(path).map_err(|error| cannot_read(path, &error))?;
    if about.is_file() { Ok(about.len()) } else { Err(format!("{} is not a file", path.display())) }
}

pub(super) fn cannot_read(path: &Path, error: &io::Error) -> String {
    format!("cannot read {}: {error}", path.display())
}

/// Why the second of two documents with one id is not read: it would take the first one's place.
pub(super) const SAME_NAME: &str = "an earlier document of this import has the same name and would be lost; rename one \
                                    of them, or import a folder or archive that holds both, where their paths differ";

/// Refuses each source whose id an earlier one of several imports has, so that the imports report it.
pub fn refuse_same_names<'a>(sources: impl IntoIterator<Item = &'a mut Source>) {
    let mut ids = HashSet::new();
    for source in sources {
        if !ids.insert(source.id.clone()) {
            source.content = Content::Refused(SAME_NAME.to_owned());
        }
    }
}

/// Why a document of this size is not read.
pub(super) fn too_large(size: u64, limit: u64) -> String {
    let mib = |bytes: u64| bytes as f64 / (1024.0 * 1024.0);
    format!("is {:.1} MiB; a document of its format may have {:.0} MiB, so split it", mib(size), mib(limit))
}

/// A path that cannot be walked.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {}: {cause}", path.display())]
pub struct WalkError {
    /// The file or folder.
    pub path: PathBuf,
    /// What the system said.
    #[source]
    pub cause: io::Error,
}

/// Whether nobody means to import a file or folder of this name: a hidden one, and what Office writes beside a document while
/// somebody has it open (`~$章程.docx`).
pub(super) fn is_passed_over(name: &str) -> bool {
    name.starts_with('.') || name.starts_with("~$")
}

/// The file at a path, or every file in the folder and below, in the order of their ids. Hidden
/// files and folders and those that Office locks with are left out, links to folders are not followed. Files of unknown formats
/// are among them: the import reports each.
pub fn sources_in(path: &Path) -> Result<Vec<Source>, WalkError> {
    let refuse = |path: &Path| {
        let path = path.to_owned();
        move |cause| WalkError { path, cause }
    };
    if !std::fs::metadata(path).map_err(refuse(path))?.is_dir() {
        return Ok(vec![Source::file(path)]);
    }
    let mut found = Vec::new();
    let mut folders = VecDeque::from([(path.to_owned(), String::new())]);
    while let Some((folder, prefix)) = folders.pop_front() {
        for entry in std::fs::read_dir(&folder).map_err(refuse(&folder))? {
            let entry = entry.map_err(refuse(&folder))?;
            let name = file_name(entry.file_name().as_encoded_bytes()).into_owned();
            if is_passed_over(&name) {
                continue;
            }
            let id = format!("{prefix}{name}");
            let kind = entry.file_type().map_err(refuse(&entry.path()))?;
            if kind.is_dir() {
                folders.push_back((entry.path(), format!("{id}/")));
            } else if kind.is_file() || entry.path().is_file() {
                found.push(Source { id, ..Source::file(entry.path()) });
            }
        }
    }
    found.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(found)
}

#[cfg(test)]
mod tests;
