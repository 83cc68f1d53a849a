//! Headings that ask, in what calls itself questions and answers: what stands below each is its answer.

use super::called::{is_called_faq, says_faq};
use super::unmarked::asks;
use crate::knowledge::document::outline::is_page;
use crate::knowledge::document::qa::line::unnumbered;
use crate::knowledge::document::qa::mark::{Mark, Marks};
use crate::knowledge::document::{Block, Document};

/// Fewest such headings.
const FEWEST: usize = 2;

/// The headings that ask, where nearly all do that stand below 常见问题 or in a file of that name.
pub(super) fn asking_headings(document: &Document) -> Vec<((usize, Option<usize>), Mark<'_>)> {
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
                Mark { marks: Marks::Question, label, is_known: true, is_bare: false, rest },
            ));
        }
    }
    if asked.len() >= FEWEST && asked.len() * 10 >= all * 8 { asked } else { Vec::new() }
}
