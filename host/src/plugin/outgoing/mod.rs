//! The one way from a guest to the network.
//!
//! Each hop of a request, the first and every redirect, is checked against the plugin's grants;
//! the name is resolved once and the connection goes to an address that has been checked. Secrets
//! are added here, after the request has left the guest, and only as long as it stays on the
//! origin it started from.

mod address;
mod body;
mod resolve;

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use reqwest::{Client, redirect};
use url::Url;
use wasmtime_wasi_http::{Error, ForbiddenHeaderFilter, RequestOptions, WasiBody, WasiHttpHooks};

use self::{
    body::CappedBody,
    resolve::{AddressRefused, CheckedResolver, Lookup, System},
};
use super::{
    component::PluginContext,
    grant::{Origin, Reach},
    report::HttpReport,
};

/// As many as browsers' users put up with, and more than an API needs.
const MAX_REDIRECTS: u32 = 5;
/// Long enough for a slow link, and well within a call's usual time.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The clients that send for all plugins, so that connections are shared. A connection of one is
/// never used by the other.
pub(super) struct Clients {
    /// Connects to public addresses only.
    public: Client,
    /// For origins the operator named exactly.
    exact: Client,
}

impl Clients {
    /// The error is for people.
    pub(super) fn new() -> Result<Self, String> {
        Self::with(Arc::new(System))
    }

    fn with(lookup: Arc<dyn Lookup>) -> Result<Self, String> {
        // The program installs this at its start; a second time changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = |public_only| {
            Client::builder()
                // A proxy from the environment would connect to addresses nobody here has checked.
                .no_proxy()
                // Followed by hand, with a check of every hop.
                .redirect(redirect::Policy::none())
                .referer(false)
                .retry(reqwest::retry::never())
                .connect_timeout(CONNECT_TIMEOUT)
                .pool_idle_timeout(Duration::from_secs(60))
                .tcp_nodelay(true)
                .http2_max_header_list_size(64 << 10)
                .user_agent(concat!("qianfan-host/", env!("CARGO_PKG_VERSION")))
                .dns_resolver(CheckedResolver { lookup: Arc::clone(&lookup), public_only })
                .build()
                .map_err(|error| format!("cannot prepare the HTTP client of the plugins: {error}"))
        };
        Ok(Self { public: client(true)?, exact: client(false)? })
    }
}

/// What one call's requests came to. Shared with the tasks that carry them out.
pub(super) type Reports = Arc<Mutex<Vec<HttpReport>>>;

/// One call's way out.
pub(super) struct Outgoing {
    context: Arc<PluginContext>,
    reports: Reports,
}

impl Outgoing {
    pub(super) fn new(context: Arc<PluginContext>) -> Self {
        Self { context, reports: Reports::default() }
    }

    pub(super) fn reports(&self) -> Vec<HttpReport> {
        self.reports.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

type Sent = Result<(Response<WasiBody>, Box<dyn Future<Output = Result<(), Error>> + Send>), Error>;

impl WasiHttpHooks for Outgoing {
    fn is_forbidden_header(&mut self, name: &HeaderName) -> bool {
        (self.context.grants.forbidden)(name)
    }

    fn forbidden_header_filter(&mut self) -> ForbiddenHeaderFilter {
        Arc::clone(&self.context.grants.forbidden)
    }

    /// The client names the host it was checked for.
    fn set_host_header(&mut self) -> bool {
        false
    }

    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _sent: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        let context = Arc::clone(&self.context);
        let Some(report) = Report::begin(&self.reports, request.method(), context.limits.requests) else {
            tracing::warn!(plugin.name = %context.name, "Plugin `{}` sent more than `limits.requests` requests in one call", context.name);
            return Box::new(async { Err(Error::ConnectionLimitReached) });
        };
        Box::new(async move {
            let exchange = Exchange { context, report, options: options.unwrap_or_default() };
            let response = exchange.run(request).await?;
            Ok((response, Box::new(async { Ok(()) }) as Box<dyn Future<Output = _> + Send>))
        })
    }
}

/// One request on its way.
struct Exchange {
    context: Arc<PluginContext>,
    report: Report,
    options: RequestOptions,
}

/// Where a request goes next, and what goes there.
struct Hop {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Bytes,
    /// Dropped at the first change of origin, and not again afterwards: a redirect back must not
    /// fetch a secret for whoever sent it.
    secrets: bool,
}

impl Exchange {
    async fn run(self, request: Request<WasiBody>) -> Result<Response<WasiBody>, Error> {
        let (parts, body) = request.into_parts();
        // Parsed once, by the parser whose reading is also what is connected to.
        let url = Url::parse(&parts.uri.to_string())
            .map_err(|error| self.fail(error, Error::HttpRequestUriInvalid))?;
        if parts.method == Method::CONNECT || parts.method == Method::TRACE {
            return Err(self.fail("method not allowed", Error::HttpRequestMethodInvalid));
        }
        // Refused before the guest has to write a body.
        self.check(&url)?;
        let mut headers = parts.headers;
        // The client counts the body itself.
        headers.remove(header::CONTENT_LENGTH);
        let body = self.collect(body).await?;
        let mut hop = Hop { method: parts.method, url, headers, body, secrets: true };
        for redirects in 0..=MAX_REDIRECTS {
            self.report.edit(|report| report.redirects = redirects);
            let response = self.send(&hop).await?;
            match hop.follow(response.status(), response.headers()) {
                Follow::No => return Ok(self.deliver(response)),
                Follow::Invalid(problem) => return Err(self.fail(problem, Error::HttpProtocolError)),
                Follow::To(next) => hop = *next,
            }
        }
        Err(self.fail("too many redirects", Error::LoopDetected))
    }

    async fn send(&self, hop: &Hop) -> Result<reqwest::Response, Error> {
        let (origin, reach) = self.check(&hop.url)?;
        let clients = &self.context.clients;
        let client = if reach == Reach::Exact { &clients.exact } else { &clients.public };
        let mut headers = hop.headers.clone();
        if hop.secrets {
            for (name, value) in self.context.grants.injected(&origin) {
                headers.insert(name.clone(), value.clone());
            }
        }
        let request = client
            .request(hop.method.clone(), hop.url.clone())
            .headers(headers)
            .body(hop.body.clone())
            .send();
        let first_byte = self.options.first_byte_timeout.unwrap_or(Duration::MAX);
        let response = match tokio::time::timeout(first_byte, request).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(self.failed_to_send(&origin, error)),
            Err(_) => {
                return Err(self.fail(
                    "no answer within the plugin's time for the first byte",
                    Error::HttpResponseTimeout,
                ));
            }
        };
        self.report.edit(|report| report.status = Some(response.status().as_u16()));
        Ok(response)
    }

    /// The grant for one hop. The only way to an address without a name is an exact grant.
    fn check(&self, url: &Url) -> Result<(Origin, Reach), Error> {
        self.report.edit(|report| report.url = origin_and_path(url));
        let Some(origin) = Origin::of(url) else {
            let problem = "the URL is not http or https, carries a user name, or its host ends in a dot";
            return Err(self.deny(problem.to_owned(), Error::HttpRequestUriInvalid));
        };
        match self.context.grants.reach(&origin) {
            Reach::Denied => Err(self.deny(self.mend(&origin, "asked for"), Error::HttpRequestDenied)),
            Reach::Public if origin.is_address() => {
                Err(self.deny(self.mend(&origin, "asked for"), Error::DestinationIpProhibited))
            }
            reach => Ok((origin, reach)),
        }
    }

    fn mend(&self, origin: &Origin, what: &str) -> String {
        let name = &self.context.name;
        format!("plugin `{name}` {what} {origin}: add hosts = [\"{origin}\"] to [plugins.{name}.grants]")
    }

    async fn collect(&self, mut body: WasiBody) -> Result<Bytes, Error> {
        let limit = self.context.limits.request_body.0;
        let mut collected = Vec::new();
        while let Some(frame) = body.frame().await {
            // Trailers are dropped: no API asks for them.
            let Ok(data) = frame?.into_data() else { continue };
            if collected.len() + data.len() > limit {
                let problem = format!("the request's body is over `limits.request_body` ({limit} bytes)");
                return Err(self.fail(problem, Error::HttpRequestBodySize(u64::try_from(limit).ok())));
            }
            collected.extend_from_slice(&data);
        }
        Ok(collected.into())
    }

    fn deliver(self, response: reqwest::Response) -> Response<WasiBody> {
        self.report.edit(|report| report.duration = self.report.started.elapsed());
        let limit = self.context.limits.response_body.0;
        let idle = self.options.between_bytes_timeout;
        Response::from(response).map(|body| CappedBody::new(body, limit, idle, self.report).boxed_unsync())
    }

    fn failed_to_send(&self, origin: &Origin, error: reqwest::Error) -> Error {
        if let Some(refused) = cause::<AddressRefused>(&error) {
            let problem = if self.context.grants.reach(origin) == Reach::Exact {
                format!(
                    "plugin `{}` asked for {origin}, and {refused}; grant the address itself",
                    self.context.name
                )
            } else {
                let what =
                    format!("may reach public addresses only below its wildcard, and {refused}; to let it");
                self.mend(origin, &what)
            };
            return self.deny(problem, Error::DestinationIpProhibited);
        }
        let code = match cause::<io::Error>(&error).map(io::Error::kind) {
            Some(io::ErrorKind::ConnectionRefused) => Error::ConnectionRefused,
            _ if error.is_timeout() && error.is_connect() => Error::ConnectionTimeout,
            _ if error.is_timeout() => Error::HttpResponseTimeout,
            _ if cause::<rustls::Error>(&error).is_some() => Error::TlsProtocolError,
            _ if error.is_connect() => Error::DestinationUnavailable,
            _ => Error::HttpProtocolError,
        };
        self.fail(causes(&error.without_url()), code)
    }

    fn fail(&self, problem: impl ToString, code: Error) -> Error {
        self.report.end(|report| report.error = Some(problem.to_string()));
        code
    }

    fn deny(&self, problem: String, code: Error) -> Error {
        tracing::warn!(plugin.name = %self.context.name, "Request denied: {problem}");
        self.report.end(|report| report.denied = Some(problem));
        code
    }
}

enum Follow {
    /// The response is the guest's.
    No,
    To(Box<Hop>),
    Invalid(String),
}

impl Hop {
    /// Only what cannot do harm twice is followed: GET and HEAD, and 303, which turns into GET.
    fn follow(&self, status: StatusCode, response: &HeaderMap) -> Follow {
        let safe = self.method == Method::GET || self.method == Method::HEAD;
        let redirect = match status.as_u16() {
            303 => true,
            301 | 302 | 307 | 308 => safe,
            _ => false,
        };
        let Some(location) = response.get(header::LOCATION).filter(|_| redirect) else { return Follow::No };
        let Some(mut url) = location.to_str().ok().and_then(|location| self.url.join(location).ok()) else {
            return Follow::Invalid("the server redirects to what is no URL".to_owned());
        };
        url.set_fragment(None);
        let mut headers = self.headers.clone();
        let mut body = self.body.clone();
        let mut method = self.method.clone();
        if status == StatusCode::SEE_OTHER && !safe {
            method = Method::GET;
            body = Bytes::new();
            headers.remove(header::CONTENT_TYPE);
            headers.remove(header::CONTENT_ENCODING);
        }
        let stays = Origin::of(&url) == Origin::of(&self.url);
        if !stays {
            headers.remove(header::AUTHORIZATION);
            headers.remove(header::COOKIE);
        }
        Follow::To(Box::new(Self { method, url, headers, body, secrets: self.secrets && stays }))
    }
}

/// The report of one request, wherever the request has got to.
struct Report {
    all: Reports,
    at: usize,
    started: Instant,
}

impl Report {
    /// `None` where the call has used up its requests.
    fn begin(all: &Reports, method: &Method, limit: u32) -> Option<Self> {
        let mut reports = all.lock().unwrap_or_else(PoisonError::into_inner);
        if reports.len() >= limit as usize {
            return None;
        }
        reports.push(HttpReport {
            method: method.to_string(),
            url: String::new(),
            status: None,
            redirects: 0,
            body_bytes: 0,
            duration: Duration::ZERO,
            denied: None,
            error: None,
        });
        Some(Self { all: Arc::clone(all), at: reports.len() - 1, started: Instant::now() })
    }

    fn edit(&self, change: impl FnOnce(&mut HttpReport)) {
        let mut reports = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(report) = reports.get_mut(self.at) {
            change(report);
        }
    }

    fn end(&self, change: impl FnOnce(&mut HttpReport)) {
        self.edit(|report| {
            report.duration = self.started.elapsed();
            change(report);
        });
    }
}

/// What of a URL may be written down: keys travel in user names and queries.
fn origin_and_path(url: &Url) -> String {
    match Origin::of(url) {
        Some(origin) => format!("{origin}{}", url.path()),
        None => format!("{}:", url.scheme()),
    }
}

fn cause<'a, E: std::error::Error + 'static>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        // An I/O error shows the source of what it wraps, not what it wraps.
        if let Some(wrapped) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref)
            && let Some(found) = wrapped.downcast_ref()
        {
            return Some(found);
        }
        next = error.source();
    }
    None
}

fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        text = format!("{text}: {error}");
        next = error.source();
    }
    text
}

#[cfg(test)]
mod tests;
