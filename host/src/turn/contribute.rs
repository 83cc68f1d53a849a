//! Calling contributors side by side, and what their contributions amount to.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::app::App;
use super::error::TurnError;
use super::recorder::Recorder;
use crate::config::OnFailure;
use crate::message::{Contribution, Outcome, Passage};
use crate::plugin::{CallError, TurnInput};
use crate::trace::PluginCall;

/// What one plugin said: its name, and its contribution or why there is none.
pub(super) struct Said {
    pub(super) plugin: String,
    pub(super) result: Result<Contribution, CallError>,
}

/// Calls plugins side by side and returns what they said in the order given, with the index of
/// each call. A failure ends the turn where the app says so.
pub(super) async fn all(
    app: &App,
    calls: Vec<(&str, TurnInput)>,
    recorder: &mut Recorder<'_>,
) -> Result<Vec<(usize, Said)>, TurnError> {
    // Dropping the set, as when the client leaves, ends the calls.
    let mut running = JoinSet::new();
    for (index, (name, input)) in calls.into_iter().enumerate() {
        let Some(contributor) = app.contributor(name) else { continue };
        let plugin = Arc::clone(&contributor.plugin);
        running.spawn(async move {
            let outcome = plugin.contribute(&input).await;
            (index, plugin.name().to_owned(), input.arguments, outcome)
        });
    }
    let mut done = Vec::with_capacity(running.len());
    while let Some(joined) = running.join_next().await {
        done.push(joined.map_err(|error| TurnError::Host(format!("a plugin call was lost: {error}")))?);
    }
    done.sort_by_key(|(index, ..)| *index);
    let mut all = Vec::with_capacity(done.len());
    let mut fatal = None;
    for (index, plugin, arguments, outcome) in done {
        recorder.trace.calls.push(PluginCall {
            plugin: plugin.clone(),
            arguments,
            contribution: outcome.result.as_ref().ok().cloned(),
            error: outcome.result.as_ref().err().map(ToString::to_string),
            report: outcome.report,
        });
        if let Err(error) = &outcome.result {
            tracing::warn!(turn.id = %recorder.trace.id, plugin.name = %plugin, "Plugin `{plugin}` failed: {error}");
            let on_failure = app.contributor(&plugin).map_or(OnFailure::Continue, |c| c.on_failure);
            if on_failure == OnFailure::Fail && fatal.is_none() {
                fatal = Some(match error {
                    CallError::Busy => TurnError::Busy(error.to_string()),
                    error => TurnError::Plugin { plugin: plugin.clone(), cause: error.to_string() },
                });
            }
        }
        all.push((index, Said { plugin, result: outcome.result }));
    }
    match fatal {
        Some(error) => Err(error),
        None => Ok(all),
    }
}

/// What the plugins of a turn found so far.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) passages: Vec<Passage>,
    pub(super) outcomes: Vec<Outcome>,
    best: Option<(String, String)>,
    ask: Option<(String, String)>,
    answer: Option<(String, String)>,
}

impl Findings {
    /// Adds what a plugin said; of several answers or asks the first stays.
    pub(super) fn add(&mut self, said: Said) {
        let by = said.plugin;
        match said.result {
            Ok(Contribution::Passages { passages }) => {
                if let Some(first) = passages.first() {
                    self.best.get_or_insert_with(|| (by, first.text.clone()));
                }
                self.passages.extend(passages);
            }
            Ok(Contribution::Outcome(outcome)) => {
                self.best.get_or_insert_with(|| (by, outcome.text.clone()));
                self.outcomes.push(outcome);
            }
            Ok(Contribution::Answer { text, .. }) => _ = self.answer.get_or_insert((by, text)),
            Ok(Contribution::Ask { text, choices, .. }) => {
                _ = self.ask.get_or_insert_with(|| (by, with_choices(text, &choices)));
            }
            Ok(Contribution::Nothing { .. }) | Err(_) => {}
        }
    }

    /// A question back or a final answer, with the plugin it is from: an ask goes first.
    pub(super) fn take_final(&mut self) -> Option<(String, String)> {
        self.ask.take().or_else(|| self.answer.take())
    }

    /// What a direct answer gives out: the first passage or result in the app's order.
    pub(super) fn best_text(&self) -> Option<(String, String)> {
        self.best.clone()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.passages.is_empty() && self.outcomes.is_empty()
    }
}

fn with_choices(mut text: String, choices: &[String]) -> String {
    for (index, choice) in choices.iter().enumerate() {
        text.push_str(&format!("\n{}. {choice}", index + 1));
    }
    text
}
