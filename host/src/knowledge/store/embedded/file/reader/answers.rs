//! What stored questions are answered with.

use std::collections::HashSet;

use rusqlite::{OptionalExtension, params};

use super::super::broken;
use super::FileReader;
use crate::knowledge::store::{StoreError, StoredAnswer};

impl FileReader {
    /// The answers of the questions with these keys. `asking` gives the sections that have a question with a key, each with
    /// its version.
    pub(in super::super::super) fn answers(
        &self,
        keys: Vec<String>,
        asking: impl Fn(&str) -> HashSet<(i64, u32)>,
    ) -> Result<Vec<StoredAnswer>, StoreError> {
        let read = || {
            let snapshot = self.connection.unchecked_transaction()?;
            let mut section = snapshot.prepare_cached(
                "SELECT id, answer FROM sections JOIN documents USING (version) \
                 WHERE version = ?1 AND ordinal = ?2 AND answer IS NOT NULL",
            )?;
            let mut answers = Vec::new();
            for key in keys {
                for (version, ordinal) in asking(&key) {
                    let found = section.query_row(params![version, ordinal], |row| {
                        Ok(StoredAnswer { key: key.clone(), document: row.get(0)?, answer: row.get(1)? })
                    });
                    answers.extend(found.optional()?);
                }
            }
            Ok(answers)
        };
        read().map_err(|error| broken(&self.path, &error))
    }
}
