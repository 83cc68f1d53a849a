//! A denial is an answer that says of a request to do something that it was not done. Beside a result that shows nothing of
//! the answer it is heard more easily than a refusal beside data: that would claim that it was done, whereas data may be of
//! what has failed.

use serde_json::{Map, Value};

use super::failed::says_failed;
use super::good::is_good;
use super::{
    CODES, ERRORS, GOOD, MESSAGES, STATES, SUCCESS, TIMES, TRACES, is_failed_word, is_true, plain,
    says_something, telling,
};

/// Whether a document is one. A state with its reason is none: it may be that of an order, or the one before.
pub(crate) fn denies(document: &Value) -> bool {
    match document {
        Value::Bool(holds) => !holds,
        Value::Number(number) => number.as_f64().is_some_and(|number| number < 0.0),
        Value::String(text) => is_failed_word(text) || says_it_failed(text),
        Value::Object(fields) => says_only_that(fields),
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
        says_so |= MESSAGES.contains(&&*name) && value.as_str().is_some_and(says_it_failed);
    }
    says_so && !fields.iter().any(|(name, value)| is_well(&plain(name), value))
}

/// Whether a text says that something failed, and not that something has expired or is wrong: 原卡失效 may be what was wanted.
fn says_it_failed(text: &str) -> bool {
    says_failed(text) && (text.contains("失败") || text.to_ascii_lowercase().contains("fail"))
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

#[cfg(test)]
mod tests;
