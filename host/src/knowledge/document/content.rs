//! What bytes are, as far as their beginning tells: a file's name may say something else.

use super::Format;

/// Refuses bytes that are of another format than their name says. What begins like nothing known
/// passes: its parser will tell.
pub(in crate::knowledge) fn expect(bytes: &[u8], format: Format) -> Result<(), String> {
    if bytes.is_empty() {
        return Err("is an empty file, of 0 bytes; copy or save it anew".to_owned());
    }
    let Some((kind, mend)) = kind(bytes, format) else { return Ok(()) };
    let name = format!("{format:?}").to_uppercase();
    Err(format!("is {kind}, although its name or format says {name}; {mend}"))
}

/// What the bytes are instead, and what to do about it.
fn kind(bytes: &[u8], format: Format) -> Option<(&'static str, &'static str)> {
    let is_package = format.is_package();
    let is_binary = is_package || format == Format::Pdf;
    if bytes.starts_with(b"%PDF-") {
        return (format != Format::Pdf).then_some(("a PDF file", "end its name with .pdf"));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        let mend = "end its name with .docx, .xlsx, .pptx, .epub or .zip, whichever it is";
        return (!is_package).then_some(("an Office document or a zip archive", mend));
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        let mend = "save it as .docx or .xlsx without a password";
        return (!is_package).then_some(("an Office document of before 2007 or an encrypted one", mend));
    }
    for (beginnings, kind, mend) in [
        (
            &[&b"\x89PNG"[..], b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*"][..],
            "a picture",
            "import the text that OCR finds in it",
        ),
        (
            &[b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf"],
            "an archive",
            "end its name with .tar.gz, or pack it as .zip",
        ),
        (&[b"{\\rtf"], "an RTF document", "save it as .docx"),
    ] {
        if beginnings.iter().any(|beginning| bytes.starts_with(beginning)) {
            return Some((kind, mend));
        }
    }
    (is_binary && is_page(bytes)).then_some(("an HTML page", "end its name with .html"))
}

/// Whether bytes begin as a web page does.
pub(in crate::knowledge) fn is_page(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    [&b"<!doctype html"[..], b"<html"]
        .iter()
        .any(|start| text.get(..start.len()).is_some_and(|text| text.eq_ignore_ascii_case(start)))
}

#[cfg(test)]
mod tests;
