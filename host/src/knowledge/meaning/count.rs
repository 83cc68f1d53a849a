//! A count is what stands for one of many that are numbered: a number, a day of the week, or a letter alone, as in A座.

use std::collections::BTreeSet;

use super::{QuestionMeaning, TextUnit};

/// Whether both count in one way, and not the same.
pub(super) fn counts_differ(one: &QuestionMeaning, two: &QuestionMeaning) -> bool {
    let differ = |of: fn(&TextUnit) -> Option<&str>| {
        let mine: BTreeSet<&str> = one.content.iter().filter_map(of).collect();
        let theirs: BTreeSet<&str> = two.content.iter().filter_map(of).collect();
        !mine.is_empty() && !theirs.is_empty() && mine != theirs
    };
    differ(number) || differ(letter)
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
