//! Tests of what belongs to one cell, and of what only looks as if it did.

use super::tables::{assert_table, drawn, read_pages};

/// A row of such cells at these places.
fn row<const N: usize>(y: f64, places: [f64; N], cells: [&'static str; N]) -> Vec<(f64, f64, &'static str)> {
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
