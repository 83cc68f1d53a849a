//! A base's revision: each write overwrites it as its last step.

/// Which state a base is in: one name for each write.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Revision {
    /// Empty where nothing was written yet that would have raised it.
    pub(super) name: String,
    /// What the base's vectors are made with, where the write told.
    pub(super) embedder: Option<String>,
}
