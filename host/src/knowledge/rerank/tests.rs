//! Reranking against a scripted endpoint.

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response as Answer};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::*;
use crate::message::MediaType;

/// How the endpoint answers.
type Script = fn(&Value) -> Answer;

struct FakeReranker {
    settings: RerankSettings,
    asked: Arc<Mutex<Vec<Value>>>,
}

async fn endpoint(script: Script) -> FakeReranker {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let handler = move |State(asked): State<Arc<Mutex<Vec<Value>>>>, Json(body): Json<Value>| async move {
        let answer = script(&body);
        asked.lock().unwrap().push(body);
        answer
    };
    let app = Router::new().route("/v2/rerankers", post(handler)).with_state(Arc::clone(&asked));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    FakeReranker { settings: settings(&format!("http://{address}/v2/")), asked }
}

fn settings(base_url: &str) -> RerankSettings {
    RerankSettings {
        base_url: base_url.to_owned(),
        model: "bce-reranker-base".to_owned(),
        api_key_env: None,
        timeout: Duration::from_secs(30),
        candidates: 3,
        price_input: None,
    }
}

/// Scores rise with the place in the request: the last hit becomes the first.
fn reversed(body: &Value) -> Answer {
    let documents = body["documents"].as_array().unwrap();
    let results: Vec<_> = documents
        .iter()
        .enumerate()
        .rev()
        .map(|(i, text)| json!({"document": text, "index": i, "relevance_score": (i + 1) as f64 / 10.0}))
        .collect();
    Json(json!({"id": "as-1", "object": "rerank_list", "results": results})).into_response()
}

fn hit(base: &str, id: &str, score: f64) -> Hit {
    Hit {
        id: id.to_owned(),
        knowledge_base: base.to_owned(),
        document: id.to_owned(),
        title: "题".to_owned(),
        section: Vec::new(),
        url: None,
        text: format!("文{id}"),
        joined: Vec::new(),
        media_type: MediaType::Plain,
        score,
        dense: score,
        dense_share: 0.7,
        lexical: score,
        exact: false,
        same: None,
        rerank_score: None,
        rank: score,
        standard_answer: None,
        offered_answer: None,
        question: None,
    }
}

fn hits() -> Vec<Hit> {
    let mut hits = vec![hit("a", "1", 0.9), hit("b", "2", 0.8), hit("a", "3", 0.7), hit("a", "4", 0.6)];
    hits[1].section = vec!["志愿".to_owned(), "平行志愿".to_owned()];
    hits
}

async fn rerank(settings: &RerankSettings, hits: &mut [Hit]) -> RerankReport {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let weight = |hit: &Hit| if hit.knowledge_base == "b" { 2.0 } else { 1.0 };
    Reranker::new(settings).unwrap().rerank("平行志愿", hits, weight).await
}

fn order(hits: &[Hit]) -> String {
    hits.iter().map(|hit| hit.id.as_str()).collect()
}

#[tokio::test]
async fn hits_are_ordered_by_rerank_score_times_weight() {
    let endpoint = endpoint(reversed).await;
    let mut hits = hits();
    let report = rerank(&endpoint.settings, &mut hits).await;
    assert!(report.applied && report.reason.is_none() && report.candidates == 3);
    assert_eq!(order(&hits), "2314", "the fourth was no candidate and stays behind; 2 has twice the weight");
    assert_eq!(hits[0].rerank_score, Some(0.2));
    assert!((hits[0].rank - 0.4).abs() < 1e-12);
    assert_eq!(hits[0].score, 0.8, "the fused score stays");
    let asked = endpoint.asked.lock().unwrap();
    assert_eq!(
        asked[0],
        json!({"model": "bce-reranker-base", "query": "平行志愿", "documents": ["文1", "志愿 > 平行志愿\n文2", "文3"], "top_n": 3})
    );
}

#[tokio::test]
async fn bare_outputs_of_a_model_are_brought_between_0_and_1() {
    let endpoint = endpoint(|_| {
        Json(json!({"results": [
            {"index": 0, "relevance_score": -4.0}, {"index": 1, "relevance_score": -3.0}, {"index": 2, "relevance_score": 5.0},
        ]}))
        .into_response()
    })
    .await;
    let mut hits = hits();
    assert!(rerank(&endpoint.settings, &mut hits).await.applied);
    assert_eq!(order(&hits), "3214", "the fourth was not sent");
    assert!(hits.iter().take(3).all(|hit| (0.0..=1.0).contains(&hit.rerank_score.unwrap())));
}

#[tokio::test]
async fn the_fused_order_stands_when_the_endpoint_fails() {
    let scripts: [(Script, &str); 9] = [
        (|_| (StatusCode::INTERNAL_SERVER_ERROR, "崩溃".repeat(500)).into_response(), "answered 500: 崩溃"),
        (|_| "<html>".into_response(), "gave no list of results"),
        (
            |_| Json(json!({"error_code": 18, "error_msg": "qps reached"})).into_response(),
            "; it said qps reached",
        ),
        (|_| Json(json!({"results": [{"index": "0"}]})).into_response(), "gave no list of results"),
        (
            |_| Json(json!({"results": [{"index": 0, "relevance_score": 0.5}]})).into_response(),
            "scored 1 of 3 documents",
        ),
        (
            |_| Json(json!({"results": [{"index": 7, "relevance_score": 0.5}]})).into_response(),
            "scored document 7, but only 3 were sent",
        ),
        (
            |_| {
                let same = json!({"index": 0, "relevance_score": 0.5});
                Json(json!({"results": [same, same, same]})).into_response()
            },
            "scored document 0 twice",
        ),
        (|_| "x".repeat(MAX_ANSWER_BYTES + 1).into_response(), "answered more than"),
        (
            |_| (StatusCode::FOUND, [("location", "http://127.0.0.1:1/")]).into_response(),
            "answered 302 and sends on to http://127.0.0.1:1;",
        ),
    ];
    for (script, reason) in scripts {
        let endpoint = endpoint(script).await;
        let mut hits = hits();
        let report = rerank(&endpoint.settings, &mut hits).await;
        let told = report.reason.unwrap();
        assert!(!report.applied && told.contains(reason), "{told}");
        assert!(told.chars().count() < 400, "{told}");
        assert_eq!(order(&hits), "1234", "{reason}");
        assert!(hits.iter().all(|hit| hit.rerank_score.is_none()));
    }
}

#[tokio::test]
async fn an_endpoint_that_is_late_or_away_is_not_waited_for() {
    // Accepts and never answers.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = RerankSettings {
        timeout: Duration::from_millis(50),
        ..settings(&format!("http://{}/v2", listener.local_addr().unwrap()))
    };
    let mut found = hits();
    let report = rerank(&silent, &mut found).await;
    assert!(report.reason.unwrap().contains("did not answer within 50ms"));
    assert_eq!(order(&found), "1234");

    let report = rerank(&settings("http://127.0.0.1:1/v2"), &mut found).await;
    assert!(report.reason.unwrap().contains("cannot be reached"));
    assert_eq!(order(&found), "1234");
}

#[tokio::test]
async fn nothing_is_asked_where_there_is_nothing_to_order() {
    let endpoint = endpoint(reversed).await;
    let mut exact = hits();
    exact[0].exact = true;
    let report = rerank(&endpoint.settings, &mut exact).await;
    assert!(!report.applied && report.reason.unwrap().contains("stored question"));
    assert_eq!(order(&exact), "1234");
    let mut one = vec![hit("a", "1", 0.9)];
    assert!(!rerank(&endpoint.settings, &mut one).await.applied);
    assert!(endpoint.asked.lock().unwrap().is_empty());
}

#[test]
fn settings_that_cannot_work_name_their_key() {
    let wrong = RerankSettings {
        candidates: 65,
        timeout: Duration::ZERO,
        api_key_env: Some("QIANFAN_TEST_UNSET".to_owned()),
        ..settings("nowhere")
    };
    let keys: Vec<_> = wrong.problems().into_iter().map(|problem| problem.key).collect();
    assert_eq!(keys, ["rerank.base_url", "rerank.api_key_env", "rerank.candidates", "rerank.timeout"]);
    let table: RerankSettings =
        toml::from_str("base_url = \"https://host.example/v2\"\nmodel = \"m\"").unwrap();
    assert_eq!((table.timeout, table.candidates), (Duration::from_millis(800), 32));
    assert!(table.problems().is_empty());
}
