//! The trace of a turn while it is being written.

use std::time::Instant;

use tokio::sync::mpsc;

use super::client_end::ClientEnd;
use super::conversation::Conversation;
use super::degraded::Degraded;
use super::flow::FlowEnd;
use super::prices::Prices;
use super::{Piece, TurnEnd, TurnError, TurnRequest};
use crate::clock;
use crate::llm::Usage;
use crate::prompt::FailedSource;
use crate::trace::{AnswerKind, STILL_RUNNING, StepTime, Trace, TraceStore};
use crate::weight::Weight;

/// Writes a turn's trace. Dropped before [`Self::finish`], it keeps what there is as `cancelled`.
pub(super) struct Recorder<'a> {
    pub(super) trace: Trace,
    started: Instant,
    traces: &'a TraceStore,
    prices: Prices,
    client: ClientEnd,
    /// The conversation whose state the plugins see, once it is known.
    pub(super) conversation: Option<Conversation>,
    /// Whether a plugin has asked the user in the turn before, and gets the reply.
    pub(super) resumed: bool,
    /// What becomes of the conversation's flow.
    pub(super) flow: FlowEnd,
    /// What the turn lacks.
    pub(super) degraded: Degraded,
    /// Bytes of what the model has said in all its answers of the turn.
    pub(super) said: usize,
    finished: bool,
}

impl<'a> Recorder<'a> {
    pub(super) fn new(request: &TurnRequest, traces: &'a TraceStore, out: mpsc::Sender<Piece>) -> Self {
        let trace = Trace {
            id: request.id.clone(),
            created: clock::seconds(),
            app: request.app.name.clone(),
            conversation: request.conversation.clone().unwrap_or_else(|| request.id.clone()),
            variables: request.variables.clone(),
            ignored_fields: request.ignored_fields.clone(),
            ..Trace::default()
        };
        Self {
            trace,
            started: Instant::now(),
            traces,
            prices: Prices::of(&request.app),
            client: ClientEnd::new(request, out),
            conversation: None,
            resumed: false,
            flow: FlowEnd::default(),
            degraded: request.degraded.clone(),
            said: 0,
            finished: false,
        }
    }

    /// Notes whose state the plugins see.
    pub(super) fn converse(&mut self, conversation: Conversation) {
        self.trace.state = conversation.describe().to_owned();
        self.conversation = Some(conversation);
    }

    /// Notes who words the answer. Where nothing comes of it, nobody has.
    pub(super) fn answers(&mut self, kind: AnswerKind, by: String) {
        self.trace.answer_kind = Some(kind);
        self.trace.answered_by = by;
    }

    /// Notes that a plugin failed while the turn goes on.
    pub(super) fn failed(&mut self, failure: Option<&FailedSource>) {
        if let Some(failure) = failure {
            self.degraded.add_plugin(&failure.plugin);
            self.trace.failures.push(failure.clone());
        }
    }

    /// What is said from now on stands apart from what was said before.
    pub(super) fn begin_part(&mut self) {
        self.client.begin_part(&self.trace.answer);
    }

    /// Accounts for text that is held back.
    pub(super) fn hold(&mut self, held: &mut String, text: &str) -> Result<(), TurnError> {
        self.client.hold(held, text)
    }

    /// Accounts for what came from the model that is called: what is not told of it is estimated.
    pub(super) fn hear(&mut self, text: &str) {
        if let Some(call) = self.trace.model_calls.last_mut() {
            call.heard = call.heard.plus(Weight::of(text));
        }
    }

    /// The model's call at this place has ended, and this is what its endpoint counted. `took_part` says whether it was at
    /// work: where it was not, and nothing came of it, it took nothing.
    pub(super) fn spend(&mut self, place: usize, told: Option<Usage>, took_part: bool) {
        if let Some(call) = self.trace.model_calls.get_mut(place) {
            if !took_part && told.is_none() && call.heard == Weight::default() {
                return;
            }
            let usage = call.spent(told);
            call.usage = Some(usage);
            self.trace.usage += usage;
        }
    }

    /// Hands text to the client. Waits while the client is slow; fails where it has left.
    pub(super) async fn say(&mut self, text: String) -> Result<(), TurnError> {
        if text.is_empty() {
            return Ok(());
        }
        let text = self.client.behind(&self.trace.answer, text);
        if self.trace.first_text_ms.is_none() {
            self.trace.first_text_ms = Some(self.elapsed_ms());
        }
        self.trace.answer.push_str(&text);
        self.hand_out(Piece::Text(text)).await
    }

    /// Hands out a text that no model has worded, in the shape the client wants.
    pub(super) async fn say_final(&mut self, text: String) -> Result<(), TurnError> {
        match self.client.shape.wrap(text) {
            Piece::Refusal(text) => self.refuse(text).await,
            Piece::Text(text) => self.say(text).await,
            other => self.hand_out(other).await,
        }
    }

    /// Hands on what the model thinks. What it thought in an earlier round stands apart.
    pub(super) async fn think(&mut self, text: String) -> Result<(), TurnError> {
        self.client.think(self.trace.model_calls.len(), text).await
    }

    /// Whether the client wants JSON and nothing else.
    pub(super) fn gives_json(&self) -> bool {
        self.client.shape.is_json()
    }

    /// Hands on why the model does not answer.
    pub(super) async fn refuse(&mut self, text: String) -> Result<(), TurnError> {
        self.trace.refusal.push_str(&text);
        self.hand_out(Piece::Refusal(text)).await
    }

    /// Hands a piece to the client, as [`Self::say`] does with text.
    pub(super) async fn hand_out(&mut self, piece: Piece) -> Result<(), TurnError> {
        self.client.hand_out(piece).await
    }

    /// When the turn began.
    pub(super) fn began(&self) -> Instant {
        self.started
    }

    pub(super) fn elapsed_ms(&self) -> f64 {
        self.since_began(Instant::now())
    }

    /// The time of a step that began then and ends now.
    pub(super) fn step_since(&self, moment: Instant) -> StepTime {
        let started_ms = self.since_began(moment);
        StepTime { started_ms, duration_ms: self.elapsed_ms() - started_ms }
    }

    /// Milliseconds from the turn's begin to that moment.
    pub(super) fn since_began(&self, moment: Instant) -> f64 {
        moment.saturating_duration_since(self.started).as_secs_f64() * 1000.0
    }

    pub(super) fn finish(mut self, result: &Result<TurnEnd, TurnError>) {
        match result {
            Ok(end) => self.trace.finish_reason = end.finish_reason.clone(),
            // Whether a turn at work learns it here or is dropped is a matter of microseconds.
            Err(TurnError::ClientLeft) => return,
            Err(error) => {
                self.trace.finish_reason = "error".into();
                self.trace.error = Some(error.to_string());
                self.trace.refused = error.refuses();
            }
        }
        self.finished = true;
    }
}

impl Drop for Recorder<'_> {
    fn drop(&mut self) {
        self.trace.total_ms = self.elapsed_ms();
        self.trace.degraded = self.degraded.names();
        // However the turn ended, the tokens until then were spent.
        for place in 0..self.trace.model_calls.len() {
            if self.trace.model_calls[place].error.as_deref() == Some(STILL_RUNNING) {
                self.spend(place, None, true);
            }
        }
        self.trace.expenses = self.prices.expenses(&self.trace);
        self.trace.cost = self.prices.cost(&self.trace.expenses);
        if !self.finished {
            self.trace.finish_reason = "cancelled".into();
        }
        let said_nothing = self.trace.answer.is_empty() && self.trace.refusal.is_empty();
        if said_nothing && matches!(self.trace.finish_reason.as_str(), "error" | "cancelled") {
            (self.trace.answered_by, self.trace.answer_kind) = (String::new(), None);
            self.trace.spared_model = false;
        }
        self.traces.keep(std::mem::take(&mut self.trace));
    }
}

#[cfg(test)]
mod tests;
