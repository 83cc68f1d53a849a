use super::*;
use crate::bindings::exports::qianfan::reader::documents::Part;
use crate::output::shown;

/// A PDF of these objects, numbered from 1; the first is the catalogue.
fn pdf(objects: &[String]) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (object, number) in objects.iter().zip(1..) {
        places.push(file.len());
        file.extend(format!("{number} 0 obj\n{object}\nendobj\n").bytes());
    }
    let table = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for place in places {
        file.extend(format!("{place:010} 00000 n \n").bytes());
    }
    file.extend(
        format!("trailer <</Size {} /Root 1 0 R>>\nstartxref\n{table}\n%%EOF", objects.len() + 1).bytes(),
    );
    file
}

fn stream(dict: &str, data: &str) -> String {
    format!("<<{dict} /Length {}>>\nstream\n{data}\nendstream", data.len())
}

/// A document with one font, object 3, and these pages' programs; more objects follow the font.
fn document(font: &str, more: &[String], pages: &[&str]) -> Vec<u8> {
    let first = 4 + more.len();
    let kids: String = (0..pages.len()).map(|page| format!("{} 0 R ", first + page * 2)).collect();
    let mut objects = vec![
        "<</Type/Catalog /Pages 2 0 R>>".to_owned(),
        format!("<</Type/Pages /Kids [{kids}] /Count {}>>", pages.len()),
        font.to_owned(),
    ];
    objects.extend_from_slice(more);
    for (page, number) in pages.iter().zip((first..).step_by(2)) {
        objects.push(format!(
            "<</Type/Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {} 0 R \
             /Resources <</Font <</F 3 0 R>> /XObject <</X 4 0 R>> >> >>",
            number + 1
        ));
        objects.push(stream("", page));
    }
    pdf(&objects)
}

fn composite(encoding: &str, ordering: &str) -> String {
    format!(
        "<</Type/Font /Subtype/Type0 /BaseFont/SimSun /Encoding/{encoding} /DescendantFonts [<</Type/Font \
         /Subtype/CIDFontType2 /CIDSystemInfo <</Registry (Adobe) /Ordering ({ordering}) /Supplement 2>> >>]>>"
    )
}

fn hex(bytes: &[u8]) -> String {
    format!("<{}>", bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

fn utf16(text: &str) -> String {
    hex(&text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>())
}

fn gbk(text: &str) -> String {
    hex(&encoding_rs::GBK.encode(text).0)
}

fn texts(bytes: Vec<u8>) -> Vec<String> {
    shown(&read(bytes).unwrap())
}

#[test]
fn a_to_unicode_map_says_what_glyphs_show() {
    let map = "begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange \
               2 beginbfchar <0001> <9AD8> <0002> <8003> endbfchar 1 beginbfrange <0010> <0012> <4E00> endbfrange endcmap";
    let font = composite("Identity-H", "Identity").replace(">>]>>", ">>] /ToUnicode 4 0 R>>");
    let page = "BT /F 12 Tf 50 700 Td <0001000200100011> Tj ET";
    assert_eq!(texts(document(&font, &[stream("", map)], &[page])), ["高考一丁"]);
}

#[test]
fn predefined_maps_are_known() {
    let show = |text: String| format!("BT /F 12 Tf 50 700 Td {text} Tj ET");
    for (encoding, ordering, bytes) in [
        ("GBK-EUC-H", "GB1", gbk("招生章程（2024年）")),
        ("GBKp-EUC-H", "GB1", gbk("招生章程（2024年）")),
        ("GBK2K-H", "GB1", gbk("招生章程（2024年）")),
        ("UniGB-UCS2-H", "GB1", utf16("招生章程（2024年）")),
        ("UniGB-UTF16-H", "GB1", utf16("招生章程（2024年）")),
        ("UniCNS-UCS2-H", "CNS1", utf16("招生章程（2024年）")),
    ] {
        let read = texts(document(&composite(encoding, ordering), &[], &[&show(bytes)]));
        assert_eq!(read, ["招生章程（2024年）"], "{encoding}");
    }
    // The numbers of Adobe's collection for simplified Chinese: 中 is 4559, 毁 2030.
    let read = texts(document(&composite("Identity-H", "GB1"), &[], &[&show("<11cf07ee>".to_owned())]));
    assert_eq!(read, ["中毁"]);
}

#[test]
fn words_are_parted_by_gaps_and_lines_put_together_to_paragraphs() {
    let font = "<</Type/Font /Subtype/Type1 /BaseFont/Helvetica /Encoding/WinAnsiEncoding /FirstChar 32 \
                /Widths [278 278 355 556]>>";
    let page = "BT /F 10 Tf 12 TL 50 700 Td [(Par) -20 (allel) -300 (choice) 0 (s are sub-)] TJ (mitted once, and then read) ' \
                (in the order of the rank.) ' (Another line) ' ET BT /F 10 Tf 50 600 Td (A new paragraph) Tj ET";
    assert_eq!(
        texts(document(font, &[], &[page])),
        [
            "Parallel choices are submitted once, and then read in the order of the rank.",
            "Another line",
            "A new paragraph"
        ]
    );

    let line = |y: u32, x: u32, text: &str| format!("BT /F 10 Tf {x} {y} Td {} Tj ET ", gbk(text));
    let page = [
        line(700, 70, "平行志愿按分数优先、遵循志愿的原则投"),
        line(685, 50, "档，每名考生只投一次，投档后不再补投其他"),
        line(670, 50, "院校。"),
        line(655, 70, "第二段从这里开始。"),
        // Again for a bold look, and beside it the next column.
        line(640, 50, "粗"),
        line(640, 50, "粗"),
        line(640, 300, "另一栏"),
        // Rows of a table, as wide as all there is.
        line(620, 50, "专业"),
        line(620, 300, "学费"),
        line(605, 50, "软件"),
        line(605, 300, "五千"),
    ]
    .concat();
    assert_eq!(
        texts(document(&composite("GBK-EUC-H", "GB1"), &[], &[&page])),
        [
            "平行志愿按分数优先、遵循志愿的原则投档，每名考生只投一次，投档后不再补投其他院校。",
            "第二段从这里开始。",
            "粗  另一栏",
            "专业  学费",
            "软件  五千"
        ]
    );
}

/// A document with these lines on each page, 20 apart, from this height down.
fn lined(top: u32, pages: &[&[&str]]) -> Vec<u8> {
    let pages: Vec<String> = pages
        .iter()
        .map(|lines| {
            let lines = lines.iter().zip(0..);
            lines
                .map(|(line, at)| format!("BT /F 12 Tf 72 {} Td {} Tj ET ", top - at * 20, gbk(line)))
                .collect()
        })
        .collect();
    let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
    document(&composite("GBK-EUC-H", "GB1"), &[], &pages)
}

#[test]
fn pages_are_headings_and_a_title_on_all_of_them_is_kept_once() {
    let page = |text: &str, number: u32| {
        format!(
            "BT /F 10 Tf 50 800 Td {} Tj 0 -100 Td {} Tj 0 -660 Td {} Tj ET",
            gbk("某大学章程"),
            gbk(text),
            gbk(&format!("第 {number} 页"))
        )
    };
    let pages = [page("甲。", 1), page("乙。", 2), page("丙。", 3)];
    let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
    let document = read(document(&composite("GBK-EUC-H", "GB1"), &[], &pages)).unwrap();
    assert_eq!(shown(&document), ["# 第1页", "某大学章程", "甲。", "# 第2页", "乙。", "# 第3页", "丙。"]);
    assert_eq!(
        document.notes,
        ["Running titles: \"某大学章程\" of 3 pages is kept once, the page numbers of 3 pages are left out"]
    );
}

#[test]
fn records_that_count_up_from_page_to_page_are_no_running_titles() {
    let records: [fn(u32) -> [String; 3]; 3] = [
        |by| {
            [
                format!("{}年录取分数线", 2023 + by),
                format!("软件工程：{}分。", 593 + by),
                format!("法学：{}分", 573 + by),
            ]
        },
        |by| [format!("学号：202500{by}"), "姓名：示例甲。".to_owned(), format!("总分：{}", 601 + by)],
        |by| [format!("咨询电话：010-1111222{by}"), format!("地址：{by}号楼。"), format!("{}元", 5500 + by)],
    ];
    // In the middle of the page, in its head, at its foot.
    for (top, record) in [700, 830, 80].into_iter().flat_map(|top| records.map(|record| (top, record))) {
        let pages: Vec<[String; 3]> = (0..4).map(record).collect();
        let lines: Vec<[&str; 3]> = pages.iter().map(|page| page.each_ref().map(String::as_str)).collect();
        let slices: Vec<&[&str]> = lines.iter().map(<[_; 3]>::as_slice).collect();
        let read = texts(lined(top, &slices)).concat().replace(' ', "");
        for line in pages.iter().flatten() {
            assert!(read.contains(line), "{line} in {read}");
        }
    }
}

#[test]
fn no_page_is_emptied_and_what_is_the_same_in_its_records_stays() {
    let same: &[&str] = &["本页无正文"];
    let read = texts(lined(800, &[same, same, same, same]));
    assert_eq!(read.iter().filter(|line| **line == "本页无正文").count(), 4);

    let record = |name: &'static str| vec!["成绩单", name, "结论：合格"];
    let pages = [record("甲甲甲。"), record("乙乙乙。"), record("丙丙丙。"), record("丁丁丁。")];
    let slices: Vec<&[&str]> = pages.iter().map(Vec::as_slice).collect();
    assert_eq!(texts(lined(700, &slices)).concat().matches("结论：合格").count(), 4);
}

#[test]
fn fonts_written_inline_are_told_apart() {
    let font = |names: &str| {
        format!("<</Type/Font /Subtype/Type1 /BaseFont/A /Encoding <</Differences [1 {names} 32 /space]>> >>")
    };
    let (male, fema) = (font("/five/zero/m/a/l/e"), font("/six/zero/f/e/m/a"));
    let show = "(\\003\\004\\005\\006 \\001\\002\\002\\002) Tj";
    let objects = |resources: &str, form_resources: &str| {
        vec![
            "<</Type/Catalog /Pages 2 0 R>>".to_owned(),
            // The second page inherits its resources, the third has other ones under the same name.
            format!(
                "<</Type/Pages /Kids [3 0 R 4 0 R 5 0 R] /Count 3 /MediaBox [0 0 595 842] /Resources <<{resources}>> >>"
            ),
            "<</Type/Page /Parent 2 0 R /Contents 6 0 R>>".to_owned(),
            "<</Type/Page /Parent 2 0 R /Contents 6 0 R>>".to_owned(),
            format!(
                "<</Type/Page /Parent 2 0 R /Contents 6 0 R /Resources <</Font <</F {fema} /G {male}>> /XObject <</X 7 0 R>> >> >>"
            ),
            stream("", &format!("BT /F 12 Tf 72 700 Td {show} ET BT /G 12 Tf 72 600 Td {show} ET /X Do")),
            stream(
                &format!("/Type/XObject /Subtype/Form /BBox [0 0 1 1] {form_resources}"),
                &format!("BT /F 12 Tf 72 500 Td {show} ET"),
            ),
        ]
    };
    let fonts = format!("/Font <</F {male} /G {fema}>> /XObject <</X 7 0 R>>");
    let own = format!("/Resources <</Font <</F {fema}>> >>");
    let pages = |form: [&'static str; 3]| {
        vec![
            "# 第1页",
            "male 5000",
            "fema 6000",
            form[0],
            "# 第2页",
            "male 5000",
            "fema 6000",
            form[1],
            "# 第3页",
            "fema 6000",
            "male 5000",
            form[2],
        ]
    };
    assert_eq!(texts(pdf(&objects(&fonts, &own))), pages(["fema 6000"; 3]));
    // A form without resources has those of its page.
    assert_eq!(texts(pdf(&objects(&fonts, ""))), pages(["male 5000", "male 5000", "fema 6000"]));
}

#[test]
fn forms_are_read_and_one_that_draws_itself_ends() {
    let form = stream(
        "/Type/XObject /Subtype/Form /BBox [0 0 1 1] /Resources <</Font <</F 3 0 R>> /XObject <</X 4 0 R>> >>",
        &format!("BT /F 10 Tf 50 700 Td {} Tj ET /X Do", gbk("表单里的字")),
    );
    assert_eq!(texts(document(&composite("GBK-EUC-H", "GB1"), &[form], &["/X Do"])), ["表单里的字"]);
}

#[test]
fn vertical_text_is_one_line() {
    let page = format!("BT /F 10 Tf 300 700 Td {} Tj ET", gbk("竖排文字"));
    assert_eq!(texts(document(&composite("GBK-EUC-V", "GB1"), &[], &[&page])), ["竖排文字"]);
}

#[test]
fn a_title_is_kept_unless_a_program_wrote_it() {
    let titled = |title: &str| {
        let page = format!("BT /F 10 Tf 50 700 Td {} Tj ET", gbk("正文。"));
        let bytes = document(&composite("GBK-EUC-H", "GB1"), &[format!("<</Title {title}>>")], &[&page]);
        // All of it is ASCII here.
        let text = String::from_utf8(bytes).unwrap().replace("/Root 1 0 R", "/Root 1 0 R /Info 4 0 R");
        read(text.into_bytes()).unwrap().title
    };
    assert_eq!(titled("<FEFF62db751f7ae07a0b>").as_deref(), Some("招生章程"));
    for title in ["(Microsoft Word - 1.doc)", "(untitled)", "()"] {
        assert_eq!(titled(title), None, "{title}");
    }
}

#[test]
fn what_cannot_be_read_says_why() {
    let picture = stream("/Type/XObject /Subtype/Image /Width 1 /Height 1", "0");
    let nameless = composite("Identity-H", "Identity");
    let page = "BT /F 10 Tf 50 700 Td <00010002> Tj ET";
    let locked = String::from_utf8(document(&nameless, &[], &[page])).unwrap().replace(
        "/Root 1 0 R",
        "/Root 1 0 R /ID [(0123456789abcdef) (0123456789abcdef)] /Encrypt <</Filter/Standard /V 2 /R 3 /Length 128 \
         /P -4 /O (00000000000000000000000000000000) /U (00000000000000000000000000000000)>>",
    );
    for (bytes, expected) in [
        (b"hello".to_vec(), "is no PDF file"),
        (b"%PDF-1.4\nhello".to_vec(), "damaged"),
        (document("<<>>", &[picture], &["/X Do"]), "scanned"),
        (document(&nameless, &[], &[page]), "do not say which characters"),
        (locked.into_bytes(), "encrypted"),
    ] {
        let error = read(bytes).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}

/// A page of such texts: `(left, height, text)`, in the order they are drawn.
fn placed(texts: &[(u32, u32, &str)]) -> Vec<u8> {
    let page: String =
        texts.iter().map(|(x, y, text)| format!("BT /F 12 Tf {x} {y} Td {} Tj ET ", gbk(text))).collect();
    document(&composite("GBK-EUC-H", "GB1"), &[], &[&page])
}

#[test]
fn columns_of_text_are_read_one_after_the_other_although_they_are_drawn_row_by_row() {
    let left =
        ["平行志愿是指考生可以", "在同一批次填报若干个", "并列的院校志愿，投档", "时按分数优先的原则。"];
    let right =
        ["学费标准以物价部门核", "定的为准，软件工程专", "业每年五千五百元，其", "他专业四千六百元整。"];
    let rows = left.iter().zip(right).zip(0..);
    let drawn: Vec<_> = rows
        .flat_map(|((left, right), at)| [(72, 760 - at * 18, *left), (320, 760 - at * 18, right)])
        .collect();
    assert_eq!(texts(placed(&drawn)), [left.concat(), right.concat()]);
}

const COLUMNS: [[&str; 4]; 3] =
    [["专业", "软件工程", "法学", "英语"], ["计划数", "60", "40", "35"], ["学费", "5500", "4600", "4800"]];

/// The table of these columns, drawn in such an order.
fn table(by_rows: bool) -> Vec<(u32, u32, &'static str)> {
    let mut cells: Vec<(u32, u32, &str)> = COLUMNS
        .iter()
        .zip([80, 200, 320])
        .flat_map(|(column, x)| column.iter().zip(0..).map(move |(cell, at)| (x, 700 - at * 20, *cell)))
        .collect();
    if by_rows {
        cells.sort_by_key(|(x, y, _)| (1000 - y, *x));
    }
    cells
}

#[test]
fn a_table_keeps_its_rows_in_whatever_order_it_is_drawn() {
    for by_rows in [true, false] {
        let document = read(placed(&table(by_rows))).unwrap();
        assert_eq!(
            shown(&document),
            ["专业 | 计划数 | 学费", "软件工程 | 60 | 5500", "法学 | 40 | 4600", "英语 | 35 | 4800"]
        );
        assert!(matches!(&document.parts[..], [Part::Table(table)] if table.header_rows == Some(1)));
    }
}

#[test]
fn names_beside_what_they_name_are_no_table() {
    let form = [
        (72, 700, "姓名"),
        (160, 700, "张三"),
        (72, 680, "电话"),
        (160, 680, "010-62345678"),
        (72, 660, "学号"),
        (160, 660, "2025001"),
    ];
    assert_eq!(texts(placed(&form)), ["姓名  张三", "电话  010-62345678", "学号  2025001"]);
}

#[test]
fn rules_make_cells_and_a_cell_over_several_rows_stands_in_each() {
    let rules: String = [700, 680, 640]
        .iter()
        .map(|y| format!("70 {y} m 400 {y} l S "))
        .chain(["160 660 m 400 660 l S ".to_owned()])
        .chain([70, 160, 280, 400].iter().map(|x| format!("{x} 640 m {x} 700 l S ")))
        .collect();
    let cells = [
        (80, 685, "学院"),
        (170, 685, "专业"),
        (290, 685, "学费"),
        // Drawn in one go through two cells.
        (80, 655, "理学院"),
        (170, 667, "数学"),
        (290, 667, "4600"),
        (170, 645, "物理"),
        (290, 645, "4800"),
        (72, 600, "以上为标准。"),
    ];
    let page: String =
        cells.iter().map(|(x, y, text)| format!("BT /F 12 Tf {x} {y} Td {} Tj ET ", gbk(text))).collect();
    let read = texts(document(&composite("GBK-EUC-H", "GB1"), &[], &[&(rules + &page)]));
    assert_eq!(read, ["学院 | 专业 | 学费", "理学院 | 数学 | 4600", "理学院 | 物理 | 4800", "以上为标准。"]);
}

#[test]
fn a_table_that_goes_on_has_its_header_on_the_next_page() {
    let page = |cells: &[(u32, u32, &str)]| -> String {
        cells.iter().map(|(x, y, text)| format!("BT /F 12 Tf {x} {y} Td {} Tj ET ", gbk(text))).collect()
    };
    let next = [
        (80, 740, "日语"),
        (200, 740, "20"),
        (320, 740, "4800"),
        (80, 720, "德语"),
        (200, 720, "20"),
        (320, 720, "4800"),
    ];
    let read = texts(document(&composite("GBK-EUC-H", "GB1"), &[], &[&page(&table(true)), &page(&next)]));
    let after = read.iter().position(|line| line == "# 第2页").unwrap();
    assert_eq!(read[after + 1..], ["专业 | 计划数 | 学费", "日语 | 20 | 4800", "德语 | 20 | 4800"]);
}

#[test]
fn items_of_a_list_stay_apart_and_a_sentence_goes_on_over_the_end_of_a_page() {
    let list = ["招生专业", "软件工程", "网络工程", "法学", "联系电话", "010-11112222", "办公地点"];
    assert_eq!(texts(lined(760, &[&list])), list);

    let line = "平行志愿按分数优先、遵循志愿的原则投档，每名考生只投一次，投档后不";
    let read = texts(lined(760, &[&[line, line], &["再补投其他院校。", "第二段。"], &["第三段。"]]));
    let whole = format!("{line}{line}再补投其他院校。");
    assert_eq!(read, ["# 第1页", &whole, "# 第2页", "第二段。", "# 第3页", "第三段。"]);
}

#[test]
fn what_is_raised_and_small_is_a_power_and_what_is_lowered_an_index() {
    let font = "<</Type/Font /Subtype/Type1 /BaseFont/Helvetica /Encoding/WinAnsiEncoding>>";
    let page = "BT /F 12 Tf 50 700 Td (10) Tj /F 7 Tf 5 Ts (5) Tj /F 12 Tf 0 Ts ( and 10) Tj /F 7 Tf 5 Ts (-3) Tj \
                /F 12 Tf 0 Ts ( H) Tj /F 7 Tf -3 Ts (2) Tj /F 12 Tf 0 Ts (O x) Tj /F 7 Tf 5 Ts (2k) Tj \
                /F 12 Tf 0 Ts ( 1) Tj /F 7 Tf 5 Ts (st) Tj ET";
    assert_eq!(texts(document(font, &[], &[page])), ["10⁵ and 10⁻³ H₂O x^{2k} 1st"]);
}
