use serde_json::{Value, json};

use crate::support::{Host, Script, Upstream};

/// An app without plugins, in front of an upstream.
pub(crate) fn plain(upstream: &Upstream) -> String {
    format!(
        r#"
[models.up]
base_url = "{}"
model = "upstream-model"
first_byte_timeout = "2s"
stall_timeout = "1s"
price_input = 0.5
price_output = 1.0

[apps.plain]
model = "up"
"#,
        upstream.base_url
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_in_one_piece_and_the_trace_has_the_upstreams_bytes() {
    let upstream = Upstream::playing([Script::Says(vec!["平行", "志愿"])]).await;
    let host = Host::start(&plain(&upstream));
    let chat = host.ask("plain", "什么是平行志愿？").await;
    assert_eq!(chat.status, 200);
    assert_eq!(chat.text(), "平行志愿");
    assert_eq!(chat.body["object"], "chat.completion");
    assert_eq!(chat.body["usage"]["total_tokens"], 10);
    let trace = host.trace(&chat.id).await;
    let sent = &upstream.received()[0];
    assert_eq!(trace["model_calls"][0]["request_text"].as_str().unwrap().as_bytes(), sent);
    assert_eq!(trace["answer"], "平行志愿");
    assert_eq!(trace["cost"], (7.0 * 0.5 + 3.0) / 1000.0);
    let sent: Value = serde_json::from_slice(sent).unwrap();
    assert_eq!(sent["model"], "upstream-model");
    let roles: Vec<_> = sent["messages"].as_array().unwrap().iter().map(|message| &message["role"]).collect();
    assert_eq!(roles, ["system", "user"], "who it is, and the question");
    assert_eq!(sent["messages"][1]["content"], "什么是平行志愿？");
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_pieces_usage_and_done() {
    let upstream = Upstream::playing([Script::Says(vec!["一", "二"])]).await;
    let host = Host::start(&plain(&upstream));
    let body = json!({"model": "plain", "stream": true, "stream_options": {"include_usage": true},
                      "messages": [{"role": "user", "content": "数"}]});
    let response = host.post("/v1/chat/completions", body).await;
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/event-stream"));
    let events = events(&response.text().await.unwrap());
    assert_eq!(events.last().unwrap(), "[DONE]");
    let chunks: Vec<Value> =
        events[..events.len() - 1].iter().map(|e| serde_json::from_str(e).unwrap()).collect();
    assert_eq!(chunks[0]["choices"][0]["delta"]["role"], "assistant");
    assert_eq!(said(&chunks), "一二");
    assert_eq!(chunks[chunks.len() - 2]["choices"][0]["finish_reason"], "stop");
    assert_eq!(chunks[chunks.len() - 1]["usage"]["completion_tokens"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_version_answers_in_qianfans_shape() {
    let upstream = Upstream::playing([Script::Says(vec!["好"]), Script::Says(vec!["一", "二"])]).await;
    let host = Host::start(&plain(&upstream));
    let body = |stream: bool| json!({"model": "plain", "stream": stream, "messages": [{"role": "user", "content": "数"}]});
    let whole: Value = host.post("/v2/chat/completions", body(false)).await.json().await.unwrap();
    assert!(whole["id"].as_str().unwrap().starts_with("as-"), "{whole}");
    let choice = json!({"index": 0, "message": {"role": "assistant", "content": "好"}, "finish_reason": "stop", "flag": 0});
    assert_eq!(whole["choices"], json!([choice]));
    assert_eq!(whole["usage"]["total_tokens"], 10);
    let streamed = host.post("/v2/chat/completions", body(true)).await.text().await.unwrap();
    let events = events(&streamed);
    let chunks: Vec<Value> =
        events[..events.len() - 1].iter().map(|e| serde_json::from_str(e).unwrap()).collect();
    assert_eq!((said(&chunks).as_str(), events.last().unwrap().as_str()), ("一二", "[DONE]"));
    assert!(chunks.iter().all(|chunk| chunk["choices"][0]["flag"] == 0), "{streamed}");
    assert_eq!(host.trace(chunks[0]["id"].as_str().unwrap()).await["answer"], "一二");
}

#[tokio::test(flavor = "multi_thread")]
async fn sampling_and_history_reach_the_upstream() {
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let host = Host::start(&plain(&upstream));
    let messages = json!([{"role": "system", "content": "用文言文"}, {"role": "user", "content": "早"},
                          {"role": "assistant", "content": "早安"}, {"role": "user", "content": [{"type": "text", "text": "再会"}]}]);
    let body = json!({"model": "plain", "messages": messages, "temperature": 0.3, "penalty_score": 1.2, "stop": ["完"]});
    assert_eq!(host.chat(body).await.status, 200);
    let sent: Value = serde_json::from_slice(&upstream.received()[0]).unwrap();
    assert_eq!((&sent["temperature"], &sent["penalty_score"]), (&json!(0.3), &json!(1.2)));
    assert_eq!(sent["stop"], json!(["完"]));
    assert_eq!(sent["messages"][0], json!({"role": "system", "content": "用文言文"}));
    assert_eq!(sent["messages"][3], json!({"role": "user", "content": "再会"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_come_in_the_format_of_the_api_that_was_called() {
    let upstream = Upstream::playing([]).await;
    let host = Host::start(&plain(&upstream));
    let wrong = json!({"model": "absent", "messages": [{"role": "user", "content": "x"}]});
    let v1 = host.post("/v1/chat/completions", wrong.clone()).await;
    assert_eq!(v1.status(), 404);
    let v1: Value = v1.json().await.unwrap();
    assert_eq!(v1["error"]["code"], "model_not_found");
    assert!(v1["error"]["message"].as_str().unwrap().contains("GET /v1/models"), "{v1}");
    assert!(!v1.to_string().contains("plain"), "other apps are not named: {v1}");
    let v2 = host.post("/v2/chat/completions", wrong).await;
    let v2: Value = v2.json().await.unwrap();
    assert_eq!(v2["error"]["type"], "invalid_request_error");
    assert!(v2["id"].as_str().unwrap().starts_with("as-"));
    for (body, code) in [
        ("{", "malformed_json"),
        ("[]", "malformed_json"),
        (r#"{"model":"plain"}"#, "invalid_messages"),
        (r#"{"model":"plain","messages":[{"role":"pope","content":"x"}]}"#, "invalid_messages"),
        (r#"{"model":"plain","messages":[{"role":"user","content":"  "}]}"#, "invalid_messages"),
        (
            r#"{"model":"plain","messages":[{"role":"user","content":"x"}],"stream":"yes"}"#,
            "invalid_argument",
        ),
        (
            r#"{"model":"plain","messages":[{"role":"user","content":"x"}],"plugins":["nope"]}"#,
            "invalid_plugin_argument",
        ),
    ] {
        let response =
            host.http.post(format!("{}/v1/chat/completions", host.url)).body(body).send().await.unwrap();
        assert_eq!(response.status(), 400, "{body}");
        let error: Value = response.json().await.unwrap();
        assert_eq!(error["error"]["code"], code, "{body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upstream_that_fails_before_its_answer_is_an_http_error() {
    let upstream = Upstream::playing([
        Script::Refuses(429, r#"{"error":{"message":"slow down"}}"#),
        Script::Refuses(401, r#"{"error":{"message":"bad key"}}"#),
        Script::Garbage("data: <html>\n\n"),
        Script::Garbage(""),
        Script::Silent,
        Script::Says(vec!["好了"]),
    ])
    .await;
    let host = Host::start(&plain(&upstream));
    for (status, code) in [
        (429, "model_busy"),
        (502, "model_failed"),
        (502, "model_failed"),
        (502, "model_failed"),
        (504, "model_timeout"),
    ] {
        let chat = host.ask("plain", "问").await;
        assert_eq!((chat.status, chat.body["error"]["code"].as_str().unwrap()), (status, code));
        assert_eq!(host.trace(&chat.id).await["finish_reason"], "error");
    }
    assert_eq!(host.ask("plain", "问").await.text(), "好了");
}

/// One text, and then what no chat endpoint sends.
const GARBAGE_MIDWAY: &str =
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"先说\"}}]}\n\ndata: <html>\n\n";

/// Every way to fail after the answer has begun, and what the trace tells the operator of it.
fn midway() -> Vec<(Script, u16, &'static str, &'static str)> {
    vec![
        (Script::SaysThenStalls(vec!["先说"]), 504, "model_timeout", "stall_timeout in [models.up]"),
        (Script::SaysThenBreaksOff(vec!["先说"]), 502, "model_failed", "broke off in the middle"),
        (Script::SaysThenEndsEarly(vec!["先说"]), 502, "model_failed", "without a finish_reason"),
        (Script::Garbage(GARBAGE_MIDWAY), 502, "model_failed", "not a chat completion"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upstream_that_fails_midway_ends_the_stream_with_an_error_and_keeps_the_text() {
    let scripts = midway().into_iter().map(|(script, ..)| script);
    let upstream = Upstream::playing(scripts.chain([Script::Says(vec!["好了"])])).await;
    let host = Host::start(&plain(&upstream));
    for (_, _, code, cause) in midway() {
        let body = json!({"model": "plain", "stream": true, "messages": [{"role": "user", "content": "问"}]});
        let events = events(&host.post("/v1/chat/completions", body).await.text().await.unwrap());
        assert!(!events.contains(&"[DONE]".to_owned()));
        let chunks: Vec<Value> = events.iter().map(|e| serde_json::from_str(e).unwrap()).collect();
        assert_eq!(said(&chunks), "先说", "{cause}");
        let error = &chunks.last().unwrap()["error"];
        assert_eq!(error["code"], code, "{cause}: {error}");
        let id = chunks[0]["id"].as_str().unwrap();
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(id) && !message.contains(cause), "{message}");
        let trace = host.trace(id).await;
        assert_eq!((&trace["finish_reason"], &trace["answer"]), (&json!("error"), &json!("先说")));
        assert!(trace["error"].as_str().unwrap().contains(cause), "{trace}");
    }
    assert_eq!(host.ask("plain", "问").await.text(), "好了");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upstream_that_fails_midway_is_an_http_error_where_nothing_was_streamed() {
    let scripts = midway().into_iter().map(|(script, ..)| script);
    let upstream = Upstream::playing(scripts.chain([Script::Says(vec!["好了"])])).await;
    let host = Host::start(&plain(&upstream));
    for (_, status, code, cause) in midway() {
        let chat = host.ask("plain", "问").await;
        assert_eq!((chat.status, &chat.body["error"]["code"]), (status, &json!(code)), "{cause}");
        assert!(host.trace(&chat.id).await["error"].as_str().unwrap().contains(cause), "{cause}");
    }
    assert_eq!(host.ask("plain", "问").await.text(), "好了");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upstream_that_is_not_there_is_named_in_the_trace_with_the_key_to_change() {
    let upstream = Upstream::playing([]).await;
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let config = plain(&upstream).replace(&upstream.base_url, &format!("http://{nobody}/v1"));
    let host = Host::start(&config);
    let chat = host.ask("plain", "问").await;
    assert_eq!(
        (chat.status, &chat.body["error"]["code"]),
        (503, &json!("model_unavailable")),
        "{}",
        chat.body
    );
    let told = chat.body["error"]["message"].as_str().unwrap();
    assert!(told.starts_with("the model cannot be reached") && !told.contains("127.0.0.1"), "{told}");
    let trace = host.trace(&chat.id).await;
    let message = trace["error"].as_str().unwrap();
    assert!(
        message.contains(&nobody.to_string()) && message.contains("base_url in [models.up]"),
        "{message}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_cancels_the_upstream_request() {
    let upstream = Upstream::playing([Script::SaysThenStalls(vec!["开头"])]).await;
    let config = plain(&upstream).replace("stall_timeout = \"1s\"", "stall_timeout = \"10min\"");
    let host = Host::start(&config);
    let body = json!({"model": "plain", "stream": true, "messages": [{"role": "user", "content": "问"}]});
    let mut response = host.post("/v1/chat/completions", body).await;
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    while !String::from_utf8_lossy(&response.chunk().await.unwrap().unwrap()).contains("开头") {}
    drop(response);
    upstream.client_left().await;
    let trace = host.newest_trace_of(1).await;
    assert_eq!((&trace["id"], &trace["answer"]), (&json!(id), &json!("开头")));
    assert_eq!(trace["finish_reason"], "cancelled", "{trace}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_surroundings_answer() {
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let host = Host::start(&plain(&upstream));
    assert_eq!(host.get("/v1/models").await["data"][0]["id"], "plain");
    host.ask("plain", "问").await;
    let metrics = host.http.get(format!("{}/metrics", host.url)).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains(r#"qianfan_host_turns_total{app="plain",outcome="ok"} 1"#), "{metrics}");
    let health = host.http.get(format!("{}/healthz", host.url)).send().await.unwrap();
    assert_eq!(health.status(), 200);
    assert_eq!(host.get("/v1/traces/absent").await["error"]["code"], "not_found");
    assert_eq!(host.get("/v1/traces").await["data"][0]["question"], "问");
}

fn events(body: &str) -> Vec<String> {
    body.split("\n\n").filter_map(|event| event.strip_prefix("data: ")).map(str::to_owned).collect()
}

fn said(chunks: &[Value]) -> String {
    chunks.iter().filter_map(|chunk| chunk.pointer("/choices/0/delta/content")?.as_str()).collect()
}
