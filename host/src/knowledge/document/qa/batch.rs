//! A batch is the questions of one table or file, held until all are known: where one question has two answers, another column
//! often says whose answer is whose, such as 学校 or 校区.

use std::collections::{BTreeMap, HashMap};

use super::entry::{QaEntry, hash};
use super::line::unnumbered;
use super::role::is_asked;
use crate::knowledge::document::table::is_quantity;
use crate::knowledge::document::{Document, MAX_PIECES, ParseError, count};
use crate::knowledge::terms::question_key;

/// Columns that may tell equal questions apart; the first are the likeliest.
const MAX_SCOPES: usize = 8;
/// Characters of a value that may stand before a question.
const MAX_VALUE: usize = 20;
/// What stands in names of columns that say nothing of what is asked.
const NO_SCOPES: &[&str] = &[
    "时间", "日期", "来源", "链接", "网址", "url", "link", "备注", "作者", "更新", "创建", "状态", "编号",
    "序号", "id", "time", "date", "source", "note", "人", "关键",
];

#[derive(Default)]
pub(super) struct Batch {
    /// Whether a question in several rows may be one merged cell, which those who read the file say in each of them.
    pub(super) joins: bool,
    held: Vec<HeldEntry>,
    /// Names of columns that may tell equal questions apart.
    scopes: Vec<String>,
    pieces: usize,
}

struct HeldEntry {
    entry: QaEntry,
    /// Where it stands.
    line: u64,
    /// Places in the batch's scopes, with this entry's values.
    values: Vec<(usize, String)>,
}

impl HeldEntry {
    /// What it says in these scopes.
    fn value(&self, scope: &[usize]) -> String {
        let of =
            |scope: &usize| self.values.iter().find(|(at, _)| at == scope).map(|(_, value)| value.as_str());
        scope.iter().filter_map(of).collect()
    }
}

/// What of a batch went into the document.
#[derive(Default)]
pub(super) struct BatchCounts {
    pub(super) questions: usize,
    pub(super) variants: usize,
    /// For each column that tells equal questions apart, how many stand under its values now, and the first
    /// of them.
    pub(super) scoped: BTreeMap<String, (usize, String)>,
    /// Questions whose answer stood in several rows.
    pub(super) joined: usize,
}

impl BatchCounts {
    /// The counts in words, for a note on the document.
    pub(super) fn told(&self) -> String {
        let mut told_as = format!("read as {}", count(self.questions, "question"));
        if self.variants > 0 {
            told_as.push_str(&format!(" with {} to ask", count(self.variants, "other way")));
        }
        told_as
    }

    /// A clause for the end of a note that says by which columns equal questions were told apart.
    pub(super) fn told_apart(&self) -> String {
        let told = self.scoped.iter().map(|(name, (questions, first))| {
            let first: String = first.chars().take(2 * MAX_VALUE).collect();
            format!(
                "; {} with several answers are told apart by {name}, which stands before each of them now ({first})",
                count(*questions, "question")
            )
        });
        let joined = (self.joined > 0).then(|| {
            format!("; {} in rows below one another, whose answers are one", count(self.joined, "question"))
        });
        told.chain(joined).collect()
    }
}

impl Batch {
    /// Holds an entry that stands in `line`, with what the other columns of its row say.
    pub(super) fn push<'a>(
        &mut self,
        mut entry: QaEntry,
        line: u64,
        others: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Result<(), ParseError> {
        entry.variants.truncate(MAX_PIECES + 1);
        self.pieces += 1 + entry.variants.len();
        if self.pieces > MAX_PIECES {
            return Err(ParseError::Pieces(MAX_PIECES));
        }
        let mut values = Vec::new();
        for (name, value) in others {
            if let Some(value) = scope_value(value)
                && let Some(scope) = self.scope(name)
            {
                values.push((scope, value.to_owned()));
            }
        }
        self.held.push(HeldEntry { entry, line, values });
        Ok(())
    }

    /// The question that was pushed last.
    pub(super) fn asked_last(&self) -> &str {
        self.held.last().map_or("", |held| &held.entry.question)
    }

    /// Adds ways to ask to the entry that was pushed last; the first of them is its question, where it has none.
    pub(super) fn extend_last(&mut self, mut ways: Vec<String>) -> Result<(), ParseError> {
        let Some(last) = self.held.last_mut() else { return Ok(()) };
        ways.truncate(MAX_PIECES + 1);
        self.pieces += ways.len();
        if self.pieces > MAX_PIECES {
            return Err(ParseError::Pieces(MAX_PIECES));
        }
        if last.entry.question.is_empty() && !ways.is_empty() {
            last.entry.question = ways.remove(0);
        }
        last.entry.variants.append(&mut ways);
        Ok(())
    }

    fn scope(&mut self, name: &str) -> Option<usize> {
        if let Some(known) = self.scopes.iter().position(|scope| scope == name) {
            return Some(known);
        }
        let lower = name.to_lowercase();
        let is_one = self.scopes.len() < MAX_SCOPES
            && !name.is_empty()
            // Another question says nothing of what this one is about.
            && !is_asked(name)
            && !NO_SCOPES.iter().any(|mark| if *mark == "id" { lower == "id" } else { lower.contains(mark) });
        is_one.then(|| {
            self.scopes.push(name.to_owned());
            self.scopes.len() - 1
        })
    }

    /// Puts what it holds into the document.
    pub(super) fn end(&mut self, document: &mut Document) -> Result<BatchCounts, ParseError> {
        self.leave_out_numbers();
        let scopes = self.told_apart();
        let mut counts = BatchCounts::default();
        let held = self.join(scopes, &mut counts);
        for (mut held, scope) in held {
            let scope = scope.unwrap_or_default();
            let value = held.value(&scope);
            if !value.is_empty() {
                held.entry.question = scoped(&value, &held.entry.question);
                for variant in &mut held.entry.variants {
                    *variant = scoped(&value, variant);
                }
                let names = scope.iter().filter_map(|&scope| self.scopes.get(scope).map(String::as_str));
                let name = names.collect::<Vec<_>>().join(" and ");
                let first = || (0, held.entry.question.clone());
                counts.scoped.entry(name).or_insert_with(first).0 += 1;
            }
            if let Some(variants) = held.entry.add(held.line, document)? {
                counts.questions += 1;
                counts.variants += variants;
            }
        }
        self.pieces = 0;
        Ok(counts)
    }

    /// The entries with their scopes, those of one question in rows below one another as one: with all its answers where a
    /// cell may be merged, and with all ways to ask where each has a row.
    fn join(
        &mut self,
        scopes: Vec<Option<Vec<usize>>>,
        counts: &mut BatchCounts,
    ) -> Vec<(HeldEntry, Option<Vec<usize>>)> {
        let mut joined: Vec<(HeldEntry, Option<Vec<usize>>)> = Vec::with_capacity(self.held.len());
        let mut last = None;
        for (held, scope) in std::mem::take(&mut self.held).into_iter().zip(scopes) {
            let next = held.line;
            let before = joined.last_mut().filter(|(before, before_scope)| {
                scope.is_none()
                    && before_scope.is_none()
                    && last.is_some_and(|last: u64| last + 1 == next)
                    && !held.entry.question.is_empty()
                    && before.entry.question == held.entry.question
                    // A row for each way to ask says the answer again.
                    && (self.joins && before.entry.variants == held.entry.variants
                        || before.entry.answer == held.entry.answer)
            });
            let is_first = before.as_ref().is_some_and(|(before, _)| last == Some(before.line));
            match before {
                Some((before, _)) => {
                    let known = &mut before.entry.variants;
                    for variant in held.entry.variants {
                        if !known.contains(&variant) {
                            known.push(variant);
                        }
                    }
                    // An answer over several rows as well is one.
                    if before.entry.answer != held.entry.answer && !held.entry.answer.trim().is_empty() {
                        counts.joined += usize::from(is_first);
                        before.entry.answer.push('\n');
                        before.entry.answer.push_str(&held.entry.answer);
                    }
                }
                None => joined.push((held, scope)),
            }
            last = Some(next);
        }
        joined
    }

    /// Where all questions are numbered, nobody asks with the number.
    fn leave_out_numbers(&mut self) {
        let is_numbered = |held: &HeldEntry| unnumbered(held.entry.question.trim()).is_some();
        if self.held.len() < 2 || !self.held.iter().all(is_numbered) {
            return;
        }
        for HeldEntry { entry, .. } in &mut self.held {
            if let Some(bare) = unnumbered(entry.question.trim()).map(str::to_owned) {
                entry.question = bare;
            }
        }
    }

    /// For each entry the scope, or two of them, that tell it from others that ask the same and answer something else.
    fn told_apart(&self) -> Vec<Option<Vec<usize>>> {
        let mut equal: HashMap<u64, Vec<usize>> = HashMap::new();
        for (place, HeldEntry { entry, .. }) in self.held.iter().enumerate() {
            for asked in entry.variants.iter().chain([&entry.question]) {
                if let Some(key) = question_key(asked) {
                    let places = equal.entry(hash(&key)).or_default();
                    if places.last() != Some(&place) {
                        places.push(place);
                    }
                }
            }
        }
        let mut equal: Vec<Vec<usize>> = equal.into_values().filter(|places| places.len() > 1).collect();
        equal.sort_unstable();
        let mut scopes = vec![None; self.held.len()];
        let all = 0..self.scopes.len();
        let one = all.clone().map(|scope| vec![scope]);
        let two =
            all.clone().flat_map(|first| all.clone().skip(first + 1).map(move |second| vec![first, second]));
        let ways: Vec<Vec<usize>> = one.chain(two).collect();
        for places in equal {
            if let Some(way) = ways.iter().find(|way| self.tells_apart(way, &places)) {
                for place in places {
                    if let Some(found) = scopes.get_mut(place) {
                        found.get_or_insert_with(|| way.clone());
                    }
                }
            }
        }
        scopes
    }

    /// Whether those with another answer have another value there. One that has none there is meant in general.
    fn tells_apart(&self, scope: &[usize], places: &[usize]) -> bool {
        let mut answers: HashMap<String, u64> = HashMap::new();
        let mut differ = false;
        for held in places.iter().filter_map(|&place| self.held.get(place)) {
            let value = held.value(scope);
            let answer = hash(&held.entry.answer.trim());
            let is_said = |other: &str| !other.is_empty() && !value.is_empty();
            differ |= answers.iter().any(|(other, their)| *their != answer && is_said(other));
            if *answers.entry(value).or_insert(answer) != answer {
                return false;
            }
        }
        differ
    }
}

/// A value that names what a question is about, rather than a day, a number or a text.
fn scope_value(value: &str) -> Option<&str> {
    let value = value.trim();
    let is_one = !value.is_empty()
        && value.chars().count() <= MAX_VALUE
        && !value.contains(['\n', '/', '。'])
        && !is_quantity(value);
    is_one.then_some(value)
}

/// 甲大学 and 学费多少？ are 甲大学学费多少？
fn scoped(value: &str, question: &str) -> String {
    if question.contains(value) || question.is_empty() {
        return question.to_owned();
    }
    let ends_word = value.ends_with(|c: char| c.is_ascii_alphanumeric());
    let is_word = question.starts_with(|c: char| c.is_ascii_alphanumeric());
    let gap = if ends_word && is_word { " " } else { "" };
    format!("{value}{gap}{question}")
}

#[cfg(test)]
mod tests;
