//! An error of each part as the fact it is, with what a client is told: what it may do about it, and
//! neither addresses, names of the configuration nor what others said.

use std::io;

use axum::extract::multipart::{MultipartError, MultipartRejection};
use axum::http::StatusCode;
use tokio::task::JoinError;

use super::{ApiError, Fault, RetryAdvice};
use crate::disk::{self, Disk, LEAST_FILES, TO_RESERVE};
use crate::door::DoorRefusal;
use crate::evaluate::EvaluateError;
use crate::job::{FetchRefused, QueueFull, RetryRefused, UploadError};
use crate::knowledge::{BaseError, ImportError, MetadataError, StoreError};
use crate::llm::{Meaning, ModelError};
use crate::prompt::PromptError;
use crate::share::MemorySpent;
use crate::turn::TurnError;
use crate::web::OrderError;

/// When a client may ask again for a knowledge base that was away, in seconds.
pub(in crate::http) const SOON: u64 = 5;

/// When to ask again, in the words of a sentence's end: as long as the wait is.
fn again_in(seconds: u64) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    match seconds {
        0..=5 => "try again shortly".to_owned(),
        6..120 => format!("try again in {seconds} seconds"),
        120..7200 => format!("try again in {} minutes", seconds.div_ceil(MINUTE)),
        7200..172_800 => format!("try again in {} hours", seconds.div_ceil(HOUR)),
        _ => format!("try again in {} days", seconds.div_ceil(DAY)),
    }
}

/// What is told where the reserve is spent, or no files can be made.
pub(in crate::http) fn disk_is_short(disk: &Disk) -> String {
    if let Ok(files @ ..LEAST_FILES) = disk.files() {
        return format!("the disk has room for {files} more files; delete some");
    }
    format!(
        "the disk of the data folder is full ({} MiB left): delete documents, or free space; imports are taken again \
         once {} MiB are free",
        disk.free().unwrap_or_default() >> 20,
        TO_RESERVE >> 20
    )
}

impl ApiError {
    /// A parameter or a body of an API of the host's own that cannot be taken.
    pub(in crate::http) fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(Fault::InvalidRequest, message)
    }

    /// The value of a field that cannot be taken.
    pub(in crate::http) fn invalid_argument(message: impl Into<String>) -> Self {
        Self::new(Fault::InvalidArgument, message)
    }

    /// A body past a limit in bytes; `raises` is the key of `[server]` that sets it, where one does.
    pub(in crate::http) fn longer_than(most: usize, raises: Option<&str>) -> Self {
        let raise = raises.map(|key| format!(", or raise {key} in [server]")).unwrap_or_default();
        let message = format!("the body is longer than the {most} bytes it may have here; send less{raise}");
        Self::new(Fault::BodyTooLarge, message)
    }

    /// A body past the limit of whatever it is.
    pub(in crate::http) fn body_too_large() -> Self {
        Self::new(
            Fault::BodyTooLarge,
            "the body is longer than it may be; send less, or raise max_chat_bytes in [server], for /documents \
             max_import_bytes, for /imports max_upload_bytes",
        )
    }

    /// What came on a connection was not a request: its first line or its headers cannot be read.
    pub(in crate::http) fn of_head(status: StatusCode) -> Self {
        let fault = Fault::of_status(status.as_u16());
        let message = match fault {
            Fault::UriTooLong => {
                "the path with its query is longer than 65,534 bytes; send long texts in the body"
            }
            Fault::HeadersTooLarge => {
                "the request has more than 100 headers, or its first line and headers are too long together (64 KiB \
                 always pass, and more than 128 KiB never do); send fewer and shorter ones"
            }
            _ => {
                "this is not a request of HTTP/1.1: its first line or one of its headers cannot be read; look for a space \
                 in the path (%20), a header with a line break, two Content-Length, or https:// where http:// is spoken"
            }
        };
        Self::new(fault, message)
    }

    /// A body that ended before its end.
    pub(in crate::http) fn broken_body(error: &axum::Error) -> Self {
        Self::new(Fault::InvalidRequest, format!("the body cannot be received: {error}"))
    }

    /// There is no room for what was sent. Trying again does not help before somebody has made some.
    pub(in crate::http) fn no_room(message: impl Into<String>) -> Self {
        Self::new(Fault::InsufficientStorage, message)
    }

    /// A job that was asked for cannot be kept, and so does not begin.
    pub(in crate::http) fn job_not_kept(error: &io::Error) -> Self {
        let message = format!("the job cannot be kept: {error}");
        if disk::is_full(error) {
            Self::no_room(format!("{message}: there is no room on the disk of the data folder; free some"))
        } else {
            Self::new(Fault::UploadNotKept, message)
        }
    }

    fn of_model(error: &ModelError) -> Self {
        let told = |fault, text: &str| Self::with_cause(fault, text, error);
        match error {
            ModelError::Refused { meaning, message, retry_after, .. }
            | ModelError::NoAnswer { meaning, cause: message, retry_after, .. } => {
                Self::of_refusal(*meaning, message, *retry_after, error)
            }
            ModelError::NotAsked(open) => {
                let text = format!("the model cannot be reached; {}", again_in(open.seconds()));
                told(Fault::ModelUnavailable, &text).again(RetryAdvice::After(open.seconds()))
            }
            ModelError::FirstByteTimeout { .. } | ModelError::Stalled { .. } => {
                told(Fault::ModelTimeout, "the model did not answer in time; try again shortly")
            }
            ModelError::Empty { .. } => told(Fault::EmptyAnswer, "the model gave an empty answer; try again"),
            ModelError::TooLong { .. } => {
                told(Fault::AnswerTooLong, "the model's answer was longer than one may be, and was cut off")
            }
            ModelError::Unreachable { .. } => {
                told(Fault::ModelUnavailable, "the model cannot be reached; try again shortly")
            }
            ModelError::BrokenOff { .. } | ModelError::Garbage { .. } => {
                told(Fault::ModelFailed, "the model gave no whole answer")
            }
            ModelError::NeverAnswered { .. }
            | ModelError::UnknownTool { .. }
            | ModelError::CallsTooLong { .. } => {
                told(Fault::ModelFailed, "the model gave no whole answer").again(RetryAdvice::Never)
            }
        }
    }

    /// What an endpoint's no is, whatever status it came with.
    fn of_refusal(meaning: Meaning, message: &str, retry_after: Option<u64>, error: &ModelError) -> Self {
        let told = |fault, text: &str| Self::with_cause(fault, text, error);
        match meaning {
            Meaning::Busy => {
                // Even if the endpoint asks for no wait, it was busy a moment ago, so the client waits at
                // least a second.
                let wait = retry_after.unwrap_or(1).max(1);
                let text = format!("the model is busy; {}", again_in(wait));
                told(Fault::ModelBusy, &text).again(RetryAdvice::After(wait))
            }
            Meaning::Spent => {
                let Some(wait) = retry_after.map(|wait| wait.max(1)) else {
                    return told(
                        Fault::ModelQuotaExceeded,
                        "what may be asked of the model is used up for now",
                    );
                };
                // Endpoints put a wait of seconds beside a day's limit, so that no program is to try by itself.
                let again = again_in(wait);
                let text = format!("what may be asked of the model is used up for now; {again}");
                told(Fault::ModelQuotaExceeded, &text).again(RetryAdvice::NeverBefore(wait))
            }
            // Its own words tell of its inside, whatever they are searched for; the fields that a client
            // may have set are known.
            Meaning::Request => match REFUSED_FOR.iter().find(|field| message.contains(**field)) {
                Some(field) => {
                    let text = format!("the model refused the request; look at `{field}`");
                    Self::with_cause(Fault::ModelRefused, text, error)
                }
                None => {
                    told(Fault::ModelRefused, "the model refused the request; send less, or other parameters")
                }
            },
            // The same as where it cannot be reached: the breaker that opens on it says so too.
            Meaning::Away => {
                let wait = retry_after.unwrap_or(1).max(1);
                let text = format!("the model cannot be reached; {}", again_in(wait));
                told(Fault::ModelUnavailable, &text).again(RetryAdvice::After(wait))
            }
            // A key or a model name that is wrong is the operator's mistake, and stays one.
            Meaning::Setup => {
                told(Fault::ModelFailed, "the model gave no whole answer").again(RetryAdvice::Never)
            }
            Meaning::Other => {
                let Some(wait) = retry_after else {
                    return told(Fault::ModelFailed, "the model gave no whole answer");
                };
                let text = format!("the model gave no whole answer; {}", again_in(wait));
                told(Fault::ModelFailed, &text).again(RetryAdvice::After(wait))
            }
        }
    }
}

/// Fields of a request that a model may refuse it for, longer names before those within them.
const REFUSED_FOR: [&str; 26] = [
    "max_completion_tokens",
    "max_tokens",
    "temperature",
    "top_p",
    "top_k",
    "min_p",
    "penalty_score",
    "frequency_penalty",
    "presence_penalty",
    "repetition_penalty",
    "logit_bias",
    "response_format",
    "parallel_tool_calls",
    "tool_choice",
    "tools",
    "seed",
    "stop",
    "reasoning_effort",
    "chat_template_kwargs",
    "enable_thinking",
    "thinking_budget",
    "thinking",
    "verbosity",
    "image_url",
    "image",
    "messages",
];

impl From<&TurnError> for ApiError {
    fn from(error: &TurnError) -> Self {
        let told = |fault, text: &str| Self::with_cause(fault, text, error);
        match error {
            TurnError::Request(text) => Self::new(Fault::InvalidMessages, text),
            TurnError::Lacks(lack) => {
                let told = Self::new(Fault::MissingInput, lack.to_string());
                if lack.is_the_clients() { told.with("variables", &lack.variables) } else { told }
            }
            TurnError::UnknownPlugin { .. } => Self::new(Fault::InvalidPlugins, error.to_string()),
            TurnError::Prompt(PromptError::TooLong { needed, budget }) => {
                let allowed = budget.tokens();
                // Elsewhere a verb follows it.
                let said = budget.to_string();
                let said = said.trim_end_matches(',');
                let text = if budget.is_taken_by_tools() {
                    format!(
                        "the question takes about {needed} tokens with the app's instructions, and {allowed} are allowed ({said}); send fewer or shorter tools"
                    )
                } else {
                    format!(
                        "the question takes about {needed} tokens with the app's instructions, and {allowed} are allowed ({said}); shorten it"
                    )
                };
                Self::new(Fault::TokensTooLong, text)
            }
            TurnError::Prompt(PromptError::NoRoom { budget, .. }) => {
                let said = budget.to_string();
                let said = said.trim_end_matches(',');
                let mend = if budget.is_shared_with_answer() {
                    "shorten it, or send a smaller max_tokens"
                } else {
                    "shorten it"
                };
                let text = format!("too little of what was found fits beside the question ({said}); {mend}");
                Self::new(Fault::TokensTooLong, text)
            }
            TurnError::Prompt(PromptError::WholeText { .. }) => {
                told(Fault::WholeTextTooLong, "the app's knowledge is larger than its prompt")
            }
            TurnError::Knowledge { lasts: false, .. } => told(
                Fault::KnowledgeUnavailable,
                "the knowledge base cannot be searched now; try again shortly",
            ),
            TurnError::Knowledge { lasts: true, .. } => told(
                Fault::KnowledgeUnavailable,
                "the knowledge base cannot be searched until the operator of this host has repaired it",
            )
            .again(RetryAdvice::Never),
            TurnError::Prompt(PromptError::Template(_)) => {
                told(Fault::Internal, "the host failed").again(RetryAdvice::Never)
            }
            // Nobody reads the answer to a client that has left.
            TurnError::Host(_) | TurnError::ClientLeft => told(Fault::Internal, "the host failed"),
            TurnError::Plugin { lasts, .. } => {
                let told = told(Fault::PluginFailed, "a plugin of the app failed");
                if *lasts { told.again(RetryAdvice::Never) } else { told }
            }
            TurnError::Timeout(_) => told(Fault::TurnTimeout, "the answer took too long"),
            TurnError::Busy(_) => told(Fault::Busy, "the host is busy; try again shortly"),
            TurnError::Model(error) => Self::of_model(error),
        }
    }
}

impl From<DoorRefusal> for ApiError {
    fn from(refusal: DoorRefusal) -> Self {
        let fault = match refusal {
            DoorRefusal::NoKey | DoorRefusal::WrongKey | DoorRefusal::Expired => Fault::InvalidKey,
            DoorRefusal::NotForClients { .. } | DoorRefusal::Remote(_) | DoorRefusal::Forwarded { .. } => {
                Fault::PermissionDenied
            }
            DoorRefusal::TwoHosts | DoorRefusal::MalformedHost => Fault::InvalidHost,
            DoorRefusal::UnknownHost => Fault::UnknownHost,
            DoorRefusal::OtherPage { .. } | DoorRefusal::OldBrowser | DoorRefusal::Preflight => {
                Fault::CrossOrigin
            }
            DoorRefusal::Form => Fault::InvalidContentType,
        };
        Self::new(fault, refusal.to_string())
    }
}

/// The memory that all share is taken.
impl From<MemorySpent> for ApiError {
    fn from(spent: MemorySpent) -> Self {
        Self::new(Fault::Busy, spent.to_string())
    }
}

/// Why a knowledge base could not do it, with the time to wait only where time may help.
impl From<&BaseError> for ApiError {
    fn from(error: &BaseError) -> Self {
        if error.is_full() {
            return Self::no_room(error.to_string());
        }
        let told = Self::new(Fault::KnowledgeUnavailable, error.to_string());
        match error.retry_after() {
            _ if !error.may_pass() => told.again(RetryAdvice::Never),
            Some(wait) => told.again(RetryAdvice::After(wait.as_secs().max(1))),
            None => told,
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::from(&BaseError::from(error))
    }
}

impl From<ImportError> for ApiError {
    fn from(ImportError::Base(error): ImportError) -> Self {
        Self::from(&error)
    }
}

impl From<EvaluateError> for ApiError {
    fn from(error: EvaluateError) -> Self {
        match error {
            EvaluateError::Unfit(_) => Self::new(Fault::InvalidEvaluation, error.to_string()),
            // Whether time alone helps is for the cause to say.
            EvaluateError::Search { .. } => {
                Self::new(Fault::KnowledgeUnavailable, error.to_string()).again(RetryAdvice::Unsaid)
            }
        }
    }
}

impl From<MetadataError> for ApiError {
    fn from(error: MetadataError) -> Self {
        Self::new(Fault::InvalidMetadata, error.to_string())
    }
}

impl From<MultipartRejection> for ApiError {
    fn from(error: MultipartRejection) -> Self {
        Self::new(Fault::InvalidUpload, unreadable_form(&error.body_text()))
    }
}

fn unreadable_form(cause: &str) -> String {
    format!(
        "the form cannot be read ({cause}); send multipart/form-data in which each file is a part with a file name, as \
         `curl -F file=@name.md` does"
    )
}

/// A form that cannot be read.
impl From<MultipartError> for ApiError {
    fn from(error: MultipartError) -> Self {
        match error.status().as_u16() {
            413 => Self::body_too_large(),
            500.. => Self::new(Fault::Internal, error.body_text()),
            _ => Self::new(Fault::InvalidUpload, unreadable_form(&error.body_text())),
        }
    }
}

impl From<QueueFull> for ApiError {
    fn from(error: QueueFull) -> Self {
        Self::new(Fault::TooManyJobs, error.to_string())
    }
}

impl From<UploadError> for ApiError {
    fn from(error: UploadError) -> Self {
        match &error {
            UploadError::TooLarge(message) => Self::new(Fault::BodyTooLarge, message.clone()),
            UploadError::Disk(cause) | UploadError::Folder(cause) if disk::is_full(cause) => {
                Self::no_room(format!(
                    "{error}: there is no room on the disk of the data folder; free some, or delete documents"
                ))
            }
            UploadError::Disk(_) | UploadError::Folder(_) => {
                Self::new(Fault::UploadNotKept, error.to_string())
            }
        }
    }
}

impl From<FetchRefused> for ApiError {
    fn from(error: FetchRefused) -> Self {
        match error {
            FetchRefused::Order(error @ OrderError::NoSource { .. }) => {
                Self::new(Fault::NotFound, error.to_string())
            }
            FetchRefused::Order(error) => Self::new(Fault::InvalidUpload, error.to_string()),
            FetchRefused::Full(full) => full.into(),
            FetchRefused::Disk(error) => Self::job_not_kept(&error),
        }
    }
}

impl From<RetryRefused> for ApiError {
    fn from(error: RetryRefused) -> Self {
        match error {
            RetryRefused::Unknown(_) => Self::new(Fault::NotFound, error.to_string()),
            RetryRefused::Nothing(reason) => Self::new(Fault::NotRetryable, reason),
            RetryRefused::Full(full) => full.into(),
            RetryRefused::Fetch(refused) => refused.into(),
            RetryRefused::Disk(error) => Self::job_not_kept(&error),
        }
    }
}

/// Work beside the threads that serve was lost.
impl From<JoinError> for ApiError {
    fn from(error: JoinError) -> Self {
        Self::new(Fault::Internal, format!("work for the request stopped: {error}"))
    }
}
