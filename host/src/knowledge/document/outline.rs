//! An outline is a document on its way, read from top to bottom: texts and tables under the headings above them.

use csv::StringRecord;

use super::plain_text::plain_text;
use super::table::{Header, TableWriter, Within, filled, said_title};
use super::{Block, Document, ParseError, TableRows};
use crate::message::MediaType;

/// Characters of a heading that is matched with every window below it; of a longer one that may be too little.
const SHORT_HEADING: usize = 40;
/// Bytes of a text that may be nothing but marks and pictures.
const FEW_WORDS: usize = 512;

pub(super) struct Outline {
    pub(super) document: Document,
    headings: Vec<(u8, String)>,
    /// The media type of headings that become texts of their own.
    media_type: MediaType,
    /// What happens to a heading without a text below it.
    bare: Bare,
    /// Whether nothing has come below the last heading yet.
    is_bare: bool,
    /// The page that has begun since.
    page: Option<String>,
}

/// What happens to a heading without a text below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bare {
    /// It is a text itself: what it says stands nowhere else.
    Kept,
    /// It is a text without words: whoever takes the blocks reports it.
    Empty,
    /// It names what is not there, as an empty sheet's does.
    Dropped,
}

impl Outline {
    pub(super) fn new(document: Document, media_type: MediaType, bare: Bare) -> Self {
        Self { document, headings: Vec::new(), media_type, bare, is_bare: false, page: None }
    }

    /// A heading of this level (1 is outermost) ends all of its level and below.
    pub(super) fn heading(&mut self, level: u8, text: String) -> Result<(), ParseError> {
        if self.is_bare
            && let Some((last, words)) = self.headings.last()
            && (level <= *last || (self.bare == Bare::Kept && says_something(words)))
        {
            self.keep_bare()?;
        }
        self.turn_page();
        self.headings.retain(|(above, _)| *above < level);
        if !text.is_empty() {
            self.headings.push((level, text));
            self.is_bare = true;
        }
        Ok(())
    }

    /// The page that the next heading or table begins on. It ends no heading, since chapters go on from page to page.
    pub(super) fn page(&mut self, text: String) {
        self.page = Some(text);
    }

    fn turn_page(&mut self) {
        if let Some(page) = self.page.take() {
            self.headings.retain(|(level, _)| *level > 0);
            self.headings.insert(0, (0, page));
        }
    }

    /// Whether what comes next belongs to a heading that is not a page's name.
    pub(super) fn is_under_heading(&self) -> bool {
        self.headings.iter().any(|(level, _)| *level > 0)
    }

    /// Whether nothing has come yet but headings.
    pub(super) fn is_empty(&self) -> bool {
        self.document.blocks.is_empty()
    }

    pub(super) fn text(&mut self, text: &str, media_type: MediaType) -> Result<(), ParseError> {
        if text.trim().is_empty() {
            return Ok(());
        }
        if !self.is_under_heading() {
            self.turn_page();
        }
        let has_words = |text: &str| text.chars().any(char::is_alphanumeric);
        let says_nothing = text.len() <= FEW_WORDS
            && !has_words(&if media_type == MediaType::Markdown {
                plain_text(text)
            } else {
                text.to_owned()
            });
        self.is_bare &= says_nothing && self.bare == Bare::Kept;
        let headings = self.chain();
        self.document.add(Block::Prose { headings, text: text.to_owned(), media_type })
    }

    /// A table below its `titles`, which are said with each of its rows.
    pub(super) fn table(
        &mut self,
        titles: Vec<String>,
        rows: impl Iterator<Item = StringRecord>,
        header: Header,
        within: Within,
    ) -> Result<(), ParseError> {
        let before = self.document.blocks.len();
        self.turn_page();
        let mut headings = self.chain();
        let mut said: Vec<String> = Vec::new();
        for title in titles {
            let short = said_title(&title);
            if short.as_ref() == Some(&title) {
                said.extend(Some(title).filter(|title| !headings.contains(title)));
            } else {
                let headings = headings.clone();
                self.document.add(Block::Prose { headings, text: title, media_type: MediaType::Plain })?;
            }
            headings.extend(short.filter(|short| !headings.contains(short)));
        }
        let first = self.document.blocks.len();
        let mut table = TableWriter::new(&mut self.document, headings, header, within);
        let mut is_list = true;
        for (row, line) in rows.zip(1..) {
            is_list &= filled(&row) <= 1;
            table.row(&row, line)?;
        }
        table.end()?;
        let is_row = |block: &Block| matches!(block, Block::Prose { .. });
        // Stored questions say nothing of what stands above them.
        if !said.is_empty() && !self.document.blocks.get(first..).unwrap_or_default().iter().any(is_row) {
            let (headings, text) = (self.chain(), said.join("\n"));
            self.document.add(Block::Prose { headings, text, media_type: MediaType::Plain })?;
        }
        let after = self.document.blocks.len();
        // One column is a text that is written into cells.
        if after > first && !is_list {
            self.document.tables.push(TableRows { blocks: first..after, titles: said });
        }
        self.is_bare &= after == before;
        Ok(())
    }

    pub(super) fn end(mut self) -> Result<Document, ParseError> {
        if self.is_bare {
            self.keep_bare()?;
        }
        Ok(self.document)
    }

    fn keep_bare(&mut self) -> Result<(), ParseError> {
        self.is_bare = false;
        let mut headings = self.chain();
        let Some(heading) = headings.pop() else { return Ok(()) };
        let media_type = self.media_type;
        let block = match self.bare {
            Bare::Kept if !is_page(&heading) => Block::Prose { headings, text: heading, media_type },
            Bare::Empty => {
                headings.push(heading);
                Block::Prose { headings, text: String::new(), media_type }
            }
            Bare::Kept | Bare::Dropped => return Ok(()),
        };
        self.document.add(block)
    }

    fn chain(&self) -> Vec<String> {
        self.headings.iter().map(|(_, text)| text.clone()).collect()
    }
}

/// Whether a heading says more than what its chapter is about: 电话：010-11112222.
fn says_something(heading: &str) -> bool {
    let after = heading.split_once(['：', ':']).map_or("", |(_, after)| after);
    !after.trim().is_empty()
        || heading.ends_with(['。', '；', '！'])
        || heading.chars().count() > SHORT_HEADING
}

/// 第3页 is the name of a page that may be empty.
pub(super) fn is_page(heading: &str) -> bool {
    let number = heading.strip_prefix('第').and_then(|rest| rest.strip_suffix('页'));
    number.is_some_and(|number| number.trim().bytes().all(|byte| byte.is_ascii_digit()))
}
