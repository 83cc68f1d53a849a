//! Text from bytes: UTF-8, UTF-16, GB18030 (which GBK and GB2312 are part of), or what else they are most likely in.

mod mail;

use std::borrow::Cow;

use encoding_rs::{
    BIG5, DecoderResult, EUC_KR, Encoding, GB18030, GBK, ISO_2022_JP, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE,
};

use super::encoding::Guess;
use super::{ParseError, encoding};

/// Bytes at the beginning of a page in which it names its encoding. Browsers look at 1024; pages put more before it.
const NAMED_WITHIN: usize = 64 * 1024;
/// Fewest Chinese characters that are UTF-8 by more than chance.
const BY_MORE_THAN_CHANCE: usize = 4;

/// Decoded text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decoded {
    pub(super) text: String,
    /// For the operator, where the encoding was guessed and is not the usual one.
    pub(super) note: Option<String>,
}

/// The text of a file, each of its line breaks `\n`.
pub(super) fn decode(bytes: Vec<u8>) -> Result<Decoded, ParseError> {
    decode_as_written(bytes).map(Decoded::plain)
}

/// The text of a file with the line breaks that it was written with.
pub(super) fn decode_as_written(bytes: Vec<u8>) -> Result<Decoded, ParseError> {
    decode_from(bytes, None)
}

/// A text whose line breaks are all `\n`.
pub(super) fn plain_breaks(text: &str) -> Cow<'_, str> {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n").into() } else { text.into() }
}

impl Decoded {
    fn plain(self) -> Self {
        match plain_breaks(&self.text) {
            Cow::Owned(text) => Self { text, ..self },
            Cow::Borrowed(_) => self,
        }
    }
}

/// The same as [`decode`] of a web page, which may name its encoding where it is not UTF-8.
pub(super) fn decode_page(bytes: Vec<u8>) -> Result<Decoded, ParseError> {
    let head = bytes.get(..NAMED_WITHIN).unwrap_or(&bytes).to_ascii_lowercase();
    let named = head.windows(8).position(|at| at == b"charset=").and_then(|at| {
        let label = head.get(at + 8..)?.trim_ascii_start();
        let label = label.strip_prefix(b"\"").or(label.strip_prefix(b"'")).unwrap_or(label);
        let end = label.iter().position(|byte| b"\"' ;/>".contains(byte))?;
        Encoding::for_label(label.get(..end)?)
    });
    // An encoding in which every byte is a letter is what many tools write without looking.
    decode_from(bytes, named.filter(|encoding| *encoding != UTF_8 && !encoding.is_single_byte()))
        .map(Decoded::plain)
}

/// What is not UTF-8 and has no byte order mark is in the encoding `named` if it can be, or in the likeliest.
fn decode_from(bytes: Vec<u8>, named: Option<&'static Encoding>) -> Result<Decoded, ParseError> {
    let (text, note) = match Encoding::for_bom(&bytes) {
        Some(_) if bytes.starts_with(b"\xff\xfe\0\0") => return Err(ParseError::Utf32),
        Some((encoding, skip)) => {
            let text = strictly(encoding, &bytes[skip..]).map_err(|at| wrong(encoding, &bytes, at + skip))?;
            (text, None)
        }
        None => match String::from_utf8(bytes) {
            Ok(text) if text.contains("\u{1b}$") => escaped(text)?,
            Ok(text) if !text.contains('\0') => match hz(&text) {
                Some(at) => return Err(ParseError::UnknownEncoding { at }),
                None => by_chance(text),
            },
            Ok(text) => without_mark(text.into_bytes())?,
            Err(error) => unmarked(error.as_bytes(), error.utf8_error().valid_up_to(), named)?,
        },
    };
    if text.contains('\0') {
        return Err(ParseError::Binary);
    }
    Ok(Decoded { text, note })
}

/// A mail message for its reader. Of one that has texts that are not UTF-8 a line before it says what those are likely to be, for
/// parts that do not say it, or wrongly, and what is to be noted then.
pub(super) fn mail_with_likely_encoding(message: Vec<u8>) -> Vec<u8> {
    let texts = mail::not_utf8(&message);
    let bytes = if texts.is_empty() { &message } else { &texts };
    let is_utf8 = std::str::from_utf8(bytes).is_ok() || is_chinese_utf8(bytes);
    let guess = if is_utf8 { None } else { encoding::guess(bytes) };
    let Some(guess) = guess else { return message };
    let note = note(guess).unwrap_or_default();
    let line = format!("X-Qianfan-Encoding: {}; {note}\n", guess.encoding.name());
    [line.into_bytes(), message].concat()
}

type ReadText = Result<(String, Option<String>), ParseError>;

/// Bytes that are not UTF-8 from `at` on.
fn unmarked(bytes: &[u8], at: usize, named: Option<&'static Encoding>) -> ReadText {
    if let Some(text) = named.and_then(|named| strictly(named, bytes).ok()) {
        return Ok((text, None));
    }
    if bytes.contains(&0) {
        return without_mark(bytes.to_vec());
    }
    if is_chinese_utf8(bytes) {
        return Err(wrong(UTF_8, bytes, at));
    }
    let Some(guess) = encoding::guess(bytes) else {
        return Err(ParseError::UnknownEncoding { at });
    };
    let encoding = guess.encoding;
    let text = strictly(encoding, bytes).map_err(|at| wrong(encoding, bytes, at))?;
    Ok((text, note(guess)))
}

/// What an operator should know of a guess, unless it is the usual one.
fn note(Guess { encoding, rival }: Guess) -> Option<String> {
    let is_usual = [GB18030, UTF_16LE, UTF_16BE].contains(&encoding);
    let doubt = rival.map(|rival| format!(", and could also be {}", rival.name())).unwrap_or_default();
    (!is_usual || rival.is_some()).then(|| {
        format!(
            "its text was read as {}{doubt}; where it looks wrong, save it as UTF-8 and import it again",
            encoding.name()
        )
    })
}

/// A text that is UTF-8, though a short one may be so by chance.
fn by_chance(text: String) -> (String, Option<String>) {
    let Some(guess) = encoding::by_chance(&text) else { return (text, None) };
    match strictly(guess.encoding, text.as_bytes()) {
        Ok(read) => (read, note(guess)),
        Err(_) => (text, None),
    }
}

/// Where Chinese characters begin that are written as pairs of letters between `~{` and `~}` (HZ), which nothing here reads.
fn hz(text: &str) -> Option<usize> {
    let at = text.find("~{").filter(|_| text.is_ascii())?;
    let pairs = text.get(at + 2..)?.split("~}").next()?;
    let is_pair = |byte: u8| (0x21..0x7f).contains(&byte);
    let is_closed = text.len() > at + 2 + pairs.len();
    (is_closed && pairs.len() >= 4 && pairs.len().is_multiple_of(2) && pairs.bytes().all(is_pair))
        .then_some(at)
}

/// A text that turns to other characters by escape sequences, each of which is two letters to who does not know it.
fn escaped(text: String) -> ReadText {
    let at = text.find("\u{1b}$").unwrap_or(0);
    if let Ok(read) = strictly(ISO_2022_JP, text.as_bytes()) {
        return Ok((read, note(Guess { encoding: ISO_2022_JP, rival: None })));
    }
    // Korean and Chinese ones have no reader.
    let after = text.get(at + 2..).unwrap_or_default();
    if after.starts_with([')', '*', '+']) {
        Err(ParseError::UnknownEncoding { at })
    } else {
        Ok((text, None))
    }
}

/// Bytes that are UTF-16, or are no one's text.
fn without_mark(bytes: Vec<u8>) -> ReadText {
    let encoding = encoding::utf16(&bytes).ok_or(ParseError::Binary)?;
    let text = strictly(encoding, &bytes).map_err(|at| wrong(encoding, &bytes, at))?;
    Ok((text, None))
}

fn wrong(encoding: &'static Encoding, bytes: &[u8], at: usize) -> ParseError {
    let before = bytes.get(..at).unwrap_or_default();
    let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count() as u64;
    ParseError::Encoding { encoding: encoding.name(), at, line }
}

/// Whether bytes that are not UTF-8 throughout were meant to be. Read as GB18030, a broken UTF-8 file may give text, which
/// no one would ever find.
fn is_chinese_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().bytes().filter(|byte| matches!(byte, 0xe3..=0xe9 | 0xef)).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good >= BY_MORE_THAN_CHANCE && good > bad
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
            let at = read.saturating_sub(usize::from(wrong) + usize::from(after));
            // Windows has the euro sign in the byte 0x80, which is none of GBK's: before a wrong byte it is one as well.
            let is_sign = |at: usize| bytes.get(at) == Some(&0x80) && text.ends_with('€');
            let is_chinese = encoding == GB18030 || encoding == GBK;
            Err(at.checked_sub(1).filter(|&before| is_chinese && is_sign(before)).unwrap_or(at))
        }
        // Cannot happen: the buffer has room for the whole text.
        (DecoderResult::OutputFull, read) => Err(read),
    }
}

/// A file's name from its bytes: UTF-8, or else GB18030, since archives and discs from Chinese Windows do not say which, unless
/// the name is clearly of another place.
pub(crate) fn file_name(raw: &[u8]) -> std::borrow::Cow<'_, str> {
    if let Ok(name) = std::str::from_utf8(raw) {
        return std::borrow::Cow::Borrowed(name);
    }
    let elsewhere = encoding::guess(raw)
        .filter(|guess| guess.rival.is_none() && [BIG5, SHIFT_JIS, EUC_KR].contains(&guess.encoding));
    elsewhere.map_or(GB18030, |guess| guess.encoding).decode_without_bom_handling(raw).0
}

#[cfg(test)]
mod tests;
