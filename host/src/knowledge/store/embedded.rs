//! The embedded store: one SQLite file for a knowledge base is the truth, an index in memory
//! chooses what may be among the best, and the file's own vectors and weights score it.
//!
//! The index holds windows' vectors rounded to bytes in groups of near ones, and
//! their terms with rounded weights. A search reads the nearest groups and the telling terms, takes what may
//! be among the best within the error of rounding and of the section's part, which is not in memory, and
//! scores that by the file's own vectors and weights. So scores are the definition's to the last digit, texts
//! are not held in memory, and a base of some thousand windows is compared wholly. A document enters the
//! index where nobody sees it, is committed, and is then made seen in one short step; searches read the file
//! through connections of their own and wait for no write. Groups are made anew when a base has doubled, and
//! after opening, in the background: nothing of the index is on disk, so nothing of it can be stale.
//!
//! Why groups and not a graph: among 100,000 windows of 512 dimensions the nearest groups held .994 of a real
//! question's ten nearest windows and .942 of its hundred, reading 6,300 rows, which take 0.35 ms because
//! they lie in order (0.055 µs a row; 0.22 µs when they do not). A graph (usearch 2.26, bytes, ef 100) found
//! .998 and .923 in 0.33 ms. But a graph takes 26 s of a processor to build, so it would have to be kept on
//! disk and checked; groups take a second, and a window leaves one by being taken out.

mod file;
mod index;

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use async_trait::async_trait;

use super::{
    Candidate, DocumentFilter, DocumentInfo, DocumentPage, DocumentQuery, DocumentTotals, DocumentVersion,
    NewDocument, NewWindow, Search, SectionKey, Store, StoreCheck, StoreError, StoreVisit, StoredAnswer,
    WantedSections,
};
use crate::fair::{Gate, PlaceCount};
use crate::knowledge::blocking::blocking;
use crate::knowledge::chunk::{Pieces, Section};
use crate::knowledge::probe::Probe;
use file::{Arriving, BaseFile, Readers};
use index::{Index, IndexFull, Staged};

/// How often a search looks whether another process, such as `kb import`, has written.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How long the search that found a change waits for it. A large one is taken over while searches
/// go on with what was there before.
const WAIT_FOR_CHANGES: Duration = Duration::from_millis(20);
/// Windows that enter the index at a time: a search waits for no more.
const STEP: usize = 16;
/// Searches at one time in all bases: comparing takes a processor, and apps take turns at them.
static SEARCHES: LazyLock<Gate<PlaceCount>> =
    LazyLock::new(|| Gate::new(PlaceCount(std::thread::available_parallelism().map_or(1, usize::from))));
/// How often a search begins anew because a document it found was replaced meanwhile.
const ANEW: usize = 3;

#[derive(Clone)]
pub(in crate::knowledge) struct EmbeddedStore {
    shared: Arc<EmbeddedShared>,
    all: bool,
}

struct EmbeddedShared {
    /// Held while a document is written or others' writes are taken over.
    writer: Mutex<BaseWriter>,
    /// Held from just before a write is seen in the file until it is seen in the index.
    between: Mutex<()>,
    /// Held for writing only for one short step.
    index: RwLock<Index>,
    readers: Readers,
    /// What was first found damaged of the file since it was opened. A page does not heal, so it stays.
    damage: OnceLock<StoreError>,
}

struct BaseWriter {
    file: BaseFile,
    looked: Instant,
}

impl EmbeddedStore {
    /// Opens or creates the file and loads its index.
    pub(in crate::knowledge) async fn open(path: PathBuf) -> Result<Self, StoreError> {
        let open = move || -> Result<Self, StoreError> {
            let writer = BaseWriter { file: BaseFile::open(&path)?, looked: Instant::now() };
            let readers = Readers::open(&path)?;
            let index = RwLock::new(load(&readers)?);
            let shared = Arc::new(EmbeddedShared {
                writer: Mutex::new(writer),
                between: Mutex::new(()),
                index,
                readers,
                damage: OnceLock::new(),
            });
            if shared.index().wants_regrouping() {
                // Searches compare every window until there are groups.
                let shared = Arc::clone(&shared);
                start("group", move || shared.tend(&shared.writer()))?;
            }
            Ok(Self { shared, all: false })
        };
        blocking(open, StoreError::stopped).await
    }

    /// Compares every window in every search: slower, and what the index is measured against.
    pub(in crate::knowledge) fn comparing_all(self, all: bool) -> Self {
        Self { all, ..self }
    }

    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Arc<EmbeddedShared>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let shared = Arc::clone(&self.shared);
        let done = blocking(move || work(&shared), StoreError::stopped).await;
        if let Err(StoreError::Damaged(reason)) = &done {
            self.shared.note_damage(reason);
        }
        done
    }
}

impl EmbeddedShared {
    fn writer(&self) -> MutexGuard<'_, BaseWriter> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn between(&self) -> MutexGuard<'_, ()> {
        self.between.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn index(&self) -> std::sync::RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn index_mut(&self) -> std::sync::RwLockWriteGuard<'_, Index> {
        self.index.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what is damaged. The open file stays the one that is read, so that one put into its place is seen only by
    /// who opens it anew.
    fn note_damage(&self, reason: &str) {
        self.damage.get_or_init(|| {
            tracing::error!("A knowledge base has turned out to be damaged: {reason}");
            StoreError::Damaged(format!(
                "{reason}; then restart the host, or let it load its configuration anew: SIGHUP or POST /v1/config/reload"
            ))
        });
    }

    fn search(self: &Arc<Self>, search: &Search, all: bool) -> Result<Vec<Candidate>, StoreError> {
        self.look(LOOK_EVERY)?;
        for _ in 0..ANEW {
            let scored = self.search_once(search, all)?;
            if scored.complete {
                return Ok(scored.candidates);
            }
            // A document was replaced in the file and not yet in the index: by this process, which
            // is about to, or by another.
            drop(self.between());
            self.look(Duration::ZERO)?;
        }
        Ok(self.search_once(search, all)?.candidates)
    }

    fn search_once(&self, search: &Search, all: bool) -> Result<file::ScoredShortlist, StoreError> {
        let shortlist = self.index().shortlist(search, all);
        if shortlist.windows.is_empty() {
            return Ok(file::ScoredShortlist { candidates: Vec::new(), complete: true });
        }
        self.readers.with(|reader| reader.score(&shortlist, search, |key| self.index().sections_asking(key)))
    }

    /// Writes a document where what is there, as far as there is something, may be replaced; `false` where it may not.
    fn put(
        &self,
        document: &NewDocument,
        may_replace: impl FnOnce(Option<&DocumentInfo>) -> bool,
    ) -> Result<bool, StoreError> {
        let mut writer = self.writer();
        self.catch_up(&mut writer)?;
        writer.file.expect_vectors(document)?;
        let mut staged = Staged::of(document.info.metadata.clone());
        let put = self
            .stage(&mut staged, &document.windows)
            .and_then(|()| writer.file.put(document, may_replace, || self.between()));
        match put {
            Ok(Some(put)) => {
                let arriving = vec![(put.version, staged)];
                self.index_mut().publish(&document.embedder, arriving, put.replaced.as_slice());
            }
            Ok(None) => {
                self.index_mut().abandon(staged);
                return Ok(false);
            }
            Err(error) => {
                self.index_mut().abandon(staged);
                return Err(error);
            }
        }
        self.tend(&writer);
        writer.file.give_back();
        Ok(true)
    }

    fn delete(&self, id: &str) -> Result<bool, StoreError> {
        let mut writer = self.writer();
        self.catch_up(&mut writer)?;
        let Some((version, between)) = writer.file.delete(id, || self.between())? else { return Ok(false) };
        self.index_mut().publish("", Vec::new(), &[version]);
        drop(between);
        self.tend(&writer);
        writer.file.give_back();
        Ok(true)
    }

    /// A file that was damaged and repaired may lack rows; nothing else takes a part of a document.
    fn check(&self) -> Result<StoreCheck, StoreError> {
        let found = self.readers.with(|reader| reader.check())?;
        let mut lost = Vec::new();
        for id in found.incomplete {
            if self.delete(&id)? {
                lost.push(id);
            }
        }
        self.writer().file.make_anew()?;
        Ok(StoreCheck { documents: found.documents, lost, odd: found.odd, ..StoreCheck::default() })
    }

    fn stage(&self, staged: &mut Staged, windows: &[NewWindow]) -> Result<(), StoreError> {
        windows.chunks(STEP).try_for_each(|step| self.index_mut().stage(staged, step)).map_err(full)
    }

    /// Clears what is dead away and groups the windows anew, where that is due. Searches go on.
    fn tend(&self, _: &MutexGuard<'_, BaseWriter>) {
        let regroup = self.index().wants_regrouping();
        if regroup || self.index().wants_purge() {
            for step in Index::purge_steps() {
                self.index_mut().purge(step);
            }
        }
        let regrouped = if regroup { self.index().regrouped() } else { None };
        if let Some(groups) = regrouped {
            let older = self.index_mut().regroup(groups);
            drop(older);
        }
    }

    /// Takes over what other processes have written. A search that finds the writer busy goes on
    /// with what it has.
    fn look(self: &Arc<Self>, every: Duration) -> Result<(), StoreError> {
        {
            let Ok(mut writer) = self.writer.try_lock() else { return Ok(()) };
            if writer.looked.elapsed() < every {
                return Ok(());
            }
            writer.looked = Instant::now();
            if !writer.file.changed_elsewhere()? {
                return Ok(());
            }
            writer.file.look_again();
        }
        let (done, taken_over) = mpsc::channel();
        let shared = Arc::clone(self);
        start("take over", move || {
            let result = shared.catch_up(&mut shared.writer());
            if let Err(error) = &result {
                tracing::warn!(%error, "Another process's import cannot be taken over yet: {error}");
            }
            // The search may have gone on.
            let _ = done.send(result);
        })?;
        match taken_over.recv_timeout(WAIT_FOR_CHANGES) {
            Ok(result) => result,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Ok(()),
        }
    }

    fn catch_up(&self, writer: &mut MutexGuard<'_, BaseWriter>) -> Result<(), StoreError> {
        if !writer.file.changed_elsewhere()? {
            return Ok(());
        }
        let taken_over = self.take_over();
        if taken_over.is_err() {
            writer.file.look_again();
        }
        self.tend(writer);
        taken_over
    }

    fn take_over(&self) -> Result<(), StoreError> {
        let (known, embedder) = {
            let index = self.index();
            (index.versions(), index.embedder().map(str::to_owned))
        };
        let mut arriving: Vec<(i64, Staged)> = Vec::new();
        let read = self.readers.with(|reader| {
            reader
                .read_new(&known, |document, windows| self.stage(staged_of(&mut arriving, document), windows))
        });
        let abandon = |arriving: Vec<(i64, Staged)>| {
            let mut index = self.index_mut();
            arriving.into_iter().for_each(|(_, staged)| index.abandon(staged));
        };
        match read {
            Err(error) => {
                abandon(arriving);
                Err(error)
            }
            // Vectors of another embedder have nothing to do with those that are here.
            Ok(read) if embedder.is_some() && read.embedder.is_some() && read.embedder != embedder => {
                abandon(arriving);
                let anew = load(&self.readers)?;
                *self.index_mut() = anew;
                Ok(())
            }
            Ok(read) => {
                let gone: Vec<_> = known.difference(&read.versions).copied().collect();
                self.index_mut().publish(&read.embedder.unwrap_or_default(), arriving, &gone);
                Ok(())
            }
        }
    }
}

/// A new index of all that is in the file.
fn load(readers: &Readers) -> Result<Index, StoreError> {
    // Known before, since a single vector of another length may be the first.
    let dimensions = readers.with(|reader| reader.dimensions())?;
    let mut index = dimensions.map(Index::said).unwrap_or_default();
    let mut arriving = Vec::new();
    let read = readers.with(|reader| {
        reader.read_new(&HashSet::new(), |document, windows| {
            index.stage(staged_of(&mut arriving, document), windows).map_err(full)
        })
    })?;
    index.publish(&read.embedder.unwrap_or_default(), arriving, &[]);
    Ok(index)
}

/// Versions arrive one after the other.
fn staged_of<'a>(arriving: &'a mut Vec<(i64, Staged)>, document: &Arriving) -> &'a mut Staged {
    if arriving.last().is_none_or(|(last, _)| *last != document.version) {
        arriving.push((document.version, Staged::of(document.metadata.clone())));
    }
    let last = arriving.len() - 1;
    &mut arriving[last].1
}

fn full(IndexFull: IndexFull) -> StoreError {
    StoreError::Broken(
        "the knowledge base holds 16,777,216 windows, more than the embedded store can; split it, or use a Qdrant store"
            .into(),
    )
}

#[async_trait]
impl Store for EmbeddedStore {
    async fn put_documents(&self, documents: Vec<NewDocument>) -> Result<Vec<String>, StoreError> {
        let put = move |shared: &Arc<EmbeddedShared>| {
            let mut left = Vec::new();
            for document in documents {
                let may_replace =
                    |stored: Option<&DocumentInfo>| !stored.is_some_and(|stored| document.would_undo(stored));
                if !shared.put(&document, may_replace)? {
                    left.push(document.info.id);
                }
            }
            Ok(left)
        };
        self.with(put).await
    }

    async fn replace_document(
        &self,
        read: Option<&DocumentInfo>,
        document: NewDocument,
    ) -> Result<bool, StoreError> {
        let read = read.cloned();
        self.with(move |shared| shared.put(&document, |stored| stored == read.as_ref())).await
    }

    async fn set_origin(&self, id: &str, digest: &str, origin: Option<&str>) -> Result<bool, StoreError> {
        let (id, digest, origin) = (id.to_owned(), digest.to_owned(), origin.map(str::to_owned));
        self.with(move |shared| shared.writer().file.set_origin(&id, &digest, origin.as_deref())).await
    }

    async fn delete_document(&self, id: &str) -> Result<bool, StoreError> {
        let id = id.to_owned();
        self.with(move |shared| shared.delete(&id)).await
    }

    async fn documents(&self) -> Result<Vec<DocumentInfo>, StoreError> {
        self.with(|shared| shared.readers.with(|reader| reader.documents())).await
    }

    async fn documents_page(&self, query: &DocumentQuery) -> Result<DocumentPage, StoreError> {
        let query = query.clone();
        self.with(move |shared| shared.readers.with(|reader| reader.page(&query))).await
    }

    async fn document_versions(&self, filter: &DocumentFilter) -> Result<Vec<DocumentVersion>, StoreError> {
        let filter = filter.clone();
        self.with(move |shared| shared.readers.with(|reader| reader.versions(&filter))).await
    }

    async fn imported_at(&self, ids: &[String]) -> Result<HashMap<String, u64>, StoreError> {
        let ids = ids.to_vec();
        self.with(move |shared| shared.readers.with(|reader| reader.imported_at(&ids))).await
    }

    async fn totals(&self) -> Result<DocumentTotals, StoreError> {
        self.with(|shared| shared.readers.with(|reader| reader.totals())).await
    }

    async fn size(&self) -> Result<(u64, u64), StoreError> {
        self.with(|shared| shared.readers.with(|reader| reader.size())).await
    }

    async fn document(&self, id: &str) -> Result<Option<DocumentInfo>, StoreError> {
        let id = id.to_owned();
        self.with(move |shared| shared.readers.with(|reader| reader.document(&id))).await
    }

    /// One transaction writes all of a document or nothing.
    async fn sound_documents(&self, ids: &[&str]) -> Result<HashMap<String, DocumentInfo>, StoreError> {
        let mut found = HashMap::new();
        for &id in ids {
            found.extend(self.document(id).await?.map(|document| (id.to_owned(), document)));
        }
        Ok(found)
    }

    async fn check(&self) -> Result<StoreCheck, StoreError> {
        self.with(|shared| shared.check()).await
    }

    async fn pieces(&self, id: &str) -> Result<Option<(DocumentInfo, Pieces)>, StoreError> {
        let id = id.to_owned();
        let read = self.with(move |shared| shared.readers.with(|reader| reader.whole(&id))).await?;
        Ok(read.map(NewDocument::into_pieces))
    }

    async fn answers(&self, keys: Vec<String>) -> Result<Vec<StoredAnswer>, StoreError> {
        let asking = |shared: &EmbeddedShared, key: &str| shared.index().sections_asking(key);
        self.with(move |shared| shared.readers.with(|reader| reader.answers(keys, |key| asking(shared, key))))
            .await
    }

    async fn search(&self, search: Search) -> Result<Vec<Candidate>, StoreError> {
        let all = self.all;
        let _turn = SEARCHES.enter().await;
        self.with(move |shared| shared.search(&search, all)).await
    }

    async fn sections(
        &self,
        wanted: Vec<WantedSections>,
        _visit: &StoreVisit,
    ) -> Result<HashMap<SectionKey, Section>, StoreError> {
        self.with(move |shared| shared.readers.with(|reader| reader.sections(&wanted))).await
    }

    fn damage(&self) -> Option<StoreError> {
        self.shared.damage.get().cloned()
    }

    async fn embedder(&self, _visit: &StoreVisit) -> Result<Option<String>, StoreError> {
        Ok(self.shared.index().embedder().map(str::to_owned))
    }

    async fn dimensions(&self, _visit: &StoreVisit) -> Result<Option<usize>, StoreError> {
        let index = self.shared.index();
        Ok(index.embedder().map(|_| index.dimensions()))
    }

    async fn probe(&self) -> Result<Option<Probe>, StoreError> {
        self.with(|shared| shared.readers.with(|reader| reader.probe())).await
    }

    async fn keep_probe(&self, probe: Probe) -> Result<(), StoreError> {
        self.with(move |shared| shared.writer().file.keep_probe(&probe)).await
    }
}

fn start(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), StoreError> {
    let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work);
    thread
        .map(drop)
        .map_err(|error| StoreError::Unavailable(format!("the store cannot start a thread: {error}")))
}
