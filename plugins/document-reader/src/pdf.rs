//! PDF: the text that a reader of its pages sees, page by page.
//!
//! A PDF places glyphs and knows no words, lines or paragraphs. [`font`] tells what the glyphs say, [`page`] where they
//! stand, [`line`] puts them together. A page's lines are laid out as a [`sheet`]: [`grid`] and [`aligned`] find its tables,
//! [`running`] takes out what pages repeat, and [`flow`] makes paragraphs of the rest.

mod aligned;
mod flow;
mod font;
mod grid;
mod line;
mod page;
mod rule;
mod running;
mod script;
mod sheet;

use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use crate::bindings::exports::qianfan::reader::documents::Document;
use crate::output::{Output, one_line};

use flow::Flow;
use font::Fonts;

const NO_PAGES: &str = "is damaged: it has no pages that can be found; save it anew";

pub(crate) fn read(bytes: Vec<u8>) -> Result<Document, String> {
    // Readers look for it in the first kilobyte.
    if !bytes.windows(5).take(1024).any(|at| at == b"%PDF-") {
        return Err("is no PDF file, although its name says so".to_owned());
    }
    let pdf = Pdf::new(bytes).map_err(refusal)?;
    if pdf.pages().is_empty() {
        return Err(NO_PAGES.to_owned());
    }
    let mut fonts = Fonts::default();
    let mut output = Output::titled(title(&pdf));
    let mut pages = Vec::new();
    for page in pdf.pages().iter() {
        let mut sheet = page::sheet(page, &mut fonts, &mut output)?;
        sheet.lay_out();
        pages.push(sheet);
    }
    if fonts.unknown > fonts.known {
        return Err(
            "has fonts that do not say which characters they show; run OCR, or print it to a PDF anew"
                .to_owned(),
        );
    }
    let running = running::take(&mut pages, &mut output);
    let mut flows: Vec<Vec<Flow>> = pages.into_iter().map(flow::of).collect();
    flow::head_tables(&mut flows);
    flow::bridge(&mut flows);
    let many = flows.len() > 1;
    for ((flow, running), number) in flows.into_iter().zip(running).zip(1_u32..) {
        if many {
            output.heading(1, &format!("第{number}页"))?;
        }
        output.text(&running.top.unwrap_or_default())?;
        for part in flow {
            match part {
                Flow::Paragraph(paragraph) => output.text(&paragraph.text)?,
                Flow::Table(table) => {
                    output.count(table.rows.iter().flatten().map(String::len).sum())?;
                    output.count_cells(table.rows.iter().map(Vec::len).sum())?;
                    output.table_under(table.has_header.then_some(1), table.rows);
                }
            }
        }
        output.text(&running.bottom.unwrap_or_default())?;
    }
    output.finish("holds no text: its pages are scanned or drawn; run OCR first, or import the text")
}

fn refusal(error: LoadPdfError) -> String {
    match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => {
            "is encrypted; save it without a password".to_owned()
        }
        LoadPdfError::Decryption(_) => {
            "is encrypted in a way that cannot be read; save it without encryption".to_owned()
        }
        LoadPdfError::Invalid => NO_PAGES.to_owned(),
    }
}

/// The title the document names, unless it is what programs put there themselves.
fn title(pdf: &Pdf) -> Option<String> {
    let bytes = pdf.metadata().title.as_deref()?;
    let title = match bytes {
        [0xfe, 0xff, text @ ..] => encoding_rs::UTF_16BE.decode_without_bom_handling(text).0,
        [0xef, 0xbb, 0xbf, text @ ..] => String::from_utf8_lossy(text),
        // Not by the standard, but by many a program in China.
        text => encoding_rs::GB18030.decode_without_bom_handling(text).0,
    };
    let title = one_line(&title.replace(char::is_control, " "));
    let lower = title.to_lowercase();
    let is_file = [".doc", ".docx", ".pdf", ".xls", ".xlsx", ".ppt", ".pptx", ".wps", ".indd", ".html"]
        .iter()
        .any(|ending| lower.ends_with(ending));
    let is_program = lower.starts_with("microsoft ")
        || matches!(lower.as_str(), "untitled" | "(untitled)" | "anonymous" | "(anonymous)" | "无标题");
    (!title.is_empty() && !is_file && !is_program).then_some(title)
}

#[cfg(test)]
mod tests;
