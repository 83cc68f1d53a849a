//! Why state could not be read or written.

/// Why state could not be read or written; see `wit/host.wit`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// Over a limit of the interface; the text says which.
    #[error("{0}")]
    TooLarge(String),
    /// The store failed.
    #[error("{0}")]
    Unavailable(String),
    /// The deadline passed before the write began; nothing was written.
    #[error("the state was not written before the deadline of the call")]
    Late,
}

impl From<rusqlite::Error> for StateError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Unavailable(format!("the host's state store failed: {error}"))
    }
}
