//! One model the host can call.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde_json::{Map, Value};

use super::answer::AnswerStream;
use super::assembly::Assembly;
use super::calls::{ArrivingCalls, Offered};
use super::clean::Clean;
use super::error::ModelError;
use super::event::Thoughts;
use super::request::{ChatRequest, LENGTHS, Parameters};
use super::settings::ModelSettings;
use crate::breaker::{Breaker, ServerKind};
use crate::endpoint::{BodyUnpacking, Endpoint, Patience, SetupError, retry_after};
use crate::redact;

/// A model, ready to be called. Its connections are kept between calls.
pub struct Model {
    name: String,
    settings: ModelSettings,
    endpoint: Endpoint,
    breaker: Arc<Breaker>,
    defaults: Map<String, Value>,
    /// Whether its endpoint calls what it thinks `reasoning`, as far as it was heard to think.
    says_reasoning: Arc<AtomicBool>,
}

impl Model {
    /// Prepares a model. Fails where its API key's environment variable is missing, where its URL is
    /// none, or where TLS cannot be set up; the text names the key to change.
    pub fn new(name: &str, settings: &ModelSettings) -> Result<Self, SetupError> {
        let patience = Patience { connect: Some(settings.connect_timeout), whole: None };
        let endpoint = Endpoint::new(&settings.base_url, settings.api_key_env.as_deref(), patience)?;
        let mut defaults = settings.extra_fields();
        if let Some(value) = settings.temperature {
            defaults.insert("temperature".into(), value.into());
        }
        if let Some(value) = settings.top_p {
            defaults.insert("top_p".into(), value.into());
        }
        if let Some(value) = settings.max_tokens {
            defaults.insert("max_tokens".into(), value.into());
        }
        let breaker = Breaker::new(ServerKind::Model, name);
        let says_reasoning = Arc::default();
        let settings = settings.clone();
        Ok(Self { name: name.to_owned(), settings, endpoint, breaker, defaults, says_reasoning })
    }

    /// The settings it was made from.
    pub fn settings(&self) -> &ModelSettings {
        &self.settings
    }

    /// The name in the configuration.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What stands before its endpoint.
    pub fn breaker(&self) -> &Arc<Breaker> {
        &self.breaker
    }

    /// The longest answer that a request with these parameters asks for, in tokens: the client's word, or else the
    /// operator's.
    pub fn answer_tokens(&self, parameters: &Parameters) -> Option<usize> {
        let is_said = LENGTHS.iter().any(|name| parameters.get(name).is_some());
        if is_said { parameters.most_tokens() } else { self.settings.answer_tokens() }
    }

    /// The exact bytes [`Self::send`] will be given for this request.
    pub fn encode(&self, request: &ChatRequest) -> Bytes {
        let says_reasoning = self.says_reasoning.load(Ordering::Relaxed);
        let thoughts = if says_reasoning { Thoughts::Reasoning } else { Thoughts::ReasoningContent };
        request.to_bytes(&self.settings.model, &self.defaults, thoughts)
    }

    /// Sends a request, which was made of `chat`, and returns its answer once the endpoint has accepted it.
    pub async fn send(&self, chat: &ChatRequest<'_>, body: Bytes) -> Result<AnswerStream, ModelError> {
        let mut request =
            self.endpoint.post("chat/completions").header(CONTENT_TYPE, "application/json").body(body);
        if let Some(appid) = &self.settings.appid {
            request = request.header("appid", appid);
        }
        let limit = self.settings.first_byte_timeout;
        let attempt = self.breaker.admit().map_err(ModelError::NotAsked)?;
        let sent = tokio::time::timeout(limit, self.endpoint.send(request)).await;
        let mut response = match sent.unwrap_or_else(|_| Err(self.endpoint.late(limit))) {
            Ok(response) => response,
            Err(error) => {
                attempt.settle(&Err::<(), _>(&error), |error| error.is_away());
                return Err(ModelError::of(&self.name, error, &chat.messages));
            }
        };
        let offered = Offered {
            of_client: chat.client_tools.iter().filter_map(|tool| tool.name.clone()).collect(),
            of_host: chat.tools.iter().map(|tool| tool.name.clone()).collect(),
        };
        let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let state = Assembly::of(ArrivingCalls::of(offered))
            .called(content_type)
            .thinking(self.settings.starts_thinking && !chat.forbids_thoughts(&self.defaults))
            .answering(response.status().as_u16());
        let (retry_after, unpacking) =
            (retry_after(response.headers()), BodyUnpacking::of(response.headers()));
        // They are parts of what was read first, and would keep all of that for as long as the answer takes.
        *response.headers_mut() = HeaderMap::new();
        Ok(AnswerStream {
            model: self.name.clone(),
            retry_after,
            unpacking,
            first_byte_timeout: limit,
            stall_timeout: self.settings.stall_timeout,
            state,
            attempt: Some(attempt),
            clean: Clean::new(redact::known_in_answers()),
            says_reasoning: Arc::clone(&self.says_reasoning),
            response,
        })
    }
}

#[cfg(test)]
mod tests;
