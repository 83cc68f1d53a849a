//! The store of traces: one SQLite file, written by a thread of its own so that no turn waits for
//! the disk.

mod costs;
mod costs_table;
mod feedback;
mod file;
mod filter;
mod flag;
mod limits;
mod listed_body;
mod listing;
mod queue;
mod summary;
mod turn_costs;
mod waiting;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use rusqlite::{Connection, ErrorCode, OptionalExtension};

use super::Trace;
use super::json::written;
use crate::damaged;
use crate::disk::{self, Disk};
pub use costs::{CostColumn, CostQuery, CostRow, Costs, DearTurn};
pub use feedback::{Feedback, Rating};
use file::{TraceFile, UnopenedFile};
pub use filter::{KindFilter, RatingFilter, TraceFilter, TurnResult};
pub use flag::Flag;
pub use limits::TraceLimits;
pub use listing::{ListedTrace, TracePage};
use queue::TraceQueue;
pub use summary::Summary;
use turn_costs::TurnCosts;
use waiting::WaitingTrace;

/// Bytes of traces that may wait for the disk. When there are more, the oldest of the app that has most
/// of them is lost, which is counted and told in the log.
const MAX_WAITING: usize = 64 << 20;
/// How long the first of a transaction waits for others, so that a busy host writes a few times a second.
const GATHERING: Duration = Duration::from_millis(100);
/// The pause before a write that failed is tried again; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// Bytes of a transaction of the last ones: they go into a share of the reserve, which the log of a large one would pass.
const LAST_BATCH: usize = 512 << 10;

/// The newest traces, on disk. A trace can be read from the moment it is kept; it is on disk shortly
/// after, so that a kill loses at most the turns of its last moments.
#[derive(Debug)]
pub struct TraceStore {
    shared: Arc<TracesShared>,
    lost: Counter,
    writer: Option<JoinHandle<()>>,
}

/// Why the store of traces cannot be opened or read; the text names the file.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}: {cause}", path.display())]
pub struct TraceStoreError {
    path: PathBuf,
    cause: String,
}

#[derive(Debug)]
struct TracesShared {
    queue: Mutex<TraceQueue>,
    changed: Condvar,
    path: PathBuf,
    /// The connection of all who read. The writer puts another in its place when it begins another file.
    reader: Mutex<Connection>,
    /// Why there is no file that traces are written to, where there is none.
    unopened: Mutex<Option<String>>,
    disk: Arc<Disk>,
    /// What makes a whole transaction.
    batch: TraceLimits,
    /// How many were never written.
    lost: Counter,
}

impl TraceStore {
    /// Opens or creates the file and keeps the newest traces in it, as far as the disk has room.
    pub fn open(path: &Path, limits: TraceLimits, disk: &Arc<Disk>) -> Result<Self, TraceStoreError> {
        let refuse = |cause: String| TraceStoreError { path: path.into(), cause };
        let (file, reader, unopened) = match opened(path, limits) {
            Ok((file, reader)) => (Some(file), reader, None),
            // Traces wait in memory until there is room, or whoever holds the file lets it go. One that is damaged is put
            // aside by whoever opens the store.
            Err(file) if disk.has_no_room() || !(file.is_newer || damaged::damage(path).is_some()) => {
                let cause = file.cause;
                tracing::error!("Traces wait in memory: {} cannot be opened: {cause}", path.display());
                (None, file::nothing().map_err(|nothing| refuse(nothing.cause))?, Some(cause))
            }
            Err(file) => return Err(refuse(file.cause)),
        };
        let shared = Arc::new(TracesShared {
            queue: Mutex::default(),
            changed: Condvar::new(),
            path: path.to_owned(),
            reader: Mutex::new(reader),
            unopened: Mutex::new(unopened),
            disk: Arc::clone(disk),
            batch: TraceFile::batch(limits),
            lost: Counter::default(),
        });
        let theirs = Arc::clone(&shared);
        let writer = std::thread::Builder::new()
            .name("traces".into())
            .spawn(move || theirs.write(file, limits))
            .map_err(|error| refuse(error.to_string()))?;
        Ok(Self { lost: shared.lost.clone(), shared, writer: Some(writer) })
    }

    /// How many traces were never written.
    pub(crate) fn lost(&self) -> &Counter {
        &self.lost
    }

    /// Traces that wait for the disk. They can be read.
    pub(crate) fn waiting(&self) -> usize {
        self.shared.queue().waiting.len()
    }

    /// Why traces are not written, where there is no file for them.
    pub(crate) fn trouble(&self) -> Option<String> {
        let told = |cause: &String| format!("{} cannot be opened: {cause}", self.shared.path.display());
        self.shared.unopened().as_ref().map(told)
    }

    /// Keeps a trace; the oldest of the app that holds the most goes where a limit is reached. Never
    /// blocks on the disk.
    pub fn keep(&self, trace: Trace) {
        let (summary, body, spent) = (Summary::of(&trace), written(&trace), TurnCosts::of(&trace));
        let trace = WaitingTrace { number: 0, summary, body, spent };
        let batch = self.shared.batch;
        let mut queue = self.shared.queue();
        let (was_empty, was_whole) = (queue.is_idle(), queue.is_whole(batch));
        queue.push(trace, MAX_WAITING);
        let wakes = was_empty || !was_whole && queue.is_whole(batch);
        drop(queue);
        // The writer waits for these two only. Whoever tells it takes a call of the system's.
        if wakes {
            self.shared.changed.notify_one();
        }
    }

    /// The trace of a turn as JSON, while it is kept, with what its client thinks of it. May block on the disk.
    pub fn get(&self, id: &str) -> Result<Option<String>, rusqlite::Error> {
        let (waiting, rated) = {
            let queue = self.shared.queue();
            let waiting = queue.waiting.iter().find(|trace| trace.summary.id == id).cloned();
            (waiting, queue.ratings.get(id).cloned())
        };
        if let Some(trace) = waiting {
            return Ok(Some(feedback::beside(trace.body.clone(), rated)));
        }
        self.shared.look(|reader| {
            let Some(body) = file::body(reader, id)? else { return Ok(None) };
            let rated = match rated {
                None => feedback::read(reader, id)?,
                rated => rated,
            };
            Ok(Some(feedback::beside(body, rated)))
        })
    }

    /// The newest traces first. May block on the disk.
    pub fn newest(&self, count: usize) -> Result<Vec<Summary>, rusqlite::Error> {
        let mut newest: Vec<Summary> =
            self.shared.waiting().iter().rev().map(|t| t.summary.clone()).collect();
        for stored in self.shared.look(|reader| file::newest(reader, count))? {
            // One that was written between the two looks is there already.
            if !newest.iter().any(|known| known.id == stored.id) {
                newest.push(stored);
            }
        }
        newest.truncate(count);
        Ok(newest)
    }

    /// Which app served the turn, while its trace is kept. May block on the disk.
    pub fn app_of(&self, id: &str) -> rusqlite::Result<Option<String>> {
        if let Some(trace) = self.shared.waiting().into_iter().find(|trace| trace.summary.id == id) {
            return Ok(Some(trace.summary.app.clone()));
        }
        self.shared.look(|reader| {
            let mut of_trace = reader.prepare_cached("SELECT app FROM traces WHERE id = ?1")?;
            of_trace.query_row([id], |row| row.get(0)).optional()
        })
    }

    /// Keeps what a client thinks of a turn's answer, in place of what it thought before. `false` where too
    /// much waits for the disk.
    pub fn rate(&self, id: &str, feedback: Feedback) -> bool {
        let mut queue = self.shared.queue();
        let was_idle = queue.is_idle();
        let is_taken = queue.ratings.add(id, feedback);
        drop(queue);
        if was_idle {
            self.shared.changed.notify_one();
        }
        is_taken
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

impl TracesShared {
    fn queue(&self) -> MutexGuard<'_, TraceQueue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reader(&self) -> MutexGuard<'_, Connection> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unopened(&self) -> MutexGuard<'_, Option<String>> {
        self.unopened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads. Where the file turns out to be damaged, the writer looks at it.
    fn look<T>(&self, look: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        let seen = look(&self.reader());
        if seen.as_ref().is_err_and(file::is_damage) {
            self.queue().suspected = true;
            self.changed.notify_one();
        }
        seen
    }

    fn waiting(&self) -> Vec<Arc<WaitingTrace>> {
        self.queue().waiting.iter().cloned().collect()
    }

    /// Puts a file aside that turns out to be damaged while it is in use, and begins a new one, which takes
    /// what the old one did not. `None` where the process ends before the disk gives one.
    fn begin_anew(&self, damaged: TraceFile, error: &BatchFailure) -> Option<TraceFile> {
        let limits = damaged.limits();
        // Whoever closes the old one later would delete the new one's log, which has the same name.
        drop(damaged);
        if let Ok(nothing) = file::nothing() {
            *self.reader() = nothing;
        }
        let path = self.path.display();
        match damaged::put_aside(&self.path) {
            Ok(aside) => tracing::error!("{path} is damaged and was put aside as {aside}: {error}"),
            Err(cause) => tracing::error!("{path} is damaged ({error}) and cannot be put aside: {cause}"),
        }
        self.opened_at_last(limits)
    }

    /// Opens the file as soon as that can be, and puts a damaged one aside. `None` where the process ends before.
    fn opened_at_last(&self, limits: TraceLimits) -> Option<TraceFile> {
        let mut pause = RetryPause::default();
        let open = || opened(&self.path, limits);
        loop {
            // What was in the way may have gone during the last pause, so the end is no reason to leave out a try.
            let is_last = self.queue().closed;
            // While the disk is full none could begin in its place.
            let tried = if self.disk.has_no_room() { open() } else { damaged::or_anew(&self.path, open) };
            let cause = match tried {
                Ok((file, reader)) => {
                    *self.reader() = reader;
                    *self.unopened() = None;
                    return Some(file);
                }
                Err(file) => file.cause,
            };
            if is_last {
                self.give_up(&cause);
                return None;
            }
            if !pause.is_begun() {
                tracing::error!("The file of traces cannot be opened, and is tried again: {cause}");
            }
            *self.unopened() = Some(cause);
            self.has_closed_within(pause.next());
        }
    }

    /// The writer's whole life.
    fn write(&self, file: Option<TraceFile>, limits: TraceLimits) {
        let Some(mut file) = file.or_else(|| self.opened_at_last(limits)) else { return };
        // An earlier version or a larger limit may have left more than there may be.
        if let Err(error) = file.put(&[], &BTreeMap::new()) {
            tracing::warn!("traces.db cannot be made smaller: {error}");
            self.queue().suspected = file::is_damage(&error);
        }
        let mut pause = RetryPause::default();
        // Whether the process ends, and what waits may take a share of the reserve.
        let mut is_last = false;
        loop {
            let (batch, ratings, lost, suspected) = {
                let mut queue = self.queue();
                while queue.is_idle() && !queue.suspected && !queue.closed {
                    queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
                }
                if queue.is_idle() && !queue.suspected {
                    return;
                }
                let suspected = std::mem::take(&mut queue.suspected);
                let gathers =
                    |queue: &mut TraceQueue| !suspected && !queue.closed && !queue.is_whole(self.batch);
                let gathered = self.changed.wait_timeout_while(queue, GATHERING, gathers);
                let mut queue = gathered.unwrap_or_else(PoisonError::into_inner).0;
                let batch = queue.batch(if is_last { last_batch(self.batch) } else { self.batch });
                let ratings =
                    queue.ratings.batch(queue.waiting.iter().skip(batch.len()).map(|trace| &**trace));
                (batch, ratings, std::mem::take(&mut queue.lost), suspected)
            };
            if lost > 0 {
                self.lost.inc_by(lost);
                tracing::error!(
                    "{lost} traces are lost: more than {} MiB wait for the disk",
                    MAX_WAITING >> 20
                );
            }
            let written = if let Some(what) = file.spoilt() {
                Err(BatchFailure::Spoilt(what))
            } else if let Some(error) = suspected.then(|| file.broken()).flatten() {
                Err(BatchFailure::Damaged(error))
            } else if self.has_no_room(&batch, is_last) {
                Err(BatchFailure::NoRoom)
            } else {
                file.put(&batch, &ratings).map_err(BatchFailure::from)
            };
            match written {
                Ok(()) => {
                    pause = RetryPause::default();
                    if is_last {
                        // The log's room is for the next ones; where it cannot be had, they do without.
                        _ = file.empty_log();
                    }
                }
                Err(error @ (BatchFailure::Damaged(_) | BatchFailure::Spoilt(_))) => {
                    file = match self.begin_anew(file, &error) {
                        Some(new) => new,
                        None => return,
                    };
                    continue;
                }
                Err(BatchFailure::ForGood(error)) => {
                    self.lost.inc_by(batch.len() as u64);
                    tracing::error!("{} traces are lost: they cannot be written: {error}", batch.len());
                }
                Err(error) => {
                    if !pause.is_begun() {
                        tracing::error!("Traces wait in memory, and are tried again: {error}");
                    }
                    if self.has_closed_within(pause.next()) {
                        if is_last || !error.is_full() {
                            self.give_up(&error);
                            return;
                        }
                        is_last = true;
                        self.disk.spend();
                    }
                    continue;
                }
            }
            let mut queue = self.queue();
            queue.ratings.remove(&ratings);
            if let Some(last) = batch.last() {
                queue.remove_until(last.number);
            }
        }
    }

    /// Whether the room that is left is for who deletes.
    fn has_no_room(&self, batch: &[Arc<WaitingTrace>], is_last: bool) -> bool {
        if !is_last {
            return self.disk.is_short();
        }
        let bytes: usize = batch.iter().map(|trace| trace.body.len()).sum();
        // Everything is written twice, into the log and then into the file, in whole pages.
        !self.disk.has_room_for_last(2 * (bytes + LAST_BATCH / 2) as u64)
    }

    /// Waits, unless the process ends.
    fn has_closed_within(&self, pause: Duration) -> bool {
        let waiting = self.changed.wait_timeout_while(self.queue(), pause, |queue| !queue.closed);
        waiting.unwrap_or_else(PoisonError::into_inner).0.closed
    }

    /// The process ends, and the disk takes nothing.
    fn give_up(&self, error: &dyn Display) {
        let left = self.queue().waiting.len();
        self.lost.inc_by(left as u64);
        tracing::error!("{left} traces are lost: they cannot be written before the end: {error}");
    }
}

/// The file, and a connection of those who read. Fails with the cause.
fn opened(path: &Path, limits: TraceLimits) -> Result<(TraceFile, Connection), UnopenedFile> {
    let file = TraceFile::open(path, limits)?;
    let reader = file::reader(path)?;
    Ok((file, reader))
}

/// What makes a whole transaction of those that go into the reserve.
fn last_batch(batch: TraceLimits) -> TraceLimits {
    TraceLimits { bytes: batch.bytes.min(LAST_BATCH), ..batch }
}

/// Why a batch was not written.
#[derive(Debug, thiserror::Error)]
enum BatchFailure {
    /// The disk is full: what is left is for who deletes.
    #[error("the disk of the data folder is full")]
    NoRoom,
    /// The disk or a lock is in the way for now; the batch may be written later.
    #[error("{0}")]
    ForNow(rusqlite::Error),
    /// Something was done to the file, and another can take its place.
    #[error("{0}")]
    Spoilt(&'static str),
    /// The file is broken, and another can take its place.
    #[error("{0}")]
    Damaged(rusqlite::Error),
    /// The trace can never be written.
    #[error("{0}")]
    ForGood(rusqlite::Error),
}

impl BatchFailure {
    /// Whether there is no room.
    fn is_full(&self) -> bool {
        match self {
            Self::NoRoom => true,
            Self::ForNow(error) => disk::is_full_for(error),
            Self::Spoilt(_) | Self::Damaged(_) | Self::ForGood(_) => false,
        }
    }
}

impl From<rusqlite::Error> for BatchFailure {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            _ if file::is_damage(&error) => Self::Damaged(error),
            // These are about the values, which no wait changes.
            None | Some(ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::TooBig) => {
                Self::ForGood(error)
            }
            Some(_) => Self::ForNow(error),
        }
    }
}

/// How long the writer waits after a failure.
#[derive(Default)]
struct RetryPause(Duration);

impl RetryPause {
    fn is_begun(&self) -> bool {
        !self.0.is_zero()
    }

    fn next(&mut self) -> Duration {
        self.0 = (self.0 * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
        self.0
    }
}

#[cfg(test)]
mod tests;
