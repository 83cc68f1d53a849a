//! A charset is how the letters of a body are written, where that is not UTF-8.

/// What decodes a body of this content type; `None` for UTF-8, and where Latin letters are promised, which
/// endpoints do without a thought.
pub(super) fn of(content_type: &str) -> Option<encoding_rs::Decoder> {
    let label = content_type.split(';').find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
    })?;
    let encoding = encoding_rs::Encoding::for_label(label.as_bytes())?;
    (encoding != encoding_rs::UTF_8 && !encoding.is_single_byte()).then(|| encoding.new_decoder())
}
