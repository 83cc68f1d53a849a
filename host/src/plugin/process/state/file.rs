//! The file that state is kept in. Every connection to it is opened here, so that all can be closed where it turns out to
//! be damaged, and a new file begins in its place while the host serves.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::error::StateError;
use crate::damaged;
use crate::tables::{self, TablesError};

/// The tables. A file that says it has version 0 is new, or of a time before they had one.
const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS state (
    plugin TEXT NOT NULL,
    conversation TEXT NOT NULL,
    key TEXT NOT NULL,
    value BLOB NOT NULL,
    written_at INTEGER NOT NULL,
    PRIMARY KEY (plugin, conversation, key)
);
CREATE INDEX IF NOT EXISTS state_conversation ON state (conversation);
CREATE INDEX IF NOT EXISTS state_written_at ON state (written_at);
CREATE TABLE IF NOT EXISTS names (
    name TEXT PRIMARY KEY,
    conversation TEXT NOT NULL,
    written_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS names_written_at ON names (written_at);
";
/// How long a statement waits for another process, such as a command of the host's.
const BUSY: Duration = Duration::from_secs(5);
/// The same while the file is opened, which the host's start waits for, and which is tried again.
pub(super) const BUSY_AT_OPENING: Duration = Duration::from_secs(1);
/// The pause before a file that could not be opened is tried again; it doubles with each try.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// Bytes that the log is cut to when it begins anew.
const SHORT_LOG: i64 = 4 << 20;
/// Free pages that stay in the file.
pub(super) const FREE_PAGES_KEPT: i64 = 256;
/// Connections that are kept for the next reads.
const KEPT_READERS: usize = 8;

/// The file, with all connections to it but the writer's, whose thread has that.
pub(super) struct StateFile {
    path: PathBuf,
    /// Whoever uses a connection holds it shared; who puts the file aside has it alone, since whoever closed the old
    /// file later would delete the new one's log, which has the same name.
    open: RwLock<OpenFile>,
    /// `None` while the file is open. It has a lock of its own, which nobody holds while the disk is waited for: whoever
    /// serves asks for it. It changes only where `open` is held alone.
    away: Mutex<Option<FileAway>>,
}

#[derive(Default)]
struct OpenFile {
    /// How many files were put aside before this one.
    generation: u64,
    /// Connections that are not in use. Reads wait for no write.
    readers: Mutex<Vec<Connection>>,
    /// Copies the log into the file; `None` while there is no file.
    log: Mutex<Option<Connection>>,
}

/// A file that is not open.
struct FileAway {
    /// Why it is not.
    cause: String,
    /// How long it is left alone after the last try.
    pause: Duration,
    next_try: Instant,
}

impl FileAway {
    /// One that has just been tried in vain, the last time after this pause.
    fn tried(cause: &StateError, last_pause: Option<Duration>) -> Self {
        let pause = last_pause.map_or(FIRST_PAUSE, |pause| (pause * 2).min(LONGEST_PAUSE));
        Self { cause: cause.to_string(), pause, next_try: Instant::now() + pause }
    }
}

impl StateFile {
    /// Opens or creates the file, and gives the connection that writes.
    pub(super) fn open(path: &Path) -> Result<(Self, Connection), StateError> {
        let (writing, log) = connections(path)?;
        let open = OpenFile { log: Mutex::new(Some(log)), ..OpenFile::default() };
        let file = Self { path: path.to_owned(), open: RwLock::new(open), away: Mutex::default() };
        Ok((file, writing))
    }

    /// A file that cannot be opened for now, and a connection for its writer meanwhile.
    pub(super) fn to_be_opened(path: &Path, cause: &StateError) -> Result<(Self, Connection), StateError> {
        let away = Mutex::new(Some(FileAway::tried(cause, None)));
        let file = Self { path: path.to_owned(), open: RwLock::default(), away };
        Ok((file, Connection::open_in_memory()?))
    }

    /// Why there is no file, where there is none. Waits for nobody, as the two below.
    pub(super) fn trouble(&self) -> Option<String> {
        let told = |away: &FileAway| format!("{} cannot be opened: {}", self.path.display(), away.cause);
        self.away().as_ref().map(told)
    }

    /// Refuses while there is no file.
    pub(super) fn expect_open(&self) -> Result<(), StateError> {
        self.trouble().map_or(Ok(()), |trouble| Err(StateError::Unavailable(trouble)))
    }

    /// The time until the file is to be tried again, where there is none.
    pub(super) fn next_try_in(&self) -> Option<Duration> {
        let until = |away: &FileAway| away.next_try.saturating_duration_since(Instant::now());
        self.away().as_ref().map(until)
    }

    fn away(&self) -> MutexGuard<'_, Option<FileAway>> {
        self.away.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shared(&self) -> RwLockReadGuard<'_, OpenFile> {
        self.open.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn alone(&self) -> RwLockWriteGuard<'_, OpenFile> {
        self.open.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads, beside whatever is written. Tells which of the files it was.
    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StateError>,
    ) -> (Result<T, StateError>, u64) {
        let open = self.shared();
        // Whoever opened it now would make an empty one, without tables.
        if let Err(error) = self.expect_open() {
            return (Err(error), open.generation);
        }
        let kept = open.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match kept.map_or_else(|| reader(&self.path), Ok) {
            Ok(connection) => connection,
            Err(error) => return (Err(error), open.generation),
        };
        let result = work(&connection);
        let mut readers = open.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < KEPT_READERS {
            readers.push(connection);
        }
        (result, open.generation)
    }

    /// Works with the connection that copies the log; nothing where there is no file.
    pub(super) fn with_log<T>(&self, work: impl FnOnce(&Connection) -> T) -> Option<T> {
        let open = self.shared();
        let log = open.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.as_ref().map(work)
    }

    /// Puts the file aside, if it is still the one that `generation` names, and begins a new one with which the writer
    /// goes on. Called on the writer's thread only.
    pub(super) fn begin_anew(
        &self,
        generation: u64,
        writing: &mut Connection,
        cause: &StateError,
    ) -> Result<(), StateError> {
        let mut open = self.alone();
        if open.generation != generation {
            return self.expect_open();
        }
        *writing = Connection::open_in_memory()?;
        *open = OpenFile { generation, ..OpenFile::default() };
        let path = self.path.display();
        match damaged::put_aside(&self.path) {
            Ok(aside) => tracing::error!(
                "{path} is damaged and was put aside as {aside}: plugins forget their conversations; {cause}"
            ),
            Err(error) => {
                tracing::error!("{path} is damaged ({cause}) and cannot be put aside: {error}");
                *self.away() = Some(FileAway::tried(cause, None));
                return Err(StateError::Unavailable(format!(
                    "{path} is damaged and cannot be put aside: {error}"
                )));
            }
        }
        open.generation += 1;
        // Whoever reads meanwhile waits for the new file. Where none can begin, the writer tries again after a pause.
        self.take(&mut open, self.opened(), writing)
    }

    /// Opens the file where it could not be opened before, at the start or after the last was put aside. Called on the
    /// writer's thread only, so that there is one try at a time; nobody else waits for it.
    pub(super) fn try_to_open(&self, writing: &mut Connection) -> Result<(), StateError> {
        let opened = self.opened();
        self.take(&mut self.alone(), opened, writing)
    }

    fn opened(&self) -> Result<(Connection, Connection), StateError> {
        let open = || connections(&self.path);
        open().or_else(|error| match error {
            // As at a start: on a disk that was full then, nothing of it could be read.
            StateError::Damaged(_) => damaged::or_anew(&self.path, open),
            error => Err(error),
        })
    }

    /// Takes what was opened for all at the same time, or why nothing was.
    fn take(
        &self,
        open: &mut OpenFile,
        opened: Result<(Connection, Connection), StateError>,
        writing: &mut Connection,
    ) -> Result<(), StateError> {
        let mut away = self.away();
        match opened {
            Ok((new, log)) => {
                *writing = new;
                *open.log.get_mut().unwrap_or_else(PoisonError::into_inner) = Some(log);
                *away = None;
                tracing::info!("What plugins keep is in {}", self.path.display());
                Ok(())
            }
            Err(error) => {
                let now = FileAway::tried(&error, away.as_ref().map(|away| away.pause));
                // It is said once for each cause.
                if away.as_ref().is_none_or(|before| before.cause != now.cause) {
                    tracing::error!("What plugins keep is unavailable: {}: {error}", self.path.display());
                }
                *away = Some(now);
                Err(error)
            }
        }
    }

    /// Number of the file that is open; it grows when a new file takes a damaged one's place.
    pub(super) fn generation(&self) -> u64 {
        self.shared().generation
    }
}

/// The connection that writes, and the one that copies the log.
fn connections(path: &Path) -> Result<(Connection, Connection), StateError> {
    let log = Connection::open(path)?;
    let writing = prepared(Connection::open(path)?)?;
    log.busy_timeout(BUSY)?;
    log.pragma_update(None, "wal_autocheckpoint", 0)?;
    Ok((writing, log))
}

fn reader(path: &Path) -> Result<Connection, StateError> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    Ok(connection)
}

/// A connection that writes, to a file with the tables in it.
pub(super) fn prepared(mut connection: Connection) -> Result<Connection, StateError> {
    connection.busy_timeout(BUSY_AT_OPENING)?;
    // SQLite takes this setting only while the file is empty; older files keep theirs.
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    // State is small and rebuilt by talking: losing the last write to a power cut is acceptable,
    // a damaged file is not.
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "journal_size_limit", SHORT_LOG)?;
    tables::bring_up_to_date(&mut connection, SCHEMA, &[]).map_err(|error| match error {
        TablesError::Newer { .. } => StateError::Newer(format!(
            "state.db {error}, or move the file away, and plugins forget their conversations"
        )),
        TablesError::Sqlite(error) => error.into(),
    })?;
    connection.busy_timeout(BUSY)?;
    give_back_what_earlier_versions_kept(&connection);
    Ok(connection)
}

/// A file that an earlier version has made is written anew, once, where more than half of it is free. Where
/// that cannot be, it stays as it is.
fn give_back_what_earlier_versions_kept(connection: &Connection) {
    let ask = |what: &str| {
        connection.query_row(&format!("PRAGMA {what}"), [], |row| row.get::<_, i64>(0)).unwrap_or_default()
    };
    let free = ask("freelist_count");
    if ask("auto_vacuum") == 0
        && free > FREE_PAGES_KEPT.max(ask("page_count") / 2)
        && let Err(error) = connection.execute_batch("PRAGMA auto_vacuum = INCREMENTAL; VACUUM")
    {
        tracing::warn!("state.db does not give back what is free in it: {error}");
    }
}
