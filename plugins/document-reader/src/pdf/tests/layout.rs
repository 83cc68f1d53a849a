//! Tests of how lines become paragraphs, lists, columns and tables.

use super::*;

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
fn cells_that_span_columns_below_one_another_stay_apart_where_rules_are_drawn_in_pieces() {
    let places = [70, 160, 280, 340, 400];
    // One piece for each side of each cell; those of the columns that a cell spans are pieces too.
    let level = [700, 680, 660, 640, 620].into_iter().flat_map(|y| {
        places.windows(2).map(move |x| format!("{} {y} m {} {y} l S ", x[0], x[1])).collect::<Vec<_>>()
    });
    let upright = [680, 660, 640, 620].into_iter().zip(0..).flat_map(|(y, row)| {
        let own: &[u32] = if row == 0 { &places } else { &[70, 160, 400] };
        own.iter().map(move |x| format!("{x} {y} m {x} {} l S ", y + 20)).collect::<Vec<_>>()
    });
    let rules: String = level.chain(upright).collect();
    let cells = [
        (80, 685, "姓名"),
        (170, 685, "张三"),
        (290, 685, "电话"),
        (350, 685, "138"),
        (80, 665, "地址"),
        (170, 665, "海淀区"),
        (80, 645, "备注"),
        (170, 645, "无"),
        (80, 625, "特长"),
        (170, 625, "钢琴"),
    ];
    let page: String =
        cells.iter().map(|(x, y, text)| format!("BT /F 12 Tf {x} {y} Td {} Tj ET ", gbk(text))).collect();
    assert_eq!(
        texts(document(&composite("GBK-EUC-H", "GB1"), &[], &[&(rules + &page)])),
        [
            "姓名 | 张三 | 电话 | 138",
            "地址 | 海淀区 | 海淀区 | 海淀区",
            "备注 | 无 | 无 | 无",
            "特长 | 钢琴 | 钢琴 | 钢琴"
        ]
    );
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
    let even =
        ["软件工程中外合作办学", "网络工程校企合作办学", "信息安全卓越工程师班", "临床医学八年制培养班"];
    assert_eq!(texts(lined(760, &[&even])), even);

    let line = "平行志愿按分数优先、遵循志愿的原则投档，每名考生只投一次，投档后不";
    let read = texts(lined(760, &[&[line, line], &["再补投其他院校。", "第二段。"], &["第三段。"]]));
    let whole = format!("{line}{line}再补投其他院校。");
    assert_eq!(read, ["# 第1页", &whole, "# 第2页", "第二段。", "# 第3页", "第三段。"]);
}

#[test]
fn lines_of_a_narrow_column_go_on_where_the_next_word_had_no_room() {
    // No line begins with a full stop or cuts a number: these end a character or two before the others.
    let column = [
        "第一段：左右分栏的文字应当先读完左栏再",
        "读右栏的文字，内容要足够长以便换行显",
        "示。",
        "第二段：内容足够长以便换行，编号为10",
        "号，在这左栏的末尾换行，金额共计约为",
        "5500元。",
    ];
    assert_eq!(texts(lined(760, &[&column])), [column[..3].concat(), column[3..].concat()]);

    // None is stretched: a Chinese line ends up to a character early.
    let font = "<</Type/Font /Subtype/Type0 /BaseFont/SimSun /Encoding/GBK-EUC-H /DescendantFonts [<</Type/Font \
                /Subtype/CIDFontType2 /W [1 95 560 814 939 560] /CIDSystemInfo <</Registry (Adobe) /Ordering (GB1) /Supplement 2>> >>]>>";
    let ragged = [
        "本校在海滨市，占地面积一",
        "百亩，在校生2345人，研",
        "究生32人。计划招收本科",
        "生48名，学费标准每年按",
        "学分收取，每分90元，其",
        "他费用按规定另收。",
    ];
    let page = ragged
        .iter()
        .zip(0..)
        .map(|(line, at)| format!("BT /F 12 Tf 72 {} Td {} Tj ET ", 760 - at * 20, gbk(line)));
    assert_eq!(texts(document(font, &[], &[&page.collect::<String>()])), [ragged.concat()]);

    let people = ["张三，13800000001", "李四，13900000002", "王五，13700000003", "赵六，13600000004"];
    assert_eq!(texts(lined(760, &[&people])), people);
}

#[test]
fn what_is_raised_and_small_is_a_power_and_what_is_lowered_an_index() {
    let font = "<</Type/Font /Subtype/Type1 /BaseFont/Helvetica /Encoding/WinAnsiEncoding>>";
    let page = "BT /F 12 Tf 50 700 Td (10) Tj /F 7 Tf 5 Ts (5) Tj /F 12 Tf 0 Ts ( and 10) Tj /F 7 Tf 5 Ts (-3) Tj \
                /F 12 Tf 0 Ts ( H) Tj /F 7 Tf -3 Ts (2) Tj /F 12 Tf 0 Ts (O x) Tj /F 7 Tf 5 Ts (2k) Tj \
                /F 12 Tf 0 Ts ( 1) Tj /F 7 Tf 5 Ts (st) Tj ET";
    assert_eq!(texts(document(font, &[], &[page])), ["10⁵ and 10⁻³ H₂O x^{2k} 1st"]);
}

#[test]
fn rules_between_all_rows_make_a_table_whose_header_the_host_looks_for() {
    let rows = [["层次", "方式", "时间"], ["本科", "网上报名", "六月初"], ["硕士", "现场确认", "十月中旬"]];
    let cells: String = rows
        .iter()
        .zip([700, 680, 660])
        .flat_map(|(row, y)| row.iter().zip([80, 200, 320]).map(move |(cell, x)| (x, y, cell)))
        .map(|(x, y, cell)| format!("BT /F 12 Tf {x} {y} Td {} Tj ET ", gbk(cell)))
        .collect();
    let rules = "80 695 m 380 695 l S 80 675 m 380 675 l S ";
    let document =
        read(document(&composite("GBK-EUC-H", "GB1"), &[], &[&(rules.to_owned() + &cells)])).unwrap();
    assert_eq!(shown(&document), rows.map(|row| row.join(" | ")));
    assert!(matches!(&document.parts[..], [Part::Table(table)] if table.header_rows.is_none()));
}

/// A table with rules around its cells, from the page's head on.
fn ruled<const COLUMNS: usize>(rows: &[[&str; COLUMNS]]) -> String {
    let foot = 800 - 20 * rows.len() as i32;
    let places: Vec<usize> = (0..=COLUMNS).map(|column| 70 + 110 * column).collect();
    let right = 70 + 110 * COLUMNS;
    let level = (0..=rows.len()).map(|at| format!("70 {0} m {right} {0} l S ", 800 - 20 * at as i32));
    let upright = places.iter().map(|x| format!("{x} {foot} m {x} 800 l S "));
    let rules: String = level.chain(upright).collect();
    let cells = rows.iter().zip(0..);
    let cells = cells
        .flat_map(|(row, at)| row.iter().zip(&places).map(move |(cell, x)| (x + 10, 785 - 20 * at, cell)));
    let cells = cells.map(|(x, y, cell)| format!("BT /F 12 Tf {x} {y} Td {} Tj ET ", gbk(cell)));
    rules + &cells.collect::<String>()
}

fn tables(pages: &[&str]) -> Vec<Vec<Vec<String>>> {
    let parts = read(document(&composite("GBK-EUC-H", "GB1"), &[], pages)).unwrap().parts;
    let tables = parts.into_iter().filter_map(|part| match part {
        Part::Table(table) => Some(table.rows),
        _ => None,
    });
    tables.collect()
}

#[test]
fn a_ruled_table_of_two_columns_is_one_however_few_its_rows() {
    for rows in [
        &[["项目", "金额"], ["学费", "5500"], ["住宿费", "1200"]][..],
        &[["校区", "地址"], ["东校区", "学院路"]],
    ] {
        assert_eq!(
            tables(&[&ruled(rows)]),
            [rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect::<Vec<_>>()]
        );
    }
}

#[test]
fn a_table_of_words_that_goes_on_is_one_table() {
    let pages = [
        ruled(&[["校区", "地址"], ["东校区", "学院路"]]),
        ruled(&[["西校区", "大学路"], ["南校区", "滨江路"]]),
        ruled(&[["校区", "地址"], ["北校区", "山前路"]]),
    ];
    let rows = tables(&pages.each_ref().map(String::as_str));
    let names: Vec<Vec<&str>> =
        rows.iter().map(|rows| rows.iter().map(|row| row[0].as_str()).collect()).collect();
    assert_eq!(names, [["校区", "东校区", "西校区", "南校区", "北校区"]]);
}

#[test]
fn what_may_be_a_form_has_no_header_of_the_readers_making() {
    let form = ruled(&[
        ["姓名", "张三", "性别", "男"],
        ["学号", "2025001", "专业", "法学"],
        ["电话", "13800000000", "籍贯", "江苏"],
    ]);
    let parts = read(document(&composite("GBK-EUC-H", "GB1"), &[], &[&form])).unwrap().parts;
    assert!(matches!(&parts[..], [Part::Table(table)] if table.header_rows.is_none()), "{parts:?}");
}

#[test]
fn a_watermark_is_kept_once_and_breaks_no_sentence() {
    let mark = format!("BT /F 40 Tf 0.7 0.7 -0.7 0.7 200 300 Tm {} Tj ET ", gbk("内部资料"));
    let line = "平行志愿按分数优先、遵循志愿的原则投档，每名考生只投一次，投档后不";
    let page = |text: &str| format!("{mark}BT /F 12 Tf 72 760 Td {} Tj ET", gbk(text));
    let pages = [page(line), page("再补投其他院校。"), page("第二段。")];
    let document =
        read(document(&composite("GBK-EUC-H", "GB1"), &[], &pages.each_ref().map(String::as_str))).unwrap();
    let whole = format!("{line}再补投其他院校。");
    assert_eq!(shown(&document), ["# 第1页", "内部资料", &whole, "# 第2页", "# 第3页", "第二段。"]);
    assert!(document.notes[0].contains("内部资料"), "{:?}", document.notes);
}

#[test]
fn cells_that_wrap_and_are_centred_stay_in_their_rows() {
    // Half of the way from one line of a cell to the next.
    for half in [7, 5] {
        let cells = [
            (80, 700, "专业"),
            (160, 700, "培养目标"),
            (320, 700, "学费"),
            (80, 660, "软件工程"),
            (160, 660 + half, "培养软件开发与"),
            (160, 660 - half, "测试的人才"),
            (320, 660, "5500"),
            (80, 620, "法学"),
            (160, 620, "培养法律人才"),
            (320, 620, "4600"),
            (80, 580, "英语"),
            (160, 580 + 2 * half, "培养翻译和教学"),
            (160, 580, "以及涉外工作的"),
            (160, 580 - 2 * half, "人才"),
            (320, 580, "4800"),
        ];
        assert_eq!(
            texts(placed(&cells)),
            [
                "专业 | 培养目标 | 学费",
                "软件工程 | 培养软件开发与测试的人才 | 5500",
                "法学 | 培养法律人才 | 4600",
                "英语 | 培养翻译和教学以及涉外工作的人才 | 4800"
            ],
            "{half}"
        );
    }
}

#[test]
fn a_header_that_wraps_is_in_its_table_with_its_first_line() {
    let cells = [
        (80, 707, "学院"),
        (80, 693, "名称"),
        (160, 700, "专业"),
        (320, 700, "学费"),
        (80, 660, "理学院"),
        (160, 660, "数学"),
        (320, 660, "4600"),
        (80, 620, "法学院"),
        (160, 620, "法学"),
        (320, 620, "4800"),
    ];
    assert_eq!(
        texts(placed(&cells)),
        ["学院名称 | 专业 | 学费", "理学院 | 数学 | 4600", "法学院 | 法学 | 4800"]
    );
}

#[test]
fn numbers_below_one_another_are_rows_of_what_stands_beside_them() {
    let cells = [
        (80, 700, "学院"),
        (160, 700, "专业"),
        (320, 700, "学费"),
        (160, 660, "数学"),
        (320, 660, "4600"),
        (80, 653, "理学院"),
        (160, 646, "物理"),
        (320, 646, "4800"),
        (160, 606, "中文"),
        (320, 606, "4500"),
        (80, 599, "文学院"),
        (160, 592, "英语"),
        (320, 592, "4700"),
    ];
    assert_eq!(
        texts(placed(&cells)),
        [
            "学院 | 专业 | 学费",
            "理学院 | 数学 | 4600",
            "理学院 | 物理 | 4800",
            "文学院 | 中文 | 4500",
            "文学院 | 英语 | 4700"
        ]
    );
}

/// The glyphs of these lines, 20 apart and each 12 wide, in an order that is none.
fn shuffled(lines: &[&str]) -> Vec<u8> {
    let glyphs = lines.iter().zip(0..).flat_map(|(line, row)| {
        line.chars().zip(0..).map(move |(glyph, at)| (72 + at * 12, 700 - row * 20, glyph.to_string()))
    });
    let mut glyphs: Vec<(u32, u32, String)> = glyphs.collect();
    glyphs.sort_by_key(|(x, y, _)| (x * 7919 + y * 104_729) % 1009);
    let glyphs: Vec<_> = glyphs.iter().map(|(x, y, text)| (*x, *y, text.as_str())).collect();
    placed(&glyphs)
}

#[test]
fn glyphs_that_are_drawn_in_any_order_are_read_where_they_stand() {
    let line = "平行志愿按分数优先、遵循志愿的原则投档。";
    assert_eq!(texts(shuffled(&[line])), [line]);
    let lines = [line, "软件工程专业的学费每年5500元。", "法学专业的学费每年4600元。"];
    assert_eq!(texts(shuffled(&lines)), lines);

    let font = "<</Type/Font /Subtype/Type1 /BaseFont/Helvetica /Encoding/WinAnsiEncoding /FirstChar 46 \
                /Widths [278 278 556 556 556 556 556 556]>>";
    let glyphs = ["1 0 0 1 56.672 700 Tm (.) Tj", "1 0 0 1 50 700 Tm (1) Tj", "1 0 0 1 60.008 700 Tm (5) Tj"];
    for order in [[0, 1, 2], [1, 2, 0], [2, 1, 0]] {
        let page = format!("BT /F 12 Tf {} ET", order.map(|at| glyphs[at]).join(" "));
        assert_eq!(texts(document(font, &[], &[&page])), ["1.5"], "{order:?}");
    }
}
