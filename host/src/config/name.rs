//! A name that the operator chooses, of an app or a base for example.

/// Whether a text can be a name: they go into tool names, file names, collection names and URLs.
pub(crate) fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
