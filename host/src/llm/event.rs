//! An event is one step of a model's answer.

use super::usage::Usage;
use crate::message::{CallPiece, ToolCall};

/// What an endpoint calls what its model thinks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thoughts {
    /// `reasoning_content`, the usual name.
    ReasoningContent,
    /// `reasoning`.
    Reasoning,
}

/// How an answer ended.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ending {
    /// `stop`, `length`, `tool_calls`, `content_filter`, or the endpoint's own word where it means none of
    /// these.
    pub finish_reason: String,
    /// Calls the model wants made, in its order.
    pub tool_calls: Vec<ToolCall>,
    /// What the endpoint counted, where it said.
    pub usage: Option<Usage>,
    /// What the endpoint told of a failure beside the answer, which is whole all the same: for the operator.
    pub told_beside: Option<String>,
}

/// One step of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum AnswerEvent {
    /// A piece of text, never empty.
    Text(String),
    /// A piece of what the model thinks before it answers, never empty.
    Reasoning(String),
    /// A piece of why it does not answer, never empty.
    Refusal(String),
    /// A piece of a call; its name is known, and all pieces of it are the call of that index in
    /// [`Ending::tool_calls`].
    Call(CallPiece),
    /// The answer is whole.
    End(Ending),
}
