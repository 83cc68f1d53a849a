//! The data folder is where the host keeps conversations, documents and traces: nobody else's to read.

use std::ffi::OsStr;
use std::fs::{self, File, Metadata, Permissions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::Access;
use rustix::io::Errno;

use crate::disk::{self, RESERVE, RESERVE_MARK};

/// Permissions of everybody who is neither the owner nor in the folder's group.
const OTHERS: u32 = 0o007;
/// Permissions of everybody but the owner.
const ALL_BUT_OWNER: u32 = 0o077;
/// Set on folders that several users share, such as `/tmp`.
const SHARED: u32 = 0o1000;
/// Permission of others to put files of theirs into a folder.
const OTHERS_WRITE: u32 = 0o002;
/// The mend where something of another kind is in the way.
const MOVE_AWAY: &str = "move it away, or name another folder in data_dir";
/// The folders that the host makes in it, each with documents or what they were made into.
const FOLDERS: [&str; 4] = ["components", "jobs", "knowledge", "sources"];
/// Those of them that every start makes; the others come with the first thing that is kept in them.
const ALWAYS: [&str; 2] = ["jobs", "knowledge"];
/// The databases in it, each with the files that SQLite keeps beside it.
pub(crate) const DATABASES: [&str; 2] = ["state.db", "traces.db"];
/// The file of kept questions, and the beginning of the name of the one that is about to take its place.
pub(crate) const QUESTIONS: &str = "evaluation-questions.jsonl";
/// The file that the one process which serves from the folder keeps locked. It holds the id of that process.
const LOCK: &str = "serve.lock";

/// Held by the one process that serves from a data folder: jobs and their uploads, state and traces are its
/// own. The system frees it when the process ends, however that is.
#[derive(Debug)]
pub(crate) struct ServingLock {
    _file: File,
    /// The folder itself, where its file system has locks on folders: whoever removes the file while the process
    /// serves removes its lock as well.
    _folder: Option<File>,
}

impl ServingLock {
    /// Refuses where another process holds it. The error is for people.
    pub(crate) fn take(folder: &Path) -> Result<Self, String> {
        let path = folder.join(LOCK);
        let failed = |error: io::Error| format!("{} cannot be locked: {error}", path.display());
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let mut file = options.open(&path).map_err(failed)?;
        let held = File::open(folder).and_then(|held| match held.try_lock() {
            Ok(()) => Ok(Some(held)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        });
        let locked = match &held {
            Ok(None) => Err(TryLockError::WouldBlock),
            _ => file.try_lock(),
        };
        match locked {
            Ok(()) => {}
            Err(TryLockError::Error(error)) => return Err(failed(error)),
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // It may not have written its id yet.
                _ = file.read_to_string(&mut holder);
                let holder = match holder.trim().parse::<u32>() {
                    Ok(id) => format!("the process {id}"),
                    Err(_) => "another process".into(),
                };
                return Err(format!(
                    "{holder} serves from {} already, and two would take each other's jobs and uploads: stop that one, \
                     or name another folder in data_dir",
                    folder.display()
                ));
            }
        }
        let id = format!("{}\n", std::process::id());
        // Over what is there, which takes no more room: the lock is what counts, also on a full disk.
        match file.write_all(id.as_bytes()).and_then(|()| file.set_len(id.len() as u64)) {
            Err(error) if !disk::is_full(&error) => Err(failed(error)),
            _ => Ok(Self { _file: file, _folder: held.ok().flatten() }),
        }
    }
}

/// Creates the folder where it is missing, and takes away other users' permissions on the host's files. In a
/// folder that holds other files too, only the host's own are closed. A folder in which others could still
/// write, or that belongs to another user, is refused. The error is for people.
pub(crate) fn prepare(folder: &Path) -> Result<(), String> {
    let shown = folder.display();
    if let Some(message) = no_folders(folder).into_iter().next() {
        return Err(message);
    }
    create(folder).map_err(|error| format!("{shown} cannot be created: {error}"))?;
    let found = fs::metadata(folder).map_err(|error| format!("{shown} cannot be looked at: {error}"))?;
    if found.mode() & OTHERS != 0 {
        let holds_more = holds_more(folder).map_err(|error| format!("{shown} cannot be read: {error}"))?;
        if let Some(why) = not_ours(&found, holds_more) {
            return Err(format!(
                "{shown} is open to every user of this machine (mode {:04o}), and conversations and documents are kept in it; \
                 the host does not change it, because {why}: name a folder in data_dir that does not exist yet, or one that is the host's alone",
                found.mode() & 0o7777
            ));
        }
        if !holds_more {
            restrict(folder, &found).map_err(|error| {
                format!("{shown} cannot be closed to other users: {error}; take the permissions of others away, or name another folder in data_dir")
            })?;
            tracing::warn!("Closed {shown} to other users: its mode was {:04o}", found.mode() & 0o7777);
        }
    }
    // Commands that do not serve make files with the mask they were started with.
    let knowledge = folder.join("knowledge");
    create(&knowledge).map_err(|error| format!("{} cannot be created: {error}", knowledge.display()))?;
    close_files(folder)
        .map_err(|(path, error)| format!("{} cannot be closed to other users: {error}", path.display()))
}

/// What stands where the host keeps something of another kind. The texts are for people. A start puts aside what is in
/// the place of a database, and all else stops it.
pub(crate) fn in_the_way(folder: &Path) -> Vec<String> {
    let mut found = no_folders(folder);
    let files = DATABASES.iter().map(|name| folder.join(name)).filter(|path| path.is_dir());
    found.extend(files.map(|path| format!("{} is a folder, not a file; {MOVE_AWAY}", path.display())));
    found
}

/// What stands where there must be a folder and is none.
fn no_folders(folder: &Path) -> Vec<String> {
    let is_no_folder = |path: &Path| path.exists() && !path.is_dir();
    if is_no_folder(folder) {
        return vec![format!("{} is a file, not a folder; {MOVE_AWAY}", folder.display())];
    }
    let folders = FOLDERS.iter().map(|name| folder.join(name)).filter(|path| is_no_folder(path));
    folders.map(|path| format!("{} is a file, not a folder; {MOVE_AWAY}", path.display())).collect()
}

/// The host's folders in it in which no file can be made, each with the reason: somebody has made it read-only or another
/// user's, removed it, or put a file into its place. The data folder itself may be well then.
pub(crate) fn closed_folders(folder: &Path) -> Vec<(PathBuf, io::Error)> {
    let closed = |name: &str| {
        let path = folder.join(name);
        // With the dot, a file in the folder's place is told for what it is.
        match rustix::fs::access(path.join("."), Access::WRITE_OK | Access::EXEC_OK) {
            Ok(()) => None,
            Err(Errno::NOENT) if !ALWAYS.contains(&name) => None,
            Err(error) => Some((path, io::Error::from(error))),
        }
    };
    FOLDERS.into_iter().filter_map(closed).collect()
}

/// Files that this process creates from here on are its user's alone.
pub(crate) fn create_files_privately() {
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(ALL_BUT_OWNER));
}

fn create(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Why an open folder cannot be made safe here.
fn not_ours(found: &Metadata, holds_more: bool) -> Option<String> {
    if found.uid() != rustix::process::geteuid().as_raw() {
        Some(format!("it belongs to the user with the id {}", found.uid()))
    } else if found.mode() & SHARED != 0 {
        Some("it is one that users share".into())
    } else if holds_more && found.mode() & OTHERS_WRITE != 0 {
        Some("it holds more than the host's data, and others may write to it".into())
    } else {
        None
    }
}

/// Whether the folder is not the host's alone.
fn holds_more(folder: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        // Every file system's root may have a `lost+found`.
        let name = entry?.file_name();
        if !is_ours(&name) && name != "lost+found" {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_ours(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    [LOCK, RESERVE, RESERVE_MARK].contains(&&*name)
        || FOLDERS.contains(&&*name)
        || DATABASES.iter().any(|database| name.starts_with(database))
        || name.starts_with(QUESTIONS)
}

/// Closes what is the host's and was left open by an earlier mask. What another user has put there is
/// refused: they would read what is kept in it.
fn close_files(folder: &Path) -> Result<(), (PathBuf, io::Error)> {
    let user = rustix::process::geteuid().as_raw();
    // Root may have run the host before, and a container's root runs it in the folder of another.
    let owner = fs::metadata(folder).map_err(|error| (folder.to_owned(), error))?.uid();
    let mut folders = vec![folder.to_owned()];
    while let Some(within) = folders.pop() {
        let entries = fs::read_dir(&within).map_err(|error| (within.clone(), error))?;
        for entry in entries {
            let path = entry.map_err(|error| (within.clone(), error))?.path();
            if within == *folder && !path.file_name().is_some_and(is_ours) {
                continue;
            }
            // A file may go while others are looked at; of a link nothing is followed.
            let Ok(found) = fs::symlink_metadata(&path) else { continue };
            if ![user, owner, 0].contains(&found.uid()) {
                let whose = format!(
                    "it belongs to the user with the id {}; remove it, or name another folder in data_dir",
                    found.uid()
                );
                return Err((path, io::Error::other(whose)));
            }
            if !(found.is_dir() || found.is_file()) || found.uid() != user {
                continue;
            }
            if found.mode() & OTHERS != 0 {
                restrict(&path, &found).map_err(|error| (path.clone(), error))?;
            }
            if found.is_dir() {
                folders.push(path);
            }
        }
    }
    Ok(())
}

fn restrict(path: &Path, found: &Metadata) -> io::Result<()> {
    let mode = found.mode() & 0o7777 & !ALL_BUT_OWNER;
    match fs::set_permissions(path, Permissions::from_mode(mode)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

#[cfg(test)]
mod tests;
