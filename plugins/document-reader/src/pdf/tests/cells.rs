//! Tests of what belongs to one cell, and of what only looks as if it did.

use super::tables::{assert_table, drawn, read_pages};

/// A row of such cells at these places.
pub(super) fn row<const N: usize>(
    y: f64,
    places: [f64; N],
    cells: [&'static str; N],
) -> Vec<(f64, f64, &'static str)> {
    let cells = places.into_iter().zip(cells).filter(|(_, cell)| !cell.is_empty());
    cells.map(|(x, cell)| (x, y, cell)).collect()
}

#[test]
fn the_rest_of_a_row_that_ends_its_table_on_the_next_page_is_in_its_row() {
    let places = [80.0, 200.0, 300.0];
    let head = ["项目", "标准", "方式"];
    let first = [
        row(700.0, places, head),
        row(676.0, places, ["学费", "5500", "按学年收取"]),
        row(652.0, places, ["书费", "300", "一次性收取"]),
        row(628.0, places, ["水费", "400", "按月收取每月五日前"]),
    ];
    let second = [
        row(700.0, places, head),
        row(676.0, places, ["", "", "通过校园卡缴纳逾期"]),
        row(662.0, places, ["", "", "不候"]),
    ];
    let read = read_pages(&[&drawn("", &first.concat()), &drawn("", &second.concat())]);
    let last = "水费 | 400 | 按月收取每月五日前通过校园卡缴纳逾期不候";
    assert!(read.iter().any(|line| line == last), "{read:?}");
}

#[test]
fn names_of_groups_that_alone_tell_columns_apart_stay_in_the_header() {
    let places = [86.0, 200.0, 320.0, 440.0];
    for (first, fees) in [("", ["学费", "学费"]), ("校区：东", ["学费", "学费"]), ("", ["收入", "支出"])]
    {
        let rows = [
            row(694.0, places, [first, "本科：四年", "专科：三年", ""]),
            row(680.0, places, ["项目", fees[0], fees[1], "备注"]),
            row(656.0, places, ["软件", "5500", "4500", "含实验"]),
            row(632.0, places, ["法学", "4800", "3800", "不含"]),
        ];
        let header = format!("{first}项目 | 本科：四年{} | 专科：三年{} | 备注", fees[0], fees[1]);
        let said = [&header, "软件 | 5500 | 4500 | 含实验", "法学 | 4800 | 3800 | 不含"];
        assert_table(&drawn("", &rows.concat()), &said);
    }
}

/// A line of glyphs, each drawn for itself, with so much room between them; a space makes three times as much.
fn spaced(y: f64, text: &'static str, gap: f64) -> Vec<(f64, f64, &'static str)> {
    let mut x = 80.0;
    let mut glyphs = Vec::new();
    for glyph in text.split_inclusive(|_| true) {
        if glyph == " " {
            x += 3.0 * gap;
        } else {
            glyphs.push((x, y, glyph));
            x += 12.0 + gap;
        }
    }
    glyphs
}

#[test]
fn digits_with_less_room_than_words_have_are_one_number() {
    for said in ["编号12345", "学费5500元", "2025年9月", "12.50"] {
        assert_eq!(read_pages(&[&drawn("", &spaced(700.0, said, 2.4))]), [said]);
    }
    // In one cell of those that a line was drawn through, and where the next row has its own below them.
    let rows = [spaced(700.0, "5500 按学年收取", 2.4), spaced(676.0, "1200 按学年收取", 2.4)].concat();
    let read = read_pages(&[&drawn("", &rows)]).join(" ");
    assert!(read.contains("5500 ") && read.contains("1200 "), "{read}");
    // Wider gaps say nothing where no text has them.
    assert_eq!(read_pages(&[&drawn("", &spaced(700.0, "7352", 4.8))]), ["7 3 5 2"]);
}

#[test]
fn digits_in_a_text_of_spaced_letters_are_one_number_over_others_as_well() {
    let lines =
        [spaced(700.0, "0001看但万组口目回编取知两习省里", 3.6), spaced(680.0, "0006号。", 3.6)].concat();
    let read = read_pages(&[&drawn("", &lines)]).join(" ");
    assert!(read.contains("0001看") && read.contains("0006号"), "{read}");
}

#[test]
fn a_row_without_upright_rules_is_cells_where_its_text_stands_in_the_columns() {
    let rules = |heights: [u32; 4]| {
        let [top, .., bottom] = heights;
        let level = heights.map(|y| format!("70 {y} m 400 {y} l S ")).concat();
        let sides = [70, 400].map(|x| format!("{x} {bottom} m {x} {top} l S ")).concat();
        // Only the middle row has its own.
        let own = [160, 280].map(|x| format!("{x} {} m {x} {} l S ", heights[2], heights[1])).concat();
        level + &sides + &own
    };
    let places = [80.0, 170.0, 290.0];
    let rows = [
        row(685.0, places, ["类别", "金额", "方式"]),
        row(665.0, places, ["甲类", "1000", "按年"]),
        row(645.0, places, ["乙类", "2000", "按月"]),
    ];
    let page = drawn(&rules([700, 680, 660, 640]), &rows.concat());
    assert_table(&page, &["类别 | 金额 | 方式", "甲类 | 1000 | 按年", "乙类 | 2000 | 按月"]);
    // Names in one band with the first row, which has numbers where they have none.
    let places_below = [(685.0, ["类别", "金额", "方式"]), (669.0, ["甲类", "1000", "按年"])];
    let mut rows = places_below.map(|(y, cells)| row(y, places, cells)).concat();
    rows.extend(row(645.0, places, ["乙类", "2000", "按月"]));
    rows.extend(row(625.0, places, ["丙类", "3000", "按月"]));
    let page = drawn(&rules([700, 660, 640, 620]), &rows);
    let said = ["类别 | 金额 | 方式", "甲类 | 1000 | 按年", "乙类 | 2000 | 按月", "丙类 | 3000 | 按月"];
    assert_table(&page, &said);
    // What stands elsewhere is a line over all columns.
    let line = [
        row(685.0, [80.0, 200.0, 330.0], ["编号：一", "部门：财务", "单位：元"]),
        row(665.0, places, ["类别", "金额", "方式"]),
        row(645.0, [80.0, 200.0, 330.0], ["乙类", "二千", "按月"]),
    ];
    let read = read_pages(&[&drawn(&rules([700, 680, 660, 640]), &line.concat())]);
    assert!(!read.iter().any(|line| line.contains("编号：一 | ")), "{read:?}");
}

const PLACES: [f64; 4] = [80.0, 200.0, 320.0, 440.0];

/// What is drawn around rows at these heights where a table has no full grid: nothing, three rules, one below each row, bands.
fn ungridded(heights: &[f64]) -> [String; 4] {
    let rule = |y: &f64| format!("76 {0} m 520 {0} l S ", y - 6.0);
    let (first, last) = (heights[0], heights[heights.len() - 1]);
    let three = [first + 20.0, first, last].each_ref().map(rule).concat();
    let rows = heights.iter().map(rule).collect();
    let band = |y: &f64| format!("0.9 g 76 {} 444 20 re f 0 g ", y - 6.0);
    [String::new(), three, rows, heights.iter().step_by(2).map(band).collect()]
}

/// Asserts that such a table is read row by row, whatever is drawn around it, with its names at this height and rows 20 apart.
fn assert_rows(top: f64, table: &[[&'static str; 4]]) {
    let heights: Vec<f64> =
        std::iter::once(top).chain((1..).map(|at| 700.0 - 20.0 * f64::from(at))).take(table.len()).collect();
    let cells: Vec<_> = heights.iter().zip(table).flat_map(|(y, cells)| row(*y, PLACES, *cells)).collect();
    for rules in ungridded(&heights) {
        let read = read_pages(&[&drawn(&rules, &cells)]);
        // What has no number may be read as lines of cells.
        let plain = |line: &String| line.replace(['|', ' '], "");
        assert_eq!(
            read.iter().map(plain).collect::<Vec<_>>(),
            table.iter().map(|row| row.concat()).collect::<Vec<_>>()
        );
        if table[1][2].parse::<u32>().is_ok() {
            assert_eq!(read, table.iter().map(|row| row.join(" | ")).collect::<Vec<_>>());
        }
    }
}

const FEES: [[&str; 4]; 8] = [
    ["专业", "教室", "学费", "备注"],
    ["计算机", "东楼", "5500", "含实验"],
    ["金融", "西楼", "5000", "不含"],
    ["会计学", "南楼", "4800", "可缓交"],
    ["英语", "北楼", "4600", "含教材"],
    ["土木", "新楼", "5200", "可减免"],
    ["法学", "主楼", "4700", "已免"],
    ["临床", "医学楼", "6800", "五年"],
];

/// The same without a number.
fn words() -> [[&'static str; 4]; 8] {
    let classes = ["班级", "一班", "二班", "三班", "四班", "五班", "六班", "七班"];
    let mut table = FEES;
    for (row, class) in table.iter_mut().zip(classes) {
        row[2] = class;
    }
    table
}

#[test]
fn a_column_that_ends_early_leaves_its_last_cells_empty() {
    for (table, column) in [(FEES, 1), (FEES, 3), (words(), 1), (words(), 3)] {
        for empty in 1..=5 {
            for rows in 6..=table.len() {
                let mut table = table[..rows].to_vec();
                table[rows - empty..].iter_mut().for_each(|row| row[column] = "");
                // Names may stand further above the rows than these above one another.
                for top in [700.0, 708.0] {
                    assert_rows(top, &table);
                }
            }
        }
    }
    // Two columns that end at different heights.
    let mut table = FEES;
    table[4..].iter_mut().for_each(|row| row[3] = "");
    table[6..].iter_mut().for_each(|row| row[1] = "");
    assert_rows(700.0, &table);
}

#[test]
fn a_cell_among_empty_ones_is_of_its_own_row_only() {
    for table in [FEES, words()] {
        for own in 1..table.len() {
            for column in [1, 3] {
                let mut table = table;
                let others = table.iter_mut().skip(1).enumerate().filter(|(at, _)| at + 1 != own);
                others.for_each(|(_, row)| row[column] = "");
                for top in [700.0, 708.0] {
                    assert_rows(top, &table);
                }
            }
        }
        for empty in [[1, 3, 5], [2, 4, 6], [2, 3, 7], [1, 2, 6]] {
            let mut table = table;
            empty.into_iter().zip([3, 1, 3]).for_each(|(row, column)| table[row][column] = "");
            assert_rows(700.0, &table);
        }
    }
}

#[test]
fn a_value_beside_one_of_two_rows_that_stand_near_is_of_that_row() {
    let places = [80.0, 200.0, 320.0];
    let rows = [
        row(700.0, places, ["专业", "学费", "备注"]),
        row(670.0, places, ["法学", "5500", "含实验"]),
        row(652.0, places, ["英语", "5000", ""]),
        row(622.0, places, ["土木", "4800", ""]),
        row(604.0, places, ["金融", "4600", "可缓交"]),
    ];
    let said = ["法学 | 5500 | 含实验", "英语 | 5000 | ", "土木 | 4800 | ", "金融 | 4600 | 可缓交"];
    assert_table(&drawn("", &rows.concat()), &[&["专业 | 学费 | 备注"], &said[..]].concat());
}

#[test]
fn a_merged_cell_is_said_of_rows_that_it_stands_between() {
    let places = [80.0, 200.0, 320.0];
    let rows = [
        row(700.0, places, ["学院", "专业", "学费"]),
        row(680.0, places, ["", "数学", "4600"]),
        row(670.0, places, ["理学院", "", ""]),
        row(660.0, places, ["", "物理", "4800"]),
        // In the middle of three, as the one above is of two.
        row(640.0, places, ["", "中文", "4500"]),
        row(620.0, places, ["文学院", "历史", "4700"]),
        row(600.0, places, ["", "哲学", "4400"]),
    ];
    let said = ["理学院 | 数学 | 4600", "理学院 | 物理 | 4800"];
    let more = ["文学院 | 中文 | 4500", "文学院 | 历史 | 4700", "文学院 | 哲学 | 4400"];
    assert_table(&drawn("", &rows.concat()), &[&["学院 | 专业 | 学费"], &said[..], &more].concat());
}

#[test]
fn a_table_that_ends_before_the_one_beside_it_has_no_rows_of_its_last() {
    let places = [80.0, 180.0, 320.0, 420.0];
    let rows = [
        row(700.0, places, ["姓名", "电话", "部门", "房间"]),
        row(680.0, places, ["张三", "62751234", "教务处", "301室"]),
        row(660.0, places, ["李四", "62751235", "财务处", "302室"]),
        row(640.0, places, ["王五", "62751236", "", ""]),
    ];
    let read = read_pages(&[&drawn("", &rows.concat())]).join("\n");
    assert_eq!(read.matches("财务处").count(), 1, "{read}");
    assert_eq!(read.matches("302室").count(), 1, "{read}");
    // So has a form without rules where nothing is filled in last.
    let form = [
        row(700.0, places, ["姓名：", "张三", "性别：", "男"]),
        row(680.0, places, ["电话：", "62751234", "地址：", "海淀区中关村"]),
        row(660.0, places, ["邮编：", "", "备注：", ""]),
    ];
    let read = read_pages(&[&drawn("", &form.concat())]).join("\n");
    assert!(!read.contains("电话：邮编") && !read.contains("地址：备注"), "{read}");
}

#[test]
fn a_row_with_an_empty_cell_is_a_row_where_only_the_names_have_upright_rules() {
    let heights = [700, 680, 660, 640, 620, 600];
    let level = heights.map(|y| format!("70 {y} m 510 {y} l S ")).concat();
    let upright = [160, 280, 400].map(|x| format!("{x} 680 m {x} 700 l S ")).concat();
    let sides = [70, 510].map(|x| format!("{x} 600 m {x} 700 l S ")).concat();
    let rules = level + &upright + &sides;
    let places = [80.0, 170.0, 290.0, 410.0];
    let names = row(685.0, places, ["科室", "医生", "诊室", "费用"]);
    let rows = [
        ["内科", "张医生", "201", "20元"],
        ["外科", "李医生", "", "30元"],
        ["儿科", "王医生", "203", ""],
        ["妇科", "赵医生", "", ""],
    ];
    let page = |rows: &[[&'static str; 4]]| {
        let rows =
            rows.iter().zip(0..).flat_map(|(cells, at)| row(665.0 - 20.0 * f64::from(at), places, *cells));
        drawn(&rules, &names.iter().copied().chain(rows).collect::<Vec<_>>())
    };
    let said = rows.map(|row| row.join(" | "));
    assert_eq!(read_pages(&[&page(&rows)])[1..], said);
    // Where each has one, a name is what shows them.
    let empty = [rows[1], rows[2], rows[3], ["骨科", "钱医生", "205", ""]];
    let said = empty.map(|row| row.join(" | "));
    assert_eq!(read_pages(&[&page(&empty)])[1..], said);
    // A line over all columns is none, nor is one of two parts, nor words that stand so by chance.
    let words = [(78.9, 645.0, "周末停诊请另约"), (167.2, 645.0, "北楼")];
    for line in [
        row(645.0, places, ["住院部", "", "", ""]),
        row(645.0, places, ["制表：医务科", "", "日期：九月", ""]),
        row(645.0, [80.0, 130.0, 330.0, 450.0], ["说明", "", "以上为初诊", ""]),
        words.to_vec(),
    ] {
        let mut cells = names.clone();
        cells.extend(row(665.0, places, rows[0]));
        cells.extend(line);
        cells.extend(row(625.0, places, ["儿科", "王医生", "203", "25元"]));
        let read = read_pages(&[&drawn(&rules, &cells)]);
        assert!(read.iter().any(|line| line == "儿科 | 王医生 | 203 | 25元"), "{read:?}");
        assert_eq!(read.iter().filter(|line| line.contains(" | ")).count(), 3, "{read:?}");
    }
    // So is one that begins with no name where no row is full.
    let read = read_pages(&[&page(&[rows[1], ["", "王医生", "203", ""], rows[2]])]);
    assert!(read.iter().any(|line| line == "王医生203"), "{read:?}");
}

#[test]
fn the_rest_of_a_cell_in_the_last_row_is_in_it_although_no_other_wraps() {
    let places = [80.0, 180.0, 280.0, 420.0];
    let rows = [
        ["项目", "标准", "方式", "人数"],
        ["网络费", "1582", "不退", "914"],
        ["体检费", "6075", "见通知", "143"],
        ["住宿费", "2914", "多退少补毕业时统一", "300"],
        ["", "", "结算并公布", ""],
    ];
    let read = |rows: &[[&'static str; 4]], step: f64| {
        let cells =
            rows.iter().zip(0..).flat_map(|(cells, at)| row(700.0 - step * f64::from(at), places, *cells));
        read_pages(&[&drawn("", &cells.collect::<Vec<_>>())])
    };
    let last = "住宿费 | 2914 | 多退少补毕业时统一结算并公布 | 300";
    for step in [13.0, 14.0, 16.0] {
        let read = read(&rows, step);
        assert_eq!((read.len(), read.last().map(String::as_str)), (4, Some(last)), "{read:?}");
    }
    // In the middle of its column as well.
    let mut cells: Vec<_> = (0..)
        .zip(&rows[..4])
        .flat_map(|(at, cells)| row(700.0 - 14.0 * f64::from(at), places, *cells))
        .collect();
    cells.push((304.0, 644.0, rows[4][2]));
    assert_eq!(read_pages(&[&drawn("", &cells)]).last().map(String::as_str), Some(last));
    // What had room above, or stands in most columns, is no rest; nor is what looks like others that had room.
    let mut room = rows;
    room[1][2] = "按学年收取新生报到时一次付清";
    let mut most = rows;
    most[4] = ["", "2915", "结算并公布", "301"];
    // Nor is an entry of a group where cells are empty, or in a list of two columns.
    let mut group = rows;
    group[3][3] = "";
    let list = rows.map(|row| [row[0], "", row[2], ""]);
    for rows in [&room[..], &most, &group, &list] {
        let read = read(rows, 14.0);
        assert_eq!(read.len(), rows.len(), "{read:?}");
    }
    let entries = [rows[0], rows[1], rows[2], rows[4], rows[3], rows[4]];
    let read = read(&entries, 14.0);
    assert_eq!(read.len(), entries.len(), "{read:?}");
}

#[test]
fn rows_that_rules_part_are_rows_with_whatever_cells_are_empty() {
    let full = [
        ["项目", "标准", "方式", "人数"],
        ["网络费", "1582", "不退", "914"],
        ["体检费", "6075", "见通知", "143"],
        ["学费", "343", "按学年", "155"],
        ["书费", "6175", "按月", "159"],
    ];
    let heights: Vec<f64> = (0..5).map(|at| 700.0 - 20.0 * f64::from(at)).collect();
    let level = &ungridded(&heights)[2];
    let table = |rows: &[[&'static str; 4]]| {
        let cells = heights.iter().zip(rows).flat_map(|(y, cells)| row(*y, PLACES, *cells));
        read_pages(&[&drawn(level, &cells.collect::<Vec<_>>())])
    };
    for empty in [&[(4, 3)][..], &[(4, 2), (4, 3)], &[(2, 3)], &[(1, 1)], &[(2, 3), (3, 3), (4, 3)]] {
        let mut rows = full;
        empty.iter().for_each(|&(row, column)| rows[row][column] = "");
        assert_eq!(table(&rows), rows.map(|row| row.join(" | ")), "{empty:?}");
    }
    // A rule below the names says what they are where half of the rows are full.
    let mut cells: Vec<_> =
        heights.iter().zip(&full).flat_map(|(y, cells)| row(*y, PLACES, *cells)).collect();
    cells.retain(|(x, y, _)| *x < PLACES[3] || *y > 650.0);
    cells.extend(row(600.0, PLACES, ["住宿费", "2914", "一次性", ""]));
    let read = read_pages(&[&drawn("76 694 m 520 694 l S ", &cells)]);
    assert_eq!(read.last().map(String::as_str), Some("住宿费 | 2914 | 一次性 | "), "{read:?}");
    // Where a column has no name, the columns are none that anything says.
    let mut rows = full;
    rows[0][3] = "";
    rows[4][3] = "";
    assert!(!table(&rows).iter().any(|line| line.contains(" | ")));
}
