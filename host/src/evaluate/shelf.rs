//! A shelf is a library made for an evaluation: corpora that are no knowledge bases of the host are
//! imported into bases of their own, in a folder that can be kept.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::try_join_all;

use super::TellDone;
use crate::knowledge::{BaseSettings, EmbedderSettings, Library, ReadDocument, Source};

/// Imports that run side by side, so that short documents keep every embedding thread busy.
const IMPORTS: usize = 4;

/// Bases made of corpora.
#[derive(Debug)]
pub struct CorpusShelf {
    /// Holds one base for each corpus.
    pub library: Library,
    /// Documents that could not be read, with the reason.
    pub unreadable: Vec<String>,
    /// Documents that were new or changed.
    pub imported: usize,
    _folder: ShelfFolder,
}

/// A corpus on its way onto a shelf.
#[derive(Debug)]
pub struct Books {
    /// The base's name; see [`shelf_name`].
    pub name: String,
    /// The documents.
    pub sources: Vec<Source>,
}

/// Why a shelf cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ShelfError(String);

impl CorpusShelf {
    /// Imports corpora into bases with these settings (but they are
    /// always embedded, and every stored question shows its answer: `answer_threshold` is 0). What `work` holds already is not embedded again; without it a temporary folder is used and
    /// removed with the shelf. `reader` reads what is no plain text. `progress` is told how many documents
    /// are done.
    pub async fn fill(
        work: Option<&Path>,
        settings: &BaseSettings,
        embedders: &BTreeMap<String, EmbedderSettings>,
        reader: Arc<dyn ReadDocument>,
        corpora: Vec<Books>,
        progress: TellDone<'_>,
    ) -> Result<Self, ShelfError> {
        let folder = ShelfFolder::new(work)?;
        let store = BaseSettings::default().store;
        let settings =
            BaseSettings { store, answer_threshold: 0.0, offer_threshold: None, ..settings.clone() };
        let bases = corpora.iter().map(|books| (books.name.clone(), settings.clone())).collect();
        let library = Library::open(&folder.path, &bases, embedders, &BTreeMap::new(), reader)
            .await
            .map_err(|error| {
                ShelfError(match work {
                    Some(work) => format!(
                        "{error}\n(the work folder {} holds it; name another folder, or delete this one)",
                        work.display()
                    ),
                    None => error.to_string(),
                })
            })?;
        let mut shelf = Self { library, unreadable: Vec::new(), imported: 0, _folder: folder };
        let done = AtomicUsize::new(0);
        for books in corpora {
            shelf.take_in(books, &done, progress).await?;
        }
        Ok(shelf)
    }

    async fn take_in(
        &mut self,
        books: Books,
        done: &AtomicUsize,
        progress: TellDone<'_>,
    ) -> Result<(), ShelfError> {
        let Some(base) = self.library.base(&books.name) else {
            return Err(ShelfError(format!("there is no base `{}` on the shelf", books.name)));
        };
        let refuse = |error: &dyn std::fmt::Display| ShelfError(format!("{}: {error}", books.name));
        // An archive is many documents, so they are known when they are met.
        let met = Mutex::new(HashSet::new());
        let mut shares: Vec<Vec<Source>> = (0..IMPORTS).map(|_| Vec::new()).collect();
        for (at, source) in books.sources.into_iter().enumerate() {
            shares[at % IMPORTS].push(source);
        }
        let imports = shares.into_iter().map(async |share| {
            let before = AtomicUsize::new(0);
            base.import(share, &|state| {
                met.lock().unwrap_or_else(PoisonError::into_inner).insert(state.document.to_owned());
                let more = state.documents_done - before.swap(state.documents_done, Ordering::Relaxed);
                progress(done.fetch_add(more, Ordering::Relaxed) + more);
            })
            .await
        });
        for report in try_join_all(imports).await.map_err(|error| refuse(&error))? {
            self.imported += report.imported;
            self.unreadable
                .extend(report.unreadable.into_iter().map(|u| format!("{}: {}", u.document, u.reason)));
        }
        let met = met.into_inner().unwrap_or_else(PoisonError::into_inner);
        // Documents that this corpus does not hold are left from an earlier version of it and are deleted.
        for document in base.documents().await.map_err(|error| refuse(&error))? {
            if !met.contains(&document.id) {
                base.delete(&document.id).await.map_err(|error| refuse(&error))?;
            }
        }
        Ok(())
    }
}

/// The name a base gets for a corpus file: that of the file, as far as a base may have it.
pub fn shelf_name(path: &Path) -> String {
    let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let stem = file.split('.').next().unwrap_or_default();
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' };
    let name: String = stem.chars().map(plain).take(60).collect();
    if name.chars().all(|c| c == '-') { "corpus".into() } else { name }
}

/// A folder that goes with the shelf, unless an operator named it.
#[derive(Debug)]
struct ShelfFolder {
    path: PathBuf,
    temporary: bool,
}

impl ShelfFolder {
    fn new(work: Option<&Path>) -> Result<Self, ShelfError> {
        let folder = match work {
            Some(path) => Self { path: path.to_owned(), temporary: false },
            None => {
                let name = format!("qianfan-evaluate-{}", uuid::Uuid::now_v7());
                Self { path: std::env::temp_dir().join(name), temporary: true }
            }
        };
        std::fs::create_dir_all(&folder.path).map_err(|error| {
            ShelfError(format!("cannot make the folder {}: {error}", folder.path.display()))
        })?;
        Ok(folder)
    }
}

impl Drop for ShelfFolder {
    fn drop(&mut self) {
        if self.temporary
            && let Err(error) = std::fs::remove_dir_all(&self.path)
        {
            tracing::warn!("Cannot remove the temporary folder {}: {error}", self.path.display());
        }
    }
}

#[cfg(test)]
mod tests;
