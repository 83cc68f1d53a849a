//! The first rows of a table, where it is decided what the rest is.

use super::{cell, header};

/// Columns that a note names.
const COLUMNS_TOLD: usize = 12;
/// Characters of a title above a table that is said with each row; a longer one is a text of its own.
pub(in crate::knowledge::document) const MAX_TITLE: usize = 60;

/// What is said with each row of a table below this title; `None` where the title is a text of its own. Of a long one that is no
/// sentence the beginning, where the year mostly stands, and all of it stands above the table as well.
pub(in crate::knowledge::document) fn said_title(title: &str) -> Option<String> {
    let chars = title.chars().count();
    let is_phrase = || chars <= 2 * MAX_TITLE && !title.contains(['。', '；', '，', '：', ';']);
    (chars <= MAX_TITLE || is_phrase()).then(|| title.chars().take(MAX_TITLE).collect())
}

/// What a table is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::knowledge::document) enum Within {
    /// A text, which tells what the table is about.
    Text,
    /// Nothing: the file or sheet is the table.
    File,
    /// A file that must hold questions and answers.
    Questions,
}

/// How the first rows are to be read, with or without a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::knowledge::document) struct First {
    pub(in crate::knowledge::document) titles: usize,
    pub(in crate::knowledge::document) rows: usize,
    pub(in crate::knowledge::document) is_certain: bool,
    pub(in crate::knowledge::document) is_form: bool,
    pub(in crate::knowledge::document) is_said: bool,
    /// Whether the row that names the columns may be one of theirs, so that it is kept as one as well.
    pub(in crate::knowledge::document) is_doubtful: bool,
}

impl From<header::HeaderRows> for First {
    fn from(found: header::HeaderRows) -> Self {
        let header::HeaderRows { titles, rows, is_certain, is_form, is_said } = found;
        Self { titles, rows, is_certain, is_form, is_said, is_doubtful: false }
    }
}

/// Names for a note.
pub(in crate::knowledge::document) fn told<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<String> = names
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .take(COLUMNS_TOLD + 1)
        .map(|name| name.chars().take(cell::MAX_NAME).collect::<String>().replace('\n', " "))
        .collect();
    if names.len() > COLUMNS_TOLD {
        names.truncate(COLUMNS_TOLD);
        names.push("…".to_owned());
    }
    names.join(", ")
}
