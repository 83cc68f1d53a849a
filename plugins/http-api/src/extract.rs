//! What JSONPath finds in a response.

use jsonpath_rust::parser::model::{JpQuery, Segment, Selector};
use jsonpath_rust::parser::parse_json_path;
use jsonpath_rust::query::js_path_process;
use serde_json::Value;

/// What a path finds: the value where the path can only name one, or else the list of all it finds.
/// `None` where a path to one finds nothing.
///
/// # Errors
///
/// What is wrong with the path.
pub(crate) fn find(path: &str, document: &Value) -> Result<Option<Value>, String> {
    let query = parse_json_path(path).map_err(|error| format!("`{path}` is not a JSONPath: {error}"))?;
    let found = js_path_process(&query, document).map_err(|error| format!("`{path}`: {error}"))?;
    let mut values = found.into_iter().map(|found| found.val().clone());
    Ok(if is_singular(&query) { values.next() } else { Some(values.collect()) })
}

/// The name of the field that a path ends with; `None` where it ends with anything else.
pub(crate) fn last_name(path: &str) -> Option<String> {
    let query = parse_json_path(path).ok()?;
    let mut last = query.segments.last()?;
    while let Segment::Descendant(within) = last {
        last = within;
    }
    let Segment::Selector(Selector::Name(name)) = last else { return None };
    // In brackets it comes with its quotes.
    Some(name.trim_matches(['\'', '"']).to_owned())
}

/// A singular query of RFC 9535: names and indices only.
fn is_singular(query: &JpQuery) -> bool {
    query
        .segments
        .iter()
        .all(|segment| matches!(segment, Segment::Selector(Selector::Name(_) | Selector::Index(_))))
}

/// Whether there is nothing to show: null, or empty text, list or object.
pub(crate) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests;
