//! Costs: what turns came to, by day, app, model and purpose. Their table outlives the traces it was summed up from.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::TraceStore;
use super::costs_table::Days;
use super::summary::{COLUMNS, Summary};
use super::turn_costs::Sums;
use super::waiting::WaitingTrace;
use crate::cut::cut;
use crate::trace::ExpensePurpose;

/// Turns that are told as the dearest.
const DEAREST: usize = 20;
/// Bytes of the client's own words that an error repeats.
const LONGEST_ECHO: usize = 100;

/// What is wanted of the table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CostQuery {
    /// The first day, as `2026-11-26`; `None`: from the beginning.
    pub from: Option<String>,
    /// The last day.
    pub to: Option<String>,
    /// What rows are told apart by; the rest is summed up.
    pub by: BTreeSet<CostColumn>,
}

/// What rows of costs can be told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CostColumn {
    /// The day the turn began on.
    Day,
    /// The app.
    App,
    /// The model, embedder or rerank model.
    Model,
    /// What the tokens were used for.
    Purpose,
}

impl CostQuery {
    /// Why nothing can be told of these days, with what to write instead: one of them is not a day of the
    /// calendar, or the first is after the last.
    pub fn problem(from: Option<&str>, to: Option<&str>) -> Option<String> {
        for (key, day) in [("from", from), ("to", to)] {
            if let Some(day) = day.filter(|day| !Self::is_day(day)) {
                let day = cut(day, LONGEST_ECHO);
                return Some(format!(
                    "`{day}` in {key} is not a day of the calendar; write it like {key}=2026-11-26"
                ));
            }
        }
        match (from, to) {
            (Some(from), Some(to)) if from > to => {
                Some(format!("from={from} is after to={to}; write the first day in from and the last in to"))
            }
            _ => None,
        }
    }

    /// Whether it is a day of the calendar, written like `2026-11-26`.
    pub fn is_day(text: &str) -> bool {
        let parts: Vec<&str> = text.split('-').collect();
        let [year, month, day] = parts[..] else { return false };
        let number = |part: &str, digits: usize| {
            let is_number = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse::<u32>().ok().filter(|_| is_number)
        };
        let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2)) else {
            return false;
        };
        (1..=days_of(year, month)).contains(&day)
    }
}

/// Days of a month of the Gregorian calendar; none for a month that there is not.
fn days_of(year: u32, month: u32) -> u32 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

impl CostColumn {
    /// In the order of a row.
    pub const ALL: [Self; 4] = [Self::Day, Self::App, Self::Model, Self::Purpose];

    /// Its name in a row.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::App => "app",
            Self::Model => "model",
            Self::Purpose => "purpose",
        }
    }
}

/// What turns came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Costs {
    /// The day it is now, in the machine's time zone.
    pub today: String,
    /// In the order of day, app, model and purpose.
    pub data: Vec<CostRow>,
    /// Models, embedders and rerank models without a price: their tokens are in no cost.
    pub unpriced: Vec<String>,
    /// The keys of the configuration where these prices belong.
    pub unpriced_keys: Vec<String>,
    /// The turns that cost most, of those whose traces are kept.
    pub dearest: Vec<DearTurn>,
}

/// A row; absent is what it is not told apart by.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CostRow {
    /// Such as `2026-11-26`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<String>,
    /// The app's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    /// The model's name; `null` in the row of turns for which no model was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<Option<String>>,
    /// What for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<ExpensePurpose>,
    /// Turns: each counts once in a row, as far as rows are not of models or purposes that it has several of.
    pub turns: u64,
    /// Turns that a stored answer has answered without the model that would otherwise have been asked.
    pub without_model: u64,
    /// Tokens that were sent.
    pub prompt_tokens: u64,
    /// Tokens that came back.
    pub completion_tokens: u64,
    /// Tokens among them that the host has estimated.
    pub estimated_tokens: u64,
    /// In the operator's currency; `None` where nothing of it has a price.
    pub cost: Option<f64>,
}

/// A turn that cost much.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DearTurn {
    /// Its trace's id.
    pub trace: String,
    /// When it began, in seconds since 1970.
    pub created: u64,
    /// The app that served it.
    pub app: String,
    /// The beginning of the question.
    pub question: String,
    /// In the operator's currency.
    pub cost: f64,
}

/// A group of rows of the table, with the turns of each purpose apart: one turn is in several of them.
#[derive(Default)]
struct CostGroup {
    sums: Sums,
    turns: BTreeMap<ExpensePurpose, u64>,
}

impl CostGroup {
    fn row(&self, key: CostKey) -> CostRow {
        let turns = match self.turns.get(&ExpensePurpose::Answer) {
            Some(answers) => *answers,
            None => self.turns.values().copied().max().unwrap_or(0),
        };
        let sums = &self.sums;
        let (day, app, model, purpose) = key;
        CostRow {
            day,
            app,
            model: model.map(|model| Some(model).filter(|model| !model.is_empty())),
            purpose,
            turns,
            without_model: sums.without_model,
            prompt_tokens: sums.prompt_tokens,
            completion_tokens: sums.completion_tokens,
            estimated_tokens: sums.estimated_tokens,
            cost: Some(sums.cost).filter(|cost| *cost > 0.0 || sums.unpriced == 0),
        }
    }
}

type CostKey = (Option<String>, Option<String>, Option<String>, Option<ExpensePurpose>);

/// Sums rows up as they come.
struct Sum<'a> {
    by: &'a BTreeSet<CostColumn>,
    groups: BTreeMap<CostKey, CostGroup>,
    unpriced: BTreeSet<(ExpensePurpose, String)>,
}

impl Sum<'_> {
    fn add(&mut self, day: &str, app: &str, purpose: ExpensePurpose, model: &str, sums: &Sums) {
        let is_by = |column| self.by.contains(&column);
        let key = (
            is_by(CostColumn::Day).then(|| day.to_owned()),
            is_by(CostColumn::App).then(|| app.to_owned()),
            is_by(CostColumn::Model).then(|| model.to_owned()),
            is_by(CostColumn::Purpose).then_some(purpose),
        );
        if sums.unpriced > 0 {
            self.unpriced.insert((purpose, model.to_owned()));
        }
        let group = self.groups.entry(key).or_default();
        group.sums.add(sums);
        *group.turns.entry(purpose).or_default() += sums.turns;
    }

    /// What is in the file.
    fn stored(&mut self, look: &Connection, from: &str, to: &str) -> rusqlite::Result<()> {
        let mut query = look.prepare_cached(
            "SELECT day, app, purpose, model, turns, without_model, prompt_tokens, completion_tokens, \
             estimated_tokens, unpriced, cost FROM costs WHERE day BETWEEN ?1 AND ?2",
        )?;
        let mut rows = query.query([from, to])?;
        while let Some(row) = rows.next()? {
            let number = |column: usize| row.get::<_, i64>(column).map(|number| number as u64);
            let sums = Sums {
                turns: number(4)?,
                without_model: number(5)?,
                prompt_tokens: number(6)?,
                completion_tokens: number(7)?,
                estimated_tokens: number(8)?,
                unpriced: number(9)?,
                cost: row.get(10)?,
            };
            let text = |column: usize| row.get_ref(column)?.as_str().map_err(rusqlite::Error::from);
            let purpose = text(2)?;
            let purpose = ExpensePurpose::ALL.into_iter().find(|known| known.name() == purpose);
            let Some(purpose) = purpose else { continue };
            self.add(text(0)?, text(1)?, purpose, text(3)?, &sums);
        }
        Ok(())
    }
}

impl TraceStore {
    /// What turns came to, those that wait for the disk among them. May block on the disk.
    pub fn costs(&self, query: &CostQuery) -> rusqlite::Result<Costs> {
        self.shared.look(|reader| self.costs_in(reader, query))
    }

    fn costs_in(&self, reader: &Connection, query: &CostQuery) -> rusqlite::Result<Costs> {
        let (from, to) = (query.from.as_deref().unwrap_or(""), query.to.as_deref().unwrap_or("9999-99-99"));
        let waiting = self.shared.waiting();
        // One look at the file: what is written meanwhile is in the sums or among those that wait.
        let look = reader.unchecked_transaction()?;
        let mut sum = Sum { by: &query.by, groups: BTreeMap::new(), unpriced: BTreeSet::new() };
        sum.stored(&look, from, to)?;
        let mut dearest = dearest(&look, from, to)?;
        let mut days = Days::default();
        for WaitingTrace { summary, spent, .. } in waiting.iter().map(|trace| &**trace) {
            let day = days.of(&look, summary.created)?;
            let is_written =
                look.prepare_cached("SELECT 1 FROM traces WHERE id = ?1")?.exists([&summary.id])?;
            if is_written || !(from..=to).contains(&day.as_str()) {
                continue;
            }
            for (purpose, model, sums) in spent.rows() {
                sum.add(&day, &summary.app, purpose, model, &sums);
            }
            dearest.extend(DearTurn::of(summary));
        }
        dearest.sort_by(|a, b| b.cost.total_cmp(&a.cost));
        dearest.truncate(DEAREST);
        let today = look.query_row("SELECT date('now', 'localtime')", [], |row| row.get(0))?;
        let unpriced: BTreeSet<&String> = sum.unpriced.iter().map(|(_, model)| model).collect();
        let keys: BTreeSet<String> =
            sum.unpriced.iter().map(|(purpose, model)| purpose.price_key(model)).collect();
        Ok(Costs {
            today,
            unpriced: unpriced.into_iter().cloned().collect(),
            unpriced_keys: keys.into_iter().collect(),
            data: sum.groups.into_iter().map(|(key, group)| group.row(key)).collect(),
            dearest,
        })
    }
}

impl DearTurn {
    fn of(summary: &Summary) -> Option<Self> {
        let cost = summary.cost.filter(|cost| *cost > 0.0)?;
        let Summary { id, created, app, question, .. } = summary.clone();
        Some(Self { trace: id, created, app, question, cost })
    }
}

fn dearest(look: &Connection, from: &str, to: &str) -> rusqlite::Result<Vec<DearTurn>> {
    let mut query = look.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM traces WHERE cost > 0 AND date(created, 'unixepoch', 'localtime') BETWEEN ?1 AND ?2 \
         ORDER BY cost DESC LIMIT ?3"
    ))?;
    let rows = query.query_map(params![from, to, DEAREST as i64], Summary::read)?;
    rows.filter_map(|row| row.map(|row| DearTurn::of(&row)).transpose()).collect()
}

#[cfg(test)]
mod tests;
