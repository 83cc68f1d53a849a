//! Glued lines are cells of one row that stand so near one another that they were taken for one line. Other rows tell where
//! their columns begin and end.

mod lane;

use std::collections::HashMap;

use super::line::{Line, rows};
use super::sheet::{Item, Sheet, is_number};
use lane::Seams;

/// How far rows of one table stand apart at most, in sizes of their font.
const FAR: f64 = 3.6;
/// How far the edges of one column may be apart, in sizes of the font.
const NEAR: f64 = 0.3;
/// Where the rows of a table have a gap in one place, it is at least so wide, in sizes of the font, and so many they are.
const MIN_GAP: f64 = 0.15;
const MIN_ROWS: usize = 3;
/// Rows that show where a column ends.
const WITNESSES: usize = 2;

/// A gap in a line: where the text before it ends, and where that behind it starts.
type Gap = (f64, f64);

/// Parts the lines that are cells of several columns.
pub(super) fn part(sheet: &mut Sheet) {
    part_lanes(sheet);
    sheet.number();
    let lines: Vec<Line> = sheet.lines().filter(|line| line.goes((1.0, 0.0))).cloned().collect();
    let rows = rows(lines.iter().collect());
    let mut cuts = HashMap::<usize, Vec<Gap>>::new();
    for near in rows.chunk_by(|above, below| are_near(above, below)) {
        for row in near.iter().filter(|row| row.len() > 1) {
            for line in row {
                let is_edge = |gap: &Gap| is_edge(*gap, line, near);
                cuts.entry(line.drawn).or_default().extend(line.gaps().filter(is_edge));
            }
        }
        for at in 0..near.len() {
            // A table begins where no row of several cells stands right above.
            if at.checked_sub(1).and_then(|above| near.get(above)).is_none_or(|above| above.len() < 2) {
                for (drawn, gap) in stripes(near.get(at..).unwrap_or_default()) {
                    cuts.entry(drawn).or_default().push(gap);
                }
            }
        }
    }
    cut(sheet, cuts);
}

/// Parts the lines whose gaps are lanes of a table.
fn part_lanes(sheet: &mut Sheet) {
    let lines: Vec<Line> = sheet.lines().filter(|line| line.goes((1.0, 0.0))).cloned().collect();
    let rows = rows(lines.iter().collect());
    let seams = Seams::of(&sheet.rules);
    let mut cuts = HashMap::<usize, Vec<Gap>>::new();
    for near in rows.chunk_by(|above, below| are_near(above, below)) {
        for (drawn, gap) in lane::gaps(near, &seams) {
            cuts.entry(drawn).or_default().push(gap);
        }
    }
    cut(sheet, cuts);
}

/// Whether two rows stand as near to one another as those of one table.
fn are_near(above: &[&Line], below: &[&Line]) -> bool {
    let (Some(above), Some(below)) = (above.first(), below.first()) else { return false };
    above.height - below.height < FAR * above.size.max(below.size)
}

/// Cuts lines, by their numbers, at these gaps.
fn cut(sheet: &mut Sheet, mut cuts: HashMap<usize, Vec<Gap>>) {
    for item in std::mem::take(&mut sheet.items) {
        match item {
            Item::Line(line) => {
                let gaps = cuts.remove(&line.drawn).unwrap_or_default();
                sheet.items.extend(line.at_gaps(&gaps).into_iter().map(Item::Line));
            }
            table => sheet.items.push(table),
        }
    }
}

/// Whether other rows have two cells with their edges on both sides of a gap, one of them in line with it.
fn is_edge((end, start): Gap, line: &Line, rows: &[Vec<&Line>]) -> bool {
    let near = NEAR * line.size;
    let is_between = |two: &[&Line]| {
        let (before, after) = (two[0], two[1]);
        before.end < start + near
            && end < after.start + near
            && line.start < before.end
            && after.start < line.end
            && ((after.start - start).abs() < near || (before.end - end).abs() < near)
    };
    rows.iter().filter(|row| row.windows(2).any(is_between)).take(WITNESSES).count() == WITNESSES
}

/// The gaps that the rows of a table, which begins with the first of these, have in one place, with the lines they are in: below a
/// name in one of the two columns stand numbers, so the gaps are not those of words.
fn stripes(rows: &[Vec<&Line>]) -> Vec<(usize, Gap)> {
    let Some((first, below)) = rows.split_first().filter(|(first, _)| first.len() > 1) else {
        return Vec::new();
    };
    let gaps = first.iter().flat_map(|&line| line.gaps().map(move |gap| (line, gap)));
    let stripes = gaps.filter_map(|(line, gap)| Stripe::of(line, gap, below));
    stripes.flat_map(|stripe| stripe.own.into_iter().map(|(line, gap)| (line.drawn, gap))).collect()
}

/// A place in which most rows of a table have a gap.
struct Stripe<'a> {
    between: Gap,
    /// The lines with their gaps, from the first row down.
    own: Vec<(&'a Line, Gap)>,
    /// Rows that have nothing on one of its sides, or whose texts on both stand well apart.
    open: Vec<&'a [&'a Line]>,
}

impl<'a> Stripe<'a> {
    /// The stripe that a gap in the first row of a table begins, as far down as columns are sure to stand on its sides.
    fn of(line: &'a Line, gap: Gap, below: &'a [Vec<&'a Line>]) -> Option<Self> {
        let mut stripe = Self { between: gap, own: vec![(line, gap)], open: Vec::new() };
        let (mut sure, mut is_apart) = (0, false);
        for row in below {
            // A line by itself is text below the table, or a row that has nothing in either column.
            if let [line] = row[..] {
                sure = if stripe.is_sure() { stripe.own.len() } else { sure };
                is_apart = true;
                if !stripe.is_beside(line) {
                    break;
                }
            } else if !stripe.takes(row) {
                if is_apart {
                    break;
                }
                return None;
            }
        }
        sure = if stripe.is_sure() { stripe.own.len() } else { sure };
        stripe.own.truncate(sure);
        (sure > 0).then_some(stripe)
    }

    fn is_sure(&self) -> bool {
        let rows = self.own.len() + self.open.len();
        let size = self.own.first().map_or(0.0, |(line, _)| line.size);
        let is_wide = self.between.1 - self.between.0 > MIN_GAP * size;
        rows >= MIN_ROWS && self.own.len() * 2 > rows && is_wide && self.is_between_columns()
    }

    /// Adds a row, unless something stands across the stripe.
    fn takes(&mut self, row: &'a [&'a Line]) -> bool {
        let gaps = row.iter().flat_map(|&line| line.gaps().map(move |gap| (line, gap)));
        let widest =
            gaps.max_by(|one, other| over(self.between, one.1).total_cmp(&over(self.between, other.1)));
        if let Some((line, gap)) = widest.filter(|(_, gap)| over(self.between, *gap) > 0.0) {
            self.between = (self.between.0.max(gap.0), self.between.1.min(gap.1));
            self.own.push((line, gap));
            return true;
        }
        let (mut left, mut right) = self.between;
        for line in row {
            match (line.start < left, line.end > right) {
                (true, false) => left = left.max(line.end),
                (false, true) => right = right.min(line.start),
                _ => return false,
            }
        }
        if left < right {
            self.between = (left, right);
            self.open.push(row);
        }
        left < right
    }

    /// From where to where the columns on both sides reach, with what stands beside them in one line.
    fn reach(&self) -> (f64, f64) {
        let lines = || self.own.iter().map(|(line, _)| line);
        let left = lines().map(|line| line.start).fold(f64::INFINITY, f64::min);
        (left, lines().map(|line| line.end).fold(f64::NEG_INFINITY, f64::max))
    }

    /// Whether a line stands left or right of both columns.
    fn is_beside(&self, line: &Line) -> bool {
        let (left, right) = self.reach();
        line.end < left || line.start > right
    }

    /// Whether the texts on one of its sides are a name with numbers below it.
    fn is_between_columns(&self) -> bool {
        let reach = self.reach();
        let is_before = |line: &&&Line| reach.0 < line.end && line.start < self.between.0;
        let is_behind = |line: &&&Line| line.start < reach.1 && line.end > self.between.1;
        let text = |line: Option<&&Line>| line.map(|line| line.text.trim().to_owned()).unwrap_or_default();
        let of_open = |row: &&[&Line]| (text(row.iter().rfind(is_before)), text(row.iter().find(is_behind)));
        let sides = self.own.iter().map(|(line, gap)| line.around(*gap));
        let (before, after): (Vec<String>, Vec<String>) = sides.chain(self.open.iter().map(of_open)).unzip();
        names_numbers(&before) || names_numbers(&after)
    }
}

/// Whether the first of these texts of one column names it, and the others are numbers.
fn names_numbers(texts: &[String]) -> bool {
    let Some((name, below)) = texts.split_first() else { return false };
    let filled: Vec<&String> = below.iter().filter(|text| !text.is_empty()).collect();
    let are_numbers = filled.len() >= WITNESSES && filled.iter().all(|text| is_number(text));
    are_numbers && !is_number(name) && !name.is_empty()
}

/// How far two gaps lie over one another.
fn over(one: Gap, other: Gap) -> f64 {
    one.1.min(other.1) - one.0.max(other.0)
}
