//! Documents that mean harm to whoever reads them, and the reader that goes on.

use super::documents::*;
use super::*;
use crate::knowledge::{DocumentPart, Format, Parsed, ReadDocument};

/// A reader with little patience: a document that takes no time is read in it even on a busy machine.
fn reader(timeout: Duration) -> SandboxedReader {
    SandboxedReader::impatient(engine(), timeout)
}

fn texts(parsed: &Parsed) -> Vec<&str> {
    parsed
        .parts
        .iter()
        .filter_map(|part| match part {
            DocumentPart::Text(text) => Some(text.as_str()),
            DocumentPart::Heading { .. } | DocumentPart::Caption(_) | DocumentPart::Table { .. } => None,
        })
        .collect()
}

async fn serves(reader: &SandboxedReader) {
    let parsed = reader.read(docx(&paragraph("", "还能读。")), Format::Docx).await.unwrap();
    assert_eq!(texts(&parsed), ["还能读。"]);
}

#[tokio::test]
async fn each_format_is_read_in_the_sandbox() {
    let reader = SandboxedReader::on(engine());
    for (bytes, format, expected) in [
        (docx(&paragraph("", "文档。")), Format::Docx, "文档。"),
        (xlsx("表", &[&[("A1", "单元格")]]), Format::Xlsx, "单元格"),
        (pdf(&["第一页。"]), Format::Pdf, "第一页。"),
        ("<p>网页。".into(), Format::Html, "网页。"),
        (pptx("幻灯片。"), Format::Pptx, "幻灯片。"),
        (epub("书页。"), Format::Epub, "书页。"),
        ("Content-Type: text/plain; charset=utf-8\r\n\r\n信。".into(), Format::Eml, "信。"),
    ] {
        assert_eq!(texts(&reader.read(bytes, format).await.unwrap()), [expected]);
    }
    let error = reader.read(b"x".to_vec(), Format::Txt).await.unwrap_err();
    assert!(error.contains("is text"), "{error}");
}

#[tokio::test]
async fn what_takes_too_long_is_ended() {
    let reader = reader(Duration::from_secs(2));
    // Ten forms that draw the next one ten times each: a billion times the last.
    let forms: Vec<String> = (1..=10).map(|next| format!("/X{next} Do ").repeat(10)).collect();
    let fan = pdf_of(&[("", b"/X0 Do".to_vec())], &forms);
    // Each paragraph opens all elements above it again.
    let tags: String = (0..400).map(|n| format!("<b a={n}>")).collect();
    let reopened = format!("{tags}{}", "<p>字".repeat(1_000_000));
    for (bytes, format) in [(fan, Format::Pdf), (reopened.into_bytes(), Format::Html)] {
        let error = reader.read(bytes, format).await.unwrap_err();
        // Whichever limit a machine meets first.
        assert!(error.contains("longer than 2s") || error.contains("of memory"), "{error}");
        serves(&reader).await;
    }
}

#[tokio::test]
async fn what_unfolds_to_more_than_the_memory_is_ended() {
    let reader = SandboxedReader::on(engine());
    let long = vec![b'a'; 160 << 20];
    let body =
        [b"<w:document><w:body><w:p><w:r><w:t>", &long[..], b"</w:t></w:r></w:p></w:body></w:document>"];
    let strings = [b"<sst><si><t>", &long[..], b"</t></si></sst>"].concat();
    let mut workbook = xlsx("表", &[&[("A1", "甲")]]);
    workbook = with_file(workbook, "xl/sharedStrings.xml", &strings);
    for (bytes, format) in [
        (zip(&[("word/document.xml", body.concat())]), Format::Docx),
        (workbook, Format::Xlsx),
        (pdf_of(&[("/Filter/FlateDecode", deflated(&long))], &[]), Format::Pdf),
    ] {
        let error = reader.read(bytes, format).await.unwrap_err();
        assert!(error.contains("256MiB of memory"), "{format:?}: {error}");
        serves(&reader).await;
    }
}

/// The archive with one file more.
fn with_file(archive: Vec<u8>, name: &str, bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut archive = ::zip::ZipWriter::new_append(std::io::Cursor::new(archive)).unwrap();
    archive.start_file(name, ::zip::write::SimpleFileOptions::default().compression_level(Some(1))).unwrap();
    archive.write_all(bytes).unwrap();
    archive.finish().unwrap().into_inner()
}

#[tokio::test]
async fn what_turns_in_circles_or_is_broken_says_so() {
    let reader = SandboxedReader::on(engine());
    let circle = String::from_utf8(pdf(&["x"])).unwrap().replace("/Kids [4 0 R ]", "/Kids [2 0 R ]");
    let far: Vec<String> = (1..200).map(|row| format!("XFD{row}")).collect();
    let far: Vec<[(&str, &str); 1]> = far.iter().map(|at| [(at.as_str(), "远")]).collect();
    let far: Vec<&[(&str, &str)]> = far.iter().map(|row| &row[..]).collect();
    for (bytes, format, expected) in [
        (circle.into_bytes(), Format::Pdf, "damaged"),
        (vec![0xff; 1 << 20], Format::Pdf, "is not a PDF file"),
        (pdf_of(&[("/Filter /FlateDecode", b"no flate".to_vec())], &[]), Format::Pdf, "no text"),
        (
            pdf_of(&[("/Filter /NoSuchFilter", b"BT (x) Tj ET".to_vec())], &[]),
            Format::Pdf,
            "which characters",
        ),
        (xlsx("表", &far), Format::Xlsx, "cells"),
        (docx(&"<w:tbl><w:tr><w:tc>".repeat(100_000)), Format::Docx, "deep"),
        (b"PK\x05\x06 and so on".to_vec(), Format::Docx, "damaged"),
        (zip(&[("[Content_Types].xml", "<Types/>")]), Format::Xlsx, "damaged"),
    ] {
        let error = reader.read(bytes, format).await.unwrap_err();
        assert!(error.contains(expected), "{format:?}: {error}");
        serves(&reader).await;
    }
}

#[tokio::test]
async fn a_broken_document_that_can_be_read_is_read() {
    let reader = SandboxedReader::on(engine());
    // It says that it holds four billion texts.
    let strings = b"<sst uniqueCount=\"4000000000\"><si><t>x</t></si></sst>";
    let claims = with_file(xlsx("表", &[&[("A1", "甲")]]), "xl/sharedStrings.xml", strings);
    assert_eq!(texts(&reader.read(claims, Format::Xlsx).await.unwrap()), ["甲"]);
    let own_parent = String::from_utf8(pdf(&["甲。"])).unwrap().replace("/Count 1", "/Count 1 /Parent 2 0 R");
    let own_table = String::from_utf8(pdf(&["甲。"])).unwrap().replace(
        "trailer <<",
        "xref\n0 1\n0000000000 65535 f \ntrailer <</Size 9 /Prev 9 /Root 1 0 R>>\nstartxref\n9\ntrailer <<",
    );
    let count = String::from_utf8(pdf(&["甲。"])).unwrap().replace("/Count 1", "/Count 999999999");
    let open = format!("{}甲。", "<b>".repeat(500));
    for (text, format) in
        [(own_parent, Format::Pdf), (own_table, Format::Pdf), (count, Format::Pdf), (open, Format::Html)]
    {
        let parsed = reader.read(text.into_bytes(), format).await.unwrap();
        assert_eq!(texts(&parsed), ["甲。"]);
    }
}

#[tokio::test]
async fn a_document_that_is_cut_off_anywhere_ends_in_what_it_said_or_in_an_error() {
    let reader = SandboxedReader::on(engine());
    for (bytes, format) in [
        (docx(&paragraph("1", "一").repeat(20)), Format::Docx),
        (xlsx("表", &[&[("A1", "甲"), ("B1", "乙")]]), Format::Xlsx),
        (pdf(&["第一页。", "第二页。"]), Format::Pdf),
    ] {
        for part in 0..24 {
            let cut = bytes[..bytes.len() * part / 24].to_vec();
            if let Err(error) = reader.read(cut, format).await {
                assert!(!error.contains("its reader broke"), "{format:?} at {part}: {error}");
            }
        }
    }
    serves(&reader).await;
}

#[tokio::test]
async fn a_reader_makes_its_own_engine_when_the_first_document_comes() {
    let reader = SandboxedReader::new(engine_settings());
    serves(&reader).await;
}
