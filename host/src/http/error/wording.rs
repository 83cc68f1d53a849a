//! An error in the words of the API that was called.

use axum::Json;
use axum::http::header::{ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{ApiError, Fault, RetryAdvice};
use crate::http::dialect::Dialect;
use crate::http::misread;
use crate::http::said::{self, with_kind};
use crate::http::server::Late;
use crate::redact;
use crate::wording::Worded;

/// Longest text of an error that is not the host's own.
const MOST_BYTES: usize = 8 << 10;

/// Seconds of the longest `Retry-After` that OpenAI's clients wait for. They ask again after a second or so where it
/// is longer, unless they are told not to.
const LONGEST_WAITED: u64 = 60;
const SHOULD_RETRY: HeaderName = HeaderName::from_static("x-should-retry");

/// The codes of Qianfan's first API, by status.
const fn rpc_code(status: u16) -> u32 {
    match status {
        401 => 110,
        403 => 6,
        404 | 405 => 3,
        429 => 18,
        503 => 2,
        400..=499 => 336_001,
        _ => 336_000,
    }
}

/// The status of a fact.
pub(super) fn status(fault: Fault) -> StatusCode {
    StatusCode::from_u16(fault.row().0).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

impl ApiError {
    /// The body, also used for an error in the middle of a stream.
    pub(in crate::http) fn body(&self, dialect: Dialect, id: &str) -> Value {
        let status = self.fault.row().0;
        let kind = match status {
            429 => "rate_limit_error",
            400..=499 => "invalid_request_error",
            _ => "server_error",
        };
        // No door knows all that may have got into a text, so secrets are looked for in every one.
        let mut message = redact::known().text(&self.message).into_owned();
        let worded = Worded::of_error(&message);
        if self.cause.is_some() {
            message.push_str(&format!("; the operator finds the cause in the trace of the turn {id}"));
        }
        match dialect {
            Dialect::OpenAi => {
                let error =
                    json!({"message": message, "type": kind, "param": null, "code": self.fault.code()});
                let mut error = with_kind(error, worded);
                for (field, value) in &self.details {
                    error[field] = value.clone();
                }
                json!({"error": said::worded(error)})
            }
            Dialect::Qianfan => {
                // Qianfan's own word, which its clients look for.
                let own = self.fault == Fault::InvalidKey;
                let code = if own { "invalid_iam_token" } else { self.fault.code() };
                let mut error = json!({"code": code, "message": message, "type": kind});
                for (field, value) in &self.details {
                    error[field] = value.clone();
                }
                json!({"error": error, "id": id})
            }
            Dialect::Rpc => {
                let mut error = json!({"error_code": rpc_code(status), "error_msg": message, "id": id});
                for (field, value) in &self.details {
                    error[field] = value.clone();
                }
                error
            }
        }
    }

    /// The answer, whole.
    fn respond(&self, dialect: Dialect, id: &str) -> Response {
        let mut response = (status(self.fault), Json(self.body(dialect, id))).into_response();
        let headers = response.headers_mut();
        if self.fault == Fault::UnsupportedEncoding {
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip, deflate"));
        }
        match self.again {
            RetryAdvice::Unsaid => {}
            RetryAdvice::After(seconds) => {
                headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
                if seconds > LONGEST_WAITED {
                    headers.insert(SHOULD_RETRY, HeaderValue::from_static("false"));
                }
            }
            RetryAdvice::Never => _ = headers.insert(SHOULD_RETRY, HeaderValue::from_static("false")),
            RetryAdvice::NeverBefore(seconds) => {
                headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
                headers.insert(SHOULD_RETRY, HeaderValue::from_static("false"));
            }
        }
        response
    }
}

/// Puts every error into the format of the API that was called: those of the handlers, those of the
/// framework before a handler was reached, such as a method, query or body it refuses, and a body that
/// came too slowly, of which neither knows more than that it broke off. `id` is the request's; the error is
/// returned beside the answer, for the request's record.
pub(in crate::http) async fn in_own_format(
    response: Response,
    dialect: Dialect,
    id: &str,
    late: &Late,
) -> (Response, Option<ApiError>) {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return (response, None);
    }
    let is_json = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/json"));
    if is_json && !late.is_late() {
        return (response, None);
    }
    let (mut parts, body) = response.into_parts();
    let error = match parts.extensions.remove::<ApiError>() {
        _ if late.is_late() => too_slow(),
        Some(error) => error,
        None => {
            let text = axum::body::to_bytes(body, MOST_BYTES).await.unwrap_or_default();
            of_framework(status, String::from_utf8_lossy(&text).trim())
        }
    };
    let mut worded = error.respond(dialect, id);
    // Such as `Allow`, which a 405 must have.
    for (name, value) in &parts.headers {
        if name != CONTENT_TYPE && name != CONTENT_LENGTH {
            worded.headers_mut().append(name, value.clone());
        }
    }
    if late.is_late() {
        worded.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    (worded, Some(error))
}

fn too_slow() -> ApiError {
    let message = "the body came too slowly and was not waited for (stall_timeout and min_rate in [server]); send it again";
    ApiError::new(Fault::BodyTooSlow, message)
}

fn of_framework(status: StatusCode, text: &str) -> ApiError {
    let text = if text.is_empty() { status.canonical_reason().unwrap_or("the request failed") } else { text };
    match Fault::of_status(status.as_u16()) {
        Fault::BodyTooLarge => ApiError::body_too_large(),
        fault @ Fault::MethodNotAllowed => {
            let message = "this path does not take the method; the header `allow` names those that it takes";
            ApiError::new(fault, message)
        }
        fault => ApiError::new(fault, misread::of_framework(text)),
    }
}
