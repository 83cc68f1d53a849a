use serde_json::{Value, json};

use crate::support::{Host, Script, Upstream, hostile};

/// An app whose plugins behave as given, in this order.
pub(crate) fn config(upstream: &Upstream, behaviours: &[&str]) -> String {
    let mut text = format!(
        "[models.up]\nbase_url = \"{}\"\nmodel = \"m\"\n[apps.app]\nmodel = \"up\"\n",
        upstream.base_url
    );
    for (index, behaviour) in behaviours.iter().enumerate() {
        text.push_str(&format!("[[apps.app.plugins]]\nplugin = \"p{index}\"\nroute = \"always\"\n"));
        text.push_str(&format!(
            "[plugins.p{index}]\ncomponent = \"{}\"\nconfig = {behaviour}\n",
            hostile().display()
        ));
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_goes_into_the_prompt() {
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let host = Host::start(&config(&upstream, &[r#"{ behaviour = "echo" }"#]));
    assert_eq!(host.ask("app", "今天星期几").await.text(), "好");
    let sent: Value = serde_json::from_slice(&upstream.received()[0]).unwrap();
    assert!(sent["messages"][0]["content"].as_str().unwrap().contains("今天星期几 0"), "{sent}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_answers_the_first_in_the_apps_order_wins() {
    let upstream = Upstream::playing([]).await;
    let host = Host::start(&config(
        &upstream,
        &[
            r#"{ behaviour = "echo" }"#,
            r#"{ behaviour = "output", bytes = 3 }"#,
            r#"{ behaviour = "output", bytes = 5 }"#,
        ],
    ));
    let chat = host.ask("app", "问").await;
    assert_eq!(chat.text(), "xxx");
    let trace = host.trace(&chat.id).await;
    assert_eq!(trace["answered_by"], "p1");
    assert_eq!(trace["calls"].as_array().unwrap().len(), 3);
    assert!(upstream.received().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ask_goes_before_an_answer_and_its_state_is_there_in_the_next_turn() {
    let upstream = Upstream::playing([]).await;
    let host = Host::start(&config(
        &upstream,
        &[r#"{ behaviour = "output", bytes = 3 }"#, r#"{ behaviour = "ask" }"#],
    ));
    let turn = |conversation: &str, messages: Value| json!({"model": "app", "user": "u", "conversation_id": conversation, "messages": messages});
    let first = json!([{"role": "user", "content": "分数线"}]);
    let asked = host.chat(turn("c1", first.clone())).await;
    assert_eq!(asked.text(), "哪个省？\n1. 河南\n2. 广东");
    assert_eq!(host.trace(&asked.id).await["answered_by"], "p1");
    let other = host.chat(turn("c2", first)).await;
    assert_eq!(other.text(), asked.text(), "another conversation knows nothing of it");
    let next = host.chat(turn("c1", json!([{"role": "user", "content": "河南"}]))).await;
    assert_eq!(next.text(), "分数线，河南", "the one that asked says what the choice comes to");
    let said = &host.trace(&next.id).await["calls"][1]["contribution"];
    assert_eq!((&said["kind"], &said["text"]), (&json!("answer"), &json!("分数线，河南")));
}

#[tokio::test(flavor = "multi_thread")]
async fn direct_gives_an_outcome_as_it_is_and_needs_no_model() {
    let upstream = Upstream::playing([]).await;
    let text = config(&upstream, &[r#"{ behaviour = "nothing" }"#, r#"{ behaviour = "echo" }"#]);
    let host = Host::start(&text.replace("model = \"up\"", "answer = \"direct\""));
    let chat = host.ask("app", "今天星期几").await;
    assert_eq!(chat.text(), "今天星期几 0 ");
    let trace = host.trace(&chat.id).await;
    assert_eq!((&trace["answered_by"], &trace["model_calls"]), (&json!("p1"), &json!([])));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_keeps_its_reason_and_the_model_answers() {
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let host = Host::start(&config(&upstream, &[r#"{ behaviour = "nothing" }"#]));
    let chat = host.ask("app", "问").await;
    assert_eq!(chat.text(), "好");
    assert_eq!(host.trace(&chat.id).await["calls"][0]["contribution"]["reason"], "没有可说的");
}

#[tokio::test(flavor = "multi_thread")]
async fn direct_never_asks_the_model() {
    let upstream = Upstream::playing([]).await;
    let direct = config(&upstream, &[r#"{ behaviour = "nothing" }"#])
        .replace("[apps.app]", "[apps.app]\nanswer = \"direct\"");
    let host = Host::start(&direct);
    let chat = host.ask("app", "问").await;
    assert_eq!((chat.status, chat.text()), (200, "没有找到可以直接回答的内容。"));
    assert_eq!(host.trace(&chat.id).await["answered_by"], "nothing_found");
    assert!(upstream.received().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fatal_failure_ends_the_turn_at_once_and_the_trace_has_the_calls_it_cut_short() {
    let upstream = Upstream::playing([]).await;
    let text = config(&upstream, &[r#"{ behaviour = "loop" }"#, r#"{ behaviour = "panic" }"#])
        .replace("plugin = \"p1\"", "plugin = \"p1\"\non_failure = \"fail\"");
    let host = Host::start(&text);
    let chat = host.ask("app", "问").await;
    assert_eq!((chat.status, &chat.body["error"]["code"]), (502, &json!("plugin_failed")));
    let calls = &host.trace(&chat.id).await["calls"];
    assert_eq!((&calls[0]["plugin"], &calls[1]["plugin"]), (&json!("p0"), &json!("p1")));
    assert_eq!(calls[0]["error"], "still running when the turn ended");
    assert!(calls[1]["error"].as_str().unwrap().contains("出错了"), "{calls}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_out_of_time_keeps_the_calls_that_ended_and_names_those_that_ran() {
    let upstream = Upstream::playing([]).await;
    let text = config(&upstream, &[r#"{ behaviour = "loop" }"#, r#"{ behaviour = "echo" }"#]);
    let host = Host::start(&format!("[server]\nturn_timeout = \"2s\"\n{text}"));
    let chat = host.ask("app", "问").await;
    assert_eq!((chat.status, &chat.body["error"]["code"]), (504, &json!("turn_timeout")));
    let calls = &host.trace(&chat.id).await["calls"];
    assert_eq!(calls[0]["error"], "still running when the turn ended");
    assert_eq!(calls[1]["contribution"]["kind"], "outcome");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_place_for_a_formatter_nothing_goes_out_unformatted() {
    let upstream =
        Upstream::playing([Script::SaysThenStalls(vec!["第一段。\n\n"]), Script::Says(vec!["<script>"])])
            .await;
    let text = config(&upstream, &[]).replace(
        "[apps.app]",
        "[engine]\nmax_open_answers = 1\nmax_waiting = 0\n[plugins.markdown]\ncomponent = \"builtin:markdown\"\n[apps.app]\nformatters = [\"markdown\"]",
    );
    let host = Host::start(&text);
    let request = json!({"model": "app", "stream": true, "messages": [{"role": "user", "content": "问"}]});
    // Its first text has been through the formatter, which stays open.
    let mut open = host.post("/v1/chat/completions", request).await;
    assert!(open.chunk().await.unwrap().is_some());
    let chat = host.ask("app", "问").await;
    assert_eq!((chat.status, &chat.body["error"]["code"]), (503, &json!("busy")));
    let trace = host.trace(&chat.id).await;
    assert!(trace["error"].as_str().unwrap().contains("max_open_answers"), "{trace}");
    assert_eq!(trace["answer"], "");
}
