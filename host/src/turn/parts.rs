//! The parts of a conversation that a turn treats differently.

use std::sync::Arc;

use super::TurnError;
use crate::message::{Message, Role};

/// A conversation, taken apart.
pub(super) struct ConversationParts<'a> {
    /// The client's system messages.
    pub(super) system: String,
    /// Before the question, oldest first, without system messages.
    pub(super) history: Arc<[Message]>,
    /// The user's last message.
    pub(super) question: &'a Message,
    /// The question and, where a client's tools were called for it, what they said.
    pub(super) tail: Vec<Message>,
}

impl<'a> ConversationParts<'a> {
    pub(super) fn of(messages: &'a [Message]) -> Result<Self, TurnError> {
        let Some(last) = messages.iter().rposition(|message| message.role == Role::User) else {
            return Err(TurnError::Request(
                "`messages` has no message of the role `user`; add the question".into(),
            ));
        };
        if messages[last].content.trim().is_empty() {
            return Err(TurnError::Request("the last user message is empty; write the question".into()));
        }
        let spoken = |range: &'a [Message]| range.iter().filter(|m| m.role != Role::System).cloned();
        // What a model thought before an earlier answer is not a part of the conversation, and some endpoints
        // refuse it; before a call it is, and others refuse the call without it.
        let without_thoughts = |mut message: Message| {
            if message.tool_calls.is_empty() {
                message.reasoning.clear();
            }
            message
        };
        let system: Vec<&str> =
            messages.iter().filter(|m| m.role == Role::System).map(|m| m.content.as_str()).collect();
        Ok(Self {
            system: system.join("\n\n"),
            history: spoken(&messages[..last]).map(without_thoughts).collect(),
            question: &messages[last],
            tail: spoken(&messages[last..]).collect(),
        })
    }
}
