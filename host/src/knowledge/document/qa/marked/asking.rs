//! Headings and numbered lines that ask, in what calls itself questions and answers: what stands below each is its answer.

use super::called::{is_called_faq, says_faq};
use super::lines::lines;
use super::unmarked::asks;
use crate::knowledge::document::outline::is_page;
use crate::knowledge::document::qa::line::unnumbered;
use crate::knowledge::document::qa::mark::{Marks, QaMark};
use crate::knowledge::document::{Block, Document};

/// Fewest such headings and lines.
const FEWEST: usize = 2;
const FEWEST_LINES: usize = 3;
/// Characters of a line that says what the text is.
const MAX_TITLE: usize = 30;

/// The headings that ask, where nearly all do that stand below 常见问题 or in a file of that name.
pub(super) fn asking_headings(document: &Document) -> Vec<((usize, Option<usize>), QaMark<'_>)> {
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
        if above.iter().any(|above| asks(above)) {
            return Vec::new();
        }
        if asks(heading) {
            let words = heading.trim().trim_matches(['*', '_', '#', ' ']);
            let rest = unnumbered(words).unwrap_or(words);
            let label = "问".to_owned();
            asked.push((
                (at, None),
                QaMark { marks: Marks::Question, label, is_known: true, is_bare: false, rest },
            ));
        }
    }
    if asked.len() >= FEWEST && asked.len() * 10 >= all * 8 { asked } else { Vec::new() }
}

/// The numbered lines that ask, where all lines do that are counted in their way, and each has an answer: 一、怎么退货？
pub(super) fn asking_lines(document: &Document) -> Vec<((usize, Option<usize>), QaMark<'_>)> {
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
                Some(rest) if asks(rest) => {
                    if !is_answered || *counted.get_or_insert(way(words)) != way(words) {
                        return Vec::new();
                    }
                    is_answered = false;
                    let (label, rest) = ("问".to_owned(), rest.trim_matches(['*', '_']));
                    let mark = QaMark { marks: Marks::Question, label, is_known: true, is_bare: false, rest };
                    asked.push(((at, Some(line)), mark));
                }
                // A step of an answer may be counted as well, but in another way, and not as chapters are.
                Some(_) if counted == Some(way(words)) || !way(words).0 => return Vec::new(),
                _ => is_answered = true,
            }
        }
    }
    if is_answered && asked.len() >= FEWEST_LINES { asked } else { Vec::new() }
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
