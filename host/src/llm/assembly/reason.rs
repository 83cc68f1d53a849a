//! The word that an endpoint has for an answer's end.

use std::borrow::Cow;

/// Whether the word for an answer's end says that it failed.
pub(super) fn tells_of_failure(reason: &str) -> bool {
    let reason = reason.to_ascii_lowercase();
    ["error", "malformed", "abort", "unexpected_tool_call"].iter().any(|word| reason.contains(word))
        || reason == "insufficient_system_resource"
}

/// The word for an answer's end that clients know, where there is one.
pub(super) fn in_the_apis_words(reason: &str, has_calls: bool) -> Cow<'_, str> {
    let lower = reason.to_ascii_lowercase();
    let word = match lower.as_str() {
        "length" | "max_tokens" | "max_length" | "max_output_tokens" | "model_length" => "length",
        "content_filter" | "content_filtered" | "safety" | "sensitive" | "blocklist"
        | "prohibited_content" | "recitation" | "spii" => "content_filter",
        _ if has_calls => "tool_calls",
        "" | "stop" | "normal" | "eos" | "eos_token" | "end" | "end_turn" | "stop_sequence" | "complete"
        | "completed" | "finish" | "finished" | "tool_calls" | "tool_call" | "tool_use" | "function_call" => {
            "stop"
        }
        _ => return Cow::Borrowed(reason),
    };
    Cow::Borrowed(word)
}
