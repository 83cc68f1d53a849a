//! The plain text of a piece of markdown or HTML: what it reads like.

use pulldown_cmark::{Event, Parser, TagEnd};

/// What a piece of markdown reads like: the text without marks, link targets and tags.
pub(in crate::knowledge) fn plain_text(markdown: &str) -> String {
    let mut plain = String::with_capacity(markdown.len());
    // What `~~` strikes out is left out before (`unseen.rs`); what is left of it may be a range, 9:00~~12:00，13:00~~17:00.
    for event in Parser::new(markdown) {
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
