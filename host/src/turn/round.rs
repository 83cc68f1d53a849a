//! A round is one answer of the model within a turn, on its way to the client.

use std::time::Instant;

use super::error::TurnError;
use super::format::{Formatting, Spares};
use super::recorder::Recorder;
use super::{Piece, TurnRequest};
use crate::llm::{AnswerEvent, AnswerStream, ChatRequest, Ending, Model, ModelError};
use crate::message::{CallHead, CallPiece, Passage, ToolCall};
use crate::trace::kept_text;

/// Bytes of text that come in one moment and go to a formatter in one call.
const MOST_GATHERED: usize = 4 << 10;

/// What a round needs.
pub(super) struct Round<'a> {
    pub(super) request: &'a TurnRequest,
    /// What may be cited in it.
    pub(super) sources: &'a [Passage],
    /// Names of the client's own tools.
    pub(super) mine: &'a [&'a str],
    /// Whether the model has tools of plugins too: then nobody knows before the answer's end whether a call
    /// of the client's tool stands alone, and it is not handed out.
    pub(super) has_plugins: bool,
}

/// What the model said.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub(super) ending: Ending,
    pub(super) reasoning: String,
    /// Its text as it came, which no formatter has changed.
    pub(super) text: String,
    /// Which calls have gone to the client as they came; the place of each is its index there.
    handed_out: Vec<usize>,
    /// Whether there was any text, or a refusal in its place.
    has_words: bool,
    /// Whether the first call was of a tool of the client's, which decides whether calls go to the client as
    /// they come.
    begins_with_mine: Option<bool>,
}

impl Heard {
    /// The calls that the client has in its hands already, in their order; `None` where it has none.
    pub(super) fn handed_out(&self) -> Option<Vec<ToolCall>> {
        let calls = self.handed_out.iter().filter_map(|index| self.ending.tool_calls.get(*index));
        (!self.handed_out.is_empty()).then(|| calls.cloned().collect())
    }

    /// Whether the model has ended by itself and said nothing: what it thought is not an answer. One that was cut off or
    /// filtered says so in its finish_reason.
    fn is_silent(&self) -> bool {
        !self.has_words && self.ending.tool_calls.is_empty() && self.ending.finish_reason == "stop"
    }
}

/// An answer while it is heard.
struct Hearing {
    started: Instant,
    first_text_ms: Option<f64>,
    /// Opened with the first text.
    formatting: Option<Formatting>,
    /// Opened before that, and still without a text.
    ahead: Option<Formatting>,
    /// Text that waits for the round's end.
    held: String,
    heard: Heard,
}

impl Hearing {
    fn passed_ms(&self) -> f64 {
        self.started.elapsed().as_secs_f64() * 1000.0
    }
}

impl Round<'_> {
    /// Streams one answer to the client, its text through the formatters.
    pub(super) async fn run(
        self,
        model: &Model,
        chat: &ChatRequest<'_>,
        body: bytes::Bytes,
        recorder: &mut Recorder<'_>,
    ) -> Result<Heard, TurnError> {
        recorder.begin_part();
        let (started, heard) = (Instant::now(), Heard::default());
        let held = String::new();
        let mut hearing =
            Hearing { started, first_text_ms: None, formatting: None, ahead: None, held, heard };
        let mut has_begun = false;
        let most = self.request.app.max_answer_bytes.saturating_sub(recorder.said);
        // What is over once the answer begins stands apart: the turn's future is as large as the largest of its steps,
        // and would keep their room for as long as the answer takes. The same goes for each place an answer is moved to.
        let send = Box::pin(async move {
            let answer = model.send(chat, body).await?;
            Ok::<_, ModelError>(Box::new(answer.within(most)))
        });
        let ahead = Box::pin(self.open_ahead(recorder.gives_json()));
        let (sent, ahead) = futures_util::future::join(send, ahead).await;
        hearing.ahead = ahead;
        let mut result = match sent {
            Err(error) => Err(error.into()),
            Ok(mut answer) => {
                has_begun = true;
                let result = self.hear(&mut answer, &mut hearing, recorder).await;
                recorder.said += answer.said();
                result
            }
        };
        if result.is_ok() && hearing.heard.is_silent() && !self.may_be_silent(recorder) {
            let thought = if hearing.heard.reasoning.is_empty() { "" } else { ", and only thought" };
            let model = model.name().to_owned();
            result = Err(ModelError::Empty { model, thought }.into());
        }
        // The client gets the text that was held back after the model's error too; after a formatter's error it gets
        // nothing more.
        if let Some(formatting) = hearing.formatting.take() {
            let (rest, calls) = formatting.finish(recorder.began()).await;
            recorder.trace.formatters.extend(calls);
            match rest {
                Ok(rest) => self.tell(rest, &mut hearing.held, recorder).await?,
                Err(error) => result = result.and(Err(error)),
            }
        }
        if result.is_err() || self.is_for_client(&hearing.heard) {
            recorder.say(std::mem::take(&mut hearing.held)).await?;
        }
        if let Some(call) = recorder.trace.model_calls.last_mut() {
            call.first_text_ms = hearing.first_text_ms;
            call.total_ms = hearing.passed_ms();
            call.error = result.as_ref().err().map(ToString::to_string);
            call.reasoning = kept_text(&hearing.heard.reasoning);
            call.held_back = kept_text(&hearing.held);
            call.finish_reason = hearing.heard.ending.finish_reason.clone();
            call.told_beside = hearing.heard.ending.told_beside.clone();
            call.tool_calls = hearing.heard.ending.tool_calls.iter().map(kept_call).collect();
        }
        let took_part = has_begun && !result.as_ref().is_err_and(TurnError::is_refusal);
        let call = recorder.trace.model_calls.len().saturating_sub(1);
        recorder.spend(call, hearing.heard.ending.usage, took_part);
        result.map(|()| hearing.heard)
    }

    /// The formatters of the answer.
    async fn open(&self, json: bool) -> Formatting {
        let Self { request, sources, .. } = self;
        let spares = Spares { standard: false, json };
        Formatting::open(&request.app, &request.id, sources, spares).await
    }

    /// Opens the formatters while the request is on its way to the model, where that keeps nothing from others: their begin
    /// then does not stand between the model's first words and the client. Whatever fails in it is told at the first text.
    async fn open_ahead(&self, json: bool) -> Option<Formatting> {
        // A round that may be calls alone needs none.
        let may_call = self.has_plugins || !self.mine.is_empty();
        if may_call || !Formatting::opens_at_once(&self.request.app, Spares { standard: false, json }) {
            return None;
        }
        // The request goes out first.
        tokio::task::yield_now().await;
        Some(self.open(json).await)
    }

    /// Hears an answer to its end.
    async fn hear(
        &self,
        answer: &mut AnswerStream,
        hearing: &mut Hearing,
        recorder: &mut Recorder<'_>,
    ) -> Result<(), TurnError> {
        while let Some(event) = answer.next().await? {
            match event {
                AnswerEvent::Text(text) => self.text(text, answer, hearing, recorder).await?,
                AnswerEvent::Reasoning(text) => {
                    hearing.heard.reasoning.push_str(&text);
                    recorder.hear(&text);
                    recorder.think(text).await?;
                }
                AnswerEvent::Refusal(text) => {
                    hearing.heard.has_words = true;
                    recorder.hear(&text);
                    recorder.refuse(text).await?;
                }
                AnswerEvent::Call(piece) => {
                    recorder.hear(piece.head.as_ref().map_or("", |head| &head.name));
                    recorder.hear(&piece.arguments);
                    self.call(piece, &mut hearing.heard, recorder).await?;
                }
                AnswerEvent::End(ending) => {
                    hearing.heard.ending = ending;
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Passes text through the formatters, with what comes in the same moment: each call of a formatter has its price.
    async fn text(
        &self,
        mut text: String,
        answer: &mut AnswerStream,
        hearing: &mut Hearing,
        recorder: &mut Recorder<'_>,
    ) -> Result<(), TurnError> {
        hearing.heard.has_words |= !text.trim().is_empty();
        let passed = hearing.passed_ms();
        hearing.first_text_ms.get_or_insert(passed);
        let formatting = match (&mut hearing.formatting, hearing.ahead.take()) {
            (Some(open), _) => open,
            (none, Some(open)) => none.insert(open),
            // Boxed as what comes before the answer is.
            (none, None) => none.insert(Box::pin(self.open(recorder.gives_json())).await),
        };
        while formatting.is_any()
            && text.len() < MOST_GATHERED
            && let Some(more) = answer.text_of_this_moment().await
        {
            text.push_str(&more);
        }
        recorder.hear(&text);
        hearing.heard.text.push_str(&text);
        let text = formatting.feed(text).await?;
        self.tell(text, &mut hearing.held, recorder).await
    }

    /// Whether an answer without a word may be meant: the client's own words end it (`stop`), the client works with tools
    /// of its own and has heard enough, or something was said before.
    fn may_be_silent(&self, recorder: &Recorder<'_>) -> bool {
        self.request.parameters.get("stop").is_some()
            || !self.request.client_tools.is_empty()
            || !recorder.trace.answer.trim().is_empty()
    }

    /// Hands text out, or keeps it until the round is over.
    async fn tell(
        &self,
        text: String,
        held: &mut String,
        recorder: &mut Recorder<'_>,
    ) -> Result<(), TurnError> {
        if self.holds(held, &text, recorder) { recorder.hold(held, &text) } else { recorder.say(text).await }
    }

    /// Whether text waits until the round is over: a program that reads JSON breaks on what stands before it,
    /// as a model says it that then calls a tool. Where nothing but the answer is to be expected, what begins
    /// as JSON does goes out at once.
    fn holds(&self, held: &str, text: &str, recorder: &Recorder<'_>) -> bool {
        let begins_json = |text: &str| text.trim_start().starts_with(['{', '[']);
        recorder.gives_json()
            && (self.has_plugins
                || !held.is_empty()
                || recorder.trace.answer.is_empty() && !begins_json(text))
    }

    /// Whether the round ends the turn, with an answer or with calls of the client's tools.
    fn is_for_client(&self, heard: &Heard) -> bool {
        !heard.handed_out.is_empty()
            || heard.ending.tool_calls.iter().all(|call| self.mine.contains(&call.name.as_str()))
    }

    /// Hands a piece of a call on where it is of the client's own tools and nothing can come between.
    async fn call(
        &self,
        mut piece: CallPiece,
        heard: &mut Heard,
        recorder: &mut Recorder<'_>,
    ) -> Result<(), TurnError> {
        if let Some(head) = &piece.head {
            let is_mine = self.mine.contains(&head.name.as_str());
            let decided = *heard.begins_with_mine.get_or_insert(is_mine);
            if decided && is_mine && !self.has_plugins {
                heard.handed_out.push(piece.index);
            }
        }
        match heard.handed_out.iter().rposition(|index| *index == piece.index) {
            Some(there) => {
                piece.index = there;
                recorder.hand_out(Piece::Call(Box::new(piece))).await
            }
            None => Ok(()),
        }
    }
}

/// Hands out calls that were held back, each in one piece.
pub(super) async fn hand_out(calls: &[ToolCall], recorder: &mut Recorder<'_>) -> Result<(), TurnError> {
    for (index, call) in calls.iter().enumerate() {
        let head = Some(CallHead { id: call.id.clone(), name: call.name.clone() });
        let piece = CallPiece { index, head, arguments: call.arguments.clone() };
        recorder.hand_out(Piece::Call(Box::new(piece))).await?;
    }
    Ok(())
}

/// A call as the trace keeps it.
fn kept_call(call: &ToolCall) -> ToolCall {
    ToolCall { id: call.id.clone(), name: call.name.clone(), arguments: kept_text(&call.arguments) }
}
