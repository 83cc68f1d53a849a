//! One call of a contributor.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;
use wasmtime::Store;

use super::instance::{CallState, Plugin};
use super::report::CallReport;
use super::running::run;
use super::turn_input::TurnInput;
use super::wit;
use crate::message::{Contribution, Passage};
use crate::plugin::loaded::{ComponentRole, LiveExports};
use crate::plugin::process::{CallError, Failure, HeldPlace, NoPlace, StateError};
use crate::{fair, redact};

/// What came of a call, and how.
#[derive(Debug, Clone, Serialize)]
pub struct CallOutcome {
    /// What the plugin adds to the turn.
    pub result: Result<Contribution, CallError>,
    /// What the call did. There also where it failed.
    pub report: CallReport,
}

impl Plugin {
    /// Calls the plugin in a fresh instance. What it wrote to its state is kept where the result is
    /// `Ok`. Dropping the future ends the call.
    pub async fn contribute(self: &Arc<Self>, input: &TurnInput) -> CallOutcome {
        self.counted(input, Some(&input.id)).await
    }

    /// The same outside a turn: there is no trace of it.
    pub async fn try_out(self: &Arc<Self>, input: &TurnInput) -> CallOutcome {
        self.counted(input, None).await
    }

    async fn counted(self: &Arc<Self>, input: &TurnInput, trace: Option<&str>) -> CallOutcome {
        let asked = Instant::now();
        let outcome = self.call(input).await;
        self.tally.count(&outcome.result, asked.elapsed());
        let CallOutcome { result, report } = &outcome;
        self.tally.usage().note(trace, result.as_ref().err(), &report.spent(report.duration));
        outcome
    }

    async fn call(self: &Arc<Self>, input: &TurnInput) -> CallOutcome {
        let asked = Instant::now();
        let mut report = CallReport::default();
        if self.role() != ComponentRole::Contributor {
            let message = format!("plugin `{}` is a formatter and was called as a contributor", self.name());
            return CallOutcome { result: Err(CallError::Host { message }), report };
        }
        if let Err(failure) = self.check_arguments(input.arguments.as_deref()).await {
            return CallOutcome { result: Err(CallError::Failed { failure }), report };
        }
        let place =
            match self.engine.calls.enter(&Arc::from(input.app.as_str()), &self.context.holder()).await {
                Ok(place) => place,
                Err(NoPlace(message)) => {
                    report.wait = asked.elapsed();
                    return CallOutcome { result: Err(CallError::Busy { message }), report };
                }
            };
        let (mut store, ready) = self.begin(&input.conversation);
        store.data_mut().knowledge.bare_hits = input.bare_hits;
        store.data_mut().knowledge.wordings =
            input.wordings.clone().map(|wordings| (Arc::clone(&input.search_text), wordings));
        store.data_mut().arm(self.context.limits.timeout);
        let meter = store.data().meter();
        let call = ContributionCall {
            store,
            plugin: Arc::clone(self),
            input: input.clone(),
            ready,
            instantiate: Duration::ZERO,
            place,
        };
        // The call may move to another thread, which knows nothing of the task it was made in.
        // Boxed before the layers around it, each of which would move all that it holds.
        let call = fair::on_behalf_of(&input.app, Box::pin(call.run()));
        match run(&self.engine.long_lane, &self.pace, &meter, call).await {
            Ok(mut outcome) => {
                // Until it was polled for the first time, which may be on another thread.
                outcome.report.wait_since(asked);
                outcome
            }
            Err(lost) => {
                report.wait = asked.elapsed();
                CallOutcome { result: Err(lost.into()), report }
            }
        }
    }

    /// Models write broken JSON, and JSON that is not what was asked for.
    async fn check_arguments(&self, arguments: Option<&str>) -> Result<(), Failure> {
        let Some(text) = arguments else { return Ok(()) };
        let checked = self.arguments.check_arguments(text).await;
        checked.map_err(|problem| Failure::InvalidArguments(problem.to_string()))
    }
}

/// One call with all it needs, so that it can run on any thread.
struct ContributionCall {
    // Declared before the place so that it is dropped first: the place stands for the store's instance in the
    // pool.
    store: Store<CallState>,
    plugin: Arc<Plugin>,
    input: TurnInput,
    /// The instance in the store, where it was made before the call.
    ready: Option<LiveExports>,
    instantiate: Duration,
    place: HeldPlace,
}

impl ContributionCall {
    async fn run(mut self) -> CallOutcome {
        let started = Instant::now();
        let limit = self.plugin.context.limits.timeout;
        let called = tokio::time::timeout(limit, self.enter()).await;
        let mut result = self.store.data().settle(called, limit);
        let output = result.as_ref().map_or(0, size);
        if output > self.plugin.context.limits.output.0 {
            result = Err(self.store.data().too_much());
        }
        if result.is_ok()
            && let Err(error) = self.store.data_mut().commit().await
        {
            result = Err(match error {
                StateError::Late => CallError::Timeout { limit },
                error => CallError::Host { message: error.to_string() },
            });
        }
        let standard_answer = matches!(
            &result,
            Ok(Contribution::Answer { text, .. }) if self.store.data().knowledge.gave_standard_answer(text)
        );
        match &mut result {
            Ok(contribution) => blank(contribution),
            Err(CallError::Failed { failure }) => blank_text(failure.text_mut()),
            Err(_) => {}
        }
        let report = CallReport {
            started: Some(started),
            instantiate: self.instantiate,
            duration: started.elapsed(),
            standard_answer,
            output,
            ..self.store.data_mut().report()
        };
        let Self { store, plugin, place, .. } = self;
        plugin.end(store, place);
        CallOutcome { result, report }
    }

    async fn enter(&mut self) -> wasmtime::Result<Result<Contribution, Failure>> {
        let Self { store, plugin, input, ready, instantiate, .. } = self;
        let started = Instant::now();
        let exports = match ready.take() {
            Some(exports) => exports,
            None => plugin.loaded.instantiate(store).await?,
        };
        *instantiate = started.elapsed();
        wit::contribute(&exports, store, input, &plugin.config).await
    }
}

/// Takes the secrets the process knows out of what a guest gives: an API may repeat one in a spelling that
/// only a parser resolves, which is the guest's.
fn blank(contribution: &mut Contribution) {
    let passage = |passage: &mut Passage| {
        passage.section.iter_mut().chain(&mut passage.url).for_each(blank_text);
        blank_text(&mut passage.text);
        blank_text(&mut passage.title);
    };
    match contribution {
        Contribution::Passages { passages } => passages.iter_mut().for_each(passage),
        Contribution::Outcome(outcome) => {
            blank_text(&mut outcome.text);
            blank_text(&mut outcome.title);
            outcome.url.iter_mut().for_each(blank_text);
        }
        Contribution::Answer { text, sources, .. } => {
            blank_text(text);
            sources.iter_mut().for_each(passage);
        }
        Contribution::Ask { text, choices, .. } => {
            blank_text(text);
            choices.iter_mut().for_each(blank_text);
        }
        Contribution::Nothing { reason } => blank_text(reason),
    }
}

fn blank_text(text: &mut String) {
    if let Cow::Owned(clean) = redact::known().text(text) {
        *text = clean;
    }
}

/// Bytes of all texts, and something for each item, so that many empty ones count too.
fn size(contribution: &Contribution) -> usize {
    const ITEM: usize = 64;
    let passage = |passage: &Passage| {
        ITEM + passage.text.len()
            + passage.title.len()
            + passage.section.iter().map(|heading| ITEM + heading.len()).sum::<usize>()
            + passage.url.as_ref().map_or(0, String::len)
            + passage.knowledge_base.as_ref().map_or(0, String::len)
    };
    match contribution {
        Contribution::Passages { passages } => passages.iter().map(passage).sum(),
        Contribution::Outcome(outcome) => {
            outcome.text.len() + outcome.title.len() + outcome.url.as_ref().map_or(0, String::len)
        }
        Contribution::Answer { text, sources, .. } => text.len() + sources.iter().map(passage).sum::<usize>(),
        Contribution::Ask { text, choices, .. } => {
            text.len() + choices.iter().map(|choice| ITEM + choice.len()).sum::<usize>()
        }
        Contribution::Nothing { reason } => reason.len(),
    }
}
