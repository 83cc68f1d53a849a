use std::fmt::Write as _;
use std::path::Path;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Embeddings, Host, Script, Upstream, chromium, ended, within_patience};

const ADMIN: &str = "the-admin-key-of-the-tests";

/// Visits a screen in a browser; its script in `tests/web/console` says what is expected there.
pub(crate) async fn visit(host: &Host, screen: &'static str, order: Value) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/web");
    assert!(
        folder.join("node_modules/axe-core").exists(),
        "npm packages are missing; run: scripts/setup web"
    );
    let page = host.http.get(format!("{}/console/", host.url)).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("app."), "the binary has no console; run: make console, and build again");
    let url = host.url.clone();
    let visiting = tokio::task::spawn_blocking(move || {
        let mut command = std::process::Command::new("node");
        command.current_dir(folder).arg("console.mjs").arg(chromium());
        ended(command.args([&url, screen, &order.to_string()]))
    });
    let output = within_patience("the end of the visit", visiting).await.unwrap();
    print!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_comes_without_a_key_and_its_data_do_not() {
    let upstream = Upstream::playing([]).await;
    let config = format!("[server]\nadmin_key_env = \"CONSOLE_KEY\"\n{}", crate::chat::plain(&upstream));
    let host = Host::prepared(&config, |_, command| {
        command.env("CONSOLE_KEY", ADMIN);
    });
    let get = async |path: &str, header: Option<(&str, &str)>| {
        let request = host.http.get(format!("{}{path}", host.url));
        let request = header.into_iter().fold(request, |request, (name, value)| request.header(name, value));
        request.send().await.unwrap()
    };
    let page = get("/console/", None).await;
    assert_eq!(page.status(), 200);
    let told = |name: &str| page.headers()[name].to_str().unwrap().to_owned();
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
        form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
    assert_eq!(told("content-security-policy"), policy);
    assert_eq!(told("x-content-type-options"), "nosniff");
    assert_eq!(told("referrer-policy"), "no-referrer");
    assert_eq!(told("cache-control"), "no-cache");
    let tag = told("etag");
    let text = page.text().await.unwrap();

    let known = get("/console/", Some(("if-none-match", &tag))).await;
    assert_eq!((known.status(), known.text().await.unwrap()), (StatusCode::NOT_MODIFIED, String::new()));
    let script = text.split('"').find(|part| part.ends_with(".js")).unwrap();
    for (accepted, coding) in [("gzip, br", Some("gzip")), ("identity", None), ("gzip;q=0", None)] {
        let script = get(&format!("/console/{script}"), Some(("accept-encoding", accepted))).await;
        assert_eq!(script.status(), 200, "{accepted}");
        assert_eq!(script.headers().get("content-encoding").map(|coding| coding.to_str().unwrap()), coding);
        assert_eq!(script.headers()["cache-control"], "public, max-age=31536000, immutable");
        assert_eq!(script.headers()["content-type"], "text/javascript; charset=utf-8");
    }
    assert_eq!(get("/console", None).await.url().path(), "/console/");
    for path in ["/console/nothing.js", "/console/index.html", "/console/..%2Fapp.js", "/console/a/b"] {
        assert!([401, 404].contains(&get(path, None).await.status().as_u16()), "{path}");
    }
    for path in ["/v1/traces", "/v1/knowledge-bases", "/v1/jobs"] {
        assert_eq!(get(path, None).await.status(), 401, "{path}");
    }
    visit(&host, "frame", json!({"key": ADMIN})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_sees_what_happened_in_a_turn() {
    let embeddings = Embeddings::start().await;
    let upstream =
        Upstream::playing((0..3).map(|_| Script::Says(vec!["平行志愿", "按分数优先投档[1]。"]))).await;
    let config = format!(
        "{}\n[plugins.kb]\ncomponent = \"builtin:knowledge-base\"\ngrants.knowledge = [\"a\"]\n\n\
         [[apps.plain.plugins]]\nplugin = \"kb\"\nroute = \"always\"\n\n\
         {}[knowledge.a]\nembedder = \"e\"\nthreshold = 0.1\n",
        crate::chat::plain(&upstream),
        embeddings.table("e", 32)
    );
    let host = Host::start(&config);
    host.import("a", "there.md", "平行志愿按照分数优先的原则投档。").await;
    let long = host.ask("plain", &format!("平行志愿按什么原则投档？{}", "补".repeat(2100))).await;
    assert_eq!(long.status, 200, "{}", long.body);
    let turn = host.ask("plain", "平行志愿按什么原则投档？").await;
    assert_eq!(turn.status, 200, "{}", turn.body);
    let trace = host.trace(&turn.id).await;
    let [call] = &trace["calls"].as_array().unwrap()[..] else { panic!("{trace:#}") };
    assert_eq!(call["report"]["searches"].as_array().unwrap().len(), 1, "{call:#}");
    lies_within_its_call(call);
    for (step, before) in
        [(&trace["routing"], &call["started_ms"]), (&trace["search"]["time"], &call["started_ms"])]
    {
        let [started, took] = ["started_ms", "duration_ms"].map(|key| step[key].as_f64().unwrap());
        assert!(started >= 0.0 && started + took <= before.as_f64().unwrap(), "{trace:#}");
    }
    assert_eq!(host.ask("plain", "<img src=x onerror=alert(1)>").await.status, 200);
    visit(&host, "traces", json!({"turns": 3, "id": turn.id})).await;
    visit(&host, "trace", json!({"id": turn.id, "long": long.id})).await;
}

/// An API that takes a fifth of a second for each answer. It ends with the test's runtime.
async fn slow_api() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let answer = async || {
        // A bar in the waterfall that is wide enough to be seen.
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        axum::Json(json!({"answer": "查到了"}))
    };
    let router = axum::Router::new().route("/", axum::routing::get(answer));
    tokio::spawn(async move { axum::serve(listener, router).await });
    origin
}

/// Whether searches and requests of a call lie within it, but for what reading a clock twice takes.
fn lies_within_its_call(call: &Value) {
    const BESIDE: f64 = 2.0;
    let of = |step: &Value, key: &str| step[key].as_f64().unwrap_or_else(|| panic!("no {key}: {step:#}"));
    let Some(report) = call.get("report") else { return };
    let started = of(call, "started_ms");
    let placed = started + of(report, "wait_ms");
    let ended = placed + of(report, "duration_ms");
    for inner in ["http", "searches"].iter().flat_map(|inner| report[inner].as_array().unwrap()) {
        let asked = of(inner, "started_ms");
        let answered = asked + of(inner, "duration_ms");
        assert!(asked >= placed - BESIDE && answered <= ended + BESIDE, "{call:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_side_by_side_and_one_after_the_other_are_drawn_so() {
    let api = slow_api().await;
    let upstream =
        Upstream::playing([Script::Calls("third", "{}"), Script::Says(vec!["查到", "了。"])]).await;
    let mut config = crate::chat::plain(&upstream);
    for (name, route) in [("first", "always"), ("second", "always"), ("third", "model")] {
        config.push_str(&format!(
            "[[apps.plain.plugins]]\nplugin = \"{name}\"\nroute = \"{route}\"\n\
             [plugins.{name}]\ncomponent = \"builtin:http-api\"\nmodel_summary = \"查询\"\n\
             [plugins.{name}.config]\nurl = \"{api}/\"\n[plugins.{name}.grants]\nhosts = [\"{api}\"]\n"
        ));
    }
    let host = Host::start(&config);
    let turn = host.ask("plain", "查一查").await;
    assert_eq!(turn.status, 200, "{}", turn.body);
    let trace = host.trace(&turn.id).await;
    let total = trace["total_ms"].as_f64().unwrap();
    for step in ["calls", "model_calls"].into_iter().flat_map(|steps| trace[steps].as_array().unwrap()) {
        let started = step["started_ms"].as_f64().unwrap();
        let took = step["total_ms"].as_f64().or(step["report"]["duration_ms"].as_f64()).unwrap()
            + step["report"]["wait_ms"].as_f64().unwrap_or_default();
        assert!(started >= 0.0 && started + took <= total + 1.0, "{step:#}");
        lies_within_its_call(step);
    }
    visit(&host, "waterfall", json!({"id": turn.id})).await;
}

/// An app with a base, a plugin that is never called, and a model that may be silent for long.
fn config(upstream: &Upstream, embeddings: &Embeddings) -> String {
    let app = crate::chat::plain(upstream).replace("stall_timeout = \"1s\"", "stall_timeout = \"100s\"");
    format!(
        "{app}\n[apps.second]\nmodel = \"up\"\n\n[plugins.kb]\ncomponent = \"builtin:knowledge-base\"\ngrants.knowledge = [\"a\", \"b\"]\n\
         config = {{ top_k = 3, threshold = 0.05 }}\n\n\
         [[apps.plain.plugins]]\nplugin = \"kb\"\nroute = \"always\"\n\n\
         [plugins.other]\ncomponent = \"builtin:knowledge-base\"\ngrants.knowledge = [\"b\"]\n\n\
         [[apps.plain.plugins]]\nplugin = \"other\"\nroute = \"when\"\nwhen = {{ keywords = [\"退货\"] }}\n\n\
         {}[knowledge.a]\nembedder = \"e\"\nthreshold = 0.1\nquestion_threshold = 0.99\n\n\
         [knowledge.b]\nembedder = \"e\"\nthreshold = 0.9\nweight = 1.2\n",
        embeddings.table("e", 32)
    )
}

/// Markup in a model's answer, of which nothing may become markup of the page.
const PAYLOADS: [&str; 8] = [
    "<img src=x onerror=alert(1)>",
    "[点我](javascript:alert(1)) [再点](data:text/html,<script>alert(1)</script>)",
    "![图](https://evil.example/track.png)",
    "<script>alert(1)</script>\n\n<svg onload=alert(1)>",
    "<iframe srcdoc=\"<script>parent.alert(1)</script>\"></iframe>",
    "```html\n<img src=x onerror=alert(1)>\n```",
    "&lt;img src=x onerror=alert(1)&gt; &#60;script&#62;",
    "[a]: javascript:alert(1)\n\n[a] <style>*{display:none}</style> <form action=https://evil.example><button>x</button></form>",
];

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_seen_as_it_comes_and_says_why_it_is_so() {
    let embeddings = Embeddings::start().await;
    let answer =
        vec!["平行志愿按**分数优先**投档[1]。\n\n", "| 批次 | 原则 |\n|---|---|\n| 本科 | 分数优先 |\n"];
    let mut scripts = vec![Script::SaysThenStalls(vec!["平行志愿按", "分数"]), Script::Says(answer)];
    scripts.extend(PAYLOADS.map(|payload| Script::Says(vec![payload])));
    scripts.push(Script::Says(vec!["第二个应用的回答"]));
    scripts.push(Script::Refuses(500, "down"));
    scripts.push(Script::Says(vec!["这次有了"]));
    let upstream = Upstream::playing(scripts).await;
    let host = Host::start(&config(&upstream, &embeddings));
    host.import("a", "there.md", "平行志愿按照分数优先的原则投档。").await;
    visit(&host, "chat", json!({"question": "平行志愿按什么原则投档？", "payloads": PAYLOADS})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_slider_lets_in_is_what_the_host_lets_in() {
    let embeddings = Embeddings::start().await;
    let upstream = Upstream::playing([]).await;
    let host = Host::start(&config(&upstream, &embeddings));
    for (n, text) in ["平行志愿按照分数优先的原则投档。", "顺序志愿看志愿的先后。", "投档之后由学校录取。"]
        .into_iter()
        .enumerate()
    {
        host.import("a", &format!("{n}.md"), text).await;
        host.import("b", &format!("{n}.txt"), &text.replace("志愿", "申请")).await;
    }
    host.import("a", "faq.qa.csv", "问题,答案\n平行志愿怎么投档？,按分数优先。\n").await;
    let of_year = format!("{}/v1/knowledge-bases/a/documents?id=2024.md&meta.year=2024", host.url);
    let imported = host.http.post(of_year).body("2024 年的平行志愿按分数优先投档。").send().await.unwrap();
    assert_eq!(imported.status(), 200);
    visit(&host, "hit", json!({"question": "平行志愿按什么原则投档？", "bases": ["a", "b"]})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dropped_files_are_imported_and_each_that_is_not_says_why() {
    let embeddings = Embeddings::start().await;
    let upstream = Upstream::playing([]).await;
    let host = Host::start(&config(&upstream, &embeddings));
    host.import("a", "there.md", "平行志愿按照分数优先的原则投档。").await;
    visit(&host, "bases", json!({"base": "a", "present": "there.md"})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_found_tried_again_and_deleted_by_a_filter() {
    let embeddings = Embeddings::start().await;
    let upstream = Upstream::playing([]).await;
    let host = Host::start(&config(&upstream, &embeddings));
    host.import("a", "there.md", "平行志愿按照分数优先的原则投档。").await;
    visit(&host, "stock", json!({"base": "a", "present": "there.md"})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_at_a_threshold_are_the_reports() {
    let embeddings = Embeddings::start().await;
    let upstream = Upstream::playing([]).await;
    let host = Host::start(&config(&upstream, &embeddings));
    for (id, text) in [("1.md", "平行志愿按照分数优先的原则投档。"), ("2.md", "顺序志愿看志愿的先后。")]
    {
        host.import("a", id, text).await;
    }
    let questions = "问题,文档\n平行志愿按什么原则投档？,1.md\n顺序志愿看什么？,2.md\n平行志愿呢？,2.md\n红烧肉怎么炖？,-\n";
    visit(&host, "bulk", json!({"questions": questions, "empty": "b", "slow": 2000})).await;
}

/// Sections of a document, more than are in the page at once.
const SECTIONS: usize = 260;

/// Turns of a list, made of the one that is there in its file while no host is at work.
const TURNS: usize = 10_000;

fn multiply_turns(file: &Path) {
    let traces = rusqlite::Connection::open(file).unwrap();
    traces
        .execute_batch(&format!(
            "PRAGMA synchronous = OFF; BEGIN;
             CREATE TEMP TABLE numbers AS WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {TURNS} - 1) SELECT i FROM n;
             INSERT INTO traces (id, created, app, question, answered_by, finish_reason, total_ms, bytes, body)
             SELECT 't' || i, created, app, '第 ' || i || ' 句', answered_by, finish_reason, total_ms, bytes,
                    replace(replace(body, id, 't' || i), '第 0 句', '第 ' || i || ' 句')
             FROM numbers, traces ORDER BY i;
             COMMIT;"
        ))
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn long_lists_of_turns_and_documents_are_scrolled_filtered_and_exported() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let config = format!(
        "[server]\ndata_dir = {:?}\nmax_trace_bytes = \"1GiB\"\n[apps.direct]\nanswer = \"direct\"\nnothing_found = \"没有\"\n\n\
         {}[knowledge.a]\nembedder = \"e\"\n",
        data.path().display().to_string(),
        embeddings.table("e", 8)
    );
    let host = Host::start(&config);
    host.import("a", "d0.md", "第 0 篇。").await;
    assert_eq!(host.ask("direct", "第 0 句").await.status, 200);
    host.signal(rustix::process::Signal::TERM);
    host.ended().await;
    multiply_turns(&data.path().join("traces.db"));
    crate::listing::multiply(&data.path().join("knowledge/a.db"));

    let host = Host::start(&config);
    let list = host.get("/v1/traces?limit=2&q=第").await;
    let page = |list: &Value| {
        list["data"].as_array().unwrap().iter().map(|turn| turn["question"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(page(&list), ["第 9999 句", "第 9998 句"]);
    let next = host.get(&format!("/v1/traces?limit=2&before={}", list["next"].as_str().unwrap())).await;
    assert_eq!(page(&next), ["第 9997 句", "第 9996 句"]);
    assert_eq!(next["data"][0]["flags"], json!(["nothing"]));
    let refused = host.get("/v1/traces?before=gone").await;
    assert_eq!(refused["error"]["code"], "invalid_request", "{refused}");
    let exported = host.http.get(format!("{}/v1/traces/export", host.url)).send().await.unwrap();
    assert_eq!(exported.headers()["content-type"], "application/x-ndjson");
    let lines = exported.text().await.unwrap();
    assert_eq!(lines.lines().count(), TURNS);
    assert!(lines.lines().all(|line| serde_json::from_str::<Value>(line).unwrap()["total_ms"].is_f64()));
    let order = json!({
        "turns": TURNS, "oldest": "第 0 句", "base": "a", "documents": crate::listing::MANY, "last": "d99999.md",
    });
    visit(&host, "many", order).await;

    let mut text = String::new();
    for n in 0..SECTIONS {
        let _ = writeln!(text, "# 第 {n} 条\n\n{}\n", "平行志愿按照分数优先的原则投档。".repeat(1 + n % 9));
    }
    host.import("a", "long.md", &text).await;
    let order = json!({"base": "a", "document": "long.md", "sections": SECTIONS});
    visit(&host, "sections", order).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_without_its_embedding_model_says_how_to_get_it() {
    let config = "[embedders.local]\nkind = \"local\"\n[knowledge.docs]\nembedder = \"local\"\n\
        [plugins.kb]\ncomponent = \"builtin:knowledge-base\"\ngrants.knowledge = [\"docs\"]\n\
        [apps.shop]\nanswer = \"direct\"\nnothing_found = \"没有\"\n\
        [[apps.shop.plugins]]\nplugin = \"kb\"\nroute = \"always\"\n";
    let host = Host::prepared(config, |folder, command| {
        command.env("QIANFAN_CACHE", folder.join("nothing-was-fetched"));
    });
    visit(&host, "lacking", json!({"question": "保修期是多久？"})).await;
}
