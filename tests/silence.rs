use serde_json::{Value, json};

use crate::support::{Host, Script, Upstream, within_patience};

fn question() -> Value {
    json!({"model": "plain", "stream": true, "messages": [{"role": "user", "content": "问"}]})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_begins_while_the_model_is_silent() {
    let upstream = Upstream::playing([Script::Silent]).await;
    let config = crate::chat::plain(&upstream)
        .replace("first_byte_timeout = \"2s\"", "first_byte_timeout = \"10min\"");
    let host = Host::start(&config);
    let mut response = within_patience("headers", host.post("/v1/chat/completions", question())).await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["x-accel-buffering"].to_str().unwrap()),
        (200, &"no")
    );
    assert!(response.headers().contains_key("x-request-id"));
    let first = within_patience("the role", response.chunk()).await.unwrap().unwrap();
    let first: Value = serde_json::from_slice(first.strip_prefix(b"data: ").unwrap()).unwrap();
    assert_eq!(first["choices"][0]["delta"]["role"], "assistant");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_at_once_has_its_status_and_a_late_one_comes_in_the_stream() {
    let upstream = Upstream::playing([Script::Refuses(429, "{}"), Script::Silent]).await;
    let host = Host::start(&crate::chat::plain(&upstream));
    let refused = host.post("/v1/chat/completions", question()).await;
    assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"].to_str().unwrap()), (429, &"1"));
    // The model's time for its first byte is over after the headers have gone out.
    let late = host.post("/v1/chat/completions", question()).await;
    assert_eq!(late.status(), 200);
    let text = within_patience("the end", late.text()).await.unwrap();
    assert!(text.contains("\"code\":\"model_timeout\"") && !text.contains("[DONE]"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_stands_in_a_chunk_of_its_own_after_the_calls() {
    let upstream = Upstream::playing([Script::Calls("mine", "{\"a\":1}")]).await;
    let host = Host::start(&crate::chat::plain(&upstream));
    let mut body = question();
    body["tools"] = json!([{"type": "function", "function": {"name": "mine"}}]);
    let text = host.post("/v1/chat/completions", body).await.text().await.unwrap();
    let events: Vec<&str> = text.split("\n\n").filter_map(|event| event.strip_prefix("data: ")).collect();
    assert_eq!(events.last(), Some(&"[DONE]"));
    let chunks: Vec<Value> =
        events[..events.len() - 1].iter().map(|event| serde_json::from_str(event).unwrap()).collect();
    let calls = chunks.iter().filter(|chunk| chunk["choices"][0]["delta"].get("tool_calls").is_some());
    let arguments: String = calls
        .map(|chunk| {
            assert_eq!(chunk["choices"][0]["finish_reason"], Value::Null, "{chunk}");
            chunk["choices"][0]["delta"]["tool_calls"][0]["function"]["arguments"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(arguments, "{\"a\":1}");
    let last = chunks.last().unwrap();
    assert_eq!(
        (&last["choices"][0]["delta"], &last["choices"][0]["finish_reason"]),
        (&json!({}), &json!("tool_calls"))
    );
}
