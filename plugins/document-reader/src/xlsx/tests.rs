use std::io::Write;

use zip::write::SimpleFileOptions;

use super::format::Format;
use super::*;
use crate::output::shown;

/// A workbook of these sheets: name, attributes, and the XML of its rows, with what may stand before and behind
/// them.
fn workbook(sheets: &[(&str, &str, &str)]) -> Vec<u8> {
    workbook_with(sheets, &[])
}

/// The same with more files; the one without a name is more of the workbook's own.
fn workbook_with(sheets: &[(&str, &str, &str)], files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
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
        let (before, rows) = rows.split_once("<rows>").unwrap_or(("", rows));
        let (rows, more) = rows.split_once("</rows>").unwrap_or((rows, ""));
        let sheet = format!("<worksheet>{before}<sheetData>{rows}</sheetData>{more}</worksheet>");
        file(&format!("xl/worksheets/{number}.xml"), &sheet);
    }
    let more = files.iter().find(|(name, _)| name.is_empty()).map_or("", |(_, more)| more);
    file("xl/workbook.xml", &format!(r#"<workbook xmlns:r="{of}"><sheets>{list}</sheets>{more}</workbook>"#));
    let root = format!(r#"<Relationship Id="r" Type="{of}/officeDocument" Target="xl/workbook.xml"/>"#);
    file("_rels/.rels", &format!("<Relationships>{root}</Relationships>"));
    file("xl/_rels/workbook.xml.rels", &format!("<Relationships>{relations}</Relationships>"));
    let codes = ["0.0%", "000000", ";;;", r#""第"0"批""#, r#"@"元""#];
    let codes: String = codes
        .iter()
        .zip(164..)
        .map(|(code, id)| {
            format!(r#"<numFmt numFmtId="{id}" formatCode="{}"/>"#, code.replace('"', "&quot;"))
        })
        .collect();
    let looks: String = [0, 14, 164, 165, 166, 167, 168]
        .iter()
        .map(|id| format!(r#"<xf numFmtId="{id}" fontId="0"/>"#))
        .collect();
    file(
        "xl/styles.xml",
        &format!(
            r#"<styleSheet><numFmts>{codes}</numFmts><fonts><font/><font><strike/></font></fonts>
            <cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs>{looks}<xf numFmtId="0" fontId="1"/></cellXfs></styleSheet>"#
        ),
    );
    let raised = r#"<si><r><t>10</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>5</t></r><r><rPr><strike/></rPr><t>万</t></r><r><t>元</t></r></si>"#;
    file(
        "xl/sharedStrings.xml",
        &format!(
            "<sst><si><t>共享</t></si><si><r><t>富</t></r><r><t>文本</t></r><rPh><t>注音</t></rPh></si>{raised}<si><t>一_x000D_\n二</t></si></sst>"
        ),
    );
    for (name, text) in files.iter().filter(|(name, _)| !name.is_empty()) {
        file(name, text);
    }
    archive.finish().unwrap().into_inner()
}

/// A package with one file.
fn package_of(name: &str) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
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
        ["# 本科", "2024年分数线 | ", "院校 | 分数 | 日期", "共享 | 600.5 | 2024-06-25", "", "富文本 | "]
    );
    let notes = document.notes.join("\n");
    assert!(notes.contains("Hidden sheets were left out: “草稿”.") && notes.contains("(C5)"), "{notes}");
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
    assert_eq!((shown[1].as_str(), shown[2].as_str()), ("名 | 值", "甲 | "));
    assert_eq!(shown[4].trim_start_matches([' ', '|']), "远");
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
        (b"hello".to_vec(), "is not a valid xlsx file, or is damaged"),
        (package_of("word/document.xml"), "end its name with .docx"),
        (package_of("ppt/presentation.xml"), "end its name with .pptx"),
        (workbook(&[("空", "", "")]), "holds no cell with text"),
        (workbook(&[("坏", "", "<row><c r=\"A1\"><v>1</row>")]), "damaged"),
        (workbook(&[("坏", "", "<row><c r=\"A1\" t=\"s\"><v>99</v></c></row>")]), "damaged"),
    ] {
        let error = read(bytes).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn numbers_are_shown_as_their_format_shows_them() {
    for (code, value, expected) in [
        ("General", 0.1 + 0.2, "0.3"),
        ("G/通用格式", 0.1 + 0.2, "0.3"),
        ("G/通用格式\"元\"", 5.0, "5元"),
        ("[DBNum1][$-804]G/通用格式", 123.0, "一百二十三"),
        ("\"G/通用格式\"0", 5.0, "G/通用格式5"),
        ("0.0%", 0.155, "15.5%"),
        ("0", 2.5, "3"),
        ("0.00", 2.675, "2.68"),
        ("000000", 123.0, "000123"),
        ("\"¥\"#,##0.00;\"¥\"\\-#,##0.00", -5500.5, "¥-5,500.50"),
        ("[$¥-804]#,##0", 5500.0, "¥5,500"),
        ("#,##0.00\"万元\"", 1_234_567.891, "1,234,567.89万元"),
        ("0!.0,\"万元\"", 123_456.0, "12.3万元"),
        ("0.00,,", 12_345_678.0, "12.35"),
        ("[>=10000]0!.0,\"万\";0", 25_600.0, "2.6万"),
        ("[>=10000]0!.0,\"万\";0", 999.0, "999"),
        ("#,##0_);[Red](#,##0)", -1234.0, "(1,234)"),
        ("0.##", 1.5, "1.5"),
        ("0.0;-0.0;\"无\"", 0.0, "无"),
        ("# ?/?", 1.0 / 3.0, "1/3"),
        ("# ??/??", 2.25, "2 1/4"),
        ("?/4", 0.5, "2/4"),
        ("0.00E+00", 12_345.0, "1.23E+04"),
        ("[DBNum1][$-804]General", 123.0, "一百二十三"),
        ("[DBNum2]0", 12.0, "壹贰"),
        ("000\\-0000\\-0000", 13_800_138_000.0, "138-0013-8000"),
        ("yyyy/m/d", 45_839.0, "2025/7/1"),
        ("yyyy\"年\"m\"月\"", 45_839.4, "2025年7月"),
        ("yyyy-mm-dd hh:mm", 45_839.395_833_333_34, "2025-07-01 09:30"),
        ("h:mm AM/PM", 0.75, "6:00 PM"),
        ("h:mm", 45_839.395_833, "9:30"),
        ("上午/下午h\"时\"mm\"分\"", 0.395_833_333_3, "上午9时30分"),
        ("[h]:mm", 1.086_805_555_555_556, "26:05"),
        ("mm:ss.0", 0.000_5, "00:43.2"),
        ("aaaa", 45_839.0, "星期二"),
        ("[$-804]ddd", 45_839.0, "周二"),
        ("d-mmm-yy", 45_839.0, "1-Jul-25"),
        ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", 45_839.0, "2025年7月1日"),
        ("[$-F400]h:mm:ss\\ AM/PM", 45_839.75, "18:00:00"),
        ("[DBNum1]yyyy\"年\"m\"月\"d\"日\"", 45_839.0, "二〇二五年七月一日"),
        ("0\"年\"", 2025.0, "2025年"),
        ("yyyy-mm-dd", 60.0, "1900-02-29"),
        ("yyyy-mm-dd", -1.0, "-1"),
        (";;;", 5.0, ""),
    ] {
        assert_eq!(Format::new(code).number(value, false), expected, "{code}");
    }
    assert_eq!(Format::new("yyyy-mm-dd").number(0.0, true), "1904-01-01");
    for id in 0..60 {
        let code = Format::built_in(id).unwrap_or("General");
        assert!(!Format::new(code).number(45_839.395_8, false).is_empty(), "{id}");
    }
}

#[test]
fn hidden_rows_columns_and_values_are_left_out_and_told() {
    let cells = |row: u32, texts: [&str; 3]| {
        ["A", "B", "C"]
            .iter()
            .zip(texts)
            .map(|(at, text)| inline(&format!("{at}{row}"), text))
            .collect::<String>()
    };
    let rows = format!(
        r#"<cols><col min="2" max="2" hidden="1"/></cols><rows><row r="1">{}</row><row r="2" hidden="1">{}</row>
        <row r="3">{}</row><row r="4"><c r="A4" t="inlineStr" s="7"><is><t>旧价</t></is></c><c r="C4" s="4"><v>580</v></c></row>"#,
        cells(1, ["院校", "底线", "分数"]),
        cells(2, ["甲", "1", "2"]),
        cells(3, ["乙", "3", "4"]),
    );
    let document = read(workbook(&[("表", "", &rows)])).unwrap();
    assert_eq!(shown(&document), ["# 表", "院校 | 分数", "乙 | 4"]);
    let notes = document.notes.join("\n");
    for said in
        ["rows of sheet “表” were left out: 2.", "columns of sheet “表” were left out: B.", "“580”", "旧价”"]
    {
        assert!(notes.contains(said), "{said}: {notes}");
    }
}

#[test]
fn simple_formulas_without_a_value_are_computed_and_others_told() {
    let rows = [
        [inline("A1", "项目"), inline("B1", "单价"), inline("C1", "数量"), inline("D1", "合计")].concat(),
        inline("A2", "学费")
            + r#"<c r="B2"><v>5000</v></c><c r="C2"><v>4</v></c><c r="D2"><f>B2*$C$2</f><v></v></c>"#,
        inline("A3", "住宿") + r#"<c r="B3"><v>1200</v></c><c r="C3"><v>4</v></c><c r="D3"><f>B3*C3</f></c>"#,
        inline("A4", "总计") + r#"<c r="D4"><f>SUM(D2:D3)</f></c><c r="E4" s="2"><f>ROUND(D3/D4,3)</f></c>"#,
        inline("A5", "评语")
            + r#"<c r="D5"><f>IF(D4&gt;20000,"贵"&amp;"了","便宜")</f></c><c r="E5"><f>D4-100+50%</f></c>"#,
        inline("A6", "别处")
            + r#"<c r="D6"><f>VLOOKUP(A6,表2!A:B,2,0)</f></c><c r="E6"><f>E6+1</f></c><c r="F6"><f>1/0</f></c>"#,
        inline("A7", "存过") + r#"<c r="D7"><f>D6</f><v>7</v></c>"#,
    ];
    let rows: String = rows.iter().map(|row| format!("<row>{row}</row>")).collect();
    let document = read(workbook(&[("表", "", &rows)])).unwrap();
    assert_eq!(
        shown(&document),
        [
            "# 表",
            "项目 | 单价 | 数量 | 合计",
            "学费 | 5000 | 4 | 20000",
            "住宿 | 1200 | 4 | 4800",
            "总计 |  |  | 24800 | 19.4%",
            "评语 |  |  | 贵了 | 24700.5",
            "别处 | ",
            "存过 |  |  | 7",
        ]
    );
    assert!(
        document.notes[0].contains("sheet “表”")
            && document.notes[0].contains("(D6, E6, F6)")
            && document.notes[1].contains("computed here (D2, D3, D4, E4, D5, E5)"),
        "{:?}",
        document.notes
    );
}

#[test]
fn a_result_that_no_program_has_computed_is_none() {
    let row = inline("A1", "项")
        + r#"<c r="B1"><f>2*3</f><v>0</v></c><c r="C1"><f>NOW()</f><v>0</v></c><c r="D1"><v>0</v></c>"#;
    let sheet = format!("<row>{row}</row>");
    let said = |more| shown(&read(workbook_with(&[("表", "", &sheet)], &[("", more)])).unwrap())[1].clone();
    assert_eq!(said(r#"<calcPr fullCalcOnLoad="1"/>"#), "项 | 6 | 0");
    assert_eq!(said(""), "项 | 0 | 0 | 0");
}

#[test]
fn names_of_columns_that_are_formulas_are_computed_over_sheets_and_hidden_ones() {
    let formulas = |formulas: &[&str]| {
        let cells: String = formulas.iter().map(|formula| format!("<c><f>{formula}</f></c>")).collect();
        format!("<row>{cells}</row>")
    };
    let rows = formulas(&[
        "名称!A1",
        r#"'隐 藏'!$A$1&amp;"（元）""#,
        r#"TEXT(DATE(2025,1,1),"yyyy年")"#,
        r#"LEFT("校区名称",2)"#,
        "另一张!A1",
    ]) + &format!("<row>{}<c><v>5500</v></c><c><v>60</v></c></row>", inline("A2", "软件"));
    let names = format!("<row>{}</row>", inline("A1", "专业"));
    let hidden = format!("<row>{}</row>", inline("A1", "学费"));
    let document =
        read(workbook(&[("数据", "", &rows), ("名称", "", &names), ("隐 藏", r#"state="hidden""#, &hidden)]))
            .unwrap();
    assert_eq!(
        shown(&document),
        ["# 数据", "专业 | 学费（元） | 2025年 | 校区", "软件 | 5500 | 60", "# 名称", "专业"]
    );
    assert!(document.notes.join("").contains("were left empty (E1)"), "{:?}", document.notes);
}

#[test]
fn formulas_within_formulas_end() {
    let deep = "(".repeat(10_000);
    let long: String =
        (2..5000).map(|row| format!("<row><c r=\"A{row}\"><f>A{}+1</f></c></row>", row - 1)).collect();
    let back: String =
        (1..5000).map(|row| format!("<row><c r=\"B{row}\"><f>B{}+1</f></c></row>", row + 1)).collect();
    for rows in [
        format!("<row><c r=\"A1\"><v>1</v></c></row>{long}"),
        back,
        format!("<row>{}<c r=\"C1\"><f>{deep}</f></c></row>", inline("A1", "甲")),
    ] {
        let document = read(workbook(&[("表", "", &rows)]));
        assert!(document.is_ok() || document.is_err_and(|error| error.contains("no cell")));
    }
}

#[test]
fn breaks_links_heights_and_comments_are_kept() {
    let of = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relations = format!(
        r#"<Relationships><Relationship Id="r1" Type="{of}/hyperlink" Target="https://a.cn/b" TargetMode="External"/>
        <Relationship Id="r2" Type="{of}/comments" Target="../comments1.xml"/><Relationship Id="r3" Type="{of}/drawing" Target="../drawings/d.xml"/></Relationships>"#
    );
    let comments = r#"<comments><commentList><comment ref="B2"><text><r><t>含住宿</t></r></text></comment></commentList></comments>"#;
    let drawing = r#"<d><cNvPr id="1" name="图" descr="招生流程"/><txBody><p><r><t>说明：见官网</t></r></p></txBody></d>"#;
    let rows = format!(
        r#"<rows><row>{}{}</row><row>{}<c r="B2" t="s"><v>3</v></c></row><row>{}<c r="B3" t="s"><v>2</v></c></row>
        <row>{}<c r="B4" t="str"><f>HYPERLINK("https://c.cn","官网")</f><v>官网</v></c></row></rows>
        <hyperlinks><hyperlink ref="A3" r:id="r1"/></hyperlinks>"#,
        inline("A1", "说明"),
        inline("B1", "内容"),
        inline("A2", "流程"),
        inline("A3", "点此"),
        inline("A4", "网址"),
    );
    let bytes = workbook_with(
        &[("表", "", &rows)],
        &[
            ("xl/worksheets/_rels/0.xml.rels", &relations),
            ("xl/comments1.xml", comments),
            ("xl/drawings/d.xml", drawing),
        ],
    );
    assert_eq!(
        shown(&read(bytes).unwrap()),
        [
            "# 表",
            "说明 | 内容",
            "流程 | 一\n二",
            "点此 (https://a.cn/b) | 10⁵元",
            "网址 | 官网 (https://c.cn)",
            "[招生流程]",
            "说明：见官网",
            "[B2] 流程 | 一 二 — 含住宿",
        ]
    );
}

#[test]
fn two_tables_are_parted_by_an_empty_row_and_a_column_of_lines_is_text() {
    let rows: String = ["A1", "A2", "A5", "A6"]
        .iter()
        .map(|at| format!("<row>{}{}</row>", inline(at, at), inline(&at.replace('A', "B"), "x")))
        .collect();
    let document = read(workbook(&[("表", "", &rows)])).unwrap();
    assert_eq!(shown(&document), ["# 表", "A1 | x", "A2 | x", "", "A5 | x", "A6 | x"]);
    let lines = format!("<row>{}</row><row>{}</row>", inline("A1", "第一行"), inline("A2", "第二行"));
    assert_eq!(shown(&read(workbook(&[("表", "", &lines)])).unwrap()), ["# 表", "第一行", "第二行"]);
}

#[test]
fn a_row_of_which_nothing_is_left_parts_no_table() {
    // Cells of style 7 are struck out; those of style 4 show nothing.
    let struck = r#"<row r="2"><c r="A2" s="7" t="inlineStr"><is><t>旧</t></is></c><c r="B2" s="7"><v>99</v></c></row>"#;
    let unseen = r#"<row r="4"><c r="A4" s="4"><v>7</v></c></row>"#;
    let error = r#"<row r="5"><c r="A5" t="e"><v>#REF!</v></c></row>"#;
    let row = |number: u32, name: &str, value: &str| {
        let cells = [inline(&format!("A{number}"), name), inline(&format!("B{number}"), value)];
        format!(r#"<row r="{number}">{}</row>"#, cells.concat())
    };
    let rows = [
        row(1, "套餐", "月费"),
        struck.to_owned(),
        row(3, "甲", "79元"),
        unseen.to_owned(),
        error.to_owned(),
        row(6, "乙", "59元"),
    ];
    let document = read(workbook(&[("价", "", &rows.concat())])).unwrap();
    assert_eq!(shown(&document), ["# 价", "套餐 | 月费", "甲 | 79元", "乙 | 59元"]);
}

#[test]
fn rows_and_cells_without_numbers_are_the_next_ones() {
    let cell = |text: &str| format!(r#"<c t="inlineStr"><is><t>{text}</t></is></c>"#);
    let row =
        |cells: &[&str]| format!("<row>{}</row>", cells.iter().map(|text| cell(text)).collect::<String>());
    let rows =
        [row(&["名称", "价"]), row(&["甲", "12"]), r#"<row r="3"/>"#.to_owned(), row(&["乙", "7"])].concat();
    let document = read(workbook(&[("表", "", &rows)])).unwrap();
    assert_eq!(shown(&document), ["# 表", "名称 | 价", "甲 | 12", "", "乙 | 7"]);
}

#[test]
fn a_link_that_no_program_has_computed_has_its_text_and_its_target() {
    let rows = format!(
        r#"<row>{}{}</row><row>{}<c r="B2"><f>HYPERLINK("https://a.cn/x","报名入口")</f></c></row>"#,
        inline("A1", "项"),
        inline("B1", "网址"),
        inline("A2", "报名")
    );
    let document = read(workbook(&[("表", "", &rows)])).unwrap();
    assert_eq!(shown(&document), ["# 表", "项 | 网址", "报名 | 报名入口 (https://a.cn/x)"]);
}
