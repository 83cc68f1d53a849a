//! What keys say together that are right alone, or with what every template has.

use serde_json::Value;
use template_checks::tags;

use super::{Problems, without};
use crate::names::{RESPONSE, TURN};
use crate::template::parse;

/// The status of an answer with something in it.
const OK: u64 = 200;

/// What no turn could use.
pub(super) fn problems(config: &Value) -> Problems {
    let mut problems = Vec::new();
    let names = config["extract"].as_object().into_iter().flatten().map(|(name, _)| name);
    for name in names.filter(|name| TURN.into_iter().chain(RESPONSE).any(|taken| taken == *name)) {
        let message = "is the name of what templates have already; choose another name";
        problems.push((format!("extract.{name}"), message.to_owned()));
    }
    let headers: Vec<&String> =
        config["headers"].as_object().into_iter().flatten().map(|(name, _)| name).collect();
    for (at, name) in headers.iter().enumerate() {
        if let Some(first) = headers[..at].iter().find(|first| first.eq_ignore_ascii_case(name)) {
            let message = format!("is the header `{first}`, which stands there already; remove one of them");
            problems.push((format!("headers.{name}"), message));
        }
    }
    if (config["body"].is_object() || config["body"].is_array()) && !is_json(&config["headers"]) {
        let message = "is a table, which is sent as JSON, and the content-type header says something else; remove the \
                       header, or write the body as one text, such as \"q={{ question }}\" for a form";
        problems.push(("body".to_owned(), message.to_owned()));
    }
    if let Some(text) = config["body"].as_str().filter(|_| is_json(&config["headers"]))
        && let Some(cause) = not_json(text)
    {
        let mend = "write it as a table, such as body = { q = \"{{ question }}\" }";
        problems.push(("body".to_owned(), format!("is not valid JSON around its tags: {cause}; {mend}")));
    }
    problems
}

/// What is sent or taken otherwise than whoever wrote it expects.
pub(super) fn warnings(config: &Value) -> Problems {
    let mut found = Vec::new();
    if config["method"] == "GET" && !config["body"].is_null() {
        let message = "is sent with method = \"GET\", where most servers read none; remove `method` for POST, \
                       or write the fields in query";
        found.push(("body".to_owned(), message.to_owned()));
    }
    let empty = config["empty_status"].as_array().into_iter().flatten();
    if let Some(at) = empty.into_iter().position(|status| status.as_u64() == Some(OK)) {
        let message =
            "is 200, with which APIs answer what they know, so that nothing of it is used; remove it";
        found.push((format!("empty_status[{at}]"), message.to_owned()));
    }
    found.extend(in_single_braces(config));
    found
}

/// Names of what is extracted that nobody fills in, as other tools write them.
fn in_single_braces(config: &Value) -> Option<(String, String)> {
    let result = config["result"].as_str()?;
    let around = without(result, "");
    let name = config["extract"].as_object()?.keys().find(|name| around.contains(&format!("{{{name}}}")))?;
    let message = format!("holds {{{name}}}, which reaches the model as it is; write {{{{ {name} }}}}");
    Some(("result".to_owned(), message))
}

/// Whether a body goes out as JSON, as far as the headers tell.
fn is_json(headers: &Value) -> bool {
    let mut fields = headers.as_object().into_iter().flatten();
    let Some((_, kind)) = fields.find(|(name, _)| name.eq_ignore_ascii_case("content-type")) else {
        return true;
    };
    let kind = kind.as_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json") || kind.to_ascii_lowercase().ends_with("+json")
}

/// Why a text is not JSON whatever stands for its tags; nothing where other tags than values choose what is sent.
fn not_json(text: &str) -> Option<String> {
    let (tags, open) = tags::all(text);
    let are_values = open.is_none() && tags.iter().all(|tag| tag.opens() == "{{");
    if text.trim().is_empty() || !are_values || parse(text).is_err() {
        return None;
    }
    let error = serde_json::from_str::<Value>(&without(text, "1")).err()?.to_string();
    // The column is that of a text nobody has written.
    Some(error.split(" at line ").next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests;
