//! An assembly puts an answer together from the bytes of its body, whatever of the API's many dialects it
//! is in: a stream of events, one JSON object, or several.

mod charset;
mod ending;
mod envelope;
mod error;
mod message;
mod reason;
mod tags;

use std::borrow::Cow;
use std::collections::VecDeque;

pub(super) use self::error::AssemblyError;
use self::message::MessageParts;
use self::reason::{FILTERED, ends_it_early, in_the_apis_words, is_done, says_how, tells_of_failure};
pub(super) use self::tags::CallInText;
use self::tags::{SortedPiece, ThoughtTags};
use super::calls::ArrivingCalls;
use super::event::{AnswerEvent, Ending, Thoughts};
use super::json::{self, Json};
use super::meaning::PROMISES_AN_ANSWER;
use super::report::{EndpointReport, ReportBeside, is_blank};
use super::sse::{BYTE_ORDER_MARK, Decoder, Event, MAX_EVENT_BYTES};
use super::text::Joiner;
use super::usage::Usage;
use crate::endpoint::said;

/// Bytes of an answer that comes as one JSON object: some endpoints ignore `stream`. An event may hold a whole answer as well.
const MAX_BODY_BYTES: usize = MAX_EVENT_BYTES;
/// Choices of one event, of which the first is heard.
const MAX_CHOICES: usize = 64;
/// Bytes of the endpoint's word for how an answer ended.
const MAX_REASON_BYTES: usize = 64;
/// Bytes that may come without anything being said: some endpoints send signs of life.
const MAX_QUIET_BYTES: usize = 16 << 20;
/// Bytes that are kept of what came in place of an answer.
const KEPT_BYTES: usize = 2 << 10;

/// Takes bytes and gives out events. Made by [`Assembly::of`].
#[derive(Default)]
pub(super) struct Assembly {
    shape: BodyShape,
    /// The body until its shape is known, and all of one that is not a stream.
    body: Vec<u8>,
    decoder: Decoder,
    pub(super) ready: VecDeque<AnswerEvent>,
    ending: Ending,
    calls: ArrivingCalls,
    text: Joiner,
    tags: ThoughtTags,
    thoughts: Joiner,
    refusal: Joiner,
    /// Which choice is heard: the first that came.
    choice: Option<u64>,
    /// Whether an answer has begun, which a choice tells.
    has_begun: bool,
    /// Whether it comes in deltas: then a whole message at its end says nothing new.
    has_deltas: bool,
    /// The parts of the answer that have been heard so far.
    heard: MessageParts,
    /// Which choice's tool calls are heard: the first that brought some.
    calls_of: Option<u64>,
    /// An error that was told behind a whole answer, or before one: where the answer is empty, it is in place of one.
    beside: Option<EndpointReport>,
    /// An error that was told beside a part of the answer, behind which nothing was said: the rest of it is missing.
    broken: Option<ReportBeside>,
    /// A code without a word beside a choice, or what was told in passing. Gateways have such for success, so that it makes
    /// no failure of anything.
    bare: Option<EndpointReport>,
    /// What came in words behind the beginning of an answer or beside its last text: where nothing tells how the answer
    /// ends, it is why.
    behind: Option<EndpointReport>,
    /// What was said in a shape that is not known.
    unknown: Option<String>,
    /// The decoder of a body that is not in UTF-8.
    charset: Option<encoding_rs::Decoder>,
    /// What the endpoint calls what its model thinks, where it thought.
    pub(super) thoughts_are: Option<Thoughts>,
    /// What came in place of an answer, until one began: as bytes, for they may be cut within a character.
    other: Vec<u8>,
    /// Whether that is an event: what stands around events says nothing.
    is_event: bool,
    /// Bytes of text, reasoning and calls.
    pub(super) said: usize,
    pub(super) most: usize,
    /// Whether something was said after the endpoint told how the answer ends.
    goes_on: bool,
    /// Whether what is wrong, if anything, is wrong with the answer itself.
    is_at_fault: bool,
    /// Bytes received since the last event that said something.
    quiet: usize,
    /// The HTTP status beside the body.
    status: u16,
    pub(super) fault: Option<AssemblyError>,
    pub(super) started: bool,
    pub(super) ended: bool,
}

/// What a body is. Its content type does not tell: there are streams that are called JSON, and the other
/// way round.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum BodyShape {
    /// Nothing came yet but white space.
    #[default]
    Unknown,
    /// Events, one after the other.
    Stream,
    /// JSON, or a web page.
    Whole,
}

impl Assembly {
    /// An assembly for an answer whose tool calls, if any, are of these tools.
    pub(super) fn of(calls: ArrivingCalls) -> Self {
        let tags = ThoughtTags::default().calling(calls.offered());
        Self { calls, tags, most: usize::MAX, status: PROMISES_AN_ANSWER, ..Self::default() }
    }

    /// The assembly of a body with this content type.
    pub(super) fn called(mut self, content_type: Option<&str>) -> Self {
        self.charset = content_type.and_then(charset::of);
        self
    }

    /// The assembly of an answer before which its model thinks, with or without a tag that opens its thoughts.
    pub(super) fn thinking(mut self, starts_thinking: bool) -> Self {
        self.tags = ThoughtTags::of(starts_thinking).calling(self.calls.offered());
        self
    }

    /// The assembly of a response with this status, which promises an answer.
    pub(super) fn answering(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Whether the endpoint has said how the answer ends: what may still come is its usage and `[DONE]`.
    pub(super) fn is_finished(&self) -> bool {
        // Some say so in each event. Baidu's word for it is `normal`.
        !matches!(self.ending.finish_reason.as_str(), "" | "normal") && !self.goes_on
    }

    /// Counts what is said. Fails where it is more than may be.
    fn say(&mut self, bytes: usize) -> Result<(), AssemblyError> {
        if bytes > 0 {
            self.quiet = 0;
            // What came before it was a note or a sign of life, for the answer goes on.
            (self.behind, self.broken) = (None, None);
            self.goes_on |= !self.ending.finish_reason.is_empty();
        }
        self.said = self.said.saturating_add(bytes);
        if self.said > self.most { Err(AssemblyError::TooLong(self.most)) } else { Ok(()) }
    }

    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<(), AssemblyError> {
        self.started = true;
        let Some(charset) = &mut self.charset else { return self.feed_utf8(bytes) };
        let mut text = String::with_capacity(charset.max_utf8_buffer_length(bytes.len()).unwrap_or_default());
        _ = charset.decode_to_string(bytes, &mut text, false);
        self.feed_utf8(text.as_bytes())
    }

    fn feed_utf8(&mut self, bytes: &[u8]) -> Result<(), AssemblyError> {
        match self.shape {
            BodyShape::Stream => self.feed_stream(bytes),
            BodyShape::Whole => self.keep(bytes),
            BodyShape::Unknown => {
                self.keep(bytes)?;
                let body = self.body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&self.body);
                self.shape = match body.trim_ascii_start().first() {
                    None => return Ok(()),
                    Some(_) if BYTE_ORDER_MARK.starts_with(body) => return Ok(()),
                    // As JSON begins, or a page: no line of a stream does.
                    Some(b'{' | b'[' | b'<') => BodyShape::Whole,
                    Some(_) => BodyShape::Stream,
                };
                if self.shape == BodyShape::Whole {
                    return Ok(());
                }
                let body = std::mem::take(&mut self.body);
                self.feed_stream(body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&body))
            }
        }
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), AssemblyError> {
        if self.body.len() + bytes.len() > MAX_BODY_BYTES {
            return Err(AssemblyError::Garbage(format!(
                "the body is larger than {} MiB",
                MAX_BODY_BYTES >> 20
            )));
        }
        self.body.extend_from_slice(bytes);
        Ok(())
    }

    fn feed_stream(&mut self, bytes: &[u8]) -> Result<(), AssemblyError> {
        self.quiet += bytes.len();
        if self.quiet > MAX_QUIET_BYTES {
            if self.is_finished() {
                return self.end();
            }
            return Err(AssemblyError::Garbage(format!("{MAX_QUIET_BYTES} bytes came and nothing was said")));
        }
        if !self.has_begun && !self.is_event {
            self.note(bytes);
        }
        let mut events = Vec::new();
        // What came whole before one that is too large is heard.
        let fed =
            self.decoder.feed(bytes, &mut events).map_err(|error| AssemblyError::Garbage(error.to_string()));
        events.iter().try_for_each(|event| self.hear(event))?;
        let is_whole = self.is_whole();
        self.unless(is_whole, fed)
    }

    /// Whether nothing has to come any more.
    fn is_whole(&self) -> bool {
        self.is_finished() || (self.shape == BodyShape::Whole && self.has_begun && !self.has_deltas)
    }

    /// Passes over what is wrong behind an answer that is whole. An error is kept, in case the answer is empty.
    fn unless(&mut self, is_whole: bool, taken: Result<(), AssemblyError>) -> Result<(), AssemblyError> {
        // What the answer's own end or its calls are at fault for is no garbage behind it.
        let is_whole = is_whole && !self.is_at_fault;
        match taken {
            Err(AssemblyError::Garbage(_) | AssemblyError::Unfinished(_)) if is_whole => Ok(()),
            Err(AssemblyError::Reported(report)) if is_whole => {
                self.beside.get_or_insert(report);
                Ok(())
            }
            taken => taken,
        }
    }

    fn hear(&mut self, event: &Event) -> Result<(), AssemblyError> {
        let is_whole = !self.ended && self.is_whole();
        let taken = self.event(event);
        self.unless(is_whole, taken)
    }

    /// The body is over.
    pub(super) fn close(&mut self) -> Result<(), AssemblyError> {
        if self.ended {
            return Ok(());
        }
        let taken = if self.shape == BodyShape::Stream {
            let mut events = Vec::new();
            self.decoder.finish(&mut events);
            events.iter().try_for_each(|event| self.hear(event))
        } else {
            self.take_body()
        };
        taken.map_err(|error| match error {
            AssemblyError::Unfinished(_) => {
                AssemblyError::BrokenOff("what was sent last ends in the middle of its JSON".into())
            }
            error => error,
        })?;
        if self.ended {
            return Ok(());
        }
        let is_stream = self.shape == BodyShape::Stream || self.has_deltas;
        if self.has_begun && is_stream && self.ending.finish_reason.is_empty() {
            let cause = "the stream ended without a finish_reason and without [DONE]";
            let broken_off = || AssemblyError::BrokenOff(cause.into());
            let broken = self.broken.take().map(|beside| beside.report);
            let report = broken.or_else(|| self.behind.take());
            return Err(report.map_or_else(broken_off, AssemblyError::Reported));
        }
        self.end()
    }

    /// The body that is not a stream: one JSON value, or one after the other.
    fn take_body(&mut self) -> Result<(), AssemblyError> {
        let body = std::mem::take(&mut self.body);
        let text = String::from_utf8_lossy(body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&body));
        if text.trim_start().starts_with('<') {
            return Err(AssemblyError::Garbage(said::in_refusal(text.as_bytes(), true)));
        }
        let text = match Json::parse(&text) {
            Ok(_) => text,
            Err(_) => Cow::Owned(json::mended(&text).into_owned()),
        };
        let values = serde_json::Deserializer::from_str(&text).into_iter::<&serde_json::value::RawValue>();
        for value in values {
            let is_whole = self.is_whole();
            let taken = match value {
                Ok(value) => self.take_value(Json::of(value)),
                Err(error) => Err(AssemblyError::not_json(&error, &text)),
            };
            self.unless(is_whole, taken)?;
        }
        Ok(())
    }

    fn event(&mut self, Event { name, data }: &Event) -> Result<(), AssemblyError> {
        if self.ended {
            return Ok(());
        }
        let text = String::from_utf8_lossy(data);
        let text = text.trim_start_matches('\u{FEFF}').trim();
        // A proxy that wraps what is wrapped already.
        let text = text.strip_prefix("data:").map_or(text, str::trim_start);
        let mended;
        let (text, value) = match Json::parse(text) {
            Ok(value) => (text, Ok(value)),
            Err(_) => {
                mended = json::mended(text);
                match Json::parse(&mended) {
                    Ok(value) => (&*mended, Ok(value)),
                    // What is no JSON even so is told as it came.
                    Err(error) => (text, Err(error)),
                }
            }
        };
        if name == b"error" {
            return Err(AssemblyError::Reported(match value {
                Ok(value) => EndpointReport::in_place_of_an_answer(value),
                Err(_) => EndpointReport::in_plain_words(text),
            }));
        }
        let is_usual = name.is_empty() || name == b"message";
        match value {
            _ if text.is_empty() => Ok(()),
            _ if is_done(text) => self.end(),
            Ok(value) => self.take_value(value),
            // Events in lines without a blank one between them.
            Err(_)
                if text.contains('\n')
                    && text.lines().all(|line| is_done(line) || Json::parse(&json::mended(line)).is_ok()) =>
            {
                text.lines().try_for_each(|line| {
                    let line = Event { name: Vec::new(), data: line.as_bytes().to_vec() };
                    self.hear(&line)
                })
            }
            Err(_) if is_usual && is_sign_of_life(text, self.has_begun) => Ok(()),
            Err(_) if is_usual && is_plain(text) => {
                Err(AssemblyError::Reported(EndpointReport::in_plain_words(text)))
            }
            Err(error) if is_usual => Err(AssemblyError::not_json(&error, text)),
            // An event of another name may be of another kind, so it is not an error if it cannot be read.
            Err(_) => Ok(()),
        }
    }

    fn take_value(&mut self, value: Json<'_>) -> Result<(), AssemblyError> {
        match value.items(MAX_CHOICES) {
            Some((values, _)) if values.is_empty() => {
                self.note_event(value);
                Ok(())
            }
            // Some put what they say into a list.
            Some((values, _)) => values.into_iter().try_for_each(|value| self.take_chunk(value)),
            None => self.take_chunk(value),
        }
    }

    fn take_chunk(&mut self, chunk: Json<'_>) -> Result<(), AssemblyError> {
        let (was_whole, said) = (self.is_whole(), self.said);
        let [choices, usage] = chunk.fields(["choices", "usage"]);
        let enveloped = if choices.is_none() { envelope::opened(chunk) } else { None };
        let (choices, more) = match choices {
            Some(choice) if choice.is_object() => (vec![choice], false),
            choices => choices.and_then(|choices| choices.items(MAX_CHOICES)).unwrap_or_default(),
        };
        if more {
            return Err(AssemblyError::Garbage(format!("an event holds more than {MAX_CHOICES} choices")));
        }
        // An envelope may say what became of the answer in it.
        let has_choices = enveloped.is_some() || !choices.is_empty();
        if let Some(report) = EndpointReport::of(chunk, has_choices) {
            return Err(AssemblyError::Reported(report));
        }
        if let Some(inner) = enveloped {
            self.take_chunk(inner)?;
        } else if choices.is_empty() && self.has_begun {
            self.behind = self.behind.take().or_else(|| EndpointReport::in_words(chunk));
            self.bare = self.bare.take().or_else(|| EndpointReport::in_passing(chunk));
        }
        self.take_usage(usage);
        choices.into_iter().try_for_each(|choice| self.take_choice(choice, chunk))?;
        self.note_event(chunk);
        if let Some(beside) = EndpointReport::beside(chunk) {
            let is_of_a_part = (has_choices || beside.is_bare) && self.has_begun && !was_whole;
            let goes_on = self.has_deltas && self.said > said && self.ending.finish_reason.is_empty();
            match is_of_a_part {
                _ if beside.is_bare && !beside.is_certain => _ = self.bare.get_or_insert(beside.report),
                false => _ = self.beside.get_or_insert(beside.report),
                // Beside text it may be a note: an end without it tells.
                true if goes_on => _ = self.behind.get_or_insert(beside.report),
                true => _ = self.broken.get_or_insert(beside),
            }
        }
        Ok(())
    }

    fn take_usage(&mut self, usage: Option<Json<'_>>) {
        if let Some(usage) = usage.and_then(Usage::read) {
            // Some end with one of zeros.
            let is_new = usage != Usage::default() || self.ending.usage.is_none();
            self.ending.usage = if is_new { Some(usage) } else { self.ending.usage };
        }
    }

    fn take_choice(&mut self, choice: Json<'_>, chunk: Json<'_>) -> Result<(), AssemblyError> {
        let [index, delta, message, text, reason, error, usage] =
            choice.fields(["index", "delta", "message", "text", "finish_reason", "error", "usage"]);
        let index = index.and_then(Json::count).unwrap_or(0);
        if *self.choice.get_or_insert(index) != index {
            // Some put the calls into a choice of their own.
            return delta.or(message).map_or(Ok(()), |said| self.take_calls(said, index));
        }
        self.take_usage(usage);
        let reason = reason.and_then(Json::whole_text).filter(|reason| says_how(reason));
        let inner = [delta, message].into_iter().flatten().find_map(|said| said.field("error"));
        let is_message = delta.is_none() && !self.has_deltas;
        let is_said = |said: &Json<'_>| said.is_object() || said.as_written().starts_with('"');
        let (message, text) = (message.filter(is_said), text.filter(is_said));
        let delta = delta.filter(is_said);
        // What a filter kept back may be all that there is of a message.
        let is_filtered = reason.as_ref().is_some_and(|reason| in_the_apis_words(reason, false) == FILTERED);
        self.has_begun |= is_filtered || delta.or(message).or(text).is_some();
        self.has_deltas |= delta.is_some();
        match delta.or(message.filter(|_| is_message)).or(text.filter(|_| message.is_none())) {
            Some(said) if said.is_object() => self.take_delta(said, index, MessageParts::default())?,
            // The API's first form put the text directly into the choice.
            Some(said) => self.take_content(said)?,
            None => {}
        }
        // A whole message at the end of deltas counts only for what they left out.
        if let Some(message) = message.filter(|_| !is_message && reason.is_some()) {
            self.take_delta(message, index, self.heard)?;
        }
        if error.or(inner).is_some_and(|error| !is_blank(error)) {
            return Err(AssemblyError::Reported(EndpointReport::in_place_of_an_answer(chunk)));
        }
        match reason {
            Some(reason) if tells_of_failure(&reason) => {
                Err(AssemblyError::Reported(EndpointReport::of_an_ending(&reason, chunk)))
            }
            Some(reason) => {
                // Some say behind why an answer was cut that it has ended.
                let is_cut = !self.goes_on && ends_it_early(&self.ending.finish_reason);
                if !is_cut || ends_it_early(&reason) {
                    // The text is not cut here, for half a secret is not recognised as one.
                    let known = reason.len() <= MAX_REASON_BYTES;
                    self.ending.finish_reason = if known { reason } else { "other".to_owned() };
                }
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Keeps the beginning of what came, in case there is nothing else.
    fn note(&mut self, bytes: &[u8]) {
        let left = KEPT_BYTES.saturating_sub(self.other.len());
        self.other.extend_from_slice(&bytes[..bytes.len().min(left)]);
    }

    /// Keeps an event in the place of what came before it, where no answer has begun.
    fn note_event(&mut self, event: Json<'_>) {
        if !self.has_begun {
            self.is_event = true;
            self.other.clear();
            self.note(event.as_written().as_bytes());
        }
    }
}

/// Whether a text that is not JSON is a word which only says that the connection lives: one of those that are usual, or
/// any that tells of nothing while an answer is under way.
fn is_sign_of_life(text: &str, has_begun: bool) -> bool {
    const USUAL: [&str; 8] =
        ["ping", "pong", "keep-alive", "keepalive", "keep_alive", "heartbeat", "ok", "success"];
    let is_word = text.bytes().all(|b| b.is_ascii_alphabetic() || matches!(b, b'-' | b'_'));
    let is_usual = USUAL.iter().any(|usual| text.eq_ignore_ascii_case(usual));
    is_usual || (has_begun && is_word && EndpointReport::in_a_word(text).is_none())
}

/// Whether a text that is not JSON is a sentence, and neither a page nor JSON that was cut.
fn is_plain(text: &str) -> bool {
    text.starts_with(char::is_alphabetic) && Json::parse(text).is_err_and(|error| !error.is_eof())
}

#[cfg(test)]
mod tests;
