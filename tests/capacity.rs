use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc;

use crate::support::{Host, Script, Upstream};

fn question(stream: bool) -> Value {
    json!({"model": "plain", "stream": stream, "messages": [{"role": "user", "content": "问"}]})
}

#[tokio::test(flavor = "multi_thread")]
async fn one_turn_too_many_is_told_to_come_back_and_the_host_serves_again_after() {
    let (tell, told) = mpsc::unbounded_channel();
    let upstream = Upstream::playing([Script::SaysWhatItIsTold(told), Script::Says(vec!["好"])]).await;
    let host = Host::start(&format!("[server]\nmax_turns = 1\n{}", crate::chat::plain(&upstream)));
    tell.send("在").unwrap();
    // The headers come with the first piece: the turn is at work from here on.
    let held = host.post("/v1/chat/completions", question(true)).await;
    assert_eq!(held.status(), 200);
    for (path, stream) in [("/v1", false), ("/v1", true), ("/v2", false), ("/v2", true)] {
        let refused = host.post(&format!("{path}/chat/completions"), question(stream)).await;
        assert_eq!(refused.status(), 429, "{path}");
        assert!(refused.headers()["retry-after"].to_str().unwrap().parse::<u32>().unwrap() > 0);
        let id = refused.headers()["x-request-id"].to_str().unwrap().to_owned();
        let mut body: Value = refused.json().await.unwrap();
        let message = body["error"]["message"].take();
        assert!(message.as_str().unwrap().contains("max_turns in [server]"), "{message}");
        let expected = match path {
            "/v1" => json!({"error": {"message": null, "type": "rate_limit_error", "param": null,
                                      "code": "too_many_turns", "kind": "too_many_turns"}}),
            _ => json!({"error": {"code": "too_many_turns", "message": null, "type": "rate_limit_error"},
                        "id": id}),
        };
        assert_eq!(body, expected);
    }
    // A sign of life, so that the turn at work does not count as stalled meanwhile.
    tell.send("还在").unwrap();
    // A place comes before the body: none is received that nobody may read.
    let early = host.refused_before_its_body("/v1/chat/completions").await;
    assert!(early.starts_with("HTTP/1.1 429 "), "{early}");
    drop(tell);
    assert!(held.text().await.unwrap().ends_with("data: [DONE]\n\n"), "the turn at work was not disturbed");
    // A request that is wrong gives its place back.
    let wrong = host.post("/v1/chat/completions", json!({"model": "absent"})).await;
    assert_eq!(wrong.status(), 404);
    assert_eq!(host.ask("plain", "问").await.text(), "好");
    assert_eq!(upstream.received().len(), 2, "what was refused never reached the model");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_never_come_take_no_place_of_a_turn() {
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let host = Host::start(&format!("[server]\nmax_turns = 2\n{}", crate::chat::plain(&upstream)));
    let mut halves = Vec::new();
    for _ in 0..4 {
        let mut half = host.connect().await;
        let head = "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n{";
        half.write_all(head.as_bytes()).await.unwrap();
        halves.push(half);
    }
    assert_eq!(host.ask("plain", "问").await.text(), "好");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_too_large_is_refused_in_the_format_of_the_api_that_was_called() {
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let host = Host::start(&format!("[server]\nmax_chat_bytes = 2000\n{}", crate::chat::plain(&upstream)));
    let large = json!({"model": "plain", "messages": [{"role": "user", "content": "长".repeat(1000)}]});
    for path in ["/v1/chat/completions", "/v2/chat/completions", "/v1/knowledge-bases/search"] {
        let refused = host.post(path, large.clone()).await;
        assert_eq!(refused.status(), 413, "{path}");
        let id = refused.headers().get("x-request-id").map(|id| id.to_str().unwrap().to_owned());
        let body: Value = serde_json::from_str(&refused.text().await.unwrap()).unwrap();
        assert_eq!(body["error"]["code"], "body_too_large", "{path}");
        assert!(body["error"]["message"].as_str().unwrap().contains("max_chat_bytes in [server]"), "{body}");
        assert!(id.is_some(), "{path}");
        assert_eq!(body.get("id").and_then(Value::as_str), id.as_deref().filter(|_| path.starts_with("/v2")));
    }
    assert_eq!(host.ask("plain", "问").await.text(), "好");
}
