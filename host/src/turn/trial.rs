//! A trial is one answer of an app's model to a prompt that was made again. It is not a turn: no plugin is called, and
//! nothing of it is kept.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::app::App;
use super::error::TurnError;
use crate::llm::{AnswerEvent, ChatRequest, Model, Usage};
use crate::trace::{ModelCall, Purpose};
use crate::weight::Weight;

/// What the model said.
#[derive(Debug, Serialize)]
pub struct PromptTrial {
    /// The model that was asked.
    pub model: String,
    /// Its answer; a refusal counts as one.
    pub text: String,
    /// How it ended; `tool_calls` where the model wanted a tool, which no trial calls.
    pub finish_reason: String,
    /// The tokens that the endpoint counted, or the host in its place.
    pub usage: Option<Usage>,
    /// What they cost, where the model has prices.
    pub cost: Option<f64>,
    /// From the question to the first text, in milliseconds.
    pub first_text_ms: Option<f64>,
    /// From the question to the end, in milliseconds.
    pub total_ms: f64,
}

impl App {
    /// Asks its model with a request as [`super::Replayed`] has it; `None` where no model answers for it. Dropping the
    /// future ends the work upstream.
    pub async fn tried(&self, request_text: &str, limit: Duration) -> Option<Result<PromptTrial, TurnError>> {
        let model = self.answering_model()?;
        let asking = asked(model, request_text.to_owned(), self.max_answer_bytes);
        Some(tokio::time::timeout(limit, asking).await.unwrap_or(Err(TurnError::Timeout(limit))))
    }
}

async fn asked(model: &Model, request_text: String, most: usize) -> Result<PromptTrial, TurnError> {
    let started = Instant::now();
    let passed = || started.elapsed().as_secs_f64() * 1000.0;
    let asked = Weight::of(&request_text).tokens();
    let mut call = ModelCall::begun(Purpose::Answer, model.name(), request_text.as_bytes(), asked, 0.0);
    let mut answer = model.send(&ChatRequest::default(), request_text.into()).await?.within(most);
    let mut trial = PromptTrial {
        model: model.name().to_owned(),
        text: String::new(),
        finish_reason: String::new(),
        usage: None,
        cost: None,
        first_text_ms: None,
        total_ms: 0.0,
    };
    while let Some(event) = answer.next().await? {
        match event {
            AnswerEvent::Text(text) | AnswerEvent::Refusal(text) => {
                call.heard = call.heard.plus(Weight::of(&text));
                trial.first_text_ms.get_or_insert_with(passed);
                trial.text.push_str(&text);
            }
            AnswerEvent::Reasoning(text) => call.heard = call.heard.plus(Weight::of(&text)),
            AnswerEvent::Call(piece) => call.heard = call.heard.plus(Weight::of(&piece.arguments)),
            AnswerEvent::End(ending) => {
                trial.finish_reason = ending.finish_reason;
                trial.usage = Some(call.spent(ending.usage));
            }
        }
    }
    trial.cost =
        trial.usage.and_then(|usage| model.settings().cost(usage.prompt_tokens, usage.completion_tokens));
    trial.total_ms = passed();
    Ok(trial)
}
