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
