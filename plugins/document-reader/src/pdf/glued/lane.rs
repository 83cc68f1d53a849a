//! A lane is the room between two columns that no text of their rows stands in. Where a table is no wider than its widest cells
//! are, some row is glued at each of its lanes, and often all are: lanes alone tell its columns.
//!
//! Cells are shown one by one, and no space is drawn between them. Words of a line may be shown so as well, but their gaps stand
//! below one another by chance only, and those beside them are as wide.

use super::{Gap, names_numbers};
use crate::pdf::line::{Line, is_cjk};
use crate::pdf::rule::Rules;
use crate::pdf::sheet::is_number;

/// A gap that may part cells, in sizes of the font, where nothing is drawn in it: a browser leaves a quarter between those of a table
/// that says nothing of it.
const MIN_GAP: f64 = 0.22;
/// The least width of a lane, in sizes of the font.
const MIN_LANE: f64 = 0.18;
/// Rows with text on both sides of a lane, where the page draws cells and where it does not.
const MIN_DRAWN: usize = 2;
const MIN_ROWS: usize = 3;
/// Most lines of a column's name.
const MAX_NAME: usize = 3;
/// Most rows that one lane is followed through: a page of a real table has fewer.
const MAX_ROWS: usize = 120;
/// How many times as wide the gap between two cells is as those within them.
const WIDER: f64 = 1.5;
/// How far off a lane the seam of two cells may be, in points, and how far off a row, in sizes of the font.
const NEAR: f64 = 1.0;
const FAR: f64 = 3.0;

/// The seams of a page's cells, `(height, place)`, from the lowest up: where what is drawn for one cell meets what is drawn for the next.
pub(super) struct Seams(Vec<(f64, f64)>);

impl Seams {
    pub(super) fn of(rules: &Rules) -> Self {
        let mut seams = rules.seams();
        seams.sort_by(|one, other| one.0.total_cmp(&other.0));
        Self(seams)
    }

    /// The heights of those between these heights that lie in a gap.
    fn in_gap(&self, (end, start): Gap, bottom: f64, top: f64) -> impl Iterator<Item = f64> {
        let from = self.0.partition_point(|seam| seam.0 < bottom);
        let near = self.0.get(from..).unwrap_or_default().iter().take_while(move |seam| seam.0 < top);
        near.filter(move |seam| end - NEAR < seam.1 && seam.1 < start + NEAR).map(|seam| seam.0)
    }
}

/// A row of lines, with the parts that may be cells and the gaps between them in its lines.
struct LaneRow<'a> {
    lines: &'a [&'a Line],
    parts: Vec<(f64, f64)>,
    texts: Vec<String>,
    gaps: Vec<(&'a Line, Gap)>,
    /// How many of its parts are one Chinese character.
    single: usize,
}

/// A lane that so many rows have text on both sides of.
#[derive(Clone, Copy, PartialEq)]
struct Lane {
    between: Gap,
    rows: usize,
}

/// The gaps of glued lines that are lanes of a table among these rows, with the numbers of the lines.
pub(super) fn gaps(rows: &[Vec<&Line>], seams: &Seams) -> Vec<(usize, Gap)> {
    let rows: Vec<LaneRow<'_>> = rows.iter().map(|row| LaneRow::of(row, seams)).collect();
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(left) = rows.get(from..).filter(|left| !left.is_empty()) {
        let (count, lanes) = lanes(left, seams);
        // Names of several columns at once stand over some of the lanes.
        let is_over = || lanes.len() < self::lanes(left.get(1..).unwrap_or_default(), seams).1.len();
        let own = left.get(..count).unwrap_or_default();
        let glued = own
            .iter()
            .flat_map(|row| &row.gaps)
            .filter(|(_, gap)| lanes.iter().any(|lane| lane.lies_in(*gap)));
        found.extend(glued.map(|(line, gap)| (line.drawn, *gap)));
        from += if lanes.is_empty() || is_over() { 1 } else { count };
    }
    found
}

/// The lanes that begin with the first of these rows, and how many rows they run through.
fn lanes(rows: &[LaneRow<'_>], seams: &Seams) -> (usize, Vec<Lane>) {
    let Some(first) = rows.first().filter(|row| row.parts.len() > 1) else { return (1, Vec::new()) };
    let mut lanes: Vec<Lane> =
        first.parts.windows(2).map(|two| Lane { between: (two[0].1, two[1].0), rows: 1 }).collect();
    let mut reach = first.reach();
    let mut count = 1;
    for (row, number) in rows.iter().zip(1..).take(MAX_ROWS).skip(1) {
        let mut next: Vec<Lane> = Vec::new();
        let mut is_crossed = false;
        for lane in &lanes {
            let left = lane.through(row);
            is_crossed |= left.is_empty() && lane.rows >= MIN_ROWS;
            next.extend(left);
        }
        if is_crossed {
            // A line by itself may be a title among the rows, or text below them.
            if row.parts.len() < 2 {
                continue;
            }
            break;
        }
        next.extend(row.beside(reach));
        next.sort_by(|one, other| one.between.0.total_cmp(&other.between.0));
        if next.is_empty() {
            break;
        }
        let own = row.reach();
        reach = (reach.0.min(own.0), reach.1.max(own.1));
        (lanes, count) = (next, number);
    }
    let run = LaneRun { rows: rows.get(..count).unwrap_or_default(), lanes };
    (count, run.lanes_of_table(seams))
}

/// Rows that follow one another, with the lanes that run through all of them.
struct LaneRun<'r, 'a> {
    rows: &'r [LaneRow<'a>],
    lanes: Vec<Lane>,
}

impl<'a> LaneRun<'_, 'a> {
    /// The lanes, where they are those of a table: the page draws its cells, a name stands above numbers, or gaps part Chinese, which
    /// is written without.
    fn lanes_of_table(self, seams: &Seams) -> Vec<Lane> {
        let is_drawn = |lane: &&Lane| self.is_drawn(lane, seams);
        let drawn: Vec<Lane> = self.lanes.iter().filter(is_drawn).copied().collect();
        let sure: Vec<Lane> =
            self.lanes.iter().filter(|lane| self.are_cells_beside(lane, MIN_ROWS)).copied().collect();
        let is_table = !drawn.is_empty()
            || !sure.is_empty() && self.has_named_numbers()
            || sure.iter().any(|lane| self.parts_chinese(lane));
        // In a table, fewer rows show that another lane is one.
        let is_lane = |lane: &Lane| drawn.contains(lane) || self.are_cells_beside(lane, MIN_DRAWN);
        self.lanes.iter().filter(|lane| is_table && is_lane(lane)).copied().collect()
    }

    /// Whether the page draws cells that meet in a lane.
    fn is_drawn(&self, lane: &Lane, seams: &Seams) -> bool {
        let (Some(first), Some(last)) = (self.rows.first(), self.rows.last()) else { return false };
        let height = |row: &LaneRow<'_>| row.lines.first().map_or(0.0, |line| line.height);
        let far = FAR * first.size();
        let mut drawn: Vec<f64> =
            seams.in_gap(lane.between, height(last) - far, height(first) + far).collect();
        drawn.dedup_by(|one, other| (*one - *other).abs() < NEAR);
        drawn.len() >= MIN_DRAWN && lane.rows >= MIN_DRAWN
    }

    /// The gaps of glued lines that lie in a lane, with their lines.
    fn glued_in(&self, lane: &Lane) -> Vec<(&'a Line, Gap)> {
        let gaps = self.rows.iter().flat_map(|row| &row.gaps);
        gaps.filter(|(_, gap)| lane.lies_in(*gap)).copied().collect()
    }

    /// Whether what stands on both sides of a lane, in so many rows at least, may be cells: no words of a text, and no marks in front of what they mark.
    fn are_cells_beside(&self, lane: &Lane, rows: usize) -> bool {
        let glued = self.glued_in(lane);
        let is_even = |(line, gap): &&(&Line, Gap)| {
            let gaps = line.gaps().filter(|gap| self.lanes.iter().any(|lane| lane.lies_in(*gap)));
            gap.1 - gap.0 < WIDER * line.widest_within(&gaps.collect::<Vec<_>>())
        };
        let is_label = |(line, gap): &&(&Line, Gap)| ends_label(&line.around(*gap).0);
        let single: usize = self.rows.iter().map(|row| row.single).sum();
        let all: usize = self.rows.iter().map(|row| row.parts.len()).sum();
        let are_few = |count: usize| count * 2 < glued.len().max(1);
        lane.rows >= rows
            && are_few(glued.iter().filter(is_even).count())
            && are_few(glued.iter().filter(is_label).count())
            && single * 2 < all
    }

    /// Whether one of the columns has a name with numbers below it.
    fn has_named_numbers(&self) -> bool {
        let lanes = || self.lanes.iter();
        let ends = lanes().map(|lane| lane.between.0).chain([f64::INFINITY]);
        let starts = [f64::NEG_INFINITY].into_iter().chain(lanes().map(|lane| lane.between.1));
        let text = |row: &LaneRow<'a>, from: f64, to: f64| {
            let own = row.texts.iter().zip(&row.parts);
            let own = own.filter(|(_, part)| from - NEAR <= part.0 && part.1 <= to + NEAR);
            own.map(|(text, _)| text.trim()).collect::<String>()
        };
        starts.zip(ends).any(|(from, to)| {
            let texts = self.rows.iter().map(|row| text(row, from, to)).filter(|text| !text.is_empty());
            let texts: Vec<String> = texts.collect();
            // A name may wrap.
            let name = texts.iter().take_while(|text| !is_number(text)).count().clamp(1, MAX_NAME);
            names_numbers(texts.get(name - 1..).unwrap_or_default())
        })
    }

    /// Whether most of the gaps in a lane stand between Chinese.
    fn parts_chinese(&self, lane: &Lane) -> bool {
        let glued = self.glued_in(lane);
        let is_chinese = |(line, gap): &&(&Line, Gap)| {
            let (before, after) = line.around(*gap);
            before.ends_with(is_cjk) && after.starts_with(is_cjk)
        };
        !glued.is_empty() && glued.iter().filter(is_chinese).count() * 2 > glued.len()
    }
}

impl<'a> LaneRow<'a> {
    fn of(lines: &'a [&'a Line], seams: &Seams) -> Self {
        let may_part = |line: &Line, gap: &Gap| {
            let far = FAR * line.size;
            gap.1 - gap.0 > MIN_GAP * line.size
                || seams.in_gap(*gap, line.height - far, line.height + far).next().is_some()
        };
        let mut row = Self { lines, parts: Vec::new(), texts: Vec::new(), gaps: Vec::new(), single: 0 };
        for &line in lines {
            let own: Vec<Gap> = line.gaps_between_shows().filter(|gap| may_part(line, gap)).collect();
            let parts = line.clone().at_gaps(&own);
            row.single += parts.iter().filter(|part| is_one_glyph(&part.text)).count();
            row.parts.extend(parts.iter().map(|part| (part.start, part.end)));
            row.texts.extend(parts.into_iter().map(|part| part.text));
            row.gaps.extend(own.into_iter().map(|gap| (line, gap)));
        }
        row
    }

    fn reach(&self) -> (f64, f64) {
        let start = self.parts.iter().map(|part| part.0).fold(f64::INFINITY, f64::min);
        (start, self.parts.iter().map(|part| part.1).fold(f64::NEG_INFINITY, f64::max))
    }

    fn size(&self) -> f64 {
        self.lines.iter().map(|line| line.size).fold(0.0, f64::max)
    }

    /// The lanes between what rows above reach over and what this one has left and right of that.
    fn beside(&self, (left, right): (f64, f64)) -> Vec<Lane> {
        let near = MIN_LANE * self.size();
        let before = self.parts.iter().map(|part| part.1).filter(|end| *end < left - near);
        let behind = self.parts.iter().map(|part| part.0).filter(|start| *start > right + near);
        let is_within = self.parts.iter().any(|part| part.1 > left && part.0 < right);
        let before = before.reduce(f64::max).map(|end| (end, left));
        let behind = behind.reduce(f64::min).map(|start| (right, start));
        [before, behind]
            .into_iter()
            .flatten()
            .map(|between| Lane { between, rows: usize::from(is_within) })
            .collect()
    }
}

impl Lane {
    /// What is left of it beside the text of one more row: two lanes where that stands in its middle.
    fn through(self, row: &LaneRow<'_>) -> Vec<Self> {
        let near = MIN_LANE * row.size();
        let mut left = vec![self.between];
        for (start, end) in &row.parts {
            left =
                left.iter().flat_map(|gap| [(gap.0, gap.1.min(*start)), (gap.0.max(*end), gap.1)]).collect();
            left.retain(|gap| gap.1 - gap.0 > near);
            left.dedup();
        }
        let has_both = |gap: &Gap| {
            row.parts.iter().any(|part| part.1 <= gap.0 + NEAR)
                && row.parts.iter().any(|part| part.0 >= gap.1 - NEAR)
        };
        left.into_iter()
            .map(|between| Self { between, rows: self.rows + usize::from(has_both(&between)) })
            .collect()
    }

    fn lies_in(&self, gap: Gap) -> bool {
        gap.0 < self.between.0 + NEAR && self.between.1 - NEAR < gap.1
    }
}

/// Whether a text is a mark or a number in front of what it numbers, or a name in front of what it names.
fn ends_label(text: &str) -> bool {
    let text = text.trim();
    text.ends_with(['：', ':', '、', '.', '．', ')', '）', '】', ']'])
        || !text.contains(char::is_alphanumeric)
}

fn is_one_glyph(text: &str) -> bool {
    let mut glyphs = text.trim().chars();
    glyphs.next().is_some_and(is_cjk) && glyphs.next().is_none()
}
