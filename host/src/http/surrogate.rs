//! Halves of surrogate pairs in a JSON text: what is left of an emoji that a program has cut in two. No
//! text can hold one, so each becomes U+FFFD, in the place of as many bytes.

use std::borrow::Cow;

/// The same JSON with U+FFFD for each lone half, written as an escape (`\ud83d`) or in bytes (`ED A0 BD`).
pub(super) fn mended(json: &[u8]) -> Cow<'_, [u8]> {
    let mut mended: Option<Vec<u8>> = None;
    let mut at = 0;
    while let Some(found) = json[at..].iter().position(|byte| matches!(byte, b'\\' | 0xed)) {
        at += found;
        if json[at] == 0xed {
            if let [_, 0xa0..=0xbf, 0x80..=0xbf, ..] = json[at..] {
                let out = mended.get_or_insert_with(|| json.to_vec());
                out[at..at + 3].copy_from_slice("\u{fffd}".as_bytes());
                at += 3;
            } else {
                at += 1;
            }
            continue;
        }
        match escaped_unit(&json[at..]) {
            // Another escape, of two bytes.
            None => at += 2,
            Some(0xd800..=0xdbff) if matches!(escaped_unit(&json[at + 6..]), Some(0xdc00..=0xdfff)) => {
                at += 12
            }
            Some(0xd800..=0xdfff) => {
                let out = mended.get_or_insert_with(|| json.to_vec());
                out[at..at + 6].copy_from_slice(b"\\ufffd");
                at += 6;
            }
            Some(_) => at += 6,
        }
        if at >= json.len() {
            break;
        }
    }
    mended.map_or(Cow::Borrowed(json), Cow::Owned)
}

/// The UTF-16 unit that an escape at the beginning stands for.
fn escaped_unit(json: &[u8]) -> Option<u16> {
    let digits = json.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().try_fold(0, |unit, digit| {
        let digit = char::from(*digit).to_digit(16)?;
        Some(unit << 4 | u16::try_from(digit).ok()?)
    })
}

#[cfg(test)]
mod tests;
