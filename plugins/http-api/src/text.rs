//! The text of a response, whatever charset it comes in.

use encoding_rs::{Encoding, GB18030, UTF_8, WINDOWS_1252};
use qianfan_plugin::Failure;
use qianfan_plugin::http::{Address, Response};
use serde::de::IgnoredAny;

use crate::number;

/// How files begin that may be all of printable characters and are no text to read: PDF, PostScript and RTF, each with
/// the digit of its version or what else it always has there.
const FILES: [&str; 5] = ["%PDF-1.", "%PDF-2.", "%!PS-Adobe", "{\\rtf0", "{\\rtf1"];
/// Characters from which on three bytes of UTF-8 are no chance: one happens in words of another charset.
const NO_CHANCE: usize = 2;
/// The same for all that is not ASCII in alphabets of one byte a letter: แดง in Thai's reads as one.
const NO_CHANCE_OF_LETTERS: usize = 4;

/// The response with its body in UTF-8, its numbers kept, and where each decimal came from.
///
/// # Errors
///
/// Where a response that counts holds no text, and in no charset that is known.
pub(crate) fn decoded(mut response: Response, url: &str) -> Result<(Response, number::Digits), Failure> {
    match text(&response) {
        Ok(text) => {
            let (text, digits) = number::kept(&text);
            response.body = text.into_bytes();
            Ok((response, digits))
        }
        Err(cause) if response.is_success() => {
            let origin = Address::parse(url).map(|address| address.origin()).unwrap_or_default();
            Err(Failure::Unavailable(format!("{origin}: {cause}; only JSON and text can be read")))
        }
        // The status says enough.
        Err(cause) => {
            response.body = format!("({cause})").into_bytes();
            Ok((response, number::Digits::default()))
        }
    }
}

fn text(response: &Response) -> Result<String, String> {
    let body = &response.body;
    let content_type = response.header("content-type").unwrap_or_default();
    let refused = || {
        let kind = if content_type.is_empty() { "of no type" } else { content_type };
        format!("answered what is not text ({kind}, {} bytes)", body.len())
    };
    let text = match Encoding::for_bom(body) {
        Some((encoding, length)) => whole(encoding, &body[length..]).ok_or_else(refused)?,
        None => match charset(content_type) {
            Some(label) => {
                let encoding = Encoding::for_label(label.as_bytes())
                    .ok_or_else(|| format!("answered in the charset `{label}`, which is not known"))?;
                // A header may name a wrong encoding: servlet containers say ISO-8859-1 where nobody has said another.
                let meant = whole(UTF_8, body).filter(|text| is_rather_utf8(text, encoding));
                meant.or_else(|| whole(encoding, body)).or_else(|| guessed(body)).ok_or_else(refused)?
            }
            None => guessed(body).ok_or_else(refused)?,
        },
    };
    // What no text holds, and every image and archive does.
    let binary = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{85}');
    let is_file = FILES.iter().any(|start| text.trim_start().starts_with(start));
    let is_called_file = is_called_file(content_type) && !text.trim().is_empty() && !is_json(&text);
    if is_file || is_called_file || text.contains(binary) { Err(refused()) } else { Ok(text) }
}

/// Whether what can be read as UTF-8 is UTF-8 although the header names another encoding. Every UTF-8 can be read in an
/// encoding of single bytes, and what is Western looks nothing like UTF-8; a word in other letters may. In one of two bytes a
/// word may be valid UTF-8 by chance, as `统一` in GBK is: as characters of two bytes, and not as Chinese of three.
fn is_rather_utf8(text: &str, named: &'static Encoding) -> bool {
    let beyond_ascii = text.chars().filter(|c| !c.is_ascii()).count();
    if named.is_single_byte() {
        return beyond_ascii >= if named == WINDOWS_1252 { 1 } else { NO_CHANCE_OF_LETTERS };
    }
    let eastern = text.chars().filter(|c| is_eastern(*c)).count();
    let is_likely = eastern >= NO_CHANCE && 2 * eastern > beyond_ascii;
    // In UTF-16 every sign of JSON has a zero byte beside it.
    is_likely || !named.is_ascii_compatible() && is_json(text)
}

/// Whether texts in Chinese, Japanese or Korean are made of such characters, of three bytes each.
fn is_eastern(c: char) -> bool {
    matches!(c,
        '\u{2000}'..='\u{27bf}'
        | '\u{2e80}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}'
        | '\u{ff01}'..='\u{ffee}')
}

/// Whether a type is of what is never text to read. APIs give JSON wrong types, so that it alone refuses no JSON.
fn is_called_file(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind.split_once('/') {
        // Lists of what is played and subtitles are texts.
        Some(("audio" | "font" | "image" | "video", format)) => {
            !format.ends_with("+xml") && !format.ends_with("mpegurl") && format != "vtt"
        }
        Some(("application", format)) => {
            matches!(format, "gzip" | "pdf" | "x-pdf" | "x-zip-compressed" | "zip")
        }
        _ => false,
    }
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// UTF-8, or what Chinese services write that do not say so.
fn guessed(body: &[u8]) -> Option<String> {
    [UTF_8, GB18030].into_iter().find_map(|encoding| whole(encoding, body))
}

fn whole(encoding: &'static Encoding, body: &[u8]) -> Option<String> {
    encoding.decode_without_bom_handling_and_without_replacement(body).map(|text| text.into_owned())
}

/// The `charset` of a `content-type`.
fn charset(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']);
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then(|| value.to_owned())
    })
}

#[cfg(test)]
mod tests;
