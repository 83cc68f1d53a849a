//! What the store may hold, in memory: most conversations keep nothing, and asking the file costs more than
//! the rest of a short call.
//!
//! **What keeps nothing asks nothing.** A filter in memory knows every conversation and name that `state.db`
//! ever held (`plugin/process/state/seen.rs`), so a turn without state reads no file.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rusqlite::Connection;

use super::error::StateError;

/// Bits, 1 MiB: with a million conversations and names in it one in thirty is looked for in vain.
const BITS: u64 = 1 << 23;
/// Bits of each, apart from one another.
const PER_KEY: u32 = 3;

/// Every conversation and every name that was ever written. It may be wrong where it says that something is
/// there, and never where it says that nothing is.
pub(super) struct SeenNames {
    bits: Box<[AtomicU64]>,
    hasher: RandomState,
    /// What was in the file at the start is in here.
    is_whole: AtomicBool,
}

impl SeenNames {
    pub(super) fn new() -> Self {
        let bits = (0..BITS / 64).map(|_| AtomicU64::new(0)).collect();
        Self { bits, hasher: RandomState::new(), is_whole: AtomicBool::new(false) }
    }

    /// Takes in what is in the file. Until that is done, everything may be there.
    pub(super) fn load(&self, connection: &Connection) -> Result<(), StateError> {
        for all in ["SELECT DISTINCT conversation FROM state", "SELECT name FROM names"] {
            let mut statement = connection.prepare(all)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                // Secrets are looked for in texts only.
                if let Ok(text) = row.get_ref(0)?.as_str() {
                    self.note(text);
                }
            }
        }
        self.is_whole.store(true, Ordering::Release);
        Ok(())
    }

    /// The file begins anew: nothing is in it but what was taken note of.
    pub(super) fn is_all_there_is(&self) {
        self.is_whole.store(true, Ordering::Release);
    }

    /// Takes note of a conversation or a name that is about to be written.
    pub(super) fn note(&self, key: &str) {
        for (word, bit) in self.places(key) {
            word.fetch_or(bit, Ordering::Release);
        }
    }

    /// Whether the file may hold something under this conversation or name.
    pub(super) fn may_hold(&self, key: &str) -> bool {
        !self.is_whole.load(Ordering::Acquire)
            || self.places(key).all(|(word, bit)| word.load(Ordering::Acquire) & bit != 0)
    }

    fn places(&self, key: &str) -> impl Iterator<Item = (&AtomicU64, u64)> {
        let hash = self.hasher.hash_one(key);
        (0..PER_KEY).map(move |part| {
            let place = hash.rotate_left(part * 21) % BITS;
            (&self.bits[(place / 64) as usize], 1 << (place % 64))
        })
    }
}

#[cfg(test)]
mod tests;
