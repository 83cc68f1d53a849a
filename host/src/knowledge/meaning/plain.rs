//! A plain question has its numbers as digits, one word for what several say, and no verb twice: 能不能 and 每周 are read here,
//! before its words are looked up.

use super::answer_type::{AnswerType, AnswerTypes};
use super::bound::bounds_folded;
use super::words::{ASKED_LAST, DEALT_WITH, REWRITTEN, UNITS};

/// The question in plain words, each bound in one wording, and whether it asks whether by saying a verb twice.
pub(super) fn plain(question: &str) -> (String, AnswerTypes) {
    let (text, asks) = without_a_not_a(question);
    let text = REWRITTEN.iter().fold(text, |text, (from, to)| text.replace(from, to));
    (bounds_folded(&numerals(&text)), asks)
}

/// What a text asks for with its last word, and what stands before that.
pub(super) fn asked_last(text: &str) -> Option<(AnswerType, &str)> {
    let ends = ASKED_LAST.iter().flat_map(|(ask, words)| words.split_whitespace().map(|word| (*ask, word)));
    ends.filter_map(|(ask, word)| Some((ask, text.strip_suffix(word)?.trim_end_matches('的'))))
        .find(|(_, rest)| !rest.is_empty() && !rest.contains(|c| DEALT_WITH.contains(c)))
}

/// `能不能` and its kin ask whether: the text with the verb once, and whether there was one.
fn without_a_not_a(key: &str) -> (String, AnswerTypes) {
    let chars: Vec<char> = key.chars().collect();
    let (mut text, mut asks) = (String::with_capacity(key.len()), AnswerTypes::default());
    let mut at = 0;
    while at < chars.len() {
        let rest = &chars[at..];
        let (step, keep) = match rest {
            ['是', '不', '是', ..] => (3, None),
            ['是', '否', ..] => (2, None),
            ['能' | '可', '否', ..] => (2, Some('能')),
            [verb, '不' | '没' | '无', again, ..] if verb == again => (2, None),
            [c, ..] => (1, Some(*c)),
            [] => break,
        };
        if step > 1 {
            asks.add(AnswerType::Whether);
        }
        text.extend(keep);
        at += step;
    }
    (text, asks)
}

/// Before these numbers a share is one: 百分之五十.
pub(super) const SHARES: [&str; 3] = ["百分之", "千分之", "万分之"];

/// Chinese numbers before a measure and of a share as digits: 十五天 is 15天.
pub(super) fn numerals(text: &str) -> String {
    const DIGITS: &str = "零一二三四五六七八九";
    let digit = |c: char| match c {
        '〇' => Some(0),
        '两' => Some(2),
        '每' => Some(1),
        c => DIGITS.chars().position(|digit| digit == c).map(|digit| digit as u64),
    };
    let power = |c: char| match c {
        '十' => Some(10),
        '百' => Some(100),
        '千' => Some(1000),
        _ => None,
    };
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let is_numeral = |c: char| digit(c).is_some() || power(c).is_some();
        // 百分之二十 is 百分之20.
        let is_number = |c: char| is_numeral(c) || c.is_ascii_digit();
        let share = SHARES.iter().find_map(|share| rest.strip_prefix(share));
        let share = share.filter(|after| after.starts_with(is_number));
        if let Some(after) = share.filter(|after| !after.starts_with(is_numeral)) {
            rest = after;
            continue;
        }
        rest = share.unwrap_or(rest);
        let end = rest.find(|c: char| !is_numeral(c)).unwrap_or(rest.len());
        let (number, after) = rest.split_at(end);
        if number.is_empty() {
            made.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let before_unit = share.is_some() || after.starts_with(|c: char| UNITS.contains(c));
        if number == "每" {
            made.push_str(if before_unit { "1" } else { number });
        } else if !before_unit {
            made.push_str(number);
        } else if number.chars().any(|c| power(c).is_some()) {
            let (mut sum, mut now) = (0u64, 0u64);
            for c in number.chars() {
                match (power(c), digit(c)) {
                    (Some(power), _) => {
                        sum = sum.saturating_add(now.max(1) * power);
                        now = 0;
                    }
                    (None, digit) => now = digit.unwrap_or_default(),
                }
            }
            made.push_str(&sum.saturating_add(now).to_string());
        } else {
            made.extend(number.chars().filter_map(|c| char::from_digit(digit(c)? as u32, 10)));
        }
        rest = after;
    }
    made
}
