//! A count is what stands for one of many that are numbered: a number, a day of the week, or a letter alone, as in A座.

use std::collections::BTreeSet;

use super::plain::{SHARES, numerals};
use super::{QuestionMeaning, TextUnit};

/// Measures of amounts of which no share is one. A key has no %, so a number before any other word may be one.
const AMOUNTS: &str = "元 块 美元 美金 欧元 英镑 万 亿 分钟 小时 个小时 天 个月 个工作日 折 岁 公斤 公里 度";
/// Measures of one kind of which none is another, those that are one in a string: 3小时 is no 3天. Lengths are none
/// of these, since a key has no points: 1.75米 is 175cm.
const MEASURES: [&[&str]; 3] = [
    &["元 块 人民币", "美元 美金", "欧元", "英镑", "万 万元 万块", "万美元 万美金", "万欧元", "亿 亿元"],
    &["公斤 千克 kg", "斤 市斤", "克 g"],
    &["天 日", "小时 个小时 钟头 个钟头", "分钟", "个月", "年 周年"],
];

/// Whether both count in one way, and not the same.
pub(super) fn counts_differ(one: &QuestionMeaning, two: &QuestionMeaning) -> bool {
    let differ = |of: fn(&TextUnit) -> Option<&str>| {
        let mine: BTreeSet<&str> = one.content.iter().filter_map(of).collect();
        let theirs: BTreeSet<&str> = two.content.iter().filter_map(of).collect();
        !mine.is_empty() && !theirs.is_empty() && mine != theirs
    };
    differ(number) || differ(letter)
}

/// A number with what says of what it is.
#[derive(Debug, PartialEq)]
struct Amount {
    number: String,
    /// One of [`SHARES`].
    share: Option<&'static str>,
    /// What stands behind it.
    behind: String,
}

impl Amount {
    /// Whether the number is another one's, and of something else: 百分之五十 and 50元, 3小时 and 3天, 三年前 and 三年期.
    fn is_of_another(&self, other: &Self) -> bool {
        let is_amount =
            |one: &Self| AMOUNTS.split_whitespace().any(|measure| one.behind.starts_with(measure));
        let is_other = match (self.share, other.share) {
            (Some(one), Some(two)) => one != two,
            (Some(_), None) => is_amount(other),
            (None, Some(_)) => is_amount(self),
            (None, None) => {
                let are_two = |kind: &&[&str]| {
                    measure(kind, &self.behind).zip(measure(kind, &other.behind)).is_some_and(|(a, b)| a != b)
                };
                MEASURES.iter().any(are_two)
                    || self.is_ago() && other.is_term()
                    || self.is_term() && other.is_ago()
            }
        };
        self.number == other.number && is_other
    }

    /// Behind its measure stands that it is so long ago: 三年前.
    fn is_ago(&self) -> bool {
        self.says_behind_measure(&["前", "以前", "之前"])
    }

    /// Behind its measure stands that it is a term: 三年期, 三年定期.
    fn is_term(&self) -> bool {
        self.says_behind_measure(&["期", "定期", "定存"])
    }

    fn says_behind_measure(&self, words: &[&str]) -> bool {
        let behind = ["年", "个月"].iter().find_map(|measure| self.behind.strip_prefix(measure));
        behind.is_some_and(|behind| words.iter().any(|word| behind.starts_with(word)))
    }
}

/// Which measure of a kind a text begins with: the longest one.
fn measure(kind: &[&str], text: &str) -> Option<usize> {
    let places = kind.iter().enumerate();
    let all = places.flat_map(|(place, words)| words.split_whitespace().map(move |word| (place, word)));
    let found = all.filter(|(_, word)| {
        // In 2gb g is no gram.
        let is_letter = |c: char| c.is_ascii_lowercase() && word.is_ascii();
        text.strip_prefix(word).is_some_and(|behind| !behind.starts_with(is_letter))
    });
    found.max_by_key(|(_, word)| word.len()).map(|(place, _)| place)
}

/// Whether two keys have one number that is of something else in each: 百分之五十 and 50元.
pub(super) fn measured_otherwise(one: &str, two: &str) -> bool {
    let (mine, theirs) = (amounts(one), amounts(two));
    let is_alone = |amount: &Amount, others: &[Amount]| {
        // 3小时以上3天以内 is of both.
        others.iter().any(|other| amount.is_of_another(other))
            && others.iter().all(|other| amount.number != other.number || amount.is_of_another(other))
    };
    mine.iter().any(|amount| is_alone(amount, &theirs)) && theirs.iter().any(|amount| is_alone(amount, &mine))
}

/// The numbers of a key, each with what says of what it is.
fn amounts(key: &str) -> Vec<Amount> {
    let is_of_number = |c: char| c.is_ascii_digit();
    let mut found = Vec::new();
    let mut rest = key;
    let mut share = None;
    loop {
        let next = SHARES.iter().filter_map(|share| Some((rest.find(share)?, *share))).min();
        let end = next.map_or(rest.len(), |(at, _)| at);
        // The number of a share is read as one only behind its word.
        let text = numerals(&format!("{}{}", share.unwrap_or_default(), &rest[..end]));
        let mut text = text.as_str();
        while let Some(at) = text.find(is_of_number) {
            let behind = text[at..].trim_start_matches(is_of_number);
            let number = text[at..text.len() - behind.len()].to_owned();
            let share = share.take().filter(|_| at == 0);
            // 百分之几 has no number.
            if !behind.starts_with("分之") {
                found.push(Amount { number, share, behind: behind.to_owned() });
            }
            text = behind;
        }
        let Some((at, word)) = next else { return found };
        (share, rest) = (Some(word), &rest[at + word.len()..]);
    }
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
