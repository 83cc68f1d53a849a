//! The one table from errors to HTTP status, worded in the format of the API that was called.

use axum::Json;
use axum::extract::Request;
use axum::http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::server::Late;
use crate::disk::TO_RESERVE;
use crate::door::Refusal;
use crate::endpoint::may_pass;
use crate::knowledge::BaseError;
use crate::llm::{Meaning, ModelError};
use crate::prompt::PromptError;
use crate::redact;
use crate::turn::TurnError;

/// Whose error format a client expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `/v1`: OpenAI's.
    OpenAi,
    /// `/v2`: Qianfan's.
    Qianfan,
}

impl Dialect {
    /// Of the API that a path belongs to.
    pub(super) fn of(path: &str) -> Self {
        if path.starts_with("/v2/") { Self::Qianfan } else { Self::OpenAi }
    }

    /// A new id for an answer. Whoever was given it may go on from the answer, so all but its time is
    /// drawn anew: ids that count up within a millisecond tell most of their neighbours.
    pub(super) fn new_id(self) -> String {
        let prefix = if self == Self::OpenAi { "chatcmpl" } else { "as" };
        let now = uuid::Timestamp::now(uuid::NoContext);
        format!("{prefix}-{}", uuid::Uuid::new_v7(now).simple())
    }
}

/// An error on its way to a client.
#[derive(Debug, Clone)]
pub(super) struct ApiError {
    pub(super) status: StatusCode,
    code: &'static str,
    message: String,
    retry_after: Option<u64>,
    /// Trying again cannot help, although the status says that it may: clients' libraries are told so.
    not_again: bool,
    /// The client is told less than the operator, who finds the cause in the log and in the turn's trace.
    traced: bool,
}

impl ApiError {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), retry_after: None, not_again: false, traced: false }
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

    fn not_again(mut self) -> Self {
        self.not_again = true;
        self
    }

    /// An error whose cause the turn has logged and keeps in its trace.
    fn traced(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { traced: true, ..Self::new(status, code, message) }
    }

    /// The body, also used for an error in the middle of a stream.
    pub(super) fn body(&self, dialect: Dialect, id: &str) -> Value {
        let kind = match self.status.as_u16() {
            429 => "rate_limit_error",
            400..=499 => "invalid_request_error",
            _ => "server_error",
        };
        // No door knows all that may have got into a text, so secrets are looked for in every one.
        let mut message = redact::known().text(&self.message).into_owned();
        if self.traced {
            message.push_str(&format!("; the operator finds the cause in the trace of the turn {id}"));
        }
        match dialect {
            Dialect::OpenAi => {
                json!({"error": {"message": message, "type": kind, "param": null, "code": self.code}})
            }
            Dialect::Qianfan => {
                // Qianfan's own word, which its clients look for.
                let code = if self.code == "invalid_api_key" { "invalid_iam_token" } else { self.code };
                json!({"error": {"code": code, "message": message, "type": kind}, "id": id})
            }
        }
    }

    pub(super) fn respond(self, dialect: Dialect, id: &str) -> Response {
        if self.status.is_server_error() && !self.traced {
            tracing::error!(turn.id = id, "Answered {} with {}: {}", id, self.status, self.message);
        }
        let mut response = (self.status, Json(self.body(dialect, id))).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.not_again {
            response.headers_mut().insert("x-should-retry", HeaderValue::from_static("false"));
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

/// Puts every error into the format of the API that was called: those of the handlers, those of the
/// framework before a handler was reached, such as a method, query or body it refuses, and a body that
/// came too slowly, of which neither knows more than that it broke off.
pub(super) async fn in_own_format(request: Request, next: Next) -> Response {
    let dialect = Dialect::of(request.uri().path());
    let late = request.extensions().get::<Late>().cloned().unwrap_or_default();
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let is_json = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/json"));
    if is_json && !late.is_late() {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let error = match parts.extensions.remove::<Unworded>() {
        _ if late.is_late() => too_slow(),
        Some(Unworded(error)) => error,
        None => {
            let text = axum::body::to_bytes(body, MOST_BYTES).await.unwrap_or_default();
            framework_error(status, String::from_utf8_lossy(&text).trim())
        }
    };
    let given = parts.headers.get("x-request-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let id = given.unwrap_or_else(|| format!("as-{}", uuid::Uuid::now_v7().simple()));
    let mut worded = error.respond(dialect, &id);
    // Such as `Allow`, which a 405 must have.
    for (name, value) in &parts.headers {
        if name != CONTENT_TYPE && name != CONTENT_LENGTH {
            worded.headers_mut().append(name, value.clone());
        }
    }
    if late.is_late() {
        worded.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    worded
}

fn too_slow() -> ApiError {
    let message = "the body came too slowly and was not waited for (stall_timeout and min_rate in [server]); send it again";
    ApiError::new(StatusCode::REQUEST_TIMEOUT, "body_too_slow", message)
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

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let (status, code) = match refusal {
            Refusal::NoKey | Refusal::WrongKey | Refusal::Expired => {
                (StatusCode::UNAUTHORIZED, "invalid_api_key")
            }
            Refusal::NotForClients { .. } | Refusal::Remote(_) | Refusal::Forwarded { .. } => {
                (StatusCode::FORBIDDEN, "permission_denied")
            }
            Refusal::TwoHosts | Refusal::MalformedHost => (StatusCode::BAD_REQUEST, "invalid_host"),
            Refusal::UnknownHost => (StatusCode::FORBIDDEN, "unknown_host"),
            Refusal::OtherPage { .. } | Refusal::OldBrowser | Refusal::Preflight => {
                (StatusCode::FORBIDDEN, "cross_origin")
            }
            Refusal::Form => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "invalid_content_type"),
        };
        Self::new(status, code, refusal.to_string())
    }
}

/// What is told where the reserve is spent.
pub(super) fn disk_is_short(free: u64) -> String {
    format!(
        "the disk of the data folder is full ({} MiB left): delete documents, or free space; imports are taken again \
         once {} MiB are free",
        free >> 20,
        TO_RESERVE >> 20
    )
}

impl ApiError {
    /// There is no room for what was sent. Trying again does not help before somebody has made some.
    pub(super) fn no_room(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INSUFFICIENT_STORAGE, "insufficient_storage", message)
    }

    /// Nobody knows whether trying again helps.
    pub(super) fn base_unavailable(error: &impl ToString) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "knowledge_base_unavailable", error.to_string())
    }

    /// Why a knowledge base could not do it, with the time to wait only where time may help.
    pub(super) fn of_base(error: &BaseError) -> Self {
        if error.is_full() {
            return Self::no_room(error.to_string());
        }
        let told = Self::base_unavailable(error);
        if !error.may_pass() {
            return told;
        }
        told.retry_after(error.retry_after().map_or(SOON, |wait| wait.as_secs().max(1)))
    }
}

/// When a client may ask again for a knowledge base that was away, in seconds.
pub(super) const SOON: u64 = 5;

/// What a client is told of a turn without an answer: what it may do about it, and neither addresses,
/// names of the configuration nor what others said.
impl From<&TurnError> for ApiError {
    fn from(error: &TurnError) -> Self {
        let unavailable =
            |code, text: &str| Self::traced(StatusCode::SERVICE_UNAVAILABLE, code, text).retry_after(1);
        match error {
            TurnError::Request(text) => Self::bad_request("invalid_messages", text),
            TurnError::Prompt(PromptError::TooLong { needed, budget }) => {
                let text = format!(
                    "the question takes about {needed} tokens with the app's instructions, and {} are allowed ({budget}); shorten it",
                    budget.tokens()
                );
                Self::bad_request("tokens_too_long", text)
            }
            TurnError::Prompt(PromptError::WholeText { .. }) => Self::traced(
                StatusCode::INTERNAL_SERVER_ERROR,
                "whole_text_too_long",
                "the app's knowledge is larger than its prompt",
            )
            .not_again(),
            TurnError::Knowledge(_) => unavailable(
                "knowledge_unavailable",
                "the knowledge base cannot be reached; try again shortly",
            ),
            // Nobody reads the answer to a client that has left.
            TurnError::Prompt(PromptError::Template(_)) | TurnError::Host(_) | TurnError::ClientLeft => {
                Self::traced(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "the host failed")
            }
            TurnError::Plugin { .. } => {
                Self::traced(StatusCode::BAD_GATEWAY, "plugin_failed", "a plugin of the app failed")
            }
            TurnError::Timeout(_) => {
                Self::traced(StatusCode::GATEWAY_TIMEOUT, "turn_timeout", "the answer took too long")
            }
            TurnError::Busy(_) => unavailable("busy", "the host is busy; try again shortly"),
            TurnError::Model(error) => Self::of_model(error),
        }
    }
}

/// Fields of a request that a model may refuse it for, longer names before those within them.
const REFUSED_FOR: [&str; 14] = [
    "max_completion_tokens",
    "max_tokens",
    "temperature",
    "top_p",
    "penalty_score",
    "frequency_penalty",
    "presence_penalty",
    "response_format",
    "parallel_tool_calls",
    "tool_choice",
    "tools",
    "seed",
    "stop",
    "messages",
];

impl ApiError {
    fn of_model(error: &ModelError) -> Self {
        match error {
            ModelError::Refused { status: 429, retry_after, .. } => Self::traced(
                StatusCode::TOO_MANY_REQUESTS,
                "model_busy",
                "the model is busy; try again shortly",
            )
            .retry_after(retry_after.unwrap_or(1)),
            ModelError::NoAnswer { meaning: Meaning::Busy, .. } => Self::traced(
                StatusCode::TOO_MANY_REQUESTS,
                "model_busy",
                "the model is busy; try again shortly",
            )
            .retry_after(1),
            ModelError::NoAnswer { meaning: Meaning::Spent, .. } => Self::traced(
                StatusCode::TOO_MANY_REQUESTS,
                "model_busy",
                "what may be asked of the model is used up for now",
            )
            .not_again(),
            ModelError::NotAsked(open) => Self::traced(
                StatusCode::SERVICE_UNAVAILABLE,
                "model_unavailable",
                "the model cannot be reached; try again shortly",
            )
            .retry_after(open.seconds()),
            // A key or a model name that is wrong is the operator's mistake, not the client's.
            ModelError::Refused { status: 400 | 413 | 422, message, .. } => {
                // Its own words tell of its inside, whatever they are searched for; the fields that a client
                // may have set are known.
                let text = match REFUSED_FOR.iter().find(|field| message.contains(**field)) {
                    Some(field) => format!("the model refused the request; look at `{field}`"),
                    None => "the model refused the request; send less, or other parameters".to_owned(),
                };
                Self::traced(StatusCode::BAD_REQUEST, "model_refused", text)
            }
            // A wrong key, name or address is as wrong the next time.
            ModelError::Refused { status, .. } if !may_pass(*status) => {
                Self::traced(StatusCode::BAD_GATEWAY, "model_failed", "the model gave no whole answer")
                    .not_again()
            }
            ModelError::FirstByteTimeout { .. } | ModelError::Stalled { .. } => Self::traced(
                StatusCode::GATEWAY_TIMEOUT,
                "model_timeout",
                "the model did not answer in time; try again shortly",
            ),
            ModelError::TooLong { .. } => Self::traced(
                StatusCode::BAD_GATEWAY,
                "answer_too_long",
                "the model's answer was longer than one may be, and was cut off",
            )
            .not_again(),
            ModelError::Unreachable { .. } => Self::traced(
                StatusCode::BAD_GATEWAY,
                "model_failed",
                "the model cannot be reached; try again shortly",
            ),
            ModelError::Refused { .. }
            | ModelError::NoAnswer { .. }
            | ModelError::BrokenOff { .. }
            | ModelError::Garbage { .. } => {
                Self::traced(StatusCode::BAD_GATEWAY, "model_failed", "the model gave no whole answer")
            }
            ModelError::NeverAnswered { .. } | ModelError::CallsTooLong { .. } => {
                Self::traced(StatusCode::BAD_GATEWAY, "model_failed", "the model gave no whole answer")
                    .not_again()
            }
        }
    }
}
