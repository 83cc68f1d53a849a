//! Tests of tables whose cells neither rules nor wide gaps tell apart.

use super::*;

/// A page of such texts, `(left, height, text)`, below what is drawn first.
pub(super) fn drawn(rules: &str, texts: &[(f64, f64, &str)]) -> String {
    let texts = texts.iter().map(|(x, y, text)| format!("BT /F 12 Tf {x} {y} Td {} Tj ET ", gbk(text)));
    rules.to_owned() + &texts.collect::<String>()
}

pub(super) fn read_pages(pages: &[&str]) -> Vec<String> {
    texts(document(&composite("GBK-EUC-H", "GB1"), &[], pages))
}

/// Whether the document has one table with these rows, and these names for certain, unless the host has to tell those of two
/// columns.
pub(super) fn assert_table(page: &str, rows: &[&str]) {
    let document = read(document(&composite("GBK-EUC-H", "GB1"), &[], &[page])).unwrap();
    assert_eq!(shown(&document), rows);
    assert!(
        matches!(&document.parts[..], [Part::Table(table)]
            if table.header_rows == Some(1) || table.header_rows.is_none() && table.rows[0].len() == 2),
        "{document:?}"
    );
}

/// Upright rules at these places, and level ones at these heights.
pub(super) fn rules(across: &[u32], level: &[u32]) -> String {
    let (left, right) = (across[0], across[across.len() - 1]);
    let (top, bottom) = (level[0], level[level.len() - 1]);
    let upright = across.iter().map(|x| format!("{x} {bottom} m {x} {top} l S "));
    upright.chain(level.iter().map(|y| format!("{left} {y} m {right} {y} l S "))).collect()
}

#[test]
fn rows_that_no_rule_parts_are_rows_where_their_columns_are_ruled() {
    let rules = rules(&[70, 160, 280, 400], &[700, 680, 600]);
    let head = [(80.0, 685.0, "类别"), (170.0, 685.0, "金额"), (290.0, 685.0, "方式")];
    let rows = [(662.0, ["甲类", "1000", "按年"]), (640.0, ["乙类", "2000", "按月"])];
    let cells = rows.map(|(y, [kind, sum, way])| [(80.0, y, kind), (170.0, y, sum), (290.0, y, way)]);
    let page = drawn(&rules, &[&head[..], &cells.concat()].concat());
    assert_table(&page, &["类别 | 金额 | 方式", "甲类 | 1000 | 按年", "乙类 | 2000 | 按月"]);
}

#[test]
fn cells_that_wrap_stay_in_rows_that_no_rule_parts() {
    let rules = rules(&[70, 160, 280, 400], &[700, 680, 540]);
    let head = [(80.0, 685.0, "类别"), (170.0, 685.0, "金额"), (290.0, 685.0, "方式")];
    // The lines of a cell are as far apart as the rows: in the middle of its row, and from its top.
    for (first, second) in [(10.0, -10.0), (0.0, -20.0)] {
        let row = |y: f64, kind, sum| {
            let lines = [(290.0, y + first, "按月收取每月五日"), (290.0, y + second, "前缴纳")];
            [&[(80.0, y, kind), (170.0, y, sum)][..], &lines].concat()
        };
        let rows = [row(660.0, "甲类", "1000"), row(620.0, "乙类", "2000"), row(580.0, "丙类", "3000")];
        let page = drawn(&rules, &[&head[..], &rows.concat()].concat());
        let said = ["甲类 | 1000", "乙类 | 2000", "丙类 | 3000"]
            .map(|row| format!("{row} | 按月收取每月五日前缴纳"));
        assert_table(&page, &["类别 | 金额 | 方式", &said[0], &said[1], &said[2]]);
    }
}

#[test]
fn lines_of_one_cell_are_no_rows() {
    let page = drawn(
        &rules(&[70, 200, 330], &[700, 680, 620, 560]),
        &[
            (80.0, 685.0, "东校区"),
            (210.0, 685.0, "西校区"),
            (80.0, 665.0, "李老师"),
            (80.0, 645.0, "010-1111"),
            (80.0, 625.0, "行政楼"),
            (210.0, 665.0, "王老师"),
            (210.0, 645.0, "010-2222"),
            (210.0, 625.0, "教学楼"),
            (80.0, 605.0, "早八点"),
            (210.0, 605.0, "早九点"),
        ],
    );
    assert!(read_pages(&[&page]).iter().any(|row| row.contains("李老师") && row.contains("行政楼")));
}

#[test]
fn cells_are_cut_at_the_rule_between_them_however_near_they_stand() {
    // A glyph is 12 wide: the second column ends half a point before its rule, and the third begins behind it.
    let page = drawn(
        &rules(&[70, 160, 244, 400], &[700, 680, 660, 640]),
        &[
            (80.0, 685.0, "项目"),
            (219.5, 685.0, "金额"),
            (244.5, 685.0, "方式"),
            (80.0, 665.0, "学费"),
            (195.5, 665.0, "5500"),
            (244.5, 665.0, "按学年"),
            (80.0, 645.0, "书费"),
            (207.5, 645.0, "300"),
            (244.5, 645.0, "一次性"),
        ],
    );
    assert_table(&page, &["项目 | 金额 | 方式", "学费 | 5500 | 按学年", "书费 | 300 | 一次性"]);
}

#[test]
fn a_row_right_above_a_frame_that_has_a_cell_for_each_column_names_them() {
    let body = [
        (80.0, 665.0, "学费"),
        (170.0, 665.0, "每生每年"),
        (290.0, 665.0, "按学年"),
        (80.0, 645.0, "书费"),
        (170.0, 645.0, "每生每次"),
        (290.0, 645.0, "一次性"),
    ];
    let head = [(80.0, 686.0, "项目"), (170.0, 686.0, "标准"), (290.0, 686.0, "方式")];
    let rules = format!("0.9 g 70 680 330 20 re f 0 g {}", rules(&[70, 160, 280, 400], &[680, 660, 640]));
    let rows = ["项目 | 标准 | 方式", "学费 | 每生每年 | 按学年", "书费 | 每生每次 | 一次性"];
    assert_table(&drawn(&rules, &[&head[..], &body].concat()), &rows);
    // A text above it names nothing.
    let text = drawn(&rules, &[&[(80.0, 686.0, "费用标准如下表，请仔细阅读。")][..], &body].concat());
    assert_eq!(read_pages(&[&text])[1..], rows[1..]);
}

#[test]
fn cells_that_stand_near_are_parted_where_other_rows_have_their_columns() {
    // The longest sum ends half a glyph before what stands beside it.
    let row = |y: f64, name, sum, way| [(80.0, y, name), (170.0, y, sum), (260.0, y, way)];
    let rows = [
        row(700.0, "项目", "金额", "方式"),
        row(680.0, "学费", "1250000", "按月收取"),
        row(660.0, "书费", "300", "一次收取"),
        row(640.0, "杂费", "1200", "按年收取"),
    ];
    let said = [
        "项目 | 金额 | 方式",
        "学费 | 1250000 | 按月收取",
        "书费 | 300 | 一次收取",
        "杂费 | 1200 | 按年收取",
    ];
    assert_table(&drawn("", &rows.concat()), &said);
}

#[test]
fn cells_that_stand_near_in_all_rows_are_parted_below_names_above_numbers() {
    let row = |y: f64, name, (x, sum), way| [(80.0, y, name), (x, y, sum), (206.0, y, way)];
    let rows = [
        row(700.0, "项目", (176.0, "金额"), "方式"),
        row(680.0, "学费", (152.0, "5500"), "按学年"),
        row(660.0, "书费", (164.0, "300"), "一次性"),
    ];
    let said = ["项目 | 金额 | 方式", "学费 | 5500 | 按学年", "书费 | 300 | 一次性"];
    assert_table(&drawn("", &rows.concat()), &said);
    // The gap of 3 日 is none of columns: no name has one there.
    let days = [
        [(80.0, 700.0, "项目"), (200.0, 700.0, "截止日期")],
        [(80.0, 680.0, "学费"), (200.0, 680.0, "3")],
        [(80.0, 660.0, "书费"), (200.0, 660.0, "9")],
        [(80.0, 640.0, "杂费"), (200.0, 640.0, "5")],
    ];
    let unit = [680.0, 660.0, 640.0].map(|y| (215.0, y, "日"));
    let mut cells: Vec<(f64, f64, &str)> = days.concat().into_iter().chain(unit).collect();
    cells.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.total_cmp(&other.0)));
    assert_table(&drawn("", &cells), &["项目 | 截止日期", "学费 | 3 日", "书费 | 9 日", "杂费 | 5 日"]);
}

#[test]
fn a_name_in_the_middle_of_its_column_is_in_the_column() {
    let page = drawn(
        "",
        &[
            (140.0, 700.0, "专业"),
            (260.0, 700.0, "学费"),
            (80.0, 680.0, "法学"),
            (260.0, 680.0, "4800"),
            (80.0, 660.0, "临床医学与护理"),
            (260.0, 660.0, "6800"),
            (80.0, 640.0, "英语"),
            (260.0, 640.0, "4600"),
        ],
    );
    assert_table(&page, &["专业 | 学费", "法学 | 4800", "临床医学与护理 | 6800", "英语 | 4600"]);
}

#[test]
fn the_rest_of_a_row_on_the_next_page_is_in_its_row() {
    let row = |y: f64, name, sum, lines: &[&'static str]| {
        let lines = lines.iter().zip(0..).map(move |(line, at)| (260.0, y - 15.0 * f64::from(at), *line));
        [(80.0, y, name), (180.0, y, sum)].into_iter().chain(lines).collect::<Vec<_>>()
    };
    let way = ["按月收取，每月", "五日前缴纳，逾", "期不候"];
    let head = row(700.0, "项目", "金额", &["方式"]);
    let one = [head.clone(), row(670.0, "学费", "5500", &way[..1]), row(640.0, "杂费", "900", &way[..2])];
    let rest = vec![(260.0, 670.0, way[2])];
    let two = [head, rest, row(640.0, "书费", "300", &way), row(580.0, "餐费", "800", &way[..1])];
    let pages = [drawn("", &one.concat()), drawn("", &two.concat())];
    assert_eq!(
        read_pages(&pages.each_ref().map(String::as_str)),
        [
            "# 第1页",
            "项目 | 金额 | 方式",
            "学费 | 5500 | 按月收取，每月",
            "杂费 | 900 | 按月收取，每月五日前缴纳，逾期不候",
            "# 第2页",
            "项目 | 金额 | 方式",
            "书费 | 300 | 按月收取，每月五日前缴纳，逾期不候",
            "餐费 | 800 | 按月收取，每月",
        ]
    );
}

#[test]
fn letters_that_are_spaced_are_words() {
    let font = "<</Type/Font /Subtype/Type1 /BaseFont/Helvetica /Encoding/WinAnsiEncoding /FirstChar 32 \
                /Widths [278]>>";
    let page = |text: &str| format!("BT /F 10 Tf 3 Tc 50 700 Td ({text}) Tj ET");
    assert_eq!(texts(document(font, &[], &[&page("Fee 5500 yuan")])), ["Fee 5500 yuan"]);
    // So do words of one letter among others.
    let words = "BT /F 10 Tf 50 700 Td [(so x) -400 (=) -400 (9) -400 (+) -400 (yes)] TJ ET";
    assert_eq!(texts(document(font, &[], &[words])), ["so x = 9 + yes"]);
    // Spaces that are drawn stay.
    let letters = "BT /F 10 Tf 50 700 Td (A B C D E) Tj ET";
    assert_eq!(texts(document(font, &[], &[letters])), ["A B C D E"]);
}

#[test]
fn values_that_stand_side_by_side_are_no_spaced_letters() {
    // Each is drawn for itself, and their gaps are as even as those of spaced letters.
    let line = |y: f64, texts: &[&'static str], gap: f64| -> Vec<(f64, f64, &'static str)> {
        let place = |x: &mut f64, text: &&'static str| {
            let at = *x;
            *x += 12.0 * text.chars().count() as f64 + gap;
            Some((at, y, *text))
        };
        texts.iter().scan(80.0, place).collect()
    };
    for (texts, said) in [
        (&["张三", "9", "8", "7", "6"][..], "张三 9 8 7 6"),
        (&["中奖号码：", "7", "3", "5", "2"], "中奖号码： 7 3 5 2"),
        (&["答案", "A", "C", "B", "D"], "答案 A C B D"),
    ] {
        assert_eq!(read_pages(&[&drawn("", &line(700.0, texts, 4.8))]), [said]);
    }
    // Where the Chinese is spaced as well, the digits are of one number, unless the next row has its own below them.
    let spaced = ["收", "费", "标", "准", "5", "5", "0", "元"];
    assert_eq!(read_pages(&[&drawn("", &line(700.0, &spaced, 4.8))]), ["收费标准550元"]);
    // So they are where a drawn space stands as far behind them, and in the next word of the line; one right behind is a cell's own.
    let words = ["5", "5", "0", "0", " ", "1", "2", "3"];
    assert_eq!(read_pages(&[&drawn("", &line(700.0, &words, 7.2))]), ["5500  123"]);
    assert_eq!(read_pages(&[&drawn("", &line(700.0, &["9", "8", "7 "], 7.2))]), ["9 8 7"]);
    let rows =
        [line(700.0, &["优", "良", "优", "8", "9"], 4.8), line(680.0, &["7", "8", "9", "6", "5"], 4.8)];
    let said = read_pages(&[&drawn("", &rows.concat())]);
    assert!(said.iter().any(|line| line.contains("8 9")), "{said:?}");
}

#[test]
fn rows_that_say_the_same_in_one_column_are_no_header_of_two_rows() {
    let row = |y: f64, cells: [&'static str; 3]| {
        [80.0, 170.0, 290.0].into_iter().zip(cells).map(move |(x, cell)| (x, y, cell))
    };
    let rows = [
        row(685.0, ["张三", "合格", "合格"]),
        row(665.0, ["李四", "合格", "优秀"]),
        row(645.0, ["王五", "良好", "合格"]),
    ];
    let cells: Vec<(f64, f64, &str)> = rows.into_iter().flatten().collect();
    let page = drawn(&rules(&[70, 160, 280, 400], &[700, 680, 660, 640]), &cells);
    assert_eq!(read_pages(&[&page]), ["张三 | 合格 | 合格", "李四 | 合格 | 优秀", "王五 | 良好 | 合格"]);
}

#[test]
fn a_line_of_two_parts_above_a_table_is_none_of_its_rows() {
    let row = |y: f64, cells: [&'static str; 3]| {
        [86.0, 200.0, 320.0].into_iter().zip(cells).map(move |(x, cell)| (x, y, cell))
    };
    let rows = [
        row(680.0, ["项目", "标准", "备注"]),
        row(660.0, ["学费", "5500", "按学年"]),
        row(640.0, ["书费", "300", "多退少补"]),
    ];
    let said = ["项目 | 标准 | 备注", "学费 | 5500 | 按学年", "书费 | 300 | 多退少补"];
    for (left, is_above) in [("制表：财务处", true), ("2025年9月1日", true), ("收费", false)] {
        let right = if is_above { "单位：元" } else { "说明" };
        let line = [(80.0, 705.0, left), (500.0, 705.0, right)];
        let cells: Vec<(f64, f64, &str)> = line.into_iter().chain(rows.iter().cloned().flatten()).collect();
        let read = read_pages(&[&drawn("", &cells)]);
        assert_eq!(read.ends_with(&said.map(str::to_owned)), is_above, "{read:?}");
    }
}

#[test]
fn a_line_as_near_to_a_table_as_lines_of_a_cell_are_is_no_part_of_its_names() {
    let row = |y: f64, cells: [&'static str; 3]| {
        [86.0, 200.0, 320.0].into_iter().zip(cells).map(move |(x, cell)| (x, y, cell))
    };
    let rows = [
        row(680.0, ["项目", "标准", "备注"]),
        row(656.0, ["学费", "5500", "按学年"]),
        row(632.0, ["书费", "300", "多退少补"]),
    ];
    let said = ["项目 | 标准 | 备注", "学费 | 5500 | 按学年", "书费 | 300 | 多退少补"];
    let lines = [
        // In columns of names, in one of its own, and as many as there are columns.
        vec![(86.0, 694.0, "编号：01"), (200.0, 694.0, "版本：3")],
        vec![(86.0, 694.0, "编号：01"), (150.0, 694.0, "第3版")],
        vec![(86.0, 694.0, "编号：01"), (200.0, 694.0, "版本：3"), (320.0, 694.0, "页：1")],
        vec![
            (86.0, 708.0, "编号：01"),
            (200.0, 708.0, "版本：3"),
            (86.0, 694.0, "部门：财务"),
            (200.0, 694.0, "单位：元"),
        ],
    ];
    for mut line in lines {
        let above: Vec<&str> = line.iter().map(|(.., text)| *text).collect();
        line.extend(rows.iter().cloned().flatten());
        let read = read_pages(&[&drawn("", &line)]);
        assert!(read.ends_with(&said.map(str::to_owned)), "{read:?}");
        let own = read[..read.len() - said.len()].join(" ");
        assert_eq!(own.split_whitespace().collect::<Vec<_>>(), above);
    }
    // The names of groups of columns, and a name that wraps.
    for (first, second) in [("年级：2024级", "年级：2025级"), ("收费", "结余")] {
        let mut line = vec![(200.0, 694.0, first), (320.0, 694.0, second)];
        line.extend(rows.iter().cloned().flatten());
        let read = read_pages(&[&drawn("", &line)]);
        assert_eq!(read[0], format!("项目 | {first}标准 | {second}备注"), "{read:?}");
    }
}

#[test]
fn the_rest_of_a_cell_that_wraps_is_in_its_row_where_rows_stand_no_further_apart() {
    let page = |cells: &[[&'static str; 3]]| {
        let rows = cells.iter().zip(0..);
        let row = |(cells, at): (&[&'static str; 3], i32)| {
            let y = 700.0 - 14.0 * f64::from(at);
            [80.0, 200.0, 260.0].into_iter().zip(*cells).map(move |(x, cell)| (x, y, cell))
        };
        let texts: Vec<_> = rows.flat_map(row).filter(|(.., cell)| !cell.is_empty()).collect();
        drawn("", &texts)
    };
    let head = ["项目", "标准", "说明"];
    let rows = [
        head,
        ["学费", "5500", "按学年收取新生报到时"],
        ["", "", "缴纳"],
        ["书费", "300", "一次性收取"],
        ["体检费", "80", "多退少补毕业时统一结"],
        ["", "", "算并且公布明细账目清"],
        ["", "", "单"],
        ["军训费", "120", "军训服装以及水电损耗"],
        ["", "", "在内"],
        ["网络费（校园网", "20", "按月"],
        ["及宿舍）", "", ""],
        ["水费", "4", "按月"],
    ];
    let said = [
        "项目 | 标准 | 说明",
        "学费 | 5500 | 按学年收取新生报到时缴纳",
        "书费 | 300 | 一次性收取",
        "体检费 | 80 | 多退少补毕业时统一结算并且公布明细账目清单",
        "军训费 | 120 | 军训服装以及水电损耗在内",
        "网络费（校园网及宿舍） | 20 | 按月",
        "水费 | 4 | 按月",
    ];
    assert_table(&page(&rows), &said);
    // Names of groups of rows, rows of one that stands for several, and names that are all of one length.
    for row in ["文学院 |  | ", " |  | 中国近现代史纲要一"] {
        let cells: Vec<&'static str> = row.split(" | ").map(str::trim).collect();
        let rows = [
            head,
            ["甲", "5500", "中国近现代史纲要二"],
            [cells[0], cells[1], cells[2]],
            ["乙", "4800", "中国近现代史纲要三"],
            [cells[0], cells[1], cells[2]],
            ["丙", "4900", "中国近现代史纲要四"],
        ];
        let read = read_pages(&[&page(&rows)]);
        assert_eq!(read.len(), rows.len(), "{read:?}");
    }
    // Entries of groups that begin with the longest.
    let rows = [
        head,
        ["教务处", "501", "行政楼三层三零一室东"],
        ["", "", "行政楼四层"],
        ["财务处", "502", "行政楼二层二零五室西"],
        ["", "", "图书馆一层"],
        ["学生处", "503", "大学生活动中心"],
    ];
    let read = read_pages(&[&page(&rows)]);
    assert_eq!(read.len(), rows.len(), "{read:?}");
}

#[test]
fn names_on_the_left_of_numbers_on_the_right_name_them() {
    let row = |y: f64, cells: [(f64, &'static str); 4]| cells.map(|(x, cell)| (x, y, cell));
    let rows = [
        row(700.0, [(80.0, "院校"), (170.0, "最低分"), (261.0, "最高分"), (352.0, "位次")]),
        row(680.0, [(80.0, "北京大学"), (215.0, "681"), (306.0, "699"), (400.0, "1024")]),
        row(660.0, [(80.0, "清华大学"), (215.0, "680"), (306.0, "698"), (400.0, "1088")]),
    ];
    let said =
        ["院校 | 最低分 | 最高分 | 位次", "北京大学 | 681 | 699 | 1024", "清华大学 | 680 | 698 | 1088"];
    assert_table(&drawn("", &rows.concat()), &said);
    // A name that stands over another column than its own names nothing.
    let mut rows = rows.concat();
    rows[1].0 = 130.0;
    rows[2].0 = 200.0;
    let read = read_pages(&[&drawn("", &rows)]);
    assert_ne!(read, said, "{read:?}");
}

#[test]
fn a_wider_row_above_a_table_makes_no_one_row_of_it() {
    let row = |y: f64, cells: [&'static str; 5]| {
        [243.0, 283.0, 323.0, 363.0, 403.0].into_iter().zip(cells).map(move |(x, cell)| (x, y, cell))
    };
    let mut drawing =
        vec![(90.0, 735.0, "部门"), (219.0, 735.0, "财务处"), (328.0, 735.0, "日期"), (476.0, 735.0, "九月")];
    drawing.extend(row(700.0, ["姓名", "学科", "职务", "房间", "备注"]));
    for (y, cells) in [
        (679.4, ["张三", "语文", "主任", "东楼", "在岗"]),
        (658.8, ["李四", "数学", "科长", "西楼", "兼职"]),
        (638.2, ["王五", "英语", "科员", "南楼", "在岗"]),
    ] {
        drawing.extend(row(y, cells));
    }
    let read = read_pages(&[&drawn("", &drawing)]);
    assert!(read.iter().any(|line| line.starts_with("李四") && line.ends_with("兼职")), "{read:?}");
}

#[test]
fn a_table_that_is_turned_on_its_page_is_a_table() {
    let rows = [["项目", "金额", "方式"], ["学费", "5500", "按学年"], ["书费", "300", "一次性"]];
    // From the foot of the page to its head, and from its head to its foot.
    for (matrix, sign) in [("0 1 -1 0", 1), ("0 -1 1 0", -1)] {
        let cells = rows.iter().zip(0..).flat_map(|(row, at)| {
            row.iter().zip(0..).map(move |(cell, column)| {
                let (x, y) = (300 + sign * 20 * at, 400 + sign * 100 * column);
                format!("BT /F 12 Tf {matrix} {x} {y} Tm {} Tj ET ", gbk(cell))
            })
        });
        let page: String = cells.collect();
        assert_table(&page, &rows.map(|row| row.join(" | ")).each_ref().map(String::as_str));
    }
}

#[test]
fn of_two_columns_that_the_page_names_nowhere_the_host_tells_the_names() {
    let read_tables = |pages: &[&str]| {
        let document = read(document(&composite("GBK-EUC-H", "GB1"), &[], pages)).unwrap();
        let tables = document.parts.iter().filter_map(|part| match part {
            Part::Table(table) => Some((table.header_rows, table.rows.len())),
            _ => None,
        });
        tables.collect::<Vec<_>>()
    };
    let hours = [("周一", "闭馆"), ("周二", "9:00"), ("周三", "9:30"), ("周四", "8:30"), ("周五", "8:00")];
    let page = |rows: &[(&str, &str)]| {
        let top = 700;
        let level: Vec<u32> = (0..=rows.len() as u32).map(|row| top - 20 * row).collect();
        let cells = rows.iter().zip(&level).flat_map(|((name, value), y)| {
            let y = f64::from(*y) - 15.0;
            [(80.0, y, *name), (210.0, y, *value)]
        });
        drawn(&rules(&[70, 200, 330], &level), &cells.collect::<Vec<_>>())
    };
    assert_eq!(read_tables(&[&page(&hours)]), [(None, 5)]);
    // What is said again on the next page names the columns.
    let named = [&[("日期", "时间")], &hours[1..]].concat();
    assert_eq!(read_tables(&[&page(&named), &page(&named)]), [(Some(1), 5); 2]);
}

#[test]
fn days_of_the_week_name_the_columns_of_a_timetable_without_rules() {
    let row = |y: f64, cells: [&'static str; 6]| {
        let places = [80.0, 140.0, 186.0, 232.0, 278.0, 324.0].into_iter().zip(cells);
        places.filter(|(_, cell)| !cell.is_empty()).map(move |(x, cell)| (x, y, cell))
    };
    let rows = [
        ["", "周一", "周二", "周三", "周四", "周五"],
        ["第1节", "语文", "数学", "英语", "语文", "数学"],
        ["第2节", "数学", "语文", "数学", "英语", "语文"],
        ["第3节", "音乐", "", "科学", "体育", "美术"],
    ];
    let cells: Vec<_> =
        rows.iter().zip([700.0, 680.0, 660.0, 640.0]).flat_map(|(cells, y)| row(y, *cells)).collect();
    let said = rows.map(|cells| cells.join(" | "));
    assert_table(&drawn("", &cells), &said.each_ref().map(String::as_str));
}
