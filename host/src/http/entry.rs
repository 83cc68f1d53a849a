//! A request's entry in the log and among the figures: made when it comes, written once, when its
//! answer has ended.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use http_body::{Body as _, Frame, SizeHint};
use tracing::Level;

use super::dialect::Dialect;
use super::error::{self, ApiError};
use super::record::{CLIENT_REQUEST_ID, Learnt, REQUEST_ID, RequestFacts, RequestRecord};
use super::server::Late;
use crate::host::Host;
use crate::metrics::Metrics;

/// What asks every few seconds whether all is well. Its requests are in the log for debugging only.
const PROBES: [&str; 4] = ["/livez", "/healthz", "/readyz", "/metrics"];

/// Opens a request's entry, puts an error into words, names the request in its answer, and writes the
/// entry when that has ended, or when the client has left before.
pub(super) async fn enter(State(host): State<Arc<Host>>, mut request: Request, next: Next) -> Response {
    let entry = RequestRecord::of(&request);
    let mut open = OpenEntry {
        entry: entry.clone(),
        route: request.extensions().get::<MatchedPath>().cloned(),
        metrics: Arc::clone(&host.metrics),
        status: None,
        bytes: 0,
        ended: false,
    };
    request.extensions_mut().insert(entry.clone());
    let late = request.extensions().get::<Late>().cloned().unwrap_or_default();
    let response = next.run(request).await;
    let (mut response, failure) = error::in_own_format(response, entry.dialect(), entry.id(), &late).await;
    if let Some(failure) = &failure {
        entry.failed(failure);
    }
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(entry.id()) {
        headers.insert(REQUEST_ID, id);
    }
    if let Some(id) = &entry.0.client_id {
        headers.insert(CLIENT_REQUEST_ID, id.clone());
    }
    open.status = Some(response.status());
    response.map(|body| Body::new(LoggedBody { body, open }))
}

/// The id and the body of the answer to what is not a request, whose entry is written here: no route and no middleware has
/// seen it.
pub(super) fn refused(metrics: &Arc<Metrics>, status: StatusCode) -> (String, String) {
    let error = ApiError::of_head(status);
    let known = RequestFacts {
        id: format!("req-{}", uuid::Uuid::now_v7().simple()),
        // What it would have been is not known.
        method: Method::from_bytes(b"-").unwrap_or_default(),
        path: "(no request)".to_owned(),
        began: Some(Instant::now()),
        ..RequestFacts::default()
    };
    let entry = RequestRecord(Arc::new(known));
    entry.failed(&error);
    let told = (entry.id().to_owned(), error.body(Dialect::OpenAi, entry.id()).to_string());
    let metrics = Arc::clone(metrics);
    let bytes = told.1.len() as u64;
    drop(OpenEntry { entry, route: None, metrics, status: Some(status), bytes, ended: true });
    told
}

/// An entry that is not written yet. Dropped, it is.
struct OpenEntry {
    entry: RequestRecord,
    route: Option<MatchedPath>,
    metrics: Arc<Metrics>,
    /// `None` until there is an answer.
    status: Option<StatusCode>,
    bytes: u64,
    ended: bool,
}

/// An answer on its way.
struct LoggedBody {
    body: Body,
    open: OpenEntry,
}

impl http_body::Body for LoggedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        match &frame {
            Poll::Ready(Some(Ok(frame))) => {
                self.open.bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
            }
            Poll::Ready(None) => self.open.ended = true,
            _ => {}
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for LoggedBody {
    fn drop(&mut self) {
        // A body that has announced its end, and the body of an answer to HEAD, are never polled to their
        // end, so they count as ended here.
        self.open.ended |= self.body.is_end_stream() || self.open.entry.0.method == Method::HEAD;
    }
}

impl Drop for OpenEntry {
    fn drop(&mut self) {
        let RequestFacts { id, client_id, method, path, began, .. } = &*self.entry.0;
        let Learnt { key, failure } = std::mem::take(&mut *self.entry.learnt());
        let unharmed = if self.ended { "ok" } else { "client_left" };
        let code = failure.as_ref().map_or(unharmed, |error| error.fault().code());
        let route = self.route.as_ref().map_or("none", MatchedPath::as_str);
        let status = self.status.map_or(0, |status| status.as_u16());
        self.metrics.answered(route, status, code);
        let ms = began.map_or(0.0, |began| (began.elapsed().as_secs_f64() * 10_000.0).round() / 10.0);
        let client_id = client_id.as_ref().and_then(|id| id.to_str().ok());
        let said = failure.as_ref().map_or(String::new(), |error| format!(": {}", error.for_operator()));
        macro_rules! line {
            ($level:expr) => {
                tracing::event!(
                    $level,
                    request.id = id.as_str(),
                    client.request_id = client_id,
                    key = key.as_deref(),
                    status,
                    code,
                    ms,
                    bytes = self.bytes,
                    "{method} {path} ({id}){said}"
                )
            };
        }
        match status {
            503 => line!(Level::WARN),
            500.. => line!(Level::ERROR),
            // The answer broke off after its status had been sent as a success.
            ..400 if failure.is_some() => line!(Level::ERROR),
            // The client is told less, so that it is the operator's to look at.
            _ if failure.as_ref().is_some_and(ApiError::has_cause) => line!(Level::WARN),
            _ if PROBES.contains(&path.as_str()) => line!(Level::DEBUG),
            _ => line!(Level::INFO),
        }
    }
}
