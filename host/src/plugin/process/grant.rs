//! What a plugin may reach: the operator's text, and the checked form that is used from then on.

mod secret;

use std::collections::BTreeSet;
use std::sync::Arc;

use http::HeaderName;
use schemars::JsonSchema;
use serde::Deserialize;
use wasmtime_wasi_http::{DEFAULT_FORBIDDEN_HEADERS, ForbiddenHeaderFilter};

pub(in crate::plugin) use secret::{Injection, SecretPlace};
pub use secret::{SecretGrantSettings, SecretSettings, Secrets};

use super::error::LoadError;
use crate::problem::Problem;
use crate::reach::{HostGrant, Origin, Reach, reach};

/// One `[plugins.<name>.grants]` table. What is not named is denied.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct GrantSettings {
    /// Names of knowledge bases the plugin may search. Default: none.
    pub knowledge: Vec<String>,
    /// Origins the plugin may send requests to, such as `https://api.example.com`,
    /// `http://127.0.0.1:8099` or `https://*.example.com` (every name below `example.com`, at public
    /// addresses only). An origin named exactly may be at a private address. Default: none.
    #[schemars(example = ["https://api.example.com"])]
    pub hosts: Vec<String>,
    /// Secrets the host adds to the plugin's requests. Default: none.
    pub secrets: Vec<SecretGrantSettings>,
}

impl GrantSettings {
    pub(in crate::plugin) fn is_empty(&self) -> bool {
        self.knowledge.is_empty() && self.hosts.is_empty() && self.secrets.is_empty()
    }
}

/// The checked grants of one plugin.
pub(in crate::plugin) struct Grants {
    pub(in crate::plugin) knowledge: Vec<String>,
    hosts: Vec<HostGrant>,
    /// The same as the operator wrote them, in the same order.
    host_texts: Vec<String>,
    secrets: Vec<Injection>,
    /// Headers a guest may neither send nor see, prepared because it is asked for at every header.
    pub(in crate::plugin) forbidden: ForbiddenHeaderFilter,
}

impl Grants {
    /// No grant at all.
    pub(in crate::plugin) fn none() -> Self {
        Self {
            knowledge: Vec::new(),
            hosts: Vec::new(),
            host_texts: Vec::new(),
            secrets: Vec::new(),
            forbidden: forbidden(&[]),
        }
    }

    /// Every entry is checked, and all that is wrong is in the error.
    pub(in crate::plugin) fn check(
        plugin: &str,
        settings: &GrantSettings,
        secrets: &Secrets,
    ) -> Result<Self, LoadError> {
        let mut problems = Vec::new();
        let table = format!("plugins.{plugin}.grants");
        let problem = |key: String, message: String| Problem::new(format!("{table}.{key}"), message);
        for (at, _) in settings.knowledge.iter().enumerate().filter(|(_, name)| name.trim().is_empty()) {
            problems.push(problem(
                format!("knowledge[{at}]"),
                "is empty; write the name of a knowledge base, or remove it".to_owned(),
            ));
        }
        let mut hosts = Vec::with_capacity(settings.hosts.len());
        for (at, text) in settings.hosts.iter().enumerate() {
            match HostGrant::parse(text) {
                Ok(host) => hosts.push(host),
                Err(message) => problems.push(problem(format!("hosts[{at}]"), message)),
            }
        }
        let mut injections: Vec<Injection> = Vec::with_capacity(settings.secrets.len());
        for (at, entry) in settings.secrets.iter().enumerate() {
            let origin = match HostGrant::parse(&entry.host) {
                Ok(HostGrant::Exact(origin)) => Some(origin),
                Ok(HostGrant::Below { .. }) => {
                    let message = "has a `*`, and a secret goes to one origin; name that origin".to_owned();
                    problems.push(problem(format!("secrets[{at}].host"), message));
                    None
                }
                Err(message) => {
                    problems.push(problem(format!("secrets[{at}].host"), message));
                    None
                }
            };
            let granted = |origin: &Origin| {
                hosts.iter().any(|grant| matches!(grant, HostGrant::Exact(granted) if granted == origin))
            };
            if let Some(origin) = origin.as_ref().filter(|origin| !granted(origin)) {
                let message = format!(
                    "the plugin may not reach {origin}; add hosts = [\"{origin}\"] to [plugins.{plugin}.grants]"
                );
                problems.push(problem(format!("secrets[{at}].host"), message));
            }
            match Injection::check(plugin, at, entry, origin, secrets) {
                Ok(Some(injection)) => {
                    let taken = |other: &Injection| {
                        other.origin == injection.origin && other.place.is_same(&injection.place)
                    };
                    if injections.iter().any(taken) {
                        let message =
                            "another secret of this plugin has the same place; leave one of them out";
                        problems.push(problem(format!("secrets[{at}]"), message.to_owned()));
                    }
                    warn_of_plain_text(plugin, &injection);
                    injections.push(injection);
                }
                Ok(None) => {}
                Err(found) => problems.extend(found),
            }
        }
        if !problems.is_empty() {
            return Err(LoadError(problems));
        }
        let forbidden = forbidden(&injections);
        Ok(Self {
            knowledge: settings.knowledge.clone(),
            hosts,
            host_texts: settings.hosts.clone(),
            secrets: injections,
            forbidden,
        })
    }

    /// Whether the host puts a secret into a header of this name.
    pub(in crate::plugin) fn puts_in(&self, name: &HeaderName) -> bool {
        self.secrets
            .iter()
            .any(|injection| matches!(&injection.place, SecretPlace::Header(header, _) if header == name))
    }

    /// Whether a request to `origin` may go out, and how far.
    pub(in crate::plugin) fn reach(&self, origin: &Origin) -> Reach {
        reach(&self.hosts, origin)
    }

    /// What lets requests to `origin` out, as the operator wrote it: the origin itself where it is named.
    pub(in crate::plugin) fn granting(&self, origin: &Origin) -> Option<&str> {
        let covers = |exact: bool| {
            self.hosts
                .iter()
                .position(|grant| matches!(grant, HostGrant::Exact(_)) == exact && grant.covers(origin))
        };
        let place = covers(true).or_else(|| covers(false))?;
        self.host_texts.get(place).map(String::as_str)
    }

    /// The entries of `hosts`, as the operator wrote them.
    pub(in crate::plugin) fn host_texts(&self) -> &[String] {
        &self.host_texts
    }

    /// The names of the secrets that its requests get, each once.
    pub(in crate::plugin) fn secret_names(&self) -> BTreeSet<&str> {
        self.secrets.iter().map(|secret| secret.name.as_str()).collect()
    }

    /// The secrets that requests to `origin` get.
    pub(in crate::plugin) fn injected<'a>(
        &'a self,
        origin: &'a Origin,
    ) -> impl Iterator<Item = &'a Injection> {
        self.secrets.iter().filter(move |secret| secret.origin == *origin)
    }
}

/// Whoever is on the way reads what goes over plain HTTP.
fn warn_of_plain_text(plugin: &str, injection: &Injection) {
    let origin = &injection.origin;
    if !origin.https && !origin.is_loopback() {
        tracing::warn!(
            plugin.name = %plugin,
            "The secret `{}` of plugin `{plugin}` goes to {origin} unencrypted: whoever is on the way can read it. Write https:// in `host` and `hosts` where the server offers it",
            injection.name
        );
    }
}

fn forbidden(injections: &[Injection]) -> ForbiddenHeaderFilter {
    let names: Vec<HeaderName> = injections
        .iter()
        .filter_map(|injection| match &injection.place {
            SecretPlace::Header(name, _) => Some(name.clone()),
            SecretPlace::Query(..) | SecretPlace::Form(..) => None,
        })
        .collect();
    Arc::new(move |name| DEFAULT_FORBIDDEN_HEADERS.contains(name) || names.contains(name))
}

#[cfg(test)]
mod tests;
