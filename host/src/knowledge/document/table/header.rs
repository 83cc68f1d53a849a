//! Which of a table's first rows name its columns: found by what stands above, beside and below a name.

use std::collections::BTreeSet;

use csv::StringRecord;

use super::cell::{self, CellKind, kind};
use super::form::is_form;
use super::pairs;
use super::row::{filled, is_alone, is_line, is_remarks, is_spread, runs, says, usual_width};
use super::unit::{self, is_row_of_units};

/// Rows below a possible header that are looked at.
const BELOW: usize = 16;
/// Most rows that name the columns together.
const LEVELS: usize = 3;
/// Rows of markdown in which a form is looked for.
const FORM: usize = 32;

/// What the document says of a table's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::knowledge::document) enum Header {
    /// The document says how many rows belong to the header, titles above them included; 0 where each row has names beside their values.
    Said(usize),
    /// The first row is, as markdown marks it: it has no table without.
    Marked,
    /// The first row is drawn as one, which programs for slides do unless they are told not to.
    Drawn,
    /// The first row is, unless it cannot be: CSV is written so.
    Usual,
    /// Nothing.
    Unsaid,
}

/// How a table's first rows are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct HeaderRows {
    /// Rows above the header: titles and remarks.
    pub(super) titles: usize,
    /// Rows that name the columns.
    pub(super) rows: usize,
    /// Whether what stands below bears the names out.
    pub(super) is_certain: bool,
    /// Whether it is a form: each name has its value beside it.
    pub(super) is_form: bool,
    /// Whether the document itself marks the rows that name the columns.
    pub(super) is_said: bool,
}

impl Header {
    /// How many rows certainly are.
    pub(in crate::knowledge::document) fn said(self) -> Option<usize> {
        match self {
            Self::Said(rows) if rows > 0 => Some(rows),
            Self::Marked => Some(1),
            Self::Said(_) | Self::Drawn | Self::Usual | Self::Unsaid => None,
        }
    }

    /// Whether the table may have merged cells, which are spread over their columns: formats of text have none.
    pub(super) fn has_merged(self) -> bool {
        matches!(self, Self::Said(_) | Self::Drawn | Self::Unsaid)
    }

    /// What markdown says: its first row names the columns. Tools write what they convert so as well, where that is a title, a
    /// form or no row at all.
    pub(in crate::knowledge::document) fn of_markdown(rows: &[StringRecord]) -> Self {
        let (Some(first), 2..) = (rows.first(), rows.len()) else { return Self::Usual };
        let is_above = first.len() > 1 && (filled(first) < 2 || is_spread(first) || is_remarks(first));
        let asks = first.iter().any(|cell| cell.trim().ends_with(['？', '?']));
        if is_above || asks || is_form(rows.get(..FORM).unwrap_or(rows)) { Self::Usual } else { Self::Marked }
    }
}

pub(super) fn find(rows: &[StringRecord], header: Header) -> HeaderRows {
    let usual = usual_width(rows);
    // Rows that name the columns of nothing stand for themselves.
    let said = if let Header::Said(said) = header { said } else { 0 };
    let said = if said < rows.len() { said } else { 0 };
    // Where most rows say themselves what their cells are, none of them is above the others.
    let remarks = rows.iter().filter(|row| is_remarks(row)).count();
    let may_remark = usual >= 2 && remarks * 2 < rows.len();
    let is_above = |at: usize| {
        let remarks = |row: &StringRecord| may_remark && is_remarks(row);
        let is_line = || usual >= 2 && rows.get(at).is_some_and(is_line);
        // The last row that is said to name the columns does, unless it cannot.
        rows.get(at).is_some_and(remarks) || is_line() || at + 1 != said && is_title(rows, at, usual)
    };
    let mut titles = 0;
    let most = match header {
        Header::Marked => 1,
        _ if said > 0 => said + 1,
        _ => rows.len(),
    };
    // Years over subjects over what is measured have few cells as well.
    let has_levels = |at: usize| {
        let left = rows.get(at..).unwrap_or_default();
        left.first().is_some_and(|row| !is_alone(row)) && levels(left) == LEVELS
    };
    while titles + 1 < most && is_above(titles) && !has_levels(titles) {
        titles += 1;
    }
    let left = rows.get(titles..).unwrap_or_default();
    if said > titles {
        let rows = said - titles;
        let rows = rows + usize::from(is_units_below(left, rows));
        return HeaderRows { titles, rows, is_certain: true, is_form: false, is_said: true };
    }
    // All that is said to name the columns are titles.
    let header = if said > 0 { Header::Unsaid } else { header };
    let is_form = is_form(left);
    if header == Header::Said(0) || is_form {
        // Very many, and what asks, are rows of their own.
        let asks = |row: &&StringRecord| row.get(0).is_some_and(cell::is_question);
        let is_list = left.len() >= pairs::MANY || left.iter().filter(asks).count() * 2 > left.len();
        return HeaderRows { titles, is_form: is_form || !is_list, ..HeaderRows::default() };
    }
    let (Some(first), false) = (left.first(), left.len() < 2) else {
        return HeaderRows { titles, ..HeaderRows::default() };
    };
    let is_said = header == Header::Marked;
    let levels = levels(left);
    if levels > 1 {
        let rows = levels + usize::from(is_units_below(left, levels));
        return HeaderRows { titles, rows, is_certain: true, is_form: false, is_said };
    }
    let units = usize::from(is_units_below(left, 1));
    let score = score(first, before_repeat(first, left.get(1 + units..).unwrap_or_default()));
    // A list of one column seldom has a header.
    let is_list = left.iter().all(|row| filled(row) <= 1);
    let is_one = match header {
        Header::Marked => true,
        Header::Unsaid if is_list => score >= 1.0,
        _ => score >= 0.0,
    };
    let rows = if is_one { 1 + units } else { 0 };
    HeaderRows { titles, rows, is_certain: score > 0.0, is_form: false, is_said }
}

/// The rows above one that names columns again, beginning as `header` does: another table begins there.
fn before_repeat<'r>(header: &StringRecord, rows: &'r [StringRecord]) -> &'r [StringRecord] {
    let name = header.iter().map(str::trim).find(|cell| !cell.is_empty());
    let names = |row: &StringRecord| {
        let mut filled = row.iter().map(str::trim).filter(|cell| !cell.is_empty()).peekable();
        filled.peek().copied() == name
            && filled.all(|cell| kind(cell) != CellKind::Number || cell::is_year(cell))
    };
    let end = rows.iter().position(names).filter(|&end| end > 0).unwrap_or(rows.len());
    rows.get(..end).unwrap_or_default()
}

/// Whether below so many rows of names one says in what their columns count, and others come below it.
fn is_units_below(rows: &[StringRecord], names: usize) -> bool {
    rows.len() > names + 1 && rows.get(names).is_some_and(is_row_of_units)
}

/// The column's names of header rows: those below one another joined, a name over several columns said for each.
pub(super) fn names(rows: &[StringRecord]) -> Vec<String> {
    let width = rows.iter().map(StringRecord::len).max().unwrap_or(0);
    let mut names = vec![String::new(); width];
    for (level, row) in rows.iter().enumerate() {
        if level > 0 && is_row_of_units(row) {
            for (name, unit) in names.iter_mut().zip(row) {
                *name = if name.is_empty() { String::new() } else { unit::named(name, unit) };
            }
            continue;
        }
        let below = || rows.iter().skip(level + 1).filter(|below| !is_row_of_units(below));
        let above = level.checked_sub(1).and_then(|above| rows.get(above));
        let mut over = "";
        for (column, name) in names.iter_mut().enumerate() {
            let own = row.get(column).unwrap_or_default().trim();
            // A name of the row above ends those below the one before it.
            let is_begun =
                || above.and_then(|above| above.get(column)).is_some_and(|upper| !upper.trim().is_empty());
            if !own.is_empty() || is_begun() {
                over = own;
            }
            // A name goes on to the right only where a lower one tells the columns apart.
            let has_lower =
                below().filter_map(|below| below.get(column)).any(|lower| !lower.trim().is_empty());
            let part = if own.is_empty() && has_lower { over } else { own };
            let part = part.split_whitespace().collect::<Vec<_>>().join(" ");
            if part.is_empty() || *name == part || name.ends_with(&format!(" {part}")) {
                continue;
            }
            if !name.is_empty() {
                name.push(' ');
            }
            name.push_str(&part);
        }
    }
    names
}

/// Whether the row stands above the table proper: it has few cells, or one that is spread.
fn is_title(rows: &[StringRecord], at: usize, usual: usize) -> bool {
    let (Some(row), Some(next)) = (rows.get(at), rows.get(at + 1)) else { return false };
    if is_spread(row) && !is_spread(next) && usual >= 2 {
        // 学费 over the columns 本科 and 专科 is a name; over nothing but its own table it is a title.
        return filled(row) >= filled(next) || filled(row) > 2;
    }
    if usual == 2 && filled(row) == 1 && row.get(1).is_some_and(|cell| !cell.trim().is_empty()) {
        // 金额 beside an empty corner is the name of a column, unless the names stand below it.
        return score(next, rows.get(at + 2..).unwrap_or_default()) > 0.0;
    }
    let cells = runs(row);
    // 单位：人 and 制表日期：… are remarks, even where they are half as many as the columns.
    let is_remark = row.iter().any(says);
    if cells >= usual || (cells > 1 && (cells * 2 > usual || cells * 2 == usual && !is_remark)) {
        return false;
    }
    // Fewer cells may be names over several columns.
    !(cells > 1 && is_upper(row, next, rows.get(at + 2)))
}

/// How many of the first rows name the columns together: groups of groups over groups of columns. 1 where no more than one does.
fn levels(rows: &[StringRecord]) -> usize {
    if let [first, second, third, body, ..] = rows
        && is_over_groups(first, second, third, body)
    {
        return LEVELS;
    }
    let mut levels = 1;
    while let [upper, lower, ..] = rows.get(levels - 1..).unwrap_or_default()
        && levels < LEVELS
        && rows.len() > levels + 1
        && !is_row_of_units(lower)
        && is_upper(upper, lower, rows.get(levels + 1))
    {
        levels += 1;
    }
    levels
}

/// Whether three rows name columns, of which each cell stands over the first of those it holds for: years over subjects over what is
/// measured. `body` is the row below them.
fn is_over_groups(
    first: &StringRecord,
    second: &StringRecord,
    third: &StringRecord,
    body: &StringRecord,
) -> bool {
    let is_name = |cell: &str| {
        (kind(cell) != CellKind::Number || cell::is_year(cell))
            && cell.chars().count() <= cell::MAX_NAME
            && !says(cell)
    };
    let at = |row: &StringRecord, column: usize| row.get(column).is_some_and(|cell| !cell.trim().is_empty());
    let width = third.len().max(second.len()).max(first.len());
    // What holds for one column alone has nothing below it; all else stands over a cell of the row below.
    let is_held = |column: usize| {
        let (up, middle, low) = (at(first, column), at(second, column), at(third, column));
        (middle || !up || !low) && (low || !middle) && (up || middle || low || !at(body, column))
    };
    let groups = |row: &StringRecord| row.iter().skip(1).filter(|cell| !cell.trim().is_empty()).count();
    let is_number = |column: usize| {
        at(third, column) && body.get(column).is_some_and(|cell| kind(cell) == CellKind::Number)
    };
    [first, second, third].iter().all(|row| row.iter().map(str::trim).all(is_name))
        && groups(first) > 0
        && groups(first) < groups(second)
        && groups(second) < groups(third)
        && (0..width).all(is_held)
        && (repeats(third) || (0..width).any(is_number))
}

/// Whether `upper` names groups of the columns that `lower` names.
fn is_upper(upper: &StringRecord, lower: &StringRecord, below: Option<&StringRecord>) -> bool {
    if filled(lower) < 2
        || is_spread(upper) && upper.len() == filled(upper) && filled(lower) >= upper.len() && below.is_none()
    {
        return false;
    }
    let names = |row: &StringRecord| {
        row.iter().all(|cell| {
            (kind(cell) != CellKind::Number || cell::is_year(cell))
                && cell.trim().chars().count() <= cell::MAX_NAME
        })
    };
    if !names(upper) || !names(lower) || upper.iter().any(says) {
        return false;
    }
    let up = |column: usize| upper.get(column).unwrap_or_default().trim();
    let low = |column: usize| lower.get(column).unwrap_or_default().trim();
    // What is named over both rows names the rows. 合格 below 合格 elsewhere are values.
    let mut merged = !up(0).is_empty() && (low(0).is_empty() || low(0) == up(0));
    let (mut spread, mut gap, mut emptied) = (false, false, false);
    for column in 1..upper.len().max(lower.len()) {
        emptied |= !up(column).is_empty() && low(column).is_empty();
        let differs = !low(column).is_empty() && low(column) != low(column - 1);
        if !up(column).is_empty() && up(column) == up(column - 1) && differs {
            // No column of a group has the group's name.
            if low(column) == up(column) || low(column - 1) == up(column) {
                return false;
            }
            spread = true;
        }
        gap |= up(column).is_empty() && !up(column - 1).is_empty() && !low(column - 1).is_empty() && differs;
    }
    let repeats = repeats_groups(upper, lower);
    let numbers_below = below.is_some_and(|below| {
        let are = |column: usize| {
            kind(below.get(column).unwrap_or_default()) == CellKind::Number
                && kind(low(column)) == CellKind::Text
        };
        (0..lower.len()).any(are)
    });
    let is_group = spread && (merged || repeats || numbers_below);
    merged |= emptied;
    is_group || gap && (merged || repeats) && below.is_some()
}

/// Whether columns below one name are called as those below another one.
fn repeats_groups(upper: &StringRecord, lower: &StringRecord) -> bool {
    let cell = |row: &StringRecord, column: usize| row.get(column).unwrap_or_default().trim().to_owned();
    let begins = |column: usize| {
        let name = cell(upper, column);
        !name.is_empty() && (column == 0 || name != cell(upper, column - 1))
    };
    let mut seen = BTreeSet::new();
    (0..lower.len().saturating_sub(1)).filter(|column| begins(*column) && !begins(*column + 1)).any(
        |column| {
            let (first, second) = (cell(lower, column), cell(lower, column + 1));
            !first.is_empty() && !second.is_empty() && first != second && !seen.insert((first, second))
        },
    )
}

/// Whether two of its cells say the same.
fn repeats(row: &StringRecord) -> bool {
    let mut names: Vec<&str> = row.iter().map(str::trim).filter(|cell| !cell.is_empty()).collect();
    names.sort_unstable();
    names.windows(2).any(|pair| pair.first() == pair.last())
}

/// How much speaks for a row to be the header of the rows below it; below zero it is none.
pub(super) fn score(row: &StringRecord, below: &[StringRecord]) -> f64 {
    let below = below.get(..BELOW).unwrap_or(below);
    let is_series = is_series(row, below);
    let mut held = BTreeSet::new();
    let mut score = 0.0;
    for (column, name) in row.iter().enumerate() {
        let name = name.trim();
        if name.is_empty() {
            continue;
        }
        let values: Vec<&str> = below.iter().filter_map(|row| row.get(column)).map(str::trim).collect();
        let values: Vec<&str> = values.into_iter().filter(|value| kind(value) != CellKind::Empty).collect();
        let are_mostly = |is: &dyn Fn(&str) -> bool| {
            let count = values.iter().filter(|value| is(value)).count();
            !values.is_empty() && count * 10 >= values.len() * 6
        };
        let mostly_numbers = are_mostly(&|value| kind(value) == CellKind::Number);
        let has_digit = |text: &str| text.contains(|c: char| c.is_ascii_digit());
        score += match kind(name) {
            CellKind::Text if mostly_numbers => 2.0,
            // 教室 above A101.
            CellKind::Text if !has_digit(name) && are_mostly(&|value| has_digit(value)) => 0.5,
            CellKind::Number if is_series => 0.5,
            CellKind::Number if cell::is_year(name) && !values.iter().any(|value| cell::is_year(value)) => {
                0.5
            }
            CellKind::Number if mostly_numbers => -3.0,
            CellKind::Number => -1.5,
            _ => 0.0,
        };
        score += f64::from(u8::from(cell::is_label(name)));
        // Two columns of one name may both hold it: 学校 below 学校 beside 学校.
        if values.contains(&name) && (!cell::is_label(name) || held.insert(name)) {
            score -= 2.0;
        }
        if cell::is_failure(name) || cell::is_value(name) && are_mostly(&cell::is_value) {
            score -= 3.0;
        }
        if kind(name) == CellKind::Text && !cell::is_label(name) {
            score += likeness(name, &values, is_counted(row, column));
        }
        if name.chars().count() > cell::MAX_NAME || name.contains(['。', '；', '？', '?']) {
            score -= 1.5;
        }
        let chars: usize = values.iter().map(|value| value.chars().count()).sum();
        if !values.is_empty() && chars >= 3 * values.len() * name.chars().count() {
            score += 0.5;
        }
    }
    score
}

/// Whether a row looks like those below it, each of its cells about as long as theirs are: it may be one of them.
pub(super) fn is_alike(row: &StringRecord, below: &[StringRecord]) -> bool {
    let below = below.get(..BELOW).unwrap_or(below);
    let length = |cell: &str| cell.trim().chars().count();
    let is_alike = |(column, name): (usize, &str)| {
        let values = below.iter().filter_map(|row| row.get(column)).map(length).filter(|length| *length > 0);
        let (count, all) = values.fold((0, 0), |(count, all), length| (count + 1, all + length));
        let as_long = length(name) * count;
        as_long == 0 || as_long * 2 > all && as_long < all * 2
    };
    below.len() > 1 && row.iter().enumerate().all(is_alike)
}

/// How much a word looks like a name of what stands below it (above zero), or like one more of it. `is_counted`: whether the row counts
/// its columns.
fn likeness(name: &str, values: &[&str], is_counted: bool) -> f64 {
    let are_mostly = |is: &dyn Fn(&&&str) -> bool| {
        let count = values.iter().filter(is).count();
        values.len() > 1 && count * 10 >= values.len() * 8
    };
    let has_digit = |text: &str| text.contains(|c: char| c.is_ascii_digit());
    let shape = cell::counted(name);
    let is_person = cell::is_person(name);
    if cell::is_of_their_kind(name, values) {
        -1.5
    } else if is_counted {
        0.0
    } else if shape.contains('9') && are_mostly(&|value| cell::counted(value) == shape) {
        // 第一步 above 第二步.
        -2.0
    } else if are_mostly(&|value| cell::is_person(value)) {
        if is_person { -1.5 } else { 1.0 }
    } else if has_digit(name) && are_mostly(&|value| has_digit(value)) {
        -1.0
    } else if values.len() > 2 && values.iter().all(|value| value.len() > name.len() && value.ends_with(name))
    {
        // 学院 above 信息学院.
        1.5
    } else if values.len() > 3 && values.iter().collect::<BTreeSet<_>>().len() * 2 <= values.len() {
        // 民族 above a column of 汉 and 回.
        0.5
    } else {
        0.0
    }
}

/// Whether a name counts its column, as its neighbours do: 方案1 beside 方案2.
fn is_counted(row: &StringRecord, column: usize) -> bool {
    let shape = |at: usize| row.get(at).map(cell::counted).filter(|shape| shape.contains('9'));
    let own = shape(column);
    let neighbours = [column.checked_sub(1), Some(column + 1)].into_iter().flatten();
    own.is_some() && neighbours.into_iter().any(|at| shape(at) == own)
}

/// Whether the numbers of a row name columns, behind what names the rows: months, sizes, lessons. They are of one shape that what
/// stands below them has not, or rise.
fn is_series(row: &StringRecord, below: &[StringRecord]) -> bool {
    let is_number = |(_, cell): &(usize, &str)| kind(cell) == CellKind::Number;
    let numbers: Vec<(usize, &str)> = row.iter().map(str::trim).enumerate().filter(is_number).collect();
    let shapes: BTreeSet<String> = numbers.iter().map(|(_, number)| cell::shape(number)).collect();
    let has_unit = |(_, number): &(usize, &str)| number.contains(char::is_alphabetic);
    // 1月 and 2月 need no name before them.
    let starts_with_name = numbers.first().is_some_and(|first| first.0 > 0 || has_unit(first));
    let (Some(shape), 2.., 1, true) = (shapes.first(), numbers.len(), shapes.len(), starts_with_name) else {
        return false;
    };
    let values = |row: &StringRecord| -> Vec<String> {
        let of = |(column, _): &(usize, &str)| row.get(*column).unwrap_or_default().trim().to_owned();
        numbers.iter().map(of).collect()
    };
    let below: Vec<Vec<String>> = below.iter().map(values).collect();
    let filled = || below.iter().flatten().filter(|value| kind(value) != CellKind::Empty);
    let differ = filled().filter(|value| cell::shape(value) != *shape).count();
    if filled().next().is_some() && differ * 10 >= filled().count() * 8 {
        return true;
    }
    let names: Vec<String> = numbers.iter().map(|(_, number)| (*number).to_owned()).collect();
    let is_named = row
        .iter()
        .take(1)
        .any(|cell| cell.trim().is_empty() || cell::is_label(cell) || cell.contains(['(', '（', '/', '\\']));
    let steps = steps(&names).unwrap_or_default();
    let rise = !steps.is_empty() && steps.iter().all(|step| *step > 0);
    let is_even = |steps: &BTreeSet<i64>| steps.len() == 1 && steps.first().is_some_and(|step| *step > 0);
    let are_years = steps.first() == Some(&1) && names.iter().all(|name| cell::is_year(name));
    let rises_below = || below.iter().any(|values| self::steps(values).is_some_and(|steps| is_even(&steps)));
    // Three scores in a table without a header may rise by chance.
    rise && (is_named || is_even(&steps) && (are_years || names.len() > 3) && !rises_below())
}

/// The steps from each number to the next; `None` where not all are whole numbers.
fn steps(numbers: &[String]) -> Option<BTreeSet<i64>> {
    // All have one unit.
    let digits = |number: &String| cell::whole(number.trim_end_matches(char::is_alphabetic));
    let numbers: Vec<i64> = numbers.iter().map(digits).collect::<Option<_>>()?;
    Some(numbers.windows(2).filter_map(|pair| Some(pair.get(1)? - pair.first()?)).collect())
}

#[cfg(test)]
mod tests;
