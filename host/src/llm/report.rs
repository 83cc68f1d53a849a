//! A report is what an endpoint says in place of an answer, with a status that promises one.

use super::json::Json;
use super::meaning::{self, Meaning, PROMISES_AN_ANSWER, text_of};
use crate::endpoint::said;
use crate::redact;

/// An endpoint's words, and what they mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EndpointReport {
    /// The endpoint's code and message, for the operator only.
    pub(super) words: String,
    pub(super) meaning: Meaning,
}

impl EndpointReport {
    /// What an event reports that is not a part of an answer, or that says beside its choices that they are
    /// none; `None` where it reports nothing.
    pub(super) fn of(event: Json<'_>, has_choices: bool) -> Option<Self> {
        let [error, errors, error_code, error_msg, code, msg, message, object, kind, base] = event.fields([
            "error",
            "errors",
            "error_code",
            "error_msg",
            "code",
            "msg",
            "message",
            "object",
            "type",
            "base_resp",
        ]);
        let something = |value: Option<Json<'_>>| value.is_some_and(|value| !value.is_nothing());
        let is_error = |value: Option<Json<'_>>| value.is_some_and(|value| value.as_written() == "\"error\"");
        // Baidu's first version, OpenAI and its kin, MiniMax, Tencent, and gateways with names of their own.
        let told = error.is_some_and(|error| !is_blank(error))
            || something(errors)
            || meaning::error_of_tencent(event).is_some()
            || something(error_code)
            || meaning::codes_of_gateways(event).any(is_failure)
            || something(base.and_then(|base| base.field("status_code")));
        // A code without an answer; some send one beside each good answer, too.
        let alone = !has_choices
            && (is_error(object)
                || is_error(kind)
                || something(error_msg)
                || ((something(msg) || something(message)) && code.is_some_and(is_failure)));
        (told || alone).then(|| Self::in_place_of_an_answer(event))
    }

    /// What an event reports beside choices, which may be an answer all the same: a code of a failure with
    /// words other than that all is well, or that it had no success.
    pub(super) fn beside(event: Json<'_>) -> Option<Self> {
        let [code, msg, message, error_msg, success] =
            event.fields(["code", "msg", "message", "error_msg", "success"]);
        let says_well = |words: Json<'_>| text_of(words).is_some_and(|words| is_good(words.trim()));
        let mut words = [msg, message, error_msg].into_iter().flatten().filter(|words| !words.is_nothing());
        let has_words = words.any(|words| !says_well(words));
        let failed = code.is_some_and(is_failure)
            || (code.is_none() && error_msg.is_some_and(|words| !words.is_nothing()))
            || success.is_some_and(|success| success.as_written() == "false");
        (has_words && failed).then(|| Self::in_place_of_an_answer(event))
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
        Self { words: format!("its finish_reason is `{reason}`"), meaning }
    }

    /// The words of what came in place of an answer and reports no error. One that says that all is well is told
    /// whole, for its `ok` explains nothing.
    pub(super) fn of_no_answer(event: Json<'_>) -> Self {
        let report = Self::in_place_of_an_answer(event);
        let [code, success] = event.fields(["code", "success"]);
        let is_well = code.is_some_and(|code| !is_failure(code))
            || success.is_some_and(|success| success.as_written() == "true");
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
        let [code, success, words @ ..] = event.fields([
            "code",
            "success",
            "message",
            "msg",
            "error_msg",
            "err_msg",
            "errmsg",
            "errorMessage",
            "detail",
        ]);
        let code = code.filter(|code| !matches!(code.as_written(), "null" | "\"\""));
        let is_well = code.is_some_and(|code| !is_failure(code))
            || success.is_some_and(|success| success.as_written() == "true");
        let words = words.into_iter().flatten().filter_map(Json::whole_text);
        let mut words = words.filter(|words| !words.trim().is_empty() && !is_good(words.trim()));
        (!is_well && words.next().is_some()).then(|| Self::in_place_of_an_answer(event))
    }

    /// The words of an event that is not JSON.
    pub(super) fn in_plain_words(text: &str) -> Self {
        let words = said::in_refusal(text.as_bytes(), false);
        Self { meaning: meaning::of_plain(PROMISES_AN_ANSWER, &words), words }
    }
}

/// Whether an error says nothing, such as one whose code is 0: some send one beside each good answer.
pub(super) fn is_blank(error: Json<'_>) -> bool {
    let said = error.fields(["code", "message", "msg", "type", "status", "detail", "error_msg"]);
    let says_something = said.into_iter().flatten().any(|value| !value.is_nothing());
    error.is_nothing() || (error.is_object() && !says_something)
}

/// Whether a code tells of a failure; some tell that all is well.
fn is_failure(code: Json<'_>) -> bool {
    !code.is_nothing() && !text_of(code).is_some_and(|code| is_good(&code))
}

/// Whether a code or a message is a word for success.
fn is_good(word: &str) -> bool {
    let words = ["200", "ok", "success", "successful", "succeeded", "done"];
    words.iter().any(|good| word.eq_ignore_ascii_case(good))
        || (word.ends_with("成功") && !word.contains(['不', '未', '没']))
}

#[cfg(test)]
mod tests;
