//! A listing is a page of the kept traces, newest first, of those that match a filter.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params_from_iter};
use serde::{Deserialize, Serialize};

use super::feedback::{self, Feedback, Rated};
use super::file::{COLUMNS, COLUMNS_READ, summary};
use super::filter::TraceFilter;
use super::{Summary, TraceStore};
use crate::trace::AnswerKind;

/// What stands out about a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Flag {
    /// It ended with an error.
    Error,
    /// A plugin asked for what it is not granted.
    Denial,
    /// Something did not fit into the prompt.
    Cut,
    /// Nothing was found.
    Nothing,
    /// A base was not searched as it should be.
    Degraded,
}

/// A trace as a listing shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ListedTrace {
    /// What every list shows.
    #[serde(flatten)]
    pub summary: Summary,
    /// As the trace has it.
    pub conversation: Option<String>,
    /// From the request to the first text for the client, in milliseconds.
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

impl Flag {
    const ALL: [Self; 5] = [Self::Error, Self::Denial, Self::Cut, Self::Nothing, Self::Degraded];

    /// How a body that has it reads at some place; for the others the columns say it.
    fn in_body(self) -> Option<&'static str> {
        match self {
            Self::Denial => Some("\"denied\":\""),
            Self::Cut => Some("\"cuts\":[{"),
            Self::Degraded => Some("\"degraded\":[\""),
            Self::Error | Self::Nothing => None,
        }
    }

    pub(super) fn is_of(self, summary: &Summary, body: &str) -> bool {
        match self {
            Self::Error => summary.error.is_some(),
            Self::Nothing => summary.answered_by == "nothing_found",
            _ => self.in_body().is_some_and(|begin| body.contains(begin)),
        }
    }

    /// The same for SQLite.
    pub(super) fn sql(self) -> String {
        match (self, self.in_body()) {
            (Self::Error, _) => "error IS NOT NULL".to_owned(),
            (_, Some(begin)) => format!("instr(body, '{begin}') > 0"),
            _ => "answered_by = 'nothing_found'".to_owned(),
        }
    }
}

/// What a listing takes from a body.
#[derive(Default, Deserialize)]
pub(super) struct ListedBody {
    #[serde(default)]
    pub(super) conversation: Option<String>,
    #[serde(default)]
    first_text_ms: Option<f64>,
    #[serde(default)]
    pub(super) answer_kind: Option<AnswerKind>,
    #[serde(default)]
    pub(super) calls: Vec<Called>,
}

#[derive(Deserialize)]
pub(super) struct Called {
    pub(super) plugin: String,
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
            // Those that were written since they were seen to wait are there already, or come before the page.
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
        Ok(listed(summary(row)?, &body, feedback::of_row(row, COLUMNS_READ + 1)?))
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
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::disk::Disk;
    use crate::plugin::{CallReport, HttpReport};
    use crate::trace::{KindFilter, PluginCall, Rating, RatingFilter, Trace, TraceLimits, TurnResult};

    fn open(path: &Path) -> TraceStore {
        let limits = TraceLimits { traces: 1000, bytes: 64 << 20 };
        TraceStore::open(path, limits, &Arc::new(Disk::of(path.parent().unwrap()))).unwrap()
    }

    fn trace(number: usize) -> Trace {
        // What a user writes is found in no field but the question's.
        let question = format!("第 {number} 问 \"denied\":\" \"cuts\":[{{");
        let app = if number.is_multiple_of(2) { "even" } else { "odd" };
        let mut trace = Trace { id: format!("t{number}"), app: app.into(), question, ..Trace::default() };
        trace.total_ms = number as f64;
        trace.conversation = format!("c{}", number / 10);
        trace.first_text_ms = Some(number as f64 / 2.0);
        trace.created = 1000 + number as u64;
        if number.is_multiple_of(3) {
            trace.answered_by = "nothing_found".into();
        } else if number % 3 == 1 {
            (trace.answered_by, trace.answer_kind) = ("kb".into(), Some(AnswerKind::Standard));
        }
        if number.is_multiple_of(11) {
            trace.finish_reason = "cancelled".into();
        }
        if number.is_multiple_of(5) {
            trace.error = Some("the model failed".into());
        }
        if number.is_multiple_of(7) {
            trace.degraded = vec!["faq".into()];
            let denied =
                HttpReport { denied: Some("not granted".into()), ..HttpReport::of_now("GET".into()) };
            trace.calls.push(PluginCall {
                plugin: "search".into(),
                arguments: None,
                contribution: None,
                error: None,
                started_ms: 0.0,
                report: CallReport { http: vec![denied], ..CallReport::default() },
            });
        }
        trace
    }

    fn ids(store: &TraceStore, filter: &TraceFilter, page: usize) -> Vec<String> {
        let (mut ids, mut before) = (Vec::new(), None);
        loop {
            let TracePage { data, next } = store.list(filter, before.as_deref(), page).unwrap().unwrap();
            assert!(data.len() <= page);
            ids.extend(data.into_iter().map(|listed| listed.summary.id));
            before = next;
            if before.is_none() {
                return ids;
            }
        }
    }

    #[test]
    fn every_filter_finds_the_same_in_memory_and_on_disk_page_by_page() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("traces.db");
        let store = open(&path);
        (0..100).for_each(|number| store.keep(trace(number)));
        let some = |text: &str| Some(text.to_owned());
        type Holds = fn(usize) -> bool;
        let rate = |store: &TraceStore, number: usize, rating: Rating| {
            assert!(store.rate(&format!("t{number}"), Feedback { rating, comment: None, at: 7 }));
        };
        (0..100).step_by(4).for_each(|number| rate(&store, number, Rating::Down));
        (0..100).step_by(20).for_each(|number| rate(&store, number, Rating::Up));
        rate(&store, 1000, Rating::Up);
        let filters: [(TraceFilter, Holds); 23] = [
            (TraceFilter::default(), |_| true),
            (TraceFilter { app: some("odd"), ..TraceFilter::default() }, |n| n % 2 == 1),
            (TraceFilter { answered_by: some("nothing_found"), ..TraceFilter::default() }, |n| {
                n.is_multiple_of(3)
            }),
            (TraceFilter { min_ms: Some(90.0), ..TraceFilter::default() }, |n| n >= 90),
            (TraceFilter { q: some("第 4"), ..TraceFilter::default() }, |n| n == 4 || n / 10 == 4),
            (TraceFilter { conversation: some("c3"), ..TraceFilter::default() }, |n| n / 10 == 3),
            (TraceFilter { plugin: some("search"), ..TraceFilter::default() }, |n| n.is_multiple_of(7)),
            (TraceFilter { has: Some(Flag::Error), ..TraceFilter::default() }, |n| n.is_multiple_of(5)),
            (TraceFilter { has: Some(Flag::Denial), ..TraceFilter::default() }, |n| n.is_multiple_of(7)),
            (TraceFilter { has: Some(Flag::Degraded), app: some("even"), ..TraceFilter::default() }, |n| {
                n % 14 == 0
            }),
            (TraceFilter { has: Some(Flag::Cut), ..TraceFilter::default() }, |_| false),
            (TraceFilter { rating: Some(RatingFilter::Up), ..TraceFilter::default() }, |n| n % 20 == 0),
            (
                TraceFilter { rating: Some(RatingFilter::Down), app: some("even"), ..TraceFilter::default() },
                |n| n % 4 == 0 && n % 20 != 0,
            ),
            (TraceFilter { rating: Some(RatingFilter::Any), ..TraceFilter::default() }, |n| n % 4 == 0),
            (TraceFilter { rating: Some(RatingFilter::None), ..TraceFilter::default() }, |n| n % 4 != 0),
            (TraceFilter { kind: Some(KindFilter::Standard), ..TraceFilter::default() }, |n| n % 3 == 1),
            (TraceFilter { kind: Some(KindFilter::NothingFound), ..TraceFilter::default() }, |n| n % 3 == 0),
            (TraceFilter { kind: Some(KindFilter::None), ..TraceFilter::default() }, |n| n % 3 == 2),
            (TraceFilter { kind: Some(KindFilter::Model), ..TraceFilter::default() }, |_| false),
            (TraceFilter { from: Some(1010), to: Some(1019), ..TraceFilter::default() }, |n| n / 10 == 1),
            (TraceFilter { result: Some(TurnResult::Ok), ..TraceFilter::default() }, |n| {
                n % 5 != 0 && n % 11 != 0
            }),
            (TraceFilter { result: Some(TurnResult::Error), ..TraceFilter::default() }, |n| {
                n % 5 == 0 && n % 11 != 0
            }),
            (TraceFilter { result: Some(TurnResult::Cancelled), ..TraceFilter::default() }, |n| {
                n.is_multiple_of(11)
            }),
        ];
        let found = |store: &TraceStore| {
            for (filter, is_in) in &filters {
                let expected: Vec<String> =
                    (0..100).rev().filter(|n| is_in(*n)).map(|n| format!("t{n}")).collect();
                for page in [1, 7, 200] {
                    assert_eq!(ids(store, filter, page), expected, "{filter:?} by {page}");
                }
            }
        };
        found(&store);
        drop(store);
        let store = open(&path);
        found(&store);
        // What is said now is heard before it is written.
        rate(&store, 40, Rating::Down);
        rate(&store, 41, Rating::Up);
        let up = TraceFilter { rating: Some(RatingFilter::Up), ..TraceFilter::default() };
        assert_eq!(ids(&store, &up, 2), ["t80", "t60", "t41", "t20", "t0"]);
        let first = store.list(&TraceFilter::default(), Some("t15"), 1).unwrap().unwrap();
        let listed = &first.data[0];
        assert_eq!((listed.summary.id.as_str(), listed.first_text_ms), ("t14", Some(7.0)));
        assert_eq!(listed.flags, [Flag::Denial, Flag::Degraded]);
        assert_eq!(store.list(&TraceFilter::default(), Some("gone"), 1).unwrap(), None);
    }
}
