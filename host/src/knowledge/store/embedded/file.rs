//! The file: one row a document, with its sections and windows, written in one transaction. It is
//! read through connections of its own ([`reader`]), which never wait for a write.

mod reader;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use crate::disk;
use crate::knowledge::probe::Probe;
use crate::knowledge::store::{DocumentInfo, NewDocument, StoreError, weights_of_section};
use crate::message::MediaType;
use crate::tables::{self, TablesError};

pub(super) use reader::{Arriving, Readers, ScoredShortlist};
use reader::{INFO, described};

/// Free pages of 4 KiB that a file keeps for the documents that come next.
const FREE_PAGES_KEPT: i64 = 256;
/// Free pages from which on they are given back: a document that is replaced leaves some again and again.
const WORTH_GIVING_BACK: i64 = 1024;
/// Pages given back at a time: each step goes through the log, which a full disk must have room for.
const STEP: i64 = 1024;
/// How long a statement waits for another process.
const WAIT_FOR_OTHERS: Duration = Duration::from_secs(30);
/// How long emptying the log waits for searches, while no document is written.
const WAIT_FOR_READERS: Duration = Duration::from_secs(1);

/// `version` names one import of a document and is never used again.
const SCHEMA: &str = "
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    version INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    url TEXT,
    bytes INTEGER NOT NULL,
    sections INTEGER NOT NULL,
    windows INTEGER NOT NULL,
    digest TEXT NOT NULL,
    imported_at INTEGER NOT NULL,
    origin TEXT,
    metadata TEXT NOT NULL DEFAULT '{}',
    notes TEXT NOT NULL DEFAULT ''
);
CREATE TABLE sections (
    version INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    headings TEXT NOT NULL,
    text TEXT NOT NULL,
    markdown INTEGER NOT NULL,
    answer TEXT,
    weights BLOB,
    off TEXT,
    PRIMARY KEY (version, ordinal)
) WITHOUT ROWID;
CREATE TABLE windows (
    version INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    section INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    key TEXT,
    vector BLOB NOT NULL,
    weights BLOB NOT NULL,
    question TEXT,
    PRIMARY KEY (version, ordinal)
);
";

/// From the first tables to the second.
const FROM_1: &str = "
ALTER TABLE documents ADD COLUMN origin TEXT;
ALTER TABLE windows ADD COLUMN question TEXT;
";

/// From the second tables to the third. Sections that are there already have no weights: they are
/// worked out from their text when they are needed.
const FROM_2: &str = "ALTER TABLE sections ADD COLUMN weights BLOB;";

/// From the third tables to the fourth.
const FROM_3: &str = "ALTER TABLE documents ADD COLUMN metadata TEXT NOT NULL DEFAULT '{}';";

/// From the fourth tables to the fifth.
const FROM_4: &str = "
ALTER TABLE documents ADD COLUMN notes TEXT NOT NULL DEFAULT '';
ALTER TABLE sections ADD COLUMN off TEXT;
";

/// The connection that writes.
pub(super) struct BaseFile {
    path: PathBuf,
    connection: Connection,
    /// SQLite's count of commits by others.
    seen: i64,
}

/// A written document: its version, that of the one it replaced, and what the caller holds.
pub(super) struct Put<G> {
    pub(super) version: i64,
    pub(super) replaced: Option<i64>,
    pub(super) _held: G,
}

impl BaseFile {
    /// Opens or creates the file.
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        if path.is_dir() {
            return Err(StoreError::Broken(format!(
                "{} is a folder, not a file; move it away, or put the file back from a backup",
                path.display()
            )));
        }
        create_whole(path)?;
        // SQLite would take it for a new one, and a base that has lost everything for one that holds nothing.
        if std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() == 0) {
            return Err(StoreError::Broken(format!(
                "{}: the file is damaged: it has 0 bytes, and not even an empty base has; put it back from a backup, \
                 or delete it to begin anew and import the documents again",
                path.display()
            )));
        }
        Self::open_at(path, path)
    }

    /// Opens or creates the database `at` a path that errors call `path`.
    fn open_at(at: &Path, path: &Path) -> Result<Self, StoreError> {
        let connection = connect(at, path, OpenFlags::default())?;
        // Only a file that is still empty takes `auto_vacuum` in; others keep what they have.
        connection
            .execute_batch(
                "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 4194304; \
                 PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
            )
            .map_err(|error| broken(path, &error))?;
        let mut file = Self { path: path.to_owned(), connection, seen: 0 };
        file.create_tables()?;
        file.seen = file.data_version()?;
        Ok(file)
    }

    /// Copies the log into the file, which is whole without it from then on and on the disk, and closes it. SQLite
    /// does so by itself where the last connection goes, but nobody hears of it where there is no room for that.
    fn close_whole(self) -> Result<(), StoreError> {
        let Self { path, connection, .. } = self;
        let emptied =
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
        if emptied.map_err(|error| broken(&path, &error))? {
            return Err(StoreError::Unavailable(format!(
                "{}: another process reads it while it is made, try again",
                path.display()
            )));
        }
        connection.close().map_err(|(_, error)| broken(&path, &error))
    }

    /// Writes a document in place of its older version, where that may be replaced: no other process writes between the
    /// question and the write. `hold` is called just before others can see it, and what it gives is handed back.
    pub(super) fn put<G>(
        &mut self,
        document: &NewDocument,
        may_replace: impl FnOnce(Option<&DocumentInfo>) -> bool,
        hold: impl FnOnce() -> G,
    ) -> Result<Option<Put<G>>, StoreError> {
        self.expect_vectors(document)?;
        let path = self.path.clone();
        self.write(document, may_replace, hold).map_err(|error| broken(&path, &error))
    }

    fn write<G>(
        &mut self,
        document: &NewDocument,
        may_replace: impl FnOnce(Option<&DocumentInfo>) -> bool,
        hold: impl FnOnce() -> G,
    ) -> rusqlite::Result<Option<Put<G>>> {
        let transaction =
            self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let info = &document.info;
        let stored = described(&transaction, &info.id)?;
        if !may_replace(stored.as_ref().map(|(info, _)| info)) {
            return Ok(None);
        }
        let replaced = stored.map(|(_, version)| version);
        transaction.execute("DELETE FROM documents WHERE id = ?1", [&info.id])?;
        transaction.execute(
            &format!("INSERT INTO documents ({INFO}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"),
            params![
                info.id,
                info.title,
                info.url,
                info.bytes as i64,
                info.sections,
                info.windows,
                info.digest,
                info.imported_at as i64,
                info.origin,
                serde_json::json!(info.metadata).to_string(),
                info.notes.join("\n")
            ],
        )?;
        let version = transaction.last_insert_rowid();
        {
            let mut insert =
                transaction.prepare("INSERT INTO sections VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?;
            for (section, ordinal) in document.sections.iter().zip(0u32..) {
                insert.execute(params![
                    version,
                    ordinal,
                    // A heading never holds a line break.
                    section.headings.join("\n"),
                    section.text,
                    section.media_type == MediaType::Markdown,
                    section.answer,
                    weight_bytes(&weights_of_section(section)),
                    section.off.as_ref().map(|off| serde_json::json!(off).to_string())
                ])?;
            }
            let mut insert =
                transaction.prepare("INSERT INTO windows VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?;
            for (window, ordinal) in document.windows.iter().zip(0u32..) {
                insert.execute(params![
                    version,
                    ordinal,
                    window.section,
                    window.range.start,
                    window.range.end,
                    window.key,
                    vector_bytes(&window.vector),
                    weight_bytes(&window.weights),
                    window.question
                ])?;
            }
        }
        let mut say = transaction.prepare("INSERT OR REPLACE INTO meta VALUES (?1, ?2)")?;
        say.execute(["embedder", &document.embedder])?;
        // A document that is switched off has no window.
        if let Some(window) = document.windows.first() {
            say.execute(["dimensions", &window.vector.len().to_string()])?;
        }
        drop(say);
        let held = hold();
        transaction.commit()?;
        Ok(Some(Put { version, replaced, _held: held }))
    }

    /// Gives the number of the version deleted, and what `hold` gave as in [`BaseFile::put`].
    pub(super) fn delete<G>(
        &mut self,
        id: &str,
        hold: impl FnOnce() -> G,
    ) -> Result<Option<(i64, G)>, StoreError> {
        let path = self.path.clone();
        let delete = || {
            let transaction =
                self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            let Some(version) = version_of(&transaction, id)? else { return Ok(None) };
            transaction.execute("DELETE FROM documents WHERE id = ?1", [id])?;
            let held = hold();
            transaction.commit()?;
            Ok(Some((version, held)))
        };
        delete().map_err(|error| broken(&path, &error))
    }

    /// Gives the disk back what deleted and replaced documents have left, but for a little that the next
    /// ones take. Where that fails it is left to the next time.
    pub(super) fn give_back(&self) {
        if let Err(error) = self.try_to_give_back() {
            tracing::warn!("{} does not give back what is free in it: {error}", self.path.display());
        }
    }

    fn try_to_give_back(&self) -> rusqlite::Result<()> {
        let free = || self.connection.query_row("PRAGMA freelist_count", [], |row| row.get::<_, i64>(0));
        let mut left = free()?;
        if left < WORTH_GIVING_BACK {
            return Ok(());
        }
        while left > FREE_PAGES_KEPT {
            let step = (left - FREE_PAGES_KEPT).min(STEP);
            // It gives back one page for each row that is read of it.
            let mut giving = self.connection.prepare(&format!("PRAGMA incremental_vacuum({step})"))?;
            let mut given = giving.query([])?;
            while given.next()?.is_some() {}
            drop(given);
            drop(giving);
            // What a file of an earlier version holds stays: see `make_anew`.
            let before = std::mem::replace(&mut left, free()?);
            if left >= before {
                return Ok(());
            }
            self.empty_log()?;
        }
        Ok(())
    }

    /// Copies the log into the file: until then the file keeps its length, and the log takes room itself.
    fn empty_log(&self) -> rusqlite::Result<()> {
        self.connection.busy_timeout(WAIT_FOR_READERS)?;
        let emptied = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        self.connection.busy_timeout(WAIT_FOR_OTHERS)?;
        emptied
    }

    /// Writes a file of an earlier version anew, so that it can give back what is free in it. Takes as much
    /// room again as the file has.
    pub(super) fn make_anew(&self) -> Result<(), StoreError> {
        let make = || {
            if self.connection.query_row("PRAGMA auto_vacuum", [], |row| row.get::<_, i64>(0))? != 0 {
                return Ok(());
            }
            self.connection.execute_batch("PRAGMA auto_vacuum = INCREMENTAL; VACUUM")?;
            self.empty_log()
        };
        make().map_err(|error| broken(&self.path, &error))
    }

    /// Changes the origin of the document with this content; `false` where there is none. It stays
    /// the version it is, so that no index has to follow.
    pub(super) fn set_origin(
        &mut self,
        id: &str,
        digest: &str,
        origin: Option<&str>,
    ) -> Result<bool, StoreError> {
        let update = "UPDATE documents SET origin = ?3 WHERE id = ?1 AND digest = ?2";
        let changed = self.connection.execute(update, params![id, digest, origin]);
        changed.map(|rows| rows > 0).map_err(|error| broken(&self.path, &error))
    }

    /// Whether another process has written since the last call.
    pub(super) fn changed_elsewhere(&mut self) -> Result<bool, StoreError> {
        let now = self.data_version()?;
        Ok(std::mem::replace(&mut self.seen, now) != now)
    }

    /// The next look finds a change, as when taking one over failed.
    pub(super) fn look_again(&mut self) {
        self.seen = -1;
    }

    fn data_version(&self) -> Result<i64, StoreError> {
        self.connection
            .query_row("PRAGMA data_version", [], |row| row.get(0))
            .map_err(|error| broken(&self.path, &error))
    }

    fn create_tables(&mut self) -> Result<(), StoreError> {
        let steps = [FROM_1, FROM_2, FROM_3, FROM_4];
        tables::bring_up_to_date(&mut self.connection, SCHEMA, &steps).map_err(|error| match error {
            TablesError::Newer { .. } => StoreError::Broken(format!("{} {error}", self.path.display())),
            TablesError::Sqlite(error) => broken(&self.path, &error),
        })
    }

    /// Keeps the probe's vector.
    pub(super) fn keep_probe(&self, probe: &Probe) -> Result<(), StoreError> {
        let text = serde_json::json!(probe).to_string();
        let kept = self.connection.execute("INSERT OR REPLACE INTO meta VALUES ('probe', ?1)", [text]);
        kept.map(|_| ()).map_err(|error| broken(&self.path, &error))
    }

    /// Refuses vectors that cannot be compared with those stored. Another process may have imported with
    /// another embedder since this one opened the file.
    pub(super) fn expect_vectors(&self, document: &NewDocument) -> Result<(), StoreError> {
        let made = document.dimensions()?;
        match dimensions(&self.connection).map_err(|error| broken(&self.path, &error))? {
            Some(stored) if stored != made && !document.windows.is_empty() => {
                // A later generation's file is called `base.1.db`.
                let name = self.path.file_name().unwrap_or_default().to_string_lossy();
                let base = name.split('.').next().unwrap_or_default();
                return Err(StoreError::Broken(format!(
                    "{} holds vectors of {stored} dimensions, and those of `{}` have {made}; if another model answers \
                     under the embedder's name now, run `qianfan-host kb reembed {base} --force`, else import it again",
                    self.path.display(),
                    document.info.id
                )));
            }
            _ => {}
        }
        match embedder(&self.connection).map_err(|error| broken(&self.path, &error))? {
            Some(stored) if stored != document.embedder => Err(StoreError::Broken(format!(
                "{} holds vectors of {stored}, not of {}; import with that embedder, or delete the base's documents first",
                self.path.display(),
                document.embedder
            ))),
            _ => Ok(()),
        }
    }
}

/// Creates a file that is not there under another name first: nobody ever sees it half made, whatever happens
/// meanwhile.
fn create_whole(path: &Path) -> Result<(), StoreError> {
    static MADE: AtomicU64 = AtomicU64::new(0);
    if path.exists() {
        return Ok(());
    }
    let named = |end: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    };
    let new = format!(".new-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
    let made = BaseFile::open_at(&named(&new), path).and_then(BaseFile::close_whole);
    let linked = made.and_then(|()| match std::fs::hard_link(named(&new), path) {
        Err(error) if disk::is_full(&error) => Err(StoreError::of_file(path, &error)),
        // Another may have been quicker; and where the disk has no links, it is made in its place.
        _ => Ok(()),
    });
    for end in ["", "-journal", "-wal", "-shm"] {
        let _ = std::fs::remove_file(named(&format!("{new}{end}")));
    }
    linked
}

/// Opens the database `at` a path that errors call `path`.
fn connect(at: &Path, path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(at, flags).map_err(|error| broken(path, &error))?;
    connection.busy_timeout(WAIT_FOR_OTHERS).map_err(|error| broken(path, &error))?;
    Ok(connection)
}

/// What the vectors were made with; `None` while there is no document.
fn embedder(connection: &Connection) -> rusqlite::Result<Option<String>> {
    let query = "SELECT value FROM meta WHERE key = 'embedder' AND EXISTS (SELECT 1 FROM documents)";
    connection.query_row(query, [], |row| row.get(0)).optional()
}

/// How many dimensions the vectors have; `None` while there is no document. A file that older hosts wrote
/// does not say so: there most of the first windows do, since one among them may be wrong.
fn dimensions(connection: &Connection) -> rusqlite::Result<Option<usize>> {
    let query = "SELECT value FROM meta WHERE key = 'dimensions' AND EXISTS (SELECT 1 FROM documents)";
    let said: Option<String> = connection.query_row(query, [], |row| row.get(0)).optional()?;
    if let Some(dimensions) = said.and_then(|said| said.parse().ok()) {
        return Ok(Some(dimensions));
    }
    let query = "SELECT length(vector) / 4 FROM (SELECT vector FROM windows LIMIT 1000) \
                 GROUP BY 1 ORDER BY count(*) DESC LIMIT 1";
    let found: Option<i64> = connection.query_row(query, [], |row| row.get(0)).optional()?;
    Ok(found.map(|found| found as usize))
}

fn version_of(connection: &Connection, id: &str) -> rusqlite::Result<Option<i64>> {
    connection.query_row("SELECT version FROM documents WHERE id = ?1", [id], |row| row.get(0)).optional()
}

fn vector_bytes(vector: &[f32]) -> Vec<u8> {
    vector.iter().flat_map(|x| x.to_le_bytes()).collect()
}

fn weight_bytes(weights: &[(u32, f32)]) -> Vec<u8> {
    weights.iter().flat_map(|(id, weight)| [id.to_le_bytes(), weight.to_le_bytes()]).flatten().collect()
}

fn broken(path: &Path, error: &rusqlite::Error) -> StoreError {
    let message = format!("{}: {error}", path.display());
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
            StoreError::Unavailable(format!("{message}; another process writes it, try again"))
        }
        _ if disk::is_full_for(error) => StoreError::no_room(&message),
        Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => {
            StoreError::Damaged(format!(
                "{message}; put the file back from a backup, or move it away and import the documents again"
            ))
        }
        _ => StoreError::Broken(message),
    }
}
