//! The thread that writes the plugins' state: one transaction after the other, apps in turns.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::error::StateError;
use super::file::StateFile;
use super::seen::SeenNames;
use crate::fair::{self, FairQueue};

/// Writes that may wait. Each call has one at most, so only a disk that stands still fills this.
const MAX_WAITING: usize = 1000;
/// How long one that was begun may take. SQLite itself waits five seconds for another process.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often what was written is copied from the log into the file, which makes the disk wait.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(1);
/// Pages the log may hold, 64 MiB, until writing waits for it to be emptied.
const LONGEST_LOG: i64 = 16 << 10;

/// Hands writes to the thread. The threads end with it.
pub(super) struct StateWriter {
    shared: Arc<WriterShared>,
    file: Option<Arc<StateFile>>,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct WriterShared {
    jobs: Mutex<StateWrites>,
    changed: Condvar,
    /// Told when it is closed, which `changed` tells as well, among all the writes.
    closing: Condvar,
}

#[derive(Default)]
struct StateWrites {
    waiting: FairQueue<StateWrite>,
    /// The log has become too long.
    empty_log: bool,
    closed: bool,
}

type StateWrite = Box<dyn FnOnce(&mut Connection) + Send>;

impl StateWriter {
    /// Starts the thread with its connection. The log of a file is copied by another thread meanwhile, with a
    /// connection of its own.
    pub(super) fn start(connection: Connection, file: Option<Arc<StateFile>>) -> Result<Self, StateError> {
        let shared = Arc::new(WriterShared::default());
        let (written, told) = mpsc::sync_channel(1);
        let mut writer = Self { shared, file, threads: Vec::new() };
        if let Some(file) = writer.file.clone() {
            let shared = Arc::clone(&writer.shared);
            writer.threads.push(spawn("state-log", move || shared.checkpoint(&file, &told))?);
        }
        let (shared, file) = (Arc::clone(&writer.shared), writer.file.clone());
        writer.threads.push(spawn("state", move || shared.work(connection, file.as_deref(), &written))?);
        Ok(writer)
    }

    /// Has the thread begin a new file in place of a damaged one, and waits until it has.
    pub(super) async fn begun_anew(
        &self,
        generation: u64,
        cause: StateError,
        seen: Arc<SeenNames>,
    ) -> Result<(), StateError> {
        let Some(file) = self.file.clone() else { return Err(cause) };
        let begin = move |connection: &mut Connection| {
            file.begin_anew(generation, connection, &cause)?;
            seen.is_all_there_is();
            Ok(())
        };
        self.write(None, begin).await
    }

    /// The same for who waits for nothing.
    pub(super) fn begin_anew(&self, generation: u64, cause: StateError, seen: Arc<SeenNames>) {
        let Some(file) = self.file.clone() else { return };
        let job = move |connection: &mut Connection| {
            // What goes wrong is in the log.
            if file.begin_anew(generation, connection, &cause).is_ok() {
                seen.is_all_there_is();
            }
        };
        _ = self.shared.put("", Box::new(job));
    }

    /// Does the work on the thread. With a deadline it is done only if it can be begun by then; what
    /// has been begun is waited for.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        begin_before: Option<Instant>,
        work: impl FnOnce(&mut Connection) -> Result<T, StateError> + Send + 'static,
    ) -> Result<T, StateError> {
        let (reply, replied) = oneshot::channel();
        let job = move |connection: &mut Connection| {
            let result = match begin_before {
                Some(deadline) if Instant::now() >= deadline => Err(StateError::Late),
                _ => work(connection),
            };
            // Whoever asked may have left.
            _ = reply.send(result);
        };
        self.shared.put(&fair::app(), Box::new(job))?;
        let until_begun = begin_before
            .map_or(Duration::ZERO, |deadline| deadline.saturating_duration_since(Instant::now()));
        match tokio::time::timeout(until_begun + PATIENCE, replied).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(StateError::Unavailable("the host's state store failed".to_owned())),
            Err(_) => {
                Err(StateError::Unavailable("the disk of the host's state store stands still".to_owned()))
            }
        }
    }
}

impl Drop for StateWriter {
    /// Waits for what was asked for, and until no thread has the file open: the connection that is closed last copies the
    /// log into the file, and a process that ended before would leave it beside the file.
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
        self.shared.closing.notify_all();
        for thread in self.threads.drain(..) {
            _ = thread.join();
        }
    }
}

impl WriterShared {
    fn lock(&self) -> MutexGuard<'_, StateWrites> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, app: &str, job: StateWrite) -> Result<(), StateError> {
        let mut jobs = self.lock();
        if jobs.waiting.len() >= MAX_WAITING {
            let full = "too many writes wait for the disk of the host's state store; try again later";
            return Err(StateError::Unavailable(full.to_owned()));
        }
        jobs.waiting.push(app, job);
        drop(jobs);
        self.changed.notify_all();
        Ok(())
    }

    /// The thread's life. What was asked for before the end is done.
    fn work(&self, mut connection: Connection, file: Option<&StateFile>, written: &mpsc::SyncSender<()>) {
        while let Some((job, empty_log)) = self.next(&mut connection, file) {
            if empty_log && let Err(error) = checkpoint(&connection, "TRUNCATE") {
                tracing::warn!("The log of the plugins' state cannot be emptied: {error}");
            }
            // A panic rolls its transaction back and must not end the thread; whoever waits for the job
            // is told by its reply being dropped.
            _ = catch_unwind(AssertUnwindSafe(|| job(&mut connection)));
            // Told already, or there is no log.
            _ = written.try_send(());
        }
    }

    /// The next write, and whether the log is to be emptied before it; `None` at the end. A file that could not be opened
    /// is tried again meanwhile: here, so that no turn waits for it.
    fn next(&self, connection: &mut Connection, file: Option<&StateFile>) -> Option<(StateWrite, bool)> {
        let mut jobs = self.lock();
        loop {
            if let Some(job) = jobs.waiting.pop() {
                return Some((job, std::mem::take(&mut jobs.empty_log)));
            }
            if jobs.closed {
                return None;
            }
            jobs = match file.and_then(|file| Some((file, file.next_try_in()?))) {
                None => self.changed.wait(jobs).unwrap_or_else(PoisonError::into_inner),
                Some((file, pause)) if pause.is_zero() => {
                    drop(jobs);
                    // Why it fails is in the log, and told to whoever asks.
                    _ = file.try_to_open(connection);
                    self.lock()
                }
                Some((_, pause)) => {
                    let waited = self.changed.wait_timeout(jobs, pause);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    fn checkpoint(&self, file: &StateFile, written: &mpsc::Receiver<()>) {
        while let Ok(()) = written.recv() {
            match file.with_log(|connection| checkpoint(connection, "PASSIVE")) {
                Some(Ok(pages)) => self.lock().empty_log = pages > LONGEST_LOG,
                Some(Err(error)) => tracing::warn!("What plugins keep stays in the log for now: {error}"),
                None => {}
            }
            let is_open = |jobs: &mut StateWrites| !jobs.closed;
            drop(self.closing.wait_timeout_while(self.lock(), CHECKPOINT_EVERY, is_open));
        }
    }
}

/// Pages in the log.
fn checkpoint(connection: &Connection, how: &str) -> rusqlite::Result<i64> {
    connection.query_row(&format!("PRAGMA wal_checkpoint({how})"), [], |row| row.get(1))
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StateError> {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map_err(|error| StateError::Unavailable(format!("the state store cannot start a thread: {error}")))
}

#[cfg(test)]
mod tests;
