//! The client asks for one URL at a time, by the rules of the way out: each hop is checked, and connected to at the address
//! that was checked.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, ETAG, HeaderMap, HeaderValue, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, LAST_MODIFIED, LOCATION,
};
use reqwest::{Response, StatusCode};
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, Semaphore};
use tokio::time::Instant;
use url::Url;

use super::error::FetchError;
use super::robots::{self, Robots};
use super::settings::{FetchSettings, forbidden};
use crate::endpoint::{cause_chain, is_closed_early, retry_after};
use crate::inflate::{Inflate, Packing};
use crate::reach::{
    AddressRefused, Asking, HostGrant, LOOKUP_TIMEOUT, Lookup, LookupRefused, Names, Origin, Reach, cause,
    client, reach,
};

/// The number of redirects that users of browsers put up with.
const MAX_REDIRECTS: u32 = 5;
/// Characters of a URL; longer ones are made by mistake, such as by a calendar without end.
const MAX_URL: usize = 2048;
/// Names that are looked up at the same time.
const LOOKUPS: usize = 8;
/// Bytes of a validator; a longer one is not kept.
const MAX_VALIDATOR: usize = 1 << 10;
/// Compressed bytes that are unpacked in one step.
const STEP: usize = 4 << 10;

/// Asks the web, by the rules that serve. Each run has its own copy, with the same connections.
#[derive(Debug, Clone)]
pub(super) struct Client {
    /// Connects to public addresses only.
    public: reqwest::Client,
    /// For origins that the operator has named exactly.
    exact: reqwest::Client,
    lookups: Arc<Semaphore>,
    pub(super) hosts: Vec<HostGrant>,
    timeout: Duration,
    delay: Duration,
}

/// What tells whether a page is still the one that was fetched.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Validators {
    #[serde(skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_modified: Option<String>,
}

impl Validators {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let text = |name| {
            let value: Option<&HeaderValue> = headers.get(name);
            let text = value.and_then(|value| value.to_str().ok()).filter(|text| text.len() <= MAX_VALIDATOR);
            text.map(str::to_owned)
        };
        Self { etag: text(ETAG), last_modified: text(LAST_MODIFIED) }
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn condition(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in [(IF_NONE_MATCH, &self.etag), (IF_MODIFIED_SINCE, &self.last_modified)] {
            if let Some(value) = value.as_deref().and_then(|value| HeaderValue::from_str(value).ok()) {
                headers.insert(name, value);
            }
        }
        headers
    }
}

/// What came for a URL.
#[derive(Debug)]
pub(super) enum PageAnswer {
    /// The server says that the page is as it was.
    NotModified,
    /// A page.
    Page {
        headers: Box<HeaderMap>,
        /// Where it came from in the end.
        url: Url,
        body: Vec<u8>,
    },
}

impl Client {
    pub(super) fn new(settings: &FetchSettings) -> Result<Self, String> {
        Self::with(settings, &(Arc::new(Names::default()) as Arc<dyn Lookup>))
    }

    fn with(settings: &FetchSettings, lookup: &Arc<dyn Lookup>) -> Result<Self, String> {
        // The program installs this at its start; a second time changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let made = |public_only| {
            client(lookup, public_only)
                .build()
                .map_err(|error| format!("cannot prepare the HTTP client for the web: {error}"))
        };
        Ok(Self {
            public: made(true)?,
            exact: made(false)?,
            lookups: Arc::new(Semaphore::new(LOOKUPS)),
            hosts: settings.grants(),
            timeout: settings.timeout,
            delay: settings.delay,
        })
    }

    /// Goes by the rules of another table.
    pub(super) fn apply(&mut self, settings: &FetchSettings) {
        (self.hosts, self.timeout, self.delay) = (settings.grants(), settings.timeout, settings.delay);
    }

    /// Sends one request and follows no redirect.
    async fn send(&self, url: &Url, headers: HeaderMap) -> Result<Response, FetchError> {
        if url.as_str().len() > MAX_URL {
            return Err(FetchError::Long(MAX_URL));
        }
        let origin = Origin::of(url).ok_or(FetchError::Address)?;
        let http = match reach(&self.hosts, &origin) {
            Reach::Exact => &self.exact,
            Reach::Public | Reach::Denied => &self.public,
        };
        // An address in the URL itself is not looked up, so that nobody else checks it.
        if let Some((address, kind)) = forbidden(&self.hosts, &origin) {
            return Err(FetchError::Forbidden { origin: origin.to_string(), address, kind });
        }
        let asked = || {
            let asking = Asking::new(1, Arc::clone(&self.lookups), LOOKUP_TIMEOUT);
            asking.scope(http.get(url.clone()).headers(headers.clone()).send())
        };
        // A server may close a connection that is kept while a request is on its way there.
        let sent = match asked().await {
            Err(error) if is_closed_early(&error) => asked().await,
            sent => sent,
        };
        sent.map_err(|error| {
            let origin = origin.to_string();
            if let Some(AddressRefused { address, kind }) = cause(&error) {
                return FetchError::Forbidden { origin, address: address.to_string(), kind };
            }
            let cause = match cause::<LookupRefused>(&error) {
                Some(refused) => refused.to_string(),
                None => cause_chain(&error),
            };
            FetchError::Unreachable { origin, cause }
        })
    }

    async fn body(&self, mut response: Response, most: usize) -> Result<Vec<u8>, FetchError> {
        let too_large = || FetchError::TooLarge(most >> 20);
        if response.content_length().is_some_and(|length| length > most as u64) {
            return Err(too_large());
        }
        let encoding =
            response.headers().get(CONTENT_ENCODING).map_or(&b""[..], HeaderValue::as_bytes).to_vec();
        let mut packing = Packing::named(&encoding).ok_or_else(|| {
            FetchError::Packed(crate::endpoint::said::cleaned(&String::from_utf8_lossy(&encoding)))
        })?;
        let mut body = Vec::new();
        let broken = |error: reqwest::Error| FetchError::BrokenOff(cause_chain(&error));
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            match &mut packing {
                Packing::None => add(&mut body, &chunk, most)?,
                Packing::Packed(inflate) => unpack(inflate, &chunk, &mut body, most)?,
            }
        }
        if let Packing::Packed(inflate) = &mut packing {
            let rest = inflate.finish().map_err(|error| FetchError::Packed(error.to_string()))?;
            add(&mut body, &rest, most)?;
        }
        Ok(body)
    }
}

fn add(body: &mut Vec<u8>, bytes: &[u8], most: usize) -> Result<(), FetchError> {
    if body.len() + bytes.len() > most {
        return Err(FetchError::TooLarge(most >> 20));
    }
    body.extend_from_slice(bytes);
    Ok(())
}

fn unpack(inflate: &mut Inflate, packed: &[u8], body: &mut Vec<u8>, most: usize) -> Result<(), FetchError> {
    for step in packed.chunks(STEP) {
        let bytes = inflate.feed(step).map_err(|error| FetchError::Packed(error.to_string()))?;
        add(body, &bytes, most)?;
    }
    Ok(())
}

/// The bytes of a body that is a gzip file, as a packed sitemap is.
pub(super) fn unpacked(body: Vec<u8>, most: usize) -> Result<Vec<u8>, FetchError> {
    if !body.starts_with(b"\x1f\x8b") {
        return Ok(body);
    }
    let mut inflate = Inflate::gzip();
    let mut bytes = Vec::new();
    unpack(&mut inflate, &body, &mut bytes, most)?;
    let rest = inflate.finish().map_err(|error| FetchError::Packed(error.to_string()))?;
    add(&mut bytes, &rest, most)?;
    Ok(bytes)
}

/// One run's requests: what their sites have said, and when each was asked last. Its requests go one after the other.
#[derive(Debug)]
pub(super) struct SiteVisit<'a> {
    client: &'a Client,
    sites: Mutex<HashMap<String, Site>>,
}

#[derive(Debug, Clone)]
struct Site {
    robots: Result<Arc<Robots>, FetchError>,
    asked: Option<Instant>,
}

impl<'a> SiteVisit<'a> {
    pub(super) fn new(client: &'a Client) -> Self {
        Self { client, sites: Mutex::default() }
    }

    /// Whether the operator lets documents come from there.
    pub(super) fn may_reach(&self, origin: &Origin) -> bool {
        reach(&self.client.hosts, origin) != Reach::Denied
    }

    /// What is at a URL, at most as many bytes as `most` says once the headers are known.
    pub(super) async fn get(
        &self,
        url: &Url,
        validators: &Validators,
        most: impl Fn(&HeaderMap, &Url) -> usize + Send + Sync,
    ) -> Result<PageAnswer, FetchError> {
        let limit = self.client.timeout;
        // Pauses between requests are the host's own and count for nobody's time.
        let (mut url, mut redirects) = (url.clone(), 0);
        loop {
            self.expect_welcome(&url).await?;
            self.pause(&url).await;
            let asked = async {
                let response = self.client.send(&url, headers(validators.condition())).await?;
                let status = response.status();
                if let Some(next) = redirected(&url, status, response.headers())? {
                    return Ok(Err(next));
                }
                if status == StatusCode::NOT_MODIFIED && !validators.is_empty() {
                    return Ok(Ok(PageAnswer::NotModified));
                }
                if !status.is_success() {
                    let retry_after = retry_after(response.headers());
                    return Err(FetchError::Status { status: status.as_u16(), retry_after });
                }
                let headers = response.headers().clone();
                let most = most(&headers, &url);
                let body = self.client.body(response, most).await?;
                Ok(Ok(PageAnswer::Page { headers: Box::new(headers), url: url.clone(), body }))
            };
            match tokio::time::timeout(limit, asked).await.map_err(|_| FetchError::Late(limit))?? {
                Ok(came) => return Ok(came),
                Err(next) => url = next,
            }
            redirects += 1;
            if redirects > MAX_REDIRECTS {
                return Err(FetchError::Redirects(MAX_REDIRECTS));
            }
        }
    }

    /// Refuses what the site's robots.txt does not want fetched.
    async fn expect_welcome(&self, url: &Url) -> Result<(), FetchError> {
        let origin = Origin::of(url).ok_or(FetchError::Address)?.to_string();
        let known = self.sites.lock().await.get(&origin).map(|site| site.robots.clone());
        let robots = match known {
            Some(robots) => robots?,
            None => {
                let robots = self.robots(url, &origin).await.map(Arc::new);
                let site = Site { robots: robots.clone(), asked: Some(Instant::now()) };
                self.sites.lock().await.insert(origin.clone(), site);
                robots?
            }
        };
        match robots.against(url) {
            Some(rule) => Err(FetchError::Robots { origin, rule: crate::endpoint::said::cleaned(rule) }),
            None => Ok(()),
        }
    }

    /// A site without one wants everything fetched; one that cannot say so now is left alone.
    async fn robots(&self, of: &Url, origin: &str) -> Result<Robots, FetchError> {
        let mut url = of.clone();
        url.set_path("/robots.txt");
        url.set_query(None);
        let limit = self.client.timeout;
        let asked = async {
            for _ in 0..=MAX_REDIRECTS {
                let response = self.client.send(&url, headers(HeaderMap::new())).await?;
                let status = response.status();
                if let Some(next) = redirected(&url, status, response.headers())? {
                    url = next;
                    continue;
                }
                if status.is_success() {
                    return match self.client.body(response, robots::MAX_BYTES).await {
                        Ok(body) => Ok(Robots::of(&String::from_utf8_lossy(&body))),
                        // What is longer than any is not robots.txt.
                        Err(FetchError::TooLarge(_)) => Ok(Robots::default()),
                        Err(error) => Err(error),
                    };
                }
                if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS {
                    return Ok(Robots::default());
                }
                let retry_after = retry_after(response.headers());
                return Err(FetchError::Status { status: status.as_u16(), retry_after });
            }
            Ok(Robots::default())
        };
        let asked = tokio::time::timeout(limit, asked).await.unwrap_or(Err(FetchError::Late(limit)));
        asked.map_err(|error| match error {
            // These errors would come for any page of that origin, and they already say what to do.
            FetchError::Forbidden { .. } | FetchError::Unreachable { .. } | FetchError::Address => error,
            error => FetchError::RobotsAway { origin: origin.to_owned(), cause: error.to_string() },
        })
    }

    async fn pause(&self, url: &Url) {
        let Some(origin) = Origin::of(url).map(|origin| origin.to_string()) else { return };
        let until = {
            let mut sites = self.sites.lock().await;
            let Some(site) = sites.get_mut(&origin) else { return };
            let asked_for = site.robots.as_ref().ok().and_then(|robots| robots.delay);
            let delay = self.client.delay.max(asked_for.unwrap_or_default());
            let until = site.asked.map_or_else(Instant::now, |asked| asked + delay);
            site.asked = Some(until.max(Instant::now()));
            until
        };
        tokio::time::sleep_until(until).await;
    }
}

fn headers(mut condition: HeaderMap) -> HeaderMap {
    condition.insert(ACCEPT, HeaderValue::from_static("text/html, application/pdf, text/*;q=0.9, */*;q=0.8"));
    condition.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip, identity"));
    condition
}

/// Where an answer leads, if it is a redirect.
fn redirected(from: &Url, status: StatusCode, headers: &HeaderMap) -> Result<Option<Url>, FetchError> {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let to = headers.get(LOCATION).and_then(|to| std::str::from_utf8(to.as_bytes()).ok());
    let mut to = to.and_then(|to| from.join(to).ok()).ok_or(FetchError::RedirectedToNothing)?;
    to.set_fragment(None);
    Ok(Some(to))
}
