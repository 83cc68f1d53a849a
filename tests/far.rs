//! How often a search and an import wait for a store that is far.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Embeddings, Far, Host, Qdrant};

/// Each way. Long beside what either end does in between, which would look like another wait.
const EACH_WAY: Duration = Duration::from_millis(40);
/// How often something is measured until this machine does not stall in the middle of it.
const TRIES: usize = 5;

const QUESTIONS: [&str; 4] =
    ["平行志愿怎么投档", "录取通知书什么时候寄", "体检有什么要求", "怎样填报提前批次"];

fn config(embeddings: &Embeddings, url: &str) -> String {
    format!(
        "{}[stores.remote]\nkind = \"qdrant\"\nurl = \"{url}\"\nsearch_timeout = \"10s\"\n\
         [knowledge.a]\nembedder = \"bins\"\nstore = \"remote\"\nthreshold = 0.0\n",
        embeddings.table("bins", 64)
    )
}

/// Sends documents as one job and waits for its end.
async fn import(host: &Host, names: impl Iterator<Item = String>) {
    let mut body = String::new();
    for name in names {
        body += &format!(
            "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}.md\"\r\n\r\n\
             # {name}\n\n## 志愿\n\n平行志愿按分数优先的原则投档，文件{name}。\n\n## 录取\n\n录取通知书由院校寄出。\n\n\
             ## 体检\n\n体检标准与要求见附件。\r\n"
        );
    }
    body += "--edge--\r\n";
    let url = format!("{}/v1/knowledge-bases/a/imports", host.url);
    let request = host.http.post(url).header("content-type", "multipart/form-data; boundary=edge").body(body);
    let job: Value = request.send().await.unwrap().json().await.unwrap();
    let ended = host.ended_job(job["id"].as_str().unwrap_or_else(|| panic!("{job}"))).await;
    assert_eq!((&ended["state"], &ended["unreadable"]), (&json!("done"), &json!([])), "{ended}");
}

async fn search(host: &Host, question: &str) -> Vec<(String, f64)> {
    let answer = host.post("/v1/knowledge-bases/a/search", json!({"query": question})).await;
    let answer: Value = answer.json().await.unwrap();
    let hits = answer["hits"].as_array().unwrap_or_else(|| panic!("{answer}")).iter();
    let hit = |hit: &Value| (hit["id"].as_str().unwrap().to_owned(), hit["score"].as_f64().unwrap());
    hits.map(hit).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_waits_three_times_at_most_and_an_import_less_than_once_for_a_document() {
    let (embeddings, server) = (Embeddings::start().await, Qdrant::start().await);
    let way = Far::from(&server.address(), EACH_WAY).await;
    let host = Host::start(&config(&embeddings, &way.url));
    import(&host, std::iter::once("erste".to_owned())).await;

    const DOCUMENTS: usize = 96;
    way.take();
    import(&host, (0..DOCUMENTS).map(|n| n.to_string())).await;
    let seen = way.take();
    println!("{DOCUMENTS} documents: {} waits, {} requests", seen.waits, seen.requests);
    assert!(seen.waits * 3 < DOCUMENTS, "{DOCUMENTS} documents: {seen:?}");
    assert!(seen.requests < DOCUMENTS, "{DOCUMENTS} documents: {seen:?}");

    // Corrections are known as the counts are, and come with what they correct.
    let faq = "问题,相似问法,答案\n怎样填报？,怎样填报提前批次,看附件。\n体检有什么要求？,,见体检标准。\n";
    host.import("a", "faq.qa.csv", faq).await;
    let correction = json!({"question": "怎样填报", "answer": "登录网站填报。"});
    let corrected = host.post("/v1/knowledge-bases/a/questions", correction).await;
    assert!(corrected.status().is_success());
    assert_eq!(search(&host, "怎样填报提前批次").await[0].0, "corrections#0");

    for question in QUESTIONS {
        assert!(!search(&host, question).await.is_empty());
        let mut fewest = usize::MAX;
        for _ in 0..TRIES {
            way.take();
            search(&host, question).await;
            fewest = fewest.min(way.take().waits);
        }
        println!("{question}: {fewest} waits");
        assert!((1..=3).contains(&fewest), "{question}: {fewest} waits");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_host_writes_counts_at_once() {
    let (embeddings, server) = (Embeddings::start().await, Qdrant::start().await);
    let url = format!("http://{}", server.address());
    let hosts = [&url, &url].map(|url| Host::start(&config(&embeddings, url)));
    import(&hosts[0], (0..8).map(|n| n.to_string())).await;
    for round in 0..6 {
        for question in QUESTIONS {
            let [one, other] = [search(&hosts[0], question).await, search(&hosts[1], question).await];
            assert_eq!(one, other, "round {round}, {question}");
        }
        // What is rare in the base changes with each.
        let text = format!("# 另一份{round}\n\n录取通知书什么时候寄，怎样填报，平行志愿怎么投。");
        hosts[round % 2].import("a", &format!("other-{round}.md"), &text).await;
        if round == 3 {
            let url = format!("{}/v1/knowledge-bases/a/documents/other-2.md", hosts[0].url);
            assert!(hosts[0].http.delete(url).send().await.unwrap().status().is_success());
        }
    }
}
