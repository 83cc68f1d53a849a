//! Plugins over HTTP: what each is, may do and was seen to do, and test runs outside a turn.

use std::collections::BTreeMap;
use std::iter;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{Path, Request, State};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::body;
use super::error::{ApiError, Fault};
use super::knowledge::busy;
use super::said;
use crate::cut::cut;
use crate::fair;
use crate::host::Host;
use crate::message::{MediaType, Message, Passage, Role};
use crate::plugin::{
    CallError, CallReport, ComponentRole, Denied, FormatSession, Plugin, ShownPlugin, TurnInput,
};
use crate::redact;
use crate::turn::App;

/// Bytes of the body of a test run.
const LONGEST_RUN: usize = 256 << 10;
/// Bytes of a parser's words in an error, which may repeat the client's.
const LONGEST_REASON: usize = 300;
/// Requests that a test run tells of; `limits.requests` may be many more.
const MAX_REQUESTS_TOLD: usize = 100;
/// Bytes a formatter is fed at once, as in a turn.
const FED_AT_ONCE: usize = 16 << 10;
/// A formatter's output is limited to this many times its input, plus [`MOST_BESIDES`] bytes, as in a turn.
const MOST_TIMES: usize = 8;
const MOST_BESIDES: usize = 1 << 20;

#[derive(Serialize)]
struct Listed<'a> {
    #[serde(flatten)]
    plugin: ShownPlugin<'a>,
    used_by: Vec<UsedBy<'a>>,
}

#[derive(Serialize)]
struct UsedBy<'a> {
    app: &'a str,
    /// `always`, `when`, `forced` or `model`; `formatter` for one.
    route: &'static str,
}

/// `GET /v1/plugins`
pub(super) async fn list(State(host): State<Arc<Host>>) -> Result<Json<Value>, ApiError> {
    let listed: Vec<Listed<'_>> = host.plugins.values().map(|plugin| listed(&host, plugin)).collect();
    let listed = serde_json::to_value(listed);
    listed.map(said::worded).map(Json).map_err(|error| ApiError::new(Fault::Internal, error.to_string()))
}

fn listed<'a>(host: &'a Host, plugin: &'a Plugin) -> Listed<'a> {
    let mut shown = plugin.shown(|config| host.config.without_environment(plugin.name(), config));
    for seen in &mut shown.seen.denied {
        keep_line_that_works(host, &mut seen.denied);
    }
    let used_by = host.apps.values().filter_map(|app| {
        let route = app.use_of(plugin.name())?;
        Some(UsedBy { app: &app.name, route })
    });
    Listed { plugin: shown, used_by: used_by.collect() }
}

/// A grant of a base that there is not would be refused when the configuration is read.
fn keep_line_that_works(host: &Host, denied: &mut Denied) {
    if denied.kind == "knowledge" && host.library.base(&denied.what).is_none() {
        denied.table = None;
        denied.line = None;
    }
}

/// What a test run is asked with: a question for a contributor, a text for a formatter.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RunBody {
    question: Option<String>,
    /// The question made standalone; absent: it is.
    search_text: Option<String>,
    #[serde(default)]
    variables: BTreeMap<String, String>,
    /// The app that the test run acts for; absent: the first app that uses the plugin.
    app: Option<String>,
    #[serde(default)]
    history: Vec<TrialMessage>,
    /// Arguments as a model would give them.
    arguments: Option<Map<String, Value>>,
    text: Option<String>,
    /// What a formatter's text cites.
    #[serde(default)]
    sources: Vec<Cited>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TrialMessage {
    role: Role,
    content: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cited {
    title: String,
    url: Option<String>,
    #[serde(default)]
    text: String,
}

/// `POST /v1/plugins/{name}/run`: calls one plugin outside a turn, with its grants and limits, and in line for
/// the places that all calls share.
pub(super) async fn run(
    State(host): State<Arc<Host>>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Json<Value>, ApiError> {
    let plugin = host.plugins.get(&name).ok_or_else(|| {
        let known: Vec<&str> = host.plugins.keys().map(String::as_str).collect();
        let name = cut(&name, LONGEST_REASON);
        let message = format!("there is no plugin `{name}`; there are: {}", known.join(", "));
        ApiError::new(Fault::NotFound, message)
    })?;
    let _permit = host.trials.try_acquire().map_err(|_| {
        busy("as many test runs of plugins as the host takes at once are running; try again shortly")
    })?;
    let most = LONGEST_RUN.min(host.limits.max_chat_bytes.0);
    let body = body::receive(&host, &mut request.into_body(), most).await?;
    let (body, _share) = body.parse(&host, run_body).await?;
    let app = app(&host, plugin, body.app.as_deref())?;
    let trial = PluginTrial { host: &host, plugin, app };
    let limit = host.turn_timeout;
    let told = async {
        match plugin.role() {
            ComponentRole::Contributor => trial.contribute(body).await,
            ComponentRole::Formatter => trial.format(body).await,
        }
    };
    match tokio::time::timeout(limit, told).await {
        Ok(told) => told.map(said::worded).map(Json),
        Err(_) => {
            let message = format!("the test run did not end within {limit:?}, which `turn_timeout` sets");
            Err(ApiError::new(Fault::TurnTimeout, message))
        }
    }
}

fn run_body(body: &[u8]) -> Result<RunBody, ApiError> {
    super::decode::fields(body, |reason| {
        ApiError::invalid_argument(format!(
            "{reason}; send {{\"question\": \"…\", \"variables\": {{\"province\": \"广东\"}}, \"app\": \"…\", \
             \"history\": [{{\"role\": \"user\", \"content\": \"…\"}}]}}, or for a formatter {{\"text\": \"…\"}}"
        ))
    })
}

/// The app in whose name the plugin runs; `None` where none uses it.
fn app<'a>(host: &'a Host, plugin: &Plugin, named: Option<&str>) -> Result<Option<&'a App>, ApiError> {
    let Some(named) = named else {
        let uses = |app: &&Arc<App>| app.use_of(plugin.name()).is_some();
        return Ok(host.apps.values().find(uses).map(Arc::as_ref));
    };
    host.apps.get(named).map(|app| Some(app.as_ref())).ok_or_else(|| {
        let known: Vec<&str> = host.apps.keys().map(String::as_str).collect();
        let named = cut(named, LONGEST_REASON);
        ApiError::invalid_argument(format!("there is no app `{named}`; there are: {}", known.join(", ")))
    })
}

/// One test run.
struct PluginTrial<'a> {
    host: &'a Host,
    plugin: &'a Arc<Plugin>,
    app: Option<&'a App>,
}

impl PluginTrial<'_> {
    async fn contribute(&self, body: RunBody) -> Result<Value, ApiError> {
        if body.text.is_some() || !body.sources.is_empty() {
            let message =
                "`text` and `sources` are for formatters, and this plugin is a contributor; send `question`";
            return Err(ApiError::invalid_argument(message));
        }
        let Some(question) = body.question.filter(|question| !question.trim().is_empty()) else {
            return Err(ApiError::invalid_argument(
                "`question` is missing or empty; send what a user would ask",
            ));
        };
        if body.history.iter().any(|said| !matches!(said.role, Role::User | Role::Assistant)) {
            return Err(ApiError::invalid_argument(
                "a message of `history` is of `user` or `assistant`, the oldest first",
            ));
        }
        let history: Vec<Message> =
            body.history.into_iter().map(|said| Message::text(said.role, said.content)).collect();
        let id = format!("run-{}", uuid::Uuid::now_v7().simple());
        let question: Arc<str> = question.into();
        let mut input = TurnInput {
            app: self.app.map(|app| app.name.clone()).unwrap_or_default(),
            // Nobody's: what the plugin keeps is forgotten as every old conversation is.
            conversation: id.clone(),
            id,
            search_text: body.search_text.map_or_else(|| Arc::clone(&question), Arc::from),
            question,
            history: history.into(),
            variables: body.variables.into_iter().collect(),
            bare_hits: self.app.is_some_and(App::answers_directly),
            ..TurnInput::default()
        };
        input.arguments = body.arguments.map(|arguments| Value::Object(arguments).to_string());
        let began = Instant::now();
        let mut outcome = self.plugin.try_out(&input).await;
        outcome.report.place_in_turn(began);
        let mut told = self.told(outcome.result.as_ref().err(), outcome.report)?;
        told["contribution"] = json!(outcome.result.ok());
        Ok(told)
    }

    async fn format(&self, body: RunBody) -> Result<Value, ApiError> {
        let is_asked = body.question.is_some() || body.search_text.is_some() || body.arguments.is_some();
        if is_asked || !body.history.is_empty() || !body.variables.is_empty() {
            return Err(ApiError::invalid_argument(
                "this plugin is a formatter, which sees an answer and nothing else; send `text`",
            ));
        }
        let Some(text) = body.text else {
            return Err(ApiError::invalid_argument(
                "`text` is missing; send an answer that the formatter is to shape",
            ));
        };
        let sources: Vec<Passage> = body.sources.into_iter().map(Passage::from).collect();
        let name = self.app.map_or("", |app| app.name.as_str());
        let formatting = async {
            match self.plugin.format(None, &sources).await {
                Ok(session) => formatted(session, &text).await,
                Err(error) => (Err(error), CallReport::default()),
            }
        };
        let (formatted, report) = fair::on_behalf_of(name, formatting).await;
        let mut told = self.told(formatted.as_ref().err(), report)?;
        told["text"] = json!(formatted.ok());
        Ok(told)
    }

    /// What is told of any run, well ended or not. One that found no place has not run.
    fn told(&self, error: Option<&CallError>, mut report: CallReport) -> Result<Value, ApiError> {
        if let Some(CallError::Busy { message }) = error {
            return Err(busy(message));
        }
        let requests = report.http.len();
        report.http.truncate(MAX_REQUESTS_TOLD);
        let mut denied = self.plugin.denied(&report.ungranted);
        denied.iter_mut().for_each(|denied| keep_line_that_works(self.host, denied));
        let ms = |time: Duration| (time.as_secs_f64() * 1e6).round() / 1e3;
        let message = error.map(|error| redact::known().text(&error.to_string()).into_owned());
        Ok(json!({
            "object": "plugin.run",
            "plugin": self.plugin.name(),
            "app": self.app.map(|app| &app.name),
            "error": message,
            "error_kind": error.map(|error| json!(error)["kind"].take()),
            "ms": ms(report.duration),
            "wait_ms": ms(report.wait),
            "instantiate_ms": ms(report.instantiate),
            "memory": report.peak_memory,
            "output": report.output,
            "logs": report.logs,
            "logs_dropped": report.logs_dropped,
            "http": report.http,
            "http_left_off": requests - report.http.len(),
            "searches": report.searches,
            "standard_answer": report.standard_answer,
            "denied": denied,
        }))
    }
}

impl From<Cited> for Passage {
    fn from(cited: Cited) -> Self {
        Self {
            text: cited.text,
            media_type: MediaType::Plain,
            title: cited.title,
            section: Vec::new(),
            url: cited.url,
            knowledge_base: None,
            score: None,
        }
    }
}

/// The whole text through a formatter, fed as a turn feeds it.
async fn formatted(mut session: FormatSession, text: &str) -> (Result<String, CallError>, CallReport) {
    let most = text.len().saturating_mul(MOST_TIMES).saturating_add(MOST_BESIDES);
    let mut made = String::new();
    for piece in pieces(text) {
        match session.feed(piece).await {
            Ok(more) => made.push_str(&more),
            Err(error) => return (Err(error), session.into_report()),
        }
        if made.len() > most {
            let message =
                format!("the formatter made more than {MOST_TIMES} times what it was fed, and 1 MiB besides");
            return (Err(CallError::Host { message }), session.into_report());
        }
    }
    let (rest, report) = session.finish().await;
    (rest.map(|rest| made + &rest), report)
}

/// A text in parts of at most [`FED_AT_ONCE`] bytes.
fn pieces(mut text: &str) -> impl Iterator<Item = &str> {
    iter::from_fn(move || {
        let (piece, rest) = text.split_at(text.floor_char_boundary(FED_AT_ONCE));
        text = rest;
        (!piece.is_empty()).then_some(piece)
    })
}
