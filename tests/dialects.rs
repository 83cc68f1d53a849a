//! A table of what endpoints send that call themselves compatible. Each is sent whole, in pieces and byte by byte, and
//! asked for streamed and not.

mod answers;
mod faults;
mod other;
mod thinking;

use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Arc, Mutex};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{End, Host, Script, Sent, Upstream};
use answers::{texts, tool_calls};
use faults::faults;

/// What a client gets of an answer.
#[derive(Debug, Clone, PartialEq)]
struct Heard {
    status: u16,
    /// The code of an error.
    code: String,
    text: String,
    reasoning: String,
    refusal: String,
    /// Name and arguments of each.
    calls: Vec<(String, String)>,
    finish_reason: String,
    /// Prompt and completion as the endpoint counts them; 0 where it does not.
    usage: (u64, u64),
    /// Whether some of these are the host's estimate.
    is_estimated: bool,
}

struct Dialect {
    name: &'static str,
    content_type: &'static str,
    body: String,
    end: End,
    heard: Heard,
    /// What the trace says of an error.
    told: &'static str,
}

fn dialect(name: &'static str, body: impl Into<String>, heard: Heard) -> Dialect {
    Dialect { name, content_type: "text/event-stream", body: body.into(), end: End::Well, heard, told: "" }
}

impl Dialect {
    fn called(self, content_type: &'static str) -> Self {
        Self { content_type, ..self }
    }

    fn ending(self, end: End) -> Self {
        Self { end, ..self }
    }
}

/// No answer: status and code of the client's error, and what the trace says.
fn fails(name: &'static str, body: &str, status: u16, code: &str, told: &'static str) -> Dialect {
    let heard = Heard { status, code: code.into(), ..says("") };
    let heard = Heard { finish_reason: String::new(), ..heard };
    Dialect { told, ..dialect(name, body, heard) }
}

fn says(text: &str) -> Heard {
    Heard {
        status: 200,
        code: String::new(),
        text: text.into(),
        reasoning: String::new(),
        refusal: String::new(),
        calls: Vec::new(),
        finish_reason: "stop".into(),
        usage: (0, 0),
        is_estimated: false,
    }
}

fn calls<const N: usize>(calls: [(&str, &str); N]) -> Heard {
    let calls = calls.map(|(name, arguments)| (name.to_owned(), arguments.to_owned())).into();
    Heard { calls, finish_reason: "tool_calls".into(), ..says("") }
}

fn event(text: impl std::fmt::Display) -> String {
    format!("data: {text}\n\n")
}

fn delta(delta: &str) -> String {
    event(format_args!(r#"{{"id":"x","choices":[{{"index":0,"delta":{delta},"finish_reason":null}}]}}"#))
}

fn finish(reason: &str) -> String {
    event(format_args!(r#"{{"choices":[{{"index":0,"delta":{{}},"finish_reason":"{reason}"}}]}}"#))
        + "data: [DONE]\n\n"
}

/// A stream of these fragments of calls.
fn called_in<const N: usize>(fragments: [&str; N], reason: &str) -> String {
    let deltas = fragments.map(|fragment| delta(&format!(r#"{{"tool_calls":[{fragment}]}}"#)));
    deltas.concat() + &finish(reason)
}

fn whole(message: &str, reason: &str) -> String {
    format!(
        r#"{{"object":"chat.completion","choices":[{{"index":0,"message":{message},"finish_reason":{reason}}}]}}"#
    )
}

fn well() -> String {
    delta(r#"{"role":"assistant","content":""}"#) + &delta(r#"{"content":"好"}"#) + &finish("stop")
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// The ways in which each is sent.
fn ways(dialect: &Dialect) -> Vec<Sent> {
    let sent = |cut: usize| {
        let content_type =
            (!dialect.content_type.is_empty()).then(|| ("content-type", dialect.content_type.to_owned()));
        let headers = content_type.into_iter().collect();
        Sent { status: 200, headers, body: dialect.body.clone().into_bytes(), cut, end: dialect.end }
    };
    let length = dialect.body.len();
    // Byte by byte a long one takes longer than it tells.
    let mut ways =
        vec![sent(usize::MAX), sent(length.div_ceil(7).max(1)), sent(if length > 10_000 { 1000 } else { 1 })];
    let mut packed = Sent { body: gzip(&dialect.body), ..sent(11) };
    packed.headers.push(("content-encoding", "gzip".to_owned()));
    ways.push(packed);
    ways
}

fn question(stream: bool) -> Value {
    let tool = |name: &str| json!({"type": "function", "function": {"name": name, "parameters": {"type": "object"}}});
    json!({"model": "plain", "stream": stream, "stream_options": {"include_usage": true},
           "tools": [tool("mine"), tool("other")], "messages": [{"role": "user", "content": "问"}]})
}

/// Asks, puts together what comes, and gives the turn's id.
async fn hear(host: &Host, stream: bool) -> (Heard, String) {
    let response = host.post("/v1/chat/completions", question(stream)).await;
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let status = response.status().as_u16();
    let body = response.text().await.unwrap();
    let mut heard = Heard { status, finish_reason: String::new(), ..says("") };
    let events: Vec<Value> = if body.starts_with("data:") {
        let events = body.lines().filter_map(|line| line.strip_prefix("data: "));
        events.filter(|data| *data != "[DONE]").map(|data| serde_json::from_str(data).unwrap()).collect()
    } else {
        vec![serde_json::from_str(&body).unwrap()]
    };
    for event in events {
        if let Some(error) = event["error"].as_object() {
            heard.code = error["code"].as_str().unwrap().to_owned();
        }
        if let Some(usage) = event["usage"].as_object() {
            heard.usage =
                (usage["prompt_tokens"].as_u64().unwrap(), usage["completion_tokens"].as_u64().unwrap());
            heard.is_estimated = usage.get("estimated").is_some_and(|estimated| estimated == true);
        }
        let choice = &event["choices"][0];
        let said = if choice["delta"].is_object() { &choice["delta"] } else { &choice["message"] };
        heard.text += said["content"].as_str().unwrap_or_default();
        heard.reasoning += said["reasoning_content"].as_str().unwrap_or_default();
        heard.refusal += said["refusal"].as_str().unwrap_or_default();
        for call in said["tool_calls"].as_array().into_iter().flatten() {
            let function = &call["function"];
            let index = call["index"].as_u64().map_or(heard.calls.len(), |index| index as usize);
            if let Some(name) = function["name"].as_str() {
                assert_eq!(index, heard.calls.len());
                assert!(!call["id"].as_str().unwrap().is_empty());
                heard.calls.push((name.to_owned(), String::new()));
            }
            heard.calls[index].1 += function["arguments"].as_str().unwrap_or_default();
        }
        heard.finish_reason += choice["finish_reason"].as_str().unwrap_or_default();
    }
    (heard, id)
}

/// Plays each dialect in each way, and expects what it says.
async fn all_are_heard(dialects: Vec<Dialect>) {
    let scripts =
        dialects.iter().flat_map(|dialect| ways(dialect).into_iter().flat_map(|sent| [sent.clone(), sent]));
    let upstream = Upstream::playing(scripts.map(Script::Sends)).await;
    let host = Host::start(&crate::chat::plain(&upstream));
    for dialect in &dialects {
        for sent in ways(dialect) {
            for stream in [false, true] {
                let how = format!("{}, {} bytes at a time, streamed: {stream}", dialect.name, sent.cut);
                let (mut heard, id) = hear(&host, stream).await;
                let mut expected = dialect.heard.clone();
                if stream && !expected.code.is_empty() && heard.status == 200 {
                    // Its status was out when it failed.
                    expected.status = 200;
                } else if !expected.code.is_empty() {
                    expected.text.clear();
                    heard.text.clear();
                }
                let trace = host.trace(&id).await;
                // What the endpoint has not counted is estimated, and said to be.
                let lacks = |told: u64, heard: u64| told == 0 && heard > 0;
                assert!(!heard.is_estimated || trace["usage"]["estimated"] == true, "{how}: {trace}");
                if lacks(expected.usage.0, heard.usage.0) || lacks(expected.usage.1, heard.usage.1) {
                    assert_eq!(trace["usage"]["estimated"], true, "{how}: {trace}");
                    assert!(heard.is_estimated, "the client is told so: {how}");
                    expected.is_estimated = true;
                    let (prompt, completion) = expected.usage;
                    expected.usage = (
                        if prompt == 0 { heard.usage.0 } else { prompt },
                        if completion == 0 { heard.usage.1 } else { completion },
                    );
                } else if dialect.heard.code.is_empty()
                    || dialect.heard.text.is_empty() && !dialect.told.starts_with("broke off")
                {
                    // A refusal takes nothing; what broke off has taken its prompt.
                    assert_eq!(trace["usage"]["estimated"], Value::Null, "{how}: {trace}");
                }
                if expected.code.is_empty() {
                    let said = format!("{}{}{}", expected.text, expected.reasoning, expected.refusal);
                    let some = u64::from(!said.is_empty() || !expected.calls.is_empty());
                    assert!(heard.usage.0 > 0 && heard.usage.1 >= some, "{how}: {:?}", heard.usage);
                }
                assert_eq!(heard, expected, "{how}: {}", dialect.body);
                let error = trace["error"].as_str().unwrap_or_default();
                match dialect.told {
                    "" => assert_eq!(error, "", "{how}"),
                    told => assert!(error.contains(told), "{how}: {error}"),
                }
                let call = &trace["model_calls"][0];
                assert_eq!(call["reasoning"].as_str().unwrap_or_default(), dialect.heard.reasoning, "{how}");
                assert_eq!(trace["refusal"].as_str().unwrap_or_default(), dialect.heard.refusal, "{how}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_is_told_as_an_error_in_every_dialect() {
    all_are_heard(faults()).await;
}

/// One fact is told in one way, whatever status the endpoint puts beside it, and with the wait it asks for.
#[tokio::test(flavor = "multi_thread")]
async fn an_error_means_the_same_beside_every_status() {
    let rows = [
        (
            r#"{"error_code":17,"error_msg":"daily"}"#,
            &[200, 429, 500][..],
            429,
            "model_quota_exceeded",
            Some("30"),
            "false",
        ),
        (
            r#"{"error":{"code":"insufficient_quota","message":"m"}}"#,
            &[200, 429],
            429,
            "model_quota_exceeded",
            Some("30"),
            "false",
        ),
        (
            r#"{"error":{"code":"Arrearage","message":"m"}}"#,
            &[200, 403],
            429,
            "model_quota_exceeded",
            Some("30"),
            "false",
        ),
        (
            r#"{"error":{"code":"insufficient_balance"}}"#,
            &[200, 402],
            429,
            "model_quota_exceeded",
            Some("30"),
            "false",
        ),
        (r#"{"error_code":18,"error_msg":"qps"}"#, &[200, 429, 500], 429, "model_busy", Some("30"), ""),
        (r#"{"error":{"code":"rate_limit_exceeded"}}"#, &[200, 429], 429, "model_busy", Some("30"), ""),
        (r#"{"error":{"code":"context_length_exceeded"}}"#, &[200, 400], 400, "model_refused", None, ""),
        (r#"{"error":{"code":"invalid_api_key"}}"#, &[200, 401], 502, "model_failed", None, "false"),
        (
            r#"{"error_code":110,"error_msg":"Access token invalid"}"#,
            &[200, 401],
            502,
            "model_failed",
            None,
            "false",
        ),
        (r#"{"error":{"code":"model_not_found"}}"#, &[200, 404], 502, "model_failed", None, "false"),
        // Some write a line break into a text as it is.
        (
            "{\"error\":{\"code\":\"Arrearage\",\"message\":\"a\nb\"}}",
            &[200, 403],
            429,
            "model_quota_exceeded",
            Some("30"),
            "false",
        ),
        // Nobody's setting is wrong, and the same may go well later.
        (r#"{"error":{"message":"away"}}"#, &[408, 409, 425, 499, 500], 502, "model_failed", Some("30"), ""),
        // A gateway before it says that nobody is there.
        (r#"{"error":{"message":"away"}}"#, &[502, 503, 504], 503, "model_unavailable", Some("30"), ""),
    ];
    let sent = |body: &str, status: u16| {
        let headers = vec![("content-type", "application/json".to_owned()), ("retry-after", "30".to_owned())];
        Sent { status, headers, body: body.as_bytes().to_vec(), cut: usize::MAX, end: End::Well }
    };
    let scripts = rows.iter().flat_map(|row| row.1.iter().map(|status| Script::Sends(sent(row.0, *status))));
    let upstream = Upstream::playing(scripts).await;
    let host = Host::start(&crate::chat::plain(&upstream));
    for (body, statuses, status, code, wait, again) in rows {
        for came in statuses {
            let response = host.post("/v1/chat/completions", question(false)).await;
            let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
            let (told, retry_after) = (response.status().as_u16(), header("retry-after"));
            let should_retry = header("x-should-retry");
            let error: Value = response.json().await.unwrap();
            assert_eq!((told, error["error"]["code"].as_str()), (status, Some(code)), "{came}: {body}");
            assert_eq!(retry_after.as_deref(), wait, "{came}: {body}");
            if !again.is_empty() {
                assert_eq!(should_retry.as_deref(), Some(again), "{came}: {body}");
            }
        }
    }
}

/// What came in place of an answer is told as what it was.
#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_sends_nothing_is_told_apart_from_one_that_breaks_off() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
    let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: ";
    // An endpoint that was away three times in a row would not be asked any more.
    let rows = [
        (
            "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n".to_owned(),
            "it answered HTTP 204 with an empty body",
        ),
        ("SSH-2.0-OpenSSH_9.6\r\n\r\n".to_owned(), "ended before its answer began: what came is not HTTP"),
        (format!("{head}0\r\n\r\n"), "it answered HTTP 200 with an empty body"),
        (String::new(), "the connection ended before its answer began"),
        (format!("{head}2\r\n\r\n[]"), "no choice came; it said []"),
        (format!("{head}9\r\n\r\n{{"), "broke off in the middle of its answer"),
    ];
    // Without a byte of HTTP there is nobody who answers.
    let is_away = |sent: &str| !sent.starts_with("HTTP");
    // A connection that ends without a byte is made once more.
    let times = |sent: &str| if sent.is_empty() { 4 } else { 2 };
    let sent: VecDeque<String> = rows.iter().flat_map(|(sent, _)| vec![sent.clone(); times(sent)]).collect();
    let sent = Arc::new(Mutex::new(sent));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let sent = Arc::clone(&sent);
            tokio::spawn(async move {
                let mut asked = Vec::new();
                while !asked.ends_with(b"}") {
                    if stream.read_buf(&mut asked).await.unwrap() == 0 {
                        return;
                    }
                }
                let sent = sent.lock().unwrap().pop_front().unwrap();
                stream.write_all(sent.as_bytes()).await.unwrap();
            });
        }
    });
    let host = Host::start(&format!(
        "[models.up]\nbase_url = \"{base_url}\"\nmodel = \"m\"\n[apps.plain]\nmodel = \"up\"\n"
    ));
    for (sent, told) in rows {
        for stream in [false, true] {
            let body =
                json!({"model": "plain", "stream": stream, "messages": [{"role": "user", "content": "问"}]});
            let chat = host.chat(body).await;
            let expected = if is_away(&sent) {
                (503, &json!("model_unavailable"))
            } else {
                (502, &json!("model_failed"))
            };
            assert_eq!((chat.status, &chat.body["error"]["code"]), expected, "{sent}");
            let trace = host.trace(&chat.id).await;
            assert!(trace["error"].as_str().unwrap().contains(told), "{sent}: {trace}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_a_word_is_an_error_but_where_it_may_be_meant() {
    let nothing = |reason: &str| delta(r#"{"role":"assistant","content":""}"#) + &finish(reason);
    let thoughts = delta(r#"{"reasoning_content":"想一想"}"#) + &finish("stop");
    let bare = json!({"model": "plain", "messages": [{"role": "user", "content": "问"}]});
    let with = |field: &str, value: Value| {
        let mut body = bare.clone();
        body[field] = value;
        body
    };
    let rows = [
        (nothing("stop"), bare.clone(), 502, "gave an empty answer"),
        (whole(r#"{"content":null}"#, "\"stop\""), bare.clone(), 502, "gave an empty answer"),
        (whole(r#"{"content":" \n"}"#, "\"stop\""), bare.clone(), 502, "gave an empty answer"),
        (thoughts, bare.clone(), 502, "and only thought"),
        // What cut it off is in its finish_reason.
        (nothing("length"), with("max_tokens", 1.into()), 200, ""),
        (nothing("content_filter"), bare.clone(), 200, ""),
        (nothing("stop"), with("stop", json!(["。"])), 200, ""),
        (nothing("stop"), question(false), 200, ""),
    ];
    let sent = |body: &str| Sent {
        status: 200,
        headers: vec![("content-type", "text/event-stream".to_owned())],
        body: body.as_bytes().to_vec(),
        cut: usize::MAX,
        end: End::Well,
    };
    let upstream = Upstream::playing(rows.iter().map(|row| Script::Sends(sent(&row.0)))).await;
    let host = Host::start(&crate::chat::plain(&upstream));
    for (said, body, status, told) in rows {
        let chat = host.chat(body).await;
        assert_eq!(chat.status, status, "{said}: {}", chat.body);
        let trace = host.trace(&chat.id).await;
        if status == 502 {
            assert_eq!(chat.body["error"]["code"], "empty_answer", "{said}");
            let error = trace["error"].as_str().unwrap();
            assert!(error.contains(told) && trace["model_calls"][0]["error"] == error, "{said}: {trace}");
        } else {
            assert_eq!(trace["error"], Value::Null, "{said}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_wait_is_told_as_long_and_no_client_tries_before_it_is_over() {
    let waits = [
        ("1", "try again shortly", None),
        ("90", "in 90 seconds", Some("false")),
        ("86400", "in 24 hours", Some("false")),
    ];
    let sent = |wait: &str| Sent {
        status: 429,
        headers: vec![("content-type", "application/json".to_owned()), ("retry-after", wait.to_owned())],
        body: br#"{"error":{"code":"rate_limit_exceeded","message":"m"}}"#.to_vec(),
        cut: usize::MAX,
        end: End::Well,
    };
    let upstream = Upstream::playing(waits.iter().map(|row| Script::Sends(sent(row.0)))).await;
    let host = Host::start(&crate::chat::plain(&upstream));
    for (wait, told, again) in waits {
        let response = host.post("/v1/chat/completions", question(false)).await;
        let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (retry_after, should_retry) = (header("retry-after"), header("x-should-retry"));
        assert_eq!((retry_after.as_deref(), should_retry.as_deref()), (Some(wait), again));
        let error: Value = response.json().await.unwrap();
        assert!(error["error"]["message"].as_str().unwrap().contains(told), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_in_another_charset_is_read() {
    let (body, ..) = encoding_rs::GBK.encode(
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"好的\"},\"finish_reason\":\"stop\"}]}\n\n",
    );
    let headers = vec![("content-type", "text/event-stream; charset=gbk".to_owned())];
    let sent = Sent { status: 200, headers, body: body.into_owned(), cut: 1, end: End::Well };
    let upstream = Upstream::playing([Script::Sends(sent)]).await;
    let host = Host::start(&crate::chat::plain(&upstream));
    let (heard, _) = hear(&host, false).await;
    assert_eq!(Heard { usage: (0, 0), is_estimated: false, ..heard }, says("好的"));
}

#[tokio::test(flavor = "multi_thread")]
async fn tool_calls_are_put_together_from_every_dialect() {
    all_are_heard(tool_calls()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_and_thoughts_are_heard_in_every_dialect() {
    all_are_heard(texts()).await;
}
