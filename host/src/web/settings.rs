//! The `[fetch]` table: how documents are fetched from the web.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

use super::error::FetchError;
use crate::duration;
use crate::problem::Problem;
use crate::reach::{HostGrant, Origin, Reach, not_public, reach};

/// The longest time for one document, and between two requests.
const LONGEST: Duration = Duration::from_secs(3600);
const LONGEST_DELAY: Duration = Duration::from_secs(60);

/// How documents are fetched, whichever way they are asked for: `kb import https://…`, `kb fetch`, the sources of a base,
/// or over HTTP.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct FetchSettings {
    /// Origins that may be at an address that is not public, such as `http://10.0.0.5:8080`, and origins beside its own
    /// whose pages a sitemap may list, such as `https://*.example.com` (every name below, at public addresses only).
    /// Everything else is fetched from public addresses only. Default: none.
    #[schemars(example = ["http://10.0.0.5:8080"])]
    pub hosts: Vec<String>,
    /// The longest one document may take, from the request to its last byte. Default: 60 s.
    #[serde(with = "humantime_serde")]
    #[schemars(with = "Duration")]
    pub timeout: Duration,
    /// The pause between two requests to one origin; a longer one that its robots.txt asks for (`Crawl-delay`) is kept up
    /// to 10 s. Default: 250 ms.
    #[serde(with = "humantime_serde")]
    #[schemars(with = "Duration")]
    pub delay: Duration,
}

impl Default for FetchSettings {
    fn default() -> Self {
        Self { hosts: Vec::new(), timeout: Duration::from_secs(60), delay: Duration::from_millis(250) }
    }
}

impl FetchSettings {
    /// Everything that is wrong with the table.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        for (at, host) in self.hosts.iter().enumerate() {
            if let Err(message) = HostGrant::parse(host) {
                found.push(Problem::new(format!("hosts[{at}]"), message));
            }
        }
        let millisecond = Duration::from_millis(1);
        found.extend(duration::problem("timeout", self.timeout, &(millisecond..=LONGEST), "60s"));
        found.extend(duration::problem("delay", self.delay, &(Duration::ZERO..=LONGEST_DELAY), "250ms"));
        found
    }

    /// Why a page would not be fetched from there by these settings, as far as its address alone tells.
    pub fn refusal(&self, url: &Url) -> Option<String> {
        let origin = Origin::of(url)?;
        let is_local =
            || origin.is_loopback().then(|| (url.host_str().unwrap_or_default().to_owned(), "loopback"));
        let (address, kind) = forbidden(&self.grants(), &origin).or_else(|| {
            // A name is looked up when the page is fetched; this one is known.
            is_local().filter(|_| reach(&self.grants(), &origin) != Reach::Exact)
        })?;
        Some(FetchError::Forbidden { origin: origin.to_string(), address, kind }.to_string())
    }

    /// The checked form of `hosts`.
    pub(super) fn grants(&self) -> Vec<HostGrant> {
        self.hosts.iter().filter_map(|host| HostGrant::parse(host).ok()).collect()
    }
}

/// The address that an origin is, with what keeps it from being fetched from: what is not public is granted by name.
pub(super) fn forbidden(hosts: &[HostGrant], origin: &Origin) -> Option<(String, &'static str)> {
    let address = origin.address().filter(|_| reach(hosts, origin) != Reach::Exact)?;
    Some((address.to_string(), not_public(address)?))
}
