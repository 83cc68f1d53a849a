use std::io::Write;

use zip::write::SimpleFileOptions;

use super::*;
use crate::output::shown;

/// A workbook of these sheets: name, attributes, and the XML of its rows, with what may stand behind
/// them.
fn workbook(sheets: &[(&str, &str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut file = |name: &str, text: &str| {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    };
    let of = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut list = String::new();
    let mut relations = String::new();
    for (number, (name, attributes, rows)) in sheets.iter().enumerate() {
        list += &format!(r#"<sheet name="{name}" sheetId="{number}" r:id="r{number}" {attributes}/>"#);
        relations += &format!(
            r#"<Relationship Id="r{number}" Type="{of}/worksheet" Target="worksheets/{number}.xml"/>"#
        );
        let (rows, more) = rows.split_once("</rows>").unwrap_or((rows, ""));
        let sheet = format!("<worksheet><sheetData>{rows}</sheetData>{more}</worksheet>");
        file(&format!("xl/worksheets/{number}.xml"), &sheet);
    }
    file("xl/workbook.xml", &format!(r#"<workbook xmlns:r="{of}"><sheets>{list}</sheets></workbook>"#));
    let root = format!(r#"<Relationship Id="r" Type="{of}/officeDocument" Target="xl/workbook.xml"/>"#);
    file("_rels/.rels", &format!("<Relationships>{root}</Relationships>"));
    file("xl/_rels/workbook.xml.rels", &format!("<Relationships>{relations}</Relationships>"));
    file(
        "xl/styles.xml",
        r#"<styleSheet><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#,
    );
    file(
        "xl/sharedStrings.xml",
        "<sst><si><t>共享</t></si><si><r><t>富</t></r><r><t>文本</t></r></si></sst>",
    );
    archive.finish().unwrap().into_inner()
}

/// A package with one file.
fn package_of(name: &str) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file(name, SimpleFileOptions::default()).unwrap();
    archive.finish().unwrap().into_inner()
}

fn inline(at: &str, text: &str) -> String {
    format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

#[test]
fn a_sheet_is_a_heading_with_its_title_and_its_table() {
    let rows = [
        format!("<row>{}</row>", inline("A1", "2024年分数线")),
        format!("<row>{}{}{}</row>", inline("A2", "院校"), inline("B2", "分数"), inline("C2", "日期")),
        r#"<row><c r="A3" t="s"><v>0</v></c><c r="B3"><v>600.50000000000011</v></c><c r="C3" s="1"><v>45468</v></c></row>"#
            .to_owned(),
        r#"<row/><row><c r="A5" t="s"><v>1</v></c><c r="C5" t="e"><v>#N/A</v></c></row>"#.to_owned(),
    ]
    .concat();
    let hidden = format!("<row>{}</row>", inline("A1", "不可见"));
    let document =
        read(workbook(&[("本科", "", &rows), ("草稿", r#"state="hidden""#, &hidden), ("空", "", "")]))
            .unwrap();
    assert_eq!(
        shown(&document),
        ["# 本科", "2024年分数线", "院校 | 分数 | 日期", "共享 | 600.5 | 2024-06-25", "富文本"]
    );
}

#[test]
fn merged_cells_are_said_in_each_row_and_two_rows_of_names_are_one() {
    let row = |cells: &[(&str, &str)]| {
        format!("<row>{}</row>", cells.iter().map(|(at, text)| inline(at, text)).collect::<String>())
    };
    let rows = [
        row(&[("A1", "录取分数")]),
        row(&[("A2", "院校"), ("B2", "分数"), ("D2", "备注")]),
        row(&[("B3", "最低"), ("C3", "最高")]),
        row(&[("A4", "星海大学"), ("B4", "600"), ("C4", "650")]),
        row(&[("B5", "590"), ("C5", "640"), ("D5", "征集")]),
        row(&[("A6", "云山学院"), ("B6", "500")]),
    ]
    .concat();
    let merged = ["A1:D1", "A2:A3", "B2:C2", "D2:D3", "A4:A5"];
    let merged: String = merged.iter().map(|area| format!(r#"<mergeCell ref="{area}"/>"#)).collect();
    let rows = format!("{rows}</rows><mergeCells>{merged}</mergeCells>");
    assert_eq!(
        shown(&read(workbook(&[("表", "", &rows)])).unwrap()),
        [
            "# 表",
            "录取分数",
            "院校 | 分数 最低 | 分数 最高 | 备注",
            "星海大学 | 600 | 650",
            "星海大学 | 590 | 640 | 征集",
            "云山学院 | 500",
        ]
    );
}

#[test]
fn a_cell_in_the_last_corner_costs_one_row() {
    let far = format!(
        "<row>{}{}</row><row>{}{}</row>",
        inline("A1", "名"),
        inline("B1", "值"),
        inline("A2", "甲"),
        inline("XFD1048576", "远")
    );
    let document = read(workbook(&[("表", "", &far)])).unwrap();
    let shown = shown(&document);
    assert_eq!((shown[1].as_str(), shown[2].as_str()), ("名 | 值", "甲"));
    assert_eq!(shown[3].trim_start_matches([' ', '|']), "远");
}

#[test]
fn many_far_cells_are_refused_before_they_fill_the_memory() {
    let rows: String =
        (1..200).map(|row| format!("<row>{}</row>", inline(&format!("XFD{row}"), "远"))).collect();
    let error = read(workbook(&[("表", "", &rows)])).unwrap_err();
    assert!(error.contains("more than 1048576 cells"), "{error}");
}

#[test]
fn what_is_no_workbook_says_what_it_is() {
    for (bytes, expected) in [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....".to_vec(), "encrypted"),
        (b"hello".to_vec(), "is no xlsx file or is damaged"),
        (package_of("word/document.xml"), "end its name with .docx"),
        (package_of("ppt/presentation.xml"), "save it as .pdf"),
        (workbook(&[("空", "", "")]), "holds no cell with text"),
        (workbook(&[("坏", "", "<row><c r=\"A1\"><v>1</row>")]), "damaged"),
        (workbook(&[("坏", "", "<row><c r=\"A1\" t=\"s\"><v>99</v></c></row>")]), "damaged"),
    ] {
        let error = read(bytes).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}
