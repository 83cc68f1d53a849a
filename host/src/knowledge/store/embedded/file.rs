//! The file: one row a document, with its sections and windows, written in one transaction.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::knowledge::chunk::Section;
use crate::knowledge::metadata::Metadata;
use crate::knowledge::store::{DocumentInfo, NewDocument, NewWindow, StoreError};
use crate::message::MediaType;

/// Raised with every change to the tables.
const SCHEMA_VERSION: i64 = 2;

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
    metadata TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE sections (
    version INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    headings TEXT NOT NULL,
    text TEXT NOT NULL,
    markdown INTEGER NOT NULL,
    answer TEXT,
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
    PRIMARY KEY (version, ordinal)
);
";

const INFO: &str = "id, title, url, bytes, sections, windows, digest, imported_at, metadata";

/// From the first tables to the second.
const FROM_1: &str = "ALTER TABLE documents ADD COLUMN metadata TEXT NOT NULL DEFAULT '{}';";

pub(super) struct File {
    path: PathBuf,
    connection: Connection,
    /// SQLite's count of commits by others.
    seen: i64,
}

impl File {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let broken = |error: rusqlite::Error| broken(path, &error);
        let connection = Connection::open(path).map_err(broken)?;
        connection.busy_timeout(Duration::from_secs(30)).map_err(broken)?;
        connection
            .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")
            .map_err(broken)?;
        let mut file = Self { path: path.to_owned(), connection, seen: 0 };
        file.create_tables()?;
        file.seen = file.data_version()?;
        Ok(file)
    }

    /// Writes a document, replacing its older version. Gives the new version's number and the
    /// replaced one's.
    pub(super) fn put(&mut self, document: &NewDocument) -> Result<(i64, Option<i64>), StoreError> {
        self.expect_embedder(document)?;
        let path = self.path.clone();
        self.write(document).map_err(|error| broken(&path, &error))
    }

    fn write(&mut self, document: &NewDocument) -> rusqlite::Result<(i64, Option<i64>)> {
        let transaction =
            self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let info = &document.info;
        let replaced = version_of(&transaction, &info.id)?;
        transaction.execute("DELETE FROM documents WHERE id = ?1", [&info.id])?;
        transaction.execute(
            &format!("INSERT INTO documents ({INFO}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"),
            params![
                info.id,
                info.title,
                info.url,
                info.bytes as i64,
                info.sections,
                info.windows,
                info.digest,
                info.imported_at as i64,
                serde_json::json!(info.metadata).to_string()
            ],
        )?;
        let version = transaction.last_insert_rowid();
        {
            let mut insert = transaction.prepare("INSERT INTO sections VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
            for (section, ordinal) in document.sections.iter().zip(0u32..) {
                insert.execute(params![
                    version,
                    ordinal,
                    // A heading never holds a line break.
                    section.headings.join("\n"),
                    section.text,
                    section.media_type == MediaType::Markdown,
                    section.answer
                ])?;
            }
            let mut insert =
                transaction.prepare("INSERT INTO windows VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?;
            for (window, ordinal) in document.windows.iter().zip(0u32..) {
                insert.execute(params![
                    version,
                    ordinal,
                    window.section,
                    window.range.start,
                    window.range.end,
                    window.key,
                    vector_bytes(&window.vector),
                    weight_bytes(&window.weights)
                ])?;
            }
        }
        transaction.execute("INSERT OR REPLACE INTO meta VALUES ('embedder', ?1)", [&document.embedder])?;
        transaction.commit()?;
        Ok((version, replaced))
    }

    /// Gives the number of the version deleted.
    pub(super) fn delete(&mut self, id: &str) -> Result<Option<i64>, StoreError> {
        let path = self.path.clone();
        let mut delete = || {
            let transaction =
                self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            let version = version_of(&transaction, id)?;
            transaction.execute("DELETE FROM documents WHERE id = ?1", [id])?;
            transaction.commit()?;
            Ok(version)
        };
        delete().map_err(|error| broken(&path, &error))
    }

    pub(super) fn documents(&self) -> Result<Vec<DocumentInfo>, StoreError> {
        let read = || {
            let mut query =
                self.connection.prepare_cached(&format!("SELECT {INFO} FROM documents ORDER BY id"))?;
            query.query_map([], info_of)?.collect::<rusqlite::Result<_>>()
        };
        read().map_err(|error| broken(&self.path, &error))
    }

    pub(super) fn document(&self, id: &str) -> Result<Option<DocumentInfo>, StoreError> {
        let read = || {
            let mut query =
                self.connection.prepare_cached(&format!("SELECT {INFO} FROM documents WHERE id = ?1"))?;
            query.query_row([id], info_of).optional()
        };
        read().map_err(|error| broken(&self.path, &error))
    }

    /// Reads every document but the known versions, and gives the versions there are.
    pub(super) fn read_new(
        &self,
        known: &HashSet<i64>,
        mut take: impl FnMut(i64, NewDocument),
    ) -> Result<HashSet<i64>, StoreError> {
        let mut read = || {
            // One snapshot: a document that is replaced meanwhile is read wholly as it was.
            let snapshot = self.connection.unchecked_transaction()?;
            let mut versions = HashSet::new();
            let embedder = embedder(&snapshot)?.unwrap_or_default();
            let mut documents = snapshot.prepare(&format!("SELECT {INFO}, version FROM documents"))?;
            let mut rows = documents.query([])?;
            while let Some(row) = rows.next()? {
                let version: i64 = row.get("version")?;
                versions.insert(version);
                if !known.contains(&version) {
                    let document = read_document(&snapshot, version, info_of(row)?)?;
                    take(version, NewDocument { embedder: embedder.clone(), ..document });
                }
            }
            Ok(versions)
        };
        read().map_err(|error| broken(&self.path, &error))
    }

    /// Whether another process has written since the last call.
    pub(super) fn changed_elsewhere(&mut self) -> Result<bool, StoreError> {
        let now = self.data_version()?;
        Ok(std::mem::replace(&mut self.seen, now) != now)
    }

    fn data_version(&self) -> Result<i64, StoreError> {
        self.connection
            .query_row("PRAGMA data_version", [], |row| row.get(0))
            .map_err(|error| broken(&self.path, &error))
    }

    fn create_tables(&mut self) -> Result<(), StoreError> {
        let path = self.path.clone();
        let broken = |error: rusqlite::Error| broken(&path, &error);
        let transaction = self
            .connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
            .map_err(broken)?;
        let version: i64 =
            transaction.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(broken)?;
        match version {
            0 => {
                transaction.execute_batch(SCHEMA).map_err(broken)?;
                transaction.pragma_update(None, "user_version", SCHEMA_VERSION).map_err(broken)?;
            }
            1 => {
                transaction.execute_batch(FROM_1).map_err(broken)?;
                transaction.pragma_update(None, "user_version", SCHEMA_VERSION).map_err(broken)?;
            }
            SCHEMA_VERSION => {}
            newer => {
                return Err(StoreError::Broken(format!(
                    "{} was written by a newer qianfan-host (tables {newer}, this one knows {SCHEMA_VERSION}); use that version",
                    self.path.display()
                )));
            }
        }
        transaction.commit().map_err(broken)
    }

    /// Another process may have imported with another embedder since this one opened the file.
    fn expect_embedder(&self, document: &NewDocument) -> Result<(), StoreError> {
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

/// What the vectors were made with; `None` while there is no document.
fn embedder(connection: &Connection) -> rusqlite::Result<Option<String>> {
    let query = "SELECT value FROM meta WHERE key = 'embedder' AND EXISTS (SELECT 1 FROM documents)";
    connection.query_row(query, [], |row| row.get(0)).optional()
}

fn version_of(connection: &Connection, id: &str) -> rusqlite::Result<Option<i64>> {
    connection.query_row("SELECT version FROM documents WHERE id = ?1", [id], |row| row.get(0)).optional()
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
        metadata: metadata_of(row.get_ref(8)?.as_str()?),
    })
}

/// What this host has written; a field that someone else put there and that does not fit is none.
fn metadata_of(json: &str) -> Metadata {
    serde_json::from_str(json).ok().and_then(|json| Metadata::from_json(&json).ok()).unwrap_or_default()
}

/// All but the embedder, which is the same for all.
fn read_document(connection: &Connection, version: i64, info: DocumentInfo) -> rusqlite::Result<NewDocument> {
    let mut sections = connection.prepare_cached(
        "SELECT headings, text, markdown, answer FROM sections WHERE version = ?1 ORDER BY ordinal",
    )?;
    let sections = sections.query_map([version], |row| {
        let headings: String = row.get(0)?;
        Ok(Section {
            headings: headings.lines().map(str::to_owned).collect(),
            text: row.get(1)?,
            media_type: if row.get(2)? { MediaType::Markdown } else { MediaType::Plain },
            answer: row.get(3)?,
        })
    })?;
    let mut windows = connection.prepare_cached(
        "SELECT section, start, end, key, vector, weights FROM windows WHERE version = ?1 ORDER BY ordinal",
    )?;
    let windows = windows.query_map([version], |row| {
        Ok(NewWindow {
            section: row.get(0)?,
            range: row.get(1)?..row.get(2)?,
            key: row.get(3)?,
            vector: numbers(row.get_ref(4)?.as_blob()?).map(f32::from_le_bytes).collect(),
            weights: weights_of(row.get_ref(5)?.as_blob()?),
        })
    })?;
    Ok(NewDocument {
        info,
        embedder: String::new(),
        sections: sections.collect::<Result<_, _>>()?,
        windows: windows.collect::<Result<_, _>>()?,
    })
}

fn vector_bytes(vector: &[f32]) -> Vec<u8> {
    vector.iter().flat_map(|x| x.to_le_bytes()).collect()
}

fn weight_bytes(weights: &[(u32, f32)]) -> Vec<u8> {
    weights.iter().flat_map(|(id, weight)| [id.to_le_bytes(), weight.to_le_bytes()]).flatten().collect()
}

fn weights_of(bytes: &[u8]) -> Vec<(u32, f32)> {
    let (pairs, _) = bytes.as_chunks::<8>();
    pairs
        .iter()
        .map(|&[a, b, c, d, e, f, g, h]| (u32::from_le_bytes([a, b, c, d]), f32::from_le_bytes([e, f, g, h])))
        .collect()
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = [u8; 4]> + '_ {
    bytes.as_chunks::<4>().0.iter().copied()
}

fn broken(path: &Path, error: &rusqlite::Error) -> StoreError {
    let message = format!("{}: {error}", path.display());
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
            StoreError::Unavailable(format!("{message}; another process writes it, try again"))
        }
        _ => StoreError::Broken(message),
    }
}
