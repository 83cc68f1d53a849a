//! The book is what the sheets of a workbook share: their list, their texts, and how cells look.

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};

use super::format::Format;
use crate::left_out::LeftOut;
use crate::output::Output;
use crate::package::{Package, Relation, Visitor, Xml, attribute, damaged, elements, resolve, visit};
use crate::script::{Script, ScriptLine};

#[derive(Debug, Default)]
pub(super) struct Workbook {
    pub(super) sheets: Vec<Listed>,
    pub(super) texts: Vec<String>,
    pub(super) styles: CellStyles,
    /// Whether days are counted from 1904.
    pub(super) from_1904: bool,
    /// Whether the program that wrote it leaves all computing to the one that opens it: what it stores as the result
    /// of a formula is 0 then.
    pub(super) is_uncomputed: bool,
}

/// A sheet in the workbook's list.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) name: String,
    /// The sheet's file.
    pub(super) part: String,
    pub(super) is_hidden: bool,
}

/// How cells look, by the number that cells give.
#[derive(Debug, Default)]
pub(super) struct CellStyles {
    looks: Vec<(u32, usize)>,
    codes: HashMap<u32, String>,
    formats: HashMap<u32, Format>,
    /// Whether the font strikes out, and how high it sets.
    fonts: Vec<(bool, Script)>,
}

impl CellStyles {
    pub(super) fn format(&mut self, style: usize) -> &Format {
        let id = self.looks.get(style).map_or(0, |(format, _)| *format);
        let codes = &self.codes;
        self.formats.entry(id).or_insert_with(|| {
            let code = codes.get(&id).map(String::as_str).or_else(|| Format::built_in(id));
            code.map(Format::new).unwrap_or_default()
        })
    }

    pub(super) fn font(&self, style: usize) -> (bool, Script) {
        let font = self.looks.get(style).and_then(|(_, font)| self.fonts.get(*font));
        font.copied().unwrap_or_default()
    }
}

impl Workbook {
    pub(super) fn read(
        package: &mut Package,
        output: &mut Output,
        left_out: &mut LeftOut,
    ) -> Result<Self, String> {
        let main = package.main_part().unwrap_or_else(|| "xl/workbook.xml".to_owned());
        let relations = package.relations(&main);
        let Some(workbook) = package.xml(&main) else {
            return Err(damaged(format!("it has no {main}")));
        };
        let mut book = Self::default();
        book.list(workbook, &relations)?;
        let part = |kind: &str, usual: &str| {
            let found = relations.values().find(|relation| relation.kind == kind);
            found.map_or_else(|| format!("xl/{usual}"), |relation| relation.target.clone())
        };
        if let Some(styles) = package.xml(&part("styles", "styles.xml")) {
            let mut looks = Looks::default();
            visit(styles, &mut looks)?;
            book.styles = looks.styles;
        }
        if let Some(texts) = package.xml(&part("sharedStrings", "sharedStrings.xml")) {
            book.texts = read_texts(texts, output, left_out)?;
        }
        Ok(book)
    }

    fn list(&mut self, workbook: Xml<'_>, relations: &HashMap<String, Relation>) -> Result<(), String> {
        elements(workbook, |element| {
            let switch = |name: &str| attribute(element, name).is_some_and(|on| is_on(&on));
            match element.local_name().as_ref() {
                "workbookPr" => self.from_1904 = switch("date1904"),
                "calcPr" => self.is_uncomputed = switch("fullCalcOnLoad"),
                "sheet" => {
                    let relation = attribute(element, "id").and_then(|id| relations.get(&id));
                    if let Some(relation) = relation.filter(|relation| relation.kind == "worksheet") {
                        self.sheets.push(Listed {
                            name: attribute(element, "name").unwrap_or_default(),
                            part: relation.target.clone(),
                            is_hidden: attribute(element, "state").is_some_and(|state| state != "visible"),
                        });
                    }
                }
                _ => {}
            }
            Ok(())
        })
    }
}

pub(super) fn is_on(value: &str) -> bool {
    !matches!(value, "0" | "false" | "off")
}

/// How cells look, as it is read.
#[derive(Default)]
struct Looks {
    styles: CellStyles,
    /// The list that is open: the same names mean something else in the styles of cells by name, and in those under a
    /// condition.
    list: String,
}

impl Visitor for Looks {
    fn start(&mut self, element: &BytesStart<'_>) -> Result<(), String> {
        let number = |name: &str| attribute(element, name).and_then(|value| value.parse::<u32>().ok());
        let name = element.local_name();
        match (self.list.as_str(), name.as_ref()) {
            ("", name @ ("numFmts" | "fonts" | "cellXfs" | "cellStyleXfs" | "dxfs")) => {
                name.clone_into(&mut self.list);
            }
            ("numFmts", "numFmt") => {
                self.styles.codes.extend(number("numFmtId").zip(attribute(element, "formatCode")));
            }
            ("fonts", "font") => self.styles.fonts.push((false, Script::Plain)),
            ("fonts", _) => {
                if let Some((struck, script)) = self.styles.fonts.last_mut() {
                    look(element, struck, script);
                }
            }
            ("cellXfs", "xf") => {
                let font = number("fontId").unwrap_or(0) as usize;
                self.styles.looks.push((number("numFmtId").unwrap_or(0), font));
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), String> {
        if name == self.list {
            self.list.clear();
        }
        Ok(())
    }
}

/// Takes what an element says of a font.
fn look(element: &BytesStart<'_>, struck: &mut bool, script: &mut Script) {
    let value = attribute(element, "val");
    match element.local_name().as_ref() {
        "strike" => *struck = value.as_deref().is_none_or(is_on),
        "vertAlign" => {
            *script = match value.as_deref() {
                Some("superscript") => Script::Raised,
                Some("subscript") => Script::Lowered,
                _ => Script::Plain,
            }
        }
        _ => {}
    }
}

fn read_texts(mut xml: Xml<'_>, output: &mut Output, left_out: &mut LeftOut) -> Result<Vec<String>, String> {
    let mut texts = Vec::new();
    let mut text = RichText::default();
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).map_err(damaged)? {
            Event::Eof => return Ok(texts),
            Event::End(element) if element.local_name().as_ref() == "si" => texts.push(text.take()),
            Event::Empty(element) if element.local_name().as_ref() == "si" => texts.push(String::new()),
            event => text.read(&event, output, left_out)?,
        }
    }
}

/// A text of runs that look different: `si` of the shared ones, `is` in a cell, the text of a comment.
#[derive(Debug, Default)]
pub(super) struct RichText {
    line: ScriptLine,
    struck: bool,
    script: Script,
    in_text: bool,
    /// Within the reading that stands over a word in Japanese.
    in_reading: bool,
}

impl RichText {
    pub(super) fn read(
        &mut self,
        event: &Event<'_>,
        output: &mut Output,
        left_out: &mut LeftOut,
    ) -> Result<(), String> {
        match event {
            Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                "r" => (self.struck, self.script) = (false, Script::Plain),
                "rPh" => self.in_reading = true,
                "t" => self.in_text = matches!(event, Event::Start(_)),
                _ => look(element, &mut self.struck, &mut self.script),
            },
            Event::End(element) => match element.local_name().as_ref() {
                "t" => self.in_text = false,
                "rPh" => self.in_reading = false,
                "r" => (self.struck, self.script) = (false, Script::Plain),
                _ => {}
            },
            Event::Text(text) => self.say(&text.xml10_content(), output, left_out)?,
            Event::CData(text) => self.say(&text.xml10_content(), output, left_out)?,
            Event::GeneralRef(reference) => {
                self.say(&resolve(reference).unwrap_or_default(), output, left_out)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn say(&mut self, text: &str, output: &mut Output, left_out: &mut LeftOut) -> Result<(), String> {
        if !self.in_text || self.in_reading {
            return Ok(());
        }
        output.count(text.len())?;
        if self.struck {
            left_out.struck(text);
        } else {
            self.line.say(text, self.script);
        }
        Ok(())
    }

    pub(super) fn take(&mut self) -> String {
        let text = self.line.take();
        (self.struck, self.script) = (false, Script::Plain);
        if text.contains("_x") { unescaped(&text) } else { text }
    }
}

/// `_x000D_` is how a character is written that XML does not keep. A carriage return is no more than its line's end.
pub(super) fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let code = from.get(2..6).filter(|_| from.get(6..7) == Some("_"));
        let character = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
        match character {
            Some('\r') => {
                rest = &from[7..];
                if !rest.starts_with('\n') {
                    out.push('\n');
                }
            }
            Some(c) => {
                out.push(c);
                rest = &from[7..];
            }
            None => {
                out.push_str("_x");
                rest = &from[2..];
            }
        }
    }
    out + rest
}
