//! The reference: every key of the configuration with its meaning and its default, made from the types.

use serde_json::Value as Json;

use super::schema::SCHEMA;
use super::shape::{example, inline, is_required, kind, words};

/// Columns of a comment.
const WIDTH: usize = 110;

const HEADING: &str = "\
# Every key of the configuration with its default, as `qianfan-host config reference` prints it.
# As it stands this file sets nothing but defaults. A line that begins with `#` and no space is a key or a
# table that is absent; take the `#` away to set it. `${NAME}` in a text is the environment's value,
# `${NAME:-text}` has a default, and `$${NAME}` is the text itself.
";

/// The JSON Schema of a configuration file, for editors.
pub fn schema() -> &'static Json {
    &SCHEMA
}

/// A commented configuration with every key.
pub fn reference() -> String {
    let mut text = HEADING.to_owned();
    for (name, schema) in SCHEMA["properties"].as_object().into_iter().flatten() {
        let named = schema.get("properties").is_none() && schema["additionalProperties"].is_object();
        let (header, inner) = match named {
            true => (format!("{name}.NAME"), &schema["additionalProperties"]),
            false => (name.clone(), schema),
        };
        // A table stands uncommented only if it needs neither a name nor a key that the operator must choose.
        let is_absent = named || inner.get("required").is_some();
        text.push('\n');
        comment(schema, "", &mut text);
        if named {
            comment(inner, "", &mut text);
        }
        table(inner, &header, TableForm::Alone, is_absent, &mut text);
    }
    text
}

/// A table, and those within it after its own keys.
fn table(schema: &Json, header: &str, held: TableForm, is_absent: bool, text: &mut String) {
    let mark = if is_absent { "#" } else { "" };
    let (open, close) = if held == TableForm::InAList { ("[[", "]]") } else { ("[", "]") };
    text.push_str(&format!("{mark}{open}{header}{close}\n"));
    let keys = || schema["properties"].as_object().into_iter().flatten();
    for (name, key) in keys().filter(|(_, key)| within(key).is_none()) {
        let note = if is_required(schema, name) { "Required. " } else { "" };
        comment(key, note, text);
        let default = key.get("default").filter(|default| !default.is_null());
        let value = default.map_or_else(|| example(key), inline);
        let mark = if is_absent || default.is_none() { "#" } else { "" };
        text.push_str(&format!("{mark}{name} = {value}\n"));
    }
    for (name, key) in keys() {
        if let Some((inner, held)) = within(key) {
            text.push('\n');
            comment(key, "", text);
            let named = if held == TableForm::ByName {
                format!(".{}", name.trim_end_matches('s').to_uppercase())
            } else {
                String::new()
            };
            table(
                inner,
                &format!("{header}.{name}{named}"),
                held,
                is_absent || held == TableForm::ByName,
                text,
            );
        }
    }
}

/// How a key holds a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TableForm {
    /// The key holds one table.
    Alone,
    /// The key holds a list of such tables.
    InAList,
    /// The key holds several such tables, each with a name of the operator's.
    ByName,
}

/// The table that a key holds, and how.
fn within(key: &Json) -> Option<(&Json, TableForm)> {
    if key.get("properties").is_some() {
        return Some((key, TableForm::Alone));
    }
    let (items, named) = (&key["items"], &key["additionalProperties"]);
    if kind(key) == "array" && items.get("properties").is_some() {
        return Some((items, TableForm::InAList));
    }
    named.get("properties").is_some().then_some((named, TableForm::ByName))
}

/// The description, what a number may be where that does not say it, and the words that a text may be.
fn comment(schema: &Json, note: &str, text: &mut String) {
    let Some(description) = schema["description"].as_str() else { return };
    let range = range(schema, description).map_or_else(String::new, |range| format!(" {range}"));
    for paragraph in format!("{note}{description}{range}").split("\n\n") {
        wrapped(paragraph, "# ", text);
    }
    // A list is described by the words for its elements.
    let of = if words(schema).is_some() { schema } else { &schema["items"] };
    let Some(words) = words(of) else { return };
    let described = |word: &str| {
        let all = of["oneOf"].as_array().into_iter().flatten();
        all.filter(|choice| choice["const"] == word).find_map(|choice| choice["description"].as_str())
    };
    for word in words {
        match described(word) {
            Some(description) => wrapped(&format!("\"{word}\": {description}"), "#   ", text),
            None => text.push_str(&format!("#   \"{word}\"\n")),
        }
    }
}

/// What a number may be, where the description does not name the bounds.
fn range(schema: &Json, description: &str) -> Option<String> {
    let bound = |key: &str| schema[key].as_f64().map(|bound| bound.to_string());
    let mut said = description.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_numeric()));
    let mut is_said = |bound: &str| said.any(|word| word == bound);
    match (bound("minimum"), bound("maximum")) {
        (Some(least), Some(most)) => {
            (!(is_said(&least) && is_said(&most))).then(|| format!("From {least} to {most}."))
        }
        // That it is not below 0 goes without saying.
        (Some(least), None) if least != "0" => (!is_said(&least)).then(|| format!("At least {least}.")),
        _ => None,
    }
}

fn wrapped(paragraph: &str, indent: &str, text: &mut String) {
    let mut line = String::new();
    for word in paragraph.split_whitespace() {
        if !line.is_empty() && indent.len() + line.chars().count() + 1 + word.chars().count() > WIDTH {
            text.push_str(&format!("{indent}{line}\n"));
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    text.push_str(&format!("{indent}{line}\n"));
}

#[cfg(test)]
mod tests;
