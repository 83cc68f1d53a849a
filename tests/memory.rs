use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::chat::plain;
use crate::support::{Host, Script, Upstream, within_patience};

const MIB: usize = 1 << 20;
/// Bytes of a request that comes near to what a chat may have.
const LARGE: usize = 3_600_000;
/// Requests at once.
const REQUESTS: usize = 20;

/// A request of [`LARGE`] bytes that repeats `item` in the place of `…`.
fn stuffed(around: &str, item: &str) -> String {
    let (before, after) = around.split_once('…').unwrap();
    let room = LARGE - before.len() - after.len();
    let items = item.repeat(room / item.len());
    format!("{before}{}{after}", items.trim_end_matches(','))
}

fn with(field: &str) -> String {
    format!(r#"{{"model":"plain","messages":[{{"role":"user","content":"问"}}],{field}}}"#)
}

/// Sends the same body many times at once; returns status and error code of each.
async fn all_at_once(host: &Host, body: String) -> Vec<(u16, String)> {
    let body = bytes::Bytes::from(body);
    let mut sent = tokio::task::JoinSet::new();
    for _ in 0..REQUESTS {
        let request = host.http.post(format!("{}/v1/chat/completions", host.url)).body(body.clone());
        sent.spawn(async move {
            let response = request.send().await.unwrap();
            let status = response.status().as_u16();
            let answer: Value = response.json().await.unwrap();
            (status, answer["error"]["code"].as_str().unwrap_or_default().to_owned())
        });
    }
    within_patience("the answers to large requests", sent.join_all()).await
}

/// What the host may take above what it took before: four times what was sent, and something for itself.
fn expect_little(host: &Host, before: usize, sent: usize, what: &str) {
    let (peak, most) = (host.peak_memory(), before + 4 * sent + 64 * MIB);
    println!(
        "{what}: {} MiB sent, peak {} MiB above {}",
        sent / MIB,
        peak.saturating_sub(before) / MIB,
        before / MIB
    );
    assert!(peak <= most, "{what}: {} MiB where {} may be", peak / MIB, most / MIB);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_large_requests_take_little_more_memory_than_their_bytes() {
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let host = Host::start(&plain(&upstream));
    assert_eq!(host.ask("plain", "问").await.status, 200);
    let spoken = r#"{"model":"plain","messages":[…]}"#;
    let part = r#"{"model":"plain","messages":[{"role":"user","content":[…]}]}"#;
    for (what, body, code) in [
        ("tools", stuffed(&with(r#""tools":[…]"#), r#"{"type":"a"},"#), "invalid_argument"),
        ("stop", stuffed(&with(r#""stop":[…]"#), "1,"), "invalid_argument"),
        ("plugins", stuffed(&with(r#""plugins":[…]"#), r#""","#), "invalid_plugin_argument"),
        ("depth", stuffed(&with(r#""tools":…"#), "["), "malformed_json"),
        ("messages", stuffed(spoken, r#"{"role":"user","content":"1"},"#), "invalid_messages"),
        (
            "tool calls",
            stuffed(&spoken.replace('…', r#"{"role":"assistant","tool_calls":[…]}"#), "{},"),
            "invalid_messages",
        ),
        ("parts", stuffed(part, r#"{"type":"text","text":"1"},"#), "invalid_messages"),
        ("variables", stuffed(&with(r#""variables":{…}"#), r#""":0,"#), "invalid_argument"),
        ("a variable", stuffed(&with(r#""variables":{"a":[…]}"#), "0,"), "invalid_argument"),
        ("fields", stuffed(&with("…"), r#""a":0,"#), ""),
        ("metadata", stuffed(&with(r#""metadata":{"a":[…]}"#), "{},"), ""),
        ("the model", stuffed(r#"{"model":"…","messages":[{}]}"#, "\\n"), "invalid_messages"),
        (
            "question",
            stuffed(&spoken.replace('…', r#"{"role":"user","content":"…"}"#), "\\n问"),
            "tokens_too_long",
        ),
    ] {
        let before = host.forget_peak();
        let sent = body.len() * REQUESTS;
        for (status, given) in all_at_once(&host, body).await {
            // Without an error of its own it is passed on, and the upstream has nothing more to say.
            let expected = if code.is_empty() { (502, "model_failed") } else { (400, code) };
            assert_eq!((status, given.as_str()), expected, "{what}");
        }
        expect_little(&host, before, sent, what);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn large_requests_that_are_passed_on_are_held_once_and_sent_once() {
    let upstream = Upstream::playing((0..REQUESTS).map(|_| Script::Says(vec!["好"]))).await;
    let host = Host::start(&format!("{}prompt_tokens = 4000000\n", plain(&upstream)));
    let tool = format!(
        r#"{{"type": "function", "function": {{"name": "f", "parameters": {{"description": "{}"}}}}}},"#,
        "说明".repeat(600)
    );
    let body = stuffed(&with(r#""tools":[…]"#), &tool);
    let before = host.forget_peak();
    let sent = body.len() * REQUESTS;
    assert!(all_at_once(&host, body).await.iter().all(|(status, _)| *status == 200));
    expect_little(&host, before, sent, "honest tools");
    let received = upstream.received();
    assert_eq!(received.len(), REQUESTS);
    assert!(received.iter().all(|sent| sent.len() > LARGE - 10_000));
    assert!(String::from_utf8_lossy(&received[0]).contains(tool.trim_end_matches(',')), "as it was written");
    let trace = host.newest_trace_of(REQUESTS).await;
    let call = &trace["model_calls"][0];
    assert!(call["request_text"].as_str().unwrap().contains("…[cut: "));
    assert_eq!(call["request_bytes"], received[0].len());
    let digest = <sha2::Sha256 as sha2::Digest>::digest(&received[0]);
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(call["request_sha256"], digest);
}

#[tokio::test(flavor = "multi_thread")]
async fn half_bodies_take_what_bodies_may_and_keep_no_ordinary_request_out() {
    const HALF: usize = 3 * MIB;
    const CLIENTS: usize = 150;
    let upstream = Upstream::playing([Script::Says(vec!["好"]), Script::Says(vec!["好"])]).await;
    let host = Host::start(&format!("[server]\nmax_body_memory = \"64MiB\"\n{}", plain(&upstream)));
    assert_eq!(host.ask("plain", "问").await.status, 200);
    let before = host.forget_peak();
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..CLIENTS {
        let mut connection = host.connect().await;
        clients.spawn(async move {
            let head =
                "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 4000000\r\n\r\n";
            connection.write_all(head.as_bytes()).await.unwrap();
            connection.write_all(&vec![b' '; HALF]).await.unwrap();
            let mut answer = vec![0; 1024];
            let read = connection.read(&mut answer).await.unwrap();
            (connection, String::from_utf8_lossy(&answer[..read]).into_owned())
        });
    }
    // Those that found no room are told; the others wait with their half.
    let refused = CLIENTS - 64 * MIB / (HALF - 64 * 1024) - 1;
    for _ in 0..refused {
        let (_, answer) = within_patience("a refusal", clients.join_next()).await.unwrap().unwrap();
        assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("retry-after: 1"), "{answer}");
    }
    let (peak, most) = (host.peak_memory(), before + 2 * 64 * MIB + 64 * MIB);
    println!("half bodies: peak {} MiB above {}", (peak - before) / MIB, before / MIB);
    assert!(peak <= most, "{} MiB where {} may be", peak / MIB, most / MIB);
    assert_eq!(host.ask("plain", "问").await.text(), "好", "an ordinary request is served beside them");
    let large = json!({"model": "plain", "messages": [{"role": "user", "content": "长".repeat(MIB)}]});
    let told = host.chat(large.clone()).await;
    assert_eq!((told.status, &told.body["error"]["code"]), (503, &json!("busy")));
    assert!(told.body["error"]["message"].as_str().unwrap().contains("max_body_memory in [server]"));
    clients.abort_all();
    while clients.join_next().await.is_some() {}
    // What the clients that left held is given back.
    let again = async || Some(host.chat(large.clone()).await).filter(|chat| chat.status != 503);
    let again = crate::support::eventually("room for a large body", again).await;
    assert_eq!(again.body["error"]["code"], "tokens_too_long");
}

/// Sends a form of one part.
async fn form(host: &Host, url: &str, part: &str, content: &str) -> reqwest::Result<reqwest::Response> {
    let body = format!("--edge\r\ncontent-disposition: form-data; {part}\r\n\r\n{content}\r\n--edge--\r\n");
    let request = host.http.post(url).header("content-type", "multipart/form-data; boundary=edge");
    request.body(body).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_that_wait_in_memory_count_too() {
    let host = Host::start(
        "[server]\nmax_body_memory = \"2MiB\"\nmax_import_bytes = \"2MiB\"\nmax_chat_bytes = \"1MiB\"\n[knowledge.kb]\n",
    );
    let url = format!("{}/v1/knowledge-bases/kb/documents", host.url);
    let refused = |response: reqwest::Response| async move {
        let status = response.status().as_u16();
        (status, response.text().await.unwrap())
    };
    let document = "问".repeat(600_000);
    // A budget that is spent is told as such, whatever reads the body.
    let head = "POST /v1/knowledge-bases/kb/documents?id=b.unread HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 2000000\r\n\r\n";
    // Each try has one of its own: where the host reads the other request first, it is this one that is refused, and it
    // holds nothing any more.
    let hold = async || {
        let mut waiting = host.connect().await;
        waiting.write_all(head.as_bytes()).await.ok()?;
        waiting.write_all(&vec![b'x'; 1_900_000]).await.ok()?;
        Some(waiting)
    };
    let spent = async || {
        let _waiting = hold().await?;
        // One that is refused in the middle of its form may find the connection closed.
        let response = form(&host, &url, "name=\"file\"; filename=\"a.unread\"", &document).await.ok()?;
        let answer = refused(response).await;
        Some(answer).filter(|(status, text)| *status == 503 && text.contains("max_body_memory in [server]"))
    };
    crate::support::eventually("a refusal of a form", spent).await;
    let spent = async || {
        let _waiting = hold().await?;
        // The connection may be one on which a form was refused, and about to be closed.
        let request = host.http.post(format!("{url}?id=a.unread")).body(document.clone());
        let answer = refused(request.send().await.ok()?).await;
        Some(answer).filter(|(status, text)| *status == 503 && text.contains("max_body_memory in [server]"))
    };
    crate::support::eventually("a refusal of a body", spent).await;
    let too_long = async || {
        let response = form(&host, &url, "name=\"metadata\"", &"[".repeat(70_000)).await.ok()?;
        let (status, text) = refused(response).await;
        Some(()).filter(|()| status == 400 && text.contains("is over 65536 bytes"))
    };
    crate::support::eventually("a refusal of a parameter", too_long).await;
    let too_large = async || {
        let large = "x".repeat(3 * MIB);
        let response = form(&host, &url, "name=\"file\"; filename=\"a.md\"", &large).await.ok()?;
        let (status, text) = refused(response).await;
        Some(()).filter(|()| {
            status == 413 && text.contains("body_too_large") && text.contains("max_import_bytes")
        })
    };
    crate::support::eventually("a refusal of a form that is too large", too_large).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_end_is_cut_off_and_leaves_a_short_trace() {
    let endless = "没完没了".repeat(100);
    let endless: &'static str = endless.leak();
    let upstream = Upstream::playing((0..2).map(|_| Script::SaysWithoutEnd(endless))).await;
    let host = Host::start(&format!("{}max_answer_bytes = \"4MiB\"\n", plain(&upstream)));
    let before = host.forget_peak();
    let body = json!({"model": "plain", "stream": true, "messages": [{"role": "user", "content": "说"}]});
    let response = host.post("/v1/chat/completions", body).await;
    assert_eq!(response.status(), 200);
    let text = within_patience("the end of the answer", response.text()).await.unwrap();
    upstream.client_left().await;
    assert!(!text.ends_with("data: [DONE]\n\n"));
    let error: Value = serde_json::from_str(text.trim_end().rsplit("data: ").next().unwrap()).unwrap();
    assert_eq!(error["error"]["code"], "answer_too_long");
    let said = text.matches("没完没了").count() * "没完没了".len();
    assert!(said <= 4 * MIB && said > 4 * MIB - 2 * endless.len(), "what was said stays said: {said}");
    let chat = host.ask("plain", "说").await;
    assert_eq!((chat.status, &chat.body["error"]["code"]), (502, &json!("answer_too_long")));
    let trace = host.newest_trace_of(2).await;
    assert!(trace["error"].as_str().unwrap().contains("max_answer_bytes"));
    assert!(trace["answer"].as_str().unwrap().contains("…[cut: "));
    assert!(trace.to_string().len() < MIB, "{}", trace.to_string().len());
    let (peak, most) = (host.peak_memory(), before + 64 * MIB);
    assert!(peak <= most, "{} MiB where {} may be", peak / MIB, most / MIB);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_without_end_take_together_what_all_may() {
    const CLIENTS: usize = 24;
    // 16 MiB of answers, in texts that have grown by doubling; up to 10 MiB that wait unread in connections to the model;
    // and something for the host itself, of which a busy machine is slower to give back what has ended.
    const MOST: usize = 96 * MIB;
    let endless: &'static str = "没完没了".repeat(1000).leak();
    let upstream = Upstream::playing((0..=CLIENTS).map(|_| Script::SaysWithoutEnd(endless))).await;
    let host = Host::start(&format!(
        "[server]\nmax_body_memory = \"16MiB\"\nmax_import_bytes = \"1MiB\"\nmax_chat_bytes = \"1MiB\"\n{}",
        plain(&upstream)
    ));
    let before = host.forget_peak();
    let body = json!({"model": "plain", "messages": [{"role": "user", "content": "说"}]});
    let chats = (0..CLIENTS).map(|_| host.chat(body.clone()));
    let chats = within_patience("the end of all answers", futures_util::future::join_all(chats)).await;
    for chat in chats {
        let code = chat.body["error"]["code"].as_str().unwrap().to_owned();
        assert!(
            matches!((chat.status, &*code), (503, "busy") | (502, "answer_too_long")),
            "{} {code}",
            chat.status
        );
    }
    let (peak, most) = (host.peak_memory(), before + MOST);
    println!("endless answers: peak {} MiB above {}", (peak - before) / MIB, before / MIB);
    assert!(peak <= most, "{} MiB where {} may be", peak / MIB, most / MIB);
    assert_eq!(
        host.ask("plain", "说").await.body["error"]["code"],
        "busy",
        "alone it takes more than all may"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_keeps_a_short_trace_and_a_list_carries_no_bodies() {
    let upstream = Upstream::playing([]).await;
    let host = Host::start(&plain(&upstream));
    for turn in 1..=3 {
        let chat = host.ask("plain", &"问".repeat(MIB)).await;
        assert_eq!((chat.status, &chat.body["error"]["code"]), (400, &json!("tokens_too_long")));
        let trace = host.newest_trace_of(turn).await.to_string();
        assert!(trace.len() < 8 << 10 && trace.contains("…[cut: "), "{}", trace.len());
    }
    let list = host.get("/v1/traces?limit=100000").await;
    assert!(list.to_string().len() < 3 * 2048, "{list}");
    let first = &list["data"][0];
    assert_eq!(
        (&first["app"], &first["finish_reason"], &first["usage"]["prompt_tokens"]),
        (&json!("plain"), &json!("error"), &json!(0))
    );
    assert!(first["error"].as_str().unwrap().contains("prompt_tokens"), "{first}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_stream_takes_little_memory_and_gives_it_back() {
    const STREAMS: usize = 300;
    // An optimised build takes about 47 KiB and this one little more, some 10 more until the allocator has given back what opening
    // took. hyper has allocated 41 of them: 8 to read and 8 to write with on either side, and 9 for requests to the model.
    const EACH: usize = 64 << 10;
    let upstream = Upstream::playing((0..STREAMS + 20).map(|_| Script::SaysThenStalls(vec!["你好"]))).await;
    let config = plain(&upstream).replace("stall_timeout = \"1s\"", "stall_timeout = \"10m\"");
    assert_ne!(config, plain(&upstream));
    let host = Host::start(&format!("[server]\nmax_turns = 1000\n{config}"));
    let body = json!({"model": "plain", "stream": true, "messages": [{"role": "user", "content": "问"}]});
    let open = async |count: usize| {
        let streams = (0..count).map(async |_| {
            let mut response = host.post("/v1/chat/completions", body.clone()).await;
            assert!(response.chunk().await.unwrap().is_some());
            response
        });
        within_patience("the first words", futures_util::future::join_all(streams)).await
    };
    // What the first ones need once is not a stream's.
    let first = open(20).await;
    let before = host.memory();
    let streams = open(STREAMS).await;
    let each = host.memory().saturating_sub(before) / STREAMS;
    println!("an open stream takes {} KiB", each >> 10);
    assert!(each <= EACH, "{} KiB where {} may be", each >> 10, EACH >> 10);
    drop((first, streams));
    let given_back = async || {
        let left = host.memory().saturating_sub(before) / STREAMS;
        (left < each / 2).then_some(())
    };
    crate::support::eventually("memory of streams that have ended", given_back).await;
}
