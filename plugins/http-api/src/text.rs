//! The text of a response, whatever charset it comes in.

use encoding_rs::{Encoding, GB18030, UTF_8};
use qianfan_plugin::Failure;
use qianfan_plugin::http::{Address, Response};

use crate::number;

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
                // A header may name a wrong encoding.
                whole(encoding, body).or_else(|| guessed(body)).ok_or_else(refused)?
            }
            None => guessed(body).ok_or_else(refused)?,
        },
    };
    // What no text holds, and every image and archive does.
    let binary = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{85}');
    if text.contains(binary) { Err(refused()) } else { Ok(text) }
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
