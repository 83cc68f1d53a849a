//! A model words the standalone question.

use std::time::{Duration, Instant};

use crate::breaker::OpenBreaker;
use crate::llm::{AnswerEvent, ChatRequest, Ending, Model, ModelError, Parameters};
use crate::message::{Message, Role};
use crate::prompt::{cut_to, tokens_of};
use crate::texts::Texts;
use crate::trace::{ModelCall, Purpose};
use crate::turn::app::{App, FollowUpMethod};
use crate::turn::recorder::Recorder;
use crate::weight::Weight;

/// Messages of the history the model is told, the newest.
const MESSAGES: usize = 6;
/// Tokens that are kept of each of them; longer ones are cut.
const TOKENS_OF_EACH: usize = 200;
/// A standalone question of more characters is none.
const LONGEST: usize = 120;
/// What the model may spend on it.
const MOST_TOKENS: u32 = 160;

/// Why the model's wording is not used.
#[derive(Debug, thiserror::Error)]
pub(super) enum ModelFailure {
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    NotAsked(#[from] OpenBreaker),
    #[error("it took longer than follow_up_timeout = {0:?}")]
    Timeout(Duration),
    #[error("what it said is not a question to search for: {0}")]
    Unusable(&'static str),
}

/// Asks the model. The call is in the trace from its beginning, with what came of it; dropping the
/// future, as at the deadline, ends it.
pub(super) async fn standalone(
    model: &Model,
    app: &App,
    history: &[Message],
    question: &str,
    recorder: &mut Recorder<'_>,
) -> Result<String, ModelFailure> {
    let FollowUpMethod { timeout, breaker, .. } = &app.follow_up;
    let limit = *timeout;
    let attempt = breaker.admit()?;
    let messages = vec![
        Message::text(Role::System, &app.texts.rewrite),
        Message::text(Role::User, told(&app.texts, history, question)),
    ];
    let estimated_tokens = messages.iter().map(tokens_of).sum();
    let parameters = Parameters::max_tokens(MOST_TOKENS);
    let chat = ChatRequest { messages, parameters: Some(&parameters), ..ChatRequest::default() };
    let body = model.encode(&chat);
    recorder.trace.model_calls.push(ModelCall::begun(
        Purpose::FollowUp,
        model.name(),
        &body,
        estimated_tokens,
        recorder.elapsed_ms(),
    ));
    let place = recorder.trace.model_calls.len() - 1;
    let started = Instant::now();
    let mut said = ModelReply::default();
    let result = match tokio::time::timeout(limit, said.listen(model, &chat, body, started)).await {
        Ok(Ok(())) => usable(&said.text, &said.ending),
        Ok(Err(error)) => Err(error),
        Err(_) => Err(ModelFailure::Timeout(limit)),
    };
    attempt.settle(&result, |error| matches!(error, ModelFailure::Timeout(_)));
    if let Some(call) = recorder.trace.model_calls.get_mut(place) {
        call.finish_reason = said.ending.finish_reason;
        call.told_beside = said.ending.told_beside;
        call.first_text_ms = said.first_text_ms;
        call.total_ms = started.elapsed().as_secs_f64() * 1000.0;
        call.error = result.as_ref().err().map(ToString::to_string);
        call.heard = Weight::of(&said.text);
    }
    let is_refusal = matches!(&result, Err(ModelFailure::Model(error)) if error.is_refusal());
    recorder.spend(place, said.ending.usage, said.has_begun && !is_refusal);
    result
}

#[derive(Default)]
struct ModelReply {
    /// Whether the endpoint has begun to answer.
    has_begun: bool,
    text: String,
    ending: Ending,
    first_text_ms: Option<f64>,
}

impl ModelReply {
    async fn listen(
        &mut self,
        model: &Model,
        chat: &ChatRequest<'_>,
        body: bytes::Bytes,
        started: Instant,
    ) -> Result<(), ModelFailure> {
        let mut answer = model.send(chat, body).await?;
        self.has_begun = true;
        while let Some(event) = answer.next().await? {
            match event {
                AnswerEvent::Text(text) => {
                    self.first_text_ms.get_or_insert_with(|| started.elapsed().as_secs_f64() * 1000.0);
                    self.text.push_str(&text);
                    // A rewritten question of this length is useless, so the rest of the answer is not
                    // awaited.
                    if self.text.len() > LONGEST * 8 {
                        return Err(ModelFailure::Unusable("it is too long"));
                    }
                }
                AnswerEvent::Reasoning(_) | AnswerEvent::Refusal(_) | AnswerEvent::Call(_) => {}
                AnswerEvent::End(ending) => self.ending = ending,
            }
        }
        Ok(())
    }
}

/// The end of the conversation as the model reads it.
fn told(texts: &Texts, history: &[Message], question: &str) -> String {
    let spoken: Vec<&Message> = history
        .iter()
        .filter(|message| {
            matches!(message.role, Role::User | Role::Assistant) && !message.content.trim().is_empty()
        })
        .collect();
    let mut conversation = String::new();
    for message in &spoken[spoken.len().saturating_sub(MESSAGES)..] {
        let who = if message.role == Role::User { &texts.user } else { &texts.assistant };
        conversation.push_str(&format!("{who}：{}\n", cut_to(message.content.trim(), TOKENS_OF_EACH)));
    }
    texts.to_rewrite(&conversation, question)
}

/// The question in what the model said: one line, not too long, and not cut off.
fn usable(said: &str, ending: &Ending) -> Result<String, ModelFailure> {
    if !ending.tool_calls.is_empty() || ending.finish_reason == "length" {
        return Err(ModelFailure::Unusable("it is not whole"));
    }
    let mut text = said.trim();
    for label in ["改写后的问题", "改写", "问题"] {
        if let Some(rest) = text.strip_prefix(label).and_then(|rest| rest.strip_prefix(['：', ':'])) {
            text = rest.trim();
            break;
        }
    }
    for (open, close) in [('“', '”'), ('"', '"'), ('「', '」'), ('《', '》'), ('`', '`')] {
        if let Some(inner) = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)) {
            text = inner.trim();
        }
    }
    if !text.chars().any(char::is_alphanumeric) {
        return Err(ModelFailure::Unusable("it is empty"));
    }
    if text.chars().any(char::is_control) {
        return Err(ModelFailure::Unusable("it is not one line"));
    }
    if text.chars().count() > LONGEST {
        return Err(ModelFailure::Unusable("it is too long"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests;
