//! Plain text, cut at its chapters and articles where it has some: a file, or what stands in a document of another format.

use crate::message::MediaType;

use super::outline::{Bare, Outline};
use super::{Document, ParseError, chapter};

/// Characters of a first line that may be the title.
const MAX_TITLE: usize = 40;

pub(super) fn parse(text: &str) -> Result<Document, ParseError> {
    let mut outline = Outline::new(Document::default(), MediaType::Plain, Bare::Kept);
    if chapter::has_chapters(text.lines(), chapter::ITEM) {
        cut(text, &mut outline, Levels::below(0, chapter::ITEM))?;
    } else {
        outline.text(text, MediaType::Plain)?;
    }
    outline.end()
}

/// Which of a text's chapters are headings, and of which level.
#[derive(Debug, Clone, Copy)]
pub(super) struct Levels {
    /// The levels of the headings that the document marks itself: chapters are below them.
    pub(super) above: u8,
    /// The deepest kind of chapter that is one.
    pub(super) deepest: u8,
    /// The levels of those headings that are chapters, by their kinds: 附件1 ends 第三章, however that is set.
    pub(super) marked: [Option<u8>; chapter::LEVELS],
}

impl Levels {
    /// The levels in a document that marks no headings of its own, or none with numbers of this kind.
    pub(super) fn below(above: u8, deepest: u8) -> Self {
        Self { above, deepest, marked: [None; chapter::LEVELS] }
    }

    /// The level of a kind of chapter: that of what it ends, where the document has marked such.
    fn of(&self, kind: u8) -> u8 {
        let ended = self.marked.iter().skip(usize::from(kind)).flatten().min();
        ended.copied().unwrap_or(self.above + kind)
    }
}

/// Adds a text to an outline, cut at its chapters.
pub(super) fn cut(text: &str, outline: &mut Outline, levels: Levels) -> Result<(), ParseError> {
    let last = cut_before_last(text, 0, outline, levels)?;
    outline.text(last, MediaType::Plain)
}

/// The same without what stands below the last chapter's heading, which more may follow. No chapter begins in the first
/// `known` bytes.
pub(super) fn cut_before_last<'a>(
    text: &'a str,
    known: usize,
    outline: &mut Outline,
    levels: Levels,
) -> Result<&'a str, ParseError> {
    let mut done = 0;
    let mut at = known;
    for line in text.get(known..).unwrap_or_default().split_inclusive('\n') {
        let (start, end) = (at, at + line.len());
        at = end;
        let Some(chapter) = chapter::chapter(line).filter(|chapter| chapter.level <= levels.deepest) else {
            continue;
        };
        let before = text.get(done..start).unwrap_or_default();
        if done == 0 && outline.is_empty() && outline.document.title.is_none() {
            let title = before.trim();
            let is_title = !title.is_empty() && !title.contains('\n') && title.chars().count() <= MAX_TITLE;
            outline.document.title = is_title.then(|| title.to_owned());
        }
        outline.text(before.trim_matches('\n').trim_end(), MediaType::Plain)?;
        outline.heading(levels.of(chapter.level), chapter.heading)?;
        // What follows an article's number in its line is its text.
        done = end - chapter.rest.len() - (line.len() - line.trim_end().len());
    }
    Ok(text.get(done..).unwrap_or_default().trim_matches('\n').trim_end())
}

#[cfg(test)]
mod tests;
