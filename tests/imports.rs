use std::path::Path;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Embeddings, Host, eventually, run};

/// One base with the stub's embedder, its data in `data`.
fn config(embeddings: &Embeddings, data: &Path, server: &str, dimensions: usize) -> String {
    format!(
        "[server]\ndata_dir = {:?}\n{server}\n{}{}[knowledge.a]\nembedder = \"e{dimensions}\"\nthreshold = 0.1\n",
        data.display().to_string(),
        embeddings.table("e32", 32),
        embeddings.table("e48", 48)
    )
}

fn chapter(i: usize) -> String {
    format!("# 第{i}章\n\n平行志愿第{i}条规则：分数优先，遵循志愿。\n")
}

/// Files as a browser would send them.
#[derive(Default)]
struct Form(Vec<u8>);

impl Form {
    fn file(mut self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let head =
            format!("--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        self.0.extend_from_slice(head.as_bytes());
        self.0.extend_from_slice(bytes.as_ref());
        self.0.extend_from_slice(b"\r\n");
        self
    }

    fn field(mut self, name: &str, value: &str) -> Self {
        let part = format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        self.0.extend_from_slice(part.as_bytes());
        self
    }
}

fn form(ids: impl IntoIterator<Item = usize>) -> Form {
    ids.into_iter().fold(Form::default(), |form, i| form.file(&format!("{i}.md"), chapter(i)))
}

async fn send(host: &Host, path: &str, form: Form) -> reqwest::Response {
    let mut body = form.0;
    body.extend_from_slice(b"--edge--\r\n");
    let request = host.http.post(format!("{}{path}", host.url)).body(body);
    request.header("content-type", "multipart/form-data; boundary=edge").send().await.unwrap()
}

async fn ids(host: &Host) -> Vec<String> {
    let list = host.get("/v1/knowledge-bases/a/documents").await;
    list["data"].as_array().unwrap().iter().map(|d| d["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_imports_an_upload_and_tells_how_far_it_is() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let host = Host::start(&config(&embeddings, data.path(), "", 32));
    let upload = form(0..5).file("picture.png", [0, 159]).file("问.qa.csv", "问题,答案\n甲？,一。\n乙？,\n");
    let response = send(&host, "/v1/knowledge-bases/a/imports?origin=book", upload).await;
    assert_eq!(response.status(), StatusCode::ACCEPTED);
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    let job: Value = response.json().await.unwrap();
    let id = job["id"].as_str().unwrap();
    assert_eq!((location, &job["object"]), (format!("/v1/jobs/{id}"), &json!("job")));
    let job = host.ended_job(id).await;
    assert_eq!(job["state"], "done", "{job}");
    assert_eq!(
        (&job["documents_done"], &job["documents_total"], &job["imported"]),
        (&json!(7), &json!(7), &json!(6))
    );
    assert_eq!(job["unreadable"][0]["document"], "picture.png");
    assert_eq!((&job["notes_total"], &job["notes"][0]["document"]), (&json!(1), &json!("问.qa.csv")));
    assert!(job["notes"][0]["note"].as_str().unwrap().contains("line or place 3;"), "{job}");
    assert!(job["finished_at"].as_u64() >= job["started_at"].as_u64());
    assert_eq!(ids(&host).await.len(), 6);
    let list = host.get("/v1/jobs?knowledge_base=a&state=done").await;
    assert_eq!(list["data"][0]["id"], id);
    assert_eq!(host.get("/v1/jobs?state=failed").await["data"], json!([]));

    // The same origin without two of them, one changed.
    let upload = form([0, 1]).file("2.md", "# 新\n\n强基计划。");
    let response = send(&host, "/v1/knowledge-bases/a/imports?origin=book&prune=true", upload).await;
    let job: Value = response.json().await.unwrap();
    let job = host.ended_job(job["id"].as_str().unwrap()).await;
    assert_eq!(
        (&job["imported"], &job["unchanged"], &job["deleted"]),
        (&json!(1), &json!(2), &json!(3)),
        "{job}"
    );
    assert_eq!(ids(&host).await, ["0.md", "1.md", "2.md"]);
    // What a form says of its only file is obeyed, whether it comes before the file or after.
    let upload = Form::default().field("title", "章程").file("x.txt", "强基计划在三月报名。");
    let upload = upload.field("id", "f.md").field("url", "https://a.cn/f").field("meta.province", "广东");
    let response = send(&host, "/v1/knowledge-bases/a/imports", upload).await;
    let job: Value = response.json().await.unwrap();
    assert_eq!(host.ended_job(job["id"].as_str().unwrap()).await["imported"], 1);
    let list = host.get("/v1/knowledge-bases/a/documents").await;
    let document = list["data"].as_array().unwrap().iter().find(|d| d["id"] == "f.md").unwrap().clone();
    assert_eq!(
        (&document["title"], &document["url"]),
        (&json!("章程"), &json!("https://a.cn/f")),
        "{document}"
    );
    let upload = form([0]).field("title", "又一篇");
    assert_eq!(send(&host, "/v1/knowledge-bases/a/documents", upload).await.status(), StatusCode::OK);
    let list = host.get("/v1/knowledge-bases/a/documents").await;
    assert!(list["data"].as_array().unwrap().iter().any(|d| d["title"] == "又一篇"), "{list}");
    let response = send(&host, "/v1/knowledge-bases/a/documents", form([0, 1]).field("title", "两篇")).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert!(response.text().await.unwrap().contains("the form holds 2 files"));
    // One document as the body.
    let url = format!("{}/v1/knowledge-bases/a/imports?id=body.md&title=题", host.url);
    let job: Value = host.http.post(url).body(chapter(9)).send().await.unwrap().json().await.unwrap();
    assert_eq!(host.ended_job(job["id"].as_str().unwrap()).await["imported"], 1);
    let left = std::fs::read_dir(data.path().join("jobs")).unwrap().map(|entry| entry.unwrap());
    let left: Vec<_> = left.filter(|entry| entry.path().is_dir()).map(|entry| entry.file_name()).collect();
    assert_eq!(left, [id], "uploads are removed, but for the picture of the first job");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_job_leaves_whole_documents_and_a_full_queue_is_told() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let server = "max_jobs = 1\nmax_queued_jobs = 1\nmax_upload_bytes = 2000000";
    let host = Host::start(&config(&embeddings, data.path(), server, 32));
    host.import("a", "before.md", &chapter(7)).await;
    embeddings.hold();
    let requests = embeddings.requests();
    let import = "/v1/knowledge-bases/a/imports";
    let long: String = (0..4000).map(|i| format!("第{i}句说明平行志愿。")).collect();
    let upload = || Form::default().file("long.txt", &long);
    let running: Value = send(&host, import, upload()).await.json().await.unwrap();
    eventually("a request for vectors", async || (embeddings.requests() > requests).then_some(())).await;
    let waiting: Value = send(&host, import, form([1])).await.json().await.unwrap();
    assert_eq!(waiting["state"], "queued");
    let refused = send(&host, import, form([2])).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(refused.json::<Value>().await.unwrap()["error"]["code"], "too_many_jobs");

    let [running, waiting] = [running, waiting].map(|job| job["id"].as_str().unwrap().to_owned());
    let url = format!("{}/v1/jobs/{waiting}", host.url);
    assert_eq!(host.http.delete(&url).send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(host.ended_job(&waiting).await["state"], "cancelled");
    let asked =
        host.post(&format!("/v1/jobs/{running}/cancel"), json!({})).await.json::<Value>().await.unwrap();
    assert_eq!((&asked["state"], &asked["cancel_requested"]), (&json!("running"), &json!(true)), "{asked}");
    embeddings.release();
    let job = host.ended_job(&running).await;
    assert_eq!((&job["state"], &job["imported"]), (&json!("cancelled"), &json!(0)), "{job}");
    assert_eq!(ids(&host).await, ["before.md"]);
    // The same again goes through.
    let job: Value = send(&host, import, upload()).await.json().await.unwrap();
    assert_eq!(host.ended_job(job["id"].as_str().unwrap()).await["state"], "done");
    let huge = Form::default().file("huge.txt", vec![b'a'; 2_000_001]);
    let refused = send(&host, import, huge).await;
    assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(refused.text().await.unwrap().contains("max_upload_bytes"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_base_is_re_embedded_while_it_serves() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let host = Host::start(&config(&embeddings, data.path(), "", 32));
    for i in 0..4 {
        host.import("a", &format!("{i}.md"), &chapter(i)).await;
    }
    drop(host);
    let host = Host::start(&config(&embeddings, data.path(), "", 48));
    let search = json!({"query": "平行志愿第2条规则"});
    let found = async || -> Value {
        host.post("/v1/knowledge-bases/a/search", search.clone()).await.json().await.unwrap()
    };
    let before = found().await;
    assert_eq!(before["hits"][0]["document"], "2.md", "the old embedder serves: {before}");
    embeddings.hold();
    let requests = embeddings.requests();
    let job: Value = host.post("/v1/knowledge-bases/a/reembed", json!({})).await.json().await.unwrap();
    eventually("a request for vectors", async || (embeddings.requests() > requests).then_some(())).await;
    assert_eq!(found().await["hits"], before["hits"], "the question's vector is remembered");
    embeddings.release();
    let job = host.ended_job(job["id"].as_str().unwrap()).await;
    assert_eq!(
        (&job["kind"], &job["state"], &job["imported"]),
        (&json!("reembed"), &json!("done"), &json!(4)),
        "{job}"
    );
    let after = found().await;
    assert_eq!(after["hits"][0]["document"], "2.md");
    assert_ne!(after["hits"][0]["dense"], before["hits"][1]["dense"]);
    drop(host);

    // By command line, and back.
    let path = data.path().join("host.toml");
    std::fs::write(&path, config(&embeddings, data.path(), "", 32)).unwrap();
    let reembed = async || {
        let path = path.clone();
        tokio::task::spawn_blocking(move || run(&path, &["kb", "reembed", "a"])).await.unwrap()
    };
    let said = reembed().await;
    assert!(String::from_utf8_lossy(&said.stdout).contains("4 documents embedded anew"), "{said:?}");
    assert!(String::from_utf8_lossy(&reembed().await.stdout).contains("already"));
    // Without a table for what made the vectors, nothing could be searched.
    let lost = config(&embeddings, data.path(), "", 48).replace("[embedders.e32]", "[embedders.unused]");
    std::fs::write(&path, lost.replace("bins-32", "bins-16")).unwrap();
    let check = tokio::task::spawn_blocking({
        let path = path.clone();
        move || run(&path, &["check"])
    });
    let refused = check.await.unwrap();
    assert!(String::from_utf8_lossy(&refused.stderr).contains("kb reembed a"), "{refused:?}");
    assert!(reembed().await.status.success(), "the texts are there all the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_answers_by_what_came_behind_a_re_embedding_of_another_process() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let path = data.path().join("host.toml");
    let config = config(&embeddings, data.path(), "", 32);
    std::fs::write(&path, &config).unwrap();
    let host = Host::start(&config);
    for i in 0..3 {
        host.import("a", &format!("{i}.md"), &chapter(i)).await;
    }
    let kb = async |arguments: &'static [&'static str]| {
        let path = path.clone();
        let done = tokio::task::spawn_blocking(move || run(&path, arguments)).await.unwrap();
        assert!(done.status.success(), "{done:?}");
    };
    kb(&["kb", "reembed", "a", "--force"]).await;
    kb(&["kb", "delete", "a", "0.md"]).await;
    let again = host.import("a", "0.md", &chapter(0)).await;
    assert_eq!((&again["imported"], &again["unchanged"]), (&json!(1), &json!(0)), "{again}");
    assert_eq!(ids(&host).await, ["0.md", "1.md", "2.md"]);

    kb(&["kb", "reembed", "a", "--force"]).await;
    kb(&["kb", "delete", "a", "2.md"]).await;
    let search = json!({"query": "平行志愿第2条规则"});
    let found: Value = host.post("/v1/knowledge-bases/a/search", search).await.json().await.unwrap();
    let hits = found["hits"].as_array().unwrap();
    assert!(!hits.is_empty() && hits.iter().all(|hit| hit["document"] != "2.md"), "{found}");
    assert_eq!(ids(&host).await, ["0.md", "1.md"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pruned_folder_loses_only_what_came_from_it() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let path = data.path().join("host.toml");
    std::fs::write(&path, config(&embeddings, data.path(), "", 32)).unwrap();
    let (one, two) = (data.path().join("one"), data.path().join("two"));
    for (folder, i) in [(&one, 1), (&one, 2), (&two, 3)] {
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(folder.join(format!("{i}.md")), chapter(i)).unwrap();
    }
    let said = async |arguments: &[&str]| {
        let (path, arguments) = (path.clone(), arguments.iter().map(|&a| a.to_owned()).collect::<Vec<_>>());
        let run = move || run(&path, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
        let output = tokio::task::spawn_blocking(run).await.unwrap();
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    };
    let [first, second] = [&one, &two].map(|folder| folder.to_str().unwrap().to_owned());
    assert!(said(&["kb", "import", "a", &first, &second]).await.contains("3 imported"));
    std::fs::write(two.join("1.md"), chapter(4)).unwrap();
    let same = said(&["kb", "import", "a", &first, &second, "--prune"]).await;
    assert!(same.contains("3 unchanged, 0 deleted") && same.contains("1.md: an earlier document"), "{same}");
    std::fs::remove_file(two.join("1.md")).unwrap();
    std::fs::remove_file(one.join("1.md")).unwrap();
    std::fs::write(one.join("2.md"), "# 新\n\n强基计划每年三月报名。\n").unwrap();
    assert!(said(&["kb", "import", "a", &first]).await.contains("0 deleted"));
    let pruned = said(&["kb", "import", "a", &first, "--prune", "-v"]).await;
    assert!(pruned.contains("deleted\t1.md") && pruned.contains("unchanged\t2.md"), "{pruned}");
    let list = said(&["kb", "list", "a"]).await;
    assert!(!list.contains("1.md") && list.contains("2.md") && list.contains("3.md"), "{list}");
    std::fs::remove_file(one.join("2.md")).unwrap();
    assert!(said(&["kb", "import", "a", &first, "--prune"]).await.contains("holds no file"));
    assert!(said(&["kb", "list", "a"]).await.contains("2.md"), "an empty folder empties nothing");
    // A path that cannot be read, and one without a file, keep none of the others out.
    std::fs::write(two.join("3.md"), chapter(5)).unwrap();
    let absent = data.path().join("absent").to_str().unwrap().to_owned();
    let others = said(&["kb", "import", "a", &absent, &first, &second, "--prune"]).await;
    let told = ["1 imported", "2 unreadable", "absent: cannot read", "one: ", "holds no file"];
    assert!(told.iter().all(|part| others.contains(part)), "{others}");
    let all = said(&["kb", "import", "a", &absent, &second, "--prune", "--origin", "shelf"]).await;
    assert!(
        all.contains("absent") && !all.contains("imported,"),
        "what all prune together, none prunes alone: {all}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_framework_refuses_comes_in_the_format_of_the_api() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let server = "max_chat_bytes = 1000\nmax_import_bytes = 1000";
    let host = Host::start(&config(&embeddings, data.path(), server, 32));
    let long = "长".repeat(1000);
    let url = |path: &str| format!("{}{path}", host.url);
    let http = &host.http;
    for (request, status, code) in [
        (http.post(url("/v1/chat/completions")).body(long.clone()), 413, "body_too_large"),
        (http.post(url("/v2/chat/completions")).body(long.clone()), 413, "body_too_large"),
        (
            http.post(url("/v1/knowledge-bases/a/documents?id=a.txt")).body(long.clone()),
            413,
            "body_too_large",
        ),
        (http.get(url("/v1/traces?limit=many")), 400, "invalid_request"),
        (http.get(url("/v1/jobs?state=lost")), 400, "invalid_request"),
        (http.get(url("/v1/traces/%ff")), 400, "invalid_request"),
        (http.put(url("/v1/models")), 405, "method_not_allowed"),
        (http.get(url("/v2/chat/completions")), 405, "method_not_allowed"),
        (http.get(url("/v1/nothing")), 404, "not_found"),
        (http.get(url("/v2/nothing")), 404, "not_found"),
        (http.get(url("/v1/jobs/job-0")), 404, "not_found"),
    ] {
        let request = request.build().unwrap();
        let place = format!("{} {}", request.method(), request.url().path());
        let response = http.execute(request).await.unwrap();
        assert_eq!(response.status(), status, "{place}");
        assert_eq!(response.headers()["content-type"], "application/json", "{place}");
        assert_eq!(response.headers().contains_key("allow"), status == 405, "{place}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["error"]["code"], code, "{place}: {body}");
        assert!(!body["error"]["message"].as_str().unwrap().is_empty(), "{place}: {body}");
        assert_eq!(body.get("id").is_some(), place.contains("/v2/"), "{place}: {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_describes_an_upload_counts_in_the_address_and_in_the_form() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let host = Host::start(&config(&embeddings, data.path(), "", 32));
    for path in ["documents", "imports"] {
        let path = format!("/v1/knowledge-bases/a/{path}");
        let refused = async |query: &str, name: &str, value: &str| -> String {
            let response = send(&host, &format!("{path}{query}"), form([0]).field(name, value)).await;
            assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{path}{query} {name}");
            response.text().await.unwrap()
        };
        assert!(refused("", "titel", "书").await.contains("there is no parameter `titel`"));
        assert!(refused("?titel=x", "title", "书").await.contains("there is no parameter `titel`"));
        assert!(refused("", "format", "doc").await.contains("there is no format `doc`"));
        let alone = refused("", "prune", "true").await;
        assert!(alone.contains("needs an origin") || alone.contains("need a job"), "{alone}");
    }
    let own = "/v1/knowledge-bases/a/documents";
    let response = send(&host, own, form([0]).field("origin", "book")).await;
    assert!(response.text().await.unwrap().contains("need a job"), "no origin is passed over in silence");
    assert!(ids(&host).await.is_empty());
    // The form's fields count for files before them too.
    let response = send(&host, own, form([1]).field("meta.year", "2025")).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(host.get(own).await["data"][0]["metadata"]["year"], "2025");
}
