//! What a list takes from the body of a trace, beside its summary.

use serde::Deserialize;

use crate::trace::AnswerKind;

/// What a listing takes from a body.
#[derive(Default, Deserialize)]
pub(super) struct ListedBody {
    #[serde(default)]
    pub(super) conversation: Option<String>,
    #[serde(default)]
    pub(super) first_text_ms: Option<f64>,
    #[serde(default)]
    pub(super) answer_kind: Option<AnswerKind>,
    #[serde(default)]
    pub(super) calls: Vec<CalledPlugin>,
}

#[derive(Deserialize)]
pub(super) struct CalledPlugin {
    pub(super) plugin: String,
}
