use serde_json::{Value, json};

use crate::support::{Host, Script, Upstream, run};

const POLICY: &str = "# 平行志愿\n\n平行志愿按照分数优先、遵循志愿、一轮投档的原则进行。\n";
/// The answer about fees begins with a space, has marks a formatter would repair, and ends in line breaks.
const FEES: &str = " 基础功能**免费，\n高级功能每月 <9> 元。\n\n";

fn faq() -> String {
    let rows = [
        ("会员怎么收费？", "会员要多少钱", FEES),
        ("会员怎么退款？", "会员退钱", "联系客服退款。"),
        ("你是谁？", "", "我是助手。"),
    ];
    let line = |(question, variant, answer)| {
        json!({"question": question, "variants": [variant], "answer": answer}).to_string()
    };
    rows.map(line).join("\n")
}

/// Only the stored question itself is certain; what is found at all is offered.
fn config(upstream: &Upstream) -> String {
    format!(
        r#"
[models.up]
base_url = "{}"
model = "m"

[knowledge.policy]
threshold = 0.5
[knowledge.faq]
threshold = 0.48
offer_threshold = 0.001
answer_threshold = 1.0

[plugins.kb]
component = "builtin:knowledge-base"
config = {{ offer_choices = 2 }}
grants = {{ knowledge = ["policy", "faq"] }}
[plugins.markdown]
component = "builtin:markdown"

[apps.adviser]
model = "up"
formatters = ["markdown"]
nothing_found = "没有找到。"
[[apps.adviser.plugins]]
plugin = "kb"
route = "always"
"#,
        upstream.base_url
    )
}

async fn filled(upstream: &Upstream) -> Host {
    let host = Host::start(&config(upstream));
    assert_eq!(host.import("policy", "volunteer.md", POLICY).await["imported"], 1);
    assert_eq!(host.import("faq", "faq.jsonl", &faq()).await["imported"], 1);
    host
}

const ASKED: &str = "办会员的费用";
const OFFERED: &str =
    "您想问的是下面哪个问题？请选择序号；都不是的话，请直接补充说明：\n1. 会员怎么收费？\n2. 会员怎么退款？";

/// What an ordinary client does: it sends the whole conversation and names none.
struct ChoosingClient<'a> {
    host: &'a Host,
    messages: Vec<Value>,
}

impl<'a> ChoosingClient<'a> {
    fn new(host: &'a Host) -> Self {
        Self { host, messages: Vec::new() }
    }

    async fn says(&mut self, text: &str) -> String {
        self.messages.push(json!({"role": "user", "content": text}));
        let chat = self.host.chat(json!({"model": "adviser", "messages": self.messages})).await;
        assert_eq!(chat.status, 200, "{}", chat.body);
        self.messages.push(json!({"role": "assistant", "content": chat.text()}));
        chat.text().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_gives_the_stored_answer_byte_for_byte_and_later_turns_see_it() {
    let upstream = Upstream::playing([Script::Says(vec!["分数优先"])]).await;
    let host = filled(&upstream).await;
    let mut client = ChoosingClient::new(&host);
    assert_eq!(client.says(ASKED).await, OFFERED);
    assert_eq!(client.says("１").await, FEES);
    assert!(upstream.received().is_empty(), "no model is asked");
    assert_eq!(client.says("平行志愿怎么投档").await, "分数优先");
    let sent: Value = serde_json::from_slice(&upstream.received()[0]).unwrap();
    let told = sent["messages"].as_array().unwrap().iter().filter(|message| message["role"] == "assistant");
    let told: Vec<_> = told.map(|message| message["content"].as_str().unwrap()).collect();
    assert_eq!(told, [OFFERED, FEES]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_no_choice_has_is_asked_about_the_same_choices_again() {
    let upstream = Upstream::playing([]).await;
    let host = filled(&upstream).await;
    for slip in ["9", "B"] {
        let mut client = ChoosingClient::new(&host);
        assert_eq!(client.says(ASKED).await, OFFERED);
        assert_eq!(client.says(slip).await, OFFERED, "{slip}");
        assert_eq!(client.says("2").await, "联系客服退款。");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_streamed_answer_is_the_stored_one_too() {
    let upstream = Upstream::playing([]).await;
    let host = filled(&upstream).await;
    let ask = json!({"model": "adviser", "stream": true, "messages": [{"role": "user", "content": "会员要多少钱"}]});
    let body = host.post("/v1/chat/completions", ask).await.text().await.unwrap();
    let events = body.lines().filter_map(|line| line.strip_prefix("data: ")).filter(|data| *data != "[DONE]");
    let text: String = events
        .filter_map(|event| {
            let event: Value = serde_json::from_str(event).unwrap();
            event.pointer("/choices/0/delta/content").and_then(Value::as_str).map(str::to_owned)
        })
        .collect();
    assert_eq!(text, FEES);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_conversation_needs_no_history_and_an_offer_is_forgotten_once_replied_to() {
    let upstream = Upstream::playing([]).await;
    let host = filled(&upstream).await;
    let say = async |conversation: &str, text: &str| {
        let messages = json!([{"role": "user", "content": text}]);
        let chat =
            json!({"model": "adviser", "user": "u", "conversation_id": conversation, "messages": messages});
        host.chat(chat).await
    };
    let asked = say("c1", ASKED).await;
    assert_eq!(asked.text(), OFFERED);
    let call = &host.trace(&asked.id).await["calls"][0];
    assert_eq!(call["contribution"]["choices"], json!(["会员怎么收费？", "会员怎么退款？"]));
    let logged = call["report"]["logs"][0]["message"].as_str().unwrap();
    assert!(logged.contains("offered: faq 0."), "{logged}");

    assert_eq!(say("c2", "2").await.text(), "没有找到。", "another conversation was offered nothing");
    assert_eq!(say("c1", "第二个").await.text(), "联系客服退款。");
    assert_eq!(say("c1", "1").await.text(), "没有找到。", "the offer is used up");
    say("c1", ASKED).await;
    assert_eq!(say("c1", "会员怎么收费").await.text(), FEES);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_question_is_answered_as_such_and_none_of_these_goes_on_with_the_first() {
    let said = ["分数优先", "遵循志愿", "费用如下"].map(|text| Script::Says(vec![text]));
    let upstream = Upstream::playing(said).await;
    let host = filled(&upstream).await;
    let mut client = ChoosingClient::new(&host);
    assert_eq!(client.says(ASKED).await, OFFERED);
    assert_eq!(client.says("平行志愿怎么投档").await, "分数优先");
    assert_eq!(
        client.says("2").await,
        "遵循志愿",
        "the choices are forgotten, and what was asked last goes on"
    );

    let mut client = ChoosingClient::new(&host);
    assert_eq!(client.says(ASKED).await, OFFERED);
    assert_eq!(client.says("都不是").await, "费用如下");
    let sent: Value = serde_json::from_slice(&upstream.received()[2]).unwrap();
    let system = sent["messages"][0]["content"].as_str().unwrap();
    assert!(system.contains("会员怎么收费") && system.contains("每月 <9> 元"), "{system}");
    assert_eq!(sent["messages"][1]["content"], ASKED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chosen_answer_is_the_one_stored_then_and_one_deleted_meanwhile_is_said_to_be() {
    let upstream = Upstream::playing([]).await;
    let host = filled(&upstream).await;
    let (mut first, mut second) = (ChoosingClient::new(&host), ChoosingClient::new(&host));
    assert_eq!(first.says(ASKED).await, OFFERED);
    assert_eq!(second.says(ASKED).await, OFFERED);
    let changed = faq().replace("联系客服退款。", "三天内退款。");
    assert_eq!(host.import("faq", "faq.jsonl", &changed).await["imported"], 1);
    assert_eq!(first.says("2").await, "三天内退款。");
    let url = format!("{}/v1/knowledge-bases/faq/documents/faq.jsonl", host.url);
    assert_eq!(host.http.delete(&url).send().await.unwrap().status(), 200);
    assert_eq!(second.says("2").await, "问题“会员怎么退款？”已不在知识库中，请换一种问法。");
}

#[test]
fn thresholds_in_the_wrong_order_are_refused_and_the_hit_test_shows_what_is_offered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    std::fs::write(&path, "[knowledge.faq]\nanswer_threshold = 0.8\noffer_threshold = 0.9\n").unwrap();
    let said = String::from_utf8_lossy(&run(&path, &["check"]).stderr).into_owned();
    assert!(said.contains("knowledge.faq.offer_threshold") && said.contains("lower it"), "{said}");

    std::fs::write(
        &path,
        "[knowledge.faq]\nthreshold = 0.3\nanswer_threshold = 1.0\noffer_threshold = 0.001\n",
    )
    .unwrap();
    let file = folder.path().join("faq.jsonl");
    std::fs::write(&file, faq()).unwrap();
    assert!(run(&path, &["kb", "import", "faq", file.to_str().unwrap()]).status.success());
    let said = String::from_utf8_lossy(&run(&path, &["kb", "search", ASKED]).stdout).into_owned();
    assert!(said.contains("may be offered: 联系客服退款。"), "{said}");
    let said = String::from_utf8_lossy(&run(&path, &["kb", "search", "会员退钱"]).stdout).into_owned();
    assert!(said.contains("standard answer: 联系客服退款。"), "{said}");
    let inspect = run(&path, &["plugin", "inspect", "builtin:knowledge-base"]);
    assert!(String::from_utf8_lossy(&inspect.stdout).contains("offer_choices"));
}
