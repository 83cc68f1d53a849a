//! HTML is read for its text: headings make sections, tables keep their rows, scripts and menus are left out, and so is
//! what the page hides or strikes out.

mod blocks;
mod look;
mod reader;
mod row_marks;
mod styles;
mod table_use;

use ego_tree::iter::Edge;
use html5ever::tendril::{StrTendril, TendrilSink};
use scraper::{Html, HtmlTreeSink, Node};

use crate::bindings::exports::qianfan::reader::documents::Document;
use crate::output::Output;

use reader::HtmlReader;
use styles::ElementLooks;
pub(crate) use styles::is_screen;
use table_use::TableUse;

pub(crate) fn read(bytes: &[u8]) -> Result<Document, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "is not UTF-8 text".to_owned())?;
    let mut output = Output::default();
    read_into(text, Links::AsWritten, &mut output)?;
    output.give_headings_bodies();
    output.finish("holds no text")
}

/// Which targets of links are said.
#[derive(Debug)]
pub(crate) enum Links {
    /// All, those within a site as they are written, where the page does not say where it lives.
    AsWritten,
    /// Only links that are whole are kept: the others lead to pages of the same book.
    Whole,
    /// All; the page has this address.
    Of(Option<String>),
}

/// Reads a page as a part of a document that may have several.
pub(crate) fn read_into(text: &str, links: Links, output: &mut Output) -> Result<(), String> {
    let tree = parse(text)?;
    let tables = TableUse::of_tables(&tree);
    let looks = ElementLooks::of_elements(&tree);
    let mut reader = HtmlReader::new(std::mem::take(output), links);
    // Walked without recursion: a page may nest deeper than the stack.
    for edge in tree.tree.root().traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Element(element) => {
                    reader.open(element, tables.get(&node.id()).copied(), looks.of(node.id()))?;
                }
                Node::Text(text) => reader.text(text)?,
                _ => {}
            },
            Edge::Close(node) => {
                if let Node::Element(element) = node.value() {
                    reader.close(element, tables.get(&node.id()).copied(), looks.of(node.id()))?;
                }
            }
        }
    }
    *output = reader.finish()?;
    Ok(())
}

/// Elements within one another; browsers build no deeper trees either. The parser looks through all
/// that are open at each tag, so that a page of nothing but them costs the square of its length.
const MAX_NESTING: usize = 512;
/// Bytes between two looks at how deep the page is.
const STEP: usize = 4096;

fn parse(text: &str) -> Result<Html, String> {
    let sink = HtmlTreeSink::new(Html::new_document());
    let mut parser = html5ever::parse_document(sink, html5ever::ParseOpts::default());
    let mut rest = text;
    while !rest.is_empty() {
        let mut end = STEP.min(rest.len());
        while !rest.is_char_boundary(end) {
            end += 1;
        }
        let (step, after) = rest.split_at(end);
        rest = after;
        parser.process(StrTendril::from_slice(step));
        let html = parser.tokenizer.sink.sink.0.borrow();
        let newest = html.tree.nodes().next_back();
        if newest.is_some_and(|node| node.ancestors().nth(MAX_NESTING).is_some()) {
            return Err(format!("nests elements more than {MAX_NESTING} deep; save it anew, or as text"));
        }
    }
    Ok(parser.finish())
}

#[cfg(test)]
mod tests;
