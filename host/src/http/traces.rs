//! The traces of turns over HTTP.

use std::sync::Arc;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{ApiError, Fault};
use super::page_limit::PageLimit;
use super::said;
use crate::host::Host;
use crate::trace::{Flag, KindFilter, Rating, RatingFilter, TraceFilter, TracePage, TraceStore, TurnResult};

/// Traces of a list that says nothing of their number.
const USUAL: usize = 20;
/// Traces of one list.
const MOST: usize = 200;
/// Traces of an export that are read at once.
const EXPORTED: usize = 20;

/// `GET /v1/traces/{id}`: all that is kept of a turn.
pub(super) async fn get(State(host): State<Arc<Host>>, Path(id): Path<String>) -> Result<Response, ApiError> {
    let missing = format!(
        "no trace `{id}` is kept; the id is in the answer and its x-request-id header, and the newest max_traces are kept"
    );
    let body = read(host, move |traces| Ok(traces.get(&id)?.map(said::worded_text))).await?;
    let body = body.ok_or_else(|| ApiError::new(Fault::NotFound, missing))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TraceListParameters {
    limit: Option<PageLimit>,
    before: Option<String>,
    app: Option<String>,
    answered_by: Option<String>,
    kind: Option<KindFilter>,
    finish_reason: Option<String>,
    result: Option<TurnResult>,
    plugin: Option<String>,
    conversation: Option<String>,
    min_ms: Option<f64>,
    from: Option<u64>,
    to: Option<u64>,
    q: Option<String>,
    has: Option<Flag>,
    rating: Option<RatingFilter>,
    /// The older name of `rating`.
    feedback: Option<Rating>,
}

impl TraceListParameters {
    fn filter(&mut self) -> Result<TraceFilter, ApiError> {
        if self.min_ms.is_some_and(|least| !least.is_finite() || least < 0.0) {
            let message = "`min_ms` in the query must be a number of milliseconds, 0 or more";
            return Err(ApiError::invalid_request(message));
        }
        Ok(TraceFilter {
            app: self.app.take(),
            answered_by: self.answered_by.take(),
            kind: self.kind,
            result: self.result,
            from: self.from,
            to: self.to,
            finish_reason: self.finish_reason.take(),
            plugin: self.plugin.take(),
            conversation: self.conversation.take(),
            min_ms: self.min_ms,
            q: self.q.take(),
            has: self.has,
            rating: self.rating.or(self.feedback.map(RatingFilter::from)),
        })
    }
}

/// `GET /v1/traces?limit=50&before=<id>&app=&…`: what tells turns apart, newest first, of those that match.
pub(super) async fn list(
    State(host): State<Arc<Host>>,
    Query(mut parameters): Query<TraceListParameters>,
) -> Result<Json<Value>, ApiError> {
    let count = parameters.limit.map_or(USUAL, |limit| limit.at_most(MOST));
    let filter = parameters.filter()?;
    let page = page(host, filter, parameters.before, count).await?;
    Ok(Json(json!({"object": "list", "data": page.data, "next": page.next})))
}

/// `GET /v1/traces/export?…`: every trace that matches, whole, one a line, newest first.
pub(super) async fn export(
    State(host): State<Arc<Host>>,
    Query(mut parameters): Query<TraceListParameters>,
) -> Result<Response, ApiError> {
    let filter = parameters.filter()?;
    // The first page now: what cannot be read is told with a status.
    let first = page(Arc::clone(&host), filter.clone(), parameters.before, EXPORTED).await?;
    let lines = stream::try_unfold(Some(first), move |state: Option<TracePage>| {
        let (host, filter) = (Arc::clone(&host), filter.clone());
        async move {
            let Some(TracePage { data, next: before }) = state else { return Ok::<_, std::io::Error>(None) };
            let told = |error: ApiError| std::io::Error::other(error.for_operator());
            let bodies = read(Arc::clone(&host), move |traces| {
                let mut lines = String::new();
                for listed in data {
                    // One that was pruned since is left out.
                    if let Some(body) = traces.get(&listed.summary.id)? {
                        lines.push_str(&body);
                        lines.push('\n');
                    }
                }
                Ok(lines)
            });
            let lines = bodies.await.map_err(told)?;
            let next = match before {
                Some(before) => Some(page(host, filter, Some(before), EXPORTED).await.map_err(told)?),
                None => None,
            };
            Ok(Some((Bytes::from(lines), next)))
        }
    });
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(lines)).into_response())
}

async fn page(
    host: Arc<Host>,
    filter: TraceFilter,
    before: Option<String>,
    count: usize,
) -> Result<TracePage, ApiError> {
    let gone = || {
        let message = "`before` names no trace that is kept; begin again without it";
        ApiError::invalid_request(message)
    };
    read(host, move |traces| traces.list(&filter, before.as_deref(), count)).await?.ok_or_else(gone)
}

/// The disk may be slow, so traces are read beside the threads that serve.
pub(super) async fn read<T: Send + 'static>(
    host: Arc<Host>,
    read: impl FnOnce(&TraceStore) -> rusqlite::Result<T> + Send + 'static,
) -> Result<T, ApiError> {
    let read = tokio::task::spawn_blocking(move || read(&host.traces)).await?;
    read.map_err(|error| {
        ApiError::new(Fault::Internal, format!("traces.db in the data folder cannot be read: {error}"))
    })
}
