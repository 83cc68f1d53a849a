//! Programs may draw the glyphs of a line in any order, those of one font first or all of them at random: a line reads by where
//! they stand. What was drawn in order is one line already.

use super::{GAP_OF_CUT, Line, Script, gap_of_words};

/// The gaps, in sizes of the font, between which text goes on that was not drawn next: cells of a table stand farther apart.
const GAP_OF_NEXT: f64 = 0.5;
const GAP_OF_KERNING: f64 = 0.3;
/// How far things may be off one another that are in the same place, or of the same size.
const NEAR: f64 = 0.1;
/// Parts that lines have on average where a page was drawn in no order at all.
const MANY: usize = 2;

/// Puts together what stands right beside one another on one baseline, in whatever order it was drawn. The lines are in the
/// order in which their first part was drawn, unless parts of several were drawn in turn: then they are read from the top down.
pub(super) fn join(lines: Vec<Line>) -> Vec<Line> {
    let mut parts: Vec<(usize, Line)> = lines.into_iter().enumerate().collect();
    // Level ones are by far the most; those that are not are told apart by their direction.
    parts.sort_by(|(_, one), (_, other)| other.height.total_cmp(&one.height));
    let (mut joined, mut baseline) = (Vec::new(), Vec::<(usize, Line)>::new());
    for part in parts {
        if baseline.last().is_some_and(|(_, last)| last.height - part.1.height > NEAR * last.size) {
            join_baseline(std::mem::take(&mut baseline), &mut joined);
        }
        baseline.push(part);
    }
    join_baseline(baseline, &mut joined);
    if !are_in_turn(&joined) {
        joined.sort_by_key(|line| line.first);
    }
    joined.into_iter().map(|line| line.line).collect()
}

/// Puts together what stands on one baseline.
fn join_baseline(lines: Vec<(usize, Line)>, joined: &mut Vec<JoinedLine>) {
    let glyphs = lines.iter().flat_map(|(_, line)| &line.glyphs);
    let mut places: Vec<(f64, f64)> = glyphs.map(|(_, start, end)| (*start, *end)).collect();
    places.sort_by(|one, other| one.0.total_cmp(&other.0));
    let is_filled = |from: f64, to: f64, near: f64| {
        let begun = places.get(places.partition_point(|place| place.0 < from - near)..).unwrap_or_default();
        // Narrower ones may be those beside the gap.
        let fills = |place: &(f64, f64)| place.1 < to + near && place.1 - place.0 > near;
        begun.iter().take_while(|place| place.0 < to).any(fills)
    };
    let parts = lines.into_iter().flat_map(|(drawn, line)| {
        let near = NEAR * line.size;
        let filled: Vec<(f64, f64)> = line.gaps().filter(|gap| is_filled(gap.0, gap.1, near)).collect();
        line.at_gaps(&filled).into_iter().map(move |part| (drawn, part))
    });
    let mut parts: Vec<(usize, Line)> = parts.collect();
    parts.sort_by(|(_, one), (_, other)| one.start.total_cmp(&other.start));
    let from = joined.len();
    for (drawn, line) in parts {
        match joined.get_mut(from..).and_then(<[JoinedLine]>::last_mut) {
            Some(last) if last.line.adjoins(&line) => last.append(drawn, line),
            _ => joined.push(JoinedLine { line, first: drawn, last: drawn, parts: 1 }),
        }
    }
}

/// A line with the numbers of the first and the last of its parts that was drawn.
struct JoinedLine {
    line: Line,
    first: usize,
    last: usize,
    parts: usize,
}

impl JoinedLine {
    fn append(&mut self, drawn: usize, line: Line) {
        self.line.append(line);
        self.first = self.first.min(drawn);
        self.last = self.last.max(drawn);
        self.parts += 1;
    }
}

/// Whether lines were drawn in many parts each, those of one between those of others.
fn are_in_turn(lines: &[JoinedLine]) -> bool {
    let parts: usize = lines.iter().map(|line| line.parts).sum();
    let mut reaches: Vec<(usize, usize)> = lines.iter().map(|line| (line.first, line.last)).collect();
    reaches.sort_unstable();
    let is_between = reaches.windows(2).any(|two| two[1].0 < two[0].1);
    parts > MANY * lines.len() && is_between
}

impl Line {
    /// Whether a glyph stands in front of its last one: small ones that are drawn backwards are within the gap that kerning may
    /// have.
    pub(super) fn is_behind(&self, (start, end): (f64, f64)) -> bool {
        let near = NEAR * self.size;
        self.glyphs.last().is_some_and(|(_, last, _)| start < last - near && end < last + near)
    }

    /// Whether the other stands right behind it on the same baseline, and is of its size.
    fn adjoins(&self, next: &Self) -> bool {
        let gap = (next.start - self.end) / self.size;
        self.goes(next.direction)
            && (self.size - next.size).abs() < NEAR * self.size
            && (self.height - next.height).abs() < NEAR * self.size
            && gap > -GAP_OF_KERNING
            && gap < GAP_OF_NEXT
    }

    /// Adds the line that stands right behind it, whenever that was drawn.
    fn append(&mut self, next: Self) {
        if (next.start - self.end) / self.size > gap_of_words(&self.text, &next.text) {
            self.space();
        }
        self.shows.push(next.start);
        self.shows.extend(&next.shows);
        self.spaces.extend(&next.spaces);
        let from = self.text.len();
        if next.start - self.end > GAP_OF_CUT * self.size {
            self.gaps.push((from, self.end, next.start));
        }
        self.gaps.extend(next.gaps.iter().map(|(at, end, start)| (from + at, *end, *start)));
        self.glyphs.extend(next.glyphs.iter().map(|(at, start, end)| (from + at, *start, *end)));
        self.text.push_str(&next.text);
        self.end = self.end.max(next.end);
        self.script = (Script::Plain, self.text.len());
    }
}
