use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use futures_util::stream;
use serde_json::{Value, json};

use crate::support::{Embeddings, Host, Script, Upstream, binary, eventually};

/// The key of every endpoint here. It travels in a header and must be seen nowhere else.
const KEY: &str = "S3CR3T/key+0123456789";
/// A part of every endpoint's path, which may be seen nowhere either.
const PATH: &str = "p4th-of-the-endpoint";

/// How an endpoint misbehaves.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    /// 401 with the header in its message, as JSON.
    EchoesInJson,
    /// 400 with the header in its message: a mistake of the client's, which it is told.
    EchoesTo400,
    /// 502 with the header on a page.
    EchoesOnAPage,
    /// 200, and the header where an answer should be.
    EchoesInstead,
    /// Sends the host elsewhere, with a password.
    Redirects,
    /// 200, and a body without an end.
    Endless,
}

/// The one that says that the endpoint is away comes last: after it nothing is asked for a while.
const FAULTS: [Fault; 6] = [
    Fault::EchoesInJson,
    Fault::EchoesTo400,
    Fault::EchoesInstead,
    Fault::Redirects,
    Fault::Endless,
    Fault::EchoesOnAPage,
];

/// An endpoint of any kind that misbehaves as it is told to.
struct Endpoint {
    fault: Arc<Mutex<Fault>>,
    /// Each `authorization` and `api-key` it was sent.
    keys: Arc<Mutex<Vec<Option<String>>>>,
    /// Scheme, host and port.
    origin: String,
}

impl Endpoint {
    async fn start() -> Self {
        let fault = Arc::new(Mutex::new(Fault::EchoesInJson));
        let keys = Arc::new(Mutex::new(Vec::new()));
        let router = Router::new().fallback(misbehave).with_state((Arc::clone(&fault), Arc::clone(&keys)));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { fault, keys, origin }
    }

    /// Nobody listens there any more.
    async fn away() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        Self { fault: Arc::new(Mutex::new(Fault::EchoesInJson)), keys: Arc::default(), origin }
    }

    fn base_url(&self) -> String {
        format!("{}/{PATH}/v2", self.origin)
    }

    fn now(&self, fault: Fault) {
        *self.fault.lock().unwrap() = fault;
    }
}

type FaultState = (Arc<Mutex<Fault>>, Arc<Mutex<Vec<Option<String>>>>);

async fn misbehave(State((fault, keys)): State<FaultState>, headers: HeaderMap) -> Response {
    let key = headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap().to_owned());
    keys.lock().unwrap().push(key.clone());
    let key = key.unwrap_or_default();
    let fault = *fault.lock().unwrap();
    let said = json!({"error": {"message": format!("bad key {key}")}}).to_string();
    match fault {
        Fault::EchoesInJson => (StatusCode::UNAUTHORIZED, said).into_response(),
        Fault::EchoesTo400 => (StatusCode::BAD_REQUEST, said).into_response(),
        Fault::EchoesOnAPage => {
            (StatusCode::BAD_GATEWAY, Html(format!("<h1>nginx of 10.9.8.7</h1>{key}"))).into_response()
        }
        Fault::EchoesInstead => {
            let body = json!({"data": key, "results": key, "choices": key}).to_string();
            ([(header::CONTENT_TYPE, "application/json")], body).into_response()
        }
        Fault::Redirects => {
            Redirect::temporary(&format!("http://user:{KEY}@elsewhere.test:1/{PATH}")).into_response()
        }
        Fault::Endless => {
            Body::from_stream(stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b'x'; 64 << 10])))
                .into_response()
        }
    }
}

/// A host whose endpoints get [`KEY`], with its log in a file.
fn start(config: &str) -> (Host, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let log = File::create(log_of(&folder)).unwrap();
    let host = Host::prepared(config, |_, command| {
        // As a shell or a file may leave it.
        command.env("ENDPOINT_KEY", format!(" {KEY}\n")).env("QIANFAN_LOG", "info").stderr(log);
    });
    (host, folder)
}

fn log_of(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("log")
}

/// Nothing of the secret, in any form, nor of the path, nor of where a redirect leads with it.
fn holds_no_secret(what: &str, text: &str) {
    for part in ["S3CR3T", "0123456789", "UzNDUjNU", PATH, "user:"] {
        assert!(!text.contains(part), "{what} holds `{part}`: {text}");
    }
}

/// For who must not learn where anything is either.
fn tells_nothing_of_the_inside(what: &str, text: &str, endpoint: &Endpoint) {
    holds_no_secret(what, text);
    let port = format!(":{}", endpoint.origin.rsplit(':').next().unwrap());
    for part in
        [&port, "127.0.0.1", "elsewhere.test", "10.9.8.7", "nginx", "<h1>", "xxxx", "api_key_env", "base_url"]
    {
        assert!(!text.contains(part), "{what} tells of `{part}`: {text}");
    }
}

/// Chats of an app that fails: both formats, and streamed. Returns the turns' ids.
async fn fails_for_clients(host: &Host, app: &str, endpoint: &Endpoint, fault: Fault) -> Vec<String> {
    let mut ids = Vec::new();
    for (path, stream) in
        [("/v1/chat/completions", false), ("/v2/chat/completions", false), ("/v1/chat/completions", true)]
    {
        let body =
            json!({"model": app, "stream": stream, "messages": [{"role": "user", "content": "平行志愿"}]});
        let response = host.post(path, body).await;
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        let status = response.status();
        let text = response.text().await.unwrap();
        assert!(status.as_u16() >= 400, "{fault:?}: {text}");
        assert!(text.contains(&format!("the trace of the turn {id}")), "{fault:?}: {text}");
        tells_nothing_of_the_inside(&format!("{path} after {fault:?}"), &text, endpoint);
        ids.push(id);
    }
    ids
}

/// The trace names the endpoint, for the operator, and no secret.
async fn is_traced(host: &Host, id: &str, endpoint: &Endpoint) -> Value {
    let trace = host.trace(id).await;
    let text = trace.to_string();
    assert!(text.contains(&endpoint.origin), "{text}");
    holds_no_secret("the trace", &text);
    trace
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_misbehaves_gives_its_key_and_address_to_nobody() {
    let endpoint = Endpoint::start().await;
    let (host, folder) = start(&format!(
        "[models.m]\nbase_url = \"{}\"\nmodel = \"m\"\napi_key_env = \"ENDPOINT_KEY\"\n[apps.app]\nmodel = \"m\"\n",
        endpoint.base_url()
    ));
    for fault in FAULTS {
        endpoint.now(fault);
        for id in fails_for_clients(&host, "app", &endpoint, fault).await {
            let trace = host.trace(&id).await;
            holds_no_secret("the trace", &trace.to_string());
            assert!(trace["error"].as_str().unwrap().contains("model `m`"), "{trace}");
            if fault == Fault::EchoesInJson {
                let error = trace["error"].as_str().unwrap();
                assert!(error.contains("answered HTTP 401: bad key Bearer [secret ENDPOINT_KEY]"), "{error}");
            }
        }
    }
    assert!(endpoint.keys.lock().unwrap().iter().all(|key| key.as_deref() == Some(&format!("Bearer {KEY}"))));
    holds_no_secret("the list of traces", &host.get("/v1/traces").await.to_string());
    let log = std::fs::read_to_string(log_of(&folder)).unwrap();
    holds_no_secret("the log", &log);
    assert!(log.contains("answered HTTP 401"), "the operator finds the cause in the log: {log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_a_model_says_of_a_request_the_client_learns_the_field() {
    let upstream = Upstream::playing([
        Script::Refuses(400, r#"{"error":{"message":"max_tokens must be below 4096"}}"#),
        Script::Refuses(400, r#"{"error":{"message":"no such path /srv/model at 10.9.8.7"}}"#),
    ])
    .await;
    let (host, _folder) = start(&format!(
        "[models.m]\nbase_url = \"{}\"\nmodel = \"m\"\n[apps.app]\nmodel = \"m\"\n",
        upstream.base_url
    ));
    let message = async || {
        let chat = host.ask("app", "问").await;
        assert_eq!((chat.status, &chat.body["error"]["code"]), (400, &json!("model_refused")));
        chat.body["error"]["message"].as_str().unwrap().to_owned()
    };
    assert!(message().await.starts_with("the model refused the request; look at `max_tokens`;"));
    assert!(message().await.starts_with("the model refused the request; send less"));
}

/// Knowledge that fails: an app that ends with it, and one whose model searches by itself.
fn knowledge(upstream: &Upstream, tables: &str, base: &str) -> String {
    format!(
        r#"
[models.m]
base_url = "{}"
model = "m"
{tables}
[knowledge.base]
threshold = 0.1
{base}
[plugins.kb]
component = "builtin:knowledge-base"
grants = {{ knowledge = ["base"] }}
[apps.strict]
model = "m"
plugins = [{{ plugin = "kb", route = "always", on_failure = "fail" }}]
[apps.whole]
model = "m"
whole_text = ["base"]
[apps.tool]
model = "m"
plugins = [{{ plugin = "kb", route = "model" }}]
"#,
        upstream.base_url
    )
}

/// One round in which the model calls the plugin, and one in which it answers.
fn a_tool_turn() -> [Script; 2] {
    [Script::Calls("kb", r#"{"query": "平行志愿"}"#), Script::Says(vec!["查不到"])]
}

/// The model's provider is told that nothing came, and nothing of the inside.
async fn the_model_is_told(host: &Host, upstream: &Upstream, endpoint: &Endpoint) {
    let chat = host.ask("tool", "平行志愿").await;
    assert_eq!((chat.status, chat.text()), (200, "查不到"), "{}", chat.body);
    let sent: Value = serde_json::from_slice(upstream.received().last().unwrap()).unwrap();
    let told = sent["messages"].as_array().unwrap().last().unwrap()["content"].as_str().unwrap().to_owned();
    assert!(told.starts_with("调用失败：") && told.contains("不要编造"), "{told}");
    tells_nothing_of_the_inside("what the model is told", &told, endpoint);
    is_traced(host, &chat.id, endpoint).await;
}

/// What becomes of a job, which the operator reads: it fails, or waits for what may pass.
async fn job_error(host: &Host) -> String {
    let url = format!("{}/v1/knowledge-bases/base/imports?id=a.md", host.url);
    let job: Value =
        host.http.post(url).body("# 志愿\n\n平行志愿。\n").send().await.unwrap().json().await.unwrap();
    let id = job["id"].as_str().unwrap().to_owned();
    let ended = async || {
        let job = host.get(&format!("/v1/jobs/{id}")).await;
        (job["finished_at"] != Value::Null || job["state"] == "waiting").then_some(job)
    };
    let job = eventually("the end of the job, or its wait", ended).await;
    let list = host.get("/v1/jobs").await.to_string();
    holds_no_secret("the list of jobs", &list);
    // One that waits would keep the next ones out.
    host.post(&format!("/v1/jobs/{id}/cancel"), Value::Null).await;
    job.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_embedder_that_misbehaves_gives_its_key_and_address_to_nobody() {
    let endpoint = Endpoint::start().await;
    let upstream = Upstream::playing(FAULTS.into_iter().flat_map(|_| a_tool_turn())).await;
    let tables = format!(
        "[embedders.far]\nkind = \"openai\"\nbase_url = \"{}\"\nmodel = \"m\"\napi_key_env = \"ENDPOINT_KEY\"\nretries = 0\n",
        endpoint.base_url()
    );
    let (host, folder) = start(&knowledge(&upstream, &tables, "embedder = \"far\""));
    for fault in FAULTS {
        endpoint.now(fault);
        for id in fails_for_clients(&host, "strict", &endpoint, fault).await {
            is_traced(&host, &id, &endpoint).await;
        }
        the_model_is_told(&host, &upstream, &endpoint).await;
        let search = host.post("/v1/knowledge-bases/base/search", json!({"query": "平行志愿"})).await;
        let search = search.text().await.unwrap();
        holds_no_secret("the hit test", &search);
        assert!(search.contains(&endpoint.origin), "the operator sees which endpoint it is: {search}");
        let job = job_error(&host).await;
        assert!(job.contains(&endpoint.origin), "{job}");
        holds_no_secret("the job", &job);
    }
    for request in upstream.received() {
        tells_nothing_of_the_inside("a request to the model", &String::from_utf8_lossy(&request), &endpoint);
    }
    holds_no_secret("the log", &std::fs::read_to_string(log_of(&folder)).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reranker_that_misbehaves_gives_its_key_and_address_to_nobody() {
    let endpoint = Endpoint::start().await;
    let embeddings = Embeddings::start().await;
    let upstream = Upstream::playing(FAULTS.map(|_| Script::Says(vec!["好"]))).await;
    let tables = format!(
        "{}[rerank]\nbase_url = \"{}\"\nmodel = \"m\"\napi_key_env = \"ENDPOINT_KEY\"\ntimeout = \"60s\"\n",
        embeddings.table("near", 32),
        endpoint.base_url()
    );
    let (host, folder) = start(&knowledge(&upstream, &tables, "embedder = \"near\"\ngrow_chars = 0"));
    host.import("base", "a.md", "# 投档\n\n平行志愿投档。\n\n# 填报\n\n平行志愿填报。\n").await;
    for fault in FAULTS {
        endpoint.now(fault);
        let chat = host.ask("strict", "平行志愿").await;
        assert_eq!((chat.status, chat.text()), (200, "好"), "the fused order stands: {}", chat.body);
        let trace = is_traced(&host, &chat.id, &endpoint).await;
        assert!(trace["calls"][0]["report"]["searches"][0]["rerank"]["reason"].is_string(), "{trace}");
        let search = host.post("/v1/knowledge-bases/base/search", json!({"query": "平行志愿"})).await;
        let search = search.text().await.unwrap();
        holds_no_secret("the hit test", &search);
        assert!(search.contains(&endpoint.origin), "{search}");
    }
    for request in upstream.received() {
        tells_nothing_of_the_inside("a request to the model", &String::from_utf8_lossy(&request), &endpoint);
    }
    holds_no_secret("the log", &std::fs::read_to_string(log_of(&folder)).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_away_gives_its_key_and_address_to_nobody() {
    let endpoint = Endpoint::away().await;
    let embeddings = Embeddings::start().await;
    let upstream = Upstream::playing(a_tool_turn()).await;
    let tables = format!(
        "{}[stores.far]\nurl = \"{}\"\napi_key_env = \"ENDPOINT_KEY\"\n",
        embeddings.table("near", 32),
        endpoint.origin
    );
    let (host, folder) = start(&knowledge(&upstream, &tables, "embedder = \"near\"\nstore = \"far\""));
    for app in ["strict", "whole"] {
        for id in fails_for_clients(&host, app, &endpoint, Fault::EchoesOnAPage).await {
            is_traced(&host, &id, &endpoint).await;
        }
    }
    the_model_is_told(&host, &upstream, &endpoint).await;
    let job = job_error(&host).await;
    assert!(job.contains(&endpoint.origin), "{job}");
    let bases = host.get("/v1/knowledge-bases").await.to_string();
    for (what, text) in [("the job", &job), ("the list of bases", &bases)] {
        holds_no_secret(what, text);
    }
    for request in upstream.received() {
        tells_nothing_of_the_inside("a request to the model", &String::from_utf8_lossy(&request), &endpoint);
    }
    holds_no_secret("the log", &std::fs::read_to_string(log_of(&folder)).unwrap());
}

/// A configuration with the same address in each of the four tables.
fn four(url: &str) -> String {
    let key = "api_key_env = \"ENDPOINT_KEY\"";
    format!(
        "[models.m]\nbase_url = {url:?}\nmodel = \"m\"\n{key}\n\
         [embedders.e]\nkind = \"openai\"\nbase_url = {url:?}\nmodel = \"m\"\n{key}\n\
         [stores.s]\nurl = {url:?}\n{key}\n\
         [rerank]\nbase_url = {url:?}\nmodel = \"m\"\n{key}\n"
    )
}

const FOUR: [&str; 4] = ["models.m.base_url", "embedders.e.base_url", "stores.s.url", "rerank.base_url"];

fn check(folder: &Path, config: &str, key: &str) -> (bool, String) {
    let path = folder.join("host.toml");
    std::fs::write(&path, config).unwrap();
    let output = binary(&path).arg("check").env("ENDPOINT_KEY", key).output().unwrap();
    (output.status.success(), String::from_utf8(output.stderr).unwrap())
}

/// What `check` says of each of the four tables.
fn said_of_each(said: &str) -> Vec<String> {
    let of = |key: &str| {
        let line = said.lines().find_map(|line| Some(line.split_once(&format!("{key}: "))?.1.to_owned()));
        line.unwrap_or_else(|| panic!("nothing is said of {key}: {said}"))
    };
    FOUR.map(of).to_vec()
}

#[test]
fn each_of_the_four_tables_refuses_a_bad_url_with_the_same_words() {
    let folder = tempfile::tempdir().unwrap();
    for (url, cause) in [
        ("localhost:9/v2", "write \"http://localhost:9/v2\""),
        ("127.0.0.1:9", "write \"http://127.0.0.1:9\""),
        ("ftp://host.test/v2", "is not an http(s) URL; write it like"),
        ("u:S3CR3T@host.test/v2", "has a user name and a password; remove that"),
        ("", "is not an http(s) URL; write it like"),
        ("https://S3CR3T@host.test", "has a user name; remove that"),
        ("https://u:S3CR3T@host.test/v2", "has a user name and a password; remove that"),
        ("https://host.test/v2?key=S3CR3T", "has a query; remove that"),
        ("https://host.test/#S3CR3T", "has a fragment; remove that"),
        ("https://host.test/sk-S3CR3T0123456789/v2", "has what looks like a key in its path; remove that"),
    ] {
        let (well, said) = check(folder.path(), &four(url), "a-key");
        assert!(!well && !said.contains("S3CR3T"), "{url}: {said}");
        for words in said_of_each(&said) {
            assert!(words.contains(cause), "{url}: {words}");
        }
        let words = said_of_each(&said);
        assert!(words.iter().all(|same| *same == words[0]), "{words:?}");
    }
}

#[test]
fn a_key_for_another_machine_without_tls_is_warned_of_and_one_for_this_machine_is_not() {
    let folder = tempfile::tempdir().unwrap();
    for (url, key, warned) in [
        ("http://10.255.255.1:9/v2", "a-long-key", true),
        ("http://10.255.255.1:9/v2", " \n", false),
        ("http://127.0.0.1:9/v2", "a-long-key", false),
        ("https://host.test/v2", "a-long-key", false),
    ] {
        let (well, said) = check(folder.path(), &four(url), key);
        assert!(well, "{said}");
        if warned {
            for words in said_of_each(&said) {
                assert!(words.starts_with("http://10.255.255.1:9 is another machine without TLS"), "{words}");
            }
        } else {
            assert!(!said.contains("without TLS"), "{url}, {key:?}: {said}");
        }
    }
    let granted = "[secrets.s]\nenv = \"ENDPOINT_KEY\"\n[plugins.api]\ncomponent = \"builtin:http-api\"\n\
        config = { url = \"http://api.test/\" }\n[plugins.api.grants]\nhosts = [\"http://api.test\"]\n\
        secrets = [{ secret = \"s\", host = \"http://api.test\", header = \"x-key\" }]\n";
    let (_, said) = check(folder.path(), granted, "a-long-key");
    assert!(
        said.contains("plugins.api.grants.secrets[0].host: http://api.test is another machine"),
        "{said}"
    );
}
