//! Why a model gave no whole answer.

use std::time::Duration;

use super::json::{self, Json};
use super::meaning::{self, Meaning};
use crate::breaker::OpenBreaker;
use crate::endpoint::EndpointError;
use crate::message::Message;

/// What went wrong between the host and a model. Texts are for the operator: they name the model and
/// the key to change, never a secret. Clients are told less, by the one table of the API.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// No connection could be made.
    #[error(
        "model `{model}` cannot be reached at {origin}: {cause}; check base_url in [models.{model}] and that the server runs"
    )]
    Unreachable {
        /// The model's name in the configuration.
        model: String,
        /// Scheme, host and port that were tried; the path is left out because it may hold a key.
        origin: String,
        /// What the network said.
        cause: String,
    },
    /// The model was not asked, because it was away a moment ago.
    #[error(transparent)]
    NotAsked(OpenBreaker),
    /// Nothing came within the time allowed.
    #[error(
        "model `{model}` sent no answer within {limit:?}; raise first_byte_timeout in [models.{model}] if it is merely slow"
    )]
    FirstByteTimeout {
        /// The model's name in the configuration.
        model: String,
        /// The configured limit.
        limit: Duration,
    },
    /// The answer began and then stood still.
    #[error(
        "model `{model}` stopped sending for {limit:?}; raise stall_timeout in [models.{model}] if it is merely slow"
    )]
    Stalled {
        /// The model's name in the configuration.
        model: String,
        /// The configured limit.
        limit: Duration,
    },
    /// The endpoint refused the request.
    #[error("model `{model}` answered HTTP {status}: {message}")]
    Refused {
        /// The model's name in the configuration.
        model: String,
        /// The HTTP status.
        status: u16,
        /// The endpoint's own words, shortened.
        message: String,
        /// What it means for who asked.
        meaning: Meaning,
        /// Seconds to wait, where the endpoint said so.
        retry_after: Option<u64>,
    },
    /// The endpoint accepted the request and then said that there is no answer, or gave none.
    #[error("model `{model}` gave no answer: {cause}")]
    NoAnswer {
        /// The model's name in the configuration.
        model: String,
        /// The endpoint's own words, shortened.
        cause: String,
        /// What they mean for who asked.
        meaning: Meaning,
        /// Seconds to wait, where the endpoint said so.
        retry_after: Option<u64>,
    },
    /// The connection ended in the middle of the answer.
    #[error("model `{model}` broke off in the middle of its answer: {cause}")]
    BrokenOff {
        /// The model's name in the configuration.
        model: String,
        /// What the network said.
        cause: String,
    },
    /// The model called tools in every round and never answered.
    #[error(
        "model `{model}` called tools in all {rounds} rounds and never answered; raise max_tool_rounds of the app `{app}`"
    )]
    NeverAnswered {
        /// The model's name in the configuration.
        model: String,
        /// How often it was asked.
        rounds: u32,
        /// The app that set the limit.
        app: String,
    },
    /// The model called in every round what it was not offered.
    #[error(
        "model `{model}` called tools that it was not offered in all {rounds} rounds, last `{tool}`, and never answered ({}); \
         look at what it was sent in the trace: a prompt or a history may name them",
        offered(known)
    )]
    UnknownTool {
        /// The model's name in the configuration.
        model: String,
        /// What it called last, shortened.
        tool: String,
        /// How often it was asked.
        rounds: u32,
        /// The tools it was offered.
        known: Vec<String>,
    },
    /// Its tool calls and what they gave leave no room to ask it again.
    #[error(
        "what model `{model}` wrote in its tool calls takes about {needed} tokens with the question, and {budget} are allowed; raise prompt_tokens of the app"
    )]
    CallsTooLong {
        /// The model's name in the configuration.
        model: String,
        /// Estimated tokens.
        needed: usize,
        /// The app's budget.
        budget: usize,
    },
    /// The model ended its answer by itself without having said anything.
    #[error(
        "model `{model}` gave an empty answer: it ended with finish_reason `stop`, without text and without a call{thought}; look at \
         what it was sent in the trace, and whether its endpoint's chat template fits the model"
    )]
    Empty {
        /// The model's name in the configuration.
        model: String,
        /// Says that the model has thought, where it has.
        thought: &'static str,
    },
    /// The model said more than it may.
    #[error(
        "model `{model}` said more than the {most} bytes an answer may have, and was cut off there; raise max_answer_bytes of the app if such answers are wanted"
    )]
    TooLong {
        /// The model's name in the configuration.
        model: String,
        /// What was left of the app's limit.
        most: usize,
    },
    /// What came is not a chat completion.
    #[error(
        "model `{model}` sent something that is not a chat completion: {cause}; check that base_url in [models.{model}] is an OpenAI-compatible endpoint"
    )]
    Garbage {
        /// The model's name in the configuration.
        model: String,
        /// What was wrong with it.
        cause: String,
    },
}

fn offered(known: &[String]) -> String {
    if known.is_empty() {
        "it was offered none".to_owned()
    } else {
        format!("it was offered {}", known.join(", "))
    }
}

impl ModelError {
    /// Whether the endpoint has said no, or something else than an answer.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::NoAnswer { .. } | Self::Garbage { .. })
    }

    /// What an endpoint's error means for the model behind it, which was sent these messages.
    pub(super) fn of(model: &str, error: EndpointError, asked: &[Message]) -> Self {
        let model = model.to_owned();
        match error {
            EndpointError::Unreachable { origin, cause } => Self::Unreachable { model, origin, cause },
            EndpointError::Late { limit, .. } => Self::FirstByteTimeout { model, limit },
            EndpointError::NotAsked(open) => Self::NotAsked(open),
            // A break here comes before the answer has begun; later ones are reported by whoever reads the
            // answer.
            EndpointError::BrokenOff { cause, .. } => {
                let cause = format!("the connection ended before its answer began: {cause}");
                Self::NoAnswer { model, cause, meaning: Meaning::Away, retry_after: None }
            }
            EndpointError::Refused { status, message, body, retry_after, .. } => {
                let body = String::from_utf8_lossy(&body);
                let meaning = match Json::parse(&json::mended(body.trim())) {
                    Ok(event) => meaning::of_refusal(status, event, asked),
                    Err(_) => meaning::of_plain_refusal(status, &message, asked),
                };
                Self::Refused { model, status, message, meaning, retry_after }
            }
            EndpointError::Redirected { status, .. } => {
                let (message, meaning) = (error.to_string(), Meaning::Setup);
                Self::Refused { model, status, message, meaning, retry_after: None }
            }
            // A model's answer is read by its client, which knows more of what an endpoint may say in its place.
            EndpointError::TooLarge { .. } | EndpointError::Busy { .. } | EndpointError::Garbage { .. } => {
                Self::Garbage { model, cause: error.to_string() }
            }
        }
    }
}
