//! A halt is why a try did not end its job well.

use std::time::Duration;

use crate::knowledge::BaseError;

/// Why a try did not end the job well.
pub(super) enum Halt {
    /// Something is away or refuses for now.
    Passing { reason: String, retry_after: Option<Duration> },
    /// The job has failed, and somebody must act.
    Failed(String),
}

impl From<BaseError> for Halt {
    fn from(error: BaseError) -> Self {
        let reason = error.to_string();
        if error.may_pass() {
            Self::Passing { reason, retry_after: error.retry_after() }
        } else {
            Self::Failed(reason)
        }
    }
}
