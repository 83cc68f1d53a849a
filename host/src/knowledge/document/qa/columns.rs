//! The columns of a table that hold questions and answers: found by their names, or in a table without names by what asks.

mod faults;
mod groups;
mod hints;
mod told;
mod unnamed;
mod ways;

use std::collections::BTreeSet;

use csv::StringRecord;

use self::faults::lists_faults;
use self::groups::without_groups;
use self::hints::hints;
use self::ways::{ANSWERED, ASKED, several, unmarked};
use super::asked_beside::AskedBeside;
use super::batch::{Batch, BatchCounts};
use super::entry::{QaEntry, split_variants};
use super::pair::QaPair;
use super::role::{
    ColumnRole, has_options, is_asked, is_choice, is_exercise, is_of_exam, is_right, is_title, plain_field,
    role,
};
use super::state::{MAX_UNSURE, QuestionState};
use crate::knowledge::document::table::{
    First, Header, Within, filled, is_alone, is_question, is_remark, is_signature, may_stand_above,
    names_groups, says,
};
use crate::knowledge::document::{Block, Document, ParseError};
use crate::message::MediaType;

/// Rows in which a header may stand below titles.
const HEADER_WITHIN: usize = 4;
/// Characters of a cell that is more than a name or a number.
const SENTENCE: usize = 20;
/// Fewest rows that show that a column asks, and characters that a column of answers has in a cell.
const FEWEST: usize = 3;
const FEW: usize = 6;

/// Where a table has its questions.
pub(in crate::knowledge::document) struct QuestionColumns {
    pairs: Vec<QaPair>,
    others: Vec<usize>,
    /// Those of the others in which something is asked.
    beside: Vec<usize>,
    /// Columns of further answers, of which one question can have but one.
    spare: Vec<usize>,
    names: Vec<String>,
    batch: Batch,
    counts: BatchCounts,
    /// Whether the columns have no names: cells may say themselves what they are, as 问：怎么报名.
    is_unnamed: bool,
    /// Rows, and those whose question reads like one.
    rows: usize,
    asking: usize,
    /// Names of columns that were not kept.
    unkept: BTreeSet<String>,
    /// Values of columns that say whether a question is in use, which nobody knows.
    unsure: BTreeSet<String>,
    kept: BTreeSet<String>,
    texts: usize,
    /// Lines of sentences that stand alone in their rows.
    apart: Vec<u64>,
    /// Columns that say whether a question is in use, and the lines of those that are not.
    states: Vec<(usize, QuestionState)>,
    off: Vec<u64>,
    /// Lines with more cells than there are names: a delimiter in a text that stands in no quotes.
    surplus: Vec<u64>,
    /// Rows beside that of the names that are about the columns as well.
    set_aside: usize,
    /// Whether the question of the row above is in use, and that row, where the rows below it may have its ways to ask.
    goes_on: bool,
    above: StringRecord,
}

impl QuestionColumns {
    /// Finds them in a table's first rows, of which `header` says which name the columns; with them comes how the rows are to
    /// be read.
    pub(in crate::knowledge::document) fn in_rows(
        rows: &[StringRecord],
        header: Header,
        within: Within,
    ) -> Option<(First, Self)> {
        let is_wanted = within == Within::Questions;
        let said = header.said();
        let named = rows.iter().take(said.unwrap_or(HEADER_WITHIN)).enumerate().find_map(|(titles, row)| {
            let above = rows.get(..titles).unwrap_or_default();
            let is_above = |title: &StringRecord| may_stand_above(title, row) || names_groups(title, row);
            if said.is_none() && !above.iter().all(is_above) {
                return None;
            }
            let names: Vec<String> = row.iter().map(|name| name.trim().to_owned()).collect();
            let below = rows.get(titles + 1..).unwrap_or_default();
            let of_groups =
                || Self::named(&without_groups(&names, below).filter(|_| said.is_some())?, is_wanted, below);
            let columns = Self::named(&names, is_wanted, below)
                .or_else(|| Self::asking(&names, below))
                .or_else(of_groups)?;
            if !is_wanted && columns.is_exam(below) {
                return None;
            }
            let (columns, rows) = columns.beside(below);
            let rows = rows.max(said.map_or(1, |said| said - titles));
            Some((First { titles, rows, is_certain: true, ..First::default() }, columns))
        });
        named.or_else(|| {
            if within == Within::Text || said.is_some() { None } else { Self::unnamed(rows, is_wanted) }
        })
    }

    /// The columns by the lowest of the rows that name them, and how many rows are no questions: names may stand twice, by
    /// groups or in another language, and what is to be filled in may be said below.
    fn beside(self, below: &[StringRecord]) -> (Self, usize) {
        let mut columns = self;
        let is_name = |row: &StringRecord| !row.iter().any(is_question);
        for row in below.iter().take(HEADER_WITHIN).take_while(|row| is_name(row)) {
            let names: Vec<String> = row.iter().map(|name| name.trim().to_owned()).collect();
            let Some(lower) = Self::named(&names, false, below) else { break };
            columns = Self { set_aside: columns.set_aside + 1, ..lower };
        }
        columns.set_aside += hints(below.get(columns.set_aside..).unwrap_or_default());
        let rows = 1 + columns.set_aside;
        (columns, rows)
    }

    fn named(names: &[String], is_wanted: bool, below: &[StringRecord]) -> Option<Self> {
        let roles: Vec<ColumnRole> = names.iter().map(|name| role(name)).collect();
        let pairs = QaPair::find(names, &roles, below, is_wanted, !lists_faults(names, below))?;
        let is_used = |at: &usize| pairs.iter().any(|pair| pair.uses(*at));
        let (spare, others): (Vec<usize>, Vec<usize>) = (0..names.len())
            .filter(|at| !is_used(at))
            .partition(|&at| roles.get(at) == Some(&ColumnRole::Answer));
        let cells = |at: usize| below.iter().filter_map(move |row| row.get(at));
        let state = |&at: &usize| Some((at, QuestionState::named(names.get(at)?)?.among(cells(at))));
        let states: Vec<(usize, QuestionState)> = others.iter().filter_map(state).collect();
        let is_beside = |at: &usize| {
            let Some(name) = names.get(*at).filter(|name| !name.is_empty()) else { return false };
            let mut said = AskedBeside::default();
            cells(*at).for_each(|cell| said.add(cell));
            let is_named = is_asked(name) || roles.get(*at) == Some(&ColumnRole::Question);
            !states.iter().any(|(column, _)| column == at) && said.asks(is_named)
        };
        let beside = others.iter().copied().filter(is_beside).collect();
        Some(Self {
            pairs,
            others,
            beside,
            spare,
            names: names.to_vec(),
            batch: Batch::default(),
            counts: BatchCounts::default(),
            is_unnamed: false,
            rows: 0,
            asking: 0,
            unkept: BTreeSet::new(),
            unsure: BTreeSet::new(),
            kept: BTreeSet::new(),
            texts: 0,
            apart: Vec::new(),
            surplus: Vec::new(),
            set_aside: 0,
            goes_on: false,
            above: StringRecord::new(),
            states,
            off: Vec::new(),
        })
    }

    /// The same in a table whose cells may be merged: the answers of a question over several rows are one.
    pub(in crate::knowledge::document) fn joined(mut self) -> Self {
        self.batch.joins = true;
        self
    }

    /// Columns that questions and answers are seldom called, such as 标题 and 内容, where the one asks and the other does not.
    fn asking(names: &[String], below: &[StringRecord]) -> Option<Self> {
        if lists_faults(names, below) {
            return None;
        }
        let columns = Self::named(names, true, below)?;
        let [pair] = columns.pairs.as_slice() else { return None };
        (asks(below, pair.question) && !asks(below, pair.answer)).then_some(columns)
    }

    /// What to write so that the rows of a table become questions, where they may be some.
    pub(in crate::knowledge::document) fn mend(names: &[String], below: &[StringRecord]) -> Option<String> {
        let is_other = |name: &String| is_exercise(name) || is_of_exam(name);
        if lists_faults(names, below) || names.iter().any(is_other) || has_options(names.iter()) {
            return None;
        }
        let name = |at: usize| names.get(at).map(|name| name.trim()).filter(|name| !name.is_empty());
        let seldom = Self::named(names, true, below).and_then(|columns| {
            let [pair] = columns.pairs.as_slice() else { return None };
            Some((pair.question, Some(pair.answer)))
        });
        let is_text = |at: usize| {
            let cells =
                below.iter().filter_map(|row| row.get(at)).map(str::trim).filter(|cell| !cell.is_empty());
            let (cells, chars) =
                cells.fold((0, 0), |(cells, chars), cell| (cells + 1, chars + cell.chars().count()));
            cells > 0 && chars >= FEW * cells
        };
        let asking = || {
            let width = below.iter().map(StringRecord::len).max().unwrap_or(0);
            let question = (0..width).find(|&at| asks(below, at)).filter(|_| below.len() >= FEWEST)?;
            (0..width).any(|at| at != question && is_text(at) && !asks(below, at)).then_some((question, None))
        };
        // 咨询内容 says that somebody asks, beside answers under a name that is not known.
        let named = || {
            let is_asked = |at: &usize| {
                let name = names.get(*at).map_or("", String::as_str);
                matches!(role(name), ColumnRole::Question | ColumnRole::WeakQuestion)
                    && !is_title(name)
                    && is_text(*at)
            };
            let question = (0..names.len()).find(is_asked)?;
            let has_answer = (0..names.len()).any(|at| at != question && is_text(at));
            has_answer.then_some((question, None))
        };
        let (question, answer) = seldom.or_else(asking).or_else(named)?;
        let question = name(question).map_or_else(|| format!("column {}", question + 1), str::to_owned);
        let answer = answer.and_then(name).unwrap_or("that of its answers");
        Some(format!(
            "to have each row stored as a question with its answer, call {question} 问题 and {answer} 答案"
        ))
    }

    /// Whether it is an examination, whose answers nobody asks for: by what its columns are called, or since its answers choose.
    fn is_exam(&self, below: &[StringRecord]) -> bool {
        let is_exercise =
            self.pairs.iter().any(|pair| self.names.get(pair.question).is_some_and(|name| is_exercise(name)));
        let has_exam = self.others.iter().any(|&at| self.names.get(at).is_some_and(|name| is_of_exam(name)));
        let answers = || {
            let cells =
                self.pairs.iter().flat_map(|pair| below.iter().filter_map(|row| row.get(pair.answer)));
            cells.filter(|answer| !answer.trim().is_empty())
        };
        let choices = answers().filter(|answer| is_choice(answer)).count();
        has_options(self.names.iter())
            || is_exercise && has_exam
            || choices > 0 && choices * 5 >= answers().count() * 4
    }

    /// Whether rows below an empty one, or below one that stands alone, may be this table's as well. `is_header`: whether their
    /// first is likely to name other columns; `is_known`: whether all these names are usual ones.
    pub(in crate::knowledge::document) fn goes_on(
        &self,
        rows: &[StringRecord],
        is_header: bool,
        is_known: bool,
    ) -> bool {
        let asks = |row: &StringRecord| {
            self.pairs.iter().any(|pair| row.get(pair.question).is_some_and(is_question))
        };
        let wider = rows.iter().filter(|row| filled(row) > self.names.len()).count();
        let is_wider = wider * 2 > rows.len() && self.pairs.iter().all(|pair| pair.variants_from.is_none());
        if rows.iter().any(asks) {
            return !is_wider;
        }
        // Where nearly all ask, rows of which none does are others under a header, unless they answer in sentences.
        let answers =
            || self.pairs.iter().flat_map(|pair| rows.iter().filter_map(|row| row.get(pair.answer)));
        let sentences =
            answers().filter(|answer| answer.contains('。') || answer.chars().count() > SENTENCE).count();
        if !is_known && sentences * 2 >= answers().count() {
            return !is_wider;
        }
        !is_wider && !(is_header && (is_known || self.asking * 10 >= self.rows * 6))
    }

    pub(in crate::knowledge::document) fn add(
        &mut self,
        row: &StringRecord,
        line: u64,
        document: &mut Document,
    ) -> Result<(), ParseError> {
        let text = row.iter().map(str::trim).find(|cell| !cell.is_empty()).unwrap_or_default();
        let is_answer =
            self.pairs.iter().any(|pair| row.get(pair.answer).is_some_and(|cell| !cell.trim().is_empty()));
        let is_way = self.is_way(row);
        let is_sentence = is_alone(row)
            && !(is_answer && filled(row) == 1)
            && (!is_way || is_remark(text) || says(text))
            && (is_remark(text) || says(text) || text.ends_with('。'))
            && !is_question(text);
        if is_signature(row) || is_sentence {
            let cells: Vec<&str> = row.iter().map(str::trim).filter(|cell| !cell.is_empty()).collect();
            self.texts += 1;
            self.apart.extend(is_sentence.then_some(line));
            return add_text(cells.join(" "), Vec::new(), document);
        }
        self.rows += 1;
        if !is_way && self.pairs.iter().any(|pair| pair.is_of_ways) {
            self.above.clone_from(row);
        }
        if self.is_off(row) {
            self.off.push(line);
            self.goes_on = false;
            return Ok(());
        }
        if is_way {
            // Those of a question that is not in use are not in use.
            let ways = if self.goes_on { self.ways(row) } else { Vec::new() };
            return self.batch.extend_last(ways);
        }
        self.goes_on = true;
        self.keep_others(row, document);
        let beyond: Vec<&str> = self.beyond(row).collect();
        if !beyond.is_empty() {
            self.surplus.push(line);
            add_text(beyond.join(" "), vec![text.to_owned()], document)?;
        }
        let asking = self.asking;
        for pair in 0..self.pairs.len() {
            self.add_pair(pair, row, line, document)?;
        }
        self.asking = self.asking.min(asking + 1);
        Ok(())
    }

    /// Whether a row says that it is not in use. That an answer is wrong says nothing of the one that was put right.
    fn is_off(&self, row: &StringRecord) -> bool {
        let name = |at: usize| self.names.get(at).map_or("", String::as_str);
        let is_right = |pair: &QaPair| is_right(name(pair.answer_of(row)));
        let is_spared = |at: usize| QuestionState::judges(name(at)) && self.pairs.iter().all(is_right);
        self.states.iter().any(|(column, state)| {
            row.get(*column).is_some_and(|value| state.is_off(value)) && !is_spared(*column)
        })
    }

    fn add_pair(
        &mut self,
        at: usize,
        row: &StringRecord,
        line: u64,
        document: &mut Document,
    ) -> Result<(), ParseError> {
        let Some(pair) = self.pairs.get(at) else { return Ok(()) };
        let cell = |column: usize| row.get(column).unwrap_or_default();
        let mut question = cell(pair.question).trim().to_owned();
        if let Some(input) = pair.input.map(cell).filter(|input| !input.trim().is_empty()) {
            question = format!("{question}\n{}", input.trim());
        }
        let mut variants = Vec::new();
        let beyond = row.iter().skip(pair.variants_from.unwrap_or(usize::MAX));
        for text in pair.variants.iter().map(|&column| cell(column)).chain(beyond) {
            split_variants(text, &mut variants);
        }
        let answered = cell(pair.answer_of(row));
        let written = document.as_written(line, answered);
        let media_type = written.map_or(MediaType::Plain, |written| written.media_type);
        let written = written.map(|written| written.source.clone());
        let mut answer = written.as_deref().unwrap_or(answered);
        if self.is_unnamed
            && let (Some(asked), Some(answered)) = (unmarked(&question, ASKED), unmarked(answer, ANSWERED))
        {
            answer = answered;
            question = asked.to_owned();
        }
        if question.is_empty() && !answer.trim().is_empty() {
            // What has other ways to ask only is asked in the first of them.
            if !variants.is_empty() {
                question = variants.remove(0);
            } else if let Some(title) = pair.title.map(cell) {
                // A text that nobody has asked for is found as such.
                self.texts += 1;
                let title = title.trim().to_owned();
                let headings = Some(title).filter(|title| !title.is_empty()).into_iter().collect();
                return add_text(answered.to_owned(), headings, document);
            }
        }
        if pair.input.is_none() {
            let (first, more) = several(&question, pair.parted);
            variants.splice(0..0, more);
            question = first;
        }
        self.asking += usize::from(is_question(&question));
        let entry = QaEntry { question, variants, answer: answer.to_owned(), media_type };
        let others = self.others.iter().filter_map(|&column| {
            Some((self.names.get(column)?.as_str(), row.get(column).unwrap_or_default()))
        });
        self.batch.push(entry, line, others)
    }

    /// What stands in no column that has a name. Programs number the rows in a first one without.
    fn beyond<'a>(&self, row: &'a StringRecord) -> impl Iterator<Item = &'a str> {
        let are_variants = self.pairs.iter().any(|pair| pair.variants_from.is_some());
        let is_number = |at: usize, cell: &str| at == 0 && cell.bytes().all(|byte| byte.is_ascii_digit());
        let cells = row.iter().map(str::trim).enumerate().filter(|(_, cell)| !cell.is_empty());
        let beyond = cells.filter(move |&(at, cell)| match self.names.get(at) {
            None => !are_variants,
            Some(name) => name.is_empty() && self.others.contains(&at) && !is_number(at, cell),
        });
        beyond.map(|(_, cell)| cell)
    }

    /// Other columns say what the document is about.
    fn keep_others(&mut self, row: &StringRecord, document: &mut Document) {
        for (column, state) in &self.states {
            let value = row.get(*column).unwrap_or_default();
            if self.unsure.len() < MAX_UNSURE && !state.knows(value) {
                self.unsure.insert(value.trim().chars().take(SENTENCE).collect());
            }
        }
        for &column in &self.others {
            let (Some(name), Some(value)) = (self.names.get(column), row.get(column)) else { continue };
            if name.is_empty() || value.trim().is_empty() {
                continue;
            }
            let field = plain_field(name);
            let is_number =
                matches!(field.to_lowercase().as_str(), "id" | "no" | "index" | "序号" | "编号" | "行号");
            if !is_number && document.metadata.add(&field, value).is_ok() {
                self.kept.insert(field);
            } else {
                self.unkept.insert(name.clone());
            }
        }
    }

    /// Puts the questions into the document, once there are no more rows.
    pub(in crate::knowledge::document) fn end(&mut self, document: &mut Document) -> Result<(), ParseError> {
        self.counts = self.batch.end(document)?;
        Ok(())
    }
}

/// Whether most cells of a column read like questions.
fn asks(rows: &[StringRecord], column: usize) -> bool {
    let cells = || rows.iter().filter_map(|row| row.get(column)).filter(|cell| !cell.trim().is_empty());
    let asking = cells().filter(|cell| is_question(cell)).count();
    asking > 0 && asking * 10 >= cells().count() * 6
}

fn add_text(text: String, headings: Vec<String>, document: &mut Document) -> Result<(), ParseError> {
    document.add(Block::Prose { headings, text, media_type: MediaType::Plain })
}

#[cfg(test)]
mod tests;
