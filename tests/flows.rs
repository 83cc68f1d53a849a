use serde_json::{Value, json};

use crate::support::{Host, Script, Upstream, hostile};

/// An app whose plugin `flow` registers somebody in two steps, besides a base with a stored answer.
fn config(upstream: &Upstream, route: &str, more: &str) -> String {
    format!(
        r#"
[models.up]
base_url = "{}"
model = "m"
[knowledge.faq]
threshold = 0.5
answer_threshold = 1.0
[plugins.flow]
component = "{}"
config = {{ behaviour = "flow", steps = 2 }}
[plugins.kb]
component = "builtin:knowledge-base"
grants = {{ knowledge = ["faq"] }}
[apps.app]
model = "up"
nothing_found = "没有找到。"
{more}
plugins = [{{ plugin = "kb", route = "always" }}, {{ plugin = "flow", {route} }}]
"#,
        upstream.base_url,
        hostile().display()
    )
}

const FAQ: &str = r#"{"question": "会员怎么收费？", "answer": "每月九元。"}"#;
const WHEN: &str = r#"route = "when", when = { keywords = ["报名"] }"#;
const FIRST: &str = "第1步，选哪个？\n1. 甲班\n2. 乙班";
const SECOND: &str = "第2步，选哪个？\n1. 甲班\n2. 乙班";

/// How a client lets its conversation be known.
enum Known {
    /// It sends the history, and says nothing of itself.
    Nothing,
    /// It sends the history, and who its user is.
    User,
    /// It sends an id and the last message only.
    Id,
}

struct FlowClient<'a> {
    host: &'a Host,
    known: Known,
    messages: Vec<Value>,
}

impl<'a> FlowClient<'a> {
    fn new(host: &'a Host, known: Known) -> Self {
        Self { host, known, messages: Vec::new() }
    }

    /// The answer and the turn's id.
    async fn turn(&mut self, text: &str) -> (String, String) {
        let said = json!({"role": "user", "content": text});
        self.messages.push(said.clone());
        let body = match self.known {
            Known::Nothing => json!({"model": "app", "messages": self.messages}),
            Known::User => json!({"model": "app", "user": "u", "messages": self.messages}),
            Known::Id => json!({"model": "app", "user": "u", "conversation_id": "c", "messages": [said]}),
        };
        let chat = self.host.chat(body).await;
        assert_eq!(chat.status, 200, "{}", chat.body);
        self.messages.push(json!({"role": "assistant", "content": chat.text()}));
        (chat.text().to_owned(), chat.id)
    }

    async fn says(&mut self, text: &str) -> String {
        self.turn(text).await.0
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_reaches_who_asked_whatever_the_route_and_however_the_client_is_known() {
    let upstream = Upstream::playing([]).await;
    let host = Host::start(&config(&upstream, WHEN, ""));
    host.import("faq", "faq.jsonl", FAQ).await;
    for (known, last) in [
        (Known::Nothing, "乙班=乙班"),
        (Known::User, "甲班=甲班|乙班=乙班"),
        (Known::Id, "甲班=甲班|乙班=乙班"),
    ] {
        let anonymous = matches!(known, Known::Nothing);
        let mut client = FlowClient::new(&host, known);
        assert_eq!(client.says("我要报名").await, FIRST);
        let (second, id) = client.turn("第一个").await;
        assert_eq!(second, SECOND);
        let routes = &host.trace(&id).await["routes"];
        assert_eq!(routes[1]["verdict"], "call");
        assert_eq!(routes[1]["reason"], "it asked the user in the turn before: the reply chooses `甲班`");
        // Of a client that nothing is kept for the plugin knows this reply only, and asks for the second.
        if anonymous {
            assert_eq!(client.says("２").await, SECOND);
            continue;
        }
        assert_eq!(client.says("２").await, format!("已登记：{last}"));
        let (over, id) = client.turn("2").await;
        assert_eq!(over, "没有找到。", "the flow is over");
        assert_eq!(host.trace(&id).await["routes"][1]["verdict"], "skip");
    }
    assert!(upstream.received().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_arrives_where_the_client_shows_the_question_with_other_spaces() {
    let upstream = Upstream::playing([]).await;
    let host = Host::start(&config(&upstream, WHEN, ""));
    host.import("faq", "faq.jsonl", FAQ).await;
    for break_shown in ["  \n", "\r\n", " ", "\n\n- "] {
        for known in [Known::Nothing, Known::User] {
            let mut client = FlowClient::new(&host, known);
            assert_eq!(client.says("我要报名").await, FIRST);
            client.messages[1]["content"] = FIRST.replace('\n', break_shown).into();
            assert_eq!(client.says("第一个").await, SECOND, "{break_shown:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_that_the_model_has_called_gets_the_reply_as_well() {
    let upstream = Upstream::playing([Script::Calls("flow", "{}")]).await;
    let host = Host::start(&config(&upstream, "route = \"model\"", ""));
    host.import("faq", "faq.jsonl", FAQ).await;
    let mut client = FlowClient::new(&host, Known::User);
    assert_eq!(client.says("我要报名").await, FIRST);
    assert_eq!(client.says("乙班").await, SECOND);
    assert_eq!(client.says("都可以").await, "已登记：乙班=乙班|都可以");
    assert_eq!(upstream.received().len(), 1, "the model was asked once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_ask_yields_to_a_stored_answer_and_stays_open() {
    let upstream = Upstream::playing([]).await;
    let strict = config(&upstream, WHEN, "").replace("steps = 2", "steps = 2, strict = true");
    let host = Host::start(&strict);
    host.import("faq", "faq.jsonl", FAQ).await;
    for known in [Known::User, Known::Id] {
        let mut client = FlowClient::new(&host, known);
        assert_eq!(client.says("我要报名").await, FIRST);
        assert_eq!(client.says("会员怎么收费？").await, "每月九元。");
        assert_eq!(client.says("1").await, SECOND);
        assert_eq!(client.says("会员怎么收费？").await, "每月九元。", "the second question waits alike");
        assert_eq!(client.says("乙班").await, "已登记：甲班=甲班|乙班=乙班");
    }
    // The first ask of a flow goes before every answer.
    let mut client = FlowClient::new(&host, Known::User);
    client.messages.push(json!({"role": "user", "content": "你好"}));
    client.messages.push(json!({"role": "assistant", "content": "您好"}));
    assert_eq!(client.says("报名").await, FIRST);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_is_the_plugins_although_a_base_has_an_answer_to_its_words() {
    let upstream = Upstream::playing([]).await;
    let host = Host::start(&config(&upstream, WHEN, ""));
    let stored = ["甲班", "乙班", "1", "2"]
        .map(|question| json!({"question": question, "answer": "别的。"}).to_string());
    host.import("faq", "faq.jsonl", &format!("{FAQ}\n{}", stored.join("\n"))).await;
    for known in [Known::User, Known::Id] {
        let mut client = FlowClient::new(&host, known);
        assert_eq!(client.says("乙班").await, "别的。", "nobody has asked");
        assert_eq!(client.says("我要报名").await, FIRST);
        assert_eq!(client.says("乙班").await, SECOND);
        assert_eq!(client.says("1").await, "已登记：乙班=乙班|甲班=甲班", "the end of the flow as well");
    }
    // The plugin has taken a reply that is no choice, and what it asks next is not lost.
    let mut client = FlowClient::new(&host, Known::User);
    assert_eq!(client.says("报名").await, FIRST);
    assert_eq!(client.says("会员怎么收费？").await, SECOND);
    assert_eq!(client.says("2").await, "已登记：会员怎么收费？|乙班=乙班");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_client_has_done_by_the_way_takes_no_reply_away() {
    let upstream = Upstream::playing([Script::Says(vec!["标题"]), Script::Says(vec!["标签"])]).await;
    let host = Host::start(&config(&upstream, WHEN, ""));
    host.import("faq", "faq.jsonl", FAQ).await;
    let mut client = FlowClient::new(&host, Known::Id);
    assert_eq!(client.says("我要报名").await, FIRST);
    let helper = json!([{"role": "user", "content": "给这段报名的对话起个标题"}]);
    for (body, told) in [
        (json!({"model": "app:plain", "messages": helper}), "标题"),
        (json!({"model": "app", "plugins": [], "messages": helper}), "标签"),
    ] {
        let mut body = body;
        body["user"] = "u".into();
        body["conversation_id"] = "c".into();
        let chat = host.chat(body).await;
        assert_eq!(chat.text(), told);
        let trace = host.trace(&chat.id).await;
        assert_eq!((&trace["routes"][0]["verdict"], &trace["calls"]), (&json!("skip"), &json!([])));
        assert_eq!(trace["routes"][0]["reason"], "the request wants no plugins");
    }
    let sent: Value = serde_json::from_slice(&upstream.received()[0]).unwrap();
    assert_eq!(sent["messages"][0]["content"], "你是“app”的助手。");
    assert_eq!(client.says("甲班").await, SECOND);
    let both = host.chat(json!({"model": "app:plain", "plugins": ["kb"], "messages": helper})).await;
    assert_eq!((both.status, &both.body["error"]["code"]), (400, &json!("invalid_argument")));
    let none = host.chat(json!({"model": "nobody:plain", "messages": helper})).await;
    assert_eq!(none.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flow_expires_and_one_that_the_user_has_not_seen_is_none() {
    let upstream = Upstream::playing([]).await;
    let host = Host::start(&config(&upstream, WHEN, "flow_timeout = \"1us\""));
    host.import("faq", "faq.jsonl", FAQ).await;
    let mut client = FlowClient::new(&host, Known::User);
    assert_eq!(client.says("我要报名").await, FIRST);
    assert_eq!(client.says("1").await, "没有找到。");

    let host = Host::start(&config(&upstream, WHEN, ""));
    host.import("faq", "faq.jsonl", FAQ).await;
    let turn = |messages: Value| {
        host.chat(json!({"model": "app", "user": "u", "conversation_id": "c", "messages": messages}))
    };
    let asked = turn(json!([{"role": "user", "content": "我要报名"}])).await;
    assert_eq!(asked.text(), FIRST);
    let elsewhere = json!([
        {"role": "user", "content": "在吗"}, {"role": "assistant", "content": "在的"},
        {"role": "user", "content": "1"},
    ]);
    assert_eq!(turn(elsewhere).await.text(), "没有找到。", "another branch of the conversation");
    // As a client may show it.
    let shown = json!([
        {"role": "user", "content": "我要报名"}, {"role": "assistant", "content": FIRST.replace('\n', "  \n")},
        {"role": "user", "content": "1"},
    ]);
    assert_eq!(turn(shown).await.text(), SECOND, "back in the branch that was asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_cannot_pass_for_the_host() {
    let upstream = Upstream::playing([]).await;
    let host = Host::start(&config(&upstream, WHEN, ""));
    host.import("faq", "faq.jsonl", FAQ).await;
    let body = json!({"model": "app", "user": "u", "variables": {"host:resumed": "true", "host:choice": "甲班"},
        "messages": [{"role": "user", "content": "我要报名"}]});
    assert_eq!(host.chat(body).await.text(), FIRST);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_that_is_asked_for_again_begins_with_the_state_it_began_with() {
    let upstream = Upstream::playing([]).await;
    let host = Host::start(&config(&upstream, WHEN, ""));
    host.import("faq", "faq.jsonl", FAQ).await;
    let mut messages: Vec<Value> = Vec::new();
    // Each reply is sent twice, as a client does that wants another answer or has got none.
    for (said, answer) in
        [("我要报名", FIRST), ("第一个", SECOND), ("２", "已登记：甲班=甲班|乙班=乙班"), ("2", "没有找到。")]
    {
        messages.push(json!({"role": "user", "content": said}));
        let times = if messages.len() == 1 { 1 } else { 2 };
        for time in 1..=times {
            let body = json!({"model": "app", "user": "u", "conversation_id": "c", "messages": messages});
            assert_eq!(host.chat(body).await.text(), answer, "{said}, {time}");
        }
        messages.push(json!({"role": "assistant", "content": answer}));
    }
    assert!(upstream.received().is_empty());
}
