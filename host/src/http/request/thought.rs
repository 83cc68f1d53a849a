//! What a model thought, as clients send it back with a message.

use serde::Deserialize;
use serde::de::Deserializer;
use serde_json::value::RawValue;

use super::text::{says_nothing, text_in};
use crate::message::Role;

/// The value of `reasoning_content` or of `reasoning`, as some servers call it.
#[derive(Default)]
pub(super) enum WrittenThought {
    /// The field is absent or says nothing.
    #[default]
    Nothing,
    /// A text.
    Text(String),
    /// Anything else, which no model is told, since nobody knows what it means.
    Other,
}

impl<'de> Deserialize<'de> for WrittenThought {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Box::<RawValue>::deserialize(deserializer)?;
        if says_nothing(&value) {
            return Ok(Self::Nothing);
        }
        Ok(text_in(&value).map_or(Self::Other, Self::Text))
    }
}

/// The thought that goes on with a message of this role, and the names of the fields of which nothing does.
pub(super) fn heard(
    role: Role,
    reasoning_content: WrittenThought,
    reasoning: WrittenThought,
) -> (String, Vec<&'static str>) {
    let mut heard: Option<String> = None;
    let mut unheard = Vec::new();
    let fields = [("messages.reasoning_content", reasoning_content), ("messages.reasoning", reasoning)];
    for (name, thought) in fields {
        // Only the assistant thinks, and a message holds one thought, which some send under both names.
        let is_taken = |text: &String| heard.as_ref().is_some_and(|heard| heard != text);
        match thought {
            WrittenThought::Nothing => {}
            WrittenThought::Text(text) if role == Role::Assistant && !is_taken(&text) => heard = Some(text),
            WrittenThought::Text(_) | WrittenThought::Other => unheard.push(name),
        }
    }
    (heard.unwrap_or_default(), unheard)
}

#[cfg(test)]
mod tests;
