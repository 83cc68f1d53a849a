//! A channel of the models that write several messages into one text, as gpt-oss does:
//! `<|channel|>analysis<|message|>…<|end|><|start|>assistant<|channel|>final<|message|>…<|return|>`.

use std::ops::Range;

const START: &str = "<|start|>assistant";
const RECIPIENT: &str = " to=";
/// What a tool's name stands behind where a message calls it.
const FUNCTION: &str = "to=functions.";
const CHANNEL: &str = "<|channel|>";
const MESSAGE: &str = "<|message|>";
/// Channels there are. What is in the last one is for the reader; a call of a tool is in `commentary`.
const CHANNELS: [&str; 3] = ["analysis", "commentary", "final"];
const FINAL: &str = CHANNELS[2];
/// Bytes of what stands between a channel's name and its message: `to=functions.weather <|constrain|>json`.
const MAX_HEADER_BYTES: usize = 200;

/// What ends a message: a mark of its own, or the begin of the next one.
pub(super) const ENDS: [&str; 5] = ["<|end|>", "<|call|>", "<|return|>", "<|start|>", CHANNEL];
/// How many of these are only ends.
const ONLY_ENDS: usize = 3;
/// What may stand behind the last message.
pub(super) const LAST_MARKS: [&str; 2] = ["<|return|>", "<|end|>"];

/// What a text is that a message may begin with.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ChannelHead {
    /// No message begins here.
    None,
    /// One may, by what came of the text so far.
    Cut,
    /// One begins behind so many bytes.
    Whole {
        length: usize,
        /// Whether it is for the reader.
        is_answer: bool,
    },
}

impl ChannelHead {
    pub(super) fn of(text: &str) -> Self {
        let started = text.strip_prefix(START);
        let is_started = started.is_some();
        // A call of a tool may name it before its channel.
        let rest = match started.unwrap_or(text) {
            rest if is_started && rest.starts_with(RECIPIENT) => rest.trim_start_matches(|c| c != '<'),
            rest if is_started && RECIPIENT.starts_with(rest) => "",
            // The prompt may have ended with the begin of the message.
            rest if rest.starts_with(FUNCTION) => match rest.split_once('<') {
                Some((named, _)) if is_header(named) => &rest[named.len()..],
                None if is_header(rest) => "",
                _ => return Self::None,
            },
            rest if !is_started && FUNCTION.starts_with(rest) => "",
            rest => rest,
        };
        // An empty text begins with everything.
        if CHANNEL.starts_with(rest) || !is_started && START.starts_with(text) {
            return Self::Cut;
        }
        if is_started && MESSAGE.starts_with(rest) && rest != MESSAGE {
            return Self::Cut;
        }
        if is_started && rest.starts_with(MESSAGE) {
            return Self::Whole { length: text.len() - rest.len() + MESSAGE.len(), is_answer: true };
        }
        let Some(named) = rest.strip_prefix(CHANNEL) else { return Self::None };
        let (header, end) = match named.split_once(MESSAGE) {
            Some((header, message)) => (header, Some(text.len() - message.len())),
            None => (named, None),
        };
        if !is_header(header) {
            return Self::None;
        }
        let name = header.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        match end {
            Some(length) if CHANNELS.contains(&name) => Self::Whole { length, is_answer: name == FINAL },
            None if CHANNELS.contains(&name) => Self::Cut,
            None if name == header && CHANNELS.iter().any(|known| known.starts_with(name)) => Self::Cut,
            _ => Self::None,
        }
    }
}

fn is_header(text: &str) -> bool {
    text.len() <= MAX_HEADER_BYTES && !text.contains('\n')
}

/// Whether a text of a call's arguments is open: a mark in it is what they tell of.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct OpenText {
    is_open: bool,
    is_escaped: bool,
}

impl OpenText {
    pub(super) fn goes_on(&mut self, arguments: &str) {
        for byte in arguments.bytes() {
            match byte {
                _ if std::mem::take(&mut self.is_escaped) => {}
                b'\\' => self.is_escaped = self.is_open,
                b'"' => self.is_open = !self.is_open,
                _ => {}
            }
        }
    }

    /// Where the end of a call's message is, or how much of it holds none.
    pub(super) fn end(mut self, message: &str) -> Result<Range<usize>, usize> {
        let mut from = 0;
        while let Some(end) = end(&message[from..]) {
            self.goes_on(&message[from..from + end.start]);
            let end = from + end.start..from + end.end;
            if !self.is_open {
                return Ok(end);
            }
            // Behind the mark's first sign.
            from = end.start + 1;
        }
        Err(from)
    }
}

/// The tool that a message calls, by its head.
pub(super) fn called(head: &str) -> Option<&str> {
    let (_, named) = head.split_once(FUNCTION)?;
    named.split(|c: char| c.is_whitespace() || c == '<').next().filter(|name| !name.is_empty())
}

/// Where a message that is no answer ends: from the end of its text to the begin of what follows.
pub(super) fn end(text: &str) -> Option<Range<usize>> {
    let found = ENDS.iter().enumerate().filter_map(|(which, mark)| {
        let at = text.find(mark)?;
        Some(at..if which < ONLY_ENDS { at + mark.len() } else { at })
    });
    found.min_by_key(|end| end.start)
}

/// Where the mark begins that a text ends with. In the middle of an answer it is something the answer tells of.
pub(super) fn last_mark(text: &str) -> Option<usize> {
    let text = text.trim_end();
    LAST_MARKS.iter().find_map(|mark| text.strip_suffix(mark)).map(str::len)
}
