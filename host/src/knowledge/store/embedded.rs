//! The embedded store: one SQLite file for a knowledge base is the truth, an index in memory
//! answers searches. A document is written in one transaction and enters the index after it.

mod file;
mod index;

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use async_trait::async_trait;

use super::{Candidate, DocumentInfo, NewDocument, Search, Store, StoreError};
use crate::knowledge::chunk::Pieces;
use file::File;
use index::Index;

/// How often a search looks whether another process, such as `kb import`, has written.
const LOOK_EVERY: Duration = Duration::from_millis(500);

#[derive(Clone)]
pub(in crate::knowledge) struct EmbeddedStore {
    shared: Arc<Shared>,
}

struct Shared {
    /// Held while a document is written; searches never wait for it.
    file: Mutex<State>,
    /// Held for writing only while a document that is on disk already enters or leaves.
    index: RwLock<Index>,
}

struct State {
    file: File,
    looked: Instant,
}

impl EmbeddedStore {
    /// Opens or creates the file and loads its index.
    pub(in crate::knowledge) async fn open(path: PathBuf) -> Result<Self, StoreError> {
        run(move || {
            let file = File::open(&path)?;
            let mut index = Index::default();
            file.read_new(&HashSet::new(), |version, document| index.insert(version, document))?;
            let state = State { file, looked: Instant::now() };
            Ok(Self { shared: Arc::new(Shared { file: Mutex::new(state), index: RwLock::new(index) }) })
        })
        .await
    }

    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shared) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let shared = Arc::clone(&self.shared);
        run(move || work(&shared)).await
    }
}

impl Shared {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn index(&self) -> std::sync::RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn index_mut(&self) -> std::sync::RwLockWriteGuard<'_, Index> {
        self.index.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over what other processes have written. A search that finds the file busy goes on
    /// with what it has.
    fn look(&self) -> Result<(), StoreError> {
        let Ok(mut state) = self.file.try_lock() else { return Ok(()) };
        if state.looked.elapsed() >= LOOK_EVERY {
            state.looked = Instant::now();
            if state.file.changed_elsewhere()? {
                self.take_over(&state.file)?;
            }
        }
        Ok(())
    }

    fn take_over(&self, file: &File) -> Result<(), StoreError> {
        let known = self.index().versions();
        let mut arrived = Vec::new();
        let kept = file.read_new(&known, |version, document| arrived.push((version, document)))?;
        let mut index = self.index_mut();
        for &version in known.difference(&kept) {
            index.remove(version);
        }
        for (version, document) in arrived {
            index.insert(version, document);
        }
        Ok(())
    }
}

#[async_trait]
impl Store for EmbeddedStore {
    async fn put_document(&self, document: NewDocument) -> Result<(), StoreError> {
        self.with(move |shared| {
            let mut state = shared.state();
            let (version, replaced) = state.file.put(&document)?;
            let mut index = shared.index_mut();
            if let Some(replaced) = replaced {
                index.remove(replaced);
            }
            index.insert(version, document);
            Ok(())
        })
        .await
    }

    async fn delete_document(&self, id: &str) -> Result<bool, StoreError> {
        let id = id.to_owned();
        self.with(move |shared| {
            let mut state = shared.state();
            let deleted = state.file.delete(&id)?;
            if let Some(version) = deleted {
                shared.index_mut().remove(version);
            }
            Ok(deleted.is_some())
        })
        .await
    }

    async fn documents(&self) -> Result<Vec<DocumentInfo>, StoreError> {
        self.with(|shared| shared.state().file.documents()).await
    }

    async fn document(&self, id: &str) -> Result<Option<DocumentInfo>, StoreError> {
        let id = id.to_owned();
        self.with(move |shared| shared.state().file.document(&id)).await
    }

    async fn pieces(&self, id: &str) -> Result<Option<(DocumentInfo, Pieces)>, StoreError> {
        let id = id.to_owned();
        let read = self.with(move |shared| shared.state().file.read(&id)).await?;
        Ok(read.map(NewDocument::into_pieces))
    }

    async fn search(&self, search: Search) -> Result<Vec<Candidate>, StoreError> {
        self.with(move |shared| {
            shared.look()?;
            Ok(shared.index().search(&search))
        })
        .await
    }

    async fn embedder(&self) -> Result<Option<String>, StoreError> {
        Ok(self.shared.index().embedder().map(str::to_owned))
    }
}

async fn run<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(StoreError::Broken(format!("the store stopped: {error}"))))
}
