//! What markdown's own grammar does not see in a line: headings without a space, bold lines, tags.

use std::ops::Range;

use crate::knowledge::document::WrittenCell;
use crate::knowledge::document::plain_text::{plain_text, push_words};
use crate::message::MediaType;

/// The level of bold lines, below all that markdown marks.
pub(super) const BOLD: u8 = 7;
/// Characters of a line that is meant as a heading.
const MAX_HEADING: usize = 40;

/// A heading that markdown does not take for one: `#标题`, or a line that is bold throughout.
pub(super) fn loose_heading(line: &str) -> Option<(u8, String)> {
    let line = line.trim();
    if line.chars().count() > 2 * MAX_HEADING {
        return None;
    }
    let words = line.trim_start_matches('#');
    let marks = line.len() - words.len();
    if (1..=6).contains(&marks) {
        let first = words.chars().next()?;
        // #标签# and #一 #二 are tags, and so may #1 and #todo be.
        let is_tag = words.contains('#') || (marks == 1 && first.is_ascii());
        let is_heading = first.is_alphanumeric() || "（(【《“".contains(first);
        return (is_heading && !is_tag).then(|| (marks as u8, plain_text(words)));
    }
    let bold = ["**", "__"].iter().find_map(|mark| {
        let inner = line.strip_prefix(mark)?.strip_suffix(mark)?;
        (!inner.contains(mark) && !inner.is_empty()).then_some(inner)
    })?;
    let is_heading =
        bold.chars().count() <= MAX_HEADING && !bold.ends_with(['。', '；', '，', '！', ',', ';', '.', '!']);
    is_heading.then(|| (BOLD, plain_text(bold)))
}

/// Where a block of HTML ends with the tables it begins, which may be further down: to markdown an empty line ends the
/// block. `None` where a table has no end.
pub(super) fn table_end(text: &str, block: Range<usize>) -> Option<usize> {
    let bytes = text.as_bytes();
    let is_at = |at: usize, word: &[u8]| {
        bytes.get(at..at + word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word))
    };
    let mut open = 0_usize;
    let mut end = block.end;
    let mut at = block.start;
    // The scan goes on past the block's end only while a table is still open.
    while open > 0 || at < block.end {
        let byte = *bytes.get(at)?;
        if byte == b'<' && is_at(at, b"<table") {
            open += 1;
        } else if byte == b'<' && open > 0 && is_at(at, b"</table") {
            open -= 1;
            at += bytes.get(at..)?.iter().position(|&byte| byte == b'>')?;
            end = end.max(at + 1);
        }
        at += 1;
    }
    Some(end)
}

/// The cells of a table's row as they are written.
pub(super) fn cells(row: &str) -> impl Iterator<Item = &str> {
    let row = row.trim();
    let row = row.strip_prefix('|').unwrap_or(row);
    let row = row.strip_suffix('|').filter(|rest| !rest.ends_with('\\')).unwrap_or(row);
    let mut escaped = false;
    row.split(move |c| {
        let parts = c == '|' && !escaped;
        escaped = c == '\\' && !escaped;
        parts
    })
    .map(str::trim)
}

/// A table's cell as its source, where it reads otherwise. Only a table needs `\|` and `<br>`: elsewhere those are a bar and a line
/// that is broken.
pub(super) fn written(plain: &str, source: &str) -> Option<WrittenCell> {
    let source = source.replace("\\|", "|");
    let broken = |end: &str| source.replace("<br>", end).replace("<br/>", end).replace("<br />", end);
    (broken("\n") != plain).then(|| WrittenCell {
        plain: plain.to_owned(),
        source: broken("  \n"),
        media_type: MediaType::Markdown,
    })
}

/// Whether HTML has words beside its tags.
pub(super) fn is_words(html: &str) -> bool {
    let mut words = String::new();
    push_words(html, &mut words);
    words.chars().any(char::is_alphanumeric)
}
