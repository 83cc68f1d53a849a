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
fn a_title_heads_nothing_and_two_pages_have_one_where_a_number_counts_them() {
    let page = |text: &str, title: &str| {
        format!("BT /F 10 Tf 50 700 Td {} Tj 0 -660 Td {} Tj ET", gbk(text), gbk(title))
    };
    let read_pages = |pages: &[String]| {
        let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
        shown(&read(document(&composite("GBK-EUC-H", "GB1"), &[], &pages)).unwrap())
    };
    let two = [page("甲。", "客服手册 第1页"), page("乙。", "客服手册 第2页")];
    assert_eq!(read_pages(&two), ["# 第1页", "甲。", "客服手册", "# 第2页", "乙。"]);
    let records = [page("甲。", "学号 1"), page("乙。", "学号 2")];
    assert_eq!(read_pages(&records), ["# 第1页", "甲。", "学号 1", "# 第2页", "乙。", "学号 2"]);
    let annex = ["甲。", "乙。", "丙。"].map(|text| page(text, "附件1 招生办公室"));
    assert_eq!(read_pages(&annex)[2], "页脚：附件1 招生办公室");
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
fn forms_are_read_and_one_that_draws_itself_ends() {
    let form = stream(
        "/Type/XObject /Subtype/Form /BBox [0 0 595 842] /Resources <</Font <</F 3 0 R>> /XObject <</X 4 0 R>> >>",
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
        (b"hello".to_vec(), "is not a PDF file"),
        (b"%PDF-1.4\nhello".to_vec(), "damaged"),
        (document("<<>>", &[picture], &["/X Do"]), "scanned"),
        (document(&nameless, &[], &[page]), "do not say which characters"),
        (locked.into_bytes(), "encrypted"),
    ] {
        let error = read(bytes).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}

/// A page with these annotations, objects from 4 on, and the text 姓名： at 72, 700.
fn annotated(annotations: &[&str], page: &str) -> Vec<u8> {
    let own: Vec<String> = annotations.iter().map(|entries| format!("<</Type/Annot {entries}>>")).collect();
    let list: String = (4..4 + own.len()).map(|at| format!("{at} 0 R ")).collect();
    let bytes = document(&composite("GBK-EUC-H", "GB1"), &own, &[page]);
    String::from_utf8(bytes)
        .unwrap()
        .replace("/Type/Page ", &format!("/Type/Page /Annots [{list}] "))
        .into_bytes()
}

#[test]
fn what_is_filled_into_a_form_stands_beside_its_name() {
    let page = format!(
        "BT /F 12 Tf 72 700 Td {} Tj 0 -30 Td {} Tj 30 -30 Td {} Tj ET",
        gbk("姓名："),
        gbk("专业："),
        gbk("同意")
    );
    let fields = [
        "/Subtype/Widget /FT/Tx /T(xm) /V <FEFF5F204E09> /Rect [120 695 300 715]",
        "/Subtype/Widget /FT/Ch /T(zy) /V (se) /Opt [[(se) <FEFF8F6F4EF6>] [(ne) <FEFF7F517EDC>]] /Rect [120 665 300 685]",
        "/Subtype/Widget /FT/Btn /T(ty) /AS/Yes /Rect [80 636 95 651]",
        // Nothing stands beside these: their names do.
        "/Subtype/Widget /FT/Btn /TU <FEFF4F4F5BBF> /AS/Off /Rect [72 500 90 518]",
        "/Subtype/Widget /FT/Tx /T(phone) /V (010-1) /Rect [72 470 190 488]",
        // What nobody sees, and what only looks like a field.
        "/Subtype/Widget /FT/Tx /T(a) /V (hidden) /F 2 /Rect [72 440 190 458]",
        "/Subtype/Widget /FT/Tx /T(b) /Ff 8192 /V (password) /Rect [72 440 190 458]",
        "/Subtype/Widget /FT/Btn /T(c) /Ff 65536 /AS/On /Rect [72 440 190 458]",
        "/Subtype/FreeText /Contents <FEFF62796CE8> /Rect [72 400 190 418]",
    ];
    assert_eq!(
        texts(annotated(&fields, &page)),
        ["姓名：  张三", "专业：  软件", "☑ 同意", "☐住宿", "phone：010-1", "批注"]
    );
}

#[test]
fn a_field_has_what_its_parent_says() {
    let page = format!("BT /F 12 Tf 72 700 Td {} Tj ET", gbk("姓名："));
    let fields =
        ["/Subtype/Widget /Parent 5 0 R /Rect [120 695 300 715]", "/FT/Tx /T(xm) /V (Li) /Parent 5 0 R"];
    assert_eq!(texts(annotated(&fields, &page)), ["姓名： Li"]);
    let endless = ["/Subtype/Widget /Parent 4 0 R /FT/Tx /Rect [120 695 300 715]"];
    assert_eq!(texts(annotated(&endless, &page)), ["姓名："]);
}

#[test]
fn a_link_says_where_it_leads_behind_its_text() {
    let page = format!(
        "BT /F 12 Tf 72 700 Td {} Tj ET BT /F 12 Tf 120 700 Td {} Tj ET BT /F 12 Tf 72 650 Td {} Tj ET",
        gbk("报名请点"),
        gbk("这里。"),
        gbk("example.cn")
    );
    let links = [
        "/Subtype/Link /A <</S/URI /URI (https://example.cn/a?b=1)>> /Rect [72 695 119 715]",
        "/Subtype/Link /A <</S/URI /URI (https://example.cn/)>> /Rect [70 640 200 670]",
        "/Subtype/Link /A <</S/JavaScript /JS (x)>> /Rect [119 695 160 715]",
    ];
    assert_eq!(texts(annotated(&links, &page)), ["报名请点 (https://example.cn/a?b=1)这里。", "example.cn"]);
}

#[test]
fn bookmarks_are_headings_and_their_lines_are_said_once() {
    let page = |lines: &[(u32, &str)]| -> String {
        lines.iter().map(|(y, text)| format!("BT /F 12 Tf 72 {y} Td {} Tj ET ", gbk(text))).collect()
    };
    let one = page(&[(760, "前言。"), (700, "第一章 总则"), (660, "为规范招生。")]);
    let two = page(&[(760, "接上。"), (700, "第一节 计划"), (660, "计划公布。")]);
    let more = [
        "<</First 5 0 R /Last 5 0 R>>",
        "<</Title <FEFF7B2C4E007AE00020603B5219> /Dest [9 0 R /XYZ 0 715 0] /First 6 0 R /Next 8 0 R>>",
        "<</Title <FEFF7B2C4E0082828BA15212> /A <</S/GoTo /D (jie)>> /Next 7 0 R>>",
        // Nothing but a circle, and a place that is none.
        "<</Title (x) /Dest [99 0 R /Fit] /Next 6 0 R>>",
        "<</Title (End) /Dest [11 0 R /XYZ null 10 null]>>",
    ];
    let more: Vec<String> = more.iter().map(|&entry| entry.to_owned()).collect();
    let bytes = document(&composite("GBK-EUC-H", "GB1"), &more, &[&one, &two]);
    let bytes = String::from_utf8(bytes).unwrap().replace(
        "/Pages 2 0 R>>",
        "/Pages 2 0 R /Outlines 4 0 R /Names <</Dests <</Names [(jie) <</D [11 0 R /FitH 712]>>]>> >> >>",
    );
    let read = texts(bytes.into_bytes());
    let first = ["前言。", "# 第一章 总则", "为规范招生。", "接上。", "## 第一节 计划", "计划公布。"];
    assert_eq!(read[..6], first);
}

#[test]
fn a_file_that_was_cut_off_says_so() {
    let page = format!("BT /F 10 Tf 50 700 Td {} Tj ET", gbk("正文。"));
    let whole = document(&composite("GBK-EUC-H", "GB1"), &[], &[&page]);
    for part in [whole.len() / 2, whole.len() * 3 / 4] {
        let error = read(whole[..part].to_vec()).unwrap_err();
        assert!(error.contains("is cut off"), "{error}");
    }
    // A change that was appended and did not come whole.
    let changed = [&whole[..], b"\n5 0 obj\n<</Length 100>>"].concat();
    assert!(read(changed).unwrap_err().contains("is cut off"));
    let more = [&whole[..], b"\r\n<html>"].concat();
    assert_eq!(texts(more), ["正文。"]);
}

#[test]
fn a_picture_says_its_alternative_text_where_it_is_drawn() {
    let more = [
        stream("/Type/XObject /Subtype/Image /Width 1 /Height 1", "0"),
        "<</Type/StructTreeRoot /K [6 0 R 7 0 R]>>".to_owned(),
        "<</S/Figure /Alt <FEFF621168216B635E0895E8> /Pg 8 0 R /K [0]>>".to_owned(),
        "<</S/P /Pg 8 0 R /K <</S/Figure /Alt (logo.png) /K <</MCID 1>> >> >>".to_owned(),
    ];
    let page = format!(
        "BT /F 12 Tf 72 700 Td {} Tj ET /Figure <</MCID 0>> BDC q 90 0 0 90 72 500 cm /X Do Q EMC \
         /Figure <</MCID 1>> BDC /X Do EMC BT /F 12 Tf 72 400 Td {} Tj ET",
        gbk("上文。"),
        gbk("下文。")
    );
    let bytes = document(&composite("GBK-EUC-H", "GB1"), &more, &[&page]);
    let bytes =
        String::from_utf8(bytes).unwrap().replace("/Pages 2 0 R>>", "/Pages 2 0 R /StructTreeRoot 5 0 R>>");
    assert_eq!(texts(bytes.into_bytes()), ["上文。", "[我校正师门]", "下文。"]);
}

mod cells;
mod empty;
mod fonts;
mod lanes;
mod layout;
mod order;
mod ruled;
mod shows;
mod tables;
mod torn;
mod wraps;
