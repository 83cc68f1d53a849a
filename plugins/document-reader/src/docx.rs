//! DOCX: paragraphs in their order, headings by their styles, a table's rows as lines. Headers,
//! footers, footnotes and comments are files of their own and are not read.
//!
//! What is no part of the text as a reader sees it is left out: deleted text of tracked changes,
//! field codes, the table of contents, and the second copy that old readers get of a text box.

mod styles;

use quick_xml::events::{BytesStart, Event};

use crate::bindings::exports::qianfan::reader::documents::Document;
use crate::output::{Output, one_line};
use crate::package::{Package, Xml, attribute, damaged, resolve};

use styles::{Role, Styles};

/// Most columns of a table; Word knows no more than 63.
const MAX_COLUMNS: usize = 1000;
/// Tables within tables, and paragraphs within text boxes within paragraphs.
const MAX_NESTING: usize = 100;

pub(crate) fn read(bytes: Vec<u8>) -> Result<Document, String> {
    let mut package = Package::open(bytes, "docx")?;
    let styles = package.xml("word/styles.xml").map(styles::read).transpose()?.unwrap_or_default();
    let main = package.main_part().unwrap_or_else(|| "word/document.xml".to_owned());
    let Some(body) = package.xml(&main) else {
        return Err(format!("is no docx file, or damaged: it has no {main}; save it anew"));
    };
    let mut walk = Walk { styles, ..Walk::default() };
    walk.run(body)?;
    walk.output.finish("holds no text")
}

#[derive(Default)]
struct Walk {
    styles: Styles,
    output: Output,
    /// Innermost last: a text box is within the paragraph it hangs on.
    paragraphs: Vec<Paragraph>,
    /// Innermost last.
    tables: Vec<Table>,
    in_text: bool,
}

#[derive(Default)]
struct Paragraph {
    text: String,
    style: Option<String>,
    outline: Option<u8>,
    listed: Option<bool>,
}

#[derive(Default)]
struct Table {
    row: Vec<String>,
    cell: Cell,
    /// What stands in each column of the grid, for cells that go on below.
    above: Vec<String>,
    /// Where in the grid the next cell begins.
    column: usize,
    /// A table within a cell is part of that cell.
    rows: Vec<String>,
}

#[derive(Default)]
struct Cell {
    text: String,
    /// Columns of the grid, where that is more than one.
    span: Option<usize>,
    /// Whether it is the cell above that goes on.
    goes_on: bool,
}

impl Walk {
    fn run(&mut self, mut body: Xml<'_>) -> Result<(), String> {
        let mut buffer = Vec::new();
        // Elements within one that is left out.
        let mut skipped = 0_usize;
        loop {
            buffer.clear();
            match body.read_event_into(&mut buffer).map_err(damaged)? {
                Event::Eof => break,
                Event::Start(_) if skipped > 0 => skipped += 1,
                Event::End(_) if skipped > 0 => skipped -= 1,
                _ if skipped > 0 => {}
                Event::Start(element) if is_left_out(element.local_name().as_ref()) => skipped = 1,
                Event::Start(element) => self.start(&element)?,
                Event::Empty(element) => {
                    self.start(&element)?;
                    self.end(element.local_name().as_ref())?;
                }
                Event::End(element) => self.end(element.local_name().as_ref())?,
                Event::Text(text) if self.in_text => self.say(&text.xml10_content())?,
                Event::CData(text) if self.in_text => self.say(&text.xml10_content())?,
                Event::GeneralRef(reference) if self.in_text => {
                    self.say(&resolve(&reference).unwrap_or_default())?;
                }
                _ => {}
            }
        }
        // A file that ends early has said what it said.
        while !self.paragraphs.is_empty() {
            self.end("p")?;
        }
        Ok(())
    }

    fn start(&mut self, element: &BytesStart<'_>) -> Result<(), String> {
        match element.local_name().as_ref() {
            "p" => self.paragraphs.push(Paragraph::default()),
            "tbl" => self.tables.push(Table::default()),
            "t" => self.in_text = true,
            "tab" | "ptab" => self.say(" ")?,
            "br" | "cr" => self.say("\n")?,
            "noBreakHyphen" => self.say("-")?,
            "pStyle" => {
                let style = attribute(element, "val");
                if let Some(paragraph) = self.paragraphs.last_mut() {
                    paragraph.style = style;
                }
            }
            "outlineLvl" => {
                let level = attribute(element, "val").and_then(|level| styles::outline(&level));
                if let Some(paragraph) = self.paragraphs.last_mut() {
                    paragraph.outline = level;
                }
            }
            "gridSpan" => {
                let span = attribute(element, "val").and_then(|span| span.parse().ok());
                if let Some(table) = self.tables.last_mut() {
                    table.cell.span = span.filter(|span| (1..=MAX_COLUMNS).contains(span));
                }
            }
            "vMerge" => {
                let goes_on = attribute(element, "val").is_none_or(|kind| kind != "restart");
                if let Some(table) = self.tables.last_mut() {
                    table.cell.goes_on = goes_on;
                }
            }
            // Number 0 takes the paragraph out of the list its style puts it in.
            "numId" => {
                let listed = attribute(element, "val").map(|id| id != "0");
                if let Some(paragraph) = self.paragraphs.last_mut() {
                    paragraph.listed = listed;
                }
            }
            _ => {}
        }
        if self.paragraphs.len() + self.tables.len() > MAX_NESTING {
            return Err(format!("nests tables and text boxes more than {MAX_NESTING} deep"));
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), String> {
        match name {
            "t" => self.in_text = false,
            "p" => {
                if let Some(paragraph) = self.paragraphs.pop() {
                    self.paragraph(paragraph)?;
                }
            }
            "tc" => {
                if let Some(table) = self.tables.last_mut() {
                    let text = table.end_cell();
                    self.output.count(text.len())?;
                    table.row.push(text);
                }
            }
            "tr" => {
                if let Some(table) = self.tables.last_mut() {
                    table.column = 0;
                    let row = std::mem::take(&mut table.row);
                    if row.iter().any(|cell| !cell.is_empty()) {
                        table.rows.push(row.join(" | ").trim_end_matches([' ', '|']).to_owned());
                    }
                }
            }
            "tbl" => {
                let rows = self.tables.pop().unwrap_or_default().rows;
                match self.tables.last_mut() {
                    Some(outer) => outer.cell.text.push_str(&rows.join("\n")),
                    None => self.output.text(&rows.join("\n"))?,
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Text that may yet end up in a table counts when it is read, or a table could grow without end.
    fn say(&mut self, text: &str) -> Result<(), String> {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.text.push_str(text);
            self.output.count(text.len())?;
        }
        Ok(())
    }

    fn paragraph(&mut self, paragraph: Paragraph) -> Result<(), String> {
        if let Some(table) = self.tables.last_mut() {
            table.cell.text.push_str(&paragraph.text);
            table.cell.text.push('\n');
            return Ok(());
        }
        let role = paragraph.style.as_deref().map_or(Role::Text, |style| self.styles.role(style));
        let role = paragraph.outline.map_or(role, Role::Heading);
        let by_style = || paragraph.style.as_deref().is_some_and(|style| self.styles.lists(style));
        let is_listed = paragraph.listed.unwrap_or_else(by_style);
        let text = paragraph.text.trim();
        match role {
            _ if text.is_empty() => Ok(()),
            Role::Contents => Ok(()),
            Role::Title => {
                self.output.title.get_or_insert_with(|| one_line(text));
                self.output.heading(1, text)
            }
            Role::Heading(level) => {
                if level == 1 {
                    self.output.title.get_or_insert_with(|| one_line(text));
                }
                self.output.heading(level, text)
            }
            Role::Text if is_listed => self.output.text(&format!("- {text}")),
            Role::Text => self.output.text(text),
        }
    }
}

impl Table {
    /// The text of the cell that ends. One that goes on from above says again what it says there: a row
    /// is read alone.
    fn end_cell(&mut self) -> String {
        let cell = std::mem::take(&mut self.cell);
        let text = one_line(&cell.text);
        let (first, end) = (self.column, self.column + cell.span.unwrap_or(1));
        self.column = end;
        if cell.goes_on && text.is_empty() {
            return self.above.get(first).cloned().unwrap_or_default();
        }
        if end <= MAX_COLUMNS {
            self.above.resize(self.above.len().max(end), String::new());
            self.above[first].clone_from(&text);
        }
        text
    }
}

/// Elements whose text is not the document's.
fn is_left_out(name: &str) -> bool {
    matches!(name, "del" | "moveFrom" | "instrText" | "Fallback" | "delText")
}

#[cfg(test)]
mod tests;
