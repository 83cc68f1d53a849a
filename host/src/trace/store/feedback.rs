//! Feedback is what a client thinks of an answer. It is kept beside the turn's trace, and goes with it.

use std::collections::{BTreeMap, HashSet};

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use super::{TraceStore, WaitingTrace};

/// Ratings that may wait for the disk.
const MOST_WAITING: usize = 4096;

/// The newest word on each trace, and what takes it along with its trace.
pub(super) const TABLE: &str = "
CREATE TABLE feedback (
    trace TEXT PRIMARY KEY,
    rating TEXT NOT NULL,
    comment TEXT,
    at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TRIGGER feedback_goes AFTER DELETE ON traces BEGIN DELETE FROM feedback WHERE trace = OLD.id; END;
";
/// As [`of_row`] reads them.
pub(super) const COLUMNS: &str = "rating, comment, at";

/// What a client thinks of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// Whether it helped.
    pub rating: Rating,
    /// The comment, in the client's words.
    pub comment: Option<String>,
    /// When it came, in seconds since 1970.
    pub at: u64,
}

/// Whether an answer helped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rating {
    /// The answer helped.
    Up,
    /// The answer did not help.
    Down,
}

impl Rating {
    /// The rating's name where it is kept and given out.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

/// Feedback that is not on disk yet.
#[derive(Debug, Default)]
pub(super) struct Ratings {
    /// How many have come so far.
    came: u64,
    /// Ratings by the trace's id.
    waiting: BTreeMap<String, Rated>,
}

/// Feedback with its place among all that has come.
#[derive(Debug, Clone)]
pub(super) struct Rated {
    number: u64,
    pub(super) feedback: Feedback,
}

impl Ratings {
    /// Takes the newest word on a trace. `false` where too many wait.
    pub(super) fn add(&mut self, trace: &str, feedback: Feedback) -> bool {
        if self.waiting.len() >= MOST_WAITING && !self.waiting.contains_key(trace) {
            return false;
        }
        self.came += 1;
        self.waiting.insert(trace.to_owned(), Rated { number: self.came, feedback });
        true
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn get(&self, trace: &str) -> Option<&Feedback> {
        self.waiting.get(trace).map(|rated| &rated.feedback)
    }

    /// All that waits, by the trace's id.
    pub(super) fn all(&self) -> BTreeMap<String, Rated> {
        self.waiting.clone()
    }

    /// What can be written beside the traces before those of `later`: a trace comes first, then the word on it.
    pub(super) fn batch<'a>(&self, later: impl Iterator<Item = &'a WaitingTrace>) -> BTreeMap<String, Rated> {
        if self.waiting.is_empty() {
            return BTreeMap::new();
        }
        let later: HashSet<&str> = later.map(|trace| trace.summary.id.as_str()).collect();
        let due = self.waiting.iter().filter(|(trace, _)| !later.contains(trace.as_str()));
        due.map(|(trace, rated)| (trace.clone(), rated.clone())).collect()
    }

    /// Removes what was written, unless a newer word has come meanwhile.
    pub(super) fn remove(&mut self, written: &BTreeMap<String, Rated>) {
        self.waiting.retain(|trace, rated| written.get(trace).is_none_or(|old| old.number != rated.number));
    }
}

impl TraceStore {
    /// Which app served the turn, while its trace is kept. May block on the disk.
    pub fn app_of(&self, id: &str) -> rusqlite::Result<Option<String>> {
        if let Some(trace) = self.shared.waiting().into_iter().find(|trace| trace.summary.id == id) {
            return Ok(Some(trace.summary.app.clone()));
        }
        self.shared.look(|reader| {
            let mut of_trace = reader.prepare_cached("SELECT app FROM traces WHERE id = ?1")?;
            of_trace.query_row([id], |row| row.get(0)).optional()
        })
    }

    /// Keeps what a client thinks of a turn's answer, in place of what it thought before. `false` where too
    /// much waits for the disk.
    pub fn rate(&self, id: &str, feedback: Feedback) -> bool {
        let mut queue = self.shared.queue();
        let was_idle = queue.is_idle();
        let is_taken = queue.ratings.add(id, feedback);
        drop(queue);
        if was_idle {
            self.shared.changed.notify_one();
        }
        is_taken
    }
}

/// Writes each beside its trace; where that is gone, nothing.
pub(super) fn write(transaction: &Transaction<'_>, batch: &BTreeMap<String, Rated>) -> rusqlite::Result<()> {
    for (trace, Rated { feedback: Feedback { rating, comment, at }, .. }) in batch {
        let mut write = transaction.prepare_cached(
            "INSERT INTO feedback (trace, rating, comment, at) SELECT ?1, ?2, ?3, ?4 \
             WHERE EXISTS (SELECT 1 FROM traces WHERE id = ?1) \
             ON CONFLICT (trace) DO UPDATE SET rating = excluded.rating, comment = excluded.comment, at = excluded.at",
        )?;
        write.execute(params![trace, rating.name(), comment, *at as i64])?;
    }
    Ok(())
}

/// The word on a trace that is on disk.
pub(super) fn read(reader: &Connection, trace: &str) -> rusqlite::Result<Option<Feedback>> {
    let query = format!("SELECT {COLUMNS} FROM feedback WHERE trace = ?1");
    let read = reader.prepare_cached(&query)?.query_row([trace], |row| of_row(row, 0)).optional()?;
    Ok(read.flatten())
}

/// The same out of a row that has its columns from this one on.
pub(super) fn of_row(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<Feedback>> {
    let Some(rating) = row.get::<_, Option<String>>(first)? else { return Ok(None) };
    let rating = if rating == Rating::Up.name() { Rating::Up } else { Rating::Down };
    Ok(Some(Feedback { rating, comment: row.get(first + 1)?, at: row.get::<_, i64>(first + 2)? as u64 }))
}

/// A trace's JSON with the word on it.
pub(super) fn beside(mut body: String, feedback: Option<Feedback>) -> String {
    if let Some(feedback) = feedback
        && let Ok(feedback) = serde_json::to_string(&feedback)
        && body.ends_with('}')
    {
        body.pop();
        body.push_str(",\"feedback\":");
        body.push_str(&feedback);
        body.push('}');
    }
    body
}
