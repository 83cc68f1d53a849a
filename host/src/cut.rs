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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters_and_says_how_much_is_missing() {
        assert_eq!(cut("平行志愿", 12), "平行志愿");
        assert_eq!(cut("平行志愿", 11), "平行志…[cut: 3 bytes]");
        assert_eq!(cut("ab", 0), "…[cut: 2 bytes]");
    }
}
