//! A line of a text that holds questions: a question behind a mark, a heading, a bold or a numbered one.

use crate::knowledge::document::plain_text::plain_text;

/// Characters of a line that may be a question.
const MAX_LINE: usize = 200;
/// What stands before a question, and before an answer, with a colon or a number behind it.
const ASKS: &[&str] = &["问题", "提问", "问", "question", "q"];
const ANSWERS: &[&str] = &["答案", "回答", "解答", "回复", "答", "answer", "a"];

/// What a line of the text is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum QaLine {
    /// A heading's words.
    Heading(String),
    /// A question behind a mark, with the answer where that stands in the same line.
    Asked(String, Option<String>),
    /// An answer's first line, without its mark.
    Answered(String),
    /// A bold line's words.
    Bold(String),
    /// A line with a number, without it.
    Numbered(String),
    /// A line that ends with a question mark, with nothing above it.
    Bare(String),
    /// The line below a table's header.
    Table,
    Other,
}

/// A line with its kind and its place in the text.
pub(super) struct ReadLine<'a> {
    pub(super) kind: QaLine,
    pub(super) line: &'a str,
    pub(super) number: u64,
}

pub(super) fn lines(text: &str) -> Vec<ReadLine<'_>> {
    let mut lines = Vec::new();
    let mut fence = None;
    let mut in_front = text.starts_with("---\n");
    let mut is_apart = true;
    for (line, number) in text.lines().zip(1..) {
        let bare = line.trim();
        if in_front {
            in_front = number == 1 || bare != "---";
            continue;
        }
        let mark = ["```", "~~~"].into_iter().find(|mark| bare.starts_with(mark));
        let kind = match (fence, mark) {
            (None, Some(mark)) => {
                fence = Some(mark);
                QaLine::Other
            }
            (Some(open), mark) => {
                fence = Some(open).filter(|_| mark != Some(open));
                QaLine::Other
            }
            (None, None) => match kind(line) {
                QaLine::Other if is_apart && is_bare_question(bare) => QaLine::Bare(bare.to_owned()),
                kind => kind,
            },
        };
        is_apart = bare.is_empty();
        lines.push(ReadLine { kind, line, number });
    }
    lines
}

pub(super) fn kind(line: &str) -> QaLine {
    let bare = line.trim();
    let is_rule = |c: char| matches!(c, '|' | '-' | ':' | ' ');
    if bare.starts_with('|') && bare.contains("--") && bare.chars().all(is_rule) {
        return QaLine::Table;
    }
    if bare.is_empty() || bare.starts_with('|') {
        return QaLine::Other;
    }
    let words = bare.trim_start_matches('#');
    let level = bare.len() - words.len();
    let is_heading = (1..=6).contains(&level) && words.starts_with([' ', '\t']);
    let words = if is_heading { words.trim().trim_end_matches('#').trim_end() } else { bare };
    let words = words.trim_start_matches(['-', '>', '+', '•', '·']).trim_start();
    let words = words.strip_prefix("* ").map_or(words, str::trim_start);
    let unnumbered = unnumbered(words);
    if let Some(asked) = marked(unnumbered.unwrap_or(words), ASKS) {
        let parts = answer_within(asked);
        let (asked, answer) = parts.map_or((asked, None), |(asked, answer)| (asked, Some(answer.to_owned())));
        return QaLine::Asked(plain(asked), answer);
    }
    if let Some(answer) = marked(words, ANSWERS) {
        return QaLine::Answered(answer.to_owned());
    }
    if is_heading {
        return QaLine::Heading(plain(words));
    }
    if bare.chars().count() > MAX_LINE {
        return QaLine::Other;
    }
    if let Some(bold) = bold(words).or_else(|| bold(unnumbered?)) {
        return QaLine::Bold(plain(bold));
    }
    match unnumbered {
        // A list's own number: 1. in markdown.
        Some(rest) if !line.starts_with([' ', '\t']) => QaLine::Numbered(plain(rest)),
        _ => QaLine::Other,
    }
}

/// A question that nothing marks, and no row of a delimited file. Who writes for people puts a space behind a comma.
fn is_bare_question(line: &str) -> bool {
    let separates =
        |(at, mark): (usize, &str)| !line.get(at + mark.len()..).unwrap_or_default().starts_with(' ');
    line.ends_with(['？', '?'])
        && line.chars().count() <= MAX_LINE
        && !line.contains(['\t', '"', '|'])
        && !line.match_indices([',', ';']).any(separates)
}

/// What stands behind a mark such as 问：, **Q1.** or 【问题】.
fn marked<'a>(words: &'a str, marks: &[&str]) -> Option<&'a str> {
    let is_bold = words.starts_with("**") || words.starts_with("__");
    let inner = words.trim_start_matches(['*', '_']);
    let bracket = [('【', '】'), ('[', ']'), ('［', '］'), ('(', ')'), ('（', '）')];
    let bracket = bracket.into_iter().find(|(open, _)| inner.starts_with(*open));
    let inner = bracket.map_or(inner, |(open, _)| inner.trim_start_matches(open));
    let rest = marks.iter().find_map(|mark| {
        let head = inner.get(..mark.len())?;
        head.eq_ignore_ascii_case(mark).then(|| inner.get(mark.len()..))?
    })?;
    let numbered =
        rest.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c));
    let has_number = numbered.len() < rest.len();
    let behind = match bracket {
        Some((_, close)) => numbered.strip_prefix(close)?.trim_start_matches(['：', ':', ' ', '*', '_']),
        None => {
            let behind = numbered.trim_start_matches(['*', '_', ' ']);
            let ends: &[char] =
                if has_number { &['：', ':', '.', '．', '、', ')', '）'] } else { &['：', ':', '．'] };
            behind.strip_prefix(ends).or_else(|| {
                // Q. 怎么报名
                let short = mark_is_letter(words).then(|| behind.strip_prefix('.')).flatten()?;
                short.starts_with(' ').then_some(short)
            })?
        }
    };
    let behind = behind.trim_start();
    // **问：** leaves the end of its bold print, and **问：怎么报名？** both.
    let behind = if is_bold {
        let behind = behind.trim_start_matches(['*', '_']).trim_start();
        behind.strip_suffix("**").or_else(|| behind.strip_suffix("__")).unwrap_or(behind)
    } else {
        behind
    };
    Some(behind)
}

fn mark_is_letter(words: &str) -> bool {
    words.trim_start_matches(['*', '_']).starts_with(['Q', 'A', 'q', 'a'])
}

/// A question and its answer in one line: 怎么报名？答：上官网。
fn answer_within(asked: &str) -> Option<(&str, &str)> {
    ["答：", "答:", "A：", "A:", "【答案】", "【答】"].iter().find_map(|mark| {
        let at = asked.find(mark)?;
        let before = asked.get(..at)?.trim_end().trim_end_matches('*').trim_end();
        let is_end = before.ends_with(['？', '?', '。', ' ', '；', ';', '，', '　'])
            || asked.get(..at).is_some_and(|before| before.ends_with([' ', '　', '\t', '*']));
        (is_end && !before.is_empty()).then(|| {
            (before, asked.get(at + mark.len()..).unwrap_or_default().trim_start_matches(['*', ' ']))
        })
    })
}

/// A line without the number before it: 1. 2、（3） 四、 5) Q6.
pub(super) fn unnumbered(words: &str) -> Option<&str> {
    let inner = words.trim_start_matches("**");
    let is_digit = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    let (open, inner) = match inner.strip_prefix(['（', '(']) {
        Some(inner) => (true, inner),
        None => (false, inner),
    };
    let rest = inner.trim_start_matches(is_digit);
    let digits = inner.chars().count() - rest.chars().count();
    if !(1..=3).contains(&digits) {
        return None;
    }
    let ends: &[char] = if open { &['）', ')'] } else { &['.', '．', '、', ')', '）', ':', '：'] };
    let rest = rest.strip_prefix(ends)?.trim_start();
    // 1.5 is a number.
    if rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    // **1. 怎么报名？** keeps its bold print at both ends or at none, and **1.** 怎么报名？ has it at the number.
    Some(match rest.strip_prefix("**") {
        Some(rest) if words.starts_with("**") => rest.trim_start(),
        None if words.starts_with("**") => rest.strip_suffix("**").unwrap_or(rest),
        _ => rest,
    })
}

/// The words of a line that is bold throughout, its number included or not.
fn bold(words: &str) -> Option<&str> {
    ["**", "__"].iter().find_map(|mark| {
        let inner = words.strip_prefix(mark)?;
        let inner = inner.strip_suffix(mark).or_else(|| inner.strip_suffix(&format!("{mark}：")))?;
        (!inner.contains(mark) && !inner.is_empty()).then_some(inner)
    })
}

/// A text without the spaces that all its lines begin with, as below an item of a list.
pub(super) fn even_left(text: &str) -> String {
    let spaces = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let least = text.lines().filter(|line| !line.trim().is_empty()).map(spaces).min().unwrap_or(0);
    if least == 0 {
        return text.to_owned();
    }
    let lines: Vec<&str> = text.lines().map(|line| line.get(least..).unwrap_or_default()).collect();
    lines.join("\n")
}

/// A question's words without marks of markdown and without its number.
pub(super) fn plain(words: &str) -> String {
    // Most lines have no marks, and reading markdown costs more than looking for one.
    let has_marks = words.contains(['*', '_', '`', '[', '\\', '<', '&', '~', '!']);
    let words = if has_marks { plain_text(words) } else { words.to_owned() };
    let words = words.trim();
    unnumbered(words).unwrap_or(words).trim().to_owned()
}

#[cfg(test)]
mod tests;
