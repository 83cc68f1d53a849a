//! Headings and lines that ask, in what calls itself questions and answers: what stands below each is its answer.

use super::called::{is_called_faq, says_faq};
use super::lines::lines;
use super::unmarked::{asks, may_ask};
use crate::knowledge::document::outline::is_page;
use crate::knowledge::document::qa::line::unnumbered;
use crate::knowledge::document::qa::mark::QaMark;
use crate::knowledge::document::{Block, Document};

/// A mark, and where it stands: its block, and its line where the block has several.
type PlacedMark<'d> = ((usize, Option<usize>), QaMark<'d>);

/// Fewest such headings and lines.
const FEWEST: usize = 2;
const FEWEST_LINES: usize = 3;
/// Characters of a line that says what the text is.
const MAX_TITLE: usize = 30;

/// The headings that ask, where nearly all do that stand below 常见问题 or in a file of that name.
pub(super) fn asking_headings(document: &Document) -> Vec<PlacedMark<'_>> {
    let is_whole = is_called_faq(document);
    let mut asked = Vec::new();
    let mut all = 0_usize;
    let mut last: &[String] = &[];
    for (at, block) in document.blocks.iter().enumerate() {
        let Block::Prose { headings, .. } = block else { continue };
        let (Some((heading, above)), false) = (headings.split_last(), headings.as_slice() == last) else {
            continue;
        };
        last = headings;
        // The titles of tables are among their rows' headings.
        if document.is_tabular(at)
            || is_page(heading)
            || !is_whole && !above.iter().any(|above| says_faq(above))
        {
            continue;
        }
        all += 1;
        // An answer with headings of its own would be cut off at the first of them.
        if above.iter().any(|above| may_ask(above)) {
            return Vec::new();
        }
        if may_ask(heading) {
            let words = heading.trim().trim_matches(['*', '_', '#', ' ']);
            asked.push(((at, None), QaMark::unwritten(unnumbered(words).unwrap_or(words))));
        }
    }
    if asked.len() >= FEWEST && asked.len() * 10 >= all * 8 { asked } else { Vec::new() }
}

/// The numbered lines that ask, where all lines do that are counted in their way, and each has an answer: 一、怎么退货？
pub(super) fn asking_lines(document: &Document) -> Vec<PlacedMark<'_>> {
    let mut asked = Vec::new();
    let mut counted = None;
    let mut is_answered = true;
    if !calls_itself_faq(document) {
        return asked;
    }
    for (at, block) in document.blocks.iter().enumerate() {
        let Block::Prose { text, media_type, .. } = block else { continue };
        if document.is_tabular(at) {
            is_answered = true;
            continue;
        }
        for (line, words) in lines(text, *media_type).filter(|(_, words)| !words.trim().is_empty()) {
            // What is set in belongs to an answer.
            let is_set_in = words.starts_with([' ', '\t', '\u{3000}']);
            let words = words.trim();
            match unnumbered(words).filter(|_| !is_set_in) {
                Some(rest) if may_ask(rest) => {
                    if !is_answered || *counted.get_or_insert(way(words)) != way(words) {
                        return Vec::new();
                    }
                    is_answered = false;
                    asked.push(((at, Some(line)), QaMark::unwritten(rest.trim_matches(['*', '_']))));
                }
                // A step of an answer may be counted as well, but in another way, and not as chapters are.
                Some(_) if counted == Some(way(words)) || !way(words).0 => return Vec::new(),
                _ => is_answered = true,
            }
        }
    }
    if is_answered && asked.len() >= FEWEST_LINES { asked } else { Vec::new() }
}

/// The lines that ask, in what calls itself so, where nothing but their question marks or the empty lines above them tell: each with its
/// answer right below, and none of them in an answer.
pub(super) fn asking_paragraphs(document: &Document) -> Vec<PlacedMark<'_>> {
    if !calls_itself_faq(document) {
        return Vec::new();
    }
    let mut paragraphs: Vec<Paragraph<'_>> = Vec::new();
    for (at, block) in document.blocks.iter().enumerate() {
        let Block::Prose { headings, text, media_type } = block else { return Vec::new() };
        if document.is_tabular(at)
            || !headings.is_empty() && !headings.iter().any(|heading| says_faq(heading))
        {
            return Vec::new();
        }
        let mut is_apart = true;
        for (line, words) in lines(text, *media_type) {
            if words.trim().is_empty() {
                is_apart = true;
            } else if !says_faq(words) || words.chars().count() > MAX_TITLE {
                paragraphs.push(Paragraph { at: (at, Some(line)), words: words.trim(), is_apart });
                is_apart = false;
            }
        }
    }
    let by_mark = asked(&paragraphs, |paragraph| asks(paragraph.words));
    let by_gap = || asked(&paragraphs, |paragraph| paragraph.is_apart);
    by_mark.or_else(by_gap).unwrap_or_default()
}

/// A line that is not empty.
struct Paragraph<'d> {
    at: (usize, Option<usize>),
    words: &'d str,
    /// Whether an empty line stands above it, or nothing.
    is_apart: bool,
}

/// The lines among them that are questions as `is_asked` tells, where all of those may ask, the first line is one, and each has an answer.
fn asked<'d>(
    paragraphs: &[Paragraph<'d>],
    is_asked: impl Fn(&Paragraph<'_>) -> bool,
) -> Option<Vec<PlacedMark<'d>>> {
    let places: Vec<usize> =
        (0..paragraphs.len()).filter(|&place| paragraphs.get(place).is_some_and(&is_asked)).collect();
    let are_answered = places.iter().zip(places.iter().skip(1)).all(|(one, next)| *next > one + 1);
    let is_last_answered = places.last().is_some_and(|last| last + 1 < paragraphs.len());
    if places.len() < FEWEST_LINES || places.first() != Some(&0) || !are_answered || !is_last_answered {
        return None;
    }
    let found = places.iter().filter_map(|&place| paragraphs.get(place)).map(|paragraph| {
        let mark = QaMark::unwritten(paragraph.words.trim_matches(['*', '_']));
        may_ask(paragraph.words).then_some((paragraph.at, mark))
    });
    found.collect()
}

/// How a line is counted: whether in digits, whether in brackets, and what ends the number.
fn way(line: &str) -> (bool, bool, Option<char>) {
    let bare = line.trim_start_matches(['*', '_']);
    let inner = bare.trim_start_matches(['（', '(']);
    let is_number = |c: &char| c.is_ascii_digit() || "一二三四五六七八九十".contains(*c);
    let is_digits = inner.starts_with(|c: char| c.is_ascii_digit());
    (is_digits, inner.len() < bare.len(), inner.chars().find(|c| !is_number(c)))
}

/// Whether its name, its title, a heading or its first line says so.
fn calls_itself_faq(document: &Document) -> bool {
    let mut is_first = true;
    is_called_faq(document)
        || document.blocks.iter().any(|block| {
            let Block::Prose { headings, text, .. } = block else { return false };
            let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
            let is_title =
                std::mem::take(&mut is_first) && line.chars().count() <= MAX_TITLE && says_faq(line);
            is_title && !line.ends_with(['。', '？', '?']) || headings.iter().any(|heading| says_faq(heading))
        })
}
