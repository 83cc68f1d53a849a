//! A report is what an endpoint says in place of an answer, with a status that promises one.

use super::json::Json;
use crate::endpoint::said;

/// Bytes of a code or a type that are looked at.
const LONGEST_CODE: usize = 64;

/// What a report means for who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Too much at once: the same request may be answered a little later.
    Busy,
    /// What may be asked in a day, or has been paid for, is used up: it may be answered much later.
    Spent,
    /// Anything else.
    Other,
}

/// An endpoint's words, and what they mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Report {
    /// For the operator: its code and its message.
    pub(super) words: String,
    pub(super) meaning: Meaning,
}

impl Report {
    /// What an event reports that is no part of an answer, or that says beside its choices that they are
    /// none; `None` where it reports nothing.
    pub(super) fn of(event: Json<'_>, has_choices: bool) -> Option<Self> {
        let [error, error_code, error_msg, code, msg, message, object, kind, base] = event.fields([
            "error",
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
        // Baidu's first version, OpenAI and its kin, MiniMax.
        let told = error.is_some_and(|error| !is_blank(error))
            || something(error_code)
            || something(base.and_then(|base| base.field("status_code")));
        // A code without an answer; some send one beside each good answer, too.
        let alone = !has_choices
            && (is_error(object)
                || is_error(kind)
                || something(error_msg)
                || ((something(msg) || something(message)) && code.is_some_and(is_failure)));
        (told || alone).then(|| Self::in_place_of_an_answer(event))
    }

    /// The words of whatever came where an answer should have.
    pub(super) fn in_place_of_an_answer(event: Json<'_>) -> Self {
        let codes = codes(event);
        let said = said::in_refusal(event.as_written().as_bytes(), false);
        let words = match codes.iter().find(|code| !code.is_empty()) {
            Some(code) => format!("error {}: {said}", said::cleaned(code)),
            None => said,
        };
        // Numbers are each vendor's own.
        let of_baidu = event.field("error_code").and_then(text_of);
        let meanings = codes.iter().map(|code| match &of_baidu {
            Some(number) if number == code => meaning_of_baidu(code),
            _ => meaning(code),
        });
        let meaning = meanings.into_iter().find(|meaning| *meaning != Meaning::Other);
        Self { words, meaning: meaning.unwrap_or(Meaning::Other) }
    }

    /// The words of an event that is no JSON.
    pub(super) fn in_plain_words(text: &str) -> Self {
        Self { words: said::in_refusal(text.as_bytes(), false), meaning: Meaning::Other }
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
    let well = |code: &str| ["200", "ok", "success"].iter().any(|well| code.eq_ignore_ascii_case(well));
    !code.is_nothing() && !text_of(code).is_some_and(|code| well(&code))
}

/// Every code and every type that an event has for its error, the one that tells most first.
fn codes(event: Json<'_>) -> Vec<String> {
    let [error, error_code, code, status, kind, base, choices] =
        event.fields(["error", "error_code", "code", "status", "type", "base_resp", "choices"]);
    // Of a router, in the choice.
    let first = choices.and_then(|choices| choices.items(1)?.0.pop()?.field("error"));
    let mut all = vec![error_code];
    all.extend(inside(error));
    all.extend(inside(first));
    all.extend([code, base.and_then(|base| base.field("status_code")), status, kind]);
    all.into_iter().flatten().filter(|code| !code.is_nothing()).filter_map(text_of).collect()
}

/// The codes of an error that is an object.
fn inside(error: Option<Json<'_>>) -> [Option<Json<'_>>; 4] {
    error.map_or([None; 4], |error| error.fields(["code", "type", "status", "http_code"]))
}

fn text_of(code: Json<'_>) -> Option<String> {
    let text = match code.whole_text() {
        Some(text) => text,
        None => code.number().map(|_| code.as_written().to_owned())?,
    };
    (text.len() <= LONGEST_CODE).then_some(text)
}

/// What one of Baidu's numbers means.
fn meaning_of_baidu(code: &str) -> Meaning {
    match code {
        // Calls in a day, and in all.
        "17" | "19" => Meaning::Spent,
        // Of all its callers, a second, while it is busy, a minute, tokens a minute.
        "4" | "18" | "336100" | "336501" | "336502" | "336503" => Meaning::Busy,
        _ => Meaning::Other,
    }
}

/// What a code means, a number or a word.
fn meaning(code: &str) -> Meaning {
    match code.trim() {
        // HTTP's own; MiniMax, requests and tokens; Zhipu, at once, in a while, and while it is busy.
        "429" | "1002" | "1039" | "1302" | "1303" | "1305" => Meaning::Busy,
        // Zhipu.
        "1113" | "1308" => Meaning::Spent,
        word => {
            let word: String =
                word.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
            let holds = |parts: &[&str]| parts.iter().any(|part| word.contains(part));
            if holds(&["ratelimit", "requestlimit", "toomanyrequests", "throttl", "overload", "busy"]) {
                Meaning::Busy
            } else if holds(&["quota", "insufficientbalance", "arrear", "dailylimit"]) {
                Meaning::Spent
            } else {
                Meaning::Other
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(event: &str) -> Option<(String, Meaning)> {
        let event = Json::parse(event).unwrap();
        let has_choices =
            event.field("choices").and_then(|list| list.items(1)).is_some_and(|(list, _)| !list.is_empty());
        Report::of(event, has_choices).map(|report| (report.words, report.meaning))
    }

    #[test]
    fn an_error_is_known_in_every_dialect() {
        for (event, words, meaning) in [
            (
                r#"{"error_code":17,"error_msg":"Open api daily request limit reached"}"#,
                "error 17: Open api daily request limit reached",
                Meaning::Spent,
            ),
            (r#"{"error_code":18,"error_msg":"qps"}"#, "error 18: qps", Meaning::Busy),
            (r#"{"error_code":336003,"error_msg":"bad"}"#, "error 336003: bad", Meaning::Other),
            (r#"{"code":1001,"msg":"余额不足"}"#, "error 1001: 余额不足", Meaning::Other),
            (
                r#"{"code":"Throttling.RateQuota","message":"慢"}"#,
                "error Throttling.RateQuota: 慢",
                Meaning::Busy,
            ),
            (
                r#"{"error":{"code":"rpm_rate_limit_exceeded","message":"m"}}"#,
                "error rpm_rate_limit_exceeded: m",
                Meaning::Busy,
            ),
            (
                r#"{"error":{"code":null,"type":"engine_overloaded_error","message":"m"}}"#,
                "error engine_overloaded_error: m",
                Meaning::Busy,
            ),
            (r#"{"error":{"message":"m"},"code":429}"#, "error 429: m", Meaning::Busy),
            (
                r#"{"error":{"code":"insufficient_quota","message":"m"}}"#,
                "error insufficient_quota: m",
                Meaning::Spent,
            ),
            (r#"{"error":{"code":"17","message":"m"}}"#, "error 17: m", Meaning::Other),
            (r#"{"error":"model not loaded"}"#, "model not loaded", Meaning::Other),
            (r#"{"object":"error","message":"too long","code":400}"#, "error 400: too long", Meaning::Other),
            (
                r#"{"base_resp":{"status_code":1002,"status_msg":"rate limit"},"choices":null}"#,
                "error 1002: rate limit",
                Meaning::Busy,
            ),
            (
                r#"{"choices":[{"delta":{}}],"error":{"code":502,"message":"gone"}}"#,
                "error 502: gone",
                Meaning::Other,
            ),
        ] {
            assert_eq!(report(event), Some((words.to_owned(), meaning)), "{event}");
        }
    }

    #[test]
    fn what_says_that_all_is_well_is_no_error() {
        for event in [
            r#"{"code":0,"message":"Success","choices":[]}"#,
            r#"{"code":200,"msg":"success","choices":[]}"#,
            r#"{"code":"OK","msg":"x"}"#,
            r#"{"error":null,"error_code":0,"choices":[]}"#,
            r#"{"error":{},"choices":[]}"#,
            r#"{"error":""}"#,
            r#"{"error":{"code":0,"message":"","type":null},"choices":[{"delta":{}}]}"#,
            r#"{"base_resp":{"status_code":0,"status_msg":""},"choices":[]}"#,
            r#"{"code":5,"message":"a note","choices":[{"delta":{}}]}"#,
            r#"{"object":"chat.completion.chunk","choices":[]}"#,
            "{}",
            "[]",
        ] {
            assert_eq!(report(event), None, "{event}");
        }
    }
}
