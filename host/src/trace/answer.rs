//! What kind of answer a turn came to.

use serde::{Deserialize, Serialize};

/// Where an answer's words come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerKind {
    /// The model's.
    Model,
    /// A stored answer of a knowledge base, byte for byte.
    Standard,
    /// The best text that was found, in an app that words nothing.
    Direct,
    /// A plugin's.
    Plugin,
    /// A question back.
    Ask,
    /// The configuration's, because nothing was found.
    NothingFound,
    /// The configuration's, because something could not be asked.
    Unavailable,
}

impl AnswerKind {
    /// As a trace has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Standard => "standard",
            Self::Direct => "direct",
            Self::Plugin => "plugin",
            Self::Ask => "ask",
            Self::NothingFound => "nothing_found",
            Self::Unavailable => "unavailable",
        }
    }
}
