use std::collections::BTreeMap;
use std::path::Path;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{Embeddings, End, Host, Reply, Script, Sent, Service, Upstream, run, with_cache};

/// Turns of each app in the table's test.
const SHOP: usize = 80;
const FAQ: usize = 60;
const DIRECT: usize = 60;

/// An app that a model answers, one with stored answers, and one that nobody words an answer for.
fn config(upstream: &Upstream, embeddings: &Embeddings, reranker: &Service, data: &Path) -> String {
    let mut config = format!(
        "[server]\ndata_dir = {:?}\nmax_traces = 50\n\
         [models.main]\nbase_url = {:?}\nmodel = \"m\"\nprice_input = 0.01\nprice_output = 0.02\n{}price_input = 0.004\n\
         [rerank]\nbase_url = \"{}\"\nmodel = \"judge\"\nprice_input = 0.002\ntimeout = \"60s\"\n",
        data.display().to_string(),
        upstream.base_url,
        embeddings.table("e", 64),
        reranker.origin
    );
    for (app, answer) in
        [("shop", "model = \"main\""), ("faq", "model = \"main\""), ("direct", "answer = \"direct\"")]
    {
        let base = if app == "faq" { "faq" } else { "policy" };
        config += &format!(
            "[plugins.{app}]\ncomponent = \"builtin:knowledge-base\"\ngrants = {{ knowledge = [{base:?}] }}\n\
             [apps.{app}]\n{answer}\n[[apps.{app}.plugins]]\nplugin = \"{app}\"\nroute = \"always\"\n"
        );
    }
    for base in ["policy", "faq"] {
        config += &format!("[knowledge.{base}]\nembedder = \"e\"\nthreshold = 0.0\ngrow_chars = 0\n");
    }
    config
}

/// What is told of one app, model and purpose: turns, tokens in and out, estimated ones, and millionths of the
/// currency.
type Sums = BTreeMap<(String, String, String), [i64; 5]>;

fn millionths(cost: &Value) -> i64 {
    (cost.as_f64().unwrap_or_else(|| panic!("no cost: {cost}")) * 1e6).round() as i64
}

fn add(sums: &mut Sums, app: &str, expense: &Value) {
    let text = |key: &str| expense[key].as_str().unwrap_or_default().to_owned();
    let number = |key: &str| expense[key].as_i64().unwrap();
    let (sent, came) = (number("prompt_tokens"), number("completion_tokens"));
    let estimated = if expense["estimated"] == true { sent + came } else { 0 };
    let sum = sums.entry((app.to_owned(), text("model"), text("purpose"))).or_default();
    for (sum, more) in sum.iter_mut().zip([1, sent, came, estimated, millionths(&expense["cost"])]) {
        *sum += more;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_of_costs_is_the_sum_of_the_traces_and_outlives_them() {
    let upstream = Upstream::playing((0..SHOP).map(|_| Script::Says(vec!["好"]))).await;
    let scored = |number: usize| {
        let results = json!([{"index": 1, "relevance_score": 0.9}, {"index": 0, "relevance_score": 0.5}]);
        Reply::Json(match number % 10 {
            // Some servers count nothing.
            0 => json!({"results": results}),
            _ => json!({"results": results, "usage": {"prompt_tokens": 40, "total_tokens": 40}}),
        })
    };
    let reranker = Service::playing((0..SHOP + DIRECT).map(scored)).await;
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let config = config(&upstream, &embeddings, &reranker, data.path());
    let host = Host::start(&config);
    host.import("policy", "a.md", "# 保修\n\n整机保修三年。\n").await;
    host.import("policy", "b.md", "# 退货\n\n七天内可以退货。\n").await;
    host.import("faq", "faq.csv", "问题,答案\n几点开门？,九点。\n").await;

    let mut sums = Sums::new();
    let (mut cost, mut tokens) = (0, [0, 0]);
    let turns = (0..SHOP).map(|number| ("shop", format!("保修 {number} 年吗")));
    let turns = turns.chain((0..FAQ).map(|_| ("faq", "几点开门？".to_owned())));
    for (app, question) in turns.chain((0..DIRECT).map(|number| ("direct", format!("退货 {number} 天")))) {
        let chat = host.ask(app, &question).await;
        assert_eq!(chat.status, 200, "{}", chat.body);
        let trace = host.trace(&chat.id).await;
        let expenses = trace["expenses"].as_array().unwrap();
        expenses.iter().for_each(|expense| add(&mut sums, app, expense));
        if !expenses.iter().any(|expense| expense["purpose"] == "answer") {
            let free = json!({"purpose": "answer", "model": "", "prompt_tokens": 0, "completion_tokens": 0, "cost": 0.0});
            add(&mut sums, app, &free);
        }
        cost += millionths(&trace["cost"]);
        tokens[0] += trace["usage"]["prompt_tokens"].as_i64().unwrap();
        tokens[1] += trace["usage"]["completion_tokens"].as_i64().unwrap();
    }
    let of =
        |app: &str, model: &str, purpose: &str| sums[&(app.to_owned(), model.to_owned(), purpose.to_owned())];
    // 7 tokens in and 3 out at .01 and .02 for 1000; 1 token of a question at .004; 40 of hits at .002.
    assert_eq!(of("shop", "main", "answer"), [80, 560, 240, 0, 80 * 130]);
    assert_eq!(of("shop", "e", "embed"), [80, 80, 0, 0, 80 * 4]);
    assert_eq!(of("faq", "e", "embed"), [1, 1, 0, 0, 4], "the same question is embedded once");
    assert_eq!(of("faq", "", "answer"), [60, 0, 0, 0, 0]);
    let reranked = of("shop", "judge", "rerank");
    assert!(reranked[0] == 80 && reranked[3] > 0 && reranked[1] == 72 * 40 + reranked[3], "{reranked:?}");

    let told = async |host: &Host| {
        let costs = host.get("/v1/costs").await;
        let mut table = Sums::new();
        let mut days = BTreeMap::<String, usize>::new();
        for row in costs["data"].as_array().unwrap() {
            *days.entry(row["day"].as_str().unwrap().to_owned()).or_default() += 1;
            let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
            let number = |key: &str| row[key].as_i64().unwrap();
            let sum = table.entry((text("app"), text("model"), text("purpose"))).or_default();
            let row = [
                number("turns"),
                number("prompt_tokens"),
                number("completion_tokens"),
                number("estimated_tokens"),
                millionths(&row["cost"]),
            ];
            sum.iter_mut().zip(row).for_each(|(sum, more)| *sum += more);
        }
        assert_eq!(table, sums, "{costs}");
        assert_eq!((&costs["unpriced"], &costs["unpriced_keys"]), (&json!([]), &json!([])));
        assert!(days.contains_key(costs["today"].as_str().unwrap()), "{costs}");
        let all = host.get("/v1/costs?by=").await["data"][0].take();
        assert_eq!((&all["turns"], &all["without_model"]), (&json!(200), &json!(FAQ)), "{all}");
        assert_eq!(millionths(&all["cost"]), cost);
        let models = host.get("/v1/costs?by=purpose").await;
        let of_models = models["data"].as_array().unwrap().iter().filter(|row| row["purpose"] == "answer");
        let sent: Vec<i64> = of_models.map(|row| row["prompt_tokens"].as_i64().unwrap()).collect();
        assert_eq!(sent, [tokens[0]], "{models}");
        let by_model = host.get("/v1/costs?by=model").await;
        let turns = |model: Value| {
            let mut rows = by_model["data"].as_array().unwrap().iter();
            rows.find(|row| row["model"] == model).unwrap_or_else(|| panic!("{by_model}"))["turns"].clone()
        };
        assert_eq!(
            (turns(json!("main")), turns(Value::Null), turns(json!("judge"))),
            (json!(80), json!(120), json!(140))
        );
    };
    told(&host).await;
    host.signal(Signal::TERM);
    assert!(host.ended().await.success());

    let host = Host::start(&config);
    told(&host).await;
    assert_eq!(host.get("/v1/traces?limit=200").await["data"].as_array().unwrap().len(), 50);
    let costs = host.get("/v1/costs").await;
    let dearest = costs["dearest"].as_array().unwrap();
    assert_eq!(dearest.len(), 20);
    assert!(dearest.is_sorted_by(|a, b| a["cost"].as_f64() >= b["cost"].as_f64()), "{costs}");
    let trace = host.trace(dearest[0]["trace"].as_str().unwrap()).await;
    assert_eq!((&trace["question"], &trace["cost"]), (&dearest[0]["question"], &dearest[0]["cost"]));
    let toml = data.path().join("host.toml");
    std::fs::write(&toml, with_cache(&config)).unwrap();
    let url = host.url.clone();
    let printed = tokio::task::spawn_blocking(move || {
        [&["costs", "--by", "app,purpose"][..], &["costs", "--by", "app,purpose", "--url", &url]].map(
            |arguments| {
                let output = run(&toml, arguments);
                assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
                String::from_utf8(output.stdout).unwrap()
            },
        )
    });
    let [of_folder, of_server] = printed.await.unwrap();
    assert!(of_folder.contains("shop\tanswer\t80\t560\t240\t0.010400\n"), "{of_folder}");
    assert_eq!(of_folder, of_server);
    let before = host.get("/v1/costs?to=2020-01-01").await;
    assert_eq!((&before["data"], &before["dearest"]), (&json!([]), &json!([])), "{before}");
    for (query, told) in [
        ("from=yesterday", "from=2026-11-26"),
        ("to=2026-13-01", "not a day"),
        ("by=hour", "day, app, model"),
    ] {
        let refused = host.get(&format!("/v1/costs?{query}")).await;
        assert_eq!(refused["error"]["code"], "invalid_request", "{refused}");
        assert!(refused["error"]["message"].as_str().unwrap().contains(told), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_price_is_named_and_a_price_that_is_none_is_refused() {
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let reranker = Service::playing([Reply::Json(json!({"results": []}))]).await;
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let priced = config(&upstream, &embeddings, &reranker, data.path());
    let without: String =
        priced.lines().filter(|line| !line.starts_with("price_")).map(|line| format!("{line}\n")).collect();
    let host = Host::start(&without);
    host.import("policy", "a.md", "# 保修\n\n整机保修三年。\n").await;
    let chat = host.ask("shop", "保修几年").await;
    let trace = host.trace(&chat.id).await;
    assert_eq!((&trace["cost"], trace["expenses"].as_array().unwrap().len()), (&Value::Null, 2), "{trace}");
    let costs = host.get("/v1/costs?by=app").await;
    assert_eq!(costs["unpriced"], json!(["e", "main"]));
    assert_eq!(costs["unpriced_keys"], json!(["embedders.e.price_input", "models.main.price_input"]));
    let row = &costs["data"][0];
    assert_eq!(
        (&row["app"], &row["turns"], &row["cost"], row["prompt_tokens"].as_u64()),
        (&json!("shop"), &json!(1), &Value::Null, Some(8))
    );
    drop(host);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    let wrong = priced.replace("price_input = 0.01\n", "price_input = -1.0\n").replace("= 0.004", "= -4.0");
    std::fs::write(&path, with_cache(&wrong.replace("= 0.002", "= -0.5"))).unwrap();
    let checked = tokio::task::spawn_blocking(move || run(&path, &["check"])).await.unwrap();
    let told = String::from_utf8_lossy(&checked.stderr).into_owned();
    for key in ["models.main.price_input", "embedders.e.price_input", "rerank.price_input"] {
        assert!(told.contains(&format!("{key}: is ")), "{key}: {told}");
    }
}

/// An answer in an endpoint's words, with what it says of its tokens.
fn said(usage: &str) -> Script {
    let delta = r#"{"choices":[{"index":0,"delta":{"content":"整机保修三年。"},"finish_reason":"stop"}]}"#;
    let body = format!("data: {delta}\n\n{usage}data: [DONE]\n\n").into_bytes();
    let headers = vec![("content-type", "text/event-stream".to_owned())];
    Script::Sends(Sent { status: 200, headers, body, cut: usize::MAX, end: End::Well })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_model_does_not_count_is_estimated_and_never_free() {
    let zeros = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0}}\n\n";
    let half = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":40}}\n\n";
    let upstream = Upstream::playing([
        said(""),
        said(zeros),
        said(half),
        Script::SaysThenBreaksOff(vec!["整机保修三年。"]),
        Script::Says(vec!["整机保修三年。"]),
        Script::Refuses(400, r#"{"error":{"message":"no"}}"#),
        Script::SaysThenStalls(vec!["整机保修三年。"]),
    ])
    .await;
    let config = crate::chat::plain(&upstream).replace("stall_timeout = \"1s\"", "stall_timeout = \"10min\"");
    let host = Host::start(&config);
    let mut estimated = 0;
    // Of a question of six wide characters and the built-in template's sentence, at .5 and 1.0 for 1000.
    for (told, prompt, completion) in [
        ("nothing", None, 7),
        ("zeros", None, 7),
        ("the prompt alone", Some(40), 7),
        ("nothing, broken off", None, 7),
    ] {
        let chat = host.ask("plain", "整机保修几年").await;
        let trace = host.trace(&chat.id).await;
        let usage = &trace["usage"];
        let prompt = prompt.unwrap_or_else(|| trace["model_calls"][0]["estimated_tokens"].as_u64().unwrap());
        let expected = json!({"prompt_tokens": prompt, "completion_tokens": completion, "estimated": true});
        assert_eq!((usage, &trace["model_calls"][0]["usage"]), (&expected, &expected), "{told}: {trace}");
        assert!(prompt > 6, "{told}: {trace}");
        let cost = (prompt * 500 + completion * 1000) as i64;
        assert_eq!(millionths(&trace["cost"]), cost, "{told}: {trace}");
        assert_eq!(trace["expenses"][0]["estimated"], true, "{told}: {trace}");
        if chat.status == 200 {
            assert_eq!(chat.body["usage"]["total_tokens"], prompt + completion, "{told}: {}", chat.body);
        }
        estimated += prompt + completion;
    }
    let counted = host.ask("plain", "整机保修几年").await;
    let trace = host.trace(&counted.id).await;
    assert_eq!(trace["usage"], json!({"prompt_tokens": 7, "completion_tokens": 3}), "{trace}");
    let refused = host.ask("plain", "整机保修几年").await;
    assert_eq!(refused.status, 400, "{}", refused.body);
    let trace = host.trace(&refused.id).await;
    assert_eq!((&trace["model_calls"][0]["usage"], &trace["cost"]), (&Value::Null, &json!(0.0)), "{trace}");

    let body =
        json!({"model": "plain", "stream": true, "messages": [{"role": "user", "content": "整机保修几年"}]});
    let mut left = host.post("/v1/chat/completions", body).await;
    while !String::from_utf8_lossy(&left.chunk().await.unwrap().unwrap()).contains("三年") {}
    drop(left);
    upstream.client_left().await;
    let trace = host.newest_trace_of(7).await;
    assert_eq!((&trace["finish_reason"], &trace["usage"]["estimated"]), (&json!("cancelled"), &json!(true)));
    assert_eq!(trace["usage"]["completion_tokens"], 7, "{trace}");
    estimated += trace["usage"]["prompt_tokens"].as_u64().unwrap() + 7;

    let row = host.get("/v1/costs?by=app").await["data"][0].take();
    assert_eq!(row["estimated_tokens"], estimated, "{row}");
    let metrics = host.http.get(format!("{}/metrics", host.url)).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("qianfan_host_turns_estimated_total{app=\"plain\"} 3\n"), "{metrics}");
}
