//! Where the rows of one table end and another's begin, though no empty row stands between them.

use std::collections::BTreeSet;

use csv::StringRecord;

use super::TableColumns;
use crate::knowledge::document::table::cell::{self, CellKind, kind};
use crate::knowledge::document::table::first::{First, MAX_TITLE, told};
use crate::knowledge::document::table::form;
use crate::knowledge::document::table::header;
use crate::knowledge::document::table::row::{
    cells, filled, is_alone, is_labels, is_same, usual_width, words,
};
use crate::knowledge::document::table::unit::says_unit;

impl TableColumns {
    /// Whether a row says the table's header again, or one of its titles, as printed tables do on each page.
    pub(super) fn repeats(&self, row: &StringRecord) -> bool {
        self.header.iter().any(|header| is_same(header, row))
            || !self.titles.is_empty() && is_alone(row) && self.repeats_title(&words(row))
    }

    /// A unit that is said again may hold after another one, and a part may come again.
    fn repeats_title(&self, line: &str) -> bool {
        let is_part = self.part.as_ref().is_some_and(|part| part.is_over && part.is_called(line));
        !says_unit(line) && !is_part && self.titles.iter().any(|title| title == line)
    }

    /// Whether another table may begin with this row, although no empty one stands above it: it is a title, it names columns, or
    /// it says again what one of the columns is called.
    pub(in crate::knowledge::document::table) fn may_begin(&self, row: &StringRecord) -> bool {
        if self.repeats(row) {
            return false;
        }
        let text = cells(row).next().unwrap_or_default();
        if self.is_form {
            return form::is_head(row);
        }
        if self.resumes_form(row) {
            return true;
        }
        if is_alone(row) {
            let is_title = text.chars().count() <= MAX_TITLE
                && !text.contains('\n')
                && kind(text) == CellKind::Text
                && !cell::is_remark(text)
                && !says_unit(text);
            return is_title && (self.usual >= 2 || self.questions.is_some());
        }
        // More cells than the questions' table has columns, and the usual names of others in them.
        let is_wider = || {
            let labels = || cells(row).filter(|cell| cell::is_label(cell)).count();
            self.questions.is_some() && filled(row) > self.names.len() && labels() * 2 >= filled(row)
        };
        self.says_a_name(row) || is_labels(row) || is_wider()
    }

    /// The headings of the form that the table is or stands in, but not those of one of its parts: 一、基本信息. Only where cells may be
    /// merged do forms have tables in them.
    pub(in crate::knowledge::document::table) fn form_around(&self) -> Option<Vec<String>> {
        let headings = if self.is_form { Some(&self.headings) } else { self.around.as_ref() };
        let headings = headings.filter(|_| self.spreads)?;
        Some(headings.iter().filter(|heading| !cell::is_group(heading)).cloned().collect())
    }

    /// Whether the form that the table stands in goes on with this row.
    pub(in crate::knowledge::document::table) fn resumes_form(&self, row: &StringRecord) -> bool {
        let width = self.names.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
        let is_own = || cells(row).next() == self.names.first().map(String::as_str);
        !self.is_form && self.around.is_some() && form::is_pair(row, width) && !is_own()
    }

    /// Whether another table may begin with this row for no other reason than that it has words where numbers stand above it, or names that are
    /// usual: the rows below it tell.
    pub(in crate::knowledge::document::table) fn perhaps_begins(&self, row: &StringRecord) -> bool {
        // Most rows have a number, which is quickly seen.
        let has_number =
            || cells(row).any(|cell| cell.starts_with(|c: char| c.is_ascii_digit()) && !cell::is_year(cell));
        let names = || self.names_numbers(row) > 0 || names_one(row);
        self.questions.is_none() && !self.is_form && !has_number() && names() && !self.repeats(row)
    }

    /// Whether a row says what one of the columns is called, in its place, beside words that may name others.
    fn says_a_name(&self, row: &StringRecord) -> bool {
        let is_name = |cell: &str| {
            cell.chars().count() <= cell::MAX_NAME && (kind(cell) != CellKind::Number || cell::is_year(cell))
        };
        // Questions are texts in each column.
        let is_one = |at: usize| self.questions.is_none() || self.names.iter().take(at).all(String::is_empty);
        (0..row.len()).any(|at| self.is_said_again(at, row) && is_one(at))
            && filled(row) > 1
            && cells(row).all(is_name)
    }

    /// Whether a row says what a column is called, in its place.
    fn is_said_again(&self, column: usize, row: &StringRecord) -> bool {
        let name = self.names.get(column).filter(|name| !name.is_empty());
        name.is_some_and(|name| row.get(column).is_some_and(|cell| name == cell.trim()))
    }

    /// Whether another column has the same name.
    fn is_shared(&self, column: usize) -> bool {
        let name = self.names.get(column).filter(|name| !name.is_empty());
        name.is_some_and(|name| self.names.iter().filter(|other| *other == name).count() > 1)
    }

    /// Whether a row that says what some columns are called names others beside them, those of `below`. Among words the name of a column
    /// may be one of its values, 学校 below 学校, and 名称 may be one of the names that are explained.
    fn names_anew(&self, head: &StringRecord, below: &[StringRecord]) -> bool {
        let (said, others): (Vec<_>, Vec<_>) = head
            .iter()
            .enumerate()
            .filter(|(_, cell)| !cell.trim().is_empty())
            .partition(|&(at, _)| self.is_said_again(at, head));
        if said.iter().any(|&(at, _)| self.is_number(at)) {
            return true;
        }
        let near: Vec<StringRecord> = self.looks.first().iter().chain(below).cloned().collect();
        // A word that the column holds elsewhere is a value.
        let is_value = |&(at, cell): &(usize, &str)| {
            near.iter().filter_map(|row| row.get(at)).any(|other| other.trim() == cell.trim())
        };
        let rest: StringRecord = head
            .iter()
            .enumerate()
            .map(|(at, cell)| if self.is_said_again(at, head) { "" } else { cell })
            .collect();
        let is_row = || [below, &near].iter().any(|rows| header::score(&rest, rows) < 0.0);
        if others.is_empty() || !cells(&rest).all(is_word) || others.iter().any(is_value) || is_row() {
            return false;
        }
        let first = self.names.iter().position(|name| !name.is_empty());
        match said.first().filter(|(at, _)| Some(*at) == first) {
            // 课程的名称 explains 名称.
            Some((_, name)) => !others.iter().any(|(_, cell)| cell.contains(name.trim())),
            None => {
                let are_distinct = cells(head).collect::<BTreeSet<_>>().len() == filled(head);
                others.len() > 1
                    && are_distinct
                    && !said.iter().any(|said| is_value(said) || self.is_shared(said.0))
            }
        }
    }

    /// Whether rows that may begin another table are this one's. `is_apart`: whether an empty row stands above them.
    pub(in crate::knowledge::document::table) fn goes_on(
        &self,
        rows: &[StringRecord],
        found: &First,
        is_apart: bool,
    ) -> bool {
        let widest = rows.iter().map(filled).max().unwrap_or(0);
        if widest <= 1 && (self.usual >= 2 || self.questions.is_some())
            || rows.first().is_some_and(|row| self.repeats(row))
        {
            return true;
        }
        let head = rows.get(found.titles).filter(|_| found.rows > 0);
        let below = rows.get(found.titles + found.rows..).unwrap_or_default();
        let is_known = head.is_some_and(is_labels);
        if let Some(questions) = &self.questions {
            let is_other_width = head.is_some_and(|head| filled(head) != self.usual);
            let has_known = head.is_some_and(|head| cells(head).skip(1).all(cell::is_label));
            let is_header = if is_apart {
                head.is_some() && !below.is_empty() || found.is_form
            } else {
                found.is_certain && (has_known || is_other_width) && !below.is_empty()
            };
            return questions.goes_on(rows, is_header && head.is_none_or(|head| !asks(head)), is_known);
        }
        if !is_apart {
            return below.is_empty() || head.is_none_or(|head| !self.is_next(head, below, found));
        }
        let first = rows.first().and_then(|row| cells(row).next());
        if found.is_form && first.is_some_and(|first| self.form_begins == first) {
            return false;
        }
        let is_other = head.is_some() && self.holds_others(below);
        if found.is_form != self.is_form || (found.rows > 0 && found.is_certain) || is_other {
            return false;
        }
        let usual = usual_width(rows);
        let fits = rows
            .iter()
            .all(|row| row.len() <= self.names.len().max(self.usual) || filled(row) <= self.names.len());
        fits && usual <= self.names.len().max(self.usual) && (found.rows == 0 || usual == self.usual)
    }

    /// Whether a row is the header of another table, of which the first rows are `below`.
    fn is_next(&self, head: &StringRecord, below: &[StringRecord], found: &First) -> bool {
        if self.keeps_header(head, below, found) {
            return false;
        }
        if found.titles == 0 && self.says_a_name(head) && self.names_anew(head, below) {
            return true;
        }
        if found.titles == 0 && self.looks.hold(below, self.names.len()) {
            let is_row = || is_one_of(head, below) && !self.is_measured_throughout(head);
            return found.is_certain && self.names_the_like(head) && !is_row();
        }
        if found.is_certain && is_labels(head) {
            return true;
        }
        let is_other = self.holds_others(below);
        let numbers = self.names_numbers(head);
        let is_measured =
            || head.iter().enumerate().any(|(at, cell)| self.is_number(at) && cell::is_measure(cell));
        let is_named = is_mostly_labels(head) || numbers > 0 && cells(head).any(cell::is_label);
        let differ = self.looks.differ(below);
        // One row of words alone below it may be as much of an exception as it is.
        let is_known = is_named
            || numbers > 0 && !differ.is_empty()
            || differ.iter().any(|&at| head.get(at).is_some_and(cell::is_label)) && !is_one_of(head, below)
            || (numbers > 1 || numbers > 0 && is_measured()) && !self.are_words(below);
        numbers > 0 && is_other || found.is_certain && is_known || found.titles > 0 && is_other
    }

    /// Whether a header that no row has come below is the header of these rows rather than `head`, which may have words where those below
    /// it have numbers: 龙虾 | 时价 above 白菜 | 3. One that the document marks is, unless `head` tells its columns apart; any other is unless `head`
    /// has more usual names and fits the rows better as well.
    fn keeps_header(&self, head: &StringRecord, below: &[StringRecord], found: &First) -> bool {
        if !self.looks.is_empty() || self.header.is_empty() {
            return false;
        }
        if self.is_said {
            return !self.tells_apart(head);
        }
        // Below a title usual names begin another table.
        let is_titled = found.titles > 0 && (is_labels(head) || is_mostly_labels(head));
        let labels = |row: &StringRecord| cells(row).filter(|cell| cell::is_label(cell)).count();
        let more = usize::from(filled(head) > self.names.len());
        let is_better = |own: &StringRecord| {
            labels(head) + more > labels(own) && header::score(head, below) > header::score(own, below)
        };
        !is_titled && !found.is_form && !self.header.iter().all(is_better)
    }

    /// Whether a row tells columns of one name apart and says the names of all others again: 专业 | 本科 | 专科 below 专业 | 学费 | 学费.
    fn tells_apart(&self, head: &StringRecord) -> bool {
        let (twice, once): (Vec<usize>, Vec<usize>) =
            (0..self.names.len()).partition(|&at| self.is_shared(at));
        let words: BTreeSet<&str> =
            twice.iter().filter_map(|&at| head.get(at)).map(str::trim).filter(|cell| is_word(cell)).collect();
        twice.len() > 1
            && words.len() == twice.len()
            && !once.is_empty()
            && once.iter().all(|&at| self.is_said_again(at, head))
    }

    /// Keeps for a note a row that goes on with the table, though it has names in place of numbers.
    pub(in crate::knowledge::document::table) fn keep_doubt(
        &mut self,
        row: &StringRecord,
        line: u64,
        found: &First,
    ) {
        let is_doubtful =
            found.titles == 0 && found.rows > 0 && found.is_certain && self.names_numbers(row) > 0;
        let is_sure = self.is_said && self.looks.is_empty();
        if is_doubtful && !is_sure && self.questions.is_none() && !self.is_form {
            self.doubts.add(format!("{line} ({})", told(row.iter())));
        }
    }

    /// Whether a row names columns such as this table has: what is in its rows, and what is measured in each of its columns of numbers.
    fn names_the_like(&self, head: &StringRecord) -> bool {
        let is_first = cells(head).next().is_some_and(cell::is_label);
        let is_measured = |(column, cell): (usize, &str)| !self.is_number(column) || cell::is_measure(cell);
        let are_measured = || head.iter().enumerate().all(is_measured);
        // 部门 and 负责人 beside two names of numbers.
        let others = || head.iter().enumerate().filter(|&(column, _)| !self.is_number(column));
        let are_labels = || others().count() > 1 && others().all(|(_, cell)| cell::is_label(cell.trim()));
        is_labels(head)
            || is_mostly_labels(head)
            || self.names_numbers(head) > 0 && is_first && (are_measured() || are_labels())
    }

    /// Whether a row has usual names only, those of the columns of numbers saying what is measured: 项目 | 金额 above 学费 | 176.
    fn is_measured_throughout(&self, head: &StringRecord) -> bool {
        let is_measured = |(column, cell): (usize, &str)| !self.is_number(column) || cell::is_measure(cell);
        // Of names with their values one may be 联系人.
        filled(head) > 2
            && is_labels(head)
            && self.names_numbers(head) > 0
            && head.iter().enumerate().all(is_measured)
    }

    /// Whether a column holds numbers, or has held nothing else.
    pub(super) fn is_number(&self, column: usize) -> bool {
        self.numbers.get(column).copied().unwrap_or_default() || self.looks.are_numbers(column)
    }

    /// Whether the only thing that tells rows from this table's is that words stand where it has numbers.
    fn are_words(&self, rows: &[StringRecord]) -> bool {
        let without = |row: &StringRecord| -> StringRecord {
            let is_word = |column: usize, cell: &str| self.is_number(column) && kind(cell) == CellKind::Text;
            // What says nothing fits everywhere.
            row.iter().enumerate().map(|(at, cell)| if is_word(at, cell) { "-" } else { cell }).collect()
        };
        let rows: Vec<StringRecord> = rows.iter().map(without).collect();
        self.looks.hold(&rows, self.names.len())
    }

    /// In how many columns of numbers a row has a word, if it has a word in every column, each another; 0 where it has not.
    fn names_numbers(&self, row: &StringRecord) -> usize {
        let is_text = |(column, cell): (usize, &str)| self.is_number(column) && kind(cell) == CellKind::Text;
        if !row.iter().enumerate().any(is_text)
            || !cells(row).all(is_word)
            || cells(row).next().is_some_and(cell::is_total)
        {
            return 0;
        }
        let words: BTreeSet<&str> = cells(row).collect();
        if words.len() < filled(row) || words.len() < 2 {
            return 0;
        }
        row.iter().enumerate().filter(|&cell| is_text(cell)).count()
    }

    /// Whether texts stand where this table has numbers, each another.
    fn holds_others(&self, rows: &[StringRecord]) -> bool {
        let is_text = |column: usize| {
            let texts: Vec<&str> = rows
                .iter()
                .filter(|row| !is_alone(row))
                .map_while(|row| {
                    row.get(column).filter(|cell| kind(cell) == CellKind::Text && !cell::is_placeholder(cell))
                })
                .collect();
            texts.len() > 1
                && texts.len() == rows.iter().filter(|row| !is_alone(row)).count()
                && texts.iter().collect::<BTreeSet<_>>().len() > 1
        };
        rows.len() > 1 && self.numbers.iter().enumerate().any(|(column, is)| *is && is_text(column))
    }
}

/// Whether a cell is a word that may name a column.
fn is_word(cell: &str) -> bool {
    (kind(cell) == CellKind::Text || cell::is_year(cell))
        && cell.chars().count() <= cell::MAX_NAME
        && !cell.contains(['。', '；', '？', '?', '，', '\n'])
        && !cell::is_placeholder(cell)
}

/// Whether a row has words only, each another, and one of them is a name that columns usually have.
fn names_one(row: &StringRecord) -> bool {
    filled(row) >= 2
        && cells(row).any(cell::is_label)
        && !cells(row).next().is_some_and(cell::is_total)
        && cells(row).all(is_word)
        && cells(row).collect::<BTreeSet<_>>().len() == filled(row)
}

/// Whether most of its words are such names, and at least two.
fn is_mostly_labels(row: &StringRecord) -> bool {
    let labels = cells(row).filter(|cell| cell::is_label(cell)).count();
    labels >= 2 && labels * 3 >= filled(row) * 2 && names_one(row)
}

/// Whether what a row begins with is one of the things that the rows below it begin with: 住宿费 above 书费.
fn is_one_of(row: &StringRecord, below: &[StringRecord]) -> bool {
    let Some(first) = cells(row).next() else { return false };
    let is_like = |other: &str| {
        cell::is_label(other) || other.chars().last() == first.chars().last() && !other.ends_with(first)
    };
    below.iter().filter_map(|row| cells(row).next()).any(is_like)
}

fn asks(row: &StringRecord) -> bool {
    row.iter().any(|cell| cell.trim().ends_with(['？', '?']))
}
