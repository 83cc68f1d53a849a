//! Calling contributors side by side, and what their contributions amount to.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::app::App;
use super::error::TurnError;
use super::final_text::{FinalText, Origin};
use super::recorder::Recorder;
use crate::config::OnFailure;
use crate::message::{Contribution, Outcome, Passage};
use crate::plugin::{CallError, CallReport, TurnInput};
use crate::trace::{PluginCall, STILL_RUNNING, kept_text};

/// What one plugin said: its name, and its contribution or why there is none.
pub(super) struct Said {
    pub(super) plugin: String,
    pub(super) result: Result<Contribution, CallError>,
    /// It is an answer that a knowledge base gave it, byte for byte.
    pub(super) is_standard: bool,
}

/// Calls plugins side by side and returns what they said in the order given, with the index of
/// each call. A failure ends the turn at once where the app says so. The trace has every call from
/// its beginning, so that also a turn that is dropped in the middle tells of it.
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
        let place = recorder.trace.calls.len();
        recorder.trace.calls.push(PluginCall {
            plugin: name.to_owned(),
            arguments: input.arguments.clone(),
            contribution: None,
            error: Some(STILL_RUNNING.into()),
            report: CallReport::default(),
        });
        running.spawn(async move {
            let outcome = plugin.contribute(&input).await;
            (index, place, plugin.name().to_owned(), outcome)
        });
    }
    let mut all = Vec::with_capacity(running.len());
    while let Some(joined) = running.join_next().await {
        let (index, place, plugin, outcome) =
            joined.map_err(|error| TurnError::Host(format!("a plugin call was lost: {error}")))?;
        let is_standard = outcome.report.standard_answer;
        outcome.report.degraded.iter().for_each(|base| recorder.degraded.add(base));
        // A standard answer is whole, whatever else could not be searched.
        let lack = if is_standard { None } else { outcome.report.lack() };
        if let Some(call) = recorder.trace.calls.get_mut(place) {
            call.contribution = outcome.result.as_ref().ok().cloned();
            call.error = outcome.result.as_ref().err().map(|error| kept_text(&error.to_string()));
            call.report = outcome.report;
        }
        let on_failure = app.contributor(&plugin).map_or(OnFailure::Continue, |c| c.on_failure);
        if let (Ok(_), Some(lack), OnFailure::Fail) = (&outcome.result, lack, on_failure) {
            return Err(TurnError::Knowledge(format!(
                "the plugin `{plugin}` knows less than it should: {lack}"
            )));
        }
        if let Err(error) = &outcome.result {
            tracing::warn!(turn.id = %recorder.trace.id, plugin.name = %plugin, "Plugin `{plugin}` failed: {error}");
            if on_failure == OnFailure::Fail {
                return Err(match error {
                    CallError::Busy { .. } => TurnError::Busy(error.to_string()),
                    error => TurnError::Plugin { plugin: plugin.clone(), cause: error.to_string() },
                });
            }
        }
        all.push((index, Said { plugin, result: outcome.result, is_standard }));
    }
    all.sort_by_key(|(index, _)| *index);
    Ok(all)
}

/// What the plugins of a turn found so far.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) passages: Vec<Passage>,
    pub(super) outcomes: Vec<Outcome>,
    best: Option<FinalText>,
    ask: Option<FinalText>,
    answer: Option<FinalText>,
}

impl Findings {
    /// Adds what a plugin said; of several answers or asks the first stays.
    pub(super) fn add(&mut self, said: Said) {
        let by = said.plugin;
        match said.result {
            Ok(Contribution::Passages { passages }) => {
                if let Some(first) = passages.first() {
                    self.best.get_or_insert_with(|| FinalText::of_plugin(&by, first.text.clone()));
                }
                self.passages.extend(passages);
            }
            Ok(Contribution::Outcome(outcome)) => {
                self.best.get_or_insert_with(|| FinalText::of_plugin(&by, outcome.text.clone()));
                self.outcomes.push(outcome);
            }
            Ok(Contribution::Answer { text, sources, .. }) => {
                let origin = if said.is_standard { Origin::Standard } else { Origin::Plugin };
                self.answer.get_or_insert(FinalText { by, text, sources, origin });
            }
            Ok(Contribution::Ask { text, choices, .. }) => {
                self.ask.get_or_insert_with(|| FinalText::of_plugin(&by, with_choices(text, &choices)));
            }
            Ok(Contribution::Nothing { .. }) | Err(_) => {}
        }
    }

    /// A question back or a final answer, with the plugin it is from: an ask goes first.
    pub(super) fn take_final(&mut self) -> Option<FinalText> {
        self.ask.take().or_else(|| self.answer.take())
    }

    /// What a direct answer gives out: the first passage or result in the app's order.
    pub(super) fn best_text(&self) -> Option<FinalText> {
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
