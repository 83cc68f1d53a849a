//! A turn is what one side of a dialogue said.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::texts;
use crate::knowledge::document::MAX_PIECES;

#[derive(Deserialize)]
struct Turn<'a> {
    #[serde(alias = "from", default)]
    role: String,
    #[serde(alias = "value", alias = "text", borrow)]
    content: Option<&'a RawValue>,
}

/// What was said, and whether the user said it; `None` for neither user nor assistant.
pub(super) fn turns(messages: &RawValue) -> Result<Vec<(Option<bool>, String)>, serde_json::Error> {
    let turns: Vec<Turn<'_>> = serde_json::from_str(messages.get())?;
    let said = turns.into_iter().take(MAX_PIECES).map(|turn| {
        let is_user = match turn.role.to_lowercase().as_str() {
            "user" | "human" | "用户" | "客户" => Some(true),
            "assistant" | "gpt" | "bot" | "model" | "客服" | "助手" => Some(false),
            _ => None,
        };
        let texts = turn.content.and_then(|content| texts(content, 0).ok()).unwrap_or_default();
        (is_user, texts.join("\n"))
    });
    Ok(said.collect())
}
