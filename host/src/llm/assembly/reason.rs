//! The word that an endpoint has for an answer's end.

use std::borrow::Cow;

/// The API's word for an answer that a filter ended.
pub(super) const FILTERED: &str = "content_filter";
/// The one for an answer that came to a bound.
const CUT: &str = "length";

/// Whether the word for an answer's end says that it failed.
pub(super) fn tells_of_failure(reason: &str) -> bool {
    let reason = reason.to_ascii_lowercase();
    let words = [
        "error",
        "fail",
        "malformed",
        "abort",
        "cancel",
        "exception",
        "interrupt",
        "overload",
        "rate_limit",
        "ratelimit",
        "throttl",
        "busy",
        "unavailable",
        "timeout",
        "timed_out",
        "time_out",
        "unexpected_tool_call",
        "insufficient_system_resource",
    ];
    words.iter().any(|word| reason.contains(word))
}

/// Whether a word tells how the answer ended; some write one for none.
pub(super) fn says_how(reason: &str) -> bool {
    !["", "null", "none"].iter().any(|none| reason.eq_ignore_ascii_case(none))
}

/// Whether an event is the word that nothing comes behind it.
pub(super) fn is_done(text: &str) -> bool {
    let text = text.trim().trim_matches('"');
    text.eq_ignore_ascii_case("[done]") || text.eq_ignore_ascii_case("done")
}

/// Whether a word says that an answer ends in calls.
pub(super) fn names_a_call(reason: &str) -> bool {
    reason.to_ascii_lowercase().contains("call") || reason.eq_ignore_ascii_case("tool_use")
}

/// Whether a word says that an answer was ended before its model did.
pub(super) fn ends_it_early(reason: &str) -> bool {
    matches!(&*in_the_apis_words(reason, false), FILTERED | CUT)
}

/// The word for an answer's end that clients know, where there is one.
pub(super) fn in_the_apis_words(reason: &str, has_calls: bool) -> Cow<'_, str> {
    let lower = reason.to_ascii_lowercase().replace('-', "_");
    let word = match lower.as_str() {
        "length"
        | "max_tokens"
        | "max_length"
        | "max_output_tokens"
        | "model_length"
        | "limit"
        | "token_limit"
        | "length_limit"
        | "truncated"
        | "model_context_window_exceeded"
        | "context_length"
        | "context_length_exceeded" => CUT,
        "content_filter"
        | "content_filtered"
        | "content_policy"
        | "content_policy_violation"
        | "refusal"
        | "safety"
        | "sensitive"
        | "blocklist"
        | "prohibited_content"
        | "recitation"
        | "spii" => FILTERED,
        _ if has_calls => "tool_calls",
        "" | "stop" | "normal" | "eos" | "eos_token" | "end" | "end_turn" | "stop_sequence" | "complete"
        | "completed" | "finish" | "finished" | "tool_calls" | "tool_call" | "tool_use" | "function_call"
        | "function_calls" => "stop",
        _ => return Cow::Borrowed(reason),
    };
    Cow::Borrowed(word)
}
