//! Where an answer ends that stands in a text: what comes behind an empty line is part of it only where it plainly goes on.

use crate::knowledge::document::qa::line::unnumbered;

/// Characters of a line that may be a heading, and of one that nothing else shows to be one.
const MAX_HEADING: usize = 24;
const MAX_PLAIN_HEADING: usize = 12;
/// What begins a text's end.
const CLOSING: &[&str] = &["附则", "附录", "附件", "版权", "About ", "Copyright", "©"];
/// What lists begin their lines with, with a space behind it.
const BULLETS: &[char] = &['-', '*', '+', '•', '·', '●', '■', '◆', '○', '□', '※'];
/// What says that something follows.
const ANNOUNCING: &[&str] = &["如下", "下列", "下表", "见下", "following"];

/// How many of these lines belong to the answer that begins with them; `None` is a table. `is_last`: whether no other question
/// ends it.
pub(super) fn end(lines: &[Option<&str>], is_last: bool) -> usize {
    let mut before: Option<&str> = None;
    let (mut is_apart, mut is_fenced) = (false, false);
    for (at, line) in lines.iter().enumerate() {
        let line = line.unwrap_or("|").trim();
        if line.is_empty() {
            is_apart = before.is_some();
            continue;
        }
        let is_fence = line.starts_with("```") || line.starts_with("~~~");
        if let Some(last) = before.filter(|_| !is_fenced) {
            let is_alone =
                lines.get(at + 1).is_none_or(|next| next.is_some_and(|next| next.trim().is_empty()));
            let goes_on = announces(last) || is_item(last) && is_item(line);
            if !goes_on && (is_heading(line, is_apart, is_alone) || is_apart && is_last) {
                return at;
            }
        }
        is_fenced ^= is_fence;
        (before, is_apart) = (Some(line), false);
    }
    lines.len()
}

fn announces(line: &str) -> bool {
    line.ends_with(['：', ':']) || ANNOUNCING.iter().any(|word| line.contains(word))
}

fn is_item(line: &str) -> bool {
    let is_bullet = line.strip_prefix(BULLETS).is_some_and(|rest| rest.starts_with([' ', '\t']));
    is_bullet || unnumbered(line).is_some() || number(line).is_some()
}

/// A line's number, and what stands behind it: 4 规格, 4.1 规格, 二、考试.
fn number(line: &str) -> Option<(&str, &str)> {
    let is_part = |c: char| c.is_ascii_digit() || c == '.' || "一二三四五六七八九十".contains(c);
    let rest = line.trim_start_matches(is_part);
    let number = line.get(..line.len() - rest.len())?;
    let words = rest.trim_start_matches([' ', '\u{3000}', '\t', '、']);
    // 3 天 is an amount.
    let is_amount = words.starts_with(['年', '月', '日', '天', '元', '个', '小', '分']);
    let is_one = !number.is_empty() && number.chars().count() <= 6 && words.len() < rest.len();
    (is_one && !is_amount && words.chars().count() > 1).then_some((number, words))
}

fn is_heading(line: &str, is_apart: bool, is_alone: bool) -> bool {
    let chars = line.chars().count();
    if chars > MAX_HEADING || line.ends_with(|c: char| "。；！？：，、”.;!?:,".contains(c)) {
        return false;
    }
    if let Some((number, _)) = number(line) {
        // The first of a list begins it.
        let is_first = matches!(number.trim_end_matches('.'), "1" | "一");
        return !is_first && (is_apart || !number.ends_with('.'));
    }
    if CLOSING.iter().any(|word| line.starts_with(word)) {
        return is_apart || line == "附则";
    }
    let is_word = |c: char| c.is_alphabetic() || c == ' ';
    is_apart && is_alone && chars <= MAX_PLAIN_HEADING && line.chars().all(is_word)
}

#[cfg(test)]
mod tests;
