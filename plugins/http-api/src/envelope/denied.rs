//! A denial is an answer that says of a request to do something that it was not done. Beside a result that shows nothing of
//! the answer it is heard more easily than a refusal beside data: that would claim that it was done, whereas data may be of
//! what has failed.

use serde_json::{Map, Value};

use super::failed::says_failed;
use super::good::is_good;
use super::{
    CODES, ERRORS, FAILED, GOOD, MESSAGES, STATES, SUCCESS, TIMES, TRACES, is_failed_word, is_true, plain,
    says_something, telling,
};

/// Words of a state for a request that was turned down, beside those for a failure.
const TURNED_DOWN: [&str; 4] = ["rejected", "refused", "denied", "declined"];
/// What a request holds that asks for such a state, or to judge whether it should come about.
const ASKED: [&str; 22] = [
    "reject",
    "refuse",
    "refusal",
    "declin",
    "deny",
    "denied",
    "denial",
    "veto",
    "dismiss",
    "block",
    "audit",
    "approv",
    "review",
    "rsvp",
    "驳回",
    "拒",
    "审",
    "bohui",
    "jujue",
    "turn-down",
    "turndown",
    "judge",
];
/// The field in which the XML of payments tells how the call went.
const XML_CODE: &str = "<return_code>";

/// Whether a document is one. `request` is what is known of the request, in which a state may be what is asked for:
/// `/orders/7/reject`.
pub(crate) fn denies(document: &Value, request: &str) -> bool {
    match document {
        Value::Bool(holds) => !holds,
        Value::Number(number) => number.as_f64().is_some_and(|number| number < 0.0),
        Value::String(text) => is_failed_word(text) || says_it_failed(text) || is_failed_xml(text),
        Value::Object(fields) => says_only_that(fields, request),
        Value::Null | Value::Array(_) => false,
    }
}

/// `{"msg":"退款失败：余额不足"}`, `{"status":"rejected","reason":"余额不足"}`: a message says that it failed, or a state does
/// with a message why; nothing beside it says that all went well, and there is nothing else. Beside other fields a message
/// may be what was sent, and a state that of an order: `{"id":7,"message":"登录失败"}`.
fn says_only_that(fields: &Map<String, Value>, request: &str) -> bool {
    let (mut says_so, mut is_turned_down, mut says_why) = (false, false, false);
    for (name, value) in fields.iter().filter(|(_, value)| says_something(&telling(value))) {
        let name = plain(name);
        let is_known = [&CODES[..], &STATES, &SUCCESS, &ERRORS, &MESSAGES, &TRACES, &TIMES]
            .iter()
            .any(|known| known.contains(&&*name));
        if !is_known {
            return false;
        }
        let is_message = MESSAGES.contains(&&*name);
        says_so |= is_message && value.as_str().is_some_and(says_it_failed);
        // 已驳回 tells what was done.
        says_why |= is_message && value.as_str().is_some_and(|said| !is_good(said) && !said.contains('已'));
        is_turned_down |= STATES.contains(&&*name) && value.as_str().is_some_and(is_down);
    }
    let any = |says: fn(&str, &Value) -> bool| fields.iter().any(|(name, value)| says(&plain(name), value));
    // Many give a code of success to whatever was answered at all; 退款失败 beside one has failed all the same.
    says_so && !any(is_success) || is_turned_down && says_why && !asks_for_it(request) && !any(is_well)
}

/// Whether a text says that something failed, and not that something has expired or is wrong: 原卡失效 may be what was wanted.
fn says_it_failed(text: &str) -> bool {
    says_failed(text) && (text.contains("失败") || text.to_ascii_lowercase().contains("fail"))
}

/// Whether a state is of what was turned down or failed.
fn is_down(word: &str) -> bool {
    let word = word.trim().to_ascii_lowercase();
    FAILED.contains(&&*word) || TURNED_DOWN.contains(&&*word)
}

fn asks_for_it(request: &str) -> bool {
    let request = request.to_ascii_lowercase();
    // Names in a path may be written as bytes of any encoding.
    request.contains('%') || ASKED.iter().any(|asked| request.contains(asked))
}

/// `<xml><return_code><![CDATA[FAIL]]></return_code>…`.
fn is_failed_xml(text: &str) -> bool {
    let value =
        text.split_once(XML_CODE).map(|(_, after)| after.trim_start().trim_start_matches("<![CDATA["));
    text.trim_start().starts_with('<') && value.is_some_and(|value| value.starts_with("FAIL"))
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
    is_success(name, value) || is_code && is_of_success
}

fn is_success(name: &str, value: &Value) -> bool {
    SUCCESS.contains(&name) && is_true(value)
}

#[cfg(test)]
mod tests;
