//! A mark is what stands before a question or an answer in a text: 问：, **Q1.**, 【答案】, 考生问：.

use super::line::unnumbered;
use super::role::{ColumnRole, is_title, plain, role};

/// Marks that are known by themselves. Others count where they come again.
const ASKS: &[&str] = &["问题", "提问", "问", "question", "q"];
const ANSWERS: &[&str] = &["答案", "回答", "解答", "回复", "答", "answer", "a"];
/// Characters of a mark's words.
const MAX_LABEL: usize = 10;
/// What lists and quotes begin their lines with.
const BULLETS: &[char] =
    &['-', '>', '+', '•', '·', '●', '■', '◆', '▶', '►', '➤', '★', '☆', '◇', '○', '□', '※', '◎', '▲', '△'];

/// What a mark says it stands before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marks {
    Question,
    Answer,
    /// Other ways to ask.
    Variants,
}

/// A mark at the beginning of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct QaMark<'a> {
    pub(super) marks: Marks,
    /// Its words without number and case.
    pub(super) label: String,
    /// Whether these words mark nothing else.
    pub(super) is_known: bool,
    /// Whether it is a letter that may as well begin a choice or a name: A. and A4.
    pub(super) is_bare: bool,
    /// What stands behind it.
    pub(super) rest: &'a str,
}

impl<'a> QaMark<'a> {
    /// The mark of a question that asks without one: it is taken as if 问 stood before it.
    pub(super) fn unwritten(question: &'a str) -> Self {
        Self {
            marks: Marks::Question,
            label: "问".to_owned(),
            is_known: true,
            is_bare: false,
            rest: question,
        }
    }
}

/// Whether a line begins with a mark.
pub(in crate::knowledge::document) fn is_marked(line: &str) -> bool {
    mark(line).is_some()
}

/// The mark that a line begins with.
pub(super) fn mark(line: &str) -> Option<QaMark<'_>> {
    let bare = line.trim();
    // Most lines have none, which must cost little: all marks end among the first characters.
    let head = bare.char_indices().nth(3 * MAX_LABEL).map_or(bare.len(), |(end, _)| end);
    let may_end = |c: char| "：:】]］)）.．、 \u{3000}\t".contains(c);
    if !bare.get(..head)?.contains(may_end) {
        return None;
    }
    let words = bare.trim_start_matches('#').trim_start().trim_start_matches(BULLETS).trim_start();
    let words = words.strip_prefix("* ").map_or(words, str::trim_start);
    let words = unnumbered(words).unwrap_or(words);
    let is_bold = words.starts_with("**") || words.starts_with("__");
    let inner = words.trim_start_matches(['*', '_']);
    let (label, ending, rest) = bracketed(inner).or_else(|| ended(inner))?;
    let label = plain(label);
    let (marks, is_known) = meaning(&label, ending)?;
    let rest = rest.trim_start();
    // **问：** leaves the end of its bold print, and **问：怎么报名？** both.
    let rest = if is_bold {
        let rest = rest.trim_start_matches(['*', '_']).trim_start();
        let end = ["**", "__"].iter().find_map(|mark| rest.strip_suffix(mark));
        end.filter(|rest| !rest.contains("**")).unwrap_or(rest)
    } else {
        rest
    };
    let is_bare = label.len() == 1 && !matches!(ending, MarkEnding::Colon | MarkEnding::Bracket);
    Some(QaMark { marks, label, is_known, is_bare, rest })
}

/// What a mark ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MarkEnding {
    Bracket,
    Colon,
    /// The mark ends with a point, as the number of a list item does.
    Point,
    Space,
}

/// 【问题1】 and `[Q]`.
fn bracketed(words: &str) -> Option<(&str, MarkEnding, &str)> {
    let pairs =
        [('【', '】'), ('[', ']'), ('［', '］'), ('(', ')'), ('（', '）'), ('〔', '〕'), ('「', '」')];
    let (open, close) = pairs.into_iter().find(|(open, _)| words.starts_with(*open))?;
    let inner = words.get(open.len_utf8()..)?;
    let end = inner.char_indices().take(MAX_LABEL + 1).find(|(_, c)| *c == close)?.0;
    let rest = inner.get(end + close.len_utf8()..)?;
    // [问题](address) is a link.
    if rest.starts_with(['(', '[']) {
        return None;
    }
    Some((
        inner.get(..end)?,
        MarkEnding::Bracket,
        rest.trim_start_matches(['：', ':', ' ', '*', '_', '\u{3000}']),
    ))
}

/// 问题1：, Q1. and 答 with a space behind it.
fn ended(words: &str) -> Option<(&str, MarkEnding, &str)> {
    for (at, c) in words.char_indices().take(MAX_LABEL + 1) {
        let ending = match c {
            '：' | ':' => MarkEnding::Colon,
            '.' | '．' | '、' | ')' | '）' => MarkEnding::Point,
            ' ' | '\u{3000}' | '\t' => MarkEnding::Space,
            c if c.is_alphanumeric() || c == '*' || c == '_' => continue,
            _ => return None,
        };
        let (label, rest) = (words.get(..at)?, words.get(at + c.len_utf8()..)?);
        let has_number = label.ends_with(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c));
        let is_mark = match ending {
            // Q.1 has its number behind.
            MarkEnding::Point if !has_number => {
                let digits = rest.trim_start_matches(|c: char| c.is_ascii_digit());
                if label.len() == 1 && digits.len() < rest.len() {
                    return Some((
                        label,
                        MarkEnding::Point,
                        digits.trim_start_matches([':', '：', '.', ' ']),
                    ));
                }
                label.len() == 1 && rest.starts_with([' ', '\u{3000}'])
            }
            // 问题 1： has a space before its number, and Question 1:.
            MarkEnding::Space if !has_number => {
                let digits = rest
                    .trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c));
                let ends = ['：', ':', '.', '、'];
                if digits.len() < rest.len() && digits.starts_with(ends) {
                    return Some((label, MarkEnding::Colon, digits.trim_start_matches(ends)));
                }
                if digits.len() == rest.len() && rest.trim_start().starts_with(['：', ':']) {
                    return Some((
                        label,
                        MarkEnding::Colon,
                        rest.trim_start().trim_start_matches(['：', ':']),
                    ));
                }
                matches!(label, "问" | "答")
            }
            _ => true,
        };
        return is_mark.then_some((label, ending, rest));
    }
    None
}

/// What these words mark, and whether they are known to.
fn meaning(label: &str, ending: MarkEnding) -> Option<(Marks, bool)> {
    if ASKS.contains(&label) {
        return Some((Marks::Question, true));
    }
    if ANSWERS.contains(&label) {
        return Some((Marks::Answer, true));
    }
    if label.is_empty() || label.is_ascii() || !matches!(ending, MarkEnding::Colon | MarkEnding::Bracket) {
        return None;
    }
    let marks = match role(label) {
        ColumnRole::Question => Marks::Question,
        ColumnRole::WeakQuestion if !is_title(label) => Marks::Question,
        ColumnRole::Answer => Marks::Answer,
        ColumnRole::WeakAnswer if label.starts_with(['解', '处', '应']) => Marks::Answer,
        ColumnRole::Variants => Marks::Variants,
        _ => return None,
    };
    Some((marks, marks == Marks::Variants))
}

/// A question and its answer in one line: 怎么报名？答：上官网。
pub(super) fn answer_within(asked: &str) -> Option<(&str, &str)> {
    ["答：", "答:", "答案：", "答案:", "A：", "A:", "【答案】", "【答】", "【A】"].iter().find_map(|mark| {
        let at = asked.find(mark)?;
        let before = asked.get(..at)?.trim_end().trim_end_matches('*').trim_end();
        let is_end = before.ends_with(['？', '?', '。', ' ', '；', ';', '，', '　', '/'])
            || asked.get(..at).is_some_and(|before| before.ends_with([' ', '　', '\t', '*']));
        (is_end && !before.is_empty()).then(|| {
            let answer = asked.get(at + mark.len()..).unwrap_or_default();
            (before.trim_end_matches('/').trim_end(), answer.trim_start_matches(['*', ' ', '\u{3000}']))
        })
    })
}

#[cfg(test)]
mod tests;
