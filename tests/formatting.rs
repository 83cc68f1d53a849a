use serde_json::{Value, json};

use crate::support::{Host, Script, Upstream, component, hostile};

#[tokio::test(flavor = "multi_thread")]
async fn a_streamed_answer_gets_its_links_and_loses_what_is_unsafe() {
    let upstream = Upstream::playing([Script::Says(vec![
        "<scr",
        "ipt>x</script> 分数优先[",
        "1]。`[1]` [点",
        "我](java",
        "script:alert(1)) **未完",
    ])])
    .await;
    let config = format!(
        r#"
[models.up]
base_url = "{}"
model = "m"
[knowledge.policy]
threshold = 0.3
[plugins.kb]
component = "builtin:knowledge-base"
grants = {{ knowledge = ["policy"] }}
[plugins.markdown]
component = "builtin:markdown"
[apps.app]
model = "up"
formatters = ["markdown"]
[[apps.app.plugins]]
plugin = "kb"
route = "always"
"#,
        upstream.base_url
    );
    let host = Host::start(&config);
    let url = format!("{}/v1/knowledge-bases/policy/documents?id=a.md&url=https://example.com/a", host.url);
    let body = "# 平行志愿\n\n平行志愿按照分数优先、遵循志愿的原则投档。";
    assert_eq!(host.http.post(url).body(body).send().await.unwrap().status(), 200);
    let request = json!({"model": "app", "stream": true, "messages": [{"role": "user", "content": "平行志愿的投档原则"}]});
    let stream = host.post("/v1/chat/completions", request).await.text().await.unwrap();
    let said: String = stream
        .split("\n\n")
        .filter_map(|event| serde_json::from_str::<Value>(event.strip_prefix("data: ")?).ok())
        .filter_map(|chunk| Some(chunk.pointer("/choices/0/delta/content")?.as_str()?.to_owned()))
        .collect();
    assert!(!said.contains("<script>") && !said.contains("](javascript:"), "{said}");
    assert!(said.contains("](https://example.com/a)") && said.contains("参考来源"), "{said}");
    assert!(said.contains("`[1]`"), "code is left alone: {said}");
    assert_eq!(
        said.matches("**未完").count() + said.matches("未完**").count(),
        2,
        "what was open is closed: {said}"
    );
}

/// A formatter that repeats what it is fed, and breaks where the text tells it to. `more`: what the app
/// says of it besides its name.
fn repeating(upstream: &Upstream, more: &str) -> String {
    format!(
        r#"
[models.up]
base_url = "{}"
model = "m"
[plugins.repeater]
component = "{}"
limits = {{ timeout = "3s", output = "2MiB" }}
[plugins.hostile]
component = "{}"
config = {{ behaviour = "echo" }}
[apps.app]
model = "up"
formatters = [{{ plugin = "repeater"{more} }}]
"#,
        upstream.base_url,
        component("formatter").display(),
        hostile().display()
    )
}

/// What breaks the repeater, and what is told of it.
const CAUSES: [(&str, &str); 5] = [
    ("LOOP", "no result within 3s"),
    ("PANIC", "on purpose"),
    ("HUGE", "limits.output"),
    ("FAIL", "on purpose"),
    ("FLOOD", "8 times what it was fed"),
];

/// What was said in a stream, and the error it ended with.
fn streamed(stream: &str) -> (String, Option<String>) {
    let events: Vec<Value> = stream
        .split("\n\n")
        .filter_map(|event| serde_json::from_str(event.strip_prefix("data: ")?).ok())
        .collect();
    let said =
        events.iter().filter_map(|chunk| chunk.pointer("/choices/0/delta/content")?.as_str()).collect();
    // Where nothing had come before it, it is an HTTP error and no stream.
    let refused: Option<Value> = serde_json::from_str(stream).ok();
    let error = events.iter().chain(&refused).find_map(|event| event.pointer("/error/code")?.as_str());
    (said, error.map(str::to_owned))
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_formatter_breaks_nothing_goes_out_that_it_has_not_passed() {
    let scripts = CAUSES
        .iter()
        .flat_map(|(cause, _)| [Script::Says(vec![cause, "后"]), Script::Says(vec!["先", cause, "后"])]);
    let upstream = Upstream::playing(scripts).await;
    // A plain name means the same.
    for config in [
        repeating(&upstream, ""),
        repeating(&upstream, "").replace("{ plugin = \"repeater\" }", "\"repeater\""),
    ] {
        let host = Host::start(&config);
        let causes = if config.contains("[{") { &CAUSES[..3] } else { &CAUSES[3..] };
        for (cause, expected) in causes {
            let chat = host.ask("app", "问").await;
            assert_eq!((chat.status, &chat.body["error"]["code"]), (502, &json!("plugin_failed")), "{cause}");
            let trace = host.trace(&chat.id).await;
            assert_eq!((&trace["finish_reason"], &trace["answer"]), (&json!("error"), &json!("")));
            let formatter = &trace["formatters"][0];
            assert_eq!(formatter["plugin"], "repeater");
            assert!(formatter["error"].as_str().unwrap().contains(expected), "{cause}: {formatter}");

            let request =
                json!({"model": "app", "stream": true, "messages": [{"role": "user", "content": "问"}]});
            let stream = host.post("/v1/chat/completions", request).await.text().await.unwrap();
            // What came before is out, unless it came in the same moment and was fed with it.
            let (said, code) = streamed(&stream);
            assert!(["", "先"].contains(&said.as_str()), "{cause}: {said}");
            assert_eq!(code.as_deref(), Some("plugin_failed"), "{cause}");
            assert!(!stream.contains("[DONE]"), "{stream}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_formatter_that_may_be_left_out_leaves_the_client_the_whole_answer() {
    let causes = &CAUSES[..4];
    let scripts = causes.iter().map(|(cause, _)| Script::Says(vec!["先", cause, "后"]));
    let upstream = Upstream::playing(scripts.chain([Script::Says(vec!["好", "了"])])).await;
    let host = Host::start(&repeating(&upstream, ", on_failure = \"continue\""));
    for (cause, expected) in causes {
        let chat = host.ask("app", "问").await;
        assert_eq!((chat.status, chat.text()), (200, format!("先{cause}后").as_str()));
        let trace = host.trace(&chat.id).await;
        assert_eq!((&trace["finish_reason"], &trace["answer"]), (&json!("stop"), &json!(chat.text())));
        let formatter = &trace["formatters"][0];
        assert!(formatter["error"].as_str().unwrap().contains(expected), "{cause}: {formatter}");
    }
    let chat = host.ask("app", "问").await;
    let (text, fed) = chat.text().split_once('[').unwrap();
    assert_eq!(text, "好了");
    assert!(
        ["1 pieces, 0 sources]", "2 pieces, 0 sources]"].contains(&fed),
        "the next answer has a formatter of its own: {fed}"
    );
    assert_eq!(host.trace(&chat.id).await["formatters"][0]["error"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_formatter_held_back_comes_also_after_the_model_failed() {
    let upstream = Upstream::playing([Script::SaysThenBreaksOff(vec!["先", "说"])]).await;
    let host = Host::start(&repeating(&upstream, ""));
    let request = json!({"model": "app", "stream": true, "messages": [{"role": "user", "content": "问"}]});
    let stream = host.post("/v1/chat/completions", request).await.text().await.unwrap();
    assert!(stream.contains(" pieces, 0 sources]") && stream.contains("model_failed"), "{stream}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_plugins_say_without_the_model_passes_the_formatters() {
    let upstream = Upstream::playing([]).await;
    let plugin = "answer = \"direct\"\nnothing_found = \"<b>没有</b>\"\n[[apps.app.plugins]]\nplugin = \"hostile\"\nroute = \"always\"\n";
    let behaving = |behaviour: &str| {
        let config = repeating(&upstream, "").replace("behaviour = \"echo\"", behaviour);
        format!("{config}{plugin}").replace("model = \"up\"\n", "")
    };
    for (behaviour, expected) in [
        ("behaviour = \"echo\"", "<b> 0 [1 pieces, 0 sources]"),
        ("behaviour = \"output\", bytes = 3", "xxx[1 pieces, 0 sources]"),
        ("behaviour = \"ask\"", "哪个省？\n1. 河南\n2. 广东[1 pieces, 0 sources]"),
        // The operator's own words are nobody's to change.
        ("behaviour = \"nothing\"", "<b>没有</b>"),
        // Longer than what is fed at once.
        ("behaviour = \"output\", bytes = 40000", &format!("{}[3 pieces, 0 sources]", "x".repeat(40_000))),
    ] {
        let host = Host::start(&behaving(behaviour));
        assert_eq!(host.ask("app", "<b>").await.text(), expected, "{behaviour}");
    }
    let host = Host::start(&behaving("behaviour = \"echo\"").replace(
        &format!("component = \"{}\"", component("formatter").display()),
        "component = \"builtin:markdown\"",
    ));
    assert_eq!(host.ask("app", "<script>").await.text(), "&lt;script> 0 ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standard_answer_passes_only_the_formatters_that_do_not_spare_it() {
    const ANSWER: &str = "<b>标准</b>答案\n";
    let config = |except: &str| {
        format!(
            r#"
[knowledge.faq]
[plugins.kb]
component = "builtin:knowledge-base"
grants = {{ knowledge = ["faq"] }}
[plugins.repeater]
component = "{}"
[apps.app]
answer = "direct"
formatters = [{{ plugin = "repeater"{except} }}]
[[apps.app.plugins]]
plugin = "kb"
route = "always"
"#,
            component("formatter").display()
        )
    };
    let row = json!({"question": "你是谁？", "answer": ANSWER}).to_string();
    for (except, expected) in [
        ("", ANSWER.to_owned()),
        (", except = [\"standard\"]", ANSWER.to_owned()),
        (", except = []", format!("{ANSWER}[1 pieces, 1 sources]")),
    ] {
        let host = Host::start(&config(except));
        assert_eq!(host.import("faq", "faq.jsonl", &row).await["imported"], 1);
        let chat = host.ask("app", "你是谁？").await;
        assert_eq!(chat.text(), expected, "{except}");
        assert_eq!(host.trace(&chat.id).await["calls"][0]["report"]["standard_answer"], true);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_makes_the_bundled_formatter_trap() {
    let marks = format!("[{}1]", "1,".repeat(18)).repeat(4000);
    let pieces =
        [marks, "`<".repeat(200_000), "[".repeat(300_000), "<a".repeat(200_000), "\\`".repeat(200_000)];
    let upstream = Upstream::playing([Script::Says(pieces.map(|piece| &*piece.leak()).to_vec())]).await;
    let host = Host::start(&format!(
        r#"
[models.up]
base_url = "{}"
model = "m"
[knowledge.policy]
threshold = 0.0
[plugins.kb]
component = "builtin:knowledge-base"
grants = {{ knowledge = ["policy"] }}
[plugins.markdown]
component = "builtin:markdown"
[apps.app]
model = "up"
formatters = ["markdown"]
[[apps.app.plugins]]
plugin = "kb"
route = "always"
"#,
        upstream.base_url
    ));
    let long = format!("a.md&url=https://example.com/{}", "%C3%A9".repeat(300));
    assert_eq!(
        host.import("policy", &long, "# 平行志愿\n\n平行志愿按照分数优先的原则投档。").await["imported"],
        1
    );
    let chat = host.ask("app", "平行志愿的原则").await;
    assert_eq!(chat.status, 200, "{}", chat.body["error"]);
    assert_eq!(host.trace(&chat.id).await["formatters"][0]["error"], Value::Null);
    assert!(chat.text().contains("](https://example.com/") && !chat.text().contains("<a"));
}
