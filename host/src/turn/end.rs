//! The end of a turn that went well.

use crate::llm::Usage;
use crate::message::ToolCall;

/// How a turn ended well.
#[derive(Debug, Clone, PartialEq)]
pub struct TurnEnd {
    /// `stop`, `length`, `tool_calls`, …
    pub finish_reason: String,
    /// Calls of the client's own tools, for the client to make; all of them have gone out in pieces, too.
    pub tool_calls: Vec<ToolCall>,
    /// Tokens of all model calls.
    pub usage: Usage,
}
