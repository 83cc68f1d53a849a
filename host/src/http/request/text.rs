//! A text as clients write it in JSON, or nothing.

use serde_json::value::RawValue;

/// The text that a JSON value is, where it is one.
pub(super) fn text_in(value: &RawValue) -> Option<String> {
    value.get().starts_with('"').then(|| serde_json::from_str(value.get()).ok())?
}

/// The text that a JSON value is, or its number: some send an id's digits without quotes.
pub(in crate::http) fn text_or_number_in(value: &RawValue) -> Option<String> {
    let number =
        || serde_json::from_str::<serde_json::Number>(value.get()).ok().map(|_| value.get().to_owned());
    text_in(value).or_else(number)
}

/// Whether a value says nothing: `null`, `false`, an empty text, list or object.
pub(super) fn says_nothing(value: &RawValue) -> bool {
    let value = value.get();
    let inside = |open: char, close: char| value.strip_prefix(open)?.strip_suffix(close);
    matches!(value, "null" | "false" | "\"\"")
        || inside('[', ']').or(inside('{', '}')).is_some_and(|inside| inside.trim().is_empty())
}
