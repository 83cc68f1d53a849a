//! The table of costs, by day, app, purpose and model. It is written in the transactions of the traces it sums up.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row, Transaction, params};

use super::turn_costs::Sums;
use super::waiting::WaitingTrace;
use crate::trace::ExpensePurpose;

/// Days are those of the machine's own time zone.
pub(super) const TABLE: &str = "
CREATE TABLE costs (
    day TEXT NOT NULL,
    app TEXT NOT NULL,
    purpose TEXT NOT NULL,
    model TEXT NOT NULL,
    turns INTEGER NOT NULL,
    without_model INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    estimated_tokens INTEGER NOT NULL,
    unpriced INTEGER NOT NULL,
    cost REAL NOT NULL,
    PRIMARY KEY (day, app, purpose, model)
) WITHOUT ROWID;
CREATE INDEX traces_of_cost ON traces (cost) WHERE cost > 0;
";
/// Forgets days that nobody compares with any more: the table stays small, however long a host serves. The 800 newest days
/// with turns stay, whatever day it is: a clock that is far ahead for a while would else have all of them deleted.
pub(super) const FORGET: &str = "DELETE FROM costs WHERE day < \
     (SELECT day FROM costs GROUP BY day ORDER BY day DESC LIMIT 1 OFFSET 799)";
/// The day of a moment in seconds since 1970.
const DAY: &str = "SELECT date(?1, 'unixepoch', 'localtime')";

/// Adds what these traces came to: one write for each row of the table, however many they are.
pub(super) fn write<'a>(
    transaction: &Transaction<'_>,
    batch: impl Iterator<Item = &'a WaitingTrace>,
) -> rusqlite::Result<()> {
    let mut days = Days::default();
    let mut rows = BTreeMap::<(String, &str, ExpensePurpose, &str), Sums>::new();
    for WaitingTrace { summary, spent, .. } in batch {
        let day = days.of(transaction, summary.created)?;
        for (purpose, model, sums) in spent.rows() {
            rows.entry((day.clone(), summary.app.as_str(), purpose, model)).or_default().add(&sums);
        }
    }
    let mut write = transaction.prepare_cached(
        "INSERT INTO costs VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT DO UPDATE SET \
         turns = turns + excluded.turns, without_model = without_model + excluded.without_model, \
         prompt_tokens = prompt_tokens + excluded.prompt_tokens, \
         completion_tokens = completion_tokens + excluded.completion_tokens, \
         estimated_tokens = estimated_tokens + excluded.estimated_tokens, \
         unpriced = unpriced + excluded.unpriced, cost = cost + excluded.cost",
    )?;
    for ((day, app, purpose, model), sums) in rows {
        write.execute(params![
            day,
            app,
            purpose.name(),
            model,
            sums.turns as i64,
            sums.without_model as i64,
            sums.prompt_tokens as i64,
            sums.completion_tokens as i64,
            sums.estimated_tokens as i64,
            sums.unpriced as i64,
            sums.cost
        ])?;
    }
    Ok(())
}

/// Which day a moment is of. Most traces of a batch are of one second.
#[derive(Default)]
pub(super) struct Days(Option<(u64, String)>);

impl Days {
    pub(super) fn of(&mut self, connection: &Connection, moment: u64) -> rusqlite::Result<String> {
        if let Some((known, day)) = &self.0
            && *known == moment
        {
            return Ok(day.clone());
        }
        let read = |row: &Row<'_>| row.get::<_, Option<String>>(0);
        let day = connection.prepare_cached(DAY)?.query_row([moment as i64], read)?.unwrap_or_default();
        self.0 = Some((moment, day.clone()));
        Ok(day)
    }
}
