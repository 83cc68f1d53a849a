//! A maker's shape of a refusal, which means nothing else: Salesforce's, Shopify's and Aliyun's.

use serde_json::{Map, Value, json};

use super::failed::says_failed;
use super::good::is_good;
use crate::extract::is_empty;

/// What Aliyun puts beside a code and its message.
const OF_ALIYUN: [&str; 5] = ["Code", "Message", "RequestId", "HostId", "Recommend"];
/// What codes of its business errors begin with.
const BUSINESS: [&str; 2] = ["isv.", "isp."];
/// Words of a code for a failure, beside those of messages.
const FAILED: [&str; 5] = ["throttling", "exceed", "not match", "not support", "unavailable"];

/// What a document says of its request in such a shape.
pub(super) fn refusal(document: &Value) -> Option<Value> {
    match document {
        // Several are a list of what may go wrong.
        Value::Array(items) if items.len() == 1 && items.iter().all(is_of_salesforce) => {
            Some(document.clone())
        }
        Value::Object(fields) => user_errors(fields),
        _ => None,
    }
}

/// `[{"message":"…","errorCode":"NOT_FOUND"}]`. What has other fields, or numbers its errors, is a list of something.
fn is_of_salesforce(item: &Value) -> bool {
    let Some(fields) = item.as_object() else { return false };
    let is_known = |name: &String| matches!(name.as_str(), "message" | "errorCode" | "fields");
    let code = item["errorCode"].as_str().unwrap_or_default();
    let is_code = code.bytes().all(|c| c.is_ascii_uppercase() || c == b'_') && !is_good(code);
    fields.keys().all(is_known) && is_code && says_why(&item["message"])
}

/// `{"data":{"orderCancel":{"userErrors":[{"message":"…"}]}}}`: what a mutation of GraphQL says it has not done. With
/// other fields they are errors that somebody asked for.
fn user_errors(document: &Map<String, Value>) -> Option<Value> {
    let is_known = |name: &String| matches!(name.as_str(), "field" | "message" | "code" | "__typename");
    let is_error = |error: &Value| {
        error.as_object().is_some_and(|fields| fields.keys().all(is_known)) && says_why(&error["message"])
    };
    let refused = |(name, payload): (&String, &Value)| {
        let errors = payload.get("userErrors")?;
        let all = errors.as_array().filter(|all| !all.is_empty())?;
        all.iter().all(is_error).then(|| (name.clone(), json!({ "userErrors": errors })))
    };
    let payloads = document.get("data")?.as_object()?;
    let payloads: Map<String, Value> = payloads.iter().filter_map(refused).collect();
    (!payloads.is_empty()).then(|| json!({ "data": payloads }))
}

/// `{"Code":"isv.BUSINESS_LIMIT_CONTROL","Message":"触发分钟级流控"}` in a wrapper. Many others write a code for what has been
/// done there, or thanks.
pub(super) fn is_of_aliyun(within: &Value) -> bool {
    let (Some(fields), Some(code)) = (within.as_object(), within["Code"].as_str()) else { return false };
    let is_known = |(name, value): (&String, &Value)| OF_ALIYUN.contains(&name.as_str()) || is_empty(value);
    fields.iter().all(is_known) && says_why(&within["Message"]) && names_a_failure(code)
}

/// Whether a code in words names a failure: `InvalidAccessKeyId.NotFound`.
fn names_a_failure(code: &str) -> bool {
    let mut words = String::with_capacity(code.len());
    for c in code.chars() {
        if c.is_ascii_uppercase() && words.ends_with(|before: char| before.is_ascii_lowercase()) {
            words.push(' ');
        }
        words.push(if c.is_ascii_alphanumeric() { c } else { ' ' });
    }
    let words = words.to_ascii_lowercase();
    BUSINESS.iter().any(|begin| code.starts_with(begin))
        || says_failed(&words)
        || FAILED.iter().any(|word| words.contains(word))
}

fn says_why(message: &Value) -> bool {
    message.as_str().is_some_and(|why| !is_good(why))
}

#[cfg(test)]
mod tests;
