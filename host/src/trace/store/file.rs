//! The SQLite file of the traces. With everything beside it, it never measures more than it may, and
//! what must go goes from the app that holds the most.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior, params};

use super::costs_table;
use super::feedback::{self, Rated};
use super::limits::TraceLimits;
use super::summary::{COLUMNS, Summary};
use super::waiting::WaitingTrace;
use crate::damaged::WatchedDatabase;
use crate::tables::{self, TablesError};

/// The tables that hold the traces themselves. Costs and feedback came with the third version.
const SCHEMA: &str = "
CREATE TABLE traces (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    app TEXT NOT NULL,
    question TEXT NOT NULL,
    answered_by TEXT NOT NULL,
    finish_reason TEXT NOT NULL,
    total_ms REAL NOT NULL,
    bytes INTEGER NOT NULL,
    body TEXT NOT NULL,
    error TEXT,
    prompt_tokens INTEGER,
    completion_tokens INTEGER,
    cost REAL
);
CREATE INDEX traces_of_app ON traces (app, number, bytes);
";
/// Statements that make the tables of the first version those of the second.
const FROM_1: &str = "
ALTER TABLE traces ADD COLUMN error TEXT;
ALTER TABLE traces ADD COLUMN prompt_tokens INTEGER;
ALTER TABLE traces ADD COLUMN completion_tokens INTEGER;
ALTER TABLE traces ADD COLUMN cost REAL;
DROP INDEX IF EXISTS traces_bytes;
CREATE INDEX traces_of_app ON traces (app, number, bytes);
";
/// Traces written in one transaction. Each takes a small part of what a transaction takes.
const BATCH: usize = 1024;
/// How long the end of the process waits for the disk.
pub(super) const LAST_WRITE: Duration = Duration::from_secs(5);
/// Bytes of a page in a new file: several traces in each, since every page is written twice and read once, by a
/// call of the system's each. Files of earlier versions keep their pages of 4 KiB.
const PAGE: usize = 16 << 10;
/// What a row and its part of the indexes take at least beside its body.
const ROW: usize = 1 << 10;
/// Bytes that the write-ahead log holds at most before it is copied into the file.
const LONGEST_LOG: usize = 4 << 20;
/// Memory for pages, in KiB: what one transaction writes and deletes.
const CACHE_KIB: i64 = 4 << 10;
/// Bytes given back to the disk in one step.
const SHRINK_STEP: usize = 1 << 20;

/// The file, as its only writer in this process has it.
pub(super) struct TraceFile {
    connection: Connection,
    path: PathBuf,
    limits: TraceLimits,
    /// Bytes of a page.
    page: usize,
    holdings: Holdings,
    watched: WatchedDatabase,
}

/// Why the file cannot be opened.
#[derive(Debug, Clone)]
pub(super) struct UnopenedFile {
    pub(super) cause: String,
    /// A newer host has made it: waiting does not help.
    pub(super) is_newer: bool,
}

impl From<String> for UnopenedFile {
    fn from(cause: String) -> Self {
        Self { cause, is_newer: false }
    }
}

impl From<rusqlite::Error> for UnopenedFile {
    fn from(error: rusqlite::Error) -> Self {
        error.to_string().into()
    }
}

/// Whether an error says that the file is broken, or none of SQLite's.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

/// A connection that reads.
pub(super) fn reader(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(LAST_WRITE)?;
    Ok(connection)
}

/// What is read while there is no file: the tables, and nothing in them.
pub(super) fn nothing() -> Result<Connection, UnopenedFile> {
    let mut connection = Connection::open_in_memory()?;
    make_tables(&mut connection)?;
    Ok(connection)
}

/// The body of a trace.
pub(super) fn body(reader: &Connection, id: &str) -> rusqlite::Result<Option<String>> {
    reader
        .prepare_cached("SELECT body FROM traces WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()
}

/// The newest first.
pub(super) fn newest(reader: &Connection, count: usize) -> rusqlite::Result<Vec<Summary>> {
    let mut query =
        reader.prepare_cached(&format!("SELECT {COLUMNS} FROM traces ORDER BY number DESC LIMIT ?1"))?;
    query.query_map([count as i64], Summary::read)?.collect()
}

impl TraceFile {
    /// Opens or creates the file. Fails with the cause.
    pub(super) fn open(path: &Path, limits: TraceLimits) -> Result<Self, UnopenedFile> {
        let told = |error: rusqlite::Error| error.to_string();
        let connection = reader(path).map_err(told)?;
        let holdings = Holdings::default();
        // The connection has made the file.
        let watched = WatchedDatabase::new(path).map_err(|error| error.to_string())?;
        let mut file = Self { connection, path: path.to_owned(), limits, page: PAGE, holdings, watched };
        file.prepare().map_err(told)?;
        file.create_tables()?;
        Ok(file)
    }

    /// What was done to it from outside.
    pub(super) fn spoilt(&self) -> Option<&'static str> {
        self.watched.spoilt()
    }

    /// What SQLite finds wrong in all of it, where it finds something. Reads every page.
    pub(super) fn broken(&self) -> Option<rusqlite::Error> {
        let corrupt = |said: String| {
            let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
            rusqlite::Error::SqliteFailure(code, Some(said))
        };
        match self.connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0)) {
            Ok(said) if said == "ok" => None,
            Ok(said) => Some(corrupt(said)),
            Err(error) => is_damage(&error).then_some(error),
        }
    }

    /// How much is kept in it.
    pub(super) fn limits(&self) -> TraceLimits {
        self.limits
    }

    /// Bytes of pages that may be in use. The rest of what the file may measure is for the write-ahead
    /// log, which holds what was written last, and for its index.
    fn room(&self) -> usize {
        self.limits.bytes / 8 * 5
    }

    /// What is written in one transaction, unless one trace alone is larger.
    pub(super) fn batch(limits: TraceLimits) -> TraceLimits {
        // A small part of what may be kept: room for more would put out what other apps hold.
        TraceLimits { traces: (limits.traces / 16).clamp(1, BATCH), bytes: limits.bytes / 16 }
    }

    fn prepare(&mut self) -> rusqlite::Result<()> {
        // Only a file that is still empty takes these in; others keep their pages and use them again.
        self.connection.pragma_update(None, "page_size", PAGE as i64)?;
        self.connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
        self.connection.pragma_update(None, "journal_mode", "WAL")?;
        // A power cut may cost the last traces, never the file.
        self.connection.pragma_update(None, "synchronous", "NORMAL")?;
        self.connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
        self.page = self.pragma("page_size")? as usize;
        let log_pages = (Self::batch(self.limits).bytes.min(LONGEST_LOG) / self.page).max(8);
        self.connection.pragma_update(None, "wal_autocheckpoint", log_pages as i64)?;
        self.connection.pragma_update(None, "journal_size_limit", (log_pages * self.page) as i64)
    }

    fn create_tables(&mut self) -> Result<(), UnopenedFile> {
        make_tables(&mut self.connection)?;
        Ok(self.connection.execute(costs_table::FORGET, []).map(drop)?)
    }

    fn pragma(&self, name: &str) -> rusqlite::Result<i64> {
        pragma(&self.connection, name)
    }

    /// Writes traces and what clients think of them, and makes room for them.
    pub(super) fn put(
        &mut self,
        batch: &[Arc<WaitingTrace>],
        ratings: &BTreeMap<String, Rated>,
    ) -> rusqlite::Result<()> {
        let room = Room {
            traces: self.limits.traces.max(1).saturating_sub(batch.len()),
            bytes: self.room().saturating_sub(batch.iter().map(|trace| self.row(trace)).sum()),
            page: self.page,
        };
        // Where anything fails, what the apps hold is counted anew.
        let known = std::mem::take(&mut self.holdings);
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut holdings = known.or_counted(&transaction)?;
        room.make(&transaction, &mut holdings)?;
        let new = insert(&transaction, batch, &mut holdings)?;
        costs_table::write(&transaction, new.into_iter())?;
        feedback::write(&transaction, ratings)?;
        transaction.commit()?;
        self.holdings = holdings;
        self.keep_small()
    }

    /// About what a trace takes of the file: the last page of a long one is not full.
    fn row(&self, trace: &WaitingTrace) -> usize {
        trace.body.len() + trace.body.len().clamp(ROW, self.page.max(ROW))
    }

    /// Gives the disk back what the file does not need: pages where it is larger than it may be, and
    /// the log where it has grown.
    fn keep_small(&mut self) -> rusqlite::Result<()> {
        let most = self.room() / self.page;
        while self.pragma("page_count")? as usize > most && self.pragma("freelist_count")? > 0 {
            if self.pragma("auto_vacuum")? == 0 {
                // A file of an earlier version is written anew, once.
                self.connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
                self.connection.execute_batch("VACUUM")?;
                self.empty_log()?;
                break;
            }
            let excess =
                (self.pragma("page_count")? as usize).saturating_sub(most).min(SHRINK_STEP / self.page);
            // It gives back one page for each row that is read of it.
            let mut giving = self.connection.prepare(&format!("PRAGMA incremental_vacuum({excess})"))?;
            let mut given = giving.query([])?;
            while given.next()?.is_some() {}
            drop(given);
            drop(giving);
            self.empty_log_of(SHRINK_STEP)?;
        }
        self.empty_log_of(self.limits.bytes / 8)
    }

    fn empty_log_of(&self, bytes: usize) -> rusqlite::Result<()> {
        let mut log = self.path.clone().into_os_string();
        log.push("-wal");
        let length = std::fs::metadata(log).map_or(0, |log| log.len());
        if length > bytes as u64 { self.empty_log() } else { Ok(()) }
    }

    /// Copies the log into the file, and gives back its room.
    pub(super) fn empty_log(&self) -> rusqlite::Result<()> {
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
    }
}

fn make_tables(connection: &mut Connection) -> Result<(), UnopenedFile> {
    let added = format!("{}{}", costs_table::TABLE, feedback::TABLE);
    let schema = format!("{SCHEMA}{added}");
    tables::bring_up_to_date(connection, &schema, &[FROM_1, &added]).map_err(|error| match error {
        TablesError::Newer { .. } => {
            UnopenedFile { cause: format!("{error}, or move the file away"), is_newer: true }
        }
        TablesError::Sqlite(error) => error.into(),
    })
}

/// What may be in the file before more is written.
struct Room {
    traces: usize,
    bytes: usize,
    /// Bytes of a page.
    page: usize,
}

impl Room {
    /// Deletes the oldest traces of the app that holds the most, until there is room: an app that is
    /// asked much, or much at a time, puts out its own traces and not another's.
    fn make(&self, transaction: &Transaction<'_>, holdings: &mut Holdings) -> rusqlite::Result<()> {
        for (app, count) in holdings.surplus(self.traces) {
            holdings.delete(transaction, &app, count)?;
        }
        loop {
            let pages = pragma(transaction, "page_count")? - pragma(transaction, "freelist_count")?;
            let excess = (pages as usize * self.page).saturating_sub(self.bytes);
            let Some((app, most)) = holdings.largest().filter(|_| excess > 0) else { return Ok(()) };
            let count = oldest_of(transaction, &app, excess.min(most))?;
            holdings.delete(transaction, &app, count)?;
        }
    }
}

/// How many of the oldest traces of an app measure so many bytes: at least one.
fn oldest_of(transaction: &Transaction<'_>, app: &str, bytes: usize) -> rusqlite::Result<usize> {
    let mut oldest = transaction.prepare_cached("SELECT bytes FROM traces WHERE app = ?1 ORDER BY number")?;
    let mut rows = oldest.query([app])?;
    let (mut count, mut sum) = (0, 0);
    while sum < bytes.max(1)
        && let Some(row) = rows.next()?
    {
        sum += row.get::<_, i64>(0)? as usize;
        count += 1;
    }
    Ok(count.max(1))
}

/// What each app holds in the file. Counting it reads an index through, so it is done again only where another
/// connection has written.
#[derive(Default)]
struct Holdings {
    apps: BTreeMap<String, Holding>,
    /// What SQLite calls the version of the data these were counted in.
    version: Option<i64>,
}

#[derive(Clone, Copy, Default)]
struct Holding {
    traces: usize,
    bytes: usize,
}

impl Holdings {
    fn or_counted(self, transaction: &Transaction<'_>) -> rusqlite::Result<Self> {
        let version = pragma(transaction, "data_version")?;
        if self.version == Some(version) { Ok(self) } else { Self::counted(transaction, version) }
    }

    fn counted(transaction: &Transaction<'_>, version: i64) -> rusqlite::Result<Self> {
        let mut count =
            transaction.prepare_cached("SELECT app, count(*), sum(bytes) FROM traces GROUP BY app")?;
        let counted = count.query_map([], |row| {
            let (traces, bytes) = (row.get::<_, i64>(1)? as usize, row.get::<_, i64>(2)? as usize);
            Ok((row.get(0)?, Holding { traces, bytes }))
        })?;
        Ok(Self { apps: counted.collect::<rusqlite::Result<_>>()?, version: Some(version) })
    }

    /// How many traces each app has to give, one by one of the app that holds most, so that `most` are left.
    fn surplus(&self, most: usize) -> BTreeMap<String, usize> {
        let mut traces: Vec<(&String, usize)> =
            self.apps.iter().map(|(app, holding)| (app, holding.traces)).collect();
        let all: usize = traces.iter().map(|(_, traces)| traces).sum();
        let mut surplus = BTreeMap::new();
        for _ in most..all {
            let Some((app, traces)) = traces.iter_mut().max_by_key(|(_, traces)| *traces) else { break };
            *traces -= 1;
            *surplus.entry((*app).clone()).or_default() += 1;
        }
        surplus
    }

    /// The app that holds the most bytes, and by how many more than the next.
    fn largest(&self) -> Option<(String, usize)> {
        let (app, largest) = self.apps.iter().max_by_key(|(_, holding)| holding.bytes)?;
        let others = self.apps.iter().filter(|(other, _)| *other != app);
        let next = others.map(|(_, holding)| holding.bytes).max().unwrap_or(0);
        Some((app.clone(), largest.bytes - next))
    }

    /// Deletes the oldest traces of an app.
    fn delete(&mut self, transaction: &Transaction<'_>, app: &str, count: usize) -> rusqlite::Result<()> {
        let mut delete = transaction.prepare_cached(
            "DELETE FROM traces WHERE number IN (SELECT number FROM traces WHERE app = ?1 ORDER BY number LIMIT ?2) RETURNING bytes",
        )?;
        let mut deleted = delete.query(params![app, count as i64])?;
        let mut holding = self.apps.remove(app).unwrap_or_default();
        let mut any = false;
        while let Some(row) = deleted.next()? {
            any = true;
            holding.traces = holding.traces.saturating_sub(1);
            holding.bytes = holding.bytes.saturating_sub(row.get::<_, i64>(0)? as usize);
        }
        // One that holds nothing more is not asked again.
        if any && holding.traces > 0 {
            self.apps.insert(app.to_owned(), holding);
        }
        Ok(())
    }

    fn add(&mut self, app: &str, bytes: usize) {
        let holding = match self.apps.get_mut(app) {
            Some(holding) => holding,
            None => self.apps.entry(app.to_owned()).or_default(),
        };
        holding.traces += 1;
        holding.bytes += bytes;
    }
}

fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<i64> {
    connection.prepare_cached(&format!("PRAGMA {name}"))?.query_row([], |row| row.get(0))
}

/// Writes traces, and gives those of them that were not there before.
fn insert<'a>(
    transaction: &Transaction<'_>,
    batch: &'a [Arc<WaitingTrace>],
    holdings: &mut Holdings,
) -> rusqlite::Result<Vec<&'a WaitingTrace>> {
    let mut new = Vec::with_capacity(batch.len());
    let mut insert = transaction.prepare_cached(&format!(
        "INSERT INTO traces ({COLUMNS}, bytes, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
    ))?;
    for trace in batch {
        let WaitingTrace { summary, body, .. } = &**trace;
        let usage = summary.usage.unwrap_or_default();
        let values = params![
            summary.id,
            summary.created as i64,
            summary.app,
            summary.question,
            summary.answered_by,
            summary.finish_reason,
            summary.total_ms,
            summary.error,
            usage.prompt_tokens as i64,
            usage.completion_tokens as i64,
            summary.cost,
            body.len() as i64,
            body
        ];
        match insert.execute(values) {
            // A batch that failed may have been written all the same; its last word counts.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                transaction.execute("DELETE FROM traces WHERE id = ?1", [&summary.id])?;
                *holdings = Holdings::counted(transaction, pragma(transaction, "data_version")?)?;
                insert.execute(values)?;
            }
            inserted => {
                inserted?;
                new.push(&**trace);
            }
        }
        holdings.add(&summary.app, body.len());
    }
    Ok(new)
}
