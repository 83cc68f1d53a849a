//! Tests of tables that level rules part, and of cells that wrap or are merged between them.

use super::cells::row;
use super::tables::{drawn, read_pages, rules};

/// What is read of rows of lines at these heights, with rules at some heights from here to there.
pub(super) fn page<const N: usize>(
    places: [f64; N],
    lines: &[(f64, [&'static str; N])],
    rules: &[(f64, f64, f64)],
) -> Vec<String> {
    let rules: String = rules.iter().map(|(y, from, to)| format!("{from} {y} m {to} {y} l S ")).collect();
    let cells: Vec<_> = lines.iter().flat_map(|(y, cells)| row(*y, places, *cells)).collect();
    read_pages(&[&drawn(&rules, &cells)])
}

const PLACES: [f64; 3] = [80.0, 200.0, 290.0];
const OFFICES: [(f64, [&str; 3]); 6] = [
    (700.0, ["部门名称", "职责", "地点"]),
    (684.0, ["教务处教学运行与", "排课", "行政楼三层"]),
    (668.0, ["考试中心", "", ""]),
    (652.0, ["财务处", "收费", "行政楼二层"]),
    (636.0, ["后勤管理处公寓服", "住宿", "后勤楼一层"]),
    (620.0, ["务中心", "", ""]),
];
const SAID: [&str; 4] = [
    "部门名称 | 职责 | 地点",
    "教务处教学运行与考试中心 | 排课 | 行政楼三层",
    "财务处 | 收费 | 行政楼二层",
    "后勤管理处公寓服务中心 | 住宿 | 后勤楼一层",
];

fn whole(y: f64) -> (f64, f64, f64) {
    (y, 76.0, 360.0)
}

#[test]
fn a_name_that_wraps_is_in_its_row_where_rules_part_the_rows() {
    let rules = [716.0, 696.0, 664.0, 648.0, 616.0].map(whole);
    assert_eq!(page(PLACES, &OFFICES, &rules), SAID);
    // The lines of a name around those beside it.
    let mut middle = OFFICES;
    for at in [1, 4] {
        let y = OFFICES[at].0;
        middle[at] = (y - 8.0, ["", OFFICES[at].1[1], OFFICES[at].1[2]]);
        middle[at + 1] = (y, [OFFICES[at].1[0], "", ""]);
    }
    let rest = [(668.0, ["考试中心", "", ""]), (620.0, ["务中心", "", ""])];
    assert_eq!(page(PLACES, &[&middle[..], &rest].concat(), &rules), SAID);
    // Lines that had room for what stands below them are rows that no rule parts, and so are numbers.
    let mut rows = OFFICES;
    rows[2].1 = ["考试中心", "考务", "行政楼四层"];
    rows[5].1 = ["膳食处", "食堂", "后勤楼二层"];
    let read = page(PLACES, &rows, &rules);
    assert!(!read.iter().any(|line| line.contains("排课考务")), "{read:?}");
    let groups = [
        (700.0, ["学院", "专业", "学费"]),
        (684.0, ["理学院", "数学", "4600"]),
        (668.0, ["", "物理", "4800"]),
        (652.0, ["文学院", "中文", "4500"]),
        (636.0, ["法学院", "法学", "4700"]),
        (620.0, ["", "社会学", "4400"]),
    ];
    let read = page(PLACES, &groups, &rules);
    assert!(read.iter().any(|line| line.contains("物理 | 4800")), "{read:?}");
}

#[test]
fn the_last_name_that_wraps_ends_above_the_rule_of_its_table() {
    let mut table = OFFICES;
    table[1].1 = ["教务处", "排课", "3011"];
    table[2].1 = ["学生处", "资助", "3012"];
    table[3].1 = ["财务处", "收费", "3013"];
    table[4].1 = ["后勤管理处公寓服", "住宿", "3014"];
    let said = "后勤管理处公寓服务中心 | 住宿 | 3014";
    let rules = [716.0, 696.0, 680.0, 664.0, 648.0, 616.0].map(whole);
    let read = page(PLACES, &table, &rules);
    assert_eq!(read.last().map(String::as_str), Some(said), "{read:?}");
    // What a rule parts from it is none of it, nor is what may be a name with nothing beside it: no rules part the rows.
    let below = rules.map(|(y, from, to)| (if y < 620.0 { 632.0 } else { y }, from, to));
    for rules in [&below[..], &[716.0, 696.0, 616.0].map(whole)] {
        assert_eq!(page(PLACES, &table, rules).last().map(String::as_str), Some("务中心"));
    }
    // So is what had room in the column.
    table[4].1[0] = "后勤处";
    table[1].1[0] = "教务处考试运行中心";
    assert_eq!(page(PLACES, &table, &rules).last().map(String::as_str), Some("务中心"));
}

#[test]
fn a_cell_below_which_no_rule_runs_is_merged_over_the_rows_that_the_rule_parts() {
    let places = [80.0, 180.0, 260.0, 340.0];
    let rows = |notes: [&'static str; 5]| {
        let named = [
            ("法学", "一班", "4600"),
            ("英语", "二班", "4800"),
            ("土木", "三班", "5200"),
            ("金融", "四班", "5000"),
        ];
        let mut lines = vec![(700.0, ["专业", "班级", "学费", notes[0]])];
        let below = named.iter().zip(&notes[1..]).zip(0..);
        lines.extend(below.map(|(((name, class, fee), note), at)| {
            (680.0 - 20.0 * f64::from(at), [*name, *class, *fee, *note])
        }));
        lines
    };
    let (whole, part) = (|y: f64| (y, 76.0, 420.0), |y: f64| (y, 76.0, 330.0));
    let rules = [whole(714.0), whole(694.0), part(674.0), part(654.0), whole(634.0), whole(614.0)];
    let notes = |read: Vec<String>| -> Vec<String> {
        read.iter().map(|line| line.rsplit(" | ").next().unwrap_or_default().to_owned()).collect()
    };
    // At the top of its rows, in the middle, at their foot, and over several of them.
    for own in [["含实验", "", ""], ["", "含实验", ""], ["", "", "含实验"], ["含实验和", "教材各一", "本"]]
    {
        let all = own.concat();
        let read = page(places, &rows(["备注", own[0], own[1], own[2], "已免"]), &rules);
        assert_eq!(notes(read), ["备注", &all, &all, &all, "已免"]);
    }
    // Rules that are shorter than the table merge nothing, nor do those that are not there.
    let short = rules.map(|(y, ..)| part(y));
    let own = ["备注", "含实验", "", "", "已免"];
    assert_eq!(notes(page(places, &rows(own), &short)), own);
    assert_eq!(notes(page(places, &rows(own), &rules.map(|(y, ..)| whole(y)))), own);
    assert_eq!(notes(page(places, &rows(own), &[])), own);
    // Two values are none of one cell.
    let own = ["备注", "含实验", "", "不含", "已免"];
    assert_eq!(notes(page(places, &rows(own), &rules)), own);
}

#[test]
fn lines_that_leave_free_what_stands_free_before_them_wrap() {
    let cells = |lines: [[&'static str; 2]; 3]| {
        let names = [(75.0, 685.0, "事项"), (165.0, 685.0, "条件"), (281.0, 685.0, "材料")];
        let lines = [664.0, 647.0, 630.0].into_iter().zip(lines);
        let both = lines.flat_map(|(y, [left, right])| [(165.0, y, left), (281.0, y, right)]);
        let last = [(75.0, 605.0, "落户"), (165.0, 605.0, "有住所"), (281.0, 605.0, "户口簿")];
        names.into_iter().chain(both).chain([(75.0, 647.0, "租房申请")]).chain(last).collect::<Vec<_>>()
    };
    let frame = rules(&[70, 160, 276, 392], &[700, 680, 620, 600]);
    // Fifteen points are left at the end of each: five of padding, and less than a character of twelve.
    let wrapped = [
        ["申请人年满十八周", "近期一寸免冠照片"],
        ["岁并且有本市户籍", "两张以及申请表一"],
        ["或者居住证", "式两份"],
    ];
    let said = [
        "事项 | 条件 | 材料",
        "租房申请 | 申请人年满十八周岁并且有本市户籍或者居住证 | 近期一寸免冠照片两张以及申请表一式两份",
        "落户 | 有住所 | 户口簿",
    ];
    assert_eq!(read_pages(&[&drawn(&frame, &cells(wrapped))]), said);
    // With room for one character more, they are entries of their own.
    let entries = [["年满十八周岁", "一寸照片两张"], ["有本市户籍", "申请表两份"], ["有居住证", "身份证"]];
    let read = read_pages(&[&drawn(&frame, &cells(entries))]);
    assert!(read.iter().any(|row| row.ends_with("有本市户籍 | 申请表两份")), "{read:?}");
}
