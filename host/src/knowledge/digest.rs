//! A document's digest: that of what was imported, and behind it the mark of a change that was made here since.

/// The sign between the two digests.
const EDITED: char = '+';

/// The digest of what was imported, whatever was changed since.
pub(super) fn before_edits(digest: &str) -> &str {
    digest.split(EDITED).next().unwrap_or(digest)
}

/// The digest of a document that is changed now.
pub(super) fn edited(digest: &str) -> String {
    format!("{}{EDITED}{}", before_edits(digest), uuid::Uuid::now_v7())
}

#[cfg(test)]
mod tests;
