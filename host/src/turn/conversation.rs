//! Which state a turn's plugins see, for clients that name no conversation.
//!
//! Ordinary chat clients send the whole history with every request and no conversation id. After a
//! turn, its state is kept under a digest of what was said so far; the next turn, whose history
//! has the same digest, starts from a copy. Two branches of one history never see each other.

use sha2::{Digest, Sha256};

use super::TurnRequest;
use crate::message::{Message, Role};
use crate::plugin::{StateError, StateStore};

/// Gives the turn a copy of the state that was kept for its history.
pub(super) async fn resume(request: &TurnRequest, state: &StateStore) -> Result<(), StateError> {
    let spoken = request.messages.iter().rposition(|message| message.role == Role::Assistant);
    match (request.conversation_named, spoken) {
        (false, Some(last)) => {
            state.fork(&digest(request, &request.messages[..=last], None), &request.conversation).await
        }
        _ => Ok(()),
    }
}

/// Keeps the turn's state under what has been said now.
pub(super) async fn keep(request: &TurnRequest, answer: &str, state: &StateStore) -> Result<(), StateError> {
    if request.conversation_named {
        return Ok(());
    }
    state.fork(&request.conversation, &digest(request, &request.messages, Some(answer))).await
}

fn digest(request: &TurnRequest, messages: &[Message], answer: Option<&str>) -> String {
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update(text.len().to_le_bytes());
        hash.update(text);
    };
    add(&request.app.name);
    // Two end users behind one client may say the same; `user` tells them apart.
    add(request.user.as_deref().unwrap_or_default());
    for message in messages.iter().filter(|message| matches!(message.role, Role::User | Role::Assistant)) {
        add(if message.role == Role::User { "user" } else { "assistant" });
        add(message.content.trim());
    }
    if let Some(answer) = answer {
        add("assistant");
        add(answer.trim());
    }
    let digest = hash.finalize();
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("history-{hex}")
}
