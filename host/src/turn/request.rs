//! A request for one turn, as the doors hand it over.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{App, Degraded};
use crate::llm::{ClientTool, Parameters};
use crate::message::Message;
use crate::share::Share;

/// A request for one turn, decoded from whatever format it came in.
pub struct TurnRequest {
    /// Names the turn everywhere.
    pub id: String,
    /// The app that serves it.
    pub app: Arc<App>,
    /// Name of the client key that the request came with; none where no client key is needed.
    pub caller: Option<String>,
    /// The conversation's id, where the client gave one. Whose state the plugins see follows from it
    /// and from who asks.
    pub conversation: Option<String>,
    /// The whole conversation, as the client sent it.
    pub messages: Vec<Message>,
    /// The client's variables.
    pub variables: BTreeMap<String, String>,
    /// Plugins to call whatever their route says.
    pub forced: Vec<String>,
    /// No plugin is called, offered or resumed: for what chat clients have the model do by the way, such as
    /// a title.
    pub plain: bool,
    /// Which end user asks, where the client says so.
    pub user: Option<String>,
    /// Sampling fields, passed on to the model as they are.
    pub parameters: Parameters,
    /// The client's own tools, in its own shape.
    pub client_tools: Vec<ClientTool>,
    /// Fields that have no effect here, for the trace.
    pub ignored_fields: Vec<String>,
    /// What its answer takes of the memory that all share.
    pub memory: Share,
    /// Whoever answers the client reads here what the turn lacks.
    pub degraded: Degraded,
}
