//! Letters may be spaced, to fill a box or for the look: then the gaps between them part no words. Values that stand side by side
//! have even gaps as well, so that gaps alone say nothing of letters and digits. What stands among them does: Chinese, which is
//! never written with gaps, and spaces that are drawn, where gaps are none.

use super::{GAP_OF_CELLS, Line, is_cjk};

/// Gaps that spaced letters have between all of them, in sizes of the font, and how much they differ.
const LEAST: f64 = 0.12;
const MOST: f64 = 0.8;
const UNEVEN: f64 = 0.12;
/// How much they differ where the text alone says too little: what a program spaces has one gap.
const EVEN: f64 = 0.03;
/// No program parts words by so little, and no table its columns.
const NO_WORDS: f64 = 0.215;
/// Gaps between Chinese characters that show that letters are spaced, and so many that they are of a text and no row of values.
const MIN_GAPS: usize = 2;
const MIN_TEXT: usize = 12;
/// How many lines drawn before and after one may be rows of its table, and how far off one another values of one column are, in
/// sizes of the font.
const NEIGHBOURS: usize = 8;
const NEAR: f64 = 0.05;

/// Takes out the spaces that were made of gaps between spaced letters.
pub(super) fn close_up(lines: &mut [Line]) {
    let mut is_spaced = false;
    // The gap of the spaced text above.
    let mut of_text = None;
    for at in 0..lines.len() {
        let Some(line) = lines.get(at) else { continue };
        let gaps = line.spacing(&line.glyphs);
        let goes_on = at
            .checked_sub(1)
            .and_then(|before| lines.get(before))
            .is_some_and(|before| is_spaced && line.goes_on_spaced(before));
        let is_row = || {
            let neighbours = lines.get(at.saturating_sub(NEIGHBOURS)..lines.len().min(at + NEIGHBOURS + 1));
            neighbours.unwrap_or_default().iter().any(|other| line.is_over(other))
        };
        let own = gaps.of_text();
        let is_sure = own.is_some() || gaps.part_no_words() || of_text.is_some_and(|gap| gaps.are(gap));
        let is_like = || goes_on || gaps.are_of_letters() || line.ends_with_spaced(&gaps);
        is_spaced = !line.made.is_empty() && (is_sure || is_like() && !is_row());
        of_text = own.or(of_text.filter(|_| is_spaced));
        let closed = if is_spaced { line.made.clone() } else { line.narrow_spaces() };
        if let Some(line) = lines.get_mut(at).filter(|_| !closed.is_empty()) {
            line.close_up(&closed);
        }
    }
}

/// The gaps of a line but those that spaces fill, from the least to the most, in sizes of the font.
struct Spacing {
    all: (f64, f64),
    chinese: (f64, f64),
    count: usize,
    /// How many are between Chinese characters, and how many spaces are drawn.
    pairs: usize,
    spaces: usize,
}

impl Spacing {
    /// Whether all are as wide as those of its Chinese, which may have others at its signs; without Chinese, whether all are.
    fn are_of_letters(&self) -> bool {
        if self.pairs >= MIN_GAPS {
            self.is_chinese_spaced()
        } else {
            self.spaces > 0 && is_even(self.all, UNEVEN)
                || self.pairs > 0 && self.count > MIN_GAPS && is_even(self.all, EVEN)
        }
    }

    fn is_chinese_spaced(&self) -> bool {
        is_even(self.chinese, UNEVEN) && self.all.1 < self.chinese.1 + UNEVEN
    }

    /// Its gap, where it is a line of spaced Chinese.
    fn of_text(&self) -> Option<f64> {
        let is_text = self.pairs >= MIN_TEXT && self.is_chinese_spaced();
        is_text.then_some((self.chinese.0 + self.chinese.1) / 2.0)
    }

    fn part_no_words(&self) -> bool {
        self.count >= MIN_GAPS && self.all.1 < NO_WORDS && is_even(self.all, EVEN)
    }

    /// Whether all are as wide as this.
    fn are(&self, gap: f64) -> bool {
        self.count >= MIN_GAPS && self.all.0 > gap - EVEN && self.all.1 < gap + EVEN
    }
}

fn is_even((least, most): (f64, f64), uneven: f64) -> bool {
    least > LEAST && least < MOST && most < least + uneven
}

/// The place of a glyph in the text, and from where to where it reaches.
type PlacedLetter = (usize, f64, f64);

impl Line {
    /// Takes out some of the spaces that were made of gaps.
    fn close_up(&mut self, closed: &[usize]) {
        let mut text = String::with_capacity(self.text.len());
        let mut from: usize = 0;
        for &space in closed {
            text.push_str(self.text.get(from..space).unwrap_or_default());
            from = space + 1;
        }
        text.push_str(self.text.get(from..).unwrap_or_default());
        let place = |at: usize| at - closed.partition_point(|space| *space < at);
        self.glyphs.iter_mut().chain(&mut self.gaps).for_each(|own| own.0 = place(own.0));
        self.made.retain(|space| closed.binary_search(space).is_err());
        self.made.iter_mut().for_each(|space| *space = place(*space));
        self.text = text;
        self.script.1 = self.text.len();
    }

    /// The spaces made of gaps in what has even ones that part no words, such as one cell of those that a line was drawn through.
    fn narrow_spaces(&self) -> Vec<usize> {
        if self.made.is_empty() {
            return Vec::new();
        }
        let is_near = |one: &PlacedLetter, other: &PlacedLetter| (other.1 - one.2) / self.size < NO_WORDS;
        let is_made = |space: &usize| self.made.binary_search(space).is_ok();
        let runs = self.glyphs.chunk_by(is_near).filter(|run| self.spacing(run).part_no_words());
        let spaces = |run: &[PlacedLetter]| -> Vec<usize> {
            run.iter().skip(1).filter_map(|glyph| glyph.0.checked_sub(1)).filter(is_made).collect()
        };
        // Between Chinese and a digit there is a little room anywhere.
        runs.map(spaces).filter(|spaces| spaces.len() >= MIN_GAPS).flatten().collect()
    }

    fn spacing(&self, glyphs: &[PlacedLetter]) -> Spacing {
        let none = (f64::INFINITY, 0.0_f64);
        let mut gaps = Spacing { all: none, chinese: none, count: 0, pairs: 0, spaces: 0 };
        for two in glyphs.windows(2) {
            let at = two[1].0;
            let (before, after) = self.text.split_at_checked(at).unwrap_or_default();
            let is_made = at.checked_sub(1).is_some_and(|space| self.made.binary_search(&space).is_ok());
            if before.ends_with(' ') && !is_made {
                gaps.spaces += 1;
                continue;
            }
            let gap = (two[1].1 - two[0].2) / self.size;
            let widen = |(least, most): (f64, f64)| (least.min(gap), most.max(gap));
            gaps.count += 1;
            gaps.all = widen(gaps.all);
            let is_chinese = |c: Option<char>| c.is_some_and(|c| is_cjk(c) && c.is_alphabetic());
            if is_chinese(before.chars().next_back()) && is_chinese(after.chars().next()) {
                gaps.pairs += 1;
                gaps.chinese = widen(gaps.chinese);
            }
        }
        gaps
    }

    /// Whether a space is drawn behind it that stands as far off as its letters do: words with wide gaps between their letters are each
    /// a line.
    fn ends_with_spaced(&self, gaps: &Spacing) -> bool {
        let is_as_far = (self.before_space / self.size - gaps.all.1).abs() < NEAR;
        gaps.pairs < MIN_GAPS && self.text.ends_with(' ') && is_as_far && is_even(gaps.all, UNEVEN)
    }

    /// Whether it is the next word of a spaced line: it stands behind its space, with gaps as wide.
    fn goes_on_spaced(&self, before: &Self) -> bool {
        let gap = before.before_space;
        let near = NEAR * self.size;
        let mut gaps = self.glyphs.windows(2).map(|two| two[1].1 - two[0].2);
        let is_one = before.text.ends_with(' ') && self.is_level(before);
        let room = self.start - before.end - 2.0 * gap;
        is_one && room > 0.0 && room < GAP_OF_CELLS * self.size && gaps.all(|own| (own - gap).abs() < near)
    }

    /// Whether its letters and digits, each drawn for itself, stand over those of another line, as values of a table's rows do.
    fn is_over(&self, other: &Self) -> bool {
        let is_other = self.goes(other.direction) && (self.height - other.height).abs() > 0.5 * self.size;
        if !self.is_in_parts || !is_other {
            return false;
        }
        let near = NEAR * self.size;
        let is_above = |own: &PlacedLetter, other: &PlacedLetter| {
            (own.1 - other.1).abs() < near || (own.1 + own.2 - other.1 - other.2).abs() < 2.0 * near
        };
        let over = self.values().filter(|own| other.values().any(|other| is_above(own, other))).count();
        over > 0 && over * 4 >= self.values().count() * 3
    }

    /// Its glyphs but Chinese ones, which stand below one another in any text.
    fn values(&self) -> impl Iterator<Item = &PlacedLetter> {
        let glyph = |at: usize| self.text.get(at..).and_then(|text| text.chars().next());
        self.glyphs.iter().filter(move |(at, ..)| glyph(*at).is_some_and(|c| !is_cjk(c)))
    }
}
