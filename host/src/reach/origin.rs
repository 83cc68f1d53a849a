//! An origin is where a request goes: scheme, host and port; and what an operator has granted of them.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

/// Scheme, host and port: what a grant is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) https: bool,
    host: Host<String>,
    port: u16,
}

impl Origin {
    /// `None` where the URL is not http(s), has no host, carries a user name, or names its host in
    /// a way that could be compared wrongly (a trailing dot).
    pub(crate) fn of(url: &Url) -> Option<Self> {
        let https = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        if !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        let host = url.host()?.to_owned();
        if matches!(&host, Host::Domain(name) if name.ends_with('.') || name.is_empty()) {
            return None;
        }
        Some(Self { https, host, port: url.port_or_known_default()? })
    }

    /// Whether it is this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        match &self.host {
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
            Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        }
    }

    /// Whether its host is an address and not a name.
    pub(crate) fn is_address(&self) -> bool {
        self.address().is_some()
    }

    /// The address that its host is.
    pub(crate) fn address(&self) -> Option<IpAddr> {
        match self.host {
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
            Host::Domain(_) => None,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, usual) = if self.https { ("https", 443) } else { ("http", 80) };
        write!(f, "{scheme}://{}", self.host)?;
        if self.port != usual { write!(f, ":{}", self.port) } else { Ok(()) }
    }
}

/// Where a request may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Nowhere: it is not granted.
    Denied,
    /// Requests go to public addresses only.
    Public,
    /// Requests go to whatever address the name has: the operator named exactly this origin.
    Exact,
}

/// How far a request to `origin` may go by these grants.
pub(crate) fn reach(grants: &[HostGrant], origin: &Origin) -> Reach {
    grants.iter().fold(Reach::Denied, |reach, grant| match grant {
        HostGrant::Exact(granted) if granted == origin => Reach::Exact,
        HostGrant::Below { .. } if reach == Reach::Denied && grant.covers(origin) => Reach::Public,
        _ => reach,
    })
}

/// One entry of `hosts`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HostGrant {
    Exact(Origin),
    /// Every name below this one, not the name itself.
    Below {
        https: bool,
        name: String,
        port: u16,
    },
}

/// The origin that a text was meant to be: one without a scheme, or a whole URL.
fn meant(text: &str) -> Option<String> {
    let text = text.trim();
    // What stands before an `@` may be a password.
    if text.contains(['*', '@']) {
        return None;
    }
    let is_near = text.starts_with(|c: char| c.is_ascii_digit()) || text.starts_with("localhost");
    let scheme = match text.contains("://") {
        true => "",
        false if is_near => "http://",
        false => "https://",
    };
    Origin::of(&Url::parse(&format!("{scheme}{text}")).ok()?).map(|origin| origin.to_string())
}

impl HostGrant {
    /// The error is for people.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let malformed = |what: &str| {
            let mend = match meant(text) {
                Some(origin) => format!("write \"{origin}\""),
                None => "write scheme, host and, where it is not the usual one, port, such as \"https://api.example.com\" or \"http://127.0.0.1:8099\"".to_owned(),
            };
            format!("`{text}` {what}; {mend}")
        };
        let (scheme, rest) = text.split_once("://").ok_or_else(|| malformed("has no scheme"))?;
        let (below, rest) = match rest.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        if rest.contains('*') {
            return Err(malformed("has a `*` that is not the whole first part of the name"));
        }
        let url = Url::parse(&format!("{scheme}://{rest}"))
            .map_err(|error| malformed(&format!("is not an origin ({error})")))?;
        if url.path() != "/" || rest.ends_with('/') || url.query().is_some() || url.fragment().is_some() {
            return Err(malformed("says more than an origin"));
        }
        let origin = Origin::of(&url).ok_or_else(|| malformed("is not an http(s) origin"))?;
        match origin {
            origin if !below => Ok(Self::Exact(origin)),
            Origin { https, host: Host::Domain(name), port } if name.contains('.') => {
                Ok(Self::Below { https, name, port })
            }
            _ => Err(malformed("has a `*.` before something else than a name of two parts or more")),
        }
    }

    /// Whether a request to `origin` is among those granted.
    pub(crate) fn covers(&self, origin: &Origin) -> bool {
        match self {
            Self::Exact(granted) => granted == origin,
            Self::Below { https, name, port } => {
                let Host::Domain(asked) = &origin.host else { return false };
                (https, port) == (&origin.https, &origin.port)
                    && asked
                        .strip_suffix(name.as_str())
                        .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
            }
        }
    }
}
