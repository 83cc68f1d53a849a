//! A half-width character is the one of ASCII that a full-width one of a Chinese input method stands for. A leaf.

/// The character of ASCII for a full-width letter, digit or sign; any other as it is.
pub(crate) fn half_width(c: char) -> char {
    const FROM_ASCII: u32 = 0xfee0;
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - FROM_ASCII).unwrap_or(c),
        _ => c,
    }
}
