//! A backup: the data folder as it is at one time, in a folder of its own, while a host may be serving from it.
//!
//! Databases are copied by SQLite's online backup, each in one read transaction, so that a copy is whole and
//! holds everything that was committed when it began; nobody waits for it. Uploads come first, then what jobs
//! say of them, then the bases: what a job had stored by then is in the bases' copies, and what it had not it
//! stores again where the backup is started from. Left out is what the host makes anew (compiled
//! components, an unfinished re-embedding) and what was put aside as damaged.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::{Backup as Copying, StepResult};
use rusqlite::{Connection, OpenFlags};

use crate::data_folder;
use crate::generation_pointer::{Pointer, database_name, pointer_name};

/// Tries of a copy that finds the database locked, and the pause between two of them: ten seconds in all.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(100);

/// What was copied, and what could not be.
#[derive(Debug, Default)]
pub(crate) struct Backup {
    /// Path within the folder, and bytes.
    pub(crate) copied: Vec<(PathBuf, u64)>,
    /// Path within the folder, and why. The others are whole.
    pub(crate) failed: Vec<(PathBuf, String)>,
}

impl Backup {
    /// Copies a data folder into one that does not exist yet, or is empty. It takes its name when it is
    /// complete. The error is for people.
    pub(crate) fn make(data: &Path, into: &Path) -> Result<Self, String> {
        let told = |error: io::Error| format!("{} cannot be written: {error}", into.display());
        if !data.is_dir() {
            return Err(format!("{} is not a folder; there is nothing to copy", data.display()));
        }
        match fs::read_dir(into).map(|mut entries| entries.next().is_none()) {
            Ok(true) => fs::remove_dir(into).map_err(told)?,
            Ok(false) => {
                return Err(format!(
                    "{} holds files already; name a folder that does not exist yet",
                    into.display()
                ));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(format!("{} cannot be used: {error}", into.display())),
        }
        let name = into.file_name().ok_or_else(|| format!("{} names no folder", into.display()))?;
        let mut partial = name.to_owned();
        partial.push(".partial");
        let partial = into.with_file_name(partial);
        // A backup that broke off has left this.
        match fs::remove_dir_all(&partial) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(told(error)),
            _ => {}
        }
        data_folder::create_files_privately();
        fs::create_dir_all(&partial).map_err(told)?;
        let mut backup = Self::default();
        backup.jobs(data, &partial).map_err(told)?;
        // Before the bases: what is known of pages is then never newer than what is known of their documents.
        backup.sources(data, &partial).map_err(told)?;
        backup.bases(data, &partial).map_err(told)?;
        for database in data_folder::DATABASES {
            backup.database(data, &partial, Path::new(database));
        }
        backup.file(data, &partial, Path::new(data_folder::QUESTIONS));
        sync_folders(&partial).map_err(told)?;
        fs::rename(&partial, into).map_err(told)?;
        Ok(backup)
    }

    /// What jobs were sent and have not dealt with, and what they say of themselves.
    fn jobs(&mut self, data: &Path, into: &Path) -> io::Result<()> {
        let folder = Path::new("jobs");
        let entries = entries(&data.join(folder))?;
        fs::create_dir_all(into.join(folder))?;
        let (records, uploads): (Vec<_>, Vec<_>) =
            entries.into_iter().partition(|name| name.extension().is_some_and(|ending| ending == "json"));
        for upload in uploads.iter().map(|name| folder.join(name)).filter(|path| data.join(path).is_dir()) {
            fs::create_dir_all(into.join(&upload))?;
            for name in self::entries(&data.join(&upload))? {
                self.file(data, into, &upload.join(name));
            }
        }
        records.iter().for_each(|name| self.file(data, into, &folder.join(name)));
        Ok(())
    }

    /// What is known of sources' last runs.
    fn sources(&mut self, data: &Path, into: &Path) -> io::Result<()> {
        let folder = Path::new("sources");
        for base in entries(&data.join(folder))? {
            let base = folder.join(base);
            if data.join(&base).is_dir() {
                fs::create_dir_all(into.join(&base))?;
                let names = entries(&data.join(&base))?.into_iter();
                let kept = names.filter(|name| name.extension().is_some_and(|ending| ending == "json"));
                kept.for_each(|name| self.file(data, into, &base.join(name)));
            }
        }
        Ok(())
    }

    /// Every base in the folder, in the generation that serves when it is copied.
    fn bases(&mut self, data: &Path, into: &Path) -> io::Result<()> {
        let folder = Path::new("knowledge");
        fs::create_dir_all(into.join(folder))?;
        let entries = entries(&data.join(folder))?;
        // A base's name has no dot: what has one is a generation of its own.
        let base = |name: &PathBuf| Some(name.to_str()?.strip_suffix(".db")?.split('.').next()?.to_owned());
        let bases: BTreeSet<String> = entries.iter().filter_map(base).collect();
        for base in bases {
            let pointer = folder.join(pointer_name(&base));
            let serving = || Some(Pointer::of_file(&data.join(folder), &base)?.generation);
            let Some(mut generation) = serving() else {
                self.failed.push((pointer, "it holds no number of a generation".to_owned()));
                continue;
            };
            let name = |generation| folder.join(database_name(&base, generation));
            // A generation is removed when another has taken its place.
            while !data.join(name(generation)).exists()
                && let Some(now) = serving().filter(|now| *now != generation)
            {
                generation = now;
            }
            self.database(data, into, &name(generation));
            if generation != 0 {
                let text = Pointer { generation, is_closing: false }.text();
                fs::write(into.join(&pointer), &text)?;
                fs::File::open(into.join(&pointer))?.sync_all()?;
                self.copied.push((pointer, text.len() as u64));
            }
        }
        Ok(())
    }

    fn database(&mut self, data: &Path, into: &Path, path: &Path) {
        let from = data.join(path);
        if !from.exists() {
            return;
        }
        match copy_database(&from, &into.join(path)) {
            Ok(bytes) => self.copied.push((path.to_owned(), bytes)),
            Err(error) => {
                _ = fs::remove_file(into.join(path));
                self.failed.push((path.to_owned(), error.to_string()));
            }
        }
    }

    /// A file that is gone meanwhile belonged to a job that has ended.
    fn file(&mut self, data: &Path, into: &Path, path: &Path) {
        let copy = || {
            let bytes = fs::copy(data.join(path), into.join(path))?;
            fs::File::open(into.join(path))?.sync_all()?;
            Ok::<_, io::Error>(bytes)
        };
        match copy() {
            Ok(bytes) => self.copied.push((path.to_owned(), bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => self.failed.push((path.to_owned(), error.to_string())),
        }
    }
}

/// Copies one database as it is now, and looks whether the copy is sound.
fn copy_database(from: &Path, to: &Path) -> Result<u64, String> {
    let told = |error: rusqlite::Error| error.to_string();
    // Readers of a database with a log write into the file beside it that all of them share.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(from, flags).map_err(told)?;
    let mut copy = Connection::open(to).map_err(told)?;
    {
        let copying = Copying::new(&source, &mut copy).map_err(told)?;
        let mut tries = 0;
        // All pages in one step: it holds its own view of the database, whatever is written meanwhile.
        while copying.step(-1).map_err(told)? != StepResult::Done {
            tries += 1;
            if tries == TRIES {
                return Err("another process holds it locked".to_owned());
            }
            std::thread::sleep(PAUSE);
        }
    }
    let sound: String = copy.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(told)?;
    if sound != "ok" {
        return Err(format!("it is damaged: {sound}"));
    }
    copy.close().map_err(|(_, error)| error.to_string())?;
    fs::metadata(to).map(|file| file.len()).map_err(|error| error.to_string())
}

/// The names in a folder, in order; none where it does not exist.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let found = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        found => found?,
    };
    let names = found.map(|entry| entry.map(|entry| PathBuf::from(entry.file_name())));
    let mut names: Vec<PathBuf> = names.collect::<io::Result<_>>()?;
    names.sort();
    Ok(names)
}

/// Makes sure that the names are on the disk as well as what they name.
fn sync_folders(folder: &Path) -> io::Result<()> {
    for name in entries(folder)? {
        let path = folder.join(name);
        if path.is_dir() {
            sync_folders(&path)?;
        }
    }
    fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests;
