//! The lines that a row becomes: each cell with its column's name.

use csv::StringRecord;

use super::{MAX_KEY, PART, TableColumns};
use crate::knowledge::document::table::cell;
use crate::knowledge::document::table::row::stand_alone;
use crate::knowledge::document::{Document, ParseError};

/// Characters of a row from which on it is matched in several windows, each of which must say whose row it is.
const WIDE: usize = 120;

impl TableColumns {
    /// One line for each cell that says something.
    pub(super) fn lines(&self, row: &StringRecord) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        if self.names.iter().all(String::is_empty) {
            return stand_alone(row);
        }
        let names = self.names.iter().map(String::as_str).chain(std::iter::repeat(""));
        for (name, value) in names.zip(row) {
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            // 合计 is none of what its column lists.
            let is_bare = name.is_empty() || cell::is_total(value);
            let line = if is_bare { value.to_owned() } else { format!("{name}: {value}") };
            // A cell over two columns of one name.
            if lines.last() != Some(&line) {
                lines.push(line);
            }
        }
        lines
    }

    /// A row that is matched in several windows says in each, and in each part of it, whose row it is.
    pub(super) fn add_lines(
        &self,
        row: &StringRecord,
        lines: Vec<String>,
        mut headings: Vec<String>,
        document: &mut Document,
    ) -> Result<(), ParseError> {
        let chars: usize = lines.iter().map(|line| line.chars().count() + 1).sum();
        if chars <= WIDE {
            return self.push(lines.join("\n"), headings, document);
        }
        let key_cells = self.keys.iter().filter_map(|&key| row.get(key)).map(str::trim);
        let key_cells: Vec<&str> =
            key_cells.filter(|cell| !cell.is_empty() && cell.chars().count() <= MAX_KEY).collect();
        if key_cells.is_empty() {
            return self.push(lines.join("\n"), headings, document);
        }
        headings.push(key_cells.join(" "));
        if chars <= PART {
            return self.push(lines.join("\n"), headings, document);
        }
        let named = |&key: &usize| {
            let value = row.get(key).unwrap_or_default().trim();
            let name = self.names.get(key).map_or("", String::as_str);
            if name.is_empty() { value.to_owned() } else { format!("{name}: {value}") }
        };
        let key: Vec<String> = self
            .keys
            .iter()
            .map(named)
            .filter(|line| lines.contains(line) && line.chars().count() <= 2 * MAX_KEY)
            .collect();
        let mut part = String::new();
        let mut room = PART;
        for line in lines {
            let length = line.chars().count() + 1;
            if !part.is_empty() && length > room {
                self.push(std::mem::take(&mut part), headings.clone(), document)?;
                part = key.join("\n");
                room = PART;
            }
            if !part.is_empty() {
                part.push('\n');
            }
            part.push_str(&line);
            room = room.saturating_sub(length);
        }
        self.push(part, headings, document)
    }
}
