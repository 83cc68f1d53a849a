//! The ways to ask that stand in one cell, or in rows below their question.

use csv::StringRecord;

use super::QuestionColumns;
use crate::knowledge::document::qa::entry::split_variants;
use crate::knowledge::document::qa::pair::WaysParted;
use crate::knowledge::document::table::is_question;

/// Characters of one of several ways to ask that stand in a cell.
const MAX_WAY: usize = 60;

/// How columns are called, in their ends, that name what the ways to ask in a row are about.
const NAMING: &[&str] = &["意图", "intent", "知识点", "主题", "topic", "名称", "name", "编号", "序号", "id"];

/// Marks of questions and of answers in cells of columns without names.
pub(super) const ASKED: &[&str] = &["问：", "问:", "Q：", "Q:", "问题：", "问题:"];
pub(super) const ANSWERED: &[&str] = &["答：", "答:", "A：", "A:", "答案：", "答案:"];

pub(super) fn unmarked<'a>(cell: &'a str, marks: &[&str]) -> Option<&'a str> {
    marks.iter().find_map(|mark| cell.trim_start().strip_prefix(mark)).map(str::trim_start)
}

impl QuestionColumns {
    /// Whether a row has nothing but other ways to ask, which go on from the question above, as where its cells are merged or
    /// were left empty, or where the question stands again.
    pub(super) fn is_way(&self, row: &StringRecord) -> bool {
        let [pair] = self.pairs.as_slice() else { return false };
        let is_empty = |at: usize| row.get(at).is_none_or(|cell| cell.trim().is_empty());
        let is_known =
            |at: usize| pair.variants.contains(&at) || pair.variants_from.is_some_and(|from| at >= from);
        let has_ways = (0..row.len()).any(|at| is_known(at) && !is_empty(at));
        let asked = row.get(pair.question).unwrap_or_default().trim();
        let is_asked_above = has_ways && (asked.is_empty() || asked == self.batch.asked_last())
            || !asked.is_empty() && pair.is_of_ways && self.is_of_one_above(row);
        self.rows > 0
            && is_asked_above
            && [Some(pair.answer), pair.instead, pair.input].into_iter().flatten().all(is_empty)
    }

    /// Whether the row above names what both are about, such as an intent, and this one says nothing else of it. Of one kind, or
    /// without a name, a row that has no answer may be a question that nobody has answered yet.
    fn is_of_one_above(&self, row: &StringRecord) -> bool {
        let cell = |row: &StringRecord, at: usize| row.get(at).unwrap_or_default().trim().to_owned();
        let is_name = |at: &&usize| {
            let name = self.names.get(**at).map(|name| name.to_lowercase()).unwrap_or_default();
            NAMING.iter().any(|end| name.ends_with(end))
        };
        let is_said_again = |&at: &usize| cell(row, at).is_empty() || cell(row, at) == cell(&self.above, at);
        self.others.iter().filter(is_name).any(|&at| !cell(&self.above, at).is_empty())
            && self.others.iter().all(is_said_again)
    }

    /// The other ways to ask in a row of a table with one pair.
    pub(super) fn ways(&self, row: &StringRecord) -> Vec<String> {
        let mut ways = Vec::new();
        for pair in &self.pairs {
            let asked = row.get(pair.question).map(str::trim).filter(|asked| !asked.is_empty());
            if let Some((first, more)) = asked.map(|asked| several(asked, pair.parted)) {
                ways.push(first);
                ways.extend(more);
            }
            let beyond = row.iter().skip(pair.variants_from.unwrap_or(usize::MAX));
            let cells = pair.variants.iter().filter_map(|&column| row.get(column));
            cells.chain(beyond).for_each(|cell| split_variants(cell, &mut ways));
        }
        ways
    }
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
    } else if all.iter().all(|part| is_short(part) && is_question(part))
        || all.len() > marked.len() && all.iter().all(is_short) && are_ways(&all)
    {
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
