//! A form has each name beside its value: 姓名 张三, or 姓名 张三 性别 男, or 电话 010 工作日 with a remark behind it.

use std::collections::BTreeSet;

use csv::StringRecord;

use super::cell::{self, CellKind, kind};
use super::row::{cells, filled, runs};

/// Rows and characters of a name of a form whose names are not known to be some.
const FEWEST: usize = 4;
const MAX_NAME: usize = 10;

/// What stands where in rows that may be a form.
#[derive(Default)]
struct FormCells {
    names: usize,
    /// Names that are known to be some.
    named: usize,
    values: usize,
    /// Names in the first column that are numbers, as those of rows may be.
    numbers: usize,
    /// Values that are names elsewhere.
    wrong: usize,
    /// How many names each column of names has, and how many of them are known.
    places: Vec<(usize, usize)>,
}

/// Whether names stand beside their values, filled in or not.
pub(super) fn is_form(rows: &[StringRecord]) -> bool {
    let width = rows.iter().map(StringRecord::len).max().unwrap_or(0);
    // A table may stand in a form, or below it.
    let end = rows.iter().skip(1).position(is_head).map_or(rows.len(), |at| at + 1);
    let rows = rows.get(..end).unwrap_or_default();
    // A name over the whole width is the title of a part.
    let rows: Vec<&StringRecord> =
        rows.iter().filter(|row| runs(row) > 1 || cells(row).all(cell::is_label)).collect();
    if width < 2 || (rows.len() < 2 && width < 4) {
        return false;
    }
    if is_remarked_form(&rows) {
        return true;
    }
    let mut count = FormCells::default();
    for row in &rows {
        count.add(row);
    }
    // A header with a column of names below it has some beside each other as well.
    let mut first = FormCells::default();
    first.add(rows.first().unwrap_or(&&StringRecord::new()));
    if first.wrong > 0 || count.wrong * 5 > count.values || count.numbers * 5 > rows.len() {
        return false;
    }
    // Names that are known in half of the cells, in each of several columns, are less by chance than in one.
    let are_spread = count.places.len() > 1
        && count.wrong == 0
        && count.places.iter().all(|(all, labels)| labels * 10 >= all * 4);
    count.named >= 2 && count.named * 10 >= count.names * 6
        || count.named >= 3 && count.named * 2 >= count.names && are_spread
        || are_pairs(&rows, &count)
        || is_list(&rows, &count)
}

/// Whether a row of a form names the columns of a table in it: 教育经历 起止时间 学校 专业. What they all belong to stands first, and need
/// not be a usual name.
pub(super) fn is_head(row: &StringRecord) -> bool {
    let first = cells(row).next().unwrap_or_default();
    let names = || cells(row).skip_while(|cell| *cell == first);
    runs(row) > 2 && kind(first) == CellKind::Text && names().count() > 1 && names().all(cell::is_label)
}

/// Whether a row below a table of so many columns in a form is the form's own: a name with one value spread over all the rest, with none,
/// or two names each with its value.
pub(super) fn is_pair(row: &StringRecord, width: usize) -> bool {
    let mut parts: Vec<(&str, usize)> = Vec::new();
    for cell in row.iter().map(str::trim) {
        match parts.last_mut() {
            Some((last, cells)) if *last == cell => *cells += 1,
            _ => parts.push((cell, 1)),
        }
    }
    if parts.last().is_some_and(|(last, _)| last.is_empty()) {
        parts.pop();
    }
    let Some(&(name, _)) = parts.first().filter(|(name, _)| kind(name) == CellKind::Text) else {
        return false;
    };
    let is_known = cell::is_label(name);
    let all: usize = parts.iter().map(|(_, cells)| cells).sum();
    match parts.as_slice() {
        [_] => is_known && filled(row) == 1 && row.len() > 1,
        // The same number in each column may be the row's own.
        [_, (value, cells)] => {
            *cells > 1 && all >= width && !value.is_empty() && (is_known || kind(value) != CellKind::Number)
        }
        [_, (value, _), (second, _), (other, _)] => {
            is_known && cell::is_label(second) && !cell::is_label(value) && !cell::is_label(other)
        }
        _ => false,
    }
}

/// Whether some rows have a remark behind the value of their one name, and none a second name.
pub(super) fn has_remarks(rows: &[StringRecord]) -> bool {
    let rows: Vec<&StringRecord> = rows.iter().filter(|row| runs(row) > 1).collect();
    let names = rows.iter().filter_map(|row| row.get(2)).filter(|cell| cell::is_label(cell)).count();
    is_remarked_form(&rows) && names == 0
}

/// Whether rows of three cells are a name, its value and a remark.
fn is_remarked_form(rows: &[&StringRecord]) -> bool {
    let cell = |row: &&StringRecord, column: usize| row.get(column).unwrap_or_default().trim().to_owned();
    let widest = rows.iter().map(|row| filled(row)).max().unwrap_or(0);
    if rows.len() < 3 || widest != 3 || rows.iter().any(|row| filled(row) < 2 || !cell(row, 3).is_empty()) {
        return false;
    }
    let names: BTreeSet<String> = rows.iter().map(|row| cell(row, 0)).collect();
    let named = names.iter().filter(|name| cell::is_label(name)).count();
    let others = || rows.iter().flat_map(|row| [cell(row, 1), cell(row, 2)]);
    let wrong = others().filter(|cell| cell::is_label(cell)).count();
    let numbers = rows.iter().filter(|row| kind(&cell(row, 1)) == CellKind::Number).count();
    // 学制, 学费 and 学位 below one another are the names of a table that lies on its side, of whichever header.
    let are_mixed = numbers > 0 && numbers < rows.len();
    names.len() == rows.len() && named * 10 >= names.len() * 6 && wrong == 0 && are_mixed
}

/// Whether columns of names, none of which comes twice, stand beside columns of values, though half of the names are not known to be
/// some.
fn are_pairs(rows: &[&StringRecord], count: &FormCells) -> bool {
    let width = rows.iter().map(|row| row.len()).max().unwrap_or(0);
    if width != 4 || rows.len() < 3 || count.wrong > 0 || count.named < 2 || count.named * 4 < count.names {
        return false;
    }
    let at = |column: usize| {
        rows.iter().filter_map(move |row| row.get(column)).map(str::trim).filter(|cell| !cell.is_empty())
    };
    let names: Vec<&str> = at(0).chain(at(2)).collect();
    let are_names = names.iter().all(|name| {
        name.chars().count() <= MAX_NAME
            && kind(name) == CellKind::Text
            && !name.contains(|c: char| c.is_ascii_digit())
    });
    let values: BTreeSet<&str> = at(1).chain(at(3)).collect();
    let (one, other) = (at(1).count(), at(3).count());
    are_names
        && names.iter().collect::<BTreeSet<_>>().len() == names.len()
        // What is under one name is seldom the same twice.
        && values.len() * 5 >= (one + other) * 4
        && !names.iter().any(|name| values.contains(name))
}

impl FormCells {
    fn add(&mut self, row: &StringRecord) {
        let mut before = "";
        let mut place = 0;
        for cell in row.iter().map(str::trim) {
            // A cell spread over several columns counts once.
            if !cell.is_empty() && cell == before {
                continue;
            }
            before = cell;
            let (all, labels) = if place % 2 == 0 {
                (&mut self.names, &mut self.named)
            } else {
                (&mut self.values, &mut self.wrong)
            };
            let (is_filled, is_label) = (usize::from(!cell.is_empty()), usize::from(cell::is_label(cell)));
            *all += is_filled;
            *labels += is_label;
            if place % 2 == 0 {
                self.numbers += usize::from(place == 0 && kind(cell) == CellKind::Number);
                self.places.resize(self.places.len().max(place / 2 + 1), (0, 0));
                if let Some((all, labels)) = self.places.get_mut(place / 2) {
                    *all += is_filled;
                    *labels += is_label;
                }
            }
            place += 1;
        }
    }
}

/// Whether two columns are names with values of many kinds. In a table a column holds one kind of thing.
fn is_list(rows: &[&StringRecord], count: &FormCells) -> bool {
    if rows.iter().any(|row| filled(row) > 2 || row.iter().skip(2).any(|cell| !cell.trim().is_empty())) {
        return false;
    }
    let value = |row: &&StringRecord| row.get(1).unwrap_or_default().trim().to_owned();
    let is_number = |row: &&&StringRecord| kind(&value(row)) == CellKind::Number;
    let below = rows.get(1..).unwrap_or_default();
    let numbers = below.iter().filter(is_number).count();
    let texts = below.iter().filter(|row| kind(&value(row)) == CellKind::Text).count();
    // 计划数 above 60 and 40 names them.
    let is_named = rows.first().is_some_and(|row| kind(&value(row)) == CellKind::Text)
        && numbers * 10 >= (numbers + texts) * 6;
    if is_named || count.wrong > 0 {
        return false;
    }
    let is_partly_known = count.named >= 2 && count.named * 10 >= count.names * 3;
    let mut names: Vec<&str> = rows.iter().map(|row| row.get(0).unwrap_or_default().trim()).collect();
    let are_names = names
        .iter()
        .all(|name| !name.is_empty() && name.chars().count() <= MAX_NAME && kind(name) == CellKind::Text);
    names.sort_unstable();
    let are_distinct = names.windows(2).all(|pair| pair.first() != pair.last());
    let are_mixed =
        rows.len() >= FEWEST && numbers >= 2 && texts >= 2 && numbers.min(texts) * 10 >= below.len() * 3;
    are_names && are_distinct && (is_partly_known || are_mixed)
}

/// The names of a row that each end in a colon, with what stands right of each: 开户行： | 甲银行 | | 账号： | 0200. `None` where it is no such
/// row, or one that adds up others: what it adds up stands below the names of columns.
pub(super) fn named(row: &StringRecord) -> Option<Vec<(&str, Vec<&str>)>> {
    let mut pairs: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut before = "";
    for cell in row.iter().map(str::trim) {
        // A cell spread over several columns counts once.
        let is_same = !cell.is_empty() && cell == before;
        before = cell;
        match pairs.last_mut() {
            _ if is_same => {}
            _ if cell.ends_with(['：', ':']) && cell::is_label(cell) && kind(cell) == CellKind::Text => {
                pairs.push((cell, Vec::new()));
            }
            Some((_, values)) if !cell.is_empty() => values.push(cell),
            None if cell.is_empty() => {}
            // A value stands beside its name.
            Some((_, values)) if !values.is_empty() => {}
            _ => return None,
        }
    }
    let is_total = pairs.first().is_none_or(|(name, _)| cell::is_total(name));
    (!is_total && pairs.iter().all(|(_, values)| !values.is_empty())).then_some(pairs)
}

/// The name of a row of three cells with its value and the remark on it.
pub(super) fn remarked(row: &StringRecord) -> String {
    let mut cells = cells(row);
    let name = cells.next().unwrap_or_default().trim_end_matches([':', '：']);
    let values: Vec<&str> = cells.collect();
    if values.is_empty() { name.to_owned() } else { format!("{name}: {}", values.join(" | ")) }
}

/// A row's names with their values, one a line.
pub(super) fn lines(row: &StringRecord) -> String {
    let mut cells = row.iter().map(str::trim).peekable();
    let mut lines = String::new();
    while let Some(name) = cells.next() {
        // A name spread over several columns.
        while !name.is_empty() && cells.next_if_eq(&name).is_some() {}
        let Some(value) = cells.next() else {
            if !name.is_empty() {
                lines.push_str(name);
                lines.push('\n');
            }
            break;
        };
        while !value.is_empty() && cells.next_if_eq(&value).is_some() {}
        let line = match (name.is_empty(), value.is_empty()) {
            (true, true) => continue,
            (true, false) => value.to_owned(),
            (false, true) => name.to_owned(),
            (false, false) => format!("{}: {value}", name.trim_end_matches([':', '：'])),
        };
        lines.push_str(&line);
        lines.push('\n');
    }
    lines.truncate(lines.trim_end().len());
    lines
}

#[cfg(test)]
mod tests;
