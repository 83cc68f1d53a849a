//! The one table from errors to status, code and `Retry-After`, for every path and in every format.

mod of;
mod wording;

use axum::response::{IntoResponse, Response};

pub(super) use of::{SOON, disk_is_short};
pub(super) use wording::in_own_format;

/// What went wrong: a fact has one name, whatever path it is met on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The body is not JSON, or not an object.
    MalformedJson,
    /// The query, the path or the head of the request cannot be read.
    InvalidRequest,
    /// A field of a chat request.
    InvalidArgument,
    /// `model` of a chat request.
    InvalidModel,
    /// `messages` of a chat request.
    InvalidMessages,
    /// `plugins` of a chat request.
    InvalidPlugins,
    /// An import's form, parameters or body.
    InvalidUpload,
    /// The metadata of an import.
    InvalidMetadata,
    /// A file of questions, or what is to be measured.
    InvalidEvaluation,
    /// A search.
    InvalidQuery,
    /// The `Host` header.
    InvalidHost,
    /// A plugin of the app needs what the request does not hold.
    MissingInput,
    /// The question does not fit the prompt.
    TokensTooLong,
    /// The model answered that the request cannot be answered.
    ModelRefused,
    /// No key, a wrong one, or one that has expired.
    InvalidKey,
    /// What is asked for is not open to whoever asks.
    PermissionDenied,
    /// The host is not called by this name.
    UnknownHost,
    /// A page of another origin.
    CrossOrigin,
    /// The path or what it names is not there.
    NotFound,
    /// No app of this name.
    ModelNotFound,
    /// The path takes other methods.
    MethodNotAllowed,
    /// The body did not come in time.
    BodyTooSlow,
    /// The body is longer than it may be.
    BodyTooLarge,
    /// The path with its query is too long.
    UriTooLong,
    /// There are too many headers, or they are too long.
    HeadersTooLarge,
    /// A form was sent where none is meant.
    InvalidContentType,
    /// The body is compressed in a way that is not read.
    UnsupportedEncoding,
    /// No document of an import could be read.
    Unreadable,
    /// A file was changed by another since it was read.
    FileChanged,
    /// Other documents are meant by now than were confirmed.
    CountChanged,
    /// A deletion does not say which documents are meant.
    NoFilter,
    /// A job leaves nothing that could be retried.
    NotRetryable,
    /// The configuration could not serve.
    InvalidConfiguration,
    /// A template of a prompt.
    InvalidTemplate,
    /// A trace lacks what is asked of it.
    TraceIncomplete,
    /// A file of the configuration cannot be written.
    FileNotWritten,
    /// No further turn can run: as many as are allowed are running.
    TooManyTurns,
    /// No further job can wait: as many as are allowed are waiting.
    TooManyJobs,
    /// The model asks for patience.
    ModelBusy,
    /// What may be asked of the model is used up.
    ModelQuotaExceeded,
    /// The host is at fault.
    Internal,
    /// The app's knowledge does not fit its prompt.
    WholeTextTooLong,
    /// The model failed.
    ModelFailed,
    /// The model ended its answer without a word.
    EmptyAnswer,
    /// The model said more than it may.
    AnswerTooLong,
    /// A plugin failed that is needed.
    PluginFailed,
    /// The host has at work what it can take of this kind.
    Busy,
    /// The model is away, and is not asked.
    ModelUnavailable,
    /// A knowledge base is away or broken.
    KnowledgeUnavailable,
    /// An upload could not be kept.
    UploadNotKept,
    /// The model did not answer in time.
    ModelTimeout,
    /// The turn took too long.
    TurnTimeout,
    /// The disk is full.
    InsufficientStorage,
}

/// Whether the same request may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RetryAdvice {
    /// The status says all that is known.
    Unsaid,
    /// The client may try again after so many seconds, which `Retry-After` says.
    After(u64),
    /// The same request fails until somebody has changed something: `x-should-retry: false`, which OpenAI's clients obey.
    Never,
    /// The same, and not before so many seconds have passed, which `Retry-After` says.
    NeverBefore(u64),
}

impl Fault {
    /// The table: status, code, and whether to try again where the case does not say otherwise.
    const fn row(self) -> (u16, &'static str, RetryAdvice) {
        use RetryAdvice::{After, Never, Unsaid};
        match self {
            Self::MalformedJson => (400, "malformed_json", Unsaid),
            Self::InvalidRequest => (400, "invalid_request", Unsaid),
            Self::InvalidArgument => (400, "invalid_argument", Unsaid),
            Self::InvalidModel => (400, "invalid_model", Unsaid),
            Self::InvalidMessages => (400, "invalid_messages", Unsaid),
            Self::InvalidPlugins => (400, "invalid_plugin_argument", Unsaid),
            Self::InvalidUpload => (400, "invalid_upload", Unsaid),
            Self::InvalidMetadata => (400, "invalid_metadata", Unsaid),
            Self::InvalidEvaluation => (400, "invalid_evaluation", Unsaid),
            Self::InvalidQuery => (400, "invalid_query", Unsaid),
            Self::InvalidHost => (400, "invalid_host", Unsaid),
            Self::MissingInput => (400, "missing_input", Unsaid),
            Self::TokensTooLong => (400, "tokens_too_long", Unsaid),
            Self::ModelRefused => (400, "model_refused", Unsaid),
            Self::InvalidKey => (401, "invalid_api_key", Unsaid),
            Self::PermissionDenied => (403, "permission_denied", Unsaid),
            Self::UnknownHost => (403, "unknown_host", Unsaid),
            Self::CrossOrigin => (403, "cross_origin", Unsaid),
            Self::NotFound => (404, "not_found", Unsaid),
            Self::ModelNotFound => (404, "model_not_found", Unsaid),
            Self::MethodNotAllowed => (405, "method_not_allowed", Unsaid),
            Self::BodyTooSlow => (408, "body_too_slow", Unsaid),
            Self::BodyTooLarge => (413, "body_too_large", Unsaid),
            Self::UriTooLong => (414, "uri_too_long", Unsaid),
            Self::HeadersTooLarge => (431, "headers_too_large", Unsaid),
            Self::InvalidContentType => (415, "invalid_content_type", Unsaid),
            Self::UnsupportedEncoding => (415, "unsupported_encoding", Unsaid),
            Self::Unreadable => (422, "unreadable", Unsaid),
            Self::FileChanged => (409, "file_changed", Never),
            Self::CountChanged => (409, "count_changed", Never),
            Self::NoFilter => (400, "no_filter", Unsaid),
            Self::NotRetryable => (409, "not_retryable", Never),
            Self::InvalidConfiguration => (422, "invalid_configuration", Unsaid),
            Self::InvalidTemplate => (422, "invalid_template", Unsaid),
            Self::TraceIncomplete => (422, "trace_incomplete", Unsaid),
            Self::FileNotWritten => (500, "file_not_written", Never),
            Self::TooManyTurns => (429, "too_many_turns", After(1)),
            Self::TooManyJobs => (429, "too_many_jobs", After(10)),
            Self::ModelBusy => (429, "model_busy", After(1)),
            Self::ModelQuotaExceeded => (429, "model_quota_exceeded", Never),
            Self::Internal => (500, "internal_error", Unsaid),
            Self::WholeTextTooLong => (500, "whole_text_too_long", Never),
            Self::ModelFailed => (502, "model_failed", Unsaid),
            Self::EmptyAnswer => (502, "empty_answer", Unsaid),
            Self::AnswerTooLong => (502, "answer_too_long", Never),
            Self::PluginFailed => (502, "plugin_failed", Unsaid),
            Self::Busy => (503, "busy", After(1)),
            Self::ModelUnavailable => (503, "model_unavailable", After(1)),
            Self::KnowledgeUnavailable => (503, "knowledge_unavailable", After(SOON)),
            Self::UploadNotKept => (503, "upload_not_kept", Unsaid),
            Self::ModelTimeout => (504, "model_timeout", Unsaid),
            Self::TurnTimeout => (504, "turn_timeout", Unsaid),
            Self::InsufficientStorage => (507, "insufficient_storage", Never),
        }
    }

    /// Its name in an answer.
    pub(super) const fn code(self) -> &'static str {
        self.row().1
    }

    /// What is not an error of the host's own parts: the refusals of the framework, by their status.
    const fn of_status(status: u16) -> Self {
        match status {
            404 => Self::NotFound,
            405 => Self::MethodNotAllowed,
            408 => Self::BodyTooSlow,
            413 => Self::BodyTooLarge,
            414 => Self::UriTooLong,
            415 => Self::InvalidContentType,
            431 => Self::HeadersTooLarge,
            500.. => Self::Internal,
            _ => Self::InvalidRequest,
        }
    }
}

/// An error on its way to a client.
#[derive(Debug, Clone)]
pub(super) struct ApiError {
    fault: Fault,
    message: String,
    again: RetryAdvice,
    /// What the operator reads where the client is told less, in the log and in the turn's trace.
    cause: Option<String>,
    /// Fields of the error beside the message, such as the line that is wrong.
    details: Vec<(String, serde_json::Value)>,
}

impl ApiError {
    pub(super) fn new(fault: Fault, message: impl Into<String>) -> Self {
        Self { fault, message: message.into(), again: fault.row().2, cause: None, details: Vec::new() }
    }

    /// An error whose cause only the operator is told.
    fn with_cause(fault: Fault, message: impl Into<String>, cause: &impl ToString) -> Self {
        Self { cause: Some(cause.to_string()), ..Self::new(fault, message) }
    }

    /// The same, where it is known whether to try again.
    pub(super) fn again(mut self, again: RetryAdvice) -> Self {
        self.again = again;
        self
    }

    /// The same, with a field beside the message.
    pub(super) fn with(mut self, field: &str, value: impl serde::Serialize) -> Self {
        let value = serde_json::to_value(value).unwrap_or_default();
        self.details.push((field.to_owned(), value));
        self
    }

    /// Which fact it is.
    pub(super) fn fault(&self) -> Fault {
        self.fault
    }

    /// Whether the client is told less than the operator.
    pub(super) fn has_cause(&self) -> bool {
        self.cause.is_some()
    }

    /// What the operator reads of it.
    pub(super) fn for_operator(&self) -> &str {
        self.cause.as_deref().unwrap_or(&self.message)
    }
}

impl IntoResponse for ApiError {
    /// The error travels in the response's extensions until [`in_own_format`], which knows the request's
    /// path, writes it in that API's format.
    fn into_response(self) -> Response {
        let mut response = wording::status(self.fault).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests;
