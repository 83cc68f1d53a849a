//! What comes back from a model: a stream of small events.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::error::ModelError;
use super::sse::Decoder;
use crate::bounded::Bounded;
use crate::breaker::Attempt;
use crate::endpoint::{cause_chain, said};
use crate::message::{CallHead, CallPiece, ToolCall};
use crate::redact::{RedactedStream, Redactor};

/// More calls than this in one answer is a model gone wrong.
const MAX_TOOL_CALLS: usize = 64;
/// Arguments of one call, in bytes.
const MAX_ARGUMENT_BYTES: usize = 64 << 10;
/// Bytes of a call's id and of its name.
const MAX_NAME_BYTES: usize = 256;
/// Choices of one event, of which the first is heard.
const MAX_CHOICES: usize = 64;
/// Bytes of the endpoint's word for how an answer ended.
const MAX_REASON_BYTES: usize = 64;
/// Bytes that may come without anything being said: some endpoints send signs of life.
const MAX_QUIET_BYTES: usize = 16 << 20;

/// Tokens an endpoint counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens of the prompt.
    #[serde(default)]
    pub prompt_tokens: u64,
    /// Tokens of the answer.
    #[serde(default)]
    pub completion_tokens: u64,
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.prompt_tokens += other.prompt_tokens;
        self.completion_tokens += other.completion_tokens;
    }
}

/// How an answer ended.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ending {
    /// The endpoint's own word: `stop`, `length`, `tool_calls`, `content_filter`, …
    pub finish_reason: String,
    /// Calls the model wants made, in its order.
    pub tool_calls: Vec<ToolCall>,
    /// What the endpoint counted, where it said.
    pub usage: Option<Usage>,
}

/// One step of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum AnswerEvent {
    /// A piece of text, never empty.
    Text(String),
    /// A piece of what the model thinks before it answers, never empty.
    Reasoning(String),
    /// A piece of why it does not answer, never empty.
    Refusal(String),
    /// A piece of a call; its name is known, and all pieces of it are the call of that index in
    /// [`Ending::tool_calls`].
    Call(CallPiece),
    /// The answer is whole.
    End(Ending),
}

/// A model's answer on its way. Dropping it closes the connection, which ends the work upstream.
pub struct AnswerStream {
    pub(super) model: String,
    pub(super) response: reqwest::Response,
    pub(super) first_byte_timeout: Duration,
    pub(super) stall_timeout: Duration,
    pub(super) state: Assembly,
    pub(super) clean: Clean,
    /// Until the first bytes, which tell that the endpoint is there.
    pub(super) attempt: Option<Attempt>,
}

impl AnswerStream {
    /// The same, cut off where more is said than `most` bytes: text, reasoning and calls together.
    pub fn within(mut self, most: usize) -> Self {
        self.state.most = most;
        self
    }

    /// The same, which knows the tools that the client runs itself.
    pub fn of_tools(self, _names: &[&str]) -> Self {
        self
    }

    /// Bytes of everything said so far.
    pub fn said(&self) -> usize {
        self.state.said
    }

    /// The next event; `None` after [`AnswerEvent::End`]. An endpoint that repeats a secret of the host's
    /// in its answer gives it to nobody.
    pub async fn next(&mut self) -> Result<Option<AnswerEvent>, ModelError> {
        loop {
            if let Some(waited) = self.clean.waiting.take() {
                return waited;
            }
            let came = self.came().await;
            if let Some(event) = self.clean.pass(came) {
                return event;
            }
        }
    }

    async fn came(&mut self) -> Result<Option<AnswerEvent>, ModelError> {
        loop {
            if let Some(event) = self.state.ready.pop_front() {
                return Ok(Some(event));
            }
            if let Some(fault) = self.state.fault.take() {
                return Err(fault.into_error(&self.model));
            }
            if self.state.ended {
                return Ok(None);
            }
            let limit = if self.state.started { self.stall_timeout } else { self.first_byte_timeout };
            let model = || self.model.clone();
            let chunk = match tokio::time::timeout(limit, self.response.chunk()).await {
                Ok(Ok(chunk)) => Ok(chunk),
                Ok(Err(cause)) => Err(ModelError::BrokenOff { model: model(), cause: cause_chain(&cause) }),
                Err(_) if self.state.started => Err(ModelError::Stalled { model: model(), limit }),
                Err(_) => Err(ModelError::FirstByteTimeout { model: model(), limit }),
            };
            if let Some(attempt) = self.attempt.take() {
                attempt.settle(&chunk, |_| true);
            }
            let chunk = chunk?;
            let taken = match chunk {
                Some(bytes) => self.state.feed(&bytes),
                None => self.state.close(),
            };
            // What came whole before the fault goes out first, however the network cut the bytes.
            self.state.fault = taken.err();
        }
    }
}

/// Takes the secrets the process knows out of an answer, also where its pieces cut one.
pub(super) struct Clean {
    redactor: Redactor,
    text: RedactedStream,
    /// What came after the end of the text, while that goes out.
    waiting: Option<Result<Option<AnswerEvent>, ModelError>>,
}

impl Clean {
    pub(super) fn new(redactor: Redactor) -> Self {
        Self { text: redactor.stream(), redactor, waiting: None }
    }

    /// What goes out now, if anything does.
    fn pass(
        &mut self,
        came: Result<Option<AnswerEvent>, ModelError>,
    ) -> Option<Result<Option<AnswerEvent>, ModelError>> {
        let text = |bytes: Vec<u8>| AnswerEvent::Text(String::from_utf8_lossy(&bytes).into_owned());
        match came {
            Ok(Some(AnswerEvent::Text(piece))) => {
                let out = self.text.feed(piece.as_bytes());
                (!out.is_empty()).then(|| Ok(Some(text(out))))
            }
            mut other => {
                if let Ok(Some(AnswerEvent::End(ending))) = &mut other {
                    let clean = |text: &mut String| *text = self.redactor.text(text).into_owned();
                    clean(&mut ending.finish_reason);
                    for call in &mut ending.tool_calls {
                        clean(&mut call.id);
                        clean(&mut call.name);
                        call.arguments = self.redactor.json(&call.arguments).into_owned();
                    }
                }
                let rest = self.text.finish();
                if rest.is_empty() {
                    return Some(other);
                }
                self.waiting = Some(other);
                Some(Ok(Some(text(rest))))
            }
        }
    }
}

/// Puts an answer together from the bytes of its body. Made by [`Assembly::new`], which sets no bound.
#[derive(Default)]
pub(super) struct Assembly {
    /// The body is one JSON object, not a stream: some endpoints ignore `stream`.
    whole_json: bool,
    decoder: Decoder,
    body: Vec<u8>,
    ready: VecDeque<AnswerEvent>,
    ending: Ending,
    /// Bytes of text, reasoning and calls.
    said: usize,
    most: usize,
    /// Bytes that came since something was said last.
    quiet: usize,
    fault: Option<Fault>,
    started: bool,
    ended: bool,
}

pub(super) enum Fault {
    Garbage(String),
    BrokenOff(String),
    TooLong(usize),
}

impl Fault {
    fn into_error(self, model: &str) -> ModelError {
        let model = model.to_owned();
        // Both repeat what the endpoint sent.
        match self {
            Self::Garbage(cause) => ModelError::Garbage { model, cause: said::cleaned(&cause) },
            Self::BrokenOff(cause) => ModelError::BrokenOff { model, cause: said::cleaned(&cause) },
            Self::TooLong(most) => ModelError::TooLong { model, most },
        }
    }
}

impl Assembly {
    pub(super) fn new(whole_json: bool) -> Self {
        Self { whole_json, most: usize::MAX, ..Self::default() }
    }

    /// Counts what is said. Fails where it is more than may be.
    fn say(&mut self, bytes: usize) -> Result<(), Fault> {
        if bytes > 0 {
            self.quiet = 0;
        }
        self.said = self.said.saturating_add(bytes);
        if self.said > self.most { Err(Fault::TooLong(self.most)) } else { Ok(()) }
    }

    fn feed(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.started = true;
        if self.whole_json {
            if self.body.len() + bytes.len() > 16 << 20 {
                return Err(Fault::Garbage("the body is larger than 16 MiB".into()));
            }
            self.body.extend_from_slice(bytes);
            return Ok(());
        }
        self.quiet += bytes.len();
        if self.quiet > MAX_QUIET_BYTES {
            return Err(Fault::Garbage(format!("{MAX_QUIET_BYTES} bytes came and nothing was said")));
        }
        let mut events = Vec::new();
        self.decoder.feed(bytes, &mut events).map_err(|error| Fault::Garbage(error.to_string()))?;
        events.iter().try_for_each(|event| self.event(event))
    }

    fn close(&mut self) -> Result<(), Fault> {
        if self.whole_json {
            let body = std::mem::take(&mut self.body);
            self.take_chunk(&body)?;
            self.end();
            return Ok(());
        }
        let mut events = Vec::new();
        self.decoder.finish(&mut events);
        events.iter().try_for_each(|event| self.event(event))?;
        if self.ended {
            return Ok(());
        }
        if self.ending.finish_reason.is_empty() {
            return Err(Fault::BrokenOff(
                "the stream ended without a finish_reason and without [DONE]".into(),
            ));
        }
        self.end();
        Ok(())
    }

    fn event(&mut self, data: &[u8]) -> Result<(), Fault> {
        if self.ended {
            return Ok(());
        }
        if data.trim_ascii() == b"[DONE]" {
            self.end();
            return Ok(());
        }
        self.take_chunk(data)
    }

    fn end(&mut self) {
        if self.ending.finish_reason.is_empty() {
            self.ending.finish_reason = "stop".into();
        }
        self.ended = true;
        for (index, call) in self.ending.tool_calls.iter().enumerate() {
            let head = Some(CallHead { id: call.id.clone(), name: call.name.clone() });
            let piece = CallPiece { index, head, arguments: call.arguments.clone() };
            self.ready.push_back(AnswerEvent::Call(piece));
        }
        self.ready.push_back(AnswerEvent::End(std::mem::take(&mut self.ending)));
    }

    fn take_chunk(&mut self, data: &[u8]) -> Result<(), Fault> {
        let chunk: Chunk = serde_json::from_slice(data).map_err(|error| {
            let excerpt: String = said::cleaned(&String::from_utf8_lossy(data)).chars().take(120).collect();
            Fault::Garbage(format!("{error} in `{excerpt}`"))
        })?;
        if let Some(error) = chunk.error {
            return Err(Fault::BrokenOff(format!(
                "it reported {}",
                said::in_refusal(error.get().as_bytes(), false)
            )));
        }
        if let Some(usage) = chunk.usage {
            self.ending.usage = Some(usage);
        }
        for choice in chunk.choices.0.into_iter().filter(|choice| choice.index == 0) {
            if let Some(delta) = choice.delta.or(choice.message) {
                let reasoning = [&delta.reasoning_content, &delta.reasoning].into_iter().flatten();
                self.say(reasoning.map(|reasoning| reasoning.get().len()).sum())?;
                if let Some(text) = delta.content.filter(|text| !text.is_empty()) {
                    self.say(text.len())?;
                    self.ready.push_back(AnswerEvent::Text(text));
                }
                for call in delta.tool_calls.unwrap_or_default().0 {
                    self.take_call(call)?;
                }
            }
            if let Some(reason) = choice.finish_reason {
                // Not cut: half a secret is not known as one.
                let known = reason.len() <= MAX_REASON_BYTES;
                self.ending.finish_reason = if known { reason } else { "other".to_owned() };
            }
        }
        Ok(())
    }

    fn take_call(&mut self, delta: CallDelta) -> Result<(), Fault> {
        let arguments = delta.function.as_ref().and_then(|function| function.arguments.as_ref());
        self.say(arguments.map_or(0, String::len))?;
        let calls = &mut self.ending.tool_calls;
        // Without an index, a new id starts a new call and a bare fragment goes on with the last.
        let index = delta.index.unwrap_or(if delta.id.is_some() {
            calls.len()
        } else {
            calls.len().saturating_sub(1)
        });
        if index >= MAX_TOOL_CALLS {
            return Err(Fault::Garbage(format!("it asks for more than {MAX_TOOL_CALLS} tool calls")));
        }
        while calls.len() <= index {
            calls.push(ToolCall { id: String::new(), name: String::new(), arguments: String::new() });
        }
        let call = &mut calls[index];
        if let Some(id) = delta.id.filter(|id| !id.is_empty()) {
            call.id = id;
        }
        if let Some(function) = delta.function {
            call.name.push_str(&function.name.unwrap_or_default());
            call.arguments.push_str(&function.arguments.unwrap_or_default());
        }
        if call.name.len() > MAX_NAME_BYTES || call.id.len() > MAX_NAME_BYTES {
            return Err(Fault::Garbage(format!(
                "the name or the id of a tool call is longer than {MAX_NAME_BYTES} bytes"
            )));
        }
        if call.arguments.len() > MAX_ARGUMENT_BYTES {
            return Err(Fault::Garbage(format!(
                "the arguments of a tool call are larger than {MAX_ARGUMENT_BYTES} bytes"
            )));
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Chunk {
    #[serde(default)]
    choices: Bounded<Choice, MAX_CHOICES>,
    usage: Option<Usage>,
    error: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    index: u32,
    delta: Option<Delta>,
    message: Option<Delta>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Delta {
    content: Option<String>,
    /// What a model thinks before it answers, under its two names: not handed on, but counted.
    reasoning_content: Option<Box<RawValue>>,
    reasoning: Option<Box<RawValue>>,
    tool_calls: Option<Bounded<CallDelta, MAX_TOOL_CALLS>>,
}

#[derive(Deserialize)]
struct CallDelta {
    index: Option<usize>,
    id: Option<String>,
    function: Option<FunctionDelta>,
}

#[derive(Deserialize)]
struct FunctionDelta {
    name: Option<String>,
    arguments: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn puts_tool_calls_together_from_fragments() {
        let mut assembly = Assembly::new(false);
        let fragments = [
            r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"q"}}]}}]}"#,
            r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\":1}"}}]},"finish_reason":"tool_calls"}]}"#,
        ];
        for fragment in fragments {
            assert!(assembly.feed(format!("data: {fragment}\n\n").as_bytes()).is_ok());
        }
        assert!(assembly.close().is_ok());
        let Some(AnswerEvent::End(ending)) = assembly.ready.pop_front() else { panic!("no end") };
        assert_eq!(
            ending.tool_calls,
            [ToolCall { id: "a".into(), name: "f".into(), arguments: "{\"q\":1}".into() }]
        );
    }

    #[test]
    fn a_secret_in_an_answer_is_blanked_wherever_it_is_cut() {
        let mut clean = Clean::new(Redactor::of([("k", "S3CR3T-key")]));
        let mut said = String::new();
        for piece in ["好 S3C", "R3T-k", "ey! S3CR3"] {
            if let Some(Ok(Some(AnswerEvent::Text(text)))) =
                clean.pass(Ok(Some(AnswerEvent::Text(piece.into()))))
            {
                said.push_str(&text);
            }
        }
        let call = ToolCall { id: "a".into(), name: "f".into(), arguments: "{\"q\":\"S3CR3T-key\"}".into() };
        let ending = Ending { tool_calls: vec![call], ..Ending::default() };
        let rest = clean.pass(Ok(Some(AnswerEvent::End(ending))));
        let Some(Ok(Some(AnswerEvent::Text(rest)))) = rest else { panic!("the text's end is lost") };
        assert_eq!(said + &rest, "好 [secret k]! S3CR3");
        let Some(Ok(Some(AnswerEvent::End(ending)))) = clean.waiting else { panic!("the end is lost") };
        assert_eq!(ending.tool_calls[0].arguments, "{\"q\":\"[secret k]\"}");
    }

    #[test]
    fn an_end_without_a_reason_is_a_break() {
        let mut assembly = Assembly::new(false);
        assert!(assembly.feed(b"data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n").is_ok());
        assert!(matches!(assembly.close(), Err(Fault::BrokenOff(_))));
    }

    #[test]
    fn what_is_said_has_a_bound_and_what_came_before_it_stays() {
        let mut assembly = Assembly { most: 10, ..Assembly::new(false) };
        let said = |text: &str| format!("data: {{\"choices\":[{{\"delta\":{{{text}}}}}]}}\n\n");
        assert!(assembly.feed(said("\"content\":\"12345\"").as_bytes()).is_ok());
        let more = said("\"content\":\"123\"") + &said("\"reasoning_content\":\"1234\"");
        assert!(matches!(assembly.feed(more.as_bytes()), Err(Fault::TooLong(10))));
        assert_eq!(assembly.ready.len(), 2, "both texts go out before the error");
    }

    #[test]
    fn signs_of_life_without_end_are_no_answer() {
        let mut assembly = Assembly::new(false);
        let nothing = b"data: {\"choices\":[]}\n\n".repeat(1000);
        let fed = (0..MAX_QUIET_BYTES / nothing.len() + 1).try_for_each(|_| assembly.feed(&nothing));
        assert!(matches!(fed, Err(Fault::Garbage(cause)) if cause.contains("nothing was said")));
    }

    #[test]
    fn what_an_event_holds_is_bounded() {
        let choices = |count: usize| format!("data: {{\"choices\":[{}]}}\n\n", vec!["{}"; count].join(","));
        assert!(Assembly::new(false).feed(choices(MAX_CHOICES).as_bytes()).is_ok());
        let many = Assembly::new(false).feed(choices(100_000).as_bytes());
        assert!(matches!(many, Err(Fault::Garbage(cause)) if cause.len() < 500));
        let error = format!("data: {{\"error\":\"{}\"}}\n\n", "x".repeat(100_000));
        let reported = Assembly::new(false).feed(error.as_bytes());
        assert!(matches!(reported, Err(Fault::BrokenOff(cause)) if cause.len() < 1000));
        let id = format!(r#"{{"index":0,"id":"{}"}}"#, "x".repeat(300));
        let call = format!("data: {{\"choices\":[{{\"delta\":{{\"tool_calls\":[{id}]}}}}]}}\n\n");
        assert!(matches!(Assembly::new(false).feed(call.as_bytes()), Err(Fault::Garbage(_))));
    }

    #[test]
    fn an_absurd_call_index_is_refused() {
        let mut assembly = Assembly::new(false);
        let data = b"data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":4000000000}]}}]}\n\n";
        assert!(matches!(assembly.feed(data), Err(Fault::Garbage(_))));
    }
}
