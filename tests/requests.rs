use std::io::Write;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use serde_json::{Value, json};

use crate::support::{Host, Script, Upstream};

fn says(count: usize) -> Vec<Script> {
    (0..count).map(|_| Script::Says(vec!["好"])).collect()
}

/// What the upstream was sent last.
fn sent(upstream: &Upstream) -> Value {
    serde_json::from_slice(upstream.received().last().unwrap()).unwrap()
}

/// An app whose model takes images, beside the one whose model takes none.
fn seeing(upstream: &Upstream) -> String {
    format!(
        "{}\n[models.eye]\nbase_url = \"{}\"\nmodel = \"eye\"\nvision = true\n[apps.eye]\nmodel = \"eye\"\n",
        crate::chat::plain(upstream),
        upstream.base_url
    )
}

fn image(url: &str) -> Value {
    json!({"type": "image_url", "image_url": {"url": url, "detail": "low"}})
}

#[tokio::test(flavor = "multi_thread")]
async fn images_go_to_models_that_take_them_and_leave_a_note_with_others() {
    let upstream = Upstream::playing(says(3)).await;
    let host = Host::start(&seeing(&upstream));
    let text = |text: &str| json!({"type": "text", "text": text});
    let picture = image("data:image/png;base64,iVBORw0KGgo=");
    let asked = json!([text("这是"), picture, text("什么？")]);
    let later = json!([
        {"role": "user", "content": asked},
        {"role": "assistant", "content": "一朵花"},
        {"role": "user", "content": "什么颜色？"},
    ]);
    let body = |app: &str, messages: &Value| json!({"model": app, "messages": messages});
    assert_eq!(host.chat(body("eye", &json!([{"role": "user", "content": asked}]))).await.status, 200);
    assert_eq!(sent(&upstream)["messages"].as_array().unwrap().last().unwrap()["content"], asked);
    assert_eq!(host.chat(body("eye", &later)).await.status, 200);
    let went = sent(&upstream);
    assert!(went["messages"].as_array().unwrap().iter().any(|message| message["content"] == asked), "{went}");
    assert_eq!(host.chat(body("plain", &later)).await.status, 200);
    let went = sent(&upstream).to_string();
    assert!(
        went.contains("这是什么？（这里有一张图片，没有提供给模型。）") && !went.contains("base64"),
        "{went}"
    );
    // A question with one cannot be answered without looking.
    let refused = host.chat(body("plain", &json!([{"role": "user", "content": asked}]))).await;
    assert_eq!((refused.status, &refused.body["error"]["code"]), (400, &json!("invalid_messages")));
    let message = refused.body["error"]["message"].as_str().unwrap();
    assert!(message.contains("messages[0]") && message.contains("vision = true"), "{message}");
    for part in [
        json!({"type": "input_audio", "input_audio": {"data": ""}}),
        json!({"type": "video_url", "video_url": {"url": "https://example.com/a.mp4"}}),
        json!({"type": "text"}),
        json!({"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}),
        json!({"type": "image_url"}),
        json!({"text": "ohne"}),
    ] {
        let refused = host.chat(body("eye", &json!([{"role": "user", "content": [part]}]))).await;
        assert_eq!(
            (refused.status, &refused.body["error"]["code"]),
            (400, &json!("invalid_messages")),
            "{part}"
        );
        let message = refused.body["error"]["message"].as_str().unwrap();
        assert!(message.starts_with("messages[0]"), "{part}: {message}");
    }
    assert_eq!(upstream.received().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_is_only_an_image_is_one() {
    let upstream = Upstream::playing(says(1)).await;
    let host = Host::start(&seeing(&upstream));
    let content = json!([image("https://a.example/b.png")]);
    let body = json!({"model": "eye", "messages": [{"role": "user", "content": content}]});
    let chat = host.chat(body).await;
    assert_eq!(chat.status, 200, "{}", chat.body);
    assert_eq!(sent(&upstream)["messages"].as_array().unwrap().last().unwrap()["content"], content);
    assert_eq!(host.trace(&chat.id).await["question"], "[图片]");
}

#[tokio::test(flavor = "multi_thread")]
async fn half_an_emoji_and_a_mark_of_the_encoding_are_read() {
    let upstream = Upstream::playing(says(2)).await;
    let host = Host::start(&crate::chat::plain(&upstream));
    let post = |body: Vec<u8>| {
        let request = host.http.post(format!("{}/v1/chat/completions", host.url));
        request.header("content-type", "application/json").body(body).send()
    };
    let escaped = r#"{"model":"plain","messages":[{"role":"user","content":"好\ud83d"}],"tools":[{"type":"function","function":{"name":"a","description":"\ude00"}}]}"#;
    assert_eq!(post(escaped.into()).await.unwrap().status(), 200);
    let went = sent(&upstream);
    assert_eq!(went["messages"].as_array().unwrap().last().unwrap()["content"], "好\u{fffd}");
    assert_eq!(went["tools"][0]["function"]["description"], "\u{fffd}");
    let mut marked = b"\xef\xbb\xbf".to_vec();
    marked.extend_from_slice(r#"{"model":"plain","messages":[{"role":"user","content":""#.as_bytes());
    marked.extend_from_slice(b"\xed\xa0\xbd\"}]}");
    assert_eq!(post(marked).await.unwrap().status(), 200);
    assert_eq!(sent(&upstream)["messages"].as_array().unwrap().last().unwrap()["content"], "\u{fffd}");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn packed_bodies_are_read_and_bounded_by_what_comes_out() {
    let upstream = Upstream::playing(says(4)).await;
    let host =
        Host::start(&format!("[server]\nmax_chat_bytes = \"1MiB\"\n{}", crate::chat::plain(&upstream)));
    let body = |length: usize| {
        json!({"model": "plain", "user": "x".repeat(length), "messages": [{"role": "user", "content": "问"}]})
            .to_string()
            .into_bytes()
    };
    let post = async |encoding: &str, body: Vec<u8>| {
        let request =
            host.http.post(format!("{}/v1/chat/completions", host.url)).header("content-encoding", encoding);
        let response = request.header("content-type", "application/json").body(body).send().await.unwrap();
        let status = response.status().as_u16();
        let said: Value = response.json().await.unwrap();
        (status, said["error"]["code"].as_str().unwrap_or_default().to_owned())
    };
    let well = (200, String::new());
    assert_eq!(post("gzip", gzip(&body(500_000))).await, well);
    assert_eq!(post("X-GZIP", [gzip(b"  "), gzip(&body(10))].concat()).await, well, "two members");
    assert_eq!(post("deflate", deflate(&body(1000))).await, well);
    assert_eq!(post("identity", body(10)).await, well);
    // Sixteen megabytes in some kilobytes.
    assert_eq!(post("gzip", gzip(&body(16 << 20))).await, (413, "body_too_large".into()));
    for (broken, code) in [
        (&gzip(&body(1000))[..40], "invalid_request"),
        (b"not packed", "invalid_request"),
        (&[], "malformed_json"),
    ] {
        assert_eq!(post("gzip", broken.to_vec()).await, (400, code.to_owned()));
    }
    for unknown in ["br", "zstd", "gzip, gzip"] {
        assert_eq!(post(unknown, body(10)).await, (415, "unsupported_encoding".into()), "{unknown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_older_roles_are_understood() {
    let upstream = Upstream::playing([
        Script::Says(vec!["好"]),
        Script::Calls("weather", "{\"city\":\"京\"}"),
        Script::Calls("weather", "{\"city\":\"京\"}"),
    ])
    .await;
    let host = Host::start(&crate::chat::plain(&upstream));
    let functions = json!([{"name": "weather", "parameters": {"type": "object"}}]);
    let messages = json!([
        {"role": "developer", "content": "简短"},
        {"role": "user", "name": "amy", "content": "天气？"},
        {"role": "assistant", "content": null, "function_call": {"name": "weather", "arguments": "{}"}},
        {"role": "function", "name": "weather", "content": "晴"},
    ]);
    let chat = host.chat(json!({"model": "plain", "messages": messages, "functions": functions, "function_call": {"name": "weather"}})).await;
    assert_eq!(chat.status, 200, "{}", chat.body);
    assert_eq!(
        host.trace(&chat.id).await["ignored_fields"],
        json!([]),
        "the result's name goes on as its call's id"
    );
    let went = sent(&upstream);
    let function = json!({"name": "weather", "arguments": "{}"});
    assert_eq!(
        went["messages"],
        json!([
            {"role": "system", "content": "简短"},
            {"role": "user", "name": "amy", "content": "天气？"},
            {"role": "assistant", "content": "", "tool_calls": [{"id": "call_function_1", "type": "function", "function": function}]},
            {"role": "tool", "content": "晴", "tool_call_id": "call_function_1"},
        ])
    );
    assert_eq!(went["tools"], json!([{"type": "function", "function": functions[0]}]));
    assert_eq!(went["tool_choice"], json!({"type": "function", "function": {"name": "weather"}}));
    assert!(went.get("functions").is_none() && went.get("function_call").is_none(), "{went}");
    // Whoever asks in the older form is answered in it.
    let ask = |stream: bool| json!({"model": "plain", "stream": stream, "functions": functions, "messages": [{"role": "user", "content": "天气？"}]});
    let chat = host.chat(ask(false)).await;
    let choice = &chat.body["choices"][0];
    assert_eq!(choice["finish_reason"], "function_call");
    assert_eq!(
        choice["message"]["function_call"],
        json!({"name": "weather", "arguments": "{\"city\":\"京\"}"})
    );
    let streamed = host.post("/v1/chat/completions", ask(true)).await.text().await.unwrap();
    assert!(
        streamed.contains(r#""function_call":{"name":"weather""#)
            && streamed.contains(r#""finish_reason":"function_call""#),
        "{streamed}"
    );
    for wrong in [
        json!({"model": "plain", "functions": functions, "tools": [], "messages": [{"role": "user", "content": "x"}]}),
        json!({"model": "plain", "function_call": "always", "messages": [{"role": "user", "content": "x"}]}),
    ] {
        assert_eq!(host.chat(wrong.clone()).await.status, 400, "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_reaches_the_model_or_is_named_as_ignored_or_is_refused() {
    let upstream = Upstream::playing(says(8)).await;
    let host = Host::start(&crate::chat::plain(&upstream));
    let ask = async |fields: Value| {
        let mut body = json!({"model": "plain", "messages": [{"role": "user", "content": "问"}]});
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let response = host.post("/v1/chat/completions", body).await;
        let ignored =
            response.headers().get("x-ignored-fields").map(|value| value.to_str().unwrap().to_owned());
        (response.status().as_u16(), ignored.unwrap_or_default())
    };
    let passed = json!({"top_k": 5, "min_p": 0.1, "repetition_penalty": 1.1, "logit_bias": {"42": -100}, "verbosity": "low",
                        "reasoning_effort": "low", "enable_thinking": false, "thinking": {"type": "disabled"},
                        "chat_template_kwargs": {"enable_thinking": false}, "seed": 7, "presence_penalty": 0.5,
                        "response_format": {"type": "json_object"}});
    assert_eq!(ask(passed.clone()).await, (200, String::new()));
    let went = sent(&upstream);
    for (name, value) in passed.as_object().unwrap() {
        assert_eq!(&went[name], value, "{name}");
    }
    let ignored = json!({"logprobs": true, "top_logprobs": 3, "store": true, "service_tier": "flex", "web_search": {"enable": true},
                         "enable_citation": true, "metadata": {"a": "b"}, "tool_choice": "required", "prediction": {}, "字段": 1});
    let (status, named) = ask(ignored.clone()).await;
    assert_eq!(status, 200);
    let named: Vec<&str> = named.split(", ").collect();
    for name in ignored.as_object().unwrap().keys() {
        let name = if name == "字段" { "%E5%AD%97%E6%AE%B5" } else { name };
        assert!(named.contains(&name), "{name} is not in {named:?}");
    }
    assert_eq!(named.len(), ignored.as_object().unwrap().len(), "{named:?}");
    let nothing = json!({"logprobs": false, "top_logprobs": null, "store": false, "service_tier": "auto", "web_search": {"enable": false},
                         "metadata": {"conversation_id": "c"}, "tool_choice": "auto", "n": 1, "modalities": ["text"], "audio": null});
    assert_eq!(ask(nothing).await, (200, String::new()), "what asks for nothing is not named");
    for (metadata, named) in [
        (json!({"conversation_id": "c", "x": "y"}), "metadata"),
        (json!("c"), "metadata"),
        (json!({}), ""),
        (json!({"conversation_id": null}), ""),
    ] {
        assert_eq!(ask(json!({"metadata": metadata})).await, (200, named.to_owned()), "{metadata}");
    }
    let whole = json!({"n": 1.0, "top_logprobs": 0.0, "max_tokens": 1024.0, "seed": 7.0, "top_k": 5.0, "temperature": 1.0});
    assert_eq!(ask(whole).await, (200, String::new()), "a whole number is one however it is written");
    let went = String::from_utf8(upstream.received().last().unwrap().to_vec()).unwrap();
    for written in [r#""max_tokens":1024,"#, r#""seed":7,"#, r#""top_k":5,"#, r#""temperature":1.0"#] {
        assert!(format!("{went},").replace('}', ",}").contains(written), "{written}: {went}");
    }
    for refused in [
        json!({"n": 2}),
        json!({"n": 1.5}),
        json!({"conversation_id": [1]}),
        json!({"metadata": {"conversation_id": {}}}),
        json!({"modalities": ["text", "audio"]}),
        json!({"audio": {"voice": "a"}}),
    ] {
        assert_eq!(ask(refused.clone()).await.0, 400, "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_in_a_history_is_noted_and_the_conversation_goes_on() {
    let upstream = Upstream::playing(says(3)).await;
    let host = Host::start(&crate::chat::plain(&upstream));
    let part = |kind: &str, field: &str| json!([{"type": "text", "text": "听"}, {"type": kind, field: {"data": "QUJD"}}]);
    let messages = json!([
        {"role": "function", "name": "weather", "content": "昨天的"},
        {"role": "user", "content": part("input_audio", "input_audio")},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": "嗯"}, {"type": "text", "text": "听到了"}]},
        {"role": "user", "content": part("video_url", "video_url")},
        {"role": "assistant", "content": "看到了"},
        {"role": "user", "content": part("image", "source")},
        {"role": "assistant", "content": null, "tool_calls": [
            {"type": "function", "index": 0, "function": {"name": "weather", "arguments": {"city": "京"}}},
            {"type": "function", "function": {"name": "time"}},
        ]},
        {"role": "tool", "content": "晴"},
        {"role": "tool", "content": "三点"},
        {"role": "assistant", "content": "晴，三点"},
        {"role": "user", "content": "截图呢？"},
        {"role": "assistant", "content": "", "tool_calls": [{"id": "s", "type": "function", "function": {"name": "shot", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "s", "content": [{"type": "text", "text": "图"}, image("data:image/png;base64,iVBORw0KGgo=")]},
    ]);
    let chat = host.chat(json!({"model": "plain", "messages": messages})).await;
    assert_eq!(chat.status, 200, "{}", chat.body);
    let went = sent(&upstream);
    let text = went.to_string();
    for kind in ["input_audio", "video_url", "image"] {
        assert!(text.contains(&format!("听（这里有一段 {kind} 类型的内容，没有提供给模型。）")), "{text}");
    }
    assert!(text.contains("图（这里有一张图片，没有提供给模型。）"), "{text}");
    assert!(!text.contains("QUJD") && !text.contains("base64") && !text.contains("昨天的"), "{text}");
    let all = went["messages"].as_array().unwrap();
    let calls = all.iter().find(|message| message["tool_calls"].is_array()).unwrap()["tool_calls"].clone();
    assert_eq!(calls[0]["function"]["arguments"], r#"{"city":"京"}"#);
    assert_eq!(calls[1]["function"]["arguments"], "{}");
    for (call, result) in [(&calls[0], "晴"), (&calls[1], "三点")] {
        let of = all.iter().find(|message| message["content"] == result).unwrap();
        assert_eq!(of["tool_call_id"], call["id"], "{went}");
    }
    assert_ne!(calls[0]["id"], calls[1]["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_within_messages_without_effect_are_named() {
    let upstream = Upstream::playing(says(3)).await;
    let host = Host::start(&crate::chat::plain(&upstream));
    let ask = async |body: Value| {
        let response = host.post("/v1/chat/completions", body).await;
        assert_eq!(response.status(), 200);
        let named =
            response.headers().get("x-ignored-fields").map(|value| value.to_str().unwrap().to_owned());
        named.unwrap_or_default()
    };
    let named = ask(
        json!({"model": "plain", "stream_options": {"include_usage": false, "chunk_size": 3}, "messages": [
            {"role": "user", "content": [{"type": "text", "text": "问", "cache_control": {"type": "ephemeral"}}], "prefix": true},
            {"role": "assistant", "content": "答", "partial": true, "prefix": true},
            {"role": "user", "content": "再问"},
        ]}),
    );
    let named = named.await;
    let mut named: Vec<&str> = named.split(", ").collect();
    named.sort_unstable();
    assert_eq!(
        named,
        [
            "messages.content.cache_control",
            "messages.partial",
            "messages.prefix",
            "stream_options.chunk_size"
        ]
    );
    // What an answer holds may be sent back with it; what was thought before an answer goes no further.
    let back = json!([
        {"role": "user", "content": "问"},
        {"role": "assistant", "content": "答", "refusal": null, "annotations": [], "audio": null, "function_call": null,
         "tool_calls": null, "reasoning_content": "想"},
        {"role": "user", "content": "再问"},
    ]);
    assert_eq!(ask(json!({"model": "plain", "messages": back})).await, "messages.reasoning_content");
    let calls = json!([{"id": "x", "type": "function", "function": {"name": "mine", "arguments": "{}"}}]);
    let back = json!([
        {"role": "user", "content": "天气"},
        {"role": "assistant", "content": null, "reasoning_content": "要查", "tool_calls": calls},
        {"role": "tool", "tool_call_id": "x", "content": "晴"},
        {"role": "assistant", "content": "晴", "reasoning_content": ""},
        {"role": "user", "content": "再问"},
    ]);
    assert_eq!(ask(json!({"model": "plain", "messages": back})).await, "", "it goes back beside its call");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_of_a_message_goes_on_or_is_named_whoever_spoke() {
    const SYSTEM: usize = 0;
    const USER: usize = 1;
    const RESULT: usize = 3;
    const ANSWER: usize = 4;
    let calls = json!([{"id": "x", "type": "function", "function": {"name": "mine", "arguments": "{}"}}]);
    let messages = json!([
        {"role": "system", "content": "简短"},
        {"role": "user", "content": "天气"},
        {"role": "assistant", "content": "查", "tool_calls": calls},
        {"role": "tool", "tool_call_id": "x", "content": "晴"},
        {"role": "assistant", "content": "晴"},
        {"role": "user", "content": "再问"},
    ]);
    let old = json!({"name": "mine", "arguments": "{}"});
    let rows = [
        (USER, json!({"name": "甲"}), ""),
        (ANSWER, json!({"name": "乙"}), ""),
        (SYSTEM, json!({"name": "丙"}), "messages.name"),
        (RESULT, json!({"name": "mine"}), "messages.name"),
        (USER, json!({"audio": {"id": "x"}}), "messages.audio"),
        (ANSWER, json!({"audio": {"id": "x"}}), "messages.audio"),
        (ANSWER, json!({"annotations": [{"type": "url_citation"}]}), "messages.annotations"),
        (USER, json!({"tool_calls": calls}), "messages.tool_calls"),
        (RESULT, json!({"tool_calls": calls}), "messages.tool_calls"),
        (USER, json!({"function_call": old}), "messages.function_call"),
        (USER, json!({"refusal": "不"}), "messages.refusal"),
        (ANSWER, json!({"refusal": "不"}), "messages.refusal"),
        (ANSWER, json!({"content": null, "refusal": "晴"}), ""),
        (
            USER,
            json!({"audio": null, "annotations": [], "refusal": "", "tool_calls": [], "function_call": null}),
            "",
        ),
    ];
    let upstream = Upstream::playing(says(rows.len())).await;
    let host = Host::start(&crate::chat::plain(&upstream));
    for (place, fields, named) in rows {
        let mut messages = messages.clone();
        messages[place].as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let response =
            host.post("/v1/chat/completions", json!({"model": "plain", "messages": messages})).await;
        assert_eq!(response.status(), 200, "{fields}");
        let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (ignored, id) = (header("x-ignored-fields").unwrap_or_default(), header("x-request-id").unwrap());
        response.bytes().await.unwrap();
        assert_eq!(ignored, named, "{fields}");
        let in_trace = if named.is_empty() { json!([]) } else { json!([named]) };
        assert_eq!(host.trace(&id).await["ignored_fields"], in_trace, "{fields}");
        let told = &sent(&upstream)["messages"][place];
        let name = if named == "messages.name" { Value::Null } else { fields["name"].clone() };
        assert_eq!((&told["name"], &told["role"]), (&name, &messages[place]["role"]), "{told}");
        let is_refusal = messages[place]["content"].is_null();
        assert_eq!(told["content"], messages[place][if is_refusal { "refusal" } else { "content" }]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn thoughts_in_a_history_go_on_or_are_named() {
    let calls = json!([{"id": "x", "type": "function", "function": {"name": "mine", "arguments": "{}"}}]);
    let part =
        |kind: &str| json!({"content": [{"type": kind, "text": "想"}, {"type": "text", "text": "查"}]});
    // The fields of the message that calls a tool, those of its result, what is named, and what the model is told.
    let rows = [
        (json!({"reasoning_content": "想"}), json!({}), "", json!("想")),
        (json!({"reasoning": "想"}), json!({}), "", json!("想")),
        (json!({"reasoning": "想", "reasoning_content": "想"}), json!({}), "", json!("想")),
        (json!({"reasoning": null, "reasoning_content": ""}), json!({}), "", Value::Null),
        (json!({"reasoning": "另", "reasoning_content": "想"}), json!({}), "messages.reasoning", json!("想")),
        (json!({"reasoning": {"content": "想"}}), json!({}), "messages.reasoning", Value::Null),
        (json!({"reasoning_content": ["想"]}), json!({}), "messages.reasoning_content", Value::Null),
        (json!({}), json!({"reasoning_content": "想"}), "messages.reasoning_content", Value::Null),
        (json!({}), json!({"reasoning": "想"}), "messages.reasoning", Value::Null),
        (part("reasoning"), json!({}), "messages.content.reasoning", Value::Null),
        (part("thinking"), json!({}), "messages.content.thinking", Value::Null),
    ];
    let upstream = Upstream::playing(says(rows.len())).await;
    let host = Host::start(&crate::chat::plain(&upstream));
    for (place, (of_call, of_result, named, told)) in rows.into_iter().enumerate() {
        let mut call = json!({"role": "assistant", "content": "查", "tool_calls": calls});
        call.as_object_mut().unwrap().extend(of_call.as_object().unwrap().clone());
        let mut result = json!({"role": "tool", "tool_call_id": "x", "content": "晴"});
        result.as_object_mut().unwrap().extend(of_result.as_object().unwrap().clone());
        let messages = json!([{"role": "user", "content": "天气"}, call, result]);
        let response =
            host.post("/v1/chat/completions", json!({"model": "plain", "messages": messages})).await;
        assert_eq!(response.status(), 200, "{messages}");
        let header = response.headers().get("x-ignored-fields").map(|value| value.to_str().unwrap());
        assert_eq!(header.unwrap_or_default(), named, "{messages}");
        let sent: Value = serde_json::from_slice(&upstream.received()[place]).unwrap();
        let all = sent["messages"].as_array().unwrap();
        let call = all.iter().find(|message| message["tool_calls"].is_array()).unwrap();
        assert_eq!(call["reasoning_content"], told, "{messages}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_that_is_not_there_is_the_fault_of_plugins() {
    let upstream = Upstream::playing([]).await;
    let host = Host::start(&crate::chat::plain(&upstream));
    let asked = json!([{"role": "user", "content": "问"}]);
    let refused = host.chat(json!({"model": "plain", "plugins": ["nope"], "messages": asked})).await;
    let error = &refused.body["error"];
    assert_eq!((refused.status, &error["code"]), (400, &json!("invalid_plugin_argument")), "{error}");
    assert!(error["message"].as_str().unwrap().contains("`nope`"), "{error}");
    assert_eq!(host.get("/v1/models/plain:plain").await["id"], "plain:plain");
}
