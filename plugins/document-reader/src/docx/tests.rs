use std::io::Write;

use zip::write::SimpleFileOptions;

use super::*;
use crate::bindings::exports::qianfan::reader::documents::Part;
use crate::output::shown;

mod cells;

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
fn a_paragraph_whose_end_was_deleted_goes_on_in_the_next() {
    let of = |end: &str, text: &str| {
        let number = r#"<w:numPr><w:numId w:val="3"/></w:numPr>"#;
        format!("<w:p><w:pPr>{number}<w:rPr>{end}</w:rPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
    };
    let cell = |text: &str| format!("<w:tc>{}</w:tc>", of("<w:del/>", text));
    let table = format!("<w:tbl><w:tr>{}{}</w:tr></w:tbl>", cell("项"), cell("值"));
    for end in [r#"<w:del w:id="1"/>"#, r#"<w:del w:id="1"></w:del>"#, "<w:moveFrom/>"] {
        let body =
            [of(end, "学费"), of(end, "每年"), of("", "五千元。"), of("", "另收住宿费。"), table.clone()];
        let read = shown(&read(docx(&body.concat())).unwrap());
        assert_eq!(read, ["- 学费每年五千元。", "- 另收住宿费。", "- 项 | - 值"], "{end}");
    }
    // Nothing follows: what stands before a table, and at the end.
    let body = [of("<w:del/>", "表前"), table, of("<w:del/>", "末")];
    assert_eq!(shown(&read(docx(&body.concat())).unwrap()), ["- 表前", "- 项 | - 值", "- 末"]);
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

/// The paragraphs of a document with this numbering, each with its own properties.
fn numbered(numbering: &str, paragraphs: &[(&str, &str)]) -> Vec<String> {
    let body: String = paragraphs
        .iter()
        .map(|(about, text)| format!("<w:p><w:pPr>{about}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"))
        .collect();
    let styles = r#"<w:styles><w:style w:styleId="h1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>
        <w:style w:styleId="h2"><w:name w:val="heading 2"/><w:basedOn w:val="h1"/></w:style></w:styles>"#;
    let numbering = format!("<w:numbering>{numbering}</w:numbering>");
    let body = format!("<w:document><w:body>{body}</w:body></w:document>");
    let files =
        [("word/styles.xml", styles), ("word/numbering.xml", &numbering), ("word/document.xml", &body)];
    shown(&read(package(&files)).unwrap())
}

fn level(at: u8, format: &str, text: &str, more: &str) -> String {
    format!(
        r#"<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{format}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>"#
    )
}

fn in_list(id: u8, level: u8) -> String {
    format!(r#"<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{id}"/></w:numPr>"#)
}

#[test]
fn numbers_that_word_sets_are_said() {
    let list = [
        level(0, "chineseCountingThousand", "第%1条", ""),
        level(1, "decimal", "（%2）", r#"<w:suff w:val="nothing"/>"#),
        level(2, "lowerLetter", "%2.%3", ""),
        level(3, "bullet", "\u{f0b7}", ""),
    ]
    .concat();
    let heads = [
        level(0, "chineseCounting", "第%1章", r#"<w:pStyle w:val="h1"/>"#),
        level(1, "decimal", "%1.%2", r#"<w:isLgl/><w:pStyle w:val="h2"/>"#),
    ]
    .concat();
    let numbering = format!(
        r#"<w:abstractNum w:abstractNumId="7">{list}</w:abstractNum><w:abstractNum w:abstractNumId="8">{heads}</w:abstractNum>
        <w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>
        <w:num w:numId="3"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="10"/></w:lvlOverride></w:num>"#
    );
    let (one, two) = (in_list(1, 0), in_list(1, 1));
    let (three, four, own) = (in_list(1, 2), in_list(1, 3), in_list(3, 0));
    let (h1, h2) = (r#"<w:pStyle w:val="h1"/>"#, r#"<w:pStyle w:val="h2"/>"#);
    let none = format!("{h1}{}", in_list(0, 0));
    let deleted = format!("<w:rPr><w:del/></w:rPr>{one}");
    let said = numbered(
        &numbering,
        &[
            (h1, "总则"),
            (&one, "甲"),
            (&deleted, ""),
            (&one, "乙"),
            (&two, "丙"),
            (&three, "丁"),
            (&two, "戊"),
            (&three, "己"),
            (&four, "点"),
            (h2, "节"),
            (h1, "附则"),
            (h2, "又一节"),
            (&one, "庚"),
            (&two, "辛"),
            (&own, "壬"),
            (&own, "癸"),
            (&none, "无号"),
            (&in_list(9, 0), "不明"),
        ],
    );
    assert_eq!(
        said,
        [
            "# 第一章 总则",
            "第一条 甲",
            "第二条 乙",
            "（1）丙",
            "1.a 丁",
            "（2）戊",
            "2.a 己",
            "- 点",
            "## 1.1 节",
            "1.1 节",
            "# 第二章 附则",
            "## 2.1 又一节",
            "第三条 庚",
            "（1）辛",
            "第十条 壬",
            "第十一条 癸",
            "# 无号",
            "- 不明",
        ]
    );
}

#[test]
fn bold_lines_are_headings_where_no_style_names_any() {
    let bold = |text: &str| format!("<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>{text}</w:t></w:r></w:p>");
    let body =
        [bold("一、报名条件"), paragraph("", "应届毕业生。"), bold("二、时间"), paragraph("", "七月。")]
            .concat();
    assert_eq!(
        shown(&read(docx(&body)).unwrap()),
        ["# 一、报名条件", "应届毕业生。", "# 二、时间", "七月。"]
    );
    let body = [paragraph("1", "总则"), bold("一、报名条件"), paragraph("", "应届毕业生。")].concat();
    assert_eq!(shown(&read(docx(&body)).unwrap()), ["# 总则", "一、报名条件", "应届毕业生。"]);
    let body = [bold("甲"), bold("乙"), paragraph("", "丙。")].concat();
    assert_eq!(shown(&read(docx(&body)).unwrap()), ["甲", "乙", "丙。"], "mostly bold");
}

#[test]
fn height_equations_and_ticks_keep_their_meaning() {
    let run = |about: &str, text: &str| format!("<w:r><w:rPr>{about}</w:rPr><w:t>{text}</w:t></w:r>");
    let up = r#"<w:vertAlign w:val="superscript"/>"#;
    for (paragraph, expected) in [
        (run("", "2×10") + &run(up, "1") + &run(up, "2") + &run("", "元"), "2×10¹²元"),
        (run("", "x") + &run(up, "ab"), "x^{ab}"),
        (run("", "m") + &run(r#"<w:position w:val="8"/>"#, "2"), "m²"),
        (
            "<m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath>"
                .to_owned(),
            "$\\frac{1}{2}$",
        ),
        (r#"<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>"#.to_owned() + &run("", "是"), "☑是"),
        (run(r#"<w:rFonts w:ascii="Wingdings"/>"#, "\u{f0a8}") + &run("", "否"), "☐否"),
        (
            r#"<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="1"/></w14:checkbox></w:sdtPr><w:sdtContent><w:r><w:t>☒</w:t></w:r></w:sdtContent></w:sdt>"#
                .to_owned(),
            "☑",
        ),
        (
            r#"<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox></w:ffData></w:fldChar></w:r>"#
                .to_owned(),
            "☑",
        ),
        (
            r#"<w:r><w:drawing><wp:docPr id="1" descr="流程：登录、填表"/></w:drawing></w:r>"#.to_owned(),
            "[流程：登录、填表]",
        ),
    ] {
        assert_eq!(shown(&read(docx(&format!("<w:p>{paragraph}</w:p>"))).unwrap()), [expected]);
    }
}

#[test]
fn hidden_and_struck_text_is_left_out_and_told() {
    let body = r#"<w:p><w:r><w:t>报名费</w:t></w:r><w:r><w:rPr><w:strike/></w:rPr><w:t>二百元</w:t></w:r><w:r><w:rPr><w:dstrike/></w:rPr><w:t>三百元</w:t></w:r>
        <w:r><w:rPr><w:strike w:val="0"/></w:rPr><w:t>一百元</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>内部</w:t></w:r><w:r><w:commentReference w:id="1"/></w:r></w:p>
        <w:tbl><w:tr><w:tc><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:trPr><w:hidden/></w:trPr><w:tc><w:p><w:r><w:t>藏</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"#;
    let document = read(docx(body)).unwrap();
    assert_eq!(shown(&document), ["报名费一百元", "甲"]);
    let notes = document.notes.join("\n");
    assert!(notes.contains("“二百元三百元”") && notes.contains("“内部藏”"), "{notes}");
    assert!(notes.contains("Comments in the margin were left out (1)."), "{notes}");
}

#[test]
fn links_say_where_they_lead_and_notes_stand_where_they_belong() {
    let relations = r#"<Relationships><Relationship Id="r1" Type="x/hyperlink" Target="https://a.cn/b" TargetMode="External"/></Relationships>"#;
    let notes = r#"<w:footnotes><w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>
        <w:footnote w:id="2"><w:p><w:r><w:footnoteRef/><w:t>不含住宿费</w:t></w:r></w:p></w:footnote></w:footnotes>"#;
    let body = r#"<w:document><w:body><w:p><w:hyperlink r:id="r1"><w:r><w:t>点这里</w:t></w:r></w:hyperlink><w:r><w:t>。学费5500元</w:t><w:footnoteReference w:id="2"/></w:r></w:p>
        <w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> HYPERLINK "https://c.cn" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>
        <w:r><w:t>官网</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:body></w:document>"#;
    let bytes = package(&[
        ("word/_rels/document.xml.rels", relations),
        ("word/footnotes.xml", notes),
        ("word/document.xml", body),
    ]);
    assert_eq!(
        shown(&read(bytes).unwrap()),
        ["点这里 (https://a.cn/b)。学费5500元（注：不含住宿费）", "官网 (https://c.cn)"]
    );
}

#[test]
fn a_diagram_says_its_points() {
    let relations = r#"<Relationships><Relationship Id="r1" Type="x/diagramData" Target="diagrams/data1.xml"/></Relationships>"#;
    let point =
        |text: &str| format!("<dgm:pt><dgm:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></dgm:t></dgm:pt>");
    let data = format!("<dgm:dataModel>{}{}</dgm:dataModel>", point("登录"), point("缴费"));
    let body =
        r#"<w:document><w:p><w:r><w:drawing><dgm:relIds r:dm="r1"/></w:drawing></w:r></w:p></w:document>"#;
    let files = [
        ("word/_rels/document.xml.rels", relations),
        ("word/diagrams/data1.xml", &data),
        ("word/document.xml", body),
    ];
    assert_eq!(shown(&read(package(&files)).unwrap()), ["登录\n缴费"]);
}

#[test]
fn cells_stand_under_their_own_columns_and_the_header_is_told() {
    let cell = |about: &str, text: &str| {
        format!("<w:tc><w:tcPr>{about}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>")
    };
    let header = format!(
        "<w:trPr><w:tblHeader/></w:trPr>{}{}{}",
        cell("", "年份"),
        cell("", "分数"),
        cell("", "位次")
    );
    let title = cell(r#"<w:gridSpan w:val="3"/>"#, "2025年录取");
    let rows = [
        title,
        header.clone(),
        format!(r#"<w:trPr><w:gridBefore w:val="1"/></w:trPr>{}{}"#, cell("", "600"), cell("", "3200")),
        header,
        cell("", "2024") + &cell(r#"<w:gridSpan w:val="2"/>"#, "未招生"),
    ];
    let rows: String = rows.iter().map(|row| format!("<w:tr>{row}</w:tr>")).collect();
    let document = read(docx(&format!("<w:tbl>{rows}</w:tbl>"))).unwrap();
    assert_eq!(
        shown(&document),
        ["2025年录取", "年份 | 分数 | 位次", " | 600 | 3200", "2024 | 未招生 | 未招生"]
    );
    assert!(
        // The title above the header counts.
        document.parts.iter().any(|part| matches!(part, Part::Table(table) if table.header_rows == Some(2)))
    );
}

#[test]
fn a_row_that_is_marked_below_others_begins_a_table() {
    let row = |cells: [&str; 2], about: &str| {
        let cells = cells.map(|text| format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"));
        format!("<w:tr><w:trPr>{about}</w:trPr>{}</w:tr>", cells.concat())
    };
    let marked = "<w:tblHeader/>";
    let rows = row(["专业", "学院"], marked)
        + &row(["软件", "信息"], "")
        + &row(["方向", "学院"], marked)
        + &row(["民法", "法律"], "");
    let document = read(docx(&format!("<w:tbl>{rows}</w:tbl>"))).unwrap();
    let named = |part: &Part| matches!(part, Part::Table(table) if table.header_rows == Some(1) && table.rows.len() == 2);
    assert!(document.parts.len() == 2 && document.parts.iter().all(named), "{:?}", document.parts);
    let cell = format!("<w:tr><w:tc><w:tbl>{rows}</w:tbl><w:p/></w:tc><w:tc><w:p/></w:tc></w:tr>");
    let above = row(["项目", "备注"], "");
    let within = read(docx(&format!("<w:tbl>{above}{cell}</w:tbl>"))).unwrap();
    assert!(shown(&within).concat().contains("方向: 民法; 学院: 法律"), "{:?}", shown(&within));
}

#[test]
fn a_table_in_a_cell_keeps_the_names_of_its_columns() {
    let cell = |text: &str| format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>");
    let inner =
        [["专业", "学费"], ["软件", "5500"]].map(|row| format!("<w:tr>{}</w:tr>", row.map(cell).concat()));
    let rows = format!(
        "<w:tr>{}{}</w:tr><w:tr>{}<w:tc><w:tbl>{}</w:tbl><w:p/></w:tc></w:tr>",
        cell("学院"),
        cell("专业"),
        cell("信息"),
        inner.concat()
    );
    let document = read(docx(&format!("<w:tbl>{rows}</w:tbl>"))).unwrap();
    assert_eq!(shown(&document), ["学院 | 专业", "信息 | 专业: 软件; 学费: 5500"]);
}

#[test]
fn captions_and_first_rows_over_all_columns_are_told_from_text() {
    let cell = |about: &str, text: &str| {
        format!("<w:tc><w:tcPr>{about}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>")
    };
    let row = |cells: &[String]| format!("<w:tr>{}</w:tr>", cells.concat());
    let rows = [
        row(&[cell(r#"<w:gridSpan w:val="2"/>"#, "2025年学费")]),
        row(&[cell("", "专业"), cell("", "学费")]),
        row(&[cell("", "软件"), cell("", "5500")]),
    ];
    let body = [paragraph("Caption", "表 1  学费"), format!("<w:tbl>{}</w:tbl>", rows.concat())];
    let document = read(docx(&body.concat())).unwrap();
    let [Part::Caption(caption), Part::Table(table)] = &document.parts[..] else {
        panic!("{:?}", document.parts);
    };
    assert_eq!((caption.as_str(), table.titles.len()), ("表 1 学费", 0));
    let rows: Vec<String> = table.rows.iter().map(|row| row.join("|")).collect();
    assert_eq!(rows, ["2025年学费", "专业|学费", "软件|5500"]);
    for name in ["caption", "题注", "Table Caption", "表题"] {
        let styles =
            format!(r#"<w:styles><w:style w:styleId="x"><w:name w:val="{name}"/></w:style></w:styles>"#);
        let body = format!("<w:document><w:body>{}</w:body></w:document>", paragraph("x", "表1"));
        let document = read(package(&[("word/styles.xml", &styles), ("word/document.xml", &body)])).unwrap();
        assert!(matches!(&document.parts[..], [Part::Caption(text)] if text == "表1"), "{name}");
    }
}

#[test]
fn an_empty_paragraph_parts_texts_from_one_another() {
    let one = |text: &str| format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>");
    let empty = "<w:p/>";
    let row = |cells: [&str; 2]| {
        let cells = cells.map(|text| format!("<w:tc>{}</w:tc>", one(text)));
        format!("<w:tr>{}</w:tr>", cells.concat())
    };
    let table = format!("<w:tbl>{}{}</w:tbl>", row(["项目", "费用"]), row(["报名", "5"]));
    let heading = paragraph("1", "题");
    let body = [
        empty,
        &one("甲"),
        empty,
        empty,
        &one("乙"),
        &one("丙"),
        empty,
        &table,
        empty,
        &one("丁"),
        empty,
        &heading,
        empty,
        &one("戊"),
    ];
    let document = read(docx(&body.concat())).unwrap();
    assert_eq!(shown(&document), ["甲", "\n乙", "丙", "项目 | 费用", "报名 | 5", "丁", "# 题", "戊"]);
}

#[test]
fn an_equation_between_paragraphs_is_said_there() {
    let equation = "<m:oMathPara><m:oMath><m:r><m:t>a=b</m:t></m:r></m:oMath></m:oMathPara>";
    let body = format!("{}{equation}{}", paragraph("x", "如下"), paragraph("x", "得证"));
    assert_eq!(shown(&read(docx(&body)).unwrap()), ["如下", "a=b", "得证"]);
}
