//! A turn's input: what its plugins are told.

use std::sync::Arc;

use crate::knowledge::Wordings;
use crate::message::Message;

/// What a contributor is told of a turn. Its clones, one for each call, share what may be long.
#[derive(Debug, Clone, Default)]
pub struct TurnInput {
    /// The turn's id.
    pub id: String,
    /// The app that serves the turn.
    pub app: String,
    /// What the plugin's state belongs to.
    pub conversation: String,
    /// The user's last message.
    pub question: Arc<str>,
    /// The question made standalone; equal to it where it stands by itself.
    pub search_text: Arc<str>,
    /// What knowledge bases are searched for where the plugin searches for `search_text`.
    pub wordings: Option<Arc<Wordings>>,
    /// What was said before the question, oldest first.
    pub history: Arc<[Message]>,
    /// The client's variables.
    pub variables: Arc<[(String, String)]>,
    /// Whether hits are given out as the answer: they are then only the matched sections, without the
    /// surroundings that help a model.
    pub bare_hits: bool,
    /// JSON the model chose, not yet checked; `None` where it was not the model that chose.
    pub arguments: Option<String>,
}
