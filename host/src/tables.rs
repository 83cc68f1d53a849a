//! The tables of a SQLite file of the host's own, made or brought up to date when the file is opened. A leaf.
//!
//! `rusqlite_migration` counts in `user_version` too. What it adds (downward steps, hooks, a check of the schema) nobody
//! needs here, and what the three files need it does not say: in an operator's words that a newer host has written the
//! file. What is different in them stays theirs: how a connection is set up, who else writes, what a damaged file means.

use rusqlite::{Connection, TransactionBehavior};

/// Why a file's tables cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TablesError {
    #[error("was written by a newer qianfan-host (tables {found}, this one knows {known}); use that version")]
    Newer { found: i64, known: i64 },
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

/// Makes the tables of a file that has none with `schema`, or takes the steps that one of an earlier version lacks:
/// the first leads from version 1 to version 2. All of it is one transaction, and of two processes one waits.
pub(crate) fn bring_up_to_date(
    connection: &mut Connection,
    schema: &str,
    steps: &[&str],
) -> Result<(), TablesError> {
    let known = steps.len() as i64 + 1;
    if version(connection)? == known {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    match version(&transaction)? {
        0 => transaction.execute_batch(schema)?,
        found if found > known => return Err(TablesError::Newer { found, known }),
        found => {
            for step in steps.iter().skip(usize::try_from(found - 1).unwrap_or_default()) {
                transaction.execute_batch(step)?;
            }
        }
    }
    transaction.pragma_update(None, "user_version", known)?;
    Ok(transaction.commit()?)
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

#[cfg(test)]
mod tests;
