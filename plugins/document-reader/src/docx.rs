//! DOCX: paragraphs in their order with the numbers Word sets before them, headings by their styles, tables by their
//! rows. A note stands where it is referred to. Headers, footers and comments are files of their own and are not read.
//!
//! What is no part of the text as a reader sees it is left out: deleted text of tracked changes, hidden and struck-out
//! text, field codes, the table of contents, and the second copy that old readers get of a text box.

mod by_hand;
mod field;
mod numbering;
mod numerals;
mod paragraph;
mod styles;
mod symbols;
mod table;
mod walk;

use crate::bindings::exports::qianfan::reader::documents::Document;
use crate::package::Package;

pub(crate) use numerals::written;
use walk::DocumentWalk;

pub(crate) fn read(bytes: Vec<u8>) -> Result<Document, String> {
    let mut package = Package::open(bytes, "docx")?;
    let main = package.main_part().unwrap_or_else(|| "word/document.xml".to_owned());
    let styles = package.xml("word/styles.xml").map(styles::read).transpose()?.unwrap_or_default();
    let numbering = package.xml("word/numbering.xml").map(numbering::read).transpose()?.unwrap_or_default();
    let mut walk = DocumentWalk::new(styles, numbering);
    for part in ["word/footnotes.xml", "word/endnotes.xml"] {
        walk.set_links(package.relations(part));
        if let Some(notes) = package.xml(part) {
            walk.run(notes)?;
        }
    }
    let relations = package.relations(&main);
    for (id, relation) in relations.iter().filter(|(_, relation)| relation.kind == "diagramData") {
        if let Some(diagram) = package.xml(&relation.target) {
            walk.add_diagram(id, diagram)?;
        }
    }
    walk.set_links(relations);
    let Some(body) = package.xml(&main) else {
        return Err(format!("is not a valid docx file, or is damaged: it has no {main}; save it anew"));
    };
    walk.run(body)?;
    walk.finish()
}

#[cfg(test)]
mod tests;
