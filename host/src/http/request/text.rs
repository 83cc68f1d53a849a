//! A text as clients write it in JSON.

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
