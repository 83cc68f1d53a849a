//! Keys that stand in a plugin's configuration in the clear.

use serde_json::Value;
use url::Url;

use crate::endpoint::looks_like_a_key;

/// Names of what carries a key, without `-` and `_`.
const NAMES: [&str; 21] = [
    "accesskey",
    "accesstoken",
    "apikey",
    "appkey",
    "appsecret",
    "auth",
    "authorization",
    "clientsecret",
    "cookie",
    "key",
    "passwd",
    "password",
    "proxyauthorization",
    "secret",
    "secretkey",
    "session",
    "sessionid",
    "sk",
    "token",
    "xapikey",
    "xauthtoken",
];

/// Places of a configuration that hold what looks like a key, as `url: key`, with the texts that stand there. The guest
/// would see them, and the host, which does not know them for secrets, could not blank them where they come back.
pub fn literal_keys(config: &Value) -> Vec<(String, &str)> {
    let mut found = Vec::new();
    walk(config, "config", &mut found);
    found
}

fn walk<'a>(value: &'a Value, place: &str, found: &mut Vec<(String, &'a str)>) {
    match value {
        Value::String(text) => {
            let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
            if url.as_ref().is_some_and(|url| !url.username().is_empty() || url.password().is_some()) {
                found.push((format!("{place}: a user name or password"), text));
            }
            // A service's key tells itself wherever it stands, such as in a path or behind `Bearer`.
            let mut words =
                text.split(|c: char| c.is_whitespace() || matches!(c, '/' | '=' | '&' | '?' | ':'));
            if words.any(|word| looks_like_a_key(word) && !word.contains("{{")) {
                found.push((format!("{place}: what begins like a key"), text));
            }
            let pairs = url.iter().flat_map(Url::query_pairs);
            found.extend(
                pairs
                    .filter(|(name, value)| is_literal_key(name, value))
                    .map(|(name, _)| (format!("{place}: `{name}` in the query"), text.as_str())),
            );
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, place, found)),
        Value::Object(fields) => {
            let is_sent = [".query", ".headers", ".body"].iter().any(|part| place.ends_with(part));
            for (name, value) in fields {
                let place = format!("{place}.{name}");
                match value.as_str().filter(|value| is_sent && is_literal_key(name, value)) {
                    Some(value) => found.push((place, value)),
                    None => walk(value, &place, found),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A template is filled in from the turn, so that what it stands for is not a key of the operator's.
fn is_literal_key(name: &str, value: &str) -> bool {
    NAMES.contains(&folded(name).as_str()) && !value.trim().is_empty() && !value.contains("{{")
}

/// Stands where a configuration is shown without what looks like a key.
const HIDDEN: &str = "(looks like a key: not shown)";

/// How names end that a key may stand under, without `-` and `_`. Wider than what is warned of: a name that is
/// hidden for nothing costs nothing.
const ENDS: [&str; 9] =
    ["authorization", "cookie", "credential", "credentials", "key", "passwd", "password", "secret", "token"];

/// Takes everything out of a configuration that looks like a key or stands under the name of one.
pub(super) fn hide(config: &mut Value) {
    match config {
        Value::String(_) => {
            if !literal_keys(config).is_empty() {
                *config = HIDDEN.into();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(hide),
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    // A path into an answer, such as `$.token`, is none.
                    Some(text) if names_a_key(name) && !text.contains("{{") && !text.starts_with('$') => {
                        *value = HIDDEN.into();
                    }
                    _ => hide(value),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn names_a_key(name: &str) -> bool {
    let name = folded(name);
    NAMES.contains(&name.as_str()) || ENDS.iter().any(|end| name.ends_with(end))
}

/// A name as [`NAMES`] has it.
fn folded(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_')).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests;
