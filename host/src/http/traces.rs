//! The traces of turns over HTTP.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{ApiError, Fault};
use crate::host::Host;
use crate::trace::TraceStore;

/// Traces of a list that says nothing of their number.
const USUAL: usize = 20;
/// Traces of one list.
const MOST: usize = 200;

/// `GET /v1/traces/{id}`: all that is kept of a turn.
pub(super) async fn get(State(host): State<Arc<Host>>, Path(id): Path<String>) -> Result<Response, ApiError> {
    let missing = format!(
        "no trace `{id}` is kept; the id is in the answer and its x-request-id header, and the newest max_traces are kept"
    );
    let body = read(host, move |traces| traces.get(&id)).await?;
    let body = body.ok_or_else(|| ApiError::new(Fault::NotFound, missing))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

#[derive(Deserialize)]
pub(super) struct ListParameters {
    limit: Option<usize>,
}

/// `GET /v1/traces`: what tells the newest turns apart, newest first.
pub(super) async fn list(
    State(host): State<Arc<Host>>,
    Query(parameters): Query<ListParameters>,
) -> Result<Json<Value>, ApiError> {
    let count = parameters.limit.unwrap_or(USUAL).min(MOST);
    let data = read(host, move |traces| traces.newest(count)).await?;
    Ok(Json(json!({"object": "list", "data": data})))
}

/// The disk may be slow, so traces are read beside the threads that serve.
async fn read<T: Send + 'static>(
    host: Arc<Host>,
    read: impl FnOnce(&TraceStore) -> rusqlite::Result<T> + Send + 'static,
) -> Result<T, ApiError> {
    let read = tokio::task::spawn_blocking(move || read(&host.traces)).await?;
    read.map_err(|error| {
        ApiError::new(Fault::Internal, format!("traces.db in the data folder cannot be read: {error}"))
    })
}
