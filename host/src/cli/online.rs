//! `check --online`: every endpoint is asked once, all side by side.

use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt as _, join_all};
use serde_json::{Value, json};

use crate::config::Config;
use crate::endpoint::{Endpoint, Patience};
use crate::knowledge::{EmbedderKind, Library};
use crate::problem::Problem;

/// How long one endpoint may take; a model that loads its weights first has time for it.
const LONGEST: Duration = Duration::from_secs(20);
/// Bytes of an answer that are read.
const LARGEST: usize = 4 << 20;

/// What is asked of one endpoint over HTTP.
struct EndpointQuestion {
    table: String,
    base_url: String,
    api_key_env: Option<String>,
    path: &'static str,
    body: Value,
    /// What a good answer holds.
    expects: &'static str,
}

/// What is wrong with the endpoints as they answer now. A model is asked for one token, an embedder and a
/// reranker for one text, a store for its list.
pub(super) async fn ask(config: &Config) -> Vec<Problem> {
    let http = asks(config).into_iter().map(|ask| ask.ask().boxed());
    let stores = config.stores.iter().map(|(name, settings)| {
        let table = format!("stores.{name}");
        within(table, "url", Library::ask_store(name, settings)).boxed()
    });
    let all: Vec<BoxFuture<'_, Option<Problem>>> = http.chain(stores).collect();
    join_all(all).await.into_iter().flatten().collect()
}

fn asks(config: &Config) -> Vec<EndpointQuestion> {
    let models = config.models.iter().map(|(name, model)| EndpointQuestion {
        table: format!("models.{name}"),
        base_url: model.base_url.clone(),
        api_key_env: model.api_key_env.clone(),
        path: "chat/completions",
        body: json!({ "model": model.model, "messages": [{ "role": "user", "content": "你好" }], "max_tokens": 1 }),
        expects: "/choices/0",
    });
    let remote = config.embedders.iter().filter(|(_, embedder)| embedder.kind == EmbedderKind::OpenAi);
    let embedders = remote.map(|(name, embedder)| EndpointQuestion {
        table: format!("embedders.{name}"),
        base_url: embedder.base_url.clone().unwrap_or_default(),
        api_key_env: embedder.api_key_env.clone(),
        path: "embeddings",
        body: json!({ "model": embedder.model, "input": ["你好"] }),
        expects: "/data/0/embedding/0",
    });
    let rerank = config.rerank.iter().map(|rerank| EndpointQuestion {
        table: "rerank".to_owned(),
        base_url: rerank.base_url.clone(),
        api_key_env: rerank.api_key_env.clone(),
        path: "rerankers",
        body: json!({ "model": rerank.model, "query": "你好", "documents": ["你好"] }),
        expects: "/results/0",
    });
    models.chain(embedders).chain(rerank).collect()
}

impl EndpointQuestion {
    async fn ask(self) -> Option<Problem> {
        let table = self.table.clone();
        within(table, "base_url", self.answer()).await
    }

    async fn answer(self) -> Result<(), String> {
        let patience = Patience { connect: Some(Duration::from_secs(5)), whole: Some(LONGEST) };
        // What the file alone tells is reported already.
        let Ok(endpoint) = Endpoint::new(&self.base_url, self.api_key_env.as_deref(), patience) else {
            return Ok(());
        };
        let request = endpoint.post(self.path).json(&self.body);
        let response = endpoint.send(request).await.map_err(|error| error.to_string())?;
        let body = endpoint.body(response, LARGEST).await.map_err(|error| error.to_string())?;
        if holds(&body, self.expects) {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&body).chars().take(200).collect::<String>();
        let path = self.path;
        Err(endpoint.garbage(format!("answered /{path} with something else: {said}")).to_string())
    }
}

/// Whether an answer has something at this place. Some models always stream: then one of their events has.
fn holds(body: &[u8], place: &str) -> bool {
    let has = |json: &[u8]| {
        serde_json::from_slice::<Value>(json).is_ok_and(|answer| answer.pointer(place).is_some())
    };
    let mut lines = body.split(|byte| matches!(byte, b'\n' | b'\r'));
    has(body) || lines.any(|line| line.strip_prefix(b"data:").is_some_and(has))
}

/// The problem of an endpoint that does not answer well, or not in time.
async fn within(
    table: String,
    key: &str,
    asked: impl Future<Output = Result<(), String>>,
) -> Option<Problem> {
    let cause = match tokio::time::timeout(LONGEST, asked).await {
        Ok(Ok(())) => return None,
        Ok(Err(cause)) => cause,
        Err(_) => format!("did not answer within {LONGEST:?}"),
    };
    let message = format!(
        "{cause} (asked by --online; see whether the address, the key and the model's name are right)"
    );
    Some(Problem::new(format!("{table}.{key}"), message))
}

#[cfg(test)]
mod tests;
