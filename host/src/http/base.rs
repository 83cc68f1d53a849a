//! One knowledge base over HTTP: the settings in force and where each comes from, how much it holds, who uses it.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Map, Value, json};

use super::config::KEYS;
use super::documents::failed;
use super::error::ApiError;
use super::lookup::base;
use super::said;
use crate::config;
use crate::host::Host;
use crate::knowledge::{Base, BaseSettings};

/// How long an embedder or a store may take to say what made the vectors.
const ASKING: Duration = Duration::from_secs(2);

/// `GET /v1/knowledge-bases/{base}`
pub(super) async fn get(
    State(host): State<Arc<Host>>,
    Path(name): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let base = base(&host, &name)?;
    let totals = match base.is_away() {
        Some(reason) => Err(reason),
        None => base.totals().await.map_err(|error| error.to_string()),
    };
    let serving = tokio::time::timeout(ASKING, base.serving_embedder()).await.ok();
    let (serving, reembed_needed) = match serving {
        Some(Ok(serving)) => {
            let is_other = serving != base.settings().embedder;
            (Some(serving), is_other)
        }
        // What is stored was made with one that is not configured any more.
        Some(Err(error)) => (None, error.is_other_embedder()),
        None => (None, false),
    };
    let state = match state(base, totals.is_ok()) {
        "ok" | "degraded" if reembed_needed => "needs_reembed",
        state => state,
    };
    let known = totals.as_ref().ok();
    let kind = if base.is_embedded() { "embedded" } else { "qdrant" };
    Ok(Json(said::worded(json!({
        "object": "knowledge_base",
        "name": base.name(),
        "title": base.title(),
        "state": state,
        "error": totals.as_ref().err().cloned().or_else(|| base.trouble()),
        "warning": warning(base),
        "documents": known.map(|totals| totals.documents),
        "windows": known.map(|totals| totals.windows),
        "bytes": known.map(|totals| totals.bytes),
        "noted": known.map(|totals| totals.noted),
        "off": known.map(|totals| totals.off),
        "failed": failed(&host, base).await.map_or(Value::Null, |failed| failed.len().into()),
        "store": {"name": base.settings().store, "kind": kind},
        "embedder": {
            "configured": base.settings().embedder,
            "serving": serving,
            "reembed_needed": reembed_needed,
        },
        "settings": settings(&host, base),
        "used_by": used_by(&host, base.name()),
        "sources": base.settings().sources.keys().collect::<Vec<_>>(),
    }))))
}

/// What is wrong with a base that can be searched all the same.
pub(super) fn warning(base: &Base) -> Option<String> {
    base.warning().or_else(|| base.without_vectors())
}

/// How a base is, as far as that is known without asking anybody.
pub(super) fn state(base: &Base, is_readable: bool) -> &'static str {
    if !is_readable || base.unavailable().is_some() {
        "unavailable"
    } else if base.trouble().or_else(|| warning(base)).is_some() {
        "degraded"
    } else {
        "ok"
    }
}

/// Each key of the base's table: what the file says or the default, what a search goes by, and where that comes from.
fn settings(host: &Host, base: &Base) -> Value {
    let table = format!("knowledge.{}", base.name());
    let effective = host.config.effective();
    let written = effective["knowledge"][base.name()].as_object();
    let told = written.into_iter().flatten().filter(|(key, _)| *key != "sources").map(|(key, value)| {
        let is_default = value["default"] == true;
        let path = format!("{table}.{key}");
        let line = if is_default { None } else { host.config.line(&path) };
        let (in_force, inherited) = in_force(base.settings(), key, &value["value"], is_default);
        let mut told = json!({
            "value": value["value"],
            "effective": in_force,
            "source": if is_default { "default" } else { "file" },
            "line": line,
            "key": path,
            "changeable": KEYS.iter().any(|(known, _)| known == key),
        });
        if let Some(inherited) = inherited {
            told["inherited"] = inherited.into();
        }
        if let Some((least, most)) = range(key) {
            told["min"] = json!(least);
            told["max"] = json!(most);
        }
        if KEYS.iter().any(|(known, is_whole)| known == key && *is_whole) {
            told["whole"] = true.into();
        }
        (key.clone(), told)
    });
    Value::Object(told.collect::<Map<_, _>>())
}

/// What holds, and the key whose value that is where it is another's.
fn in_force(
    settings: &BaseSettings,
    key: &str,
    value: &Value,
    is_default: bool,
) -> (Value, Option<&'static str>) {
    let thresholds = settings.hit_thresholds();
    match key {
        "title" if is_default => (Value::Null, None),
        "threshold" => (json!(thresholds.passages), None),
        "question_threshold" => {
            let inherited = (is_default && settings.threshold.is_some()).then_some("threshold");
            (json!(thresholds.questions), inherited)
        }
        _ => (value.clone(), None),
    }
}

/// What a number may be, least and most, as the schema of the configuration has it.
fn range(key: &str) -> Option<(f64, f64)> {
    let key = &config::schema()["properties"]["knowledge"]["additionalProperties"]["properties"][key];
    Some((key["minimum"].as_f64()?, key["maximum"].as_f64()?))
}

/// The apps that search the base or have its whole text in their prompts.
pub(super) fn used_by(host: &Host, base: &str) -> Vec<Value> {
    let config = &host.config;
    let may_search = |plugin: &str| {
        config
            .plugins
            .get(plugin)
            .is_some_and(|plugin| plugin.grants.knowledge.iter().any(|name| name == base))
    };
    let uses = config.apps.iter().filter_map(|(name, app)| {
        let plugins = app.plugins.iter().map(|entry| entry.plugin.as_str()).filter(|name| may_search(name));
        let plugins: Vec<&str> = plugins.collect();
        let whole_text = app.whole_text.iter().any(|name| name == base);
        (whole_text || !plugins.is_empty()).then(
            || json!({"app": name, "plugins": plugins, "whole_text": whole_text, "follow_up": app.follow_up}),
        )
    });
    uses.collect()
}
