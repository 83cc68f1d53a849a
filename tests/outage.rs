use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{Embeddings, Host, Qdrant, Reply, Script, Service, Upstream, eventually};

const POLICY: &str = "# 平行志愿\n\n## 投档规则\n\n平行志愿按照分数优先、遵循志愿、一轮投档的原则进行。\n";
const FAQ: &str = "问题,相似问,答案\n怎么收费,要钱吗,基础功能免费。\n";

/// Two bases on one embedder, and apps that search them: one goes on with what there is, one does not.
fn config(embeddings: &Embeddings, more: &str, base: &str) -> String {
    let embedder = embeddings.table("far", 64);
    format!(
        r#"
{embedder}
retries = 0
question_timeout = "500ms"
{more}
[knowledge.faq]
embedder = "far"
answer_threshold = 0.85
threshold = 0.4
{base}
[knowledge.policy]
embedder = "far"
threshold = 0.4
{base}
[plugins.kb]
component = "builtin:knowledge-base"
grants = {{ knowledge = ["faq", "policy"] }}
[apps.direct]
answer = "direct"
nothing_found = "没有找到。"
plugins = [{{ plugin = "kb", route = "always" }}]
[apps.strict]
answer = "direct"
nothing_found = "没有找到。"
plugins = [{{ plugin = "kb", route = "always", on_failure = "fail" }}]
"#
    )
}

async fn fill(host: &Host) {
    host.import("faq", "faq.qa.csv", FAQ).await;
    host.import("policy", "policy.md", POLICY).await;
}

async fn search(host: &Host, base: &str, query: &str) -> Value {
    let path = format!("/v1/knowledge-bases/{base}/search");
    host.post(&path, json!({"query": query})).await.json().await.unwrap()
}

async fn metrics(host: &Host) -> String {
    host.http.get(format!("{}/metrics", host.url)).send().await.unwrap().text().await.unwrap()
}

/// The value of a line of the metrics.
fn value(metrics: &str, line: &str) -> f64 {
    let found = metrics.lines().find_map(|other| other.strip_prefix(line)?.trim().parse().ok());
    found.unwrap_or_else(|| panic!("no `{line}` in {metrics}"))
}

/// A turn's status, the mark of what it could not search, and its text.
async fn ask(host: &Host, app: &str, question: &str) -> (u16, Option<String>, String) {
    let body = json!({"model": app, "messages": [{"role": "user", "content": question}]});
    let response = host.post("/v1/chat/completions", body).await;
    let mark = response.headers().get("x-degraded").map(|mark| mark.to_str().unwrap().to_owned());
    let status = response.status().as_u16();
    let body: Value = response.json().await.unwrap();
    let text = body.pointer("/choices/0/message/content").or_else(|| body.pointer("/error/code"));
    (status, mark, text.and_then(Value::as_str).unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_embedder_that_hangs_keeps_no_other_plugin_from_its_place() {
    let embeddings = Embeddings::start().await;
    let service = Service::playing((0..8).map(|_| Reply::Json(json!({"score": 612})))).await;
    let more = format!(
        r#"
[engine]
max_concurrent_calls = 8
[plugins.scores]
component = "builtin:http-api"
[plugins.scores.config]
url = "{0}/v1/scores"
extract = {{ score = "$.score" }}
result = "{{{{ score }}}}分"
[plugins.scores.grants]
hosts = ["{0}"]
[apps.scores]
answer = "direct"
plugins = [{{ plugin = "scores", route = "always" }}]
"#,
        service.origin
    );
    let host = Host::start(&config(&embeddings, &more, ""));
    fill(&host).await;
    let imported = embeddings.requests();
    embeddings.hold();
    let began = Instant::now();
    let questions: Vec<String> = (0..24).map(|n| format!("平行志愿怎么投档 {n}")).collect();
    let hanging = join_all(questions.iter().map(|question| ask(&host, "direct", question)));
    let others = join_all((0..8).map(|_| ask(&host, "scores", "分数")));
    let (hanging, others) = tokio::join!(hanging, others);
    for (status, mark, text) in others {
        assert_eq!((status, mark, text.as_str()), (200, None, "612分"));
    }
    for (status, mark, text) in hanging {
        assert_eq!((status, mark.as_deref()), (200, Some("faq, policy")), "{text}");
        assert!(text.contains("分数优先"), "words are searched: {text}");
    }
    let asked = embeddings.requests() - imported;
    assert!(asked < 16, "the breaker kept most of 24 from asking: {asked} asked in {:?}", began.elapsed());
    let counted = metrics(&host).await;
    let far = r#"{kind="embedder",name="far"}"#;
    assert!(value(&counted, &format!("qianfan_host_server_breaker{far}")) > 0.0);
    assert!(value(&counted, &format!("qianfan_host_server_refusals_total{far}")) > 0.0);
    assert!(value(&counted, &format!("qianfan_host_server_errors_total{far}")) >= 3.0);
    assert_eq!(value(&counted, r#"qianfan_host_turns_degraded_total{app="direct"}"#), 24.0);

    embeddings.release();
    eventually("a search with vectors", async || {
        let found = search(&host, "policy", "平行志愿怎么投档").await;
        let report = &found["reports"][0];
        (report["degraded"].is_null() && report["error"].is_null()).then_some(())
    })
    .await;
    assert_eq!(value(&metrics(&host).await, &format!("qianfan_host_server_breaker{far}")), 0.0);
}

/// What is answered while the embedder is away, whichever store holds the bases.
async fn words_are_left(store: &str, base: &str) {
    let embeddings = Embeddings::start().await;
    let host = Host::start(&config(&embeddings, store, base));
    fill(&host).await;
    let whole = ask(&host, "strict", "平行志愿怎么投档").await;
    assert!(whole.0 == 200 && whole.1.is_none() && whole.2.contains("分数优先"), "{whole:?}");
    for status in [401, 500, 503] {
        embeddings.answer_with(status);
        // The same question but for width and punctuation; one asked before has its vector still.
        let asked = format!("怎么收费{}", "？".repeat(usize::from(status) % 7 + 1));
        for app in ["direct", "strict"] {
            let (code, mark, text) = ask(&host, app, &asked).await;
            assert_eq!((code, text.as_str()), (200, "基础功能免费。"), "{status}");
            assert_eq!(mark.as_deref(), Some("faq, policy"));
        }
        let near = format!("收费吗{status}");
        let (_, mark, text) = ask(&host, "direct", &near).await;
        assert!(mark.is_some() && text != "基础功能免费。", "only an equal question has its answer: {text}");
        let (code, mark, text) = ask(&host, "direct", &format!("平行志愿的投档原则 {status}")).await;
        assert_eq!((code, mark.as_deref()), (200, Some("faq, policy")));
        assert!(text.contains("分数优先"), "{text}");
        let (code, _, text) = ask(&host, "strict", &format!("平行志愿的投档原则 {status}")).await;
        assert_eq!((code, text.as_str()), (503, "knowledge_unavailable"), "half of it counts for on_failure");
    }
    let chat = host.ask("direct", "投档原则 新").await;
    let trace = host.trace(&chat.id).await;
    assert_eq!(trace["degraded"], json!(["faq", "policy"]));
    let base = &trace["calls"][0]["report"]["searches"][0]["bases"][1];
    assert!(base["error"].is_null() && base["degraded"].as_str().unwrap().contains("503"), "{base}");
    let hit = &search(&host, "policy", "投档原则 再").await["hits"][0];
    let (score, lexical) = (hit["score"].as_f64().unwrap(), hit["lexical"].as_f64().unwrap());
    assert!((score - lexical.sqrt()).abs() < 1e-6 && hit["dense"] == 0.0, "{hit}");
    let body =
        json!({"model": "direct", "stream": true, "messages": [{"role": "user", "content": "投档原则 流"}]});
    let streamed = host.post("/v1/chat/completions", body).await;
    assert_eq!(streamed.headers()["x-degraded"], "faq, policy");
    embeddings.answer_with(200);
    eventually("a turn that knows all", async || {
        ask(&host, "direct", "平行志愿的投档").await.1.is_none().then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_vectors_there_are_still_words_in_the_embedded_store() {
    words_are_left("", "").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_vectors_there_are_still_words_in_qdrant() {
    let server = Qdrant::start().await;
    words_are_left(&server.table, "store = \"remote\"").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_store_costs_a_few_turns_their_wait_and_no_more() {
    let (embeddings, server) = (Embeddings::start().await, Qdrant::start().await);
    let table = format!("{}search_timeout = \"700ms\"\n", server.table);
    let config = config(&embeddings, &table, "store = \"remote\"");
    let config = format!("{config}\n[knowledge.own]\nembedder = \"far\"\nthreshold = 0.4\n");
    let host = Host::start(&config);
    fill(&host).await;
    host.import("own", "policy.md", POLICY).await;
    assert!(!search(&host, "policy", "投档").await["hits"].as_array().unwrap().is_empty());
    server.pause();
    // Both bases are on the server: three failures need two searches.
    let mut refused = Value::Null;
    for _ in 0..4 {
        let both = host.post("/v1/knowledge-bases/search", json!({"query": "投档规则"})).await;
        refused = both.json().await.unwrap();
    }
    let reports = refused["reports"].as_array().unwrap();
    let report = |base: &str| reports.iter().find(|report| report["knowledge_base"] == base).unwrap();
    for base in ["faq", "policy"] {
        let error = report(base)["error"].as_str().unwrap();
        assert!(error.starts_with("the store `remote` is not asked for "), "{error}");
    }
    assert!(report("own")["error"].is_null(), "a base elsewhere is searched all the same");
    assert!(refused["times"]["search_ms"].as_f64().unwrap() < 500.0, "{refused}");
    let began = Instant::now();
    let list = host.get("/v1/knowledge-bases").await;
    assert!(list["data"].to_string().contains("the store `remote` is not asked for"), "{list}");
    assert!(began.elapsed() < Duration::from_millis(1500), "{:?}", began.elapsed());
    let store = r#"qianfan_host_server_breaker{kind="store",name="remote"}"#;
    assert!(value(&metrics(&host).await, store) > 0.0);
    server.go_on();
    eventually("a search of the store", async || {
        search(&host, "policy", "投档规则").await["reports"][0]["error"].is_null().then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_wait_for_no_store() {
    let (embeddings, server) = (Embeddings::start().await, Qdrant::start().await);
    let host = Host::start(&config(&embeddings, &server.table, "store = \"remote\""));
    fill(&host).await;
    let searchable = r#"qianfan_host_knowledge_searchable{knowledge_base="policy"}"#;
    eventually("figures", async || (value(&metrics(&host).await, searchable) == 1.0).then_some(())).await;
    server.pause();
    // From the first look on, and also each time when the breaker would let somebody try the store.
    let (mut longest, paused) = (Duration::ZERO, Instant::now());
    while paused.elapsed() < Duration::from_secs(9) {
        let began = Instant::now();
        _ = metrics(&host).await;
        longest = longest.max(began.elapsed());
        // The outage's own length is the subject: a look now and then through all of it.
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(longest < Duration::from_millis(1500), "{longest:?}");
    // A count that was on its way has ended with the store's time-out of 5 s.
    assert_eq!(value(&metrics(&host).await, searchable), 0.0);
    server.go_on();
    eventually("figures", async || (value(&metrics(&host).await, searchable) == 1.0).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_is_away_is_not_asked_for_a_while_and_a_bad_request_closes_it_to_nobody() {
    let bad = || Script::Refuses(400, r#"{"error":{"message":"max_tokens must be below 4096"}}"#);
    let scripts = [bad(), bad(), bad(), bad(), Script::Refuses(429, ""), Script::Refuses(500, "")];
    let away = (0..3).map(|_| Script::Refuses(503, "no backend"));
    let upstream = Upstream::playing(
        scripts.into_iter().chain(away).chain([Script::Says(vec!["好"]), Script::Says(vec!["好"])]),
    )
    .await;
    let host = Host::start(&crate::chat::plain(&upstream));
    for expected in [400, 400, 400, 400, 429, 502] {
        assert_eq!(host.ask("plain", "问").await.status, expected);
    }
    // Whether the gateway says it or the breaker: the model is away.
    for _ in 0..3 {
        let chat = host.ask("plain", "问").await;
        assert_eq!((chat.status, &chat.body["error"]["code"]), (503, &json!("model_unavailable")));
    }
    let body = json!({"model": "plain", "messages": [{"role": "user", "content": "问"}]});
    let refused = host.post("/v1/chat/completions", body).await;
    assert_eq!(refused.status(), 503);
    assert!(refused.headers()["retry-after"].to_str().unwrap().parse::<u32>().unwrap() >= 1);
    assert_eq!(refused.json::<Value>().await.unwrap()["error"]["code"], "model_unavailable");
    assert_eq!(upstream.received().len(), 9, "it was not asked");
    let trace = host.newest_trace_of(10).await;
    let error = trace["error"].as_str().unwrap();
    assert!(error.contains("is not asked for 1 s since it failed: ") && error.contains("503"), "{error}");
    eventually("an answer", async || (host.ask("plain", "问").await.status == 200).then_some(())).await;
    assert_eq!(host.ask("plain", "问").await.text(), "好");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reranker_that_hangs_is_not_waited_for_again_and_again() {
    let embeddings = Embeddings::start().await;
    let reranker = Service::playing((0..9).map(|_| Reply::Silent)).await;
    let more =
        format!("[rerank]\nbase_url = \"{}\"\nmodel = \"judge\"\ntimeout = \"300ms\"\n", reranker.origin);
    let host = Host::start(&config(&embeddings, &more, "grow_chars = 0"));
    let two = "# 投档\n\n平行志愿投档。\n\n# 填报\n\n平行志愿填报。\n";
    host.import("policy", "two.md", two).await;
    let mut reasons = Vec::new();
    for _ in 0..4 {
        let found = search(&host, "policy", "平行志愿").await;
        reasons.push(found["rerank"]["reason"].as_str().unwrap().to_owned());
    }
    assert!(reasons[..3].iter().all(|reason| reason.contains("did not answer within")), "{reasons:?}");
    assert!(reasons[3].starts_with("the reranker `judge` is not asked for 1 s since"), "{reasons:?}");
    assert_eq!(reranker.asked().len(), 3);
}

/// How long an import or a list took, its status, its code and whether it says when to come back.
async fn refused(began: Instant, response: reqwest::Response) -> (Duration, u16, String, bool) {
    let (status, may_try) = (response.status().as_u16(), response.headers().contains_key("retry-after"));
    let body: Value = response.json().await.unwrap();
    (began.elapsed(), status, body["error"]["code"].as_str().unwrap_or_default().to_owned(), may_try)
}

async fn try_to_import(host: &Host, base: &str, id: &str) -> (Duration, u16, String, bool) {
    let url = format!("{}/v1/knowledge-bases/{base}/documents?id={id}", host.url);
    let began = Instant::now();
    refused(began, host.http.post(url).body(format!("投档规则 {id}")).send().await.unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_out_is_of_the_whole_operation_and_only_what_may_pass_says_when_to_come_back() {
    let (embeddings, server) = (Embeddings::start().await, Qdrant::start().await);
    let config = config(&embeddings, &server.table, "store = \"remote\"");
    let config = config.replace("retries = 0", "retries = 3\ntimeout = \"3s\"");
    let host = Host::start(&config);
    fill(&host).await;
    server.pause();
    let most = Duration::from_millis(8500);
    let began = Instant::now();
    let list = host.http.get(format!("{}/v1/knowledge-bases/faq/documents", host.url)).send().await.unwrap();
    let list = refused(began, list).await;
    assert!(list.0 < most && list.1 == 503 && list.3, "timeout = 5s, and not twice that: {list:?}");
    let import = try_to_import(&host, "faq", "more.md").await;
    assert!(import.0 < most && import.1 == 503 && import.3, "nor for each try and step: {import:?}");
    server.go_on();
    eventually("an import", async || (try_to_import(&host, "faq", "more.md").await.1 == 200).then_some(()))
        .await;

    embeddings.hold();
    let import = try_to_import(&host, "policy", "held.md").await;
    assert!(import.0 < most && import.1 == 503 && import.3, "timeout = 3s with three tries: {import:?}");
    embeddings.release();
    for (status, may_pass) in [(401, false), (503, true)] {
        embeddings.answer_with(status);
        let (_, code, said, may_try) = try_to_import(&host, "policy", "refused.md").await;
        assert_eq!((code, said.as_str(), may_try), (503, "knowledge_unavailable", may_pass), "{status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_has_lost_its_disk_takes_imports_again() {
    let (embeddings, mut server) = (Embeddings::start().await, Qdrant::start().await);
    let host = Host::start(&config(&embeddings, &server.table, "store = \"remote\""));
    fill(&host).await;
    // One of them serves its second generation, whose pointer is lost, too.
    let job: Value =
        host.post("/v1/knowledge-bases/policy/reembed?force=true", json!({})).await.json().await.unwrap();
    let job = format!("/v1/jobs/{}", job["id"].as_str().unwrap());
    eventually("the second generation", async || (host.get(&job).await["state"] == "done").then_some(()))
        .await;
    fill(&host).await;
    server.kill();
    server.restart_empty().await;
    // The connection is found to be broken by whoever comes first.
    for base in ["faq", "policy"] {
        eventually("an import", async || (try_to_import(&host, base, "new.md").await.1 == 200).then_some(()))
            .await;
    }
    for (base, id, text) in [("faq", "faq.qa.csv", FAQ), ("policy", "policy.md", POLICY)] {
        let report = host.import(base, id, text).await;
        assert_eq!((&report["imported"], &report["unchanged"]), (&json!(1), &json!(0)), "{base}: {report}");
    }
    assert!(!search(&host, "policy", "平行志愿").await["hits"].as_array().unwrap().is_empty());
    assert_eq!(ask(&host, "strict", "怎么收费").await.2, "基础功能免费。");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_store_that_has_lost_its_disk_nothing_is_found_and_that_is_no_failure() {
    let (embeddings, mut server) = (Embeddings::start().await, Qdrant::start().await);
    let host = Host::start(&config(&embeddings, &server.table, "store = \"remote\""));
    fill(&host).await;
    assert!(!search(&host, "policy", "平行志愿").await["hits"].as_array().unwrap().is_empty());
    server.kill();
    server.restart_empty().await;
    // The connection is found to be broken by whoever comes first; the collection is missed by nobody.
    let found = eventually("a search", async || {
        let found = search(&host, "policy", "平行志愿").await;
        assert!(!found.to_string().contains("doesn't exist"), "{found}");
        let is_whole = found["hits"].is_array() && found["reports"][0]["error"].is_null();
        is_whole.then_some(found)
    })
    .await;
    assert!(found["hits"].as_array().unwrap().is_empty(), "{found}");
}

/// Whether the host has asked a model that nobody serves, or does not ask it any more: that is one fact for a client.
#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_cannot_be_reached_is_away_from_the_first_turn_on() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", closed.local_addr().unwrap());
    drop(closed);
    let host = Host::start(&format!(
        "[models.up]\nbase_url = \"{url}\"\nmodel = \"m\"\n[apps.plain]\nmodel = \"up\"\n"
    ));
    for (turn, path) in ["/v1", "/v2", "/v1", "/v2", "/v1"].into_iter().enumerate() {
        let body = json!({"model": "plain", "stream": turn % 2 == 0, "messages": [{"role": "user", "content": "问"}]});
        let refused = host.post(&format!("{path}/chat/completions"), body).await;
        let (status, again) = (refused.status().as_u16(), refused.headers().get("retry-after").cloned());
        let body: Value = refused.json().await.unwrap();
        assert_eq!((status, &body["error"]["code"]), (503, &json!("model_unavailable")), "{turn}: {body}");
        assert!(again.is_some(), "{turn}");
        assert!(body["error"]["message"].as_str().unwrap().contains("the model cannot be reached"), "{body}");
        let trace = host.newest_trace_of(turn + 1).await;
        assert_eq!(
            (&trace["answered_by"], trace.get("answer_kind")),
            (&json!(""), None),
            "nobody answered: {trace}"
        );
    }
}
