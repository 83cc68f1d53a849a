use super::*;

#[test]
fn a_name_that_says_something_else_is_told() {
    for (bytes, format, expected) in [
        (
            &b"%PDF-1.7"[..],
            Format::Docx,
            "is a PDF file, although its name or format says DOCX; end its name with .pdf",
        ),
        (b"PK\x03\x04", Format::Txt, "end its name with .docx, .xlsx, .pptx, .epub or .zip"),
        (b"\xd0\xcf\x11\xe0", Format::Pdf, "before 2007"),
        (b"\x89PNG", Format::Pdf, "a picture"),
        (b"\x1f\x8b", Format::Csv, "an archive"),
        (b"{\\rtf1", Format::Docx, "an RTF document"),
        (b"\n<!DOCTYPE html>", Format::Xlsx, "an HTML page"),
    ] {
        let error = expect(bytes, format).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
    for (bytes, format) in [
        (&b"%PDF-1.7"[..], Format::Pdf),
        (b"PK\x03\x04", Format::Xlsx),
        (b"\xd0\xcf\x11\xe0", Format::Docx),
        (b"<html>", Format::Markdown),
    ] {
        assert_eq!(expect(bytes, format), Ok(()));
    }
    assert!(expect(b"", Format::Docx).unwrap_err().contains("0 bytes"));
}
