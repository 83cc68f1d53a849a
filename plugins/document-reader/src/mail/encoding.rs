//! The encoding of what a message holds, where the message does not say it, or wrongly: that which a page names, or what the host has
//! found likely, who knows it from texts. Where neither fits and nothing is said the message is refused.

use std::borrow::Cow;

use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE};
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Encoding as TransferEncoding, Message, MessagePart, MimeHeaders, PartType};

use crate::output::Output;

/// What the host writes before a message that has texts that are not UTF-8: the likely encoding, and what is to be noted where it
/// is used.
const LIKELY: &[u8] = b"X-Qianfan-Encoding: ";
/// Bytes of a page in which it names its encoding, as for pages by themselves.
const NAMED_WITHIN: usize = 64 * 1024;
const REFUSED: &str =
    "does not say the encoding of its text, and none could be told; save it anew, or its text as UTF-8";

/// The encoding that a message's bytes are likely to be in.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Likely<'b> {
    encoding: Option<&'static Encoding>,
    note: &'b str,
}

impl<'b> Likely<'b> {
    /// What the host says, and the message.
    pub(super) fn before(bytes: &'b [u8]) -> (Self, &'b [u8]) {
        let said = bytes.strip_prefix(LIKELY).and_then(|rest| {
            let end = rest.iter().position(|byte| *byte == b'\n')?;
            let line = std::str::from_utf8(rest.get(..end)?).ok()?;
            Some((line, rest.get(end + 1..)?))
        });
        let Some((line, message)) = said else { return (Self::default(), bytes) };
        let (name, note) = line.split_once("; ").unwrap_or((line, ""));
        (Self { encoding: Encoding::for_label(name.trim().as_bytes()), note: note.trim() }, message)
    }

    /// The message with its head in UTF-8, where that has bytes that are not.
    pub(super) fn with_head<'m>(self, message: &'m [u8]) -> Cow<'m, [u8]> {
        let end = |gap: &[u8]| message.windows(gap.len()).position(|at| at == gap);
        let end = match (end(b"\r\n\r\n"), end(b"\n\n")) {
            (Some(a), Some(b)) => a.min(b),
            (a, b) => a.or(b).unwrap_or(message.len()),
        };
        let (head, rest) = message.split_at(end);
        if std::str::from_utf8(head).is_ok() {
            return Cow::Borrowed(message);
        }
        // Who writes raw bytes into the head writes the text in the same encoding.
        let head = [named(head), self.encoding].into_iter().flatten().find_map(|it| strictly(it, head));
        match head {
            Some(head) => Cow::Owned([head.as_bytes(), rest].concat()),
            None => Cow::Borrowed(message),
        }
    }

    /// The text of a part, decided as for a page by itself: UTF-8 where it is, the declared encoding where that has more than one byte
    /// a character and fits, that which the host has found likely, and what was declared only then.
    pub(super) fn text<'m>(
        self,
        message: &'m Message<'_>,
        part: &'m MessagePart<'_>,
        output: &mut Output,
    ) -> Result<Cow<'m, str>, String> {
        let (PartType::Text(text) | PartType::Html(text)) = &part.body else { return Ok(Cow::Borrowed("")) };
        let is_ascii = |label: &&str| label.to_ascii_lowercase().contains("ascii");
        let label = part.content_type().and_then(|kind| kind.attribute("charset")).map(str::trim);
        let is_open = label.is_none_or(|label| is_ascii(&label));
        let declared = label.filter(|label| !is_ascii(label));
        let declared = declared.and_then(|label| Encoding::for_label(label.as_bytes()));
        // The parser has read it, in what was declared if that is known at all.
        let is_read = declared.is_some() || (!is_open || label.is_none()) && !text.contains('\u{fffd}');
        let as_read = || if is_read { Ok(Cow::Borrowed(&**text)) } else { Err(REFUSED.to_owned()) };
        let Some(raw) = raw(message, part) else { return as_read() };
        if raw.is_ascii() {
            return escaped(&raw, label.unwrap_or_default(), text);
        }
        if declared.is_some_and(|declared| [UTF_16LE, UTF_16BE].contains(&declared)) {
            return as_read();
        }
        let has_one_byte = declared.is_some_and(Encoding::is_single_byte);
        let utf8 = std::str::from_utf8(&raw).ok().filter(|text| {
            // Two characters of another encoding may be one of UTF-8 by chance, but hardly one that has three bytes there.
            let is_sure = || text.chars().any(|c| c.len_utf8() > 2);
            is_open || has_one_byte || declared == Some(UTF_8) || is_sure()
        });
        if let Some(text) = utf8 {
            return Ok(Cow::Owned(text.trim_start_matches('\u{feff}').to_owned()));
        }
        let said = declared.filter(|declared| !has_one_byte && *declared != UTF_8);
        let page = matches!(part.body, PartType::Html(_)).then(|| named(&raw)).flatten();
        if let Some(text) = [said, page].into_iter().flatten().find_map(|it| strictly(it, &raw)) {
            return Ok(Cow::Owned(text));
        }
        // A label that only the parser knows.
        if declared.is_none() && !is_open && is_read {
            return as_read();
        }
        // Of two encodings in which every byte is a letter the declared one is as good.
        let likely = self.encoding.filter(|likely| !has_one_byte || !likely.is_single_byte());
        let Some(text) = likely.and_then(|it| strictly(it, &raw)) else { return as_read() };
        if !self.note.is_empty() {
            output.note(self.note.to_owned());
        }
        Ok(Cow::Owned(text))
    }
}

/// The bytes of a part's text.
fn raw<'m>(message: &'m Message<'_>, part: &MessagePart<'_>) -> Option<Cow<'m, [u8]>> {
    let raw = message.raw_message.get(part.offset_body as usize..part.offset_end as usize)?;
    match part.encoding {
        TransferEncoding::None => Some(Cow::Borrowed(raw)),
        TransferEncoding::QuotedPrintable => quoted_printable_decode(raw).map(Cow::Owned),
        TransferEncoding::Base64 => base64_decode(raw).map(Cow::Owned),
    }
}

/// A text in ASCII, which may turn to other characters by escape sequences (ISO-2022-JP) or write them as letters (UTF-7), under names
/// that the parser does not know or under none. `text` is as it was read.
fn escaped<'m>(raw: &[u8], label: &str, text: &'m str) -> Result<Cow<'m, str>, String> {
    if label.to_ascii_lowercase().ends_with("utf-7")
        && let Some(decode) = charset_decoder(b"utf-7")
    {
        return Ok(Cow::Owned(decode(raw)));
    }
    if !raw.windows(2).any(|pair| pair == b"\x1b$") {
        return Ok(Cow::Borrowed(text));
    }
    // Korean and Chinese ones have no reader.
    strictly(ISO_2022_JP, raw).map(Cow::Owned).ok_or_else(|| REFUSED.to_owned())
}

/// The encoding that bytes name themselves. One with a byte a character is what many programs write without looking.
fn named(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = bytes.get(..NAMED_WITHIN).unwrap_or(bytes).to_ascii_lowercase();
    let at = start.windows(8).position(|at| at == b"charset=")?;
    let label = start.get(at + 8..)?.trim_ascii_start();
    let label = label.strip_prefix(b"\"").or(label.strip_prefix(b"'")).unwrap_or(label);
    let end = label.iter().position(|byte| b"\"' ;/>\r\n".contains(byte)).unwrap_or(label.len());
    Encoding::for_label(label.get(..end)?).filter(|encoding| *encoding != UTF_8 && !encoding.is_single_byte())
}

fn strictly(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    encoding.decode_without_bom_handling_and_without_replacement(bytes).map(Cow::into_owned)
}
