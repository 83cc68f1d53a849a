//! What a question back is known by when a plugin asks once more: its choices, and the numbers that its text has beside
//! them.
//!
//! A plugin may word it anew each time (没听清，您要哪个班？), while a number counts on (第2步, Q. 2, 2 of 3) and makes another
//! question of it, whatever stands around it. Only what counts tries, what is left, time or a length (还剩2次机会) does not.
//! Without choices nothing tells one ask from the next.

use crate::turn::conversation::digest;

/// Words behind a number that counts no step. In English each is a word of its own.
const UNITS: [&str; 6] = ["次", "遍", "回", "秒", "分钟", "字"];
#[rustfmt::skip]
const UNITS_IN_ENGLISH: [&str; 18] = [
    "try", "tries", "times", "attempt", "attempts", "chance", "chances", "left", "remaining", "s", "sec", "secs", "second",
    "seconds", "minute", "minutes", "characters", "digits",
];
/// Words before a number that counts tries.
const TRIED: [&str; 4] = ["尝试", "次数", "机会", "重试"];
const TRIED_IN_ENGLISH: [&str; 2] = ["attempt", "try"];
/// Words before a number of what is left, and behind one.
const LEFT: [&str; 4] = ["剩", "余", "剩下", "还有"];
const OF_WHAT_IS_LEFT: [&str; 3] = ["次机会", "left", "remaining"];
/// What a step is called. Of steps that are left, each makes another question.
const STEPS: [&str; 10] = ["步", "题", "道", "项", "页", "问", "个问题", "question", "step", "item"];
/// Words before a number in Chinese that names one. Elsewhere such a number is a word: 请再说一次.
const NAMED: [&str; 6] = ["第", "步骤", "环节", "阶段", "问题", "题目"];
const CHINESE: &str = "〇零一二两三四五六七八九十百";

/// A digest of what the ask is known by.
pub(super) fn asked(text: &str, choices: &[String]) -> String {
    let steps = if choices.is_empty() { String::new() } else { steps(&text.to_lowercase()) };
    let choices = choices.iter().map(|choice| without_what_is_left(choice));
    let parts: Vec<String> = ["asked".to_owned(), steps].into_iter().chain(choices).collect();
    digest(&parts.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The numbers of a text that may be of a step.
fn steps(text: &str) -> String {
    let steps = numbers(text).into_iter().filter(CountedNumber::may_be_a_step);
    steps.map(|step| step.number).collect::<Vec<_>>().join(" ")
}

/// A choice without the numbers of what is left: 重试（剩2次） is the same with one less.
fn without_what_is_left(choice: &str) -> String {
    let choice = choice.to_lowercase();
    let mut kept = choice.clone();
    for left in numbers(&choice).into_iter().rev().filter(CountedNumber::is_left) {
        kept.replace_range(left.from..left.from + left.number.len(), "");
    }
    kept
}

/// A number in a text, with what stands around it; `2/5` is one.
struct CountedNumber<'a> {
    from: usize,
    number: &'a str,
    before: &'a str,
    behind: &'a str,
}

impl CountedNumber<'_> {
    fn may_be_a_step(&self) -> bool {
        let is_number = self.number.starts_with(char::is_numeric) || ends_with(self.before, &NAMED);
        // 第2次没听清 is a try, and 第2位乘客 none.
        let counts_else = if self.before.ends_with('第') {
            ["次", "遍", "回"].iter().any(|unit| self.behind.strip_prefix(unit).is_some_and(is_of_a_try))
        } else {
            self.is_left()
                || starts_with(self.behind, &UNITS)
                || self.behind.strip_prefix("位").is_some_and(ends_there)
                || UNITS_IN_ENGLISH.contains(&first_word(self.behind))
                || ends_with(self.before, &TRIED)
                || TRIED_IN_ENGLISH.contains(&last_word(self.before))
        };
        is_number && !counts_else
    }

    /// Whether it counts what is left.
    fn is_left(&self) -> bool {
        let is_told = ends_with(self.before, &LEFT)
            || last_word(self.before) == "left"
            || starts_with(self.behind, &OF_WHAT_IS_LEFT);
        is_told && !starts_with(self.behind, &STEPS)
    }
}

/// The numbers in a text, in its order.
fn numbers(text: &str) -> Vec<CountedNumber<'_>> {
    let (mut found, mut from) = (Vec::new(), 0);
    while let Some(at) = text[from..].find(is_digit).map(|at| from + at) {
        let behind = behind_number(&text[at..]);
        from = text.len() - behind.len();
        let before = text[..at].trim_end_matches(['(', '（', ':', '：', ' ']);
        found.push(CountedNumber { from: at, number: &text[at..from], before, behind: behind.trim_start() });
    }
    found
}

/// What stands behind the number that a text begins with, and behind the number of all: the 题 of `2/5 题`.
fn behind_number(text: &str) -> &str {
    let first = text.trim_start_matches(is_digit);
    let behind = first.trim_start();
    let total = behind.strip_prefix(['/', '／']).or_else(|| behind.strip_prefix("of ")).map(str::trim_start);
    total
        .filter(|total| total.starts_with(is_digit))
        .map_or(first, |total| total.trim_start_matches(is_digit))
}

fn is_digit(c: char) -> bool {
    c.is_numeric() || CHINESE.contains(c)
}

fn ends_there(rest: &str) -> bool {
    !rest.starts_with(char::is_alphanumeric)
}

fn is_of_a_try(rest: &str) -> bool {
    ends_there(rest) || starts_with(rest, &["没", "未", "尝试", "重试", "询问", "提醒", "机会"])
}

fn first_word(text: &str) -> &str {
    &text[..text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len())]
}

fn last_word(text: &str) -> &str {
    text.rsplit(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default()
}

fn ends_with(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.ends_with(word))
}

fn starts_with(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.starts_with(word))
}

#[cfg(test)]
mod tests;
