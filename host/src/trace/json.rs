//! A trace as JSON that stays short: every text is cut to a length and every list to a number of items,
//! with a mark that says how much is missing.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;

use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter};

use super::Trace;
use crate::cut::mark;
use crate::redact::{self, Redactor};

/// Bytes of one text.
pub(super) const LONGEST_TEXT: usize = 256 << 10;
/// Bytes of a text in the trace of a request that was refused, and in one that is long already.
const SHORT_TEXT: usize = 1 << 10;
/// Items of one list.
const MOST_ITEMS: usize = 256;
/// From this length of the whole on, further texts are short.
const LONG: usize = 1 << 20;
/// From this length of the whole on, further items of lists are left out.
const TOO_LONG: usize = LONG + (LONG >> 1);
/// What a text may be longer by that was cut before, and has its mark already.
const MARK: usize = 64;

/// The trace as JSON.
pub(super) fn written(trace: &Trace) -> String {
    let out = Output::default();
    let longest = if trace.refused { SHORT_TEXT } else { LONGEST_TEXT + MARK };
    let (lists, muted_at, text) = (Vec::new(), None, JsonWriter::default());
    let cutting = Cutting { out: out.clone(), longest, lists, muted_at, text, redactor: redact::known() };
    let mut bytes = HiddenBytes { out, bytes: Vec::new() };
    let mut json = serde_json::Serializer::with_formatter(&mut bytes, cutting);
    let done = trace.serialize(&mut json);
    let items = bytes.out.items.get();
    let text = done.map_err(|error| error.to_string()).and_then(|()| {
        if items > 0 {
            // The count goes behind the trace's own fields, before the bracket that closes it.
            bytes.bytes.pop();
            bytes.bytes.extend_from_slice(format!(",\"items_cut\":{items}}}").as_bytes());
        }
        String::from_utf8(bytes.bytes).map_err(|error| error.to_string())
    });
    let text = text.unwrap_or_else(|error| format!(r#"{{"id":{:?},"error":"no JSON: {error}"}}"#, trace.id));
    // Whatever way a secret has got into a turn, its trace does not keep it.
    let clean = match redact::known().json(&text) {
        Cow::Owned(clean) => Some(clean),
        Cow::Borrowed(_) => None,
    };
    clean.unwrap_or(text)
}

/// What the formatter and the writer behind it share.
#[derive(Clone, Default)]
struct Output {
    /// Whether what is written is left out.
    muted: Rc<Cell<bool>>,
    written: Rc<Cell<usize>>,
    /// Items of lists that were left out.
    items: Rc<Cell<usize>>,
}

struct HiddenBytes {
    out: Output,
    bytes: Vec<u8>,
}

impl Write for HiddenBytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.out.muted.get() {
            self.bytes.extend_from_slice(bytes);
            self.out.written.set(self.bytes.len());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Cutting {
    out: Output,
    longest: usize,
    /// Items so far of each list that is open.
    lists: Vec<usize>,
    /// How many lists were open when one of them had enough items.
    muted_at: Option<usize>,
    text: JsonWriter,
    redactor: Redactor,
}

/// The text that is being written.
#[derive(Default)]
struct JsonWriter {
    left: usize,
    missing: usize,
}

impl Formatter for Cutting {
    fn begin_string<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        let left = if self.out.written.get() > LONG { SHORT_TEXT } else { self.longest };
        self.text = JsonWriter { left, missing: 0 };
        CompactFormatter.begin_string(writer)
    }

    fn write_string_fragment<W: Write + ?Sized>(&mut self, writer: &mut W, text: &str) -> io::Result<()> {
        let mut kept = if self.text.missing > 0 { 0 } else { text.floor_char_boundary(self.text.left) };
        if kept < text.len() {
            // Half a secret would not be known as one.
            kept -= self.redactor.open_end(&text.as_bytes()[..kept]);
            kept = text.floor_char_boundary(kept);
        }
        self.text.left -= kept;
        self.text.missing += text.len() - kept;
        writer.write_all(&text.as_bytes()[..kept])
    }

    fn write_char_escape<W: Write + ?Sized>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        // Six bytes are written for a control character.
        let length = if matches!(escape, CharEscape::AsciiControl(_)) { 6 } else { 1 };
        if self.text.missing > 0 || self.text.left < length {
            self.text.missing += 1;
            return Ok(());
        }
        self.text.left -= length;
        CompactFormatter.write_char_escape(writer, escape)
    }

    fn end_string<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.text.missing > 0 {
            writer.write_all(mark(self.text.missing).as_bytes())?;
        }
        CompactFormatter.end_string(writer)
    }

    fn begin_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.lists.push(0);
        CompactFormatter.begin_array(writer)
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        let open = self.lists.len();
        if let Some(items) = self.lists.last_mut() {
            *items += 1;
            let enough = *items > MOST_ITEMS || self.out.written.get() > TOO_LONG;
            if enough && self.muted_at.is_none() {
                self.muted_at = Some(open);
                self.out.muted.set(true);
            }
        }
        if self.muted_at == Some(open) {
            self.out.items.set(self.out.items.get() + 1);
        }
        CompactFormatter.begin_array_value(writer, first)
    }

    fn end_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.muted_at == Some(self.lists.len()) {
            self.muted_at = None;
            self.out.muted.set(false);
        }
        self.lists.pop();
        CompactFormatter.end_array(writer)
    }
}

#[cfg(test)]
mod tests;
