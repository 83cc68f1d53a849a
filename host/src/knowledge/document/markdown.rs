//! Markdown is kept as it was written, cut at its headings.

use std::ops::Range;

use pulldown_cmark::{Event, MetadataBlockKind, Options, Parser, Tag, TagEnd};

use crate::message::MediaType;

use super::{Block, Document, Headings, ParseError};

/// Lines and characters that may mark something, such as `*`. The largest markdown that may be
/// imported has half of them where each line has sixty bytes and five marks.
const MAX_MARKS: usize = 4 << 20;
/// Quotes, lists, tables and emphasis within one another. What comes after it is a file that wants
/// to be expensive.
const MAX_NESTING: usize = 100;

pub(super) fn parse(text: &str) -> Result<Document, ParseError> {
    parse_as_written(text)
}

/// The text below each heading, byte for byte.
pub(super) fn parse_as_written(text: &str) -> Result<Document, ParseError> {
    expect_shallow(text)?;
    expect_few_marks(text)?;
    let mut document = Document::default();
    let mut headings = Headings::default();
    let mut done = 0;
    let mut depth = 0usize;
    let mut heading: Option<(u8, String)> = None;
    let mut metadata = false;
    for (event, Range { start, end }) in Parser::new_ext(text, options()).into_offset_iter() {
        match event {
            // A heading inside a quote or a list is part of that quote or list.
            Event::Start(Tag::Heading { level, .. }) if depth == 0 => {
                push(&mut document, &headings, &text[done..start])?;
                heading = Some((level as u8, String::new()));
                depth += 1;
            }
            Event::End(TagEnd::Heading(_)) if depth == 1 && heading.is_some() => {
                depth -= 1;
                if let Some((level, words)) = heading.take() {
                    let words = words.trim().to_owned();
                    if level == 1 && document.title.is_none() && !words.is_empty() {
                        document.title = Some(words.clone());
                    }
                    headings.enter(level, words);
                }
                done = end;
            }
            Event::Start(Tag::MetadataBlock(MetadataBlockKind::YamlStyle)) => {
                metadata = true;
                depth += 1;
            }
            Event::End(TagEnd::MetadataBlock(_)) => {
                metadata = false;
                depth = depth.saturating_sub(1);
                done = end;
            }
            Event::Text(words) if metadata => read_front_matter(&words, &mut document),
            Event::Text(words) | Event::Code(words) => {
                if let Some((_, heading)) = &mut heading {
                    heading.push_str(&words);
                }
            }
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    push(&mut document, &headings, &text[done..])?;
    Ok(document)
}

/// The parser keeps all open quotes and lists, and looks at each of them in each line: a file of
/// nothing but `>` would cost the square of its length.
fn expect_shallow(text: &str) -> Result<(), ParseError> {
    for line in text.lines() {
        let marks = line
            .bytes()
            .take_while(|byte| {
                matches!(byte, b'>' | b'-' | b'*' | b'+' | b' ' | b'\t' | b'0'..=b'9' | b'.' | b')')
            })
            .filter(|byte| matches!(byte, b'>' | b'-' | b'*' | b'+' | b'.' | b')'))
            .take(MAX_NESTING + 1);
        if marks.count() > MAX_NESTING && !is_rule(line) {
            return Err(ParseError::Nesting(MAX_NESTING));
        }
    }
    Ok(())
}

/// The parser keeps each mark and each line of a paragraph, with more than fifty bytes for it.
fn expect_few_marks(text: &str) -> Result<(), ParseError> {
    let is_mark = |byte: &u8| b"*_[]!<>&`~\\|-+#\n".contains(byte);
    match text.bytes().filter(is_mark).count() {
        marks if marks > MAX_MARKS => Err(ParseError::Marks(MAX_MARKS)),
        _ => Ok(()),
    }
}

/// A line of one mark alone nests nothing: it is a rule or an underline, and may be long.
fn is_rule(line: &str) -> bool {
    let mut marks = line.bytes().filter(|byte| !byte.is_ascii_whitespace());
    let first = marks.next();
    matches!(first, Some(b'-' | b'*')) && marks.all(|mark| Some(mark) == first)
}

/// What a piece of markdown reads like: the text without marks, link targets and HTML.
pub(crate) fn plain_text(markdown: &str) -> String {
    let mut plain = String::with_capacity(markdown.len());
    for event in Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Text(words) | Event::Code(words) => plain.push_str(&words),
            Event::SoftBreak | Event::HardBreak => plain.push('\n'),
            Event::End(end) if !is_inline(end) && !plain.ends_with('\n') => plain.push('\n'),
            _ => {}
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

fn is_inline(end: TagEnd) -> bool {
    matches!(end, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image)
}

fn options() -> Options {
    Options::ENABLE_YAML_STYLE_METADATA_BLOCKS | Options::ENABLE_TABLES
}

fn push(document: &mut Document, headings: &Headings, text: &str) -> Result<(), ParseError> {
    let text = text.trim_matches('\n').trim_end();
    if text.trim().is_empty() {
        return Ok(());
    }
    let (headings, text) = (headings.chain(), text.to_owned());
    document.add(Block::Prose { headings, text, media_type: MediaType::Markdown })
}

/// Title, address and plain fields are worth reading; a whole YAML parser for them is not.
fn read_front_matter(lines: &str, document: &mut Document) {
    document.metadata.add_front_matter(lines, &["title", "url"]);
    for line in lines.lines() {
        if let Some((key, value)) = line.split_once(':') {
            let value = value.trim().trim_matches(['"', '\'']).to_owned();
            match key.trim() {
                "title" if !value.is_empty() => document.title = Some(value),
                "url" if !value.is_empty() => document.url = Some(value),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prose(document: &Document) -> Vec<(String, &str)> {
        document
            .blocks
            .iter()
            .filter_map(|block| match block {
                Block::Prose { headings, text, .. } => Some((headings.join(" > "), text.as_str())),
                Block::Question { .. } => None,
            })
            .collect()
    }

    #[test]
    fn text_is_cut_at_headings_and_kept_as_written() {
        let text = "序言\n\n# 志愿\n\n**平行**志愿。\n\n## 投档\n\n```\n# 不是标题\n```\n\n> # 引用\n\n# 录取\n\n完。\n";
        let document = parse(text).unwrap();
        assert_eq!(document.title.as_deref(), Some("志愿"));
        assert_eq!(
            prose(&document),
            [
                (String::new(), "序言"),
                ("志愿".to_owned(), "**平行**志愿。"),
                ("志愿 > 投档".to_owned(), "```\n# 不是标题\n```\n\n> # 引用"),
                ("录取".to_owned(), "完。"),
            ]
        );
    }

    #[test]
    fn front_matter_names_title_and_url() {
        let document =
            parse("---\ntitle: \"招生 政策\"\nurl: https://example.org/a\n---\n# 一\n正文\n").unwrap();
        assert_eq!(document.title.as_deref(), Some("招生 政策"));
        assert_eq!(document.url.as_deref(), Some("https://example.org/a"));
        assert_eq!(prose(&document), [("一".to_owned(), "正文")]);
    }

    #[test]
    fn front_matter_names_metadata() {
        let document = parse("---\ntitle: 章程\nprovince: 广东\ntags:\n- 招生\n- 志愿\n---\n正文\n").unwrap();
        let fields: Vec<_> =
            document.metadata.fields().map(|(name, values)| (name, values.join("/"))).collect();
        assert_eq!(fields, [("province", "广东".to_owned()), ("tags", "招生/志愿".to_owned())]);
    }

    #[test]
    fn what_would_be_expensive_is_refused() {
        for (text, expected) in [
            (">".repeat(200), "more than 100 deep"),
            ("* - ".repeat(100), "more than 100 deep"),
            ("[".repeat(5 << 20), "more than 4194304 marks"),
            ("a\n".repeat(5 << 20), "more than 4194304 marks"),
        ] {
            let error = parse(&text).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        assert!(parse(&"- ".repeat(1000)).is_ok());
    }

    #[test]
    fn plain_text_has_no_marks() {
        assert_eq!(plain_text("- **招生** [章程](https://example.org)\n- `代码`"), "招生 章程\n代码");
    }
}
