//! Compiled components on disk.
//!
//! A file is named after the engine that can run it and the component it was compiled from, and
//! starts with the SHA-256 of the rest. wasmtime runs what it is given here as machine code
//! without looking at it again, so the folder must belong to the host alone, and a file whose
//! digest does not fit is compiled again. A file that was not used for [`UNUSED`] is removed.

use std::hash::{Hash, Hasher};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use std::{fs, io};

use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::hex::hex;

const DIGEST: usize = 32;

/// A component that was changed, or compiled by an older engine, leaves its file behind: it is removed
/// when it was not used for so long. Another host may share the folder, so a file's age alone decides.
const UNUSED: Duration = Duration::from_secs(30 * 24 * 3600);
/// What a kill left half-written is garbage after so long.
const UNFINISHED: Duration = Duration::from_secs(3600);

/// A folder that only this host writes to.
#[derive(Debug)]
pub(super) struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// Creates the folder where it is missing. The error is for people.
    pub(in crate::plugin) fn open(folder: &Path) -> Result<Self, String> {
        let shown = folder.display();
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| {
            format!("engine.cache_dir: cannot create `{shown}`: {error}; name a folder that can be made")
        })?;
        // A file made now belongs to whoever runs the host; the folder must belong to the same.
        let probe = folder.join(format!(".probe-{}", uuid::Uuid::now_v7()));
        let ours = write_new(&probe, &[]).and_then(|()| fs::metadata(&probe));
        let owner = ours
            .map_err(|error| {
                format!("engine.cache_dir: cannot write to `{shown}`: {error}; name a folder of your own")
            })?
            .uid();
        // Nothing depends on the empty file: leaving it behind is harmless.
        let _ = fs::remove_file(&probe);
        let folder_now = fs::metadata(folder)
            .map_err(|error| format!("engine.cache_dir: cannot look at `{shown}`: {error}"))?;
        if folder_now.uid() != owner {
            return Err(format!(
                "engine.cache_dir: `{shown}` belongs to another user, who could replace machine code in it; name a folder of your own"
            ));
        }
        if folder_now.mode() & 0o022 != 0 {
            return Err(format!(
                "engine.cache_dir: others may write to `{shown}` and could place machine code in it; run `chmod 700 '{shown}'` or name another folder"
            ));
        }
        let cache = Self { folder: folder.to_owned() };
        if let Err(error) = cache.remove_unused(SystemTime::now()) {
            tracing::warn!(path = %shown, %error, "Cannot look for unused compiled components");
        }
        Ok(cache)
    }

    fn remove_unused(&self, now: SystemTime) -> io::Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let keep = match () {
                () if name.ends_with(".cwasm") => UNUSED,
                () if name.starts_with(".new-") || name.starts_with(".probe-") => UNFINISHED,
                () => continue,
            };
            let used = fs::metadata(&path).and_then(|metadata| metadata.modified());
            if used.is_ok_and(|used| now.duration_since(used).is_ok_and(|age| age > keep)) {
                // Another host may have been quicker.
                let _ = fs::remove_file(&path);
            }
        }
        Ok(())
    }

    /// The component compiled from these bytes, if it is there and whole.
    pub(in crate::plugin) fn find(&self, engine: &Engine, bytes: &[u8]) -> Option<Component> {
        let path = self.folder.join(file_name(engine, bytes));
        match fs::read(&path) {
            Ok(file) => match thaw(engine, &file) {
                Ok(component) => {
                    mark_used(&path);
                    return Some(component);
                }
                Err(error) => {
                    tracing::warn!(path = %path.display(), %error, "Compiled component cannot be used; compiling again");
                }
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => tracing::warn!(path = %path.display(), %error, "Cannot read compiled component"),
        }
        None
    }

    /// Keeps what these bytes were compiled to, as [`file()`] made it. The cache saves time and nothing else:
    /// a full disk must not keep the host from starting.
    pub(super) fn keep(&self, engine: &Engine, bytes: &[u8], file: &[u8]) {
        let path = self.folder.join(file_name(engine, bytes));
        if let Err(error) = self.put(&path, file) {
            tracing::warn!(path = %path.display(), %error, "Cannot keep compiled component");
        }
    }

    /// Readers see the whole file or none.
    fn put(&self, path: &Path, file: &[u8]) -> io::Result<()> {
        let temporary = self.folder.join(format!(".new-{}", uuid::Uuid::now_v7()));
        write_new(&temporary, file).and_then(|()| fs::rename(&temporary, path)).inspect_err(|_| {
            let _ = fs::remove_file(&temporary);
        })
    }
}

/// What is used stays; where the time cannot be set, the file is compiled again some day.
fn mark_used(path: &Path) {
    let _ = fs::File::options().append(true).open(path).and_then(|file| file.set_modified(SystemTime::now()));
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    io::Write::write_all(&mut file, bytes)
}

/// A file of the cache: compiled code behind its digest.
pub(in crate::plugin) fn file(code: &[u8]) -> Vec<u8> {
    let mut file = Vec::with_capacity(DIGEST + code.len());
    file.extend_from_slice(&Sha256::digest(code));
    file.extend_from_slice(code);
    file
}

/// The component in a file of the cache. The error tells that the file is damaged or another engine's, or
/// what of the component is more than this engine has room for.
pub(super) fn thaw(engine: &Engine, file: &[u8]) -> Result<Component, String> {
    let whole = |(digest, code): &(&[u8], &[u8])| Sha256::digest(code).as_slice() == *digest;
    let Some((_, code)) = file.split_at_checked(DIGEST).filter(whole) else {
        return Err("it is damaged".to_owned());
    };
    #[expect(
        unsafe_code,
        reason = "wasmtime cannot check machine code. These are bytes this host compiled itself, here or \
                  in a process it started from its own binary: the folder is its own and closed to others, the digest was checked on the very bytes that \
                  are run, and wasmtime refuses another version's or another configuration's code."
    )]
    #[expect(clippy::disallowed_methods, reason = "the one place: the digest was checked just before")]
    let component = unsafe { Component::deserialize(engine, code) };
    component.map_err(|error| format!("{error:#}"))
}

/// Both what compiles and what is compiled are in the name, so that nothing ever needs replacing.
fn file_name(engine: &Engine, bytes: &[u8]) -> String {
    let mut compatibility = DigestHasher(Sha256::new());
    engine.precompile_compatibility_hash().hash(&mut compatibility);
    format!("{}-{}.cwasm", &hex(&compatibility.0.finalize())[..16], hex(&Sha256::digest(bytes)))
}

/// The standard library's hasher may change with the compiler; a name on disk should not.
struct DigestHasher(Sha256);

impl Hasher for DigestHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let digest = self.0.clone().finalize();
        digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

#[cfg(test)]
mod tests;
