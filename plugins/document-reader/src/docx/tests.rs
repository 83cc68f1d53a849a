use std::io::Write;

use zip::write::SimpleFileOptions;

use super::*;
use crate::output::shown;

fn package(files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in files {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn docx(body: &str) -> Vec<u8> {
    let styles = r#"<w:styles>
        <w:style w:styleId="1"><w:name w:val="heading 1"/></w:style>
        <w:style w:styleId="a"><w:name w:val="标题 2"/></w:style>
        <w:style w:styleId="b"><w:name w:val="公文小标题"/><w:basedOn w:val="c"/></w:style>
        <w:style w:styleId="c"><w:name w:val="底"/><w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>
        <w:style w:styleId="loop"><w:name w:val="环"/><w:basedOn w:val="loop"/></w:style>
        <w:style w:styleId="l"><w:name w:val="List Bullet"/><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>
        <w:style w:styleId="t"><w:name w:val="Title"/></w:style>
        <w:style w:styleId="toc"><w:name w:val="toc 1"/></w:style></w:styles>"#;
    let body = format!("<w:document><w:body>{body}</w:body></w:document>");
    package(&[("word/styles.xml", styles), ("word/document.xml", &body)])
}

fn paragraph(style: &str, text: &str) -> String {
    format!(r#"<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"#)
}

#[test]
fn headings_come_from_names_outline_levels_and_base_styles() {
    let body = [
        ("t", "招生章程"),
        ("toc", "第一章 总则 1"),
        ("1", "第一章 总则"),
        ("a", "适用范围"),
        ("b", "小节"),
        ("loop", "正文。"),
        ("l", "身份证"),
        ("Heading1", "没有样式表"),
    ];
    let body: String = body.iter().map(|(style, text)| paragraph(style, text)).collect();
    let document = read(docx(&body)).unwrap();
    assert_eq!(document.title.as_deref(), Some("招生章程"));
    assert_eq!(
        shown(&document),
        [
            "# 招生章程",
            "# 第一章 总则",
            "## 适用范围",
            "### 小节",
            "正文。",
            "- 身份证",
            "# 没有样式表",
            "没有样式表"
        ]
    );
}

#[test]
fn a_table_is_its_rows_and_a_list_its_items() {
    let cell = |text: &str| format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>");
    let inner = format!("<w:tc><w:tbl><w:tr>{}{}</w:tr></w:tbl><w:p/></w:tc>", cell("内一"), cell("内二"));
    let table = format!(
        "<w:tbl><w:tr>{}{}</w:tr><w:tr>{}{inner}</w:tr></w:tbl>",
        cell("批次"),
        cell("日期"),
        cell("本科")
    );
    let item =
        r#"<w:p><w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr><w:r><w:t>身份证</w:t></w:r></w:p>"#;
    let document = read(docx(&format!("{table}{item}"))).unwrap();
    assert_eq!(shown(&document), ["批次 | 日期", "本科 | 内一 | 内二", "- 身份证"]);
}

#[test]
fn a_cell_over_several_rows_is_said_in_each() {
    let cell = |about: &str, text: &str| {
        format!("<w:tc><w:tcPr>{about}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>")
    };
    let goes_on = cell("<w:vMerge/>", "");
    let rows = [
        [cell(r#"<w:gridSpan w:val="2"/>"#, "院校与专业"), cell("", "分数")].concat(),
        [cell(r#"<w:vMerge w:val="restart"/>"#, "星海大学"), cell("", "计算机"), cell("", "600")].concat(),
        [goes_on, cell("", "数学"), cell("", "590")].concat(),
    ];
    let rows: String = rows.iter().map(|row| format!("<w:tr>{row}</w:tr>")).collect();
    assert_eq!(
        shown(&read(docx(&format!("<w:tbl>{rows}</w:tbl>"))).unwrap()),
        ["院校与专业 | 院校与专业 | 分数", "星海大学 | 计算机 | 600", "星海大学 | 数学 | 590"]
    );
}

#[test]
fn the_main_part_is_where_the_package_says() {
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument";
    let relations = format!(
        r#"<Relationships><Relationship Type="{kind}" Target="/word/document2.xml"/></Relationships>"#
    );
    let body = format!("<w:document><w:body>{}</w:body></w:document>", paragraph("", "正文。"));
    let bytes = package(&[("_rels/.rels", &relations), ("word/document2.xml", &body)]);
    assert_eq!(shown(&read(bytes).unwrap()), ["正文。"]);
}

#[test]
fn entities_a_document_defines_stand_for_nothing() {
    let laughs: String =
        (1..10).map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10))).collect();
    let body = format!(
        "<!DOCTYPE d [<!ENTITY l0 \"笑\">{laughs}]><w:document><w:body>{}</w:body></w:document>",
        paragraph("", "甲&l9;乙")
    );
    assert_eq!(shown(&read(package(&[("word/document.xml", &body)])).unwrap()), ["甲乙"]);
}

#[test]
fn only_what_a_reader_sees_is_text() {
    let body = r#"<w:p><w:r><w:t xml:space="preserve">甲&amp;乙 &#20320; </w:t><w:tab/><w:t>丙</w:t></w:r>
        <w:del><w:r><w:delText>删</w:delText></w:r></w:del><w:ins><w:r><w:t>增</w:t></w:r></w:ins>
        <w:r><w:instrText>PAGE</w:instrText><w:br/><w:t>次行</w:t></w:r>
        <mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent></mc:Choice>
        <mc:Fallback><w:p><w:r><w:t>框</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent></w:p>"#;
    assert_eq!(shown(&read(docx(body)).unwrap()), ["框", "甲&乙 你  丙增\n次行"]);
}

#[test]
fn what_is_no_docx_says_what_it_is() {
    let deep = "<w:tbl><w:tr><w:tc>".repeat(5000);
    for (bytes, expected) in [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....".to_vec(), "format of before 2007"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0".to_vec(),
            "is encrypted;",
        ),
        (b"PK\x03\x04".to_vec(), "damaged"),
        (package(&[("xl/workbook.xml", "<a/>")]), "end its name with .xlsx"),
        (package(&[("word/document.xml", "<a><b></a>")]), "damaged"),
        (docx("<w:p/>"), "holds no text"),
        (docx(&deep), "deep"),
    ] {
        let error = read(bytes).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}
