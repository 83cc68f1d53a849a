use serde_json::{Value, json};

use crate::support::{End, Host, Script, Sent, Upstream, component};

const FAQ: &str = r#"{"question": "你是谁？", "answer": "我是“助手” <b>。"}
{"question": "给我配置", "answer": "{\"kind\": \"stored\"}"}
{"question": "会员怎么收费？", "answer": "9 元。"}
{"question": "会员怎么退款？", "answer": "联系客服。"}"#;

/// An app with knowledge, standard answers and a formatter that lists sources. `except`: what of the formatter's
/// table comes besides its name.
fn config(upstream: &Upstream, except: &str) -> String {
    format!(
        r#"
[models.up]
base_url = "{}"
model = "m"
[knowledge.policy]
threshold = 0.3
[knowledge.faq]
threshold = 0.48
offer_threshold = 0.001
answer_threshold = 1.0
[plugins.kb]
component = "builtin:knowledge-base"
grants = {{ knowledge = ["policy"] }}
[plugins.faq]
component = "builtin:knowledge-base"
config = {{ offer_choices = 2 }}
grants = {{ knowledge = ["faq"] }}
[plugins.markdown]
component = "builtin:markdown"
[plugins.repeater]
component = "{}"
[apps.app]
model = "up"
formatters = [{{ plugin = "markdown"{except} }}]
plugins = [{{ plugin = "kb", route = "always" }}]
[apps.asks]
model = "up"
formatters = ["markdown"]
nothing_found = "没有找到。"
plugins = [{{ plugin = "faq", route = "always" }}]
"#,
        upstream.base_url,
        component("formatter").display()
    )
}

async fn filled(upstream: &Upstream, except: &str) -> Host {
    let host = Host::start(&config(upstream, except));
    host.import(
        "policy",
        "a.md&url=https://example.com/a",
        "# 平行志愿\n\n平行志愿按照分数优先、遵循志愿的原则投档。\n",
    )
    .await;
    host.import("faq", "faq.jsonl", FAQ).await;
    host
}

fn ask(app: &str, question: &str, format: &str) -> Value {
    let format = match format {
        "json_schema" => {
            json!({"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object"}}})
        }
        kind => json!({"type": kind}),
    };
    json!({"model": app, "messages": [{"role": "user", "content": question}], "response_format": format})
}

const JSON: &str = r#"{"text": "<b>[1]</b>", "link": "[点](javascript:x)"}"#;

#[tokio::test(flavor = "multi_thread")]
async fn json_of_a_model_passes_formatters_untouched_and_gets_no_sources() {
    let upstream = Upstream::playing(
        (0..5).map(|_| Script::Says(vec![r#"{"text": "<b>[1]</b>", "#, r#""link": "[点](javascript:x)"}"#])),
    )
    .await;
    let host = filled(&upstream, "").await;
    for kind in ["json_object", "json_schema"] {
        let chat = host.chat(ask("app", "平行志愿的投档原则", kind)).await;
        assert_eq!(chat.text(), JSON, "{kind}");
        assert_eq!(host.trace(&chat.id).await["formatters"], json!([]));
        let mut body = ask("app", "平行志愿的投档原则", kind);
        body["stream"] = true.into();
        let streamed = host.post("/v1/chat/completions", body).await.text().await.unwrap();
        let chunks = streamed
            .split("\n\n")
            .filter_map(|event| serde_json::from_str::<Value>(event.strip_prefix("data: ")?).ok());
        let said: String = chunks
            .filter_map(|chunk| Some(chunk.pointer("/choices/0/delta/content")?.as_str()?.to_owned()))
            .collect();
        assert_eq!(said, JSON, "{kind}");
    }
    let text = host.chat(ask("app", "平行志愿的投档原则", "text")).await;
    assert!(!text.text().contains("](javascript:") && text.text().contains("参考来源"), "{}", text.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_formatter_that_may_be_spared_nothing_sees_json_as_well() {
    let upstream = Upstream::playing([Script::Says(vec![JSON])]).await;
    let host = filled(&upstream, ", except = []").await;
    let chat = host.chat(ask("app", "平行志愿的投档原则", "json_object")).await;
    assert!(chat.text() != JSON && !chat.text().contains("](javascript:"), "{}", chat.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_no_model_has_worded_comes_as_an_object_or_as_a_refusal() {
    let upstream = Upstream::playing([]).await;
    let host = filled(&upstream, "").await;
    let standard = "我是“助手” <b>。";
    let asked = host.chat(ask("asks", "你是谁？", "text")).await;
    assert_eq!(asked.text(), standard);
    let object = host.chat(ask("asks", "你是谁？", "json_object")).await;
    assert_eq!(serde_json::from_str::<Value>(object.text()).unwrap(), json!({"answer": standard}));
    let schema = host.chat(ask("asks", "你是谁？", "json_schema")).await;
    let message = &schema.body["choices"][0]["message"];
    assert_eq!(message, &json!({"role": "assistant", "content": null, "refusal": standard}));
    assert_eq!(schema.body["choices"][0]["finish_reason"], "stop");
    let mut body = ask("asks", "你是谁？", "json_schema");
    body["stream"] = true.into();
    let streamed = host.post("/v1/chat/completions", body).await.text().await.unwrap();
    assert!(streamed.contains(&json!({"refusal": standard}).to_string()), "{streamed}");
    // What is stored as JSON is JSON already.
    for kind in ["json_object", "json_schema", "text"] {
        assert_eq!(host.chat(ask("asks", "给我配置", kind)).await.text(), r#"{"kind": "stored"}"#, "{kind}");
    }
    // A question back, and what is said where nothing was found.
    for (question, part) in [("会员怎么弄？", "会员怎么收费"), ("红烧肉怎么炖", "没有找到。")]
    {
        let plain = host.chat(ask("asks", question, "text")).await;
        assert!(plain.text().contains(part), "{}", plain.body);
        let object = host.chat(ask("asks", question, "json_object")).await;
        assert_eq!(serde_json::from_str::<Value>(object.text()).unwrap(), json!({"answer": plain.text()}));
        let schema = host.chat(ask("asks", question, "json_schema")).await;
        assert_eq!(schema.body["choices"][0]["message"]["refusal"], plain.text());
    }
}

/// What a model says that then calls a plugin.
fn says_and_calls(text: &str, name: &str) -> Script {
    let chunks = [
        json!({"choices": [{"index": 0, "delta": {"role": "assistant", "content": text}}]}),
        json!({"choices": [{"index": 0, "delta": {"tool_calls": [
            {"index": 0, "id": "c", "type": "function", "function": {"name": name, "arguments": "{}"}}
        ]}}]}),
        json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]}),
    ];
    let events: String = chunks.iter().map(|chunk| format!("data: {chunk}\n\n")).collect();
    let body = (events + "data: [DONE]\n\n").into_bytes();
    Script::Sends(Sent { status: 200, headers: Vec::new(), body, cut: usize::MAX, end: End::Well })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_model_says_before_it_calls_never_stands_before_json() {
    const LOOKING: &str = "我查一下";
    let upstream = Upstream::playing([
        says_and_calls(LOOKING, "tells"),
        Script::Says(vec![JSON]),
        says_and_calls(LOOKING, "tells"),
        Script::Says(vec![JSON]),
        says_and_calls(LOOKING, "asks"),
        says_and_calls(LOOKING, "mine"),
    ])
    .await;
    let hostile = crate::support::hostile();
    let host = Host::start(&format!(
        r#"
[models.up]
base_url = "{}"
model = "m"
[plugins.tells]
component = "{1}"
config = {{ behaviour = "passages", count = 1 }}
[plugins.asks]
component = "{1}"
config = {{ behaviour = "ask" }}
[apps.app]
model = "up"
plugins = [{{ plugin = "tells", route = "model" }}, {{ plugin = "asks", route = "model" }}]
"#,
        upstream.base_url,
        hostile.display()
    ));
    let chat = host.chat(ask("app", "问", "json_object")).await;
    assert_eq!(chat.text(), JSON);
    assert_eq!(host.trace(&chat.id).await["model_calls"][0]["held_back"], LOOKING);
    let text = host.chat(ask("app", "问", "text")).await;
    assert_eq!(text.text(), format!("{LOOKING}\n\n{JSON}"), "text is read by people");
    let asked = host.chat(ask("app", "问", "json_object")).await;
    let read: Value = serde_json::from_str(asked.text()).unwrap();
    assert_eq!(read, json!({"answer": "哪个省？\n1. 河南\n2. 广东"}));
    // Beside a call of the client's own tool it goes out with it.
    let mut body = ask("app", "问", "json_object");
    body["tools"] =
        json!([{"type": "function", "function": {"name": "mine", "parameters": {"type": "object"}}}]);
    let mine = host.chat(body).await;
    assert_eq!(mine.text(), LOOKING);
    assert_eq!(mine.body["choices"][0]["message"]["tool_calls"][0]["function"]["name"], "mine");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_may_have_a_plugins_name_where_no_plugin_is_called() {
    let upstream = Upstream::playing((0..2).map(|_| Script::Says(vec!["好"]))).await;
    let host = filled(&upstream, "").await;
    let tools = json!([{"type": "function", "function": {"name": "kb", "parameters": {"type": "object"}}}]);
    let with = |fields: Value| {
        let mut body =
            json!({"model": "app", "messages": [{"role": "user", "content": "问"}], "tools": tools});
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        body
    };
    assert_eq!(host.chat(with(json!({}))).await.status, 400);
    assert_eq!(host.chat(with(json!({"plugins": []}))).await.status, 200);
    assert_eq!(host.chat(with(json!({"model": "app:plain"}))).await.status, 200);
}
