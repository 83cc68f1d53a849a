//! Glued lines are cells of one row that stand so near one another that they were taken for one line. Other rows tell where
//! their columns begin and end.

use std::collections::HashMap;

use super::line::{Line, rows};
use super::sheet::{Item, Sheet, is_number};

/// How far rows of one table stand apart at most, in sizes of their font.
const FAR: f64 = 3.6;
/// How far the edges of one column may be apart, in sizes of the font.
const NEAR: f64 = 0.3;
/// Where all rows have a gap in one place, it is at least so wide, in sizes of the font, and so many they are.
const MIN_GAP: f64 = 0.15;
const MIN_ROWS: usize = 3;
/// Rows that show where a column ends.
const WITNESSES: usize = 2;

/// A gap in a line: where the text before it ends, and where that behind it starts.
type Gap = (f64, f64);

/// Parts the lines that are cells of several columns.
pub(super) fn part(sheet: &mut Sheet) {
    let lines: Vec<Line> = sheet.lines().filter(|line| line.goes((1.0, 0.0))).cloned().collect();
    let rows = rows(lines.iter().collect());
    let mut cuts = HashMap::<usize, Vec<Gap>>::new();
    let is_near = |two: &[Vec<&Line>]| match (two[0].first(), two[1].first()) {
        (Some(above), Some(below)) => above.height - below.height < FAR * above.size.max(below.size),
        _ => false,
    };
    let mut from = 0;
    for at in 0..rows.len() {
        if rows.get(at..at + 2).is_some_and(is_near) {
            continue;
        }
        let near = rows.get(from..=at).unwrap_or_default();
        from = at + 1;
        for row in near.iter().filter(|row| row.len() > 1) {
            for line in row {
                let is_edge = |gap: &Gap| is_edge(*gap, line, near);
                cuts.entry(line.drawn).or_default().extend(line.gaps().filter(is_edge));
            }
        }
        for table in near.chunk_by(|one, other| (one.len() > 1) == (other.len() > 1)) {
            for (drawn, gap) in stripes(table) {
                cuts.entry(drawn).or_default().push(gap);
            }
        }
    }
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

/// The gaps that all of these rows have in one place, with the lines they are in: below a name in one of the two columns stand
/// numbers, so the gaps are not those of words.
fn stripes(rows: &[Vec<&Line>]) -> Vec<(usize, Gap)> {
    let Some((first, below)) = rows.split_first() else { return Vec::new() };
    if rows.len() < MIN_ROWS || first.len() < 2 {
        return Vec::new();
    }
    let mut found = Vec::new();
    for line in first {
        for gap in line.gaps() {
            let (mut stripe, mut own) = (gap, vec![(*line, gap)]);
            for row in below {
                let gaps = row.iter().flat_map(|line| line.gaps().map(move |gap| (*line, gap)));
                let widest = gaps.max_by(|one, other| over(stripe, one.1).total_cmp(&over(stripe, other.1)));
                let Some((line, gap)) = widest else { break };
                stripe = (stripe.0.max(gap.0), stripe.1.min(gap.1));
                own.push((line, gap));
            }
            if own.len() == rows.len() && stripe.1 - stripe.0 > MIN_GAP * line.size && are_columns(&own) {
                found.extend(own.iter().map(|(line, gap)| (line.drawn, *gap)));
            }
        }
    }
    found
}

/// How far two gaps lie over one another.
fn over(one: Gap, other: Gap) -> f64 {
    one.1.min(other.1) - one.0.max(other.0)
}

/// Whether the texts on one side of these gaps are a name with numbers below it.
fn are_columns(lines: &[(&Line, Gap)]) -> bool {
    let sides = lines.iter().map(|(line, gap)| line.around(*gap));
    let (before, after): (Vec<String>, Vec<String>) = sides.unzip();
    let has_name = |texts: &[String]| {
        texts.split_first().is_some_and(|(name, below)| {
            !is_number(name) && !name.is_empty() && below.iter().all(|text| is_number(text))
        })
    };
    has_name(&before) || has_name(&after)
}
