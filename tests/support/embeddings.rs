//! An embedding endpoint in OpenAI's shape that needs no model: it throws a text's characters into
//! bins, as many as the model's name says.

#![allow(dead_code, reason = "the tests and `make faults` each use a part")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::sync::watch;

/// How the endpoint answers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mode {
    /// As the model's name says.
    Well,
    /// With a status, and seconds for Retry-After.
    Refuses(u16, Option<u64>),
    /// With vectors of so many dimensions.
    Dimensions(usize),
    /// As another model would that has the same name.
    AnotherModel,
    /// After a while.
    Slowly(Duration),
    /// With a page for people, as a proxy does that has lost its server.
    Page,
    /// With a number that is none.
    NotANumber,
}

struct EmbeddingsShared {
    mode: Mutex<Mode>,
    requests: AtomicUsize,
    /// How many requests, from the first on, get their answers.
    open: watch::Sender<usize>,
}

/// A running endpoint. It ends with the test's runtime.
pub(crate) struct Embeddings {
    shared: Arc<EmbeddingsShared>,
    base_url: String,
}

impl Embeddings {
    /// Starts an endpoint that answers at once.
    pub(crate) async fn start() -> Self {
        let shared = EmbeddingsShared {
            mode: Mutex::new(Mode::Well),
            requests: AtomicUsize::new(0),
            open: watch::Sender::new(usize::MAX),
        };
        let shared = Arc::new(shared);
        let router = Router::new().route("/v1/embeddings", post(embed)).with_state(Arc::clone(&shared));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { shared, base_url }
    }

    /// An `[embedders.<name>]` table, with vectors of so many dimensions.
    pub(crate) fn table(&self, name: &str, dimensions: usize) -> String {
        format!(
            "[embedders.{name}]\nkind = \"openai\"\nbase_url = \"{}\"\nmodel = \"bins-{dimensions}\"\nbatch_size = 64\n",
            self.base_url
        )
    }

    /// Answers otherwise from now on.
    pub(crate) fn answer(&self, mode: Mode) {
        *self.shared.mode.lock().unwrap() = mode;
    }

    /// Keeps answers back from now on.
    pub(crate) fn hold(&self) {
        self.hold_after(0);
    }

    /// Gives so many answers more and keeps the later ones back.
    pub(crate) fn hold_after(&self, answers: usize) {
        self.shared.open.send_replace(self.requests() + answers);
    }

    /// Gives the answers kept back, and all later ones.
    pub(crate) fn release(&self) {
        self.shared.open.send_replace(usize::MAX);
    }

    /// Answers with a status from now on; 200 is a good answer again.
    pub(crate) fn answer_with(&self, status: u16) {
        self.answer(if status == 200 { Mode::Well } else { Mode::Refuses(status, None) });
    }

    /// Requests received so far.
    pub(crate) fn requests(&self) -> usize {
        self.shared.requests.load(Ordering::SeqCst)
    }
}

async fn embed(State(shared): State<Arc<EmbeddingsShared>>, Json(request): Json<Value>) -> Response {
    let number = shared.requests.fetch_add(1, Ordering::SeqCst);
    shared.open.subscribe().wait_for(|&open| number < open).await.unwrap();
    let model = request["model"].as_str().unwrap_or_default();
    let mode = *shared.mode.lock().unwrap();
    if let Mode::Refuses(status, retry_after) = mode {
        let mut response = StatusCode::from_u16(status).unwrap().into_response();
        response
            .headers_mut()
            .extend(retry_after.map(|seconds| (header::RETRY_AFTER, HeaderValue::from(seconds))));
        return response;
    }
    match mode {
        Mode::Slowly(wait) => tokio::time::sleep(wait).await,
        Mode::Page => return Html("<html><body>502 Bad Gateway</body></html>").into_response(),
        Mode::NotANumber => {
            let body = r#"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,NaN]}]}"#;
            return ([(header::CONTENT_TYPE, "application/json")], body).into_response();
        }
        _ => {}
    }
    let bins: usize = model.rsplit('-').next().and_then(|bins| bins.parse().ok()).unwrap_or(32);
    let bins = if let Mode::Dimensions(bins) = mode { bins } else { bins };
    let step = if matches!(mode, Mode::AnotherModel) { 7 } else { 11 };
    let texts = request["input"].as_array().cloned().unwrap_or_default();
    let data: Vec<Value> = texts
        .iter()
        .enumerate()
        .map(|(index, text)| {
            let mut vector = vec![0.1_f32; bins];
            for c in text.as_str().unwrap_or_default().chars() {
                vector[c as usize * step % bins] += 1.0;
            }
            json!({"object": "embedding", "index": index, "embedding": vector})
        })
        .collect();
    Json(json!({"object": "list", "data": data, "usage": {"prompt_tokens": 1, "total_tokens": 1}}))
        .into_response()
}
