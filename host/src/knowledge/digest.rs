//! A document's digest: half of it that of all that was imported, title and metadata too, the other half that of its content
//! alone, and behind it the mark of a change that was made here since.

/// The sign between the two digests.
const EDITED: char = '+';

/// Hexadecimal digits of each half.
const HALF: usize = 32;

/// The digest of a document from those of all that was imported and of its content alone.
pub(super) fn of_halves(all: &str, content: &str) -> String {
    format!("{}{}", half(all), half(content))
}

/// Whether a stored document is what is imported, in every respect. Bases have digests of before there were halves, which
/// begin in the same way.
pub(super) fn is_same(stored: &str, imported: &str) -> bool {
    half(before_edits(stored)) == half(before_edits(imported))
}

/// The digest of its content alone; `None` in one of before there were halves.
pub(super) fn of_content(digest: &str) -> Option<&str> {
    before_edits(digest).get(HALF..).filter(|content| !content.is_empty())
}

/// Whether it has the same content, whatever is said of it.
pub(super) fn has_same_content(stored: &str, imported: &str) -> bool {
    of_content(stored).is_some() && of_content(stored) == of_content(imported)
}

/// Whether a document was changed here since it was imported.
pub(super) fn is_edited(digest: &str) -> bool {
    digest.contains(EDITED)
}

/// What is kept of a digest.
pub(super) fn half(digest: &str) -> &str {
    digest.get(..HALF).unwrap_or(digest)
}

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
