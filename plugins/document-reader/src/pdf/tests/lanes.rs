//! Tests of tables no wider than their widest cells, as browsers make them: some row is glued at each lane between two columns.

use super::tables::{assert_table, drawn, read_pages};
use super::*;

/// The cells of these rows, 24 apart from 700 down, each as far right of its place as it says.
fn cells<const N: usize>(places: [f64; N], rows: &[[&'static str; N]]) -> Vec<(f64, f64, &'static str)> {
    let rows = rows.iter().zip(0..);
    let cells = rows.flat_map(|(row, at)| {
        places.into_iter().zip(*row).map(move |(x, cell)| (x, 700.0 - 24.0 * f64::from(at), cell))
    });
    cells.filter(|(.., cell)| !cell.is_empty()).collect()
}

const JOBS: [[&str; 4]; 4] = [
    ["岗位代码", "岗位", "人数", "学历"],
    ["甲一", "会计", "2", "本科"],
    ["甲二", "法务", "1", "硕士"],
    ["乙一", "司机", "3", "不限"],
];
const JOBS_SAID: [&str; 4] = [
    "岗位代码 | 岗位 | 人数 | 学历",
    "甲一 | 会计 | 2 | 本科",
    "甲二 | 法务 | 1 | 硕士",
    "乙一 | 司机 | 3 | 不限",
];

#[test]
fn columns_are_told_by_their_lanes_where_the_names_of_all_are_glued() {
    // As near as cells stand in a browser by itself, beside letters of 16 pixels, and with 6 pixels on each side of them.
    assert_table(&drawn("", &cells([80.0, 131.0, 158.0, 185.0], &JOBS)), &JOBS_SAID);
    let table = cells([80.0, 137.0, 170.0, 203.0], &JOBS);
    assert_table(&drawn("", &table), &JOBS_SAID);
    // With a heading above and a line below, across all lanes.
    let mut page = vec![(80.0, 730.0, "二〇二五年招聘岗位一览")];
    page.extend(&table);
    page.push((80.0, 600.0, "报名截止时间为五月八日十七时。"));
    let read = read_pages(&[&drawn("", &page)]);
    assert_eq!(read[1..5], JOBS_SAID, "{read:?}");
    assert_eq!(read.len(), 6, "{read:?}");
}

#[test]
fn cells_may_stand_on_the_right_of_their_columns_or_be_empty() {
    let rows = [
        [(80.0, "品名"), (143.0, "小份"), (176.0, "大份")],
        [(80.0, "豆浆"), (155.0, "2"), (188.0, "3")],
        [(80.0, "豆腐脑"), (155.0, ""), (188.0, "5")],
        [(80.0, "皮蛋瘦肉"), (143.0, "12"), (176.0, "15")],
        [(80.0, "茶叶蛋"), (155.0, "2"), (188.0, "")],
    ];
    let places = rows
        .iter()
        .zip(0..)
        .flat_map(|(row, at)| row.map(|(x, cell)| (x, 700.0 - 24.0 * f64::from(at), cell)));
    let table: Vec<_> = places.filter(|(.., cell)| !cell.is_empty()).collect();
    let said = ["品名 | 小份 | 大份", "豆浆 | 2 | 3", "豆腐脑 |  | 5", "皮蛋瘦肉 | 12 | 15", "茶叶蛋 | 2 | "];
    assert_table(&drawn("", &table), &said);
}

#[test]
fn cells_whose_rules_or_grounds_meet_are_cells_however_few_they_are() {
    let near = cells([80.0, 107.0, 134.0], &[["品名", "小份", "大份"], ["豆浆", "2", "3"]]);
    let sides = [78.5, 105.5, 132.5, 159.5];
    let pieces = |draw: fn(f64, f64, i32) -> String| -> String {
        (0..2)
            .flat_map(|row| sides.windows(2).map(move |x| draw(x[0], x[1] - x[0], 693 - 24 * row)))
            .collect()
    };
    let rules = pieces(|x, wide, y| format!("{x} {y} {wide} 0.75 re f "));
    let grounds = pieces(|x, wide, y| format!("{x} {y} {wide} 22 re f "));
    for drawing in [rules, grounds] {
        assert_table(&drawn(&drawing, &near), &["品名 | 小份 | 大份", "豆浆 | 2 | 3"]);
    }
    // Two rows are too few where nothing is drawn, or one ground for all of a row.
    for drawing in ["", "78.5 693 81 22 re f 78.5 669 81 22 re f "] {
        let read = read_pages(&[&drawn(drawing, &near)]);
        assert_eq!(read[0], "品名小份大份", "{read:?}");
    }
}

#[test]
fn names_that_are_glued_are_parted_in_a_table_without_numbers() {
    let rows = [
        ["姓名", "学科", "办公地点"],
        ["张三", "语文", "东楼二层"],
        ["李四五", "体育课", "西楼"],
        ["王六", "英语", "南楼"],
    ];
    let read = read_pages(&[&drawn("", &cells([80.0, 125.0, 170.0], &rows))]);
    assert_eq!(
        read,
        ["姓名  学科  办公地点", "张三  语文  东楼二层", "李四五  体育课  西楼", "王六  英语  南楼"]
    );
}

#[test]
fn words_of_a_text_are_no_cells_although_each_is_shown_by_itself() {
    // All have the gap that a line is stretched to; the first stand below one another.
    let lines = ["four", "the", "some"].map(|first| [first, "or", "more", "of", "it", "as", "was"]);
    let page: Vec<(f64, f64, &str)> = lines
        .iter()
        .zip([(700.0, 5.4), (684.0, 5.4), (668.0, 5.4)])
        .flat_map(|(line, (y, gap))| {
            let mut x = 80.0;
            line.map(|word| {
                let at = (x, y, word);
                x += 12.0 * word.chars().count().max(if x < 81.0 { 4 } else { 0 }) as f64 + gap;
                at
            })
        })
        .collect();
    let read = read_pages(&[&drawn("", &page)]);
    assert!(!read.concat().contains("  "), "{read:?}");
}

#[test]
fn what_is_no_table_is_read_as_it_was() {
    let row = |y: f64, cells: &[(f64, &'static str)]| -> Vec<(f64, f64, &'static str)> {
        cells.iter().map(|(x, cell)| (*x, y, *cell)).collect()
    };
    let page = |rows: &[&[(f64, &'static str)]]| {
        let rows = rows.iter().zip(0..).flat_map(|(cells, at)| row(700.0 - 20.0 * f64::from(at), cells));
        read_pages(&[&drawn("", &rows.collect::<Vec<_>>())])
    };
    // Numbers and marks in front of what they number, and names in front of what they name.
    for (mark, place) in [("一、", 112.0), ("（一）", 124.0), ("■", 100.0), ("姓名：", 124.0)] {
        let said = page(&[
            &[(80.0, mark), (place, "现场报名")],
            &[(80.0, mark), (place, "网上报名")],
            &[(80.0, mark), (place, "电话报名")],
        ]);
        assert!(!said.concat().contains("  "), "{said:?}");
    }
    // The numbers in a text, which stand apart from its Chinese.
    let said = page(&[
        &[(80.0, "一班共有"), (132.5, "25"), (161.0, "人参加，其中"), (237.5, "11"), (266.0, "名女生")],
        &[(80.0, "二班共有"), (132.5, "31"), (161.0, "人参加，其中"), (237.5, "14"), (266.0, "名女生")],
        &[(80.0, "三班共有"), (132.5, "28"), (161.0, "人参加，其中"), (237.5, "12"), (266.0, "名女生")],
    ]);
    assert!(!said.concat().contains("  "), "{said:?}");
    // Letters that are spaced.
    let spaced = |text: &str| -> String {
        let glyph = |(c, at): (char, i32)| {
            format!("BT /F 12 Tf {} 0 Td {} Tj ET ", 80 + 17 * at, gbk(&c.to_string()))
        };
        text.chars().zip(0..).map(glyph).collect()
    };
    let lines = ["会议通知时间地点", "参加人员注意事项", "联系方式报名办法"];
    let pages: String = lines
        .iter()
        .zip(0..)
        .map(|(line, at)| format!("q 1 0 0 1 0 {} cm {}Q ", 700 - 20 * at, spaced(line)))
        .collect();
    assert_eq!(read_pages(&[&pages]), lines);
    // Two rows are too few to be sure.
    let said = page(&[&[(80.0, "姓名"), (113.0, "职务")], &[(80.0, "张三"), (113.0, "校长")]]);
    assert_eq!(said, ["姓名职务", "张三校长"]);
}

#[test]
fn a_space_that_is_drawn_parts_words_and_no_cells() {
    let line =
        |y: u32, words: [&str; 3]| format!("BT /F 12 Tf 80 {y} Td {} Tj ET ", gbk(&words.join("\u{3000}")));
    let page = [
        line(700, ["春眠不觉", "处处闻啼", "夜来风雨"]),
        line(680, ["花落知多", "床前明月", "疑是地上"]),
        line(660, ["举头望明", "低头思故", "白日依山"]),
    ]
    .concat();
    let read = read_pages(&[&page]);
    assert!(!read.concat().contains("  "), "{read:?}");
}
