//! What an API says of the request itself, beside its data: `{"code":1001,"msg":"库存不足","data":null}`. Most of them
//! refuse so, with status 200, and many configurations do not say how success is told.

use serde_json::{Map, Value};

use crate::extract::is_empty;

/// Fields that are false of a refusal.
const SUCCESS: [&str; 4] = ["success", "succeeded", "ok", "issuccess"];
/// Fields whose number tells of one; without `_` and `-`.
const CODES: [&str; 9] =
    ["code", "errcode", "errorcode", "errno", "err", "retcode", "rescode", "resultcode", "resp"];
/// Fields that say why.
const MESSAGES: [&str; 9] =
    ["msg", "message", "errmsg", "errormsg", "errormessage", "error", "reason", "info", "desc"];
/// Numbers of success.
const GOOD: [&str; 5] = ["0", "00", "000", "0000", "00000"];

/// What seems a refusal, with nothing but what it says of the request. Whether it is one only the API's makers know: a
/// code may be of success, so that this decides about nothing that an answer tells beside it.
pub(crate) fn refusal(document: &Value) -> Option<Value> {
    let fields = document.as_object()?;
    let of = |known: &'static [&'static str]| {
        fields.iter().filter(move |(name, _)| known.contains(&&*plain(name)))
    };
    let marks: Vec<(&String, &Value)> = of(&SUCCESS)
        .filter(|(_, value)| is_false(value))
        .chain(of(&CODES).filter(|(_, value)| is_bad(value)))
        .collect();
    let said: Vec<(&String, &Value)> =
        of(&MESSAGES).filter(|(_, value)| value.as_str().is_some_and(|said| !is_good(said))).collect();
    if marks.is_empty() || said.is_empty() {
        return None;
    }
    let kept = marks.into_iter().chain(said).map(|(name, value)| (name.clone(), value.clone()));
    Some(Value::Object(kept.collect()))
}

/// The document without what says nothing: beside a refusal, a sum of 0 is none.
pub(crate) fn telling(document: &Value) -> Value {
    match document {
        Value::Object(fields) => {
            let kept = fields.iter().map(|(name, field)| (name.clone(), telling(field)));
            Value::Object(kept.filter(|(_, field)| says_something(field)).collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.iter().map(telling).filter(says_something).collect()),
        other => other.clone(),
    }
}

fn says_something(value: &Value) -> bool {
    !is_empty(value) && *value != Value::Bool(false) && value.as_f64() != Some(0.0)
}

/// A field's name in any of the usual writings.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-')).flat_map(char::to_lowercase).collect()
}

fn is_false(value: &Value) -> bool {
    match value {
        Value::Bool(holds) => !holds,
        Value::String(text) => text.eq_ignore_ascii_case("false"),
        other => other.as_f64() == Some(0.0),
    }
}

/// Whether a code is none of success: those are 0 and the 200s of HTTP.
fn is_bad(value: &Value) -> bool {
    let code = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return false,
    };
    let is_of_http = code.len() == 3 && code.starts_with('2') && code.bytes().all(|c| c.is_ascii_digit());
    !code.is_empty() && !GOOD.contains(&&*code) && !is_of_http && !is_good(&code)
}

/// Whether a text says that all went well.
fn is_good(said: &str) -> bool {
    let said = said.trim();
    let is_told = ["success", "succeeded", "ok", "done"].iter().any(|word| said.eq_ignore_ascii_case(word));
    let denies = ["不", "未", "没", "无", "失败"].iter().any(|word| said.contains(word));
    said.is_empty() || is_told || (said.contains("成功") && !denies)
}

#[cfg(test)]
mod tests;
