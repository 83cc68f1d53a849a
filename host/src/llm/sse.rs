//! Server-sent events, as a chat endpoint streams them (WHATWG HTML, section 9.2.6).

/// An event may not be larger than this: an upstream that never ends a line must not fill memory.
const MAX_EVENT_BYTES: usize = 1 << 20;

/// Takes bytes as they arrive and gives out the `data` of each whole event.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    line: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    after_cr: bool,
}

/// An event grew past [`MAX_EVENT_BYTES`].
#[derive(Debug, thiserror::Error)]
#[error("an event is larger than {MAX_EVENT_BYTES} bytes")]
pub(super) struct TooLarge;

impl Decoder {
    /// Takes the next bytes and appends the data of every event they complete to `events`.
    pub(super) fn feed(&mut self, bytes: &[u8], events: &mut Vec<Vec<u8>>) -> Result<(), TooLarge> {
        for &byte in bytes {
            let follows_cr = std::mem::take(&mut self.after_cr);
            match byte {
                b'\n' if follows_cr => {}
                b'\n' => self.end_line(events),
                b'\r' => {
                    self.after_cr = true;
                    self.end_line(events);
                }
                _ => self.line.push(byte),
            }
            if self.line.len() + self.data.len() > MAX_EVENT_BYTES {
                return Err(TooLarge);
            }
        }
        Ok(())
    }

    /// The stream is over: gives out an event whose closing blank line never came. Endpoints
    /// that end the connection right after the last `data:` line are common.
    pub(super) fn finish(&mut self, events: &mut Vec<Vec<u8>>) {
        self.end_line(events);
        self.end_event(events);
    }

    fn end_line(&mut self, events: &mut Vec<Vec<u8>>) {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            self.end_event(events);
        } else if let Some(value) = line.strip_prefix(b"data:") {
            if self.has_data {
                self.data.push(b'\n');
            }
            self.data.extend_from_slice(value.strip_prefix(b" ").unwrap_or(value));
            self.has_data = true;
        }
    }

    fn end_event(&mut self, events: &mut Vec<Vec<u8>>) {
        if std::mem::take(&mut self.has_data) {
            events.push(std::mem::take(&mut self.data));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(chunks: &[&str]) -> Vec<String> {
        let mut decoder = Decoder::default();
        let mut events = Vec::new();
        for chunk in chunks {
            decoder.feed(chunk.as_bytes(), &mut events).unwrap();
        }
        decoder.finish(&mut events);
        events.into_iter().map(|event| String::from_utf8(event).unwrap()).collect()
    }

    #[test]
    fn reads_events_whatever_the_line_ends_and_cuts() {
        assert_eq!(
            decode(&["data: a\n\nda", "ta:b\r\n\r", "\n: note\nid: 1\ndata: c\ndata: d\n\n"]),
            ["a", "b", "c\nd"]
        );
    }

    #[test]
    fn gives_the_last_event_without_its_blank_line() {
        assert_eq!(decode(&["data: a\n\ndata: [DONE]"]), ["a", "[DONE]"]);
    }

    #[test]
    fn refuses_an_endless_line() {
        let mut decoder = Decoder::default();
        assert!(decoder.feed(&vec![b'x'; MAX_EVENT_BYTES + 1], &mut Vec::new()).is_err());
    }
}
