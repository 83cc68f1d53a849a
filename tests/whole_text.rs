use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};

use crate::support::{Host, Qdrant, Script, Upstream, run};

/// An app with the whole text of two bases in its prompt, and the markdown plugin for citations.
fn config(upstream: &Upstream, bases: &str, keys: &str) -> String {
    format!(
        r#"
[models.up]
base_url = "{}"
model = "m"
{bases}
[plugins.markdown]
component = "builtin:markdown"
[plugins.kb]
component = "builtin:knowledge-base"
grants = {{ knowledge = ["faq", "rules"] }}
[apps.app]
model = "up"
whole_text = ["rules", "faq"]
formatters = ["markdown"]
{keys}
"#,
        upstream.base_url
    )
}

const BASES: &str = "[knowledge.faq]\nthreshold = 0.3\n[knowledge.rules]\nthreshold = 0.3\n";

async fn fill(host: &Host) {
    for (base, id, text) in [
        ("rules", "b.md", "# 退档\n\n退档后只能参加征集志愿。\n"),
        (
            "rules",
            "a.md",
            "# 投档\n\n## 顺序\n\n按分数从高到低投档。\n\n## 比例\n\n投档比例不超过百分之一百零五。\n",
        ),
        ("faq", "faq.qa.csv", "问题,答案\n你是谁,我是志愿助手。\n怎么收费,基础功能免费。\n"),
    ] {
        let id = format!("{id}&url=https://example.com/{base}");
        assert_eq!(host.import(base, &id, text).await["imported"], 1);
    }
}

fn system(upstream: &Upstream, index: usize) -> String {
    let sent: Value = serde_json::from_slice(&upstream.received()[index]).unwrap();
    assert_eq!(sent["messages"][0]["role"], "system", "{sent}");
    sent["messages"][0]["content"].as_str().unwrap().to_owned()
}

/// Every section in its order, each under its number.
const WHOLE: [&str; 5] = [
    "[1] 投档（投档 / 顺序）\n按分数从高到低投档。",
    "[2] 投档（投档 / 比例）\n投档比例不超过百分之一百零五。",
    "[3] 退档（退档）\n退档后只能参加征集志愿。",
    "[4] faq.qa.csv\n你是谁\n我是志愿助手。",
    "[5] faq.qa.csv\n怎么收费\n基础功能免费。",
];

fn expect_in_order(system: &str) {
    let places: Vec<usize> = WHOLE
        .iter()
        .map(|text| system.find(text).unwrap_or_else(|| panic!("{text}\nis not in\n{system}")))
        .collect();
    assert!(places.is_sorted(), "{places:?}\n{system}");
}

async fn whole_text_goes_in(store: &str, bases: &str) {
    let says = |text| Script::Says(vec![text]);
    let upstream =
        Upstream::playing([says("按分数投档[1]，免费[5]。"), says("好"), says("好"), says("好")]).await;
    let host = Host::start(&config(&upstream, &format!("{store}{bases}"), ""));
    fill(&host).await;
    let chat = host.ask("app", "投档比例是多少？").await;
    expect_in_order(&system(&upstream, 0));
    let cited = "按分数投档[[1]](https://example.com/rules)，免费[[5]](https://example.com/faq)。";
    assert!(chat.text().starts_with(cited), "cited as passages are: {}", chat.text());
    assert!(chat.text().contains("[投档 › 投档 › 顺序](https://example.com/rules)"), "{}", chat.text());
    let whole = host.trace(&chat.id).await["whole_text"].clone();
    assert_eq!((&whole[0]["knowledge_base"], &whole[1]["knowledge_base"]), (&json!("rules"), &json!("faq")));
    let told = |document: &Value| {
        assert_eq!(document["digest"].as_str().map(str::len), Some(64), "the text it was: {document}");
        json!([document["id"], document["title"], document["sections"], document["tokens"]])
    };
    let documents: Vec<Value> = whole[0]["documents"].as_array().unwrap().iter().map(told).collect();
    assert_eq!(json!(documents), json!([["a.md", "投档", 2, 25], ["b.md", "退档", 1, 12]]));
    assert_eq!((&whole[0]["tokens"], &whole[0]["error"]), (&json!(37), &Value::Null));

    // What is imported, replaced and deleted is in the next prompt, and the rest as before.
    host.import("rules", "c.md", "# 加分\n\n加分不超过二十分。\n").await;
    host.import("rules", "b.md&url=https://example.com/rules", "# 退档\n\n退档后可以报征集志愿。\n").await;
    host.ask("app", "加分多少？").await;
    let grown = system(&upstream, 1);
    assert!(grown.contains("[4] 加分（加分）\n加分不超过二十分。") && grown.contains("[5] faq"), "{grown}");
    assert!(grown.contains("可以报征集志愿") && !grown.contains("只能参加"), "{grown}");
    let url = format!("{}/v1/knowledge-bases/rules/documents/c.md", host.url);
    assert_eq!(host.http.delete(url).send().await.unwrap().status(), 200);
    host.import("rules", "b.md&url=https://example.com/rules", "# 退档\n\n退档后只能参加征集志愿。\n").await;
    host.ask("app", "加分多少？").await;
    assert_eq!(system(&upstream, 2), system(&upstream, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_text_goes_in_numbered_and_in_order() {
    whole_text_goes_in("", BASES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_text_of_bases_on_qdrant_goes_in_the_same_way() {
    let qdrant = Qdrant::start().await;
    whole_text_goes_in(&qdrant.table, &BASES.replace("threshold", "store = \"remote\"\nthreshold")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_store_is_away_the_text_read_last_serves_and_without_one_the_turn_says_so() {
    let mut qdrant = Qdrant::start().await;
    let upstream = Upstream::playing([Script::Says(vec!["好"]), Script::Says(vec!["好"])]).await;
    let bases = format!("{}{}", qdrant.table, BASES.replace("threshold", "store = \"remote\"\nthreshold"));
    let text = config(&upstream, &bases, "");
    let host = Host::start(&text);
    fill(&host).await;
    host.ask("app", "投档比例是多少？").await;
    qdrant.kill();
    let chat = host.ask("app", "投档比例是多少？").await;
    assert_eq!(chat.text(), "好");
    assert_eq!(system(&upstream, 1), system(&upstream, 0));
    let error = host.trace(&chat.id).await["whole_text"][0]["error"].clone();
    assert!(
        error.as_str().unwrap().contains("stores") || error.as_str().unwrap().contains("remote"),
        "{error}"
    );
    // A host that has read nothing yet starts all the same, and says what is the matter.
    let late = Host::start(&text);
    let chat = late.ask("app", "投档比例是多少？").await;
    assert_eq!((chat.status, &chat.body["error"]["code"]), (503, &json!("knowledge_unavailable")));
    let told = chat.body["error"]["message"].as_str().unwrap();
    assert!(told.starts_with("the knowledge base cannot be searched") && !told.contains("rules"), "{told}");
    let trace = late.trace(&chat.id).await;
    let message = trace["error"].as_str().unwrap();
    assert!(message.contains("knowledge base `rules`") && message.contains("remote"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn passages_and_history_come_after_it_and_no_text_goes_in_twice() {
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let bases = format!("{BASES}[knowledge.other]\nthreshold = 0.3\n");
    let keys = "plugins = [{ plugin = \"kb\", route = \"always\" }]";
    let text = config(&upstream, &bases, keys).replace(r#"["faq", "rules"]"#, r#"["rules", "other"]"#);
    let host = Host::start(&text);
    fill(&host).await;
    host.import("other", "o.md", "# 专科投档\n\n专科的投档比例另行公布。\n").await;
    let messages = json!([{"role": "user", "content": "早上好"}, {"role": "assistant", "content": "您好"},
                          {"role": "user", "content": "投档比例是多少？"}]);
    let chat = host.chat(json!({"model": "app", "messages": messages})).await;
    assert_eq!(chat.text(), "好", "{}", chat.body);
    let system = system(&upstream, 0);
    expect_in_order(&system);
    let (_, passage) = system.split_once("[6] 专科投档（专科投档） 相关度 ").unwrap();
    assert!(passage.ends_with("\n专科的投档比例另行公布。"), "{system}");
    assert_eq!(system.matches("百分之一百零五").count(), 1, "{system}");
    let sent: Value = serde_json::from_slice(&upstream.received()[0]).unwrap();
    assert_eq!(sent["messages"][1]["content"], "早上好");
    let cuts = host.trace(&chat.id).await["model_calls"][0]["cuts"].to_string();
    assert!(cuts.contains("the whole text of its knowledge base is in the prompt"), "{cuts}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_base_that_has_grown_past_the_prompt_is_refused_and_never_cut() {
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let data = tempfile::tempdir().unwrap();
    let text = format!(
        "[server]\ndata_dir = {:?}\n{}",
        data.path().display().to_string(),
        config(&upstream, BASES, "prompt_tokens = 1000")
    );
    let host = Host::start(&text);
    fill(&host).await;
    assert_eq!(host.ask("app", "投档比例是多少？").await.text(), "好");
    let long: String =
        (0..40).map(|i| format!("## 第{i}条\n\n{}。\n\n", "平行志愿按分数投档".repeat(8))).collect();
    host.import("rules", "long.md", &long).await;
    let chat = host.ask("app", "投档比例是多少？").await;
    assert_eq!(
        (chat.status, &chat.body["error"]["code"]),
        (500, &json!("whole_text_too_long")),
        "{}",
        chat.body
    );
    let told = chat.body["error"]["message"].as_str().unwrap();
    assert!(told.starts_with("the app's knowledge is larger than its prompt;"), "{told}");
    let trace = host.trace(&chat.id).await;
    let message = trace["error"].as_str().unwrap();
    for part in
        ["`rules`", "prompt_tokens = 1000", "may take 875", "larger context_tokens", "knowledge-base plugin"]
    {
        assert!(message.contains(part), "{part}: {message}");
    }
    let number = message.split("about ").nth(1).unwrap().split(' ').next().unwrap();
    assert!((2900..3200).contains(&number.parse().unwrap()), "{message}");
    assert_eq!(upstream.received().len(), 1);

    // The same is known at the next start.
    drop(host);
    let said = check(data.path(), &text);
    assert!(!said.status.success());
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.contains("apps.app.whole_text") && said.contains("prompt_tokens = 1000"), "{said}");
    let mended = check(data.path(), &text.replace("prompt_tokens = 1000", "prompt_tokens = 6000"));
    assert!(mended.status.success(), "{}", String::from_utf8_lossy(&mended.stderr));
}

fn check(folder: &Path, config: &str) -> Output {
    let path = folder.join("host.toml");
    std::fs::write(&path, config).unwrap();
    run(&path, &["check"])
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_cannot_work_are_refused_with_their_mend() {
    let upstream = Upstream::playing([]).await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("own.j2"), "你是助手。{% for p in passages %}{{ p.text }}{% endfor %}")
        .unwrap();
    std::fs::write(
        folder.path().join("whole.j2"),
        "{% for d in documents %}{{ d.title }}{% for s in d.sections %}[{{ s.number }}]{{ s.text }}{% endfor %}{% endfor %}",
    )
    .unwrap();
    let good = config(&upstream, BASES, "");
    for (from, to, key, mend) in [
        (
            "whole_text = [\"rules\"",
            "whole_text = [\"absent\"",
            "apps.app.whole_text",
            "there are: faq, rules",
        ),
        (
            "whole_text = [\"rules\", \"faq\"]",
            "whole_text = [\"faq\", \"faq\"]",
            "apps.app.whole_text",
            "listed twice",
        ),
        ("model = \"up\"\nwhole", "answer = \"direct\"\nwhole", "apps.app.whole_text", "answer = \"model\""),
        ("formatters", "prompt = \"own.j2\"\nformatters", "apps.app.prompt", "{{ documents }}"),
        (
            "formatters",
            "prompt_tokens = 9000\nformatters",
            "apps.app.prompt_tokens",
            "context_tokens of the model `up` is 8192",
        ),
    ] {
        let text = good.replacen(from, to, 1);
        assert_ne!(text, good, "{from}");
        let output = check(folder.path(), &text);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(key) && said.contains(mend), "{to}: {said}");
    }
    let own = good.replacen("formatters", "prompt = \"whole.j2\"\nformatters", 1);
    assert!(check(folder.path(), &own).status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_that_cuts_the_whole_text_is_told_of() {
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let text = config(&upstream, BASES, "prompt = \"own.md\"");
    let template =
        "{% for d in documents %}{% for s in d.sections %}{{ s.text[:3] }}\n{% endfor %}{% endfor %}";
    let host = Host::prepared(&text, |folder, _| std::fs::write(folder.join("own.md"), template).unwrap());
    fill(&host).await;
    let chat = host.ask("app", "投档比例是多少？").await;
    let trace = host.trace(&chat.id).await;
    let cuts = trace["model_calls"][0]["cuts"].as_array().unwrap();
    let cut = cuts.iter().find(|cut| cut["what"].as_str().unwrap().starts_with("part of section 1"));
    assert!(cut.unwrap()["reason"].as_str().unwrap().contains("cut or changed"), "{cuts:?}");
}

const NUMBERED: &str = "[{{ s.number }}]{{ s.text }}\n{% endfor %}{% endfor %}";

/// A host whose template shows only some of the documents or of their sections.
fn host_showing(upstream: &Upstream, template: String, keys: &str) -> Host {
    let text = config(upstream, BASES, &format!("prompt = \"own.md\"\n{keys}"));
    Host::prepared(&text, |folder, _| std::fs::write(folder.join("own.md"), template).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_that_the_template_does_not_show_are_found_and_no_source() {
    let upstream = Upstream::playing([Script::Says(vec!["按分数[1]，征集[3]。"])]).await;
    let template = format!(
        "{{% for d in documents[:1] %}}{{% for s in d.sections %}}{NUMBERED}\
         {{% for p in passages %}}[{{{{ p.number }}}}]{{{{ p.text }}}}\n{{% endfor %}}"
    );
    let keys = "plugins = [{ plugin = \"kb\", route = \"always\" }]";
    let host = host_showing(&upstream, template.clone(), keys);
    fill(&host).await;
    let chat = host.ask("app", "退档后只能参加征集志愿吗？").await;
    let system = system(&upstream, 0);
    assert!(system.starts_with("[1]按分数从高到低投档。\n[2]投档比例"), "{system}");
    assert!(system.contains("[3]退档后只能参加征集志愿。"), "it is found where it is not shown: {system}");
    assert_eq!(system.matches("按分数从高到低投档").count(), 1, "what is shown is there once: {system}");
    assert!(chat.text().contains("征集[[3]](https://example.com/rules)"), "{}", chat.text());
    assert!(chat.text().contains("[退档"), "{}", chat.text());
    let trace = host.trace(&chat.id).await;
    let ids = |base: usize, list: &str| {
        let listed = trace["whole_text"][base][list].as_array().cloned().unwrap_or_default();
        listed.iter().map(|document| document["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((ids(0, "documents"), ids(0, "not_shown")), (vec!["a.md".into()], vec!["b.md".into()]));
    assert_eq!((ids(1, "documents"), ids(1, "not_shown")), (vec![], vec!["faq.qa.csv".into()]));
    assert_eq!(trace["whole_text"][0]["tokens"], 25, "{trace}");
    let call = &trace["model_calls"][0];
    assert_eq!(call["passages"][0]["number"], 3, "{trace}");
    let body = json!({"trace": chat.id, "template": template});
    let again: Value = host.post("/v1/apps/app/prompt", body).await.json().await.unwrap();
    for key in ["request_text", "parts", "passages", "cuts"] {
        assert_eq!(again[key], call[key], "{key}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sections_that_the_template_does_not_show_have_no_number() {
    let upstream = Upstream::playing([Script::Says(vec!["见[2]、[3]和[4]。"])]).await;
    let template = format!("{{% for d in documents %}}{{% for s in d.sections[:1] %}}{NUMBERED}");
    let host = host_showing(&upstream, template, "");
    fill(&host).await;
    let chat = host.ask("app", "投档比例是多少？").await;
    let system = system(&upstream, 0);
    assert!(system.contains("[2]退档后只能") && system.contains("[3]你是谁"), "{system}");
    let text = chat.text();
    assert!(text.contains("[[2]](https://example.com/rules)"), "{text}");
    assert!(text.contains("[[3]](https://example.com/faq)") && !text.contains("[[4]]"), "{text}");
    let whole = host.trace(&chat.id).await["whole_text"].clone();
    assert_eq!(whole[0]["documents"][0]["sections"], 1, "{whole}");
    assert!(whole[0].get("not_shown").is_none(), "{whole}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_that_shows_only_some_documents_is_warned_of() {
    let upstream = Upstream::playing([]).await;
    let folder = tempfile::tempdir().unwrap();
    let text = config(&upstream, BASES, "prompt = \"own.j2\"");
    for (documents, sections, is_warned) in [
        ("documents[:1]", "d.sections", true),
        ("documents[:3]", "d.sections", true),
        ("documents", "d.sections[:1]", true),
        ("documents", "d.sections", false),
        ("documents | reverse", "d.sections", false),
    ] {
        let template = format!("{{% for d in {documents} %}}{{% for s in {sections} %}}{NUMBERED}");
        std::fs::write(folder.path().join("own.j2"), template).unwrap();
        let checked = check(folder.path(), &text);
        let said = String::from_utf8_lossy(&checked.stdout);
        assert!(checked.status.success(), "{said}");
        let warning = "warning: apps.app.prompt: the template shows only some of the documents, so that of what `whole_text` finds";
        assert_eq!(said.contains(warning), is_warned, "{documents} {sections}: {said}");
    }
}
