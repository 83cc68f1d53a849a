//! What a question back is known by when a plugin asks once more: its choices, and the step that its text names.
//!
//! A plugin may word it anew each time (没听清，您要哪个班？) and count down what is left (还剩2次机会), which makes no other
//! question of it. With the same choices only a step that is named tells that it goes on: 第2步, 问题3, 2/5. Without
//! choices nothing tells one ask from the next.

use crate::turn::conversation::digest;

/// Words before the number of a step.
const STEPS: [&str; 10] = ["第", "步骤", "步", "环节", "阶段", "问题", "题目", "step", "question", "page"];
/// Words behind a number that counts tries.
const TRIES: [&str; 7] = ["次", "遍", "回", "tries", "times", "attempts", "left"];
/// Words before a number that counts tries.
const TRIED: [&str; 6] = ["尝试", "次数", "机会", "重试", "attempt", "try"];
/// Words before a number of what is left.
const LEFT: [&str; 5] = ["剩", "余", "剩下", "还有", "left"];
/// Words behind one.
const OF_WHAT_IS_LEFT: [&str; 3] = ["次机会", "left", "remaining"];
/// Bytes around a number that are looked at.
const NEAR: usize = 32;
/// Numbers in Chinese, as steps have them.
const CHINESE: &str = "〇零一二两三四五六七八九十百";

/// A digest of what the ask is known by.
pub(super) fn asked(text: &str, choices: &[String]) -> String {
    let step = if choices.is_empty() { String::new() } else { step(text) };
    let choices = choices.iter().map(|choice| without_what_is_left(choice));
    let parts: Vec<String> = ["asked".to_owned(), step].into_iter().chain(choices).collect();
    digest(&parts.iter().map(String::as_str).collect::<Vec<_>>())
}

/// A number in a text, with what stands around it.
struct CountedNumber<'a> {
    from: usize,
    number: &'a str,
    before: String,
    behind: String,
}

impl CountedNumber<'_> {
    /// Whether it names a step.
    fn is_step(&self) -> bool {
        let unit = self.behind_total().unwrap_or(&self.behind);
        let counts_tries = starts_with(unit, &TRIES);
        let is_digits = self.number.chars().all(char::is_numeric);
        (ends_with(&self.before, &STEPS) && !counts_tries)
            || (is_digits && (self.begins_a_list() || self.is_of_several()))
    }

    /// `2. 您的手机号？`
    fn begins_a_list(&self) -> bool {
        const MARKS: [char; 6] = ['.', '．', '、', ')', '）', '。'];
        let mut behind = self.behind.chars();
        let is_marked = behind.next().is_some_and(|mark| MARKS.contains(&mark));
        let is_first = self.before.chars().all(|c| matches!(c, '(' | '（'));
        is_first && is_marked && !behind.next().is_some_and(char::is_numeric)
    }

    /// What stands behind the number of all, where it is one of several: the 题 of `2/5 题`.
    fn behind_total(&self) -> Option<&str> {
        let rest = self.behind.strip_prefix(['/', '／'])?;
        let behind = rest.trim_start_matches(char::is_numeric);
        (behind.len() < rest.len() && !self.before.ends_with(['/', '／'])).then(|| behind.trim_start())
    }

    /// Whether it is a place among several, and not the second try of five.
    fn is_of_several(&self) -> bool {
        let tried = ends_with(self.before.trim_end_matches(['(', '（', ':', '：', ' ']), &TRIED);
        !tried && self.behind_total().is_some_and(|unit| !starts_with(unit, &TRIES))
    }

    /// Whether it counts what is left.
    fn is_left(&self) -> bool {
        let before = self.before.trim_end_matches(['(', '（', ':', '：', ' ']);
        ends_with(before, &LEFT) || starts_with(&self.behind, &OF_WHAT_IS_LEFT)
    }
}

/// The numbers of the steps that a text names.
fn step(text: &str) -> String {
    let steps = numbers(text).into_iter().filter(CountedNumber::is_step);
    steps.map(|step| step.number).collect::<Vec<_>>().join(" ")
}

/// A choice without the numbers of what is left: 重试（剩2次） is the same with one less.
fn without_what_is_left(choice: &str) -> String {
    let mut kept = choice.to_owned();
    for left in numbers(choice).into_iter().rev().filter(CountedNumber::is_left) {
        kept.replace_range(left.from..left.from + left.number.len(), "");
    }
    kept
}

/// The numbers in a text, in its order.
fn numbers(text: &str) -> Vec<CountedNumber<'_>> {
    let is_number = |c: char| c.is_numeric() || CHINESE.contains(c);
    let (mut found, mut from) = (Vec::new(), 0);
    while let Some(at) = text[from..].find(is_number).map(|at| from + at) {
        let rest = &text[at..];
        let number = &rest[..rest.find(|c| !is_number(c)).unwrap_or(rest.len())];
        from = at + number.len();
        let near = text.floor_char_boundary(at.saturating_sub(NEAR))..text.floor_char_boundary(from + NEAR);
        found.push(CountedNumber {
            from: at,
            number,
            before: text[near.start..at].trim().to_lowercase(),
            behind: text[from..near.end].trim_start().to_lowercase(),
        });
    }
    found
}

fn ends_with(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.ends_with(word))
}

fn starts_with(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.starts_with(word))
}

#[cfg(test)]
mod tests;
