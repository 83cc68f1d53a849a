//! Tables: tab-separated lines, or CSV with commas or semicolons.

use super::super::question::Skipped;
use super::names;

/// A file's rows, with the line each begins on.
pub(super) struct FileRows {
    /// Tab-separated, where a cell is taken as it stands; else CSV with quotes.
    pub(super) tabs: bool,
    pub(super) rows: Vec<(u64, Vec<String>)>,
}

pub(super) fn read(text: &str) -> Result<FileRows, String> {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    if first.contains('\t') {
        let rows = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
        let cells = |line: &str| line.split('\t').map(|cell| cell.trim().to_owned()).collect();
        return Ok(FileRows { tabs: true, rows: rows.map(|(line, number)| (number, cells(line))).collect() });
    }
    let count = |mark: u8| first.bytes().filter(|&byte| byte == mark).count();
    let delimiter = if count(b';') > count(b',') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| format!("is not valid CSV: {error}"))?;
        let line = record.position().map_or(0, csv::Position::line);
        let cells: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
        if cells.iter().any(|cell| !cell.is_empty()) {
            rows.push((line, cells));
        }
    }
    Ok(FileRows { tabs: false, rows })
}

/// Question ids with the ids of documents that are right.
pub(super) fn judgements(text: &str, skipped: &mut Vec<Skipped>) -> Vec<(String, String)> {
    let mut judged = Vec::new();
    for (line, number) in text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()) {
        let cells: Vec<&str> = if line.contains('\t') {
            line.split('\t').map(str::trim).collect()
        } else if line.contains(',') {
            line.split(',').map(str::trim).collect()
        } else {
            line.split_whitespace().collect()
        };
        let (question, document, relevance) = match cells[..] {
            [question, document] => (question, document, "1"),
            [question, document, relevance] | [question, _, document, relevance] => {
                (question, document, relevance)
            }
            _ => ("", "", ""),
        };
        match relevance.parse::<f64>() {
            Ok(relevance) if relevance > 0.0 => judged.push((question.to_owned(), document.to_owned())),
            Ok(_) => {}
            // A header.
            Err(_) if number == 1 => {}
            Err(_) => {
                let reason = "is not question id, document id and relevance, separated by tabs".into();
                skipped.push(Skipped { place: format!("line {number}"), reason });
            }
        }
    }
    judged
}

/// Where a table with a header has what it holds.
pub(super) fn column(header: &[String], wanted: &[&str]) -> Option<usize> {
    names::position(header.iter().map(String::as_str), wanted)
}
