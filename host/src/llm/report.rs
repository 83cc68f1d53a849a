//! A report is what an endpoint says in place of an answer, with a status that promises one.

mod verdict;

use serde_json::Value;

use self::verdict::{is_code_of_failure, is_good, is_good_code, says_no_error, tells_of_failure};
use super::json::Json;
use super::meaning::{self, Meaning, PROMISES_AN_ANSWER, of_words, text_of};
use crate::endpoint::said;
use crate::redact;

/// An endpoint's words, and what they mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EndpointReport {
    /// The endpoint's code and message, for the operator only.
    pub(super) words: String,
    pub(super) meaning: Meaning,
}

/// What an endpoint says beside choices.
#[derive(Debug)]
pub(super) struct ReportBeside {
    pub(super) report: EndpointReport,
    /// Whether it can mean nothing else than a failure. A code that nobody knows may be a gateway's own for success, and
    /// does not make a failure of an answer that is whole.
    pub(super) is_certain: bool,
    /// Whether it is a code alone, without a word.
    pub(super) is_bare: bool,
    /// Whether nothing tells of a failure but a number: what is said beside it, if anything, is that all is well. Some
    /// endpoints have such a number beside each good answer.
    pub(super) is_only_a_number: bool,
}

/// How deep an error is looked into. What lies deeper is something said.
const MAX_DEPTH: usize = 6;
/// Fields of an error that only tell which request it is of.
const IDS: [&str; 9] =
    ["id", "request_id", "requestId", "RequestId", "trace_id", "traceId", "log_id", "logId", "timestamp"];
/// Numbers of a code that tell of a failure as a status does.
const FAILED_STATUS: std::ops::Range<f64> = 400.0..600.0;

impl EndpointReport {
    /// What an event reports that is not a part of an answer, or that says beside its choices that they are
    /// none; `None` where it reports nothing.
    pub(super) fn of(event: Json<'_>, has_choices: bool) -> Option<Self> {
        let [error, errors, of_hunyuan, error_code, error_msg, code, msg, message, object, kind] = event
            .fields([
                "error",
                "errors",
                "ErrorMsg",
                "error_code",
                "error_msg",
                "code",
                "msg",
                "message",
                "object",
                "type",
            ]);
        let is_error = |value: Option<Json<'_>>| value.is_some_and(|value| value.as_written() == "\"error\"");
        // Beside choices, a number that nothing explains is told by `beside`.
        let is_told = |code: Json<'_>| !has_choices || code.number().is_none() || explains(event);
        // Baidu's first version, OpenAI and its kin, MiniMax, Tencent, and gateways with names of their own.
        let told = error.is_some_and(|error| !is_blank(error))
            || errors.is_some_and(|errors| !is_blank(errors))
            || of_hunyuan.is_some_and(|error| error.is_object() && !is_blank(error))
            || meaning::error_of_tencent(event).is_some()
            || failed_codes(event).any(is_told);
        // A code without an answer; some send one beside each good answer, too.
        let alone = !has_choices
            && (is_error(object)
                || is_error(kind)
                || error_msg.is_some_and(|words| names_an_error(words, code.or(error_code)))
                || (code.is_some_and(is_failure)
                    && [msg, message].into_iter().flatten().any(|words| is_told_beside(words, code))));
        (told || alone).then(|| Self::in_place_of_an_answer(event))
    }

    /// What an event reports beside choices, which may be an answer all the same: a code of a failure, alone or with
    /// words other than that all is well, or that it had no success.
    pub(super) fn beside(event: Json<'_>) -> Option<ReportBeside> {
        let [code, msg, message, error_msg, success, error_code] =
            event.fields(["code", "msg", "message", "error_msg", "success", "error_code"]);
        let success = success.and_then(yes_or_no);
        let error_msg = error_msg.filter(|words| names_an_error(*words, code.or(error_code)));
        let names_an_error = code.is_none() && error_msg.is_some();
        let is_told = |words: &Json<'_>| match success {
            Some(true) => says_more(*words),
            Some(false) => tells_an_error(*words),
            None => is_told_beside(*words, code),
        };
        let words: Vec<Json<'_>> =
            [msg, message].into_iter().flatten().filter(is_told).chain(error_msg).collect();
        if words.is_empty() {
            let says_something = [msg, message].into_iter().flatten().any(|words| !words.is_nothing());
            // Under a name that only errors have, it can mean nothing else.
            let named = failed_codes(event).next();
            let code = named.or_else(|| code.filter(|code| success != Some(true) && is_failure(*code)))?;
            let is_certain = named.is_some() || is_certain_failure(code);
            // A gateway's own code for success comes with a word that says so, or alone.
            let is_told = is_certain || !says_something;
            let mut report = Self::of_a_code(code);
            // A number means what its maker says under the name that it has there.
            if named.is_some() && report.meaning == Meaning::Other {
                report.meaning = meaning::of(PROMISES_AN_ANSWER, event);
            }
            return is_told.then_some(ReportBeside {
                report,
                is_certain,
                is_bare: true,
                is_only_a_number: success != Some(false) && code.number().is_some(),
            });
        }
        let mut texts = words.iter().filter_map(|words| words.whole_text());
        let is_certain = names_an_error
            || success == Some(false)
            || code.is_some_and(is_certain_failure)
            || texts.any(|words| tells_of_failure(&words) || of_words(&words).is_some());
        let failed = match success {
            // Only what is certain speaks against it.
            Some(true) => is_certain && code.is_some_and(is_failure),
            Some(false) => true,
            None => names_an_error || code.is_some_and(is_failure),
        };
        let is_only_a_number = success != Some(false)
            && code.is_some_and(|code| code.number().is_some())
            && error_msg.is_none()
            && !words.iter().any(|words| says_more(*words));
        failed.then(|| {
            let report = Self::in_place_of_an_answer(event);
            ReportBeside { report, is_certain, is_bare: false, is_only_a_number }
        })
    }

    /// The report of a code without a word, whatever the answer beside it says.
    fn of_a_code(code: Json<'_>) -> Self {
        let alone = format!("{{\"code\":{}}}", code.as_written());
        let meaning =
            Json::parse(&alone).map_or(Meaning::Other, |event| meaning::of(PROMISES_AN_ANSWER, event));
        let code = text_of(code).unwrap_or_default();
        Self { words: format!("error {}, without a word of why", said::cleaned(&code)), meaning }
    }

    /// The words of whatever came where an answer should have.
    pub(super) fn in_place_of_an_answer(event: Json<'_>) -> Self {
        let said = said::in_refusal(event.as_written().as_bytes(), false);
        let words = match meaning::first_code(event) {
            Some(code) => format!("error {}: {said}", said::cleaned(&code)),
            None => said,
        };
        Self { words, meaning: meaning::of(PROMISES_AN_ANSWER, event) }
    }

    /// The report of an answer whose end is told in a word for failure, with the event that tells it.
    pub(super) fn of_an_ending(reason: &str, event: Json<'_>) -> Self {
        let meaning = match meaning::of(PROMISES_AN_ANSWER, event) {
            Meaning::Other => meaning::of_ending(reason),
            known => known,
        };
        let beside = Self::beside(event).map(|beside| format!("; {}", beside.report.words));
        Self { words: format!("its finish_reason is `{reason}`{}", beside.unwrap_or_default()), meaning }
    }

    /// The words of what came in place of an answer and reports no error. One that says that all is well is told
    /// whole, for its `ok` explains nothing.
    pub(super) fn of_no_answer(event: Json<'_>) -> Self {
        let report = Self::in_place_of_an_answer(event);
        let [code, success] = event.fields(["code", "success"]);
        let is_well = code.is_some_and(|code| !is_failure(code)) || success.and_then(yes_or_no) == Some(true);
        if !is_well {
            return report;
        }
        Self { words: said::cleaned(&redact::known().json(event.as_written())), ..report }
    }

    /// The words of all that came where no choice did, with the HTTP status beside it.
    pub(super) fn of_what_came(came: &str, status: u16) -> Self {
        let report = match Json::parse(came) {
            _ if came.is_empty() => {
                let words = format!("no choice came; it answered HTTP {status} with an empty body");
                return Self { words, meaning: Meaning::Other };
            }
            Ok(value) => Self::of_no_answer(value),
            Err(_) => Self::in_plain_words(came),
        };
        Self { words: format!("no choice came; it said {}", report.words), ..report }
    }

    /// What an event without a choice says in words behind the beginning of an answer; `None` where it says nothing, or
    /// that all is well.
    pub(super) fn in_words(event: Json<'_>) -> Option<Self> {
        let [code, success, error_code, error_msg, words @ ..] = event.fields([
            "code",
            "success",
            "error_code",
            "error_msg",
            "message",
            "msg",
            "err_msg",
            "errmsg",
            "errorMessage",
            "detail",
        ]);
        let code = code.filter(|code| !matches!(code.as_written(), "null" | "\"\""));
        let success = success.and_then(yes_or_no);
        let is_well = code.is_some_and(|code| !is_failure(code)) || success == Some(true);
        let is_told = |words: Json<'_>| {
            is_told_beside(words, code) || (success == Some(false) && tells_an_error(words))
        };
        let is_text = |words: &Json<'_>| words.whole_text().is_some_and(|words| !words.trim().is_empty());
        let told = words.into_iter().flatten().filter(is_text).any(is_told);
        let told = told || error_msg.filter(is_text).is_some_and(|words| names_an_error(words, error_code));
        (!is_well && told).then(|| Self::in_place_of_an_answer(event))
    }

    /// What an event without a choice says in passing behind the beginning of an answer: that it had no success, in fields
    /// that tell of many things. It undoes nothing.
    pub(super) fn in_passing(event: Json<'_>) -> Option<Self> {
        const FAILED: [&str; 4] = ["fail", "failed", "failure", "error"];
        const CODES: [[&str; 2]; 7] = [
            ["respCode", "respMsg"],
            ["resp_code", "resp_msg"],
            ["rspCode", "rspMsg"],
            ["retCode", "retMsg"],
            ["ret_code", "ret_msg"],
            ["resultCode", "resultMsg"],
            ["returnCode", "returnMsg"],
        ];
        let [success, states @ ..] = event.fields(["success", "status", "state", "result"]);
        let has_failed = |state: Json<'_>| {
            let word = state.as_written().trim_matches('"');
            FAILED.iter().any(|failed| word.eq_ignore_ascii_case(failed))
        };
        let is_refused = |names| {
            let [code, words] = event.fields(names);
            code.is_some_and(is_failure) && words.is_some_and(says_more)
        };
        let failed = success.and_then(yes_or_no) == Some(false)
            || states.into_iter().flatten().any(has_failed)
            || CODES.into_iter().any(is_refused);
        failed.then(|| Self::in_place_of_an_answer(event))
    }

    /// What a lone word reports that is not JSON; `None` where it tells of nothing.
    pub(super) fn in_a_word(word: &str) -> Option<Self> {
        let tells = tells_of_failure(word) || Meaning::of_word(word).or_else(|| of_words(word)).is_some();
        tells.then(|| Self::in_plain_words(word))
    }

    /// The words of an event that is not JSON.
    pub(super) fn in_plain_words(text: &str) -> Self {
        let words = said::in_refusal(text.as_bytes(), false);
        Self { meaning: meaning::of_plain(PROMISES_AN_ANSWER, &words), words }
    }
}

/// Whether an error says nothing, or that there is none, such as one whose code is 0: some send one beside each good
/// answer. Whatever its fields are called, one that says something is enough.
pub(super) fn is_blank(error: Json<'_>) -> bool {
    // What holds half a surrogate pair cannot be read, and says something.
    serde_json::from_str(error.as_written()).is_ok_and(|error| is_blank_within(&error, MAX_DEPTH))
}

fn is_blank_within(error: &Value, depth: usize) -> bool {
    let is_blank = |inner: &Value| depth > 0 && is_blank_within(inner, depth - 1);
    match error {
        Value::Null => true,
        Value::Bool(is_true) => !is_true,
        Value::Number(number) => number.as_f64() == Some(0.0) || says_no_error(&number.to_string()),
        Value::String(words) => matches!(words.trim(), "" | "0") || says_none(words),
        Value::Array(errors) => errors.iter().all(is_blank),
        Value::Object(fields) => fields.iter().all(|(name, inner)| {
            let is_yes = matches!(name.as_str(), "success" | "ok") && *inner == Value::Bool(true);
            IDS.contains(&name.as_str()) || is_yes || is_blank(inner)
        }),
    }
}

/// Whether a text within an error says that there is none; a code may also end in a word for success.
fn says_none(words: &str) -> bool {
    says_no_error(words) || (!words.contains(char::is_whitespace) && is_good_code(words))
}

/// Whether what is called an error says more than that there is none.
fn tells_an_error(words: Json<'_>) -> bool {
    !words.is_nothing() && !text_of(words).is_some_and(|words| says_no_error(&words))
}

/// Whether the words for an error tell of one. Beside a code for success they are a note.
fn names_an_error(words: Json<'_>, code: Option<Json<'_>>) -> bool {
    if code.is_some_and(|code| !is_failure(code)) { says_more(words) } else { tells_an_error(words) }
}

/// Whether a note says more than that all is well.
fn says_more(words: Json<'_>) -> bool {
    !words.is_nothing() && !text_of(words).is_some_and(|words| is_good(&words))
}

/// Whether words beside a code tell of a failure, as far as anybody knows. Beside a code that can mean nothing else no
/// words make it good.
fn is_told_beside(words: Json<'_>, code: Option<Json<'_>>) -> bool {
    says_more(words) || (!words.is_nothing() && code.is_some_and(is_certain_failure))
}

/// Codes of failures under the names that only errors have: Baidu's, those of gateways, and MiniMax's.
fn failed_codes(event: Json<'_>) -> impl Iterator<Item = Json<'_>> {
    let [error_code, base] = event.fields(["error_code", "base_resp"]);
    let of_base = base.and_then(|base| base.field("status_code"));
    let own = [error_code, of_base].into_iter().flatten();
    own.chain(meaning::codes_of_gateways(event)).filter(|code| is_failure(*code))
}

/// Whether words of an event say why such a code came.
fn explains(event: Json<'_>) -> bool {
    let [header, base, msg, message, detail, of_error @ ..] = event.fields([
        "header",
        "base_resp",
        "msg",
        "message",
        "detail",
        "error_msg",
        "err_msg",
        "errmsg",
        "errMsg",
        "errorMessage",
    ]);
    let within =
        [header.and_then(|header| header.field("message")), base.and_then(|base| base.field("status_msg"))];
    [msg, message, detail].into_iter().chain(within).flatten().any(says_more)
        || of_error.into_iter().flatten().any(tells_an_error)
}

/// Whether a code tells of a failure, as far as anybody knows; some tell that all is well.
fn is_failure(code: Json<'_>) -> bool {
    !code.is_nothing() && !text_of(code).is_some_and(|code| is_good_code(&code))
}

/// Whether a code can tell of nothing else: an HTTP status of a failure, a number below zero, or a word for one.
fn is_certain_failure(code: Json<'_>) -> bool {
    match code.number() {
        Some(number) => number < 0.0 || FAILED_STATUS.contains(&number),
        None => text_of(code).is_some_and(|code| is_code_of_failure(&code)),
    }
}

/// The yes or no that a value is, also in quotes.
fn yes_or_no(value: Json<'_>) -> Option<bool> {
    let word = value.as_written().trim_matches('"');
    let is = |name: &str| word.eq_ignore_ascii_case(name);
    if is("true") { Some(true) } else { is("false").then_some(false) }
}

#[cfg(test)]
mod tests;
