//! What a store knows of a document beside its text.

use serde::Serialize;

use crate::knowledge::metadata::Metadata;

/// What is known of a stored document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DocumentInfo {
    /// Names the document within its knowledge base.
    pub id: String,
    /// What a reader would call it.
    pub title: String,
    /// Where a reader finds it.
    pub url: Option<String>,
    /// What the operator or the document says of it: what filters are compared with.
    pub metadata: Metadata,
    /// Size of what was imported.
    pub bytes: u64,
    /// Pieces shown.
    pub sections: u32,
    /// Pieces matched.
    pub windows: u32,
    /// The digest of the content, its description and how it was cut and embedded: an import with the same
    /// digest does nothing.
    pub digest: String,
    /// Seconds since 1970.
    pub imported_at: u64,
    /// What it was imported from, such as a folder; an import that mirrors the same origin deletes
    /// it when it is no longer there.
    pub origin: Option<String>,
    /// What the import noted on it: what it was read as, and what of it did not go in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A document as it is at one moment: the next write of it gives another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::knowledge) struct DocumentVersion {
    pub(in crate::knowledge) id: String,
    pub(in crate::knowledge) digest: String,
    /// Tells apart what was deleted and imported again.
    pub(in crate::knowledge) imported_at: u64,
}

impl DocumentVersion {
    pub(in crate::knowledge) fn of(document: &DocumentInfo) -> Self {
        let DocumentInfo { id, digest, imported_at, .. } = document;
        Self { id: id.clone(), digest: digest.clone(), imported_at: *imported_at }
    }
}

impl DocumentInfo {
    /// Whether it is switched off: nothing finds it.
    pub fn is_off(&self) -> bool {
        self.windows == 0
    }
}
