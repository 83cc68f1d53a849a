//! The flow of a page: its lines put together to paragraphs, between its tables.
//!
//! What wraps is put together again: a sentence that is cut at each line's end is not found. What only stands below
//! something else stays apart, as the items of a list do.

use super::line::{Line, is_cjk, is_hyphenated, join};
use super::sheet::{Item, PageGrid, Sheet};

/// A part of a page's text.
pub(super) enum Flow {
    Paragraph(Box<FlowParagraph>),
    Table(PageGrid),
}

pub(super) struct FlowParagraph {
    pub(super) text: String,
    /// Where its first line stands.
    first: Line,
    last: Line,
    /// Whether its first line is not set in, and whether its last line had no room left.
    goes_on: bool,
    is_open: bool,
}

/// The shares of a page's width and the size of a font that tell running text from a list.
const WIDE: f64 = 0.45;
const MIN_EVEN: f64 = 7.5;
/// How much less room may be left at the end of a line, in sizes of its font, than what comes next wants.
const LOOSE: f64 = 0.1;
/// How wide digits and small letters are, in sizes of their font.
const LETTER: f64 = 0.55;
/// Footnotes are smaller than this share of the text above them.
const SMALL: f64 = 0.9;

impl Flow {
    /// A row of cells as a line of its own.
    fn cells(row: &[String], table: &PageGrid) -> Self {
        let cells: Vec<&str> = row.iter().map(String::as_str).filter(|cell| !cell.is_empty()).collect();
        let line = Line::at(&cells.join("  "), (0.0, 0.0), table.top, 1.0);
        Self::Paragraph(Box::new(FlowParagraph {
            text: line.text.clone(),
            first: line.clone(),
            last: line,
            goes_on: false,
            is_open: false,
        }))
    }

    /// How high on the page it starts: at the baseline of its first line.
    pub(super) fn top(&self) -> f64 {
        match self {
            Self::Paragraph(paragraph) => paragraph.first.height,
            Self::Table(table) => table.top,
        }
    }
}

/// What the page says, from its first line to its last.
pub(super) fn of(sheet: Sheet) -> Vec<Flow> {
    let mut flow = Vec::new();
    let mut lines: Vec<Line> = Vec::new();
    for item in sheet.items {
        match item {
            Item::Line(line) => match lines.last_mut() {
                Some(last) if last.is_level(&line) && line.start > last.end - 0.5 * last.size => {
                    last.beside(&line)
                }
                _ => lines.push(line),
            },
            Item::Table(table) => {
                paragraphs(std::mem::take(&mut lines), sheet.size.0, &mut flow);
                flow.push(Flow::Table(table));
            }
        }
    }
    paragraphs(lines, sheet.size.0, &mut flow);
    flow
}

/// Tables that go on over the end of a page have their header on each, or are one where nothing says what their header
/// is; those that may be read as lines of cells are such lines.
pub(super) fn head_tables(pages: &mut [Vec<Flow>]) {
    // The page that the table is on which may go on.
    let mut open: Option<usize> = None;
    for at in 0..pages.len() {
        let Some((done, rest)) = pages.split_at_mut_checked(at) else { continue };
        let Some(page) = rest.first_mut() else { continue };
        let before = open.and_then(|open| done.get_mut(open)).and_then(|page| page.last_mut());
        // Its header may stand far above its rows, where nothing is seen of the rest of a row.
        if let (Some(Flow::Table(before)), [Flow::Paragraph(line), Flow::Table(_), ..]) = (&before, &page[..])
            && before.is_named(&line.text)
        {
            page.remove(0);
        }
        if let (Some(Flow::Table(before)), Some(Flow::Table(table))) = (before, page.first_mut())
            && (if table.go_on(before) { table.rows.len() < 2 } else { before.takes(table) })
        {
            page.remove(0);
            if page.is_empty() {
                continue;
            }
        }
        open = Some(at);
    }
    for page in pages {
        for part in std::mem::take(page) {
            match part {
                Flow::Table(table) if table.is_loose => {
                    page.extend(table.rows.iter().map(|row| Flow::cells(row, &table)))
                }
                part => page.push(part),
            }
        }
    }
}

/// Sentences that go on over the end of a page go on.
pub(super) fn bridge(pages: &mut [Vec<Flow>]) {
    let mut before: Option<usize> = None;
    for at in 0..pages.len() {
        let Some((done, rest)) = pages.split_at_mut_checked(at) else { continue };
        let Some(page) = rest.first_mut() else { continue };
        let open = before.and_then(|before| done.get_mut(before)).and_then(|page| above_footnotes(page));
        if let Some(Flow::Paragraph(open)) = open
            && let Some(Flow::Paragraph(next)) = page.first()
            && open.is_open
            && next.goes_on
            && is_alike(&open.last, &next.first)
        {
            join(&mut open.text, &next.text);
            open.last = next.last.clone();
            open.is_open = next.is_open;
            page.remove(0);
        }
        if !page.is_empty() {
            before = Some(at);
        }
    }
}

/// The last part of a page that is no footnote: those begin with their mark, and are smaller than the text above them.
fn above_footnotes(page: &mut [Flow]) -> Option<&mut Flow> {
    let marked = |flow: &Flow| match flow {
        Flow::Paragraph(note) => {
            let is_mark = |c: char| c.is_numeric() || "*＊†[［〔注".contains(c);
            note.text.starts_with(is_mark).then_some(note.first.size)
        }
        Flow::Table(_) => None,
    };
    let last = page.len().checked_sub(1)?;
    let above = page.iter().rposition(|flow| marked(flow).is_none()).filter(|above| match page.get(*above) {
        Some(Flow::Paragraph(text)) => {
            page.iter().skip(above + 1).filter_map(marked).all(|size| size < SMALL * text.last.size)
        }
        _ => false,
    });
    page.get_mut(above.unwrap_or(last))
}

fn is_alike(one: &Line, other: &Line) -> bool {
    !one.is_row
        && !other.is_row
        && one.goes(other.direction)
        && (one.size - other.size).abs() < 0.1 * one.size
}

/// Lines that stand closely below one another, in one column.
fn is_below(line: &Line, next: &Line) -> bool {
    let down = line.height - next.height;
    is_alike(line, next)
        && down > 0.0
        && down < 2.4 * line.size
        && (next.start - line.start).abs() < 4.0 * line.size
}

fn paragraphs(lines: Vec<Line>, page: f64, flow: &mut Vec<Flow>) {
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let rest = lines.get(at..).unwrap_or_default();
        let below = rest.windows(2).take_while(|two| matches!(two, [one, other] if is_below(one, other)));
        let block = rest.get(..below.count() + 1).unwrap_or(std::slice::from_ref(line));
        at += block.len();
        block_paragraphs(block, page, flow);
    }
}

fn block_paragraphs(block: &[Line], page: f64, flow: &mut Vec<Flow>) {
    let left = block.iter().map(|line| line.start).fold(f64::INFINITY, f64::min);
    let right = block.iter().map(|line| line.end).fold(f64::NEG_INFINITY, f64::max);
    let kind = RunningText::of(block, left, right, page);
    let mut wraps = false;
    for (at, line) in block.iter().enumerate() {
        let text = line.text.trim();
        let full = kind.is_full(line, right, block.get(at + 1));
        match flow.last_mut() {
            // A new paragraph is set in.
            Some(Flow::Paragraph(paragraph))
                if wraps && line.start < paragraph.last.start + 1.2 * line.size =>
            {
                join(&mut paragraph.text, text);
                paragraph.last = line.clone();
                paragraph.is_open = full;
            }
            // What goes on at the head of the next column.
            Some(Flow::Paragraph(paragraph))
                if at == 0
                    && paragraph.is_open
                    && is_alike(&paragraph.last, line)
                    && line.height > paragraph.last.height + 2.0 * line.size
                    && line.start > paragraph.last.start
                    && line.start < left + line.size =>
            {
                join(&mut paragraph.text, text);
                paragraph.last = line.clone();
                paragraph.is_open = full;
            }
            _ => flow.push(Flow::Paragraph(Box::new(FlowParagraph {
                text: text.to_owned(),
                first: line.clone(),
                last: line.clone(),
                goes_on: line.start < left + line.size,
                is_open: full,
            }))),
        }
        wraps = full;
    }
}

/// How lines of one column are told to be running text.
#[derive(Clone, Copy)]
enum RunningText {
    /// As wide as half the page: a line that has no room left goes on in the next.
    Wide,
    /// Narrow, but even on both sides.
    Even,
    /// A list, or single lines.
    List,
}

impl RunningText {
    fn of(block: &[Line], left: f64, right: f64, page: f64) -> Self {
        let is_across = block.first().is_some_and(|line| line.direction.0.abs() > 0.5);
        if right - left > WIDE * page || !is_across {
            return Self::Wide;
        }
        let size = block.first().map_or(1.0, |line| line.size);
        // The last line of a paragraph may end anywhere. Items that end with a number are often of one length.
        let is_judged = |two: &&[Line]| !two[0].is_done() && two[0].ends_chinese() == two[1].starts_chinese();
        let lines: Vec<&[Line]> = block.windows(2).filter(is_judged).collect();
        let even = lines.iter().filter(|two| two[0].is_even(right, two.get(1))).count();
        // Items of a list may be of one length, but are no sentences.
        let has_sentences = block.iter().any(|line| line.text.contains(['，', '。', '；', ',', '.']));
        let is_even = has_sentences
            && lines.len() > 1
            && right - left > MIN_EVEN * size
            && even * 10 >= lines.len() * 8;
        if is_even { Self::Even } else { Self::List }
    }

    fn is_full(self, line: &Line, right: f64, next: Option<&Line>) -> bool {
        if !line.is_row && next.is_some_and(|next| is_hyphenated(&line.text, &next.text)) {
            return true;
        }
        let room = line.end + next.map_or(2.2 * line.size, Line::first_word);
        !line.is_row
            && !line.is_done()
            && !line.has_leader()
            && match self {
                Self::Wide => room > right,
                Self::Even => line.is_even(right, next),
                Self::List => {
                    line.width() > MIN_EVEN
                        && !line.ends_chinese()
                        && next.is_some_and(Line::goes_on_small)
                        && room > right
                }
            }
    }
}

impl Line {
    /// How much room the line's first word wants, and the space before it. A Chinese line may end
    /// two characters early, for none may begin with a full stop.
    fn first_word(&self) -> f64 {
        let text = self.text.trim();
        let word = text.split(' ').next().unwrap_or_default();
        let share =
            word.chars().take_while(|c| !is_cjk(*c)).count() as f64 / text.chars().count().max(1) as f64;
        (share * (self.end - self.start) + 0.5 * self.size).max(2.2 * self.size)
    }

    /// Whether dots lead from one end of it to the other, as in a table of contents.
    pub(super) fn has_leader(&self) -> bool {
        ["....", ". . .", "………", "····"].iter().any(|dots| self.text.contains(dots))
    }

    /// Whether a sentence ends with it.
    fn is_done(&self) -> bool {
        self.text.trim_end().ends_with(['。', '！', '？', '；', '：', '.', '!', '?', ';', ':'])
    }

    fn ends_chinese(&self) -> bool {
        self.text.trim_end().ends_with(is_cjk)
    }

    fn starts_chinese(&self) -> bool {
        self.text.trim_start().starts_with(is_cjk)
    }

    /// Whether it begins with a small letter.
    fn goes_on_small(&self) -> bool {
        self.text.trim_start().starts_with(char::is_lowercase)
    }

    /// Whether it ends where its column does, or has no room for what the next one begins with; where there is nothing Chinese,
    /// whether the next goes on with a small letter.
    fn is_even(&self, right: f64, next: Option<&Self>) -> bool {
        if self.ends_chinese() || next.is_some_and(Self::starts_chinese) {
            right - self.end < (next.map_or(1.0, Self::first_part) - LOOSE) * self.size
        } else {
            next.is_some_and(Self::goes_on_small)
        }
    }

    /// How much room its first characters want, in sizes of the font, that no line break parts.
    pub(super) fn first_part(&self) -> f64 {
        first_part(&self.text)
    }
}

/// How much room the first characters of a text want, in sizes of the font, that no line break parts: none begins with a full
/// stop, and words and numbers are whole.
pub(super) fn first_part(text: &str) -> f64 {
    let text = text.trim_start();
    let inner = text.trim_start_matches(|c| "（【《「『“‘(".contains(c));
    let word = inner.find(|c: char| is_cjk(c) || c.is_whitespace()).unwrap_or(inner.len());
    let after = inner.chars().skip(inner.get(..word).map_or(0, |word| word.chars().count()).max(1));
    let closing = after.take_while(|c| "，。、；：？！）】》」』”’％…—".contains(*c)).count();
    let opening = text.chars().count() - inner.chars().count();
    let word = if word > 0 { LETTER * word as f64 } else { 1.0 };
    opening as f64 + word + closing as f64
}
