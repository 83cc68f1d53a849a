//! What can go wrong with an endpoint. Every text is for the operator: the end user and the model are
//! told less, by the doors.

use std::time::Duration;

use super::meaning::{is_busy, tells_of_absence};
use super::said;
use crate::breaker::OpenBreaker;

/// Why an endpoint gave nothing. It tells of the endpoint no more than scheme, host and port, and of
/// what the endpoint said no secret that the process knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// No connection could be made.
    #[error("{origin} cannot be reached: {cause}")]
    Unreachable {
        /// Scheme, host and port.
        origin: String,
        /// What the network said.
        cause: String,
    },
    /// No whole answer in time.
    #[error("{origin} did not answer within {limit:?}")]
    Late {
        /// Scheme, host and port.
        origin: String,
        /// The configured limit.
        limit: Duration,
    },
    /// The connection ended before the answer did.
    #[error("{origin} broke off: {cause}")]
    BrokenOff {
        /// Scheme, host and port.
        origin: String,
        /// What the network said.
        cause: String,
    },
    /// The endpoint answered with a status that refuses.
    #[error("{origin} answered {status}: {message}")]
    Refused {
        /// Scheme, host and port.
        origin: String,
        /// The HTTP status.
        status: u16,
        /// The endpoint's own words, see [`said::in_refusal`].
        message: String,
        /// All it said, for who knows its dialect: it may hold a secret, and is told to nobody.
        body: Vec<u8>,
        /// Seconds to wait, where it said so.
        retry_after: Option<u64>,
    },
    /// It sends the host elsewhere, where neither key nor texts may follow.
    #[error(
        "{origin} answered {status} and sends on to {}; a redirect is not followed: write the address it leads to",
        to.as_deref().unwrap_or("nowhere")
    )]
    Redirected {
        /// Scheme, host and port.
        origin: String,
        /// The HTTP status.
        status: u16,
        /// Scheme, host and port of the place it names.
        to: Option<String>,
    },
    /// There is no end to its answer.
    #[error("{origin} answered more than {limit} bytes")]
    TooLarge {
        /// Scheme, host and port.
        origin: String,
        /// The limit.
        limit: usize,
    },
    /// It was not asked, because it was away a moment ago.
    #[error(transparent)]
    NotAsked(#[from] OpenBreaker),
    /// Behind a status that promises an answer it says that too much is asked of it at once.
    #[error("{origin} {what}")]
    Busy {
        /// Scheme, host and port.
        origin: String,
        /// What it did.
        what: String,
    },
    /// The answer is not what it should be.
    #[error("{origin} {what}")]
    Garbage {
        /// Scheme, host and port.
        origin: String,
        /// What it did.
        what: String,
    },
}

impl EndpointError {
    /// Whether the same request may be answered later.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Late { .. } | Self::BrokenOff { .. } | Self::Busy { .. } => true,
            Self::Refused { status, .. } => super::may_pass(*status) || self.is_busy(),
            // The wait is longer than anybody's who could try again at once.
            Self::NotAsked(_) => false,
            Self::Redirected { .. } | Self::TooLarge { .. } | Self::Garbage { .. } => false,
        }
    }

    /// Whether a code of its own says that too much is asked at once, whatever status stands beside it.
    pub fn is_busy(&self) -> bool {
        match self {
            Self::Busy { .. } => true,
            Self::Refused { body, .. } => is_busy(body),
            _ => false,
        }
    }

    /// Whether it means that the endpoint is away, whoever asks and whatever: see [`crate::breaker`].
    pub fn is_away(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Late { .. } | Self::BrokenOff { .. } => true,
            Self::Refused { status, .. } => tells_of_absence(*status),
            Self::NotAsked(_)
            | Self::Redirected { .. }
            | Self::TooLarge { .. }
            | Self::Busy { .. }
            | Self::Garbage { .. } => false,
        }
    }

    /// The wait the endpoint asks for.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => retry_after.map(Duration::from_secs),
            _ => None,
        }
    }
}

/// Whether a server closed a connection before the head of an answer was whole: what was sent over it may never have
/// been read. The HTTP client has one error for a head of which no byte came and for half of one, so that a request is
/// sent again behind either.
pub fn is_closed_early(error: &reqwest::Error) -> bool {
    if error.is_connect() || error.is_timeout() {
        return false;
    }
    std::error::Error::source(error).is_some_and(is_an_early_end)
}

/// The same of what a connection says.
pub(super) fn is_an_early_end(error: &(dyn std::error::Error + 'static)) -> bool {
    use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected, UnexpectedEof};
    causes(error).any(|cause| {
        let of_http = cause.downcast_ref::<hyper::Error>();
        let of_system = cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
        of_http.is_some_and(|error| error.is_incomplete_message() || error.is_canceled() || error.is_closed())
            || of_system.is_some_and(|kind| {
                matches!(
                    kind,
                    BrokenPipe | ConnectionAborted | ConnectionReset | NotConnected | UnexpectedEof
                )
            })
    })
}

/// An error and what it was made from, the outermost first.
pub(crate) fn causes<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| error.source())
}

/// What a network error comes down to, in an operator's words and without its URL. The layers of the client around it
/// say nothing more.
pub fn cause_chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut told: Vec<String> = Vec::new();
    for cause in causes(error).skip(1) {
        let text = in_words(cause);
        if !is_layer(&text) && told.last() != Some(&text) {
            told.push(text);
        }
    }
    if told.is_empty() { "the connection failed".into() } else { said::cleaned(&told.join(": ")) }
}

/// Whether a text only names a part of the HTTP client that an error passed through.
fn is_layer(text: &str) -> bool {
    const LAYERS: [&str; 7] = [
        "client error (",
        "error sending request",
        "request or response body error",
        "error trying to connect",
        "tcp connect error",
        "dns error",
        "error resolving DNS",
    ];
    LAYERS.iter().any(|layer| text.starts_with(layer))
}

fn in_words(cause: &(dyn std::error::Error + 'static)) -> String {
    use std::io::ErrorKind::{
        ConnectionRefused, ConnectionReset, HostUnreachable, NetworkUnreachable, TimedOut, UnexpectedEof,
    };
    let text = cause.to_string();
    if text.contains("corrupt message of type InvalidContentType") {
        return "what listens there does not speak TLS; is it http:// instead of https://?".to_owned();
    }
    if cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse) {
        return format!("what came is not HTTP ({text}); is this the address of the API?");
    }
    let Some(error) = cause.downcast_ref::<std::io::Error>() else { return text };
    match error.kind() {
        ConnectionRefused => "the connection was refused, nothing listens there".to_owned(),
        HostUnreachable | NetworkUnreachable => "the network has no way to it".to_owned(),
        TimedOut if error.raw_os_error().is_some() => "it took too long to answer".to_owned(),
        ConnectionReset if error.raw_os_error().is_some() => "it closed the connection".to_owned(),
        UnexpectedEof if error.get_ref().is_none() => "it closed the connection".to_owned(),
        _ => match text.strip_prefix("failed to lookup address information: ") {
            Some(why) => format!("the name cannot be resolved: {why}"),
            None => text.split(" (os error").next().unwrap_or_default().to_owned(),
        },
    }
}
