//! Why a run has fetched nothing at all.

use std::io;

use super::order::OrderError;
use crate::knowledge::{BaseError, StoreError};

/// Why a run has fetched nothing.
#[derive(Debug, thiserror::Error)]
pub enum Halted {
    /// It was cancelled.
    #[error("it was cancelled")]
    Cancelled,
    /// What was ordered is not there.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// The base cannot say what it holds.
    #[error(transparent)]
    Base(#[from] BaseError),
    /// Nothing could be listed.
    #[error("{0}")]
    Nothing(String),
    /// The data folder fails.
    #[error("what was fetched cannot be kept: {0}")]
    Disk(#[from] io::Error),
}

impl From<StoreError> for Halted {
    fn from(error: StoreError) -> Self {
        Self::Base(error.into())
    }
}
