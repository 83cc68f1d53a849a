//! What the model is told of a call that gave nothing: that it did not, and what the model may do about it. The sentences
//! are the app's [`Texts`]. Causes are the operator's, who finds them in the trace.

use super::lack::Lack;
use crate::endpoint::said;
use crate::plugin::{CallError, Failure};
use crate::texts::Texts;

/// What the model reads where it has called a tool that failed.
pub(super) fn failed(texts: &Texts, error: &CallError) -> String {
    match error {
        // The model gave the arguments, so it may correct them.
        CallError::Failed { failure: Failure::InvalidArguments(text) } => {
            texts.bad_arguments(said::fit_for_others(text))
        }
        _ => match FailureGist::of(error) {
            FailureGist::Silent => texts.tool_silent.clone(),
            FailureGist::LeftAlone => texts.tool_unserved.clone(),
            FailureGist::Broken => texts.tool_broken.clone(),
        },
    }
}

/// What the prompt says of a plugin that was to find something before the model was asked, and failed. What the model
/// may do about it is the template's to say.
pub(super) fn failed_source<'a>(texts: &'a Texts, error: &CallError) -> &'a str {
    match FailureGist::of(error) {
        FailureGist::Silent => &texts.source_silent,
        FailureGist::LeftAlone => &texts.source_unserved,
        FailureGist::Broken => &texts.source_broken,
    }
}

/// What a model is told of why a plugin failed.
enum FailureGist {
    /// The plugin did not answer in time, or had no place to.
    Silent,
    /// What it asks gave it nothing, whatever the cause: an API that says no has answered.
    LeftAlone,
    /// The plugin broke, or cannot work as it is configured.
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
pub(super) fn lacking_source(texts: &Texts, lack: &Lack) -> String {
    texts.lacking_source(if lack.is_the_clients() { &[] } else { &lack.arguments })
}

/// What the model reads where it has called a tool that found nothing.
pub(super) fn nothing(texts: &Texts, reason: &str) -> String {
    texts.nothing(said::fit_for_others(reason))
}

#[cfg(test)]
mod tests;
