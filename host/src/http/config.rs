//! The configuration over HTTP: what it is, what is wrong with it, the next one, and changes of single keys.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, Path, Request, State};
use serde_json::{Map, Value, json};

use super::body;
use super::config_change::{listed, not_changed, received, refused, told};
use super::error::{ApiError, Fault};
use super::lookup::base;
use super::whole;
use crate::config::Config;
use crate::host::{ChangeMode, ConfigReport, Host, Running, digest};
use crate::plugin::literal_keys;
use crate::redact::{self, Redactor};

/// Bytes of a configuration file.
const LONGEST: usize = 1 << 20;
/// Bytes of a change of single keys.
const LONGEST_CHANGE: usize = 16 << 10;
/// Keys of a base that are changed over HTTP, and whether each is a whole number.
pub(super) static KEYS: [(&str, bool); 6] = [
    ("threshold", false),
    ("question_threshold", false),
    ("top_k", true),
    ("weight", false),
    ("answer_threshold", false),
    ("offer_threshold", false),
];

/// `GET /v1/config`
pub(super) async fn get(
    State(host): State<Arc<Host>>,
    Extension(running): Extension<Arc<Running>>,
) -> Json<Value> {
    let (changed, text) = (running.changed_on_disk().await, running.text().await);
    let config = &host.config;
    // What problems name lines of is the file as it is.
    let text = text.as_deref().unwrap_or(config.text());
    let environment = config.environment().into_iter().map(|name| {
        #[expect(clippy::disallowed_methods, reason = "whether it is set is shown, not what it is")]
        let is_set = std::env::var_os(name).is_some_and(|value| !value.is_empty());
        json!({"name": name, "set": is_set})
    });
    let (on_disk, _) = Config::read_text(text.as_bytes(), &config.path);
    let shown = ConfigView::of([config, &on_disk]);
    let effective = shown.json(&config.effective().to_string());
    Json(json!({
        "object": "config",
        "path": config.path.to_string_lossy(),
        "text": shown.text(text),
        "digest": digest(text),
        "loaded_at": host.loaded_at,
        "changed_on_disk": changed.map_or(Value::Bool(false), Value::from),
        "needs_restart": host.needs_restart,
        "effective": serde_json::from_str::<Value>(&effective).unwrap_or_default(),
        "environment": environment.collect::<Vec<_>>(),
        "warnings": listed(&config.path, &host.warnings),
    }))
}

/// What blanks keys: they have no place in the file, and one that stands there all the same is not handed on.
struct ConfigView {
    known: Redactor,
    literal: Redactor,
}

impl ConfigView {
    fn of(configs: [&Config; 2]) -> Self {
        let plugins = configs.into_iter().flat_map(|config| &config.plugins);
        let configs = plugins.filter_map(|(name, plugin)| Some((name, plugin.config.as_ref()?)));
        let keys: Vec<(String, &str)> = configs
            .flat_map(|(name, config)| {
                let keys = literal_keys(config).into_iter();
                keys.map(move |(place, key)| (format!("plugins.{name}.{place}"), key))
            })
            .collect();
        let literal = Redactor::of(keys.iter().map(|(place, key)| (place.as_str(), *key)));
        Self { known: redact::known(), literal }
    }

    fn json(&self, json: &str) -> String {
        self.literal.json(&self.known.json(json)).into_owned()
    }

    fn text(&self, text: &str) -> String {
        self.literal.text(&self.known.text(text)).into_owned()
    }
}

/// `POST /v1/config/check`: the body is a file's text; without one the file is checked.
pub(super) async fn check(
    State(host): State<Arc<Host>>,
    Extension(running): Extension<Arc<Running>>,
    request: Request,
) -> Result<Json<Value>, ApiError> {
    let body = body::receive(&host, &mut request.into_body(), LONGEST).await?;
    let (text, _share) = body.into_parts();
    let text = Some(text.to_vec()).filter(|text| !text.is_empty());
    let path = &host.config.path;
    let (problems, warnings) = match running.check(text).await {
        Ok(ConfigReport { problems, warnings }) => (problems, warnings),
        Err(error) => (error.problems, Vec::new()),
    };
    let told = path.to_string_lossy();
    Ok(Json(json!({"path": told, "problems": listed(path, &problems), "warnings": listed(path, &warnings)})))
}

/// `POST /v1/config/reload`
pub(super) async fn reload(
    State(host): State<Arc<Host>>,
    Extension(running): Extension<Arc<Running>>,
) -> Result<Json<Value>, ApiError> {
    // A client that leaves must not break it off.
    #[expect(clippy::disallowed_methods, reason = "the work goes on to its end where the client leaves")]
    let reloaded = tokio::spawn(async move { running.reload().await }).await?;
    let reloaded = reloaded.map_err(|error| refused(&error))?;
    let mut answer = json!(reloaded);
    answer["warnings"] = listed(&host.config.path, &reloaded.warnings).into();
    Ok(Json(answer))
}

/// `PATCH /v1/knowledge-bases/{base}`
pub(super) async fn change_base(
    State(host): State<Arc<Host>>,
    Extension(running): Extension<Arc<Running>>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Json<Value>, ApiError> {
    base(&host, &name)?;
    let change: Map<String, Value> = received(&host, request, LONGEST_CHANGE).await?;
    let (how, values) = values(change)?;
    if values.is_empty() {
        let known = KEYS.map(|(key, _)| key).join(", ");
        return Err(ApiError::new(
            Fault::InvalidRequest,
            format!("nothing is changed; send one or more of {known}"),
        ));
    }
    let changing = async move { running.change_base(&name, values, &how).await };
    #[expect(clippy::disallowed_methods, reason = "the work goes on to its end where the client leaves")]
    let changed = tokio::spawn(changing).await?.map_err(not_changed)?;
    Ok(Json(told(&host, changed)))
}

type Values = Vec<(&'static str, Option<toml_edit::Value>)>;

/// How a change is made, and the keys that are left.
fn values(change: Map<String, Value>) -> Result<(ChangeMode, Values), ApiError> {
    let refuse = |message: String| ApiError::invalid_request(message);
    let (mut how, mut values) = (ChangeMode::default(), Vec::new());
    for (key, value) in change {
        match (key.as_str(), &value) {
            ("dry_run", Value::Bool(dry_run)) => how.dry_run = *dry_run,
            ("if_digest", Value::String(digest)) => how.if_digest = Some(digest.clone()),
            ("dry_run" | "if_digest", Value::Null) => {}
            ("dry_run", _) => return Err(refuse("`dry_run` must be true or false".into())),
            ("if_digest", _) => return Err(refuse("`if_digest` must be the text that GET gave".into())),
            _ => {
                let known = KEYS.iter().find(|(known, _)| *known == key);
                let Some((known, is_whole)) = known else {
                    let all = KEYS.map(|(key, _)| key).join(", ");
                    return Err(refuse(format!("`{key}` cannot be changed here; there are: {all}")));
                };
                let number = match &value {
                    Value::Null => None,
                    Value::Number(number) if *is_whole => {
                        let whole = number.as_i64().or_else(|| number.as_f64().and_then(whole::whole));
                        Some(whole.map(toml_edit::Value::from))
                    }
                    Value::Number(number) => Some(number.as_f64().map(toml_edit::Value::from)),
                    _ => Some(None),
                };
                if matches!(number, Some(None)) {
                    let what = if *is_whole { "a whole number" } else { "a number" };
                    return Err(refuse(format!("`{key}` must be {what}, or null for its default")));
                }
                values.push((*known, number.flatten()));
            }
        }
    }
    Ok((how, values))
}
