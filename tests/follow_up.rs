use serde_json::{Value, json};

use crate::support::{Chat, Host, Reply, Script, Service, Upstream, binary, run};

const BASES: &str = r#"
[knowledge.schools]
top_k = 1
threshold = 0.4
[plugins.kb]
component = "builtin:knowledge-base"
grants = { knowledge = ["schools"] }
"#;

/// Several documents that all speak of fees: which one is meant is in the first question only.
const DOCUMENTS: [(&str, &str); 4] = [
    (
        "pku.md",
        "# 北京大学\n\n## 费用\n\n北京大学的学费为每年五千元，住宿费每年一千元。\n\n## 校园\n\n北京大学位于海淀区，有未名湖和博雅塔。\n",
    ),
    ("club.md", "# 会员服务\n\n## 费用说明\n\n会员费用为每月三十元，费用按月扣除，不用时可以退费。\n"),
    ("drive.md", "# 驾驶培训\n\n## 费用\n\n那么培训费用呢？费用一共四千元，报名时付清。\n"),
    ("gym.md", "# 健身中心\n\n## 营业时间\n\n每天早上七点到晚上十点。\n"),
];

/// An app that gives out the best passage as it is, with these keys.
fn app(name: &str, keys: &str) -> String {
    format!(
        "[apps.{name}]\nanswer = \"direct\"\n{keys}\nplugins = [{{ plugin = \"kb\", route = \"always\" }}]\n"
    )
}

async fn filled(config: &str) -> Host {
    let host = Host::start(config);
    for (id, text) in DOCUMENTS {
        assert_eq!(host.import("schools", id, text).await["imported"], 1);
    }
    host
}

/// A conversation, its last text the question.
async fn say(host: &Host, app: &str, texts: &[&str]) -> Chat {
    let roles = ["user", "assistant"].into_iter().cycle();
    let messages: Vec<Value> =
        texts.iter().zip(roles).map(|(text, role)| json!({"role": role, "content": text})).collect();
    host.chat(json!({"model": app, "messages": messages})).await
}

const DIALOG: [&str; 3] = ["北京大学怎么样？", "北京大学位于海淀区。", "那费用呢？"];

#[tokio::test(flavor = "multi_thread")]
async fn a_follow_up_finds_its_passage_only_with_what_it_refers_to() {
    let modes = [("both", ""), ("rule", "follow_up = \"rule\""), ("off", "follow_up = \"off\"")];
    let apps: String = modes.iter().map(|(mode, key)| app(mode, key)).collect();
    let host = filled(&format!("{BASES}{apps}")).await;
    for (mode, beside) in [("rule", None), ("both", Some("北京大学怎么样 那费用"))] {
        let chat = say(&host, mode, &DIALOG).await;
        assert!(chat.text().contains("每年五千元"), "{mode}: {}", chat.text());
        let trace = host.trace(&chat.id).await;
        let mut search = json!({"question": "那费用呢？", "text": "北京大学的费用", "by": "rule",
                                "reason": "names only what is asked for; it refers to `北京大学怎么样`"});
        if let Some(beside) = beside {
            search["beside"] = json!(beside);
        }
        search["time"] = trace["search"]["time"].clone();
        assert!(search["time"]["started_ms"].is_f64() && search["time"]["duration_ms"].is_f64(), "{search}");
        assert_eq!(trace["search"], search);
        let searched = trace["calls"][0]["report"]["searches"].as_array().unwrap().last().unwrap();
        assert_eq!(searched["wordings"]["joined"].as_str(), beside, "{mode}");
    }
    // Of this the rule sees no sign.
    let chat = say(&host, "both", &["健身中心的营业时间是几点？", "七点。", "晚上到几点"]).await;
    assert!(chat.text().contains("晚上十点"), "{}", chat.text());
    let search = &host.trace(&chat.id).await["search"];
    assert_eq!((&search["by"], &search["text"]), (&json!("none"), &json!("晚上到几点")));
    assert_eq!(search["beside"], "健身中心的营业时间是几点 晚上到几点");
    let off = say(&host, "off", &DIALOG).await;
    assert!(!off.text().contains("每年五千元"), "{}", off.text());
    let search = &host.trace(&off.id).await["search"];
    assert_eq!((&search["text"], &search["by"]), (&json!("那费用呢？"), &json!("none")));
    // A question that stands by itself is searched as it is.
    for mode in ["rule", "both"] {
        let other =
            say(&host, mode, &["北京大学怎么样？", "很好。", "请问健身中心的营业时间是从几点到几点？"]).await;
        assert!(other.text().contains("早上七点"), "{}", other.text());
        let search = &host.trace(&other.id).await["search"];
        assert_eq!((&search["by"], &search["reason"]), (&json!("none"), &json!("it stands by itself")));
    }
}

/// A stored answer that a formatter would change.
const SIGN_UP: &str = " 在**官网报名，\n名额 <9> 个。\n\n";

/// The earlier question is stored, and stands whole in what is searched for the later one.
#[tokio::test(flavor = "multi_thread")]
async fn a_joined_question_gives_no_standard_answer_of_the_earlier_one() {
    let modes = [("both", ""), ("rule", "follow_up = \"rule\"")];
    let apps: String = modes.iter().map(|(mode, key)| app(mode, key)).collect();
    let host = Host::start(&format!("{BASES}{apps}"));
    let faq = json!({"question": "支持刷医保卡吗？", "answer": SIGN_UP}).to_string();
    assert_eq!(host.import("schools", "faq.jsonl", &faq).await["imported"], 1);
    for (mode, _) in modes {
        assert_eq!(say(&host, mode, &["支持刷医保卡吗？"]).await.text(), SIGN_UP, "{mode}");
        let chat = say(&host, mode, &["支持刷医保卡吗？", "可以。", "没带身份证呢"]).await;
        let trace = host.trace(&chat.id).await;
        assert_eq!(trace["search"]["beside"], "支持刷医保卡吗 没带身份证", "{mode}");
        let searches = trace["calls"][0]["report"]["searches"].as_array().unwrap();
        let joined = searches.last().unwrap();
        assert_eq!(joined["wordings"]["joined"], "支持刷医保卡吗 没带身份证", "{mode}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_question_answers_as_it_was_asked_whatever_was_said_before() {
    let bases = BASES.replace("[plugins.kb]", "offer_threshold = 0.001\n[plugins.kb]");
    let kb = "component = \"builtin:knowledge-base\"\nconfig = { offer_choices = 3 }";
    let bases = bases.replace("component = \"builtin:knowledge-base\"", kb);
    let host = filled(&format!("{bases}{}", app("rule", ""))).await;
    let faq = [("怎么报名？", SIGN_UP), ("怎么申请退学？", "向教务处申请退学。")]
        .map(|(question, answer)| json!({"question": question, "answer": answer}).to_string())
        .join("\n");
    assert_eq!(host.import("schools", "faq.jsonl", &faq).await["imported"], 1);
    let first = say(&host, "rule", &["怎么报名？"]).await;
    assert_eq!(first.text(), SIGN_UP);
    for (before, searched) in [
        ("怎么申请退学？", "怎么报名？"),
        ("北京大学怎么样？", "北京大学怎么报名"),
        ("强基计划是什么？", "强基计划怎么报名"),
    ] {
        let chat = say(&host, "rule", &[before, "答案如下。", "怎么报名？"]).await;
        assert_eq!(chat.text(), SIGN_UP, "{before}");
        let trace = host.trace(&chat.id).await;
        assert_eq!(trace["search"]["text"], searched);
        let said = trace.to_string().contains("the question as it was asked is a stored one");
        assert_eq!(said, searched != "怎么报名？", "{trace}");
    }
    // What is not stored is searched with what it refers to.
    let chat = say(&host, "rule", &DIALOG).await;
    assert!(chat.text().contains("每年五千元"), "{}", chat.text());
}

/// An app whose follow-ups the upstream words.
fn by_model(upstream: &Upstream, timeout: &str) -> String {
    let models = format!(
        "[models.up]\nbase_url = \"{}\"\nmodel = \"m\"\nprice_input = 1.0\nprice_output = 2.0\n[models.own]\nbase_url = \"http://127.0.0.1:1/v1\"\nmodel = \"m\"\nprice_input = 9.0\nprice_output = 9.0\n",
        upstream.base_url
    );
    let keys = format!(
        "model = \"own\"\nfollow_up = \"model\"\nfollow_up_model = \"up\"\nfollow_up_timeout = \"{timeout}\""
    );
    format!("{models}{BASES}{}", app("app", &keys))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_hangs_is_not_waited_for_in_every_follow_up() {
    let upstream = Upstream::playing((0..9).map(|_| Script::Silent)).await;
    let host = filled(&by_model(&upstream, "200ms")).await;
    let mut reason = String::new();
    for _ in 0..4 {
        let chat = say(&host, "app", &DIALOG).await;
        assert!(chat.text().contains("每年五千元"), "the rule words it: {}", chat.text());
        reason = host.trace(&chat.id).await["search"]["reason"].as_str().unwrap().to_owned();
    }
    assert!(
        reason.contains("the model `up` is not asked for 1 s since it failed: it took longer"),
        "{reason}"
    );
    assert_eq!(upstream.received().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_words_the_follow_up_and_its_tokens_count() {
    let upstream = Upstream::playing([Script::Says(vec!["北京大学一年要", "交多少学费？"])]).await;
    let host = filled(&by_model(&upstream, "60s")).await;
    let chat = say(&host, "app", &DIALOG).await;
    assert!(chat.text().contains("每年五千元"), "{}", chat.text());
    assert_eq!(chat.body["usage"]["total_tokens"], 10, "{}", chat.body);
    let trace = host.trace(&chat.id).await;
    assert_eq!(
        (&trace["search"]["text"], &trace["search"]["by"]),
        (&json!("北京大学一年要交多少学费？"), &json!("model"))
    );
    let call = &trace["model_calls"][0];
    assert_eq!(
        (&call["purpose"], &call["model"], &call["error"]),
        (&json!("follow_up"), &json!("up"), &Value::Null)
    );
    assert_eq!(call["request_text"].as_str().unwrap().as_bytes(), upstream.received()[0]);
    assert_eq!(call["usage"], json!({"prompt_tokens": 7, "completion_tokens": 3}));
    assert_eq!(trace["cost"], (7.0 + 3.0 * 2.0) / 1000.0, "at the prices of the model that was called");
    let sent: Value = serde_json::from_slice(&upstream.received()[0]).unwrap();
    let told = sent["messages"][1]["content"].as_str().unwrap();
    assert!(told.contains("用户：北京大学怎么样？\n助手：北京大学位于海淀区。"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_fails_leaves_the_rules_wording() {
    let long = "长".repeat(2000).leak();
    for (script, cause) in [
        (Script::Refuses(500, r#"{"error":{"message":"broken"}}"#), "broken"),
        (Script::Garbage("data: <html>\n\n"), "not a chat completion"),
        (Script::SaysThenBreaksOff(vec!["北京大学的"]), "broke off"),
        (Script::Says(vec!["好的，", "我来回答：\n", "北京大学的费用是五千元。"]), "not one line"),
        (Script::Says(vec!["  \n"]), "empty"),
        (Script::Says(vec![long]), "too long"),
        (Script::Calls("search", "{}"), "not whole"),
    ] {
        let upstream = Upstream::playing([script]).await;
        let host = filled(&by_model(&upstream, "60s")).await;
        let chat = say(&host, "app", &DIALOG).await;
        assert!(chat.text().contains("每年五千元"), "{cause}: {}", chat.text());
        let trace = host.trace(&chat.id).await;
        let search = &trace["search"];
        assert_eq!((&search["text"], &search["by"]), (&json!("北京大学的费用"), &json!("rule")), "{cause}");
        assert!(search["reason"].as_str().unwrap().contains(cause), "{search}");
        assert!(trace["model_calls"][0]["error"].as_str().unwrap().contains(cause), "{trace}");
        assert_eq!(trace["error"], Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_model_is_given_up_at_the_deadline() {
    let upstream = Upstream::playing([Script::SaysThenStalls(vec!["北京大学的"])]).await;
    let host = filled(&by_model(&upstream, "200ms")).await;
    let chat = say(&host, "app", &DIALOG).await;
    assert!(chat.text().contains("每年五千元"), "{}", chat.text());
    upstream.client_left().await;
    let trace = host.trace(&chat.id).await;
    assert_eq!(trace["search"]["by"], "rule");
    let call = &trace["model_calls"][0];
    assert!(call["error"].as_str().unwrap().contains("follow_up_timeout = 200ms"), "{call}");
    assert!(call["total_ms"].as_f64().unwrap() >= 200.0, "{call}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_ends_the_follow_ups_model_call() {
    let upstream = Upstream::playing([Script::SaysThenStalls(vec!["北京大学的"])]).await;
    let host = Host::start(
        &by_model(&upstream, "5m").replace("[models.own]", "stall_timeout = \"1h\"\n[models.own]"),
    );
    let [first, answer, question] = DIALOG;
    let messages = json!([{"role": "user", "content": first}, {"role": "assistant", "content": answer},
                          {"role": "user", "content": question}]);
    let request = host.http.post(format!("{}/v1/chat/completions", host.url));
    let client = tokio::spawn(request.json(&json!({"model": "app", "messages": messages})).send());
    crate::support::eventually("the request to the model", async || {
        (!upstream.received().is_empty()).then_some(())
    })
    .await;
    client.abort();
    upstream.client_left().await;
    let trace = host.newest_trace_of(1).await;
    assert_eq!(trace["finish_reason"], "cancelled", "{trace}");
    let call = &trace["model_calls"][0];
    assert_eq!(
        (&call["purpose"], &call["error"]),
        (&json!("follow_up"), &json!("still running when the turn ended"))
    );
    assert_eq!(trace["search"]["text"], "北京大学的费用", "by rule, before the model was asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_model_is_asked_where_nothing_may_be_missing_or_nobody_searches() {
    let upstream = Upstream::playing([]).await;
    let text = by_model(&upstream, "60s");
    let host = Host::start(&format!(
        "{text}{}",
        app("silent", "follow_up = \"model\"\nmodel = \"up\"").replace("always", "forced")
    ));
    for (app, dialog) in [
        ("app", &["那费用呢？"][..]),
        ("app", &["北京大学怎么样？", "很好。", "清华大学计算机专业的学费是多少？"]),
        ("app", &["北京大学怎么样？", "很好。", "谢谢"]),
        ("silent", &DIALOG),
    ] {
        let chat = say(&host, app, dialog).await;
        assert_eq!(host.trace(&chat.id).await["model_calls"], json!([]), "{dialog:?}");
    }
    assert!(upstream.received().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_sees_both_texts_and_arguments_that_a_follow_up_leaves_out() {
    let service = Service::playing([Reply::Json(json!({"score": 620}))]).await;
    let host = Host::start(&format!(
        r#"
[plugins.api]
component = "builtin:http-api"
grants = {{ hosts = ["{origin}"] }}
[plugins.api.config]
url = "{origin}/scores"
extract_arguments = ["(?P<year>20[0-9]{{2}})", "(?P<province>河南|广东)"]
query = {{ q = "{{{{ question }}}}", s = "{{{{ search_text }}}}", year = "{{{{ arguments.year }}}}", province = "{{{{ arguments.province }}}}" }}
[apps.app]
answer = "direct"
plugins = [{{ plugin = "api", route = "always" }}]
"#,
        origin = service.origin
    ));
    let chat = say(&host, "app", &["2024年河南的分数线是多少？", "550 分。", "那广东呢？"]).await;
    assert!(chat.text().contains("620"), "{}", chat.text());
    let asked = service.asked()[0].query();
    assert_eq!((asked["q"].as_str(), asked["s"].as_str()), ("那广东呢？", "2024年广东的分数线是多少"));
    assert_eq!((asked["year"].as_str(), asked["province"].as_str()), ("2024", "广东"));
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_cannot_work_are_refused_with_their_mend() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    let up = "[models.up]\nbase_url = \"http://127.0.0.1:1/v1\"\nmodel = \"m\"\n";
    for (keys, key, mend) in [
        ("follow_up = \"guess\"", "apps.app.follow_up", "rule"),
        ("follow_up = \"model\"", "apps.app.follow_up:", "follow_up_model"),
        ("follow_up_model = \"up\"", "apps.app.follow_up_model", "follow_up = \"model\""),
        ("follow_up = \"model\"\nfollow_up_model = \"down\"", "apps.app.follow_up_model", "there are: up"),
        ("follow_up_timeout = \"2s\"", "apps.app.follow_up_timeout", "follow_up = \"model\""),
        (
            "follow_up = \"model\"\nmodel = \"up\"\nfollow_up_timeout = \"0s\"",
            "apps.app.follow_up_timeout",
            "3s",
        ),
    ] {
        std::fs::write(&path, format!("{up}[apps.app]\nanswer = \"direct\"\n{keys}\n")).unwrap();
        let output = run(&path, &["check"]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(key) && said.contains(mend), "{keys}: {said}");
    }
    std::fs::write(&path, "[apps.app]\nanswer = \"direct\"\n").unwrap();
    let output = binary(&path).args(["chat", "--trace", "在吗"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("searched as asked: nothing was said before"), "{said}");
}
