//! Where an answer ends that stands in a text: what comes behind an empty line, or below a line that heads it, is part of the answer
//! only where the answer plainly goes on there.

use crate::knowledge::document::chapter::{self, chapter};
use crate::knowledge::document::qa::line::unnumbered;

/// Characters of a line that may be a heading, and of one that nothing else shows to be one.
const MAX_HEADING: usize = 24;
const MAX_PLAIN_HEADING: usize = 12;
/// Characters of a line that is more than a name.
const SENTENCE: usize = 24;
/// What begins a text's end.
const CLOSING: &[&str] = &["附则", "附录", "附件", "版权", "About ", "Copyright", "©"];
/// Lines that name what stands on every page, or below a list of questions.
const BESIDE: &[&str] = &[
    "联系我们",
    "联系方式",
    "关于我们",
    "相关链接",
    "友情链接",
    "相关阅读",
    "相关推荐",
    "相关文章",
    "返回顶部",
    "contact us",
    "about us",
];
/// What lines begin with that lead on from a page.
const LEADING_ON: &[&str] = &["上一篇", "下一篇", "上一页", "下一页", "责任编辑"];
/// What only a document says of itself, and no answer of what was asked.
const OF_DOCUMENT: &[&str] = &[
    "解释权",
    "版权所有",
    "以上内容",
    "以上问答",
    "以上解答",
    "自发布之日",
    "自公布之日",
    "自印发之日",
    "起施行",
    "未尽事宜",
    "最后更新",
    "如有变化以",
    "All rights reserved",
];
/// What lists begin their lines with, with a space behind it.
const BULLETS: &[char] = &['-', '*', '+', '•', '·', '●', '■', '◆', '○', '□', '※'];
/// What says that something follows.
const ANNOUNCING: &[&str] = &["如下", "下列", "下表", "见下", "以下", "following"];
/// What says that there are several, each of which may have a line that names it.
const SEVERAL: &[&str] =
    &["两种", "二种", "三种", "四种", "几种", "多种", "两类", "三类", "分为", "分别", "包括", "两步", "三步"];

/// What ends an answer at the latest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Below {
    /// The next question.
    Question,
    /// A heading, or the end of the document. `gap_ends`: whether an empty line ends it before.
    Other { gap_ends: bool },
}

/// How many of these lines belong to the answer that begins with them; `None` is a table.
pub(super) fn end(lines: &[Option<&str>], below: Below) -> usize {
    let is_last = below != Below::Question;
    let gap_ends = below == Below::Other { gap_ends: true };
    let mut before: Option<&str> = None;
    let (mut is_apart, mut is_fenced, mut has_parts) = (false, false, false);
    for (at, line) in lines.iter().enumerate() {
        let line = line.unwrap_or("|").trim();
        if line.is_empty() {
            is_apart = before.is_some();
            continue;
        }
        let is_fence = line.starts_with("```") || line.starts_with("~~~");
        if let Some(last) = before.filter(|_| !is_fenced) {
            let behind = lines.get(at + 1..).unwrap_or_default();
            let goes_on = announces(last) || is_item(last) && is_item(line);
            let is_end = || {
                is_heading(line, is_apart, is_alone(behind))
                    || is_apart && gap_ends
                    || !has_parts && heads(line, last, behind)
            };
            if is_beside(line, is_last) || !goes_on && is_end() {
                return at;
            }
        }
        is_fenced ^= is_fence;
        has_parts |= SEVERAL.iter().any(|word| line.contains(word));
        (before, is_apart) = (Some(line), false);
    }
    lines.len()
}

/// Whether nothing stands right below a line.
fn is_alone(behind: &[Option<&str>]) -> bool {
    behind.first().is_none_or(|next| next.is_some_and(|next| next.trim().is_empty()))
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
    is_apart && is_alone && is_name(line)
}

/// Whether a line is a name, short and without a mark.
fn is_name(line: &str) -> bool {
    let is_word = |c: char| c.is_alphabetic() || c == ' ';
    line.chars().count() <= MAX_PLAIN_HEADING && line.chars().all(is_word)
}

/// Whether a line heads the paragraphs below it although nothing sets it apart, as in Word and on pages: it names something between a
/// sentence that has ended and another one, or the next question. Items of a list stand beside others that are as short.
fn heads(line: &str, last: &str, behind: &[Option<&str>]) -> bool {
    let inner = line.trim_start_matches(['*', '_']).trim_end_matches(['*', '_']);
    let is_bold = inner.len() < line.len() && line.starts_with(['*', '_']) && line.ends_with(['*', '_']);
    let inner = inner.trim_start_matches(['【', '—', '-', ' ']).trim_end_matches(['】', '—', '-', ' ']);
    let is_set_off = is_bold || line.starts_with('【') && line.ends_with('】');
    let is_named = is_name(inner) && (is_set_off || last.ends_with(|c: char| "。！？；.!?）)”".contains(c)));
    let is_chapter = chapter(line).is_some_and(|found| found.level <= chapter::SECTION);
    let next = behind.iter().find(|line| line.is_none_or(|line| !line.trim().is_empty()));
    is_chapter
        || is_named
            && match next {
                Some(Some(next)) => is_sentence(next.trim()),
                // A table is part of the answer, with what names it.
                Some(None) => false,
                None => is_set_off,
            }
}

/// Whether a line is more than a name or an item of a list.
fn is_sentence(line: &str) -> bool {
    line.contains(['。', '，', '；', '：', '！', ':']) || line.chars().count() > SENTENCE
}

/// Whether a line is of the document rather than of an answer in it.
fn is_beside(line: &str, is_last: bool) -> bool {
    // Within an answer 联系方式： names what the answer gives.
    let name = if is_last { line.trim_end_matches(['：', ':']) } else { line };
    let name = name.trim_matches(['【', '】', '*', '_', ' ']).to_lowercase();
    BESIDE.contains(&name.as_str())
        || LEADING_ON.iter().any(|word| line.starts_with(word))
        || is_last && OF_DOCUMENT.iter().any(|word| line.contains(word))
}

#[cfg(test)]
mod tests;
