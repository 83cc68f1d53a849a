//! What a model's endpoint is sent: once more where a connection was closed, with what was thought, with the operator's
//! fields; and what counts as the prompt's length.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::support::{End, Host, Script, Sent, Upstream, hostile, run, within_patience};

/// The requests that came, each by its connection.
pub(crate) struct Connections {
    pub(crate) base_url: String,
    requests: Arc<AtomicUsize>,
    connections: Arc<AtomicUsize>,
}

impl Connections {
    /// An upstream that keeps connections, and answers only the first `well` requests of each: the next
    /// one it reads, and closes.
    pub(crate) async fn that_close_after(well: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
        let (requests, connections) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let counts = (Arc::clone(&requests), Arc::clone(&connections));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counts.1.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream, well, Arc::clone(&counts.0)));
            }
        });
        Self { base_url, requests, connections }
    }

    pub(crate) fn seen(&self) -> (usize, usize) {
        (self.requests.load(Ordering::SeqCst), self.connections.load(Ordering::SeqCst))
    }
}

async fn serve(mut stream: TcpStream, well: usize, requests: Arc<AtomicUsize>) {
    let body = r#"{"choices":[{"message":{"content":"好"},"finish_reason":"stop"}]}"#;
    for answered in 0.. {
        if read_request(&mut stream).await.is_none() {
            return;
        }
        requests.fetch_add(1, Ordering::SeqCst);
        if answered == well {
            return;
        }
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all((head + body).as_bytes()).await.unwrap();
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<()> {
    let mut all = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&all).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let lower = head.to_ascii_lowercase();
            let length = lower.lines().find_map(|line| line.strip_prefix("content-length:")).unwrap_or("0");
            if body.len() >= length.trim().parse().unwrap() {
                return Some(());
            }
        }
        let mut part = [0; 4096];
        match stream.read(&mut part).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => all.extend_from_slice(&part[..read]),
        }
    }
}

fn plain(base_url: &str) -> String {
    format!("[models.up]\nbase_url = \"{base_url}\"\nmodel = \"m\"\n[apps.plain]\nmodel = \"up\"\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_over_a_connection_that_closes_is_sent_once_more_over_a_new_one() {
    let upstream = Connections::that_close_after(1).await;
    let host = Host::start(&plain(&upstream.base_url));
    for _ in 0..6 {
        let chat = host.ask("plain", "问").await;
        assert_eq!((chat.status, chat.text()), (200, "好"), "{}", chat.body);
    }
    let (requests, connections) = upstream.seen();
    assert!(requests > 6 && connections > 1, "connections were kept and closed: {requests}, {connections}");

    let upstream = Connections::that_close_after(0).await;
    let host = Host::start(&plain(&upstream.base_url));
    let chat = host.ask("plain", "问").await;
    assert_eq!((chat.status, &chat.body["error"]["code"]), (503, &json!("model_unavailable")));
    assert_eq!(upstream.seen(), (2, 2), "once more, and no more");
}

/// An app whose model may call a plugin that says what it is given.
fn with_plugin(upstream: &Upstream, model: &str) -> String {
    format!(
        "[models.up]\nbase_url = \"{}\"\nmodel = \"m\"\n{model}\n\
         [plugins.echo]\ncomponent = \"{}\"\nconfig = {{ behaviour = \"echo\" }}\n\
         [apps.app]\nmodel = \"up\"\nplugins = [{{ plugin = \"echo\", route = \"model\" }}]\n[apps.plain]\nmodel = \"up\"\n",
        upstream.base_url,
        hostile().display()
    )
}

fn sent(upstream: &Upstream, place: usize) -> Value {
    serde_json::from_slice(&upstream.received()[place]).unwrap()
}

fn stream_of(events: &[&str]) -> Script {
    let body: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
    Script::Sends(Sent {
        status: 200,
        headers: Vec::new(),
        body: body.into_bytes(),
        cut: usize::MAX,
        end: End::Well,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_thought_before_a_call_goes_back_with_it_under_the_endpoints_own_name() {
    for name in ["reasoning_content", "reasoning"] {
        let thought = format!(r#"{{"choices":[{{"index":0,"delta":{{"{name}":"先查"}}}}]}}"#);
        let call = r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"echo","arguments":"{\"city\":\"郑州\"}"}}]},"finish_reason":"tool_calls"}],
            "usage":{"prompt_tokens":9,"completion_tokens":8,"completion_tokens_details":{"reasoning_tokens":5}}}"#.replace('\n', " ");
        let again = thought.replace("先查", "再想");
        let end = r#"{"choices":[{"index":0,"delta":{"content":"晴"},"finish_reason":"stop"}]}"#;
        let upstream =
            Upstream::playing([stream_of(&[&thought, &call]), stream_of(&[&again, end]), stream_of(&[end])])
                .await;
        let host = Host::start(&with_plugin(&upstream, ""));
        let chat = host.ask("app", "天气").await;
        let message = &chat.body["choices"][0]["message"];
        assert_eq!(
            (&message["content"], &message["reasoning_content"]),
            (&json!("晴"), &json!("先查\n\n再想"))
        );
        assert_eq!(chat.body["usage"]["completion_tokens_details"]["reasoning_tokens"], 5);
        let second = sent(&upstream, 1);
        let asked = second["messages"].as_array().unwrap().iter().find(|m| m["role"] == "assistant").unwrap();
        assert_eq!((&asked["role"], &asked[name]), (&json!("assistant"), &json!("先查")), "{asked}");
        let trace = host.trace(&chat.id).await;
        assert_eq!(trace["model_calls"][0]["reasoning"], "先查");
        assert_eq!(trace["model_calls"][0]["tool_calls"][0]["name"], "echo");
        assert_eq!(trace["usage"]["reasoning_tokens"], 5);

        // A client gives back what it was given; what was thought before a mere answer is not sent on.
        let calls = json!([{"id": "x", "type": "function", "function": {"name": "mine", "arguments": "{}"}}]);
        let messages = json!([
            {"role": "user", "content": "早"},
            {"role": "assistant", "content": "早安", "reasoning_content": "问候"},
            {"role": "user", "content": "天气"},
            {"role": "assistant", "content": null, "reasoning_content": "要查", "tool_calls": calls},
            {"role": "tool", "tool_call_id": "x", "content": "晴"},
        ]);
        let tool = json!({"type": "function", "function": {"name": "mine"}});
        let chat = host.chat(json!({"model": "plain", "tools": [tool], "messages": messages})).await;
        assert_eq!(chat.text(), "晴", "{}", chat.body);
        let messages = &sent(&upstream, 2)["messages"];
        assert!(messages[2].get(name).is_none(), "{messages}");
        assert_eq!(messages[4][name], "要查", "{messages}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn switches_of_thinking_pass_and_the_operators_fields_go_along() {
    let upstream = Upstream::playing((0..2).map(|_| Script::Says(vec!["好"]))).await;
    let extra = "[models.up.extra]\nenable_thinking = false\ntop_k = 20\nchat_template_kwargs = { thinking = true, list = [1, 2.5] }\n";
    let host = Host::start(&with_plugin(&upstream, extra));
    assert_eq!(host.ask("plain", "问").await.status, 200);
    let first = sent(&upstream, 0);
    assert_eq!((&first["enable_thinking"], &first["top_k"]), (&json!(false), &json!(20)));
    assert_eq!(first["chat_template_kwargs"], json!({"thinking": true, "list": [1, 2.5]}));
    let switches = json!({"enable_thinking": true, "thinking": {"type": "enabled"}, "reasoning_effort": "low",
                          "thinking_budget": 100, "chat_template_kwargs": {"enable_thinking": true}});
    let mut request = json!({"model": "plain", "messages": [{"role": "user", "content": "问"}]});
    request.as_object_mut().unwrap().extend(switches.as_object().unwrap().clone());
    let chat = host.chat(request).await;
    assert_eq!(chat.status, 200, "{}", chat.body);
    let second = sent(&upstream, 1);
    for (field, value) in switches.as_object().unwrap() {
        assert_eq!(second[field], *value, "{field}");
    }
    assert_eq!(second["top_k"], 20);
    let ignored = &host.trace(&chat.id).await["ignored_fields"];
    assert_eq!(*ignored, json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn thoughts_that_the_models_template_opens_are_no_part_of_the_answer() {
    let upstream =
        Upstream::playing((0..2).map(|_| Script::Says(vec!["先想", "一想</th", "ink>\n\n好"]))).await;
    let host = Host::start(&with_plugin(&upstream, "starts_thinking = true"));
    let question = |stream: bool| json!({"model": "plain", "stream": stream, "messages": [{"role": "user", "content": "问"}]});
    let whole = host.chat(question(false)).await;
    let message = &whole.body["choices"][0]["message"];
    assert_eq!((&message["content"], &message["reasoning_content"]), (&json!("好"), &json!("先想一想")));
    let streamed = host.post("/v1/chat/completions", question(true)).await.text().await.unwrap();
    let said = |field: &str| {
        let events = streamed.lines().filter_map(|line| line.strip_prefix("data: {"));
        let deltas = events.map(|event| serde_json::from_str::<Value>(&format!("{{{event}")).unwrap());
        let texts = deltas.map(|event| event["choices"][0]["delta"][field].as_str().unwrap_or("").to_owned());
        texts.collect::<String>()
    };
    assert_eq!((said("content"), said("reasoning_content")), ("好".into(), "先想一想".into()), "{streamed}");
}

#[test]
fn fields_that_are_the_hosts_are_refused_in_extra() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    for (field, cause) in [
        ("messages = []", "holds `messages`, which the host itself fills in"),
        ("max_tokens = 5", "holds `max_tokens`, which is a key of the model's own table"),
        ("deep = { a = [nan] }", "holds in `deep` a number without end"),
    ] {
        std::fs::write(
            &path,
            format!(
                "[models.m]\nbase_url = \"http://127.0.0.1:9\"\nmodel = \"m\"\n[models.m.extra]\n{field}\n"
            ),
        )
        .unwrap();
        let output = run(&path, &["check"]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            !output.status.success() && said.contains("models.m.extra") && said.contains(cause),
            "{said}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_to_ask_again_is_read_in_every_form_and_told_where_it_is_of_no_use() {
    let refuses = |status: u16, wait: &str, body: &str| {
        let headers = vec![("retry-after", wait.to_owned())];
        Script::Sends(Sent {
            status,
            headers,
            body: body.as_bytes().to_vec(),
            cut: usize::MAX,
            end: End::Well,
        })
    };
    let date = httpdate::fmt_http_date(std::time::SystemTime::now() + std::time::Duration::from_secs(3000));
    let upstream = Upstream::playing([
        refuses(429, "1.2", "{}"),
        refuses(429, &date, "{}"),
        refuses(401, "9", "{}"),
        stream_of(&[r#"{"error_code":17,"error_msg":"daily"}"#]),
        stream_of(&[r#"{"error_code":18,"error_msg":"qps"}"#]),
    ])
    .await;
    let host = Host::start(&plain(&upstream.base_url));
    let ask = async || {
        let body = json!({"model": "plain", "messages": [{"role": "user", "content": "问"}]});
        let response = host.post("/v1/chat/completions", body).await;
        let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        (response.status().as_u16(), header("retry-after"), header("x-should-retry"))
    };
    assert_eq!(ask().await, (429, Some("2".into()), None));
    let (status, wait, _) = ask().await;
    let wait: u64 = wait.unwrap().parse().unwrap();
    assert!(status == 429 && (2000..=3000).contains(&wait), "{wait}");
    let never = Some("false".to_owned());
    assert_eq!(ask().await, (502, None, never.clone()), "a wrong key");
    assert_eq!(ask().await, (429, None, never), "nothing left for today");
    assert_eq!(ask().await, (429, Some("1".into()), None));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_before_a_call_goes_back_with_it() {
    let call = r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"echo","arguments":"{\"city\":\"郑州\"}"}}]},"finish_reason":"tool_calls"}]}"#;
    let end = r#"{"choices":[{"index":0,"delta":{"content":"晴"},"finish_reason":"stop"}]}"#;
    let text = |text: &str| json!({"choices": [{"index": 0, "delta": {"content": text}}]}).to_string();
    for (pieces, said) in [
        (vec![text("我先查北京的天气，"), text("订单号是 7788。")], "我先查北京的天气，订单号是 7788。"),
        (vec![text("<think>想</think>\n我查")], "我查"),
        (vec![text("\n\n")], ""),
        (Vec::new(), ""),
    ] {
        let first: Vec<&str> = pieces.iter().map(String::as_str).chain([call]).collect();
        let upstream = Upstream::playing([stream_of(&first), stream_of(&[end])]).await;
        let host = Host::start(&with_plugin(&upstream, ""));
        let chat = host.ask("app", "天气").await;
        assert_eq!(chat.status, 200, "{}", chat.body);
        let second = sent(&upstream, 1);
        let asked = second["messages"].as_array().unwrap().iter().find(|m| m["role"] == "assistant").unwrap();
        assert_eq!(asked["content"], said, "{asked}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tools_and_the_answers_length_count_in_the_prompts_budget() {
    let upstream = Upstream::playing((0..3).map(|_| Script::Says(vec!["好"]))).await;
    let config = with_plugin(&upstream, "context_tokens = 2000")
        .replace("[apps.plain]", "[apps.plain]\nprompt_tokens = 1500");
    let host = Host::start(&config);
    let history: Vec<Value> = (0..20)
        .flat_map(|_| ["user", "assistant"].map(|role| json!({"role": role, "content": "长".repeat(60)})))
        .chain([json!({"role": "user", "content": "问"})])
        .collect();
    let tool = json!({"type": "function", "function": {"name": "mine", "description": "长".repeat(600)}});
    let mut estimated = Vec::new();
    for more in [json!({}), json!({"tools": [tool]}), json!({"max_completion_tokens": 1200})] {
        let mut request = json!({"model": "plain", "messages": history});
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let chat = host.chat(request).await;
        assert_eq!(chat.status, 200, "{}", chat.body);
        let trace = host.trace(&chat.id).await;
        let call = &trace["model_calls"][0];
        let [tools, budget] = ["tool_tokens", "prompt_budget"].map(|key| call[key].as_u64().unwrap());
        estimated.push((
            call["estimated_tokens"].as_u64().unwrap(),
            budget,
            tools,
            call["cuts"][0]["reason"].clone(),
        ));
    }
    let [(whole, 1500, 0, _), (beside, budget, tools, reason), (short, 800, 0, asked)] = &estimated[..]
    else {
        panic!("{estimated:?}")
    };
    assert!(
        *whole > 1400 && beside <= budget && *tools > 600 && *budget == 1500 - tools && short <= &800,
        "{estimated:?}"
    );
    assert!(reason.as_str().unwrap().contains("of which the tools take"), "{reason}");
    assert!(asked.as_str().unwrap().contains("the 1200 tokens that the answer may have"), "{asked}");

    let tool = json!({"type": "function", "function": {"name": "mine", "description": "长".repeat(2000)}});
    let request = json!({"model": "plain", "tools": [tool], "messages": [{"role": "user", "content": "问"}]});
    let chat = host.chat(request).await;
    assert_eq!((chat.status, &chat.body["error"]["code"]), (400, &json!("tokens_too_long")));
    let message = chat.body["error"]["message"].as_str().unwrap();
    // No question is short enough, so that the tools are to be.
    assert!(message.contains(", of which the tools take "), "{message}");
    assert!(message.ends_with("); send fewer or shorter tools") && !message.contains(",)"), "{message}");
}

/// What the operator lets an answer have is sent as the client's word would be, and takes as much of the context.
#[tokio::test(flavor = "multi_thread")]
async fn the_operators_length_of_an_answer_counts_as_the_clients_does() {
    for length in ["max_tokens = 1200", "extra = { max_completion_tokens = 1200 }"] {
        let upstream = Upstream::playing((0..2).map(|_| Script::Says(vec!["好"]))).await;
        let config = with_plugin(&upstream, &format!("context_tokens = 2000\n{length}"))
            .replace("[apps.plain]", "[apps.plain]\nprompt_tokens = 1500");
        let host = Host::start(&config);
        let ask = async |question: &str, more: Value| {
            let mut request = json!({"model": "plain", "messages": [{"role": "user", "content": question}]});
            request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            host.chat(request).await
        };
        let chat = ask("问", json!({})).await;
        let trace = host.trace(&chat.id).await;
        let call = &trace["model_calls"][0];
        assert_eq!((&call["prompt_budget"], &call["answer_tokens"]), (&json!(800), &json!(1200)), "{length}");
        let long = "长".repeat(1000);
        let chat = ask(long.as_str(), json!({})).await;
        assert_eq!((chat.status, &chat.body["error"]["code"]), (400, &json!("tokens_too_long")), "{length}");
        let message = chat.body["error"]["message"].as_str().unwrap();
        assert!(
            message.ends_with("beside the 1200 tokens that the answer may have); shorten it"),
            "{message}"
        );
        // The client's word replaces it.
        let chat = ask(long.as_str(), json!({"max_tokens": 100})).await;
        assert_eq!(chat.status, 200, "{}", chat.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clients_tool_with_a_plugins_name_is_refused() {
    let upstream = Upstream::playing([]).await;
    let host = Host::start(&with_plugin(&upstream, ""));
    let tool = |name: &str| json!({"type": "function", "function": {"name": name}});
    for (named, told) in [
        (tool("echo"), "tools[1]: `echo` is a plugin"),
        (json!({"type": "editor", "name": "echo"}), "tools[1]: `echo` is a plugin"),
        // Neither could be called, whatever its name is.
        (
            json!({"type": "custom", "custom": {"name": "echo"}}),
            "tools[1]: a tool of the type `custom` is not served",
        ),
        (
            json!({"type": "function", "name": "echo"}),
            "tools[1]: `name`, `description` and `parameters` of a function stand in",
        ),
    ] {
        let request = json!({"model": "app", "tools": [tool("mine"), named],
                             "messages": [{"role": "user", "content": "问"}]});
        let chat = host.chat(request).await;
        assert_eq!((chat.status, &chat.body["error"]["code"]), (400, &json!("invalid_argument")), "{named}");
        let message = chat.body["error"]["message"].as_str().unwrap();
        assert!(message.starts_with(told), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fragments_of_a_call_reach_the_client_as_they_come() {
    let (tell, told) = mpsc::unbounded_channel();
    let upstream = Upstream::playing([Script::SendsWhatItIsTold(told)]).await;
    let host = Host::start(
        &plain(&upstream.base_url).replace("model = \"m\"", "model = \"m\"\nstall_timeout = \"10min\""),
    );
    let fragment = |fragment: &str| {
        format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"tool_calls\":[{fragment}]}}}}]}}\n\n")
    };
    let tool = json!({"type": "function", "function": {"name": "mine"}});
    let request = json!({"model": "plain", "stream": true, "tools": [tool], "messages": [{"role": "user", "content": "问"}]});
    tell.send(fragment(r#"{"index":3,"id":"c","function":{"name":"mine","arguments":"{\"first\""}}"#))
        .unwrap();
    let mut response = host.post("/v1/chat/completions", request).await;
    let mut heard = String::new();
    let mut until = async |part: &str, heard: &mut String| {
        while !heard.contains(part) {
            let chunk = within_patience(part, response.chunk()).await.unwrap().expect("the stream goes on");
            heard.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    };
    until("first", &mut heard).await;
    assert!(heard.contains(r#""index":0,"id":"c""#), "{heard}");
    tell.send(fragment(r#"{"index":3,"function":{"arguments":":\"second\"}"}}"#)).unwrap();
    until("second", &mut heard).await;
    assert!(!heard.contains(r#""finish_reason":"tool_calls""#), "{heard}");
    tell.send(
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"
            .to_owned(),
    )
    .unwrap();
    until("[DONE]", &mut heard).await;
    assert!(heard.contains(r#""finish_reason":"tool_calls""#), "{heard}");
}
