//! What stands beside the cells of a sheet: comments on them, the text of boxes, and what pictures show.

use quick_xml::events::{BytesStart, Event};

use super::book::RichText;
use super::formula::place;
use super::sheet::Worksheet;
use crate::left_out::LeftOut;
use crate::output::{Output, alternative, one_line};
use crate::package::{Package, Visitor, Xml, attribute, damaged, visit};

pub(super) fn read(
    package: &mut Package,
    sheet: &Worksheet,
    output: &mut Output,
    left_out: &mut LeftOut,
) -> Result<Vec<String>, String> {
    let mut asides = Vec::new();
    for drawing in &sheet.drawings {
        if let Some(xml) = package.xml(drawing) {
            visit(xml, &mut Drawn { output, asides: &mut asides, in_text: false, text: String::new() })?;
        }
    }
    if let Some(xml) = sheet.comments.as_ref().and_then(|comments| package.xml(comments)) {
        comments(xml, sheet, output, left_out, &mut asides)?;
    }
    Ok(asides)
}

/// A comment is said with its cell and the beginning of its row.
fn comments(
    mut xml: Xml<'_>,
    sheet: &Worksheet,
    output: &mut Output,
    left_out: &mut LeftOut,
    asides: &mut Vec<String>,
) -> Result<(), String> {
    let mut buffer = Vec::new();
    let mut at = None;
    let mut text = RichText::default();
    loop {
        buffer.clear();
        let event = xml.read_event_into(&mut buffer).map_err(damaged)?;
        match &event {
            Event::Eof => return Ok(()),
            Event::Start(element) if element.local_name().as_ref() == "comment" => {
                at = attribute(element, "ref");
                text = RichText::default();
            }
            Event::End(element) if element.local_name().as_ref() == "comment" => {
                let said = one_line(&text.take());
                let Some(name) = at.take().filter(|_| !said.is_empty()) else { continue };
                let row = place(&name).filter(|place| !sheet.is_hidden(place.1)).and_then(|place| {
                    let row = &sheet.rows[sheet.find(place.0)?];
                    sheet.hidden_rows.binary_search(&row.number).is_err().then_some((row, place.1))
                });
                let Some((row, column)) = row else {
                    left_out.hidden(&said);
                    continue;
                };
                let mut cells: Vec<String> = vec![one_line(row.get(0)), one_line(row.get(column))];
                cells.dedup();
                cells.retain(|cell| !cell.is_empty());
                output.count(said.len())?;
                asides.push(format!("[{name}] {} — {said}", cells.join(" | ")));
            }
            _ => text.read(&event, output, left_out)?,
        }
    }
}

/// What is drawn over the cells, as it is read.
struct Drawn<'a> {
    output: &'a mut Output,
    asides: &'a mut Vec<String>,
    in_text: bool,
    text: String,
}

impl Visitor for Drawn<'_> {
    fn start(&mut self, element: &BytesStart<'_>) -> Result<(), String> {
        match element.local_name().as_ref() {
            "cNvPr" => self.asides.extend(attribute(element, "descr").and_then(|text| alternative(&text))),
            "t" => self.in_text = true,
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), String> {
        match name {
            "t" => self.in_text = false,
            "p" => self.text.push('\n'),
            "txBody" => {
                let said = std::mem::take(&mut self.text).trim().to_owned();
                self.asides.extend((!said.is_empty()).then_some(said));
            }
            _ => {}
        }
        Ok(())
    }

    fn characters(&mut self, text: &str) -> Result<(), String> {
        if self.in_text {
            self.output.count(text.len())?;
            self.text.push_str(text);
        }
        Ok(())
    }
}
