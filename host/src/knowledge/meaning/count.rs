//! A count is what stands for one of many that are numbered: a number, a day of the week, or a letter alone, as in A座.

use std::collections::BTreeSet;

use super::plain::numerals;
use super::{QuestionMeaning, TextUnit};

/// Measures of amounts of which no percentage is one. A key has no %, so a number before any other word may be one.
const AMOUNTS: &str = "元 块 万 亿 分钟 小时 个小时 天 个月 个工作日 折 岁 公斤 公里";

/// Whether both count in one way, and not the same.
pub(super) fn counts_differ(one: &QuestionMeaning, two: &QuestionMeaning) -> bool {
    let differ = |of: fn(&TextUnit) -> Option<&str>| {
        let mine: BTreeSet<&str> = one.content.iter().filter_map(of).collect();
        let theirs: BTreeSet<&str> = two.content.iter().filter_map(of).collect();
        !mine.is_empty() && !theirs.is_empty() && mine != theirs
    };
    differ(number) || differ(letter)
}

/// Whether one of two keys says a percentage in words whose number is an amount in the other: 百分之五十 and 50元.
pub(super) fn share_beside_amount(one: &str, two: &str) -> bool {
    const SHARE: &str = "百分之";
    let is_of = |share: &str, amount: &str| {
        let amount = numerals(amount);
        let is_amount = |number: &str| {
            amount.match_indices(number).any(|(at, _)| {
                let after = &amount[at + number.len()..];
                !amount[..at].ends_with(|c: char| c.is_ascii_digit())
                    && AMOUNTS.split_whitespace().any(|measure| after.starts_with(measure))
            })
        };
        share.match_indices(SHARE).any(|(at, _)| {
            let text = numerals(&share[at..]);
            let number = &text[..text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len())];
            !number.is_empty() && is_amount(number)
        })
    };
    !(one.contains(SHARE) && two.contains(SHARE)) && (is_of(one, two) || is_of(two, one))
}

/// Whether two are the same to the unit but for what counts, in more than one place: 满300减50 and 满200减30, 周六到周日 and
/// 周一到周五.
pub(super) fn are_same_but_for_counts(one: &QuestionMeaning, two: &QuestionMeaning) -> bool {
    let (one, two) = (&one.content, &two.content);
    let counts = |content: &[TextUnit], at: usize| {
        number(&content[at]).is_some() || letter(&content[at]).is_some() || is_day(content, at)
    };
    let differ = |at: &usize| one[*at] != two[*at];
    one.len() == two.len()
        && (0..one.len()).filter(differ).all(|at| counts(one, at) && counts(two, at))
        && (0..one.len()).filter(differ).count() > 1
}

fn number(unit: &TextUnit) -> Option<&str> {
    run(unit).filter(|run| run.starts_with(|c: char| c.is_ascii_digit()))
}

fn letter(unit: &TextUnit) -> Option<&str> {
    run(unit).filter(|run| run.len() == 1 && run.starts_with(|c: char| c.is_ascii_lowercase()))
}

fn run(unit: &TextUnit) -> Option<&str> {
    match unit {
        TextUnit::Run(run) => Some(run),
        TextUnit::Char(_) => None,
    }
}

/// Whether a unit is the day in 周一.
fn is_day(content: &[TextUnit], at: usize) -> bool {
    matches!(&content[at], TextUnit::Char(c) if "一二三四五六日天".contains(*c))
        && at.checked_sub(1).is_some_and(|before| content[before] == TextUnit::Char('周'))
}

#[cfg(test)]
mod tests;
