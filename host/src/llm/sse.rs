//! Server-sent events, as a chat endpoint streams them (WHATWG HTML, section 9.2.6).

use super::json::{self, Json};

/// An event may not be larger than this: an upstream that never ends a line must not fill memory. One
/// event may hold a whole answer.
pub(super) const MAX_EVENT_BYTES: usize = 16 << 20;
/// Some endpoints begin a stream, or each of its events, with the byte order mark of UTF-8.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// One event.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Event {
    /// What it is called; empty for most.
    pub(super) name: Vec<u8>,
    /// Its `data` lines.
    pub(super) data: Vec<u8>,
}

/// Takes bytes as they arrive and gives out each whole event.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    line: Vec<u8>,
    event: Event,
    has_data: bool,
    after_cr: bool,
}

/// An event grew past [`MAX_EVENT_BYTES`].
#[derive(Debug, thiserror::Error)]
#[error("an event is larger than {MAX_EVENT_BYTES} bytes")]
pub(super) struct TooLarge;

impl Decoder {
    /// Takes the next bytes and appends every event they complete to `events`.
    pub(super) fn feed(&mut self, mut bytes: &[u8], events: &mut Vec<Event>) -> Result<(), TooLarge> {
        while let Some(first) = bytes.first() {
            if std::mem::take(&mut self.after_cr) && *first == b'\n' {
                bytes = &bytes[1..];
                continue;
            }
            let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let line = &bytes[..end.unwrap_or(bytes.len())];
            if self.line.len() + self.event.data.len() + line.len() > MAX_EVENT_BYTES {
                return Err(TooLarge);
            }
            self.line.extend_from_slice(line);
            let Some(end) = end else { break };
            self.after_cr = bytes[end] == b'\r';
            self.end_line(events);
            bytes = &bytes[end + 1..];
        }
        Ok(())
    }

    /// The stream is over: gives out an event whose closing blank line never came. Endpoints
    /// that end the connection right after the last `data:` line are common.
    pub(super) fn finish(&mut self, events: &mut Vec<Event>) {
        self.end_line(events);
        self.end_event(events);
    }

    fn end_line(&mut self, events: &mut Vec<Event>) {
        let line = std::mem::take(&mut self.line);
        let line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&line);
        let value = |name: &[u8]| {
            let value = line.strip_prefix(name)?.strip_prefix(b":")?;
            Some(value.strip_prefix(b" ").unwrap_or(value))
        };
        if line.is_empty() {
            self.end_event(events);
        } else if let Some(value) = value(b"data").or_else(|| is_bare(line).then_some(line)) {
            if self.has_data {
                self.event.data.push(b'\n');
            }
            self.event.data.extend_from_slice(value);
            self.has_data = true;
        } else if let Some(value) = value(b"event") {
            /// Bytes of a name; no endpoint needs more.
            const LONGEST_NAME: usize = 64;
            self.event.name = value[..value.len().min(LONGEST_NAME)].to_vec();
        }
    }

    fn end_event(&mut self, events: &mut Vec<Event>) {
        let event = std::mem::take(&mut self.event);
        // An error needs no words to be one.
        if std::mem::take(&mut self.has_data) || event.name == b"error" {
            events.push(event);
        }
    }
}

/// Whether a line is a whole JSON object without a field's name before it, as gateways write their errors into a
/// stream that is not theirs.
fn is_bare(line: &[u8]) -> bool {
    line.starts_with(b"{") && Json::parse(&json::mended(&String::from_utf8_lossy(line))).is_ok()
}

#[cfg(test)]
mod tests;
