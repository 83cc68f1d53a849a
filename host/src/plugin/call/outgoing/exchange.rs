//! One request on its way, from the guest to the last response.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use url::Url;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody};

use super::body::GuestBody;
use super::cost;
use super::hop::{Follow, Hop};
use super::report::{RequestReport, origin_and_path};
use crate::endpoint::cause_chain;
use crate::plugin::call::memory::{CallMemory, HeldBytes};
use crate::plugin::loaded::PluginContext;
use crate::plugin::process::{Injection, SecretPlace, Ungranted};
use crate::reach::{AddressRefused, Asking, LookupRefused, Origin, Reach, cause};
use crate::redact;

/// As many as browsers' users put up with, and more than an API needs.
const MAX_REDIRECTS: u32 = 5;
/// Names and values of a response's headers; a guest keeps no more, and HTTP/1 would let more through.
const MAX_RESPONSE_HEADERS: usize = 64 << 10;

/// How the text of an internal error begins that is a refusal; the SDK knows it.
const DENIED: &str = "denied: ";

/// One request on its way.
pub(super) struct Exchange {
    pub(super) context: Arc<PluginContext>,
    pub(super) report: RequestReport,
    pub(super) options: RequestOptions,
    pub(super) memory: Arc<CallMemory>,
    /// The names that are looked up for the call.
    pub(super) asking: Asking,
}

impl Exchange {
    pub(super) async fn run(self, request: Request<WasiBody>) -> Result<Response<WasiBody>, Error> {
        let (parts, body) = request.into_parts();
        // Parsed once, by the parser whose reading is also what is connected to.
        let url = Url::parse(&parts.uri.to_string())
            .map_err(|error| self.fail(error, Error::HttpRequestUriInvalid))?;
        // Servers take the names of methods in any case.
        if ["CONNECT", "TRACE"].iter().any(|name| parts.method.as_str().eq_ignore_ascii_case(name)) {
            return Err(
                self.fail("the methods CONNECT and TRACE are not let out", Error::HttpRequestMethodInvalid)
            );
        }
        // Refused before the guest has to write a body.
        let (origin, _) = self.check(&url)?;
        let mut headers = parts.headers;
        // The client counts the body itself.
        headers.remove(header::CONTENT_LENGTH);
        let mut held = self.hold(2 * (parts.uri.to_string().len() + cost::headers(&headers)))?;
        let body = self.collect(body, &mut held).await?;
        let mut hop = Hop { method: parts.method, url, headers, body, secrets: true };
        if let Some(secret) = hop.forged(&self.context.grants, &origin) {
            let problem = forged(&self.context.name, &origin, secret);
            let lack = Ungranted::Other(problem.clone());
            return Err(self.deny(lack, problem, Error::HttpRequestUriInvalid));
        }
        for redirects in 0..=MAX_REDIRECTS {
            self.report.edit(|report| report.redirects = redirects);
            let response =
                self.send(&hop).await.map_err(|error| redirected(redirects, &origin, &hop.url, error))?;
            match hop.follow(response.status(), response.headers()) {
                Follow::No if hop.carries(&self.context.grants) => {
                    self.check_coding(&response)?;
                    return Ok(self.deliver(response));
                }
                Follow::No => return Ok(self.deliver(response)),
                Follow::Invalid(problem) => return Err(self.fail(problem, Error::HttpProtocolError)),
                Follow::To(next) if !next.secrets && redact::known().finds(next.url.as_str().as_bytes()) => {
                    let problem =
                        "the server redirects to another origin with one of the host's secrets in the URL";
                    return Err(self.fail(problem, Error::HttpProtocolError));
                }
                Follow::To(next) => hop = *next,
            }
        }
        Err(self.fail("too many redirects", Error::LoopDetected))
    }

    async fn send(&self, hop: &Hop) -> Result<reqwest::Response, Error> {
        let (origin, reach) = self.check(&hop.url)?;
        let clients = &self.context.clients;
        let sender = if reach == Reach::Exact { &clients.exact } else { &clients.public };
        self.note_grant(&origin);
        let hop = hop.with_secrets(&self.context.grants, &origin);
        let request = hop.sent_by(sender);
        // Names are looked up within this task, where it can be told for whom.
        let request = self.asking.clone().scope(request);
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
        self.check_response(response)
    }

    /// What no guest gets.
    fn check_response(&self, response: reqwest::Response) -> Result<reqwest::Response, Error> {
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            let problem = "the server switches to another protocol (101), which no request asked for";
            return Err(self.fail(problem, Error::HttpUpgradeFailed));
        }
        let size: usize =
            response.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        if MAX_RESPONSE_HEADERS < size {
            let problem =
                format!("the response's headers measure {size} bytes; a plugin gets {MAX_RESPONSE_HEADERS}");
            return Err(self.fail(problem, Error::HttpResponseHeaderSectionSize(u32::try_from(size).ok())));
        }
        Ok(response)
    }

    /// The host looks for its secrets in what it can read.
    fn check_coding(&self, response: &reqwest::Response) -> Result<(), Error> {
        let Some(coding) = response.headers().get(header::CONTENT_ENCODING) else { return Ok(()) };
        if coding.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity") {
            return Ok(());
        }
        let coding = String::from_utf8_lossy(coding.as_bytes()).into_owned();
        let problem = "the server compressed its answer to a request with a secret, though it was asked not to: the host cannot look for the secret in it";
        Err(self.fail(problem, Error::HttpResponseContentCoding(Some(coding))))
    }

    /// The grant for one hop. The only way to an address without a name is an exact grant.
    fn check(&self, url: &Url) -> Result<(Origin, Reach), Error> {
        self.report.edit(|report| report.url = origin_and_path(url));
        let Some(origin) = Origin::of(url) else {
            let problem = "the URL is not http or https, carries a user name, or its host ends in a dot";
            let lack = Ungranted::Other(problem.to_owned());
            return Err(self.deny(lack, problem.to_owned(), Error::HttpRequestUriInvalid));
        };
        let code = match self.context.grants.reach(&origin) {
            Reach::Denied => Error::HttpRequestDenied,
            Reach::Public if origin.is_address() => Error::DestinationIpProhibited,
            reach => return Ok((origin, reach)),
        };
        let mut redirects = 0;
        self.report.edit(|report| redirects = report.redirects);
        let asked = if redirects == 0 { "asked for" } else { "was redirected to" };
        Err(self.deny(Ungranted::Host(origin.to_string()), self.mend(&origin, asked), code))
    }

    /// Notes which grant lets the hop out.
    fn note_grant(&self, origin: &Origin) {
        if let Some(grant) = self.context.grants.granting(origin) {
            self.report.edit(|report| {
                if !report.granted_by.iter().any(|noted| noted == grant) {
                    report.granted_by.push(grant.to_owned());
                }
            });
        }
    }

    fn mend(&self, origin: &Origin, what: &str) -> String {
        let name = &self.context.name;
        format!("plugin `{name}` {what} {origin}: add hosts = [\"{origin}\"] to [plugins.{name}.grants]")
    }

    async fn collect(&self, mut body: WasiBody, held: &mut HeldBytes) -> Result<Bytes, Error> {
        let limit = self.context.limits.request_body.0;
        let head = held.bytes();
        let mut collected = Vec::new();
        while let Some(frame) = body.frame().await {
            // Trailers are dropped: no API asks for them.
            let Ok(data) = frame?.into_data() else { continue };
            if collected.len() + data.len() > limit {
                let problem = format!("the request's body is over `limits.request_body` ({limit} bytes)");
                return Err(self.fail(problem, Error::HttpRequestBodySize(u64::try_from(limit).ok())));
            }
            collected.extend_from_slice(&data);
            if !held.resize(head + collected.capacity()) {
                return Err(self.too_much_memory());
            }
        }
        Ok(collected.into())
    }

    fn hold(&self, bytes: usize) -> Result<HeldBytes, Error> {
        self.memory.hold(bytes).ok_or_else(|| self.too_much_memory())
    }

    fn too_much_memory(&self) -> Error {
        let limit = self.context.limits.memory;
        let problem = format!(
            "what the host would hold for the request is over the plugin's `limits.memory` ({limit})"
        );
        self.fail(&problem, Error::InternalError(Some(problem.clone())))
    }

    fn deliver(self, response: reqwest::Response) -> Response<WasiBody> {
        self.report.edit(|report| report.duration = self.report.started.elapsed());
        let limit = self.context.limits.response_body.0;
        let idle = self.options.between_bytes_timeout;
        let mut response = Response::from(response);
        clean(response.headers_mut());
        response.map(|body| GuestBody::new(body, limit, idle, self.report, self.memory).boxed_unsync())
    }

    fn failed_to_send(&self, origin: &Origin, error: reqwest::Error) -> Error {
        if let Some(refused) = cause::<AddressRefused>(&error) {
            let (lack, problem) = if self.context.grants.reach(origin) == Reach::Exact {
                let problem = format!(
                    "plugin `{}` asked for {origin}, and {refused}; grant the address itself",
                    self.context.name
                );
                (Ungranted::Other(problem.clone()), problem)
            } else {
                let what =
                    format!("may reach public addresses only below its wildcard, and {refused}; to let it");
                (Ungranted::Private(origin.to_string()), self.mend(origin, &what))
            };
            return self.deny(lack, problem, Error::DestinationIpProhibited);
        }
        if let Some(refused) = cause::<LookupRefused>(&error) {
            return self.fail(format!("{origin}: {refused}"), code(refused));
        }
        let problem = cause_chain(&error);
        let code = match cause::<io::Error>(&error).map(io::Error::kind) {
            Some(io::ErrorKind::ConnectionRefused) => Error::ConnectionRefused,
            _ if error.is_timeout() && error.is_connect() => Error::ConnectionTimeout,
            _ if error.is_timeout() => Error::HttpResponseTimeout,
            _ if cause::<rustls::Error>(&error).is_some() || problem.contains("not speak TLS") => {
                Error::TlsProtocolError
            }
            _ if error.is_connect() => Error::DestinationUnavailable,
            _ => Error::HttpProtocolError,
        };
        self.fail(problem, code)
    }

    fn fail(&self, problem: impl ToString, code: Error) -> Error {
        self.report.end(|report| report.error = Some(problem.to_string()));
        code
    }

    fn deny(&self, lack: Ungranted, problem: String, code: Error) -> Error {
        tracing::warn!(plugin.name = %self.context.name, "Request denied: {problem}");
        self.context.denials.inc();
        self.report.end(|report| {
            report.denied = Some(problem);
            report.ungranted = Some(lack);
        });
        code
    }
}

/// Blanks the host's secrets in a response's headers. Its length is no longer known.
fn clean(headers: &mut HeaderMap) {
    let redactor = redact::known();
    for value in headers.values_mut() {
        if let Cow::Owned(clean) = redactor.bytes(value.as_bytes()) {
            *value = HeaderValue::from_bytes(&clean).unwrap_or(HeaderValue::from_static(""));
        }
    }
    headers.remove(header::CONTENT_LENGTH);
}

/// Whoever reads this may mend the plugin, or its configuration where that holds the URL.
fn forged(plugin: &str, origin: &Origin, secret: &Injection) -> String {
    let (what, name) = match &secret.place {
        SecretPlace::Header(name, _) => ("header", name.as_str()),
        SecretPlace::Query(name, _) => ("query", name.as_str()),
        SecretPlace::Form(name, _) => ("form", name.as_str()),
    };
    format!(
        "plugin `{plugin}` sets `{name}` in the {what} to {origin} itself, where the host puts the secret `{}`; leave it out of the plugin's configuration",
        secret.name
    )
}

/// The guest knows where it asked, and not where it was led: a refusal there carries the place and its grant in words.
fn redirected(redirects: u32, from: &Origin, to: &Url, error: Error) -> Error {
    let is_refusal = matches!(error, Error::HttpRequestDenied | Error::DestinationIpProhibited);
    match Origin::of(to).filter(|_| redirects > 0 && is_refusal) {
        Some(to) => Error::InternalError(Some(format!(
            "{DENIED}{from} redirects to {to}, which is not granted: add \"{to}\" to `hosts` in this plugin's grants, \
             or write the address it leads to into the plugin's configuration"
        ))),
        None => error,
    }
}

/// The error that the guest gets.
fn code(refused: &LookupRefused) -> Error {
    match refused {
        LookupRefused::TooMany | LookupRefused::Unasked => Error::ConnectionLimitReached,
        LookupRefused::TooSlow(_) => Error::DnsTimeout,
        LookupRefused::NotFound(_) => Error::DnsError { rcode: None, info_code: None },
    }
}
