//! Letters may be spaced, to fill a box or for the look: then the gaps between them part no words.

use super::{Line, is_cjk};

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
        // Letters that are not spaced beside them are of a word: what stands between them is words of one letter, as in x = 9.
        let is_tight =
            |at: usize| gaps.get(at).is_some_and(|gap| gap.1 < LEAST && self.is_within_word(gap.0));
        let mut from: usize = 0;
        for run in gaps.split(|gap| gap.1 < LEAST) {
            let (before, end) = (from.checked_sub(1), from + run.len());
            from = end + 1;
            let least = run.iter().map(|gap| gap.1).fold(f64::INFINITY, f64::min);
            let even = run.iter().filter(|gap| gap.1 < least + UNEVEN).count();
            let is_spaced = even >= MIN_GAPS && even * 3 >= run.len() * 2 && least < MOST;
            if is_spaced && !before.is_some_and(is_tight) && !is_tight(end) {
                closed.extend(run.iter().filter(|gap| gap.1 < least + WORDS).map(|gap| gap.0));
            }
        }
        closed.retain(|at| at.checked_sub(1).is_some_and(|space| made.binary_search(&space).is_ok()));
        if closed.is_empty() {
            return;
        }
        let mut text = String::with_capacity(self.text.len());
        let mut from: usize = 0;
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

    /// Whether what stands on both sides of a place is no Chinese.
    fn is_within_word(&self, at: usize) -> bool {
        let (before, after) = self.text.split_at_checked(at).unwrap_or_default();
        let is_letter = |c: Option<char>| c.is_some_and(|c| !is_cjk(c));
        is_letter(before.trim_end().chars().next_back()) && is_letter(after.chars().next())
    }
}
