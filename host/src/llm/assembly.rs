//! An assembly puts an answer together from the bytes of its body, whatever of the API's many dialects it
//! is in: a stream of events, one JSON object, or several.

use std::borrow::Cow;
use std::collections::VecDeque;

use super::answer::{AnswerEvent, Ending, Thoughts, Usage};
use super::calls::Calls;
use super::error::ModelError;
use super::json::Json;
use super::report::{Report, is_blank};
use super::sse::{Decoder, Event};
use super::text::Joiner;
use crate::endpoint::said;

/// Bytes of an answer that comes as one JSON object: some endpoints ignore `stream`.
pub(super) const MAX_BODY_BYTES: usize = 16 << 20;
/// Choices of one event, of which the first is heard.
const MAX_CHOICES: usize = 64;
/// Parts of one content.
const MAX_PARTS: usize = 10_000;
/// Bytes of the endpoint's word for how an answer ended.
const MAX_REASON_BYTES: usize = 64;
/// Bytes that may come without anything being said: some endpoints send signs of life.
const MAX_QUIET_BYTES: usize = 16 << 20;
/// Bytes that are kept of what came in place of an answer.
const KEPT_BYTES: usize = 2 << 10;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Takes bytes and gives out events. Made by [`Assembly::of`].
#[derive(Default)]
pub(super) struct Assembly {
    shape: Shape,
    /// Until the shape is known, and of a body that is no stream.
    body: Vec<u8>,
    decoder: Decoder,
    pub(super) ready: VecDeque<AnswerEvent>,
    ending: Ending,
    calls: Calls,
    text: Joiner,
    thoughts: Joiner,
    refusal: Joiner,
    /// Which choice is heard: the first that came.
    choice: Option<u64>,
    /// Whether an answer has begun, which a choice tells.
    has_begun: bool,
    /// Whether it comes in deltas: then a whole message at its end says nothing new.
    has_deltas: bool,
    /// What the endpoint calls what its model thinks, where it thought.
    pub(super) thoughts_are: Option<Thoughts>,
    /// What came in place of an answer, until one began.
    other: String,
    /// Bytes of text, reasoning and calls.
    pub(super) said: usize,
    pub(super) most: usize,
    /// Whether something was said after the endpoint told how the answer ends.
    goes_on: bool,
    /// Bytes that came since something was said last.
    quiet: usize,
    pub(super) fault: Option<Fault>,
    pub(super) started: bool,
    pub(super) ended: bool,
}

/// What a body is. Its content type does not tell: there are streams that are called JSON, and the other
/// way round.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Nothing came yet but white space.
    #[default]
    Unknown,
    /// Events, one after the other.
    Stream,
    /// JSON, or a web page.
    Whole,
}

#[derive(Debug)]
pub(super) enum Fault {
    /// What came is no answer and no error either.
    Garbage(String),
    BrokenOff(String),
    TooLong(usize),
    /// The endpoint says that there is no answer.
    Reported(Report),
}

impl Fault {
    pub(super) fn into_error(self, model: &str) -> ModelError {
        let model = model.to_owned();
        // All repeat what the endpoint sent.
        match self {
            Self::Garbage(cause) => ModelError::Garbage { model, cause: said::cleaned(&cause) },
            Self::BrokenOff(cause) => ModelError::BrokenOff { model, cause: said::cleaned(&cause) },
            Self::TooLong(most) => ModelError::TooLong { model, most },
            Self::Reported(Report { words, meaning }) => {
                ModelError::NoAnswer { model, cause: said::cleaned(&words), meaning }
            }
        }
    }
}

impl Assembly {
    /// One for an answer whose tool calls, if any, are of these tools.
    pub(super) fn of(calls: Calls) -> Self {
        Self { calls, most: usize::MAX, ..Self::default() }
    }

    /// Whether the endpoint has said how the answer ends: what may still come is its usage and `[DONE]`.
    pub(super) fn is_finished(&self) -> bool {
        // Some say so in each event. Baidu's word for it is `normal`.
        !matches!(self.ending.finish_reason.as_str(), "" | "normal") && !self.goes_on
    }

    /// Counts what is said. Fails where it is more than may be.
    fn say(&mut self, bytes: usize) -> Result<(), Fault> {
        if bytes > 0 {
            self.quiet = 0;
            self.goes_on |= !self.ending.finish_reason.is_empty();
        }
        self.said = self.said.saturating_add(bytes);
        if self.said > self.most { Err(Fault::TooLong(self.most)) } else { Ok(()) }
    }

    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.started = true;
        match self.shape {
            Shape::Stream => self.feed_stream(bytes),
            Shape::Whole => self.keep(bytes),
            Shape::Unknown => {
                self.keep(bytes)?;
                let body = self.body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&self.body);
                self.shape = match body.trim_ascii_start().first() {
                    None => return Ok(()),
                    Some(_) if BYTE_ORDER_MARK.starts_with(body) => return Ok(()),
                    // As JSON begins, or a page: no line of a stream does.
                    Some(b'{' | b'[' | b'<') => Shape::Whole,
                    Some(_) => Shape::Stream,
                };
                if self.shape == Shape::Whole {
                    return Ok(());
                }
                let body = std::mem::take(&mut self.body);
                self.feed_stream(body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&body))
            }
        }
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        if self.body.len() + bytes.len() > MAX_BODY_BYTES {
            return Err(Fault::Garbage(format!("the body is larger than {} MiB", MAX_BODY_BYTES >> 20)));
        }
        self.body.extend_from_slice(bytes);
        Ok(())
    }

    fn feed_stream(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.quiet += bytes.len();
        if self.quiet > MAX_QUIET_BYTES {
            return Err(Fault::Garbage(format!("{MAX_QUIET_BYTES} bytes came and nothing was said")));
        }
        if !self.has_begun {
            self.note(&String::from_utf8_lossy(bytes));
        }
        let mut events = Vec::new();
        // What came whole before one that is too large is heard.
        let fed = self.decoder.feed(bytes, &mut events).map_err(|error| Fault::Garbage(error.to_string()));
        events.iter().try_for_each(|event| self.event(event))?;
        fed
    }

    /// The body is over.
    pub(super) fn close(&mut self) -> Result<(), Fault> {
        if self.ended {
            return Ok(());
        }
        if self.shape == Shape::Stream {
            let mut events = Vec::new();
            self.decoder.finish(&mut events);
            events.iter().try_for_each(|event| self.event(event))?;
        } else {
            self.take_body()?;
        }
        if self.ended {
            return Ok(());
        }
        if self.has_begun && self.shape == Shape::Stream && self.ending.finish_reason.is_empty() {
            let cause = "the stream ended without a finish_reason and without [DONE]";
            return Err(Fault::BrokenOff(cause.into()));
        }
        self.end()
    }

    /// The body that is no stream: one JSON value, or one after the other.
    fn take_body(&mut self) -> Result<(), Fault> {
        let body = std::mem::take(&mut self.body);
        let text = String::from_utf8_lossy(body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&body));
        if text.trim_start().starts_with('<') {
            return Err(Fault::Garbage(said::in_refusal(text.as_bytes(), true)));
        }
        let values = serde_json::Deserializer::from_str(&text).into_iter::<&serde_json::value::RawValue>();
        for value in values {
            let value = value.map_err(|error| not_json(&error, &text))?;
            self.take_value(value.get())?;
        }
        Ok(())
    }

    fn event(&mut self, Event { name, data }: &Event) -> Result<(), Fault> {
        if self.ended {
            return Ok(());
        }
        let text = String::from_utf8_lossy(data);
        let text = text.trim_start_matches('\u{FEFF}').trim();
        if name == b"error" {
            return Err(Fault::Reported(match Json::parse(text) {
                Ok(value) => Report::in_place_of_an_answer(value),
                Err(_) => Report::in_plain_words(text),
            }));
        }
        match Json::parse(text) {
            _ if text.is_empty() => Ok(()),
            _ if is_done(text) => self.end(),
            Ok(value) => self.take_value(value.as_written()),
            // Events in lines without a blank one between them.
            Err(_)
                if text.contains('\n')
                    && text.lines().all(|line| is_done(line) || Json::parse(line).is_ok()) =>
            {
                text.lines().try_for_each(|line| {
                    let line = Event { name: Vec::new(), data: line.as_bytes().to_vec() };
                    self.event(&line)
                })
            }
            Err(error) if name.is_empty() || name == b"message" => Err(not_json(&error, text)),
            // Whatever has another name may be of another kind.
            Err(_) => Ok(()),
        }
    }

    fn take_value(&mut self, text: &str) -> Result<(), Fault> {
        let value = Json::parse(text).map_err(|error| not_json(&error, text))?;
        match value.items(MAX_CHOICES) {
            // Some put what they say into a list.
            Some((values, _)) => values.into_iter().try_for_each(|value| self.take_chunk(value)),
            None => self.take_chunk(value),
        }
    }

    fn take_chunk(&mut self, chunk: Json<'_>) -> Result<(), Fault> {
        let [choices, usage] = chunk.fields(["choices", "usage"]);
        let (choices, more) = match choices {
            Some(choice) if choice.is_object() => (vec![choice], false),
            choices => choices.and_then(|choices| choices.items(MAX_CHOICES)).unwrap_or_default(),
        };
        if more {
            return Err(Fault::Garbage(format!("an event holds more than {MAX_CHOICES} choices")));
        }
        if let Some(report) = Report::of(chunk, !choices.is_empty()) {
            return Err(Fault::Reported(report));
        }
        if choices.is_empty() && !self.has_begun {
            self.other.clear();
            self.note(chunk.as_written());
        }
        self.take_usage(usage);
        choices.into_iter().try_for_each(|choice| self.take_choice(choice, chunk))
    }

    fn take_usage(&mut self, usage: Option<Json<'_>>) {
        if let Some(usage) = usage.and_then(Usage::read) {
            self.ending.usage = Some(usage);
        }
    }

    fn take_choice(&mut self, choice: Json<'_>, chunk: Json<'_>) -> Result<(), Fault> {
        let [index, delta, message, reason, error, usage] =
            choice.fields(["index", "delta", "message", "finish_reason", "error", "usage"]);
        let index = index.and_then(Json::count).unwrap_or(0);
        if *self.choice.get_or_insert(index) != index {
            return Ok(());
        }
        self.take_usage(usage);
        let delta = delta.filter(|delta| delta.is_object());
        let message = message.filter(|message| message.is_object());
        let reason = reason.and_then(Json::whole_text).filter(|reason| !reason.is_empty());
        self.has_begun |= delta.is_some() || message.is_some() || reason.is_some();
        self.has_deltas |= delta.is_some();
        if let Some(delta) = delta.or(message.filter(|_| !self.has_deltas)) {
            self.take_delta(delta)?;
        }
        if error.is_some_and(|error| !is_blank(error)) {
            return Err(Fault::Reported(Report::in_place_of_an_answer(chunk)));
        }
        match reason {
            Some(reason) if tells_of_failure(&reason) => {
                let words = format!("its finish_reason is `{reason}`");
                Err(Fault::Reported(Report { words, ..Report::in_place_of_an_answer(chunk) }))
            }
            Some(reason) => {
                // Not cut: half a secret is not known as one.
                let known = reason.len() <= MAX_REASON_BYTES;
                self.ending.finish_reason = if known { reason } else { "other".to_owned() };
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn take_delta(&mut self, delta: Json<'_>) -> Result<(), Fault> {
        let [content, reasoning_content, reasoning, refusal, calls, function_call] = delta.fields([
            "content",
            "reasoning_content",
            "reasoning",
            "refusal",
            "tool_calls",
            "function_call",
        ]);
        // Some send the same under both names.
        let thoughts = [(reasoning_content, Thoughts::ReasoningContent), (reasoning, Thoughts::Reasoning)];
        for (thought, name) in thoughts {
            if let Some(thought) = thought.filter(|thought| thought.as_written() != "\"\"") {
                self.thoughts_are = Some(name);
                self.think(thought)?;
                break;
            }
        }
        if let Some(content) = content {
            self.take_content(content)?;
        }
        if let Some(refusal) = refusal.and_then(|refusal| refusal.text(&mut self.refusal)) {
            self.hand_out(refusal, AnswerEvent::Refusal)?;
        }
        let calls = match calls {
            Some(call) if call.is_object() => Some(vec![call]),
            calls => calls.and_then(|calls| Some(calls.items(super::calls::MAX_TOOL_CALLS)?.0)),
        };
        // The API's older form, of one call.
        let calls = match (calls, function_call) {
            (Some(calls), _) if !calls.is_empty() => calls,
            (_, Some(call)) => vec![call],
            _ => return Ok(()),
        };
        for call in calls {
            let said = self.calls.take(call, &mut self.ready)?;
            self.say(said)?;
        }
        Ok(())
    }

    /// A text, or a list of parts.
    fn take_content(&mut self, content: Json<'_>) -> Result<(), Fault> {
        if let Some(text) = content.text(&mut self.text) {
            return self.hand_out(text, AnswerEvent::Text);
        }
        match content.items(MAX_PARTS) {
            Some((_, true)) => {
                Err(Fault::Garbage(format!("the content of a message holds more than {MAX_PARTS} parts")))
            }
            Some((parts, false)) => parts.into_iter().try_for_each(|part| self.take_part(part)),
            None if content.is_object() => self.take_part(content),
            // A number, or whether something is so: what a model answers without quotes.
            None => self.hand_out(content.as_written().to_owned(), AnswerEvent::Text),
        }
    }

    fn take_part(&mut self, part: Json<'_>) -> Result<(), Fault> {
        if let Some(text) = part.text(&mut self.text) {
            return self.hand_out(text, AnswerEvent::Text);
        }
        let [kind, text, thinking, reasoning, refusal] =
            part.fields(["type", "text", "thinking", "reasoning", "refusal"]);
        let kind = kind.and_then(Json::whole_text).unwrap_or_default();
        if let Some(refusal) = refusal.and_then(|refusal| refusal.text(&mut self.refusal)) {
            return self.hand_out(refusal, AnswerEvent::Refusal);
        }
        if kind.contains("thinking") || kind.contains("reasoning") {
            return thinking.or(reasoning).or(text).map_or(Ok(()), |thought| self.think(thought));
        }
        match text.and_then(|text| text.text(&mut self.text)) {
            Some(text) => self.hand_out(text, AnswerEvent::Text),
            None => Ok(()),
        }
    }

    /// A text, or the texts of a list's parts, or of the part it is.
    fn think(&mut self, thought: Json<'_>) -> Result<(), Fault> {
        let (parts, _) = thought.items(MAX_PARTS).unwrap_or_else(|| (vec![thought], false));
        for part in parts {
            let [text, content] = part.fields(["text", "content"]);
            let text = text.or(content).unwrap_or(part).text(&mut self.thoughts);
            self.hand_out(text.unwrap_or_default(), AnswerEvent::Reasoning)?;
        }
        Ok(())
    }

    fn hand_out(&mut self, text: String, event: fn(String) -> AnswerEvent) -> Result<(), Fault> {
        if text.is_empty() {
            return Ok(());
        }
        self.say(text.len())?;
        self.ready.push_back(event(text));
        Ok(())
    }

    /// Keeps the beginning of what came, in case there is nothing else.
    fn note(&mut self, text: &str) {
        let left = KEPT_BYTES.saturating_sub(self.other.len());
        self.other.push_str(&text[..text.floor_char_boundary(left)]);
    }

    /// The answer is whole, where there is one.
    pub(super) fn end(&mut self) -> Result<(), Fault> {
        if !self.has_begun {
            let other = std::mem::take(&mut self.other);
            let report = match Json::parse(other.trim()) {
                Ok(value) => Report::in_place_of_an_answer(value),
                Err(_) => Report::in_plain_words(&other),
            };
            let words = format!("no choice came; it said {}", report.words);
            return Err(Fault::Reported(Report { words, ..report }));
        }
        let (thoughts, text, refusal) = (self.thoughts.finish(), self.text.finish(), self.refusal.finish());
        self.hand_out(thoughts.to_owned(), AnswerEvent::Reasoning)?;
        self.hand_out(text.to_owned(), AnswerEvent::Text)?;
        self.hand_out(refusal.to_owned(), AnswerEvent::Refusal)?;
        let mut ending = std::mem::take(&mut self.ending);
        let has_calls = !self.calls.is_empty();
        ending.finish_reason = in_the_apis_words(&ending.finish_reason, has_calls).into_owned();
        ending.tool_calls = self.calls.finish(&mut self.ready);
        self.ended = true;
        self.ready.push_back(AnswerEvent::End(ending));
        Ok(())
    }
}

fn is_done(text: &str) -> bool {
    text.trim().trim_matches('"') == "[DONE]"
}

fn not_json(error: &serde_json::Error, text: &str) -> Fault {
    let excerpt: String = said::cleaned(text).chars().take(120).collect();
    Fault::Garbage(format!("{error} in `{excerpt}`"))
}

/// Whether the word for an answer's end says that it failed.
fn tells_of_failure(reason: &str) -> bool {
    let reason = reason.to_ascii_lowercase();
    reason.contains("error") || reason == "insufficient_system_resource"
}

/// The word for an answer's end that clients know, where there is one.
fn in_the_apis_words(reason: &str, has_calls: bool) -> Cow<'_, str> {
    let lower = reason.to_ascii_lowercase();
    let word = match lower.as_str() {
        "length" | "max_tokens" | "max_length" | "max_output_tokens" | "model_length" => "length",
        "content_filter" | "content_filtered" | "safety" | "sensitive" => "content_filter",
        _ if has_calls => "tool_calls",
        "" | "stop" | "normal" | "eos" | "eos_token" | "end" | "end_turn" | "stop_sequence" | "complete"
        | "completed" | "finish" | "finished" | "tool_calls" | "tool_call" | "tool_use" | "function_call" => {
            "stop"
        }
        _ => return Cow::Borrowed(reason),
    };
    Cow::Borrowed(word)
}

#[cfg(test)]
mod tests;
