//! Tests of tables that level rules part, and of cells that wrap or are merged between them.

use super::cells::row;
use super::tables::{drawn, read_pages};

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
