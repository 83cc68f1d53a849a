//! A generation is a base's documents with the vectors of one embedder. A base serves one
//! generation; re-embedding builds the next beside it, and one step makes that the one that serves.
//!
//! A base serves one *generation*: its documents with the vectors of one embedder
//! (`knowledge/generation.rs`). When the configuration names another embedder, the base goes on with the old
//! one, found among the configured tables by fingerprint, until `kb reembed` has built the next generation
//! out of the stored texts and has switched a pointer: a file renamed in the data folder, an alias on Qdrant.
//! Writers are not locked out: each looks after its write whether the pointer has moved and then writes
//! again, and the re-embedding looks after the switch for what was written just before it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::blocking::blocking;
use super::settings::StoreSettings;
use super::store::{EmbeddedStore, QdrantStore, Store, StoreError};
use crate::breaker::{Attempt, Breaker, OpenBreaker};

/// Where one base's generations are kept, and which of them serves. Numbers count up from 0.
#[async_trait]
pub(super) trait GenerationStore: Send + Sync {
    /// The generation that serves. Quick: it is asked after every write.
    async fn current(&self) -> Result<u64, StoreError>;

    /// Opens or creates a generation.
    async fn open(&self, generation: u64) -> Result<Arc<dyn Store>, StoreError>;

    /// Makes a generation the one that serves, for every host: at each moment, and after a kill,
    /// it is the one before or this one.
    async fn switch(&self, generation: u64) -> Result<(), StoreError>;

    /// Removes a generation that does not serve; none is not an error.
    async fn remove(&self, generation: u64) -> Result<(), StoreError>;

    /// Whether who has opened a generation may go on reading it after it was removed.
    fn keeps_readers(&self) -> bool;

    /// Why its server is not asked now, where it is on one that is known to be away.
    fn away(&self) -> Option<OpenBreaker> {
        None
    }

    /// The longest an operation may take as a whole, where there is a limit; see [`StoreTime`](super::store_time::StoreTime).
    fn timeout(&self) -> Option<Duration> {
        None
    }

    /// Counts an attempt to open a generation for its server's breaker, where it is on one.
    fn watch(&self) -> Option<Attempt> {
        None
    }
}

/// Generations as files of a folder: `<base>.db`, `<base>.1.db`, …, and `<base>.generation`, which
/// holds the number of the one that serves where that is not 0.
pub(super) struct FileGenerations {
    folder: PathBuf,
    base: String,
    /// The base's `exact`.
    exact: bool,
}

impl FileGenerations {
    pub(super) fn new(folder: &Path, base: &str, exact: bool) -> Self {
        Self { folder: folder.to_owned(), base: base.to_owned(), exact }
    }

    fn database(&self, generation: u64) -> PathBuf {
        self.folder.join(match generation {
            0 => format!("{}.db", self.base),
            _ => format!("{}.{generation}.db", self.base),
        })
    }

    fn pointer(&self) -> PathBuf {
        self.folder.join(format!("{}.generation", self.base))
    }
}

/// The file of the generation that serves, as far as the folder of bases tells.
pub(crate) fn serving_file(folder: &Path, base: &str) -> PathBuf {
    let generations = FileGenerations::new(folder, base, false);
    let named = std::fs::read_to_string(generations.pointer()).ok();
    generations.database(named.and_then(|text| text.trim().parse().ok()).unwrap_or(0))
}

#[async_trait]
impl GenerationStore for FileGenerations {
    async fn current(&self) -> Result<u64, StoreError> {
        let path = self.pointer();
        // A few bytes, or no file at all: not worth another thread.
        match std::fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(StoreError::of_file(&path, &error)),
            Ok(text) => text.trim().parse().map_err(|_| {
                StoreError::Broken(format!(
                    "{} holds `{}` instead of a number; write the number of the newest {}.<number>.db into it",
                    path.display(),
                    text.trim(),
                    self.base
                ))
            }),
        }
    }

    async fn open(&self, generation: u64) -> Result<Arc<dyn Store>, StoreError> {
        let store = EmbeddedStore::open(self.database(generation)).await?;
        Ok(Arc::new(store.comparing_all(self.exact)))
    }

    async fn switch(&self, generation: u64) -> Result<(), StoreError> {
        let path = self.pointer();
        let folder = self.folder.clone();
        let work = move || {
            let new = path.with_extension("generation.new");
            let write = || {
                let mut file = std::fs::File::create(&new)?;
                io::Write::write_all(&mut file, format!("{generation}\n").as_bytes())?;
                file.sync_all()?;
                std::fs::rename(&new, &path)?;
                std::fs::File::open(&folder)?.sync_all()
            };
            write().map_err(|error| StoreError::of_file(&path, &error))
        };
        blocking(work, StoreError::stopped).await
    }

    async fn remove(&self, generation: u64) -> Result<(), StoreError> {
        let database = self.database(generation);
        let work = move || {
            // The journal goes first: another file of this name must not find it.
            for ending in ["-wal", "-shm", ""] {
                let mut path = database.clone().into_os_string();
                path.push(ending);
                match std::fs::remove_file(&path) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        return Err(StoreError::of_file(Path::new(&path), &error));
                    }
                    _ => {}
                }
            }
            Ok(())
        };
        blocking(work, StoreError::stopped).await
    }

    /// An open file outlives its name.
    fn keeps_readers(&self) -> bool {
        true
    }
}

/// Generations as collections: `<prefix><base>`, `<prefix><base>.1`, …; the alias
/// `<prefix><base>.current` points to the one that serves where that is not the first.
pub(super) struct Collections {
    name: String,
    settings: StoreSettings,
    base: String,
    /// The server's breaker.
    breaker: Arc<Breaker>,
    /// A store for what concerns the server as a whole: aliases, and the removal of collections.
    server: QdrantStore,
}

impl Collections {
    pub(super) fn new(
        name: &str,
        settings: &StoreSettings,
        base: &str,
        breaker: &Arc<Breaker>,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            name: name.to_owned(),
            settings: settings.clone(),
            base: base.to_owned(),
            breaker: Arc::clone(breaker),
            server: QdrantStore::new(name, settings, base)?,
        })
    }

    fn collection(&self, generation: u64) -> String {
        match generation {
            0 => self.base.clone(),
            _ => format!("{}.{generation}", self.base),
        }
    }

    fn alias(&self) -> String {
        format!("{}{}.current", self.settings.collection_prefix, self.base)
    }
}

#[async_trait]
impl GenerationStore for Collections {
    async fn current(&self) -> Result<u64, StoreError> {
        let Some(collection) = self.server.alias(&self.alias()).await? else { return Ok(0) };
        let number = collection
            .strip_prefix(&format!("{}{}", self.settings.collection_prefix, self.base))
            .and_then(|rest| if rest.is_empty() { Some(0) } else { rest.strip_prefix('.')?.parse().ok() });
        number.ok_or_else(|| {
            StoreError::Broken(format!(
                "the alias `{}` points to the collection `{collection}`, which is none of this base's; delete the alias",
                self.alias()
            ))
        })
    }

    async fn open(&self, generation: u64) -> Result<Arc<dyn Store>, StoreError> {
        let base = self.collection(generation);
        Ok(Arc::new(QdrantStore::new(&self.name, &self.settings, &base)?.behind(&self.breaker)))
    }

    async fn switch(&self, generation: u64) -> Result<(), StoreError> {
        let collection = format!("{}{}", self.settings.collection_prefix, self.collection(generation));
        self.server.point_alias(&self.alias(), &collection).await
    }

    async fn remove(&self, generation: u64) -> Result<(), StoreError> {
        let collection = format!("{}{}", self.settings.collection_prefix, self.collection(generation));
        self.server.drop_collection(&collection).await
    }

    fn keeps_readers(&self) -> bool {
        false
    }

    fn away(&self) -> Option<OpenBreaker> {
        self.breaker.away()
    }

    fn timeout(&self) -> Option<Duration> {
        Some(self.settings.timeout)
    }

    fn watch(&self) -> Option<Attempt> {
        Some(self.breaker.watch())
    }
}

/// One store that is the only generation, for tests.
#[cfg(test)]
pub(super) struct Single(pub(super) Arc<dyn Store>);

#[cfg(test)]
#[async_trait]
impl GenerationStore for Single {
    async fn current(&self) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn open(&self, _: u64) -> Result<Arc<dyn Store>, StoreError> {
        Ok(Arc::clone(&self.0))
    }

    async fn switch(&self, _: u64) -> Result<(), StoreError> {
        Err(StoreError::Broken("there is one generation".into()))
    }

    async fn remove(&self, _: u64) -> Result<(), StoreError> {
        Ok(())
    }

    fn keeps_readers(&self) -> bool {
        true
    }
}
