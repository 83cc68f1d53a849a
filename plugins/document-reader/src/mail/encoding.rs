//! The encoding of what a message holds, where the message does not say it: that which a page names, or what the host has found
//! likely, who knows it from texts. Where neither fits the message is refused.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Encoding as TransferEncoding, Message, MessagePart, MimeHeaders, PartType};

use crate::output::Output;

/// What the host writes before a message that is not UTF-8 throughout: the likely encoding, and what is to be noted where it
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

    /// The text of a part.
    pub(super) fn text<'m>(
        self,
        message: &'m Message<'_>,
        part: &'m MessagePart<'_>,
        output: &mut Output,
    ) -> Result<Cow<'m, str>, String> {
        let (PartType::Text(text) | PartType::Html(text)) = &part.body else { return Ok(Cow::Borrowed("")) };
        let declared = part.content_type().and_then(|kind| kind.attribute("charset"));
        let declared =
            declared.and_then(|label| Some((label, Encoding::for_label(label.trim().as_bytes())?)));
        let is_ascii = |label: &str| label.to_ascii_lowercase().contains("ascii");
        let is_said = declared.is_some_and(|(label, _)| !is_ascii(label));
        if is_said || declared.is_none() && !text.contains('\u{fffd}') || text.is_ascii() {
            return Ok(Cow::Borrowed(text));
        }
        let raw = message.raw_message.get(part.offset_body as usize..part.offset_end as usize);
        let raw = raw.and_then(|raw| match part.encoding {
            TransferEncoding::None => Some(Cow::Borrowed(raw)),
            TransferEncoding::QuotedPrintable => quoted_printable_decode(raw).map(Cow::Owned),
            TransferEncoding::Base64 => base64_decode(raw).map(Cow::Owned),
        });
        let Some(raw) = raw else { return Err(REFUSED.to_owned()) };
        let page = matches!(part.body, PartType::Html(_)).then(|| named(&raw)).flatten();
        if let Some(text) = [Some(UTF_8), page].into_iter().flatten().find_map(|it| strictly(it, &raw)) {
            return Ok(Cow::Owned(text));
        }
        match self.encoding.and_then(|it| strictly(it, &raw)) {
            Some(text) => {
                if !self.note.is_empty() {
                    output.note(self.note.to_owned());
                }
                Ok(Cow::Owned(text))
            }
            None => Err(REFUSED.to_owned()),
        }
    }
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
