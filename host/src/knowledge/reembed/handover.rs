//! A handover is what is still owed when another generation has begun to serve: what was written to the one before
//! between the last look at it and the switch. A file keeps what that look has seen, so that a process that is killed then
//! leaves word of it, and whoever re-embeds or checks the base next pays.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::super::blocking::blocking;
use super::super::store::{DocumentInfo, StoreError};

/// What the generation before held at the last look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Handover {
    /// The generation that takes over.
    pub(super) to: u64,
    /// A mark of each document.
    seen: HashSet<u64>,
}

impl Handover {
    pub(super) fn new(to: u64, seen: &[DocumentInfo]) -> Self {
        Self { to, seen: seen.iter().map(mark).collect() }
    }

    /// Whether a document is as it was at that look.
    pub(super) fn has_seen(&self, document: &DocumentInfo) -> bool {
        self.seen.contains(&mark(document))
    }

    /// The one that the file of this lock has, if there is one. One that cannot be read was not kept to its end, before the
    /// switch.
    pub(super) async fn kept(lock: &Path) -> Result<Option<Self>, StoreError> {
        let path = file(lock);
        let read = move || match std::fs::read(&path) {
            Ok(text) => Ok(serde_json::from_slice(&text).ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::of_file(&path, &error)),
        };
        blocking(read, StoreError::stopped).await
    }

    /// Keeps it, on the disk by the time this is done.
    pub(super) async fn keep(&self, lock: &Path) -> Result<(), StoreError> {
        let (path, text) = (file(lock), serde_json::json!(self).to_string());
        let write = move || {
            let write = || {
                let mut file = std::fs::File::create(&path)?;
                io::Write::write_all(&mut file, text.as_bytes())?;
                file.sync_all()?;
                path.parent().map_or(Ok(()), |folder| std::fs::File::open(folder)?.sync_all())
            };
            write().map_err(|error| StoreError::of_file(&path, &error))
        };
        blocking(write, StoreError::stopped).await
    }

    /// Nothing is owed any more.
    pub(super) async fn settled(lock: &Path) -> Result<(), StoreError> {
        let path = file(lock);
        let remove = move || match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::of_file(&path, &error)),
            _ => Ok(()),
        };
        blocking(remove, StoreError::stopped).await
    }
}

fn file(lock: &Path) -> PathBuf {
    lock.with_extension("handover")
}

/// All that is known of a document, in a number.
fn mark(document: &DocumentInfo) -> u64 {
    let digest = Sha256::digest(serde_json::json!(document).to_string());
    digest.iter().take(size_of::<u64>()).fold(0, |mark, byte| (mark << 8) | u64::from(*byte))
}
