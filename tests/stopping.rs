use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use crate::connections::{half, long_answer, patient, sending, unread_stream};
use crate::support::{Embeddings, Host, Qdrant, Script, Upstream, eventually, run, within_patience};

/// One app, and a data folder that outlives the host.
fn config(upstream: &Upstream, data: &Path, shutdown_timeout: &str) -> String {
    format!(
        "[server]\ndata_dir = {:?}\nshutdown_timeout = \"{shutdown_timeout}\"\n{}",
        data.display().to_string(),
        patient(upstream)
    )
}

async fn stream(host: &Host) -> reqwest::Response {
    let body = json!({"model": "plain", "stream": true, "messages": [{"role": "user", "content": "数"}]});
    host.post("/v1/chat/completions", body).await
}

/// Waits until the host has begun to stop.
async fn stops(host: &Host) {
    let refused = async || TcpStream::connect(host.address()).await.err();
    eventually("the end of listening", refused).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_waits_for_no_request_that_is_not_there_as_a_whole() {
    let (upstream, data) = (Upstream::playing([]).await, tempfile::tempdir().unwrap());
    let host = Host::start(&config(&upstream, data.path(), "1h"));
    let mut open = [
        sending(&host, "").await,
        sending(&host, "GET /healthz HTTP/1.1\r\nhost: a").await,
        sending(&host, &half("/v1/chat/completions", 1000, "{\"model\"")).await,
        sending(&host, "GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").await,
    ];
    let mut answer = [0; 15];
    within_patience("an answer", open[3].read_exact(&mut answer)).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
    host.signal(Signal::TERM);
    assert!(host.ended().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_may_end_after_a_signal_while_nobody_new_is_let_in() {
    for signal in [Signal::TERM, Signal::INT] {
        let (tell, told) = mpsc::unbounded_channel();
        let upstream = Upstream::playing([Script::SaysWhatItIsTold(told)]).await;
        let data = tempfile::tempdir().unwrap();
        let host = Host::start(&config(&upstream, data.path(), "1h"));
        tell.send("一").unwrap();
        let answer = stream(&host).await;
        host.signal(signal);
        stops(&host).await;
        tell.send("二").unwrap();
        drop(tell);
        let said = answer.text().await.unwrap();
        assert!(said.contains("二") && said.ends_with("data: [DONE]\n\n"), "{said}");
        assert!(host.ended().await.success());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn turns_that_do_not_end_in_time_are_cut_and_leave_their_traces() {
    let (_tell, told) = mpsc::unbounded_channel();
    let upstream = Upstream::playing([long_answer(), Script::SaysWhatItIsTold(told)]).await;
    let data = tempfile::tempdir().unwrap();
    let host = Host::start(&config(&upstream, data.path(), "1s"));
    let _unread = unread_stream(&host).await;
    eventually("the first turn", async || Some(()).filter(|()| upstream.received().len() == 1)).await;
    let silent = tokio::spawn({
        let request = host.http.post(format!("{}/v1/chat/completions", host.url));
        let body = json!({"model": "plain", "messages": [{"role": "user", "content": "问"}]});
        async move { request.json(&body).send().await.and_then(|response| response.error_for_status()) }
    });
    eventually("the second turn", async || Some(()).filter(|()| upstream.received().len() == 2)).await;
    host.signal(Signal::TERM);
    assert!(host.ended().await.success());
    assert!(silent.await.unwrap().is_err());
    let host = Host::start(&config(&upstream, data.path(), "1s"));
    let traces = host.get("/v1/traces").await;
    let ends: Vec<&Value> = traces["data"].as_array().unwrap().iter().map(|t| &t["finish_reason"]).collect();
    assert_eq!(ends, ["cancelled", "cancelled"], "{traces}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_ends_the_host_at_once_and_shows_in_its_status() {
    for (signal, status) in [(Signal::TERM, 143), (Signal::INT, 130)] {
        let (tell, told) = mpsc::unbounded_channel();
        let upstream = Upstream::playing([Script::SaysWhatItIsTold(told)]).await;
        let data = tempfile::tempdir().unwrap();
        let host = Host::start(&config(&upstream, data.path(), "1h"));
        tell.send("一").unwrap();
        let _answer = stream(&host).await;
        host.signal(Signal::TERM);
        stops(&host).await;
        host.signal(signal);
        assert_eq!(host.ended().await.code(), Some(status));
    }
}

/// A base, and a data folder that outlives the host.
fn jobs(embeddings: &Embeddings, data: &Path) -> String {
    format!(
        "[server]\ndata_dir = {:?}\nmax_jobs = 1\n{}[knowledge.k]\nembedder = \"bins\"\n",
        data.display().to_string(),
        embeddings.table("bins", 32)
    )
}

/// Asks for the import of these documents, of so many windows each.
async fn import(host: &Host, documents: &[(&str, usize)]) -> String {
    let mut body = String::new();
    for (id, windows) in documents {
        body += &format!(
            "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{id}\"\r\n\r\n# {id}\r\n\r\n"
        );
        (0..*windows).for_each(|i| body += &format!("## 第{i}节\r\n\r\n文件{id}的第{i}条说明。\r\n\r\n"));
    }
    body += "--edge\r\ncontent-disposition: form-data; name=\"meta.year\"\r\n\r\n2025\r\n--edge--\r\n";
    let url = format!("{}/v1/knowledge-bases/k/imports?origin=book", host.url);
    let request = host.http.post(url).header("content-type", "multipart/form-data; boundary=edge").body(body);
    let job: Value = request.send().await.unwrap().json().await.unwrap();
    job["id"].as_str().unwrap().to_owned()
}

async fn ids(host: &Host) -> Vec<String> {
    let list = host.get("/v1/knowledge-bases/k/documents").await;
    list["data"].as_array().unwrap().iter().map(|d| d["id"].as_str().unwrap().to_owned()).collect()
}

/// The job at its end.
async fn done(host: &Host, id: &str) -> Value {
    eventually("the end of a job", async || {
        let job = host.get(&format!("/v1/jobs/{id}")).await;
        (!["queued", "running", "interrupted"].contains(&job["state"].as_str().unwrap())).then_some(job)
    })
    .await
}

/// Waits until the endpoint has been asked so often.
async fn asked(embeddings: &Embeddings, requests: usize) {
    eventually("a request to embed", async || Some(()).filter(|()| embeddings.requests() >= requests)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_go_on_after_a_stop_and_after_a_kill() {
    for signal in [Signal::TERM, Signal::KILL] {
        let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
        let host = Host::start(&jobs(&embeddings, data.path()));
        embeddings.hold();
        let running = import(&host, &[("a.md", 2), ("b.md", 2)]).await;
        let waiting = import(&host, &[("c.md", 2)]).await;
        asked(&embeddings, 1).await;
        host.signal(signal);
        if signal == Signal::TERM {
            stops(&host).await;
        }
        embeddings.release();
        let status = host.ended().await;
        assert_eq!(status.success(), signal == Signal::TERM, "{status}");

        let host = Host::start(&jobs(&embeddings, data.path()));
        for (id, documents) in [(&running, 2), (&waiting, 1)] {
            let job = done(&host, id).await;
            assert_eq!((&job["state"], &job["documents_done"]), (&json!("done"), &json!(documents)), "{job}");
            assert_eq!(
                (&job["error"], &job["crashes"]),
                (&Value::Null, &json!(u32::from(signal == Signal::KILL && documents == 2))),
                "{job}"
            );
        }
        assert_eq!(ids(&host).await, ["a.md", "b.md", "c.md"]);
        let list = host.get("/v1/knowledge-bases/k/documents").await;
        assert_eq!(
            (&list["data"][0]["metadata"]["year"], &list["data"][0]["origin"]),
            (&json!("2025"), &json!("book"))
        );
        let left = std::fs::read_dir(data.path().join("jobs")).unwrap();
        assert!(left.map(|entry| entry.unwrap()).all(|entry| entry.path().is_file()), "uploads are removed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_waits_for_one_step_of_a_silent_store_and_loses_no_job() {
    let (embeddings, server) = (Embeddings::start().await, Qdrant::start().await);
    let data = tempfile::tempdir().unwrap();
    // Long enough for a loaded machine to tell one from two.
    let store = server.table.replace("timeout = \"5s\"", "timeout = \"10s\"");
    let config = format!("{}store = \"remote\"\n{store}", jobs(&embeddings, data.path()));
    let host = Host::start(&config);
    let first = import(&host, &[("a.md", 2)]).await;
    assert_eq!(done(&host, &first).await["state"], "done");
    embeddings.hold();
    let before = embeddings.requests();
    let id = import(&host, &[("b.md", 2), ("c.md", 2)]).await;
    asked(&embeddings, before + 1).await;
    server.pause();
    let begun = Instant::now();
    host.signal(Signal::TERM);
    stops(&host).await;
    embeddings.release();
    assert!(host.ended().await.success());
    let took = begun.elapsed();
    server.go_on();
    assert!(took < Duration::from_secs(18), "the write, and then no more: {took:?}");

    let host = Host::start(&config);
    let job = host.ended_job(&id).await;
    assert_eq!((&job["state"], &job["documents_done"]), (&json!("done"), &json!(2)), "{job}");
    assert_eq!(ids(&host).await, ["a.md", "b.md", "c.md"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_goes_on_leaves_alone_what_it_had_imported() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let host = Host::start(&jobs(&embeddings, data.path()));
    // The first is more than one request and goes alone; the second is more requests than are answered.
    embeddings.hold_after(10);
    let job = import(&host, &[("a.md", 70), ("b.md", 1400)]).await;
    eventually("the first document", async || ids(&host).await.pop()).await;
    let url = format!("{}/v1/knowledge-bases/k/documents/a.md", host.url);
    assert_eq!(host.http.delete(url).send().await.unwrap().status(), 200);
    host.signal(Signal::KILL);
    host.ended().await;
    embeddings.release();
    let host = Host::start(&jobs(&embeddings, data.path()));
    let job = done(&host, &job).await;
    assert_eq!(
        (&job["state"], &job["unchanged"], &job["imported"]),
        (&json!("done"), &json!(1), &json!(1)),
        "{job}"
    );
    assert_eq!(ids(&host).await, ["b.md"], "what was deleted since stays deleted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_job_stays_cancelled_and_one_without_its_upload_says_so() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let host = Host::start(&jobs(&embeddings, data.path()));
    embeddings.hold();
    let cancelled = import(&host, &[("a.md", 2)]).await;
    asked(&embeddings, 1).await;
    let lost = import(&host, &[("b.md", 2)]).await;
    host.post(&format!("/v1/jobs/{cancelled}/cancel"), json!({})).await;
    host.signal(Signal::KILL);
    host.ended().await;
    embeddings.release();
    std::fs::remove_dir_all(data.path().join("jobs").join(&lost)).unwrap();
    let host = Host::start(&jobs(&embeddings, data.path()));
    assert_eq!(done(&host, &cancelled).await["state"], "cancelled");
    let lost = done(&host, &lost).await;
    assert_eq!(lost["state"], "failed", "{lost}");
    assert!(lost["error"].as_str().unwrap().contains("its upload is lost"), "{lost}");
    assert!(ids(&host).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_the_host_never_survives_is_given_up() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    embeddings.hold();
    let mut host = Host::start(&jobs(&embeddings, data.path()));
    let id = import(&host, &[("a.md", 2)]).await;
    for crashes in 1..=4 {
        asked(&embeddings, crashes).await;
        host.signal(Signal::KILL);
        host.ended().await;
        host = Host::start(&jobs(&embeddings, data.path()));
    }
    let job = done(&host, &id).await;
    assert_eq!((&job["state"], &job["crashes"]), (&json!("failed"), &json!(4)), "{job}");
    assert!(job["error"].as_str().unwrap().contains("ended 4 times in the middle"), "{job}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_host_on_the_same_folder_is_refused_and_commands_are_not() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let host = Host::start(&jobs(&embeddings, data.path()));
    embeddings.hold();
    let id = import(&host, &[("a.md", 2), ("b.md", 2)]).await;
    asked(&embeddings, 1).await;
    let path = data.path().join("host.toml");
    std::fs::write(&path, jobs(&embeddings, data.path())).unwrap();
    let command = |arguments: &'static [&str]| {
        let path = path.clone();
        let output = tokio::task::spawn_blocking(move || run(&path, arguments));
        async { output.await.unwrap() }
    };
    let second = within_patience("a refusal", command(&["serve", "--listen", "127.0.0.1:0"])).await;
    let said = String::from_utf8(second.stderr).unwrap();
    let holder = format!("the process {} serves from", host.pid().as_raw_nonzero());
    assert!(!second.status.success() && said.contains(&holder) && said.contains("data_dir"), "{said}");
    assert!(command(&["check"]).await.status.success());
    embeddings.release();
    let job = done(&host, &id).await;
    assert_eq!((&job["state"], &job["imported"]), (&json!("done"), &json!(2)), "{job}");

    // What others do with a base beside a host goes on.
    std::fs::write(data.path().join("c.md"), "# c\n\n体检标准。\n").unwrap();
    let document = data.path().join("c.md").display().to_string();
    let arguments = vec!["kb", "import", "k", Box::leak(document.into_boxed_str())];
    let imported = command(Vec::leak(arguments)).await;
    assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
    let checked = command(&["kb", "check"]).await;
    let said = String::from_utf8(checked.stdout).unwrap();
    assert!(checked.status.success() && said.starts_with("k: 3 documents, 0 repaired, 0 lost"), "{said}");
    assert_eq!(ids(&host).await, ["a.md", "b.md", "c.md"]);

    // The folder is free with the process that held it, however it ends.
    host.signal(Signal::KILL);
    host.ended().await;
    Host::start(&jobs(&embeddings, data.path()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_upload_goes_while_it_is_at_work_has_failed() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let host = Host::start(&jobs(&embeddings, data.path()));
    embeddings.hold();
    let first = import(&host, &[("a.md", 2)]).await;
    asked(&embeddings, 1).await;
    let lost = import(&host, &[("b.md", 2), ("c.md", 2)]).await;
    let upload = data.path().join("jobs").join(&lost);
    std::fs::remove_file(upload.join("1")).unwrap();
    embeddings.release();
    assert_eq!(done(&host, &first).await["state"], "done");
    let lost = done(&host, &lost).await;
    assert_eq!((&lost["state"], &lost["imported"]), (&json!("failed"), &json!(1)), "{lost}");
    assert!(lost["error"].as_str().unwrap().contains("upload is lost"), "{lost}");
    assert!(!upload.exists());
}
