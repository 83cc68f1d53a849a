//! The usage of a model: the tokens of a request and its answer.

use serde::{Deserialize, Serialize};

use super::json::Json;

/// Tokens an endpoint counted, or the host in its place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens of the prompt.
    #[serde(default)]
    pub prompt_tokens: u64,
    /// Tokens of the answer, including those of the thoughts before it.
    #[serde(default)]
    pub completion_tokens: u64,
    /// Tokens of the answer that the model thought before it spoke, where the endpoint says so.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub reasoning_tokens: u64,
    /// Whether some of them are the host's own estimate, because the endpoint told none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub estimated: bool,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Usage {
    /// What is said of it; `None` where it is not about tokens.
    pub(super) fn read(usage: Json<'_>) -> Option<Self> {
        let [prompt, input, completion, output, details] = usage.fields([
            "prompt_tokens",
            "input_tokens",
            "completion_tokens",
            "output_tokens",
            "completion_tokens_details",
        ]);
        let prompt = prompt.or(input).and_then(Json::count);
        let completion = completion.or(output).and_then(Json::count);
        let reasoning = details.and_then(|details| details.field("reasoning_tokens")).and_then(Json::count);
        prompt.or(completion)?;
        Some(Self {
            prompt_tokens: prompt.unwrap_or(0),
            completion_tokens: completion.unwrap_or(0),
            reasoning_tokens: reasoning.unwrap_or(0),
            estimated: false,
        })
    }
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.prompt_tokens = self.prompt_tokens.saturating_add(other.prompt_tokens);
        self.completion_tokens = self.completion_tokens.saturating_add(other.completion_tokens);
        self.reasoning_tokens = self.reasoning_tokens.saturating_add(other.reasoning_tokens);
        // One estimated part makes the sum an estimate.
        self.estimated = self.estimated || other.estimated;
    }
}
