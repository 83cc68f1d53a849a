//! Tests of cells that wrap in tables without rules.

use super::ruled::page;

const PLACES: [f64; 3] = [80.0, 200.0, 290.0];

#[test]
fn the_last_name_that_wraps_is_nearer_to_its_rest_than_rows_are_to_one_another() {
    let rows = [
        (700.0, ["专业", "学院", "学费"]),
        (678.0, ["法学", "法学院", "4600"]),
        (656.0, ["软件工程", "信息院", "5500"]),
        (634.0, ["国际经济与贸易", "商学院", "6000"]),
        (620.0, ["专业", "", ""]),
    ];
    let read = page(PLACES, &rows, &[]);
    assert_eq!(read.last().map(String::as_str), Some("国际经济与贸易专业 | 商学院 | 6000"), "{read:?}");
    // As far off as rows are stands a text.
    let mut text = rows;
    text[4] = (612.0, ["备注：无", "", ""]);
    assert_eq!(page(PLACES, &text, &[]).last().map(String::as_str), Some("备注：无"));
    // What is cut goes on wherever rows stand.
    let mut cut = rows;
    (cut[3].1[0], cut[4]) = ("国际贸易（", (612.0, ["双语）", "", ""]));
    let read = page(PLACES, &cut, &[]);
    assert_eq!(read.last().map(String::as_str), Some("国际贸易（双语） | 商学院 | 6000"), "{read:?}");
}

#[test]
fn lines_below_a_row_of_two_texts_are_no_rest_of_it() {
    // Of a letter's head, and of a table with names only.
    let lines = [
        (700.0, ["某某大学招生就业办公室", "电话：62751234"]),
        (684.0, ["地址：海淀区学院路一号", ""]),
        (668.0, ["邮编：100871", ""]),
    ];
    let read = page([80.0, 300.0], &lines, &[]);
    assert!(read.iter().any(|line| line == "地址：海淀区学院路一号"), "{read:?}");
}

#[test]
fn cells_that_wrap_stay_in_their_rows_where_one_row_has_few() {
    let places = [80.0, 180.0, 260.0, 340.0];
    let rows = [
        (700.0, ["项目", "标准", "人数", "说明"]),
        (676.0, ["学费", "5500", "914", "按学年收取报到"]),
        (662.0, ["", "", "", "时缴纳"]),
        (638.0, ["书费", "300", "143", "一次性收取"]),
        (614.0, ["水费", "", "", "按月"]),
        (590.0, ["网费", "20", "", ""]),
    ];
    let said = [
        "项目 | 标准 | 人数 | 说明",
        "学费 | 5500 | 914 | 按学年收取报到时缴纳",
        "书费 | 300 | 143 | 一次性收取",
        "水费 |  |  | 按月",
        "网费 | 20 |  | ",
    ];
    assert_eq!(page(places, &rows, &[]), said);
    // Where lines that stand near are rows by themselves, so are all.
    let mut pairs = rows;
    pairs[2].1 = ["杂费", "40", "", "按学期收取"];
    let read = page(places, &pairs, &[]);
    assert!(read.iter().any(|line| line.starts_with("杂费 | 40")), "{read:?}");
}

#[test]
fn cells_that_wrap_stay_in_their_rows_where_the_names_stand_further_off() {
    // The lines of a cell, the rows and the names each stand further apart, rows by much or by little.
    for (row, names) in [(22.0, 40.0), (16.0, 30.0), (16.0, 16.0)] {
        let cells = [
            ["专业", "学费", "说明"],
            ["国际经济与贸易", "5500", "按学年收取报到"],
            ["（双语）", "", "时缴纳"],
            ["法学", "4600", "一次性收取"],
            ["软件工程", "4800", "多退少补毕业时"],
            ["", "", "结算"],
            ["英语", "4700", "可缓交"],
        ];
        let steps = [names, 14.0, row, row, 14.0, row];
        let mut y = 700.0;
        let below = cells[1..].iter().zip(steps).map(|(cells, step)| {
            y -= step;
            (y, *cells)
        });
        let lines: Vec<_> = std::iter::once((700.0, cells[0])).chain(below.collect::<Vec<_>>()).collect();
        let said = [
            "专业 | 学费 | 说明",
            "国际经济与贸易（双语） | 5500 | 按学年收取报到时缴纳",
            "法学 | 4600 | 一次性收取",
            "软件工程 | 4800 | 多退少补毕业时结算",
            "英语 | 4700 | 可缓交",
        ];
        assert_eq!(page(PLACES, &lines, &[]), said, "{row} {names}");
    }
    // Lines that had room are rows, however they stand: three by little nearer, and pairs of them.
    let rows =
        [["法学", "4600", "不含"], ["英语", "4700", ""], ["土木", "4900", "含"], ["会计学", "5000", ""]];
    for steps in [[16.0, 14.0, 16.0, 14.0], [30.0, 14.0, 20.0, 14.0], [40.0, 14.0, 14.0, 16.0]] {
        let mut y = 700.0;
        let below = rows.iter().zip(steps).map(|(cells, step)| {
            y -= step;
            (y, *cells)
        });
        let names = (700.0, ["专业", "学费", "说明"]);
        let lines: Vec<_> = std::iter::once(names).chain(below.collect::<Vec<_>>()).collect();
        let read = page(PLACES, &lines, &[]);
        assert_eq!(read[1..], rows.map(|row| row.join(" | ")), "{steps:?}");
    }
}
