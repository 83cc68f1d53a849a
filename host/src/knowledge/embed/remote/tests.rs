use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::*;
use crate::breaker::ServerKind;

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
    let breaker = Breaker::new(ServerKind::Embedder, "remote");
    (RemoteEmbedder::new("remote", &settings, breaker).unwrap(), count)
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
async fn an_endpoint_that_says_in_a_code_that_it_is_busy_is_asked_again() {
    let busy = || json!({"error_code": 18, "error_msg": "Open api qps request limit reached"});
    let (embedder, count) = endpoint(move |n, body| match n {
        0 => Json(busy()).into_response(),
        1 => (StatusCode::BAD_REQUEST, Json(busy())).into_response(),
        _ => lengths(&body).into_response(),
    })
    .await;
    assert_eq!(embedder.embed(vec!["ab".into()]).await.unwrap(), [[2.0, 1.0]]);
    assert_eq!(count.load(Ordering::SeqCst), 3);

    let (embedder, _) = endpoint(move |_, _| Json(busy())).await;
    let error = embedder.embed_question("ab".into()).await.unwrap_err();
    let EmbedError::Unavailable { status, reason, .. } = error else { panic!("{error}") };
    assert!(status == Some(429) && reason.contains("qps request limit reached"), "{status:?}: {reason}");

    // What only somebody's doing ends is told at once.
    let key = || Json(json!({"error_code": 110, "error_msg": "Access token invalid or no longer valid"}));
    let (embedder, count) = endpoint(move |_, _| key()).await;
    let error = embedder.embed(vec!["ab".into()]).await.unwrap_err();
    assert!(matches!(error, EmbedError::Unusable(_)), "{error}");
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_refusal_is_told_with_origin_and_status() {
    let (embedder, count) = endpoint(|_, _| (StatusCode::UNAUTHORIZED, "invalid_iam_token")).await;
    let error = embedder.embed(vec!["a".into()]).await.unwrap_err();
    let message = error.to_string();
    assert!(matches!(error, EmbedError::Unusable(_)));
    assert!(
        message.starts_with("http://127.0.0.1:")
            && message.ends_with(" answered 401: invalid_iam_token")
            && !message.contains("/v2"),
        "{message}"
    );
    assert_eq!(count.load(Ordering::SeqCst), 1, "a refusal is not tried again");
}

#[tokio::test]
async fn too_few_vectors_are_an_error() {
    let (embedder, _) = endpoint(|_, _| Json(json!({"data": []}))).await;
    assert!(embedder.embed(vec!["a".into()]).await.unwrap_err().to_string().contains("0 embeddings for 1"));
}
