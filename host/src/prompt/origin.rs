//! The origin of each run of a prompt's text: the template, or what was put into it.

use serde::{Deserialize, Serialize};

use super::{Outcome, Passage, PromptDocument};
use crate::message::{Message, Role};

/// A run of a message's text that comes from one source. The runs of a message are in order, and their units
/// add up to its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptPart {
    /// Which message, from 0.
    pub message: usize,
    /// Where the text is from.
    pub source: PromptSource,
    /// Its length in UTF-16 units, which is what a browser counts in.
    pub units: usize,
    /// The number that a passage or a section of a whole text is cited by; the place of an outcome, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<usize>,
    /// The knowledge base it is from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub knowledge_base: Option<String>,
    /// The plugin that gave it, of a passage or an outcome; absent in what an older host wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plugin: Option<String>,
    /// The document's id, of a whole text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
}

/// Where a run of text is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromptSource {
    /// The app's template, and what it made of a text that it does not show as it is.
    Template,
    /// The client's own system message.
    ClientSystem,
    /// A passage.
    Passage,
    /// The result of an API.
    Outcome,
    /// The whole text of a base.
    WholeText,
    /// What was said before.
    History,
    /// The question.
    Question,
    /// What the model said when it called a tool.
    ToolCall,
    /// What a tool said.
    ToolResult,
}

/// A text that was put into the system message.
struct PlacedText<'a> {
    text: &'a str,
    part: PromptPart,
}

impl PromptPart {
    fn of(source: PromptSource) -> Self {
        Self {
            message: 0,
            source,
            units: 0,
            number: None,
            knowledge_base: None,
            plugin: None,
            document: None,
        }
    }
}

/// What went into a system message, as it is there.
pub(super) struct Inserted<'a> {
    pub(super) client_system: &'a str,
    pub(super) documents: &'a [PromptDocument],
    pub(super) passages: &'a [Passage],
    pub(super) numbered_before: usize,
    pub(super) outcomes: &'a [Outcome],
}

/// The runs of a prompt's messages: a system message where it has one, then `history` messages of the history,
/// then the question with its tools.
pub(super) fn parts(messages: &[Message], history: usize, inserted: &Inserted<'_>) -> Vec<PromptPart> {
    let mut parts = Vec::new();
    let first = usize::from(messages.first().is_some_and(|message| message.role == Role::System));
    for (place, message) in messages.iter().enumerate() {
        if place < first {
            parts.extend(of_system(&message.content, inserted.pieces()));
            continue;
        }
        let source = match message.role {
            _ if place < first + history => PromptSource::History,
            Role::Tool => PromptSource::ToolResult,
            Role::Assistant => PromptSource::ToolCall,
            Role::User | Role::System => PromptSource::Question,
        };
        let units = units(&message.content);
        if units > 0 {
            parts.push(PromptPart { message: place, units, ..PromptPart::of(source) });
        }
    }
    parts
}

impl<'a> Inserted<'a> {
    /// The longest first: one that is a part of another is not found in the other's place.
    fn pieces(&self) -> Vec<PlacedText<'a>> {
        let mut pieces =
            vec![PlacedText { text: self.client_system, part: PromptPart::of(PromptSource::ClientSystem) }];
        for document in self.documents {
            // A passage may say what the template does not show of its document.
            let numbered = document.sections.iter().filter(|section| section.number > 0);
            pieces.extend(numbered.map(|section| PlacedText {
                text: &section.text,
                part: PromptPart {
                    number: Some(section.number),
                    knowledge_base: Some(document.knowledge_base.clone()),
                    document: Some(document.id.clone()),
                    ..PromptPart::of(PromptSource::WholeText)
                },
            }));
        }
        pieces.extend(self.passages.iter().enumerate().map(|(index, passage)| PlacedText {
            text: &passage.text,
            part: PromptPart {
                number: Some(self.numbered_before + index + 1),
                knowledge_base: passage.knowledge_base.clone(),
                ..PromptPart::of(PromptSource::Passage)
            },
        }));
        pieces.extend(self.outcomes.iter().enumerate().map(|(index, outcome)| PlacedText {
            text: &outcome.text,
            part: PromptPart { number: Some(index + 1), ..PromptPart::of(PromptSource::Outcome) },
        }));
        // Space around a text may have gone with the template's own.
        pieces.iter_mut().for_each(|piece| piece.text = piece.text.trim());
        pieces.retain(|piece| !piece.text.is_empty());
        pieces.sort_by_key(|piece| std::cmp::Reverse(piece.text.len()));
        pieces
    }
}

/// Finds each piece once, where no other is. What is found nowhere, because the template has changed it, is the
/// template's.
fn of_system(system: &str, pieces: Vec<PlacedText<'_>>) -> Vec<PromptPart> {
    let mut taken: Vec<(usize, usize, PromptPart)> = Vec::with_capacity(pieces.len());
    for PlacedText { text, part } in pieces {
        let mut from = 0;
        while let Some(at) = system[from..].find(text).map(|at| from + at) {
            let end = at + text.len();
            match taken.iter().find(|(start, stop, _)| at < *stop && *start < end) {
                Some((_, stop, _)) => from = *stop,
                None => {
                    taken.push((at, end, part));
                    break;
                }
            }
        }
    }
    taken.sort_by_key(|(start, _, _)| *start);
    let mut parts = Vec::with_capacity(2 * taken.len() + 1);
    let template = |text: &str, parts: &mut Vec<PromptPart>| {
        if !text.is_empty() {
            parts.push(PromptPart { units: units(text), ..PromptPart::of(PromptSource::Template) });
        }
    };
    let mut at = 0;
    for (start, end, part) in taken {
        template(&system[at..start], &mut parts);
        parts.push(PromptPart { units: units(&system[start..end]), ..part });
        at = end;
    }
    template(&system[at..], &mut parts);
    parts
}

fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

#[cfg(test)]
mod tests;
