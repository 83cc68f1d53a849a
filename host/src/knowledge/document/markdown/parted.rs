//! Tables right below a line of text: to markdown's parser a header without a bar at its beginning goes on with the text above it. GitHub
//! begins a table there, and so do those who write one.

use pulldown_cmark::{Event, Parser, Tag};

use super::line::cells;
use super::{expect_cheap, options};
use crate::knowledge::document::ParseError;

/// The text with an empty line above each such table.
pub(in crate::knowledge::document) fn parted(text: String) -> Result<String, ParseError> {
    if !may_be_joined(&text) {
        return Ok(text);
    }
    expect_cheap(&text)?;
    let mut depth = 0_usize;
    let mut headers = Vec::new();
    for (event, range) in Parser::new_ext(&text, options()).into_offset_iter() {
        match event {
            Event::Start(tag) => {
                if depth == 0 && tag == Tag::Paragraph {
                    let paragraph = text.get(range.clone()).unwrap_or_default();
                    headers.extend(header(paragraph).map(|at| range.start + at));
                }
                depth += 1;
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    let mut parted = String::with_capacity(text.len() + headers.len());
    let mut from = 0;
    for header in headers {
        parted.push_str(text.get(from..header).unwrap_or_default());
        parted.push('\n');
        from = header;
    }
    parted.push_str(text.get(from..).unwrap_or_default());
    Ok(parted)
}

/// Whether a rule stands below a line that begins without a bar and has another above it. Most texts have none, and need not be parsed for
/// that.
fn may_be_joined(text: &str) -> bool {
    let (mut above, mut header) = ("", "");
    text.lines().any(|line| {
        let may = !above.trim().is_empty() && !header.trim_start().starts_with('|') && is_rule(line);
        (above, header) = (header, line);
        may
    })
}

/// Where the header of a table stands in a paragraph, below other lines.
fn header(paragraph: &str) -> Option<usize> {
    let mut at = 0;
    let mut before: Option<(usize, &str)> = None;
    for line in paragraph.split_inclusive('\n') {
        if let Some((start, header)) = before.filter(|(start, _)| *start > 0)
            && is_rule(line)
            && cells(header).count() == cells(line).count()
        {
            return Some(start);
        }
        before = Some((at, line));
        at += line.len();
    }
    None
}

/// Whether a line is one under the names of several columns: --- | :---:
fn is_rule(line: &str) -> bool {
    let is_dashes = |cell: &str| {
        let bare = cell.strip_prefix(':').unwrap_or(cell);
        let bare = bare.strip_suffix(':').unwrap_or(bare);
        !bare.is_empty() && bare.bytes().all(|byte| byte == b'-')
    };
    line.contains('|') && cells(line).count() > 1 && cells(line).all(is_dashes)
}

#[cfg(test)]
mod tests;
