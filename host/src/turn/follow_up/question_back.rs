//! A question that the assistant, or a plugin in its place, asks back.

use super::words::{OFFERS, WANTS};

/// Whether the answer asks for a missing piece. One that offers more help does not.
pub(super) fn asks_back(said: &str) -> bool {
    let may_ask = |line: &&str| !line.is_empty() && numbered(line).is_none();
    let Some(asks) = said.lines().rev().map(str::trim).find(may_ask) else { return false };
    let last = asks.trim_end_matches(['？', '?']);
    // The last sentence alone: an answer may hold a question of its own.
    let sentence = last.rsplit(['。', '！', '!', '？', '?', '\n']).next().unwrap_or(last);
    let asked = last.len() < asks.len() && WANTS.iter().any(|word| sentence.contains(word))
        || ["请选择", "请提供", "请告诉", "请输入", "请补充"].iter().any(|word| sentence.contains(word));
    let offers = OFFERS.iter().any(|word| sentence.contains(word));
    asked && !offers
}

/// A line such as `2. 广东`: the number and the text.
fn numbered(line: &str) -> Option<(usize, &str)> {
    let line = line.trim();
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let number = line[..digits].parse().ok()?;
    let text = line[digits..].strip_prefix(['.', '、', '．', ')', '）'])?.trim();
    (!text.is_empty()).then_some((number, text))
}

/// The choice that a reply such as `2` or `第二个` names.
pub(super) fn choice<'a>(choices: &'a str, reply: &str) -> Option<&'a str> {
    let bare = reply.trim_start_matches(['第', '选']).trim_end_matches(['个', '项', '种', '号']);
    let number = match bare {
        "一" => 1,
        "二" | "两" => 2,
        "三" => 3,
        "四" => 4,
        "五" => 5,
        digits => digits.parse().ok()?,
    };
    choices.lines().filter_map(numbered).find(|(found, _)| *found == number).map(|(_, text)| text)
}
