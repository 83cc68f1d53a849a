//! PDF: the text that a reader of its pages sees, page by page.
//!
//! A PDF places glyphs and knows no words, lines or paragraphs. [`font`] tells what the glyphs say, [`page`] where they
//! stand, [`mod@line`] puts them together, in whatever order they were drawn. A page's lines are laid out as a [`sheet`]:
//! [`grid`], [`aligned`] and [`turned`] find its tables, [`running`] takes out what pages repeat, [`mod@order`] has a page
//! read from top to bottom, and [`flow`] makes paragraphs of the rest.

mod aligned;
mod annotation;
mod aside;
mod ending;
mod figure;
mod flow;
mod font;
mod glued;
mod grid;
mod layer;
mod line;
mod mark;
mod matrix;
mod order;
mod outline;
mod page;
mod rule;
mod running;
mod script;
mod sheet;
mod strike;
mod turned;
mod upright;

use std::collections::HashMap;

use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use crate::bindings::exports::qianfan::reader::documents::Document;
use crate::output::{Output, one_line};

use figure::Figures;
use flow::Flow;
use layer::Layers;
use outline::Bookmark;
use page::Shared;
use running::Running;

/// Most pages that a note names.
const MAX_NAMED: usize = 10;

const CUT_OFF: &str = "is cut off: its end is missing, so what remains is damaged; copy or download it again";
const NO_PAGES: &str = "is damaged: it has no pages that can be found; save it anew";

pub(crate) fn read(bytes: Vec<u8>) -> Result<Document, String> {
    // Readers look for it in the first kilobyte.
    if !bytes.windows(5).take(1024).any(|at| at == b"%PDF-") {
        return Err("is not a PDF file, although its name says so".to_owned());
    }
    if ending::is_cut_off(&bytes) {
        return Err(CUT_OFF.to_owned());
    }
    let pdf = Pdf::new(bytes).map_err(refusal)?;
    if pdf.pages().is_empty() {
        return Err(NO_PAGES.to_owned());
    }
    if aside::is_for_adobe_only(&pdf) {
        return Err(aside::FOR_ADOBE_ONLY.to_owned());
    }
    let mut shared = Shared { figures: Figures::of(&pdf), layers: Layers::of(&pdf), ..Shared::default() };
    let mut output = Output::titled(title(&pdf));
    let mut pages = Vec::new();
    let mut unknown = Trouble::default();
    let mut unread = Trouble::default();
    let mut scanned = Trouble::default();
    for (page, number) in pdf.pages().iter().zip(1..) {
        let before = shared.fonts.unknown;
        let mut sheet = page::sheet(page, &mut shared, &mut output)?;
        unknown.add(number, shared.fonts.unknown.saturating_sub(before));
        scanned.add(number, usize::from(sheet.items.is_empty() && sheet.has_pictures));
        unread.add(number, usize::from(page.raw().contains_key("Contents") && page.page_stream().is_none()));
        sheet.lay_out();
        pages.push(sheet);
    }
    if shared.fonts.unknown > shared.fonts.known {
        return Err(
            "has fonts that do not say which characters they show; run OCR, or print it to a PDF anew"
                .to_owned(),
        );
    }
    if let Some(pages) = unknown.pages() {
        output.note(format!(
            "{} characters on {pages} are left out: their fonts do not say which they are; compare the page, and run OCR \
             or print it to a PDF anew",
            unknown.count
        ));
    }
    if let Some(pages) = unread.pages() {
        output.note(format!(
            "What is drawn on {pages} cannot be read: the file is damaged there; save it anew"
        ));
    }
    if let Some(pages) = scanned.pages() {
        output.note(format!("There is no text on {pages}, only pictures: run OCR, or it is not found"));
    }
    aside::tell_attached(&pdf, &mut output);
    shared.left_out.tell(&mut output);
    let running = running::take(&mut pages, &mut output);
    let mut flows: Vec<Vec<Flow>> = pages.into_iter().map(flow::of).collect();
    flow::head_tables(&mut flows);
    flow::bridge(&mut flows);
    write(flows, running, outline::of(&pdf), &mut output)?;
    output.finish("holds no text: its pages are scanned or drawn; run OCR first, or import the text")
}

/// Hands over what the pages say, under the document's bookmarks, or under the numbers of its pages where it has none.
fn write(
    flows: Vec<Vec<Flow>>,
    running: Vec<Running>,
    mut outline: HashMap<usize, Vec<Bookmark>>,
    output: &mut Output,
) -> Result<(), String> {
    let has_outline = !outline.is_empty();
    let many = flows.len() > 1 && !has_outline;
    for ((flow, running), page) in flows.into_iter().zip(running).zip(0..) {
        if many {
            output.heading(1, &format!("第{}页", page + 1))?;
        }
        output.text(&Running::said(&running.top.unwrap_or_default(), "页眉："))?;
        let mut bookmarks = outline.remove(&page).unwrap_or_default().into_iter().peekable();
        for part in flow {
            let mut is_said = false;
            while let Some(bookmark) = bookmarks.next_if(|bookmark| bookmark.leads_to(&part)) {
                // The line that the bookmark leads to says it again, and its number too.
                let line = bookmark.line(&part);
                is_said = line.is_some();
                output.heading(bookmark.level, line.unwrap_or(&bookmark.title))?;
            }
            match part {
                Flow::Paragraph(_) if is_said => {}
                Flow::Paragraph(paragraph) => output.text(&paragraph.text)?,
                Flow::Table(table) => {
                    let (rows, header_rows) = table.into_rows();
                    output.count(rows.iter().flatten().map(String::len).sum())?;
                    output.count_cells(rows.iter().map(Vec::len).sum())?;
                    output.table_under(header_rows, rows);
                }
            }
        }
        for bookmark in bookmarks {
            output.heading(bookmark.level, &bookmark.title)?;
        }
        output.text(&Running::said(&running.bottom.unwrap_or_default(), "页脚："))?;
    }
    Ok(())
}

/// Pages on which something is wrong, and how often.
#[derive(Default)]
struct Trouble {
    numbers: Vec<u32>,
    count: usize,
}

impl Trouble {
    fn add(&mut self, page: u32, count: usize) {
        self.count += count;
        if count > 0 {
            self.numbers.push(page);
        }
    }

    /// `page 3`, `pages 1, 3 and 4`; only the first few are named.
    fn pages(&self) -> Option<String> {
        let names: Vec<String> = self.numbers.iter().take(MAX_NAMED).map(u32::to_string).collect();
        match (&names[..], self.numbers.len().saturating_sub(names.len())) {
            ([], _) => None,
            ([one], 0) => Some(format!("page {one}")),
            ([before @ .., last], 0) => Some(format!("pages {} and {last}", before.join(", "))),
            (_, more) => Some(format!("pages {} and {more} more", names.join(", "))),
        }
    }
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
        // The standard does not say so, but many programs in China write it.
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
