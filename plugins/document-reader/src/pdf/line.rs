//! A line is text on one baseline, without wide gaps: a line of a paragraph, or a cell of a table's row.

mod part;
mod shuffled;
mod spaced;

use super::annotation::Link;
use super::rule::Rule;
use crate::left_out::LeftOut;
use crate::link;
use crate::script::Script;

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
    /// In units of `along`, as is the room that is set behind each glyph of its text.
    pub(super) width: f64,
    pub(super) spacing: f64,
}

#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) text: String,
    /// The direction of writing, of length 1.
    pub(super) direction: (f64, f64),
    /// The font's size.
    pub(super) size: f64,
    pub(super) start: f64,
    pub(super) end: f64,
    /// Where the baseline is, counted against the direction of the next line.
    pub(super) height: f64,
    /// Its number among the lines of the page as they were drawn.
    pub(super) drawn: usize,
    /// Whether wide gaps part it, as a row of cells that are no table.
    pub(super) is_row: bool,
    /// Where it can be cut: the place in the text, and where the text before ends and the text after starts.
    gaps: Vec<(usize, f64, f64)>,
    /// Where each glyph is: its place in the text, and from where to where it reaches.
    glyphs: Vec<(usize, f64, f64)>,
    /// Where spaces stand that were made of gaps.
    made: Vec<usize>,
    /// Where on the page a show began, and where spaces are drawn.
    shows: Vec<f64>,
    spaces: Vec<f64>,
    /// The room before the space that was drawn last.
    before_space: f64,
    /// Whether it goes on with what was shown at another time.
    is_in_parts: bool,
    /// The text from there on is raised or lowered.
    script: (Script, usize),
}

/// The lines of a page as far as they were drawn.
#[derive(Default)]
pub(super) struct Lines {
    lines: Vec<Line>,
    links: Vec<Link>,
    /// The link that the last glyph stands in, and where its text begins in which line.
    in_link: Option<(usize, usize, usize)>,
    /// What was shown last, and where: some programs show it again for a bold look.
    last: (String, f64, f64),
}

impl Lines {
    pub(super) fn with_links(links: Vec<Link>) -> Self {
        Self { links, ..Self::default() }
    }

    pub(super) fn add(&mut self, glyphs: Vec<Placed>) {
        let Some(first) = glyphs.first() else { return };
        let text: String = glyphs.iter().map(|glyph| glyph.text.as_str()).collect();
        let near = 0.15 * length(first.across).max(length(first.along));
        let (last, x, y) = &self.last;
        let is_again = text == *last && (first.x - x).abs() < near && (first.y - y).abs() < near;
        self.last = (text, first.x, first.y);
        if !is_again {
            // What is shown next may stand anywhere.
            let mut spacing = None;
            for glyph in glyphs {
                self.glyph(&glyph, spacing);
                spacing = Some(glyph.spacing * length(glyph.along));
            }
        }
    }

    /// `spacing`: the room that is set before it and parts no words, where it is shown with another one before it.
    fn glyph(&mut self, glyph: &Placed, spacing: Option<f64>) {
        let stretch = length(glyph.along);
        let size = length(glyph.across).max(stretch);
        // A glyph of no size or beyond all measure cannot be seen.
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
        if glyph.text.trim().is_empty() {
            // Room that is made by spaces is room all the same, where it is made behind the line.
            if let Some(line) = self.lines.last_mut()
                && line.goes(direction)
                && line.is_followed_by(start, height, size)
            {
                line.before_space = start - line.end;
                line.spaces.push(start);
                line.space();
            }
            return;
        }
        let link = self.link_at((start + end) / 2.0, height + 0.3 * size).filter(|_| direction.0 > 0.99);
        if self.in_link.map(|link| link.0) != link {
            self.end_link(link);
        }
        match self.lines.last_mut() {
            Some(line)
                if line.goes(direction)
                    && line.is_followed_by(start, height, size)
                    && !line.is_behind((start, end)) =>
            {
                line.is_in_parts |= spacing.is_none();
                line.shows.extend(spacing.is_none().then_some(start));
                line.push(&glyph.text, (start, end), size, height, spacing.unwrap_or_default());
            }
            _ => self.lines.push(Line {
                text: glyph.text.clone(),
                direction,
                size,
                start,
                end,
                height,
                drawn: 0,
                is_row: false,
                gaps: Vec::new(),
                glyphs: vec![(0, start, end)],
                made: Vec::new(),
                shows: Vec::new(),
                spaces: Vec::new(),
                before_space: 0.0,
                is_in_parts: false,
                script: (Script::Plain, 0),
            }),
        }
        if let Some(link) = link.filter(|_| self.in_link.is_none()) {
            let line = self.lines.len().saturating_sub(1);
            let from = self.lines.get(line).map_or(0, |line| line.text.len() - glyph.text.len());
            self.in_link = Some((link, line, from));
        }
    }

    /// Adds a line that is not drawn as text.
    pub(super) fn put(&mut self, line: Line) {
        if line.start.is_finite() && line.height.is_finite() {
            self.end_link(None);
            self.lines.push(line);
        }
    }

    fn link_at(&self, x: f64, y: f64) -> Option<usize> {
        self.links.iter().position(|link| {
            let [left, bottom, right, top] = link.corners;
            left < x && x < right && bottom < y && y < top
        })
    }

    /// Says where a link leads behind its text, unless the next one leads there too, as that of the next line does.
    fn end_link(&mut self, next: Option<usize>) {
        let Some((link, line, from)) = self.in_link.take() else { return };
        let target = |at: usize| self.links.get(at).map(|link| link.target.clone());
        let Some(said) = target(link) else { return };
        if let Some(next) = next.filter(|next| target(*next).as_ref() == Some(&said)) {
            self.in_link = Some((next, line, from));
            return;
        }
        let mut text =
            self.lines.get(line).and_then(|line| line.text.get(from..)).unwrap_or_default().to_owned();
        text.extend(self.lines.get(line + 1..).into_iter().flatten().map(|line| line.text.as_str()));
        if let (Some(last), Some(said)) = (self.lines.last_mut(), link::said(&text, &said)) {
            last.settle();
            let trimmed = last.text.trim_end().len();
            last.text.truncate(trimmed);
            last.text.push_str(&said);
            last.script = (Script::Plain, last.text.len());
        }
    }

    pub(super) fn finish(mut self) -> Vec<Line> {
        self.end_link(None);
        self.lines.iter_mut().for_each(Line::settle);
        spaced::close_up(&mut self.lines);
        let lines = self.lines.into_iter().filter(|line| !line.text.trim().is_empty()).collect();
        shuffled::join(super::upright::join(lines))
    }
}

/// The gap, in sizes of the font, that parts two cells of a table's row.
const GAP_OF_CELLS: f64 = 1.05;
/// The gap that no line of a paragraph has, however it is stretched.
const GAP_OF_ROWS: f64 = 1.8;
/// The gap at which a line may be cut where a rule of a table runs through it.
const GAP_OF_CUT: f64 = 0.2;

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

pub(super) fn is_cjk(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}' | '“' | '”' | '‘' | '’' | '…' | '—')
}

impl Line {
    /// Text that no program of the page draws, as that of a form's field, from here to there.
    pub(super) fn at(text: &str, (start, end): (f64, f64), height: f64, size: f64) -> Self {
        Self {
            text: text.to_owned(),
            direction: (1.0, 0.0),
            size,
            start,
            end,
            height,
            drawn: usize::MAX,
            is_row: true,
            gaps: Vec::new(),
            glyphs: Vec::new(),
            made: Vec::new(),
            shows: Vec::new(),
            spaces: Vec::new(),
            before_space: 0.0,
            is_in_parts: false,
            script: (Script::Plain, 0),
        }
    }

    /// Whether it is one glyph that stands right above another one.
    pub(super) fn is_glyph_above(&self, other: &Self) -> bool {
        let is_glyph = |line: &Self| line.text.trim().chars().count() == 1 && line.goes((1.0, 0.0));
        let (down, size) = (self.height - other.height, self.size);
        is_glyph(self)
            && is_glyph(other)
            && (self.size - other.size).abs() < 0.1 * size
            && (self.start - other.start).abs() < 0.3 * size
            && down > 0.8 * size
            && down < 1.7 * size
    }

    /// The upright line that glyphs below one another make.
    pub(super) fn upright(glyphs: &[Self]) -> Option<Self> {
        let (first, last) = (glyphs.first()?, glyphs.last()?);
        Some(Self {
            text: glyphs.iter().map(|glyph| glyph.text.trim()).collect(),
            direction: (0.0, -1.0),
            start: -first.height - first.size,
            end: -last.height,
            height: first.start,
            gaps: Vec::new(),
            glyphs: Vec::new(),
            ..first.clone()
        })
    }

    /// Whether a level rule begins and ends where text of the line does, or within it.
    pub(super) fn ends_with_text(&self, rule: &Rule, off: f64) -> bool {
        let near = |at: f64, end: fn(&(usize, f64, f64)) -> f64| {
            self.glyphs.iter().any(|glyph| (end(glyph) - at).abs() < off)
        };
        near(rule.from, |glyph| glyph.1) && near(rule.to, |glyph| glyph.2)
    }

    /// Takes out the glyphs that lie on these.
    pub(super) fn strike(&mut self, struck: &[Rule], left_out: &mut LeftOut) {
        let is_struck = |glyph: &(usize, f64, f64)| {
            let middle = (glyph.1 + glyph.2) / 2.0;
            struck.iter().any(|rule| (rule.from..rule.to).contains(&middle))
        };
        let mut kept = String::with_capacity(self.text.len());
        let mut places = Vec::with_capacity(self.glyphs.len());
        let ends = self.glyphs.iter().skip(1).map(|glyph| glyph.0).chain([self.text.len()]);
        let mut at = 0;
        for (glyph, end) in self.glyphs.iter().zip(ends) {
            // What was raised was written anew: its glyphs are one.
            let Some(text) = self.text.get(at..end) else { continue };
            places.push((at, kept.len()));
            at = end;
            if is_struck(glyph) {
                left_out.struck(text);
            } else if kept.is_empty() || kept.ends_with(' ') {
                kept.push_str(text.trim_start());
            } else {
                kept.push_str(text);
            }
        }
        let place = |at: usize| {
            let next = places.partition_point(|(before, _)| *before < at);
            places.get(next).map_or(kept.len(), |(_, after)| *after)
        };
        self.gaps.iter_mut().for_each(|gap| gap.0 = place(gap.0));
        self.text = kept;
    }

    pub(super) fn goes(&self, direction: (f64, f64)) -> bool {
        self.direction.0 * direction.0 + self.direction.1 * direction.1 > 0.99
    }

    /// The line on a page that is turned so that it goes in this direction.
    pub(super) fn turned(self, direction: (f64, f64)) -> Self {
        Self { direction, ..self }
    }

    /// Whether it is written neither level nor upright.
    pub(super) fn is_slanted(&self) -> bool {
        self.direction.0.abs().min(self.direction.1.abs()) > 0.1
    }

    /// Whether the other stands beside it.
    pub(super) fn is_level(&self, other: &Self) -> bool {
        self.goes(other.direction) && (self.height - other.height).abs() < 0.5 * self.size.max(other.size)
    }

    /// The texts that wide gaps part.
    pub(super) fn cells(&self) -> impl Iterator<Item = String> {
        self.text.trim().split("  ").map(|cell| cell.trim().to_owned())
    }

    /// How long it is, in sizes of its font.
    pub(super) fn width(&self) -> f64 {
        (self.end - self.start) / self.size
    }

    /// Whether text of a size goes on with this line, as far as places tell.
    fn is_followed_by(&self, start: f64, height: f64, size: f64) -> bool {
        let large = self.size.max(size);
        let gap = (start - self.end) / large;
        // Scripts are raised by more than half a line in some programs.
        let is_script = self.size.min(size) < 0.85 * large && gap.abs() < 0.5;
        let off = (self.height - height).abs() / large;
        off < if is_script { 0.75 } else { 0.5 } && gap > -1.0 && gap < GAP_OF_CELLS
    }

    fn push(&mut self, text: &str, (start, end): (f64, f64), size: f64, height: f64, spacing: f64) {
        let gap = (start - self.end) / self.size.max(size);
        let script = Script::of(size, height - self.height, self.size);
        // Small text in front of larger one was a script, although its line began with it.
        if size > self.size && self.script == (Script::Plain, 0) {
            self.script.0 = Script::of(self.size, self.height - height, size);
        }
        if script != self.script.0 {
            self.settle();
            self.script = (script, self.text.len());
        }
        if gap - spacing / self.size.max(size) > gap_of_words(&self.text, text) && !self.text.ends_with(' ') {
            self.made.push(self.text.len());
            self.space();
        }
        if gap > GAP_OF_CUT {
            self.gaps.push((self.text.len(), self.end, start));
        }
        self.glyphs.push((self.text.len(), start, end));
        self.text.push_str(text);
        self.end = self.end.max(end);
        // A raised 2 makes no smaller line.
        if size > self.size {
            (self.size, self.height) = (size, height);
        }
    }

    /// Writes what was raised or lowered up to here with characters that say so.
    fn settle(&mut self) {
        let (script, from) = std::mem::replace(&mut self.script, (Script::Plain, self.text.len()));
        if script != Script::Plain && self.text.is_char_boundary(from) {
            let text = self.text.split_off(from);
            let plain = script.in_plain(text.trim(), &self.text);
            self.text.push_str(&plain);
            if text.ends_with(' ') {
                self.space();
            }
        }
        self.script.1 = self.text.len();
    }

    fn space(&mut self) {
        if !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }

    /// Forgets what only the layout of its page asks for.
    pub(super) fn laid_out(&mut self) {
        self.gaps = Vec::new();
        self.glyphs = Vec::new();
        self.shows = Vec::new();
        self.spaces = Vec::new();
    }

    /// Sets the other beside it, as the next cell of its row where they stand well apart.
    pub(super) fn beside(&mut self, other: &Self) {
        let is_apart = other.start - self.end > GAP_OF_ROWS * self.size;
        let gap = if is_apart { "  " } else { " " };
        self.text = format!("{}{gap}{}", self.text.trim(), other.text.trim());
        self.start = self.start.min(other.start);
        self.end = self.end.max(other.end);
        self.is_row |= is_apart || other.is_row;
    }
}

/// Adds the text of a line to that of the line before.
pub(super) fn join(text: &mut String, next: &str) {
    let (Some(before), Some(after)) = (text.chars().next_back(), next.chars().next()) else {
        text.push_str(next);
        return;
    };
    if before == '\u{ad}' || before == '-' && after.is_lowercase() && !is_compound(text) {
        text.pop();
    } else if is_hyphenated(text, next) {
        // The hyphen belongs to the word: state-of-the-art, 5-10.
    } else if !is_one_word(before, after) {
        text.push(' ');
    }
    text.push_str(next);
}

/// Whether nothing stands between the end of a line and the next one: Chinese, with the numbers in it, and what is one
/// name with a stroke.
fn is_one_word(before: char, after: char) -> bool {
    let is_part = |c: char| is_cjk(c) || c.is_ascii_digit();
    is_part(before) && is_part(after) && (is_cjk(before) || is_cjk(after))
        || (before == '/' || after == '/') && (is_cjk(before) || is_cjk(after))
}

/// Whether a word or a number that ends with a hyphen goes on with the next line.
pub(super) fn is_hyphenated(text: &str, next: &str) -> bool {
    let mut end = text.trim_end().chars().rev();
    let (hyphen, before) = (end.next(), end.next());
    let after = next.trim_start().chars().next();
    matches!(hyphen, Some('-' | '\u{ad}'))
        && match (before, after) {
            (Some(before), Some(after)) => {
                before.is_ascii_alphanumeric() && after.is_ascii_digit()
                    || before.is_alphabetic() && !is_cjk(before) && after.is_lowercase()
            }
            _ => false,
        }
}

/// Whether the word that a text ends with has a hyphen besides the last one.
fn is_compound(text: &str) -> bool {
    let word = text.rsplit(char::is_whitespace).next().unwrap_or_default();
    word.trim_end_matches('-').contains('-')
}

/// Lines in rows that stand beside one another, from top to bottom and from left to right.
pub(super) fn rows(mut lines: Vec<&Line>) -> Vec<Vec<&Line>> {
    lines.sort_by(|one, other| other.height.total_cmp(&one.height));
    let mut rows: Vec<Vec<&Line>> = Vec::new();
    for line in lines {
        match rows.last_mut() {
            Some(row) if row.first().is_some_and(|first| first.is_level(line)) => row.push(line),
            _ => rows.push(vec![line]),
        }
    }
    for row in &mut rows {
        row.sort_by(|one, other| one.start.total_cmp(&other.start));
    }
    rows
}
