//! The disk that the data folder is on: how much room is left, and a reserve in it. Where nothing can be
//! written any more, nothing can be deleted either: SQLite writes what it deletes before it forgets it.
//!
//! What is deleted must be written first, so `disk.rs` keeps a file that can be given up
//! (`Disk::with_reserve`). While it is spent, imports and the traces' writer keep away from the room it gave
//! (`Disk::is_short`), also after a restart, which finds by a mark beside it that there was a reserve; it is made
//! again by whoever looks. A disk that takes no more files is as full as one that takes no more bytes.
//! `StoreError::Full` is told from other failures, because it passes by itself once somebody has made room: jobs
//! wait, clients get 507. Embedded bases and state are in incremental auto-vacuum. A trace leaves the queue when
//! it is written, or when it can never be.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Free bytes below which the data folder is failing: a batch of traces and a document need as much.
pub(crate) const LEAST_FREE: u64 = 64 << 20;
/// Files that can still be made, below which the data folder is failing: each open database has two beside it.
pub(crate) const LEAST_FILES: u64 = 64;
/// The file that takes the reserve's room.
pub(crate) const RESERVE: &str = "reserve";
/// The empty file that says that there was a reserve: where it is not there any more, it is spent.
pub(crate) const RESERVE_MARK: &str = "reserve.made";
/// Bytes of the reserve: what deleting the largest document writes, with room.
const RESERVE_BYTES: u64 = 32 << 20;
/// Free bytes from which on the reserve is made.
pub(crate) const TO_RESERVE: u64 = RESERVE_BYTES + LEAST_FREE;
/// Free bytes without which whoever begins spends the reserve: the databases cannot be opened with less.
const TO_START: u64 = 4 << 20;
/// Files without which they cannot be opened either.
const FILES_TO_START: u64 = 8;
/// Bytes of a spent reserve that stay for whoever deletes: the rest is for the traces of a host that ends.
const TO_DELETE: u64 = RESERVE_BYTES - (8 << 20);

/// The disk of the data folder. Lives as long as the process.
#[derive(Debug)]
pub struct Disk {
    folder: PathBuf,
    /// Whether this is the process that serves from the folder, which makes the reserve.
    serves: bool,
    reserve: Mutex<Reserve>,
    /// Held by the one who works with the room of the reserve: several at once would take it from one another.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reserve {
    Held,
    /// There was no room to make the reserve.
    None,
    /// The reserve was freed so that something can be deleted. Nothing else is written until there is room to
    /// make it again.
    Spent,
}

impl Disk {
    /// The disk of a data folder, with its reserve where there is room for one. For the one process that
    /// serves from the folder.
    pub(crate) fn serving(folder: &Path) -> Self {
        let disk = Self { serves: true, ..Self::of(folder) };
        if *disk.reserve() == Reserve::Held {
            // An earlier version has made the reserve without its mark.
            disk.mark();
        }
        disk.make_room_to_open();
        disk.refill();
        disk
    }

    /// The disk of a data folder, for a command that deletes.
    pub(crate) fn deleting(folder: &Path) -> Self {
        let disk = Self::of(folder);
        disk.make_room_to_open();
        disk
    }

    fn make_room_to_open(&self) {
        if self.cannot_open() {
            self.spend();
        }
    }

    /// Whether databases may not be opened for want of room.
    fn cannot_open(&self) -> bool {
        self.free().is_ok_and(|free| free < TO_START)
            || self.files().is_ok_and(|files| files < FILES_TO_START)
    }

    /// Whether that is so in the process that serves.
    pub(crate) fn has_no_room(&self) -> bool {
        self.serves && self.cannot_open()
    }

    /// The disk of a data folder, with the reserve that another process may have made.
    pub(crate) fn of(folder: &Path) -> Self {
        let reserve = if folder.join(RESERVE).exists() {
            Reserve::Held
        } else if folder.join(RESERVE_MARK).exists() {
            Reserve::Spent
        } else {
            Reserve::None
        };
        let (reserve, turn) = (Mutex::new(reserve), tokio::sync::Mutex::default());
        Self { folder: folder.to_owned(), serves: false, reserve, turn }
    }

    /// Bytes that may be written yet, without the reserve.
    pub(crate) fn free(&self) -> io::Result<u64> {
        let disk = rustix::fs::statvfs(&self.folder)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    /// Files that may be made yet.
    pub(crate) fn files(&self) -> io::Result<u64> {
        let disk = rustix::fs::statvfs(&self.folder)?;
        // Some file systems make files as long as there are bytes, and say that there are none at all.
        Ok(if disk.f_files == 0 { u64::MAX } else { disk.f_favail })
    }

    /// Whether what the process writes last may take so many bytes: the rest is for whoever deletes.
    pub(crate) fn has_room_for_last(&self, bytes: u64) -> bool {
        self.free().is_ok_and(|free| free >= TO_DELETE.saturating_add(bytes))
    }

    /// Whether the reserve is spent: then only what gives room back is written. Makes the reserve anew
    /// where there is room again.
    pub(crate) fn is_short(&self) -> bool {
        self.refill();
        self.is_spent()
    }

    fn is_spent(&self) -> bool {
        *self.reserve() == Reserve::Spent
    }

    /// Does the work once more with the reserve's room where it fails for want of room, one after the other: the
    /// reserve may have been freed since by another, who still works with its room.
    pub(crate) async fn with_reserve<T, E, F>(
        &self,
        is_full: impl Fn(&E) -> bool,
        work: impl Fn() -> F,
    ) -> Result<T, E>
    where
        F: Future<Output = Result<T, E>>,
    {
        let done = match work().await {
            Err(error) if is_full(&error) => {
                let _turn = self.turn.lock().await;
                if self.spend() || self.is_spent() { work().await } else { Err(error) }
            }
            done => done,
        };
        self.refill();
        done
    }

    /// Frees the reserve. `false` where there is none.
    pub(crate) fn spend(&self) -> bool {
        let mut reserve = self.reserve();
        match std::fs::remove_file(self.folder.join(RESERVE)) {
            Ok(()) => {
                tracing::error!(
                    "The disk of {} is full: the reserve of {} MiB is used for what must be written, and nothing is \
                     imported and no other trace written until {} MiB are free",
                    self.folder.display(),
                    RESERVE_BYTES >> 20,
                    TO_RESERVE >> 20
                );
                *reserve = Reserve::Spent;
                true
            }
            Err(_) => false,
        }
    }

    fn refill(&self) {
        let mut reserve = self.reserve();
        let is_there = self.folder.join(RESERVE).exists();
        match *reserve {
            // Another process has made it.
            Reserve::Spent if is_there => *reserve = Reserve::Held,
            Reserve::Held if is_there => {}
            // A command that deletes has spent it.
            Reserve::Held => *reserve = Reserve::Spent,
            Reserve::None if !self.serves => return,
            Reserve::None | Reserve::Spent => {}
        }
        if *reserve == Reserve::Held {
            return;
        }
        let has_files = self.files().is_ok_and(|files| files >= LEAST_FILES);
        if !has_files || !self.free().is_ok_and(|free| free >= TO_RESERVE) {
            return;
        }
        match self.make() {
            Ok(()) => {
                self.mark();
                if *reserve == Reserve::Spent {
                    tracing::info!("There is room on the disk of {} again", self.folder.display());
                }
                *reserve = Reserve::Held;
            }
            Err(error) => {
                tracing::debug!("The reserve of {} cannot be made: {error}", self.folder.display());
                // Half of it takes room and helps nobody.
                _ = std::fs::remove_file(self.folder.join(RESERVE));
            }
        }
    }

    /// Notes that there is a reserve. Without the mark a later start takes it for one that never was.
    fn mark(&self) {
        let mark = self.folder.join(RESERVE_MARK);
        if let Err(error) = File::options().write(true).create(true).truncate(true).mode(0o600).open(mark) {
            tracing::debug!("The reserve of {} cannot be marked: {error}", self.folder.display());
        }
    }

    fn make(&self) -> io::Result<()> {
        let mut options = File::options();
        let path = self.folder.join(RESERVE);
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(path)?;
        let whole = rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, RESERVE_BYTES);
        match whole {
            Ok(()) => Ok(()),
            Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => {
                let block = vec![0; 1 << 20];
                (0..RESERVE_BYTES >> 20).try_for_each(|_| file.write_all(&block))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn reserve(&self) -> MutexGuard<'_, Reserve> {
        self.reserve.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a write failed because there is no room, on the disk or in the user's quota.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// Whether an error of SQLite says that the disk is full; it has a word of its own for the index of its log.
pub(crate) fn is_full_for(error: &rusqlite::Error) -> bool {
    match error {
        rusqlite::Error::SqliteFailure(cause, _) => {
            cause.code == rusqlite::ErrorCode::DiskFull
                || cause.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
