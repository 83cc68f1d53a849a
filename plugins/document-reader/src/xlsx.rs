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

use book::{Listed, Workbook};
use sheet::Worksheet;

/// Places that a note names.
const NAMED: usize = 8;

pub(crate) fn read(bytes: Vec<u8>) -> Result<Document, String> {
    let mut package = Package::open(bytes, "xlsx")?;
    let (mut output, mut left_out) = (Output::default(), LeftOut::default());
    let mut book = Workbook::read(&mut package, &mut output, &mut left_out)?;
    let (hidden, shown): (Vec<_>, Vec<_>) =
        std::mem::take(&mut book.sheets).into_iter().partition(|sheet| sheet.is_hidden);
    let mut sheets = Vec::with_capacity(shown.len());
    for listed in shown {
        let relations = package.relations(&listed.part);
        let Some(xml) = package.xml(&listed.part) else { continue };
        sheets.push((listed.name, Worksheet::read(xml, &relations, &mut book, &mut output, &mut left_out)?));
    }
    let referred = referred(&sheets, &hidden, &mut package, &mut book);
    for at in 0..sheets.len() {
        let (before, rest) = sheets.split_at_mut(at);
        let Some(((_, sheet), after)) = rest.split_first_mut() else { continue };
        let others = before.iter().chain(after.iter()).chain(&referred);
        let others = others.map(|(name, sheet)| (name.to_lowercase(), sheet)).collect();
        sheet.complete(&others, &mut book, &mut output)?;
    }
    for (name, sheet) in sheets {
        let asides = aside::read(&mut package, &sheet, &mut output, &mut left_out)?;
        tell(&name, &sheet, &mut output);
        if sheet.rows.is_empty() && asides.is_empty() {
            continue;
        }
        output.heading(1, &name)?;
        rows::say(sheet, &name, &mut output)?;
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

/// The hidden sheets, where a formula without a value may look at one: nothing else of them is read.
fn referred(
    shown: &[(String, Worksheet)],
    hidden: &[Listed],
    package: &mut Package,
    book: &mut Workbook,
) -> Vec<(String, Worksheet)> {
    let hidden = if shown.iter().any(|(_, sheet)| sheet.refers()) { hidden } else { &[] };
    let mut sheets = Vec::new();
    let (mut unsaid, mut unseen) = (Output::default(), LeftOut::default());
    for listed in hidden {
        let relations = package.relations(&listed.part);
        let Some(xml) = package.xml(&listed.part) else { continue };
        if let Ok(sheet) = Worksheet::read(xml, &relations, book, &mut unsaid, &mut unseen) {
            sheets.push((listed.name.clone(), sheet));
        }
    }
    sheets
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
