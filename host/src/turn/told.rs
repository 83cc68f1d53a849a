//! What the model is told of a call that gave nothing: that it did not, and what the model may do about it. The sentences
//! are in [`crate::texts`]. Causes are the operator's, who finds them in the trace.

use super::lack::Lack;
use crate::endpoint::said;
use crate::plugin::{CallError, Failure};
use crate::texts;
pub(super) use crate::texts::{in_part, lacking_tool, searched_in_part};

/// What the model reads where it has called a tool that failed.
pub(super) fn failed(error: &CallError) -> String {
    match error {
        // The model gave the arguments, so it may correct them.
        CallError::Failed { failure: Failure::InvalidArguments(text) } => {
            texts::bad_arguments(said::fit_for_others(text))
        }
        _ => match FailureGist::of(error) {
            FailureGist::Silent => texts::silent_tool(),
            FailureGist::LeftAlone => texts::left_alone_tool(),
            FailureGist::Broken => texts::broken_tool(),
        },
    }
}

/// What the prompt says of a plugin that was to find something before the model was asked, and failed. What the model
/// may do about it is the template's to say.
pub(super) fn failed_source(error: &CallError) -> &'static str {
    match FailureGist::of(error) {
        FailureGist::Silent => texts::SILENT_SOURCE,
        FailureGist::LeftAlone => texts::LEFT_ALONE_SOURCE,
        FailureGist::Broken => texts::BROKEN_SOURCE,
    }
}

/// As much of why a plugin failed as a model is told.
enum FailureGist {
    /// It did not answer in time, or had no place to.
    Silent,
    /// What it asks gave it nothing, whatever the cause: an API that says no has answered.
    LeftAlone,
    /// It broke, or cannot work as it is configured.
    Broken,
}

impl FailureGist {
    fn of(error: &CallError) -> Self {
        match error {
            CallError::Timeout { .. } | CallError::Busy { .. } => Self::Silent,
            CallError::Failed { failure: Failure::Unavailable(_) } => Self::LeftAlone,
            CallError::Failed { .. } | CallError::Trap { .. } | CallError::Host { .. } => Self::Broken,
        }
    }
}

/// What the prompt says of a plugin that was to find something before the model was asked, and lacked what it needs for
/// that. Only what the user can say is of use to the model.
pub(super) fn lacking_source(lack: &Lack) -> String {
    texts::lacking_source(if lack.is_the_clients() { &[] } else { &lack.arguments })
}

/// What the model reads where it has called a tool that found nothing.
pub(super) fn nothing(reason: &str) -> String {
    texts::nothing(said::fit_for_others(reason))
}

#[cfg(test)]
mod tests;
