//! A request's entry in the log and among the figures: made when it comes, written once, when its
//! answer has ended.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use http_body::{Body as _, Frame, SizeHint};

use super::error::{ApiError, Dialect};
use crate::cut::cut;
use crate::host::Host;
use crate::metrics::Metrics;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// A client's own name for a request, as OpenAI's API takes it.
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("x-client-request-id");
/// Bytes of a client's own name for a request; a longer one is not taken.
const LONGEST_CLIENT_ID: usize = 128;
/// Bytes of a path in the log.
const LONGEST_PATH: usize = 200;
/// What asks every few seconds whether all is well. Its requests are in the log for debugging only.
const PROBES: [&str; 4] = ["/livez", "/healthz", "/readyz", "/metrics"];

/// What is known of one request. Cloning shares it.
///
/// The host names each request itself and never takes a client's name over: the id of a turn opens its
/// trace and goes on from its answer, so nobody may choose it. A client's own name stands beside it.
#[derive(Clone, Default)]
pub(super) struct Entry(Arc<Known>);

#[derive(Default)]
struct Known {
    id: String,
    client_id: Option<HeaderValue>,
    method: Method,
    path: String,
    began: Option<Instant>,
    late: Mutex<Late>,
}

/// What is known only later.
#[derive(Default)]
struct Late {
    /// Name of the client's key.
    key: Option<String>,
    /// A code, and what the operator reads.
    failure: Option<(&'static str, String)>,
}

impl Entry {
    fn of(request: &Request) -> Self {
        let path = request.uri().path();
        let dialect = Dialect::of(path);
        let id = if dialect != Dialect::OpenAi || path == "/v1/chat/completions" {
            dialect.new_id()
        } else {
            format!("req-{}", uuid::Uuid::now_v7().simple())
        };
        Self(Arc::new(Known {
            id,
            client_id: client_id(request.headers()),
            method: request.method().clone(),
            path: cut(path, LONGEST_PATH).into_owned(),
            began: Some(Instant::now()),
            late: Mutex::default(),
        }))
    }

    /// The request's name, and its turn's.
    pub(super) fn id(&self) -> &str {
        &self.0.id
    }

    /// Whose key it came with.
    pub(super) fn came_with(&self, key: Option<&str>) {
        self.late().key = key.map(str::to_owned);
    }

    /// It was answered with an error, or its answer ended with one.
    pub(super) fn failed(&self, error: &ApiError) {
        self.late().failure = Some((error.fault().code(), error.for_operator().to_owned()));
    }

    fn late(&self) -> MutexGuard<'_, Late> {
        self.0.late.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A client's own name for its request, where it can stand in a header and in a log as it is.
fn client_id(headers: &HeaderMap) -> Option<HeaderValue> {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:/+=~@".contains(byte);
    let named = headers.get(CLIENT_REQUEST_ID).or_else(|| headers.get(REQUEST_ID))?;
    let bytes = named.as_bytes();
    let fits = (1..=LONGEST_CLIENT_ID).contains(&bytes.len()) && bytes.iter().all(is_plain);
    fits.then(|| named.clone())
}

/// Opens a request's entry, names the request in its answer, and writes the entry when that has ended.
pub(super) async fn enter(State(host): State<Arc<Host>>, mut request: Request, next: Next) -> Response {
    let entry = Entry::of(&request);
    let route = request.extensions().get::<MatchedPath>().cloned();
    request.extensions_mut().insert(entry.clone());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(entry.id()) {
        headers.insert(REQUEST_ID, id);
    }
    if let Some(id) = &entry.0.client_id {
        headers.insert(CLIENT_REQUEST_ID, id.clone());
    }
    let status = response.status().as_u16();
    let metrics = Arc::clone(&host.metrics);
    response.map(|body| Body::new(Answer { body, entry, route, status, metrics, bytes: 0, ended: false }))
}

/// An answer on its way. Dropped, it has ended.
struct Answer {
    body: Body,
    entry: Entry,
    route: Option<MatchedPath>,
    status: u16,
    metrics: Arc<Metrics>,
    bytes: u64,
    ended: bool,
}

impl http_body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        match &frame {
            Poll::Ready(Some(Ok(frame))) => {
                self.bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
            }
            Poll::Ready(None) => self.ended = true,
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

impl Drop for Answer {
    fn drop(&mut self) {
        let Known { id, client_id, method, path, began, .. } = &*self.entry.0;
        let Late { key, failure } = std::mem::take(&mut *self.entry.late());
        let status = self.status;
        let (code, cause) = failure.unzip();
        let route = self.route.as_ref().map_or("none", |route| route.as_str());
        self.metrics.answered(route, status, code.unwrap_or("ok"));
        let ms = began.map_or(0.0, |began| (began.elapsed().as_secs_f64() * 10_000.0).round() / 10.0);
        let left = !(self.ended || self.body.is_end_stream() || method == Method::HEAD);
        let client_id = client_id.as_ref().and_then(|id| id.to_str().ok());
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
                    "{method} {path} ({id}): {status}{}{}{}",
                    if left { ", the client left" } else { "" },
                    if cause.is_some() { ": " } else { "" },
                    cause.as_deref().unwrap_or_default(),
                )
            };
        }
        // A failure in the middle of an answer comes after a good status.
        match status {
            503 => line!(tracing::Level::WARN),
            500.. => line!(tracing::Level::ERROR),
            _ if status < 400 && cause.is_some() => line!(tracing::Level::ERROR),
            _ if PROBES.contains(&path.as_str()) => line!(tracing::Level::DEBUG),
            _ => line!(tracing::Level::INFO),
        }
    }
}
