use std::path::Path;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Embeddings, Host, run, with_cache};

fn config(embeddings: &Embeddings, data: &Path) -> String {
    format!(
        "[server]\ndata_dir = {:?}\n{}[knowledge.a]\nembedder = \"e\"\nthreshold = 0.1\nanswer_threshold = 0.99\ngrow_chars = 0\n",
        data.display().to_string(),
        embeddings.table("e", 64)
    )
}

const FAQ: &str = "问题,相似问法,答案\n怎么报名？,如何报名；报名方法,登录官网。\n几点开门？,,九点。\n";

async fn patch(host: &Host, path: &str, body: Value) -> (StatusCode, Value) {
    let url = format!("{}/v1/knowledge-bases/a/{path}", host.url);
    let response = host.http.patch(url).json(&body).send().await.unwrap();
    (response.status(), response.json().await.unwrap())
}

async fn found(host: &Host, query: &str) -> Vec<String> {
    let url = format!("{}/v1/knowledge-bases/a/search", host.url);
    let body = json!({"query": query, "top_k": 10, "threshold": 0.0});
    let results: Value = host.http.post(url).json(&body).send().await.unwrap().json().await.unwrap();
    let hits = results["hits"].as_array().unwrap();
    hits.iter().map(|hit| hit["text"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_shown_as_it_was_cut_and_listed_by_the_page() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let host = Host::start(&config(&embeddings, data.path()));
    host.import("a", "faq.csv", FAQ).await;
    host.import("a", "b.md", "# 费用\n\n学费五千元。\n").await;
    host.import("a", "c.md", "# 费用\n\n住宿费一千元。\n").await;

    let sections = host.get("/v1/knowledge-bases/a/sections?document=faq.csv&limit=1").await;
    assert_eq!((&sections["total"], &sections["next"]), (&json!(2), &json!(0)), "{sections}");
    let section = &sections["data"][0];
    assert_eq!(
        (&section["kind"], &section["question"], &section["variants"], &section["answer"]),
        (&json!("question"), &json!("怎么报名？"), &json!(["如何报名", "报名方法"]), &json!("登录官网。"))
    );
    let rest = host.get("/v1/knowledge-bases/a/sections?document=faq.csv&after=0").await;
    assert_eq!((&rest["data"][0]["id"], &rest["next"]), (&json!(1), &Value::Null), "{rest}");
    let document = host.get("/v1/knowledge-bases/a/documents/faq.csv").await;
    let note = document["notes"][0].as_str().unwrap();
    assert!(note.starts_with("read as 2 questions with 2 other ways to ask"), "{document}");
    let prose = host.get("/v1/knowledge-bases/a/sections?document=b.md").await;
    assert_eq!(
        (&prose["data"][0]["section"], &prose["data"][0]["windows"]),
        (&json!(["费用"]), &json!([[0, 6]])),
        "{prose}"
    );

    let page = host.get("/v1/knowledge-bases/a/documents?limit=2").await;
    assert_eq!((&page["total"], &page["next"]), (&json!(3), &json!("c.md")), "{page}");
    let page = host.get("/v1/knowledge-bases/a/documents?limit=2&after=c.md").await;
    assert_eq!((&page["data"][0]["id"], &page["next"]), (&json!("faq.csv"), &Value::Null), "{page}");
    let page = host.get("/v1/knowledge-bases/a/documents?q=FAQ").await;
    assert_eq!((&page["total"], &page["data"][0]["id"]), (&json!(1), &json!("faq.csv")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_switched_off_is_not_found_and_what_is_changed_is_and_stays() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let host = Host::start(&config(&embeddings, data.path()));
    host.import("a", "faq.csv", FAQ).await;
    host.import("a", "b.md", "# 费用\n\n学费五千元。\n").await;

    let (status, document) = patch(&host, "documents/faq.csv", json!({"off": true})).await;
    assert_eq!((status, &document["off"]), (StatusCode::OK, &json!(true)), "{document}");
    assert_eq!(found(&host, "怎么报名？").await, ["学费五千元。"]);
    assert_eq!(
        host.import("a", "faq.csv", FAQ).await["unchanged"],
        1,
        "the same content does not switch it on"
    );
    patch(&host, "documents/faq.csv", json!({"off": false})).await;
    assert_eq!(found(&host, "报名方法").await[0], "怎么报名？\n登录官网。");

    let (status, section) = patch(&host, "sections?document=faq.csv&section=0", json!({"off": true})).await;
    assert_eq!((status, &section["off"]), (StatusCode::OK, &json!(true)), "{section}");
    assert!(!found(&host, "怎么报名？").await.iter().any(|text| text.contains("登录官网")));
    let change = json!({"answer": "到现场。 \n", "variants": ["在哪报名"], "off": false});
    let (status, section) = patch(&host, "sections?document=faq.csv&section=0", change).await;
    assert_eq!((status, &section["answer"]), (StatusCode::OK, &json!("到现场。 \n")), "{section}");
    assert_eq!(found(&host, "在哪报名").await[0], "怎么报名？\n到现场。 \n");
    let change = json!({"text": "学费六千元。"});
    assert_eq!(patch(&host, "sections?document=b.md&section=0", change).await.0, StatusCode::OK);
    assert!(found(&host, "学费六千元").await.contains(&"学费六千元。".to_owned()));

    for (path, change, status) in [
        ("sections?document=b.md&section=0", json!({"question": "甲"}), StatusCode::BAD_REQUEST),
        ("sections?document=b.md&section=9", json!({"off": true}), StatusCode::BAD_REQUEST),
        ("sections?document=b.md&section=0", json!({"texts": "甲"}), StatusCode::BAD_REQUEST),
        ("documents/none.md", json!({"off": true}), StatusCode::NOT_FOUND),
    ] {
        let (answered, body) = patch(&host, path, change).await;
        assert_eq!(answered, status, "{path}: {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_shows_the_cut_and_stores_nothing() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let host = Host::start(&config(&embeddings, data.path()));
    let preview = async |id: &str, body: &'static [u8]| -> Value {
        let url = format!("{}/v1/knowledge-bases/a/preview?id={id}", host.url);
        host.http.post(url).body(body).send().await.unwrap().json().await.unwrap()
    };
    // The table in HTML is read in the sandbox.
    let table = "# 费用\n\n<table><tr><th>项目</th><th>金额</th></tr><tr><td>学费</td><td>5500</td></tr></table>\n\n以上。\n";
    let shown = preview("a.md", table.as_bytes()).await;
    let texts: Vec<&Value> =
        shown["data"][0]["cut"].as_array().unwrap().iter().map(|section| &section["text"]).collect();
    assert_eq!(texts, [&json!("项目: 学费\n金额: 5500"), &json!("以上。")], "{shown}");
    assert_eq!(shown["data"][0]["state"], "new");
    let shown = preview("a.xyz", b"?").await;
    assert_eq!(shown["unreadable"][0]["document"], "a.xyz", "{shown}");
    assert_eq!(host.get("/v1/knowledge-bases/a/documents").await["total"], 0);
    assert_eq!(embeddings.requests(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_looks_shows_and_edits_and_a_service_may_read() {
    let (embeddings, folder) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let toml = folder.path().join("host.toml");
    std::fs::write(&toml, with_cache(&config(&embeddings, folder.path()))).unwrap();
    let docs = folder.path().join("docs");
    std::fs::create_dir(&docs).unwrap();
    std::fs::write(docs.join("faq.csv"), FAQ).unwrap();
    std::fs::write(docs.join("扫描.png"), [0, 159]).unwrap();
    let service = axum::Router::new().route(
        "/read",
        axum::routing::post(|uri: axum::http::Uri, body: axum::body::Bytes| async move {
            assert_eq!((uri.query(), &body[..]), (Some("name=%E6%89%AB%E6%8F%8F%2Epng"), &[0_u8, 159][..]));
            "# 扫描\n\n印在纸上的话。\n"
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let reader = format!("http://{}/read", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, service).await });
    tokio::task::spawn_blocking(move || {
        let kb = |arguments: &[&str]| {
            let output = run(&toml, &[&["kb"], arguments].concat());
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
        };
        let docs = docs.to_str().unwrap();
        let looked = kb(&["import", "a", docs, "--dry-run", "--reader", &reader]);
        assert!(looked.contains("? 怎么报名？") && looked.contains("印在纸上的话。"), "{looked}");
        assert!(looked.contains("nothing was stored") && kb(&["list", "a"]).is_empty(), "{looked}");
        let imported = kb(&["import", "a", docs, "--reader", &reader]);
        assert!(imported.contains("2 imported"), "{imported}");
        let edited = kb(&["edit", "a", "faq.csv", "--section", "1", "--answer", "十点。"]);
        assert!(edited.contains("2 sections"), "{edited}");
        kb(&["edit", "a", "faq.csv", "--section", "0", "--off"]);
        let shown = kb(&["show", "a", "faq.csv"]);
        assert!(shown.contains("[0] (off)") && shown.contains("十点。"), "{shown}");
        assert!(shown.contains("note: read as 2 questions"), "{shown}");
        assert!(kb(&["edit", "a", "faq.csv"]).contains("nothing to change"));
    })
    .await
    .unwrap();
}
