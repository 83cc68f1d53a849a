//! A round is one answer of the model within a turn, on its way to the client.

use std::time::Instant;

use super::error::TurnError;
use super::format::{Formatting, Spares};
use super::recorder::Recorder;
use super::{Piece, TurnRequest};
use crate::llm::{AnswerEvent, ChatRequest, Ending, Model, ModelError};
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

/// What the model said beside its text.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub(super) ending: Ending,
    pub(super) reasoning: String,
    /// Which calls have gone to the client as they came; the place of each is its index there.
    handed_out: Vec<usize>,
    /// Whether there was any text, or a refusal in its place.
    has_words: bool,
    /// Whose the first call was, which decides whether calls go to the client as they come.
    begins_with_mine: Option<bool>,
}

impl Heard {
    /// The calls that the client has in its hands already, in their order; `None` where it has none.
    pub(super) fn handed_out(&self) -> Option<Vec<ToolCall>> {
        let calls = self.handed_out.iter().filter_map(|index| self.ending.tool_calls.get(*index));
        (!self.handed_out.is_empty()).then(|| calls.cloned().collect())
    }

    /// Whether the model has ended by itself and said nothing: what it thought is no answer. One that was cut off or
    /// filtered says so in its finish_reason.
    fn is_silent(&self) -> bool {
        !self.has_words && self.ending.tool_calls.is_empty() && self.ending.finish_reason == "stop"
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
        let started = Instant::now();
        recorder.begin_part();
        let mut formatting: Option<Formatting> = None;
        let mut first_text_ms = None;
        let mut heard = Heard::default();
        let mut held = String::new();
        let mut has_begun = false;
        let mut result = match model.send(chat, body).await {
            Err(error) => Err(error.into()),
            Ok(answer) => {
                has_begun = true;
                let most = self.request.app.max_answer_bytes.saturating_sub(recorder.said);
                let mut answer = answer.within(most);
                let result = loop {
                    let handed = match answer.next().await {
                        Ok(Some(AnswerEvent::Text(mut text))) => {
                            heard.has_words |= !text.trim().is_empty();
                            first_text_ms.get_or_insert_with(|| started.elapsed().as_secs_f64() * 1000.0);
                            let formatting = match &mut formatting {
                                Some(open) => open,
                                none => {
                                    let spares = Spares { standard: false, json: recorder.gives_json() };
                                    let request = self.request;
                                    let turn = request.id.as_str();
                                    none.insert(
                                        Formatting::open(&request.app, turn, self.sources, spares).await,
                                    )
                                }
                            };
                            // Each call of a formatter has its price.
                            while formatting.is_any()
                                && text.len() < MOST_GATHERED
                                && let Some(more) = answer.text_of_this_moment().await
                            {
                                text.push_str(&more);
                            }
                            recorder.hear(&text);
                            match formatting.feed(text).await {
                                Ok(text) => self.tell(text, &mut held, recorder).await,
                                Err(error) => Err(error),
                            }
                        }
                        Ok(Some(AnswerEvent::Reasoning(text))) => {
                            heard.reasoning.push_str(&text);
                            recorder.hear(&text);
                            recorder.think(text).await
                        }
                        Ok(Some(AnswerEvent::Refusal(text))) => {
                            heard.has_words = true;
                            recorder.hear(&text);
                            recorder.refuse(text).await
                        }
                        Ok(Some(AnswerEvent::Call(piece))) => {
                            recorder.hear(piece.head.as_ref().map_or("", |head| &head.name));
                            recorder.hear(&piece.arguments);
                            self.call(piece, &mut heard, recorder).await
                        }
                        Ok(Some(AnswerEvent::End(ending))) => {
                            heard.ending = ending;
                            break Ok(());
                        }
                        Ok(None) => break Ok(()),
                        Err(error) => Err(error.into()),
                    };
                    if let Err(error) = handed {
                        break Err(error);
                    }
                };
                recorder.said += answer.said();
                result
            }
        };
        if result.is_ok() && heard.is_silent() && !self.may_be_silent(recorder) {
            let thought = if heard.reasoning.is_empty() { "" } else { ", and only thought" };
            let model = model.name().to_owned();
            result = Err(ModelError::Empty { model, thought }.into());
        }
        // Also after the model's error the client gets the text that was held back; after a formatter's
        // nothing more.
        if let Some(formatting) = formatting {
            let (rest, calls) = formatting.finish(recorder.began()).await;
            recorder.trace.formatters.extend(calls);
            match rest {
                Ok(rest) => self.tell(rest, &mut held, recorder).await?,
                Err(error) => result = result.and(Err(error)),
            }
        }
        if result.is_err() || self.is_for_client(&heard) {
            recorder.say(std::mem::take(&mut held)).await?;
        }
        if let Some(call) = recorder.trace.model_calls.last_mut() {
            call.first_text_ms = first_text_ms;
            call.total_ms = started.elapsed().as_secs_f64() * 1000.0;
            call.error = result.as_ref().err().map(ToString::to_string);
            call.reasoning = kept_text(&heard.reasoning);
            call.held_back = kept_text(&held);
            call.finish_reason = heard.ending.finish_reason.clone();
            call.tool_calls = heard.ending.tool_calls.iter().map(kept_call).collect();
        }
        let took_part = has_begun && !result.as_ref().is_err_and(TurnError::is_refusal);
        recorder.spend(recorder.trace.model_calls.len().saturating_sub(1), heard.ending.usage, took_part);
        result.map(|()| heard)
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
