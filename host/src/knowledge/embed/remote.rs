//! An embedding endpoint in the shape of OpenAI's `/v1/embeddings`; Qianfan's `/v2/embeddings` and
//! most model servers have it.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::StatusCode;
use serde::{Deserialize, Serialize};

use super::super::settings::EmbedderSettings;
use super::{EmbedError, Embedder};

/// The wait before the first new try; it doubles with each.
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// Longest wait a server may ask for with Retry-After.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// Most bytes of an error body that are read for the message.
const ERROR_CHARS: usize = 300;

/// Vectors of one model can be compared, wherever it runs.
pub(super) fn fingerprint(settings: &EmbedderSettings) -> String {
    format!("openai:{}", settings.model.as_deref().unwrap_or_default())
}

pub(super) struct RemoteEmbedder {
    client: reqwest::Client,
    address: String,
    model: String,
    key: Option<String>,
    batch_size: usize,
    retries: u32,
}

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    input: &'a [String],
}

#[derive(Deserialize)]
struct Response {
    data: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    index: usize,
    embedding: Vec<f32>,
}

enum Failure {
    /// Trying again may help, after so long if the server says.
    Passing(String, Option<Duration>),
    Lasting(String),
}

impl RemoteEmbedder {
    pub(super) fn new(name: &str, settings: &EmbedderSettings) -> Result<Self, EmbedError> {
        let needs = |key: &str| EmbedError::Unusable(format!("embedders.{name}.{key} is missing"));
        let base = settings.base_url.as_deref().ok_or_else(|| needs("base_url"))?;
        let key = match &settings.api_key_env {
            None => None,
            Some(variable) => Some(std::env::var(variable).map_err(|_| {
                EmbedError::Unusable(format!(
                    "embedders.{name}.api_key_env: the environment variable `{variable}` is not set"
                ))
            })?),
        };
        let client = reqwest::Client::builder()
            .connect_timeout(settings.connect_timeout)
            .timeout(settings.timeout)
            .tcp_nodelay(true)
            .build()
            .map_err(|error| EmbedError::Unusable(format!("embedder `{name}`: {error}")))?;
        Ok(Self {
            client,
            address: format!("{}/embeddings", base.trim_end_matches('/')),
            model: settings.model.clone().ok_or_else(|| needs("model"))?,
            key,
            batch_size: settings.batch_size.max(1),
            retries: settings.retries,
        })
    }

    async fn embed_batch(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let mut wait = FIRST_WAIT;
        let mut left = self.retries;
        loop {
            match self.try_batch(texts).await {
                Ok(vectors) => return Ok(vectors),
                Err(Failure::Lasting(message)) => return Err(EmbedError::Unusable(message)),
                Err(Failure::Passing(message, _)) if left == 0 => {
                    return Err(EmbedError::Unavailable(message));
                }
                Err(Failure::Passing(message, asked)) => {
                    let wait_now = asked.unwrap_or(wait).min(LONGEST_WAIT);
                    tracing::warn!(error = %message, "Trying an embedding request again in {wait_now:?}");
                    tokio::time::sleep(wait_now).await;
                    left -= 1;
                    wait *= 2;
                }
            }
        }
    }

    async fn try_batch(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, Failure> {
        let broken = |error: reqwest::Error| {
            let message = format!("{} cannot be reached: {}", self.address, cause(&error));
            Failure::Passing(message, None)
        };
        let mut request = self.client.post(&self.address).json(&Request { model: &self.model, input: texts });
        if let Some(key) = &self.key {
            request = request.bearer_auth(key);
        }
        let response = request.send().await.map_err(broken)?;
        let status = response.status();
        if !status.is_success() {
            let wait =
                response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
            let body: String = response.text().await.unwrap_or_default().chars().take(ERROR_CHARS).collect();
            let message = format!("{} answered {status}: {body}", self.address);
            return Err(if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
                Failure::Passing(message, wait.map(Duration::from_secs))
            } else {
                Failure::Lasting(message)
            });
        }
        let body = response.bytes().await.map_err(broken)?;
        let response: Response = serde_json::from_slice(&body).map_err(|error| {
            Failure::Lasting(format!("{} gave no list of embeddings: {error}", self.address))
        })?;
        self.in_order(response.data, texts.len())
    }

    fn in_order(&self, mut items: Vec<Item>, wanted: usize) -> Result<Vec<Vec<f32>>, Failure> {
        items.sort_by_key(|item| item.index);
        if items.len() == wanted && items.iter().map(|item| item.index).eq(0..wanted) {
            Ok(items.into_iter().map(|item| item.embedding).collect())
        } else {
            let message = format!("{} gave {} embeddings for {wanted} texts", self.address, items.len());
            Err(Failure::Lasting(message))
        }
    }
}

#[async_trait]
impl Embedder for RemoteEmbedder {
    async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>, EmbedError> {
        let mut vectors = Vec::with_capacity(texts.len());
        for batch in texts.chunks(self.batch_size) {
            vectors.extend(self.embed_batch(batch).await?);
        }
        Ok(vectors)
    }
}

/// The innermost reason, which reqwest's own message leaves out.
fn cause(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::extract::State;
    use axum::response::IntoResponse;
    use axum::routing::post;
    use axum::{Json, Router};
    use serde_json::{Value, json};

    use super::*;

    /// Serves `answer`, which sees the number of the request and its body.
    async fn endpoint<F, R>(answer: F) -> (RemoteEmbedder, Arc<AtomicUsize>)
    where
        F: Fn(usize, Value) -> R + Clone + Send + Sync + 'static,
        R: IntoResponse + 'static,
    {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let count = Arc::new(AtomicUsize::new(0));
        let handler = move |State(count): State<Arc<AtomicUsize>>, Json(body): Json<Value>| async move {
            answer(count.fetch_add(1, Ordering::SeqCst), body)
        };
        let app = Router::new().route("/v2/embeddings", post(handler)).with_state(Arc::clone(&count));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        let settings = EmbedderSettings {
            base_url: Some(format!("http://{address}/v2/")),
            model: Some("bge-large-zh".into()),
            retries: 2,
            ..EmbedderSettings::default()
        };
        (RemoteEmbedder::new("remote", &settings).unwrap(), count)
    }

    /// Gives back, last first, vectors that tell the length of each text.
    fn lengths(body: &Value) -> Json<Value> {
        let texts = body["input"].as_array().unwrap();
        let data: Vec<_> = texts
            .iter()
            .enumerate()
            .rev()
            .map(|(index, text)| json!({"index": index, "embedding": [text.as_str().unwrap().len(), 1]}))
            .collect();
        Json(json!({"object": "embedding_list", "data": data}))
    }

    #[tokio::test]
    async fn texts_go_in_batches_and_vectors_come_back_in_order() {
        let (embedder, count) = endpoint(|_, body| lengths(&body)).await;
        let texts: Vec<_> = (0..40).map(|i| "a".repeat(i)).collect();
        let vectors = embedder.embed(texts).await.unwrap();
        let lengths: Vec<_> = vectors.iter().map(|vector| vector[0] as usize).collect();
        assert_eq!(lengths, (0..40).collect::<Vec<_>>());
        assert_eq!(count.load(Ordering::SeqCst), 3, "at most 16 texts a request");
    }

    #[tokio::test]
    async fn a_busy_endpoint_is_asked_again() {
        let (embedder, count) = endpoint(|n, body| match n {
            0 => (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "0")]).into_response(),
            1 => StatusCode::BAD_GATEWAY.into_response(),
            _ => lengths(&body).into_response(),
        })
        .await;
        assert_eq!(embedder.embed(vec!["ab".into()]).await.unwrap(), [[2.0, 1.0]]);
        assert_eq!(count.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn a_refusal_is_told_with_address_and_status() {
        let (embedder, count) = endpoint(|_, _| (StatusCode::UNAUTHORIZED, "invalid_iam_token")).await;
        let error = embedder.embed(vec!["a".into()]).await.unwrap_err();
        let message = error.to_string();
        assert!(matches!(error, EmbedError::Unusable(_)));
        assert!(
            message.contains("/v2/embeddings answered 401") && message.contains("invalid_iam_token"),
            "{message}"
        );
        assert_eq!(count.load(Ordering::SeqCst), 1, "a refusal is not tried again");
    }

    #[tokio::test]
    async fn too_few_vectors_are_an_error() {
        let (embedder, _) = endpoint(|_, _| Json(json!({"data": []}))).await;
        assert!(
            embedder.embed(vec!["a".into()]).await.unwrap_err().to_string().contains("0 embeddings for 1")
        );
    }
}
