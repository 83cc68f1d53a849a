//! Text that stands in columns without rules around its cells: a table, or columns of running text.
//!
//! Programs draw both row by row or column by column as they like. The text itself tells them apart: that of columns fills
//! their width line by line, and cells are short.

mod ending;
mod merged;
mod named;
mod ruled;
mod stepped;
mod wrapped;

use super::line::{Line, rows};
use super::rule::Rule;
use super::sheet::{Item, PageGrid, Sheet, is_number, lacks_number};

/// How far rows of one table stand apart at most, in sizes of their font.
const FAR: f64 = 3.6;
/// Columns of text are at least so wide, in sizes of the font, and their lines as full as this on average.
const MIN_TEXT: f64 = 8.0;
const FULL: f64 = 0.75;
/// How far the lines of one cell stand apart at most, how much their steps may differ, and how far their middle may be off that
/// of their row, in sizes of the font.
const LEADING: f64 = 2.0;
const UNEVEN: f64 = 0.15;
const OFF_MIDDLE: f64 = 0.25;
/// Columns of cells that wrap are at least so wide, in sizes of the font, where lines below one another may be rows as well.
const MIN_WRAPPED: f64 = 5.0;
/// Lines of one column stand this far apart at least, in sizes of the font: one that is nearer belongs to a cell beside.
const HALF_LINE: f64 = 0.9;

/// Most lines of a row that stand on the page before, and the number of the row that they are in. Lines of one height differ by
/// less than this, in sizes of the font.
const MAX_BROKEN: usize = 12;
const BROKEN: usize = usize::MAX;
const LEVEL: f64 = 0.2;
/// What stands nearer than this, in sizes of the font, is in one column.
const TOUCH: f64 = 0.25;

/// Rows of lines that are one row of the table.
type RowLines<'a> = [Vec<(usize, &'a Line)>];

/// Rows with cells that stand below one another.
struct Block<'a> {
    /// From where to where each column reaches.
    columns: Vec<(f64, f64)>,
    /// The cells of each row, with their columns.
    rows: Vec<Vec<(usize, &'a Line)>>,
    /// The level rules of its page, from the lowest up.
    level: &'a [Rule],
}

/// What a block of columns is.
enum BlockKind {
    /// The page may set its first row apart, or all of its rows.
    Table { is_marked: bool, is_ruled: bool },
    /// Columns of text, the left one first.
    Text,
    /// What the order of drawing does right.
    AsDrawn,
}

/// Puts tables, and columns of text in their order, in the place of the lines they are made of.
pub(super) fn find(sheet: &mut Sheet) {
    let lines: Vec<Line> = sheet.lines().filter(|line| line.goes((1.0, 0.0))).cloned().collect();
    let rows = rows(lines.iter().collect());
    let mut level = sheet.rules.level.clone();
    level.sort_by(|one, other| one.at.total_cmp(&other.at));
    let mut from = 0;
    while from < rows.len() {
        let left = rows.get(from..).unwrap_or_default();
        let block = Block::begun(left, &level);
        if block.rows.len() < 2 || block.columns.len() < 2 || block.is_below_line(left) {
            from += 1;
            continue;
        }
        from += block.rows.len();
        let items = match block.kind() {
            BlockKind::AsDrawn => continue,
            BlockKind::Table { is_marked, is_ruled } => {
                let mut table = block.table(is_marked);
                // Without rules, only names above numbers make a table of what may be a list.
                table.is_loose |= !table.has_header && !is_ruled;
                table.right = block.columns.last().map_or(table.right, |column| column.1);
                vec![Item::Table(table)]
            }
            BlockKind::Text => (0..block.columns.len())
                .flat_map(|column| block.column(column).map(|line| Item::Line(line.clone())))
                .collect(),
        };
        let mut drawn: Vec<usize> = block.lines().map(|line| line.drawn).collect();
        drawn.sort_unstable();
        let (_, place) =
            sheet.take_lines(|line| line.goes((1.0, 0.0)) && drawn.binary_search(&line.drawn).is_ok());
        sheet.items.splice(place..place, items);
    }
}

impl<'a> Block<'a> {
    /// The rows from the first on that stand in its columns.
    fn new(rows: &[Vec<&'a Line>], level: &'a [Rule]) -> Self {
        let mut block = Self { columns: Vec::new(), rows: Vec::new(), level };
        let mut before: Option<&Line> = None;
        for row in rows {
            let Some(&first) = row.first() else { break };
            let is_far =
                before.is_some_and(|before| before.height - first.height > FAR * first.size.max(before.size));
            // The first has two cells at least, or columns would be whatever comes.
            let is_single = block.rows.is_empty() && row.len() < 2 && !is_half_above(row, rows.get(1));
            if is_far || is_single || !block.takes(row) {
                break;
            }
            before = Some(first);
        }
        // What follows in one column only is text below the block, unless it is half of a cell.
        while let [.., above, last] = &block.rows[..]
            && let ([(0, line)], [(_, beside), ..]) = (&last[..], &above[..])
            && beside.height - line.height > HALF_LINE * line.size
            && !block.ends_with_rest()
        {
            block.rows.pop();
        }
        block
    }

    /// Puts two columns together over which a cell of the row stands, where no row has cells in both: a name in the middle of
    /// its column may stand beside the short texts below it.
    fn merge(&mut self, row: &[&Line]) {
        for line in row.iter().filter(|_| row.len() > 1) {
            let touched: Vec<usize> = touched(&self.columns, line).collect();
            let &[one, other] = &touched[..] else { continue };
            let has = |cells: &[(usize, &Line)], column: usize| cells.iter().any(|(own, _)| *own == column);
            if self.rows.iter().any(|cells| has(cells, one) && has(cells, other)) {
                continue;
            }
            let (_, end) = self.columns.remove(other);
            if let Some(column) = self.columns.get_mut(one) {
                column.1 = column.1.max(end);
            }
            for (own, _) in self.rows.iter_mut().flatten() {
                *own -= usize::from(*own >= other);
            }
        }
    }

    /// Adds a row, if each of its cells stands in a column of its own.
    fn takes(&mut self, row: &[&'a Line]) -> bool {
        self.merge(row);
        let mut columns = self.columns.clone();
        let mut cells: Vec<(usize, &Line)> = Vec::new();
        for &line in row {
            let (column, more) = {
                let mut touched = touched(&columns, line);
                (touched.next(), touched.next())
            };
            match column {
                Some(_) if more.is_some() => return false,
                Some(column) if cells.last().is_some_and(|last| last.0 == column) => return false,
                Some(column) => {
                    if let Some((start, end)) = columns.get_mut(column) {
                        (*start, *end) = (start.min(line.start), end.max(line.end));
                    }
                    cells.push((column, line));
                }
                // Only the first rows may have cells in columns of which nothing stands yet.
                None if self.rows.len() < 3 => {
                    let column = columns.partition_point(|(start, _)| *start < line.start);
                    columns.insert(column, (line.start, line.end));
                    for (other, _) in self.rows.iter_mut().flatten().chain(&mut cells) {
                        *other += usize::from(*other >= column);
                    }
                    cells.push((column, line));
                }
                None => return false,
            }
        }
        self.columns = columns;
        self.rows.push(cells);
        true
    }

    fn lines(&self) -> impl Iterator<Item = &'a Line> {
        self.rows.iter().flatten().map(|(_, line)| *line)
    }

    fn column(&self, column: usize) -> impl Iterator<Item = &'a Line> {
        self.rows.iter().flatten().filter(move |(at, _)| *at == column).map(|(_, line)| *line)
    }

    fn kind(&self) -> BlockKind {
        let is_text = |column: usize| {
            let (start, end) = self.columns.get(column).copied().unwrap_or_default();
            let (mut full, mut wide, mut count) = (0.0, 0.0, 0.0);
            for line in self.column(column) {
                full += (line.end - line.start) / (end - start).max(1.0);
                wide += line.width();
                count += 1.0;
            }
            count > 2.0 && wide / count >= MIN_TEXT && full / count >= FULL
        };
        let groups = self.groups();
        let several = || groups.iter().filter(|group| group.iter().flatten().count() > 1);
        let is_by_rows = several().filter(|group| is_drawn_at_once(group)).count() * 2 > several().count();
        // Dots that lead to a number make rows of a table of contents, or of an index.
        if self.lines().filter(|line| line.has_leader()).count() * 4 > self.rows.len() {
            return BlockKind::AsDrawn;
        }
        if self.columns.len() < 4 && (0..self.columns.len()).all(is_text) {
            return if is_by_rows { BlockKind::Text } else { BlockKind::AsDrawn };
        }
        let cells = self.table_of(&groups, false);
        // A rule sets the first row apart from the others, as no other two are; or all rows are set apart.
        let rules = self.rules(&groups);
        let is_marked = matches!(rules[..], [true, false, ..]);
        // That no rule runs between lines of one cell shows as well that the others are between rows.
        let is_wide = self.columns.len() > 2 || groups.len() < self.rows.len();
        let is_ruled = is_wide && rules.len() > 1 && rules.iter().all(|rule| *rule);
        // What a rule sets apart may be a running title, above text that happens to stand in columns.
        let is_full = |row: &Vec<String>| row.iter().skip(1).all(|cell| !cell.is_empty());
        let full = cells.rows.iter().filter(|row| is_full(row)).count();
        let is_header = |row: &Vec<String>| is_full(row) && !row.iter().any(|cell| is_number(cell));
        let is_marked =
            is_marked && cells.rows.first().is_some_and(is_header) && full * 2 >= cells.rows.len()
                || lacks_number(&cells.rows);
        if (cells.has_header || is_marked) && full > 1 {
            return BlockKind::Table { is_marked, is_ruled };
        }
        // Below the names of all columns, rows that rules part may have empty cells beside their own names.
        let begin_named = || cells.rows.iter().all(|row| row.first().is_some_and(|cell| !cell.is_empty()));
        let is_named = || full > 1 && cells.rows.first().is_some_and(is_header) && begin_named();
        if is_ruled && (full == cells.rows.len() || is_named()) {
            return BlockKind::Table { is_marked: false, is_ruled };
        }
        // Lines that are drawn one below the other and are no short cells are read so.
        let mean = |column: usize| {
            self.column(column).map(Line::width).sum::<f64>() / self.column(column).count().max(1) as f64
        };
        let is_wide = (0..self.columns.len()).any(|column| mean(column) > 0.7 * MIN_TEXT);
        if !is_by_rows && is_wide {
            BlockKind::AsDrawn
        } else {
            BlockKind::Table { is_marked: false, is_ruled: false }
        }
    }

    fn table(&self, is_marked: bool) -> PageGrid {
        self.table_of(&self.groups(), is_marked)
    }

    fn table_of(&self, groups: &[&RowLines<'a>], is_marked: bool) -> PageGrid {
        let centred = self.centred_columns(groups);
        let mut rows: Vec<Vec<String>> =
            groups.iter().flat_map(|group| self.cells(group, &centred)).collect();
        self.spread(groups, &mut rows);
        let columns = self.columns.iter().map(|(start, _)| *start).collect();
        let heights = || self.lines().map(|line| line.height);
        let top = heights().fold(f64::NEG_INFINITY, f64::max);
        let bottom = heights().fold(f64::INFINITY, f64::min);
        PageGrid::new(rows, columns, (top, bottom), is_marked)
    }

    fn lines_in(&self, group: &RowLines<'a>, column: usize) -> usize {
        group.iter().flatten().filter(|(at, _)| *at == column).count()
    }

    /// The rows of the table, each with all the lines of its cells.
    fn groups(&self) -> Vec<&RowLines<'a>> {
        if let Some(ruled) = self.by_rules() {
            return ruled;
        }
        let mut centred: Option<Vec<&RowLines<'a>>> = None;
        for found in (0..self.columns.len()).filter_map(|column| self.centred(column)) {
            if centred.as_ref().is_none_or(|before| before.len() < found.len()) {
                centred = Some(found);
            }
        }
        centred.unwrap_or_else(|| self.by_steps())
    }

    /// The rows of a table whose cells are centred: each has one line in this column, and the lines of its other cells stand
    /// around that. Only where some stand half a line off: whole lines may be rows as well.
    fn centred(&self, anchors: usize) -> Option<Vec<&RowLines<'a>>> {
        let lines_of = |column: usize| {
            self.rows.iter().enumerate().flat_map(move |(at, row)| {
                row.iter().filter(move |(own, _)| *own == column).map(move |(_, line)| (at, *line))
            })
        };
        let middles: Vec<f64> = lines_of(anchors).map(|(_, line)| line.height).collect();
        let mut owners: Vec<Option<usize>> = vec![None; self.rows.len()];
        let mut is_off = false;
        for column in 0..self.columns.len() {
            let lines: Vec<(usize, &Line)> = lines_of(column).collect();
            let mut rest = lines.as_slice();
            for (row, &middle) in middles.iter().enumerate() {
                let broken = if row < 2 { lines_broken(rest, middle) } else { 0 };
                let (lost, own) = rest.split_at(broken);
                for &(at, _) in lost {
                    *owners.get_mut(at)? = Some(BROKEN);
                }
                let is_last = row + 1 == middles.len();
                let is_cut =
                    is_last && own.first().is_some_and(|(_, line)| line.height - middle < LEVEL * line.size);
                let count = if is_cut { own.len() } else { lines_around(own, middle) };
                let (cell, after) = own.split_at(count);
                rest = after;
                // A column that only ends early has lines below its last as well, and none of them half a line off.
                is_off |= !is_cut && cell.len() > 1 && cell.len().is_multiple_of(2);
                for &(at, _) in cell {
                    let owner = owners.get_mut(at)?;
                    if *owner.get_or_insert(row) != row {
                        return None;
                    }
                }
            }
            if !rest.is_empty() {
                return None;
            }
        }
        if !is_off {
            return None;
        }
        let mut groups = Vec::new();
        let (mut from, mut broken) = (0, 0);
        for owned in owners.chunk_by(|one, other| one == other) {
            let group = self.rows.get(from..from + owned.len())?;
            from += owned.len();
            let is_broken = owned.first() == Some(&Some(BROKEN));
            broken += usize::from(is_broken);
            let has = |column: &usize| self.lines_in(group, *column) > 0;
            if !is_broken && (0..self.columns.len()).filter(has).count() * 2 <= self.columns.len() {
                return None;
            }
            groups.push(group);
        }
        (groups.len() == middles.len() + broken && groups.len() > 1 && broken < 2).then_some(groups)
    }
}

/// The columns that a line stands in.
fn touched(columns: &[(f64, f64)], line: &Line) -> impl Iterator<Item = usize> {
    let near = TOUCH * line.size;
    let touches = move |(start, end): &(f64, f64)| line.start < end + near && start < &(line.end + near);
    columns.iter().enumerate().filter(move |(_, column)| touches(column)).map(|(at, _)| at)
}

/// Whether a row is one line that stands half a line above cells beside it: the first of one that wraps and is centred.
fn is_half_above(row: &[&Line], next: Option<&Vec<&Line>>) -> bool {
    let (&[line], Some(next)) = (row, next) else { return false };
    let is_beside = |other: &&Line| {
        line.height - other.height < HALF_LINE * line.size
            && (other.end <= line.start || line.end <= other.start)
    };
    next.len() > 1 && next.iter().all(is_beside)
}

/// How many lines stand above those that are a cell with its middle at this height: the rest of a row of the page before.
fn lines_broken(lines: &[(usize, &Line)], middle: f64) -> usize {
    let is_cell = |skip: &usize| lines.get(*skip..).is_some_and(|rest| lines_around(rest, middle) > 0);
    (0..lines.len().min(MAX_BROKEN)).find(is_cell).unwrap_or_default()
}

/// How many of these lines of one column, from the first on, are a cell with its middle at this height.
pub(super) fn lines_around(lines: &[(usize, &Line)], middle: f64) -> usize {
    let Some((_, first)) = lines.first() else { return 0 };
    let (mut before, mut leading) = (first.height, None);
    for (&(_, line), count) in lines.iter().zip(1..) {
        if count > 1 {
            let step = before - line.height;
            let even = *leading.get_or_insert(step);
            if step > LEADING * line.size || (step - even).abs() > UNEVEN * line.size {
                return 0;
            }
        }
        before = line.height;
        if ((first.height + line.height) / 2.0 - middle).abs() < OFF_MIDDLE * line.size {
            return count;
        }
    }
    0
}

/// Whether the lines of a row were drawn one after the other; where each cell has one, from left to right.
fn is_drawn_at_once(group: &RowLines<'_>) -> bool {
    if let [row] = group {
        return row.windows(2).all(|two| two[0].1.drawn + 1 == two[1].1.drawn);
    }
    let drawn = || group.iter().flatten().map(|(_, line)| line.drawn);
    let (Some(first), Some(last)) = (drawn().min(), drawn().max()) else { return false };
    last - first + 1 == drawn().count()
}
