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
                // Not every header is true.
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
mod tests {
    use super::*;

    fn read(content_type: &str, body: &[u8]) -> Result<String, String> {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        text(&Response { status: 200, headers, body: body.to_vec() })
    }

    #[test]
    fn charsets_come_from_the_mark_the_header_or_the_bytes() {
        let (gbk, ..) = GB18030.encode("价格：1.10");
        let (big5, ..) = encoding_rs::BIG5.encode("價格");
        let utf16: Vec<u8> =
            [0xff, 0xfe].into_iter().chain("价格".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        for (content_type, body, expected) in [
            ("application/json", "价格".as_bytes(), "价格"),
            ("application/json; charset=GBK", &gbk, "价格：1.10"),
            ("text/html;Charset=\"gb2312\"", &gbk, "价格：1.10"),
            ("", &gbk, "价格：1.10"),
            ("text/plain; charset=utf-8", &gbk, "价格：1.10"),
            ("text/plain; charset=big5", &big5, "價格"),
            ("text/plain", &utf16, "价格"),
            ("application/json", b"\xef\xbb\xbf{}", "{}"),
        ] {
            assert_eq!(read(content_type, body).as_deref(), Ok(expected), "{content_type}");
        }
    }

    #[test]
    fn what_is_no_text_is_refused_with_its_type() {
        for (content_type, body) in [
            ("image/png", &b"\x89PNG\r\n\x1a\n\0\0"[..]),
            ("", b"\x1f\x8b\x08\0\xff\xff"),
            ("application/json", b"\xff\xff\xff"),
        ] {
            let error = read(content_type, body).expect_err("no text");
            assert!(error.contains("not text") && error.contains("bytes"), "{error}");
        }
        assert!(read("text/plain; charset=klingon", b"x").expect_err("no charset").contains("klingon"));
    }
}
