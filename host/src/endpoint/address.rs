//! An address is an endpoint's URL, checked.

use url::{Host, ParseError, Url};

/// What the operator may write: scheme, host, port and path, and nothing that could be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Without a slash at its end.
    base: String,
    url: Url,
    origin: String,
}

/// Why a text is not an address. The text itself is left out: what is wrong with it may stand beside a
/// password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// `localhost:9/v2`, which the URL standard reads as the scheme `localhost`.
    #[error("is not a URL: it does not begin with http:// or https://; write \"{0}\"")]
    NoScheme(String),
    /// Another scheme, no host, or no URL at all.
    #[error("is not an http(s) URL; write it like \"http://127.0.0.1:8081/v1\"")]
    NotHttp,
    /// `http://127.0.0.1:/v1`, which means the scheme's own port, and hardly is meant.
    #[error("has a `:` behind its host and no port; write the port, such as :8081, or remove the `:`")]
    NoPort,
    /// `http://127.0.0.1:99999/v1`.
    #[error("has a port that is none; write one up to 65535")]
    NoSuchPort,
    /// Blanks or line ends around it, as a variable read from a file has them.
    #[error("has blanks around it; remove them")]
    Blanks,
    /// Parts that would end up in the middle of the path, or carry a secret: all there are.
    #[error("has {0}; remove that, and put a key into the environment variable that api_key_env names")]
    Beside(String),
}

/// How the keys of well-known services begin.
const KEY_BEGINNINGS: [&str; 10] =
    ["sk-", "sk_", "bce-v3", "ALTAK-", "AKIA", "AIza", "ghp_", "hf_", "eyJ", "Bearer"];
/// A path's part that begins so and is shorter is a word.
const KEY_BYTES: usize = 12;

/// Whether a text begins as the keys of well-known services do.
pub fn looks_like_a_key(text: &str) -> bool {
    text.len() >= KEY_BYTES && KEY_BEGINNINGS.iter().any(|begins| text.starts_with(begins))
}

impl Address {
    /// Checks what an operator wrote.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let written = text;
        let text = written.trim();
        let Some(url) =
            Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        else {
            if text.contains("://") {
                let port = Url::parse(text).is_err_and(|error| error == ParseError::InvalidPort);
                return Err(if port { AddressError::NoSuchPort } else { AddressError::NotHttp });
            }
            let completed = format!("{}://{text}", likely_scheme(text));
            return Err(match Self::parse(&completed) {
                Ok(_) => AddressError::NoScheme(completed),
                Err(error @ (AddressError::Beside(_) | AddressError::NoPort | AddressError::NoSuchPort)) => {
                    error
                }
                Err(_) => AddressError::NotHttp,
            });
        };
        // The URL standard mends what a slip of the pen left out, and takes the first part of a path for the host.
        let begins = text.get(url.scheme().len()..).and_then(|rest| rest.strip_prefix("://"));
        let authority = begins.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
        if authority.is_empty() || text.contains('\\') {
            return Err(AddressError::NotHttp);
        }
        let key_in_path = url.path_segments().is_some_and(|mut parts| parts.any(looks_like_a_key));
        let beside: Vec<&str> = [
            (!url.username().is_empty(), "a user name"),
            (url.password().is_some(), "a password"),
            (url.query().is_some(), "a query"),
            (url.fragment().is_some(), "a fragment"),
            (key_in_path, "what looks like a key in its path"),
        ]
        .into_iter()
        .filter_map(|(there, part)| there.then_some(part))
        .collect();
        if !beside.is_empty() {
            return Err(AddressError::Beside(beside.join(" and ")));
        }
        if authority.ends_with(':') {
            return Err(AddressError::NoPort);
        }
        if text != written {
            return Err(AddressError::Blanks);
        }
        let base = url.as_str().trim_end_matches('/').to_owned();
        let origin = url.origin().ascii_serialization();
        Ok(Self { base, url, origin })
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether it is on this machine.
    pub fn is_local(&self) -> bool {
        match self.url.host() {
            Some(Host::Domain(name)) => {
                name.eq_ignore_ascii_case("localhost") || name.ends_with(".localhost")
            }
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
            None => false,
        }
    }

    /// The same as a URL.
    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// The whole address, without a slash at its end. For clients, not for errors.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The URL of a path below it.
    pub(super) fn join(&self, path: &str) -> String {
        format!("{}/{path}", self.base)
    }

    /// The address itself with a query.
    pub(super) fn with_query(&self, query: &str) -> String {
        format!("{}?{query}", self.base)
    }

    /// The origin a `Location` header leads to.
    pub(super) fn redirected(&self, location: &str) -> Option<String> {
        let url = self.url.join(location).ok()?;
        url.has_host().then(|| url.origin().ascii_serialization())
    }

    /// Whether what is sent there crosses a network in clear text.
    pub fn in_clear(&self) -> bool {
        self.url.scheme() == "http" && !is_loopback(&self.url)
    }
}

/// The scheme that an address without one was meant to have: what is on this machine or beside it has hardly a
/// certificate, and a service on the internet hardly none.
fn likely_scheme(text: &str) -> &'static str {
    const NEAR: [&str; 5] = [".internal", ".lan", ".local", ".localhost", ".svc"];
    let is_far = Url::parse(&format!("http://{text}")).is_ok_and(|url| match url.host() {
        Some(Host::Domain(name)) => name.contains('.') && !NEAR.iter().any(|end| name.ends_with(end)),
        Some(Host::Ipv4(_) | Host::Ipv6(_)) | None => false,
    });
    if is_far { "https" } else { "http" }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => {
            address.is_loopback() || address.to_ipv4_mapped().is_some_and(|address| address.is_loopback())
        }
        None => false,
    }
}
