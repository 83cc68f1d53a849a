//! `qianfan-host trace …`: kept turns, out of the data folder or of a running server.

use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::sync::Arc;

use clap::{Args, Subcommand};
use console::style;
use humantime_serde::re::humantime::{format_rfc3339_seconds, parse_rfc3339_weak};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::remote::Remote;
use super::{CommandError, load, prepare_data_folder, show};
use crate::clean;
use crate::clock;
use crate::disk::Disk;
use crate::trace::{
    Flag, KeptTrace, KindFilter, RatingFilter, TraceFilter, TraceLimits, TraceStore, TurnResult,
};

/// Traces of one page.
const PAGE: usize = 200;

#[derive(Subcommand)]
pub(super) enum TraceCommand {
    /// List turns, newest first.
    List(ListArguments),
    /// Show a turn: its routes, hits, prompt and times.
    Show(ShowArguments),
    /// Write turns to the standard output, whole, one JSON object a line, newest first.
    Export(ExportArguments),
}

#[derive(Args)]
pub(super) struct ListArguments {
    #[command(flatten)]
    filters: Filters,
    #[command(flatten)]
    place: TraceSource,
    /// At most so many.
    #[arg(short = 'n', long, default_value_t = 20)]
    limit: usize,
    /// Only those older than the turn with this id.
    #[arg(long)]
    before: Option<String>,
    /// Print one JSON object a line.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(super) struct ShowArguments {
    /// The turn's id: that of the answer, and of its x-request-id header.
    id: String,
    #[command(flatten)]
    place: TraceSource,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(super) struct ExportArguments {
    #[command(flatten)]
    filters: Filters,
    #[command(flatten)]
    place: TraceSource,
}

#[derive(Args)]
pub(super) struct TraceSource {
    /// A running server, such as http://127.0.0.1:8080, instead of the data folder.
    #[arg(long)]
    url: Option<String>,
    /// The running server's admin key, where it has one.
    #[arg(long, env = "QIANFAN_HOST_KEY", hide_env_values = true)]
    key: Option<String>,
}

#[derive(Args)]
struct Filters {
    /// The app's name.
    #[arg(long)]
    app: Option<String>,
    /// Where the answer came from, such as model, nothing_found or a plugin's name.
    #[arg(long)]
    answered_by: Option<String>,
    /// What kind of answer it is: model, standard, direct, plugin, ask, nothing_found, unavailable or none.
    #[arg(long, value_parser = named::<KindFilter>)]
    kind: Option<KindFilter>,
    /// Whether it ended well: ok, error, cancelled or length.
    #[arg(long, value_parser = named::<TurnResult>)]
    result: Option<TurnResult>,
    /// Turns from this moment on: 2026-11-26, 2026-11-26T09:00:00Z or seconds since 1970.
    #[arg(long, value_parser = moment)]
    from: Option<u64>,
    /// Turns up to this moment.
    #[arg(long, value_parser = moment)]
    to: Option<u64>,
    /// How the turn ended, such as stop, error or cancelled.
    #[arg(long)]
    finish_reason: Option<String>,
    /// A plugin that was called.
    #[arg(long)]
    plugin: Option<String>,
    /// The conversation's id.
    #[arg(long)]
    conversation: Option<String>,
    /// Turns of at least so many milliseconds.
    #[arg(long)]
    min_ms: Option<f64>,
    /// A part of the question.
    #[arg(long, value_name = "TEXT")]
    q: Option<String>,
    /// What stands out: error, denial, cut, nothing or degraded.
    #[arg(long, value_parser = named::<Flag>)]
    has: Option<Flag>,
    /// What the client thinks of the answer: up, down, any or none.
    #[arg(long, alias = "feedback", value_parser = named::<RatingFilter>)]
    rating: Option<RatingFilter>,
}

/// A word of the API.
pub(super) fn named<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(text.into()).map_err(|error| error.to_string())
}

/// A moment in UTC, as seconds since 1970.
fn moment(text: &str) -> Result<u64, String> {
    if let Ok(seconds) = text.parse() {
        return Ok(seconds);
    }
    let whole = if text.len() == "2026-11-26".len() { format!("{text}T00:00:00Z") } else { text.to_owned() };
    let moment = parse_rfc3339_weak(&whole).map_err(|_| {
        "is not a moment; write such as 2026-11-26, 2026-11-26T09:00:00Z or seconds since 1970".to_owned()
    })?;
    Ok(clock::since_1970(moment).as_secs())
}

impl Filters {
    fn filter(&self) -> TraceFilter {
        TraceFilter {
            app: self.app.clone(),
            answered_by: self.answered_by.clone(),
            kind: self.kind,
            result: self.result,
            from: self.from,
            to: self.to,
            finish_reason: self.finish_reason.clone(),
            plugin: self.plugin.clone(),
            conversation: self.conversation.clone(),
            min_ms: self.min_ms,
            q: self.q.clone(),
            has: self.has,
            rating: self.rating,
        }
    }

    fn query(&self) -> Vec<(&'static str, String)> {
        let word = |value: Value| value.as_str().map(str::to_owned);
        [
            ("app", self.app.clone()),
            ("answered_by", self.answered_by.clone()),
            ("finish_reason", self.finish_reason.clone()),
            ("plugin", self.plugin.clone()),
            ("conversation", self.conversation.clone()),
            ("min_ms", self.min_ms.map(|least| least.to_string())),
            ("q", self.q.clone()),
            ("has", self.has.and_then(|flag| word(json!(flag)))),
            ("rating", self.rating.and_then(|rating| word(json!(rating)))),
            ("kind", self.kind.and_then(|kind| word(json!(kind)))),
            ("result", self.result.and_then(|result| word(json!(result)))),
            ("from", self.from.map(|from| from.to_string())),
            ("to", self.to.map(|to| to.to_string())),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }
}

/// Where the traces are.
pub(super) enum Traces {
    Folder(TraceStore),
    Server(Remote),
}

/// Some of them, and after which the next page comes.
type ListedPage = (Vec<Value>, Option<String>);

pub(super) async fn run(config: &Path, command: &TraceCommand) -> Result<(), CommandError> {
    match command {
        TraceCommand::List(arguments) => list(config, arguments).await,
        TraceCommand::Show(arguments) => {
            let trace = Traces::of(config, &arguments.place)?.get(&arguments.id).await?;
            if arguments.json {
                let text = serde_json::to_string_pretty(&trace).map_err(|error| error.to_string())?;
                outln!("{}", clean::json(&text));
            } else {
                let unreadable = |error| format!("{error}; --json shows it as it is");
                show::trace(&KeptTrace::read(trace).map_err(unreadable)?);
            }
            Ok(())
        }
        TraceCommand::Export(arguments) => export(config, arguments).await,
    }
}

impl Traces {
    pub(super) fn of(config: &Path, place: &TraceSource) -> Result<Self, CommandError> {
        if let Some(url) = &place.url {
            return Ok(Self::Server(Remote::new(url, place.key.as_deref())?));
        }
        let config = load(config)?;
        prepare_data_folder(&config)?;
        let path = config.data_dir().join("traces.db");
        if !path.exists() {
            return Err(format!(
                "{} holds no traces yet; a host that serves from another folder is asked with --url",
                config.data_dir().display()
            ));
        }
        let limits = TraceLimits { traces: config.server.max_traces, bytes: config.server.max_trace_bytes.0 };
        let disk = Arc::new(Disk::of(config.data_dir()));
        TraceStore::open(&path, limits, &disk).map(Self::Folder).map_err(|error| error.to_string())
    }

    async fn page(
        &self,
        filters: &Filters,
        before: Option<&str>,
        limit: usize,
    ) -> Result<ListedPage, CommandError> {
        let gone = || format!("no trace `{}` is kept", before.unwrap_or_default());
        match self {
            Self::Folder(store) => {
                let page = store.list(&filters.filter(), before, limit).map_err(|error| error.to_string())?;
                let page = page.ok_or_else(gone)?;
                Ok((page.data.iter().map(|listed| json!(listed)).collect(), page.next))
            }
            Self::Server(server) => {
                let mut query = filters.query();
                query.push(("limit", limit.to_string()));
                query.extend(before.map(|before| ("before", before.to_owned())));
                let mut page = server.json("/v1/traces", &query).await?;
                let next = page["next"].as_str().map(str::to_owned);
                match page["data"].take() {
                    Value::Array(data) => Ok((data, next)),
                    _ => Err("the server answered with something else than traces".into()),
                }
            }
        }
    }

    async fn get(&self, id: &str) -> Result<Value, CommandError> {
        match self {
            Self::Folder(store) => {
                let body = store.get(id).map_err(|error| error.to_string())?;
                let body = body.ok_or_else(|| {
                    format!("no trace `{}` is kept; `trace list` names those that are", clean::line(id))
                })?;
                serde_json::from_str(&body).map_err(|error| error.to_string())
            }
            Self::Server(server) => {
                let id = utf8_percent_encode(id, NON_ALPHANUMERIC);
                server.json(&format!("/v1/traces/{id}"), &[]).await
            }
        }
    }
}

async fn list(config: &Path, arguments: &ListArguments) -> Result<(), CommandError> {
    let ListArguments { filters, place, limit, before, json } = arguments;
    let traces = Traces::of(config, place)?;
    let (mut left, mut before) = (*limit, before.clone());
    while left > 0 {
        let (data, next) = traces.page(filters, before.as_deref(), left.min(PAGE)).await?;
        left -= data.len().min(left);
        for trace in &data {
            let text = if *json { clean::json(&trace.to_string()).into_owned() } else { line(trace) };
            if !print(&text)? {
                return Ok(());
            }
        }
        before = next;
        if before.is_none() {
            break;
        }
    }
    Ok(())
}

/// A turn on one line.
fn line(trace: &Value) -> String {
    let text = |value: &Value| clean::line(value.as_str().unwrap_or("-")).into_owned();
    let created = format_rfc3339_seconds(clock::moment(trace["created"].as_u64().unwrap_or(0)));
    let usage = &trace["usage"];
    let tokens =
        usage["prompt_tokens"].as_u64().unwrap_or(0) + usage["completion_tokens"].as_u64().unwrap_or(0);
    let cost = trace["cost"].as_f64().map_or_else(|| "-".to_owned(), |cost| format!("{cost:.6}"));
    let mut marks: Vec<String> = trace["flags"].as_array().into_iter().flatten().map(text).collect();
    marks.extend(trace["feedback"]["rating"].as_str().map(str::to_owned));
    let marks =
        if marks.is_empty() { String::new() } else { format!(" {}", style(marks.join(",")).yellow()) };
    format!(
        "{created} {} {} {} {} {:.0} ms {tokens} tokens {cost}{marks} {}",
        text(&trace["id"]),
        text(&trace["app"]),
        text(&trace["answered_by"]),
        text(&trace["finish_reason"]),
        trace["total_ms"].as_f64().unwrap_or(0.0),
        style(text(&trace["question"])).bold()
    )
}

async fn export(
    config: &Path,
    ExportArguments { filters, place }: &ExportArguments,
) -> Result<(), CommandError> {
    match Traces::of(config, place)? {
        Traces::Folder(store) => {
            let mut before: Option<String> = None;
            loop {
                let page = store.list(&filters.filter(), before.as_deref(), PAGE);
                // The one before may have been pruned by a host that serves meanwhile: then all that is older has gone.
                let Some(page) = page.map_err(|error| error.to_string())? else { return Ok(()) };
                for listed in &page.data {
                    let body = store.get(&listed.summary.id).map_err(|error| error.to_string())?;
                    if let Some(body) = body
                        && !print(&clean::json(&body))?
                    {
                        return Ok(());
                    }
                }
                before = page.next;
                if before.is_none() {
                    return Ok(());
                }
            }
        }
        Traces::Server(server) => {
            let mut response = server.get("/v1/traces/export", &filters.query()).await?;
            let mut line = Vec::new();
            while let Some(bytes) = response.chunk().await.map_err(|error| server.unreachable(&error))? {
                for part in bytes.split_inclusive(|byte| *byte == b'\n') {
                    line.extend_from_slice(part);
                    if part.ends_with(b"\n") {
                        let whole = String::from_utf8_lossy(&line);
                        if !print(&clean::json(whole.trim_end()))? {
                            return Ok(());
                        }
                        line.clear();
                    }
                }
            }
            if line.is_empty() { Ok(()) } else { Err("the server broke off in the middle of a trace".into()) }
        }
    }
}

/// Prints a line, and says whether somebody is there to read it.
fn print(line: &str) -> Result<bool, CommandError> {
    match writeln!(std::io::stdout().lock(), "{line}") {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(format!("the traces cannot be written to stdout: {error}")),
    }
}
