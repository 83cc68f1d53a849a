//! Calling contributors side by side, and what their contributions amount to.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use tokio::task::JoinSet;

use super::app::{App, Contributor};
use super::error::TurnError;
use super::final_text::{FinalText, TextOrigin};
use super::flow::Flow;
use super::lack::Lack;
use super::recorder::Recorder;
use super::told;
use crate::message::{Contribution, Outcome, Passage};
use crate::plugin::{self, CallError, CallReport, TurnInput};
use crate::prompt::FailedSource;
use crate::trace::{PluginCall, STILL_RUNNING, kept_text};

/// What one plugin said: its name, and its contribution or why there is none.
pub(super) struct ContributorReply {
    pub(super) plugin: String,
    pub(super) result: Result<Contribution, CallError>,
    /// Whether it is an answer that a knowledge base gave the plugin, byte for byte.
    pub(super) is_standard: bool,
    /// What the model is told of it where it failed, wholly or in part.
    failure: Option<FailedSource>,
    /// What it needed and the turn does not hold.
    lack: Option<Lack>,
    /// Knowledge that an answer should have rested on could not be searched.
    lost_ground: bool,
    /// What failed stays so until the operator acts. What the request lacks is nothing that the operator has to do.
    lasts: bool,
}

impl ContributorReply {
    /// Whether the plugin needed what only the client can send.
    pub(super) fn lacks_variables(&self) -> bool {
        self.lack.as_ref().is_some_and(Lack::is_the_clients)
    }

    /// What the model is told where the plugin could not search all it should have.
    pub(super) fn left_out(&self) -> Option<&str> {
        self.failure.as_ref().filter(|_| self.result.is_ok()).map(|failure| failure.text.as_str())
    }

    /// Whether a plugin that got a reply still waits for one: it asks again, or could not do its part.
    pub(super) fn leaves_flow_open(&self) -> bool {
        matches!(self.result, Ok(Contribution::Ask { .. }) | Err(_))
    }
}

/// Calls plugins side by side and returns what they said in the order given, with the index of
/// each call. A failure ends the turn at once where the app says so. The trace has every call from
/// its beginning, so that also a turn that is dropped in the middle tells of it.
pub(super) async fn all(
    app: &App,
    calls: Vec<(&str, TurnInput)>,
    recorder: &mut Recorder<'_>,
) -> Result<Vec<(usize, ContributorReply)>, TurnError> {
    // Dropping the set, as when the client leaves, ends the calls.
    let mut running = FuturesUnordered::new();
    for (index, (name, input)) in calls.into_iter().enumerate() {
        let Some(contributor) = app.contributor(name) else { continue };
        let plugin = Arc::clone(&contributor.plugin);
        let (place, asked) = (recorder.trace.calls.len(), Instant::now());
        recorder.trace.calls.push(PluginCall {
            plugin: name.to_owned(),
            arguments: input.arguments.clone(),
            contribution: None,
            error: Some(STILL_RUNNING.into()),
            started_ms: recorder.since_began(asked),
            report: CallReport::default(),
        });
        let is_quick = plugin.is_quick();
        // The call takes kilobytes, and each layer around it would move them if it were not boxed.
        let call = Box::pin(async move {
            let outcome = plugin.contribute(&input).await;
            let (name, by_model) = (plugin.name().to_owned(), input.arguments.is_some());
            let error = outcome.result.as_ref().err();
            let lack = error.and_then(|error| Lack::of(&name, error, &input.variables, by_model));
            (index, (place, asked), name, by_model, lack, outcome)
        });
        running.push(if is_quick { beside(call) } else { apart(call) });
    }
    let mut all = Vec::with_capacity(running.len());
    while let Some(joined) = running.next().await {
        let (index, called, plugin, by_model, lack, outcome) =
            joined.map_err(|error| TurnError::Host(format!("a plugin call was lost: {error}")))?;
        let is_standard = outcome.report.standard_answer;
        outcome.report.degraded.iter().for_each(|base| recorder.degraded.add(base));
        // A standard answer is whole, whatever else could not be searched.
        let left_out = if is_standard { None } else { outcome.report.lack() };
        let needs_operator = !outcome.report.may_pass();
        note(recorder, called, &outcome.result, outcome.report);
        let contributor = app.contributor(&plugin);
        let missed = left_out.as_deref();
        let ends = |c| ending(c, by_model, &outcome.result, missed, needs_operator, lack.as_ref());
        if let Some(error) = contributor.and_then(ends) {
            return Err(error);
        }
        let found = !matches!(outcome.result, Ok(Contribution::Nothing { .. }));
        let text = match &outcome.result {
            Err(error) => {
                tracing::warn!(turn.id = %recorder.trace.id, plugin.name = %plugin, "Plugin `{plugin}` failed: {error}");
                Some(match &lack {
                    Some(lack) => told::lacking_source(&app.texts, lack),
                    None => told::failed_source(&app.texts, error).to_owned(),
                })
            }
            Ok(_) => left_out.map(|_| app.texts.searched_in_part(found).to_owned()),
        };
        let variables = lack.iter().flat_map(|lack| &lack.variables);
        variables.for_each(|variable| recorder.degraded.add_variable(variable));
        let lost_ground = contributor.is_some_and(|c| c.plugin.searches_knowledge())
            && match &outcome.result {
                Err(error) => !is_configured_so(error) || lack.as_ref().is_some_and(Lack::is_the_clients),
                Ok(_) => text.is_some() && !found,
            };
        let lasts =
            lack.is_none() && (needs_operator || outcome.result.as_ref().is_err_and(is_configured_so));
        let failure = text.map(|text| FailedSource { plugin: plugin.clone(), text });
        // What was found in part is told by the bases' names.
        recorder.failed(failure.as_ref().filter(|_| outcome.result.is_err() || !found));
        all.push((
            index,
            ContributorReply {
                plugin,
                result: outcome.result,
                is_standard,
                failure,
                lack,
                lost_ground,
                lasts,
            },
        ));
    }
    all.sort_by_key(|(index, _)| *index);
    Ok(all)
}

/// Notes what came of the call at a place in the trace, and when it was asked for.
fn note(
    recorder: &mut Recorder<'_>,
    (place, asked): (usize, Instant),
    result: &Result<Contribution, CallError>,
    report: CallReport,
) {
    let began = recorder.began();
    let Some(call) = recorder.trace.calls.get_mut(place) else { return };
    call.contribution = result.as_ref().ok().cloned();
    call.error = result.as_ref().err().map(|error| kept_text(&error.to_string()));
    call.report = report;
    call.report.place_in_turn(began);
    // It was asked for before its own task had a thread, and without that time its searches would end behind it.
    call.report.wait_since(asked);
}

/// A call on its way, and why it was lost where its code panicked.
type ContributionFuture<T> = Pin<Box<dyn Future<Output = Result<T, String>> + Send>>;

/// A call within the turn's own task: waking another thread for it takes longer than it does.
fn beside<T>(call: impl Future<Output = T> + Send + 'static) -> ContributionFuture<T> {
    let call = AssertUnwindSafe(call).catch_unwind();
    Box::pin(async move { call.await.map_err(|_| "it panicked".to_owned()) })
}

/// A call in a task of its own, which goes on another processor where one is free.
fn apart<T: Send + 'static>(call: impl Future<Output = T> + Send + 'static) -> ContributionFuture<T> {
    let mut task = JoinSet::new();
    task.spawn(call);
    Box::pin(async move {
        match task.join_next().await {
            Some(joined) => joined.map_err(|error| error.to_string()),
            None => Err("it has no task".to_owned()),
        }
    })
}

/// The error that a plugin's failure ends the turn with, where the app wants it to end. `lasts` says that what was not
/// searched stays so.
fn ending(
    contributor: &Contributor,
    by_model: bool,
    result: &Result<Contribution, CallError>,
    left_out: Option<&str>,
    lasts: bool,
    lack: Option<&Lack>,
) -> Option<TurnError> {
    let name = contributor.plugin.name();
    if let Some(lack) = lack {
        return contributor.ends_the_turn(true, by_model).then(|| TurnError::Lacks(lack.clone()));
    }
    let (wholly, error) = match (result, left_out) {
        // The model gave them, and may give others.
        (Err(CallError::Failed { failure: plugin::Failure::InvalidArguments(_) }), _) if by_model => {
            return None;
        }
        (Err(error @ CallError::Busy { .. }), _) => (true, TurnError::Busy(error.to_string())),
        (Err(error), _) if contributor.plugin.searches_knowledge() && !is_configured_so(error) => {
            (true, TurnError::Knowledge { cause: format!("the plugin `{name}` failed: {error}"), lasts })
        }
        (Err(error), _) => (
            true,
            TurnError::Plugin {
                plugin: name.to_owned(),
                cause: error.to_string(),
                lasts: is_configured_so(error),
            },
        ),
        (Ok(contribution), Some(left_out)) => {
            let cause = format!("the plugin `{name}` knows less than it should: {left_out}");
            (matches!(contribution, Contribution::Nothing { .. }), TurnError::Knowledge { cause, lasts })
        }
        (Ok(_), None) => return None,
    };
    contributor.ends_the_turn(wholly, by_model).then_some(error)
}

/// Whether the plugin cannot do its part as it is configured, now or later; anything else may pass.
fn is_configured_so(error: &CallError) -> bool {
    use plugin::Failure::{Denied, InvalidArguments, InvalidConfig};
    matches!(error, CallError::Failed { failure: Denied(_) | InvalidArguments(_) | InvalidConfig(_) })
}

/// What the plugins of a turn found so far.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) passages: Vec<Passage>,
    pub(super) outcomes: Vec<Outcome>,
    /// What failed of what should have been found.
    pub(super) failures: Vec<FailedSource>,
    /// What plugins needed and the question does not say.
    lacks: Vec<Lack>,
    /// Knowledge that an answer should have rested on could not be searched.
    pub(super) lost_ground: bool,
    /// Something failed that may go well later.
    may_pass: bool,
    /// What a plugin has asked the user in the turn before; it gets the reply.
    resumed: Option<Flow>,
    /// The reply is one of the choices that the plugin gave.
    is_choice: bool,
    /// The reply is a choice, and the plugin made something of it: no base has a better answer to its words.
    took_reply: bool,
    best: Option<FinalText>,
    ask: Option<FinalText>,
    answer: Option<FinalText>,
    standard: Option<FinalText>,
}

impl Findings {
    /// The findings of a turn that replies to this question back, with a choice of it or in other words.
    pub(super) fn resuming(flow: Option<&Flow>, is_choice: bool) -> Self {
        Self { resumed: flow.cloned(), is_choice, ..Self::default() }
    }

    /// Adds what a plugin said; of several answers or asks the first stays, but for the one of a plugin
    /// that the user is talking with.
    pub(super) fn add(&mut self, said: ContributorReply) {
        let by = said.plugin;
        let is_resumed = self.resumed.as_ref().is_some_and(|flow| flow.plugin == by);
        let says_nothing = matches!(said.result, Ok(Contribution::Nothing { .. }) | Err(_));
        self.took_reply |= is_resumed && self.is_choice && !says_nothing;
        self.may_pass |= said.failure.is_some() && !said.lasts;
        self.failures.extend(said.failure);
        self.lacks.extend(said.lack);
        self.lost_ground |= said.lost_ground;
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
                let origin = if said.is_standard { TextOrigin::Standard } else { TextOrigin::Plugin };
                let answer = FinalText { sources, origin, ..FinalText::of_plugin(&by, text) };
                if said.is_standard {
                    self.standard.get_or_insert_with(|| answer.clone());
                }
                // A flow that is over says so now, or nobody hears of it.
                if self.answer.is_none() || is_resumed {
                    self.answer = Some(answer);
                }
            }
            Ok(Contribution::Ask { text, choices, .. }) => {
                if self.ask.is_none() || is_resumed {
                    self.ask = Some(FinalText::of_ask(&by, text, choices));
                }
            }
            Ok(Contribution::Nothing { .. }) | Err(_) => {}
        }
    }

    /// A question back or a final answer, with the plugin it is from: an ask goes first. The one that the
    /// reply was to, asked again in any words, yields to a stored answer, which is certain: the user has asked
    /// something else meanwhile. A reply that is a choice is never something else, and a plugin that asks for another
    /// choice has taken the reply.
    pub(super) fn take_final(&mut self) -> Option<FinalText> {
        let resumed = self.resumed.as_ref();
        let resumes = |answer: &FinalText| resumed.is_some_and(|flow| flow.plugin == answer.by);
        let is_repeated =
            |ask: &FinalText| resumes(ask) && resumed.is_some_and(|flow| flow.asks(&ask.text, ask.choices()));
        let asks_again = !self.is_choice && self.ask.as_ref().is_some_and(is_repeated);
        let standard = self.standard.take().filter(|_| asks_again);
        let is_taken = |answer: &FinalText| self.took_reply && answer.origin == TextOrigin::Standard;
        let answer = self.answer.take().filter(|answer| !is_taken(answer) || resumes(answer));
        standard.or_else(|| self.ask.take()).or(answer)
    }

    /// What a direct answer gives out: the first passage or result in the app's order.
    pub(super) fn best_text(&self) -> Option<FinalText> {
        self.best.clone()
    }

    /// What the user could add, where that is all that was in the way.
    pub(super) fn lacks_in_question(&self) -> Option<Vec<&str>> {
        let could_say = |lack: &Lack| !lack.is_the_clients() && !lack.arguments.is_empty();
        let is_all = self.lacks.len() == self.failures.len() && self.lacks.iter().all(could_say);
        let names = self.lacks.iter().flat_map(|lack| &lack.arguments).map(String::as_str);
        (is_all && !self.lacks.is_empty()).then(|| names.collect())
    }

    /// Whether all that failed stays so until the operator acts.
    pub(super) fn lasts(&self) -> bool {
        !self.failures.is_empty() && !self.may_pass
    }

    pub(super) fn is_empty(&self) -> bool {
        self.passages.is_empty() && self.outcomes.is_empty()
    }
}
