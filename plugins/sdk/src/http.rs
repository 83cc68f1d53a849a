//! A small blocking HTTP client over `wasi:http`. Hosts must be granted by the operator, and secrets are
//! put in by the host: a plugin never has a key to send.

mod address;
mod exchange;

use crate::Failure;
pub use address::{Address, encode_component, origin_and_path};

/// A body longer than this is refused where a request does not say otherwise: 1 MiB.
pub const MAX_BODY: usize = 1 << 20;

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Such as `GET`; upper case.
    pub method: String,
    /// Absolute, `http` or `https`, already percent-encoded.
    pub url: String,
    /// Names and values, sent in this order.
    pub headers: Vec<(String, String)>,
    /// Sent as it is; empty for none.
    pub body: Vec<u8>,
    /// A longer response body, in bytes, is [`Error::TooLarge`].
    pub max_body: usize,
}

/// One response, read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// Such as 200.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Vec<u8>,
}

/// Why there is no response. A status such as 404 is a response, not an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The request itself cannot be sent; the text says what is wrong with it.
    Invalid(String),
    /// The host did not let the request out.
    Denied(String),
    /// Nobody answered, or not to the end.
    Unavailable(String),
    /// The response body is longer than so many bytes.
    TooLarge(usize),
}

/// Sends one request and reads the response to its end. Redirects are the host's business.
///
/// # Errors
///
/// When there is no complete response; see [`Error`].
pub fn send(request: &Request) -> Result<Response, Error> {
    let address = Address::parse(&request.url).map_err(Error::Invalid)?;
    exchange::run(request, &address)
}

impl Request {
    /// `GET` without headers.
    #[must_use]
    pub fn get(url: impl Into<String>) -> Self {
        Self {
            method: "GET".to_owned(),
            url: url.into(),
            headers: Vec::new(),
            body: Vec::new(),
            max_body: MAX_BODY,
        }
    }

    /// `POST` of a JSON text.
    #[must_use]
    pub fn post_json(url: impl Into<String>, body: impl Into<Vec<u8>>) -> Self {
        let mut request = Self::get(url);
        request.method = "POST".to_owned();
        request.headers.push(("content-type".to_owned(), "application/json".to_owned()));
        request.body = body.into();
        request
    }
}

impl Response {
    /// Whether the status is 2xx.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The first value of a header; `name` in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The beginning of the body as text on one line, for an error message.
    #[must_use]
    pub fn excerpt(&self) -> String {
        const CHARS: usize = 200;
        let text = String::from_utf8_lossy(&self.body);
        let words: Vec<&str> = text.split_whitespace().collect();
        let line = words.join(" ");
        match line.char_indices().nth(CHARS) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line,
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Invalid(text) | Self::Denied(text) | Self::Unavailable(text) => f.write_str(text),
            Self::TooLarge(limit) => write!(f, "the response is longer than {limit} bytes"),
        }
    }
}

impl std::error::Error for Error {}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Invalid(text) => Self::InvalidConfig(text),
            Error::Denied(text) => Self::Denied(text),
            Error::Unavailable(_) | Error::TooLarge(_) => Self::Unavailable(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests;
