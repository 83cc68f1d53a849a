//! The marks of a document: which lines, and which headings, are questions, answers, or other ways to ask.

use std::collections::{HashMap, HashSet};

use super::above::above_answers;
use super::asking::{asking_headings, asking_lines, asking_paragraphs};
use super::lines::lines;
use crate::knowledge::document::qa::mark::{Marks, QaMark, answer_within, mark};
use crate::knowledge::document::{Block, Document};

/// Where the marks of a document stand, by block and line. A heading has no line.
pub(super) struct FoundMarks(pub(super) HashMap<(usize, Option<usize>), Marked>);

/// A marked line.
#[derive(Debug, Clone)]
pub(super) struct Marked {
    pub(super) marks: Marks,
    /// Whether the mark is a letter that may begin anything.
    pub(super) is_bare: bool,
    pub(super) is_letter: bool,
    /// Whether it is a heading: the text below it is its answer.
    pub(super) is_heading: bool,
    pub(super) rest: String,
    /// The answer, where it stands in the question's line.
    pub(super) answer: Option<String>,
}

impl Marked {
    fn of(mark: &QaMark<'_>, is_heading: bool) -> Self {
        let within = if mark.marks == Marks::Question { answer_within(mark.rest) } else { None };
        let (rest, answer) = within.map_or((mark.rest, None), |(asked, answer)| (asked, Some(answer)));
        Self {
            marks: mark.marks,
            is_bare: mark.is_bare,
            is_letter: mark.label.is_ascii(),
            is_heading,
            rest: rest.to_owned(),
            answer: answer.map(str::to_owned),
        }
    }
}

impl FoundMarks {
    pub(super) fn of(document: &Document) -> Self {
        let mut found: Vec<((usize, Option<usize>), QaMark<'_>)> = Vec::new();
        for (at, block) in document.blocks.iter().enumerate() {
            let Block::Prose { headings, text, media_type } = block else { continue };
            if document.is_tabular(at) {
                continue;
            }
            let is_new = at.checked_sub(1).and_then(|before| document.blocks.get(before)).is_none_or(
                |before| !matches!(before, Block::Prose { headings: other, .. } if other == headings),
            );
            if is_new && let Some(mark) = headings.last().and_then(|heading| mark(heading)) {
                found.push(((at, None), mark));
            }
            for (line, words) in lines(text, *media_type) {
                if let Some(mark) = mark(words) {
                    found.push(((at, Some(line)), mark));
                }
            }
        }
        // 注意问题： once is part of a text.
        let mut seen: HashMap<&str, usize> = HashMap::new();
        for (_, mark) in &found {
            *seen.entry(&mark.label).or_default() += 1;
        }
        let again: HashSet<String> =
            seen.into_iter().filter(|(_, count)| *count > 1).map(|(label, _)| label.to_owned()).collect();
        let counts = |mark: &QaMark<'_>| mark.is_known || again.contains(&mark.label);
        let found = found.iter().filter(|(_, mark)| counts(mark));
        let mut marked: HashMap<_, _> =
            found.map(|(at, mark)| (*at, Marked::of(mark, at.1.is_none()))).collect();
        if !marked.values().any(|mark| mark.marks == Marks::Question) {
            let above = above_answers(document);
            let above = if above.is_empty() { asking_headings(document) } else { above }.into_iter();
            marked.extend(above.map(|(at, mark)| (at, Marked::of(&mark, at.1.is_none()))));
        }
        if !marked.values().any(|mark| mark.marks == Marks::Question) {
            // What stands below each of them is its answer.
            let answered = |mark: Marked| Marked { answer: Some(mark.answer.unwrap_or_default()), ..mark };
            let asked = asking_lines(document);
            let asked = if asked.is_empty() { asking_paragraphs(document) } else { asked }.into_iter();
            marked.extend(asked.map(|(at, mark)| (at, answered(Marked::of(&mark, false)))));
        }
        Self(marked)
    }

    pub(super) fn in_order(&self) -> Vec<&Marked> {
        let mut places: Vec<_> = self.0.iter().collect();
        places.sort_unstable_by_key(|(at, _)| **at);
        places.into_iter().map(|(_, mark)| mark).collect()
    }

    pub(super) fn asked(&self) -> usize {
        self.0.values().filter(|mark| mark.marks == Marks::Question).count()
    }
}
