//! Why state could not be read or written.

use rusqlite::ErrorCode;

/// Why state could not be read or written; see `wit/host.wit`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// Over a limit of the interface; the text says which.
    #[error("{0}")]
    TooLarge(String),
    /// The store failed.
    #[error("{0}")]
    Unavailable(String),
    /// The store's file was written by a newer host: no wait helps.
    #[error("{0}")]
    Newer(String),
    /// The store's file is damaged.
    #[error("{0}")]
    Damaged(String),
    /// The deadline passed before the write began; nothing was written.
    #[error("the state was not written before the deadline of the call")]
    Late,
}

impl From<rusqlite::Error> for StateError {
    fn from(error: rusqlite::Error) -> Self {
        let text = format!("the host's state store failed: {error}");
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(text),
            _ => Self::Unavailable(text),
        }
    }
}
