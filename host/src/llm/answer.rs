//! What comes back from a model: a stream of small events.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use serde::{Deserialize, Serialize};

use super::assembly::{Assembly, AssemblyError};
use super::clean::{Clean, NextEvent};
use super::error::ModelError;
use super::json::Json;
use crate::breaker::Attempt;
use crate::endpoint::{BodyUnpacking, cause_chain, passes_through_a_task};
use crate::message::{CallPiece, ToolCall};

/// How long is waited for what an endpoint may say behind an answer's end, its usage and `[DONE]`. Some
/// say nothing more and keep the connection open.
const AFTER_THE_END: Duration = Duration::from_secs(2);

/// Tokens an endpoint counted, or the host in its place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens of the prompt.
    #[serde(default)]
    pub prompt_tokens: u64,
    /// Tokens of the answer, with those of what was thought before it.
    #[serde(default)]
    pub completion_tokens: u64,
    /// Those of them that the model thought before it answered, where the endpoint says so.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub reasoning_tokens: u64,
    /// Whether some of them are the host's own estimate, because the endpoint told none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub estimated: bool,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Usage {
    /// What is said of it; `None` where it is not about tokens.
    pub(super) fn read(usage: Json<'_>) -> Option<Self> {
        let [prompt, input, completion, output, details] = usage.fields([
            "prompt_tokens",
            "input_tokens",
            "completion_tokens",
            "output_tokens",
            "completion_tokens_details",
        ]);
        let prompt = prompt.or(input).and_then(Json::count);
        let completion = completion.or(output).and_then(Json::count);
        let reasoning = details.and_then(|details| details.field("reasoning_tokens")).and_then(Json::count);
        prompt.or(completion)?;
        Some(Self {
            prompt_tokens: prompt.unwrap_or(0),
            completion_tokens: completion.unwrap_or(0),
            reasoning_tokens: reasoning.unwrap_or(0),
            estimated: false,
        })
    }
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.prompt_tokens = self.prompt_tokens.saturating_add(other.prompt_tokens);
        self.completion_tokens = self.completion_tokens.saturating_add(other.completion_tokens);
        self.reasoning_tokens = self.reasoning_tokens.saturating_add(other.reasoning_tokens);
        // One estimated part makes the sum an estimate.
        self.estimated = self.estimated || other.estimated;
    }
}

/// What an endpoint calls what its model thinks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thoughts {
    /// `reasoning_content`, the usual name.
    ReasoningContent,
    /// `reasoning`.
    Reasoning,
}

/// How an answer ended.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ending {
    /// `stop`, `length`, `tool_calls`, `content_filter`, or the endpoint's own word where it means none of
    /// these.
    pub finish_reason: String,
    /// Calls the model wants made, in its order.
    pub tool_calls: Vec<ToolCall>,
    /// What the endpoint counted, where it said.
    pub usage: Option<Usage>,
}

/// One step of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum AnswerEvent {
    /// A piece of text, never empty.
    Text(String),
    /// A piece of what the model thinks before it answers, never empty.
    Reasoning(String),
    /// A piece of why it does not answer, never empty.
    Refusal(String),
    /// A piece of a call; its name is known, and all pieces of it are the call of that index in
    /// [`Ending::tool_calls`].
    Call(CallPiece),
    /// The answer is whole.
    End(Ending),
}

/// A model's answer on its way. Dropping it closes the connection, which ends the work upstream.
pub struct AnswerStream {
    pub(super) model: String,
    pub(super) response: reqwest::Response,
    /// Seconds to wait, where the endpoint said so beside what may turn out to be no answer.
    pub(super) retry_after: Option<u64>,
    pub(super) unpacking: BodyUnpacking,
    pub(super) first_byte_timeout: Duration,
    pub(super) stall_timeout: Duration,
    pub(super) state: Assembly,
    pub(super) clean: Clean,
    /// Kept until the first bytes, which show that the endpoint is there.
    pub(super) attempt: Option<Attempt>,
    /// Where the model keeps how its endpoint names what it thinks.
    pub(super) says_reasoning: Arc<AtomicBool>,
}

impl AnswerStream {
    /// The same, cut off where more is said than `most` bytes: text, reasoning and calls together.
    pub fn within(mut self, most: usize) -> Self {
        self.state.most = most;
        self
    }

    /// Bytes of everything said so far.
    pub fn said(&self) -> usize {
        self.state.said
    }

    /// The next event; `None` after [`AnswerEvent::End`]. An endpoint that repeats a secret of the host's
    /// in its answer gives it to nobody.
    pub async fn next(&mut self) -> Result<Option<AnswerEvent>, ModelError> {
        loop {
            if let Some(waited) = self.clean.next() {
                return waited;
            }
            let came = self.came().await;
            if let Some(name) = self.state.thoughts_are.take() {
                self.says_reasoning.store(name == Thoughts::Reasoning, Ordering::Relaxed);
            }
            self.clean.pass(came);
        }
    }

    /// The next event where it is a text that comes in the same moment. Everything else is left for
    /// [`Self::next`].
    pub async fn text_of_this_moment(&mut self) -> Option<String> {
        if !self.clean.has_next() && self.state.ready.is_empty() && passes_through_a_task(&self.response) {
            tokio::task::yield_now().await;
        }
        match self.next().now_or_never()? {
            Ok(Some(AnswerEvent::Text(text))) => Some(text),
            other => {
                self.clean.put_back(other);
                None
            }
        }
    }

    async fn came(&mut self) -> NextEvent {
        loop {
            if let Some(event) = self.state.ready.pop_front() {
                return Ok(Some(event));
            }
            if let Some(fault) = self.state.fault.take() {
                return Err(fault.into_error(&self.model, self.retry_after));
            }
            if self.state.ended {
                return Ok(None);
            }
            let is_finished = self.state.is_finished();
            let limit = match (is_finished, self.state.started) {
                (true, _) => self.stall_timeout.min(AFTER_THE_END),
                (false, true) => self.stall_timeout,
                (false, false) => self.first_byte_timeout,
            };
            let model = || self.model.clone();
            let chunk = match tokio::time::timeout(limit, self.response.chunk()).await {
                Ok(Ok(chunk)) => Ok(chunk),
                // The answer was whole before that.
                _ if is_finished => Ok(None),
                Ok(Err(cause)) => Err(ModelError::BrokenOff { model: model(), cause: cause_chain(&cause) }),
                Err(_) if self.state.started => Err(ModelError::Stalled { model: model(), limit }),
                Err(_) => Err(ModelError::FirstByteTimeout { model: model(), limit }),
            };
            if let Some(attempt) = self.attempt.take() {
                attempt.settle(&chunk, |_| true);
            }
            let state = &mut self.state;
            let taken = match chunk? {
                Some(bytes) => self.unpacking.feed(&bytes, |bytes| state.feed(bytes)),
                None => state.close(),
            };
            // What came whole before the fault goes out first, however the network cut the bytes.
            self.state.fault = taken.err();
        }
    }
}

impl From<crate::endpoint::UnpackError> for AssemblyError {
    fn from(error: crate::endpoint::UnpackError) -> Self {
        Self::Garbage(error.to_string())
    }
}
