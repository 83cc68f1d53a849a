//! XLSX: each sheet that can be seen is a heading with a table below it.
//!
//! Cells are read one after the other, as they stand in the file: a sheet says how large it is, and
//! with a single cell in the last corner that would be 17 billion cells.

use std::io::Cursor;

use calamine::{DataRef, Reader as _, SheetType, SheetVisible, Xlsx, XlsxError};

use crate::bindings::exports::qianfan::reader::documents::Document;
use crate::output::{Output, one_line};
use crate::package::expect_package;

pub(crate) fn read(bytes: Vec<u8>) -> Result<Document, String> {
    expect_package(&bytes, "xlsx")?;
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let sheets: Vec<String> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .collect();
    let mut output = Output::default();
    for name in sheets {
        let rows = rows(&mut workbook, &name, &mut output)?;
        if !rows.is_empty() {
            output.heading(1, &name)?;
            sheet(rows, &mut output)?;
        }
    }
    if !output.has_text() {
        return Err("holds no cell with text".to_owned());
    }
    Ok(output.finish())
}

fn damaged(error: XlsxError) -> String {
    match error {
        XlsxError::Password => "is encrypted; save it without a password".to_owned(),
        error => format!("is no xlsx file or is damaged: {error}"),
    }
}

/// The rows that are not empty, each as long as its last cell.
fn rows(
    workbook: &mut Xlsx<Cursor<Vec<u8>>>,
    name: &str,
    output: &mut Output,
) -> Result<Vec<Vec<String>>, String> {
    let mut cells = workbook.worksheet_cells_reader(name).map_err(damaged)?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut current = None;
    while let Some(cell) = cells.next_cell().map_err(damaged)? {
        let text = text(cell.get_value());
        if text.trim().is_empty() {
            continue;
        }
        let (row, column) = cell.get_position();
        if current != Some(row) {
            current = Some(row);
            rows.push(Vec::new());
        }
        output.count(text.len())?;
        if let Some(row) = rows.last_mut() {
            let column = column as usize;
            if column >= row.len() {
                output.count_cells(column + 1 - row.len())?;
                row.resize(column + 1, String::new());
            }
            if let Some(place) = row.get_mut(column) {
                *place = text;
            }
        }
    }
    Ok(rows)
}

/// What stands alone above the table, such as a title over all columns, is text; the first row of
/// several cells names the columns.
fn sheet(mut rows: Vec<Vec<String>>, output: &mut Output) -> Result<(), String> {
    let is_full = |row: &Vec<String>| row.iter().filter(|cell| !cell.is_empty()).count() > 1;
    let header = rows.iter().position(is_full).unwrap_or(rows.len());
    let table = rows.split_off(header);
    for row in rows {
        output.text(&row.join(" "))?;
    }
    match table.len() {
        // Nothing stands below the names, so they are all there is.
        1 => output.text(&table.concat().join(" | ")),
        _ => {
            output.table(table);
            Ok(())
        }
    }
}

fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => float(*number),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(true) => "是".to_owned(),
        DataRef::Bool(false) => "否".to_owned(),
        DataRef::DateTime(at) if at.is_duration() => {
            let seconds = (at.as_f64() * 86_400.0).round();
            format!(
                "{}:{:02}:{:02}",
                (seconds / 3600.0).floor(),
                (seconds / 60.0).floor() % 60.0,
                seconds % 60.0
            )
        }
        DataRef::DateTime(at) => {
            let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
            let date = format!("{year:04}-{month:02}-{day:02}");
            let time = format!("{hour:02}:{minute:02}:{second:02}");
            match (at.as_f64() < 1.0, time.as_str()) {
                (true, _) => time,
                (false, "00:00:00") => date,
                (false, _) => format!("{date} {time}"),
            }
        }
        // `#N/A` and the like say nothing.
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

/// As a spreadsheet shows it: what is stored has two digits more, and 0.1 + 0.2 is not 0.3.
fn float(number: f64) -> String {
    let rounded = format!("{number:.14e}").parse::<f64>().unwrap_or(number);
    one_line(&rounded.to_string())
}

#[cfg(test)]
mod tests;
