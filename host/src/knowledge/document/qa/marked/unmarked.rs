//! Lines and headings that read like questions although nothing marks them: a note says how they become some.

use super::lines::lines;
use crate::knowledge::document::outline::is_page;
use crate::knowledge::document::qa::line::unnumbered;
use crate::knowledge::document::table::is_question;
use crate::knowledge::document::{Block, Document, Format};

/// Fewest headings and lines that read like questions of which a note is made.
const FEWEST_HEADINGS: usize = 2;
const FEWEST_ASKING: usize = 3;
/// Characters of such a line.
const MAX_ASKING: usize = 80;

/// A note where lines or headings read like questions and nothing marks their answers.
pub(super) fn unmarked(document: &Document, format: Format) -> Option<String> {
    let (mut headings, mut asking, mut lines_all, mut lines_asking) = (0_usize, 0_usize, 0_usize, 0_usize);
    let mut last: &[String] = &[];
    for (at, block) in document.blocks.iter().enumerate() {
        let Block::Prose { headings: chain, text, media_type } = block else { continue };
        if document.is_tabular(at) {
            continue;
        }
        if chain.as_slice() != last
            && let Some(heading) = chain.last().filter(|heading| !is_page(heading))
        {
            headings += 1;
            asking += usize::from(may_ask(heading));
        }
        last = chain;
        let mut before = false;
        for (_, line) in lines(text, *media_type).filter(|(_, line)| !line.trim().is_empty()) {
            // A line without a mark and without a number may as well say something.
            let is_asking = asks(line) || unnumbered(line.trim()).is_some_and(may_ask);
            lines_all += 1;
            // A question below another has no answer.
            lines_asking += usize::from(is_asking && !before);
            before = is_asking;
        }
    }
    let (what, number) = if asking >= FEWEST_HEADINGS && asking * 2 >= headings {
        ("headings", asking)
    } else if lines_asking >= FEWEST_ASKING && lines_asking * 6 >= lines_all {
        ("lines", lines_asking)
    } else {
        return None;
    };
    Some(format!(
        "{number} {what} read like questions; nothing marks them and their answers for certain, so it is a text to search; {}",
        mend(format)
    ))
}

/// Whether a line is one that asks, and short.
pub(super) fn asks(line: &str) -> bool {
    let line = line.trim().trim_end_matches(['*', '_', '#', ' ']);
    line.ends_with(['？', '?'])
        && line.chars().take(MAX_ASKING + 1).count() <= MAX_ASKING
        && is_question(line)
}

/// Characters of a line that asks without a question mark.
const MAX_BARE: usize = 30;

/// Whether a line is one that asks, or reads as if it did where its question mark is left out: 如何退款, 一、退款多久到账.
pub(super) fn may_ask(line: &str) -> bool {
    let line = line.trim().trim_matches(['*', '_', '#', ' ']);
    let line = unnumbered(line).unwrap_or(line);
    asks(line)
        || line.chars().take(MAX_BARE + 1).count() <= MAX_BARE
            && !line.contains(|c: char| "。；，：！;,:!".contains(c))
            && is_question(line)
}

/// How to have questions stored.
pub(super) fn mend(format: Format) -> String {
    let rename = match format {
        Format::Txt => "end its name with .qa.txt, ",
        Format::Markdown => "end its name with .qa.md, ",
        _ => "",
    };
    format!(
        "to have each question stored with its answer, {rename}begin each question with 问： and each answer with 答：, or put \
         them into a table with the columns 问题 and 答案"
    )
}
