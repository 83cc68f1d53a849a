//! What markdown's grammar takes for the rows of one table: to it a line of text right below a table is one, and so is all of a table that
//! stands right below that line, down to the dashes under its header.

use csv::StringRecord;

use crate::knowledge::document::table::filled;

/// Dashes that stand under a name; fewer stand for nothing.
const DASHES: usize = 3;

/// A piece of what looks like one table.
#[derive(Debug, PartialEq)]
pub(super) enum TablePiece {
    /// Its rows, each with its place among all.
    Table(Vec<(usize, StringRecord)>),
    Text(String),
}

/// The tables and texts among rows, of which `bare` (ascending) are written without a bar, and how many rows are the first table's.
pub(super) fn pieces(rows: Vec<StringRecord>, bare: &[usize]) -> (Vec<TablePiece>, usize) {
    let columns = rows.first().map_or(0, StringRecord::len);
    let rules: Vec<bool> = rows.iter().map(is_rule).collect();
    let is_rule = |at: usize| rules.get(at).copied().unwrap_or_default();
    // A table of one column needs no bars.
    let is_bare = |at: usize| columns > 1 && at > 0 && bare.binary_search(&at).is_ok();
    let begins = |at: usize| is_rule(at + 1) && !is_rule(at) && !is_bare(at);
    let all = rules.len();
    let mut rows = rows.into_iter();
    let mut pieces = Vec::new();
    let mut first = all;
    let mut from = 0;
    while from < all {
        let end = (from + 1..all).find(|&at| begins(at)).unwrap_or(all);
        let texts = (from..end).rev().take_while(|&at| is_bare(at)).count();
        first = first.min(end - texts);
        let mut table = Vec::new();
        let mut text = Vec::new();
        for (at, row) in (from..end).zip(&mut rows) {
            if at >= end - texts {
                text.extend(row.get(0).map(str::to_owned));
            } else if !is_rule(at) {
                table.push((at, row));
            }
        }
        pieces.extend((!table.is_empty()).then_some(TablePiece::Table(table)));
        pieces.extend((!text.is_empty()).then(|| TablePiece::Text(text.join("\n"))));
        from = end;
    }
    (pieces, first)
}

/// Whether a row is the line under a header: | --- | :---: |.
fn is_rule(row: &StringRecord) -> bool {
    let is_dashes = |cell: &str| {
        let bare = cell.trim().trim_start_matches(':').trim_end_matches(':');
        bare.len() >= DASHES && bare.bytes().all(|byte| byte == b'-')
    };
    filled(row) > 0 && row.iter().all(|cell| cell.trim().is_empty() || is_dashes(cell))
}
