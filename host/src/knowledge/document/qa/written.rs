//! Questions written as text or markdown, each with its answer below: marked (问：… 答：…), as headings, or as bold or numbered lines.

use super::entry::{QaEntry, split_variants};
use super::folded::{FoldedQuestion, add_folded, ask, open_answers, take_folded};
use super::line::{QaLine, ReadLine, even_left, kind, lines, unnumbered};
use super::mark::{Marks, mark};
use crate::knowledge::document::table::is_question;
use crate::knowledge::document::{Block, Document, ParseError, count, delimited, markdown};
use crate::message::MediaType;

/// Reads it; `None` where it is no such text but a table.
pub(super) fn parse(text: &str) -> Result<Option<Document>, ParseError> {
    let (folded, rest) = take_folded(text);
    if folded.is_empty() {
        return unfolded(text);
    }
    let shape = LineCounts::of(&lines(&rest));
    // The title of a page of folded questions may ask as well.
    let first = rest.trim_start().lines().next().unwrap_or_default();
    let is_title = folded.len() > 1 && first.starts_with("# ") && is_question(first);
    let has_own = shape.asked + shape.bold + shape.numbered > 0
        || shape.asking > usize::from(is_title)
        || shape.headings == 0 && shape.bare >= folded.len().min(2);
    if has_own || !ask(&folded, shape.headings + shape.bolds + shape.bare) {
        return unfolded(&open_answers(text, &folded));
    }
    beside_folded(&rest, folded, shape.has_table).map(Some)
}

/// Reads a text of which nothing that a page folds is a question.
fn unfolded(text: &str) -> Result<Option<Document>, ParseError> {
    let lines = lines(text);
    let shape = LineCounts::of(&lines);
    if !shape.has_table && delimited::has_questions(text) {
        return Ok(None);
    }
    if let Some(how) = shape.how() {
        return by_lines(text, &lines, how).map(Some);
    }
    match text.trim_start().chars().next() {
        Some('#' | '-') if !shape.has_table => headings(text).map(Some),
        Some('|' | '#' | '-') if shape.has_table => tables(text).map(Some),
        _ if shape.headings > 0 && shape.has_table => tables(text).map(Some),
        _ if shape.headings > 0 => headings(text).map(Some),
        _ => Ok(None),
    }
}

/// Reads what stands beside questions that were taken out: texts to search, and what tables ask.
fn beside_folded(rest: &str, folded: Vec<FoldedQuestion>, has_table: bool) -> Result<Document, ParseError> {
    let mut document =
        if has_table { markdown::parse(rest, &mut |_| None)? } else { markdown::parse_as_written(rest)? };
    for block in document.take_blocks() {
        let Block::Prose { headings, text, .. } = &block else {
            document.add(block)?;
            continue;
        };
        if document.title.is_none() {
            document.title = headings.first().cloned();
        }
        if !text.trim().is_empty() {
            document.add(block)?;
        }
    }
    add_folded(folded, &mut document)?;
    Ok(document)
}

/// How questions are told from answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum QuestionSign {
    /// 问：, Q1:
    Marked,
    /// Lines that are bold throughout, or those of them that ask.
    Bold { every: bool },
    /// 1. 怎么报名？
    Numbered,
    /// Lines that end with a question mark, each below an empty one.
    Bare,
}

/// How often each kind of line is there.
#[derive(Default)]
struct LineCounts {
    asked: usize,
    answered: usize,
    /// Bold lines, and those of them that ask.
    bolds: usize,
    bold: usize,
    numbered: usize,
    bare: usize,
    headings: usize,
    /// Headings that read like questions.
    asking: usize,
    has_table: bool,
}

impl LineCounts {
    fn of(lines: &[ReadLine<'_>]) -> Self {
        let mut shape = Self::default();
        for ReadLine { kind, .. } in lines {
            match kind {
                QaLine::Asked(_, answer) => {
                    shape.asked += 1;
                    shape.answered += usize::from(answer.is_some());
                }
                QaLine::Answered(_) => shape.answered += 1,
                QaLine::Bold(words) => {
                    shape.bolds += 1;
                    shape.bold += usize::from(is_question(words));
                }
                QaLine::Numbered(words) => shape.numbered += usize::from(asks(words)),
                QaLine::Heading(words) => {
                    shape.headings += 1;
                    shape.asking += usize::from(is_question(words));
                }
                QaLine::Bare(_) => shape.bare += 1,
                QaLine::Table => shape.has_table = true,
                QaLine::Other => {}
            }
        }
        shape
    }

    fn how(&self) -> Option<QuestionSign> {
        if self.asked > 0 && (self.answered * 2 >= self.asked || self.asked > self.asking + self.bold) {
            Some(QuestionSign::Marked)
        } else if self.bold > self.asking || self.headings == 0 && self.bolds > 1 {
            Some(QuestionSign::Bold { every: self.bold == 0 || self.bold * 10 >= self.bolds * 6 })
        } else if self.numbered > self.asking {
            Some(QuestionSign::Numbered)
        } else if self.bare > 0 && self.headings == 0 {
            Some(QuestionSign::Bare)
        } else {
            None
        }
    }
}

/// Whether a numbered line is a question: steps of an answer are numbered as well.
fn asks(words: &str) -> bool {
    words.ends_with(['？', '?'])
}

/// What stands in bold above a part of an answer. Where most bold lines ask, others are questions as well, such as 退款流程.
fn is_within_answer(words: &str) -> bool {
    matches!(
        words.trim_end_matches(['：', ':', '！', '!']),
        "注" | "注意"
            | "请注意"
            | "提示"
            | "温馨提示"
            | "友情提示"
            | "提醒"
            | "温馨提醒"
            | "特别提醒"
            | "说明"
            | "备注"
            | "补充"
            | "补充说明"
            | "附"
            | "例如"
            | "小贴士"
    )
}

/// The questions that lines show, each with the lines below it.
fn by_lines(text: &str, lines: &[ReadLine<'_>], how: QuestionSign) -> Result<Document, ParseError> {
    let mut document = front(text)?;
    let mut reader = WrittenReader { document: &mut document, open: None, told: 0, others: 0, unused: 0 };
    for ReadLine { kind, line, number } in lines {
        if (how == QuestionSign::Marked || reader.awaits())
            && let Some(open) = reader.asked()
            && let Some(ways) = ways_in(line)
        {
            split_variants(ways, &mut open.ways);
            continue;
        }
        match (how, kind) {
            (QuestionSign::Marked, QaLine::Asked(asked, answer)) => {
                reader.ask(asked, answer.as_deref(), *number)?
            }
            // A list in an answer may begin with A. as well.
            (_, QaLine::Answered(answer)) if reader.awaits() => reader.begin(answer),
            (QuestionSign::Bold { every }, QaLine::Bold(asked))
                if is_question(asked) || every && !is_within_answer(asked) =>
            {
                reader.ask(asked, None, *number)?;
            }
            (QuestionSign::Numbered, QaLine::Numbered(asked)) if asks(asked) => {
                reader.ask(asked, None, *number)?
            }
            (QuestionSign::Bare, QaLine::Bare(asked)) => reader.ask(asked, None, *number)?,
            (QuestionSign::Bold { .. } | QuestionSign::Numbered, QaLine::Heading(asked))
                if is_question(asked) =>
            {
                reader.ask(asked, None, *number)?;
            }
            (_, QaLine::Heading(words)) => {
                reader.close()?;
                if reader.document.title.is_none() {
                    reader.document.title = Some(words.clone());
                }
            }
            _ => reader.line(line),
        }
    }
    reader.close()?;
    let (questions, others, unused) = (reader.told, reader.others, reader.unused);
    let by = match how {
        QuestionSign::Marked => "marked lines (such as 问：) are the questions",
        QuestionSign::Bold { .. } => "bold lines that ask are the questions",
        QuestionSign::Bare => "lines with a question mark, below an empty one, are the questions",
        QuestionSign::Numbered => "numbered lines that ask are the questions",
    };
    let mut told = format!("{}; {by}, and what stands below each is its answer", told_as(questions, others));
    if unused > 0 {
        told.push_str(&format!("; {} above a question stand as texts to search", count(unused, "text")));
    }
    document.tell(told);
    Ok(document)
}

/// Title and metadata that the text says of itself.
fn front(text: &str) -> Result<Document, ParseError> {
    let end = text.strip_prefix("---\n").and_then(|rest| rest.find("\n---\n")).map_or(0, |at| at + 9);
    markdown::parse_as_written(text.get(..end).unwrap_or_default())
}

struct WrittenReader<'d> {
    document: &'d mut Document,
    open: Option<OpenQuestion>,
    told: usize,
    others: usize,
    unused: usize,
}

/// A question whose answer is on its way, or a text above the first question.
struct OpenQuestion {
    question: Option<String>,
    /// Other ways to ask it, from lines that say so.
    ways: Vec<String>,
    answer: String,
    number: u64,
}

impl WrittenReader<'_> {
    fn ask(&mut self, question: &str, answer: Option<&str>, number: u64) -> Result<(), ParseError> {
        self.close()?;
        let answer = answer.map_or_else(String::new, |answer| format!("{answer}\n"));
        let question = Some(question.to_owned());
        self.open = Some(OpenQuestion { question, ways: Vec::new(), answer, number });
        Ok(())
    }

    /// Whether there is a question without a word of its answer yet.
    fn awaits(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.question.is_some() && is_blank(&open.answer))
    }

    /// The question that is open.
    fn asked(&mut self) -> Option<&mut OpenQuestion> {
        self.open.as_mut().filter(|open| open.question.is_some())
    }

    /// The line an answer begins with.
    fn begin(&mut self, line: &str) {
        if let Some(open) = &mut self.open {
            open.answer.clear();
        }
        self.line(line);
    }

    fn line(&mut self, line: &str) {
        let none = OpenQuestion { question: None, ways: Vec::new(), answer: String::new(), number: 0 };
        let open = self.open.get_or_insert(none);
        open.answer.push_str(line);
        open.answer.push('\n');
    }

    fn close(&mut self) -> Result<(), ParseError> {
        let Some(OpenQuestion { question, ways, answer, number }) = self.open.take() else { return Ok(()) };
        let answer = even_left(answer.trim_matches('\n').trim_end());
        let Some(question) = question else {
            if !answer.chars().any(char::is_alphanumeric) {
                return Ok(());
            }
            self.unused += 1;
            let text = Block::Prose { headings: Vec::new(), text: answer, media_type: MediaType::Markdown };
            return self.document.add(text);
        };
        let mut entry = QaEntry::written(&question, answer, MediaType::Markdown);
        entry.variants.extend(ways);
        let added = entry.add(number, self.document)?;
        self.told += usize::from(added.is_some());
        self.others += added.unwrap_or(0);
        Ok(())
    }
}

fn is_any(text: &str, starts: &[&str]) -> bool {
    starts.iter().any(|start| text.starts_with(start))
}

/// The other ways to ask that a line names: 相似问：如何报名；报名流程
fn ways_in(line: &str) -> Option<&str> {
    mark(line).filter(|mark| mark.marks == Marks::Variants).map(|mark| mark.rest)
}

/// Whether it is nothing, or a quote of nothing.
fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c == '>' || c.is_whitespace())
}

fn told_as(questions: usize, others: usize) -> String {
    super::batch::BatchCounts { questions, variants: others, ..Default::default() }.told()
}

/// Each heading is a question, and the text below it the answer.
fn headings(text: &str) -> Result<Document, ParseError> {
    let mut document = markdown::parse_as_written(text)?;
    let (mut questions, mut others) = (0_usize, 0_usize);
    for (block, number) in document.take_blocks().into_iter().zip(1..) {
        if let Block::Prose { mut headings, text, media_type } = block
            && let Some(heading) = headings.pop()
        {
            let heading = unnumbered(heading.trim()).unwrap_or(&heading);
            let (ways, text) = ways_above(text);
            let text = match text.lines().next().map(kind) {
                // A. may begin a list.
                Some(QaLine::Answered(first))
                    if !text.starts_with(['A', 'a']) || is_any(&text, &["A：", "A:"]) =>
                {
                    let rest = text.find('\n').and_then(|at| text.get(at..)).unwrap_or_default();
                    format!("{first}{rest}").trim_start_matches('\n').to_owned()
                }
                _ => text,
            };
            let mut entry = QaEntry::written(heading, text, media_type);
            entry.variants.extend(ways);
            let added = entry.add(number, &mut document)?;
            questions += usize::from(added.is_some());
            others += added.unwrap_or(0);
        }
    }
    document.tell(format!(
        "{}; each heading is a question, and the text below it its answer",
        told_as(questions, others)
    ));
    Ok(document)
}

/// The other ways to ask that the first lines below a heading name, and the text below these.
fn ways_above(text: String) -> (Vec<String>, String) {
    let mut ways = Vec::new();
    let mut rest = text.as_str();
    while let Some((first, below)) = rest.trim_start_matches('\n').split_once('\n')
        && let Some(named) = ways_in(first)
    {
        split_variants(named, &mut ways);
        rest = below.trim_start_matches('\n');
    }
    if ways.is_empty() {
        (ways, text)
    } else {
        let rest = rest.to_owned();
        (ways, rest)
    }
}

/// Tables of markdown with columns for questions and answers.
fn tables(text: &str) -> Result<Document, ParseError> {
    let document = markdown::parse(text, &mut |_| None)?;
    if document.blocks.iter().any(|block| matches!(block, Block::Question { .. })) {
        return Ok(document);
    }
    headings(text)
}

#[cfg(test)]
mod tests;
