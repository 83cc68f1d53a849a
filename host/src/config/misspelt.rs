//! A misspelt table is one that the file cannot have, and that can be meant for only one of those it can.

use nearest::all_nearest;
use toml::de::DeValue;

use super::schema::SCHEMA;

/// The table that is meant, so that what stands below a misspelt header is checked as well.
pub(super) fn meant(name: &str) -> Option<&'static str> {
    let known = SCHEMA["properties"].as_object()?;
    if known.contains_key(name) {
        return None;
    }
    match *all_nearest(name, known.keys().map(String::as_str)) {
        [near] => Some(near),
        _ => None,
    }
}

/// Like [`meant`], where the value is one of a table: one table, or a list of them.
pub(super) fn meant_by(name: &str, value: &DeValue<'_>) -> Option<&'static str> {
    let is_table = match value {
        DeValue::Table(_) => true,
        DeValue::Array(items) => items.iter().any(|item| matches!(item.get_ref(), DeValue::Table(_))),
        _ => false,
    };
    if is_table { meant(name) } else { None }
}

/// The key as it is with its table's right name.
pub(super) fn rightly(key: String) -> String {
    let (table, rest) = key.split_at(key.find(['.', '[']).unwrap_or(key.len()));
    match meant(table) {
        Some(near) if !rest.is_empty() => format!("{near}{rest}"),
        _ => key,
    }
}

/// What is said of it.
pub(super) fn told(near: &str) -> String {
    format!("is not a table; did you mean [{near}]?")
}
