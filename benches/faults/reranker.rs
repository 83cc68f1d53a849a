//! A reranking endpoint that answers as it is told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

/// How it answers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RerankerMode {
    Well,
    Silent,
    Slowly(Duration),
    Refuses(u16),
    Page,
    NotANumber,
    OneLess,
}

/// A running endpoint. It ends with the runtime.
pub(crate) struct Reranker {
    mode: Arc<Mutex<RerankerMode>>,
    pub(crate) base_url: String,
}

impl Reranker {
    pub(crate) async fn start() -> Self {
        let mode = Arc::new(Mutex::new(RerankerMode::Well));
        let router = Router::new().route("/v2/rerankers", post(rerank)).with_state(Arc::clone(&mode));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/v2", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { mode, base_url }
    }

    /// Answers otherwise from now on.
    pub(crate) fn answer(&self, mode: RerankerMode) {
        *self.mode.lock().unwrap() = mode;
    }
}

async fn rerank(State(mode): State<Arc<Mutex<RerankerMode>>>, Json(request): Json<Value>) -> Response {
    let mode = *mode.lock().unwrap();
    let mut documents = request["documents"].as_array().map_or(0, Vec::len);
    match mode {
        RerankerMode::Silent => std::future::pending().await,
        RerankerMode::Slowly(wait) => tokio::time::sleep(wait).await,
        RerankerMode::Refuses(status) => return StatusCode::from_u16(status).unwrap().into_response(),
        RerankerMode::Page => return Html("<html><body>502 Bad Gateway</body></html>").into_response(),
        RerankerMode::NotANumber => {
            let body = r#"{"object":"list","results":[{"index":0,"relevance_score":NaN}]}"#;
            return ([(header::CONTENT_TYPE, "application/json")], body).into_response();
        }
        RerankerMode::OneLess => documents = documents.saturating_sub(1),
        RerankerMode::Well => {}
    }
    let results: Vec<Value> = (0..documents)
        .map(|index| json!({"index": index, "relevance_score": 1.0 / (index + 1) as f64}))
        .collect();
    Json(json!({"object": "list", "results": results})).into_response()
}
