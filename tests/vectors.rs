//! Vectors that cannot be compared with those of a base: of other dimensions, or of another model that
//! answers under the same name.

use std::path::Path;

use reqwest::StatusCode;
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{Embeddings, Host, Mode, Qdrant, eventually, run};

fn config(embeddings: &Embeddings, data: &Path, qdrant: Option<&Qdrant>) -> String {
    let (table, store) = qdrant.map_or(("", ""), |qdrant| (qdrant.table.as_str(), "store = \"remote\"\n"));
    format!(
        "[server]\ndata_dir = {:?}\n{}{table}[knowledge.k]\nembedder = \"bins\"\nthreshold = 0.0\n{store}",
        data.display().to_string(),
        embeddings.table("bins", 32)
    )
}

async fn search(host: &Host, question: &str) -> reqwest::Response {
    host.post("/v1/knowledge-bases/search", json!({"query": question, "knowledge_bases": ["k"]})).await
}

/// The document of the best hit, and its dense score.
async fn best(host: &Host, question: &str) -> (String, f64) {
    let found: Value = search(host, question).await.json().await.unwrap();
    let hit = &found["hits"][0];
    (hit["document"].as_str().unwrap_or_default().to_owned(), hit["dense"].as_f64().unwrap_or_default())
}

async fn warning(host: &Host) -> Option<String> {
    let list = host.get("/v1/knowledge-bases").await;
    list["data"][0]["warning"].as_str().map(str::to_owned)
}

const QUESTION: &str = "平行志愿怎么投档";

#[tokio::test(flavor = "multi_thread")]
async fn vectors_of_other_dimensions_are_not_stored_not_searched_and_not_kept() {
    let qdrant = Qdrant::start().await;
    for server in [None, Some(&qdrant)] {
        let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
        let host = Host::start(&config(&embeddings, data.path(), server));
        host.import("k", "a.txt", "平行志愿按分数优先的原则投档。").await;
        embeddings.answer(Mode::Dimensions(16));
        let url = format!("{}/v1/knowledge-bases/k/documents?id=b.txt", host.url);
        let refused = host.http.post(url).body("体检标准。").send().await.unwrap();
        assert_ne!(refused.status(), StatusCode::OK);
        let said = refused.text().await.unwrap();
        assert!(said.contains("16 dimensions") && said.contains("kb reembed k --force"), "{said}");
        let list = host.get("/v1/knowledge-bases/k/documents").await;
        assert_eq!(list["data"].as_array().unwrap().len(), 1, "{list}");
        let found: Value = search(&host, QUESTION).await.json().await.unwrap();
        let degraded = found["reports"][0]["degraded"].as_str().unwrap_or_default();
        assert!(degraded.contains("16 dimensions"), "only words are searched: {found}");
        embeddings.answer(Mode::Well);
        let (document, dense) = best(&host, QUESTION).await;
        assert!(
            document == "a.txt" && dense > 0.5,
            "the wrong vector was not kept for the question: {dense}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_model_behind_the_same_name_is_noticed_at_start_and_mended_by_force() {
    let qdrant = Qdrant::start().await;
    for server in [None, Some(&qdrant)] {
        let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
        let config = config(&embeddings, data.path(), server);
        let path = data.path().join("host.toml");
        std::fs::write(&path, &config).unwrap();
        let check = || {
            let path = path.clone();
            async { tokio::task::spawn_blocking(move || run(&path, &["kb", "check"])).await.unwrap() }
        };
        let host = Host::start(&config);
        host.import("k", "a.txt", "平行志愿按分数优先的原则投档。").await;
        host.import("k", "b.txt", "体检标准。").await;
        let before = best(&host, QUESTION).await;
        assert_eq!(warning(&host).await, None);
        let said = check().await;
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        host.signal(Signal::TERM);
        host.ended().await;

        embeddings.answer(Mode::AnotherModel);
        let host = Host::start(&config);
        let warned = eventually("a warning", async || warning(&host).await).await;
        assert!(warned.contains("kb reembed k --force"), "{warned}");
        let said = check().await;
        assert!(!said.status.success());
        assert!(String::from_utf8_lossy(&said.stderr).contains("--force"));
        assert!(best(&host, QUESTION).await.1 < before.1 - 0.1);

        let job: Value =
            host.post("/v1/knowledge-bases/k/reembed?force=true", json!({})).await.json().await.unwrap();
        let path = format!("/v1/jobs/{}", job["id"].as_str().unwrap());
        let job = eventually("the end of the job", async || {
            let job = host.get(&path).await;
            (!["queued", "running"].contains(&job["state"].as_str().unwrap())).then_some(job)
        })
        .await;
        assert_eq!((&job["state"], &job["imported"]), (&json!("done"), &json!(2)), "{job}");
        assert_eq!(warning(&host).await, None);
        let after = best(&host, QUESTION).await;
        assert!(after.0 == "a.txt" && after.1 > before.1 - 0.1, "{after:?} {before:?}");
        assert!(check().await.status.success());
    }
}
