//! A grid is a table that is drawn with rules: each cell has its own.

mod open;
mod room;
mod unruled;

use std::collections::HashMap;

use super::line::{Line, join, rows};
use super::rule::{Rule, Rules};
use super::sheet::{Item, PageGrid, Sheet, is_number};
use unruled::CellLine;

/// How far rules that meet may miss one another, in points.
const NEAR: f64 = 3.0;
/// Most cells of one grid: a page of a real one has a few hundred.
const MAX_CELLS: usize = 20_000;
/// Where cells have more characters than this on average, the rules frame text and no table.
const MAX_MEAN: usize = 160;
/// Most bytes of a cell that are repeated in each row and column it reaches over.
const MAX_SPREAD: usize = 300;

/// How far above a frame the row of its names may stand, in sizes of the font.
const ABOVE: f64 = 2.0;

/// The lines at which the cells of a grid end, from left to right and from bottom to top.
#[derive(Clone)]
struct Frame {
    across: Vec<f64>,
    up: Vec<f64>,
    level: Vec<Rule>,
    upright: Vec<Rule>,
}

/// Puts a table in the place of the lines that stand in one.
pub(super) fn find(sheet: &mut Sheet) {
    let rules = sheet.rules.joined();
    for frame in frames(&rules) {
        frame.fill(sheet);
    }
}

/// The frames that rules make which cross or touch.
fn frames(rules: &Rules) -> Vec<Frame> {
    let level = rules.level.len();
    let mut groups: Vec<usize> = (0..level + rules.upright.len()).collect();
    for (one, across) in rules.level.iter().enumerate() {
        for (other, up) in rules.upright.iter().enumerate() {
            let touch = across.from - NEAR < up.at
                && up.at < across.to + NEAR
                && up.from - NEAR < across.at
                && across.at < up.to + NEAR;
            if touch {
                let (one, other) = (root(&mut groups, one), root(&mut groups, level + other));
                if let Some(group) = groups.get_mut(other) {
                    *group = one;
                }
            }
        }
    }
    let mut frames = HashMap::<usize, (Vec<Rule>, Vec<Rule>)>::new();
    for (at, &rule) in rules.level.iter().chain(&rules.upright).enumerate() {
        let frame = frames.entry(root(&mut groups, at)).or_default();
        if at < level { frame.0.push(rule) } else { frame.1.push(rule) }
    }
    let mut frames: Vec<Frame> =
        frames.into_values().filter_map(|(level, upright)| Frame::new(level, upright)).collect();
    frames.sort_by(|one, other| other.top().total_cmp(&one.top()));
    frames
}

fn root(groups: &mut [usize], mut at: usize) -> usize {
    while let Some(&next) = groups.get(at)
        && next != at
    {
        let far = groups.get(next).copied().unwrap_or(next);
        if let Some(group) = groups.get_mut(at) {
            *group = far;
        }
        at = far;
    }
    at
}

/// Places without those that are near the one before.
fn distinct(mut places: Vec<f64>) -> Vec<f64> {
    places.sort_by(f64::total_cmp);
    places.dedup_by(|next, place| *next - *place < NEAR);
    places
}

fn reach(rules: &[Rule]) -> [f64; 2] {
    rules
        .iter()
        .fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], rule| [low.min(rule.from), high.max(rule.to)])
}

impl Frame {
    fn new(level: Vec<Rule>, upright: Vec<Rule>) -> Option<Self> {
        if level.is_empty() || upright.is_empty() {
            return None;
        }
        // Many a table has no rules at its sides, or none at its head and foot.
        let sides = upright.iter().map(|rule| rule.at).chain(reach(&level));
        let across = distinct(sides.collect());
        let up = distinct(level.iter().map(|rule| rule.at).chain(reach(&upright)).collect());
        let (columns, rows) = (across.len() - 1, up.len() - 1);
        (columns > 1 && rows > 1 && columns * rows <= MAX_CELLS).then_some(Self {
            across,
            up,
            level,
            upright,
        })
    }

    fn top(&self) -> f64 {
        self.up.last().copied().unwrap_or_default()
    }

    fn bottom(&self) -> f64 {
        self.up.first().copied().unwrap_or_default()
    }

    fn holds(&self, line: &Line) -> bool {
        let (Some(left), Some(right)) = (self.across.first(), self.across.last()) else { return false };
        let middle = line.height + 0.3 * line.size;
        line.goes((1.0, 0.0))
            && self.bottom() < middle
            && middle < self.top()
            && left - NEAR < line.start
            && line.end < right + line.size
    }

    /// Makes a table of the lines that stand in the frame, unless it frames no table.
    fn fill(&self, sheet: &mut Sheet) {
        let (lines, place) = sheet.take_lines(|line| self.holds(line));
        let mut above = Vec::new();
        let items: Vec<Item> = match self.with_columns(&lines).with_rows(&lines).table(&lines) {
            Some(mut table) => {
                if let Some((names, drawn)) = self.names(&table, sheet) {
                    table.take_header(names);
                    above = drawn;
                }
                vec![Item::Table(table)]
            }
            None => lines.into_iter().map(Item::Line).collect(),
        };
        sheet.items.splice(place..place, items);
        sheet.take_lines(|line| above.contains(&line.drawn));
    }

    /// The names in the row right above the frame, where it has one for each of the table's columns, and the numbers of its
    /// lines: a header may be filled with a colour and have no rules.
    fn names(&self, table: &PageGrid, sheet: &Sheet) -> Option<(Vec<String>, Vec<usize>)> {
        if table.has_header || !table.titles.is_empty() {
            return None;
        }
        let is_above = |line: &&Line| {
            line.goes((1.0, 0.0)) && (0.0..ABOVE * line.size).contains(&(line.height - self.top()))
        };
        let lowest = sheet.lines().filter(is_above).map(|line| line.height).reduce(f64::min)?;
        let is_name = |line: &&Line| is_above(line) && line.height - lowest < 0.3 * line.size;
        let lines: Vec<&Line> = sheet.lines().filter(is_name).collect();
        let mut names = vec![String::new(); table.columns.len()];
        for part in lines.iter().flat_map(|&line| cut_at(line.clone(), self.across.iter().copied(), false)) {
            let next = table.columns.partition_point(|start| *start <= (part.start + part.end) / 2.0);
            let left = table.columns.get(next.checked_sub(1)?)?;
            let right = table.columns.get(next).copied().unwrap_or(table.right);
            let name = names.get_mut(next - 1).filter(|name| name.is_empty())?;
            if part.start < left - NEAR || part.end > right + NEAR || is_number(&part.text) {
                return None;
            }
            part.text.trim().clone_into(name);
        }
        let is_full = names.iter().all(|name| !name.is_empty());
        is_full.then(|| (names, lines.iter().map(|line| line.drawn).collect()))
    }

    fn table(&self, lines: &[Line]) -> Option<PageGrid> {
        let (columns, bands) = (self.across.len() - 1, self.up.len() - 1);
        let owners = self.owners(columns, bands);
        let mut cells = HashMap::<usize, Vec<Line>>::new();
        for line in lines {
            for part in self.cut(line.clone()) {
                let column = band(&self.across, (part.start + part.end) / 2.0);
                let row = bands - 1 - band(&self.up, part.height + 0.3 * part.size);
                let owner = owners.get(row * columns + column).copied()?;
                cells.entry(owner).or_default().push(part);
            }
        }
        if has_rows_without_rules(&cells) || has_columns_without_rules(&cells, columns) {
            return None;
        }
        let texts: HashMap<usize, String> = cells.iter().map(|(&cell, parts)| (cell, text(parts))).collect();
        let letters: usize = texts.values().map(|text| text.chars().count()).sum();
        let mut rows = Vec::new();
        let mut titles = Vec::new();
        for row in 0..bands {
            let at = |column: usize| owners.get(row * columns + column);
            // Each row has what stands in a cell for several, unless it is long.
            let cell = |column: usize| {
                let owner = at(column)?;
                let text = texts.get(owner)?;
                (text.len() <= MAX_SPREAD || *owner == row * columns + column).then(|| text.clone())
            };
            // A row of one cell that reaches from side to side is a title of what follows, or a line among the rows.
            let is_line = (1..columns).all(|column| at(column) == at(0));
            if rows.is_empty() && is_line {
                titles.extend(
                    at(0).and_then(|owner| texts.get(owner)).filter(|text| !text.is_empty()).cloned(),
                );
                continue;
            }
            let cells = if is_line { 1 } else { columns };
            let row: Vec<String> = (0..cells).map(|column| cell(column).unwrap_or_default()).collect();
            if row.iter().any(|cell| !cell.is_empty()) {
                rows.push(row);
            }
        }
        let filled = (0..columns)
            .filter(|&column| rows.iter().any(|row| row.get(column).is_some_and(|cell| !cell.is_empty())));
        let filled: Vec<usize> = filled.collect();
        if rows.len() < 2 || filled.len() < 2 || letters > MAX_MEAN * texts.len() {
            return None;
        }
        for row in rows.iter_mut().filter(|row| row.len() > 1) {
            *row = filled.iter().map(|&column| row.get(column).cloned().unwrap_or_default()).collect();
        }
        let starts = filled.iter().filter_map(|&column| self.across.get(column)).copied().collect();
        let mut table = PageGrid::new(rows, starts, (self.top(), self.bottom()), false);
        // The rules say which its cells are.
        table.is_loose = false;
        let rooms = self.rooms(&cells, &owners);
        table.rooms = filled.iter().map(|&column| rooms.get(column).copied().flatten()).collect();
        table.titles = titles;
        table.right = self.across.last().copied().unwrap_or(table.right);
        Some(table)
    }

    /// The frame with rules between its rows, where it has some that no rule parts.
    fn with_rows(&self, lines: &[Line]) -> Self {
        let (columns, bands) = (self.across.len() - 1, self.up.len() - 1);
        let owners = self.owners(columns, bands);
        let parts: Vec<Line> = lines.iter().flat_map(|line| self.cut(line.clone())).collect();
        let row_of = |part: &Line| bands - 1 - band(&self.up, part.height + 0.3 * part.size);
        let mut frame = self.clone();
        let mut is_plain = true;
        for row in 0..bands {
            let owner = |column: usize| owners.get(row * columns + column).copied().unwrap_or_default();
            // A cell over several bands is in none of them.
            let is_own = |column: usize| {
                let own = owner(column);
                own / columns == row && !owners.iter().skip((row + 1) * columns).any(|cell| *cell == own)
            };
            let own = parts.iter().filter(|part| row_of(part) == row).filter_map(|line| {
                let column = band(&self.across, (line.start + line.end) / 2.0);
                let end = (column..columns).take_while(|at| owner(*at) == owner(column)).count() + column;
                let right = self.across.get(end).copied()?;
                let column = is_own(column).then_some(owner(column) % columns)?;
                let left = self.across.get(column).copied()?;
                Some(CellLine { line, column, left, right })
            });
            let cells: Vec<CellLine<'_>> = own.collect();
            let is_only = row == 1 && bands == 2 && is_plain;
            is_plain = !has_several_lines(&cells);
            let Some((cuts, whole)) = unruled::cuts(&cells, is_only) else { continue };
            frame.up.extend(&cuts);
            for column in (0..columns).filter(|at| is_own(*at) && !whole.contains(&(owner(*at) % columns))) {
                let ends = self.across.get(column).zip(self.across.get(column + 1));
                let rules = cuts.iter().zip(ends.into_iter().cycle());
                frame.level.extend(rules.map(|(&at, (&from, &to))| Rule { at, from, to }));
            }
        }
        frame.up = distinct(frame.up);
        frame
    }

    /// The first of the cells that each cell is one with, row by row from the top: no rule stands between them.
    fn owners(&self, columns: usize, bands: usize) -> Vec<usize> {
        let mut owners: Vec<usize> = (0..columns * bands).collect();
        let middle = |places: &[f64], at: usize| Some((places.get(at)? + places.get(at + 1)?) / 2.0);
        let is_open = |rules: &[Rule], at: Option<&f64>, beside: Option<f64>| {
            let (Some(&at), Some(beside)) = (at, beside) else { return false };
            !rules.iter().any(|rule| (rule.at - at).abs() <= NEAR && rule.from <= beside && beside <= rule.to)
        };
        for row in 0..bands {
            for column in 0..columns {
                let cell = row * columns + column;
                let band = bands - 1 - row;
                let right = is_open(&self.upright, self.across.get(column + 1), middle(&self.up, band));
                let below = is_open(&self.level, self.up.get(band), middle(&self.across, column));
                for other in [
                    (right && column + 1 < columns).then_some(cell + 1),
                    (below && row + 1 < bands).then_some(cell + columns),
                ] {
                    let Some(other) = other else { continue };
                    let (one, other) = (root(&mut owners, cell), root(&mut owners, other));
                    if let Some(owner) = owners.get_mut(one.max(other)) {
                        *owner = one.min(other);
                    }
                }
            }
        }
        (0..columns * bands).map(|cell| root(&mut owners, cell)).collect()
    }

    /// Whether an upright rule runs through a place.
    fn is_ruled(&self, at: f64, height: f64) -> bool {
        self.upright
            .iter()
            .any(|rule| (rule.at - at).abs() <= NEAR && rule.from <= height && height <= rule.to)
    }

    /// A line that was drawn in one go through several cells is cut where the rules are.
    fn cut(&self, line: Line) -> Vec<Line> {
        let middle = line.height + 0.3 * line.size;
        let places = self.across.iter().copied().filter(|at| self.is_ruled(*at, middle));
        cut_at(line, places, true)
    }
}

/// The parts of a line between these places, at which a rule is drawn or not.
fn cut_at(line: Line, places: impl Iterator<Item = f64>, is_ruled: bool) -> Vec<Line> {
    let mut parts = Vec::new();
    let mut rest = line;
    for at in places {
        if at > rest.start + 0.3 * rest.size && at < rest.end - 0.3 * rest.size {
            match rest.cut(at, is_ruled) {
                (part, Some(after)) => {
                    parts.push(part);
                    rest = after;
                }
                (whole, None) => rest = whole,
            }
        }
    }
    parts.push(rest);
    parts
}

/// The number of the band between these places in which something stands.
fn band(places: &[f64], at: f64) -> usize {
    places.partition_point(|place| *place <= at).saturating_sub(1).min(places.len().saturating_sub(2))
}

/// Whether rows stand in the cells that no rule parts: the same heights in several cells, line by line.
fn has_rows_without_rules(cells: &HashMap<usize, Vec<Line>>) -> bool {
    let mut heights: Vec<Vec<i64>> = cells
        .values()
        .map(|parts| parts.iter().map(|part| part.height.round() as i64).collect::<Vec<_>>())
        .collect();
    for heights in &mut heights {
        heights.sort_unstable();
        heights.dedup();
    }
    let tall: Vec<&Vec<i64>> = heights.iter().filter(|heights| heights.len() > 2).collect();
    let Some(tallest) = tall.iter().max_by_key(|heights| heights.len()) else { return false };
    let is_like = |heights: &[i64]| {
        heights.iter().filter(|at| tallest.binary_search(at).is_ok()).count() * 2 > tallest.len()
    };
    tall.len() > 1 && tall.iter().filter(|heights| is_like(heights)).count() * 2 > cells.len()
}

/// Whether columns stand in one of these columns that no rule parts: in each of its cells, texts beside one another.
fn has_columns_without_rules(cells: &HashMap<usize, Vec<Line>>, columns: usize) -> bool {
    let has_columns = |parts: &Vec<Line>| rows(parts.iter().collect()).iter().any(|row| row.len() > 1);
    let all = |column: usize| cells.iter().filter(move |(cell, _)| *cell % columns == column);
    (0..columns).any(|column| all(column).count() > 1 && all(column).all(|(_, parts)| has_columns(parts)))
}

/// Whether a cell has lines below one another.
fn has_several_lines(cells: &[CellLine<'_>]) -> bool {
    cells
        .iter()
        .any(|cell| cells.iter().any(|other| other.column == cell.column && !other.line.is_level(cell.line)))
}

/// The text of a cell's lines.
fn text(parts: &[Line]) -> String {
    let mut text = String::new();
    for part in rows(parts.iter().collect()).iter().flatten() {
        join(&mut text, part.text.trim());
    }
    text
}
