//! An endpoint is a server that the host itself asks: a model, an embedder, a reranker, a store.
//!
//! What the operator writes of one is checked here once, with the same words in every table; what an
//! endpoint answers is bounded, and what goes wrong with it is told by scheme, host and port only.

mod address;
mod error;
mod meaning;
mod near;
mod retry_after;
pub mod said;
mod unpacking;

use std::ops::RangeInclusive;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{ClientBuilder, RequestBuilder, Response, StatusCode, redirect};

use crate::problem::Problem;
use crate::redact;

use near::Near;

pub use address::{Address, AddressError, looks_like_a_key};
pub(crate) use error::causes;
pub use error::{EndpointError, cause_chain, is_closed_early};
pub use meaning::{Meaning, Vendor, plain_code, tells_of_absence};
pub use near::KEPT_IDLE;
pub use retry_after::seconds as retry_after;
pub use unpacking::{BodyUnpacking, UnpackError};

/// Bytes of a refusal that are read; its first words are enough.
const MAX_REFUSAL_BYTES: usize = 64 << 10;
/// How long the text of a refusal is waited for; its status is known already.
const REFUSAL_WAIT: Duration = Duration::from_secs(3);

/// An API key, read from the environment. It is known to [`redact`] from then on.
#[derive(Clone, Default)]
pub struct ApiKey(Option<String>);

/// Why there is no key where one is named.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The variable is not there.
    #[error(
        "the environment variable `{0}` is not set; export it before starting the host, or remove the line"
    )]
    NotSet(String),
    /// The variable holds what no header can carry.
    #[error(
        "the environment variable `{0}` holds a line break, a space or another character that no key has; export the key alone"
    )]
    NoKey(String),
}

impl ApiKey {
    /// The key that `api_key_env` names. No variable, an empty name and an empty value mean that no key
    /// is sent. Files and shells like to leave a line's end behind a key, which is not part of it.
    pub fn from_env(variable: Option<&str>) -> Result<Self, KeyError> {
        let Some(variable) = variable.map(str::trim).filter(|name| !name.is_empty()) else {
            return Ok(Self(None));
        };
        #[expect(clippy::disallowed_methods, reason = "the settings name the variable")]
        let text = std::env::var_os(variable).ok_or_else(|| KeyError::NotSet(variable.to_owned()))?;
        let text = text.into_string().map_err(|_| KeyError::NoKey(variable.to_owned()))?;
        let key = text.trim();
        if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(KeyError::NoKey(variable.to_owned()));
        }
        redact::learn(variable, key);
        Ok(Self(Some(key.to_owned()).filter(|key| !key.is_empty())))
    }

    /// The key's text, for a client that puts it into its own place.
    pub fn text(&self) -> Option<&str> {
        self.0.as_deref()
    }

    fn header(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", self.0.as_ref()?)).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "ApiKey(set)" } else { "ApiKey(none)" })
    }
}

/// How long an endpoint may be waited for.
pub const BOUNDS: RangeInclusive<Duration> = Duration::from_millis(1)..=Duration::from_secs(3600);

/// Paths of the APIs, which the host itself puts behind an address; the longer before what they end with.
const PATHS: [&str; 5] = ["chat/completions", "completions", "embeddings", "rerankers", "rerank"];

/// Where Qianfan was before v2: `/rpc/2.0/ai_custom/v1/wenxinworkshop/…`.
const OLDER_API: &str = "aip.baidubce.com";

/// Everything that is wrong with an endpoint's two keys. `url_key` is what its table calls the address.
pub fn problems(url_key: &str, url: &str, api_key_env: Option<&str>) -> Vec<Problem> {
    let address = address_problem(url).map(|message| Problem::new(url_key, message));
    let key = ApiKey::from_env(api_key_env).err().map(|error| Problem::new("api_key_env", error.to_string()));
    address.into_iter().chain(key).collect()
}

/// What is wrong with an address: it is none, or goes on where the host itself puts a path.
pub fn address_problem(url: &str) -> Option<String> {
    let address = match Address::parse(url) {
        Ok(address) => address,
        Err(error) => return Some(error.to_string()),
    };
    // Every path of the older API ends with a model's name, and answers in a form of its own.
    if address.url().host_str() == Some(OLDER_API) {
        return Some(other_api("https://qianfan.baidubce.com/v2"));
    }
    let base = address.base();
    let path = PATHS.iter().find(|path| base.to_ascii_lowercase().ends_with(&format!("/{path}")))?;
    let before = &base[..base.len() - path.len() - 1];
    Some(format!("ends with /{path}, and what stands before that is wanted; write \"{before}\""))
}

/// Says of an address that nothing there answers as OpenAI's API does, and where the same service does.
pub fn other_api(meant: &str) -> String {
    format!("is another API than OpenAI's, which the host speaks; write \"{meant}\"")
}

/// Why an endpoint cannot be asked at all: its table is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// The address.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The process.
    #[error("cannot set up HTTP: {0}")]
    Http(String),
}

impl SetupError {
    /// The key of the table that is wrong, where `url_key` is what it calls the address.
    pub fn key<'a>(&self, url_key: &'a str) -> &'a str {
        if matches!(self, Self::Key(_)) { "api_key_env" } else { url_key }
    }
}

/// How long an endpoint may take. What is absent is not limited here.
#[derive(Debug, Clone, Copy, Default)]
pub struct Patience {
    /// Limit of the time in which a TCP and TLS connection must stand.
    pub connect: Option<Duration>,
    /// Limit of the whole exchange, from the request to the end of the answer.
    pub whole: Option<Duration>,
}

/// An HTTP endpoint, ready to be asked. Its connections are kept between requests.
#[derive(Debug, Clone)]
pub struct Endpoint {
    address: Address,
    authorization: Option<HeaderValue>,
    patience: Patience,
    http: reqwest::Client,
    /// The client of a request that is tried again. It keeps no connections, so each try has a new one; it is
    /// made when it is first needed.
    fresh: Arc<OnceLock<reqwest::Client>>,
    /// Sends to an endpoint that is reached by plain HTTP and without a proxy, within the caller's own task.
    near: Option<Arc<Near>>,
}

/// Why a request has got no answer.
#[derive(Debug, thiserror::Error)]
enum Unanswered {
    /// The usual client says so.
    #[error(transparent)]
    Usual(reqwest::Error),
    /// A connection to a server nearby does.
    #[error("client error (Near)")]
    Near(#[source] hyper::Error),
}

impl Endpoint {
    /// Checks the address and reads the key. Nothing is sent.
    pub fn new(base_url: &str, api_key_env: Option<&str>, patience: Patience) -> Result<Self, SetupError> {
        let address = Address::parse(base_url)?;
        let authorization = ApiKey::from_env(api_key_env)?.header();
        let http =
            client(&address, patience).build().map_err(|error| SetupError::Http(cause_chain(&error)))?;
        // Only the usual client can limit a whole exchange, so an endpoint with such a limit is always asked
        // by it.
        let is_plain = patience.whole.is_none() && (address.is_local() || !has_proxy());
        let near = is_plain.then(|| Near::of(address.url(), patience.connect)).flatten();
        Ok(Self { address, authorization, patience, http, fresh: Arc::default(), near })
    }

    /// What may be told of where it is: scheme, host and port.
    pub fn origin(&self) -> &str {
        self.address.origin()
    }

    /// A request to a path below the address, with the key.
    pub fn post(&self, path: &str) -> RequestBuilder {
        self.post_to(self.address.join(path))
    }

    /// A request to the address itself, with a query and the key.
    pub fn post_with(&self, query: &str) -> RequestBuilder {
        self.post_to(self.address.with_query(query))
    }

    fn post_to(&self, url: String) -> RequestBuilder {
        let request = self.http.post(url).header(ACCEPT_ENCODING, "identity");
        match &self.authorization {
            Some(value) => request.header(AUTHORIZATION, value.clone()),
            None => request,
        }
    }

    /// Sends a request; every status but success is an error. A server may close a connection that is kept
    /// while a request is on its way there. Where no whole head of an answer came, the request is sent once more,
    /// over a connection of its own.
    pub async fn send(&self, request: RequestBuilder) -> Result<Response, EndpointError> {
        let again = request.try_clone();
        let response = match (self.answer(request).await, again) {
            (Err(error), Some(again)) if error.is_early() => {
                self.send_afresh(again).await.map_err(Unanswered::Usual)
            }
            (answered, _) => answered,
        };
        let response = response.map_err(|error| match error {
            Unanswered::Usual(error) => self.failed(&error),
            error @ Unanswered::Near(_) => {
                EndpointError::BrokenOff { origin: self.origin().to_owned(), cause: cause_chain(&error) }
            }
        })?;
        if response.status().is_success() { Ok(response) } else { Err(self.refusal(response).await) }
    }

    async fn answer(&self, request: RequestBuilder) -> Result<Response, Unanswered> {
        if let Some(near) = &self.near
            && let Some(link) = near.link().await
        {
            let request = request.build().and_then(http::Request::try_from).map_err(Unanswered::Usual)?;
            return near.send(link, request).await.map_err(Unanswered::Near);
        }
        request.send().await.map_err(Unanswered::Usual)
    }

    async fn send_afresh(&self, request: RequestBuilder) -> reqwest::Result<Response> {
        let fresh = match self.fresh.get() {
            Some(fresh) => fresh,
            None => {
                let made = client(&self.address, self.patience).pool_max_idle_per_host(0).build()?;
                self.fresh.get_or_init(|| made)
            }
        };
        fresh.execute(request.build()?).await
    }

    /// The whole body of an answer, of at most `limit` bytes.
    pub async fn body(&self, mut response: Response, limit: usize) -> Result<Vec<u8>, EndpointError> {
        let too_large = || EndpointError::TooLarge { origin: self.origin().to_owned(), limit };
        if response.content_length().is_some_and(|length| length > limit as u64) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        let mut unpacking = BodyUnpacking::of(response.headers());
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failed(&error))? {
            let unpacked = unpacking.feed(&chunk, |bytes| {
                if body.len() + bytes.len() > limit {
                    return Err(Unread::TooLarge);
                }
                body.extend_from_slice(bytes);
                Ok(())
            });
            unpacked.map_err(|unread| match unread {
                Unread::TooLarge => too_large(),
                Unread::Packed(error) => self.garbage(error),
            })?;
        }
        Ok(body)
    }

    /// An answer that is not what it should be; `what` follows the origin, such as `gave no list`.
    pub fn garbage(&self, what: impl std::fmt::Display) -> EndpointError {
        let what = said::cleaned(&what.to_string());
        EndpointError::Garbage { origin: self.origin().to_owned(), what }
    }

    /// An answer of another shape than it should have, with what it says instead: some services put an error
    /// behind a status that promises none, also where they are only busy.
    pub fn misshapen(&self, what: &str, error: &serde_json::Error, body: &[u8]) -> EndpointError {
        let what = said::cleaned(&format!("{what}: {error}; it said {}", said::in_refusal(body, false)));
        let origin = self.origin().to_owned();
        if meaning::is_busy(body) {
            EndpointError::Busy { origin, what }
        } else {
            EndpointError::Garbage { origin, what }
        }
    }

    /// The error for an answer that did not come within a limit which the caller has measured.
    pub fn late(&self, limit: Duration) -> EndpointError {
        EndpointError::Late { origin: self.origin().to_owned(), limit }
    }

    fn failed(&self, error: &reqwest::Error) -> EndpointError {
        let origin = self.origin().to_owned();
        let cause = cause_chain(error);
        match self.patience.whole {
            Some(limit) if error.is_timeout() && !error.is_connect() => EndpointError::Late { origin, limit },
            _ if error.is_connect() => EndpointError::Unreachable { origin, cause },
            _ => EndpointError::BrokenOff { origin, cause },
        }
    }

    async fn refusal(&self, mut response: Response) -> EndpointError {
        let origin = self.origin().to_owned();
        let status = response.status();
        let header = |name| response.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        if status.is_redirection() {
            let to = header(reqwest::header::LOCATION).and_then(|to| self.address.redirected(to));
            return EndpointError::Redirected { origin, status: status.as_u16(), to };
        }
        let retry_after = retry_after(response.headers());
        let html = header(CONTENT_TYPE).is_some_and(|kind| kind.contains("html"));
        let mut body = Vec::new();
        let mut unpacking = BodyUnpacking::of(response.headers());
        let read = async {
            while let Ok(Some(chunk)) = response.chunk().await {
                let unpacked = unpacking.feed(&chunk, |bytes| {
                    body.extend_from_slice(&bytes[..bytes.len().min(MAX_REFUSAL_BYTES - body.len())]);
                    if body.len() < MAX_REFUSAL_BYTES { Ok(()) } else { Err(Unread::TooLarge) }
                });
                if unpacked.is_err() {
                    break;
                }
            }
        };
        _ = tokio::time::timeout(REFUSAL_WAIT, read).await;
        let message = said::in_refusal(&body, html);
        EndpointError::Refused { origin, status: status.as_u16(), message, body, retry_after }
    }
}

impl Unanswered {
    /// Whether the server closed the connection before the head of an answer was whole.
    fn is_early(&self) -> bool {
        match self {
            Self::Usual(error) => error::is_closed_early(error),
            Self::Near(error) => error::is_an_early_end(error),
        }
    }
}

/// Whether the bytes of an answer pass through another task on their way to whoever reads it.
pub fn passes_through_a_task(response: &Response) -> bool {
    !near::is_read_by_its_owner(response)
}

/// Whether the environment names a proxy for plain HTTP.
fn has_proxy() -> bool {
    #[expect(clippy::disallowed_methods, reason = "the usual client goes by them")]
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|proxy| !proxy.is_empty());
    ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"].into_iter().any(is_set)
}

fn client(address: &Address, patience: Patience) -> ClientBuilder {
    #[expect(clippy::disallowed_methods, reason = "the client of the servers that the host itself asks")]
    let mut http = reqwest::Client::builder()
        .tcp_nodelay(true)
        .referer(false)
        .redirect(redirect::Policy::none())
        .pool_idle_timeout(KEPT_IDLE);
    // Proxies of the environment lead to servers outside; through one, the key of a local server would leave
    // this machine.
    if address.is_local() {
        http = http.no_proxy();
    }
    if let Some(limit) = patience.connect {
        http = http.connect_timeout(limit);
    }
    if let Some(limit) = patience.whole {
        http = http.timeout(limit);
    }
    http
}

/// Why no more of a body is read.
enum Unread {
    TooLarge,
    Packed(UnpackError),
}

impl From<UnpackError> for Unread {
    fn from(error: UnpackError) -> Self {
        Self::Packed(error)
    }
}

/// Whether the same request may be answered later.
pub fn may_pass(status: u16) -> bool {
    const PASSING: [StatusCode; 3] =
        [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS];
    PASSING.iter().any(|passing| passing.as_u16() == status) || (500..600).contains(&status)
}

#[cfg(test)]
mod tests;
