//! Text that stands in columns without rules around its cells: a table, or columns of running text.
//!
//! Programs draw both row by row or column by column as they like. The text itself tells them apart: that of columns fills
//! their width line by line, and cells are short.

use super::line::{Line, join, rows};
use super::sheet::{Item, PageGrid, Sheet, is_number};

/// How far rows of one table stand apart at most, in sizes of their font.
const FAR: f64 = 3.6;
/// Columns of text are at least so wide, in sizes of the font, and their lines as full as this on average.
const MIN_TEXT: f64 = 8.0;
const FULL: f64 = 0.75;

/// Rows with cells that stand below one another.
struct Block<'a> {
    /// From where to where each column reaches.
    columns: Vec<(f64, f64)>,
    /// The cells of each row, with their columns.
    rows: Vec<Vec<(usize, &'a Line)>>,
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
    let mut from = 0;
    while from < rows.len() {
        let block = Block::new(rows.get(from..).unwrap_or_default());
        if block.rows.len() < 2 {
            from += 1;
            continue;
        }
        from += block.rows.len();
        let items = match block.kind(sheet) {
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
    fn new(rows: &[Vec<&'a Line>]) -> Self {
        let mut block = Self { columns: Vec::new(), rows: Vec::new() };
        let mut before: Option<&Line> = None;
        for row in rows {
            let Some(&first) = row.first() else { break };
            let is_far =
                before.is_some_and(|before| before.height - first.height > FAR * first.size.max(before.size));
            // The first has two cells at least, or columns would be whatever comes.
            if is_far || block.rows.is_empty() && row.len() < 2 || !block.takes(row) {
                break;
            }
            before = Some(first);
        }
        // What follows in one column only is text below the block.
        let is_tail = |row: &Vec<(usize, &Line)>| matches!(row.as_slice(), [(0, _)]);
        while block.rows.last().is_some_and(is_tail) {
            block.rows.pop();
        }
        block
    }

    /// Adds a row, if each of its cells stands in a column of its own.
    fn takes(&mut self, row: &[&'a Line]) -> bool {
        let mut columns = self.columns.clone();
        let mut cells: Vec<(usize, &Line)> = Vec::new();
        for &line in row {
            let near = 0.3 * line.size;
            let touches = |&(_, &(start, end)): &(usize, &(f64, f64))| {
                line.start < end + near && start < line.end + near
            };
            let mut touched = columns.iter().enumerate().filter(touches).map(|(column, _)| column);
            let (column, more) = (touched.next(), touched.next());
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

    fn kind(&self, sheet: &Sheet) -> BlockKind {
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
        let several = || self.rows.iter().filter(|row| row.len() > 1);
        let by_rows =
            several().filter(|row| row.windows(2).all(|two| two[0].1.drawn + 1 == two[1].1.drawn)).count();
        let is_by_rows = by_rows * 2 > several().count();
        // Dots that lead to a number make rows of a table of contents, or of an index.
        if self.lines().filter(|line| line.has_leader()).count() * 4 > self.rows.len() {
            return BlockKind::AsDrawn;
        }
        if self.columns.len() < 4 && (0..self.columns.len()).all(is_text) {
            return if is_by_rows { BlockKind::Text } else { BlockKind::AsDrawn };
        }
        let cells = self.table(false);
        // A rule sets the first row apart from the others, as no other two are; or all rows are set apart.
        let rules = self.rules(sheet);
        let is_marked = matches!(rules[..], [true, false, ..]);
        let is_ruled = self.columns.len() > 2 && rules.len() > 1 && rules.iter().all(|rule| *rule);
        // What a rule sets apart may be a running title, above text that happens to stand in columns.
        let is_full = |row: &Vec<String>| row.iter().skip(1).all(|cell| !cell.is_empty());
        let full = cells.rows.iter().filter(|row| is_full(row)).count();
        let is_header = |row: &Vec<String>| is_full(row) && !row.iter().any(|cell| is_number(cell));
        let is_marked = is_marked && cells.rows.first().is_some_and(is_header) && full * 2 > cells.rows.len();
        if (cells.has_header || is_marked) && full > 1 {
            return BlockKind::Table { is_marked, is_ruled };
        }
        if is_ruled && full == cells.rows.len() {
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

    /// Whether a rule runs below each row but the last.
    fn rules(&self, sheet: &Sheet) -> Vec<bool> {
        let (left, right) = (
            self.columns.first().map_or(0.0, |column| column.0),
            self.columns.last().map_or(0.0, |column| column.1),
        );
        let heights: Vec<f64> =
            self.rows.iter().filter_map(|row| row.first()).map(|(_, line)| line.height).collect();
        let has_rule = |two: &[f64]| {
            let between = sheet.rules.level.iter().filter(|rule| two[1] < rule.at && rule.at < two[0]);
            let covered: f64 = between.map(|rule| (rule.to.min(right) - rule.from.max(left)).max(0.0)).sum();
            covered > 0.6 * (right - left)
        };
        heights.windows(2).map(has_rule).collect()
    }

    fn table(&self, is_marked: bool) -> PageGrid {
        let mut rows: Vec<Vec<String>> = Vec::new();
        for group in self.groups() {
            let mut cells = vec![String::new(); self.columns.len()];
            for (column, line) in group.iter().flatten() {
                if let Some(cell) = cells.get_mut(*column) {
                    join(cell, line.text.trim());
                }
            }
            rows.push(cells);
        }
        let columns = self.columns.iter().map(|(start, _)| *start).collect();
        let heights = || self.lines().map(|line| line.height);
        let top = heights().fold(f64::NEG_INFINITY, f64::max);
        let bottom = heights().fold(f64::INFINITY, f64::min);
        PageGrid::new(rows, columns, (top, bottom), is_marked)
    }

    /// The rows of the table, each with all the lines of its cells. Lines of one cell stand nearer than rows do, where some
    /// stand nearer at all.
    fn groups(&self) -> Vec<&[Vec<(usize, &'a Line)>]> {
        let heights: Vec<f64> =
            self.rows.iter().filter_map(|row| row.first()).map(|(_, line)| line.height).collect();
        let steps: Vec<f64> = heights.windows(2).map(|two| two[0] - two[1]).collect();
        let mut sorted = steps.clone();
        sorted.sort_by(f64::total_cmp);
        let jumps = sorted.windows(2).filter(|two| two[1] > 1.2 * two[0]);
        let jump =
            jumps.max_by(|one, other| (one[1] / one[0].max(0.1)).total_cmp(&(other[1] / other[0].max(0.1))));
        let single = || self.rows.chunks(1).collect();
        let Some(near) = jump.map(|two| (two[0] + two[1]) / 2.0) else { return single() };
        let mut groups = Vec::new();
        let mut from = 0;
        for (at, step) in steps.iter().enumerate() {
            if *step > near {
                groups.extend(self.rows.get(from..=at));
                from = at + 1;
            }
        }
        groups.extend(self.rows.get(from..));
        // Each row has one line in some column, and lines in most: else they were no rows.
        let is_row = |group: &&[Vec<(usize, &Line)>]| {
            let count = |column| group.iter().flatten().filter(|(at, _)| *at == column).count();
            let counts: Vec<usize> = (0..self.columns.len()).map(count).collect();
            counts.contains(&1) && counts.iter().filter(|count| **count > 0).count() * 2 > counts.len()
        };
        if groups.iter().all(is_row) { groups } else { single() }
    }
}
