//! A generation is a base's documents with the vectors of one embedder. A base serves one
//! generation; re-embedding builds the next beside it, and one step makes that the one that serves.
//!
//! A base serves one *generation*: its documents with the vectors of one embedder
//! (`knowledge/generation.rs`). When the configuration names another embedder, the base goes on with the old
//! one, found among the configured tables by fingerprint, until `kb reembed` has built the next generation
//! out of the stored texts and has switched a pointer: a file renamed in the data folder, an alias on Qdrant.
//! Just before it does, it marks the old generation as closing and takes over what is left of it. Whoever has written to a
//! generation, or has found nothing to write, then looks at the pointer before saying so: where it has moved, they begin
//! again, and while the mark is there, they wait. So what somebody was told is in the generation that serves, always.

mod claim;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::blocking::blocking;
use super::settings::StoreSettings;
use super::store::{EmbeddedStore, QdrantStore, Store, StoreError};
use crate::breaker::{Attempt, Breaker, OpenBreaker};
use crate::generation_pointer::{Pointer, database_name, pointer_name};
pub(super) use claim::{ABANDONED, KEEP_CLAIM_EVERY, is_owner};
use claim::{GenerationClaim, is_mark, mark_start};

/// Where one base's generations are kept, and which of them serves. Numbers count up from 0.
#[async_trait]
pub(super) trait GenerationStore: Send + Sync {
    /// Where the pointer stands. Quick: it is asked after every write.
    async fn current(&self) -> Result<Pointer, StoreError>;

    /// Opens or creates a generation.
    async fn open(&self, generation: u64) -> Result<Arc<dyn Store>, StoreError>;

    /// Claims for `owner` to make the next generation, also against hosts of other machines; `false` where another has that
    /// claim. One that nobody keeps any more passes over.
    async fn claim(&self, _owner: &str) -> Result<bool, StoreError> {
        Ok(true)
    }

    /// Shows that the claim is kept, which is to be done every [`KEEP_CLAIM_EVERY`]; `false` where another has it by now.
    async fn keep_claim(&self) -> Result<bool, StoreError> {
        Ok(true)
    }

    /// Gives the claim back.
    async fn give_back_claim(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Marks the generation that serves as closing, for every host; `next` is to take over.
    async fn close(&self, next: u64) -> Result<(), StoreError>;

    /// Takes the mark away again, whoever has made it; none is not an error.
    async fn reopen(&self) -> Result<(), StoreError>;

    /// Makes the generation that takes over the one that serves, for every host, and takes the mark away: at each moment,
    /// and after a kill, it is the one before or this one. `false`, and nothing is done, where the mark is there no more.
    async fn switch(&self, generation: u64) -> Result<bool, StoreError>;

    /// Removes a generation that does not serve; none is not an error.
    async fn remove(&self, generation: u64) -> Result<(), StoreError>;

    /// Whether who has opened a generation may go on reading it after it was removed.
    fn keeps_readers(&self) -> bool;

    /// Whether asking which generation serves takes microseconds, so that every visit may ask.
    fn is_quick_to_ask(&self) -> bool {
        false
    }

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
/// holds the [`Pointer`] where one other than the first has served. Who
/// re-embeds the base is the only one who writes that file, or whoever has found that nobody does.
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
        self.folder.join(database_name(&self.base, generation))
    }

    fn pointer(&self) -> PathBuf {
        self.folder.join(pointer_name(&self.base))
    }

    /// Writes the pointer in one step.
    async fn point(&self, pointer: Pointer) -> Result<(), StoreError> {
        let path = self.pointer();
        let folder = self.folder.clone();
        let work = move || {
            let new = path.with_extension("generation.new");
            let write = || {
                let mut file = std::fs::File::create(&new)?;
                io::Write::write_all(&mut file, pointer.text().as_bytes())?;
                file.sync_all()?;
                std::fs::rename(&new, &path)?;
                std::fs::File::open(&folder)?.sync_all()
            };
            write().map_err(|error| StoreError::of_file(&path, &error))
        };
        blocking(work, StoreError::stopped).await
    }
}

#[async_trait]
impl GenerationStore for FileGenerations {
    async fn current(&self) -> Result<Pointer, StoreError> {
        let path = self.pointer();
        // A few bytes, or no file at all: not worth another thread.
        match std::fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Pointer::default()),
            Err(error) => Err(StoreError::of_file(&path, &error)),
            Ok(text) => Pointer::read(&text).ok_or_else(|| {
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

    async fn close(&self, _: u64) -> Result<(), StoreError> {
        self.point(Pointer { is_closing: true, ..self.current().await? }).await
    }

    async fn reopen(&self) -> Result<(), StoreError> {
        let now = self.current().await?;
        if now.is_closing { self.point(Pointer { is_closing: false, ..now }).await } else { Ok(()) }
    }

    async fn switch(&self, generation: u64) -> Result<bool, StoreError> {
        if !self.current().await?.is_closing {
            return Ok(false);
        }
        self.point(Pointer { generation, is_closing: false }).await?;
        Ok(true)
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

    fn is_quick_to_ask(&self) -> bool {
        true
    }
}

/// Generations as collections: `<prefix><base>`, `<prefix><base>.1`, …; the alias `<prefix><base>.current` points to the one
/// that serves where that is not the first. While that is closing, `<prefix><base>.next.<owner>` points to the one that takes
/// over, made by the host that has the claim.
pub(super) struct Collections {
    name: String,
    settings: StoreSettings,
    base: String,
    /// The server's breaker.
    breaker: Arc<Breaker>,
    /// A store for what concerns the server as a whole: aliases, and the removal of collections.
    server: QdrantStore,
    claim: GenerationClaim,
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
            claim: GenerationClaim::new(&format!("{}{base}", settings.collection_prefix)),
        })
    }

    fn collection(&self, generation: u64) -> String {
        match generation {
            0 => self.base.clone(),
            _ => format!("{}.{generation}", self.base),
        }
    }

    /// What the server calls it.
    fn full_name(&self, generation: u64) -> String {
        format!("{}{}", self.settings.collection_prefix, self.collection(generation))
    }

    fn alias(&self) -> String {
        format!("{}{}.current", self.settings.collection_prefix, self.base)
    }

    /// What the mark of a host that makes the next generation begins with.
    fn marks(&self) -> String {
        mark_start(&self.full_name(0))
    }
}

#[async_trait]
impl GenerationStore for Collections {
    async fn current(&self) -> Result<Pointer, StoreError> {
        let aliases = self.server.aliases().await?;
        let is_closing = aliases.keys().any(|alias| is_mark(alias, &self.marks()));
        let Some(collection) = aliases.get(&self.alias()) else {
            return Ok(Pointer { generation: 0, is_closing });
        };
        let number = collection
            .strip_prefix(&format!("{}{}", self.settings.collection_prefix, self.base))
            .and_then(|rest| if rest.is_empty() { Some(0) } else { rest.strip_prefix('.')?.parse().ok() });
        let generation = number.ok_or_else(|| {
            StoreError::Broken(format!(
                "the alias `{}` points to the collection `{collection}`, which is none of this base's; delete the alias",
                self.alias()
            ))
        })?;
        Ok(Pointer { generation, is_closing })
    }

    async fn open(&self, generation: u64) -> Result<Arc<dyn Store>, StoreError> {
        let base = self.collection(generation);
        Ok(Arc::new(QdrantStore::new(&self.name, &self.settings, &base)?.behind(&self.breaker)))
    }

    async fn claim(&self, owner: &str) -> Result<bool, StoreError> {
        let serving = self.full_name(self.current().await?.generation);
        self.claim.take(&self.server, owner, &serving).await
    }

    async fn keep_claim(&self) -> Result<bool, StoreError> {
        self.claim.keep(&self.server).await
    }

    async fn give_back_claim(&self) -> Result<(), StoreError> {
        self.claim.give_back(&self.server).await
    }

    async fn close(&self, next: u64) -> Result<(), StoreError> {
        let mark = format!("{}{}", self.marks(), self.claim.owner());
        let next = self.full_name(next);
        if self.server.point_alias(&mark, &next).await? {
            return Ok(());
        }
        Err(StoreError::Unavailable(format!("the collection `{next}` is gone that was to take over")))
    }

    async fn reopen(&self) -> Result<(), StoreError> {
        for mark in self.server.aliases().await?.into_keys().filter(|alias| is_mark(alias, &self.marks())) {
            self.server.drop_alias(&mark).await?;
        }
        Ok(())
    }

    /// By the mark itself, so that another host may take that away at any time: then there is nothing to rename. Whoever takes
    /// over the claim takes the mark away, so the claim is looked at behind the mark.
    async fn switch(&self, generation: u64) -> Result<bool, StoreError> {
        let mark = format!("{}{}", self.marks(), self.claim.owner());
        if !self.keep_claim().await? || !self.server.rename_alias(&mark, &self.alias()).await? {
            return Ok(false);
        }
        self.claim.follow(&self.server, &self.full_name(generation)).await?;
        Ok(true)
    }

    async fn remove(&self, generation: u64) -> Result<(), StoreError> {
        self.server.drop_collection(&self.full_name(generation)).await
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
    async fn current(&self) -> Result<Pointer, StoreError> {
        Ok(Pointer { generation: 0, is_closing: false })
    }

    async fn open(&self, _: u64) -> Result<Arc<dyn Store>, StoreError> {
        Ok(Arc::clone(&self.0))
    }

    async fn close(&self, _: u64) -> Result<(), StoreError> {
        Err(StoreError::Broken("there is one generation".into()))
    }

    async fn reopen(&self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn switch(&self, _: u64) -> Result<bool, StoreError> {
        Ok(false)
    }

    async fn remove(&self, _: u64) -> Result<(), StoreError> {
        Ok(())
    }

    fn keeps_readers(&self) -> bool {
        true
    }
}
