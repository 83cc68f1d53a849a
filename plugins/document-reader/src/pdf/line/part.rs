//! A part of a line is a cell of a table's row, where a line was drawn in one go through several.

use super::{GAP_OF_CUT, Line};

/// How near a place stands to a gap that it cuts, or to the place between two glyphs, in sizes of the font.
const NEAR_GAP: f64 = 0.6;
const NEAR_GLYPH: f64 = 0.12;

impl Line {
    /// The line's parts on both sides of a place: where there is room between them, or right between two glyphs where a rule
    /// runs there.
    pub(in crate::pdf) fn cut(self, at: f64, is_ruled: bool) -> (Self, Option<Self>) {
        let off = |end: f64, start: f64| ((end + start) / 2.0 - at).abs();
        let is_near = |(_, end, start): &(usize, f64, f64)| {
            let near = if start - end > GAP_OF_CUT * self.size { NEAR_GAP } else { NEAR_GLYPH } * self.size;
            (end.min(*start) - near..end.max(*start) + near).contains(&at)
        };
        let places = self.glyphs.windows(2).map(|two| (two[1].0, two[0].2, two[1].1));
        let places = self.gaps.iter().copied().chain(places.filter(|_| is_ruled)).filter(is_near);
        let place = places.min_by(|one, other| off(one.1, one.2).total_cmp(&off(other.1, other.2)));
        match place {
            Some((text, end, start)) => self.parted(text, end, start),
            None => (self, None),
        }
    }

    /// Where the gaps are at which it may be cut: where the text before ends, and where that behind starts.
    pub(in crate::pdf) fn gaps(&self) -> impl Iterator<Item = (f64, f64)> {
        self.gaps.iter().map(|gap| (gap.1, gap.2))
    }

    /// The gaps behind which something is shown anew, and in which no space is drawn.
    pub(in crate::pdf) fn gaps_between_shows(&self) -> impl Iterator<Item = (f64, f64)> {
        let is_shown = |gap: &(f64, f64)| self.shows.contains(&gap.1) && !self.has_space_in(*gap);
        self.gaps().filter(is_shown)
    }

    fn has_space_in(&self, (end, start): (f64, f64)) -> bool {
        let near = NEAR_GLYPH * self.size;
        self.spaces.iter().any(|space| end - near < *space && *space < start)
    }

    /// How wide the widest room is between two of its glyphs, but for these gaps and for spaces that are drawn.
    pub(in crate::pdf) fn widest_within(&self, gaps: &[(f64, f64)]) -> f64 {
        let places = self.glyphs.windows(2).map(|two| (two[0].2, two[1].1));
        let is_within = |place: &(f64, f64)| !gaps.contains(place) && !self.has_space_in(*place);
        places.filter(is_within).map(|(end, start)| start - end).fold(0.0, f64::max)
    }

    /// The texts on both sides of a gap, each up to the next one.
    pub(in crate::pdf) fn around(&self, gap: (f64, f64)) -> (String, String) {
        let at = self.gaps.iter().position(|own| (own.1, own.2) == gap);
        let place = |at: usize| self.gaps.get(at).map(|gap| gap.0);
        let middle = at.and_then(place).unwrap_or_default();
        let from = at.and_then(|at| at.checked_sub(1)).and_then(place).unwrap_or_default();
        let to = at.and_then(|at| place(at + 1)).unwrap_or(self.text.len());
        let text = |from: usize, to: usize| self.text.get(from..to).unwrap_or_default().trim().to_owned();
        (text(from, middle), text(middle, to))
    }

    /// Its parts between these of its gaps.
    pub(in crate::pdf) fn at_gaps(mut self, gaps: &[(f64, f64)]) -> Vec<Self> {
        let mut parts = Vec::new();
        while let Some(&(text, end, start)) =
            self.gaps.iter().rev().find(|gap| gaps.contains(&(gap.1, gap.2)))
        {
            let (before, behind) = self.parted(text, end, start);
            self = before;
            let Some(behind) = behind else { break };
            parts.push(behind);
        }
        parts.push(self);
        parts.reverse();
        parts
    }

    /// Its parts before and behind a place in its text.
    fn parted(mut self, text: usize, end: f64, start: f64) -> (Self, Option<Self>) {
        if text == 0 || !self.text.is_char_boundary(text) || text >= self.text.len() {
            return (self, None);
        }
        let behind = |places: &mut Vec<(usize, f64, f64)>, from: usize| {
            let rest = places.split_off(places.partition_point(|place| place.0 < from));
            rest.into_iter().map(|(at, end, start)| (at - text, end, start)).collect()
        };
        // The room that a gap is stands before the text behind it, and is no gap of either part.
        let rest = Self {
            text: self.text.split_off(text),
            start,
            gaps: behind(&mut self.gaps, text + 1),
            glyphs: behind(&mut self.glyphs, text),
            ..self.clone()
        };
        self.gaps.retain(|gap| gap.0 < text);
        let trimmed = self.text.trim_end().len();
        self.text.truncate(trimmed);
        self.end = end;
        (self, Some(rest))
    }
}
