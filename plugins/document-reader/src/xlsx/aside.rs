//! What stands beside the cells of a sheet: comments on them, the text of boxes, and what pictures show.

use quick_xml::events::Event;

use super::book::RichText;
use super::formula::place;
use super::sheet::Sheet;
use crate::left_out::LeftOut;
use crate::output::{Output, alternative, one_line};
use crate::package::{Package, Xml, attribute, damaged, resolve};

pub(super) fn read(
    package: &mut Package,
    sheet: &Sheet,
    output: &mut Output,
    left_out: &mut LeftOut,
) -> Result<Vec<String>, String> {
    let mut asides = Vec::new();
    for drawing in &sheet.drawings {
        if let Some(xml) = package.xml(drawing) {
            drawn(xml, output, &mut asides)?;
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
    sheet: &Sheet,
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

fn drawn(mut xml: Xml<'_>, output: &mut Output, asides: &mut Vec<String>) -> Result<(), String> {
    let mut buffer = Vec::new();
    let mut in_text = false;
    let mut text = String::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).map_err(damaged)? {
            Event::Eof => return Ok(()),
            Event::Start(element) | Event::Empty(element) if element.local_name().as_ref() == "cNvPr" => {
                let shown = attribute(&element, "descr").and_then(|text| alternative(&text));
                asides.extend(shown);
            }
            Event::Start(element) if element.local_name().as_ref() == "t" => in_text = true,
            Event::End(element) => match element.local_name().as_ref() {
                "t" => in_text = false,
                "p" => text.push('\n'),
                "txBody" => {
                    let said = std::mem::take(&mut text).trim().to_owned();
                    asides.extend((!said.is_empty()).then_some(said));
                }
                _ => {}
            },
            Event::Text(said) if in_text => {
                output.count(said.len())?;
                text.push_str(&said.xml10_content());
            }
            Event::GeneralRef(reference) if in_text => {
                text.push_str(&resolve(&reference).unwrap_or_default())
            }
            _ => {}
        }
    }
}
