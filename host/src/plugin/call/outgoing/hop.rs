//! One step of a request: to its first origin, or where a redirect leads.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use reqwest::Client;
use url::{Url, form_urlencoded};

use crate::endpoint::is_closed_early;
use crate::plugin::process::{Grants, Injection, SecretPlace, Sender};
use crate::reach::Origin;

/// The type of bodies that get secrets in a field.
const FORM: &str = "application/x-www-form-urlencoded";

/// Where a request goes next, and what goes there.
#[derive(Clone)]
pub(super) struct Hop {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// Dropped at the first change of origin, and not again afterwards: a redirect back must not
    /// fetch a secret for whoever sent it.
    pub(super) secrets: bool,
}

pub(super) enum Follow {
    /// The response is the guest's.
    No,
    To(Box<Hop>),
    Invalid(String),
}

impl Hop {
    /// Only what cannot do harm twice is followed: GET and HEAD, and 303, which turns into GET.
    pub(super) fn follow(&self, status: StatusCode, response: &HeaderMap) -> Follow {
        let safe = self.method == Method::GET || self.method == Method::HEAD;
        let redirect = match status.as_u16() {
            303 => true,
            301 | 302 | 307 | 308 => safe,
            _ => false,
        };
        let Some(location) = response.get(header::LOCATION).filter(|_| redirect) else { return Follow::No };
        let Some(mut url) = location.to_str().ok().and_then(|location| self.url.join(location).ok()) else {
            return Follow::Invalid("the server redirects to what is not a URL".to_owned());
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

    /// The place of one of the host's secrets that the guest has filled itself: the first hop is the
    /// guest's own, and nothing but the host puts a value there.
    pub(super) fn forged<'a>(&self, grants: &'a Grants, origin: &'a Origin) -> Option<&'a Injection> {
        grants.injected(origin).find(|secret| match &secret.place {
            // The guest's headers have been checked when it made them.
            SecretPlace::Header(..) => false,
            SecretPlace::Query(name, _) => has(self.url.query().unwrap_or_default().as_bytes(), name),
            SecretPlace::Form(name, _) => self.is_form() && has(&self.body, name),
        })
    }

    /// What goes over the wire: the guest's request with the secrets of the origin it goes to.
    pub(super) fn with_secrets(&self, grants: &Grants, origin: &Origin) -> Self {
        let mut hop = self.clone();
        if !self.carries(grants) {
            return hop;
        }
        // An answer the host can read, and the whole of it: a secret in pieces is no longer one.
        hop.headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        hop.headers.remove(header::RANGE);
        for secret in grants.injected(origin) {
            match &secret.place {
                SecretPlace::Header(name, value) => {
                    hop.headers.insert(name.clone(), value.clone());
                }
                SecretPlace::Query(name, value) => set_parameter(&mut hop.url, name, value),
                SecretPlace::Form(name, value) if hop.is_form() => {
                    hop.body = with_field(&hop.body, name, value)
                }
                SecretPlace::Form(..) => {}
            }
        }
        hop
    }

    /// Whether the answer may hold a secret because the request does.
    pub(super) fn carries(&self, grants: &Grants) -> bool {
        let origin = Origin::of(&self.url);
        self.secrets && origin.is_some_and(|origin| grants.injected(&origin).next().is_some())
    }

    /// Sends it. A server may close a connection that is kept while a request is on its way there: what does no
    /// harm twice (the methods that RFC 9110, 9.2.2, calls idempotent) is then sent once more, over a new one.
    pub(super) async fn sent_by(self, sender: &Sender) -> reqwest::Result<reqwest::Response> {
        let again = self.method.is_idempotent().then(|| self.clone());
        match (self.request(&sender.kept).await, again) {
            (Err(error), Some(again)) if is_closed_early(&error) => again.request(sender.afresh()?).await,
            (sent, _) => sent,
        }
    }

    fn request(self, client: &Client) -> impl Future<Output = reqwest::Result<reqwest::Response>> {
        client.request(self.method, self.url).headers(self.headers).body(self.body).send()
    }

    fn is_form(&self) -> bool {
        let content_type = self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case(FORM) && !self.headers.contains_key(header::CONTENT_ENCODING)
    }
}

/// Whether a query or form has a pair of this name. Some servers do not tell capitals apart.
fn has(pairs: &[u8], name: &str) -> bool {
    form_urlencoded::parse(pairs).any(|(found, _)| found.eq_ignore_ascii_case(name))
}

/// Sets one parameter of the query and leaves the others byte for byte. A redirect may bring the
/// parameter along, since its server has seen it.
fn set_parameter(url: &mut Url, name: &str, value: &str) {
    let query = url.query().unwrap_or_default();
    let others: Vec<&str> =
        query.split('&').filter(|pair| !pair.is_empty() && !has(pair.as_bytes(), name)).collect();
    let own = form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
    let query = if others.is_empty() { own } else { format!("{}&{own}", others.join("&")) };
    url.set_query(Some(&query));
}

fn with_field(body: &Bytes, name: &str, value: &str) -> Bytes {
    let own = form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
    if body.is_empty() {
        return own.into();
    }
    [body, &b"&"[..], own.as_bytes()].concat().into()
}

#[cfg(test)]
mod tests;
