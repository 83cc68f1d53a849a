//! HTML inserted into markdown, such as the tables that OCR tools write: handed to the reader of HTML, all pieces of a document
//! as one page, since HTML is parsed in the sandbox and nowhere else.

use std::ops::Range;

use super::{Document, DocumentPart, Format, ParseError, ReadDocument, markdown, qa, text, unseen};
use crate::knowledge::blocking::blocking;

/// Most pieces that are handed over; those behind them stay as they were written.
const MAX_PIECES: usize = 10_000;

/// Markdown as a page shows it.
struct Shown {
    text: String,
    notes: Vec<String>,
}

/// Reads markdown with what is inserted.
pub(super) async fn read(bytes: Vec<u8>, reader: &dyn ReadDocument) -> Result<Document, ParseError> {
    let find = move || -> Result<_, ParseError> {
        let text::Decoded { text, note } = text::decode(bytes)?;
        let seen = unseen::seen(text)?;
        let notes: Vec<String> = note.into_iter().chain(seen.note).collect();
        let (folded, text) = qa::take_asking(seen.text);
        let decoded = Shown { text: markdown::parted(text)?, notes };
        let mut ranges = Vec::new();
        let document = markdown::parse(&decoded.text, &mut |range| {
            ranges.push(range);
            None
        })?;
        ranges.truncate(MAX_PIECES);
        Ok((decoded, document, ranges, folded))
    };
    let (decoded, first, ranges, folded) = blocking(find, ParseError::stopped).await?;
    let said = decoded.notes.clone();
    let mut document = if ranges.is_empty() {
        first
    } else {
        drop(first);
        let page = page(&decoded.text, &ranges);
        let (pieces, notes) = match reader.read(page.into_bytes(), Format::Html).await {
            Ok(parsed) => (pieces(parsed.parts, ranges.len()), parsed.notes),
            Err(reason) => (
                Vec::new(),
                vec![format!("its HTML stands as it was written, since it could not be read: it {reason}")],
            ),
        };
        let put_in = move || -> Result<_, ParseError> {
            let mut pieces = pieces.into_iter();
            let mut document = markdown::parse(&decoded.text, &mut |_| pieces.next().flatten())?;
            document.notes.extend(notes);
            Ok(document)
        };
        blocking(put_in, ParseError::stopped).await?
    };
    qa::add_folded(folded, &mut document)?;
    document.notes.extend(said);
    Ok(document)
}

/// Stands before each piece. Nobody writes such headings, and who does only misplaces what is his own.
fn mark(piece: usize) -> String {
    format!("\u{e000}qianfan-{piece}\u{e001}")
}

fn page(text: &str, ranges: &[Range<usize>]) -> String {
    let mut page = String::from("<!doctype html><meta charset=utf-8><body>\n");
    for (piece, range) in ranges.iter().enumerate() {
        page.push_str(&format!("<h6>{}</h6>\n", mark(piece)));
        page.push_str(text.get(range.clone()).unwrap_or_default());
        page.push('\n');
    }
    page
}

/// What each piece holds; `None` from the first on whose mark was swallowed by something open.
fn pieces(parts: Vec<DocumentPart>, count: usize) -> Vec<Option<Vec<DocumentPart>>> {
    let mut pieces: Vec<Option<Vec<DocumentPart>>> = Vec::new();
    for part in parts {
        match part {
            DocumentPart::Heading { text, .. } if text == mark(pieces.len()) => pieces.push(Some(Vec::new())),
            // The reader has a heading without a body say itself.
            DocumentPart::Text(text)
                if pieces.len().checked_sub(1).is_some_and(|last| text == mark(last)) => {}
            part => {
                if let Some(Some(piece)) = pieces.last_mut() {
                    piece.push(part);
                }
            }
        }
    }
    // What swallowed a mark has swallowed the piece behind it as well: better as it was written.
    if pieces.len() < count {
        pieces.pop();
    }
    // A piece of which nothing came is as it was written.
    let mut pieces: Vec<_> =
        pieces.into_iter().map(|piece| piece.filter(|parts| !parts.is_empty())).collect();
    pieces.resize_with(count, || None);
    pieces
}

#[cfg(test)]
mod tests;
