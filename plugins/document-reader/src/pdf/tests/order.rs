//! Tests of the order in which what stands on a page is read.

use super::*;

/// A page of such texts: `(left, height, text)`, in the order they are drawn, after this program.
fn drawn(before: &str, lines: &[(u32, u32, &str)]) -> Vec<String> {
    let page: String =
        lines.iter().map(|(x, y, text)| format!("BT /F 12 Tf {x} {y} Td {} Tj ET ", gbk(text))).collect();
    texts(document(&composite("GBK-EUC-H", "GB1"), &[], &[&(before.to_owned() + &page)]))
}

#[test]
fn what_stands_above_is_read_first_whenever_it_was_drawn() {
    let title = [(72, 660, "正文第一行。"), (72, 640, "正文第二行。"), (300, 740, "标题")];
    assert_eq!(drawn("", &title), ["标题", "正文第一行。", "正文第二行。"]);
    // Browsers draw what floats at the right first.
    let menu = [
        (500, 700, "22元"),
        (500, 680, "28元"),
        (500, 600, "18元"),
        (72, 740, "饮品"),
        (72, 700, "美式"),
        (72, 680, "拿铁"),
        (72, 640, "食品"),
        (72, 600, "可颂"),
        (72, 540, "以上价格含税。"),
    ];
    assert_eq!(
        drawn("", &menu),
        ["饮品", "美式  22元", "拿铁  28元", "食品", "可颂  18元", "以上价格含税。"]
    );
    assert_eq!(drawn("", &[(500, 700, "22元"), (72, 700, "美式")]), ["美式  22元"]);
}

#[test]
fn values_that_are_drawn_apart_from_their_names_stand_beside_them() {
    let names = [
        (72, 740, "饮品"),
        (72, 700, "美式"),
        (72, 684, "浓缩咖啡加水，苦。"),
        (72, 600, "可颂"),
        (72, 584, "黄油味，甜。"),
    ];
    let (prices, sizes) =
        ([(500, 700, "22元"), (500, 600, "18元")], [(300, 700, "大杯"), (300, 600, "两个")]);
    let expected = ["饮品", "美式  大杯  22元", "浓缩咖啡加水，苦。", "可颂  两个  18元", "黄油味，甜。"];
    assert_eq!(drawn("", &[&prices[..], &sizes, &names].concat()), expected);
    assert_eq!(drawn("", &[&names[..], &prices, &sizes].concat()), expected);
    // What stands beside running text is no value of it.
    let text =
        [(72, 700, "平行志愿是指考生可以在同一批次填报若干"), (72, 620, "个院校志愿，投档时按分数优先。")];
    let aside = [(420, 700, "报名"), (420, 620, "缴费")];
    let expected: Vec<&str> = text.iter().chain(&aside).map(|line| line.2).collect();
    assert_eq!(drawn("", &[&text[..], &aside].concat()), expected);
}

#[test]
fn a_row_is_moved_as_one() {
    let form = [
        (72, 600, "性别："),
        (72, 560, "民族："),
        (72, 700, "姓名："),
        (120, 701, "张三"),
        (300, 700, "学号："),
        (72, 580, "生日："),
    ];
    assert_eq!(drawn("", &form), ["姓名： 张三  学号：", "性别：", "生日：", "民族："]);
}

const LEFT: [&str; 4] =
    ["平行志愿是指考生可以", "在同一批次填报若干个", "并列的院校志愿，投档", "时按分数优先的原则。"];
const RIGHT: [&str; 4] =
    ["学费标准以物价部门核", "定的为准，软件工程专", "业每年五千五百元，其", "他专业四千六百元整。"];

/// Two columns of text, the left one first, with this much between the first line of one and that of the other.
fn columns(off: u32) -> Vec<(u32, u32, &'static str)> {
    let column = |x: u32, top: u32, lines: [&'static str; 4]| {
        lines.into_iter().zip(0..).map(move |(line, at)| (x, top - at * 18, line))
    };
    column(72, 700, LEFT).chain(column(320, 700 + off, RIGHT)).collect()
}

#[test]
fn columns_are_read_as_they_are_drawn_below_what_stands_above_both() {
    for off in [0, 7, 30] {
        assert_eq!(drawn("", &columns(off)), [LEFT.concat(), RIGHT.concat()], "{off}");
        // A header at the right and a footer in the middle, before and after the text.
        for is_first in [false, true] {
            let mut lines = columns(off);
            let edges = [(400, 790, "内部资料"), (280, 60, "完")];
            let place = if is_first { 0 } else { lines.len() };
            lines.splice(place..place, edges);
            assert_eq!(
                drawn("", &lines),
                ["内部资料", &LEFT.concat(), &RIGHT.concat(), "完"],
                "{off} {is_first}"
            );
        }
    }
}

#[test]
fn columns_are_read_from_left_to_right_whichever_was_drawn_first() {
    for off in [0, 7, 30] {
        let mut lines = columns(off);
        lines.rotate_left(4);
        assert_eq!(drawn("", &lines), [LEFT.concat(), RIGHT.concat()], "{off}");
        // A header at the right, a title over both and a footer in the middle.
        lines.splice(0..0, [(400, 790, "内部资料"), (230, 764, "招生说明")]);
        lines.push((280, 60, "完"));
        assert_eq!(
            drawn("", &lines),
            ["内部资料", "招生说明", &LEFT.concat(), &RIGHT.concat(), "完"],
            "{off}"
        );
    }
    let mut headed = columns(0);
    headed.insert(4, (320, 760, "收费"));
    headed.insert(0, (72, 760, "志愿"));
    headed.rotate_left(5);
    assert_eq!(drawn("", &headed), ["志愿", &LEFT.concat(), "收费", &RIGHT.concat()]);
}

#[test]
fn a_heading_stays_with_its_column() {
    let mut lines = columns(0);
    lines.insert(4, (320, 760, "收费"));
    lines.insert(0, (72, 760, "志愿"));
    assert_eq!(drawn("", &lines), ["志愿", &LEFT.concat(), "收费", &RIGHT.concat()]);
}

#[test]
fn what_stands_beside_the_text_is_read_when_it_is_drawn() {
    let lines = ["报名于六月一日开始。", "考试于七月二日举行。", "成绩于八月三日公布。"];
    let mut text: Vec<_> = lines.iter().zip(0..).map(|(line, at)| (200, 700 - at * 40, *line)).collect();
    text.push((72, 690, "联系我们"));
    text.push((72, 640, "招生办"));
    assert_eq!(drawn("", &text), [&lines[..], &["联系我们", "招生办"]].concat());
}

#[test]
fn a_level_watermark_breaks_no_sentence() {
    let line = "平行志愿按分数优先、遵循志愿的原则投档，每名考生只投一次，投档后不";
    let mark = format!("BT /F 60 Tf 150 675 Td {} Tj ET ", gbk("内部资料"));
    let lines = [(72, 720, line), (72, 700, line), (72, 680, line), (72, 660, "再补投其他院校。")];
    assert_eq!(drawn(&mark, &lines), ["内部资料", &format!("{line}{line}{line}再补投其他院校。")]);
}
