//! PPTX: each slide is a heading, by its title, with the text of its shapes, its tables and the speaker's notes below
//! it. Hidden slides and shapes are left out, and the operator is told.

mod slide;

use std::collections::HashMap;

use crate::bindings::exports::qianfan::reader::documents::Document;
use crate::left_out::LeftOut;
use crate::output::{Output, one_line};
use crate::package::{Package, Xml, damaged, elements};

use slide::{Slide, SlidePiece};

/// Most slides of a presentation.
const MAX_SLIDES: usize = 5000;

pub(crate) fn read(bytes: Vec<u8>) -> Result<Document, String> {
    let mut package = Package::open(bytes, "pptx")?;
    let main = package.main_part().unwrap_or_else(|| "ppt/presentation.xml".to_owned());
    let slides = slides(&mut package, &main)?;
    let (mut output, mut left_out) = (Output::default(), LeftOut::default());
    let mut hidden = Vec::new();
    for (part, number) in slides.into_iter().zip(1_u32..) {
        let relations = package.relations(&part);
        let Some(xml) = package.xml(&part) else { continue };
        let slide = Slide::read(xml, &relations, &mut output, &mut left_out)?;
        if slide.is_hidden {
            hidden.push(number.to_string());
            continue;
        }
        let title = one_line(&slide.title);
        if output.title.is_none() && !title.is_empty() {
            output.title = Some(title.clone());
        }
        let heading = if title.is_empty() { format!("第{number}页") } else { title };
        let is_empty = slide.pieces.is_empty();
        if !(is_empty && slide.title.trim().is_empty()) {
            output.heading(1, &heading)?;
        }
        for piece in slide.pieces {
            match piece {
                SlidePiece::Text(text) => output.text(&text)?,
                SlidePiece::Table(table) => table.put(&mut output)?,
            }
        }
        for relation in relations.values() {
            let label = match relation.kind.as_str() {
                "notesSlide" => "备注：",
                "diagramData" => "",
                _ => continue,
            };
            let Some(xml) = package.xml(&relation.target) else { continue };
            let beside = Slide::read(xml, &HashMap::new(), &mut output, &mut left_out)?;
            for piece in beside.pieces {
                if let SlidePiece::Text(text) = piece {
                    output.text(&format!("{label}{text}"))?;
                }
            }
        }
    }
    if !hidden.is_empty() {
        output.note(format!("Hidden slides were left out: {}.", hidden.join(", ")));
    }
    left_out.tell(&mut output);
    output.give_headings_bodies();
    output.finish("holds no text: its slides are pictures; write what they show as text, or run OCR")
}

/// What the points of a diagram (SmartArt) say, each a line.
pub(crate) fn diagram(xml: Xml<'_>, output: &mut Output, left_out: &mut LeftOut) -> Result<String, String> {
    let drawn = Slide::read(xml, &HashMap::new(), output, left_out)?;
    let texts: Vec<String> = drawn
        .pieces
        .into_iter()
        .filter_map(|piece| match piece {
            SlidePiece::Text(text) => Some(text),
            SlidePiece::Table(_) => None,
        })
        .collect();
    Ok(texts.join("\n"))
}

/// The parts of the slides in their order.
fn slides(package: &mut Package, main: &str) -> Result<Vec<String>, String> {
    let relations = package.relations(main);
    let Some(xml) = package.xml(main) else {
        return Err(damaged(format!("it has no {main}")));
    };
    let mut slides = Vec::new();
    elements(xml, |element| {
        if element.local_name().as_ref() != "sldId" {
            return Ok(());
        }
        // Its own number is an `id` too; the one of the relation has a prefix.
        let relation = element.attributes().flatten().find_map(|attribute| {
            let name = attribute.key.as_ref();
            let value = attribute.value.as_ref();
            name.contains(':').then(|| relations.get(value)).flatten()
        });
        let slide = relation.filter(|relation| relation.kind == "slide");
        slides.extend(slide.map(|relation| relation.target.clone()));
        if slides.len() > MAX_SLIDES {
            return Err(format!("has more than {MAX_SLIDES} slides; split it"));
        }
        Ok(())
    })?;
    Ok(slides)
}

#[cfg(test)]
mod tests;
