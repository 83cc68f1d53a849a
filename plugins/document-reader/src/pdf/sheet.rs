//! A sheet is a page as it is laid out: its lines, its tables and the rules that are drawn between them.

use super::flow::first_part;
use super::line::{Line, join};
use super::rule::Rules;
use super::{aligned, glued, grid, order, turned};
use crate::grid::one_header;

/// How far the columns of a table may be moved on its next page, in points.
const SAME_COLUMN: f64 = 6.0;
/// Most lines of a page that are looked at for tables and columns; a page with more is read as it is drawn.
const MAX_LINES: usize = 20_000;

/// What stands on a page, each thing with its neighbours in the order they are read in.
pub(super) struct Sheet {
    pub(super) items: Vec<Item>,
    pub(super) rules: Rules,
    /// How wide and high the page is as it is shown.
    pub(super) size: (f64, f64),
    /// Whether it has pictures or drawings.
    pub(super) has_pictures: bool,
}

#[derive(Debug)]
pub(super) enum Item {
    Line(Line),
    Table(PageGrid),
}

/// Rows of a table.
#[derive(Debug)]
pub(super) struct PageGrid {
    /// Lines over all columns above the rows.
    pub(super) titles: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    /// How much room the last lines of its last row's cells have left, in sizes of their fonts, where rules say it and the text wraps.
    pub(super) rooms: Vec<Option<f64>>,
    /// Whether its first row is sure to name the columns.
    pub(super) has_header: bool,
    /// Whether the page itself says so: it sets the row apart, or says it again.
    is_marked: bool,
    /// Where each column starts, and where the last one ends.
    pub(super) columns: Vec<f64>,
    pub(super) right: f64,
    /// Whether it may be read as lines of cells as well: nothing says what its columns are.
    pub(super) is_loose: bool,
    /// From where to where it reaches on the page.
    pub(super) top: f64,
    pub(super) bottom: f64,
}

impl Sheet {
    pub(super) fn new(lines: Vec<Line>, rules: Rules, size: (f64, f64)) -> Self {
        Self { items: lines.into_iter().map(Item::Line).collect(), rules, size, has_pictures: false }
    }

    /// Finds the tables, and the order in which all of it is read.
    pub(super) fn lay_out(&mut self) {
        if self.number() <= MAX_LINES {
            turned::find(self);
            grid::find(self);
            glued::part(self);
            self.number();
            aligned::find(self);
            order::sort(&mut self.items);
        }
        self.rules = Rules::default();
        for item in &mut self.items {
            if let Item::Line(line) = item {
                line.laid_out();
            }
        }
    }

    /// Numbers the lines as they were drawn; how many they are.
    pub(super) fn number(&mut self) -> usize {
        let mut number = 0;
        for item in &mut self.items {
            if let Item::Line(line) = item {
                line.drawn = number;
                number += 1;
            }
        }
        number
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = &Line> {
        self.items.iter().filter_map(|item| match item {
            Item::Line(line) => Some(line),
            Item::Table(_) => None,
        })
    }

    /// Takes out the lines that stand for a part of the page, with their places among its items.
    pub(super) fn take_lines(&mut self, mut wanted: impl FnMut(&Line) -> bool) -> (Vec<Line>, usize) {
        let mut taken = Vec::new();
        let mut rest = Vec::with_capacity(self.items.len());
        let mut place = None;
        for item in std::mem::take(&mut self.items) {
            match item {
                Item::Line(line) if wanted(&line) => {
                    place.get_or_insert(rest.len());
                    taken.push(line);
                }
                item => rest.push(item),
            }
        }
        self.items = rest;
        (taken, place.unwrap_or(self.items.len()))
    }

    /// Whether something stands left or right of a line, near enough to be what it is about.
    pub(super) fn has_beside(&self, line: &Line) -> bool {
        self.lines().any(|other| is_beside(other, line) || is_beside(line, other))
    }

    /// Puts a line that was not drawn with the others beside what stands left or right of it, else above what stands below.
    pub(super) fn insert(&mut self, line: Line) {
        let place = |wanted: &dyn Fn(&Line) -> bool| {
            self.items.iter().position(|item| matches!(item, Item::Line(other) if wanted(other)))
        };
        let label =
            self.items.iter().rposition(|item| matches!(item, Item::Line(other) if is_beside(other, &line)));
        let place = label
            .map(|label| label + 1)
            .or_else(|| place(&|other| is_beside(&line, other)))
            .or_else(|| {
                place(&|other| other.goes(line.direction) && other.height < line.height - 0.3 * line.size)
            })
            .unwrap_or(self.items.len());
        self.items.insert(place, Item::Line(line));
    }
}

/// Whether the other stands right of it, at the same height and not far.
fn is_beside(one: &Line, other: &Line) -> bool {
    one.is_level(other) && one.start <= other.start && other.start - one.end < 12.0 * one.size.max(other.size)
}

impl PageGrid {
    /// `is_marked` says that the page itself sets the first row apart.
    pub(super) fn new(
        mut rows: Vec<Vec<String>>,
        columns: Vec<f64>,
        (top, bottom): (f64, f64),
        is_marked: bool,
    ) -> Self {
        join_header_rows(&mut rows);
        let (has_names, is_form) = (has_header(&rows), is_form(&rows));
        // Names beside their values may look like names above numbers, and the host can tell which they are.
        let has_header = is_marked || has_names && !is_form;
        let is_loose = !has_header && !has_names && is_form;
        let right = columns.last().copied().unwrap_or_default();
        Self {
            titles: Vec::new(),
            rows,
            rooms: Vec::new(),
            has_header,
            is_marked,
            columns,
            right,
            is_loose,
            top,
            bottom,
        }
    }

    /// Takes these as the names of its columns, which stand above its rows.
    pub(super) fn take_header(&mut self, names: Vec<String>) {
        self.rows.insert(0, names);
        (self.has_header, self.is_marked, self.is_loose) = (true, true, false);
    }

    /// Whether a line says the names of its columns.
    pub(super) fn is_named(&self, line: &str) -> bool {
        let plain = |text: &str| text.split_whitespace().collect::<String>();
        self.has_header && self.rows.first().is_some_and(|names| plain(&names.concat()) == plain(line))
    }

    /// Gives it the header of the table on the page before, which it goes on with. False where it goes on with none.
    pub(super) fn go_on(&mut self, before: &mut Self) -> bool {
        let is_like = before.has_header && self.is_like(before);
        let Some(header) = before.rows.first().filter(|_| is_like).cloned() else { return false };
        self.part_names(&header);
        let is_said = self.rows.first() == Some(&header);
        if self.has_header && !is_said {
            return false;
        }
        if !is_said {
            self.rows.insert(0, header);
        }
        (self.has_header, self.is_loose) = (true, false);
        self.is_marked |= is_said || before.is_marked;
        before.is_marked |= is_said;
        before.end_row(&mut self.rows, 1, false);
        if self.rows.len() < 2 {
            before.rooms = std::mem::take(&mut self.rooms);
        }
        true
    }

    /// Takes the rows of the table on the next page, where they are rows of this one and no row is sure to be the header:
    /// what names the columns stands here only. False where it takes none.
    pub(super) fn takes(&mut self, next: &mut Self) -> bool {
        let is_next = !self.has_header && !next.has_header && !self.is_loose && next.is_like(self);
        if is_next {
            let first = self.rows.first().cloned();
            next.part_names(first.as_deref().unwrap_or_default());
            // What names the columns, in one row or more, is said again above the rest of the last row.
            let said = self.rows.iter().zip(&next.rows).take_while(|(own, again)| own == again).count();
            if said < self.rows.len() {
                self.end_row(&mut next.rows, said, said > 0);
            }
            let titles = next.titles.drain(..).filter(|title| !self.titles.contains(title));
            self.rooms = std::mem::take(&mut next.rooms);
            self.rows.extend(titles.map(|title| vec![title]));
            self.rows.extend(next.rows.drain(..).filter(|row| Some(row) != first.as_ref()));
        }
        is_next
    }

    /// Parts its first row from names of its columns that stand above it in the same cells: some programs draw no rule between the
    /// names that a page says again and the rest of a row, which has nothing in the first column.
    fn part_names(&mut self, names: &[String]) {
        let Some(first) = self.rows.first_mut() else { return };
        if first.len() != names.len() || first.first() != names.first() || first == names {
            return;
        }
        let below = |(cell, name): (&String, &String)| {
            let rest = cell.strip_prefix(name.as_str()).filter(|_| !name.is_empty() && !is_number(name))?;
            Some(rest.trim_start().to_owned())
        };
        if let Some(rest) = first.iter().zip(names).map(below).collect() {
            *first = rest;
            self.rows.insert(0, names.to_vec());
        }
    }

    /// Takes the rest of its last row from those of the next page, where it is there: some cells that go on, and nothing in the
    /// first column. More than half of them do, or some below names that are said again, where none had room for what it goes on with:
    /// a row below a name for several has cells as well.
    fn end_row(&mut self, next: &mut Vec<Vec<String>>, at: usize, is_named_again: bool) {
        let Some((rest, last)) = next.get(at).zip(self.rows.last_mut()) else { return };
        let goes_on = |(cell, above): (&String, &String)| {
            cell.is_empty() || !above.is_empty() && !is_number(cell) && !above.ends_with(['。', '；'])
        };
        let filled = rest.iter().filter(|cell| !cell.is_empty()).count();
        let room = |at: usize| self.rooms.get(at).copied().flatten();
        let is_torn = |(cell, at): (&String, usize)| {
            cell.is_empty() || room(at).is_some_and(|room| room < first_part(cell))
        };
        let is_rest = rest.len() == last.len()
            && rest.first().is_some_and(String::is_empty)
            && (1..).contains(&filled)
            && (!is_named_again && filled * 2 <= rest.len() || rest.iter().zip(0..).all(is_torn))
            && rest.iter().zip(last.iter()).all(goes_on);
        if is_rest {
            for (cell, rest) in last.iter_mut().zip(next.remove(at)) {
                join(cell, &rest);
            }
        }
    }

    /// The lines above it and its rows, and how many of them name the columns, with those lines. Of two columns the host knows
    /// more, where the page says nothing: 周一 beside 闭馆 stands above numbers as names do.
    pub(super) fn into_rows(self) -> (Vec<Vec<String>>, Option<u32>) {
        let columns = self.rows.first().map_or(0, Vec::len);
        let is_sure = self.has_header && (self.is_marked || columns > 2);
        let header = u32::try_from(self.titles.len() + 1).ok().filter(|_| is_sure);
        (self.titles.into_iter().map(|title| vec![title]).chain(self.rows).collect(), header)
    }

    fn is_like(&self, other: &Self) -> bool {
        self.columns.len() == other.columns.len()
            && self.columns.iter().zip(&other.columns).all(|(one, other)| (one - other).abs() < SAME_COLUMN)
    }
}

/// Whether names may stand beside what they name, as in a form of four columns. Of two the host knows more: it knows the
/// names that forms have.
fn is_form(rows: &[Vec<String>]) -> bool {
    let columns = rows.first().map_or(0, Vec::len);
    let is_name = |cell: &String| !is_number(cell) && cell.chars().count() <= 10;
    columns > 2
        && columns.is_multiple_of(2)
        && rows.iter().all(|row| row.iter().step_by(2).all(is_name))
        && rows.iter().flatten().any(|cell| is_number(cell))
}

/// A header of two rows, the first with names of several columns at once, becomes one row.
fn join_header_rows(rows: &mut Vec<Vec<String>>) {
    let [first, second, _, ..] = rows.as_slice() else { return };
    let over = |cells: &[&[String]]| matches!(cells, [[one, other], below] if !one.is_empty() && one == other && !below.contains(one));
    // No column of a group has the group's name: 合格 above 合格 are values.
    let spans = first.windows(2).zip(second.windows(2)).any(|(two, below)| over(&[two, below]));
    if !spans || second.iter().any(|cell| is_number(cell)) || first.iter().any(|cell| is_number(cell)) {
        return;
    }
    one_header(rows, 2);
}

/// Whether the first of three rows names the columns, but that one of the two numbers that would show it is not there: all other
/// cells are.
pub(super) fn lacks_number(rows: &[Vec<String>]) -> bool {
    let [names, one, other] = rows else { return false };
    let has_names = names.len() > 2 && names.iter().all(|name| is_name(name));
    let is_alike = |two: &(&String, &String)| is_number(two.0) == is_number(two.1);
    let (lacking, full): (Vec<_>, Vec<_>) =
        one.iter().zip(other).partition(|(one, other)| one.is_empty() || other.is_empty());
    let is_one = matches!(lacking[..], [(one, other)] if is_number(one) || is_number(other));
    has_names && is_one && full.iter().all(is_alike) && !is_form(rows)
}

/// Whether the first row is likely to name the columns: it has words where all rows below have numbers of one form. In a
/// form, where names stand beside what they name, numbers are of all kinds.
fn has_header(rows: &[Vec<String>]) -> bool {
    let Some((first, body)) = rows.split_first() else { return false };
    if are_weekdays(first) && body.len() > 1 && !body.iter().any(|row| are_weekdays(row)) {
        return true;
    }
    // The corner above the names of the rows may be empty.
    if !first.iter().skip(usize::from(first.len() > 2)).all(|cell| is_name(cell))
        || first.iter().any(|cell| is_number(cell))
    {
        return false;
    }
    // One row below is enough where most of it are numbers.
    let are_numbers = |row: &Vec<String>| row.iter().filter(|cell| is_number(cell)).count() > 1;
    let few = match first.len() {
        ..=2 => 3,
        _ if body.len() == 1 && body.iter().all(are_numbers) => 1,
        _ => 2,
    };
    (0..first.len()).any(|column| {
        let cells: Vec<&String> =
            body.iter().filter_map(|row| row.get(column)).filter(|cell| !cell.is_empty()).collect();
        let lengths = || cells.iter().map(|cell| cell.chars().filter(char::is_ascii_digit).count());
        let signs = |cell: &str| -> String { cell.chars().filter(|c| "-/:年月日".contains(*c)).collect() };
        cells.len() >= few
            && cells.iter().all(|cell| is_number(cell))
            && lengths().max() <= lengths().min().map(|least| least * 2 + 2)
            && cells.windows(2).all(|two| signs(two[0]) == signs(two[1]))
    })
}

/// Whether these are days of the week behind the first cell: the names of a timetable's columns, whatever stands below them.
fn are_weekdays(row: &[String]) -> bool {
    const DAYS: [&str; 5] = ["mon", "tue", "wed", "thu", "fri"];
    let is_day = |cell: &String| {
        let cell = cell.trim().to_lowercase();
        let rest = ["星期", "周", "礼拜"].iter().find_map(|start| cell.strip_prefix(start));
        rest.is_some_and(|rest| rest.chars().count() == 1 && "一二三四五六日天".contains(rest))
            || DAYS.iter().any(|day| cell.starts_with(day)) && cell.chars().all(|c| c.is_ascii_alphabetic())
    };
    row.len() > 3 && row.iter().skip(1).take(3).all(is_day)
}

/// Whether a cell may name a column.
fn is_name(cell: &str) -> bool {
    !cell.is_empty() && !is_number(cell) && cell.chars().count() <= 40
}

/// An amount, a date, a telephone number: mostly digits.
pub(super) fn is_number(cell: &str) -> bool {
    let all = cell.chars().filter(|c| !c.is_whitespace()).count();
    let digits = cell.chars().filter(|c| c.is_ascii_digit() || ".,%+-–/:()￥¥$％年月日".contains(*c)).count();
    cell.contains(|c: char| c.is_ascii_digit()) && digits * 10 >= all * 6
}
