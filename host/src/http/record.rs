//! The record of a request: what is known of it from its head to the end of its answer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::dialect::Dialect;
use super::error::ApiError;
use crate::cut::cut;

/// The header with the host's own name for a request.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// A client's own name for a request, as OpenAI's API takes it.
pub(super) const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("x-client-request-id");
/// A client's own name for a request, as Qianfan's client sends it.
const QIANFAN_REQUEST_ID: HeaderName = HeaderName::from_static("request_id");
/// Bytes of a client's own name for a request; a longer one is not taken.
const LONGEST_CLIENT_ID: usize = 128;
/// Bytes of a path in the log.
const LONGEST_PATH: usize = 200;

/// What is known of one request. Cloning shares it.
///
/// The host names each request itself and never takes a client's name over: the id of a turn opens its
/// trace and goes on from its answer, so nobody may choose it. A client's own name stands beside it.
#[derive(Clone, Default)]
pub(super) struct RequestRecord(pub(super) Arc<RequestFacts>);

#[derive(Default)]
pub(super) struct RequestFacts {
    pub(super) id: String,
    pub(super) client_id: Option<HeaderValue>,
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) began: Option<Instant>,
    pub(super) learnt: Mutex<Learnt>,
}

/// What is known only later.
#[derive(Default)]
pub(super) struct Learnt {
    /// Name of the client's key.
    pub(super) key: Option<String>,
    pub(super) failure: Option<ApiError>,
}

impl RequestRecord {
    pub(super) fn of(request: &Request) -> Self {
        let path = request.uri().path();
        let dialect = Dialect::of(path);
        let id = if dialect != Dialect::OpenAi || path == "/v1/chat/completions" {
            dialect.new_id()
        } else {
            format!("req-{}", uuid::Uuid::now_v7().simple())
        };
        Self(Arc::new(RequestFacts {
            id,
            client_id: client_id(request.headers()),
            method: request.method().clone(),
            path: cut(path, LONGEST_PATH).into_owned(),
            began: Some(Instant::now()),
            learnt: Mutex::default(),
        }))
    }

    /// The request's name, and its turn's.
    pub(super) fn id(&self) -> &str {
        &self.0.id
    }

    /// The format that its errors are in.
    pub(super) fn dialect(&self) -> Dialect {
        Dialect::of(&self.0.path)
    }

    /// Notes the name of the key that the request came with.
    pub(super) fn came_with(&self, key: Option<&str>) {
        self.learnt().key = key.map(str::to_owned);
    }

    /// It was answered with an error, or its answer ended with one.
    pub(super) fn failed(&self, error: &ApiError) {
        self.learnt().failure = Some(error.clone());
    }

    pub(super) fn learnt(&self) -> MutexGuard<'_, Learnt> {
        self.0.learnt.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A client's own name for its request, where it can stand in a header and in a log as it is.
fn client_id(headers: &HeaderMap) -> Option<HeaderValue> {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:/+=~@".contains(byte);
    let named =
        [CLIENT_REQUEST_ID, REQUEST_ID, QIANFAN_REQUEST_ID].iter().find_map(|name| headers.get(name))?;
    let bytes = named.as_bytes();
    let fits = (1..=LONGEST_CLIENT_ID).contains(&bytes.len()) && bytes.iter().all(is_plain);
    fits.then(|| named.clone())
}
