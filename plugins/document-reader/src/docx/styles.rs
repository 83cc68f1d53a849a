//! Styles say which paragraphs are headings or items of a list, and how the characters of a run stand.

use std::collections::HashMap;

use quick_xml::events::BytesStart;

use super::numbering::is_on;
use crate::package::{Visitor, Xml, attribute, visit};
use crate::script::Script;

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
    /// The caption of a table or a picture.
    Caption,
}

/// A document's styles by their ids.
#[derive(Default)]
pub(super) struct ParagraphStyles(HashMap<String, Style>);

#[derive(Default)]
struct Style {
    name: String,
    outline: Option<u8>,
    /// The list it puts its paragraphs into, and the level there.
    list: Option<String>,
    level: Option<usize>,
    look: Look,
    based_on: Option<String>,
}

/// How characters look, as far as it is said.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Look {
    pub(super) script: Option<Script>,
    pub(super) struck: Option<bool>,
    pub(super) hidden: Option<bool>,
    pub(super) bold: Option<bool>,
}

impl Look {
    /// Takes what an element of run properties says.
    pub(super) fn read(&mut self, element: &BytesStart<'_>) {
        let value = attribute(element, "val");
        let on = || Some(value.as_deref().is_none_or(is_on));
        match element.local_name().as_ref() {
            "vertAlign" => {
                self.script = Some(match value.as_deref() {
                    Some("superscript") => Script::Raised,
                    Some("subscript") => Script::Lowered,
                    _ => Script::Plain,
                });
            }
            "strike" | "dstrike" => self.struck = if self.struck == Some(true) { Some(true) } else { on() },
            "vanish" => self.hidden = on(),
            "b" => self.bold = on(),
            _ => {}
        }
    }

    /// What is not said here is as there.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            script: self.script.or(other.script),
            struck: self.struck.or(other.struck),
            hidden: self.hidden.or(other.hidden),
            bold: self.bold.or(other.bold),
        }
    }
}

impl ParagraphStyles {
    /// The list that the style puts its paragraphs into.
    pub(super) fn list<'a>(&'a self, id: &'a str) -> Option<&'a str> {
        self.chain(id).find_map(|style| style.list.as_deref())
    }

    pub(super) fn list_level(&self, id: &str) -> Option<usize> {
        self.chain(id).find_map(|style| style.level)
    }

    pub(super) fn look(&self, id: &str) -> Look {
        self.chain(id).fold(Look::default(), |look, style| look.or(style.look))
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
    if name.contains("caption")
        || name.ends_with("题注")
        || matches!(name.as_str(), "表题" | "表标题" | "表名")
    {
        return Some(Role::Caption);
    }
    let level = name.strip_prefix("heading").or_else(|| name.strip_prefix("标题"))?;
    level.parse().ok().filter(|level| (1..=9).contains(level)).map(Role::Heading)
}

/// The level of an `outlineLvl`, which counts from 0; 9 is running text.
pub(super) fn outline(value: &str) -> Option<u8> {
    value.parse::<u8>().ok().filter(|level| *level < 9).map(|level| level + 1)
}

pub(super) fn read(xml: Xml<'_>) -> Result<ParagraphStyles, String> {
    let mut reading = StylesReader::default();
    visit(xml, &mut reading)?;
    Ok(reading.styles)
}

#[derive(Default)]
struct StylesReader {
    styles: ParagraphStyles,
    current: Option<(String, Style)>,
}

impl Visitor for StylesReader {
    fn start(&mut self, element: &BytesStart<'_>) -> Result<(), String> {
        let value = || attribute(element, "val");
        match (element.local_name().as_ref(), &mut self.current) {
            ("style", current) => {
                *current = attribute(element, "styleId").map(|id| (id, Style::default()));
            }
            ("name", Some((_, style))) => style.name = value().unwrap_or_default(),
            ("basedOn", Some((_, style))) => style.based_on = value(),
            ("numId", Some((_, style))) => style.list = value(),
            ("ilvl", Some((_, style))) => style.level = value().and_then(|at| at.parse().ok()),
            ("outlineLvl", Some((_, style))) => style.outline = value().and_then(|level| outline(&level)),
            (_, Some((_, style))) => style.look.read(element),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), String> {
        if name == "style" {
            self.styles.0.extend(self.current.take());
        }
        Ok(())
    }

    /// What a table's style says of some of its cells is not said of its text.
    fn passes_over(&self, name: &str) -> bool {
        matches!(name, "tblStylePr" | "Fallback")
    }
}
