//! An answer on its way through the app's formatters.

use super::app::App;
use crate::message::Passage;
use crate::plugin::{CallError, FormatSession};

/// The formatters of one answer, in order. A formatter that fails is left out from then on, so
/// that the client still gets its answer.
pub(super) struct Formatting {
    stages: Vec<Stage>,
    errors: Vec<String>,
}

struct Stage {
    name: String,
    session: Option<FormatSession>,
    /// What went in since the formatter last returned text: what a failure would swallow.
    pending: String,
}

impl Formatting {
    pub(super) async fn open(app: &App, sources: &[Passage]) -> Self {
        let mut formatting = Self { stages: Vec::new(), errors: Vec::new() };
        for plugin in &app.formatters {
            match plugin.format(sources).await {
                Ok(session) => formatting.stages.push(Stage {
                    name: plugin.name().to_owned(),
                    session: Some(session),
                    pending: String::new(),
                }),
                Err(error) => formatting.errors.push(format!("{}: {error}", plugin.name())),
            }
        }
        formatting
    }

    /// Takes a piece of the answer and returns what may go to the client.
    pub(super) async fn feed(&mut self, mut text: String) -> String {
        for stage in &mut self.stages {
            if text.is_empty() {
                break;
            }
            text = stage.feed(text, &mut self.errors).await;
        }
        text
    }

    /// The answer is over: returns what was held back, and what went wrong on the way.
    pub(super) async fn finish(mut self) -> (String, Vec<String>) {
        let mut carried = String::new();
        for mut stage in self.stages {
            let mut text = if carried.is_empty() { carried } else { stage.feed(carried, &mut self.errors).await };
            text.push_str(&stage.finish(&mut self.errors).await);
            carried = text;
        }
        (carried, self.errors)
    }
}

impl Stage {
    async fn feed(&mut self, text: String, errors: &mut Vec<String>) -> String {
        let Some(session) = &mut self.session else { return text };
        self.pending.push_str(&text);
        match session.feed(&text).await {
            Ok(formatted) => {
                if !formatted.is_empty() {
                    self.pending.clear();
                }
                formatted
            }
            Err(error) => self.give_up(&error, errors),
        }
    }

    async fn finish(&mut self, errors: &mut Vec<String>) -> String {
        let Some(session) = self.session.take() else { return String::new() };
        match session.finish().await {
            Ok(rest) => rest,
            Err(error) => self.give_up(&error, errors),
        }
    }

    fn give_up(&mut self, error: &CallError, errors: &mut Vec<String>) -> String {
        errors.push(format!("{}: {error}", self.name));
        self.session = None;
        std::mem::take(&mut self.pending)
    }
}
