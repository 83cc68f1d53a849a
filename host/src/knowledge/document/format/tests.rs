use super::*;

#[test]
fn a_file_name_tells_the_format() {
    for (path, format) in [
        ("a/b.TXT", Some(Format::Txt)),
        ("faq.qa.csv", Some(Format::Qa)),
        ("faq.qa.md", Some(Format::Qa)),
        ("faq.jsonl", Some(Format::Qa)),
        ("table.csv", Some(Format::Csv)),
        ("page.htm", Some(Format::Html)),
        ("a/scan.PDF", Some(Format::Pdf)),
        ("章程.docx", Some(Format::Docx)),
        ("分数线.xlsx", Some(Format::Xlsx)),
        ("简介.pptx", Some(Format::Pptx)),
        ("手册.epub", Some(Format::Epub)),
        ("通知.eml", Some(Format::Eml)),
        ("网页.mht", Some(Format::Eml)),
        ("old.doc", None),
        ("README", None),
    ] {
        assert_eq!(Format::of_path(path), format, "{path}");
    }
}
