use serde_json::{Value, json};

use crate::support::{Host, Script, Upstream, hostile};

/// An app with one echo plugin on the route given; the plugin says the question and its arguments.
fn echo(upstream: &Upstream, route: &str) -> String {
    format!(
        r#"
[models.up]
base_url = "{}"
model = "m"

[plugins.echo]
component = "{}"
config = {{ behaviour = "echo" }}

[apps.app]
model = "up"
[[apps.app.plugins]]
plugin = "echo"
{route}
"#,
        upstream.base_url,
        hostile().display()
    )
}

fn prompt(upstream: &Upstream, index: usize) -> String {
    let body: Value = serde_json::from_slice(&upstream.received()[index]).unwrap();
    body["messages"].to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn always_is_called_in_every_turn() {
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let host = Host::start(&echo(&upstream, "route = \"always\""));
    let chat = host.ask("app", "任何问题").await;
    let trace = host.trace(&chat.id).await;
    assert_eq!(trace["routes"][0]["verdict"], "call");
    assert_eq!(trace["calls"][0]["contribution"]["kind"], "outcome");
    assert!(prompt(&upstream, 0).contains("接口结果"));
}

#[tokio::test(flavor = "multi_thread")]
async fn when_is_called_only_where_its_condition_holds() {
    let upstream = Upstream::playing([Script::Says(vec!["好"]), Script::Says(vec!["好"])]).await;
    let host = Host::start(&echo(&upstream, "route = \"when\"\nwhen = { keywords = [\"分数线\"] }"));
    let fired = host.trace(&host.ask("app", "北大分数线").await.id).await;
    assert_eq!(
        fired["routes"][0],
        json!({"plugin": "echo", "verdict": "call", "reason": "the question contains `分数线`"})
    );
    let silent = host.trace(&host.ask("app", "你好").await.id).await;
    assert_eq!(silent["routes"][0]["verdict"], "skip");
    assert!(silent["calls"].as_array().unwrap().is_empty());
    assert!(!prompt(&upstream, 1).contains("接口结果"));
}

#[tokio::test(flavor = "multi_thread")]
async fn when_looks_at_patterns_and_variables_too() {
    let upstream = Upstream::playing((0..4).map(|_| Script::Says(vec!["好"]))).await;
    let when = r#"when = { patterns = ['\d{3}分'], variables = { province = "河南" } }"#;
    let host = Host::start(&echo(&upstream, &format!("route = \"when\"\n{when}")));
    let ask = async |question: &str, variables: Value| {
        let messages = json!([{"role": "user", "content": question}]);
        let chat = host.chat(json!({"model": "app", "variables": variables, "messages": messages})).await;
        host.trace(&chat.id).await["routes"][0].clone()
    };
    let fired = ask("我考了620分", json!({"province": "河南"})).await;
    assert_eq!(fired["verdict"], "call");
    assert_eq!(fired["reason"], r"the question matches /\d{3}分/, the variable `province` is `河南`");
    for (question, variables, reason) in [
        ("我考了620分", json!({"province": "广东"}), "the variable `province` is `广东`, not `河南`"),
        ("我考了620分", json!({}), "the request has no variable `province`"),
        ("考得不错", json!({"province": "河南"}), "no keyword and no pattern"),
    ] {
        let silent = ask(question, variables).await;
        assert_eq!(silent["verdict"], "skip");
        assert!(silent["reason"].as_str().unwrap().contains(reason), "{silent}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forced_is_called_only_where_the_request_names_it() {
    let upstream = Upstream::playing([Script::Says(vec!["好"]), Script::Says(vec!["好"])]).await;
    let host = Host::start(&echo(&upstream, "route = \"forced\""));
    let silent = host.trace(&host.ask("app", "问").await.id).await;
    assert_eq!(silent["routes"][0]["verdict"], "skip");
    let named = json!({"model": "app", "plugins": ["echo"], "messages": [{"role": "user", "content": "问"}]});
    let named = host.trace(&host.chat(named).await.id).await;
    assert_eq!(named["routes"][0]["reason"], "the request names it");
    assert_eq!(named["calls"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn model_is_called_by_the_model_and_its_result_goes_back() {
    let upstream =
        Upstream::playing([Script::Calls("echo", r#"{"city": "郑州"}"#), Script::Says(vec!["郑州", "很好"])])
            .await;
    let host = Host::start(&echo(&upstream, "route = \"model\""));
    let chat = host.ask("app", "天气").await;
    assert_eq!(chat.text(), "郑州很好");
    let first: Value = serde_json::from_slice(&upstream.received()[0]).unwrap();
    assert_eq!(first["tools"][0]["function"]["name"], "echo");
    assert_eq!(first["tools"][0]["function"]["parameters"]["type"], "object");
    let second: Value = serde_json::from_slice(&upstream.received()[1]).unwrap();
    let messages = second["messages"].as_array().unwrap();
    assert_eq!(messages[messages.len() - 2]["tool_calls"][0]["id"], "call_1");
    assert_eq!(messages[messages.len() - 1]["tool_call_id"], "call_1");
    assert!(messages[messages.len() - 1]["content"].as_str().unwrap().contains("郑州"));
    let trace = host.trace(&chat.id).await;
    assert_eq!(trace["routes"][0]["verdict"], "offer");
    // Each round's bytes, and not only the first's.
    let calls = trace["model_calls"].as_array().unwrap();
    let traced: Vec<&[u8]> =
        calls.iter().map(|call| call["request_text"].as_str().unwrap().as_bytes()).collect();
    assert_eq!(traced, upstream.received());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_keeps_calling_is_bounded_and_wrong_arguments_are_told_to_it() {
    let upstream = Upstream::playing([
        Script::Calls("echo", r#"{"town": 1}"#),
        Script::Calls("echo", "{not json"),
        Script::Calls("echo", "{}"),
    ])
    .await;
    let config =
        echo(&upstream, "route = \"model\"").replace("model = \"up\"", "model = \"up\"\nmax_tool_rounds = 2");
    let host = Host::start(&config);
    let chat = host.ask("app", "天气").await;
    assert_eq!(chat.status, 502, "the model's misbehaviour is not the client's");
    let trace = host.trace(&chat.id).await;
    assert!(trace["error"].as_str().unwrap().contains("max_tool_rounds"), "{trace}");
    assert!(prompt(&upstream, 1).contains("调用失败：参数不合要求（"), "{}", prompt(&upstream, 1));
    let last: Value = serde_json::from_slice(&upstream.received()[2]).unwrap();
    assert!(last.get("tools").is_none(), "the last round offers no tool");
    let calls = &host.trace(&chat.id).await["calls"];
    assert_eq!(calls.as_array().unwrap().len(), 2, "a call of the last round is not made");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_calls_what_there_is_not_is_told_apart_from_one_that_calls_too_often() {
    let lost = || Script::Calls("nowhere", "{}");
    let scripts = [lost(), lost(), lost(), lost(), lost(), lost(), Script::Calls("echo", "{}"), lost()];
    let upstream = Upstream::playing(scripts).await;
    let config =
        echo(&upstream, "route = \"model\"").replace("model = \"up\"", "model = \"up\"\nmax_tool_rounds = 1");
    // An app without plugins has the default of three rounds.
    let host = Host::start(&format!("{config}\n[apps.bare]\nmodel = \"up\"\n"));
    for (app, told) in [
        ("app", "not offered in all 2 rounds, last `nowhere`, and never answered (it was offered echo)"),
        ("bare", "not offered in all 4 rounds, last `nowhere`, and never answered (it was offered none)"),
        ("app", "raise max_tool_rounds"),
    ] {
        let chat = host.ask(app, "天气").await;
        assert_eq!(
            (chat.status, &chat.body["error"]["code"]),
            (502, &json!("model_failed")),
            "{}",
            chat.body
        );
        let trace = host.trace(&chat.id).await;
        assert!(trace["error"].as_str().unwrap().contains(told), "{told}: {trace}");
        assert_eq!(
            (&trace["answered_by"], trace.get("answer_kind")),
            (&json!(""), None),
            "nobody answered: {trace}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clients_own_tools_are_passed_through() {
    let upstream = Upstream::playing([Script::Calls("mine", r#"{"a":1}"#)]).await;
    let host = Host::start(&crate::chat::plain(&upstream));
    let tool = json!({"type": "function", "function": {"name": "mine", "parameters": {"type": "object"}}});
    let body = json!({"model": "plain", "tools": [tool], "messages": [{"role": "user", "content": "问"}]});
    let chat = host.chat(body).await;
    let choice = &chat.body["choices"][0];
    assert_eq!(choice["finish_reason"], "tool_calls");
    assert_eq!(
        choice["message"]["tool_calls"][0]["function"],
        json!({"name": "mine", "arguments": "{\"a\":1}"})
    );
}

/// A call of one would come back as an answer that cannot be read.
#[tokio::test(flavor = "multi_thread")]
async fn a_tool_whose_calls_are_not_understood_is_refused_and_others_are_the_models_to_judge() {
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let host = Host::start(&crate::chat::plain(&upstream));
    let mut asked = json!({"model": "plain", "messages": [{"role": "user", "content": "问"}]});
    for (field, tool, told) in [
        (
            "tools",
            json!({"type": "custom", "custom": {"name": "code"}}),
            "send a function that takes the text: {",
        ),
        (
            "tools",
            json!({"name": "mine", "parameters": {}}),
            "stand in `function`; write {\"type\": \"function\"",
        ),
        ("tools", json!({"type": "function", "function": {}}), "a function needs a `name`"),
        ("tools", json!("mine"), "a function needs a `name`"),
        ("functions", json!({"parameters": {}}), "a function needs a `name`"),
    ] {
        let mut request = asked.clone();
        request[field] = json!([tool]);
        let refused = host.chat(request).await;
        let message = refused.body["error"]["message"].as_str().unwrap();
        assert_eq!(refused.status, 400, "{tool}");
        assert!(message.starts_with(&format!("{field}[0]: ")) && message.contains(told), "{message}");
    }
    let call = json!({"id": "a", "type": "custom", "custom": {"name": "code", "input": "x"}});
    let mut request = asked.clone();
    request["messages"] = json!([{"role": "user", "content": "问"}, {"role": "assistant", "tool_calls": [call]},
                                 {"role": "tool", "tool_call_id": "a", "content": "x"}]);
    let refused = host.chat(request).await;
    assert_eq!((refused.status, &refused.body["error"]["code"]), (400, &json!("invalid_messages")));
    assert!(refused.body["error"]["message"].as_str().unwrap().contains("`custom`"), "{}", refused.body);
    let tools = json!([{"type": "web_search", "web_search": {"enable": true}},
                       {"type": "builtin_function", "function": {"name": "$web_search"}},
                       {"google_search": {}},
                       {"function": {"name": "mine"}}]);
    asked["tools"] = tools.clone();
    assert_eq!(host.chat(asked).await.status, 200);
    let went: Value = serde_json::from_slice(&upstream.received()[0]).unwrap();
    assert_eq!(went["tools"], tools);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_the_model_makes_up_is_told_to_it_and_not_handed_to_the_client() {
    let upstream = Upstream::playing([Script::Calls("lookup", "{}"), Script::Says(vec!["好"])]).await;
    let host = Host::start(&echo(&upstream, "route = \"model\""));
    let request = json!({"model": "app", "tool_choice": "required",
                         "messages": [{"role": "user", "content": "天气"}]});
    let chat = host.chat(request).await;
    assert_eq!((chat.status, chat.text()), (200, "好"));
    let second: Value = serde_json::from_slice(&upstream.received()[1]).unwrap();
    assert_eq!(second["messages"][3]["tool_call_id"], "call_1");
    assert_eq!(second["messages"][3]["content"], "没有名为 lookup 的工具；可用的工具有：echo。");
    let first: Value = serde_json::from_slice(&upstream.received()[0]).unwrap();
    assert_eq!(first["tool_choice"], "required");
    assert!(second.get("tool_choice").is_none(), "a demand for a call is met by one call");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clients_tool_waits_until_no_other_call_is_left() {
    let upstream = Upstream::playing([
        Script::Garbage(concat!(
            r#"data: {"choices":[{"index":0,"delta":{"tool_calls":["#,
            r#"{"index":0,"id":"a","function":{"name":"mine","arguments":"{}"}},"#,
            r#"{"index":1,"id":"b","function":{"name":"echo","arguments":"{\"city\":\"郑州\"}"}}"#,
            r#"]},"finish_reason":"tool_calls"}]}"#,
            "\n\ndata: [DONE]\n\n"
        )),
        Script::Calls("mine", "{}"),
    ])
    .await;
    let host = Host::start(&echo(&upstream, "route = \"model\""));
    let tool = json!({"type": "function", "function": {"name": "mine", "parameters": {"type": "object"}}});
    let chat = host
        .chat(json!({"model": "app", "tools": [tool], "messages": [{"role": "user", "content": "天气"}]}))
        .await;
    let handed = chat.body["choices"][0]["message"]["tool_calls"].as_array().unwrap();
    assert_eq!(handed.len(), 1);
    assert_eq!(handed[0]["id"], "call_1");
    let second: Value = serde_json::from_slice(&upstream.received()[1]).unwrap();
    let told = second["messages"].as_array().unwrap();
    assert_eq!((&told[3]["tool_call_id"], &told[4]["tool_call_id"]), (&json!("a"), &json!("b")));
    assert!(told[3]["content"].as_str().unwrap().contains("必须单独调用"), "{second}");
    assert!(told[4]["content"].as_str().unwrap().contains("郑州"), "the plugin's call is made: {second}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_earlier_rounds_are_counted_where_the_model_fails_later() {
    let upstream = Upstream::playing([
        Script::Garbage(concat!(
            r#"data: {"choices":[{"index":0,"delta":{"tool_calls":["#,
            r#"{"index":0,"id":"a","function":{"name":"echo","arguments":"{}"}}"#,
            r#"]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":20,"completion_tokens":4}}"#,
            "\n\ndata: [DONE]\n\n"
        )),
        Script::Refuses(500, "{}"),
    ])
    .await;
    let config = echo(&upstream, "route = \"model\"")
        .replace("model = \"m\"", "model = \"m\"\nprice_input = 1.0\nprice_output = 2.0");
    let host = Host::start(&config);
    let chat = host.ask("app", "天气").await;
    assert_eq!(chat.status, 502);
    let trace = host.trace(&chat.id).await;
    assert_eq!(trace["usage"], json!({"prompt_tokens": 20, "completion_tokens": 4}));
    assert_eq!(trace["cost"], 0.028);
}
