//! Text that comes in pieces, as JSON writes it: a sign beyond 16 bits is two escapes there, and endpoints
//! that answer token by token put half of one into a piece.

/// What stands for half a sign whose other half never comes.
const REPLACEMENT: char = '\u{FFFD}';
const REPLACED: &str = "\u{FFFD}";

/// Joins the pieces of one text.
#[derive(Debug, Default, Clone)]
pub(super) struct Joiner {
    /// The first half of a pair that ended the last piece.
    high: Option<u16>,
}

impl Joiner {
    /// The next piece, in UTF-8 but for halves of pairs, which stand there in three bytes.
    pub(super) fn join(&mut self, bytes: &[u8]) -> String {
        if self.high.is_none()
            && let Ok(text) = std::str::from_utf8(bytes)
        {
            return text.to_owned();
        }
        let mut text = String::with_capacity(bytes.len() + REPLACED.len());
        let mut rest = bytes;
        while !rest.is_empty() {
            let valid = match std::str::from_utf8(rest) {
                Ok(valid) => valid,
                Err(error) => std::str::from_utf8(&rest[..error.valid_up_to()]).unwrap_or_default(),
            };
            if !valid.is_empty() {
                text.push_str(self.finish());
                text.push_str(valid);
            }
            rest = &rest[valid.len()..];
            match *rest {
                [] => {}
                [0xED, second @ 0xA0..=0xBF, third, ..] => {
                    self.half(0xD000 | u16::from(second & 0x3F) << 6 | u16::from(third & 0x3F), &mut text);
                    rest = &rest[3..];
                }
                [_, ..] => {
                    text.push_str(self.finish());
                    text.push(REPLACEMENT);
                    rest = &rest[1..];
                }
            }
        }
        text
    }

    fn half(&mut self, half: u16, text: &mut String) {
        match (self.high.take(), half) {
            (Some(high), 0xDC00..=0xDFFF) => {
                text.extend(char::decode_utf16([high, half]).map(|sign| sign.unwrap_or(REPLACEMENT)));
            }
            (None, 0xDC00..=0xDFFF) => text.push(REPLACEMENT),
            (before, high) => {
                if before.is_some() {
                    text.push(REPLACEMENT);
                }
                self.high = Some(high);
            }
        }
    }

    /// The text is over: what stands for a half that still waits.
    pub(super) fn finish(&mut self) -> &'static str {
        if self.high.take().is_some() { REPLACED } else { "" }
    }
}

#[cfg(test)]
mod tests;
