//! Lines from glyphs, and paragraphs from lines.
//!
//! Lines stay in the order they were drawn, which is mostly the order they are read in, in columns
//! too. What wraps is put together again: a sentence that is cut at each line's end is not found.

/// A glyph on the page. Lengths are those of the page.
pub(super) struct Placed {
    /// Empty where it is not known.
    pub(super) text: String,
    pub(super) x: f64,
    pub(super) y: f64,
    /// The direction of writing, as long as the font is large.
    pub(super) along: (f64, f64),
    /// The direction across it, as long as the font is high.
    pub(super) across: (f64, f64),
    /// In units of `along`.
    pub(super) width: f64,
}

/// Text on one baseline.
#[derive(Debug, Clone)]
pub(super) struct Line {
    text: String,
    /// The direction of writing, of length 1.
    pub(super) direction: (f64, f64),
    /// The font's size.
    pub(super) size: f64,
    pub(super) start: f64,
    end: f64,
    /// Where the baseline is, counted against the direction of the next line.
    pub(super) height: f64,
    /// Whether wide gaps part it, as the cells of a table's row.
    is_row: bool,
}

/// The lines of a page, in the order they are read in.
pub(super) struct Sheet {
    pub(super) lines: Vec<Line>,
    /// The corners of what is shown of the page: left, bottom, right, top.
    pub(super) corners: [f64; 4],
}

impl Sheet {
    /// The direction of most of the text.
    pub(super) fn direction(&self) -> Option<(f64, f64)> {
        let along = |direction| {
            let lines = self.lines.iter().filter(move |line| line.goes(direction));
            lines.map(|line| line.text.len()).sum::<usize>()
        };
        let quarters = [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)];
        quarters
            .into_iter()
            .max_by_key(|&direction| along(direction))
            .filter(|&direction| along(direction) > 0)
    }

    /// From where to where the page reaches across that direction: its foot and its head.
    pub(super) fn reach(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let [left, bottom, right, top] = self.corners;
        let heights =
            [(left, bottom), (left, top), (right, bottom), (right, top)].map(|at| at.1 * x - at.0 * y);
        heights
            .into_iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| (low.min(at), high.max(at)))
    }
}

/// The lines of a page as far as they were drawn.
#[derive(Default)]
pub(super) struct Lines {
    lines: Vec<Line>,
    /// What was shown last, and where: some programs show it again for a bold look.
    last: (String, f64, f64),
}

impl Lines {
    pub(super) fn add(&mut self, glyphs: Vec<Placed>) {
        let Some(first) = glyphs.first() else { return };
        let text: String = glyphs.iter().map(|glyph| glyph.text.as_str()).collect();
        let near = 0.15 * length(first.across).max(length(first.along));
        let (last, x, y) = &self.last;
        let is_again = text == *last && (first.x - x).abs() < near && (first.y - y).abs() < near;
        self.last = (text, first.x, first.y);
        if !is_again {
            for glyph in glyphs {
                self.glyph(&glyph);
            }
        }
    }

    fn glyph(&mut self, glyph: &Placed) {
        let stretch = length(glyph.along);
        let size = length(glyph.across).max(stretch);
        // Of no size, or beyond all measure: not to be seen.
        if glyph.text.is_empty()
            || !(size > 1e-6 && size < 1e6)
            || !(glyph.x.is_finite() && glyph.y.is_finite())
        {
            return;
        }
        let direction =
            if stretch > 0.0 { (glyph.along.0 / stretch, glyph.along.1 / stretch) } else { (1.0, 0.0) };
        let start = glyph.x * direction.0 + glyph.y * direction.1;
        let height = glyph.y * direction.0 - glyph.x * direction.1;
        let end = start + glyph.width * stretch;
        if let Some(line) = self.lines.last_mut()
            && line.goes(direction)
            && (line.height - height).abs() < 0.5 * line.size.max(size)
            && start > line.end - line.size.max(size)
        {
            let gap = (start - line.end) / line.size.max(size);
            if gap > gap_of_words(&line.text, &glyph.text) {
                line.space();
            }
            line.is_row |= gap > GAP_OF_CELLS;
            line.text.push_str(&glyph.text);
            line.end = line.end.max(end);
            // A raised 2 makes no smaller line.
            if size > line.size {
                (line.size, line.height) = (size, height);
            }
            return;
        }
        self.lines.push(Line {
            text: glyph.text.clone(),
            direction,
            size,
            start,
            end,
            height,
            is_row: false,
        });
    }

    pub(super) fn finish(self) -> Vec<Line> {
        self.lines.into_iter().filter(|line| !line.text.trim().is_empty()).collect()
    }
}

/// The gap, in sizes of the font, that parts two cells of a table's row.
const GAP_OF_CELLS: f64 = 1.8;

fn length((x, y): (f64, f64)) -> f64 {
    x.hypot(y)
}

/// The gap, in sizes of the font, that parts two words. Chinese is set with gaps of its own, to fill a
/// line, and only a wide one parts two things.
fn gap_of_words(before: &str, after: &str) -> f64 {
    match (before.chars().next_back(), after.chars().next()) {
        (Some(before), Some(after)) if is_cjk(before) && is_cjk(after) => 0.8,
        _ => 0.18,
    }
}

fn is_cjk(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}' | '“' | '”' | '‘' | '’' | '…' | '—')
}

impl Line {
    pub(super) fn goes(&self, direction: (f64, f64)) -> bool {
        self.direction.0 * direction.0 + self.direction.1 * direction.1 > 0.99
    }

    fn space(&mut self) {
        if !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }

    /// The texts that wide gaps part.
    pub(super) fn cells(&self) -> Vec<String> {
        vec![self.text.trim().to_owned()]
    }

    /// How much room the line's first word wants, and the space before it. A Chinese line may end
    /// two characters early, for none may begin with a full stop.
    fn first_word(&self) -> f64 {
        let text = self.text.trim();
        let word = text.split(' ').next().unwrap_or_default();
        let share = word.chars().take_while(|c| !is_cjk(*c)).count() as f64 / text.chars().count() as f64;
        (share * (self.end - self.start) + 0.5 * self.size).max(2.2 * self.size)
    }

    /// Whether the next line goes on with what this one says: it stands below it, in the same
    /// script, and this one had no room left. `widest` is where the longest line near ends.
    fn wraps_into(&self, next: &Self, widest: f64) -> bool {
        let size = self.size;
        let down = self.height - next.height;
        self.goes(next.direction)
            && !(self.is_row || next.is_row)
            && (size - next.size).abs() < 0.1 * size
            && down > 0.0
            && down < 2.4 * size
            // A new paragraph is set in.
            && next.start < self.start + 1.2 * size
            && self.end + next.first_word() > widest
            && !self.text.trim_end().ends_with(['。', '！', '？', '；', '：', '.', '!', '?', ';', ':'])
    }
}

/// The text of each paragraph.
pub(super) fn paragraphs(lines: Vec<Line>) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    let mut goes_on = false;
    for (at, line) in lines.iter().enumerate() {
        let text = line.text.trim();
        match paragraphs.last_mut() {
            Some(paragraph) if goes_on => join(paragraph, text),
            _ => paragraphs.push(text.to_owned()),
        }
        let near = lines.iter().take(at + 3).skip(at.saturating_sub(2));
        let widest =
            near.filter(|near| near.goes(line.direction)).map(|near| near.end).fold(line.end, f64::max);
        goes_on = lines.get(at + 1).is_some_and(|next| line.wraps_into(next, widest));
    }
    paragraphs
}

fn join(paragraph: &mut String, next: &str) {
    let (Some(before), Some(after)) = (paragraph.chars().next_back(), next.chars().next()) else { return };
    if before == '-' && after.is_lowercase() {
        paragraph.pop();
    } else if !(is_cjk(before) && is_cjk(after)) {
        paragraph.push(' ');
    }
    paragraph.push_str(next);
}
