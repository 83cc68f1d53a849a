//! What one message or delta says: text, thoughts, a refusal, calls.

use super::super::calls::MAX_TOOL_CALLS;
use super::super::event::{AnswerEvent, Thoughts};
use super::super::json::Json;
use super::{Assembly, AssemblyError, SortedPiece};

/// Parts of one content.
pub(super) const MAX_PARTS: usize = 10_000;

/// What came of an answer.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct MessageParts {
    pub(super) text: bool,
    pub(super) thoughts: bool,
    pub(super) refusal: bool,
    pub(super) calls: bool,
}

impl MessageParts {
    /// Whether it is more than thoughts.
    pub(super) fn is_an_answer(self) -> bool {
        self.text || self.refusal || self.calls
    }
}

impl Assembly {
    /// Takes what is said, but for what was `heard`.
    pub(super) fn take_delta(
        &mut self,
        delta: Json<'_>,
        choice: u64,
        heard: MessageParts,
    ) -> Result<(), AssemblyError> {
        let [content, reasoning_content, reasoning, refusal] =
            delta.fields(["content", "reasoning_content", "reasoning", "refusal"]);
        // Some send the same under both names.
        let thoughts = [(reasoning_content, Thoughts::ReasoningContent), (reasoning, Thoughts::Reasoning)];
        for (thought, name) in thoughts {
            let thought = thought.filter(|thought| !heard.thoughts && thought.as_written() != "\"\"");
            if let Some(thought) = thought {
                self.thoughts_are = Some(name);
                self.think(thought)?;
                break;
            }
        }
        if let Some(content) = content.filter(|_| !heard.text) {
            self.take_content(content)?;
        }
        let refusal = refusal.filter(|_| !heard.refusal);
        if let Some(refusal) = refusal.and_then(|refusal| refusal.text(&mut self.refusal)) {
            self.refuse(refusal)?;
        }
        if heard.calls { Ok(()) } else { self.take_calls(delta, choice) }
    }

    pub(super) fn take_calls(&mut self, delta: Json<'_>, choice: u64) -> Result<(), AssemblyError> {
        let [calls, function_call] = delta.fields(["tool_calls", "function_call"]);
        let calls = match calls {
            Some(call) if call.is_object() => Some(vec![call]),
            calls => calls.and_then(|calls| Some(calls.items(MAX_TOOL_CALLS)?.0)),
        };
        // The API's older form, of one call.
        let calls = match (calls, function_call) {
            (Some(calls), _) if !calls.is_empty() => calls,
            (_, Some(call)) => vec![call],
            _ => return Ok(()),
        };
        if *self.calls_of.get_or_insert(choice) != choice {
            return Ok(());
        }
        for call in calls {
            self.heard.calls |= call.is_object();
            let said = self.calls.take(call, &mut self.ready);
            self.is_at_fault |= said.is_err();
            self.say(said?)?;
        }
        Ok(())
    }

    /// A text, or a list of parts.
    pub(super) fn take_content(&mut self, content: Json<'_>) -> Result<(), AssemblyError> {
        if let Some(text) = content.text(&mut self.text) {
            return self.tell(text);
        }
        match content.items(MAX_PARTS) {
            Some((_, true)) => Err(AssemblyError::Garbage(format!(
                "the content of a message holds more than {MAX_PARTS} parts"
            ))),
            Some((parts, false)) => parts.into_iter().try_for_each(|part| self.take_part(part)),
            None if content.is_object() => self.take_part(content),
            // A number, or whether something is so: what a model answers without quotes.
            None => self.tell(content.as_written().to_owned()),
        }
    }

    fn take_part(&mut self, part: Json<'_>) -> Result<(), AssemblyError> {
        if let Some(text) = part.text(&mut self.text) {
            return self.tell(text);
        }
        let [kind, text, thinking, reasoning, refusal] =
            part.fields(["type", "text", "thinking", "reasoning", "refusal"]);
        let is_bare = [kind, text, thinking, reasoning, refusal].iter().all(Option::is_none);
        let kind = kind.and_then(Json::whole_text).unwrap_or_default();
        if let Some(refusal) = refusal.and_then(|refusal| refusal.text(&mut self.refusal)) {
            return self.refuse(refusal);
        }
        if kind.contains("thinking") || kind.contains("reasoning") {
            return thinking.or(reasoning).or(text).map_or(Ok(()), |thought| self.think(thought));
        }
        // The API of OpenAI's assistants puts the text into a field of its own.
        let text = text.map(|text| text.field("value").unwrap_or(text));
        match text.and_then(|text| text.text(&mut self.text)) {
            Some(text) => self.tell(text),
            // What a model that was asked for JSON answers, without quotes.
            None if is_bare && part.is_object() && !part.is_nothing() => {
                self.tell(part.as_written().to_owned())
            }
            None => {
                let excerpt = part.as_written().chars().take(120).collect();
                self.unknown.get_or_insert(excerpt);
                Ok(())
            }
        }
    }

    /// A text, or the texts of a list's parts, or of the part it is.
    fn think(&mut self, thought: Json<'_>) -> Result<(), AssemblyError> {
        let (parts, _) = thought.items(MAX_PARTS).unwrap_or_else(|| (vec![thought], false));
        for part in parts {
            let [text, content] = part.fields(["text", "content"]);
            let text = text.or(content).unwrap_or(part).text(&mut self.thoughts);
            let text = text.unwrap_or_default();
            if !text.is_empty() {
                self.heard.thoughts = true;
                self.tags.assume_nothing();
            }
            self.hand_out(text, AnswerEvent::Reasoning)?;
        }
        Ok(())
    }

    pub(super) fn tell(&mut self, text: String) -> Result<(), AssemblyError> {
        let sorted = self.tags.take(text);
        self.tell_sorted(sorted)
    }

    pub(super) fn tell_sorted(
        &mut self,
        SortedPiece { thoughts, calls, text }: SortedPiece,
    ) -> Result<(), AssemblyError> {
        self.heard.thoughts |= !thoughts.is_empty();
        self.hand_out(thoughts, AnswerEvent::Reasoning)?;
        for call in calls {
            // A whole message at the end would say the same text once more, and call again.
            self.heard.text = true;
            let said = self.calls.take_from_text(call, &mut self.ready);
            self.is_at_fault |= said.is_err();
            self.say(said?)?;
        }
        self.heard.text |= !text.is_empty();
        self.hand_out(text, AnswerEvent::Text)
    }

    pub(super) fn refuse(&mut self, text: String) -> Result<(), AssemblyError> {
        self.heard.refusal |= !text.is_empty();
        self.hand_out(text, AnswerEvent::Refusal)
    }

    pub(super) fn hand_out(
        &mut self,
        text: String,
        event: fn(String) -> AnswerEvent,
    ) -> Result<(), AssemblyError> {
        if text.is_empty() {
            return Ok(());
        }
        self.say(text.len())?;
        self.ready.push_back(event(text));
        Ok(())
    }
}
