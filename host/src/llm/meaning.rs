//! What an endpoint's refusal means for who asked, whatever status stands beside its words.

mod echo;
mod words;

use self::echo::{before_echo, without_echo};
use super::json::Json;
use crate::endpoint::{said, tells_of_absence};
use crate::message::Message;

/// Bytes of a code or a type that are looked at.
const LONGEST_CODE: usize = 64;
/// The status of an endpoint that promises an answer.
pub(super) const PROMISES_AN_ANSWER: u16 = 200;

/// What a refusal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Too much at once: the same request may be answered a little later.
    Busy,
    /// What may be asked in a day, or has been paid for, is used up: it may be answered much later.
    Spent,
    /// The request is at fault: too long, or with a parameter that the model does not take.
    Request,
    /// The host's own settings are: a key, the name of a model, an address.
    Setup,
    /// Nobody is there who could answer: a gateway before the model says so, or the connection closed without a
    /// byte. [`crate::breaker`] counts the same.
    Away,
    /// Anything else, which may pass.
    Other,
}

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
        let is_weak = names_request && plain(code).starts_with("limitexceeded");
        if is_weak { None } else { of_word(code) }
    };
    let of_numbers = codes.iter().find_map(|(vendor, code)| of_number(*vendor, code));
    of_numbers
        .or_else(|| codes.iter().find_map(|(_, code)| of_code(code)))
        .or_else(|| if names_request { of_clear_words(&words) } else { of_words(&words) })
        .or_else(|| codes.iter().find_map(|(_, code)| of_status(code.trim().parse().ok()?)))
        .or_else(|| of_status(status))
        // An error of the family `invalid_request` that came with a good status; any other status has told
        // more already.
        .or_else(|| {
            let is_request = |(_, code): &(Vendor, String)| plain(code).starts_with("invalidrequest");
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
    of_words(words).or_else(|| of_status(status)).unwrap_or(Meaning::Other)
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
    of_status(status) == Some(Meaning::Request)
}

/// Whether a code or the status names the request as invalid, and none of them says something else.
fn names_request(status: u16, codes: &[(Vendor, String)]) -> bool {
    let number = |code: &String| code.trim().parse::<u16>().ok();
    let named = |(_, code): &(Vendor, String)| {
        let word = plain(code);
        number(code).is_some_and(is_of_request)
            || ["invalidrequest", "badrequest", "unprocessable", "validation"]
                .iter()
                .any(|name| word.starts_with(name))
    };
    let is_limit = |status| matches!(of_status(status), Some(Meaning::Busy | Meaning::Spent));
    let may_be = status == PROMISES_AN_ANSWER || is_of_request(status);
    // Gateways say that they are busy with 400, too.
    let is_invalid = matches!(status, 413 | 422) || codes.iter().any(named);
    may_be && is_invalid && !codes.iter().filter_map(|(_, code)| number(code)).any(is_limit)
}

/// What an answer's end in a word for failure means.
pub(super) fn of_ending(reason: &str) -> Meaning {
    of_word(reason).unwrap_or(Meaning::Other)
}

/// The code of an error that tells most.
pub(super) fn first_code(event: Json<'_>) -> Option<String> {
    codes(event).into_iter().map(|(_, code)| code).find(|code| !code.is_empty())
}

/// The vendor whose number a code is, as its place shows: numbers are each vendor's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Vendor {
    /// `error_code`.
    Baidu,
    /// MiniMax, whose codes are within `base_resp`.
    MiniMax,
    /// Zhipu, whose codes are within `error`.
    Zhipu,
    /// The code stands anywhere else.
    Unknown,
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

fn of_number(vendor: Vendor, code: &str) -> Option<Meaning> {
    Some(match (vendor, code.trim()) {
        // Too many requests of all callers, a second, while it is busy, a minute, tokens a minute.
        (Vendor::Baidu, "4" | "18" | "336100" | "336501" | "336502" | "336503") => Meaning::Busy,
        // Calls in a day, and in all.
        (Vendor::Baidu, "17" | "19") => Meaning::Spent,
        // A parameter, the length, the messages.
        (Vendor::Baidu, "336001" | "336002" | "336003" | "336006" | "336007" | "336103" | "336104") => {
            Meaning::Request
        }
        // Permissions, the token, and a service that is not open.
        (Vendor::Baidu, "3" | "6" | "13" | "14" | "15" | "100" | "110" | "111" | "336004" | "336005") => {
            Meaning::Setup
        }
        // Requests and tokens, what is paid for, the key, a parameter.
        (Vendor::MiniMax, "1002" | "1039") => Meaning::Busy,
        (Vendor::MiniMax, "1008") => Meaning::Spent,
        (Vendor::MiniMax, "1004" | "2049") => Meaning::Setup,
        (Vendor::MiniMax, "2013") => Meaning::Request,
        // At once, in a while, and while it is busy; the account; the token; a parameter and the length.
        (Vendor::Zhipu, "1302" | "1303" | "1305") => Meaning::Busy,
        (Vendor::Zhipu, "1113" | "1304" | "1308") => Meaning::Spent,
        (Vendor::Zhipu, "1000" | "1001" | "1002" | "1003" | "1004" | "1211" | "1220") => Meaning::Setup,
        (Vendor::Zhipu, "1210" | "1213" | "1214" | "1261" | "1301") => Meaning::Request,
        _ => return None,
    })
}

fn plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// What a code in words means.
pub(super) fn of_word(code: &str) -> Option<Meaning> {
    let word = plain(code);
    let holds = |parts: &[&str]| parts.iter().any(|part| word.contains(part));
    if holds(&["resourceinsufficient"]) {
        // Tencent's, of what is paid for: `ResourceInsufficient.ChargeResourceExhausted`.
        Some(Meaning::Spent)
    } else if holds(&[
        "ratelimit",
        "requestlimit",
        "toomanyrequests",
        "throttl",
        "overload",
        "busy",
        "resourceexhausted",
    ]) {
        Some(Meaning::Busy)
    } else if holds(&[
        "quota",
        "insufficientbalance",
        "insufficientcredit",
        "arrear",
        "overdue",
        "dailylimit",
        "packexhausted",
    ]) {
        Some(Meaning::Spent)
    } else if word.starts_with("limitexceeded") || holds(&["serverlimitexceeded"]) {
        // Of requests, and not of what one may hold.
        Some(Meaning::Busy)
    } else if holds(&[
        "apikey",
        "authentication",
        "unauthorized",
        "permission",
        "accessdenied",
        "accesstoken",
        "authfailure",
    ]) || holds(&["iamtoken", "modelnotfound", "invalidmodel", "modelnotexist"])
    {
        Some(Meaning::Setup)
    } else if holds(&[
        "contextlength",
        "invalidparameter",
        "tokenstoolong",
        "contentfilter",
        "datainspection",
    ]) {
        Some(Meaning::Request)
    } else {
        None
    }
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

fn of_status(status: u16) -> Option<Meaning> {
    match status {
        429 => Some(Meaning::Busy),
        402 => Some(Meaning::Spent),
        400 | 413 | 422 => Some(Meaning::Request),
        _ if tells_of_absence(status) => Some(Meaning::Away),
        // It took too long, came at the wrong moment, or met another: none of that is anybody's setting.
        408 | 409 | 425 | 499 | 500..=599 => Some(Meaning::Other),
        300..=499 => Some(Meaning::Setup),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
