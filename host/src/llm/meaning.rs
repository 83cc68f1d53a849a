//! What an endpoint's refusal means for who asked, whatever status stands beside its words.

mod echo;
mod words;

use self::echo::{before_echo, without_echo};
use super::json::Json;
pub use crate::endpoint::Meaning;
use crate::endpoint::{Vendor, plain_code, said};
use crate::message::Message;

/// Bytes of a code or a type that are looked at.
const LONGEST_CODE: usize = 64;
/// The status of an endpoint that promises an answer.
pub(super) const PROMISES_AN_ANSWER: u16 = 200;

impl Meaning {
    /// What the words of an endpoint that is no model mean beside its status.
    pub fn of_said(status: u16, said: &str) -> Self {
        of_plain(status, said)
    }
}

/// What `event` means, which came with this status.
pub(super) fn of(status: u16, event: Json<'_>) -> Meaning {
    of_refusal(status, event, &[])
}

/// What `event` means, which came with this status for a request with these messages. Codes come first, for they are
/// exact, then words, and a status last: endpoints send the same error with several. What an endpoint repeats of the
/// request is nothing it says, and where it names the request as invalid, its words have to leave no doubt.
pub(super) fn of_refusal(status: u16, event: Json<'_>, asked: &[Message]) -> Meaning {
    let event = event.items(1).and_then(|(mut items, _)| items.pop()).unwrap_or(event);
    let codes = codes(event);
    let names_request = names_request(status, &codes);
    let mut words = judged(event);
    // Looked for only where it matters, for a request may be long.
    if (names_request || is_of_request(status)) && of_words(&words).is_some() {
        words = without_echo(&words, asked);
    }
    let of_code = |code: &str| {
        // Of the messages or tokens of one request.
        let is_weak = names_request && plain_code(code).starts_with("limitexceeded");
        if is_weak { None } else { Meaning::of_word(code) }
    };
    let of_numbers = codes.iter().find_map(|(vendor, code)| Meaning::of_number(*vendor, code));
    of_numbers
        .or_else(|| codes.iter().find_map(|(_, code)| of_code(code)))
        .or_else(|| if names_request { of_clear_words(&words) } else { of_words(&words) })
        .or_else(|| codes.iter().find_map(|(_, code)| Meaning::of_status(code.trim().parse().ok()?)))
        .or_else(|| Meaning::of_status(status))
        // An error of the family `invalid_request` that came with a good status; any other status has told
        // more already.
        .or_else(|| {
            let is_request = |(_, code): &(Vendor, String)| plain_code(code).starts_with("invalidrequest");
            (status == PROMISES_AN_ANSWER && codes.iter().any(is_request)).then_some(Meaning::Request)
        })
        .unwrap_or(Meaning::Other)
}

/// What words without JSON mean beside this status, where the request had these messages.
pub(super) fn of_plain_refusal(status: u16, words: &str, asked: &[Message]) -> Meaning {
    if !is_of_request(status) || of_words(words).is_none() {
        return of_plain(status, words);
    }
    of_plain(status, &without_echo(before_echo(words), asked))
}

/// What words without JSON mean beside this status.
pub(super) fn of_plain(status: u16, words: &str) -> Meaning {
    of_words(words).or_else(|| Meaning::of_status(status)).unwrap_or(Meaning::Other)
}

/// The words of an event that are an endpoint's own, as far as their places show.
fn judged(event: Json<'_>) -> String {
    /// Faults of one request that are looked at.
    const MAX_FAULTS: usize = 16;
    let [error, error_msg, message, msg, detail] =
        event.fields(["error", "error_msg", "message", "msg", "detail"]);
    let is_said = [error, error_msg, message, msg].iter().any(Option::is_some);
    // FastAPI tells of each fault with the value that it found.
    let faults = detail.filter(|_| !is_said).and_then(|detail| detail.items(MAX_FAULTS));
    if let Some((faults, _)) = faults {
        let told = faults.into_iter().filter_map(|fault| fault.field("msg").unwrap_or(fault).whole_text());
        return said::cleaned(&told.collect::<Vec<_>>().join("; "));
    }
    before_echo(&said::in_refusal(event.as_written().as_bytes(), false)).to_owned()
}

/// Whether a status says that the request is at fault, whatever gateways send it for.
fn is_of_request(status: u16) -> bool {
    Meaning::of_status(status) == Some(Meaning::Request)
}

/// Whether a code or the status names the request as invalid, and none of them says something else.
fn names_request(status: u16, codes: &[(Vendor, String)]) -> bool {
    let number = |code: &String| code.trim().parse::<u16>().ok();
    let named = |(_, code): &(Vendor, String)| {
        let word = plain_code(code);
        number(code).is_some_and(is_of_request)
            || ["invalidrequest", "badrequest", "unprocessable", "validation"]
                .iter()
                .any(|name| word.starts_with(name))
    };
    let is_limit = |status| matches!(Meaning::of_status(status), Some(Meaning::Busy | Meaning::Spent));
    let may_be = status == PROMISES_AN_ANSWER || is_of_request(status);
    // Gateways say that they are busy with 400, too.
    let is_invalid = matches!(status, 413 | 422) || codes.iter().any(named);
    may_be && is_invalid && !codes.iter().filter_map(|(_, code)| number(code)).any(is_limit)
}

/// What an answer's end in a word for failure means.
pub(super) fn of_ending(reason: &str) -> Meaning {
    Meaning::of_word(reason).unwrap_or(Meaning::Other)
}

/// The code of an error that tells most.
pub(super) fn first_code(event: Json<'_>) -> Option<String> {
    codes(event).into_iter().map(|(_, code)| code).find(|code| !code.is_empty())
}

/// Every code and every type that an event has for its error, the one that tells most first.
fn codes(event: Json<'_>) -> Vec<(Vendor, String)> {
    let [error, errors, error_code, code, status, kind, base, choices] =
        event.fields(["error", "errors", "error_code", "code", "status", "type", "base_resp", "choices"]);
    // A router has its error in the choice, or in what the choice says.
    let choice = choices.and_then(|choices| choices.items(1)?.0.pop());
    let [own, delta, message] =
        choice.map_or([None; 3], |choice| choice.fields(["error", "delta", "message"]));
    let within = [delta, message].into_iter().flatten().find_map(|said| said.field("error"));
    let mut all = vec![(Vendor::Baidu, error_code)];
    for error in [error, own, within] {
        all.extend(inside(error).map(|code| (Vendor::Zhipu, code)));
    }
    all.push((Vendor::Unknown, error_of_tencent(event).and_then(|error| error.field("Code"))));
    all.push((Vendor::Unknown, event.field("ErrorMsg").and_then(|error| error.field("Code"))));
    all.extend(codes_of_gateways(event).map(|code| (Vendor::Unknown, Some(code))));
    all.push((Vendor::Unknown, code));
    // The first of several errors.
    let first = errors.and_then(|errors| errors.items(1)?.0.pop());
    all.extend(inside(first).map(|code| (Vendor::Unknown, code)));
    all.push((Vendor::MiniMax, base.and_then(|base| base.field("status_code"))));
    all.extend([status, kind].map(|code| (Vendor::Unknown, code)));
    let known = |(vendor, code): (Vendor, Option<Json<'_>>)| {
        let code = code.filter(|code| !code.is_nothing())?;
        Some((vendor, text_of(code)?))
    };
    all.into_iter().filter_map(known).collect()
}

/// The error in `{"Response":{"Error":{"Code":…,"Message":…}}}`, as Tencent's cloud has it.
pub(super) fn error_of_tencent(event: Json<'_>) -> Option<Json<'_>> {
    event.field("Response")?.field("Error").filter(|error| error.is_object())
}

/// The codes for which gateways have names of their own: `err_code` and its like, and the one in the `header` of
/// iFlytek's events.
pub(super) fn codes_of_gateways(event: Json<'_>) -> impl Iterator<Item = Json<'_>> {
    let [header, own @ ..] = event.fields(["header", "err_code", "errcode", "errCode", "errorCode"]);
    let of_header = header.and_then(|header| header.field("code"));
    own.into_iter().chain([of_header]).flatten()
}

/// The codes of an error that is an object.
fn inside(error: Option<Json<'_>>) -> [Option<Json<'_>>; 4] {
    error.map_or([None; 4], |error| error.fields(["code", "type", "status", "http_code"]))
}

pub(super) fn text_of(code: Json<'_>) -> Option<String> {
    let text = match code.whole_text() {
        Some(text) => text,
        None => code.number().map(|_| code.as_written().to_owned())?,
    };
    (text.len() <= LONGEST_CODE).then_some(text)
}

/// What is said in words that leave no doubt.
pub(super) fn of_words(words: &str) -> Option<Meaning> {
    let words = words.to_lowercase();
    let is_spent = words::tell_of_nothing_left(&words);
    meaning_of(&words, is_spent, words::tell_of_too_much(&words))
}

/// The same where the request was named as invalid before: it may be its own limits that are told of, or its subject.
fn of_clear_words(words: &str) -> Option<Meaning> {
    let words = words.to_lowercase();
    let is_spent = words::tell_clearly_of_nothing_left(&words);
    meaning_of(&words, is_spent, words::tell_clearly_of_too_much(&words))
}

fn meaning_of(words: &str, is_spent: bool, is_busy: bool) -> Option<Meaning> {
    let holds = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    if is_spent {
        Some(Meaning::Spent)
    } else if is_busy {
        Some(Meaning::Busy)
    } else if holds(&["api key", "access token"]) {
        Some(Meaning::Setup)
    } else if holds(&["maximum context length"]) {
        Some(Meaning::Request)
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
