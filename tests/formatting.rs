use serde_json::{Value, json};

use crate::support::{Host, Script, Upstream, component};

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

/// A formatter that repeats what it is fed, and breaks where the text tells it to.
fn repeating(upstream: &Upstream) -> String {
    format!(
        r#"
[models.up]
base_url = "{}"
model = "m"
[plugins.repeater]
component = "{}"
limits = {{ timeout = "3s" }}
[apps.app]
model = "up"
formatters = ["repeater"]
"#,
        upstream.base_url,
        component("formatter").display()
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_formatter_that_breaks_is_left_out_and_the_client_gets_the_whole_answer() {
    let causes = [
        ("LOOP", "no result within 3s"),
        ("PANIC", "on purpose"),
        ("HUGE", "limits.output"),
        ("FAIL", "on purpose"),
    ];
    let scripts = causes.iter().map(|(cause, _)| Script::Says(vec!["先", cause, "后"]));
    let upstream = Upstream::playing(scripts.chain([Script::Says(vec!["好", "了"])])).await;
    let host = Host::start(&repeating(&upstream));
    for (cause, expected) in causes {
        let chat = host.ask("app", "问").await;
        assert_eq!((chat.status, chat.text()), (200, format!("先{cause}后").as_str()));
        let trace = host.trace(&chat.id).await;
        assert_eq!((&trace["finish_reason"], &trace["answer"]), (&json!("stop"), &json!(chat.text())));
        let formatter = &trace["formatters"][0];
        assert_eq!(formatter["plugin"], "repeater");
        assert!(formatter["error"].as_str().unwrap().contains(expected), "{cause}: {formatter}");
    }
    let chat = host.ask("app", "问").await;
    assert_eq!(chat.text(), "好了[2 pieces, 0 sources]", "the next answer has a formatter of its own");
    assert_eq!(host.trace(&chat.id).await["formatters"][0]["error"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_formatter_held_back_comes_also_after_the_model_failed() {
    let upstream = Upstream::playing([Script::SaysThenBreaksOff(vec!["先", "说"])]).await;
    let host = Host::start(&repeating(&upstream));
    let request = json!({"model": "app", "stream": true, "messages": [{"role": "user", "content": "问"}]});
    let stream = host.post("/v1/chat/completions", request).await.text().await.unwrap();
    assert!(stream.contains("[2 pieces, 0 sources]") && stream.contains("model_failed"), "{stream}");
}
