//! Apps over HTTP, for whoever runs the host: what they are made of, their prompts, and prompts tried out.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, Path, Request, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::config_change::{broken, listed, not_changed, received, told};
use super::error::{ApiError, Fault, RetryAdvice};
use super::said;
use crate::host::{ChangeMode, Host, Running, digest};
use crate::knowledge::{DocumentQuery, is_correction};
use crate::problem::Problem;
use crate::prompt::{Broken, PromptError};
use crate::turn::{App, Replay, ReplayError, TurnError};

/// Bytes of a change with a template.
const LONGEST: usize = 1 << 20;

/// Questions of an app that may be asked to begin with.
const EXAMPLES: usize = 3;
/// How far they are looked for: bases, documents of each, and sections of each document.
const BASES_LOOKED_INTO: usize = 4;
const DOCUMENTS_LOOKED_INTO: usize = 5;
const SECTIONS_LOOKED_INTO: usize = 20;

/// `GET /v1/apps/{app}`
pub(super) async fn get(
    State(host): State<Arc<Host>>,
    Path(name): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let app = app(&host, &name)?;
    let settings = host.config.apps.get(&name).ok_or_else(|| unknown(&host, &name))?;
    let plugins = settings.plugins.iter().map(|entry| {
        let when = entry.when.as_ref().map(
            |when| json!({"keywords": when.keywords, "patterns": when.patterns, "variables": when.variables}),
        );
        json!({"plugin": entry.plugin, "route": entry.route, "when": when, "on_failure": entry.on_failure})
    });
    let formatters = settings
        .formatters
        .iter()
        .map(|entry| json!({"plugin": entry.plugin, "on_failure": entry.on_failure, "except": entry.except}));
    let template = app.template();
    let examples = examples(&host, &name).await;
    Ok(Json(json!({
        "examples": examples,
        "object": "app",
        "name": app.name,
        "title": app.title,
        "model": settings.model,
        "answer": settings.answer,
        "plugins": plugins.collect::<Vec<_>>(),
        "formatters": formatters.collect::<Vec<_>>(),
        "whole_text": settings.whole_text,
        "prompt": {
            "path": settings.prompt.as_ref().map(|path| path.to_string_lossy()),
            "variables": template.variables(),
            "text": template.source(),
            "digest": digest(template.source()),
        },
        "warnings": listed(&host.config.path, &warnings(&host, &name)),
    })))
}

/// The first questions that are stored in the bases an app's plugins may search: those of imported documents before those
/// that were added one by one, which are about what went wrong. A base that cannot be read has none.
async fn examples(host: &Host, app: &str) -> Vec<String> {
    let config = &host.config;
    let plugins = config.apps.get(app).into_iter().flat_map(|app| &app.plugins);
    let granted = plugins.filter_map(|entry| config.plugins.get(&entry.plugin));
    let mut bases: Vec<&String> = granted.flat_map(|plugin| &plugin.grants.knowledge).collect();
    bases.sort();
    bases.dedup();
    let bases = bases.into_iter().filter_map(|name| host.library.base(name));
    let looked = bases.filter(|base| base.is_away().is_none()).take(BASES_LOOKED_INTO);
    let mut later = Vec::new();
    for base in looked {
        let query = DocumentQuery { limit: DOCUMENTS_LOOKED_INTO, ..DocumentQuery::default() };
        for document in base.documents_page(&query).await.unwrap_or_default().documents {
            let sections = base.sections_of(&document.id, 0, SECTIONS_LOOKED_INTO).await.ok().flatten();
            let sections =
                sections.into_iter().flat_map(|found| found.sections).filter(|section| !section.off);
            let questions: Vec<String> =
                sections.filter_map(|section| section.question).take(EXAMPLES).collect();
            if !questions.is_empty() && !is_correction(&document.id) {
                return questions;
            }
            later.extend(questions);
        }
    }
    later.truncate(EXAMPLES);
    later
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PromptEdit {
    prompt: String,
    #[serde(default)]
    dry_run: bool,
    if_digest: Option<String>,
}

/// `PATCH /v1/apps/{app}`: another template.
pub(super) async fn change(
    State(host): State<Arc<Host>>,
    Extension(running): Extension<Arc<Running>>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Json<Value>, ApiError> {
    app(&host, &name)?;
    let PromptEdit { prompt, dry_run, if_digest } = received(&host, request, LONGEST).await?;
    let how = ChangeMode { dry_run, if_digest };
    let missing = unknown(&host, &name);
    // A client that leaves must not break it off between two files.
    let changing = async move { running.change_prompt(&name, &prompt, &how).await };
    #[expect(clippy::disallowed_methods, reason = "the work goes on to its end where the client leaves")]
    let changed = tokio::spawn(changing).await?.ok_or(missing)?;
    Ok(Json(told(&host, changed.map_err(not_changed)?)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Trying {
    trace: String,
    template: String,
    /// Whether the app's model is asked with it.
    #[serde(default)]
    ask: bool,
}

/// `POST /v1/apps/{app}/prompt`: the prompt of a turn that has been, with another template; with `"ask": true` also what the
/// app's model makes of it, which is not a turn.
pub(super) async fn prompt(
    State(host): State<Arc<Host>>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Json<Value>, ApiError> {
    let app = Arc::clone(app(&host, &name)?);
    let Trying { trace: id, template, ask } = received(&host, request, LONGEST).await?;
    let missing = ApiError::new(
        Fault::NotFound,
        format!("no trace `{id}` is kept; take one of GET /v1/traces?app={name}"),
    );
    let traces = Arc::clone(&host.traces);
    let trace = tokio::task::spawn_blocking(move || traces.get(&id)).await?;
    let trace = trace.map_err(|error| {
        ApiError::new(Fault::Internal, format!("traces.db in the data folder cannot be read: {error}"))
    })?;
    let replay = Replay::of(&app, &trace.ok_or(missing)?).await.map_err(not_made)?;
    // Making the prompt again takes processor time, so it waits for one of the places for parsing.
    let place = Arc::clone(&host.parsers).acquire_owned().await;
    let made = tokio::task::spawn_blocking(move || {
        let _place = place;
        replay.with(&template)
    });
    let made = made.await?.map_err(not_made)?;
    let mut told = json!(made);
    if ask {
        // It takes of the model what a turn does, so it counts as one while it runs.
        let _turn = host.turns.try_acquire().map_err(|_| {
            ApiError::new(
                Fault::TooManyTurns,
                "the host serves as many turns as max_turns in [server] allows; try again shortly",
            )
        })?;
        let answer = app.tried(&made.request_text, host.turn_timeout).await;
        told["answer"] = json!(answer.transpose().map_err(|error| asked_in_vain(&error))?);
    }
    Ok(Json(said::worded(told)))
}

/// Whoever asks here runs the host, and is told the whole cause.
fn asked_in_vain(error: &TurnError) -> ApiError {
    let of_turn = ApiError::from(error);
    ApiError::new(of_turn.fault(), error.to_string())
}

/// What is warned of an app.
fn warnings(host: &Host, app: &str) -> Vec<Problem> {
    let table = format!("apps.{app}.");
    host.warnings.iter().filter(|warning| warning.key.starts_with(&table)).cloned().collect()
}

fn app<'a>(host: &'a Host, name: &str) -> Result<&'a Arc<App>, ApiError> {
    host.apps.get(name).ok_or_else(|| unknown(host, name))
}

fn unknown(host: &Host, name: &str) -> ApiError {
    let known = host.apps.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    ApiError::new(Fault::NotFound, format!("there is no app `{name}`; there are: {known}"))
}

fn not_made(error: ReplayError) -> ApiError {
    match error {
        ReplayError::Template(error) => broken(error),
        ReplayError::Prompt(PromptError::Template(message)) => {
            let line = line_in(&message);
            broken(Broken::one(message, line, None))
        }
        ReplayError::Prompt(error) => ApiError::new(Fault::InvalidTemplate, error.to_string()),
        ReplayError::Missing(what) => ApiError::new(Fault::TraceIncomplete, what),
        ReplayError::Store { cause, lasts } => {
            let told = ApiError::new(Fault::KnowledgeUnavailable, cause);
            if lasts { told.again(RetryAdvice::Never) } else { told }
        }
    }
}

/// The line that the engine names in its words, as `(in prompt:3)`.
fn line_in(message: &str) -> Option<usize> {
    message.rsplit_once("(in prompt:")?.1.split(')').next()?.parse().ok()
}
