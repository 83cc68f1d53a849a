//! A listing is a page of the kept traces, newest first, of those that match a filter.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params_from_iter};
use serde::Serialize;

use super::TraceStore;
use super::feedback::{self, Feedback, Rated};
use super::filter::TraceFilter;
use super::flag::Flag;
use super::listed_body::ListedBody;
use super::summary::{COLUMNS, COLUMNS_READ, Summary};
use crate::trace::AnswerKind;

/// A trace as a listing shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ListedTrace {
    /// What every list shows.
    #[serde(flatten)]
    pub summary: Summary,
    /// The conversation's id as the trace has it.
    pub conversation: Option<String>,
    /// Milliseconds from the request to the first text for the client.
    pub first_text_ms: Option<f64>,
    /// What kind of answer it is; `None` where there is none, and in traces of earlier versions.
    pub answer_kind: Option<AnswerKind>,
    /// What stands out.
    pub flags: Vec<Flag>,
    /// What the client thinks of the answer; `None` where it has not said.
    pub feedback: Option<Feedback>,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TracePage {
    /// Newest first.
    pub data: Vec<ListedTrace>,
    /// The trace that the next page comes after; `None` where there is none.
    pub next: Option<String>,
}

impl TraceStore {
    /// A page of at most `limit` traces that match, older than `before` where that is named. `None`
    /// where it names none that is kept. May block on the disk.
    pub fn list(
        &self,
        filter: &TraceFilter,
        before: Option<&str>,
        limit: usize,
    ) -> rusqlite::Result<Option<TracePage>> {
        // One more tells whether there is a next page.
        let most = limit.max(1) + 1;
        let (waiting, ratings) = {
            let queue = self.shared.queue();
            (queue.waiting.iter().cloned().collect::<Vec<_>>(), queue.ratings.all())
        };
        let newer = waiting.iter().rev();
        let place = before.and_then(|id| newer.clone().position(|trace| trace.summary.id == id));
        let mut data: Vec<ListedTrace> = match (before, place) {
            (Some(_), None) => Vec::new(),
            (_, place) => newer
                .skip(place.map_or(0, |place| place + 1))
                .filter(|trace| filter.admits(trace, &ratings))
                .take(most)
                .map(|trace| listed(trace.summary.clone(), &trace.body, None))
                .collect(),
        };
        if data.len() < most {
            // A trace that was written since the queue was read is either in `data` already or newer than
            // this page, so `seen` leaves it out.
            let seen: BTreeSet<&str> = waiting.iter().map(|trace| trace.summary.id.as_str()).collect();
            let stored = self.shared.look(|reader| {
                // One look at the file: what is written meanwhile is in neither answer.
                let look = reader.unchecked_transaction()?;
                let number = match before {
                    Some(id) => number_of(&look, id)?,
                    None => None,
                };
                if before.is_some() && place.is_none() && number.is_none() {
                    return Ok(None);
                }
                let below = number.unwrap_or(i64::MAX);
                stored(&look, filter, &ratings, below, most + seen.len()).map(Some)
            })?;
            let Some(stored) = stored else { return Ok(None) };
            let unseen = stored.into_iter().filter(|stored| !seen.contains(stored.summary.id.as_str()));
            data.extend(unseen.take(most - data.len()));
        }
        let has_more = data.len() >= most;
        data.truncate(most - 1);
        for listed in &mut data {
            if let Some(rated) = ratings.get(&listed.summary.id) {
                listed.feedback = Some(rated.feedback.clone());
            }
        }
        let next = data.last().filter(|_| has_more).map(|last| last.summary.id.clone());
        Ok(Some(TracePage { data, next }))
    }
}

fn number_of(reader: &Connection, id: &str) -> rusqlite::Result<Option<i64>> {
    reader.query_row("SELECT number FROM traces WHERE id = ?1", [id], |row| row.get(0)).optional()
}

fn stored(
    reader: &Connection,
    filter: &TraceFilter,
    ratings: &BTreeMap<String, Rated>,
    below: i64,
    most: usize,
) -> rusqlite::Result<Vec<ListedTrace>> {
    let (conditions, mut values) = filter.sql(ratings);
    values.push(Value::from(below));
    values.push(Value::from(most as i64));
    let mut query = reader.prepare_cached(&format!(
        "SELECT {COLUMNS}, body, {} FROM traces LEFT JOIN feedback ON trace = id WHERE {conditions} AND number < ? \
         ORDER BY number DESC LIMIT ?",
        feedback::COLUMNS
    ))?;
    let rows = query.query_map(params_from_iter(values), |row| {
        let body: String = row.get(COLUMNS_READ)?;
        Ok(listed(Summary::read(row)?, &body, feedback::of_row(row, COLUMNS_READ + 1)?))
    })?;
    rows.collect()
}

fn listed(summary: Summary, body: &str, feedback: Option<Feedback>) -> ListedTrace {
    let told: ListedBody = serde_json::from_str(body).unwrap_or_default();
    let flags = Flag::ALL.into_iter().filter(|flag| flag.is_of(&summary, body)).collect();
    let ListedBody { conversation, first_text_ms, answer_kind, .. } = told;
    ListedTrace { conversation, first_text_ms, answer_kind, flags, feedback, summary }
}

#[cfg(test)]
mod tests;
