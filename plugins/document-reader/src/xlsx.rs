//! XLSX: each sheet that can be seen is a heading with its rows below it, as the sheet shows them.
//!
//! What the sheet does not show is left out, and the operator is told: hidden sheets, rows and columns, and formulas
//! that nobody has computed.

mod aside;
mod book;
mod code;
mod date;
mod decimal;
mod format;
mod formula;
mod rows;
mod sheet;

use crate::bindings::exports::qianfan::reader::documents::Document;
use crate::left_out::LeftOut;
use crate::output::Output;
use crate::package::Package;

use book::Workbook;
use sheet::Worksheet;

/// Places that a note names.
const NAMED: usize = 8;

pub(crate) fn read(bytes: Vec<u8>) -> Result<Document, String> {
    let mut package = Package::open(bytes, "xlsx")?;
    let (mut output, mut left_out) = (Output::default(), LeftOut::default());
    let mut book = Workbook::read(&mut package, &mut output, &mut left_out)?;
    let (hidden, shown): (Vec<_>, Vec<_>) =
        std::mem::take(&mut book.sheets).into_iter().partition(|sheet| sheet.is_hidden);
    for listed in shown {
        let relations = package.relations(&listed.part);
        let Some(xml) = package.xml(&listed.part) else { continue };
        let sheet = Worksheet::read(xml, &relations, &mut book, &mut output, &mut left_out)?;
        let asides = aside::read(&mut package, &sheet, &mut output, &mut left_out)?;
        tell(&listed.name, &sheet, &mut output);
        if sheet.rows.is_empty() && asides.is_empty() {
            continue;
        }
        output.heading(1, &listed.name)?;
        rows::say(sheet, &listed.name, &mut output)?;
        for aside in asides {
            output.text(&aside)?;
        }
    }
    if !hidden.is_empty() {
        let names = hidden.into_iter().map(|sheet| format!("“{}”", sheet.name));
        output.note(format!("Hidden sheets were left out: {}.", some(names)));
    }
    left_out.tell(&mut output);
    output.finish("holds no cell with text")
}

/// Tells of cells that could not be read.
fn tell(name: &str, sheet: &Worksheet, output: &mut Output) {
    let places = |places: &[formula::Place]| some(places.iter().map(|place| formula::name(*place)));
    if !sheet.unknown.is_empty() {
        output.note(format!(
            "Formulas without a stored value on sheet “{name}” were left empty ({}); open the file in a spreadsheet \
             program, save it, and import it again.",
            places(&sheet.unknown)
        ));
    }
    if !sheet.computed.is_empty() {
        output.note(format!(
            "Formulas without a stored value on sheet “{name}” were computed here ({}).",
            places(&sheet.computed)
        ));
    }
    if !sheet.errors.is_empty() {
        output.note(format!(
            "Cells on sheet “{name}” show an error and were left empty ({}).",
            places(&sheet.errors)
        ));
    }
}

/// The first of these, and how many more there are.
fn some(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = names.len().saturating_sub(NAMED);
    let mut text = names.take(NAMED).collect::<Vec<_>>().join(", ");
    if more > 0 {
        text.push_str(&format!(" and {more} more"));
    }
    text
}

#[cfg(test)]
mod tests;
