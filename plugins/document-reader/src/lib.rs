//! The document reader: what a PDF, DOCX, XLSX, PPTX, EPUB, HTML or mail file says, as headings, text and tables.
//!
//! Files come from anywhere, and their parsers are large. They run in this component, where a file
//! that makes one loop, recurse or fill the memory ends one call and nothing else. So the code here
//! guards against what would make an answer wrong or useless, and leaves time, stack and memory to
//! the host.

mod docx;
mod epub;
mod grid;
mod html;
mod left_out;
mod link;
mod mail;
mod math;
mod output;
mod package;
mod pdf;
mod pptx;
mod script;
mod xlsx;

/// What `wit-bindgen` makes of `wit/`.
#[allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::all,
    reason = "generated code that crosses the component boundary; wit/ documents it"
)]
mod bindings {
    wit_bindgen::generate!({ path: "wit", world: "reader", additional_derives: [PartialEq] });
    // A native build, for the tests, cannot link these names.
    #[cfg(target_family = "wasm")]
    use super::DocumentReader;
    #[cfg(target_family = "wasm")]
    export!(DocumentReader with_types_in self);
}

use bindings::exports::qianfan::reader::documents::{Document, Format, Guest};

struct DocumentReader;

impl Guest for DocumentReader {
    fn read(bytes: Vec<u8>, format: Format) -> Result<Document, String> {
        match format {
            Format::Pdf => pdf::read(bytes),
            Format::Docx => docx::read(bytes),
            Format::Xlsx => xlsx::read(bytes),
            Format::Html => html::read(&bytes),
            Format::Pptx => pptx::read(bytes),
            Format::Epub => epub::read(bytes),
            Format::Mail => mail::read(&bytes),
        }
    }
}
