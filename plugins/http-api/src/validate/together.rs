//! What keys say together that are right alone, or with what every template has.

use serde_json::Value;
use template_checks::tags::{self, Tag};

use super::{Problems, filled, texts, without};
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
    found.extend(quoted_twice(config));
    found.extend(in_single_braces(config));
    found
}

/// A value between quotes in a body of JSON, into which a text is put with its own.
fn quoted_twice(config: &Value) -> Option<(String, String)> {
    let text = config["body"].as_str().filter(|_| is_json(&config["headers"]))?;
    let (tags, open) = tags::all(text);
    let are_values = open.is_none() && tags.iter().all(|tag| tag.opens() == "{{");
    if !are_values || not_json(text).is_some() {
        return None;
    }
    let breaks = |tag: &&Tag<'_>| {
        let sample = filled(text, |other| if other.at == tag.at { "\"1\"" } else { "1" });
        is_text(tag, config) && !text.trim().is_empty() && serde_json::from_str::<Value>(&sample).is_err()
    };
    let tag = tags.iter().find(breaks)?;
    let message = format!(
        "is not valid JSON around its tags: {0} has quotes of its own; write such as {{\"q\": {0}}}",
        tag.text
    );
    Some(("body".to_owned(), message))
}

/// Whether a tag surely puts in a text. A model may give a number, unlike what is taken from the question.
fn is_text(tag: &Tag<'_>, config: &Value) -> bool {
    const OF_TEXTS: [&str; 5] = ["d", "default", "lower", "trim", "upper"];
    let inner = tag.text.trim_start_matches("{{").trim_end_matches("}}").trim_matches('-');
    let mut parts = inner.split('|').map(str::trim);
    let value = parts.next().unwrap_or_default();
    let is_taken = |name: &str| {
        let mut patterns = config["extract_arguments"].as_array().into_iter().flatten();
        patterns.any(|pattern| pattern.as_str().is_some_and(|pattern| pattern.contains(&format!("<{name}>"))))
    };
    let is_name = |name: &str| name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let is_text = match value.split_once('.') {
        None => matches!(value, "question" | "search_text"),
        Some(("variables", name)) => is_name(name),
        Some(("arguments", name)) => is_name(name) && is_taken(name),
        Some(_) => false,
    };
    is_text && parts.all(|filter| OF_TEXTS.contains(&filter.split('(').next().unwrap_or_default().trim()))
}

/// Names that nobody fills in, as other tools write them.
fn in_single_braces(config: &Value) -> Problems {
    let mut sources = Vec::new();
    for key in ["query", "headers", "body", "result", "title"] {
        texts(key, &config[key], &mut sources);
    }
    let told = |(key, source): (String, &str)| {
        let around = without(source, "");
        let is_of_request = !matches!(key.as_str(), "result" | "title");
        let extracted = config["extract"].as_object().filter(|_| !is_of_request);
        let mut extracted = extracted.into_iter().flat_map(|extracted| extracted.keys());
        let name = match extracted.find(|name| around.contains(&format!("{{{name}}}"))) {
            Some(name) => name.as_str(),
            None => around.match_indices('{').find_map(|(at, _)| of_turn(&around[at + 1..]))?,
        };
        let goes = match key.as_str() {
            "result" => "reaches the model",
            "title" => "clients see",
            _ => "is sent",
        };
        let message = format!("holds {{{name}}}, which {goes} as it is; write {{{{ {name} }}}}");
        Some((key, message))
    };
    sources.into_iter().filter_map(told).collect()
}

/// The name of a value of every turn that a text behind a brace begins with, up to the other brace.
fn of_turn(text: &str) -> Option<&str> {
    let (name, _) = text.split_once('}')?;
    let is_of = |table: &str| {
        let of = name.strip_prefix(table).and_then(|rest| rest.strip_prefix('.'));
        of.is_some_and(|name| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_'))
    };
    (matches!(name, "question" | "search_text") || is_of("arguments") || is_of("variables")).then_some(name)
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
