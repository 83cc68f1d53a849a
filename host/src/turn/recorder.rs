//! The trace of a turn while it is being written, and the client's end of it.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::mpsc;

use super::conversation::Conversation;
use super::degraded::Degraded;
use super::flow::FlowEnd;
use super::shape::Shape;
use super::{Piece, TurnEnd, TurnError, TurnRequest};
use crate::clock;
use crate::llm::Model;
use crate::prompt::Failure;
use crate::share::Share;
use crate::trace::{Expense, Trace, TraceStore, expenses};

/// Writes a turn's trace. Dropped before [`Self::finish`], it keeps what there is as `cancelled`.
pub(super) struct Recorder<'a> {
    pub(super) trace: Trace,
    started: Instant,
    traces: &'a TraceStore,
    /// Whose prices the turn's tokens cost: those the app may call, its own first.
    models: Vec<Arc<Model>>,
    /// Whose state the plugins see, once it is known.
    pub(super) conversation: Option<Conversation>,
    /// The next text begins a part of the answer of its own, such as what the model says after a tool call.
    begins_part: bool,
    /// Whether a plugin has asked the user in the turn before, and gets the reply.
    pub(super) resumed: bool,
    /// What becomes of the conversation's flow.
    pub(super) flow: FlowEnd,
    /// What the turn lacks.
    pub(super) degraded: Degraded,
    out: mpsc::Sender<Piece>,
    /// In which shape the client wants its answer.
    pub(super) shape: Shape,
    /// Bytes of what the model has said in all its answers of the turn.
    pub(super) said: usize,
    /// What the answer takes of the memory that all share.
    memory: Share,
    /// How many model calls there were when the model last thought.
    thought_in: Option<usize>,
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
        let models = [&request.app.model, &request.app.follow_up.model];
        let models = models.into_iter().flatten().cloned().collect();
        Self {
            trace,
            started: Instant::now(),
            traces,
            models,
            conversation: None,
            begins_part: false,
            resumed: false,
            flow: FlowEnd::default(),
            degraded: request.degraded.clone(),
            out,
            shape: Shape::of(&request.parameters),
            said: 0,
            memory: request.memory.clone(),
            thought_in: None,
            finished: false,
        }
    }

    /// Notes whose state the plugins see.
    pub(super) fn converse(&mut self, conversation: Conversation) {
        self.trace.state = conversation.describe().to_owned();
        self.conversation = Some(conversation);
    }

    /// Notes that a plugin failed while the turn goes on.
    pub(super) fn failed(&mut self, failure: Option<&Failure>) {
        if let Some(failure) = failure {
            self.degraded.add_plugin(&failure.plugin);
            self.trace.failures.push(failure.clone());
        }
    }

    /// What is said from now on stands apart from what was said before.
    pub(super) fn begin_part(&mut self) {
        self.begins_part = !self.trace.answer.is_empty();
    }

    /// Accounts for text that is held back.
    pub(super) fn hold(&mut self, held: &mut String, text: &str) -> Result<(), TurnError> {
        self.memory.grow(text.len()).map_err(|spent| TurnError::Busy(spent.to_string()))?;
        held.push_str(text);
        Ok(())
    }

    /// Hands text to the client. Waits while the client is slow; fails where it has left.
    pub(super) async fn say(&mut self, mut text: String) -> Result<(), TurnError> {
        if text.is_empty() {
            return Ok(());
        }
        if std::mem::take(&mut self.begins_part) {
            let ends = self.trace.answer.bytes().rev().take_while(|byte| *byte == b'\n').count();
            let begins = text.bytes().take_while(|byte| *byte == b'\n').count();
            text.insert_str(0, &"\n\n"[(ends + begins).min(2)..]);
        }
        if self.trace.first_text_ms.is_none() {
            self.trace.first_text_ms = Some(self.elapsed_ms());
        }
        self.trace.answer.push_str(&text);
        self.hand_out(Piece::Text(text)).await
    }

    /// Hands out a text that no model has worded, in the shape the client wants.
    pub(super) async fn say_final(&mut self, text: String) -> Result<(), TurnError> {
        match self.shape.wrap(text) {
            Piece::Refusal(text) => self.refuse(text).await,
            Piece::Text(text) => self.say(text).await,
            other => self.hand_out(other).await,
        }
    }

    /// Hands on what the model thinks. What it thought in an earlier round stands apart.
    pub(super) async fn think(&mut self, mut text: String) -> Result<(), TurnError> {
        let rounds = self.trace.model_calls.len();
        if self.thought_in.replace(rounds).is_some_and(|earlier| earlier != rounds) {
            text.insert_str(0, "\n\n");
        }
        self.hand_out(Piece::Reasoning(text)).await
    }

    /// Hands on why the model does not answer.
    pub(super) async fn refuse(&mut self, text: String) -> Result<(), TurnError> {
        self.trace.refusal.push_str(&text);
        self.hand_out(Piece::Refusal(text)).await
    }

    /// Hands a piece to the client, as [`Self::say`] does with text.
    pub(super) async fn hand_out(&mut self, piece: Piece) -> Result<(), TurnError> {
        // One copy for the turn or its trace, one on its way to the client.
        self.memory.grow(2 * piece.len()).map_err(|spent| TurnError::Busy(spent.to_string()))?;
        self.out.send(piece).await.map_err(|_| TurnError::ClientLeft)
    }

    /// When the turn began.
    pub(super) fn began(&self) -> Instant {
        self.started
    }

    pub(super) fn elapsed_ms(&self) -> f64 {
        self.started.elapsed().as_secs_f64() * 1000.0
    }

    /// What every call came to, each model at its own prices.
    fn expenses(&self) -> Vec<Expense> {
        expenses(&self.trace.model_calls, &self.trace.calls, |name, usage| {
            let model = self.models.iter().find(|model| model.name() == name)?;
            model.settings().cost(usage.prompt_tokens, usage.completion_tokens)
        })
    }

    /// Of all expenses; `None` where a model's price is not known, or nothing has one.
    fn cost(&self) -> Option<f64> {
        if let Some(model) = self.models.first() {
            // Of an app whose model has no price nothing is told, even where it was not asked.
            model.settings().cost(0, 0)?;
        }
        let is_known = |expense: &&Expense| expense.purpose.is_of_model() || expense.cost.is_some();
        let known = self.trace.expenses.iter().filter(is_known);
        if self.models.is_empty() && known.clone().next().is_none() {
            return None;
        }
        known.map(|expense| expense.cost).sum()
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
        self.trace.expenses = self.expenses();
        self.trace.cost = self.cost();
        if !self.finished {
            self.trace.finish_reason = "cancelled".into();
        }
        self.traces.keep(std::mem::take(&mut self.trace));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::message::{Message, Role};
    use crate::trace::TraceLimits;
    use crate::turn::{App, run};

    fn request() -> TurnRequest {
        let settings = toml::from_str("answer = \"direct\"").unwrap();
        let app =
            App::new("a", &settings, &BTreeMap::new(), &BTreeMap::new(), Vec::new(), None).ok().unwrap();
        TurnRequest {
            degraded: Default::default(),
            id: "t".into(),
            app: Arc::new(app),
            caller: None,
            conversation: None,
            messages: vec![Message::text(Role::User, "在吗")],
            variables: BTreeMap::new(),
            forced: Vec::new(),
            plain: false,
            user: None,
            parameters: Default::default(),
            client_tools: Vec::new(),
            ignored_fields: Vec::new(),
            memory: Share::default(),
        }
    }

    fn traces(folder: &std::path::Path) -> TraceStore {
        let limits = TraceLimits { traces: 1, bytes: 1 << 20 };
        let disk = Arc::new(crate::disk::Disk::of(folder));
        TraceStore::open(&folder.join("traces.db"), limits, &disk).unwrap()
    }

    #[tokio::test]
    async fn a_turn_that_finds_its_client_gone_is_cancelled_and_no_error() {
        let folder = tempfile::tempdir().unwrap();
        let traces = traces(folder.path());
        let (out, pieces) = mpsc::channel(1);
        drop(pieces);
        let result = run(request(), &traces, Duration::from_secs(60), out).await;
        assert!(matches!(result, Err(TurnError::ClientLeft)), "{result:?}");
        let trace: serde_json::Value = serde_json::from_str(&traces.get("t").unwrap().unwrap()).unwrap();
        assert_eq!(
            (&trace["finish_reason"], &trace["error"]),
            (&"cancelled".into(), &serde_json::Value::Null)
        );
    }

    #[tokio::test]
    async fn parts_of_an_answer_stand_apart() {
        let folder = tempfile::tempdir().unwrap();
        let (request, traces) = (request(), traces(folder.path()));
        let said = async |parts: &[&[&str]]| {
            let (out, mut pieces) = mpsc::channel(16);
            let mut recorder = Recorder::new(&request, &traces, out);
            for part in parts {
                recorder.begin_part();
                for piece in *part {
                    recorder.say((*piece).to_owned()).await.unwrap();
                }
            }
            let answer = recorder.trace.answer.clone();
            drop(recorder);
            let mut given = String::new();
            while let Some(piece) = pieces.recv().await {
                let Piece::Text(text) = piece else { panic!("{piece:?}") };
                given.push_str(&text);
            }
            assert_eq!(given, answer);
            answer
        };
        assert_eq!(said(&[&["我查", "一下。"], &["", "是九元。"]]).await, "我查一下。\n\n是九元。");
        assert_eq!(said(&[&["我查一下。\n"], &["是九元。"]]).await, "我查一下。\n\n是九元。");
        assert_eq!(said(&[&["我查一下。\n"], &["\n是九元。"]]).await, "我查一下。\n\n是九元。");
        assert_eq!(said(&[&[], &["是九元。"]]).await, "是九元。", "nothing stands before it");
    }
}
