use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Embeddings, Host, Mode, eventually};

fn config(embeddings: &Embeddings, data: &Path) -> String {
    format!(
        "[server]\ndata_dir = {:?}\njob_pause = \"20ms\"\njob_patience = \"100ms\"\n{}[knowledge.a]\nembedder = \"e16\"\n[knowledge.b]\n\
         embedder = \"e16\"\n",
        data.display().to_string(),
        embeddings.table("e16", 16)
    )
}

async fn import(host: &Host, query: &str, files: &[(&str, &str)]) -> Value {
    let mut body = String::new();
    for (name, text) in files {
        body.push_str(&format!(
            "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{text}\r\n"
        ));
    }
    body.push_str("--edge--\r\n");
    let request = host.http.post(format!("{}/v1/knowledge-bases/a/imports?{query}", host.url));
    let response =
        request.header("content-type", "multipart/form-data; boundary=edge").body(body).send().await.unwrap();
    ended(host, &response.json::<Value>().await.unwrap()).await
}

async fn ended(host: &Host, job: &Value) -> Value {
    let id = job["id"].as_str().unwrap_or_else(|| panic!("{job}")).to_owned();
    eventually("the end of a job", async || {
        let job = host.get(&format!("/v1/jobs/{id}")).await;
        let has_ended = ["done", "failed", "cancelled"].contains(&job["state"].as_str().unwrap());
        if !has_ended {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        has_ended.then_some(job)
    })
    .await
}

async fn retry(host: &Host, base: &str, job: &Value) -> (u16, Value) {
    let path = format!("/v1/knowledge-bases/{base}/imports/{}/retry", job["id"].as_str().unwrap());
    let response = host.post(&path, json!({})).await;
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn kind(host: &Host, base: &str, job: &Value) -> (u16, String) {
    let (status, error) = retry(host, base, job).await;
    (status, error["error"]["kind"].as_str().unwrap_or_else(|| panic!("{error}")).to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_a_job_did_not_get_in_is_imported_again() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let config = config(&embeddings, data.path());
    let host = Host::start(&config);
    host.import("a", "book.md", "# 旧\n\n旧书。\n").await;
    // What cannot be read stays, and the rest goes.
    let files = [
        ("好.md", "# 好\n\n平行志愿。\n"),
        ("空.md", " \n"),
        ("坏.pdf", "不是PDF"),
        ("又好.md", "# 又\n\n征集志愿。\n"),
    ];
    let first = import(&host, "origin=book&prune=true", &files).await;
    assert_eq!(
        (&first["state"], &first["imported"], &first["unreadable_total"], &first["can_retry"]),
        (&json!("done"), &json!(2), &json!(2), &json!(true)),
        "{first}"
    );
    let reasons: Vec<&str> =
        first["unreadable"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert!(reasons.contains(&"empty") && reasons.contains(&"not_pdf"), "{first}");
    let kept = std::fs::read_dir(data.path().join("jobs").join(first["id"].as_str().unwrap())).unwrap();
    let files = kept
        .filter(|entry| entry.as_ref().unwrap().file_name().to_str().unwrap().parse::<u32>().is_ok())
        .count();
    assert_eq!(files, 2, "only what is left");
    let failed = host.get("/v1/knowledge-bases/a/documents?state=failed").await;
    assert_eq!(
        (&failed["total"], &failed["data"][0]["job"], &failed["data"][0]["can_retry"]),
        (&json!(2), &first["id"], &json!(true)),
        "{failed}"
    );
    assert_eq!(host.get("/v1/knowledge-bases/a").await["failed"], 2);

    // It outlives the host, is another base's business only there, and prunes nothing.
    host.signal(rustix::process::Signal::TERM);
    host.ended().await;
    let host = Host::start(&config);
    assert_eq!(kind(&host, "b", &first).await, (404, "no_job".to_owned()));
    let (status, again) = retry(&host, "a", &first).await;
    assert_eq!((status, &again["retry_of"]), (202, &first["id"]), "{again}");
    let again = ended(&host, &again).await;
    assert_eq!(
        (&again["documents_total"], &again["imported"], &again["unreadable_total"], &again["deleted"]),
        (&json!(2), &json!(0), &json!(2), &json!(0)),
        "{again}"
    );
    let list = host.get("/v1/knowledge-bases/a/documents?limit=9").await;
    assert_eq!(list["total"], 3, "{list}");
    let (status, error) = retry(&host, "a", &first).await;
    assert_eq!((status, &error["error"]["params"]["by"]), (409, &again["id"]), "{error}");
    // Somebody brings a better file: it is failed no more.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    host.import("a", "空.md", "# 不空\n\n有字了。\n").await;
    let failed = host.get("/v1/knowledge-bases/a/documents?state=failed").await;
    assert_eq!((&failed["total"], &failed["data"][0]["id"]), (&json!(1), &json!("坏.pdf")), "{failed}");

    // A job that gave up leaves what it did not come to.
    embeddings.answer(Mode::Refuses(503, None));
    let gave_up = import(&host, "", &[("迟.md", "# 迟\n\n迟到的一章。\n")]).await;
    assert_eq!((&gave_up["state"], &gave_up["can_retry"]), (&json!("failed"), &json!(true)), "{gave_up}");
    embeddings.answer(Mode::Well);
    let (_, late) = retry(&host, "a", &gave_up).await;
    let late = ended(&host, &late).await;
    assert_eq!(
        (&late["state"], &late["imported"], &late["can_retry"]),
        (&json!("done"), &json!(1), &json!(false)),
        "{late}"
    );
    assert_eq!(kind(&host, "a", &late).await, (409, "retry_nothing".to_owned()));
    std::fs::remove_dir_all(data.path().join("jobs").join(again["id"].as_str().unwrap())).unwrap();
    let (status, _) = retry(&host, "a", &again).await;
    assert!(status >= 400, "its files are lost");
    assert!(late["rate"].is_null() || late["rate"]["documents_per_s"].as_f64().unwrap() > 0.0, "{late}");
}
