use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::{Host, Script, Upstream, eventually, within_patience};

/// A host whose log is in a file.
fn logging(config: &str) -> (Host, tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let host = Host::prepared(config, |_, command| {
        let file = std::fs::File::create(folder.path().join("log")).unwrap();
        command.env("QIANFAN_LOG", "info").stderr(file);
    });
    (host, folder, path)
}

/// The log's line about a request, waited for: it is written when the answer has ended.
async fn line_about(log: &Path, id: &str) -> String {
    eventually(&format!("a line about {id}"), async || {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        let text = std::fs::read_to_string(log).unwrap();
        let lines: Vec<&str> = text.lines().filter(|line| line.contains(id)).collect();
        assert!(lines.len() < 2, "one line for each request: {lines:?}");
        lines.first().map(|line| (*line).to_owned())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_an_id_and_every_request_one_line_in_the_log() {
    let upstream = Upstream::playing([
        Script::Says(vec!["好"]),
        Script::Refuses(401, r#"{"error":{"message":"wrong key"}}"#),
        Script::SaysThenBreaksOff(vec!["先"]),
    ])
    .await;
    let (host, _folder, log) = logging(&crate::chat::plain(&upstream));
    let question = |stream: bool| json!({"model": "plain", "stream": stream, "messages": [{"role": "user", "content": "问"}]});
    let post = |path: &str, body: Value| host.http.post(format!("{}{path}", host.url)).json(&body);
    let get = |path: &str| host.http.get(format!("{}{path}", host.url));
    // (request, status, what its line says besides)
    let requests = [
        (post("/v1/chat/completions", question(false)), 200, "status=200"),
        (post("/v1/chat/completions", question(false)), 502, "model `up` answered HTTP 401"),
        (post("/v1/chat/completions", question(true)), 200, "broke off in the middle"),
        (post("/v2/chat/completions", json!({"model": "absent"})), 404, "model_not_found"),
        (get("/v1/models"), 200, "/v1/models"),
        (get("/v1/traces/absent"), 404, "no trace"),
        (get("/nothing"), 404, "not_found"),
        (get("/v1/chat/completions"), 405, "method_not_allowed"),
        (get("/v1/traces").header("host", "evil.example"), 403, "unknown_host"),
    ];
    let mut ids = Vec::new();
    for (request, status, said) in requests {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status, "{said}");
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        let body = response.bytes().await;
        let line = line_about(&log, &id).await;
        assert!(line.contains(said), "{said} is not in {line}; the answer was {body:?}");
        let level = if matches!(said, "model `up` answered HTTP 401" | "broke off in the middle") {
            "ERROR"
        } else {
            "INFO"
        };
        assert!(line.contains(level), "{line}");
        ids.push(id);
    }
    let text = std::fs::read_to_string(&log).unwrap();
    for id in &ids {
        assert_eq!(text.lines().filter(|line| line.contains(id)).count(), 1, "one line for {id}");
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 9);
    let metrics = get("/metrics").send().await.unwrap().text().await.unwrap();
    for line in [
        r#"qianfan_host_requests_total{route="/v1/chat/completions",status="200",code="ok"} 1"#,
        r#"qianfan_host_requests_total{route="/v1/chat/completions",status="200",code="model_failed"} 1"#,
        r#"qianfan_host_requests_total{route="/v1/chat/completions",status="502",code="model_failed"} 1"#,
        r#"qianfan_host_requests_total{route="none",status="404",code="not_found"} 1"#,
    ] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_without_an_answer_leaves_a_line() {
    let upstream = Upstream::playing([Script::Silent]).await;
    let config = crate::chat::plain(&upstream).replace("\"2s\"", "\"10min\"");
    let (host, _folder, log) = logging(&config);
    let body = json!({"model": "plain", "messages": [{"role": "user", "content": "问"}]});
    let request =
        host.http.post(format!("{}/v1/chat/completions", host.url)).header("x-request-id", "left-early");
    let asking = tokio::spawn(request.json(&body).send());
    eventually("the question upstream", async || {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        (!upstream.received().is_empty()).then_some(())
    })
    .await;
    asking.abort();
    let line = line_about(&log, "left-early").await;
    assert!(line.contains("client_left") && line.contains("status=0"), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clients_own_name_for_a_request_stands_beside_the_hosts_where_it_is_fit_to() {
    let upstream = Upstream::playing([]).await;
    let (host, _folder, log) = logging(&crate::chat::plain(&upstream));
    let long = "x".repeat(129);
    for (header, name, is_kept) in [
        ("x-request-id", "shop-4711/a", true),
        ("x-client-request-id", "0af76519-16cd", true),
        ("x-request-id", "two words", false),
        ("x-request-id", "<script>", false),
        ("x-request-id", &long, false),
        ("x-request-id", "", false),
    ] {
        let request = host.http.get(format!("{}/v1/models", host.url)).header(header, name);
        let response = request.send().await.unwrap();
        let headers = response.headers();
        let id = headers["x-request-id"].to_str().unwrap();
        assert!(id.starts_with("req-") && id != name, "the host's own: {id}");
        let echo = headers.get("x-client-request-id").map(|id| id.to_str().unwrap());
        assert_eq!(echo, Some(name).filter(|_| is_kept));
        let id = id.to_owned();
        drop(response);
        let line = line_about(&log, &id).await;
        assert_eq!(line.contains(&format!("client.request_id=\"{name}\"")), is_kept, "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_fact_has_one_code_at_every_door_and_says_whether_to_try_again() {
    let upstream = Upstream::playing([
        Script::Refuses(401, "no"),
        Script::Refuses(429, "slow down"),
        Script::Refuses(500, "oops"),
    ])
    .await;
    let host = Host::start(&crate::chat::plain(&upstream));
    for (status, code, again, never) in [
        (502, "model_failed", None, true),
        (429, "model_busy", Some("1"), false),
        (502, "model_failed", None, false),
    ] {
        let body = json!({"model": "plain", "messages": [{"role": "user", "content": "问"}]});
        let response = host.post("/v1/chat/completions", body).await;
        let header =
            |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!((response.status().as_u16(), header("retry-after").as_deref()), (status, again));
        assert_eq!(header("x-should-retry").as_deref(), Some("false").filter(|_| never), "{code}");
        assert_eq!(response.json::<Value>().await.unwrap()["error"]["code"], code);
    }
    for path in ["/v1/chat/completions", "/v1/knowledge-bases/search"] {
        let response = host.http.post(format!("{}{path}", host.url)).body("{").send().await.unwrap();
        assert_eq!(response.status(), 400);
        assert_eq!(response.json::<Value>().await.unwrap()["error"]["code"], "malformed_json", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_path_names_the_right_one_in_the_format_of_its_api() {
    let upstream = Upstream::playing([]).await;
    // Where a key is needed, whoever has mistaken the path is told so as well.
    let host = Host::prepared(
        &format!("[server]\nadmin_key_env = \"ADMIN\"\n{}", crate::chat::plain(&upstream)),
        |_, command| {
            command.env("ADMIN", "an-admin-key-of-32-characters-xx");
        },
    );
    for (path, right) in [
        ("/v1/v1/chat/completions", "/v1/chat/completions"),
        ("/chat/completions", "/v1/chat/completions"),
        ("/v1/chat/completions/", "/v1/chat/completions"),
        ("/v2/chat", "/v2/chat/completions"),
        ("/v1/responses", "/v1/chat/completions"),
        ("/v1/embeddings", "/v1/knowledge-bases/{base}/search"),
    ] {
        let response = host.post(path, json!({})).await;
        assert_eq!(response.status(), 404, "{path}");
        let said: Value = response.json().await.unwrap();
        assert!(
            said["error"]["message"].as_str().unwrap().contains(&format!("{right} "))
                || said["error"]["message"].as_str().unwrap().ends_with(right),
            "{path}: {said}"
        );
        assert_eq!(said["error"]["code"], "not_found");
    }
    let first =
        host.post("/rpc/2.0/ai_custom/v1/wenxinworkshop/chat/completions?access_token=x", json!({})).await;
    assert_eq!(first.status(), 404);
    let id = first.headers()["x-request-id"].to_str().unwrap().to_owned();
    let said: Value = first.json().await.unwrap();
    assert_eq!((&said["error_code"], &said["id"]), (&json!(3), &json!(id)), "{said}");
    assert!(said["error_msg"].as_str().unwrap().contains("/v2/chat/completions"), "{said}");
    // What is for whoever runs the host is not told of to others, whatever it ends with.
    for path in ["/v1/knowledge-bases/a/documents/v1/models", "/v1/knowledge_bases", "/elsewhere"] {
        let response = within_patience("an answer", host.http.delete(format!("{}{path}", host.url)).send())
            .await
            .unwrap();
        assert_eq!(response.status(), 401, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_model_is_described_as_the_list_has_it() {
    let upstream = Upstream::playing([]).await;
    let host = Host::start(&crate::chat::plain(&upstream));
    for root in ["/v1", "/v2"] {
        let listed = host.get(&format!("{root}/models")).await["data"][0].clone();
        assert_eq!(host.get(&format!("{root}/models/plain")).await, listed);
        let absent = host.get(&format!("{root}/models/absent")).await;
        assert_eq!(absent["error"]["code"], "model_not_found");
    }
}
