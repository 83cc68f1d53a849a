use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Embeddings, Host, Script, Upstream, binary, first_line, run, within_patience};

const ADMIN: &str = "the-admin-key-of-the-tests";

/// One app, and one base with a document in it.
async fn host(server: &str, keys: &str, upstream: &Upstream) -> Host {
    let embeddings = Embeddings::start().await;
    let config = format!(
        "[server]\n{server}\n{keys}\n{}{}[knowledge.a]\nembedder = \"e\"\nthreshold = 0.1\n",
        crate::chat::plain(upstream),
        embeddings.table("e", 32)
    );
    let import = |folder: &Path, command: &mut Command| {
        let document = folder.join("there.md");
        std::fs::write(&document, "平行志愿按照分数优先的原则投档。").unwrap();
        command.env("DOOR_ADMIN_KEY", format!(" {ADMIN}\n"));
        let config = folder.join("host.toml");
        let imported = run(&config, &["kb", "import", "a", document.to_str().unwrap()]);
        assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
    };
    // The import asks the embedder, which lives in this runtime.
    tokio::task::block_in_place(|| Host::prepared(&config, import))
}

/// Sends a request as it is written, with a blank line and `body` after it, and gives status, head and body.
fn raw(address: SocketAddr, head: &str, body: &str) -> (u16, String, Value) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(100))).unwrap();
    let head: Vec<&str> = head.lines().map(str::trim).collect();
    let length = body.len();
    let request =
        format!("{}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}", head.join("\r\n"));
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    (status, head.to_lowercase(), serde_json::from_str(body).unwrap_or_default())
}

fn address(host: &Host) -> SocketAddr {
    host.url.trim_start_matches("http://").parse().unwrap()
}

/// What there is to lose: the documents of the base, and the jobs that were started.
async fn documents_and_jobs(host: &Host, key: Option<&str>) -> (Vec<String>, usize) {
    let get = async |path: &str| -> Value {
        let request = host.http.get(format!("{}{path}", host.url));
        let request = key.into_iter().fold(request, |request, key| request.bearer_auth(key));
        request.send().await.unwrap().json().await.unwrap()
    };
    let documents = get("/v1/knowledge-bases/a/documents").await;
    let ids = documents["data"].as_array().unwrap().iter().map(|d| d["id"].as_str().unwrap().to_owned());
    (ids.collect(), get("/v1/jobs").await["data"].as_array().unwrap().len())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_page_could_make_a_browser_send_changes_and_tells_nothing() {
    let upstream = Upstream::playing([]).await;
    let host = host("", "", &upstream).await;
    let at = address(&host);
    let own = format!("Host: {at}");
    let documents = "/v1/knowledge-bases/a/documents";
    let evil = [
        "Origin: http://evil.example",
        "Origin: null",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
    ];
    for line in evil {
        for (request, kind) in [
            (format!("POST {documents}?id=planted.md"), "text/plain"),
            (format!("POST {documents}?id=planted.md"), "application/json"),
            (format!("POST {documents}?id=planted.md"), "application/x-www-form-urlencoded"),
            ("POST /v1/knowledge-bases/a/imports?id=p.md&origin=o&prune=true".into(), "text/plain"),
            ("POST /v1/knowledge-bases/a/reembed".into(), "application/json"),
            ("POST /v1/knowledge-bases/a/search".into(), "application/json"),
            (format!("DELETE {documents}/there.md"), "application/json"),
            ("POST /v1/chat/completions".into(), "application/json"),
            ("POST /v2/chat/completions".into(), "application/json"),
            ("GET /v1/traces".into(), "application/json"),
        ] {
            let head = format!("{request} HTTP/1.1\n{own}\n{line}\nContent-Type: {kind}");
            let (status, _, body) =
                raw(at, &head, r#"{"model":"plain","messages":[{"role":"user","content":"x"}]}"#);
            assert_eq!((status, &body["error"]["code"]), (403, &"cross_origin".into()), "{head}: {body}");
        }
    }
    for (head, status, code) in [
        ("GET /v1/traces HTTP/1.1\nHost: evil.example", 403, "unknown_host"),
        ("GET /v1/models HTTP/1.1\nHost: evil.example", 403, "unknown_host"),
        ("GET /metrics HTTP/1.1\nHost: evil.example", 403, "unknown_host"),
        ("GET /nowhere HTTP/1.1\nHost: evil.example", 403, "unknown_host"),
        ("POST /v1/chat/completions HTTP/1.1\nHost: evil.example", 403, "unknown_host"),
        ("GET /v1/traces HTTP/1.0", 403, "unknown_host"),
        ("GET /v1/traces HTTP/1.1\nHost: 127.0.0.1\nHost: evil.example", 400, "invalid_host"),
        ("GET /v1/traces HTTP/1.1\nHost: evil.example\nHost: 127.0.0.1", 400, "invalid_host"),
        ("GET http://evil.example/v1/traces HTTP/1.1\nHost: 127.0.0.1", 403, "unknown_host"),
        ("GET http://127.0.0.1/v1/traces HTTP/1.1\nHost: evil.example", 403, "unknown_host"),
        ("GET /v1/traces HTTP/1.1\nHost: 127.0.0.1\nX-Forwarded-For: 127.0.0.1", 403, "permission_denied"),
        (
            "POST /v1/knowledge-bases/a/reembed HTTP/1.1\nHost: 127.0.0.1\nContent-Type: text/plain",
            415,
            "invalid_content_type",
        ),
        (
            "POST /v1/chat/completions HTTP/1.1\nHost: 127.0.0.1\nContent-Type: text/plain",
            415,
            "invalid_content_type",
        ),
        (
            "POST /v1/knowledge-bases/a/documents?id=p.md HTTP/1.1\nHost: 127.0.0.1\nUser-Agent: Mozilla/5.0",
            403,
            "cross_origin",
        ),
    ] {
        let (seen, _, body) = raw(at, head, "planted");
        assert_eq!((seen, &body["error"]["code"]), (status, &code.into()), "{head}: {body}");
    }
    for head in [
        "GET /v1/traces HTTP/1.1\nHost: LOCALHOST.:80",
        "GET /v1/traces HTTP/1.1\nHost: [::1]",
        "GET /v1/traces HTTP/1.1\nHost: [::ffff:127.0.0.1]:8080",
        "GET http://127.0.0.1/v1/traces HTTP/1.1\nHost: 127.0.0.1",
        "GET /v1/traces HTTP/1.0\nHost: 127.0.0.1",
        "GET /healthz HTTP/1.1\nHost: evil.example",
    ] {
        assert_eq!(raw(at, head, "").0, 200, "{head}");
    }
    assert_eq!(documents_and_jobs(&host, None).await, (vec!["there.md".to_owned()], 0));
    assert_eq!(host.get("/v1/traces").await["data"], json!([]));
    assert!(upstream.received().is_empty(), "no page has spent the operator's money");
    // What the README shows goes on working, with the type that curl sends where none is named.
    let curl = format!(
        "POST {documents}?id=curl.md HTTP/1.1\n{own}\nContent-Type: application/x-www-form-urlencoded\nUser-Agent: curl/8.0"
    );
    assert_eq!(raw(at, &curl, "# 标题\n\n正文。").0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_open_what_they_are_for_and_refusals_are_in_the_format_of_the_api() {
    let upstream =
        Upstream::playing([Script::Says(vec!["好"]), Script::Says(vec!["好"]), Script::Says(vec!["好"])])
            .await;
    let (shop, shop_table) = new_key("shop", &["--app", "plain"]);
    let (other, other_table) = new_key("other", &["--app", "second"]);
    let (old, old_table) = new_key("old", &[]);
    let keys = format!(
        "{shop_table}\n{other_table}\n{old_table}\nexpires = 2020-01-01\n[apps.second]\nmodel = \"up\"\n"
    );
    let host = host("admin_key_env = \"DOOR_ADMIN_KEY\"", &keys, &upstream).await;
    let send = async |method: reqwest::Method, path: &str, key: Option<&str>, model: &str| {
        let chat = json!({"model": model, "messages": [{"role": "user", "content": "问"}]});
        let body = if path.ends_with("/search") { json!({"query": "志愿"}) } else { chat };
        let request = host.http.request(method, format!("{}{path}", host.url)).json(&body);
        let request = key.into_iter().fold(request, |request, key| request.bearer_auth(key));
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        (status, headers, serde_json::from_str::<Value>(&response.text().await.unwrap()).unwrap_or_default())
    };
    let (get, post) = (reqwest::Method::GET, reqwest::Method::POST);

    for (key, challenge, kind) in [
        (None, "Bearer realm=\"qianfan-host\"", "key_wanted"),
        (Some("qfh-wrong"), "Bearer realm=\"qianfan-host\", error=\"invalid_token\"", "key_unknown"),
        (Some(&*old), "Bearer realm=\"qianfan-host\", error=\"invalid_token\"", "key_expired"),
    ] {
        let (status, headers, body) = send(post.clone(), "/v1/chat/completions", key, "plain").await;
        assert_eq!((status, &headers["www-authenticate"]), (401, &challenge.parse().unwrap()), "{body}");
        assert!(headers["x-request-id"].to_str().unwrap().starts_with("chatcmpl-"));
        let mut error = body["error"].clone();
        assert!(error["message"].take().as_str().unwrap().contains("key"), "{body}");
        assert_eq!(
            error,
            json!({"message": null, "type": "invalid_request_error", "param": null, "code": "invalid_api_key",
                   "kind": kind})
        );
        let (status, headers, body) = send(post.clone(), "/v2/chat/completions", key, "plain").await;
        assert_eq!((status, &body["error"]["code"]), (401, &"invalid_iam_token".into()), "{body}");
        assert_eq!(&headers["x-request-id"], body["id"].as_str().unwrap());
        for path in ["/v1/models", "/v1/traces", "/metrics", "/v1/knowledge-bases", "/nowhere", "/consoles/"]
        {
            assert_eq!(send(get.clone(), path, key, "").await.0, 401, "{path} {key:?}");
        }
        assert_eq!(send(get.clone(), "/healthz", key, "").await.0, 200);
        assert_eq!(
            send(get.clone(), "/console/", key, "").await.0,
            200,
            "the page holds nothing of this host"
        );
    }

    assert_eq!(send(post.clone(), "/v1/chat/completions", Some(&shop), "plain").await.0, 200);
    assert_eq!(send(post.clone(), "/v2/chat/completions", Some(&shop), "plain").await.0, 200);
    assert_eq!(send(post.clone(), "/v1/chat/completions", Some(ADMIN), "plain").await.0, 200);
    // Another's app is as one that does not exist.
    let (status, _, body) = send(post.clone(), "/v1/chat/completions", Some(&other), "plain").await;
    let absent = send(post.clone(), "/v1/chat/completions", Some(&other), "absent").await.2;
    assert_eq!((status, &body["error"]["code"]), (404, &"model_not_found".into()), "{body}");
    assert_eq!(body.to_string().replace("plain", "absent"), absent.to_string());
    let models = async |key: &str| {
        let list = send(get.clone(), "/v2/models", Some(key), "").await.2;
        list["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|m| m["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(models(&shop).await, ["plain"]);
    assert_eq!(models(&other).await, ["second"]);
    assert_eq!(models(ADMIN).await, ["plain", "second"]);

    for path in ["/v1/traces", "/metrics", "/v1/jobs", "/nowhere"] {
        let (status, _, body) = send(get.clone(), path, Some(&shop), "").await;
        assert_eq!((status, &body["error"]["code"]), (403, &"permission_denied".into()), "{path}");
    }
    assert_eq!(send(post.clone(), "/v1/knowledge-bases/a/search", Some(&shop), "").await.0, 403);
    assert_eq!(send(post, "/v1/knowledge-bases/a/search", Some(ADMIN), "").await.0, 200);
    assert_eq!(send(get.clone(), "/metrics", Some(ADMIN), "").await.0, 200);
    assert_eq!(send(get, "/nowhere", Some(ADMIN), "").await.0, 404);
    assert_eq!(documents_and_jobs(&host, Some(ADMIN)).await, (vec!["there.md".to_owned()], 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_chats_with_a_key() {
    let upstream = Upstream::playing([Script::Says(vec!["好"]), Script::Says(vec!["好"])]).await;
    let (shop, table) = new_key("shop", &[]);
    let host = host("admin_key_env = \"DOOR_ADMIN_KEY\"", &table, &upstream).await;
    let chat = |key: &str, more: &[&str]| {
        let mut command = binary(Path::new("/nowhere.toml"));
        command.args(["chat", "--url", &host.url, "问"]).args(more).env("QIANFAN_HOST_KEY", key);
        let output = tokio::task::block_in_place(|| command.output().unwrap());
        let said = String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned();
        (output.status.success(), said)
    };
    let (done, said) = chat("", &[]);
    assert!(!done && said.contains("needs a key"), "{said}");
    assert!(chat(&shop, &[]).1.starts_with("好\n"));
    let (done, said) = chat(ADMIN, &["--trace"]);
    assert!(done && said.contains("好"), "{said}");
}

/// Makes a key with the command line; gives the key and its table for the configuration.
pub(crate) fn new_key(name: &str, more: &[&str]) -> (String, String) {
    let output = run(Path::new("/nowhere.toml"), &[&["key", "new", name], more].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    let (key, table) = said.split_once('\n').unwrap();
    assert!(!table.contains(key) && table.contains(&format!("[keys.{name}]")), "{said}");
    (key.to_owned(), table.to_owned())
}

/// A configuration with nothing but an app that needs no model.
fn plain_file(server: &str, keys: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    let app = "[apps.a]\nanswer = \"direct\"\nnothing_found = \"没有\"\n";
    std::fs::write(&path, format!("[server]\n{server}\n{keys}\n{app}")).unwrap();
    (folder, path)
}

#[test]
fn a_host_that_strangers_can_reach_does_not_start_without_a_key() {
    let (_folder, path) = plain_file("listen = \"0.0.0.0:0\"", "");
    for arguments in [&["serve"][..], &["serve", "--listen", "[::]:0"], &["check"]] {
        let output = run(&path, arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && output.stdout.is_empty(), "{arguments:?}");
        for mend in ["admin_key_env = ", "[keys.NAME]", "open = true", "[server]"] {
            assert!(said.contains(mend), "no {mend} in {said}");
        }
    }
}

#[test]
fn keys_that_cannot_be_used_are_reported_with_their_mend() {
    let hash = format!("sha256:{}", "a".repeat(64));
    for (server, keys, expected) in [
        (
            "admin_key_env = \"DOOR_UNSET\"",
            String::new(),
            &["server.admin_key_env", "not set", "key new"][..],
        ),
        ("admin_key_env = \"DOOR_EMPTY\"", String::new(), &["server.admin_key_env", "empty"]),
        ("admin_key_env = \"DOOR_SHORT\"", String::new(), &["server.admin_key_env", "fewer than 16"]),
        ("admin_key_env = \"\"", String::new(), &["server.admin_key_env", "is empty"]),
        ("", "[keys.shop]\nhash = \"qfh-1234\"".into(), &["keys.shop.hash", "key new"]),
        ("", "[keys.shop]".into(), &["keys.shop", "hash"]),
        (
            "",
            format!("[keys.shop]\nhash = \"{hash}\"\napps = [\"absent\"]"),
            &["keys.shop.apps", "there are: a"],
        ),
        ("", format!("[keys.shop]\nhash = \"{hash}\"\napps = []"), &["keys.shop.apps", "is empty"]),
        ("", format!("[keys.a]\nhash = \"{hash}\"\n[keys.b]\nhash = \"{hash}\""), &["keys.b.hash", "keys.a"]),
        ("open = true", format!("[keys.a]\nhash = \"{hash}\""), &["server.open", "no effect"]),
        ("hosts = [\"https://x.example\"]", String::new(), &["server.hosts[0]", "without scheme"]),
        ("cors_origins = [\"null\"]", String::new(), &["server.cors_origins[0]", "is not an origin"]),
        ("cors_origins = [\"*\"]", String::new(), &["server.cors_origins[0]", "[keys.<name>]"]),
    ] {
        let (_folder, path) = plain_file(server, &keys);
        let mut check = binary(&path);
        check.arg("check").env("DOOR_EMPTY", " \n").env("DOOR_SHORT", "fifteen letters");
        let output = check.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{server} {keys}");
        for expected in expected {
            assert!(said.contains(expected), "no {expected} in {said}");
        }
        assert!(!said.contains("fifteen letters"), "a key is not repeated: {said}");
    }
}

/// A serving host that listens where its configuration says; it is killed when dropped.
struct ListeningHost(Child, u16);

impl ListeningHost {
    fn start(path: &Path) -> Self {
        let mut child = binary(path).arg("serve").stdout(Stdio::piped()).spawn().unwrap();
        let line = first_line(&mut child);
        let port = line.trim().rsplit(':').next().and_then(|port| port.parse().ok());
        Self(child, port.unwrap_or_default())
    }
}

impl Drop for ListeningHost {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

/// An address of this machine that is not loopback, where it has one. Nothing is sent.
fn other_address() -> Option<std::net::IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("198.51.100.1:9").ok()?;
    socket.local_addr().ok().map(|address| address.ip()).filter(|address| !address.is_loopback())
}

#[test]
fn an_open_host_chats_with_everybody_and_shows_its_traces_to_this_machine_only() {
    let (_folder, path) = plain_file("listen = \"[::]:0\"\nopen = true", "");
    let host = ListeningHost::start(&path);
    assert_ne!(host.1, 0, "it started");
    let chat = r#"{"model":"a","messages":[{"role":"user","content":"问"}]}"#;
    let at = |ip: std::net::IpAddr| SocketAddr::new(ip, host.1);
    // The peer is ::ffff:127.0.0.1 to a socket that takes both families.
    let here = at([127, 0, 0, 1].into());
    assert_eq!(raw(here, "GET /v1/traces HTTP/1.1\nHost: 127.0.0.1", "").0, 200);
    assert_eq!(raw(here, "POST /v1/chat/completions HTTP/1.1\nHost: 10.1.2.3", chat).0, 200);
    assert_eq!(raw(here, "POST /v1/chat/completions HTTP/1.1\nHost: evil.example", chat).0, 403);
    assert_eq!(
        raw(here, "POST /v1/chat/completions HTTP/1.1\nHost: 10.1.2.3\nOrigin: http://evil.example", chat).0,
        403
    );
    assert_eq!(raw(here, "GET /v1/traces HTTP/1.1\nHost: 10.1.2.3", "").0, 403);
    // A machine without any other address has nobody to tell apart.
    if let Some(other) = other_address() {
        let host = format!("Host: {other}");
        assert_eq!(raw(at(other), &format!("POST /v1/chat/completions HTTP/1.1\n{host}"), chat).0, 200);
        for lie in
            ["", "\nX-Forwarded-For: 127.0.0.1", "\nForwarded: for=127.0.0.1", "\nX-Real-IP: 127.0.0.1"]
        {
            for host in [&*host, "Host: 127.0.0.1"] {
                let head = format!("GET /v1/traces HTTP/1.1\n{host}{lie}");
                let (status, _, body) = raw(at(other), &head, "");
                assert_eq!((status, &body["error"]["code"]), (403, &"permission_denied".into()), "{head}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn listed_pages_may_chat_and_read_the_id_and_no_others() {
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let host = host("cors_origins = [\"https://shop.example:443\"]", "", &upstream).await;
    let at = address(&host);
    let preflight = |origin: &str, path: &str| {
        raw(
            at,
            &format!(
                "OPTIONS {path} HTTP/1.1\nHost: {at}\nOrigin: {origin}\nAccess-Control-Request-Method: POST\n\
                 Access-Control-Request-Headers: authorization,content-type,x-conversation-id,x-stainless-os\n\
                 Access-Control-Request-Private-Network: true\nSec-Fetch-Site: cross-site"
            ),
            "",
        )
    };
    for path in ["/v1/chat/completions", "/v2/chat/completions", "/v1/models"] {
        let (status, head, _) = preflight("https://shop.example", path);
        assert_eq!(status, 204, "{head}");
        for expected in [
            "access-control-allow-origin: https://shop.example\r\n",
            "access-control-allow-headers: authorization,content-type,x-conversation-id,x-stainless-os\r\n",
            "access-control-allow-private-network: true",
            "access-control-allow-methods: get, post",
            "vary: origin",
        ] {
            assert!(head.contains(expected), "no {expected} in {head}");
        }
        assert!(!head.contains("allow-credentials"), "{head}");
    }
    for (origin, path) in [
        ("https://evil.example", "/v1/chat/completions"),
        ("http://shop.example", "/v1/chat/completions"),
        ("null", "/v1/chat/completions"),
        ("https://shop.example", "/v1/traces"),
        ("https://shop.example", "/v1/knowledge-bases/a/reembed"),
    ] {
        let (status, head, _) = preflight(origin, path);
        assert_eq!(status, 403, "{origin} {path}");
        assert!(!head.contains("access-control-allow"), "{head}");
    }
    let chat = r#"{"model":"plain","messages":[{"role":"user","content":"问"}]}"#;
    let post = |origin: &str, body: &str| {
        let line = format!("Origin: {origin}\nSec-Fetch-Site: cross-site\nContent-Type: application/json");
        raw(at, &format!("POST /v1/chat/completions HTTP/1.1\nHost: {at}\n{line}"), body)
    };
    for (body, status) in [(chat, 200), ("{", 400)] {
        let (seen, head, _) = post("https://shop.example", body);
        assert_eq!(seen, status);
        assert!(head.contains("access-control-allow-origin: https://shop.example\r\n"), "{head}");
        assert!(head.contains("access-control-expose-headers: x-request-id"), "{head}");
    }
    let (status, head, _) = post("https://evil.example", chat);
    assert_eq!(status, 403);
    assert!(!head.contains("access-control-allow"), "{head}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_that_others_could_read_is_closed() {
    let (folder, path) = plain_file("listen = \"127.0.0.1:0\"", "");
    let data = folder.path().join("data");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let open = |path: &Path, mode| std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    std::fs::create_dir(&data).unwrap();
    open(&data, 0o755);
    std::fs::write(data.join("traces.db"), "").unwrap();
    open(&data.join("traces.db"), 0o644);
    let host = ListeningHost::start(&path);
    let chat = r#"{"model":"a","messages":[{"role":"user","content":"问"}]}"#;
    let at = SocketAddr::from(([127, 0, 0, 1], host.1));
    let asked =
        tokio::task::spawn_blocking(move || raw(at, "POST /v1/chat/completions HTTP/1.1\nHost: [::1]", chat));
    assert_eq!(within_patience("the answer", asked).await.unwrap().0, 200);
    assert_eq!(mode(&data), 0o700);
    for entry in std::fs::read_dir(&data).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path) & 0o077, 0, "{} can be read by others", path.display());
    }
    drop(host);
    // In one that holds more, only what is the host's is closed.
    open(&data, 0o755);
    std::fs::write(data.join("diary.txt"), "").unwrap();
    open(&data.join("traces.db"), 0o644);
    assert!(run(&path, &["check"]).status.success());
    assert_eq!(
        (mode(&data), mode(&data.join("traces.db")), mode(&data.join("knowledge"))),
        (0o755, 0o600, 0o700)
    );
    // One that others write to besides is not used.
    open(&data, 0o777);
    for arguments in [&["serve"][..], &["check"], &["kb", "list", "a"]] {
        let output = run(&path, arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            !output.status.success()
                && said.contains("holds more")
                && said.contains("name a folder in data_dir"),
            "{said}"
        );
    }
    assert_eq!(mode(&data), 0o777);
}
