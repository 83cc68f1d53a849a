//! Jobs that wait for a store or an embedder which is away for a while.

use std::path::Path;

use reqwest::StatusCode;
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{Embeddings, Host, Mode, Qdrant, eventually};

/// Bases `a` and `b`, each with an embedder of its own; `a` in a store of its own where there is one.
fn config(embeddings: [&Embeddings; 2], data: &Path, server: &str, store: Option<&Qdrant>) -> String {
    let (table, store) = store.map_or(("", ""), |store| (store.table.as_str(), "store = \"remote\"\n"));
    format!(
        "[server]\ndata_dir = {:?}\nmax_jobs = 1\nmax_queued_jobs = 3\n{server}\n{}retries = 0\n{}{table}\
         [knowledge.a]\nembedder = \"ea\"\n{store}[knowledge.b]\nembedder = \"eb\"\n",
        data.display().to_string(),
        embeddings[0].table("ea", 32),
        embeddings[1].table("eb", 32),
    )
}

async fn send(host: &Host, base: &str, documents: usize) -> reqwest::Response {
    let mut body = String::new();
    for i in 0..documents {
        body += &format!(
            "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{i}.txt\"\r\n\r\n平行志愿第{i}条。\r\n"
        );
    }
    body += "--edge--\r\n";
    let url = format!("{}/v1/knowledge-bases/{base}/imports", host.url);
    let request = host.http.post(url).header("content-type", "multipart/form-data; boundary=edge").body(body);
    request.send().await.unwrap()
}

async fn import(host: &Host, base: &str, documents: usize) -> String {
    let job: Value = send(host, base, documents).await.json().await.unwrap();
    job["id"].as_str().unwrap_or_else(|| panic!("{job}")).to_owned()
}

async fn in_state(host: &Host, id: &str, states: &[&str]) -> Value {
    eventually(&format!("{states:?}"), async || {
        let job = host.get(&format!("/v1/jobs/{id}")).await;
        states.contains(&job["state"].as_str().unwrap()).then_some(job)
    })
    .await
}

const ENDED: [&str; 3] = ["done", "failed", "cancelled"];

#[tokio::test(flavor = "multi_thread")]
async fn a_job_waits_for_its_embedder_while_jobs_of_other_bases_are_done() {
    let (away, well) = (Embeddings::start().await, Embeddings::start().await);
    let data = tempfile::tempdir().unwrap();
    let host = Host::start(&config([&away, &well], data.path(), "job_pause = \"20ms\"", None));
    away.answer(Mode::Refuses(429, None));
    let first = import(&host, "a", 3).await;
    let waiting = in_state(&host, &first, &["waiting"]).await;
    assert!(waiting["waiting_for"].as_str().unwrap().contains("429"), "{waiting}");
    assert!(waiting["next_try_at"].as_u64().is_some() && waiting["error"].is_null(), "{waiting}");
    let second = import(&host, "a", 3).await;
    let full = send(&host, "a", 1).await;
    assert_eq!(full.status(), StatusCode::TOO_MANY_REQUESTS);
    let said = full.text().await.unwrap();
    assert!(said.contains("half of the queue"), "{said}");

    let other = import(&host, "b", 3).await;
    let done = in_state(&host, &other, &ENDED).await;
    assert_eq!((&done["state"], &done["imported"]), (&json!("done"), &json!(3)), "{done}");
    let still = host.get(&format!("/v1/jobs/{first}")).await;
    assert!(!ENDED.contains(&still["state"].as_str().unwrap()), "{still}");
    assert!(data.path().join("jobs").join(&first).is_dir(), "the upload stays");

    away.answer(Mode::Well);
    let first = in_state(&host, &first, &ENDED).await;
    let second = in_state(&host, &second, &ENDED).await;
    let stored = |job: &Value| job["imported"].as_u64().unwrap() + job["unchanged"].as_u64().unwrap();
    for job in [&first, &second] {
        assert_eq!((&job["state"], stored(job)), (&json!("done"), 3), "{job}");
        assert!(job["waiting_for"].is_null() && job["next_try_at"].is_null(), "{job}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_job_can_be_cancelled_and_outlives_a_stop() {
    let embeddings = Embeddings::start().await;
    let data = tempfile::tempdir().unwrap();
    let config = config([&embeddings; 2], data.path(), "job_pause = \"1h\"", None);
    let host = Host::start(&config);
    embeddings.answer(Mode::Refuses(503, Some(7200)));
    let (cancelled, left) = (import(&host, "a", 2).await, import(&host, "a", 2).await);
    in_state(&host, &cancelled, &["waiting"]).await;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let waiting = in_state(&host, &left, &["waiting"]).await;
    assert!(waiting["next_try_at"].as_u64().unwrap() >= now + 3590, "{waiting}");
    host.post(&format!("/v1/jobs/{cancelled}/cancel"), json!({})).await;
    assert_eq!(in_state(&host, &cancelled, &ENDED).await["state"], "cancelled");
    assert!(!data.path().join("jobs").join(&cancelled).exists());

    host.signal(Signal::TERM);
    assert!(host.ended().await.success());
    embeddings.answer(Mode::Well);
    let host = Host::start(&config);
    let done = in_state(&host, &left, &ENDED).await;
    assert_eq!(
        (&done["state"], &done["imported"], &done["crashes"]),
        (&json!("done"), &json!(2), &json!(0)),
        "{done}"
    );
    assert_eq!(host.get(&format!("/v1/jobs/{cancelled}")).await["state"], "cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_pass_fails_at_once_and_what_does_not_end_fails_in_the_end() {
    let embeddings = Embeddings::start().await;
    let data = tempfile::tempdir().unwrap();
    let server = "job_pause = \"20ms\"\njob_patience = \"200ms\"";
    let host = Host::start(&config([&embeddings; 2], data.path(), server, None));
    host.import("a", "first.txt", "录取通知书。").await;
    for (mode, reason, tries) in [
        (Mode::Refuses(401, None), "answered 401", false),
        (Mode::Dimensions(16), "16 dimensions", false),
        (Mode::Refuses(503, None), "given up after", true),
    ] {
        embeddings.answer(mode);
        let id = import(&host, "a", 2).await;
        let failed = in_state(&host, &id, &ENDED).await;
        assert_eq!(
            (&failed["state"], failed["tries"].as_u64().unwrap() > 0),
            (&json!("failed"), tries),
            "{failed}"
        );
        assert!(failed["error"].as_str().unwrap().contains(reason), "{failed}");
        assert_eq!(failed["can_retry"], true, "what is not in stays for another try: {failed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_waits_for_a_qdrant_that_is_killed_and_comes_back() {
    let (embeddings, mut qdrant) = (Embeddings::start().await, Qdrant::start().await);
    let data = tempfile::tempdir().unwrap();
    let host = Host::start(&config([&embeddings; 2], data.path(), "job_pause = \"20ms\"", Some(&qdrant)));
    host.import("a", "0.txt", "平行志愿第0条。").await;
    qdrant.kill();
    let id = import(&host, "a", 40).await;
    let waiting = in_state(&host, &id, &["waiting"]).await;
    assert!(waiting["waiting_for"].as_str().unwrap().contains("store `remote`"), "{waiting}");
    qdrant.restart().await;
    let done = in_state(&host, &id, &ENDED).await;
    let stored = done["imported"].as_u64().unwrap() + done["unchanged"].as_u64().unwrap();
    assert_eq!((&done["state"], stored), (&json!("done"), 40), "{done}");
    let list = host.get("/v1/knowledge-bases/a/documents").await;
    assert_eq!(list["data"].as_array().unwrap().len(), 40);
}
