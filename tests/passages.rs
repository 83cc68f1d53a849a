use serde_json::{Value, json};

use crate::support::{Host, Script, Upstream};

const FIRST: &str = "# 投档\n\n平行志愿按照分数优先、遵循志愿、一轮投档的原则投档。\n";
const THIRD: &str = "# 征集\n\n被退档的考生可以在规定时间填报征集志愿。\n";

/// Thirty sentences of twenty characters.
fn second() -> String {
    let sentence = |n: u32| format!("平行志愿的第{n:02}条细则由各省招生机构解释。");
    format!("# 细则\n\n{}\n", (0..30).map(sentence).collect::<String>())
}

/// Three bases whose weights order what is found in them.
fn config(upstream: &Upstream, prompt_tokens: usize) -> String {
    format!(
        r#"
[models.up]
base_url = "{}"
model = "m"

[knowledge.a]
threshold = 0.0
weight = 3.0
[knowledge.b]
threshold = 0.0
weight = 2.0
[knowledge.c]
threshold = 0.0

[plugins.kb]
component = "builtin:knowledge-base"
grants = {{ knowledge = ["a", "b", "c"] }}
[plugins.markdown]
component = "builtin:markdown"

[apps.app]
model = "up"
prompt_tokens = {prompt_tokens}
formatters = ["markdown"]
[[apps.app.plugins]]
plugin = "kb"
route = "always"
"#,
        upstream.base_url
    )
}

async fn filled(upstream: &Upstream, prompt_tokens: usize) -> Host {
    let host = Host::start(&config(upstream, prompt_tokens));
    for (base, text) in [("a", FIRST), ("b", &second()), ("c", THIRD)] {
        let id = format!("{base}.md&url=https://example.com/{base}");
        assert_eq!(host.import(base, &id, text).await["imported"], 1);
    }
    host
}

const QUESTION: &str = "平行志愿怎么投档";

fn system(upstream: &Upstream) -> String {
    let sent: Value = serde_json::from_slice(&upstream.received()[0]).unwrap();
    sent["messages"][0]["content"].as_str().unwrap().to_owned()
}

/// Title and whether it is whole, of each passage in the prompt.
fn packed(trace: &Value) -> Vec<(&str, bool)> {
    let passages = trace["model_calls"][0]["passages"].as_array().unwrap();
    passages.iter().map(|p| (p["title"].as_str().unwrap(), p["whole"].as_bool().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_passage_has_its_number_document_section_score_and_link() {
    let upstream = Upstream::playing([Script::Says(vec!["分数优先"])]).await;
    let host = filled(&upstream, 4000).await;
    let chat = host.ask("app", QUESTION).await;
    let trace = host.trace(&chat.id).await;
    assert_eq!(packed(&trace), [("投档", true), ("细则", true), ("征集", true)]);
    let first = &trace["model_calls"][0]["passages"][0];
    assert_eq!((&first["number"], &first["knowledge_base"]), (&json!(1), &json!("a")));
    let score = first["score"].as_f64().unwrap();
    let head = format!("[1] 投档（投档） 相关度 {} https://example.com/a\n", (score * 100.0).round() / 100.0);
    assert!(system(&upstream).contains(&head), "no {head} in {}", system(&upstream));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_passage_is_cut_after_a_sentence_and_the_trace_says_so() {
    let upstream = Upstream::playing([Script::Says(vec!["分数优先"])]).await;
    let host = filled(&upstream, 500).await;
    let trace = host.trace(&host.ask("app", QUESTION).await.id).await;
    assert_eq!(packed(&trace)[..2], [("投档", true), ("细则", false)]);
    assert!(system(&upstream).contains("招生机构解释。…"), "{}", system(&upstream));
    let cut = &trace["model_calls"][0]["cuts"][0];
    assert_eq!(cut["what"], "the end of passage 2: 细则");
    assert!(cut["reason"].as_str().unwrap().contains("prompt_tokens = 500"), "{cut}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_out_takes_no_number_and_a_citation_leads_to_what_the_model_saw() {
    let upstream = Upstream::playing([Script::Says(vec!["可以填报征集志愿[2]。"])]).await;
    let host = filled(&upstream, 220).await;
    let chat = host.ask("app", QUESTION).await;
    let trace = host.trace(&chat.id).await;
    assert_eq!(packed(&trace), [("投档", true), ("征集", true)]);
    assert!(system(&upstream).contains("[2] 征集") && !system(&upstream).contains("细则"));
    assert_eq!(trace["model_calls"][0]["cuts"][0]["what"], "passage: 细则");
    assert!(chat.text().contains("https://example.com/c"), "{}", chat.text());
    assert!(!chat.text().contains("https://example.com/b"), "{}", chat.text());
}

/// What is found and does not fit is not absent: the model must not be told to say that nothing was found.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_found_and_does_not_fit_is_refused_or_told_and_never_taken_for_nothing() {
    let upstream = Upstream::playing((0..2).map(|_| Script::Says(vec!["好"]))).await;
    let ask = async |host: &Host, more: Value| {
        let mut body = json!({"model": "app", "messages": [{"role": "user", "content": QUESTION}]});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        host.post("/v1/chat/completions", body).await
    };
    let refused = async |response: reqwest::Response, mend: &str| {
        assert_eq!(response.status(), 400);
        let error = response.json::<Value>().await.unwrap()["error"].clone();
        assert_eq!(error["code"], "tokens_too_long", "{error}");
        let message = error["message"].as_str().unwrap();
        let begin = "too little of what was found fits beside the question (prompt_tokens = ";
        assert!(message.starts_with(begin) && message.ends_with(mend), "{message}");
    };
    let short = Host::start(&config(&upstream, 190));
    short.import("b", "b.md&url=https://example.com/b", &second()).await;
    refused(ask(&short, json!({})).await, "; shorten it").await;
    // An eighth of the budget is left beside so long an answer.
    let long = Host::start(&config(&upstream, 1520));
    long.import("b", "b.md&url=https://example.com/b", &second()).await;
    refused(ask(&long, json!({"max_tokens": 8192})).await, "; shorten it, or send a smaller max_tokens")
        .await;
    assert_eq!((ask(&long, json!({})).await.status().as_u16(), upstream.received().len()), (200, 1));

    let goes_on = config(&upstream, 190).replace("\"always\"", "\"always\"\non_failure = \"continue\"");
    let host = Host::start(&goes_on);
    host.import("b", "b.md&url=https://example.com/b", &second()).await;
    let response = ask(&host, json!({})).await;
    let failed = response.headers()["x-failed-plugins"].to_str().unwrap();
    assert_eq!((response.status().as_u16(), failed), (200, "kb"));
    let sent: Value = serde_json::from_slice(&upstream.received()[1]).unwrap();
    let system = sent["messages"][0]["content"].as_str().unwrap();
    assert!(system.contains("- kb：找到了资料，") && !system.contains("请直接说明没有找到"), "{system}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_in_another_base_is_left_out_and_named() {
    let upstream = Upstream::playing([Script::Says(vec!["分数优先"])]).await;
    let host = Host::start(&config(&upstream, 4000));
    let copy = second().replace('。', ".").replace("第07条细则由", "第07条规则由");
    assert_eq!(host.import("a", "a.md", &second()).await["imported"], 1);
    assert_eq!(host.import("b", "copy.md", &copy).await["imported"], 1);
    let trace = host.trace(&host.ask("app", QUESTION).await.id).await;
    assert_eq!(packed(&trace), [("细则", true)]);
    let logged = trace["calls"][0]["report"]["logs"][0]["message"].as_str().unwrap();
    assert!(logged.contains("b/copy.md#0") && logged.contains("a/a.md#0"), "{logged}");
}

const POLICY: &str = "# 志愿\n\n## 平行志愿\n\n平行志愿按照分数优先的原则投档。\n\n## 征集志愿\n\n录取后公布缺额，未被录取的考生可以填报。\n\n\
    ## 体检\n\n色盲的考生不能报考医学专业。\n\n# 缴费\n\n报名费通过网上银行缴纳。\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_short_section_comes_with_those_around_it_and_hits_that_touch_are_one() {
    let base = |keys: &str| format!("[knowledge.kb]\nthreshold = 0.0\n{keys}\n");
    let search = async |host: &Host, query: &str, top_k: usize| -> Value {
        let body = json!({"query": query, "top_k": top_k});
        host.post("/v1/knowledge-bases/kb/search", body).await.json().await.unwrap()
    };
    let host = Host::start(&base(""));
    host.import("kb", "a.md", POLICY).await;
    host.import("kb", "b.csv", "学校,分数\n甲大学,690\n乙大学,680\n丙大学,670\n").await;
    let one = search(&host, "征集志愿怎么填报", 1).await;
    let hit = &one["hits"][0];
    assert_eq!((&hit["section"], &hit["joined"]), (&json!(["志愿"]), &json!([])), "what all of it is under");
    let text = "平行志愿按照分数优先的原则投档。\n\n## 征集志愿\n录取后公布缺额，未被录取的考生可以填报。\n\n## 体检\n色盲的考生不能报考医学专业。";
    assert_eq!(hit["text"], format!("## 平行志愿\n{text}"), "the next chapter is left out");

    let two = search(&host, "平行志愿和征集志愿", 2).await;
    assert_eq!(two["hits"].as_array().unwrap().len(), 1, "{two}");
    assert_eq!((&two["hits"][0]["joined"][0], &two["reports"][0]["found"]), (&json!("a.md#1"), &json!(2)));
    assert_eq!(two["hits"][0]["text"], format!("## 平行志愿\n{text}"));

    let row = search(&host, "学校 乙大学 分数", 1).await;
    assert_eq!(row["hits"][0]["text"], "学校: 乙大学\n分数: 680", "a row stands alone");

    let alone = Host::start(&base("grow_chars = 0"));
    alone.import("kb", "a.md", POLICY).await;
    let two = search(&alone, "平行志愿和征集志愿", 2).await;
    assert_eq!(two["hits"].as_array().unwrap().len(), 2);
    assert_eq!(two["hits"][0]["text"], "平行志愿按照分数优先的原则投档。");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_whose_tool_calls_leave_no_room_is_at_fault_and_not_the_question() {
    let arguments: &'static str = format!(r#"{{"query": "{}"}}"#, "平行志愿".repeat(300)).leak();
    let upstream = Upstream::playing([Script::Calls("kb", arguments)]).await;
    let host = Host::start(&format!(
        r#"
[models.up]
base_url = "{}"
model = "m"
[knowledge.kb]
[plugins.kb]
component = "builtin:knowledge-base"
grants = {{ knowledge = ["kb"] }}
[apps.app]
model = "up"
prompt_tokens = 500
plugins = [{{ plugin = "kb", route = "model" }}]
"#,
        upstream.base_url
    ));
    let chat = host.ask("app", "平行志愿怎么投档？").await;
    assert_eq!((chat.status, &chat.body["error"]["code"]), (502, &json!("model_failed")), "{}", chat.body);
    let trace = host.trace(&chat.id).await;
    assert!(trace["error"].as_str().unwrap().contains("wrote in its tool calls"), "{}", trace["error"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_direct_answer_is_the_matched_section_and_a_model_sees_what_is_around_it() {
    let upstream = Upstream::playing([Script::Says(vec!["五千元"])]).await;
    let direct = "[apps.direct]\nanswer = \"direct\"\nplugins = [{ plugin = \"kb\", route = \"always\" }]\n";
    let host = Host::start(&format!("{}{direct}", config(&upstream, 4000)));
    let text = "# 收费\n\n## 学费\n\n软件工程专业学费每年五千元。\n\n## 住宿\n\n四人间住宿费每年八百元。\n";
    assert_eq!(host.import("a", "fees.md", text).await["imported"], 1);
    let question = "软件工程专业学费每年多少";
    let chat = host.ask("direct", question).await;
    assert!(chat.text().contains("五千元") && !chat.text().contains("住宿费"), "{}", chat.text());
    host.ask("app", question).await;
    assert!(
        system(&upstream).contains("五千元") && system(&upstream).contains("住宿费"),
        "{}",
        system(&upstream)
    );
}
