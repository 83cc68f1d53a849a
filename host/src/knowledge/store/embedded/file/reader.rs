//! A reader is a connection that only reads: it sees what was committed last and waits for nobody.

mod answers;
mod corrections;
mod listing;

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};

use super::super::index::{Shortlist, WindowPlace};
use super::{broken, connect, dimensions, embedder};
use crate::knowledge::chunk::Section;
use crate::knowledge::metadata::Metadata;
use crate::knowledge::probe::Probe;
use crate::knowledge::score::{QueryWeights, ScoreParts, Worked, dot};
use crate::knowledge::store::{
    Candidate, DocumentInfo, FoundWindow, NewDocument, NewWindow, Search, SectionKey, StoreError,
    WantedSections, best_sections, placed, weights_of_section,
};
use crate::knowledge::terms::TermId;
use crate::message::MediaType;

/// The columns of a [`DocumentInfo`].
pub(super) const INFO: &str =
    "id, title, url, bytes, sections, windows, digest, imported_at, origin, metadata, notes";
/// A version's windows, as [`window_of`] reads them.
const WINDOWS: &str = "SELECT section, start, end, key, vector, weights, question FROM windows \
                       WHERE version = ?1 ORDER BY ordinal";
/// More would wait for processors. Each has a cache of up to 2 MB.
const MOST: usize = 8;
/// Windows handed over at a time while a base is read into its index.
const SLICE: usize = 64;

/// The readers of one file. All are opened with it, because an open file outlives its name: a base
/// that was embedded anew elsewhere may lose its older file while it is read.
pub(in super::super) struct Readers {
    idle: Mutex<Vec<FileReader>>,
    returned: Condvar,
}

/// A reader that goes back when its work ends, however that is.
struct Lent<'a> {
    readers: &'a Readers,
    reader: Option<FileReader>,
}

impl Readers {
    pub(in super::super) fn open(path: &Path) -> Result<Self, StoreError> {
        // One more, for who takes over another process's import.
        let count = std::thread::available_parallelism().map_or(2, usize::from).clamp(2, MOST) + 1;
        let idle = (0..count).map(|_| FileReader::open(path)).collect::<Result<_, _>>()?;
        Ok(Self { idle: Mutex::new(idle), returned: Condvar::new() })
    }

    /// Lends a reader; where all are lent, waits for one.
    pub(in super::super) fn with<T>(
        &self,
        work: impl FnOnce(&FileReader) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let mut idle =
            self.returned.wait_while(idle, |idle| idle.is_empty()).unwrap_or_else(PoisonError::into_inner);
        let lent = Lent { readers: self, reader: idle.pop() };
        drop(idle);
        match &lent.reader {
            Some(reader) => work(reader),
            None => Err(StoreError::Unavailable("the file has no reader left".into())),
        }
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut idle = self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.extend(self.reader.take());
        self.readers.returned.notify_one();
    }
}

pub(in super::super) struct FileReader {
    path: PathBuf,
    connection: Connection,
}

/// What a shortlist came to.
pub(in super::super) struct ScoredShortlist {
    pub(in super::super) candidates: Vec<Candidate>,
    /// False where a document was replaced after the shortlist was made: its windows are left out.
    pub(in super::super) complete: bool,
}

/// What a file held at one moment.
pub(in super::super) struct Snapshot {
    pub(in super::super) versions: HashSet<i64>,
    /// What made the vectors; `None` while there is no document.
    pub(in super::super) embedder: Option<String>,
}

/// What counting the documents' parts has shown.
pub(in super::super) struct PartCounts {
    pub(in super::super) documents: usize,
    /// Documents that lack sections or windows.
    pub(in super::super) incomplete: Vec<String>,
    /// Documents with vectors of other dimensions.
    pub(in super::super) odd: Vec<String>,
}

/// A document that is read into the index.
pub(in super::super) struct Arriving {
    pub(in super::super) version: i64,
    pub(in super::super) metadata: Metadata,
}

struct ScoredWindow {
    place: WindowPlace,
    range: Range<u32>,
}

impl FileReader {
    fn open(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = connect(path, path, flags)?;
        connection.pragma_update(None, "query_only", true).map_err(|error| broken(path, &error))?;
        Ok(Self { path: path.to_owned(), connection })
    }

    /// All documents, by id.
    pub(in super::super) fn documents(&self) -> Result<Vec<DocumentInfo>, StoreError> {
        let read = || {
            let mut query =
                self.connection.prepare_cached(&format!("SELECT {INFO} FROM documents ORDER BY id"))?;
            query.query_map([], info_of)?.collect::<rusqlite::Result<_>>()
        };
        read().map_err(|error| broken(&self.path, &error))
    }

    /// Documents, and windows of all of them.
    pub(in super::super) fn size(&self) -> Result<(u64, u64), StoreError> {
        let count = |row: &rusqlite::Row<'_>| {
            Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get::<_, i64>(1)?.unsigned_abs()))
        };
        let query = "SELECT count(*), coalesce(sum(windows), 0) FROM documents";
        self.connection.query_row(query, [], count).map_err(|error| broken(&self.path, &error))
    }

    pub(in super::super) fn document(&self, id: &str) -> Result<Option<DocumentInfo>, StoreError> {
        let found = described(&self.connection, id).map_err(|error| broken(&self.path, &error))?;
        Ok(found.map(|(info, _)| info))
    }

    /// How many dimensions the vectors have; `None` while there is no document.
    pub(in super::super) fn dimensions(&self) -> Result<Option<usize>, StoreError> {
        dimensions(&self.connection).map_err(|error| broken(&self.path, &error))
    }

    /// The probe's vector that was kept last.
    pub(in super::super) fn probe(&self) -> Result<Option<Probe>, StoreError> {
        let query = "SELECT value FROM meta WHERE key = 'probe'";
        let found: Option<String> = self
            .connection
            .query_row(query, [], |row| row.get(0))
            .optional()
            .map_err(|error| broken(&self.path, &error))?;
        Ok(found.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Counts every document's parts.
    pub(in super::super) fn check(&self) -> Result<PartCounts, StoreError> {
        let read = || {
            let snapshot = self.connection.unchecked_transaction()?;
            let documents: i64 =
                snapshot.query_row("SELECT count(*) FROM documents", [], |row| row.get(0))?;
            let mut query = snapshot.prepare(
                "SELECT id FROM documents AS d WHERE \
                 sections != (SELECT count(*) FROM sections AS s WHERE s.version = d.version) OR \
                 windows != (SELECT count(*) FROM windows AS w WHERE w.version = d.version) ORDER BY id",
            )?;
            let incomplete = query.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            let mut odd = Vec::new();
            if let Some(dimensions) = dimensions(&snapshot)? {
                let mut query = snapshot.prepare(
                    "SELECT DISTINCT id FROM windows JOIN documents USING (version) \
                     WHERE length(vector) != ?1 ORDER BY id",
                )?;
                let found = query.query_map([4 * dimensions as i64], |row| row.get(0))?;
                odd = found.collect::<rusqlite::Result<_>>()?;
            }
            Ok(PartCounts { documents: documents as usize, incomplete, odd })
        };
        read().map_err(|error| broken(&self.path, &error))
    }

    /// One document with all that belongs to it.
    pub(in super::super) fn whole(&self, id: &str) -> Result<Option<NewDocument>, StoreError> {
        let read = || {
            let snapshot = self.connection.unchecked_transaction()?;
            let Some((info, version)) = described(&snapshot, id)? else { return Ok(None) };
            let embedder = embedder(&snapshot)?.unwrap_or_default();
            let mut windows = snapshot.prepare_cached(WINDOWS)?;
            let windows = windows.query_map([version], window_of)?.collect::<rusqlite::Result<_>>()?;
            let sections = (0..info.sections).map(|ordinal| read_section(&snapshot, version, ordinal));
            let sections = sections.collect::<rusqlite::Result<_>>()?;
            Ok(Some(NewDocument { info, embedder, sections, windows, changes_of: None }))
        };
        read().map_err(|error| broken(&self.path, &error))
    }

    /// Sections of documents that are still those described.
    pub(in super::super) fn sections(
        &self,
        wanted: &[WantedSections],
    ) -> Result<HashMap<SectionKey, Section>, StoreError> {
        let read = || {
            let snapshot = self.connection.unchecked_transaction()?;
            let mut found = HashMap::new();
            for WantedSections { document, ordinals } in wanted {
                let stored = described(&snapshot, &document.id)?;
                let Some((_, version)) = stored.filter(|(info, _)| *info == **document) else { continue };
                for &ordinal in ordinals {
                    let section = read_section(&snapshot, version, ordinal).optional()?;
                    found.extend(section.map(|section| ((document.id.clone(), ordinal), section)));
                }
            }
            Ok(found)
        };
        read().map_err(|error| broken(&self.path, &error))
    }

    /// The shortlist's best sections by their true scores. `asking` gives the sections that have a question with a key, each
    /// with its version.
    pub(in super::super) fn score(
        &self,
        shortlist: &Shortlist,
        search: &Search,
        asking: impl Fn(&str) -> HashSet<(i64, u32)>,
    ) -> Result<ScoredShortlist, StoreError> {
        let score = || {
            // One snapshot: a document that is replaced meanwhile is read wholly as it was.
            let snapshot = self.connection.unchecked_transaction()?;
            let versions: HashSet<i64> = shortlist.windows.iter().map(|window| window.version).collect();
            let mut documents = HashMap::new();
            let mut info =
                snapshot.prepare_cached(&format!("SELECT {INFO} FROM documents WHERE version = ?1"))?;
            for &version in &versions {
                let found = info.query_row([version], info_of).optional()?;
                documents.extend(found.map(|info| (version, Arc::new(info))));
            }
            let complete = documents.len() == versions.len();

            let mut sections = HashMap::new();
            let mut found = Vec::with_capacity(shortlist.windows.len());
            for &window in shortlist.windows.iter().filter(|window| documents.contains_key(&window.version)) {
                let section = match sections.entry((window.version, window.section)) {
                    Entry::Occupied(entry) => *entry.get(),
                    Entry::Vacant(entry) => *entry.insert(read_lexical(
                        &snapshot,
                        window.version,
                        window.section,
                        &shortlist.weights,
                    )?),
                };
                found.push(read_window(&snapshot, window, section, search, &shortlist.weights)?);
            }
            let best = best_sections(
                found,
                search.limit,
                |found: &ScoredWindow| {
                    let document = documents.get(&found.place.version).map(|document| placed(document));
                    (document, found.place.ordinal)
                },
                |found| (found.place.version, found.place.section),
            );
            let mut candidates = Vec::with_capacity(best.len());
            let mut places = Vec::with_capacity(best.len());
            for FoundWindow { window: ScoredWindow { place, range }, parts } in best {
                if let Some(document) = documents.get(&place.version) {
                    candidates.push(Candidate {
                        document: Arc::clone(document),
                        ordinal: place.section,
                        section: Arc::new(read_section(&snapshot, place.version, place.section)?),
                        range,
                        parts,
                        // The file is at hand: what is around is read of the hits alone.
                        around: None,
                        corrections: Vec::new(),
                    });
                    places.push(place);
                }
            }
            corrections::add(&snapshot, &mut candidates, &places, search, asking)?;
            Ok(ScoredShortlist { candidates, complete })
        };
        score().map_err(|error| broken(&self.path, &error))
    }

    /// Reads the windows of every version but the known ones, some at a time, in their order.
    pub(in super::super) fn read_new(
        &self,
        known: &HashSet<i64>,
        mut take: impl FnMut(&Arriving, &[NewWindow]) -> Result<(), StoreError>,
    ) -> Result<Snapshot, StoreError> {
        let broken = |error| broken(&self.path, &error);
        let snapshot = self.connection.unchecked_transaction().map_err(broken)?;
        let embedder = embedder(&snapshot).map_err(broken)?;
        let versions = versions(&snapshot).map_err(broken)?;
        let mut new: Vec<_> = versions.difference(known).copied().collect();
        new.sort_unstable();
        let mut query = snapshot.prepare(WINDOWS).map_err(broken)?;
        let mut windows = Vec::with_capacity(SLICE);
        let mut described =
            snapshot.prepare("SELECT metadata FROM documents WHERE version = ?1").map_err(broken)?;
        for version in new {
            let metadata = described
                .query_row([version], |row| Ok(Metadata::stored(row.get_ref(0)?.as_str()?)))
                .map_err(broken)?;
            let document = Arriving { version, metadata };
            let mut rows = query.query([version]).map_err(broken)?;
            while let Some(row) = rows.next().map_err(broken)? {
                windows.push(window_of(row).map_err(broken)?);
                if windows.len() == SLICE {
                    take(&document, &windows)?;
                    windows.clear();
                }
            }
            take(&document, &windows)?;
            windows.clear();
        }
        Ok(Snapshot { versions, embedder })
    }
}

fn versions(connection: &Connection) -> rusqlite::Result<HashSet<i64>> {
    connection.prepare("SELECT version FROM documents")?.query_map([], |row| row.get(0))?.collect()
}

fn info_of(row: &Row<'_>) -> rusqlite::Result<DocumentInfo> {
    Ok(DocumentInfo {
        id: row.get(0)?,
        title: row.get(1)?,
        url: row.get(2)?,
        bytes: row.get::<_, i64>(3)? as u64,
        sections: row.get(4)?,
        windows: row.get(5)?,
        digest: row.get(6)?,
        imported_at: row.get::<_, i64>(7)? as u64,
        origin: row.get(8)?,
        metadata: Metadata::stored(row.get_ref(9)?.as_str()?),
        notes: row.get::<_, String>(10)?.lines().map(str::to_owned).collect(),
    })
}

/// A document with its version; `None` where there is none.
pub(super) fn described(connection: &Connection, id: &str) -> rusqlite::Result<Option<(DocumentInfo, i64)>> {
    connection
        .prepare_cached(&format!("SELECT {INFO}, version FROM documents WHERE id = ?1"))?
        .query_row([id], |row| Ok((info_of(row)?, row.get("version")?)))
        .optional()
}

/// The sum of shares times weights over a section's terms.
fn read_lexical(
    connection: &Connection,
    version: i64,
    ordinal: u32,
    query: &QueryWeights,
) -> rusqlite::Result<f32> {
    let mut sections =
        connection.prepare_cached("SELECT weights FROM sections WHERE version = ?1 AND ordinal = ?2")?;
    let stored = sections.query_row(params![version, ordinal], |row| {
        let weights = row.get_ref(0)?.as_blob_or_null()?;
        Ok(weights.map(|weights| query.lexical(weights_of(weights))))
    })?;
    match stored {
        Some(sum) => Ok(sum),
        // Stored before sections had weights.
        None => {
            let section = read_section(connection, version, ordinal)?;
            Ok(query.lexical(weights_of_section(&section).into_iter()))
        }
    }
}

/// A window with its true score.
fn read_window(
    connection: &Connection,
    place: WindowPlace,
    section: f32,
    search: &Search,
    query: &QueryWeights,
) -> rusqlite::Result<FoundWindow<ScoredWindow>> {
    let mut windows = connection.prepare_cached(
        "SELECT start, end, key, vector, weights FROM windows WHERE version = ?1 AND ordinal = ?2",
    )?;
    windows.query_row(params![place.version, place.ordinal], |row| {
        let stored = row.get_ref(3)?.as_blob()?;
        let dense = search.vector.as_ref().map(|vector| dot(vector, &vector_of(stored)));
        let window = query.lexical(weights_of(row.get_ref(4)?.as_blob()?));
        let worked = Worked { dense, window, section };
        let parts = ScoreParts::new(
            worked,
            query.dense_share,
            search.asked.as_deref(),
            row.get_ref(2)?.as_str_or_null()?,
        );
        Ok(FoundWindow { window: ScoredWindow { place, range: row.get(0)?..row.get(1)? }, parts })
    })
}

fn read_section(connection: &Connection, version: i64, ordinal: u32) -> rusqlite::Result<Section> {
    let mut sections = connection.prepare_cached(
        "SELECT headings, text, markdown, answer, off FROM sections WHERE version = ?1 AND ordinal = ?2",
    )?;
    sections.query_row(params![version, ordinal], |row| {
        let headings: String = row.get(0)?;
        Ok(Section {
            headings: headings.lines().map(str::to_owned).collect(),
            text: row.get(1)?,
            media_type: if row.get(2)? { MediaType::Markdown } else { MediaType::Plain },
            answer: row.get(3)?,
            off: row.get::<_, Option<String>>(4)?.and_then(|off| serde_json::from_str(&off).ok()),
        })
    })
}

fn window_of(row: &Row<'_>) -> rusqlite::Result<NewWindow> {
    Ok(NewWindow {
        section: row.get(0)?,
        range: row.get(1)?..row.get(2)?,
        key: row.get(3)?,
        vector: vector_of(row.get_ref(4)?.as_blob()?),
        weights: weights_of(row.get_ref(5)?.as_blob()?).collect(),
        question: row.get(6)?,
    })
}

fn vector_of(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().copied().map(f32::from_le_bytes).collect()
}

fn weights_of(bytes: &[u8]) -> impl Iterator<Item = (TermId, f32)> + '_ {
    let (pairs, _) = bytes.as_chunks::<8>();
    pairs
        .iter()
        .map(|&[a, b, c, d, e, f, g, h]| (u32::from_le_bytes([a, b, c, d]), f32::from_le_bytes([e, f, g, h])))
}
