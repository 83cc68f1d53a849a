use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Host, run};

const CONFIG: &str = r#"
[knowledge.policy]
threshold = 0.3
filters = [{ operator = "gte", field = "year", value = 2024 }]

[plugins.kb]
component = "builtin:knowledge-base"
grants = { knowledge = ["policy"] }
[plugins.kb.config]
filters = [{ operator = "eq", field = "province", value = "{{ variables.province }}" }]

[plugins.wide]
component = "builtin:knowledge-base"
grants = { knowledge = ["policy"] }
[plugins.wide.config]
filters = { condition = "and", filters = [
    { operator = "eq", field = "province", value = "{{ variables.province }}", optional = true },
] }

[plugins.odd]
component = "builtin:knowledge-base"
grants = { knowledge = ["policy"] }
[plugins.odd.config]
filters = [{ operator = "gt", field = "province", value = "{{ variables.province }}" }]

[apps.narrow]
answer = "direct"
nothing_found = "没有找到。"
plugins = [{ plugin = "kb", route = "always" }]
[apps.wide]
answer = "direct"
plugins = [{ plugin = "wide", route = "always" }]
[apps.odd]
answer = "direct"
nothing_found = "没有找到。"
plugins = [{ plugin = "odd", route = "always" }]
"#;

const QUESTION: &str = "本科批次怎么填报志愿";

/// The documents that a trace's or a hit test's passages came from, by their titles.
fn titles(list: &Value) -> Vec<&str> {
    let mut titles: Vec<_> =
        list.as_array().into_iter().flatten().filter_map(|hit| hit["title"].as_str()).collect();
    titles.sort_unstable();
    titles
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_is_narrowed_by_base_by_query_and_by_the_variables_of_a_turn() {
    let host = Host::start(CONFIG);
    let text = |province: &str| {
        format!("---\ntitle: {province}\nprovince: {province}\n---\n{province}本科批次在六月填报志愿。")
    };
    for (id, province) in [("gd.md", "广东"), ("hn.md", "湖南"), ("old.md", "旧")] {
        // Metadata travels beside the id; the document says the rest itself.
        let year = if id == "old.md" { 2020 } else { 2024 };
        let id = format!("{id}&meta.year={year}&meta.tag=a&meta.tag=b");
        assert_eq!(host.import("policy", &id, &text(province)).await["imported"], 1);
    }
    let listed = host.get("/v1/knowledge-bases/policy/documents").await;
    assert_eq!(listed["data"][0]["metadata"], json!({"province": "广东", "tag": ["a", "b"], "year": "2024"}));

    let path = "/v1/knowledge-bases/policy/search";
    let test = async |body: Value| -> Value { host.post(path, body).await.json().await.unwrap() };
    let all = test(json!({"query": QUESTION})).await;
    assert_eq!(titles(&all["hits"]), ["广东", "湖南"], "the base's own filter");
    for name in ["filters", "metadata_filters"] {
        let filter = json!({"condition": "or", "filters": [{"operator": "in", "field": "province", "value": ["湖南", "旧"]}]});
        let narrow = test(json!({"query": QUESTION, name: filter})).await;
        assert_eq!(titles(&narrow["hits"]), ["湖南"]);
        let same = all["hits"].as_array().unwrap().iter().find(|hit| hit["title"] == "湖南").unwrap();
        assert_eq!(narrow["hits"][0]["score"], same["score"], "a filter changes no score");
    }
    let wrong = json!({"query": QUESTION, "filters": [{"operator": "gt", "field": "year", "value": "新"}]});
    let refused = host.post(path, wrong).await;
    assert_eq!(refused.status(), 400);
    let refused = refused.text().await.unwrap();
    assert!(
        refused.contains("filter on `year`") && refused.contains("neither a number nor an ISO date"),
        "{refused}"
    );

    let ask = async |app: &str, variables: Value| {
        let messages = json!([{"role": "user", "content": QUESTION}]);
        let chat = host.chat(json!({"model": app, "messages": messages, "variables": variables})).await;
        let trace = host.trace(&chat.id).await;
        (chat.text().to_owned(), trace["calls"][0].clone())
    };
    let (_, call) = ask("narrow", json!({"province": "湖南"})).await;
    assert_eq!(titles(&call["contribution"]["passages"]), ["湖南"]);
    let (said, call) = ask("narrow", json!({})).await;
    assert_eq!(said, "", "what was not searched was not sought in vain");
    assert!(call["error"].as_str().unwrap().contains("variable `province`"), "{call}");
    let (_, call) = ask("wide", json!({})).await;
    assert_eq!(titles(&call["contribution"]["passages"]), ["广东", "湖南"]);
    let (_, call) = ask("odd", json!({"province": "湖南"})).await;
    let messages = json!([{"role": "user", "content": QUESTION}]);
    let odd =
        host.chat(json!({"model": "odd", "messages": messages, "variables": {"province": "湖南"}})).await;
    assert_eq!(odd.body["error"]["code"], "missing_input", "{}", odd.body);
    assert!(odd.body["error"]["message"].as_str().unwrap().contains("neither a number nor an ISO date"));
    assert!(call["error"].to_string().contains("neither a number nor an ISO date"), "{call}");
}

#[test]
fn the_command_line_gives_lists_and_filters_metadata() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    std::fs::write(&path, CONFIG).unwrap();
    std::fs::write(folder.path().join("a.txt"), "本科批次在六月填报志愿。").unwrap();
    let file = folder.path().join("a.txt");
    let told = |arguments: &[&str]| {
        let output = run(&path, arguments);
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    };
    let import = ["kb", "import", "policy", file.to_str().unwrap(), "--meta", "year=2025"];
    let said = told(&[&import[..], &["--meta", "省=粤", "--meta", "省=桂"]].concat());
    assert!(said.contains("1 imported"), "{said}");
    let said = told(&["kb", "list", "policy"]);
    assert!(said.contains("\tyear=2025\t省=粤,桂"), "{said}");
    let filter = |value: &str| format!(r#"[{{"operator": "eq", "field": "省", "value": "{value}"}}]"#);
    let search = |filter: &str| told(&["kb", "search", QUESTION, "--json", "--filters", filter]);
    assert!(search(&filter("桂")).contains("六月填报"));
    assert!(!search(&filter("湘")).contains("六月填报"));
    assert!(search("[{}]").contains("--filters: missing field"));
    let said = told(&[&import[..], &["--meta", "省"]].concat());
    assert!(said.contains("key=value"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_that_does_not_fit_is_refused_and_a_filter_that_cannot_work_stops_the_start() {
    let host = Host::start(CONFIG);
    let http = reqwest::Client::builder().timeout(Duration::from_secs(120)).build().unwrap();
    let url = format!("{}/v1/knowledge-bases/policy/documents?id=a.txt&meta.a%20b=c", host.url);
    let response = http.post(url).body("志愿").send().await.unwrap();
    assert_eq!(response.status(), 400);
    let told = response.text().await.unwrap();
    assert!(told.contains("invalid_metadata") && told.contains("`a b`"), "{told}");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    std::fs::write(&path, CONFIG.replacen("gte", "like", 1)).unwrap();
    let output = run(&path, &["check"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success() && told.contains("knowledge.policy.filters") && told.contains("\"like\""),
        "{told}"
    );

    std::fs::write(&path, format!("{CONFIG}\n[rerank]\nbase_url = \"x\"\nmodel = \"m\"\ncandidates = 65\n"))
        .unwrap();
    let output = run(&path, &["check"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("rerank.base_url") && told.contains("rerank.candidates"), "{told}");
}
