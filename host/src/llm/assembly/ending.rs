//! How an answer ends: whole, empty, or broken off by what was told beside it.

use std::borrow::Cow;

use super::super::event::AnswerEvent;
use super::super::meaning::Meaning;
use super::super::report::{EndpointReport, ReportBeside};
use super::reason::{in_the_apis_words, names_a_call};
use super::{Assembly, AssemblyError, BodyShape};
use crate::endpoint::said;
use crate::message::ToolCall;

impl Assembly {
    /// The answer is whole, where there is one.
    pub(super) fn end(&mut self) -> Result<(), AssemblyError> {
        self.is_at_fault = true;
        if !self.has_begun {
            if let Some(report) = self.beside.take() {
                return Err(AssemblyError::Reported(report));
            }
            let report = EndpointReport::of_what_came(self.what_came().trim(), self.status);
            return Err(AssemblyError::Reported(report));
        }
        // A code that nobody knows is no proof against an answer that is whole, nor is any number that is all there is
        // against one whose end was told.
        let (is_complete, ends_well) = (self.is_complete(), self.ends_well());
        let broken = self.broken.take();
        let stands = |beside: &ReportBeside| {
            is_complete && (!beside.is_certain || (beside.is_only_a_number && ends_well))
        };
        if let Some(beside) = broken.as_ref().filter(|beside| !stands(beside)) {
            return Err(AssemblyError::Reported(beside.report.clone()));
        }
        if !self.is_whole()
            && self.ending.finish_reason.is_empty()
            && let Some(report) = self.behind.take()
        {
            return Err(AssemblyError::Reported(report));
        }
        let (thoughts, text, refusal) = (self.thoughts.finish(), self.text.finish(), self.refusal.finish());
        self.hand_out(thoughts.to_owned(), AnswerEvent::Reasoning)?;
        self.tell(text.to_owned())?;
        let rest = self.tags.finish();
        self.tell_sorted(rest)?;
        self.refuse(refusal.to_owned())?;
        let mut ending = std::mem::take(&mut self.ending);
        ending.tool_calls = self.calls.finish(&mut self.ready);
        self.heard.calls = !ending.tool_calls.is_empty();
        let told = std::mem::take(&mut ending.finish_reason);
        ending.finish_reason = in_the_apis_words(&told, self.heard.calls).into_owned();
        let assumed = self.tags.take_assumed();
        if !self.heard.is_an_answer() && ending.finish_reason == "stop" && !assumed.trim().is_empty() {
            // The model has ended by itself and no tag came: it did not think, and this is what it answers. It was said
            // already, so that it is not counted once more.
            self.heard.text = true;
            self.ready.push_back(AnswerEvent::Text(assumed));
        }
        if !self.heard.is_an_answer() {
            self.ask_why_empty(&told, &ending.finish_reason)?;
        }
        // An error behind the end undoes no answer that is whole.
        if let Some(report) = self.beside.take_if(|_| lacks_calls(&told, &ending.tool_calls)) {
            return Err(AssemblyError::Reported(report));
        }
        let told_beside = [self.beside.take(), broken.map(|beside| beside.report), self.behind.take()];
        let told_beside = told_beside.into_iter().flatten().next().or_else(|| self.bare.take());
        ending.told_beside = told_beside.map(|report| said::cleaned(&report.words));
        self.ended = true;
        self.ready.push_back(AnswerEvent::End(ending));
        Ok(())
    }

    /// Whether something was said and the endpoint has told how it ends.
    fn is_complete(&self) -> bool {
        let is_told = !self.ending.finish_reason.is_empty();
        self.heard.is_an_answer() && (is_told || (self.shape == BodyShape::Whole && !self.has_deltas))
    }

    /// Whether the endpoint has told an end that answers have.
    fn ends_well(&self) -> bool {
        let told = &self.ending.finish_reason;
        let usual = in_the_apis_words(told, self.heard.calls);
        !told.is_empty() && matches!(&*usual, "stop" | "length" | "tool_calls")
    }

    /// What came in place of an answer, as text. It was cut where there is no room for more, or within a character.
    fn what_came(&self) -> Cow<'_, str> {
        let whole = match std::str::from_utf8(&self.other) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.other.len(),
        };
        String::from_utf8_lossy(&self.other[..whole])
    }

    /// An empty answer is accepted, unless the endpoint reported a fault or something of the answer could not
    /// be read.
    fn ask_why_empty(&mut self, told: &str, reason: &str) -> Result<(), AssemblyError> {
        if let Some(report) = self.beside.take() {
            return Err(AssemblyError::Reported(report));
        }
        if let Some(unknown) = self.unknown.take() {
            return Err(AssemblyError::Garbage(format!("its content is of no known shape: `{unknown}`")));
        }
        let words = match reason {
            _ if names_a_call(told) => {
                format!("its finish_reason is `{told}`, and no tool call came that has a name")
            }
            "stop" | "length" | "content_filter" if self.calls.without_a_name > 0 => {
                "its tool call has no name".to_owned()
            }
            "stop" | "length" | "content_filter" => return Ok(()),
            _ => format!("its finish_reason is `{told}`, and it said nothing"),
        };
        Err(AssemblyError::Reported(EndpointReport { words, meaning: Meaning::Other }))
    }
}

/// Whether an answer that ends in calls has none, or one whose arguments were cut.
fn lacks_calls(told: &str, calls: &[ToolCall]) -> bool {
    let is_cut = |call: &ToolCall| serde_json::from_str::<serde::de::IgnoredAny>(&call.arguments).is_err();
    (names_a_call(told) && calls.is_empty()) || calls.iter().any(is_cut)
}
