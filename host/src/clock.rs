//! The wall clock. A leaf.

use std::time::{SystemTime, UNIX_EPOCH};

/// Whole seconds since 1970; 0 where the clock says an earlier time.
pub(crate) fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
