//! Styles say which paragraphs are headings.

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};

use crate::package::damaged;
use crate::package::{Xml, attribute};

/// What paragraphs of a style are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Text,
    /// The document's own title.
    Title,
    /// 1 is outermost.
    Heading(u8),
    /// A line of the table of contents, which says again what the headings say.
    Contents,
}

/// A document's styles by their ids.
#[derive(Default)]
pub(super) struct Styles(HashMap<String, Style>);

#[derive(Default)]
struct Style {
    name: String,
    outline: Option<u8>,
    listed: Option<bool>,
    based_on: Option<String>,
}

impl Styles {
    /// Whether the style makes its paragraphs items of a list.
    pub(super) fn lists(&self, id: &str) -> bool {
        let listed = |style: &Style| style.listed;
        self.chain(id).find_map(listed).unwrap_or(false)
    }

    /// The style and those it is based on.
    fn chain<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Style> {
        let next = |style: &&'a Style| self.0.get(style.based_on.as_ref()?);
        // They can be based on one another in a circle; a chain of ten is longer than any real one.
        std::iter::successors(self.0.get(id), next).take(10)
    }

    /// By the style's name, its outline level, or those of the style it is based on. Where the id is
    /// all there is, it is mostly the name.
    pub(super) fn role(&self, id: &str) -> Role {
        if !self.0.contains_key(id) {
            return by_name(id).unwrap_or(Role::Text);
        }
        self.chain(id)
            .find_map(|style| by_name(&style.name).or(style.outline.map(Role::Heading)))
            .unwrap_or(Role::Text)
    }
}

/// The names of the built-in styles are English in every language's Word, but other programs
/// translate them.
fn by_name(name: &str) -> Option<Role> {
    let name = name.to_lowercase().replace(' ', "");
    if matches!(name.as_str(), "title" | "标题" | "文档标题") {
        return Some(Role::Title);
    }
    if name.starts_with("toc") || name.starts_with("目录") {
        return Some(Role::Contents);
    }
    let level = name.strip_prefix("heading").or_else(|| name.strip_prefix("标题"))?;
    level.parse().ok().filter(|level| (1..=9).contains(level)).map(Role::Heading)
}

/// The level of an `outlineLvl`, which counts from 0; 9 is running text.
pub(super) fn outline(value: &str) -> Option<u8> {
    value.parse::<u8>().ok().filter(|level| *level < 9).map(|level| level + 1)
}

pub(super) fn read(mut xml: Xml<'_>) -> Result<Styles, String> {
    let mut styles = Styles::default();
    let mut current: Option<(String, Style)> = None;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).map_err(damaged)? {
            Event::Eof => break,
            Event::Start(element) | Event::Empty(element) => of_element(&element, &mut current),
            Event::End(element) if element.local_name().as_ref() == "style" => {
                styles.0.extend(current.take());
            }
            _ => {}
        }
    }
    Ok(styles)
}

fn of_element(element: &BytesStart<'_>, current: &mut Option<(String, Style)>) {
    match (element.local_name().as_ref(), current) {
        ("style", current) => {
            *current = attribute(element, "styleId").map(|id| (id, Style::default()));
        }
        ("name", Some((_, style))) => style.name = attribute(element, "val").unwrap_or_default(),
        ("basedOn", Some((_, style))) => style.based_on = attribute(element, "val"),
        ("numId", Some((_, style))) => style.listed = attribute(element, "val").map(|id| id != "0"),
        ("outlineLvl", Some((_, style))) => {
            style.outline = attribute(element, "val").and_then(|level| outline(&level));
        }
        _ => {}
    }
}
