//! A damaged database is put aside: renamed beside where it was, for whoever wants to look into it, so
//! that a new one can begin in its place. So is a folder, or whatever else is no file, where the database should be.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::clock;

/// How long a look for damage waits for another process: one that is in use is not damaged.
const BUSY: Duration = Duration::from_secs(1);

/// Opens a database of the host's own, and begins it anew where it is damaged and holds nothing that must
/// be kept at any price. What cannot be opened for another reason is left as it is.
pub(crate) fn or_anew<T, E>(path: &Path, open: impl Fn() -> Result<T, E>) -> Result<T, E> {
    let error = match open() {
        Err(error) => error,
        done => return done,
    };
    let Some(damage) = damage(path) else { return Err(error) };
    match put_aside(path) {
        Ok(aside) => tracing::error!(
            "{} is damaged and was put aside as {aside}; what it held is not there any more: {damage}",
            path.display()
        ),
        Err(cause) => {
            tracing::error!("{} is damaged and cannot be put aside: {cause}", path.display());
            return Err(error);
        }
    }
    open()
}

/// The same for whoever only looks: what is damaged stays where it is, for the start that puts it aside and says so. It is
/// read through before it is opened: SQLite opens by the first page alone, and whoever meets the damage later, on a thread
/// of its own, begins anew as it does while the host serves.
pub(crate) fn or_told<T, E: Display>(path: &Path, open: impl Fn() -> Result<T, E>) -> Result<T, String> {
    if let Some(damage) = damage(path) {
        return Err(format!(
            "{} is damaged: {damage}; put it back from a backup, or start the host, which puts it aside and begins anew",
            path.display()
        ));
    }
    open().map_err(|error| error.to_string())
}

/// What SQLite says of a file that is none of its own, or broken. It reads all of it. Of what is no file it says only
/// that it cannot open it, as of one that is in use or may not be read.
pub(crate) fn damage(path: &Path) -> Option<String> {
    match std::fs::metadata(path) {
        Ok(found) if found.is_dir() => return Some("it is a folder, not a file".to_owned()),
        Ok(found) if !found.is_file() => return Some("it is not a file".to_owned()),
        _ => {}
    }
    let look = || {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.busy_timeout(BUSY)?;
        connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0))
    };
    match look() {
        // Its first line names only the database.
        Ok(said) => (said != "ok").then(|| said.lines().next_back().unwrap_or_default().to_owned()),
        Err(error) => {
            let code = error.sqlite_error_code();
            matches!(code, Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt))
                .then(|| error.to_string())
        }
    }
}

/// A database of the host's own with the state of its files when it was opened, to notice what is done to
/// them from outside. SQLite itself answers from memory for a long time, and writes into whatever file is
/// there.
#[derive(Debug)]
pub(crate) struct WatchedDatabase {
    path: PathBuf,
    /// Open as long as the database is: with the first handle that a process closes, SQLite's locks on the file are gone.
    file: File,
    /// Device and number of the file.
    place: (u64, u64),
    /// Whether it has begun as one of SQLite's: a new one has no byte for a while.
    begun: AtomicBool,
}

/// How a database of SQLite begins.
const HEAD: &[u8; 16] = b"SQLite format 3\0";
/// How its write-ahead log begins, but for the last bit.
const LOG_HEAD: u32 = 0x377f_0682;

impl WatchedDatabase {
    /// Begins to watch a database that is open and has been written to.
    pub(crate) fn new(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let now = file.metadata()?;
        Ok(Self { path: path.to_owned(), place: (now.dev(), now.ino()), begun: AtomicBool::new(false), file })
    }

    /// What was done to it, as far as a look at how its files begin tells.
    pub(crate) fn spoilt(&self) -> Option<&'static str> {
        match std::fs::metadata(&self.path) {
            Ok(now) if (now.dev(), now.ino()) != self.place => {
                return Some("another file was put into its place");
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Some("it was removed"),
            _ => {}
        }
        let mut head = [0; HEAD.len()];
        match self.file.read_exact_at(&mut head, 0) {
            Ok(()) if head != *HEAD => return Some("it was written over"),
            Ok(()) => self.begun.store(true, Ordering::Relaxed),
            Err(error)
                if error.kind() == io::ErrorKind::UnexpectedEof && self.begun.load(Ordering::Relaxed) =>
            {
                return Some("it was cut off");
            }
            _ => {}
        }
        let mut log = self.path.clone().into_os_string();
        log.push("-wal");
        let mut head = [0; 4];
        // SQLite's locks are on the database and not on its log, so the log can be read at any time.
        let read = File::open(log).and_then(|log| log.read_exact_at(&mut head, 0));
        (read.is_ok() && u32::from_be_bytes(head) & !1 != LOG_HEAD).then_some("its log was written over")
    }
}

/// Files that were put aside since the process began, by their names.
static PUT_ASIDE: Mutex<BTreeMap<String, u64>> = Mutex::new(BTreeMap::new());

/// How often a file of each name was put aside since the process began.
pub(crate) fn counts() -> Vec<(String, u64)> {
    let counts = PUT_ASIDE.lock().unwrap_or_else(PoisonError::into_inner);
    counts.iter().map(|(name, count)| (name.clone(), *count)).collect()
}

/// Gives the name it has now. The files that SQLite keeps beside it go with it.
pub(crate) fn put_aside(path: &Path) -> io::Result<String> {
    let seconds = clock::seconds();
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    // An earlier one stays.
    let free = |count: &u32| {
        let more = if *count == 0 { String::new() } else { format!("-{count}") };
        !path.with_file_name(format!("{name}.damaged-{seconds}{more}")).exists()
    };
    let aside = match (0..100).find(free) {
        None | Some(0) => format!("{name}.damaged-{seconds}"),
        Some(count) => format!("{name}.damaged-{seconds}-{count}"),
    };
    for ending in ["-wal", "-shm", ""] {
        let from = path.with_file_name(format!("{name}{ending}"));
        match std::fs::rename(from, path.with_file_name(format!("{aside}{ending}"))) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    *PUT_ASIDE.lock().unwrap_or_else(PoisonError::into_inner).entry(name).or_default() += 1;
    Ok(aside)
}

#[cfg(test)]
mod tests;
