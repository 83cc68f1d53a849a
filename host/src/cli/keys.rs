//! A plugin's JSON Schema as a table of keys, and as TOML to begin with.

use console::{measure_text_width, style};
use serde_json::{Map, Value, json};

use crate::clean;

/// Columns of the whole table.
const WIDTH: usize = 110;
/// Columns of a key with its kind, beyond which the description begins on the next line.
const LONGEST_KEY: usize = 34;

/// Every key with its kind and what it is for; tables within have their keys after them.
pub(super) fn table(schema: &Value) -> String {
    let mut rows = Vec::new();
    collect(schema, "", &mut rows);
    if rows.is_empty() {
        return "  none\n".to_owned();
    }
    let width = |row: &KeyRow| measure_text_width(&row.key) + measure_text_width(&row.kind) + 3;
    let column = rows
        .iter()
        .map(|row| width(row) + 2)
        .filter(|width| *width <= LONGEST_KEY)
        .max()
        .unwrap_or(0)
        .max(18);
    let indent = " ".repeat(column);
    let mut text = String::new();
    for row in &rows {
        text.push_str(&format!("  {} {}", style(&row.key).cyan(), style(&row.kind).dim()));
        // A long key has its description on the next line.
        match column.checked_sub(width(row)).filter(|gap| *gap >= 2) {
            Some(gap) => text.push_str(&" ".repeat(gap)),
            None => text.push_str(&format!("\n{indent}")),
        }
        text.push_str(&wrapped(&row.description, WIDTH - column).join(&format!("\n{indent}")));
        text.push('\n');
    }
    text
}

struct KeyRow {
    key: String,
    kind: String,
    description: String,
}

fn collect(schema: &Value, outer: &str, rows: &mut Vec<KeyRow>) {
    let required =
        |name: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|key| key == name));
    for (name, key) in schema["properties"].as_object().into_iter().flatten() {
        let path = if outer.is_empty() { name.clone() } else { format!("{outer}.{name}") };
        let kind = if required(name) { format!("{}, required", kind(key)) } else { kind(key) };
        let mut description = key["description"].as_str().unwrap_or_default().to_owned();
        if let Some(default) = key.get("default") {
            description.push_str(&format!(" Default: {default}."));
        }
        let line = |text: &str| clean::line(text).into_owned();
        rows.push(KeyRow { key: line(&path), kind: line(&kind), description: line(description.trim()) });
        collect(key, &path, rows);
    }
}

/// The kind of a value in a few words.
fn kind(schema: &Value) -> String {
    let several = |schemas: &Value| -> Option<String> {
        let kinds: Vec<String> = schemas.as_array()?.iter().map(kind).collect();
        Some(kinds.join(" or "))
    };
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().map(Value::to_string).collect::<Vec<_>>().join(" | ");
    }
    if let Some(kinds) = several(&schema["anyOf"]).or_else(|| several(&schema["oneOf"])) {
        return kinds;
    }
    match &schema["type"] {
        Value::String(kind) => named(kind, schema),
        Value::Array(kinds) => kinds
            .iter()
            .filter_map(Value::as_str)
            .map(|kind| named(kind, schema))
            .collect::<Vec<_>>()
            .join(" or "),
        _ => "any".to_owned(),
    }
}

fn named(kind: &str, schema: &Value) -> String {
    match kind {
        "string" => "text".to_owned(),
        "integer" => "number".to_owned(),
        "boolean" => "true | false".to_owned(),
        "array" if schema["items"]["type"] == "string" => "list of texts".to_owned(),
        "array" => "list".to_owned(),
        "object" => "table".to_owned(),
        other => other.to_owned(),
    }
}

/// The plugin's table as it would stand in a configuration: with the schema's own example, or what is required.
pub(super) fn example(name: &str, component: &str, schema: &Value) -> String {
    let config = schema["examples"].get(0).cloned().unwrap_or_else(|| required(schema));
    let mut plugin = Map::new();
    plugin.insert("component".to_owned(), component.into());
    if config.as_object().is_some_and(|config| !config.is_empty()) {
        plugin.insert("config".to_owned(), config);
    }
    let whole = json!({ "plugins": { name: plugin } });
    toml::Value::try_from(&whole)
        .ok()
        .and_then(|value| toml::to_string(&value).ok())
        // Between the table of the name and its own stands an empty one.
        .map(|text| text.trim_start_matches("[plugins]\n").trim_start().to_owned())
        .unwrap_or_default()
}

fn required(schema: &Value) -> Value {
    let names = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let value = |name: &str| {
        let key = &schema["properties"][name];
        let known = key.get("default").or(key["enum"].get(0)).cloned();
        known.unwrap_or_else(|| match key["type"].as_str() {
            Some("integer" | "number") => json!(1),
            Some("boolean") => json!(true),
            Some("array") => json!([]),
            Some("object") => json!({}),
            _ => json!("…"),
        })
    };
    Value::Object(names.map(|name| (name.to_owned(), value(name))).collect())
}

/// Lines of at most so many columns, broken at spaces where there are any.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let Some(line) = lines.last_mut() else { break };
        let joined = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if measure_text_width(&joined) <= width || line.is_empty() {
            *line = joined;
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}
