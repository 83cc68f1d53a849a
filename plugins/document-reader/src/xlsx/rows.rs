//! What the rows of a sheet say. A cell over several rows or columns is said in each of them, and rows that name the
//! columns together are one.

use std::collections::{BTreeSet, HashSet};

use super::formula::column_name;
use super::sheet::{Area, SheetCell, SheetRow, Worksheet};
use crate::grid::one_header;
use crate::output::Output;

/// Most rows that name columns; real tables have two, seldom three.
const MAX_HEADER_ROWS: u32 = 4;

pub(super) fn say(mut sheet: Worksheet, name: &str, output: &mut Output) -> Result<(), String> {
    let lines = spread(&mut sheet, output)?;
    let hidden = hide(&mut sheet, name, output);
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut last: Option<u32> = None;
    let mut block: Vec<SheetRow> = Vec::new();
    for row in std::mem::take(&mut sheet.rows) {
        // Rows that are not there between two that are part two tables, unless they are hidden.
        let gap = last.is_some_and(|last| (last + 1..row.number).any(|between| !hidden.contains(&between)));
        last = Some(row.number);
        if gap {
            end_block(&mut block, &sheet.merged, &lines, &mut rows);
            rows.push(Vec::new());
        }
        block.push(row);
    }
    end_block(&mut block, &sheet.merged, &lines, &mut rows);
    // A column of lines, or a row that stands alone, is no table.
    let column = |row: &Vec<String>| row.iter().position(|cell| !cell.is_empty());
    let columns: HashSet<usize> = rows.iter().filter_map(column).collect();
    let is_list =
        columns.len() < 2 && rows.iter().all(|row| row.iter().filter(|cell| !cell.is_empty()).count() < 2);
    if is_list || rows.len() < 2 {
        for row in rows {
            let cells: Vec<&str> = row.iter().map(String::as_str).filter(|cell| !cell.is_empty()).collect();
            output.text(&cells.join(" | "))?;
        }
        return Ok(());
    }
    output.table_under(None, rows);
    Ok(())
}

/// Puts what stands in merged cells into each of them: a row is read alone, and a cell under its column. A title over
/// the whole width stays one cell, and so does a line among the rows: gives the numbers of such rows.
fn spread(sheet: &mut Worksheet, output: &mut Output) -> Result<HashSet<u32>, String> {
    let mut lines = HashSet::new();
    let width = sheet.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0) as u32;
    for area in std::mem::take(&mut sheet.merged) {
        let from = sheet.rows.partition_point(|row| row.number < area.from.0);
        let to = sheet.rows.partition_point(|row| row.number <= area.to.0);
        sheet.merged.push(area);
        let Some((top, below)) = sheet.rows.get_mut(from..to).and_then(<[SheetRow]>::split_first_mut) else {
            continue;
        };
        let text = top.get(area.from.1).to_owned();
        if top.number != area.from.0 || text.trim().is_empty() {
            continue;
        }
        let last = area.to.1.min(width.saturating_sub(1));
        let is_title =
            area.from.1 < area.to.1 && top.filled() == 1 && below.iter().all(|row| row.filled() == 0);
        if is_title {
            if area.from.1 == 0 {
                lines.insert(area.from.0);
            }
            continue;
        }
        for (at, row) in std::iter::once(top).chain(below).enumerate() {
            for column in area.from.1..=last {
                if at > 0 || column > area.from.1 {
                    row.put(column, SheetCell::from(text.clone()), output)?;
                }
            }
        }
    }
    Ok(lines)
}

/// Takes hidden rows and columns out, and tells; the numbers of the rows, and of those of which nothing is left.
fn hide(sheet: &mut Worksheet, name: &str, output: &mut Output) -> HashSet<u32> {
    let mut hidden: HashSet<u32> = sheet.hidden_rows.iter().chain(&sheet.left_rows).copied().collect();
    let unseen: HashSet<u32> = sheet.hidden_rows.iter().copied().collect();
    let mut rows = Vec::new();
    sheet.rows.retain(|row| {
        let keep = !unseen.contains(&row.number);
        if !keep && row.filled() > 0 {
            rows.push((row.number + 1).to_string());
        }
        keep
    });
    let width = sheet.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0) as u32;
    let is_hidden: Vec<bool> = (0..width).map(|column| sheet.is_hidden(column)).collect();
    let mut columns = BTreeSet::new();
    for row in &mut sheet.rows {
        let mut column = 0;
        row.cells.retain(|cell| {
            let keep = !is_hidden[column as usize];
            if !keep && !cell.text.trim().is_empty() {
                columns.insert(column);
            }
            column += 1;
            keep
        });
    }
    hidden.extend(sheet.rows.iter().filter(|row| row.filled() == 0).map(|row| row.number));
    sheet.rows.retain(|row| row.filled() > 0);
    let columns: Vec<String> = columns.into_iter().map(column_name).collect();
    for (what, places) in [("rows", rows), ("columns", columns)] {
        if !places.is_empty() {
            output.note(format!(
                "Hidden {what} of sheet “{name}” were left out: {}.",
                super::some(places.into_iter())
            ));
        }
    }
    hidden
}

/// Adds a block of rows without a gap. Where cells of the row that names the columns go on below, those rows name them
/// together.
fn end_block(block: &mut Vec<SheetRow>, merged: &[Area], lines: &HashSet<u32>, rows: &mut Vec<Vec<String>>) {
    let header = block.iter().position(|row| row.filled() > 1);
    let first = header.and_then(|at| block.get(at)).map(|row| row.number);
    let depth = merged
        .iter()
        .filter(|area| Some(area.from.0) == first && area.to.0 - area.from.0 < MAX_HEADER_ROWS)
        .map(|area| area.to.0 - area.from.0)
        .max()
        .unwrap_or(0);
    let (header, last) = (header.unwrap_or(0), first.map(|first| first + depth));
    let names = block.iter().skip(header).take_while(|row| Some(row.number) <= last).count();
    let cells = |row: SheetRow| {
        let is_line = lines.contains(&row.number);
        let mut cells: Vec<String> = row.cells.into_iter().map(|cell| cell.text).collect();
        // A row of one cell is a line over all columns.
        if cells.len() == 1 && !is_line {
            cells.push(String::new());
        } else if is_line {
            cells.truncate(1);
        }
        cells
    };
    let mut of_block: Vec<Vec<String>> = std::mem::take(block).into_iter().map(cells).collect();
    let mut from_header = of_block.split_off(header);
    if depth > 0 {
        one_header(&mut from_header, names);
    }
    rows.append(&mut of_block);
    rows.append(&mut from_header);
}
