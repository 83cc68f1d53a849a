//! The plain text of a piece of markdown or HTML: what it reads like.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

/// What a piece of markdown reads like: the text without marks, link targets and tags.
pub(in crate::knowledge) fn plain_text(markdown: &str) -> String {
    let mut plain = String::with_capacity(markdown.len());
    // What `~~` strikes out is left out before (`unseen.rs`); what is left of it may be a range, 9:00~~12:00，13:00~~17:00.
    for (event, range) in Parser::new(markdown).into_offset_iter() {
        plain.push_str(product_sign(&event, markdown, &range));
        match event {
            Event::Text(words) | Event::Code(words) => plain.push_str(&words),
            Event::SoftBreak | Event::HardBreak => plain.push('\n'),
            Event::Html(html) | Event::InlineHtml(html) => push_words(&html, &mut plain),
            Event::End(end) if !is_inline(end) && !plain.ends_with('\n') => plain.push('\n'),
            _ => {}
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

fn is_inline(end: TagEnd) -> bool {
    matches!(end, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Link | TagEnd::Image)
}

/// The sign that a mark of stress in `text` is where it stands in a product, and nothing elsewhere: in 10*20*30 no 20 is stressed.
pub(super) fn product_sign(event: &Event<'_>, text: &str, range: &Range<usize>) -> &'static str {
    let sign = match event {
        Event::Start(Tag::Emphasis) | Event::End(TagEnd::Emphasis) => "*",
        Event::Start(Tag::Strong) | Event::End(TagEnd::Strong) => "**",
        _ => return "",
    };
    if is_product(text, range, sign.len()) { sign } else { "" }
}

/// Whether what is stressed by so many `*` stands between digits on one side, or has one behind each of its marks: 10*20*30, 10厘米*20厘米*30.
fn is_product(text: &str, stressed: &Range<usize>, marks: usize) -> bool {
    let bytes = text.as_bytes();
    let is_digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let before = [stressed.start.checked_sub(1), stressed.end.checked_sub(marks + 1)];
    let [first, last] = [stressed.start + marks, stressed.end].map(|at| is_digit(Some(at)));
    let [before_first, before_last] = before.map(is_digit);
    bytes.get(stressed.start) == Some(&b'*')
        && (before_first && first || before_last && last || first && last)
}

/// Adds the words between tags, for matching: line breaks where rows and cells end, `^` before what is raised.
pub(super) fn push_words(html: &str, out: &mut String) {
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.push_str(rest.get(..at).unwrap_or_default());
        let tag = rest.get(at..).unwrap_or_default();
        let end = if tag.starts_with("<!--") {
            tag.find("-->").map(|end| end + 3)
        } else {
            tag.find('>').map(|end| end + 1)
        };
        let Some(end) = end else {
            // No tag, or one that goes on below.
            return;
        };
        let name: String = tag
            .chars()
            .skip(1)
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '/')
            .flat_map(char::to_lowercase)
            .take(8)
            .collect();
        let is_break = matches!(
            name.trim_end_matches('/'),
            "br" | "/tr" | "/p" | "/div" | "/li" | "/h1" | "/h2" | "/h3" | "/table"
        );
        if is_break && !out.ends_with('\n') {
            out.push('\n');
        } else if matches!(name.as_str(), "/td" | "/th") {
            out.push(' ');
        } else if name == "sup" {
            out.push('^');
        }
        rest = tag.get(end..).unwrap_or_default();
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests;
