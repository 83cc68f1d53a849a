//! A text cut to a length, with a mark that says how much is missing. It knows nothing of this crate.

use std::borrow::Cow;

/// The text, or its first `most` bytes and a mark such as `…[cut: 1234 bytes]`.
pub(crate) fn cut(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    let kept = &text[..text.floor_char_boundary(most)];
    Cow::Owned(format!("{kept}{}", mark(text.len() - kept.len())))
}

/// Stands where bytes of a text are missing.
pub(crate) fn mark(missing: usize) -> String {
    format!("…[cut: {missing} bytes]")
}

/// Whether a text ends with such a mark.
pub(crate) fn is_cut(text: &str) -> bool {
    let inner = text.strip_suffix(" bytes]").and_then(|text| text.rsplit_once("…[cut: "));
    inner.is_some_and(|(_, count)| !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests;
