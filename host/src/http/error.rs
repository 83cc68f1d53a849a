//! The one table from errors to HTTP status, worded in the format of the API that was called.

use axum::Json;
use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::llm::ModelError;
use crate::prompt::PromptError;
use crate::turn::TurnError;

/// Whose error format a client expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `/v1`: OpenAI's.
    OpenAi,
    /// `/v2`: Qianfan's.
    Qianfan,
}

/// An error on its way to a client.
#[derive(Debug, Clone)]
pub(super) struct ApiError {
    pub(super) status: StatusCode,
    code: &'static str,
    message: String,
    retry_after: Option<u64>,
}

impl ApiError {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), retry_after: None }
    }

    pub(super) fn bad_request(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    /// A body past its limit.
    pub(super) fn body_too_large() -> Self {
        framework_error(StatusCode::PAYLOAD_TOO_LARGE, "length limit exceeded")
    }

    /// A body that ended before its end.
    pub(super) fn broken_body(error: &axum::Error) -> Self {
        framework_error(StatusCode::BAD_REQUEST, &format!("the body cannot be received: {error}"))
    }

    pub(super) fn internal(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", message)
    }

    pub(super) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The body, also used for an error in the middle of a stream.
    pub(super) fn body(&self, dialect: Dialect, id: &str) -> Value {
        let kind = match self.status.as_u16() {
            429 => "rate_limit_error",
            400..=499 => "invalid_request_error",
            _ => "server_error",
        };
        match dialect {
            Dialect::OpenAi => {
                json!({"error": {"message": self.message, "type": kind, "param": null, "code": self.code}})
            }
            Dialect::Qianfan => {
                json!({"error": {"code": self.code, "message": self.message, "type": kind}, "id": id})
            }
        }
    }

    pub(super) fn respond(self, dialect: Dialect, id: &str) -> Response {
        if self.status.is_server_error() {
            tracing::error!(turn.id = id, "Answered {} with {}: {}", id, self.status, self.message);
        }
        let mut response = (self.status, Json(self.body(dialect, id))).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl IntoResponse for ApiError {
    /// As a mark for [`in_own_format`], which knows the path and so the format.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(Unworded(self));
        response
    }
}

/// An error that waits to be put into words.
#[derive(Debug, Clone)]
struct Unworded(ApiError);

/// Longest text of an error that is not the host's own.
const MOST_BYTES: usize = 8 << 10;

/// Puts every error into the format of the API that was called: those of the handlers, and those
/// of the framework before a handler was reached, such as a method, query or body it refuses.
pub(super) async fn in_own_format(request: Request, next: Next) -> Response {
    let dialect = if request.uri().path().starts_with("/v2/") { Dialect::Qianfan } else { Dialect::OpenAi };
    let response = next.run(request).await;
    let status = response.status();
    let is_json = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/json"));
    if !(status.is_client_error() || status.is_server_error()) || is_json {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let error = match parts.extensions.remove::<Unworded>() {
        Some(Unworded(error)) => error,
        None => {
            let text = axum::body::to_bytes(body, MOST_BYTES).await.unwrap_or_default();
            framework_error(status, String::from_utf8_lossy(&text).trim())
        }
    };
    let id = format!("as-{}", uuid::Uuid::now_v7().simple());
    let mut worded = error.respond(dialect, &id);
    // Such as `Allow`, which a 405 must have.
    for (name, value) in &parts.headers {
        if name != CONTENT_TYPE && name != CONTENT_LENGTH {
            worded.headers_mut().append(name, value.clone());
        }
    }
    worded
}

fn framework_error(status: StatusCode, text: &str) -> ApiError {
    let text = if text.is_empty() { status.canonical_reason().unwrap_or("the request failed") } else { text };
    let (code, mend) = match status {
        StatusCode::METHOD_NOT_ALLOWED => ("method_not_allowed", "; the header `allow` names those that are"),
        StatusCode::PAYLOAD_TOO_LARGE => (
            "body_too_large",
            "; send less, or raise max_chat_bytes in [server], for /documents max_import_bytes, for /imports max_upload_bytes",
        ),
        status if status.is_server_error() => ("internal_error", ""),
        _ => ("invalid_request", ""),
    };
    ApiError::new(status, code, format!("{text}{mend}"))
}

impl From<&TurnError> for ApiError {
    fn from(error: &TurnError) -> Self {
        let text = error.to_string();
        match error {
            TurnError::Request(_) => Self::bad_request("invalid_messages", text),
            TurnError::Prompt(PromptError::TooLong { .. }) => Self::bad_request("tokens_too_long", text),
            TurnError::Prompt(PromptError::WholeText { .. }) => {
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "whole_text_too_long", text)
            }
            TurnError::Knowledge(_) => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "knowledge_unavailable", text).retry_after(1)
            }
            // Nobody reads the answer to a client that has left.
            TurnError::Prompt(PromptError::Template(_)) | TurnError::Host(_) | TurnError::ClientLeft => {
                Self::internal(text)
            }
            TurnError::Plugin { .. } => Self::new(StatusCode::BAD_GATEWAY, "plugin_failed", text),
            TurnError::Timeout(_) => Self::new(StatusCode::GATEWAY_TIMEOUT, "turn_timeout", text),
            TurnError::Busy(_) => Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", text).retry_after(1),
            TurnError::Model(error) => match error {
                ModelError::Refused { status: 429, retry_after, .. } => {
                    Self::new(StatusCode::TOO_MANY_REQUESTS, "model_busy", text)
                        .retry_after(retry_after.unwrap_or(1))
                }
                // A key or a model name that is wrong is the operator's mistake, not the client's.
                ModelError::Refused { status: 400 | 413 | 422, .. } => {
                    Self::bad_request("model_refused", text)
                }
                ModelError::FirstByteTimeout { .. } | ModelError::Stalled { .. } => {
                    Self::new(StatusCode::GATEWAY_TIMEOUT, "model_timeout", text)
                }
                ModelError::TooLong { .. } => Self::new(
                    StatusCode::BAD_GATEWAY,
                    "answer_too_long",
                    "the model's answer was longer than one may be, and was cut off",
                ),
                ModelError::Unreachable { .. }
                | ModelError::Refused { .. }
                | ModelError::BrokenOff { .. }
                | ModelError::NeverAnswered { .. }
                | ModelError::Garbage { .. } => Self::new(StatusCode::BAD_GATEWAY, "model_failed", text),
            },
        }
    }
}
