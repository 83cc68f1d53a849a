//! The SQLite file of the traces. With everything beside it, it never measures more than it may, and
//! what must go goes from the app that holds the most.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::{BATCH, LAST_WRITE, Summary, TraceLimits, Waiting};
use crate::cut::cut;
use crate::llm::Usage;

const SCHEMA_VERSION: i64 = 2;
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
/// From the first version's tables to these.
const FROM_1: &str = "
ALTER TABLE traces ADD COLUMN error TEXT;
ALTER TABLE traces ADD COLUMN prompt_tokens INTEGER;
ALTER TABLE traces ADD COLUMN completion_tokens INTEGER;
ALTER TABLE traces ADD COLUMN cost REAL;
DROP INDEX IF EXISTS traces_bytes;
CREATE INDEX traces_of_app ON traces (app, number, bytes);
";
const COLUMNS: &str = "id, created, app, question, answered_by, finish_reason, total_ms, error, prompt_tokens, completion_tokens, cost";
/// Bytes of a page, and about what a row and its part of the indexes take beside its texts.
const PAGE: usize = 4096;
/// Pages given back to the disk in one step.
const SHRINK_STEP: usize = 256;
/// Bytes of each text in a list.
const LISTED: usize = 512;
/// Bytes that the mark of a cut may take.
const MARK: usize = 64;

/// The file, as its only writer in this process has it.
pub(super) struct TraceFile {
    connection: Connection,
    path: PathBuf,
    limits: TraceLimits,
}

/// A connection that reads.
pub(super) fn reader(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(LAST_WRITE)?;
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
    query.query_map([count as i64], summary)?.collect()
}

fn summary(row: &rusqlite::Row<'_>) -> rusqlite::Result<Summary> {
    // A row of the first version holds the whole text; one of today's is short and has its mark.
    let listed = |column: usize| -> rusqlite::Result<String> {
        let text = row.get_ref(column)?.as_str()?;
        Ok(if text.len() > LISTED + MARK { short(text) } else { text.to_owned() })
    };
    let tokens = |column: usize| row.get::<_, Option<i64>>(column);
    let usage = match (tokens(8)?, tokens(9)?) {
        (Some(prompt), Some(completion)) => {
            let (prompt_tokens, completion_tokens) = (prompt as u64, completion as u64);
            Some(Usage { prompt_tokens, completion_tokens, ..Usage::default() })
        }
        _ => None,
    };
    Ok(Summary {
        id: row.get(0)?,
        created: row.get::<_, i64>(1)? as u64,
        app: row.get(2)?,
        question: listed(3)?,
        answered_by: listed(4)?,
        finish_reason: listed(5)?,
        total_ms: row.get(6)?,
        error: row.get(7)?,
        usage,
        cost: row.get(10)?,
    })
}

impl TraceFile {
    /// Opens or creates the file. Fails with the cause.
    pub(super) fn open(path: &Path, limits: TraceLimits) -> Result<Self, String> {
        let told = |error: rusqlite::Error| error.to_string();
        let connection = reader(path).map_err(told)?;
        let mut file = Self { connection, path: path.to_owned(), limits };
        file.prepare().map_err(told)?;
        file.create_tables()?;
        Ok(file)
    }

    /// Bytes of pages that may be in use. The rest of what the file may measure is for the write-ahead
    /// log, which holds what was written last, and for its index.
    fn room(&self) -> usize {
        self.limits.bytes / 8 * 5
    }

    /// What is written in one transaction, unless one trace alone is larger.
    pub(super) fn batch(&self) -> TraceLimits {
        // A small part of what may be kept: room for more would put out what other apps hold.
        TraceLimits { traces: (self.limits.traces / 16).clamp(1, BATCH), bytes: self.limits.bytes / 16 }
    }

    fn prepare(&mut self) -> rusqlite::Result<()> {
        // Only a file that is still empty takes this in; others keep their pages and use them again.
        self.connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
        self.connection.pragma_update(None, "journal_mode", "WAL")?;
        // A power cut may cost the last traces, never the file.
        self.connection.pragma_update(None, "synchronous", "NORMAL")?;
        let log_pages = (self.batch().bytes / PAGE).clamp(8, 1000);
        self.connection.pragma_update(None, "wal_autocheckpoint", log_pages as i64)?;
        self.connection.pragma_update(None, "journal_size_limit", (log_pages * PAGE) as i64)
    }

    fn create_tables(&mut self) -> Result<(), String> {
        let told = |error: rusqlite::Error| error.to_string();
        let statements = match self.pragma("user_version").map_err(told)? {
            SCHEMA_VERSION => return Ok(()),
            0 => SCHEMA,
            1 => FROM_1,
            newer => {
                return Err(format!(
                    "was written by a newer qianfan-host (tables {newer}, this one knows {SCHEMA_VERSION}); use that version, or move the file away"
                ));
            }
        };
        let version = format!("PRAGMA user_version = {SCHEMA_VERSION};");
        self.connection
            .execute_batch(&format!("BEGIN IMMEDIATE; {statements} {version} COMMIT;"))
            .map_err(told)
    }

    fn pragma(&self, name: &str) -> rusqlite::Result<i64> {
        self.connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))
    }

    /// Writes traces and makes room for them.
    pub(super) fn put(&mut self, batch: &[Arc<Waiting>]) -> rusqlite::Result<()> {
        let room = Room {
            traces: self.limits.traces.max(1).saturating_sub(batch.len()),
            bytes: self.room().saturating_sub(batch.iter().map(|trace| trace.body.len() + PAGE).sum()),
        };
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        room.make(&transaction)?;
        insert(&transaction, batch)?;
        transaction.commit()?;
        self.keep_small()
    }

    /// Gives the disk back what the file does not need: pages where it is larger than it may be, and
    /// the log where it has grown.
    fn keep_small(&mut self) -> rusqlite::Result<()> {
        let most = self.room() / PAGE;
        while self.pragma("page_count")? as usize > most && self.pragma("freelist_count")? > 0 {
            if self.pragma("auto_vacuum")? == 0 {
                // A file of an earlier version is written anew, once.
                self.connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
                self.connection.execute_batch("VACUUM")?;
                self.empty_log()?;
                break;
            }
            let excess = (self.pragma("page_count")? as usize).saturating_sub(most).min(SHRINK_STEP);
            // It gives back one page for each row that is read of it.
            let mut giving = self.connection.prepare(&format!("PRAGMA incremental_vacuum({excess})"))?;
            let mut given = giving.query([])?;
            while given.next()?.is_some() {}
            drop(given);
            drop(giving);
            self.empty_log_of(SHRINK_STEP * PAGE)?;
        }
        self.empty_log_of(self.limits.bytes / 8)
    }

    fn empty_log_of(&self, bytes: usize) -> rusqlite::Result<()> {
        let mut log = self.path.clone().into_os_string();
        log.push("-wal");
        let length = std::fs::metadata(log).map_or(0, |log| log.len());
        if length > bytes as u64 { self.empty_log() } else { Ok(()) }
    }

    fn empty_log(&self) -> rusqlite::Result<()> {
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
    }
}

/// What may be in the file before more is written.
struct Room {
    traces: usize,
    bytes: usize,
}

/// What an app holds.
struct Holding {
    app: String,
    traces: usize,
    bytes: usize,
}

impl Room {
    /// Deletes the oldest traces of the app that holds the most, until there is room: an app that is
    /// asked much, or much at a time, puts out its own traces and not another's.
    fn make(&self, transaction: &Transaction<'_>) -> rusqlite::Result<()> {
        let pragma = |name: &str| -> rusqlite::Result<usize> {
            transaction
                .query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0))
                .map(|value| value as usize)
        };
        let mut holdings = transaction
            .prepare_cached("SELECT app, count(*), sum(bytes) FROM traces GROUP BY app")?
            .query_map([], |row| {
                let (traces, bytes) = (row.get::<_, i64>(1)? as usize, row.get::<_, i64>(2)? as usize);
                Ok(Holding { app: row.get(0)?, traces, bytes })
            })?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        loop {
            let traces: usize = holdings.iter().map(|holding| holding.traces).sum();
            let used = (pragma("page_count")? - pragma("freelist_count")?) * PAGE;
            let most = if traces > self.traces {
                holdings.iter_mut().max_by_key(|holding| holding.traces)
            } else if used > self.bytes {
                holdings.iter_mut().max_by_key(|holding| holding.bytes)
            } else {
                return Ok(());
            };
            let Some(most) = most.filter(|holding| holding.traces > 0) else { return Ok(()) };
            let freed: i64 = transaction
                .prepare_cached(
                    "DELETE FROM traces WHERE number = (SELECT min(number) FROM traces WHERE app = ?1) RETURNING bytes",
                )?
                .query_row([&most.app], |row| row.get(0))?;
            most.traces -= 1;
            most.bytes = most.bytes.saturating_sub(freed as usize);
        }
    }
}

fn insert(transaction: &Transaction<'_>, batch: &[Arc<Waiting>]) -> rusqlite::Result<()> {
    let mut insert = transaction.prepare_cached(&format!(
        "INSERT OR REPLACE INTO traces ({COLUMNS}, bytes, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
    ))?;
    for Waiting { summary, body } in batch.iter().map(|trace| &**trace) {
        let usage = summary.usage.unwrap_or_default();
        insert.execute(params![
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
        ])?;
    }
    Ok(())
}

/// What a list shows of a trace, each text short.
pub(super) fn short(text: &str) -> String {
    cut(text, LISTED).into_owned()
}
