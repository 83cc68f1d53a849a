//! XLSX: each sheet that can be seen is a heading with a table below it.
//!
//! Cells are read one after the other, as they stand in the file: a sheet says how large it is, and
//! with a single cell in the last corner that would be 17 billion cells.

use std::io::Cursor;

use calamine::{DataRef, Dimensions, Reader as _, SheetType, SheetVisible, Xlsx, XlsxError};

use crate::bindings::exports::qianfan::reader::documents::Document;
use crate::output::{Output, one_line};
use crate::package::{self, Package};

/// Most rows that name columns; real tables have two, seldom three.
const MAX_HEADER_ROWS: u32 = 4;

pub(crate) fn read(bytes: Vec<u8>) -> Result<Document, String> {
    let bytes = Package::open(bytes, "xlsx")?.into_bytes();
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let sheets: Vec<String> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .collect();
    let mut output = Output::default();
    for name in sheets {
        let mut sheet = Sheet { rows: rows(&mut workbook, &name, &mut output)?, merged: Vec::new() };
        if !sheet.rows.is_empty() {
            sheet.merged = workbook.merge_cells_by_sheet_name(&name).map_err(damaged)?;
            output.heading(1, &name)?;
            sheet.fill_down(&mut output)?;
            sheet.say(&mut output)?;
        }
    }
    output.finish("holds no cell with text")
}

fn damaged(error: XlsxError) -> String {
    match error {
        XlsxError::Password => "is encrypted; save it without a password".to_owned(),
        error => package::damaged(error),
    }
}

struct Sheet {
    /// Those that are not empty.
    rows: Vec<Row>,
    merged: Vec<Dimensions>,
}

struct Row {
    number: u32,
    /// As many as to the last one that is not empty.
    cells: Vec<String>,
}

impl Row {
    fn get(&self, column: u32) -> &str {
        self.cells.get(column as usize).map_or("", String::as_str)
    }

    fn put(&mut self, column: u32, text: String, output: &mut Output) -> Result<(), String> {
        let column = column as usize;
        output.count(text.len())?;
        if column >= self.cells.len() {
            output.count_cells(column + 1 - self.cells.len())?;
            self.cells.resize(column + 1, String::new());
        }
        if let Some(place) = self.cells.get_mut(column) {
            *place = text;
        }
        Ok(())
    }

    fn filled(&self) -> usize {
        self.cells.iter().filter(|cell| !cell.is_empty()).count()
    }
}

fn rows(workbook: &mut Xlsx<Cursor<Vec<u8>>>, name: &str, output: &mut Output) -> Result<Vec<Row>, String> {
    let mut cells = workbook.worksheet_cells_reader(name).map_err(damaged)?;
    let mut rows: Vec<Row> = Vec::new();
    while let Some(cell) = cells.next_cell().map_err(damaged)? {
        let text = one_line(&text(cell.get_value()));
        if text.is_empty() {
            continue;
        }
        let (number, column) = cell.get_position();
        if rows.last().is_none_or(|row| row.number != number) {
            rows.push(Row { number, cells: Vec::new() });
        }
        if let Some(row) = rows.last_mut() {
            row.put(column, text, output)?;
        }
    }
    rows.sort_by_key(|row| row.number);
    Ok(rows)
}

impl Sheet {
    /// Puts what stands in a cell over several rows into each of them: a row is read alone.
    fn fill_down(&mut self, output: &mut Output) -> Result<(), String> {
        for merged in self.merged.iter().filter(|merged| merged.start.0 < merged.end.0) {
            let ((first, column), (last, _)) = (merged.start, merged.end);
            let from = self.rows.partition_point(|row| row.number < first);
            let to = self.rows.partition_point(|row| row.number <= last);
            let Some((top, below)) = self.rows.get_mut(from..to).and_then(<[Row]>::split_first_mut) else {
                continue;
            };
            if top.number == first && !top.get(column).is_empty() {
                for row in below {
                    row.put(column, top.get(column).to_owned(), output)?;
                }
            }
        }
        Ok(())
    }

    /// What stands alone above the table, such as a title over all columns, is text; the first row of
    /// several cells names the columns.
    fn say(mut self, output: &mut Output) -> Result<(), String> {
        let header = self.rows.iter().position(|row| row.filled() > 1).unwrap_or(self.rows.len());
        let mut table = self.rows.split_off(header);
        for row in self.rows {
            output.text(&row.cells.concat())?;
        }
        let Some(first) = table.first() else { return Ok(()) };
        let number = first.number;
        let depth = self
            .merged
            .iter()
            .filter(|merged| merged.start.0 == number && merged.end.0 - number < MAX_HEADER_ROWS)
            .map(|merged| merged.end.0 - number)
            .max()
            .unwrap_or(0);
        let below = table.split_off(table.partition_point(|row| row.number <= number + depth));
        let names = names(&table, &self.merged, output)?;
        if below.is_empty() {
            // Nothing stands below the names, so they are all there is.
            return output.text(&names.join(" | "));
        }
        output.table_under(None, [names].into_iter().chain(below.into_iter().map(|row| row.cells)).collect());
        Ok(())
    }
}

/// The columns' names: those of several rows put together, as `分数 最低` below a cell `分数` that spans
/// its columns.
fn names(rows: &[Row], merged: &[Dimensions], output: &mut Output) -> Result<Vec<String>, String> {
    let mut names = rows.first().map(|row| row.cells.clone()).unwrap_or_default();
    let [first, more @ ..] = rows else { return Ok(names) };
    if more.is_empty() {
        return Ok(names);
    }
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    output.count_cells(width)?;
    names.resize(width, String::new());
    for across in merged.iter().filter(|merged| merged.start.0 == first.number) {
        let (from, to) = (across.start.1, across.end.1.min(width as u32));
        for column in (from + 1)..=to {
            if let Some(name) = names.get_mut(column as usize) {
                output.count(first.get(from).len())?;
                first.get(from).clone_into(name);
            }
        }
    }
    let mut last = names.clone();
    for row in more {
        for (column, name) in names.iter_mut().enumerate() {
            let part = row.get(column as u32);
            if !part.is_empty() && last.get(column).is_none_or(|last| last != part) {
                output.count(part.len() + 1)?;
                name.push_str(if name.is_empty() { "" } else { " " });
                name.push_str(part);
                if let Some(last) = last.get_mut(column) {
                    part.clone_into(last);
                }
            }
        }
    }
    Ok(names)
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
