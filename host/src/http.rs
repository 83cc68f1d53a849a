//! What the host serves over HTTP.

mod apps;
mod base;
mod body;
mod chat;
mod config;
mod config_change;
mod console;
mod corrections;
mod costs;
mod decode;
mod dialect;
mod documents;
mod door;
mod entry;
mod error;
mod evaluate;
mod evaluation_questions;
mod evaluations;
mod feedback;
mod health;
mod job_view;
mod jobs;
mod knowledge;
mod lookup;
mod misread;
mod page_limit;
mod parameters;
mod plugins;
mod record;
mod request;
mod routes;
mod said;
mod server;
mod sources;
mod surrogate;
mod traces;
mod unpack;
mod upload;
mod whole;
mod wrong_path;

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Extension, Path, State};
use axum::http::{Uri, header};
use axum::response::IntoResponse;
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::door::Caller;
use crate::host::{Host, Running};
use crate::knowledge::Cancel;
use crate::metrics::{BaseFigures, CurrentParts, SourceFigures};
use crate::turn::App;
use error::ApiError;
use routes::Routes;
use server::HttpServer;

/// Serves until `stop`; answers that have begun may then end within `shutdown_timeout`, and all other
/// connections are closed.
pub async fn serve(running: &Arc<Running>, listener: TcpListener, stop: &Cancel) {
    let limits = running.now().limits.clone();
    HttpServer::new(Routes::of(running, router), &limits).run(listener, stop).await;
}

/// The API's index. Who may go where is in `door.rs`; what it does not name is for the admin only.
pub fn router(host: Arc<Host>) -> Router {
    let imports = DefaultBodyLimit::max(host.limits.max_import_bytes.0);
    let chats = DefaultBodyLimit::max(host.limits.max_chat_bytes.0);
    Router::new()
        .route("/v1/chat/completions", post(chat::openai))
        .route("/v2/chat/completions", post(chat::qianfan))
        .route("/v1/models", get(models))
        .route("/v1/models/{id}", get(model))
        .route("/v2/models", get(models))
        .route("/v2/models/{id}", get(model))
        .route("/v1/apps/{app}", get(apps::get).patch(apps::change))
        .route("/v1/apps/{app}/prompt", post(apps::prompt))
        .route("/v1/config", get(config::get))
        .route("/v1/config/check", post(config::check))
        .route("/v1/config/reload", post(config::reload))
        .route("/v1/knowledge-bases", get(knowledge::bases))
        .route("/v1/knowledge-bases/evaluate", post(evaluate::evaluate))
        .route("/v1/knowledge-bases/search", post(knowledge::search_many))
        .route("/v1/knowledge-bases/{base}", get(base::get).patch(config::change_base))
        .route("/v1/knowledge-bases/{base}/search", post(knowledge::search_one))
        .route("/v1/knowledge-bases/{base}/documents", get(documents::list).delete(documents::remove))
        .route("/v1/knowledge-bases/{base}/documents", post(knowledge::import).layer(imports))
        .route(
            "/v1/knowledge-bases/{base}/documents/{*id}",
            delete(knowledge::delete).get(documents::get).patch(documents::switch),
        )
        .route(
            "/v1/knowledge-bases/{base}/sections",
            get(documents::sections).patch(documents::change_section),
        )
        .route("/v1/knowledge-bases/{base}/preview", post(documents::preview).layer(imports))
        .route(
            "/v1/knowledge-bases/{base}/imports",
            // Its own limit is max_upload_bytes, counted as the files are received.
            post(jobs::import).layer(DefaultBodyLimit::disable()),
        )
        .route("/v1/knowledge-bases/{base}/imports/{job}/retry", post(jobs::retry))
        .route("/v1/knowledge-bases/{base}/sources", get(sources::list))
        .route("/v1/knowledge-bases/{base}/sources/{source}/fetch", post(sources::fetch))
        .route("/v1/knowledge-bases/{base}/reembed", post(jobs::reembed))
        .route("/v1/knowledge-bases/{base}/questions", post(corrections::correct))
        .route(
            "/v1/evaluation-questions",
            get(evaluation_questions::list)
                .post(evaluation_questions::add)
                .delete(evaluation_questions::remove),
        )
        .route("/v1/evaluations", get(evaluations::list).post(evaluations::start))
        .route("/v1/evaluations/{id}", get(evaluations::get).delete(evaluations::remove))
        .route("/v1/evaluations/{id}/questions", get(evaluations::questions))
        .route("/v1/feedback", post(feedback::rate))
        .route("/v1/costs", get(costs::costs))
        .route("/v1/plugins", get(plugins::list))
        .route("/v1/plugins/{name}/run", post(plugins::run))
        .route("/v1/jobs", get(jobs::list))
        .route("/v1/jobs/{id}", get(jobs::get).delete(jobs::cancel))
        .route("/v1/jobs/{id}/cancel", post(jobs::cancel))
        .route("/v1/traces", get(traces::list))
        .route("/v1/traces/export", get(traces::export))
        .route("/v1/traces/{id}", get(traces::get))
        .route("/console", get(console::without_slash))
        .route("/console/", get(console::page))
        .route("/console/{file}", get(console::file))
        // The older name of /livez.
        .route("/healthz", get(health::live))
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics))
        .fallback(async |uri: Uri| wrong_path::told(uri.path()))
        .layer(chats)
        .layer(axum::middleware::from_fn(parameters::expect_known))
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&host), door::guard))
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&host), entry::enter))
        .with_state(host)
}

async fn models(State(host): State<Arc<Host>>, Extension(caller): Extension<Caller>) -> Json<Value> {
    let apps = host.apps.values().filter(|app| caller.may_use(&app.name));
    let data: Vec<Value> = apps.map(|app| described(&host, app)).collect();
    Json(json!({"object": "list", "data": data}))
}

/// `GET /v1/models/{id}`
async fn model(
    State(host): State<Arc<Host>>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let named = decode::app_name(&id);
    let mut model = described(&host, decode::app(&host.apps, &caller, named)?);
    model["id"] = id.as_str().into();
    Ok(Json(model))
}

fn described(host: &Host, app: &App) -> Value {
    json!({"id": app.name, "object": "model", "created": host.started, "owned_by": "qianfan-host"})
}

async fn metrics(State(host): State<Arc<Host>>) -> impl IntoResponse {
    let bases = join_all(host.library.bases().map(async |base| {
        let size = if base.is_embedded() {
            base.size_now().await.ok()
        } else {
            // Whoever scrapes waits for no server.
            base.size_of_late().await
        };
        let searchable = size.is_some() && base.warning().is_none() && base.unavailable().is_none();
        BaseFigures { name: base.name().to_owned(), size, searchable }
    }))
    .await;
    let mut sources = Vec::new();
    for base in host.library.bases() {
        for source in base.settings().sources.keys() {
            let last_run = host.jobs.last_run(base.name(), source).await;
            sources.push(SourceFigures { base: base.name().to_owned(), name: source.clone(), last_run });
        }
    }
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let now = CurrentParts {
        jobs: host.jobs.clone(),
        bases,
        sources,
        servers: host.servers.clone(),
        engine: host.engine().cloned(),
        plugins: host.plugins.values().cloned().collect(),
        searches: Arc::clone(host.library.tally()),
    };
    ([(header::CONTENT_TYPE, kind)], host.metrics.render(now))
}

#[cfg(test)]
mod tests;
