//! A document whose marked questions are taken out of its texts: what stands between a mark and the next is the question, or its
//! answer.

use super::end::{Below, end};
use super::found::{FoundMarks, Marked};
use crate::knowledge::document::outline::is_page;
use crate::knowledge::document::qa::batch::Batch;
use crate::knowledge::document::qa::entry::{MAX_QUESTION, QaEntry, split_variants};
use crate::knowledge::document::qa::line::even_left;
use crate::knowledge::document::qa::mark::Marks;
use crate::knowledge::document::{Block, Document, ParseError, count};
use crate::message::MediaType;

/// Lines of one question.
pub(super) const MAX_LINES: usize = 6;
/// Fewest questions that tell where the answer to the last one ends.
const TELLING: usize = 3;

/// A question whose answer is on its way.
struct OpenMarkedQuestion {
    headings: Vec<String>,
    /// What is said above it, which tells it from an equal one elsewhere.
    scope: String,
    media_type: MediaType,
    is_letter: bool,
    /// Whether a heading asks: all below it answers.
    is_heading: bool,
    /// Whether its answer has begun with a reason (原因：) only, above what is marked as the answer.
    is_reason: bool,
    question: Vec<String>,
    variants: Vec<String>,
    answer: Option<Vec<AnswerBlock>>,
}

/// A piece of an answer.
#[derive(Debug, Clone)]
enum AnswerBlock {
    Line(String),
    /// Rows of a table.
    Rows(Block),
}

/// What a document is made of anew.
enum Rewritten {
    Block(Block),
    /// A marked question, and whether the next question has ended its answer.
    Pair(OpenMarkedQuestion, bool),
}

/// The blocks that a document is rewritten to.
struct DocumentRewrite<'a> {
    marks: &'a FoundMarks,
    made: Vec<Rewritten>,
    open: Option<OpenMarkedQuestion>,
    /// Lines that belong to no question.
    text: Vec<String>,
    /// Whether something stands below an answer that does not go on with it.
    is_cut: bool,
    /// Answers that another question ends, and those of them with an empty line within.
    ended: usize,
    with_gaps: usize,
}

/// `has_paragraphs`: whether each line of the document is a paragraph, as everywhere but in text files.
pub(super) fn rewrite(
    document: &mut Document,
    marks: &FoundMarks,
    has_paragraphs: bool,
) -> Result<(), ParseError> {
    let row = |at: usize| document.is_tabular(at).then(|| document.titles_above(at).to_vec());
    let rows: Vec<Option<Vec<String>>> = (0..document.blocks.len()).map(row).collect();
    let mut rewrite = DocumentRewrite {
        marks,
        made: Vec::new(),
        open: None,
        text: Vec::new(),
        is_cut: false,
        ended: 0,
        with_gaps: 0,
    };
    for (at, (block, titles)) in document.take_blocks().into_iter().zip(rows).enumerate() {
        rewrite.block(at, block, titles);
    }
    rewrite.close(false);
    let mut is_cut = rewrite.is_cut;
    let made = rewrite.made;
    let unit = AnswerUnit::of(&made, has_paragraphs);
    let last = made.iter().rposition(|made| matches!(made, Rewritten::Pair(..)));
    let (mut batch, mut texts, mut place) = (Batch::default(), 0_usize, 0);
    for (at, made) in made.into_iter().enumerate() {
        match made {
            Rewritten::Block(block) => {
                texts += usize::from(matches!(block, Block::Prose { .. }));
                document.add(block)?;
            }
            Rewritten::Pair(mut open, _) => {
                place += 1;
                let rest = if Some(at) == last { unit.cut(&mut open) } else { Vec::new() };
                for block in blocks(rest, &open.headings, open.media_type) {
                    (texts, is_cut) = (texts + 1, true);
                    document.add(block)?;
                }
                let scope = std::mem::take(&mut open.scope);
                batch.push(open.entry(), place, [("heading", scope.as_str())].into_iter())?;
            }
        }
    }
    let counts = batch.end(document)?;
    let mut told = format!(
        "{}; lines marked such as 问： and 答： are the questions and their answers{}",
        counts.told(),
        counts.told_apart()
    );
    if texts > 0 {
        told.push_str(&format!("; {} beside them to search", count(texts, "text")));
    }
    if is_cut {
        told.push_str(
            "; what stands below the last answer, or apart from one, and does not go on with it is among these texts",
        );
    }
    document.tell(told);
    Ok(())
}

/// Headings without the names of pages, over whose ends an answer goes on.
fn chain(headings: &[String]) -> impl Iterator<Item = &String> {
    headings.iter().filter(|heading| !is_page(heading))
}

impl DocumentRewrite<'_> {
    /// `titles` are those above a row of a table.
    fn block(&mut self, at: usize, block: Block, titles: Option<Vec<String>>) {
        let Block::Prose { headings, text, media_type } = block else {
            self.close(false);
            self.made.push(Rewritten::Block(block));
            return;
        };
        // A row is below the titles of its table as well.
        let depth = |open: &OpenMarkedQuestion| {
            if titles.is_some() { chain(&open.headings).count() } else { usize::MAX }
        };
        if self
            .open
            .as_ref()
            .is_some_and(|open| !chain(&open.headings).eq(chain(&headings).take(depth(open))))
        {
            self.close(false);
        }
        if let Some(titles) = titles {
            let block = Block::Prose { headings, text, media_type };
            match &mut self.open {
                Some(OpenMarkedQuestion { answer: Some(answer), .. }) => {
                    let is_said = |title: &String| matches!(answer.last(), Some(AnswerBlock::Line(line)) if line.contains(title.as_str()));
                    let titles: Vec<String> = titles.into_iter().filter(|title| !is_said(title)).collect();
                    answer.extend(titles.into_iter().map(AnswerBlock::Line));
                    answer.push(AnswerBlock::Rows(block));
                }
                _ => {
                    self.close(false);
                    self.made.push(Rewritten::Block(block));
                }
            }
            return;
        }
        if let Some(mark) = self.marks.0.get(&(at, None)) {
            let above = headings.get(..headings.len() - 1).unwrap_or_default().to_vec();
            if mark.marks == Marks::Question {
                self.mark(mark, &above, media_type);
                // What goes on below this heading goes on below the question.
                if let Some(open) = &mut self.open {
                    open.headings.clone_from(&headings);
                }
            }
        }
        for (number, line) in text.lines().enumerate() {
            match self.marks.0.get(&(at, Some(number))) {
                Some(mark) if self.takes(mark) => {
                    self.end_text(&headings, media_type);
                    self.mark(mark, &headings, media_type);
                }
                _ => self.line(line),
            }
        }
        self.end_text(&headings, media_type);
    }

    /// Whether a mark is one where it stands: A. begins a choice as well.
    fn takes(&self, mark: &Marked) -> bool {
        match (mark.marks, &self.open) {
            (Marks::Question, _) => true,
            (_, None) => false,
            (Marks::Answer, Some(open)) => {
                let is_begun = open.answer.iter().flatten().any(|piece| !is_empty(piece));
                (!is_begun || open.is_reason) && (open.is_letter || !mark.is_bare)
            }
            (Marks::Variants, Some(_)) => true,
        }
    }

    fn mark(&mut self, mark: &Marked, headings: &[String], media_type: MediaType) {
        match mark.marks {
            Marks::Question => {
                self.close(true);
                let answer = mark.answer.clone().map(|answer| vec![AnswerBlock::Line(answer)]);
                let answer = answer.or_else(|| mark.is_heading.then(Vec::new));
                self.open = Some(OpenMarkedQuestion {
                    headings: headings.to_vec(),
                    scope: chain(headings).last().cloned().unwrap_or_default(),
                    media_type,
                    is_letter: mark.is_letter,
                    is_heading: mark.is_heading,
                    is_reason: false,
                    question: vec![mark.rest.clone()],
                    variants: Vec::new(),
                    answer,
                });
            }
            Marks::Answer => {
                if let Some(open) = &mut self.open {
                    let reason = open.answer.take().filter(|_| open.is_reason).unwrap_or_default();
                    let answer = std::iter::once(AnswerBlock::Line(mark.rest.clone()));
                    open.answer = Some(reason.into_iter().chain(answer).collect());
                    open.is_reason = false;
                }
            }
            Marks::Variants => {
                if let Some(open) = &mut self.open {
                    split_variants(&mark.rest, &mut open.variants);
                }
            }
        }
    }

    fn line(&mut self, line: &str) {
        match &mut self.open {
            Some(OpenMarkedQuestion { answer: Some(answer), .. }) => {
                answer.push(AnswerBlock::Line(line.to_owned()))
            }
            Some(open) if is_reason(line) && !open.asked().is_empty() => {
                open.answer = Some(vec![AnswerBlock::Line(line.trim().to_owned())]);
                open.is_reason = true;
            }
            Some(open) => open.question.push(line.to_owned()),
            None => self.text.push(line.to_owned()),
        }
    }

    fn end_text(&mut self, headings: &[String], media_type: MediaType) {
        let text = std::mem::take(&mut self.text).join("\n");
        let text = text.trim_matches('\n').trim_end();
        if !text.trim().is_empty() {
            let block = Block::Prose { headings: headings.to_vec(), text: text.to_owned(), media_type };
            self.made.push(Rewritten::Block(block));
        }
    }

    /// Ends the question that is open, by the next one or by something else.
    fn close(&mut self, by_question: bool) {
        let Some(mut open) = self.open.take() else { return };
        if open.is_one() {
            // Where half of the answers have paragraphs parted by empty lines, an empty line ends none.
            let gap_ends = self.with_gaps * 2 < self.ended.max(1);
            let below = if by_question { Below::Question } else { Below::Other { gap_ends } };
            let rest = open.cut(below);
            self.ended += usize::from(by_question);
            self.with_gaps += usize::from(by_question && open.has_gap());
            let rest = blocks(rest, &open.headings, open.media_type);
            self.is_cut |= !rest.is_empty();
            self.made.push(Rewritten::Pair(open, by_question));
            self.made.extend(rest.into_iter().map(Rewritten::Block));
            return;
        }
        let OpenMarkedQuestion { headings, media_type, question, answer, .. } = open;
        let lines = question.into_iter().map(AnswerBlock::Line).chain(answer.unwrap_or_default());
        let blocks = blocks(lines.collect(), &headings, media_type);
        self.made.extend(blocks.into_iter().map(Rewritten::Block));
    }
}

impl OpenMarkedQuestion {
    fn asked(&self) -> String {
        let lines: Vec<&str> =
            self.question.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
        lines.join("\n")
    }

    /// Whether it is a question with an answer rather than a text that begins like one.
    fn is_one(&self) -> bool {
        let asked = self.asked();
        self.answer.is_some()
            && !self.is_reason
            && !asked.is_empty()
            && asked.lines().count() <= MAX_LINES
            && asked.chars().count() <= MAX_QUESTION
            && self.variants.iter().all(|variant| variant.chars().count() <= MAX_QUESTION)
    }

    /// Takes off its answer what does not go on with it.
    fn cut(&mut self, below: Below) -> Vec<AnswerBlock> {
        let Some(answer) = &mut self.answer else { return Vec::new() };
        if self.is_heading {
            return Vec::new();
        }
        let lines = answer.iter().map(|piece| match piece {
            AnswerBlock::Line(line) => Some(line.as_str()),
            AnswerBlock::Rows(_) => None,
        });
        let end = end(&lines.collect::<Vec<_>>(), below);
        answer.split_off(end)
    }

    /// Whether an empty line stands within its answer.
    fn has_gap(&self) -> bool {
        let pieces = self.answer.as_deref().unwrap_or_default();
        let begun = pieces.iter().skip_while(|piece| is_empty(piece));
        let mut behind = begun.skip_while(|piece| !is_empty(piece));
        behind.any(|piece| !is_empty(piece))
    }

    fn entry(self) -> QaEntry {
        let question = self.asked();
        let lines = self.answer.unwrap_or_default().into_iter().map(|piece| match piece {
            AnswerBlock::Line(line) | AnswerBlock::Rows(Block::Prose { text: line, .. }) => line,
            AnswerBlock::Rows(Block::Question { .. }) => String::new(),
        });
        let mut lines: Vec<String> = lines.collect();
        // What parts the questions from one another.
        let parts = |line: &String| line.chars().all(|c| c.is_whitespace() || "-=*_—~·".contains(c));
        while lines.last().is_some_and(parts) {
            lines.pop();
        }
        let answer = even_left(lines.join("\n").trim_matches('\n').trim_end());
        QaEntry { question, variants: self.variants, answer, media_type: self.media_type }
    }
}

/// Whether a line says why, which answers rather than asks: 原因：…
fn is_reason(line: &str) -> bool {
    let words = line.trim().trim_start_matches(['*', '_', '-', ' ', '【']);
    let words = words.strip_prefix("可能").or_else(|| words.strip_prefix("故障")).unwrap_or(words);
    words
        .strip_prefix("原因")
        .is_some_and(|rest| rest.strip_prefix("分析").unwrap_or(rest).starts_with(['：', ':', '】', '*']))
}

/// Pieces as blocks again.
fn blocks(pieces: Vec<AnswerBlock>, headings: &[String], media_type: MediaType) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut text: Vec<String> = Vec::new();
    let end = |text: &mut Vec<String>, blocks: &mut Vec<Block>| {
        let lines = std::mem::take(text).join("\n");
        let lines = lines.trim_matches('\n').trim_end();
        if lines.chars().any(char::is_alphanumeric) {
            blocks.push(Block::Prose { headings: headings.to_vec(), text: lines.to_owned(), media_type });
        }
    };
    for piece in pieces {
        match piece {
            AnswerBlock::Line(line) => text.push(line),
            AnswerBlock::Rows(block) => {
                end(&mut text, &mut blocks);
                blocks.push(block);
            }
        }
    }
    end(&mut text, &mut blocks);
    blocks
}

/// How long answers are that another question ends: what ends at a heading or with the document may go on with what is none.
struct AnswerUnit {
    /// Most lines, or paragraphs, of such an answer; `None` where too few of them tell.
    most: Option<usize>,
    /// Whether empty lines part paragraphs.
    is_paragraph: bool,
    /// Whether each line is one.
    has_paragraphs: bool,
}

impl AnswerUnit {
    fn of(made: &[Rewritten], has_paragraphs: bool) -> Self {
        let answers = || {
            made.iter().filter_map(|made| match made {
                Rewritten::Pair(OpenMarkedQuestion { answer: Some(answer), .. }, true) => Some(answer),
                _ => None,
            })
        };
        let is_paragraph = answers().any(|answer| answer.last().is_some_and(is_empty));
        let most = answers().map(|answer| ends(answer, is_paragraph).len()).max();
        Self { most: most.filter(|_| answers().count() >= TELLING), is_paragraph, has_paragraphs }
    }

    /// Takes off an answer what is more than others have.
    fn cut(&self, open: &mut OpenMarkedQuestion) -> Vec<AnswerBlock> {
        let (Some(most), Some(answer)) = (self.most, &mut open.answer) else { return Vec::new() };
        let ends = ends(answer, self.is_paragraph);
        // A line more says little, and a paragraph more not much.
        let is_longer = ends.len()
            > match (self.is_paragraph, self.has_paragraphs) {
                (true, _) => most,
                (false, true) => most + 1,
                (false, false) => 2 * most + 2,
            };
        match ends.get(most.max(1) - 1).filter(|_| is_longer) {
            Some(&end) => answer.split_off(end),
            None => Vec::new(),
        }
    }
}

fn is_empty(piece: &AnswerBlock) -> bool {
    matches!(piece, AnswerBlock::Line(line) if line.trim().is_empty())
}

/// The pieces behind which lines, or paragraphs, end.
fn ends(answer: &[AnswerBlock], is_paragraph: bool) -> Vec<usize> {
    let next_is_empty = |at: usize| answer.get(at + 1).is_none_or(is_empty);
    let is_end = |at: &usize| {
        answer.get(*at).is_some_and(|piece| !is_empty(piece)) && (!is_paragraph || next_is_empty(*at))
    };
    (0..answer.len()).filter(is_end).map(|at| at + 1).collect()
}
