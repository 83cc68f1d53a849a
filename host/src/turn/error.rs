//! Why a turn gave no answer.

use super::lack::Lack;
use super::whole_text::WholeTextError;
use crate::llm::ModelError;
use crate::prompt::PromptError;

impl From<WholeTextError> for TurnError {
    fn from(error: WholeTextError) -> Self {
        match error {
            WholeTextError::TooLong(error) => Self::Prompt(error),
            error @ WholeTextError::Store { .. } => {
                let lasts = error.lasts();
                Self::Knowledge { cause: error.to_string(), lasts }
            }
        }
    }
}

/// What ended a turn. The text is for the operator, in log and trace; the one table of the API has the
/// client's.
#[derive(Debug, thiserror::Error)]
pub enum TurnError {
    /// The request's messages cannot be answered.
    #[error("{0}")]
    Request(String),
    /// The request names a plugin that its app has not.
    #[error("the app `{app}` has no plugin `{plugin}`; remove it from `plugins`")]
    UnknownPlugin {
        /// The app's name.
        app: String,
        /// What the client wrote.
        plugin: String,
    },
    /// The prompt could not be built.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// A knowledge base whose whole text belongs into the prompt cannot be read, or one could not be
    /// searched wholly for a plugin that the app marks `on_failure = "fail"`.
    #[error("{cause}")]
    Knowledge {
        /// Which, and why.
        cause: String,
        /// Whether it stays so until the operator acts.
        lasts: bool,
    },
    /// The model gave no whole answer.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A plugin failed that the app marks `on_failure = "fail"`.
    #[error("the plugin `{plugin}` failed: {cause}")]
    Plugin {
        /// Its name in the configuration.
        plugin: String,
        /// What it said.
        cause: String,
        /// Whether it fails so until the operator acts.
        lasts: bool,
    },
    /// A plugin that the app cannot do without needs what the request does not hold.
    #[error("{0}")]
    Lacks(Lack),
    /// The turn took longer than `turn_timeout`.
    #[error("the turn took longer than turn_timeout = {0:?} in [server]")]
    Timeout(std::time::Duration),
    /// Nobody is there to hear the answer: the turn ends as cancelled.
    #[error("the client left")]
    ClientLeft,
    /// The host is at its limit; coming back later helps.
    #[error("{0}")]
    Busy(String),
    /// The host itself is at fault.
    #[error("the host failed: {0}")]
    Host(String),
}

impl TurnError {
    /// Whether the model's endpoint said no, in place of an answer.
    pub(super) fn is_refusal(&self) -> bool {
        matches!(self, Self::Model(error) if error.is_refusal())
    }

    /// Whether it is the request that cannot be answered as it is.
    pub(super) fn refuses(&self) -> bool {
        matches!(
            self,
            Self::Request(_)
                | Self::UnknownPlugin { .. }
                | Self::Lacks(_)
                | Self::Prompt(PromptError::TooLong { .. } | PromptError::NoRoom { .. })
        )
    }
}
