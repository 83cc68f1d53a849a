//! Formulas that no program has computed yet, as scripts write them. The simple ones are computed: sums, products and
//! choices over cells of the book, and texts put together of them. All others are reported.

use std::collections::HashMap;

/// Parts of a formula within one another, those of the formulas it waits for among them.
const MAX_NESTING: usize = 100;
/// Cells that one document's formulas look at.
const MAX_LOOKS: usize = 2_000_000;

/// What a cell is worth.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Blank,
    Number(f64),
    Text(String),
}

/// A row and a column, from 0.
pub(super) type Place = (u32, u32);

/// The cells that formulas look at.
pub(super) trait Cells {
    fn value(&self, place: Place) -> Value;

    /// The same of a cell on the sheet of this name; `None` where nothing is known of it.
    fn elsewhere(&self, sheet: &str, place: Place) -> Option<Value>;
}

pub(super) struct Computer<'a> {
    cells: &'a dyn Cells,
    formulas: &'a HashMap<Place, String>,
    computed: HashMap<Place, Option<Value>>,
    looks: usize,
    depth: usize,
}

impl<'a> Computer<'a> {
    pub(super) fn new(cells: &'a dyn Cells, formulas: &'a HashMap<Place, String>) -> Self {
        Self { cells, formulas, computed: HashMap::new(), looks: 0, depth: 0 }
    }

    /// What the formula in this cell comes to; `None` where it is not a simple one.
    pub(super) fn compute(&mut self, place: Place) -> Option<Value> {
        if let Some(known) = self.computed.get(&place) {
            return known.clone();
        }
        let formula = self.formulas.get(&place)?;
        // One that waits for itself comes to nothing.
        self.computed.insert(place, None);
        let depth = self.depth;
        self.depth += 1;
        let mut parser = Parser { rest: formula.trim_start_matches('='), computer: self };
        let value = parser.expression(0).filter(|_| parser.rest.trim().is_empty()).map(|part| part.one());
        self.depth = depth;
        let value =
            value.flatten().filter(|value| !matches!(value, Value::Number(number) if !number.is_finite()));
        self.computed.insert(place, value.clone());
        value
    }

    fn look(&mut self, place: Place) -> Option<Value> {
        self.looks += 1;
        if self.looks > MAX_LOOKS {
            return None;
        }
        if self.formulas.contains_key(&place) {
            return self.compute(place);
        }
        Some(self.cells.value(place))
    }

    fn look_at(&mut self, sheet: Option<&str>, place: Place) -> Option<Value> {
        let Some(sheet) = sheet else { return self.look(place) };
        self.looks += 1;
        if self.looks > MAX_LOOKS { None } else { self.cells.elsewhere(sheet, place) }
    }
}

/// A part of a formula: one value, or those of a range.
#[derive(Debug)]
enum Part {
    One(Value),
    Many(Vec<Value>),
}

impl Part {
    fn one(self) -> Option<Value> {
        match self {
            Self::One(value) => Some(value),
            Self::Many(values) => <[Value; 1]>::try_from(values).ok().map(|[value]| value),
        }
    }
}

struct Parser<'a, 'b, 'c> {
    rest: &'b str,
    computer: &'a mut Computer<'c>,
}

impl Parser<'_, '_, '_> {
    fn expression(&mut self, above: u8) -> Option<Part> {
        self.computer.depth += 1;
        if self.computer.depth > MAX_NESTING {
            return None;
        }
        let mut left = self.term()?;
        loop {
            self.rest = self.rest.trim_start();
            let Some((sign, binds)) = operator(self.rest).filter(|(_, binds)| *binds > above) else { break };
            self.rest = &self.rest[sign.len()..];
            if sign == "%" {
                left = Part::One(Value::Number(number(&left.one()?)? / 100.0));
                continue;
            }
            let right = self.expression(binds)?;
            left = Part::One(applied(sign, &left.one()?, &right.one()?)?);
        }
        self.computer.depth -= 1;
        Some(left)
    }

    fn term(&mut self) -> Option<Part> {
        self.rest = self.rest.trim_start();
        let rest = self.rest;
        let first = rest.chars().next()?;
        match first {
            '-' | '+' => {
                self.rest = &rest[1..];
                let value = number(&self.expression(6)?.one()?)?;
                Some(Part::One(Value::Number(if first == '-' { -value } else { value })))
            }
            '(' => {
                self.rest = &rest[1..];
                let inner = self.expression(0)?;
                self.expect(')')?;
                Some(inner)
            }
            '"' => {
                let end = 1 + rest[1..].find('"')?;
                self.rest = &rest[end + 1..];
                // A quote within a text is written twice; that is rare enough.
                (!self.rest.starts_with('"')).then(|| Part::One(Value::Text(rest[1..end].to_owned())))
            }
            '0'..='9' | '.' => {
                let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
                self.rest = &rest[end..];
                Some(Part::One(Value::Number(rest[..end].parse().ok()?)))
            }
            _ => self.word(),
        }
    }

    fn expect(&mut self, c: char) -> Option<()> {
        self.rest = self.rest.trim_start().strip_prefix(c)?;
        Some(())
    }

    /// The name of a sheet before a cell on it: 名称!A1, '二〇二五 年'!A1.
    fn sheet(&mut self) -> Option<String> {
        let (name, after) = match self.rest.strip_prefix('\'') {
            Some(quoted) => quoted.split_once('\'')?,
            None => {
                let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
                self.rest.split_at(self.rest.find(|c| !is_name(c))?)
            }
        };
        self.rest = after.strip_prefix('!')?;
        Some(name.to_owned())
    }

    /// A function with what it is given, a cell, or a range of cells.
    fn word(&mut self) -> Option<Part> {
        let sheet = self.sheet();
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '$' | '.' | '_'));
        let (word, after) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = after;
        if let Some(given) = after.strip_prefix('(') {
            let name = word.to_ascii_uppercase();
            self.rest = given;
            return self.function(name.trim_start_matches("_XLFN."));
        }
        match word.to_ascii_uppercase().as_str() {
            "TRUE" => return Some(Part::One(Value::Number(1.0))),
            "FALSE" => return Some(Part::One(Value::Number(0.0))),
            _ => {}
        }
        let from = place(&word.replace('$', ""))?;
        let Some(after) = after.strip_prefix(':') else {
            return Some(Part::One(self.computer.look_at(sheet.as_deref(), from)?));
        };
        let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '$').unwrap_or(after.len());
        let to = place(&after[..end].replace('$', ""))?;
        self.rest = &after[end..];
        let (rows, columns) = (from.0.min(to.0)..=from.0.max(to.0), from.1.min(to.1)..=from.1.max(to.1));
        let count = (rows.end() - rows.start() + 1) as usize * (columns.end() - columns.start() + 1) as usize;
        if count > MAX_LOOKS {
            return None;
        }
        let mut values = Vec::new();
        for row in rows {
            for column in columns.clone() {
                match self.computer.look_at(sheet.as_deref(), (row, column))? {
                    Value::Blank => {}
                    value => values.push(value),
                }
            }
        }
        Some(Part::Many(values))
    }

    fn function(&mut self, name: &str) -> Option<Part> {
        let mut given = Vec::new();
        while !self.rest.trim_start().starts_with(')') {
            given.push(self.expression(0)?);
            self.rest = self.rest.trim_start();
            match self.rest.strip_prefix(',') {
                Some(after) => self.rest = after,
                None => break,
            }
        }
        self.expect(')')?;
        self.computed(name, given).map(Part::One)
    }

    fn computed(&self, name: &str, given: Vec<Part>) -> Option<Value> {
        if name == "IF" {
            let mut given = given.into_iter().map(Part::one);
            let holds = number(&given.next()??)? != 0.0;
            let (then, or) = (given.next()??, given.next());
            return if holds { Some(then) } else { or.unwrap_or(Some(Value::Number(0.0))) };
        }
        if let "TEXT" | "LEFT" | "RIGHT" | "TRIM" | "UPPER" | "LOWER" = name {
            let mut given = given.into_iter().map(Part::one);
            let (first, second) = (given.next()??, given.next().flatten());
            return of_text(name, &first, second.as_ref());
        }
        // Texts in ranges are passed over, and elsewhere they are no numbers.
        let mut numbers = Vec::new();
        let mut texts = String::new();
        let mut filled = 0_usize;
        for part in given {
            let (values, strict) = match part {
                Part::One(value) => {
                    (vec![value], !matches!(name, "COUNT" | "COUNTA" | "CONCATENATE" | "CONCAT"))
                }
                Part::Many(values) => (values, false),
            };
            for value in values {
                filled += usize::from(value != Value::Blank);
                texts.push_str(&text(&value));
                match value {
                    Value::Number(number) => numbers.push(number),
                    Value::Text(_) if strict => return None,
                    Value::Text(_) | Value::Blank => {}
                }
            }
        }
        let count = numbers.len() as f64;
        let sum = || numbers.iter().sum::<f64>();
        let first = numbers.first().copied();
        let places = numbers.get(1).copied().unwrap_or(0.0) as i32;
        let scaled = |round: fn(f64) -> f64| {
            let scale = 10_f64.powi(places.clamp(-15, 15));
            Some(round(clean(first? * scale)) / scale)
        };
        Some(Value::Number(match name {
            "SUM" => sum(),
            "PRODUCT" => numbers.iter().product(),
            "AVERAGE" if count > 0.0 => sum() / count,
            "MIN" => numbers.iter().copied().reduce(f64::min).unwrap_or(0.0),
            "MAX" => numbers.iter().copied().reduce(f64::max).unwrap_or(0.0),
            "COUNT" => count,
            "COUNTA" => filled as f64,
            "ABS" => first?.abs(),
            "INT" => clean(first?).floor(),
            "SQRT" => first?.sqrt(),
            "ROUND" => scaled(f64::round)?,
            "ROUNDUP" => scaled(|number| number.signum() * number.abs().ceil())?,
            "ROUNDDOWN" => scaled(f64::trunc)?,
            "DATE" => day(numbers.as_slice())?,
            "CONCATENATE" | "CONCAT" => return Some(Value::Text(texts)),
            _ => return None,
        }))
    }
}

/// What a function of a text comes to.
fn of_text(name: &str, first: &Value, second: Option<&Value>) -> Option<Value> {
    let whole = text(first);
    let count = || second.map_or(Some(1.0), number).filter(|count| *count >= 0.0).map(|count| count as usize);
    let characters = whole.chars().count();
    Some(Value::Text(match name {
        "TEXT" => {
            let Some(Value::Text(code)) = second else { return None };
            match first {
                Value::Number(number) => super::format::Format::new(code).number(*number, false),
                _ => whole,
            }
        }
        "LEFT" => whole.chars().take(count()?).collect(),
        "RIGHT" => whole.chars().skip(characters.saturating_sub(count()?)).collect(),
        "TRIM" => crate::output::one_line(&whole),
        "UPPER" => whole.to_uppercase(),
        _ => whole.to_lowercase(),
    }))
}

/// The number of a day since 1899-12-30, as sheets count them: Howard Hinnant's `days_from_civil`.
fn day(given: &[f64]) -> Option<f64> {
    let [year, month, day] = <[f64; 3]>::try_from(given).ok()?;
    if !(1901.0..=9999.0).contains(&year) || month.abs() > 1e4 || day.abs() > 1e6 {
        return None;
    }
    let months = year as i64 * 12 + month as i64 - 1;
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5;
    let days = year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year;
    // Day 0 is the first of March of the year 0, 693,899 days before 1899-12-30.
    Some((days - 693_899 + day as i64 - 1) as f64)
}

/// Without the digits that are errors of binary fractions.
fn clean(number: f64) -> f64 {
    format!("{number:.14e}").parse().unwrap_or(number)
}

/// The operator a text begins with, and how closely it binds.
fn operator(text: &str) -> Option<(&'static str, u8)> {
    [
        ("<=", 1),
        (">=", 1),
        ("<>", 1),
        ("<", 1),
        (">", 1),
        ("=", 1),
        ("&", 2),
        ("+", 3),
        ("-", 3),
        ("*", 4),
        ("/", 4),
        ("^", 5),
        ("%", 7),
    ]
    .into_iter()
    .find(|(sign, _)| text.starts_with(sign))
}

fn applied(sign: &str, left: &Value, right: &Value) -> Option<Value> {
    if sign == "&" {
        return Some(Value::Text(text(left) + &text(right)));
    }
    if let (Value::Text(left), Value::Text(right), "=" | "<>") = (left, right, sign) {
        let equal = left.to_lowercase() == right.to_lowercase();
        return Some(Value::Number(f64::from(u8::from(equal == (sign == "=")))));
    }
    let (left, right) = (number(left)?, number(right)?);
    let truth = |holds: bool| f64::from(u8::from(holds));
    Some(Value::Number(match sign {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" => left / right,
        "^" => left.powf(right),
        "=" => truth(left == right),
        "<>" => truth(left != right),
        "<" => truth(left < right),
        ">" => truth(left > right),
        "<=" => truth(left <= right),
        ">=" => truth(left >= right),
        _ => return None,
    }))
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Blank => Some(0.0),
        Value::Number(number) => Some(*number),
        Value::Text(_) => None,
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Blank => String::new(),
        Value::Number(number) => super::decimal::general(*number),
        Value::Text(text) => text.clone(),
    }
}

/// The row and column of `B12`, from 0.
pub(super) fn place(name: &str) -> Option<Place> {
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, digits) = name.split_at(letters);
    if !(1..=3).contains(&letters.len())
        || digits.is_empty()
        || !digits.bytes().all(|digit| digit.is_ascii_digit())
    {
        return None;
    }
    let column =
        letters.bytes().fold(0, |at, letter| at * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1);
    let row: u32 = digits.parse().ok()?;
    (row > 0 && row <= 1 << 20 && column <= 1 << 14).then(|| (row - 1, column - 1))
}

/// `B12`.
pub(super) fn name((row, column): Place) -> String {
    format!("{}{}", column_name(column), row + 1)
}

pub(super) fn column_name(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    letters.iter().rev().collect()
}
