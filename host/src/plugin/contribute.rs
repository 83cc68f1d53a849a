//! One call of a contributor.

use std::time::Instant;

use serde::Serialize;

use super::{
    call::{Guest, new_store},
    component::{Plugin, problems},
    error::{CallError, Failure},
    report::CallReport,
    wit::Role,
};
use crate::message::{Contribution, Message, Passage};

/// What a contributor is told of a turn.
#[derive(Debug, Clone, Default)]
pub struct TurnInput {
    /// The turn's id.
    pub id: String,
    /// The app that serves the turn.
    pub app: String,
    /// What the plugin's state belongs to.
    pub conversation: String,
    /// The user's last message.
    pub question: String,
    /// The question made standalone; equal to it where it stands by itself.
    pub search_text: String,
    /// What was said before the question, oldest first.
    pub history: Vec<Message>,
    /// The client's variables.
    pub variables: Vec<(String, String)>,
    /// JSON the model chose, not yet checked; `None` where it was not the model that chose.
    pub arguments: Option<String>,
}

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
    pub async fn contribute(&self, input: &TurnInput) -> CallOutcome {
        let mut report = CallReport::default();
        if self.role() != Role::Contributor {
            let message = format!("plugin `{}` is a formatter and was called as a contributor", self.name());
            return CallOutcome { result: Err(CallError::Host { message }), report };
        }
        if let Err(failure) = self.check_arguments(input.arguments.as_deref()) {
            return CallOutcome { result: Err(CallError::Failed { failure }), report };
        }
        let asked = Instant::now();
        let Ok(_place) = self.engine.calls.enter().await else {
            report.wait = asked.elapsed();
            return CallOutcome { result: Err(CallError::Busy), report };
        };
        let started = Instant::now();
        let limit = self.context.limits.timeout;
        let mut store = new_store(&self.engine.wasm, &self.context, &input.conversation);
        store.data_mut().arm(limit);
        let mut instantiated = started;
        let ended = tokio::time::timeout(limit, async {
            let instance = self.loaded.pre.instantiate_async(&mut store).await?;
            instantiated = Instant::now();
            let mut guest = Guest { store: &mut store, instance };
            self.loaded.interface.contribute(&mut guest, input, &self.config).await
        })
        .await;
        let call = store.data_mut();
        let mut result = call.settle(ended, limit);
        if result.as_ref().is_ok_and(|contribution| size(contribution) > self.context.limits.output.0) {
            result = Err(call.too_much());
        }
        if result.is_ok()
            && let Err(error) = call.state.commit().await
        {
            result = Err(CallError::Host { message: error.to_string() });
        }
        report = CallReport {
            wait: started - asked,
            instantiate: instantiated - started,
            duration: started.elapsed(),
            ..call.report()
        };
        CallOutcome { result, report }
    }

    /// Models write broken JSON, and JSON that is not what was asked for.
    fn check_arguments(&self, arguments: Option<&str>) -> Result<(), Failure> {
        let Some(text) = arguments else { return Ok(()) };
        let value = serde_json::from_str(text)
            .map_err(|error| Failure::InvalidArguments(format!("the arguments are no JSON: {error}")))?;
        let problems = problems(&self.arguments, &value);
        if problems.is_empty() { Ok(()) } else { Err(Failure::InvalidArguments(problems.join("; "))) }
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
