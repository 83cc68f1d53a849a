//! Text from bytes: UTF-8, UTF-16 with a byte order mark, or else GB18030, which GBK and GB2312 are
//! part of.

use encoding_rs::{DecoderResult, Encoding, GB18030, UTF_8};

use super::ParseError;

/// Bytes at the beginning of a page in which it names its encoding.
const NAMED_WITHIN: usize = 1024;

/// The text, with plain line breaks.
pub(super) fn decode(bytes: Vec<u8>) -> Result<String, ParseError> {
    decode_from(bytes, GB18030)
}

/// The same of a web page, which may name its encoding where it is not UTF-8.
pub(super) fn decode_page(bytes: Vec<u8>) -> Result<String, ParseError> {
    let head = bytes.get(..NAMED_WITHIN).unwrap_or(&bytes).to_ascii_lowercase();
    let named = head.windows(8).position(|at| at == b"charset=").and_then(|at| {
        let label = head.get(at + 8..)?.trim_ascii_start();
        let label = label.strip_prefix(b"\"").or(label.strip_prefix(b"'")).unwrap_or(label);
        let end = label.iter().position(|byte| b"\"' ;/>".contains(byte))?;
        Encoding::for_label(label.get(..end)?)
    });
    decode_from(bytes, named.filter(|encoding| *encoding != UTF_8).unwrap_or(GB18030))
}

/// What is not UTF-8 and has no byte order mark is in the encoding `other`.
fn decode_from(bytes: Vec<u8>, other: &'static Encoding) -> Result<String, ParseError> {
    let text = match Encoding::for_bom(&bytes) {
        None => match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let (before, _) = error.as_bytes().split_at(at);
                // Two zero bytes and the like are no one's text: say so, not which of its bytes is wrong.
                if error.as_bytes().contains(&0) {
                    return Err(ParseError::Binary);
                }
                if is_chinese_utf8(before) {
                    return Err(ParseError::Encoding { encoding: "UTF-8", at });
                }
                let encoding = other.name();
                strictly(other, error.as_bytes()).map_err(|_| ParseError::NeitherEncoding { encoding, at })?
            }
        },
        Some((encoding, skip)) => strictly(encoding, &bytes[skip..])
            .map_err(|at| ParseError::Encoding { encoding: encoding.name(), at: at + skip })?,
    };
    if text.contains('\0') {
        return Err(ParseError::Binary);
    }
    Ok(if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text })
}

/// Whether bytes that are UTF-8 are so by more than chance. Read as GB18030, a broken UTF-8 file may
/// give text, which no one would ever find.
fn is_chinese_utf8(bytes: &[u8]) -> bool {
    bytes.iter().filter(|byte| matches!(byte, 0xe0..=0xef)).take(4).count() == 4
}

/// The error is where the first byte stands that is not of the encoding.
fn strictly(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, usize> {
    if encoding == UTF_8 {
        return std::str::from_utf8(bytes).map(str::to_owned).map_err(|error| error.valid_up_to());
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(0);
    let mut text = String::with_capacity(room);
    match decoder.decode_to_string_without_replacement(bytes, &mut text, true) {
        (DecoderResult::InputEmpty, _) => Ok(text),
        (DecoderResult::Malformed(wrong, after), read) => {
            Err(read.saturating_sub(usize::from(wrong) + usize::from(after)))
        }
        // There is room for the whole.
        (DecoderResult::OutputFull, read) => Err(read),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str) -> Vec<u8> {
        [0xfffe_u16.swap_bytes()].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn text_is_utf8_utf16_or_gb18030() {
        let (gb, _, _) = GB18030.encode("高考志愿");
        for bytes in [gb.into_owned(), utf16("高考志愿"), "\u{feff}高考志愿".into()] {
            assert_eq!(decode(bytes).as_deref(), Ok("高考志愿"));
        }
        assert_eq!(decode("高考\r\n志愿\r".into()).as_deref(), Ok("高考\n志愿\n"));
    }

    #[test]
    fn a_page_may_name_its_encoding() {
        for label in ["<meta charset=big5>", "<meta http-equiv=x content='text/html; charset=Big5'>"] {
            let (page, _, _) = encoding_rs::BIG5.encode("<p>高考志願");
            let bytes = [label.as_bytes(), &page].concat();
            assert_eq!(decode_page(bytes).unwrap(), format!("{label}<p>高考志願"));
        }
        for label in ["<meta charset=utf-8>", "<meta charset=\"nonsense\">", "<meta charset=", ""] {
            let (page, _, _) = GB18030.encode("<p>高考志愿");
            let bytes = [label.as_bytes(), &page].concat();
            assert_eq!(decode_page(bytes).unwrap(), format!("{label}<p>高考志愿"));
        }
    }

    #[test]
    fn what_is_wrong_with_the_bytes_is_said() {
        let mut torn = utf16("高考");
        torn.pop();
        let broken = "高考".bytes().chain([0xff, 0xff]).collect();
        let mut cut: Vec<u8> = "高考志愿填报".into();
        cut.pop();
        for (bytes, expected) in [
            (broken, "is neither UTF-8 nor gb18030 text: its byte 6 is wrong; save it as UTF-8"),
            (cut, "is not UTF-8 text: its byte 15 is wrong; save it as UTF-8"),
            (torn, "is not UTF-16LE text: its byte 4 is wrong; save it as UTF-8"),
            (b"PK\x00\x01\xff".to_vec(), "is not text, although its name says so"),
            (b"PK\x00\x01".to_vec(), "is not text, although its name says so"),
        ] {
            assert_eq!(decode(bytes).unwrap_err().to_string(), expected);
        }
    }
}
