//! An answer on its way through the app's formatters.

use super::app::App;
use crate::message::Passage;
use crate::plugin::{CallError, FormatSession};
use crate::trace::FormatterCall;

/// The formatters of one answer, in order. A formatter that fails is left out from then on, so
/// that the client still gets its answer.
pub(super) struct Formatting {
    stages: Vec<Stage>,
}

struct Stage {
    name: String,
    session: Option<FormatSession>,
    /// What went in since the formatter last returned text: what a failure would swallow.
    pending: String,
    error: Option<String>,
}

impl Formatting {
    pub(super) async fn open(app: &App, sources: &[Passage]) -> Self {
        let mut stages = Vec::with_capacity(app.formatters.len());
        for plugin in &app.formatters {
            let (session, error) = match plugin.format(sources).await {
                Ok(session) => (Some(session), None),
                Err(error) => (None, Some(error.to_string())),
            };
            stages.push(Stage { name: plugin.name().to_owned(), session, pending: String::new(), error });
        }
        Self { stages }
    }

    /// Takes a piece of the answer and returns what may go to the client.
    pub(super) async fn feed(&mut self, mut text: String) -> String {
        for stage in &mut self.stages {
            if text.is_empty() {
                break;
            }
            text = stage.feed(text).await;
        }
        text
    }

    /// The answer is over: returns what was held back, and what each formatter did.
    pub(super) async fn finish(self) -> (String, Vec<FormatterCall>) {
        let mut carried = String::new();
        let mut calls = Vec::with_capacity(self.stages.len());
        for mut stage in self.stages {
            let mut text = if carried.is_empty() { carried } else { stage.feed(carried).await };
            let (rest, call) = stage.finish().await;
            text.push_str(&rest);
            carried = text;
            calls.push(call);
        }
        (carried, calls)
    }
}

impl Stage {
    async fn feed(&mut self, text: String) -> String {
        let Some(session) = &mut self.session else { return text };
        self.pending.push_str(&text);
        match session.feed(&text).await {
            Ok(formatted) => {
                if !formatted.is_empty() {
                    self.pending.clear();
                }
                formatted
            }
            Err(error) => self.give_up(&error),
        }
    }

    async fn finish(mut self) -> (String, FormatterCall) {
        let mut report = None;
        let mut rest = String::new();
        if let Some(session) = self.session.take() {
            let (result, said) = session.finish().await;
            report = Some(said);
            rest = match result {
                Ok(rest) => rest,
                Err(error) => self.give_up(&error),
            };
        }
        (rest, FormatterCall { plugin: self.name, error: self.error, report })
    }

    fn give_up(&mut self, error: &CallError) -> String {
        self.error = Some(error.to_string());
        self.session = None;
        std::mem::take(&mut self.pending)
    }
}
