//! A summary is a trace as lists show it.

use rusqlite::Row;
use serde::Serialize;

use crate::cut::cut;
use crate::llm::Usage;
use crate::redact;
use crate::trace::Trace;

/// The columns of the table of traces that a summary is read from.
pub(super) const COLUMNS: &str = "id, created, app, question, answered_by, finish_reason, total_ms, error, prompt_tokens, completion_tokens, cost";
/// How many they are.
pub(super) const COLUMNS_READ: usize = 11;
/// Bytes of each text in a list.
const LISTED: usize = 512;
/// Bytes that the mark of a cut may take.
const MARK: usize = 64;

/// A trace as a list shows it, without what makes it long.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// The turn's id.
    pub id: String,
    /// When the turn began, in seconds since 1970.
    pub created: u64,
    /// The app that served it.
    pub app: String,
    /// The beginning of the user's question.
    pub question: String,
    /// Where the answer came from.
    pub answered_by: String,
    /// How it ended.
    pub finish_reason: String,
    /// The whole turn, in milliseconds.
    pub total_ms: f64,
    /// The beginning of the error, where it ended with one.
    pub error: Option<String>,
    /// Tokens of all model calls; absent in traces of earlier versions, as cost and error are.
    pub usage: Option<Usage>,
    /// In the operator's currency, where the model's prices are configured.
    pub cost: Option<f64>,
}

impl Summary {
    /// What a list shows of a trace, each text short.
    pub(super) fn of(trace: &Trace) -> Self {
        Self {
            id: trace.id.clone(),
            created: trace.created,
            app: trace.app.clone(),
            question: short(&redact::known().text(&trace.question)),
            answered_by: short(&trace.answered_by),
            finish_reason: short(&trace.finish_reason),
            total_ms: trace.total_ms,
            error: trace.error.as_deref().map(|error| short(&redact::known().text(error))),
            usage: Some(trace.usage),
            cost: trace.cost,
        }
    }

    /// Reads a row of [`COLUMNS`].
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        // A row of the first version holds the whole text; one of today's is short and has its mark.
        let listed = |column: usize| -> rusqlite::Result<String> {
            let text = row.get_ref(column)?.as_str()?;
            Ok(if text.len() > LISTED + MARK { short(text) } else { text.to_owned() })
        };
        let tokens = |column: usize| row.get::<_, Option<i64>>(column);
        let usage = match (tokens(8)?, tokens(9)?) {
            (Some(prompt), Some(completion)) => {
                let (prompt_tokens, completion_tokens) = (prompt as u64, completion as u64);
                Some(Usage { prompt_tokens, completion_tokens, ..Usage::default() })
            }
            _ => None,
        };
        Ok(Self {
            id: row.get(0)?,
            created: row.get::<_, i64>(1)? as u64,
            app: row.get(2)?,
            question: listed(3)?,
            answered_by: listed(4)?,
            finish_reason: listed(5)?,
            total_ms: row.get(6)?,
            error: row.get(7)?,
            usage,
            cost: row.get(10)?,
        })
    }
}

/// As much of a text as a list shows.
fn short(text: &str) -> String {
    cut(text, LISTED).into_owned()
}
