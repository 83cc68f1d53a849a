//! A JSONPath that stands in a template, where it fills nothing in.

use jsonpath_rust::parser::parse_json_path;
use serde_json::Value;

use super::{Problems, texts, without};
use crate::template::parse;

/// Keys whose texts are templates of what is told. A request may bring a JSONPath to an API that takes one.
const TEMPLATES: [&str; 5] = ["result", "title", "link", "done", "refused"];

pub(super) fn warnings(config: &Value) -> Problems {
    let mut sources = Vec::new();
    for key in TEMPLATES {
        texts(key, &config[key], &mut sources);
    }
    let told = |(key, source): (String, &str)| {
        let literal = without(source, "1");
        let path = path_in(&literal)?;
        // In a text about code it may be code.
        if literal.replacen(path, "", 1).contains(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let mend = match key.as_str() {
            "done" => "write {{ status }}".to_owned(),
            "refused" => "write {{ message }}".to_owned(),
            _ => of_response(path, &config["extract"]),
        };
        Some((key, format!("holds the JSONPath `{path}`, which stays as it is in a template; {mend}")))
    };
    sources.into_iter().filter_map(told).collect()
}

/// The first JSONPath in a text. `$5.00` is a price, and `$filter` a parameter.
fn path_in(text: &str) -> Option<&str> {
    text.match_indices('$').find_map(|(at, _)| {
        let rest = &text[at..];
        let steps = rest[1..].trim_start_matches('.');
        let begins = match rest.as_bytes().get(1) {
            Some(b'.') => steps.starts_with(|c: char| c.is_alphabetic() || c == '_'),
            Some(b'[') => steps[1..].starts_with(|c: char| c.is_ascii_digit() || "'\"*".contains(c)),
            _ => false,
        };
        // Words may follow it without a blank, unless it is written in their letters.
        let ascii = |c: char| c.is_ascii_alphanumeric() || "$_.[]*'\"".contains(c);
        let any = |c: char| c.is_alphanumeric() || ascii(c);
        let token = |is_of: &dyn Fn(char) -> bool| {
            let end = rest.find(|c| !is_of(c)).unwrap_or(rest.len());
            let path = rest[..end].trim_end_matches(['.', '\'', '"']);
            (path.len() > 1 && parse_json_path(path).is_ok()).then_some(path)
        };
        if begins { token(&ascii).or_else(|| token(&any)) } else { None }
    })
}

/// How a template shows what a path finds in the response.
fn of_response(path: &str, extract: &Value) -> String {
    let mut named = extract.as_object().into_iter().flatten();
    if let Some((name, _)) = named.find(|(_, known)| known.as_str() == Some(path)) {
        return format!("write {{{{ {name} }}}}");
    }
    let value = format!("{{{{ response{} }}}}", &path[1..]);
    if parse(&value).is_ok() {
        format!("write {value}")
    } else {
        format!("name it in extract, such as value = \"{path}\", and write {{{{ value }}}} here")
    }
}

#[cfg(test)]
mod tests;
