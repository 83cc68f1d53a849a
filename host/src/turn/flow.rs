//! A flow is a plugin's question back to the user that waits for its reply: the next turn of the
//! conversation belongs to the plugin, whatever its route says.
//!
//! It is kept by the host beside the plugins' state of the conversation, and so follows it into branches.
//!
//! **A flow.** An `ask` makes the next turn of the conversation the plugin's. Who asked is an entry of the
//! host's own in the conversation's state (plugin name `""`), so it follows branches and copies. A client
//! that says nothing of itself is known here by the dialogue alone: what that leads to, which plugin has
//! asked, the dialogue says itself. The plugin is told in `variables`, under names that begin with `host:`
//! and that no client can set: `host:resumed`, and `host:choice` for the choice that the reply makes. A
//! record of the published interface cannot take a field.

mod asked;

use serde::{Deserialize, Serialize};

use self::asked::asked;
use super::TurnRequest;
use super::app::App;
use super::choice::{chosen, letters};
use super::conversation::{Conversation, digest};
use crate::clock;
use crate::message::{Message, Role};
use crate::plugin::{StateError, StateStore, TurnInput};

/// The host's own entry in the state of a conversation.
const KEY: &str = "flow";
/// Names of variables that the host gives a plugin beside the client's, which may have none of this kind.
const HOST: &str = "host:";
/// Bytes of a flow's entry: choices may be long, and a flow with none of them kept is still one.
const LONGEST: usize = 64 << 10;

/// A question back that waits for its reply.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Flow {
    /// The plugin that asked.
    pub(super) plugin: String,
    choices: Vec<String>,
    /// Digest of what an ask is known by. A flow that an earlier version has kept has none, or one of the text.
    #[serde(default)]
    asked: String,
    /// Digest of the letters of the answer that the client got last, by which its history is known.
    said: String,
    /// Milliseconds since 1970.
    asked_at: u64,
}

/// What becomes of a conversation's flow at the end of a turn.
#[derive(Debug, Default)]
pub(super) enum FlowEnd {
    /// No plugin has asked, or the one that had asked is finished.
    #[default]
    None,
    /// A plugin has asked this, and these are its choices, which the text names.
    Asked { plugin: String, text: String, choices: Vec<String> },
    /// Something else was said; the plugin still waits.
    StaysOpen(Flow),
}

impl Flow {
    /// The flow that the turn replies to: of its conversation, not too old, and asked last of what the
    /// client's history holds.
    pub(super) async fn of(
        request: &TurnRequest,
        conversation: &Conversation,
        state: &StateStore,
    ) -> Result<Option<Self>, StateError> {
        let Some(kept) = conversation.flows_id() else { return Ok(None) };
        let Some(entry) = state.recall(kept, KEY).await? else { return Ok(None) };
        let flow: Option<Self> = serde_json::from_slice(&entry).ok();
        Ok(flow.filter(|flow| {
            let is_young = clock::milliseconds().saturating_sub(flow.asked_at) < timeout(&request.app);
            is_young
                && request.app.contributor(&flow.plugin).is_some()
                && flow.was_seen_in(last_answer(&request.messages))
        }))
    }

    /// The label of the choice that the reply makes.
    pub(super) fn choice(&self, reply: &str) -> Option<&str> {
        self.choices.get(chosen(&self.choices, reply)?).map(String::as_str)
    }

    /// Whether a question back is the one that the turn replies to, asked once more.
    pub(super) fn asks(&self, text: &str, choices: &[String]) -> bool {
        asked(text, choices) == self.asked
    }

    /// Why the plugin is called, for the operator.
    pub(super) fn reason(&self, choice: Option<&str>) -> String {
        let chosen = choice.map(|choice| format!(": the reply chooses `{choice}`"));
        format!("it asked the user in the turn before{}", chosen.unwrap_or_default())
    }

    /// What the plugin that asked is told: that this is the reply, and what it chooses.
    pub(super) fn resume(input: &mut TurnInput, choice: Option<&str>) {
        let mut variables = input.variables.to_vec();
        variables.push((format!("{HOST}resumed"), "true".to_owned()));
        if let Some(choice) = choice {
            variables.push((format!("{HOST}choice"), choice.to_owned()));
            input.question = choice.into();
        }
        input.variables = variables.into();
    }

    /// Where the client shows no answer, it says nothing against it.
    fn was_seen_in(&self, last_answer: Option<&str>) -> bool {
        last_answer.is_none_or(|said| seen(said) == self.said)
    }
}

impl FlowEnd {
    /// Keeps the flow for the next turn, or forgets it. `answer` is what the client got.
    pub(super) async fn keep(
        self,
        resumed: bool,
        conversation: &Conversation,
        answer: &str,
        state: &StateStore,
    ) -> Result<(), StateError> {
        let flow = match self {
            Self::Asked { plugin, text, choices } => Flow {
                asked: asked(&text, &choices),
                plugin,
                choices,
                said: seen(answer),
                asked_at: clock::milliseconds(),
            },
            Self::StaysOpen(flow) => Flow { said: seen(answer), ..flow },
            Self::None if resumed => return state.remember(&conversation.id, KEY, None).await,
            Self::None => return Ok(()),
        };
        let mut entry = serde_json::to_vec(&flow).unwrap_or_default();
        if entry.len() > LONGEST {
            let bare = Flow { choices: Vec::new(), ..flow };
            entry = serde_json::to_vec(&bare).unwrap_or_default();
        }
        state.remember(&conversation.id, KEY, Some(entry)).await
    }
}

/// The client's variables, without any that could be taken for the host's.
pub(super) fn client_variables(request: &TurnRequest) -> Vec<(String, String)> {
    let own = request.variables.iter().filter(|(name, _)| !name.starts_with(HOST));
    own.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// A client may show an answer with other spaces and marks, and send that back.
fn seen(answer: &str) -> String {
    digest(&["said", &letters(answer)])
}

fn last_answer(messages: &[Message]) -> Option<&str> {
    let last = messages.iter().rfind(|message| message.role == Role::Assistant)?;
    Some(last.content.as_str())
}

fn timeout(app: &App) -> u64 {
    u64::try_from(app.flow_timeout.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
