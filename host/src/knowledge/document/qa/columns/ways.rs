//! The ways to ask that stand in one cell.

use crate::knowledge::document::qa::pair::WaysParted;
use crate::knowledge::document::table::is_question;

/// Characters of one of several ways to ask that stand in a cell.
const MAX_WAY: usize = 60;

/// Marks of questions and of answers in cells of columns without names.
pub(super) const ASKED: &[&str] = &["问：", "问:", "Q：", "Q:", "问题：", "问题:"];
pub(super) const ANSWERED: &[&str] = &["答：", "答:", "A：", "A:", "答案：", "答案:"];

pub(super) fn unmarked<'a>(cell: &'a str, marks: &[&str]) -> Option<&'a str> {
    marks.iter().find_map(|mark| cell.trim_start().strip_prefix(mark)).map(str::trim_start)
}

/// The questions of a cell: parted as the column's name says, or where the parts ask.
pub(super) fn several(cell: &str, parted: WaysParted) -> (String, Vec<String>) {
    let marked = parts(cell, &['\n', '|', '｜']);
    let asks = marked.iter().rev().skip(1).all(|part| part.ends_with(['？', '?']));
    let all = parts(cell, &['\n', '|', '｜', ';', '；']);
    let is_short = |part: &&str| (2..=MAX_WAY).contains(&part.chars().count());
    let ways: Vec<&str> = if parted == WaysParted::ByLines && cell.trim().contains('\n') {
        cell.lines().map(str::trim).filter(|part| !part.is_empty()).collect()
    } else if parted == WaysParted::BySigns {
        if marked.len() > 1 { marked } else { all }
    } else if all.iter().all(|part| is_short(part) && is_question(part)) {
        all
    } else if asks || marked.iter().all(is_short) && are_ways(&marked) {
        marked
    } else {
        // Short names of one thing; C语言 | Java 怎么学 is one question.
        let is_named = !cell.contains('\n') && marked.iter().all(|part| is_short(part) && !is_question(part));
        if is_named { marked } else { Vec::new() }
    };
    match ways.split_first() {
        Some((first, more)) if !more.is_empty() => {
            ((*first).to_owned(), more.iter().map(|&part| part.to_owned()).collect())
        }
        _ => (cell.to_owned(), Vec::new()),
    }
}

/// Whether the first part asks, and two of three do, each by its words: the last one's mark may be that of the whole, as in
/// 怎么选流量版|校园版|家庭版？
fn are_ways(parts: &[&str]) -> bool {
    let asks = |part: &&&str| is_question(part.trim_end_matches(['？', '?']));
    let asking = parts.iter().filter(asks).count();
    parts.first().is_some_and(|first| asks(&first)) && asking * 3 >= parts.len() * 2
}

fn parts<'a>(cell: &'a str, ends: &[char]) -> Vec<&'a str> {
    let parts = cell.split(ends).flat_map(|part| part.split("##")).map(str::trim);
    parts.filter(|part| !part.is_empty()).collect()
}
