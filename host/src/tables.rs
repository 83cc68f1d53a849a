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
mod tests {
    use super::*;

    const SCHEMA: &str = "CREATE TABLE a (x, y, z);";
    const STEPS: [&str; 2] = ["ALTER TABLE a ADD COLUMN y;", "ALTER TABLE a ADD COLUMN z;"];

    fn columns(connection: &Connection) -> i64 {
        connection.query_row("SELECT count(*) FROM pragma_table_info('a')", [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn a_new_file_and_one_of_each_version_come_to_the_same_tables() {
        for made in [
            "",
            "CREATE TABLE a (x); PRAGMA user_version = 1",
            "CREATE TABLE a (x, y); PRAGMA user_version = 2",
        ] {
            let mut connection = Connection::open_in_memory().unwrap();
            connection.execute_batch(made).unwrap();
            for _ in 0..2 {
                bring_up_to_date(&mut connection, SCHEMA, &STEPS).unwrap();
                assert_eq!((columns(&connection), version(&connection).unwrap()), (3, 3), "{made}");
            }
        }
    }

    #[test]
    fn a_step_that_fails_leaves_the_file_as_it_was_and_a_newer_file_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE a (x); PRAGMA user_version = 1").unwrap();
        let steps = [STEPS[0], "nonsense"];
        assert!(matches!(bring_up_to_date(&mut connection, SCHEMA, &steps), Err(TablesError::Sqlite(_))));
        assert_eq!((columns(&connection), version(&connection).unwrap()), (1, 1));
        connection.pragma_update(None, "user_version", 99).unwrap();
        let error = bring_up_to_date(&mut connection, SCHEMA, &STEPS).unwrap_err().to_string();
        assert!(error.contains("newer qianfan-host (tables 99, this one knows 3)"), "{error}");
    }
}
