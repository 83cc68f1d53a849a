//! A sheet as it is read, cell by cell in the order of the file: a sheet says how large it is, and with a single cell
//! in the last corner that would be 17 billion cells.

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};

use super::book::{RichText, Workbook, is_on, unescaped};
use super::decimal::general;
use super::formula::{Cells, Computer, Place, Value, name, place};
use crate::left_out::LeftOut;
use crate::output::Output;
use crate::package::{Relation, Xml, attribute, damaged, resolve};
use crate::script::{Script, ScriptLine};

/// Formulas without a value that are looked at, and areas of merged cells and of links.
const MAX_FORMULAS: usize = 100_000;
const MAX_AREAS: usize = 100_000;
/// Ranges of hidden columns.
const MAX_HIDDEN: usize = 1000;

#[derive(Debug, Default)]
pub(super) struct Worksheet {
    /// Rows that are not empty.
    pub(super) rows: Vec<SheetRow>,
    pub(super) merged: Vec<Area>,
    /// First and last of hidden columns.
    pub(super) hidden_columns: Vec<(u32, u32)>,
    pub(super) hidden_rows: Vec<u32>,
    /// Rows of which a cell was left out, as one that is struck out is: they part no tables, though nothing else may be in them.
    pub(super) left_rows: Vec<u32>,
    links: Vec<(Area, String)>,
    formulas: HashMap<Place, Formula>,
    /// Cells that show an error, such as `#REF!`.
    pub(super) errors: Vec<Place>,
    /// Formulas without a value that were computed here, and those that could not be.
    pub(super) computed: Vec<Place>,
    pub(super) unknown: Vec<Place>,
    /// The parts of its comments and its drawings.
    pub(super) comments: Option<String>,
    pub(super) drawings: Vec<String>,
}

/// A rectangle of cells: its first row and column, and its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) from: Place,
    pub(super) to: Place,
}

#[derive(Debug)]
pub(super) struct SheetRow {
    pub(super) number: u32,
    /// The row's cells up to the last one that is not empty.
    pub(super) cells: Vec<SheetCell>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct SheetCell {
    pub(super) text: String,
    /// What it is worth to a formula, where it is a number.
    number: Option<f64>,
}

#[derive(Debug)]
struct Formula {
    text: String,
    style: usize,
}

impl SheetRow {
    pub(super) fn get(&self, column: u32) -> &str {
        self.cells.get(column as usize).map_or("", |cell| &cell.text)
    }

    pub(super) fn put(&mut self, column: u32, cell: SheetCell, output: &mut Output) -> Result<(), String> {
        let column = column as usize;
        output.count(cell.text.len())?;
        if column >= self.cells.len() {
            output.count_cells(column + 1 - self.cells.len())?;
            self.cells.resize(column + 1, SheetCell::default());
        }
        if let Some(place) = self.cells.get_mut(column) {
            *place = cell;
        }
        Ok(())
    }

    pub(super) fn filled(&self) -> usize {
        self.cells.iter().filter(|cell| !cell.text.trim().is_empty()).count()
    }
}

impl From<String> for SheetCell {
    fn from(text: String) -> Self {
        Self { text, number: None }
    }
}

impl Worksheet {
    fn leave(&mut self, row: u32) {
        if self.left_rows.last() != Some(&row) {
            self.left_rows.push(row);
        }
    }
}

impl Area {
    fn named(reference: &str) -> Option<Self> {
        let reference = reference.replace('$', "");
        let (from, to) = reference.split_once(':').unwrap_or((&reference, &reference));
        let (from, to) = (place(from)?, place(to)?);
        (from.0 <= to.0 && from.1 <= to.1).then_some(Self { from, to })
    }
}

/// What is read of the cell that is open.
#[derive(Default)]
struct Open {
    place: Place,
    kind: String,
    style: usize,
    value: String,
    formula: Option<String>,
    rich: RichText,
    is_rich: bool,
}

#[derive(Default)]
struct SheetReader {
    sheet: Worksheet,
    next: Place,
    cell: Option<Open>,
    /// Whether the text of a value or of a formula is being read.
    in_value: bool,
    in_formula: bool,
}

impl Worksheet {
    pub(super) fn read(
        mut xml: Xml<'_>,
        relations: &HashMap<String, Relation>,
        book: &mut Workbook,
        output: &mut Output,
        left_out: &mut LeftOut,
    ) -> Result<Self, String> {
        let mut reading = SheetReader::default();
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            let event = xml.read_event_into(&mut buffer).map_err(damaged)?;
            match &event {
                Event::Eof => break,
                Event::Start(element) => reading.start(element, relations, false),
                Event::Empty(element) => {
                    reading.start(element, relations, true);
                    if element.local_name().as_ref() == "c" {
                        reading.cell = None;
                    }
                }
                Event::End(element) => match element.local_name().as_ref() {
                    "c" => reading.end_cell(book, output, left_out)?,
                    "v" => reading.in_value = false,
                    "f" => reading.in_formula = false,
                    _ => {}
                },
                Event::Text(text) => reading.characters(&text.xml10_content(), output)?,
                Event::CData(text) => reading.characters(&text.xml10_content(), output)?,
                Event::GeneralRef(reference) => {
                    reading.characters(&resolve(reference).unwrap_or_default(), output)?;
                }
                _ => {}
            }
            if let Some(cell) = reading.cell.as_mut().filter(|cell| cell.is_rich) {
                cell.rich.read(&event, output, left_out)?;
            }
        }
        let mut sheet = reading.sheet;
        for relation in relations.values() {
            match relation.kind.as_str() {
                "comments" => sheet.comments = Some(relation.target.clone()),
                "drawing" => sheet.drawings.push(relation.target.clone()),
                _ => {}
            }
        }
        sheet.rows.sort_by_key(|row| row.number);
        sheet.hidden_rows.sort_unstable();
        Ok(sheet)
    }

    /// Whether a formula without a value looks at other sheets.
    pub(super) fn refers(&self) -> bool {
        self.formulas.values().any(|formula| formula.text.contains('!'))
    }

    /// Computes what has no value yet, with a look at these sheets where a formula does so, and says where links lead.
    pub(super) fn complete(
        &mut self,
        others: &HashMap<String, &Worksheet>,
        book: &mut Workbook,
        output: &mut Output,
    ) -> Result<(), String> {
        self.compute(others, book, output)?;
        self.link(output)
    }

    fn row(&mut self, number: u32) -> &mut SheetRow {
        if self.rows.last().is_none_or(|row| row.number != number) {
            self.rows.push(SheetRow { number, cells: Vec::new() });
        }
        let last = self.rows.len() - 1;
        &mut self.rows[last]
    }

    pub(super) fn find(&self, number: u32) -> Option<usize> {
        self.rows.binary_search_by_key(&number, |row| row.number).ok()
    }

    pub(super) fn is_hidden(&self, column: u32) -> bool {
        self.hidden_columns.iter().any(|(first, last)| (*first..=*last).contains(&column))
    }

    /// Computes the formulas that have no value, as far as they are simple.
    fn compute(
        &mut self,
        others: &HashMap<String, &Worksheet>,
        book: &mut Workbook,
        output: &mut Output,
    ) -> Result<(), String> {
        if self.formulas.is_empty() {
            return Ok(());
        }
        let formulas = self.formulas.iter().map(|(place, formula)| (*place, formula.text.clone())).collect();
        let mut places: Vec<Place> = self.formulas.keys().copied().collect();
        places.sort_unstable();
        let cells = Near { sheet: self, others };
        let mut computer = Computer::new(&cells, &formulas);
        let values: Vec<_> = places.iter().map(|place| computer.compute(*place)).collect();
        for (place, value) in places.into_iter().zip(values) {
            let style = self.formulas.get(&place).map_or(0, |formula| formula.style);
            let cell = match value {
                Some(Value::Number(number)) => {
                    let text = book.styles.format(style).number(number, book.from_1904);
                    SheetCell { text, number: Some(number) }
                }
                Some(Value::Text(text)) => SheetCell::from(text),
                Some(Value::Blank) => continue,
                None => {
                    self.unknown.push(place);
                    continue;
                }
            };
            self.computed.push(place);
            match self.find(place.0) {
                Some(row) => self.rows[row].put(place.1, cell, output)?,
                None => {
                    let mut row = SheetRow { number: place.0, cells: Vec::new() };
                    row.put(place.1, cell, output)?;
                    let at = self.rows.partition_point(|row| row.number < place.0);
                    self.rows.insert(at, row);
                }
            }
        }
        Ok(())
    }

    /// Says where links lead.
    fn link(&mut self, output: &mut Output) -> Result<(), String> {
        for (area, target) in std::mem::take(&mut self.links) {
            let Some(row) = self.find(area.from.0) else { continue };
            let Some(cell) = self.rows[row].cells.get_mut(area.from.1 as usize) else { continue };
            if let Some(link) = crate::link::said(&cell.text, &target) {
                output.count(link.len())?;
                cell.text.push_str(&link);
            }
        }
        Ok(())
    }
}

/// A sheet with the others of its book, by their names in small letters.
struct Near<'a> {
    sheet: &'a Worksheet,
    others: &'a HashMap<String, &'a Worksheet>,
}

impl Cells for Near<'_> {
    fn value(&self, place: Place) -> Value {
        self.sheet.value(place)
    }

    fn elsewhere(&self, sheet: &str, place: Place) -> Option<Value> {
        let sheet = self.others.get(&sheet.to_lowercase())?;
        // A formula there that is not computed comes to nothing here.
        let value = sheet.value(place);
        (value != Value::Blank || !sheet.formulas.contains_key(&place)).then_some(value)
    }
}

impl Worksheet {
    fn value(&self, (row, column): Place) -> Value {
        let row = self.find(row).map(|row| &self.rows[row]);
        match row.and_then(|row| row.cells.get(column as usize)) {
            Some(SheetCell { number: Some(number), .. }) => Value::Number(*number),
            Some(SheetCell { text, .. }) if !text.is_empty() => Value::Text(text.clone()),
            _ => Value::Blank,
        }
    }
}

impl SheetReader {
    fn start(&mut self, element: &BytesStart<'_>, relations: &HashMap<String, Relation>, is_empty: bool) {
        let number = |name: &str| attribute(element, name).and_then(|value| value.parse::<u32>().ok());
        let switch = |name: &str| attribute(element, name).is_some_and(|on| is_on(&on));
        let area = || attribute(element, "ref").and_then(|reference| Area::named(&reference));
        let flat =
            |name: &str| attribute(element, name).and_then(|size| size.parse::<f64>().ok()) == Some(0.0);
        match element.local_name().as_ref() {
            "col" if switch("hidden") || flat("width") => {
                if let (Some(first), Some(last), true) =
                    (number("min"), number("max"), self.sheet.hidden_columns.len() < MAX_HIDDEN)
                {
                    self.sheet.hidden_columns.push((first.saturating_sub(1), last.saturating_sub(1)));
                }
            }
            "row" => {
                let row = number("r").map_or(self.next.0, |row| row.saturating_sub(1));
                self.next = (row, 0);
                if switch("hidden") || flat("ht") {
                    self.sheet.hidden_rows.push(row);
                }
                if is_empty {
                    self.next.0 += 1;
                }
            }
            "c" => {
                let mut open = Open { place: self.next, ..Open::default() };
                // There are millions of these: their attributes are looked at once.
                for attribute in element.attributes().with_checks(false).flatten() {
                    let value = attribute.value.as_ref();
                    match attribute.key.as_ref() {
                        "r" => open.place = place(value).unwrap_or(open.place),
                        "t" => value.clone_into(&mut open.kind),
                        "s" => open.style = value.parse().unwrap_or(0),
                        _ => {}
                    }
                }
                self.next = (open.place.0, open.place.1 + 1);
                self.cell = Some(open);
            }
            "v" => self.in_value = !is_empty,
            "f" => {
                self.in_formula = !is_empty;
                if let Some(cell) = &mut self.cell {
                    cell.formula = Some(String::new());
                }
            }
            "is" => {
                if let Some(cell) = &mut self.cell {
                    cell.is_rich = !is_empty;
                }
            }
            "mergeCell" if self.sheet.merged.len() < MAX_AREAS => self.sheet.merged.extend(area()),
            "hyperlink" if self.sheet.links.len() < MAX_AREAS => {
                let target = attribute(element, "id").and_then(|id| relations.get(&id));
                let target = target.filter(|target| target.is_outside).map(|target| target.target.clone());
                self.sheet.links.extend(area().zip(target));
            }
            _ => {}
        }
    }

    fn characters(&mut self, text: &str, output: &mut Output) -> Result<(), String> {
        let Some(cell) = &mut self.cell else { return Ok(()) };
        if self.in_value {
            output.count(text.len())?;
            cell.value.push_str(text);
        } else if let (true, Some(formula)) = (self.in_formula, &mut cell.formula) {
            output.count(text.len())?;
            formula.push_str(text);
        }
        Ok(())
    }

    fn end_cell(
        &mut self,
        book: &mut Workbook,
        output: &mut Output,
        left_out: &mut LeftOut,
    ) -> Result<(), String> {
        (self.in_value, self.in_formula) = (false, false);
        let Some(mut open) = self.cell.take() else { return Ok(()) };
        let from_1904 = book.from_1904;
        let is_unknown = book.is_uncomputed && open.formula.is_some() && open.value.trim() == "0";
        let has_value = !open.value.trim().is_empty() && !is_unknown;
        let mut number = None;
        let text = match open.kind.as_str() {
            "s" if has_value => {
                let at = open.value.trim().parse::<usize>().ok();
                let Some(text) = at.and_then(|at| book.texts.get(at)) else {
                    return Err(damaged(format!("the text of cell {} is missing", name(open.place))));
                };
                let text = text.clone();
                book.styles.format(open.style).text(text)
            }
            "inlineStr" => book.styles.format(open.style).text(open.rich.take()),
            "str" | "d" => book.styles.format(open.style).text(unescaped(&open.value)),
            "b" if has_value => if is_on(open.value.trim()) { "TRUE" } else { "FALSE" }.to_owned(),
            "e" if has_value => {
                self.sheet.errors.push(open.place);
                self.sheet.leave(open.place.0);
                String::new()
            }
            _ => match open.value.trim().parse::<f64>() {
                Ok(value) if value.is_finite() => {
                    number = Some(value);
                    book.styles.format(open.style).number(value, from_1904)
                }
                _ => open.value.trim().to_owned(),
            },
        };
        let (text, is_hidden) = match (text.trim().is_empty(), number) {
            // A format may show nothing of a number.
            (true, Some(number)) => (general(number), true),
            _ => (text, false),
        };
        let had_text = !text.trim().is_empty();
        let text = self.drawn(&open, text, is_hidden, book, left_out);
        if had_text && text.is_empty() {
            self.sheet.leave(open.place.0);
        }
        if let (Some(formula), false) = (open.formula, has_value) {
            if self.sheet.formulas.len() < MAX_FORMULAS {
                self.sheet.formulas.insert(open.place, Formula { text: formula, style: open.style });
            }
            return Ok(());
        }
        if text.trim().is_empty() && number.is_none() {
            return Ok(());
        }
        let (row, column) = open.place;
        self.sheet.row(row).put(column, SheetCell { text, number }, output)
    }

    /// The text as the cell's font draws it, with the target of a link that is a formula.
    fn drawn(
        &self,
        open: &Open,
        text: String,
        is_hidden: bool,
        book: &Workbook,
        left_out: &mut LeftOut,
    ) -> String {
        let (is_struck, script) = book.styles.font(open.style);
        if is_hidden || is_struck {
            if is_hidden {
                left_out.hidden(&text)
            } else {
                left_out.struck(&text)
            }
            return String::new();
        }
        let mut text = text;
        if script != Script::Plain {
            let mut line = ScriptLine::default();
            line.say(&text, script);
            text = line.take();
        }
        let link =
            open.formula.as_deref().and_then(|formula| formula.trim_start().strip_prefix("HYPERLINK(\""));
        if let Some(link) = link.and_then(|link| crate::link::said(&text, link.split('"').next()?)) {
            text.push_str(&link);
        }
        text
    }
}
