//! The values of a configuration file, and the line of each key.

use std::collections::BTreeMap;

use toml::Value;
use toml::de::{DeTable, DeValue};

use super::misspelt;
use super::text::fullwidth;
use super::text::repair::AGAIN;
use crate::problem::Problem;

/// Where each key stands.
#[derive(Debug, Clone, Default)]
pub(super) struct KeyLines {
    lines: BTreeMap<String, usize>,
    /// What the texts hold, for hints.
    texts: BTreeMap<String, String>,
}

impl KeyLines {
    /// Whether the file has the key.
    pub(super) fn has(&self, key: &str) -> bool {
        self.lines.contains_key(key)
    }

    /// Gives a problem its line: of its key, or of the table around it. The text there may have a character
    /// that only looks right, which is said as well.
    pub(super) fn place(&self, mut problem: Problem) -> Problem {
        // The hint is added only once: a problem that already has a line has been here before.
        let text = self.texts.get(&problem.key).filter(|_| problem.line.is_none());
        if let Some(hint) = text.and_then(|text| lookalike(text)) {
            problem.message.push_str(&hint);
        }
        let mut key = problem.key.as_str();
        while problem.line.is_none() && !key.is_empty() {
            problem.line = self.lines.get(key).copied();
            key = outer(key);
        }
        problem
    }
}

/// The key of the table or list around a key; empty for a table of the file.
pub(super) fn outer(key: &str) -> &str {
    &key[..key.rfind(['.', '[']).unwrap_or(0)]
}

fn lookalike(text: &str) -> Option<String> {
    let looks = |c: &char| ('\u{ff01}'..='\u{ff5e}').contains(c);
    let c = text.chars().find(looks)?;
    // In a text with Chinese characters, full-width signs are correct.
    if text.chars().any(|c| ('\u{2e80}'..='\u{9fff}').contains(&c)) {
        return None;
    }
    Some(format!("; it has the full-width `{c}` for `{}`", fullwidth::plain(c)?))
}

/// Reads valid TOML. Numbers that are too large are reported and left out, and misspelt tables are reported and read as
/// those that are meant.
pub(super) fn read(toml: &str, problems: &mut Vec<Problem>) -> (toml::Table, KeyLines) {
    let mut reader = TreeReader { toml, ends: line_ends(toml), lines: KeyLines::default(), problems };
    let root = DeTable::parse(toml).map(|root| reader.table(root.get_ref(), "")).unwrap_or_default();
    (root, reader.lines)
}

fn line_ends(toml: &str) -> Vec<usize> {
    toml.match_indices('\n').map(|(at, _)| at).collect()
}

struct TreeReader<'a> {
    toml: &'a str,
    ends: Vec<usize>,
    lines: KeyLines,
    problems: &'a mut Vec<Problem>,
}

/// The key of a value within a table; at the top it is its name.
pub(super) fn joined(outer: &str, name: &str) -> String {
    if outer.is_empty() { name.to_owned() } else { format!("{outer}.{name}") }
}

impl TreeReader<'_> {
    fn line(&self, offset: usize) -> usize {
        1 + self.ends.partition_point(|end| *end < offset.min(self.toml.len()))
    }

    fn table(&mut self, table: &DeTable<'_>, outer: &str) -> toml::Table {
        let mut read = toml::Table::new();
        let meant = |name: &str, value: &DeValue<'_>| {
            if outer.is_empty() { misspelt::meant_by(name, value) } else { None }
        };
        let is_again =
            |name: &str, value: &DeValue<'_>| name.ends_with(AGAIN) || meant(name, value).is_some();
        // What is there twice is one: the first says where it is, and what it holds.
        let (second, first): (Vec<_>, Vec<_>) =
            table.iter().partition(|(name, value)| is_again(name.get_ref(), value.get_ref()));
        for (name, value) in first.into_iter().chain(second) {
            let line = self.line(name.span().start);
            let written = name.get_ref().trim_end_matches(AGAIN);
            let near = meant(written, value.get_ref());
            if let Some(near) = near {
                self.lines.lines.entry(written.to_owned()).or_insert(line);
                self.problems.push(Problem::new(written, misspelt::told(near)));
            }
            let name_text = near.unwrap_or(written);
            let key = joined(outer, name_text);
            self.lines.lines.entry(key.clone()).or_insert(line);
            let value = self.value(value.get_ref(), &key);
            match (read.get_mut(name_text), value) {
                (Some(Value::Table(first)), Some(Value::Table(second))) => merge(first, second),
                (None, Some(value)) => _ = read.insert(name_text.to_owned(), value),
                _ => {}
            }
        }
        read
    }

    fn value(&mut self, value: &DeValue<'_>, key: &str) -> Option<Value> {
        Some(match value {
            DeValue::String(text) => {
                self.lines.texts.entry(key.to_owned()).or_insert_with(|| text.to_string());
                Value::String(text.to_string())
            }
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => Value::Integer(number),
                Err(_) => {
                    let message = format!("is {number}, too large a number; write a smaller one");
                    self.problems.push(Problem::new(key, message));
                    return None;
                }
            },
            DeValue::Float(number) => Value::Float(number.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(truth) => Value::Boolean(*truth),
            DeValue::Datetime(moment) => Value::Datetime(*moment),
            DeValue::Array(items) => {
                let mut read = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    let key = format!("{key}[{index}]");
                    let line = self.line(item.span().start);
                    self.lines.lines.entry(key.clone()).or_insert(line);
                    read.extend(self.value(item.get_ref(), &key));
                }
                Value::Array(read)
            }
            DeValue::Table(table) => Value::Table(self.table(table, key)),
        })
    }
}

/// Puts what a table has of its own into another of the same name.
fn merge(first: &mut toml::Table, second: toml::Table) {
    for (name, value) in second {
        match (first.get_mut(&name), value) {
            (Some(Value::Table(first)), Value::Table(second)) => merge(first, second),
            (Some(_), _) => {}
            (None, value) => _ = first.insert(name, value),
        }
    }
}
