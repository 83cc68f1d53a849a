//! Documents that are meant are those that a deletion by filter found when it was asked for, as they were then. It is
//! carried out later, or once more after a restart, and what has come or changed since stays.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::store::{DocumentInfo, DocumentVersion};

/// Hexadecimal digits of a mark.
const DIGITS: usize = 16;

/// The documents that a deletion means, each by a mark of its id and its version: a base may have a million, and all of
/// them stand in the record of the job.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MeantDocuments(HashSet<u64>);

impl MeantDocuments {
    pub(super) fn of(versions: &[DocumentVersion]) -> Self {
        Self(versions.iter().map(mark).collect())
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether a document is meant, and as it was when the deletion was asked for.
    pub(super) fn has(&self, version: &DocumentVersion) -> bool {
        self.0.contains(&mark(version))
    }
}

fn mark(version: &DocumentVersion) -> u64 {
    let mut digest = Sha256::new();
    for part in [&version.id, &version.digest] {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    digest.update(version.imported_at.to_be_bytes());
    let whole: &[u8] = &digest.finalize();
    whole.iter().take(size_of::<u64>()).fold(0, |mark, byte| (mark << 8) | u64::from(*byte))
}

impl From<MeantDocuments> for String {
    fn from(meant: MeantDocuments) -> Self {
        meant.0.into_iter().map(|mark| format!("{mark:0width$x}", width = DIGITS)).collect()
    }
}

impl TryFrom<String> for MeantDocuments {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let mark = |digits: &[u8]| u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok();
        let marks: Option<HashSet<u64>> = text.as_bytes().chunks(DIGITS).map(mark).collect();
        marks.map(Self).ok_or("the documents that are meant are not hexadecimal digits")
    }
}

/// The deletions of a base that this process has yet to carry out.
#[derive(Default)]
pub(super) struct PendingDeletions(Mutex<Vec<Weak<MeantDocuments>>>);

impl PendingDeletions {
    /// Takes one more, for as long as somebody else has it.
    pub(super) fn add(&self, meant: &Arc<MeantDocuments>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(meant));
    }

    /// Whether one of them would delete this document.
    pub(super) fn mean(&self, document: &DocumentInfo) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|meant| meant.strong_count() > 0);
        if all.is_empty() {
            return false;
        }
        let version = DocumentVersion::of(document);
        all.iter().filter_map(Weak::upgrade).any(|meant| meant.has(&version))
    }

    /// Makes a document that is about to be written another one than those that are meant. Moments are whole seconds, so
    /// one that is written again within a second would be the same.
    pub(super) fn tell_apart(&self, document: &mut DocumentInfo) {
        while self.mean(document) {
            document.imported_at += 1;
        }
    }
}

#[cfg(test)]
mod tests;
