//! A denial is an answer that says of a request to do something that it was not done. Beside a result that shows nothing of
//! the answer it is heard more easily than a refusal beside data: that would claim that it was done, whereas data may be of
//! what has failed.

use serde_json::{Map, Value};

use super::failed::says_failed;
use super::good::is_good;
use super::{
    CODES, DATA, DEEPEST, ERRORS, FAILED, GOOD, HEADS, MESSAGES, STATES, SUCCESS, TIMES, TRACES,
    is_failed_word, is_true, markup, plain, refusal, says_something, telling,
};

/// Words of a state for a request that was turned down, beside those for a failure.
const TURNED_DOWN: [&str; 4] = ["rejected", "refused", "denied", "declined"];
/// Letters that a word of a request shares with the state it leads to: `reject` and `rejected`.
const STEM: usize = 4;

/// Whether a document is one. `request` is what the operator wrote of the request, in which a state may be what is asked
/// for: `/orders/7/reject`.
pub(crate) fn denies(document: &Value, request: &str) -> bool {
    match document {
        Value::Bool(holds) => !holds,
        Value::Number(number) => number.as_f64().is_some_and(|number| number < 0.0),
        Value::String(text) => match markup::fields(text) {
            Some(within) => refusal(&within).is_some() || denies(&within, request),
            None => is_failed_word(text) || says_failed(text),
        },
        Value::Object(fields) => says_only_that(fields) || is_turned_down(fields, request, DEEPEST),
        Value::Null | Value::Array(_) => false,
    }
}

/// `{"msg":"退款失败：余额不足"}`: a message says that it failed, nothing beside it says that all went well, and there is nothing
/// else. A message beside other fields may be what was sent: `{"id":7,"message":"登录失败"}`.
fn says_only_that(fields: &Map<String, Value>) -> bool {
    let mut says_so = false;
    for (name, value) in fields.iter().filter(|(_, value)| says_something(&telling(value))) {
        let name = plain(name);
        let is_known = [&CODES[..], &STATES, &SUCCESS, &ERRORS, &MESSAGES, &TRACES, &TIMES]
            .iter()
            .any(|known| known.contains(&&*name));
        if !is_known {
            return false;
        }
        says_so |= MESSAGES.contains(&&*name) && value.as_str().is_some_and(says_failed);
    }
    says_so && !fields.iter().any(|(name, value)| is_well(&plain(name), value))
}

/// Whether a field says that all went well.
fn is_well(name: &str, value: &Value) -> bool {
    let code = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => String::new(),
    };
    let is_code = CODES.contains(&name) || STATES.contains(&name);
    let is_of_success = GOOD.contains(&&*code) || code == "200" || (!code.is_empty() && is_good(&code));
    SUCCESS.contains(&name) && is_true(value) || is_code && is_of_success
}

/// `{"status":"rejected","reason":"余额不足"}`, and the same among data: a state that says so, with its reason.
fn is_turned_down(fields: &Map<String, Value>, request: &str, deep: usize) -> bool {
    let is_down = |(name, value): (&String, &Value)| {
        let name = plain(name);
        let is_state = STATES.contains(&&*name) || name.ends_with("status") || name.ends_with("state");
        let is_false = *value == Value::Bool(false);
        is_state && value.as_str().is_some_and(|word| is_down(word, request))
            || SUCCESS.contains(&&*name) && is_false
    };
    let is_reason = |(name, value): (&String, &Value)| {
        let name = plain(name);
        (MESSAGES.contains(&&*name) || name.ends_with("reason"))
            && value.as_str().is_some_and(|said| !said.trim().is_empty() && !is_good(said))
    };
    let within = |(name, value): (&String, &Value)| {
        let name = plain(name);
        let is_known = DATA.contains(&&*name) || HEADS.contains(&&*name);
        is_known && value.as_object().is_some_and(|within| is_turned_down(within, request, deep - 1))
    };
    fields.iter().any(is_down) && fields.iter().any(is_reason) || deep > 0 && fields.iter().any(within)
}

/// Whether a state is of what was turned down or failed, and nobody has asked for that.
fn is_down(word: &str, request: &str) -> bool {
    let word = word.trim().to_ascii_lowercase();
    let is_known = FAILED.contains(&&*word) || TURNED_DOWN.contains(&&*word);
    is_known && !word.get(..STEM).is_some_and(|stem| request.to_ascii_lowercase().contains(stem))
}

#[cfg(test)]
mod tests;
