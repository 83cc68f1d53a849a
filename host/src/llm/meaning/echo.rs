//! An echo is what an endpoint repeats of a request in its refusal: the user's words, which say nothing of the endpoint.

use crate::message::{Message, MessagePart};

/// What stands before a value that was found in the request, in the words of the checkers that endpoints use.
const MARKS: [&str; 6] =
    ["'input':", "\"input\":", "\\\"input\\\":", "input_value=", "'input_value':", "\"input_value\":"];
/// Characters of a passage that nobody says by chance.
const LONG: usize = 8;
/// Characters of a whole message that nobody says by chance; of a shorter one only where it stands in quotes.
const WHOLE: usize = 4;
const QUOTES: [char; 10] = ['\'', '"', '`', '“', '”', '‘', '’', '「', '」', '『'];

/// The words before a value of the request.
pub(super) fn before_echo(words: &str) -> &str {
    let first = MARKS.iter().filter_map(|mark| words.find(mark)).min();
    &words[..first.unwrap_or(words.len())]
}

/// The words without what stands in these messages, where what is left tells why the request was refused. An endpoint may
/// say itself what somebody has asked about.
pub(super) fn without_echo(words: &str, asked: &[Message]) -> String {
    let texts = asked.iter().flat_map(|message| {
        let parts = message.parts.iter().filter_map(|part| match part {
            MessagePart::Text(text) => Some(text.as_str()),
            MessagePart::Image(_) => None,
        });
        std::iter::once(message.content.as_str()).chain(parts)
    });
    let mut left = words.to_owned();
    for text in texts.map(str::trim).filter(|text| !text.is_empty()) {
        left = without_passages(&without_whole(&left, text), text);
    }
    if explains(&left) { left } else { words.to_owned() }
}

/// Whether words say anything but that something is wrong. Who is to ask again in a moment is not at fault.
fn explains(words: &str) -> bool {
    /// What stands before any message.
    const EMPTY: [&str; 14] = [
        "bad request",
        "error",
        "message",
        "msg",
        "code",
        "sorry",
        "错误",
        "提示",
        "信息",
        "原因",
        "请求失败",
        "调用失败",
        "抱歉",
        "对不起",
    ];
    const IN_A_MOMENT: [&str; 4] = ["稍后", "稍候", "稍等", "later"];
    let words = EMPTY.iter().fold(words.to_lowercase(), |words, empty| words.replace(empty, ""));
    let is_of_a_moment = IN_A_MOMENT.iter().any(|moment| words.contains(moment));
    !is_of_a_moment && words.chars().filter(|c| c.is_alphabetic()).count() > 1
}

/// Whether an echo may begin behind these words, as their last sign shows.
fn is_announced(before: &str) -> bool {
    /// Signs before what is quoted, and where its beginning was cut off.
    const SIGNS: [char; 10] = [':', '：', '=', '(', '（', '[', '【', '<', '>', '…'];
    let before = before.trim_end();
    before.ends_with("...") || before.ends_with(|c| QUOTES.contains(&c) || SIGNS.contains(&c))
}

fn without_whole(words: &str, text: &str) -> String {
    let is_short = text.chars().count() < WHOLE;
    let is_echo = |words: &str, at: usize| {
        let (before, behind) = (&words[..at], &words[at + text.len()..]);
        let is_quoted = before.ends_with(QUOTES) && behind.starts_with(QUOTES);
        if is_short { is_quoted } else { is_announced(before) }
    };
    let mut words = words.to_owned();
    while let Some(at) = words.match_indices(text).map(|(at, _)| at).find(|at| is_echo(&words, *at)) {
        words.replace_range(at..at + text.len(), " ");
    }
    words
}

/// The words without the passages that are parts of a text: one that is long, or was cut or escaped.
fn without_passages(words: &str, text: &str) -> String {
    /// Bytes of what was escaped between two passages.
    const ESCAPED: usize = 4;
    let starts: Vec<usize> = words.char_indices().map(|(at, _)| at).chain([words.len()]).collect();
    let (mut kept, mut echoed_to) = (String::with_capacity(words.len()), 0);
    for (place, &at) in starts.iter().enumerate() {
        let goes_on = echoed_to > 0 && at <= echoed_to + ESCAPED;
        if let Some(&end) = starts.get(place + LONG)
            && text.contains(&words[at..end])
            && (goes_on || is_announced(&words[..at]))
        {
            echoed_to = end;
        }
        if at >= echoed_to
            && let Some(&next) = starts.get(place + 1)
        {
            kept.push_str(&words[at..next]);
        }
    }
    kept
}

#[cfg(test)]
mod tests;
