//! A knock is what the door looks at: the head of a request, its peer, and what it asks for.

use std::net::IpAddr;

use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, ORIGIN, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};

use super::name::{HostName, NamedHost};
use super::origin::PageOrigin;
use super::refusal::DoorRefusal;

/// Who a path is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// Everybody; it tells nothing and changes nothing.
    Public,
    /// Clients of the chat API.
    Chat,
    /// Whoever runs the host.
    Admin,
}

impl Area {
    /// Its name among the numbers that are counted.
    pub fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Chat => "chat",
            Self::Admin => "admin",
        }
    }
}

/// A request at the door.
pub struct Knock<'a> {
    /// Who holds the other end of the connection; unknown is nobody's friend.
    pub peer: Option<IpAddr>,
    /// Who the path is for.
    pub area: Area,
    /// Whether the path takes a file as its body, of any type, or as a part of a form.
    pub takes_files: bool,
    /// The request's method.
    pub method: &'a Method,
    /// The request's target; a proxy's form of it names a host.
    pub uri: &'a Uri,
    /// The request's headers.
    pub headers: &'a HeaderMap,
}

/// The origin of the page that sent a request, where a browser names one and only one.
pub fn page(headers: &HeaderMap) -> Option<&HeaderValue> {
    let mut origins = headers.get_all(ORIGIN).iter();
    let origin = origins.next()?;
    origins.next().is_none().then_some(origin)
}

/// What proxies add. Their value is not looked at: anybody can write it.
const FORWARDED: [&str; 10] = [
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-server",
    "x-real-ip",
    "x-client-ip",
    "true-client-ip",
    "cf-connecting-ip",
];

impl Knock<'_> {
    /// The names by which the request calls this host: of its `Host` header and of a target in a
    /// proxy's form. A name that cannot be read is none that is known.
    pub(super) fn names(&self) -> Result<Vec<HostName>, DoorRefusal> {
        let mut hosts = self.headers.get_all(HOST).iter();
        let host = hosts.next();
        if hosts.next().is_some() {
            return Err(DoorRefusal::TwoHosts);
        }
        let host = host.map(|host| host.to_str().unwrap_or_default());
        let target = self.uri.authority().map(|authority| authority.as_str());
        let names: Vec<&str> = host.into_iter().chain(target).collect();
        // What cannot be read must not drop out, or the rest would be taken for the whole.
        names.iter().map(|name| HostName::parse(name).ok_or(DoorRefusal::MalformedHost)).collect()
    }

    /// What stands where a key belongs: the token of `Authorization: Bearer`, as clients of OpenAI's
    /// and of Qianfan's API send it, or all of a header that is something else.
    pub(super) fn key(&self) -> Option<String> {
        let sent: Vec<_> = self.headers.get_all(AUTHORIZATION).iter().collect();
        let [only] = sent[..] else {
            // Where several keys are sent, none is chosen: together they are not a key.
            return (!sent.is_empty()).then(String::new);
        };
        let text = only.to_str().unwrap_or_default().trim();
        let token = text.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        Some(token.map_or(text, |(_, token)| token.trim()).to_owned())
    }

    /// The header that shows that a proxy handed the request on, so that the peer is not who asks.
    pub(super) fn forwarded_by(&self) -> Option<&'static str> {
        FORWARDED.into_iter().find(|name| self.headers.contains_key(*name))
    }

    pub(super) fn origin(&self) -> Option<&str> {
        page(self.headers)?.to_str().ok()
    }

    /// Refuses what a browser says was sent by a page of another origin. `names` are what the request
    /// calls this host, `hosts` what it is called besides.
    pub(super) fn comes_from_no_other_page(
        &self,
        names: &[HostName],
        hosts: &[NamedHost],
    ) -> Result<(), DoorRefusal> {
        const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
        // `none` is a person at the address bar.
        let same_site = |site: &HeaderValue| site == "same-origin" || site == "none";
        let is_foreign = !self.headers.get_all(SITE).iter().all(same_site);
        if is_foreign && !self.is_visit() {
            return Err(DoorRefusal::OtherPage { area: self.area });
        }
        if self.headers.contains_key(ORIGIN) {
            let origin = self.origin().and_then(PageOrigin::parse);
            let is_ours =
                |origin: &PageOrigin| names.iter().any(|name| origin.is_at(name)) || origin.is_of(hosts);
            if !origin.as_ref().is_some_and(is_ours) {
                return Err(DoorRefusal::OtherPage { area: self.area });
            }
        }
        Ok(())
    }

    /// Refuses what changes something and was sent by a browser too old to say from which page.
    pub(super) fn is_no_unmarked_page(&self) -> Result<(), DoorRefusal> {
        let is_marked = self.headers.contains_key(ORIGIN) || self.headers.contains_key("sec-fetch-site");
        // Every browser calls itself so, for reasons of history, and a page cannot change it in a form.
        let is_browser = |agent: &HeaderValue| agent.as_bytes().starts_with(b"Mozilla/");
        if self.changes() && !is_marked && self.headers.get(USER_AGENT).is_some_and(is_browser) {
            return Err(DoorRefusal::OldBrowser);
        }
        Ok(())
    }

    /// Refuses content types that a form of any page can send without being asked, where no form is
    /// meant. A path that takes files takes every type: whoever sends one is known by other marks.
    pub(super) fn is_no_form(&self) -> Result<(), DoorRefusal> {
        let forms = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];
        let is_form = |kind: &HeaderValue| {
            // Parameters may hold bytes that are not text, which changes nothing of the type.
            let essence = kind.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default();
            forms.iter().any(|form| essence.trim_ascii().eq_ignore_ascii_case(form.as_bytes()))
        };
        let is_form = self.headers.get_all(CONTENT_TYPE).iter().any(is_form);
        if self.changes() && !self.takes_files && is_form { Err(DoorRefusal::Form) } else { Ok(()) }
    }

    fn changes(&self) -> bool {
        !matches!(*self.method, Method::GET | Method::HEAD | Method::OPTIONS)
    }

    /// Whether a person followed a link from another page to this one, which that page does not see.
    fn is_visit(&self) -> bool {
        let is = |name: &str, value: &str| self.headers.get(name).is_some_and(|is| is == value);
        !self.changes() && is("sec-fetch-mode", "navigate") && is("sec-fetch-dest", "document")
    }
}
