//! The real binary, started on a free port with a configuration of the test's.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use test_fixtures::guests::target_folder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

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
        Self::prepared(config, |_, _| {})
    }

    /// Starts a host with this configuration. `prepare` gets the folder of the configuration, for files
    /// that belong beside it, and the command that is about to run.
    pub(crate) fn prepared(config: &str, prepare: impl FnOnce(&Path, &mut Command)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        _ = rustls::crypto::ring::default_provider().install_default();
        let path = folder.path().join("host.toml");
        std::fs::write(&path, with_cache(config)).unwrap();
        let mut command = binary(&path);
        prepare(folder.path(), &mut command);
        let mut child =
            command.args(["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap();
        let line = first_line(&mut child);
        let Some(url) = line.trim().strip_prefix("listening on ") else {
            end_of(&mut child);
            panic!("the host did not start; it said `{line}`; its errors are above");
        };
        // Longer than any time-out of a test: a host that hangs fails its test instead of stopping it.
        let http = reqwest::Client::builder().timeout(Duration::from_secs(120)).build().unwrap();
        Self { child, _folder: folder, url: url.to_owned(), http }
    }

    /// What the host has taken of memory at most since [`Self::forget_peak`], in bytes.
    pub(crate) fn peak_memory(&self) -> usize {
        self.status("VmHWM")
    }

    /// What the host takes of memory now, in bytes; the peak starts again from here.
    pub(crate) fn forget_peak(&self) -> usize {
        std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").unwrap();
        self.status("VmRSS")
    }

    /// What the host takes of memory now, in bytes.
    pub(crate) fn memory(&self) -> usize {
        self.status("VmRSS")
    }

    fn status(&self, field: &str) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':')).unwrap();
        line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() << 10
    }

    /// Such as `127.0.0.1:40000`, for clients that speak no HTTP, or no good one.
    pub(crate) fn address(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    /// The process.
    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Sends a signal to the process.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// The process's end, waited for. What a test wants to find later is in a folder of its own.
    pub(crate) async fn ended(mut self) -> ExitStatus {
        eventually("the end of the host", async || self.child.try_wait().unwrap()).await
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

    /// The newest turn's trace, waited for until `count` turns are kept: a turn whose client has left
    /// ends after everything the client can see.
    pub(crate) async fn newest_trace_of(&self, count: usize) -> Value {
        let kept = async || {
            let list = self.get("/v1/traces?limit=200").await;
            let turns = list["data"].as_array().unwrap();
            (turns.len() == count).then(|| turns[0]["id"].as_str().unwrap().to_owned())
        };
        let id = eventually(&format!("the trace of turn {count}"), kept).await;
        self.trace(&id).await
    }

    /// A job, waited for until it has ended.
    pub(crate) async fn ended_job(&self, id: &str) -> Value {
        self.ended_work(&format!("/v1/jobs/{id}")).await
    }

    /// What is at the path of a job or an evaluation, waited for until that has ended.
    pub(crate) async fn ended_work(&self, path: &str) -> Value {
        eventually(&format!("the end of {path}"), async || {
            let told = self.get(path).await;
            let state = told["state"].as_str().unwrap_or_else(|| panic!("{path}: {told}"));
            ["done", "failed", "cancelled"].contains(&state).then_some(told)
        })
        .await
    }

    /// Announces a body of 1 MB, sends nothing of it, and returns the head of the answer that comes all
    /// the same.
    pub(crate) async fn refused_before_its_body(&self, path: &str) -> String {
        let mut connection = self.connect().await;
        let head = format!("POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000000\r\n\r\n");
        connection.write_all(head.as_bytes()).await.unwrap();
        let mut answer = vec![0; 1024];
        let read = within_patience("an answer before the body", connection.read(&mut answer)).await.unwrap();
        String::from_utf8_lossy(&answer[..read]).into_owned()
    }

    /// A bare connection to it.
    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.url.strip_prefix("http://").unwrap()).await.unwrap()
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

/// The configuration with one folder of compiled components for all hosts: each is compiled once in a
/// test run, not once for each test.
pub(crate) fn with_cache(config: &str) -> String {
    let cache = format!("[engine]\ncache_dir = {:?}\n", target_folder().join("compiled"));
    if config.contains("[engine]\n") {
        config.replace("[engine]\n", &cache)
    } else {
        format!("{config}\n{cache}")
    }
}

/// Longer than anything takes on the slowest machine: what has not come about by then never will.
pub(crate) const PATIENCE: Duration = Duration::from_secs(100);

/// The pause between two looks at what must come about: short beside anything that is waited for.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Asks again and again until there is an answer.
pub(crate) async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let asking = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    within_patience(what, asking).await
}

/// Waits for what must come about; a host that never does it fails its test instead of stopping it.
pub(crate) async fn within_patience<T>(what: &str, coming: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, coming).await {
        Ok(came) => came,
        Err(_) => panic!("{what} did not come about within {PATIENCE:?}"),
    }
}

/// The lines that a process says on its piped output, as they come.
pub(crate) fn lines(child: &mut Child) -> mpsc::Receiver<String> {
    let out = BufReader::new(child.stdout.take().unwrap());
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    lines
}

/// The first line that a process says on its piped output, empty where it has ended without one.
pub(crate) fn first_line(child: &mut Child) -> String {
    match lines(child).recv_timeout(PATIENCE) {
        Ok(line) => line,
        Err(RecvTimeoutError::Disconnected) => String::new(),
        Err(RecvTimeoutError::Timeout) => {
            _ = child.kill();
            panic!("the process said nothing within {PATIENCE:?}");
        }
    }
}

/// The end of a process, waited for outside of a runtime.
pub(crate) fn end_of(child: &mut Child) -> ExitStatus {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        std::thread::sleep(LOOK_EVERY);
    }
    _ = child.kill();
    panic!("the process did not end within {PATIENCE:?}");
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
    // What is compiled without a configuration is not for the user's own folder.
    // What commands compile goes into a folder of the tests; the model is where the set-up has put it.
    command.env("XDG_CACHE_HOME", target_folder().join("cache")).env("QIANFAN_CACHE", super::cache());
    command
}

/// Makes a command run under a limit of file descriptors, as `ulimit` takes it: `-n 256` for the hard and
/// the soft one, `-S -n 256` for the soft one alone.
pub(crate) fn limit_descriptors(command: &mut Command, limit: &str) {
    let mut limited = Command::new("sh");
    limited.args(["-c", &format!("ulimit {limit} && exec \"$0\" \"$@\"")]);
    limited.arg(command.get_program()).args(command.get_args());
    let variables = command.get_envs().map(|(name, value)| (name.to_owned(), value.unwrap().to_owned()));
    limited.envs(variables.collect::<Vec<_>>());
    *command = limited;
}

/// Runs a command of the binary to its end.
pub(crate) fn run(config: &Path, arguments: &[&str]) -> Output {
    ended(binary(config).args(arguments))
}

/// Runs a program to its end; one that goes on without end fails its test instead of stopping it.
pub(crate) fn ended(program: &mut Command) -> Output {
    let child = program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let id = rustix::process::Pid::from_child(&child);
    let (over, waiting) = std::sync::mpsc::channel::<()>();
    let watch = std::thread::spawn(move || {
        let is_late = waiting.recv_timeout(PATIENCE) == Err(std::sync::mpsc::RecvTimeoutError::Timeout);
        if is_late {
            _ = rustix::process::kill_process(id, rustix::process::Signal::KILL);
        }
        is_late
    });
    let output = child.wait_with_output().unwrap();
    drop(over);
    assert!(!watch.join().unwrap(), "{program:?} did not end: {}", String::from_utf8_lossy(&output.stderr));
    output
}
