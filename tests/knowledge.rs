use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Host, Script, Upstream, run};

const POLICY: &str = "# 平行志愿\n\n## 投档规则\n\n平行志愿按照分数优先、遵循志愿、一轮投档的原则进行。考生的高考总分从高到低排队，\
    计算机依次检索考生填报的院校专业组。\n\n## 退档\n\n考生被投档后因身体条件不符等原因可能被退档，退档后只能参加征集志愿。\n";
const HELP: &str = "# 收藏与导出\n\n在院校详情页点击右上角的星号即可收藏院校。志愿表可以导出为表格文件，在我的页面选择导出。\n";
const FAQ: &str = "问题,相似问,答案\n你是谁,你叫什么名字|介绍一下你自己,\"我是**高考志愿助手**，\n只回答报考问题。\"\n怎么收费,要钱吗,基础功能免费。\n";

/// Three bases and an app that searches them all.
fn config(upstream: &Upstream, store: &str) -> String {
    format!(
        r#"
[models.up]
base_url = "{}"
model = "m"
{store}
[knowledge.policy]
threshold = 0.5
[knowledge.help]
threshold = 0.5
[knowledge.faq]
threshold = 0.6
answer_threshold = 0.85

[plugins.kb]
component = "builtin:knowledge-base"
grants = {{ knowledge = ["policy", "help", "faq"] }}

[apps.adviser]
model = "up"
nothing_found = "没有找到。"
[[apps.adviser.plugins]]
plugin = "kb"
route = "always"

[apps.direct]
answer = "direct"
[[apps.direct.plugins]]
plugin = "kb"
route = "always"
"#,
        upstream.base_url
    )
}

async fn filled(upstream: &Upstream) -> Host {
    let host = Host::start(&config(upstream, ""));
    for (base, id, text) in
        [("policy", "volunteer.md", POLICY), ("help", "help.md", HELP), ("faq", "faq.qa.csv", FAQ)]
    {
        assert_eq!(host.import(base, id, text).await["imported"], 1, "{id}");
    }
    host
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standard_answer_comes_out_byte_for_byte_and_no_model_is_called() {
    let upstream = Upstream::playing([]).await;
    let host = filled(&upstream).await;
    for question in ["你是谁？", "你叫什么名字"] {
        let chat = host.ask("adviser", question).await;
        assert_eq!(chat.text(), "我是**高考志愿助手**，\n只回答报考问题。", "{question}");
        assert_eq!(host.trace(&chat.id).await["answered_by"], "kb");
    }
    assert!(upstream.received().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn passages_reach_the_prompt_and_hit_test_finds_the_same_with_the_same_scores() {
    let upstream = Upstream::playing([Script::Says(vec!["分数优先"])]).await;
    let host = filled(&upstream).await;
    let question = "平行志愿的投档原则是什么";
    let chat = host.ask("adviser", question).await;
    assert_eq!(chat.text(), "分数优先");
    let sent: Value = serde_json::from_slice(&upstream.received()[0]).unwrap();
    assert!(sent["messages"][0]["content"].as_str().unwrap().contains("遵循志愿"), "{sent}");
    let trace = host.trace(&chat.id).await;
    let passages = trace["calls"][0]["contribution"]["passages"].as_array().unwrap().clone();
    let test = host.post("/v1/knowledge-bases/search", json!({"query": question})).await;
    let test: Value = test.json().await.unwrap();
    let of = |list: &[Value]| -> Vec<(String, f64)> {
        list.iter()
            .map(|hit| (hit["text"].as_str().unwrap().to_owned(), hit["score"].as_f64().unwrap()))
            .collect()
    };
    let hits = test["hits"].as_array().unwrap();
    assert_eq!(of(&passages), of(hits));
    // The hit test of one base says the same of its part.
    let one = json!({"query": question});
    let one: Value = host.post("/v1/knowledge-bases/policy/search", one).await.json().await.unwrap();
    let of_policy: Vec<Value> =
        hits.iter().filter(|hit| hit["knowledge_base"] == "policy").cloned().collect();
    assert_eq!(of(&of_policy), of(one["hits"].as_array().unwrap()));
    assert_eq!(passages[0]["title"], "平行志愿");
    // The passage has grown over both sections: it is known by what both stand under, and says their own headings.
    assert_eq!(passages[0]["section"], json!(["平行志愿"]));
    assert!(passages[0]["text"].as_str().unwrap().contains("## 投档规则\n"), "{}", passages[0]["text"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_found_says_so_and_names_how_far_off_it_was() {
    let upstream = Upstream::playing([]).await;
    let host = filled(&upstream).await;
    let chat = host.ask("adviser", "红烧肉怎么炖").await;
    assert_eq!(chat.text(), "没有找到。");
    let call = &host.trace(&chat.id).await["calls"][0];
    let reason = call["contribution"]["reason"].as_str().unwrap();
    assert!(reason.contains("policy") && reason.contains("threshold"), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn direct_gives_the_best_passage_as_it_is() {
    let upstream = Upstream::playing([]).await;
    let host = filled(&upstream).await;
    let chat = host.ask("direct", "怎么收藏院校").await;
    assert!(chat.text().contains("星号") && HELP.contains(chat.text().trim()), "{}", chat.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_listed_replaced_and_deleted() {
    let upstream = Upstream::playing([]).await;
    let host = filled(&upstream).await;
    assert_eq!(host.import("policy", "volunteer.md", POLICY).await["unchanged"], 1);
    assert_eq!(host.import("policy", "volunteer.md", "# 新\n\n强基计划每年三月报名。").await["imported"], 1);
    let list = host.get("/v1/knowledge-bases/policy/documents").await;
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    let search = json!({"query": "退档之后怎么办", "threshold": 0.0});
    let hits: Value =
        host.post("/v1/knowledge-bases/policy/search", search.clone()).await.json().await.unwrap();
    assert!(!hits.to_string().contains("征集志愿"), "the old text is gone: {hits}");
    let url = format!("{}/v1/knowledge-bases/policy/documents/volunteer.md", host.url);
    assert_eq!(host.http.delete(&url).send().await.unwrap().status(), 200);
    assert_eq!(host.http.delete(&url).send().await.unwrap().status(), 404);
    let hits: Value = host.post("/v1/knowledge-bases/policy/search", search).await.json().await.unwrap();
    assert_eq!(hits["hits"], json!([]));
    let missing = host.post("/v1/knowledge-bases/absent/search", json!({"query": "x"})).await;
    assert_eq!(missing.status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_imports_lists_searches_and_deletes() {
    let upstream = Upstream::playing([]).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    std::fs::write(&path, config(&upstream, "")).unwrap();
    std::fs::create_dir(folder.path().join("docs")).unwrap();
    std::fs::write(folder.path().join("docs/a.md"), POLICY).unwrap();
    std::fs::write(folder.path().join("docs/b.bin"), [0u8, 159]).unwrap();
    let docs = folder.path().join("docs");
    let said = |arguments: &[&str]| succeeded(&path, arguments);
    let import = run(&path, &["kb", "import", "policy", docs.to_str().unwrap()]);
    assert!(String::from_utf8_lossy(&import.stdout).contains("1 imported"));
    assert!(!import.status.success() && String::from_utf8_lossy(&import.stderr).contains("b.bin"));
    assert!(said(&["kb", "import", "policy", docs.join("a.md").to_str().unwrap()]).contains("1 unchanged"));
    assert!(said(&["kb", "list", "policy"]).contains("a.md"));
    assert!(said(&["kb", "search", "退档", "--base", "policy", "--threshold", "0"]).contains("退档"));
    assert!(said(&["kb", "delete", "policy", "a.md"]).contains("deleted"));
    assert!(!said(&["kb", "list", "policy"]).contains("a.md"));
}

fn succeeded(config: &Path, arguments: &[&str]) -> String {
    let output = run(config, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_takes_nothing_in_fails_and_a_format_can_be_named() {
    let host = Host::start("[knowledge.kb]\n");
    let import = async |query: &str| {
        let url = format!("{}/v1/knowledge-bases/kb/documents?{query}", host.url);
        let response = host.http.post(url).body("平行志愿按照分数优先的原则投档。").send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    let (status, body) = import("id=picture.png").await;
    assert_eq!((status, &body["error"]["code"]), (422, &json!("unreadable")));
    assert!(
        body["error"]["message"].as_str().unwrap().contains("`picture.png`: its format .png cannot be read"),
        "{body}"
    );
    let (status, body) = import("id=notes.xyz&format=pdg").await;
    assert_eq!(status, 400);
    assert!(body["error"]["message"].as_str().unwrap().contains("there are: txt"), "{body}");
    assert_eq!(import("id=notes.xyz&format=txt").await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hit_test_asks_for_two_hundred_hits_at_most() {
    let host = Host::start("[knowledge.kb]\n");
    for (top_k, status) in [(0, 400), (1, 200), (200, 200), (201, 400), (usize::MAX, 400)] {
        let query = json!({"query": "平行志愿", "top_k": top_k});
        assert_eq!(host.post("/v1/knowledge-bases/kb/search", query).await.status(), status, "{top_k}");
    }
}
