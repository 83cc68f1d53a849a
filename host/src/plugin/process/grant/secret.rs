//! A secret and its place in a plugin's requests.

use std::collections::BTreeMap;
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, HeaderValue, header};
use schemars::JsonSchema;
use serde::Deserialize;
use wasmtime_wasi_http::DEFAULT_FORBIDDEN_HEADERS;

use super::Origin;
use crate::problem::Problem;
use crate::redact;

/// One entry of `secrets` in a `[plugins.<name>.grants]` table: what goes where. The host puts it in
/// after the request has left the plugin, which can neither read nor set what is in that place.
/// Exactly one of `header`, `query` and `form` names the place.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct SecretGrantSettings {
    /// The name of a `[secrets.<name>]` table.
    pub secret: String,
    /// The one origin that gets it; must be named exactly in `hosts`, too.
    pub host: String,
    /// The header that carries it, such as `Authorization`.
    pub header: Option<String>,
    /// The parameter of the URL's query that carries it, such as `key`.
    pub query: Option<String>,
    /// The field that carries it in bodies of type `application/x-www-form-urlencoded`, such as
    /// `client_secret`. Requests with any other body go out without it.
    pub form: Option<String>,
    /// The whole value, with `{secret}` where the secret goes. Default `{secret}`.
    pub value: Option<String>,
}

const PLACEHOLDER: &str = "{secret}";

/// One `[secrets.<name>]` table: exactly one of the two.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SecretSettings {
    /// The environment variable that holds the secret.
    pub env: Option<String>,
    /// The file that holds the secret; white space around it is not part of it.
    pub file: Option<PathBuf>,
}

const ONE_PLACE: &str = "give exactly one of `env` and `file`";

impl SecretSettings {
    /// What is wrong with the table, as far as it alone tells.
    pub fn problems(&self) -> Vec<Problem> {
        match (&self.env, &self.file) {
            (Some(_), None) | (None, Some(_)) => Vec::new(),
            (Some(_), Some(_)) => vec![Problem::new("file", format!("stands beside `env`; {ONE_PLACE}"))],
            (None, None) => vec![Problem::new("", format!("names no place for the secret; {ONE_PLACE}"))],
        }
    }
}

impl SecretSettings {
    /// The key whose variable or file is not there, and what is missing; nothing is read.
    pub fn absent(&self) -> Option<(&'static str, String)> {
        #[expect(clippy::disallowed_methods, reason = "whether it is set is told, not what it is")]
        let is_set = |variable: &str| std::env::var_os(variable).is_some();
        match (&self.env, &self.file) {
            (Some(variable), None) if !is_set(variable) => {
                Some(("env", format!("the environment variable {variable} is not set")))
            }
            (None, Some(file)) if !file.is_file() => {
                Some(("file", format!("{} is not a file", file.display())))
            }
            _ => None,
        }
    }
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

    /// The secret's text, which the process blanks from then on wherever it comes back. The error says which key to change, and never shows the secret.
    pub(in crate::plugin) fn read(&self, name: &str) -> Result<String, Problem> {
        let problem = |key: &str, message: String| Problem::new(format!("secrets.{name}{key}"), message);
        let Some(settings) = self.0.get(name) else {
            let message = format!("there is no table [secrets.{name}]; add one with `env` or `file`");
            return Err(problem("", message));
        };
        #[expect(clippy::disallowed_methods, reason = "the settings name the variable")]
        let text = match (&settings.env, &settings.file) {
            (Some(variable), None) => std::env::var(variable).map_err(|_| {
                let message = format!("the environment variable {variable} is not set; set it to the secret");
                problem(".env", message)
            })?,
            (None, Some(path)) => std::fs::read_to_string(path).map_err(|error| {
                problem(
                    ".file",
                    format!("cannot read `{}`: {error}; make the file, or name another", path.display()),
                )
            })?,
            // The error is the one that checking the table reports, in the same words.
            _ => {
                let mut found = settings.problems();
                let own = found.pop().unwrap_or_else(|| Problem::new("", ONE_PLACE));
                return Err(own.below(&format!("secrets.{name}")));
            }
        };
        match text.trim() {
            "" => Err(problem(
                "",
                "the secret is empty; put it into the variable or the file that the table names".to_owned(),
            )),
            text => {
                redact::learn(name, text);
                Ok(text.to_owned())
            }
        }
    }
}

/// A secret with its place. Not `Debug`: what holds a secret is never printed.
pub(in crate::plugin) struct Injection {
    pub(super) origin: Origin,
    /// The name of the `[secrets.<name>]` table.
    pub(in crate::plugin) name: String,
    pub(in crate::plugin) place: SecretPlace,
}

/// Where in a request a secret stands, and the whole of what stands there.
pub(in crate::plugin) enum SecretPlace {
    /// The value is marked sensitive, so that it does not show where headers are printed.
    Header(HeaderName, HeaderValue),
    /// A parameter of the query and its value, not yet encoded.
    Query(String, String),
    /// A field of a form and its value, not yet encoded.
    Form(String, String),
}

impl SecretPlace {
    /// Whether two secrets would be in each other's way.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Header(one, _), Self::Header(other, _)) => one == other,
            (Self::Query(one, _), Self::Query(other, _)) | (Self::Form(one, _), Self::Form(other, _)) => {
                one.eq_ignore_ascii_case(other)
            }
            _ => false,
        }
    }
}

/// Who gets HTTP Basic credentials may repeat the password as it was before it was encoded.
fn learn_credentials(name: &str, value: &str) {
    let decoded = value
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"))
        .and_then(|(_, encoded)| STANDARD.decode(encoded.trim()).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok());
    if let Some((_, password)) = decoded.as_deref().and_then(|decoded| decoded.split_once(':')) {
        redact::learn(name, password);
    }
}

impl Injection {
    /// `None` where nothing is wrong but the origin, which is the caller's to report.
    pub(super) fn check(
        plugin: &str,
        at: usize,
        entry: &SecretGrantSettings,
        origin: Option<Origin>,
        secrets: &Secrets,
    ) -> Result<Option<Self>, Vec<Problem>> {
        let mut problems = Vec::new();
        let problem = |key: &str, message: &str| {
            Problem::new(format!("plugins.{plugin}.grants.secrets[{at}]{key}"), message)
        };
        let value = entry.value.as_deref().unwrap_or(PLACEHOLDER);
        if !value.contains(PLACEHOLDER) {
            let message = "write {secret} where the secret goes, such as \"Bearer {secret}\"";
            problems.push(problem(".value", message));
        }
        // A secret that cannot be read does not hide what is wrong with its place.
        let text = secrets.read(&entry.secret).unwrap_or_else(|found| {
            problems.push(found);
            String::new()
        });
        let value = value.replace(PLACEHOLDER, &text);
        learn_credentials(&entry.secret, &value);
        let place = match (&entry.header, &entry.query, &entry.form) {
            (Some(name), None, None) => in_header(name, &value, &problem),
            (None, Some(name), None) if !name.is_empty() => Ok(SecretPlace::Query(name.clone(), value)),
            (None, None, Some(name)) if !name.is_empty() => Ok(SecretPlace::Form(name.clone(), value)),
            _ => Err(problem(
                "",
                "name one place for the secret: header = \"Authorization\", query = \"key\" or form = \"client_secret\"",
            )),
        };
        match place {
            Ok(place) if problems.is_empty() => {
                Ok(origin.map(|origin| Self { origin, name: entry.secret.clone(), place }))
            }
            Ok(_) => Err(problems),
            Err(found) => {
                problems.push(found);
                Err(problems)
            }
        }
    }
}

fn in_header(
    name: &str,
    value: &str,
    problem: &dyn Fn(&str, &str) -> Problem,
) -> Result<SecretPlace, Problem> {
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| {
        problem(".header", "is not the name of a header; write one such as \"Authorization\"")
    })?;
    if DEFAULT_FORBIDDEN_HEADERS.contains(&name) || name == header::CONTENT_LENGTH {
        return Err(problem(
            ".header",
            "names a header of the connection, which cannot carry a secret; write another, such as \"Authorization\"",
        ));
    }
    let mut value = HeaderValue::from_str(value).map_err(|_| {
        problem(
            ".value",
            "is not the value of a header once the secret is put in: it holds a line break or another control character; export the secret alone",
        )
    })?;
    value.set_sensitive(true);
    Ok(SecretPlace::Header(name, value))
}

#[cfg(test)]
mod tests;
