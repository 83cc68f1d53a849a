//! Letters may be spaced, to fill a box or for the look: then the gaps between them part no words.

use super::Line;

/// Gaps that spaced letters have between all of them, in sizes of the font; how much they differ; and how much wider one is
/// that parts two words all the same.
const LEAST: f64 = 0.12;
const MOST: f64 = 0.8;
const UNEVEN: f64 = 0.08;
const WORDS: f64 = 0.18;
/// Gaps that show that letters are spaced.
const MIN_GAPS: usize = 3;

impl Line {
    /// Takes out the spaces that were made of gaps between spaced letters.
    pub(super) fn close_up(&mut self) {
        let made = std::mem::take(&mut self.made);
        if made.len() < MIN_GAPS {
            return;
        }
        // The place of each glyph but the first, and the gap before it.
        let gaps = self.glyphs.windows(2).map(|two| (two[1].0, (two[1].1 - two[0].2) / self.size));
        let is_drawn = |at: usize| {
            let space = at.checked_sub(1);
            space.and_then(|at| self.text.get(at..=at)) == Some(" ")
                && space.is_none_or(|space| made.binary_search(&space).is_err())
        };
        let gaps: Vec<(usize, f64)> = gaps.filter(|gap| !is_drawn(gap.0)).collect();
        let mut closed: Vec<usize> = Vec::new();
        for run in gaps.split(|gap| gap.1 < LEAST) {
            let least = run.iter().map(|gap| gap.1).fold(f64::INFINITY, f64::min);
            let even = run.iter().filter(|gap| gap.1 < least + UNEVEN).count();
            if even >= MIN_GAPS && even * 3 >= run.len() * 2 && least < MOST {
                closed.extend(run.iter().filter(|gap| gap.1 < least + WORDS).map(|gap| gap.0));
            }
        }
        closed.retain(|at| at.checked_sub(1).is_some_and(|space| made.binary_search(&space).is_ok()));
        if closed.is_empty() {
            return;
        }
        let mut text = String::with_capacity(self.text.len());
        let mut from = 0;
        for &at in &closed {
            text.push_str(self.text.get(from..at - 1).unwrap_or_default());
            from = at;
        }
        text.push_str(self.text.get(from..).unwrap_or_default());
        let place = |at: usize| at - closed.partition_point(|closed| *closed <= at);
        self.glyphs.iter_mut().chain(&mut self.gaps).for_each(|own| own.0 = place(own.0));
        self.text = text;
        self.script.1 = self.text.len();
    }
}
