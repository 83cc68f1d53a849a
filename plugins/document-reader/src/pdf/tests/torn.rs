//! Tests of rows that are torn over the end of a page, where the next one says the names of the columns again.

use super::tables::{drawn, read_pages, rules};

/// A page with a ruled table of cells with lines; rows of `open` have no rule below them.
fn page(rows: &[[&'static str; 3]], open: &[usize]) -> String {
    let top = |at: usize| 700 - 34 * u32::try_from(at).unwrap();
    let level: Vec<u32> = (0..=rows.len())
        .filter(|at| !at.checked_sub(1).is_some_and(|row| open.contains(&row)))
        .map(top)
        .collect();
    let cells = rows.iter().enumerate().flat_map(|(at, cells)| {
        let places = [80.0, 170.0, 275.0].into_iter().zip(*cells);
        places.flat_map(move |(x, cell)| {
            let lines = cell.split('\n').zip([13.0, 27.0]);
            lines.map(move |(line, below)| (x, f64::from(top(at)) - below, line))
        })
    });
    let cells: Vec<_> = cells.filter(|(.., cell)| !cell.is_empty()).collect();
    drawn(&rules(&[70, 160, 265, 400], &level), &cells)
}

fn assert_pages(pages: &[&[[&'static str; 3]]], open: &[usize], said: &[&str]) {
    let pages: Vec<String> = pages.iter().map(|rows| page(rows, open)).collect();
    let read = read_pages(&pages.iter().map(String::as_str).collect::<Vec<_>>());
    let rows: Vec<&String> = read.iter().filter(|line| !line.starts_with("# ")).collect();
    assert_eq!(rows, said);
}

const NAMES: [&str; 3] = ["事项", "材料", "窗口"];
const MOVE: [&str; 3] = ["户口迁入", "户口簿原件以及", "一号"];
const CARD: [&str; 3] = ["居住证申领", "照片两张", "二号"];
/// Its second cell wraps: the column was not made as wide as its texts.
const BIRTH: [&str; 3] = ["出生登记", "出生医学证明\n户口簿", "三号"];
const BORN: &str = "出生登记 | 出生医学证明户口簿 | 三号";

#[test]
fn the_rest_of_a_row_below_names_that_are_said_again_is_in_its_row() {
    let rest = ["", "申请表", ""];
    let whole = "户口迁入 | 户口簿原件以及申请表 | 一号";
    let card = "居住证申领 | 照片两张 | 二号";
    let names = "事项 | 材料 | 窗口";
    assert_pages(&[&[NAMES, BIRTH, MOVE], &[NAMES, rest, CARD]], &[], &[names, BORN, whole, card]);
    // Over three pages.
    assert_pages(
        &[&[NAMES, BIRTH, MOVE], &[NAMES, ["", "身份证与暂住\n证原件照片以及", ""]], &[NAMES, rest]],
        &[],
        &[names, BORN, "户口迁入 | 户口簿原件以及身份证与暂住证原件照片以及申请表 | 一号"],
    );
    // Names in two rows.
    let english = ["Item", "Papers", "Desk"];
    assert_pages(
        &[&[NAMES, english, BIRTH, MOVE], &[NAMES, english, rest, CARD]],
        &[],
        &[names, "Item | Papers | Desk", BORN, whole, "Item | Papers | Desk", card],
    );
}

#[test]
fn the_rest_of_a_row_is_no_part_of_names_that_no_rule_parts_from_it() {
    let rest = ["", "申请表", ""];
    let whole = "户口迁入 | 户口簿原件以及申请表 | 一号";
    let card = "居住证申领 | 照片两张 | 二号";
    let open = [page(&[NAMES, BIRTH, MOVE], &[]), page(&[NAMES, rest, CARD], &[0])];
    let read = read_pages(&open.each_ref().map(String::as_str));
    assert_eq!(read, ["# 第1页", "事项 | 材料 | 窗口", BORN, whole, card, "# 第2页"]);
    // Where numbers say that the names are such, each page has them.
    let paid = |name, sum, how| -> [&'static str; 3] { [name, how, sum] };
    let names = paid("项目", "金额", "方式");
    let first = [names, paid("学费", "5500", "每学年"), paid("书费", "300", "按月收取并")];
    let next = [names, paid("", "", "公示"), paid("杂费", "900", "一次"), paid("餐费", "800", "每日")];
    let read = read_pages(&[&page(&first, &[]), &page(&next, &[0])]);
    let said = ["项目 | 方式 | 金额", "学费 | 每学年 | 5500", "书费 | 按月收取并公示 | 300"];
    assert_eq!(read[1..4], said);
    assert_eq!(read[4..], ["# 第2页", said[0], "杂费 | 一次 | 900", "餐费 | 每日 | 800"]);
}

#[test]
fn rows_that_are_whole_stay_apart_below_names_that_are_said_again() {
    let names = "事项 | 材料 | 窗口";
    let (moved, card) = ("户口迁入 | 户口簿原件以及 | 一号", "居住证申领 | 照片两张 | 二号");
    assert_pages(&[&[NAMES, MOVE], &[NAMES, CARD, MOVE]], &[], &[names, moved, card, moved]);
    // Rows of a group whose name stands beside the first of them; of two cells that go on, none may be a number.
    for row in [["", "照片两张", "二号"], ["", "20", ""]] {
        let said = row.join(" | ");
        assert_pages(&[&[NAMES, MOVE], &[NAMES, row, CARD]], &[], &[names, moved, &said, card]);
    }
    // So do rows of one cell: where no text of their column wraps, and where the one above had room.
    let row = ["", "照片两张", ""];
    assert_pages(&[&[NAMES, MOVE], &[NAMES, row, CARD]], &[], &[names, moved, " | 照片两张 | ", card]);
    assert_pages(
        &[&[NAMES, BIRTH, CARD], &[NAMES, row, MOVE]],
        &[],
        &[names, BORN, card, " | 照片两张 | ", moved],
    );
    // So do those below a row that ends with a sentence.
    let done = ["户口迁入", "户口簿原件。", "一号"];
    assert_pages(
        &[&[NAMES, done], &[NAMES, ["", "照片两张", ""], CARD]],
        &[],
        &[names, "户口迁入 | 户口簿原件。 | 一号", " | 照片两张 | ", card],
    );
    // Nothing is said again where the first row is none of names, and the next page begins with like numbers or another name.
    for (first, next) in
        [(["一班", "1", "2"], ["一班", "12", "25"]), (["一班", "张三", "良"], ["二班", "张三丰", "良好"])]
    {
        let said = [first, ["三班", "30", "40"], next, ["四班", "50", "60"]].map(|row| row.join(" | "));
        let said = said.each_ref().map(String::as_str);
        assert_pages(&[&[first, ["三班", "30", "40"]], &[next, ["四班", "50", "60"]]], &[], &said);
    }
}

#[test]
fn most_cells_of_a_row_go_on_where_none_had_room_for_more() {
    // A page's table with the names, a row, and one whose two cells have these lines.
    let first = |lines: &[[&'static str; 2]]| {
        let bottom = 656 - 17 * u32::try_from(lines.len()).unwrap();
        let rows = [(685.0, NAMES), (665.0, ["落户", "有住所", "三号"]), (644.0, ["租房申请", "", ""])];
        let rows = rows.into_iter().flat_map(|(y, row)| {
            [75.0, 165.0, 281.0].into_iter().zip(row).map(move |(x, cell)| (x, y, cell))
        });
        let lines = lines.iter().zip(0..).flat_map(|([left, right], at)| {
            let y = 644.0 - 17.0 * f64::from(at);
            [(165.0, y, *left), (281.0, y, *right)]
        });
        let cells: Vec<_> = rows.chain(lines).filter(|(.., cell)| !cell.is_empty()).collect();
        drawn(&rules(&[70, 160, 276, 392], &[700, 680, 660, bottom]), &cells)
    };
    let next = [(685.0, NAMES), (665.0, ["", "或者居住证", "式两份"]), (645.0, ["落户", "有住所", "三号"])];
    let cells = next
        .into_iter()
        .flat_map(|(y, row)| [75.0, 165.0, 281.0].into_iter().zip(row).map(move |(x, cell)| (x, y, cell)));
    let cells: Vec<_> = cells.filter(|(.., cell)| !cell.is_empty()).collect();
    let next = drawn(&rules(&[70, 160, 276, 392], &[700, 680, 660, 640]), &cells);
    let read = |lines: &[[&'static str; 2]]| read_pages(&[&first(lines), &next]);
    let full = [["申请人年满十八周", "近期一寸免冠照片"], ["岁并且有本市户籍", "两张以及申请表一"]];
    let whole =
        "租房申请 | 申请人年满十八周岁并且有本市户籍或者居住证 | 近期一寸免冠照片两张以及申请表一式两份";
    let last = "落户 | 有住所 | 三号";
    assert_eq!(read(&full), ["# 第1页", "事项 | 材料 | 窗口", last, whole, last, "# 第2页"]);
    // A row of a group whose name stands above it: one of the cells has room, or texts of one line are as wide as their columns.
    let room = [full[0], ["岁并且有本市户籍", "两张以及表"]];
    for lines in [&room[..], &full[..1]] {
        let read = read(lines);
        assert!(read.iter().any(|row| row == " | 或者居住证 | 式两份"), "{read:?}");
    }
}
