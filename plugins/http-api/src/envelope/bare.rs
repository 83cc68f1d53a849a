//! A bare path is one to what tells success, for which the operator has not said which value that is.

use serde_json::Value;

use super::{CODES, STATES, SUCCESS, is_false, plain, refusal};
use crate::extract::{is_empty, last_name};

/// Whether what a bare path finds may be of success. 0 is none where the field is called success, and is it where it is
/// called code; a balance of 0 is there.
pub(crate) fn may_be_success(path: &str, value: &Value) -> bool {
    let name = name(path);
    let fails = *value == Value::Bool(false) || SUCCESS.contains(&&*name) && is_false(value);
    !is_empty(value) && !fails
}

/// Whether it leaves open how the answer went: the field is called code or the like, of which 1001 is to one API a refusal
/// and 10000 to the next a success, and the answer seems a refusal.
pub(crate) fn leaves_open(path: &str, document: &Value) -> bool {
    is_code(&name(path)) && refusal(document).is_some()
}

/// Whether it leads to a field whose value is there in a refusal as well, as the code of an error is.
pub(crate) fn is_of_code(path: &str) -> bool {
    let name = name(path);
    CODES.contains(&&*name) || name == "status"
}

fn name(path: &str) -> String {
    plain(&last_name(path).unwrap_or_default())
}

fn is_code(name: &str) -> bool {
    CODES.contains(&name) || STATES.contains(&name)
}

#[cfg(test)]
mod tests;
