//! An embedding endpoint in the shape of OpenAI's `/v1/embeddings`; Qianfan's `/v2/embeddings` and
//! most model servers have it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::super::settings::EmbedderSettings;
use super::{EmbedError, Embedder};
use crate::again::again;
use crate::breaker::Breaker;
use crate::endpoint::{Endpoint, EndpointError, Patience};
use crate::fee::{Reported, Tokens};
use crate::weight::estimate_tokens;

/// The wait before the first new try; it doubles with each.
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// The status that an endpoint should have sent which says behind another that it is busy.
const TOO_MANY_REQUESTS: u16 = 429;
/// Most bytes of an answer that are read for each text: a vector of 10,000 numbers with room.
const MAX_BYTES_A_TEXT: usize = 256 << 10;

/// Vectors of one model can be compared, wherever it runs.
pub(super) fn fingerprint(settings: &EmbedderSettings) -> String {
    format!("openai:{}", settings.model.as_deref().unwrap_or_default())
}

pub(super) struct RemoteEmbedder {
    endpoint: Endpoint,
    model: String,
    batch_size: usize,
    retries: u32,
    /// The longest a batch of an import waits, tries again included.
    timeout: Duration,
    /// The longest a question waits.
    question_timeout: Duration,
    breaker: Arc<Breaker>,
}

/// The moment until which vectors are waited for, and who waits.
#[derive(Clone, Copy)]
struct Deadline {
    end: Instant,
    /// How long that is as a whole.
    limit: Duration,
    /// Who cannot wait asks only where the endpoint is not known to be away; an import waits and tries again
    /// by itself.
    is_import: bool,
}

#[derive(Serialize)]
struct EmbeddingRequest<'a> {
    model: &'a str,
    input: &'a [String],
}

#[derive(Deserialize)]
struct EmbeddingResponse {
    data: Vec<Item>,
    #[serde(flatten)]
    reported: Reported,
}

/// The vectors of a request's texts, in their order, with its tokens.
type EmbeddedTexts = (Vec<Vec<f32>>, Tokens);

#[derive(Deserialize)]
struct Item {
    index: usize,
    embedding: Vec<f32>,
}

impl RemoteEmbedder {
    pub(super) fn new(
        name: &str,
        settings: &EmbedderSettings,
        breaker: Arc<Breaker>,
    ) -> Result<Self, EmbedError> {
        let needs = |key: &str| EmbedError::Unusable(format!("embedders.{name}.{key} is missing"));
        let base = settings.base_url.as_deref().ok_or_else(|| needs("base_url"))?;
        let patience = Patience { connect: Some(settings.connect_timeout), whole: Some(settings.timeout) };
        let endpoint = Endpoint::new(base, settings.api_key_env.as_deref(), patience).map_err(|error| {
            EmbedError::Unusable(format!("embedders.{name}.{}: {error}", error.key("base_url")))
        })?;
        Ok(Self {
            endpoint,
            model: settings.model.clone().ok_or_else(|| needs("model"))?,
            batch_size: settings.batch_size.max(1),
            retries: settings.retries,
            timeout: settings.timeout,
            question_timeout: settings.question_timeout,
            breaker,
        })
    }

    async fn embed_batch(&self, texts: &[String], deadline: Deadline) -> Result<EmbeddedTexts, EmbedError> {
        // A turn waits for a question's: an endpoint that fails at once would cost it the whole deadline.
        let tries = if deadline.is_import { self.retries } else { self.retries.min(1) };
        let pauses = std::iter::successors(Some(FIRST_WAIT), |pause| pause.checked_mul(2));
        let wait = |error: &EndpointError, pause: Duration| {
            let wait = error.retry_after().unwrap_or(pause);
            let is_in_time = Instant::now().checked_add(wait).is_some_and(|then| then < deadline.end);
            let helps = error.may_pass() && is_in_time;
            helps.then(|| {
                tracing::warn!(error = %error, "Trying an embedding request again in {wait:?}");
                wait
            })
        };
        let embedded = again(pauses.take(tries as usize), wait, || self.attempt(texts, deadline));
        embedded.await.map_err(|error| {
            let retry_after = match &error {
                EndpointError::NotAsked(open) => Some(open.wait),
                error if !error.may_pass() => return EmbedError::Unusable(error.to_string()),
                error => error.retry_after(),
            };
            let status = match &error {
                error if error.is_busy() => Some(TOO_MANY_REQUESTS),
                EndpointError::Refused { status, .. } => Some(*status),
                _ => None,
            };
            EmbedError::Unavailable { reason: error.to_string(), status, retry_after }
        })
    }

    /// One request.
    async fn attempt(&self, texts: &[String], deadline: Deadline) -> Result<EmbeddedTexts, EndpointError> {
        let Deadline { end, limit, is_import } = deadline;
        let attempt = if is_import { self.breaker.watch() } else { self.breaker.admit()? };
        let result = tokio::time::timeout_at(end, self.try_batch(texts)).await;
        let result = result.unwrap_or_else(|_| Err(self.endpoint.late(limit)));
        attempt.settle(&result, EndpointError::is_away);
        result
    }

    fn within(limit: Duration, is_import: bool) -> Deadline {
        Deadline { end: Instant::now() + limit, limit, is_import }
    }

    async fn try_batch(&self, texts: &[String]) -> Result<EmbeddedTexts, EndpointError> {
        let request =
            self.endpoint.post("embeddings").json(&EmbeddingRequest { model: &self.model, input: texts });
        let response = self.endpoint.send(request).await?;
        let body = self.endpoint.body(response, texts.len().max(1) * MAX_BYTES_A_TEXT).await?;
        let EmbeddingResponse { data, reported } = serde_json::from_slice(&body)
            .map_err(|error| self.endpoint.misshapen("gave no list of embeddings", &error, &body))?;
        let tokens = Tokens::told(&reported, || texts.iter().map(|text| estimate_tokens(text)).sum());
        Ok((self.in_order(data, texts.len())?, tokens))
    }

    fn in_order(&self, mut items: Vec<Item>, wanted: usize) -> Result<Vec<Vec<f32>>, EndpointError> {
        items.sort_by_key(|item| item.index);
        if items.len() == wanted && items.iter().map(|item| item.index).eq(0..wanted) {
            Ok(items.into_iter().map(|item| item.embedding).collect())
        } else {
            Err(self.endpoint.garbage(format_args!("gave {} embeddings for {wanted} texts", items.len())))
        }
    }
}

#[async_trait]
impl Embedder for RemoteEmbedder {
    async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>, EmbedError> {
        let mut vectors = Vec::with_capacity(texts.len());
        for batch in texts.chunks(self.batch_size) {
            vectors.extend(self.embed_batch(batch, Self::within(self.timeout, true)).await?.0);
        }
        Ok(vectors)
    }

    async fn embed_question(&self, text: String) -> Result<(Vec<f32>, Option<Tokens>), EmbedError> {
        let deadline = Self::within(self.question_timeout, false);
        let (mut vectors, tokens) = self.embed_batch(&[text], deadline).await?;
        Ok((vectors.pop().unwrap_or_default(), Some(tokens)))
    }
}

#[cfg(test)]
mod tests;
