//! The real binary, started on a free port with a configuration of the test's.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

/// A running host. It is killed when dropped, and its folder goes with it.
pub(crate) struct Host {
    child: Child,
    /// Its configuration and data, removed with it.
    _folder: tempfile::TempDir,
    /// Such as `http://127.0.0.1:40000`.
    pub(crate) url: String,
    /// Talks to it.
    pub(crate) http: reqwest::Client,
}

/// An answer of the chat API.
pub(crate) struct Chat {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The turn's id.
    pub(crate) id: String,
    /// The body.
    pub(crate) body: Value,
}

impl Chat {
    /// The answer's text.
    pub(crate) fn text(&self) -> &str {
        self.body.pointer("/choices/0/message/content").and_then(Value::as_str).unwrap_or_default()
    }
}

impl Host {
    /// Starts a host with this configuration.
    pub(crate) fn start(config: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        _ = rustls::crypto::ring::default_provider().install_default();
        let path = folder.path().join("host.toml");
        std::fs::write(&path, config).unwrap();
        let mut child =
            binary(&path).args(["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let Some(url) = line.trim().strip_prefix("listening on ") else {
            child.wait().unwrap();
            panic!("the host did not start; it said `{line}`; its errors are above");
        };
        // Longer than any time-out of a test: a host that hangs fails its test instead of stopping it.
        let http = reqwest::Client::builder().timeout(Duration::from_secs(120)).build().unwrap();
        Self { child, _folder: folder, url: url.to_owned(), http }
    }

    /// Asks one question of an app.
    pub(crate) async fn ask(&self, app: &str, question: &str) -> Chat {
        self.chat(json!({"model": app, "messages": [{"role": "user", "content": question}]})).await
    }

    /// Sends a chat request.
    pub(crate) async fn chat(&self, body: Value) -> Chat {
        let response = self.post("/v1/chat/completions", body).await;
        let status = response.status().as_u16();
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        Chat { status, id, body: response.json().await.unwrap() }
    }

    /// Sends JSON.
    pub(crate) async fn post(&self, path: &str, body: Value) -> reqwest::Response {
        self.http.post(format!("{}{path}", self.url)).json(&body).send().await.unwrap()
    }

    /// Fetches JSON.
    pub(crate) async fn get(&self, path: &str) -> Value {
        self.http.get(format!("{}{path}", self.url)).send().await.unwrap().json().await.unwrap()
    }

    /// The trace of a turn.
    pub(crate) async fn trace(&self, id: &str) -> Value {
        self.get(&format!("/v1/traces/{id}")).await
    }

    /// Imports a document.
    pub(crate) async fn import(&self, base: &str, id: &str, text: &str) -> Value {
        let url = format!("{}/v1/knowledge-bases/{base}/documents?id={id}", self.url);
        let request = self.http.post(url).body(text.to_owned());
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200, "{}", response.text().await.unwrap_or_default());
        response.json().await.unwrap()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// The binary with a configuration, ready for a command.
pub(crate) fn binary(config: &Path) -> Command {
    let mut command = Command::new(PathBuf::from(env!("CARGO_BIN_EXE_qianfan-host")));
    command.arg("--config").arg(config).env("QIANFAN_LOG", "warn");
    command
}

/// Runs a command of the binary to its end.
pub(crate) fn run(config: &Path, arguments: &[&str]) -> Output {
    binary(config).args(arguments).output().unwrap()
}
