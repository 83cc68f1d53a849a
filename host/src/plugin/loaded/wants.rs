//! What a plugin's own configuration says it will reach, and is granted or not.
//!
//! A plugin's schema marks such values: `"x-grant": "hosts"` at a URL it sends requests to, `"x-grant": "headers"` at a
//! table of headers it sends by their names, `"x-grant": "knowledge"` at the name of a knowledge base it searches. A call
//! to what is not granted can only fail, so it is reported when the plugin is loaded.

use http::{HeaderName, header};
use nearest::nearest;
use serde_json::Value;
use url::{ParseError, Url};
use wasmtime_wasi_http::DEFAULT_FORBIDDEN_HEADERS;

use crate::plugin::process::{GrantSettings, Grants};
use crate::problem::Problem;
use crate::reach::{Origin, Reach};

/// The schema's keyword.
const KEYWORD: &str = "x-grant";

/// Marked values, each with its key below the plugin's table.
#[derive(Debug, Default)]
pub(super) struct Wants {
    urls: Vec<(String, String)>,
    /// Names of headers.
    headers: Vec<(String, String)>,
    bases: Vec<(String, String)>,
    /// Whether the schema marks knowledge anywhere, set or not.
    searches: bool,
}

impl Wants {
    pub(in crate::plugin) fn of(schema: &Value, config: &Value) -> Self {
        let mut wants =
            Self { searches: schema.to_string().contains("\"x-grant\":\"knowledge\""), ..Self::default() };
        wants.walk(schema, config, "config".to_owned());
        wants
    }

    fn walk(&mut self, schema: &Value, value: &Value, key: String) {
        match (schema[KEYWORD].as_str(), value) {
            (Some("hosts"), Value::String(url)) => self.urls.push((key, url.clone())),
            (Some("headers"), Value::Object(fields)) => {
                let named = fields.keys().map(|name| (format!("{key}.{name}"), name.clone()));
                self.headers.extend(named);
            }
            (Some("knowledge"), Value::String(base)) => self.bases.push((key, base.clone())),
            (_, Value::Object(fields)) => {
                for (name, field) in fields {
                    self.walk(&schema["properties"][name], field, format!("{key}.{name}"));
                }
            }
            (_, Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.walk(&schema["items"], item, format!("{key}[{index}]"));
                }
            }
            _ => {}
        }
    }

    /// What is wanted and not granted. `grants` are what `settings` mean, where they can be read.
    pub(in crate::plugin) fn ungranted(
        &self,
        plugin: &str,
        settings: &GrantSettings,
        grants: Option<&Grants>,
        is_bundled: bool,
    ) -> Vec<Problem> {
        let table = format!("plugins.{plugin}");
        let mut problems = Vec::new();
        // Hosts that cannot be read are reported where they are granted.
        let denied = |origin: &Origin| grants.is_some_and(|grants| grants.reach(origin) == Reach::Denied);
        for (at, (key, name)) in self.headers.iter().enumerate() {
            if let Some(message) = unsendable(name, grants) {
                problems.push(Problem::new(format!("{table}.{key}"), message));
            }
            // To a server both are one header, of which either may count.
            let table_of = |key: &str, name: &str| key.len() - name.len();
            let is_same = |(other, first): &&(String, String)| {
                first.eq_ignore_ascii_case(name)
                    && other[..table_of(other, first)] == key[..table_of(key, name)]
            };
            if let Some((_, first)) = self.headers[..at].iter().find(is_same) {
                let message = format!("`{first}` is there already; keep one of the two");
                problems.push(Problem::new(format!("{table}.{key}"), message));
            }
        }
        for (key, url) in &self.urls {
            if let Some(message) = grants.and_then(|_| unreachable(url, &settings.hosts)) {
                problems.push(Problem::new(format!("{table}.{key}"), message));
            }
            // No origin can be made of it, so that nothing else would be said of it.
            if literal_part(url).is_some_and(|url| Url::parse(url) == Err(ParseError::InvalidPort)) {
                let message = "has a port that is none; write one up to 65535";
                problems.push(Problem::new(format!("{table}.{key}"), message));
            }
            if let Some(origin) = literal_origin(url).filter(denied) {
                let message = format!(
                    "the plugin may not reach {origin}; add hosts = [\"{origin}\"] to [{table}.grants]"
                );
                problems.push(Problem::new(format!("{table}.{key}"), message));
            }
        }
        for (key, base) in self.bases.iter().filter(|(_, base)| !settings.knowledge.contains(base)) {
            let granted = settings.knowledge.iter().map(String::as_str);
            if let Some(near) = nearest(base, granted) {
                let message =
                    format!("the plugin may not search `{base}`; did you mean `{near}`, which is granted?");
                problems.push(Problem::new(format!("{table}.{key}"), message));
                continue;
            }
            let message = format!(
                "the plugin may not search `{base}`; add knowledge = [\"{base}\"] to [{table}.grants]"
            );
            problems.push(Problem::new(format!("{table}.{key}"), message));
        }
        // Another's plugin may do without.
        if self.searches && is_bundled && settings.knowledge.is_empty() && self.bases.is_empty() {
            let message = format!(
                "is missing: the plugin searches knowledge bases, and may search none; add [{table}.grants] with knowledge = [\"NAME\"]"
            );
            problems.push(Problem::new(format!("{table}.grants.knowledge"), message));
        }
        problems
    }
}

/// Why no request can carry a header of this name from a plugin with these grants.
fn unsendable(name: &str, grants: Option<&Grants>) -> Option<String> {
    let Ok(header) = HeaderName::from_bytes(name.as_bytes()) else {
        return Some(
            "is not the name of a header; use letters of ASCII, digits and `-`, such as \"X-Request-Source\""
                .to_owned(),
        );
    };
    if grants.is_some_and(|grants| grants.puts_in(&header)) {
        return Some("is put in by the host, which has a secret for it; remove it here".to_owned());
    }
    let is_hosts = DEFAULT_FORBIDDEN_HEADERS.contains(&header) || header == header::CONTENT_LENGTH;
    is_hosts.then(|| "is a header of the connection, which the host sets; remove it".to_owned())
}

/// Why no grant of these lets a request out whose host comes from a template.
fn unreachable(url: &str, hosts: &[String]) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let mut authority = "";
    // The end of the authority, which is not looked for within a template.
    let mut within = false;
    for (at, character) in rest.char_indices() {
        match &rest[at..] {
            text if text.starts_with("{{") || text.starts_with("{%") => within = true,
            text if text.starts_with("}}") || text.starts_with("%}") => within = false,
            _ => {}
        }
        if !within && matches!(character, '/' | '?' | '#') {
            break;
        }
        authority = &rest[..at + character.len_utf8()];
    }
    let first = authority.find("{{").into_iter().chain(authority.find("{%")).min()?;
    let last = authority.rfind("}}").into_iter().chain(authority.rfind("%}")).max()? + 2;
    let (before, after) = (&authority[..first], authority.get(last..)?);
    let could_be = |grant: &String| {
        let Some((granted, host)) = grant.split_once("://") else { return false };
        let host = host.trim_end_matches('/');
        granted.eq_ignore_ascii_case(scheme)
            && match host.strip_prefix('*') {
                // `*` in a granted host stands for any beginning, so the ends are compared.
                Some(end) => end.ends_with(after) || after.ends_with(end),
                None => host.starts_with(before) && host.ends_with(after),
            }
    };
    if hosts.iter().any(could_be) {
        return None;
    }
    let before = if before.ends_with(':') { format!("{before}8080") } else { before.to_owned() };
    let example = match after.starts_with('.') && before.is_empty() {
        true => format!("{scheme}://*{after}"),
        false => format!("{scheme}://{}", if before.is_empty() { "api.example.com" } else { &before }),
    };
    Some(format!(
        "has its host from the request, and none of the hosts that are granted can be it; write the host into the URL, or \
         grant each host there may be, such as hosts = [\"{example}\"]"
    ))
}

/// The origin of a URL whose scheme, host and port hold no template.
fn literal_origin(url: &str) -> Option<Origin> {
    Origin::of(&Url::parse(literal_part(url)?).ok()?)
}

/// What stands before the first template of a URL, where scheme, host and port are in it.
fn literal_part(url: &str) -> Option<&str> {
    let literal = url.split("{{").next()?.split("{%").next()?;
    if literal.len() < url.len() {
        // What follows could go on with the host's name.
        let (_, rest) = literal.split_once("://")?;
        rest.find(['/', '?', '#'])?;
    }
    Some(literal)
}

#[cfg(test)]
mod tests;
