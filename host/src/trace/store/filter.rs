//! A filter says which of the kept traces are wanted.
//!
//! What it looks for beyond a list's own columns is looked for in the bodies, as far back as a page
//! takes: they are JSON, in which a quote within a text is escaped, so that a field's beginning is found nowhere
//! else.

use std::collections::BTreeMap;
use std::fmt::Write;

use rusqlite::types::Value;
use serde::{Deserialize, Serialize};

use super::feedback::{Rated, Rating};
use super::flag::Flag;
use super::listed_body::ListedBody;
use super::summary::Summary;
use super::waiting::WaitingTrace;
use crate::trace::AnswerKind;

/// Which traces are wanted; what is absent does not matter.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TraceFilter {
    /// The app's name.
    pub app: Option<String>,
    /// Where the answer came from, as the trace has it.
    pub answered_by: Option<String>,
    /// What kind of answer it is.
    pub kind: Option<KindFilter>,
    /// How the turn ended.
    pub finish_reason: Option<String>,
    /// Whether it ended well.
    pub result: Option<TurnResult>,
    /// A plugin that was called.
    pub plugin: Option<String>,
    /// The conversation, as the trace has it.
    pub conversation: Option<String>,
    /// The shortest turn, in milliseconds.
    pub min_ms: Option<f64>,
    /// Turns that began at this moment or later, in seconds since 1970.
    pub from: Option<u64>,
    /// Turns that began at this moment or before.
    pub to: Option<u64>,
    /// A part of the question; upper and lower case of ASCII are one.
    pub q: Option<String>,
    /// What stands out.
    pub has: Option<Flag>,
    /// What the client thinks of the answer.
    pub rating: Option<RatingFilter>,
}

/// Which kinds of answers are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KindFilter {
    /// See [`AnswerKind::Model`].
    Model,
    /// See [`AnswerKind::Standard`].
    Standard,
    /// See [`AnswerKind::Direct`].
    Direct,
    /// See [`AnswerKind::Plugin`].
    Plugin,
    /// See [`AnswerKind::Ask`].
    Ask,
    /// See [`AnswerKind::NothingFound`].
    NothingFound,
    /// See [`AnswerKind::Unavailable`].
    Unavailable,
    /// Turns that came to no answer at all.
    None,
}

/// How a turn ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TurnResult {
    /// Turns with a whole answer.
    Ok,
    /// Turns that ended with an error.
    Error,
    /// Its client left.
    Cancelled,
    /// The answer reached its longest.
    Length,
}

/// Which ratings are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RatingFilter {
    /// Turns whose answer helped.
    Up,
    /// Turns whose answer did not help.
    Down,
    /// Turns with any rating.
    Any,
    /// The client has not said.
    None,
}

/// The kind of a trace that does not say it, as far as who answered tells.
fn of_an_earlier_version(summary: &Summary) -> Option<AnswerKind> {
    match summary.answered_by.as_str() {
        "nothing_found" => Some(AnswerKind::NothingFound),
        "unavailable" => Some(AnswerKind::Unavailable),
        by => by.starts_with("model ").then_some(AnswerKind::Model),
    }
}

impl KindFilter {
    fn kind(self) -> Option<AnswerKind> {
        Some(match self {
            Self::Model => AnswerKind::Model,
            Self::Standard => AnswerKind::Standard,
            Self::Direct => AnswerKind::Direct,
            Self::Plugin => AnswerKind::Plugin,
            Self::Ask => AnswerKind::Ask,
            Self::NothingFound => AnswerKind::NothingFound,
            Self::Unavailable => AnswerKind::Unavailable,
            Self::None => return None,
        })
    }

    fn admits(self, summary: &Summary, told: Option<AnswerKind>) -> bool {
        match self.kind() {
            Some(kind) => told.or_else(|| of_an_earlier_version(summary)) == Some(kind),
            None => summary.answered_by.is_empty(),
        }
    }

    /// The condition of SQLite that admits the same traces.
    fn sql(self) -> String {
        match self.kind() {
            Some(kind) => {
                let earlier = match kind {
                    AnswerKind::Model => {
                        " OR instr(body, '\"answer_kind\":\"') = 0 AND answered_by LIKE 'model %'"
                    }
                    AnswerKind::NothingFound => {
                        " OR instr(body, '\"answer_kind\":\"') = 0 AND answered_by = 'nothing_found'"
                    }
                    AnswerKind::Unavailable => {
                        " OR instr(body, '\"answer_kind\":\"') = 0 AND answered_by = 'unavailable'"
                    }
                    _ => "",
                };
                format!("(instr(body, '\"answer_kind\":\"{}\"') > 0{earlier})", kind.name())
            }
            None => "answered_by = ''".to_owned(),
        }
    }
}

impl TurnResult {
    fn is_of(self, summary: &Summary) -> bool {
        let is_cancelled = summary.finish_reason == "cancelled";
        match self {
            Self::Ok => !is_cancelled && summary.error.is_none(),
            Self::Error => !is_cancelled && summary.error.is_some(),
            Self::Cancelled => is_cancelled,
            Self::Length => summary.finish_reason == "length",
        }
    }

    /// The same for SQLite.
    const fn sql(self) -> &'static str {
        match self {
            Self::Ok => "finish_reason != 'cancelled' AND error IS NULL",
            Self::Error => "finish_reason != 'cancelled' AND error IS NOT NULL",
            Self::Cancelled => "finish_reason = 'cancelled'",
            Self::Length => "finish_reason = 'length'",
        }
    }
}

impl From<Rating> for RatingFilter {
    fn from(rating: Rating) -> Self {
        match rating {
            Rating::Up => Self::Up,
            Rating::Down => Self::Down,
        }
    }
}

impl RatingFilter {
    fn admits(self, rating: Option<Rating>) -> bool {
        match self {
            Self::Up => rating == Some(Rating::Up),
            Self::Down => rating == Some(Rating::Down),
            Self::Any => rating.is_some(),
            Self::None => rating.is_none(),
        }
    }

    /// The condition of SQLite for ratings that are on disk.
    const fn sql(self) -> &'static str {
        match self {
            Self::Up => "rating IS 'up'",
            Self::Down => "rating IS 'down'",
            Self::Any => "rating IS NOT NULL",
            Self::None => "rating IS NULL",
        }
    }
}

impl TraceFilter {
    /// `ratings` are those that wait for the disk.
    pub(super) fn admits(&self, trace: &WaitingTrace, ratings: &BTreeMap<String, Rated>) -> bool {
        let WaitingTrace { summary, body, .. } = trace;
        let is = |wanted: &Option<String>, has: &str| wanted.as_deref().is_none_or(|wanted| wanted == has);
        let holds =
            |wanted: &str| summary.question.to_ascii_lowercase().contains(&wanted.to_ascii_lowercase());
        is(&self.app, &summary.app)
            && is(&self.answered_by, &summary.answered_by)
            && is(&self.finish_reason, &summary.finish_reason)
            && self.min_ms.is_none_or(|least| summary.total_ms >= least)
            && self.q.as_deref().is_none_or(holds)
            && self.has.is_none_or(|flag| flag.is_of(summary, body))
            && self.from.is_none_or(|from| summary.created >= from)
            && self.to.is_none_or(|to| summary.created <= to)
            && self.result.is_none_or(|result| result.is_of(summary))
            && self.rating.is_none_or(|wanted| {
                wanted.admits(ratings.get(&summary.id).map(|rated| rated.feedback.rating))
            })
            && (self.plugin.is_none() && self.conversation.is_none() && self.kind.is_none() || {
                let told: ListedBody = serde_json::from_str(body).unwrap_or_default();
                self.kind.is_none_or(|kind| kind.admits(summary, told.answer_kind))
                    && is(&self.conversation, told.conversation.as_deref().unwrap_or_default())
                    && self.plugin.as_ref().is_none_or(|name| told.calls.iter().any(|c| c.plugin == *name))
            })
    }

    /// The filter as conditions of SQLite, with the values of their places.
    pub(super) fn sql(&self, ratings: &BTreeMap<String, Rated>) -> (String, Vec<Value>) {
        let (mut sql, mut values) = (String::from("1"), Vec::new());
        let mut equals = |column: &str, wanted: &Option<String>| {
            if let Some(wanted) = wanted {
                _ = write!(sql, " AND {column} = ?");
                values.push(Value::from(wanted.clone()));
            }
        };
        equals("app", &self.app);
        equals("answered_by", &self.answered_by);
        equals("finish_reason", &self.finish_reason);
        if let Some(least) = self.min_ms {
            sql.push_str(" AND total_ms >= ?");
            values.push(Value::from(least));
        }
        if let Some(part) = &self.q {
            // `lower` in SQLite and the comparison in memory both fold ASCII letters and nothing else.
            sql.push_str(" AND instr(lower(question), lower(?)) > 0");
            values.push(Value::from(part.clone()));
        }
        for (condition, moment) in [(" AND created >= ?", self.from), (" AND created <= ?", self.to)] {
            if let Some(moment) = moment {
                sql.push_str(condition);
                values.push(Value::from(i64::try_from(moment).unwrap_or(i64::MAX)));
            }
        }
        if let Some(result) = self.result {
            _ = write!(sql, " AND {}", result.sql());
        }
        if let Some(wanted) = self.rating {
            // What waits for the disk is newer than what is on it.
            _ = write!(
                sql,
                " AND CASE WHEN id IN (SELECT value FROM json_each(?)) THEN id IN (SELECT value FROM json_each(?)) ELSE {} END",
                wanted.sql()
            );
            let rated = ratings.iter().filter(|(_, rated)| wanted.admits(Some(rated.feedback.rating)));
            let (all, rated): (Vec<&str>, Vec<&str>) = (
                ratings.keys().map(String::as_str).collect(),
                rated.map(|(trace, _)| trace.as_str()).collect(),
            );
            let list = |ids: &[&str]| Value::from(serde_json::json!(ids).to_string());
            values.extend([list(&all), list(&rated)]);
        }
        if let Some(kind) = self.kind {
            _ = write!(sql, " AND {}", kind.sql());
        }
        if let Some(flag) = self.has {
            _ = write!(sql, " AND {}", flag.sql());
        }
        // Last, because a body has to be parsed for them.
        if let Some(conversation) = &self.conversation {
            sql.push_str(" AND CASE WHEN json_valid(body) THEN json_extract(body, '$.conversation') = ? END");
            values.push(Value::from(conversation.clone()));
        }
        if let Some(plugin) = &self.plugin {
            sql.push_str(
                " AND CASE WHEN json_valid(body) THEN EXISTS (SELECT 1 FROM json_each(body, '$.calls') AS call WHERE json_extract(call.value, '$.plugin') = ?) END",
            );
            values.push(Value::from(plugin.clone()));
        }
        (sql, values)
    }
}
