//! `qianfan-host chat`: one question from the terminal, of this process or of a running server.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::sync::Arc;

use clap::Args;
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;

use super::remote::{client, told};
use super::{CommandError, load_to_open, open, show};
use crate::clean;
use crate::llm::Parameters;
use crate::message::{Message, Role};
use crate::share::Share;
use crate::trace::KeptTrace;
use crate::turn::{self, Piece, TurnRequest};

#[derive(Args)]
pub(super) struct ChatArguments {
    /// The question.
    question: String,
    /// The app; may be left out where there is only one.
    #[arg(short, long)]
    app: Option<String>,
    /// A running server, such as http://127.0.0.1:8080, instead of this process.
    #[arg(long)]
    url: Option<String>,
    /// The running server's key: a client's, or the admin's, which --trace and --why need where there is one.
    #[arg(long, env = "QIANFAN_HOST_KEY", hide_env_values = true)]
    key: Option<String>,
    /// Show routes, hits, prompt and times afterwards.
    #[arg(long)]
    trace: bool,
    /// Show the same in five lines.
    #[arg(long, conflicts_with = "trace")]
    why: bool,
    /// A variable of the turn, as name=value.
    #[arg(long = "var", value_parser = variable)]
    variables: Vec<(String, String)>,
    /// A plugin to call whatever its route says.
    #[arg(long = "plugin")]
    plugins: Vec<String>,
}

impl ChatArguments {
    /// Whether the trace is shown, all of it or not.
    fn shows(&self) -> bool {
        self.trace || self.why
    }
}

fn variable(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as name=value")?;
    Ok((name.to_owned(), value.to_owned()))
}

pub(super) async fn run(config: &Path, arguments: &ChatArguments) -> Result<(), CommandError> {
    let trace = match &arguments.url {
        Some(url) => remote(url.trim_end_matches('/'), arguments).await?,
        None => local(config, arguments).await?,
    };
    // A reader who has left has ended the turn, and nobody asked for the trace of one that was printed.
    let Some(trace) = trace else { return Ok(()) };
    if arguments.trace {
        show::trace(&trace);
    } else if arguments.why {
        show::brief(&trace);
    }
    trace.trace.error.map_or(Ok(()), Err)
}

async fn local(config: &Path, arguments: &ChatArguments) -> Result<Option<KeptTrace>, CommandError> {
    let config = load_to_open(config)?;
    let host = open(&config).await?;
    let known = || host.apps.keys().cloned().collect::<Vec<_>>().join(", ");
    let app = match &arguments.app {
        Some(name) => {
            host.apps.get(name).ok_or_else(|| format!("there is no app `{name}`; there are: {}", known()))?
        }
        None if host.apps.len() == 1 => host.apps.values().next().ok_or("there is no app")?,
        None => return Err(format!("name the app with --app; there are: {}", known())),
    };
    let id = format!("cli-{}", uuid::Uuid::now_v7().simple());
    let request = TurnRequest {
        degraded: Default::default(),
        id: id.clone(),
        app: Arc::clone(app),
        caller: None,
        conversation: None,
        messages: vec![Message::text(Role::User, arguments.question.clone())],
        variables: arguments.variables.iter().cloned().collect::<BTreeMap<_, _>>(),
        forced: arguments.plugins.clone(),
        plain: false,
        user: None,
        parameters: Parameters::default(),
        client_tools: Vec::new(),
        ignored_fields: Vec::new(),
        memory: Share::default(),
    };
    let (out, mut pieces) = mpsc::channel::<Piece>(32);
    // Owns the receiver: a reader who leaves, as `head` does, ends the turn.
    let printing = async move {
        while let Some(piece) = pieces.recv().await {
            let is_read = match piece {
                Piece::Text(text) | Piece::Refusal(text) => print(&text)?,
                // The trace has it.
                Piece::Reasoning(_) | Piece::Call(_) => true,
            };
            if !is_read {
                return Ok(false);
            }
        }
        print("\n")
    };
    let (end, printed) = tokio::join!(turn::run(request, &host.traces, host.turn_timeout, out), printing);
    if !printed? {
        return Ok(None);
    }
    if let Err(error) = end
        && !arguments.shows()
    {
        return Err(error.to_string());
    }
    let trace = host.traces.get(&id).map_err(|error| error.to_string())?.ok_or("the turn left no trace")?;
    let trace = serde_json::from_str(&trace).map_err(|error| error.to_string())?;
    KeptTrace::read(trace).map(Some)
}

async fn remote(url: &str, arguments: &ChatArguments) -> Result<Option<KeptTrace>, CommandError> {
    let http = client(arguments.key.as_deref())?;
    let unreachable = |error: reqwest::Error| format!("{url} cannot be reached: {error}");
    let app = match &arguments.app {
        Some(app) => app.clone(),
        None => {
            let models: Value = http
                .get(format!("{url}/v1/models"))
                .send()
                .await
                .map_err(unreachable)?
                .json()
                .await
                .map_err(unreachable)?;
            match models["data"].as_array().map(Vec::as_slice) {
                Some([only]) => only["id"].as_str().unwrap_or_default().to_owned(),
                _ => {
                    let message =
                        told(&models).unwrap_or("the server has not exactly one app; name one with --app");
                    return Err(clean::line(message).into_owned());
                }
            }
        }
    };
    let variables: Map<String, Value> =
        arguments.variables.iter().map(|(k, v)| (k.clone(), v.as_str().into())).collect();
    let mut body = json!({"model": app, "messages": [{"role": "user", "content": arguments.question}],
                          "variables": variables});
    // An empty list asks for a turn without plugins.
    if !arguments.plugins.is_empty() {
        body["plugins"] = json!(arguments.plugins);
    }
    let response =
        http.post(format!("{url}/v1/chat/completions")).json(&body).send().await.map_err(unreachable)?;
    let id =
        response.headers().get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
    let answer: Value = response.json().await.map_err(unreachable)?;
    match answer.pointer("/choices/0/message/content").and_then(Value::as_str) {
        Some(text) => _ = print(&format!("{text}\n"))?,
        None if !arguments.shows() => {
            return Err(clean::line(told(&answer).unwrap_or("no answer came")).into_owned());
        }
        None => {}
    }
    if !arguments.shows() {
        return Ok(None);
    }
    let response = http.get(format!("{url}/v1/traces/{id}")).send().await.map_err(unreachable)?;
    if !response.status().is_success() {
        // A request that was refused at the door has no trace, and a client's key opens none.
        if let Some(message) = told(&answer) {
            return Err(clean::line(message).into_owned());
        }
        let refusal: Value = response.json().await.map_err(unreachable)?;
        let told = clean::line(told(&refusal).unwrap_or("the turn left none"));
        return Err(format!("the trace cannot be shown: {told}"));
    }
    KeptTrace::read(response.json().await.map_err(unreachable)?).map(Some)
}

/// Prints a piece of an answer, and says whether somebody is there to read it. What a model or an API
/// wrote moves no cursor.
fn print(text: &str) -> Result<bool, CommandError> {
    let mut out = std::io::stdout().lock();
    match out.write_all(clean::lines(text).as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(format!("the answer cannot be written to stdout: {error}")),
    }
}
