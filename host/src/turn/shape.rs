//! The shape in which the client wants its answer: text, or JSON.

use serde::Deserialize;
use serde_json::json;

use super::Piece;
use crate::llm::Parameters;

/// What `response_format` asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum AnswerShape {
    /// Nothing, or text.
    #[default]
    Text,
    /// Some JSON object.
    Object,
    /// JSON of a schema of the client's.
    Schema,
}

impl AnswerShape {
    pub(super) fn of(parameters: &Parameters) -> Self {
        #[derive(Deserialize)]
        struct ResponseFormat {
            r#type: String,
        }
        let format = parameters.get("response_format");
        let format = format.and_then(|format| serde_json::from_str::<ResponseFormat>(format.get()).ok());
        match format {
            Some(ResponseFormat { r#type }) if r#type == "json_schema" => Self::Schema,
            Some(ResponseFormat { r#type }) if r#type.starts_with("json") => Self::Object,
            _ => Self::Text,
        }
    }

    /// Whether a program reads the answer, so that nothing may be added to it.
    pub(super) fn is_json(self) -> bool {
        self != Self::Text
    }

    /// A text that no model has worded, such as a standard answer or a question back. A program that waits
    /// for JSON must not break on it: where any object will do it becomes one, and of a schema, which it cannot
    /// fill, it becomes what the API calls a refusal. A text that is JSON already goes out as it is.
    pub(super) fn wrap(self, text: String) -> Piece {
        let is_object = || serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&text).is_ok();
        match self {
            Self::Object if !is_object() => Piece::Text(json!({"answer": text}).to_string()),
            Self::Schema if !is_object() => Piece::Refusal(text),
            _ => Piece::Text(text),
        }
    }
}

#[cfg(test)]
mod tests;
