//! The store of traces: one SQLite file, written by a thread of its own so that no turn waits for
//! the disk.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;

use super::Trace;
use crate::redact;

/// Bytes of traces that may wait for the disk. When there are more, the oldest is lost, and the log
/// says so.
const MAX_WAITING: usize = 64 << 20;
/// Traces written in one transaction.
const BATCH: usize = 256;
/// How long the end of the process waits for the disk.
const LAST_WRITE: Duration = Duration::from_secs(5);

const SCHEMA_VERSION: i64 = 1;
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
    body TEXT NOT NULL
);
CREATE INDEX traces_bytes ON traces (number, bytes);
";
const SUMMARY: &str = "id, created, app, question, answered_by, finish_reason, total_ms";

/// The newest traces, on disk. A trace can be read from the moment it is kept; it is on disk shortly
/// after, so that a kill loses at most the turns of its last moments.
#[derive(Debug)]
pub struct TraceStore {
    shared: Arc<Shared>,
    readers: Mutex<Connection>,
    writer: Option<JoinHandle<()>>,
}

/// How much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceLimits {
    /// Traces, at least one.
    pub traces: usize,
    /// What they may measure together, as JSON.
    pub bytes: usize,
}

/// A trace as a list shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// The turn's id.
    pub id: String,
    /// When the turn began, in seconds since 1970.
    pub created: u64,
    /// The app that served it.
    pub app: String,
    /// The user's question.
    pub question: String,
    /// Where the answer came from.
    pub answered_by: String,
    /// How it ended.
    pub finish_reason: String,
    /// The whole turn, in milliseconds.
    pub total_ms: f64,
}

/// Why the store of traces cannot be opened or read; the text names the file.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}: {cause}", path.display())]
pub struct TraceStoreError {
    path: PathBuf,
    cause: String,
}

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    /// Oldest first. A trace leaves when it is on disk.
    waiting: VecDeque<Arc<Waiting>>,
    bytes: usize,
    lost: u64,
    closed: bool,
}

#[derive(Debug)]
struct Waiting {
    summary: Summary,
    body: String,
}

impl TraceStore {
    /// Opens or creates the file and keeps the newest traces in it.
    pub fn open(path: &Path, limits: TraceLimits) -> Result<Self, TraceStoreError> {
        let refuse = |error: rusqlite::Error| TraceStoreError { path: path.into(), cause: error.to_string() };
        let writing = connect(path).map_err(refuse)?;
        create_tables(&writing).map_err(|cause| TraceStoreError { path: path.into(), cause })?;
        let readers = Mutex::new(connect(path).map_err(refuse)?);
        let shared = Arc::<Shared>::default();
        let theirs = Arc::clone(&shared);
        let writer = std::thread::Builder::new()
            .name("traces".into())
            .spawn(move || theirs.write(writing, limits))
            .map_err(|error| TraceStoreError { path: path.into(), cause: error.to_string() })?;
        Ok(Self { shared, readers, writer: Some(writer) })
    }

    /// Keeps a trace; the oldest goes where the limit is reached. Never blocks on the disk.
    pub fn keep(&self, trace: Trace) {
        let trace = Waiting { summary: summary(&trace), body: json(&trace) };
        let mut queue = self.shared.queue();
        while queue.bytes + trace.body.len() > MAX_WAITING
            && let Some(oldest) = queue.waiting.pop_front()
        {
            queue.bytes -= oldest.body.len();
            queue.lost += 1;
        }
        queue.bytes += trace.body.len();
        queue.waiting.push_back(Arc::new(trace));
        self.shared.changed.notify_one();
    }

    /// The trace of a turn as JSON, while it is kept. May block on the disk.
    pub fn get(&self, id: &str) -> Result<Option<String>, rusqlite::Error> {
        if let Some(trace) = self.shared.waiting().into_iter().find(|trace| trace.summary.id == id) {
            return Ok(Some(trace.body.clone()));
        }
        self.readers()
            .prepare_cached("SELECT body FROM traces WHERE id = ?1")?
            .query_row([id], |row| row.get(0))
            .optional()
    }

    /// The newest traces first. May block on the disk.
    pub fn newest(&self, count: usize) -> Result<Vec<Summary>, rusqlite::Error> {
        let mut newest: Vec<Summary> =
            self.shared.waiting().iter().rev().map(|t| t.summary.clone()).collect();
        let readers = self.readers();
        let mut query =
            readers.prepare_cached(&format!("SELECT {SUMMARY} FROM traces ORDER BY number DESC LIMIT ?1"))?;
        for stored in query.query_map([count as i64], stored_summary)? {
            let stored = stored?;
            // One that was written between the two looks is there already.
            if !newest.iter().any(|known| known.id == stored.id) {
                newest.push(stored);
            }
        }
        newest.truncate(count);
        Ok(newest)
    }

    fn readers(&self) -> MutexGuard<'_, Connection> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for TraceStore {
    /// Writes what still waits.
    fn drop(&mut self) {
        self.shared.queue().closed = true;
        self.shared.changed.notify_all();
        if let Some(writer) = self.writer.take() {
            _ = writer.join();
        }
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn waiting(&self) -> Vec<Arc<Waiting>> {
        self.queue().waiting.iter().cloned().collect()
    }

    /// The writer's whole life.
    fn write(&self, mut connection: Connection, limits: TraceLimits) {
        loop {
            let (batch, lost) = {
                let mut queue = self.queue();
                while queue.waiting.is_empty() && !queue.closed {
                    queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
                }
                if queue.waiting.is_empty() {
                    return;
                }
                let batch: Vec<_> = queue.waiting.iter().take(BATCH).cloned().collect();
                (batch, std::mem::take(&mut queue.lost))
            };
            if lost > 0 {
                tracing::error!("{lost} traces are lost: the disk is slower than the turns");
            }
            if let Err(error) = put(&mut connection, &batch, limits) {
                tracing::error!("{} traces are lost: they cannot be written: {error}", batch.len());
            }
            let mut queue = self.queue();
            // What overflowed meanwhile has left from the front already.
            queue.waiting.retain(|trace| !batch.iter().any(|written| Arc::ptr_eq(written, trace)));
            queue.bytes = queue.waiting.iter().map(|trace| trace.body.len()).sum();
        }
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(LAST_WRITE)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // A power cut may cost the last traces, never the file.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    Ok(connection)
}

fn create_tables(connection: &Connection) -> Result<(), String> {
    let version: i64 = connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(|error| error.to_string())?;
    match version {
        SCHEMA_VERSION => Ok(()),
        0 => connection
            .execute_batch(&format!(
                "BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
            ))
            .map_err(|error| error.to_string()),
        newer => Err(format!(
            "was written by a newer qianfan-host (tables {newer}, this one knows {SCHEMA_VERSION}); use that version, or move the file away"
        )),
    }
}

fn put(connection: &mut Connection, batch: &[Arc<Waiting>], limits: TraceLimits) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    {
        let mut insert = transaction.prepare_cached(&format!(
            "INSERT OR REPLACE INTO traces ({SUMMARY}, bytes, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
        ))?;
        for trace in batch {
            let Summary { id, created, app, question, answered_by, finish_reason, total_ms } = &trace.summary;
            let created = *created as i64;
            insert.execute(params![
                id,
                created,
                app,
                question,
                answered_by,
                finish_reason,
                total_ms,
                trace.body.len() as i64,
                trace.body
            ])?;
        }
        transaction
            .prepare_cached(
                "DELETE FROM traces WHERE number <= (SELECT max(number) FROM traces) - ?1
                 OR number < (SELECT max(number) FROM traces) AND number <= (SELECT max(number) FROM
                    (SELECT number, sum(bytes) OVER (ORDER BY number DESC) AS newer FROM traces)
                    WHERE newer > ?2)",
            )?
            .execute([limits.traces.max(1) as i64, limits.bytes as i64])?;
    }
    transaction.commit()
}

fn json(trace: &Trace) -> String {
    let text = serde_json::to_string(trace)
        .unwrap_or_else(|error| format!(r#"{{"id":{:?},"error":"no JSON: {error}"}}"#, trace.id));
    // Whatever way a secret has got into a turn, its trace does not keep it.
    let clean = match redact::known().json(&text) {
        Cow::Owned(clean) => Some(clean),
        Cow::Borrowed(_) => None,
    };
    clean.unwrap_or(text)
}

fn summary(trace: &Trace) -> Summary {
    Summary {
        id: trace.id.clone(),
        created: trace.created,
        app: trace.app.clone(),
        question: redact::known().text(&trace.question).into_owned(),
        answered_by: trace.answered_by.clone(),
        finish_reason: trace.finish_reason.clone(),
        total_ms: trace.total_ms,
    }
}

fn stored_summary(row: &rusqlite::Row<'_>) -> rusqlite::Result<Summary> {
    Ok(Summary {
        id: row.get(0)?,
        created: row.get::<_, i64>(1)? as u64,
        app: row.get(2)?,
        question: row.get(3)?,
        answered_by: row.get(4)?,
        finish_reason: row.get(5)?,
        total_ms: row.get(6)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(number: usize) -> Trace {
        Trace { id: format!("t{number}"), question: "平行志愿".into(), ..Trace::default() }
    }

    fn open(path: &Path, traces: usize) -> Result<TraceStore, TraceStoreError> {
        TraceStore::open(path, TraceLimits { traces, bytes: 1 << 20 })
    }

    fn ids(store: &TraceStore, count: usize) -> Vec<String> {
        store.newest(count).unwrap().into_iter().map(|summary| summary.id).collect()
    }

    #[test]
    fn a_trace_is_there_at_once_and_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("traces.db");
        let store = open(&path, 10).unwrap();
        store.keep(trace(1));
        store.keep(trace(2));
        let at_once = store.get("t1").unwrap().unwrap();
        assert_eq!(ids(&store, 5), ["t2", "t1"]);
        drop(store);

        let store = open(&path, 10).unwrap();
        assert_eq!(store.get("t1").unwrap().unwrap(), at_once);
        assert_eq!(ids(&store, 1), ["t2"]);
        assert_eq!(store.get("t3").unwrap(), None);
    }

    #[test]
    fn the_oldest_go_where_the_limit_is_reached() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("traces.db");
        let store = open(&path, 3).unwrap();
        (0..600).for_each(|number| store.keep(trace(number)));
        drop(store);
        let store = open(&path, 3).unwrap();
        assert_eq!(ids(&store, 10), ["t599", "t598", "t597"]);
    }

    #[test]
    fn the_oldest_go_where_all_together_are_too_large_and_the_newest_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("traces.db");
        let large = |number| Trace { answer: "答".repeat(100_000), ..trace(number) };
        let store = open(&path, 100).unwrap();
        (0..10).for_each(|number| store.keep(large(number)));
        drop(store);
        assert_eq!(ids(&open(&path, 100).unwrap(), 10), ["t9", "t8", "t7"]);
        let store = TraceStore::open(&path, TraceLimits { traces: 100, bytes: 10 }).unwrap();
        store.keep(large(10));
        drop(store);
        assert_eq!(ids(&open(&path, 100).unwrap(), 10), ["t10"]);
    }

    #[test]
    fn a_file_of_a_newer_host_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("traces.db");
        Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
        let error = open(&path, 3).unwrap_err().to_string();
        assert!(error.contains("traces.db") && error.contains("newer qianfan-host"), "{error}");
    }
}
