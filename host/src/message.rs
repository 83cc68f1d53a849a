//! The words a turn is made of: messages, passages, contributions. A leaf module: it imports
//! nothing of this crate, and everything may import it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Who spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Instructions to the model.
    System,
    /// The person who asks.
    User,
    /// The model, or whoever answered in its place.
    Assistant,
    /// The result of a tool call.
    Tool,
}

/// A call the model wants made, as in the OpenAI chat API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCall {
    /// Chosen by the model's server; the tool message that answers carries it.
    pub id: String,
    /// The tool's name.
    pub name: String,
    /// JSON text, not yet checked: models write broken JSON too.
    pub arguments: String,
}

/// A part of a tool call on its way, as it is streamed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallPiece {
    /// Which call of the answer it belongs to, from 0.
    pub index: usize,
    /// In a call's first piece and in no other: its id and its name.
    pub head: Option<CallHead>,
    /// The next part of its arguments, which may be empty.
    pub arguments: String,
}

/// What a tool call begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallHead {
    /// As in [`ToolCall::id`].
    pub id: String,
    /// As in [`ToolCall::name`].
    pub name: String,
}

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who spoke.
    pub role: Role,
    /// What was said; empty for an assistant message that only calls tools.
    pub content: String,
    /// What the assistant thought before it said this; empty where nothing is known of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reasoning: String,
    /// Calls the assistant asks for; empty for every other role.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCall>,
    /// In a tool message: which call it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_call_id: Option<String>,
    /// Which of several speakers of the role it was, where the client says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The same as `content` with its images in their places, for a model that takes them; empty where there
    /// is not an image.
    #[serde(skip)]
    pub parts: Vec<MessagePart>,
}

/// A part of a message that holds an image.
#[derive(Debug, Clone)]
pub enum MessagePart {
    /// A piece of its text.
    Text(String),
    /// An image as the client wrote it: an object with `url`, or a URL.
    Image(Arc<RawValue>),
}

impl PartialEq for MessagePart {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(one), Self::Text(other)) => one == other,
            (Self::Image(one), Self::Image(other)) => one.get() == other.get(),
            _ => false,
        }
    }
}

impl Eq for MessagePart {}

impl Message {
    /// A message of plain text.
    pub fn text(role: Role, content: impl Into<String>) -> Self {
        Self {
            role,
            content: content.into(),
            reasoning: String::new(),
            tool_calls: Vec::new(),
            tool_call_id: None,
            name: None,
            parts: Vec::new(),
        }
    }

    /// Images in it.
    pub fn images(&self) -> usize {
        self.parts.iter().filter(|part| matches!(part, MessagePart::Image(_))).count()
    }
}

/// How a text is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MediaType {
    /// Plain text.
    #[default]
    Plain,
    /// CommonMark.
    Markdown,
}

/// A piece of grounding: text the model may rely on, and where it is from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Passage {
    /// The text itself.
    pub text: String,
    /// How the text is to be read.
    pub media_type: MediaType,
    /// What a reader would call the source.
    pub title: String,
    /// Headings above the text, outermost first.
    pub section: Vec<String>,
    /// A link a reader can follow.
    pub url: Option<String>,
    /// The knowledge base the passage is from, where it is from one.
    pub knowledge_base: Option<String>,
    /// Relevance between 0 and 1, where the source gives one.
    pub score: Option<f64>,
}

/// What an API said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The text itself.
    pub text: String,
    /// How the text is to be read.
    pub media_type: MediaType,
    /// What a reader would call the source.
    pub title: String,
    /// A link a reader can follow.
    pub url: Option<String>,
}

/// What a contributor adds to a turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Contribution {
    /// Grounding for the prompt, best first.
    Passages {
        /// The passages, best first.
        passages: Vec<Passage>,
    },
    /// The result of an API call, for the prompt.
    Outcome(Outcome),
    /// A final answer, given out byte for byte.
    Answer {
        /// What the client gets.
        text: String,
        /// How the text is to be read.
        media_type: MediaType,
        /// What the answer rests on.
        sources: Vec<Passage>,
    },
    /// A question back to the user.
    Ask {
        /// The question.
        text: String,
        /// How the text is to be read.
        media_type: MediaType,
        /// Replies to choose from; empty where anything may be said.
        choices: Vec<String>,
    },
    /// Nothing, and why.
    Nothing {
        /// The reason, for the operator.
        reason: String,
    },
}
