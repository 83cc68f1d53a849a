//! What an API says of the request itself, beside its data: `{"code":1001,"msg":"库存不足","data":null}`. Most of them
//! refuse so, with status 200, and many configurations do not say how success is told.

mod bare;
mod denied;
mod failed;
mod good;
mod makers;
mod soap;

use serde_json::{Map, Value};

pub(crate) use bare::{is_of_code, leaves_open, may_be_success};
pub(crate) use denied::denies;
use failed::says_failed;
use good::is_good;

use crate::extract::is_empty;

/// Fields that are false of a refusal; without `_` and `-`, as all names here.
const SUCCESS: [&str; 7] =
    ["success", "succeeded", "succeed", "successful", "ok", "issuccess", "issuccessful"];
/// Fields that hold something only where there is an error.
const ERRORS: [&str; 4] = ["error", "errors", "errorresponse", "iserror"];
/// Fields that may say in a word, or by being false, how it went. They often tell of something else.
const STATES: [&str; 9] =
    ["status", "state", "flag", "result", "returncode", "resultcode", "retcode", "code", "ack"];
/// Words of theirs for a failure.
const FAILED: [&str; 5] = ["error", "fail", "failed", "failure", "err"];
/// Those of them whose number may mean either: 1 is success to one API and a failure to the next.
const EITHER: [&str; 4] = ["status", "state", "flag", "result"];
/// Fields whose number tells of one.
const CODES: [&str; 17] = [
    "code",
    "errcode",
    "errorcode",
    "errno",
    "err",
    "retcode",
    "rescode",
    "resultcode",
    "returncode",
    "resp",
    "ret",
    "infocode",
    "subcode",
    "statuscode",
    "respcode",
    "rspcode",
    "bizcode",
];
/// Fields that say why.
const MESSAGES: [&str; 36] = [
    "msg",
    "message",
    "errmsg",
    "errormsg",
    "errormessage",
    "error",
    "errors",
    "err",
    "reason",
    "info",
    "desc",
    "description",
    "errcodedes",
    "returnmsg",
    "resultmsg",
    "retmsg",
    "submsg",
    "tip",
    "tips",
    "detail",
    "details",
    "hint",
    "statusmsg",
    "statusmessage",
    "resultmessage",
    "resultdesc",
    "returnmessage",
    "retmessage",
    "respdesc",
    "rspmsg",
    "bizmsg",
    "respmsg",
    "respmessage",
    "errdesc",
    "errordesc",
    "errordescription",
];
/// Fields by which a request is found again. They are no data of anybody's.
const TRACES: [&str; 6] = ["requestid", "reqid", "traceid", "logid", "timestamp", "servertime"];
/// Fields that tell how long it took. Elsewhere they may be of anything.
const TIMES: [&str; 5] = ["cost", "costtime", "took", "elapsed", "duration"];
/// Numbers of success.
const GOOD: [&str; 5] = ["0", "00", "000", "0000", "00000"];
/// Objects in which an API says how it went.
const HEADS: [&str; 6] = ["header", "head", "meta", "response", "resp", "baseresp"];
/// Objects of its data, in which a gateway passes on what the service behind it said.
const DATA: [&str; 3] = ["data", "result", "body"];
/// What the name of the one field ends with that some put around all they say: `alipay_trade_query_response`.
const WRAPPERS: [&str; 2] = ["response", "responce"];
/// Fields in which a list's only item says why, where it is no item: 描述 and the like are an item's, too.
const WORDS_OF_ONE: [&str; 9] =
    ["msg", "message", "errmsg", "errormsg", "errormessage", "error", "submsg", "retmsg", "resultmsg"];
/// How deep one of these may stand in another.
const DEEPEST: usize = 2;

/// How surely a field tells of a refusal.
#[derive(PartialEq)]
enum RefusalMark {
    /// It says so.
    Sure,
    /// A code that may be one, where a message beside it does not say otherwise.
    Code,
    /// A number that may be one where a message beside it says that something failed.
    Either,
}

/// What seems a refusal, with nothing but what it says of the request. Whether it is one only the API's makers know: a
/// code may be of success, so that this decides about nothing that an answer tells beside it.
pub(crate) fn refusal(document: &Value) -> Option<Value> {
    let refused = match document {
        Value::String(_) => fault(document).map(Value::String),
        Value::Array(items) => match items.as_slice() {
            [only] => refused_in_a_list(only).map(|refused| Value::Array(vec![refused])),
            _ => None,
        },
        _ => refused(document, DEEPEST, false),
    };
    refused.or_else(|| makers::refusal(document))
}

/// The field by which an answer says outright that it did not go well, and why, in its words. What stands beside them may
/// be data all the same.
pub(crate) fn denied_beside(document: &Value) -> Option<(&str, &str)> {
    let fields = document.as_object()?;
    let is_false = |value: &Value| match value {
        Value::Bool(holds) => !holds,
        Value::String(text) => text.trim().eq_ignore_ascii_case("false"),
        _ => false,
    };
    // Without data apart from it, it may be said of a thing: {"ok":false,"message":"磁盘使用率90%","balance":90}.
    fields.iter().find(|(name, value)| DATA.contains(&&*plain(name)) && value.is_object())?;
    let (denied, _) =
        fields.iter().find(|(name, value)| SUCCESS.contains(&&*plain(name)) && is_false(value))?;
    let mut words = fields
        .iter()
        .filter(|(name, _)| MESSAGES.contains(&&*plain(name)))
        .filter_map(|(_, value)| value.as_str());
    let why = words.find(|words| !words.trim().is_empty() && !is_good(words))?;
    Some((denied, why))
}

/// What a fault of SOAP says, whose envelope nobody has to read.
pub(crate) fn fault(document: &Value) -> Option<String> {
    soap::fault(document.as_str()?)
}

/// The only item of a list, where it is nothing but a refusal: some APIs answer everything in a list.
fn refused_in_a_list(item: &Value) -> Option<Value> {
    let fields = item.as_object()?;
    let told: Vec<_> = fields.iter().filter(|(_, value)| says_something(&telling(value))).collect();
    let is_error = |(name, value): &(&String, &Value)| ERRORS.contains(&&*plain(name)) && is_error(value);
    let is_state = |(name, value): &(&String, &Value)| {
        STATES.contains(&&*plain(name)) && value.as_str().is_some_and(is_failed_word)
    };
    let is_word =
        |(name, value): &(&String, &Value)| WORDS_OF_ONE.contains(&&*plain(name)) && value.is_string();
    let is_only_an_error = !told.is_empty() && told.iter().all(is_error);
    let is_only_a_state = told.iter().any(is_state)
        && told.iter().any(is_word)
        && told.iter().all(|field| is_state(field) || is_word(field));
    if is_only_an_error || is_only_a_state {
        return Some(telling(item));
    }
    let has_words = fields.keys().any(|name| WORDS_OF_ONE.contains(&&*plain(name)));
    refused(item, DEEPEST, true).filter(|_| has_words)
}

fn refused(document: &Value, deep: usize, in_data: bool) -> Option<Value> {
    let fields = document.as_object()?;
    let wrapper = wrapper(fields);
    let (mut kept, mut either) = (Map::new(), Map::new());
    let (mut is_sure, mut has_code) = (false, false);
    for (name, value) in fields {
        let known = plain(name);
        let is_data = DATA.contains(&&*known);
        let mark = mark(&known, value, in_data);
        if mark == Some(RefusalMark::Either) {
            either.insert(name.clone(), value.clone());
        } else if let Some(mark) = mark {
            is_sure |= mark == RefusalMark::Sure;
            has_code |= mark == RefusalMark::Code;
            kept.insert(name.clone(), value.clone());
        } else if deep > 0
            && (is_data || HEADS.contains(&&*known) || wrapper == Some(name.as_str()))
            && let Some(within) = refused(value, deep - 1, is_data)
            && (wrapper != Some(name.as_str()) || is_plainly_refused(&within) || makers::is_of_aliyun(value))
        {
            is_sure = true;
            kept.insert(name.clone(), within);
        } else if TRACES.contains(&&*known) {
            kept.insert(name.clone(), value.clone());
        }
    }
    // A code that nobody knows says less than that.
    has_code &= !fields.iter().any(|(name, value)| SUCCESS.contains(&&*plain(name)) && is_true(value));
    let words = fields.iter().filter(|(name, value)| {
        MESSAGES.contains(&&*plain(name)) && says_something(&telling(value)) && !value.is_boolean()
    });
    let (mut has_reason, mut has_failed) = (false, false);
    for (name, value) in words {
        has_failed |= value.as_str().is_some_and(says_failed);
        let is_none = ERRORS.contains(&&*plain(name)) && !value.is_number() && !is_error(value);
        has_reason |= !is_none && !value.as_str().is_some_and(is_good);
        kept.insert(name.clone(), value.clone());
    }
    // Among data, a success of 0 may be a count.
    is_sure &= has_reason || !in_data;
    if is_sure && in_data {
        // Its code may be in words.
        let codes = fields.iter().filter(|(name, value)| CODES.contains(&&*plain(name)) && value.is_string());
        kept.extend(codes.map(|(name, value)| (name.clone(), value.clone())));
    }
    if !is_sure && has_failed && !either.is_empty() && !fields.keys().any(|name| tells_how(name)) {
        kept.append(&mut either);
        is_sure = true;
    }
    if !(is_sure || has_code && has_reason) {
        return None;
    }
    let refused = Value::Object(kept);
    // Data has codes and names of its own. It is a refusal only where it is nothing else.
    let is_all = !in_data || telling(document) == telling(&refused);
    is_all.then_some(refused)
}

/// Whether a field's name is of one that tells by itself how it went.
fn tells_how(name: &str) -> bool {
    let name = plain(name);
    CODES.contains(&&*name) || SUCCESS.contains(&&*name)
}

/// The name of the one field around all that an API says, which ASP.NET calls `d`. Beside it stand a signature and the like, and nothing of how it
/// went; a message within that says all is well is taken at its word, for what stands beside that is data.
fn wrapper(fields: &Map<String, Value>) -> Option<&str> {
    let is_around = |name: &str| {
        let name = plain(name);
        WRAPPERS.iter().any(|end| name.len() > end.len() && name.ends_with(end))
    };
    let mut objects = fields.iter().filter(|(_, value)| value.is_object());
    // Data stands there as well, with codes and descriptions of its own.
    let tells_why = |(name, value): (&String, &Value)| {
        let name = plain(name);
        name.ends_with("success") && value == &Value::Bool(false)
            || matches!(&*name, "msg" | "message" | "error" | "errmsg")
    };
    let is_of_asp = |name: &str, within: &Value| {
        name == "d"
            && fields.len() == 1
            && within.as_object().is_some_and(|within| within.iter().any(tells_why))
    };
    let (name, within) =
        objects.next().filter(|(name, within)| is_around(name) || is_of_asp(name, within))?;
    let is_beside = |(other, value): (&String, &Value)| {
        let known = plain(other);
        let is_known = tells_how(other) || STATES.contains(&&*known) || MESSAGES.contains(&&*known);
        let is_small = value.is_string() || value.is_null();
        other == name || (!is_known && (is_small || TRACES.contains(&&*known) || TIMES.contains(&&*known)))
    };
    let is_well = ["msg", "message"].iter().any(|message| {
        within[*message].as_str().is_some_and(|said| !said.trim().is_empty() && is_good(said))
    });
    (!is_well && fields.iter().all(is_beside)).then_some(name)
}

/// Whether what seems a refusal in such a field tells so by more than a code in words: beside thanks for what somebody has
/// said that may be anything.
fn is_plainly_refused(refused: &Value) -> bool {
    let is_plain = |(name, value): (&String, &Value)| {
        let known = plain(name);
        let is_number = value.as_str().map_or(value.is_number(), |code| code.trim().parse::<f64>().is_ok());
        value.is_object()
            || mark(&known, value, false) == Some(RefusalMark::Sure)
            || (CODES.contains(&&*known) && is_number && is_bad(value, false))
            || (MESSAGES.contains(&&*known) && value.as_str().is_some_and(says_failed))
    };
    refused.as_object().is_some_and(|fields| fields.iter().any(is_plain))
}

/// Whether a text is `CODE::words` with another code than one of success, or holds such a one:
/// `["FAIL_SYS_TOKEN_EMPTY::令牌为空"]`.
fn has_failed_code(value: &Value) -> bool {
    let is_failed = |said: &Value| {
        let Some((code, words)) = said.as_str().and_then(|said| said.split_once("::")) else { return false };
        let code = code.trim();
        let is_code = code.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'_');
        let is_well = code.starts_with("SUCCESS") || (!words.trim().is_empty() && is_good(words));
        is_code && !is_well && is_bad(&Value::from(code), false)
    };
    value.as_array().map_or_else(|| is_failed(value), |said| said.iter().any(is_failed))
}

/// What a field, whose name comes plain, tells of how it went.
fn mark(name: &str, value: &Value, in_data: bool) -> Option<RefusalMark> {
    // Data may be of what has failed: a returned order, a device with an error.
    let says_so = || {
        (ERRORS.contains(&name) && is_error(value))
            || (STATES.contains(&name) && value.as_str().is_some_and(is_failed_word))
            || (name == "ret" && has_failed_code(value))
    };
    if (SUCCESS.contains(&name) && is_false(value)) || (!in_data && says_so()) {
        return Some(RefusalMark::Sure);
    }
    let is_error_status =
        || value.as_f64().is_some_and(|status| status < 0.0 || (400.0..600.0).contains(&status));
    let is_code = (CODES.contains(&name) && is_bad(value, in_data))
        || (ERRORS.contains(&name) && value.as_f64().is_some_and(|number| number != 0.0))
        || (STATES.contains(&name) && (value.is_boolean() && is_false(value)))
        || (name == "status" && is_error_status())
        || (name == "result" && value.as_f64() == Some(0.0));
    if is_code {
        return Some(RefusalMark::Code);
    }
    let number = || value.as_f64().or_else(|| value.as_str()?.trim().parse::<f64>().ok());
    // Of the 200s, HTTP knows these.
    let is_of_http = |number: f64| (200.0..209.0).contains(&number) || number == 226.0;
    let may_be = || number().is_some_and(|number| !is_of_http(number));
    (!in_data && EITHER.contains(&name) && may_be()).then_some(RefusalMark::Either)
}

fn is_failed_word(text: &str) -> bool {
    FAILED.iter().any(|word| text.trim().eq_ignore_ascii_case(word))
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
    let is_nothing = is_empty(value) || value.as_str().is_some_and(is_zero);
    !is_nothing && *value != Value::Bool(false) && value.as_f64() != Some(0.0)
}

/// Whether a text is a zero, or a dash in its place: `0.00`, `¥0`, `-`.
fn is_zero(text: &str) -> bool {
    let text = text.trim();
    let number = text.trim_matches(['¥', '￥', '$', '€', '元', '%', '-', ' ']);
    let is_number = number.contains('0') && number.chars().all(|c| matches!(c, '0' | '.' | ','));
    is_number || (!text.is_empty() && text.chars().all(|c| matches!(c, '-' | '—')))
}

/// A field's name in any of the usual writings.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-')).flat_map(char::to_lowercase).collect()
}

fn is_false(value: &Value) -> bool {
    match value {
        Value::Bool(holds) => !holds,
        Value::String(text) => {
            let text = text.trim();
            let words = ["false", "n", "no", "f", "0"];
            words.iter().chain(&FAILED).any(|word| text.eq_ignore_ascii_case(word))
        }
        other => other.as_f64() == Some(0.0),
    }
}

fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(holds) => *holds,
        Value::String(text) => {
            ["true", "y", "yes", "t", "1"].iter().any(|word| text.trim().eq_ignore_ascii_case(word))
        }
        other => other.as_f64() == Some(1.0),
    }
}

/// Whether what stands where errors stand is one.
fn is_error(value: &Value) -> bool {
    let is_none = |text: &str| {
        let words = ["none", "null", "no error", "false", "0", "no", "n"];
        is_good(text) || words.iter().any(|word| text.trim().eq_ignore_ascii_case(word))
    };
    match value {
        Value::Bool(holds) => *holds,
        Value::String(text) => !is_none(text),
        Value::Object(fields) => {
            let mut told = fields
                .iter()
                .filter(|(_, value)| says_something(&telling(value)))
                .map(|(n, v)| (plain(n), v));
            let is_word = |name: &str| MESSAGES.contains(&name);
            let words: Vec<_> = told.clone().filter(|(name, _)| is_word(name)).collect();
            match &*words {
                [] => told.any(|(name, value)| !CODES.contains(&&*name) || is_bad(value, false)),
                words => words.iter().any(|(_, value)| !value.as_str().is_some_and(is_none)),
            }
        }
        Value::Array(_) => says_something(&telling(value)),
        Value::Null | Value::Number(_) => false,
    }
}

/// Whether a code is none of success: those are 0 and the 200s of HTTP. Where it may be anything, it is a number.
fn is_bad(value: &Value, in_data: bool) -> bool {
    let code = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return false,
    };
    let is_of_http = code.len() == 3 && code.starts_with('2') && code.bytes().all(|c| c.is_ascii_digit());
    let is_code = !in_data || code.parse::<i64>().is_ok();
    is_code && !code.is_empty() && !GOOD.contains(&&*code) && !is_of_http && !is_good(&code)
}

#[cfg(test)]
mod tests;
