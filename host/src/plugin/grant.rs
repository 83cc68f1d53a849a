//! What a plugin may reach: the operator's text, and the checked form that is used from then on.

use std::{collections::BTreeMap, fmt, path::PathBuf, sync::Arc};

use http::{HeaderName, HeaderValue, header};
use serde::Deserialize;
use url::{Host, Url};
use wasmtime_wasi_http::{DEFAULT_FORBIDDEN_HEADERS, ForbiddenHeaderFilter};

use super::error::LoadError;

/// One `[plugins.<name>.grants]` table. What is not named is denied.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct GrantSettings {
    /// Names of knowledge bases the plugin may search. Default: none.
    pub knowledge: Vec<String>,
    /// Origins the plugin may send requests to, such as `https://api.example.com`,
    /// `http://127.0.0.1:8099` or `https://*.example.com` (every name below `example.com`, at public
    /// addresses only). An origin named exactly may be at a private address. Default: none.
    pub hosts: Vec<String>,
    /// Secrets the host adds to the plugin's requests. Default: none.
    pub secrets: Vec<SecretGrantSettings>,
}

/// One entry of `secrets` in a `[plugins.<name>.grants]` table: what goes where. The host adds the
/// header after the request has left the plugin; the plugin can neither read nor set that header.
#[derive(Debug, Clone, Deserialize)]
pub struct SecretGrantSettings {
    /// The name of a `[secrets.<name>]` table.
    pub secret: String,
    /// The one origin that gets it; must be named exactly in `hosts`, too.
    pub host: String,
    /// The header that carries it, such as `Authorization`.
    pub header: String,
    /// The header's value, with `{secret}` where the secret goes. Default `{secret}`.
    #[serde(default = "whole")]
    pub value: String,
}

fn whole() -> String {
    PLACEHOLDER.to_owned()
}

const PLACEHOLDER: &str = "{secret}";

/// One `[secrets.<name>]` table: exactly one of the two.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct SecretSettings {
    /// The environment variable that holds the secret.
    pub env: Option<String>,
    /// The file that holds the secret; white space around it is not part of it.
    pub file: Option<PathBuf>,
}

/// Where the secrets of the configuration are. Each is read when a plugin that is granted it is
/// loaded, so that one nobody uses need not exist.
#[derive(Debug, Clone, Default)]
pub struct Secrets(BTreeMap<String, SecretSettings>);

impl Secrets {
    /// From the `[secrets.<name>]` tables, by name.
    pub fn new(tables: BTreeMap<String, SecretSettings>) -> Self {
        Self(tables)
    }

    /// The secret's text. The error says which key to change, and never shows the secret.
    fn read(&self, name: &str) -> Result<String, LoadError> {
        let settings =
            |key: &str, problem: String| LoadError::Settings { key: format!("secrets.{name}{key}"), problem };
        let text = match self.0.get(name) {
            None => {
                return Err(settings(
                    "",
                    format!("there is no table [secrets.{name}]; add one with `env` or `file`"),
                ));
            }
            Some(SecretSettings { env: Some(variable), file: None }) => {
                std::env::var(variable).map_err(|_| {
                    settings(
                        ".env",
                        format!("the environment variable {variable} is not set; set it to the secret"),
                    )
                })?
            }
            Some(SecretSettings { env: None, file: Some(path) }) => std::fs::read_to_string(path)
                .map_err(|error| settings(".file", format!("cannot read `{}`: {error}", path.display())))?,
            Some(_) => return Err(settings("", "give exactly one of `env` and `file`".to_owned())),
        };
        match text.trim() {
            "" => Err(settings("", "the secret is empty".to_owned())),
            text => Ok(text.to_owned()),
        }
    }
}

/// The checked grants of one plugin.
pub(super) struct Grants {
    pub(super) knowledge: Vec<String>,
    hosts: Vec<HostGrant>,
    secrets: Vec<Injection>,
    /// Headers a guest may neither send nor see, prepared because it is asked for at every header.
    pub(super) forbidden: ForbiddenHeaderFilter,
}

/// Where a request may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Nowhere: it is not granted.
    Denied,
    /// To public addresses only.
    Public,
    /// To whatever address the name has: the operator named exactly this origin.
    Exact,
}

impl Grants {
    /// No grant at all.
    pub(super) fn none() -> Self {
        Self { knowledge: Vec::new(), hosts: Vec::new(), secrets: Vec::new(), forbidden: forbidden(&[]) }
    }

    /// Every entry is checked; the first that is malformed refuses the plugin.
    pub(super) fn check(
        plugin: &str,
        settings: &GrantSettings,
        secrets: &Secrets,
    ) -> Result<Self, LoadError> {
        let error =
            |key: String, problem: String| LoadError::settings(plugin, format_args!("grants.{key}"), problem);
        if let Some(at) = settings.knowledge.iter().position(|name| name.trim().is_empty()) {
            return Err(error(
                format!("knowledge[{at}]"),
                "the name of a knowledge base is empty".to_owned(),
            ));
        }
        let hosts = settings
            .hosts
            .iter()
            .enumerate()
            .map(|(at, text)| {
                HostGrant::parse(text).map_err(|problem| error(format!("hosts[{at}]"), problem))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let mut injections = Vec::with_capacity(settings.secrets.len());
        for (at, entry) in settings.secrets.iter().enumerate() {
            let HostGrant::Exact(origin) = HostGrant::parse(&entry.host)
                .map_err(|problem| error(format!("secrets[{at}].host"), problem))?
            else {
                let problem = "a secret goes to one origin; name it without `*`".to_owned();
                return Err(error(format!("secrets[{at}].host"), problem));
            };
            if !hosts.iter().any(|grant| matches!(grant, HostGrant::Exact(granted) if *granted == origin)) {
                let problem = format!(
                    "the plugin may not reach {origin}: add hosts = [\"{origin}\"] to [plugins.{plugin}.grants]"
                );
                return Err(error(format!("secrets[{at}].host"), problem));
            }
            injections.push(Injection::check(plugin, at, entry, origin, secrets)?);
        }
        let forbidden = forbidden(&injections);
        Ok(Self { knowledge: settings.knowledge.clone(), hosts, secrets: injections, forbidden })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.knowledge.is_empty() && self.hosts.is_empty() && self.secrets.is_empty()
    }

    /// Whether a request to `origin` may go out, and how far.
    pub(super) fn reach(&self, origin: &Origin) -> Reach {
        self.hosts.iter().fold(Reach::Denied, |reach, grant| match grant {
            HostGrant::Exact(granted) if granted == origin => Reach::Exact,
            HostGrant::Below { .. } if reach == Reach::Denied && grant.covers(origin) => Reach::Public,
            _ => reach,
        })
    }

    /// The headers the host adds to a request to `origin`.
    pub(super) fn injected<'a>(
        &'a self,
        origin: &'a Origin,
    ) -> impl Iterator<Item = (&'a HeaderName, &'a HeaderValue)> {
        self.secrets
            .iter()
            .filter(move |secret| secret.origin == *origin)
            .map(|secret| (&secret.header, &secret.value))
    }
}

/// A secret with its place.
struct Injection {
    origin: Origin,
    header: HeaderName,
    /// Marked sensitive, so that it does not show where headers are printed.
    value: HeaderValue,
}

impl Injection {
    fn check(
        plugin: &str,
        at: usize,
        entry: &SecretGrantSettings,
        origin: Origin,
        secrets: &Secrets,
    ) -> Result<Self, LoadError> {
        let error = |key: &str, problem: &str| {
            LoadError::settings(plugin, format_args!("grants.secrets[{at}].{key}"), problem)
        };
        let header = HeaderName::from_bytes(entry.header.as_bytes())
            .map_err(|_| error("header", "this is no header name; write one such as \"Authorization\""))?;
        if DEFAULT_FORBIDDEN_HEADERS.contains(&header) || header == header::CONTENT_LENGTH {
            return Err(error("header", "this header belongs to the connection and cannot carry a secret"));
        }
        if !entry.value.contains(PLACEHOLDER) {
            return Err(error("value", "write {secret} where the secret goes, such as \"Bearer {secret}\""));
        }
        let value = entry.value.replace(PLACEHOLDER, &secrets.read(&entry.secret)?);
        let mut value = HeaderValue::from_str(&value)
            .map_err(|_| error("value", "with the secret put in, this cannot be a header: it holds a line break or another control character"))?;
        value.set_sensitive(true);
        Ok(Self { origin, header, value })
    }
}

fn forbidden(injections: &[Injection]) -> ForbiddenHeaderFilter {
    let names: Vec<HeaderName> = injections.iter().map(|injection| injection.header.clone()).collect();
    Arc::new(move |name| DEFAULT_FORBIDDEN_HEADERS.contains(name) || names.contains(name))
}

/// Scheme, host and port: what a grant is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    https: bool,
    host: Host<String>,
    port: u16,
}

impl Origin {
    /// `None` where the URL is not http(s), has no host, carries a user name, or names its host in
    /// a way that could be compared wrongly (a trailing dot).
    pub(super) fn of(url: &Url) -> Option<Self> {
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

    pub(super) fn is_address(&self) -> bool {
        !matches!(self.host, Host::Domain(_))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, usual) = if self.https { ("https", 443) } else { ("http", 80) };
        write!(f, "{scheme}://{}", self.host)?;
        if self.port != usual { write!(f, ":{}", self.port) } else { Ok(()) }
    }
}

/// One entry of `hosts`.
#[derive(Debug, Clone, PartialEq, Eq)]
enum HostGrant {
    Exact(Origin),
    /// Every name below this one, not the name itself.
    Below {
        https: bool,
        name: String,
        port: u16,
    },
}

impl HostGrant {
    /// The error is for people.
    fn parse(text: &str) -> Result<Self, String> {
        let malformed = |what: &str| {
            format!(
                "`{text}` {what}; write scheme, host and, where it is not the usual one, port, such as \"https://api.example.com\" or \"http://127.0.0.1:8099\""
            )
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
            .map_err(|error| malformed(&format!("is no origin ({error})")))?;
        if url.path() != "/" || rest.ends_with('/') || url.query().is_some() || url.fragment().is_some() {
            return Err(malformed("says more than an origin"));
        }
        let origin = Origin::of(&url).ok_or_else(|| malformed("is no http(s) origin"))?;
        match origin {
            origin if !below => Ok(Self::Exact(origin)),
            Origin { https, host: Host::Domain(name), port } if name.contains('.') => {
                Ok(Self::Below { https, name, port })
            }
            _ => Err(malformed("has a `*.` before what is no name with at least two parts")),
        }
    }

    fn covers(&self, origin: &Origin) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn grants(hosts: &[&str]) -> Grants {
        let settings =
            GrantSettings { hosts: hosts.iter().map(ToString::to_string).collect(), ..Default::default() };
        Grants::check("p", &settings, &Secrets::default()).map_err(|error| error.to_string()).unwrap()
    }

    fn reach(grants: &Grants, url: &str) -> Option<Reach> {
        Some(grants.reach(&Origin::of(&Url::parse(url).ok()?)?))
    }

    #[test]
    fn an_exact_grant_is_one_scheme_one_host_one_port() {
        let grants = grants(&[
            "https://api.example.com",
            "http://127.0.0.1:8099",
            "https://中文.例子",
            "http://[::1]:80",
        ]);
        for (url, expected) in [
            ("https://api.example.com/v1?q=1", Reach::Exact),
            ("https://API.example.COM:443/", Reach::Exact),
            ("http://api.example.com/", Reach::Denied),
            ("https://api.example.com:8443/", Reach::Denied),
            ("https://www.api.example.com/", Reach::Denied),
            ("https://example.com/", Reach::Denied),
            ("https://api.example.com.evil.test/", Reach::Denied),
            ("http://127.0.0.1:8099/", Reach::Exact),
            ("http://127.1:8099/", Reach::Exact),
            ("http://0x7f.1:8099/", Reach::Exact),
            ("http://2130706433:8099/", Reach::Exact),
            ("http://127.0.0.2:8099/", Reach::Denied),
            ("http://localhost:8099/", Reach::Denied),
            ("https://xn--fiq228c.xn--fsqu00a/", Reach::Exact),
            ("http://[0:0:0:0:0:0:0:1]/", Reach::Exact),
            ("http://[::ffff:127.0.0.1]:8099/", Reach::Denied),
        ] {
            assert_eq!(reach(&grants, url), Some(expected), "{url}");
        }
    }

    #[test]
    fn a_wildcard_covers_names_below_and_never_addresses() {
        let grants = grants(&["https://*.example.com"]);
        for (url, expected) in [
            ("https://a.example.com/", Reach::Public),
            ("https://a.b.example.com/", Reach::Public),
            ("https://example.com/", Reach::Denied),
            ("https://evilexample.com/", Reach::Denied),
            ("https://example.com.evil.test/", Reach::Denied),
            ("http://a.example.com/", Reach::Denied),
            ("https://10.0.0.1/", Reach::Denied),
        ] {
            assert_eq!(reach(&grants, url), Some(expected), "{url}");
        }
    }

    #[test]
    fn what_could_be_read_two_ways_has_no_origin() {
        for url in [
            "https://api.example.com@evil.test/",
            "https://user:pass@api.example.com/",
            "https://api.example.com./",
            "ftp://api.example.com/",
            "file:///etc/passwd",
            "data:text/plain,x",
        ] {
            assert_eq!(Origin::of(&Url::parse(url).unwrap()), None, "{url}");
        }
    }

    #[test]
    fn a_malformed_grant_refuses_the_plugin_and_says_what_to_write() {
        for host in [
            "api.example.com",
            "https://",
            "ftp://example.com",
            "https://example.com/v1",
            "https://example.com/",
            "https://example.com?x",
            "https://u@example.com",
            "https://*.com",
            "https://*.1.2.3.4",
            "https://*",
            "https://a*.example.com",
            "https://a.*.example.com",
            "https://example.com:99999",
            "https://example.com.",
        ] {
            let settings =
                GrantSettings { hosts: vec!["https://ok.test".into(), host.into()], ..Default::default() };
            let error = Grants::check("weather", &settings, &Secrets::default()).err().unwrap().to_string();
            assert!(
                error.starts_with("plugins.weather.grants.hosts[1]: ") && error.contains("such as"),
                "{host}: {error}"
            );
        }
    }

    fn secret_grant(host: &str, header: &str, value: &str, text: &str) -> Result<Grants, String> {
        let file = std::env::temp_dir().join(format!("qianfan-secret-{}", uuid::Uuid::now_v7()));
        std::fs::write(&file, text).unwrap();
        let secrets =
            Secrets::new([("s".to_owned(), SecretSettings { env: None, file: Some(file.clone()) })].into());
        let settings = GrantSettings {
            hosts: vec!["https://api.example.com".into(), "https://other.example.com".into()],
            secrets: vec![SecretGrantSettings {
                secret: "s".into(),
                host: host.into(),
                header: header.into(),
                value: value.into(),
            }],
            ..Default::default()
        };
        let grants = Grants::check("p", &settings, &secrets).map_err(|error| error.to_string());
        std::fs::remove_file(file).unwrap();
        grants
    }

    #[test]
    fn a_secret_goes_to_its_own_origin_in_a_header_the_guest_cannot_touch() {
        let grants =
            secret_grant("https://api.example.com", "Authorization", "Bearer {secret}", "geheim\n").unwrap();
        let origin = |url: &str| Origin::of(&Url::parse(url).unwrap()).unwrap();
        let own = origin("https://api.example.com/x");
        let injected: Vec<_> = grants.injected(&own).collect();
        assert_eq!(injected[0].1.to_str().unwrap(), "Bearer geheim");
        assert!(!format!("{injected:?}").contains("geheim"), "sensitive values are not printed");
        assert_eq!(grants.injected(&origin("https://other.example.com")).count(), 0);
        assert!((grants.forbidden)(&header::AUTHORIZATION) && (grants.forbidden)(&header::HOST));
        assert!(!(grants.forbidden)(&header::ACCEPT));
    }

    #[test]
    fn a_secret_that_cannot_be_placed_is_refused_without_being_shown() {
        for (host, header, value, text, expected) in [
            ("https://*.example.com", "A", "{secret}", "geheim", "without `*`"),
            ("https://elsewhere.test", "A", "{secret}", "geheim", "add hosts = [\"https://elsewhere.test\"]"),
            ("https://api.example.com", "a b", "{secret}", "geheim", "no header name"),
            ("https://api.example.com", "Host", "{secret}", "geheim", "belongs to the connection"),
            ("https://api.example.com", "A", "Bearer", "geheim", "write {secret}"),
            ("https://api.example.com", "A", "{secret}", "ge\nheim", "line break"),
            ("https://api.example.com", "A", "{secret}", " \n", "is empty"),
        ] {
            let error = secret_grant(host, header, value, text).err().unwrap();
            assert!(error.contains(expected) && !error.contains("heim"), "{error}");
        }
        let missing = Secrets::default().read("baidu").unwrap_err().to_string();
        assert!(missing.contains("[secrets.baidu]"), "{missing}");
    }
}
