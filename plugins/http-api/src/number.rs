//! Numbers as an API wrote them: a price of `1.10` stays that, and so does an id of thirty digits.
//!
//! JSON is read into 64-bit numbers. An integer beyond them, or a number of more digits than they hold, is
//! put into quotes before that; of every other decimal the writing is remembered by its value. The seventeen digits
//! that programs print of a sum, such as 0.30000000000000004, are held: they stay a number that can be calculated with.
//!
//! Of 3.1 and 3.10 in one reply, which are one number, both are printed as 3.10, also where they are versions: a text in the
//! place of one could not be compared or sorted with the others.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Digits of which a 64-bit float tells every two numbers apart.
const TOLD_APART: usize = 15;
/// Digits of which some do, and which tell every float from every other.
const HELD: usize = 17;

/// How decimals were written, by their bits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Digits(BTreeMap<u64, String>);

/// Where templates' values have it. No template can name it.
pub(crate) const PLACE: &str = "$digits";

impl Digits {
    /// Whether it could be remembered: of two numbers that are one float, only the first can.
    fn remember(&mut self, value: f64, written: &str) -> bool {
        let known = self.0.entry(value.to_bits()).or_default();
        let may_differ = significant(known).max(significant(written)) > TOLD_APART;
        if may_differ && !known.is_empty() && without_zeros(known) != without_zeros(written) {
            return false;
        }
        // `1.10` is taken before `1.1`: it says more.
        if known.len() < written.len() {
            written.clone_into(known);
        }
        true
    }

    /// As a value beside those of a template.
    pub(crate) fn put(self, seen: &mut Map<String, Value>) {
        if let Some(Value::Object(known)) = seen.get_mut(PLACE) {
            known.extend(self.0.into_iter().map(|(bits, written)| (bits.to_string(), written.into())));
            return;
        }
        let all = self.0.into_iter().map(|(bits, written)| (bits.to_string(), written.into()));
        seen.insert(PLACE.to_owned(), Value::Object(all.collect()));
    }
}

/// How a decimal was written that a template prints.
pub(crate) fn written(seen: &Map<String, Value>, value: f64) -> Option<&str> {
    seen.get(PLACE)?.get(value.to_bits().to_string())?.as_str()
}

/// A value as JSON text, its decimals as they were written.
pub(crate) fn json(value: &Value, seen: &Map<String, Value>, is_pretty: bool) -> String {
    let mut out = String::new();
    print(value, seen, is_pretty.then_some(0), &mut out);
    out
}

fn print(value: &Value, seen: &Map<String, Value>, depth: Option<usize>, out: &mut String) {
    let line = |out: &mut String, depth: Option<usize>| {
        if let Some(depth) = depth {
            out.push('\n');
            out.push_str(&"  ".repeat(depth));
        }
    };
    let inner = depth.map(|depth| depth + 1);
    match value {
        Value::Number(number) => {
            let kept = number.as_f64().filter(|_| number.is_f64()).and_then(|value| written(seen, value));
            out.push_str(&kept.map_or_else(|| number.to_string(), str::to_owned));
        }
        Value::Array(items) if !items.is_empty() => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                line(out, inner);
                print(item, seen, inner, out);
            }
            line(out, depth);
            out.push(']');
        }
        Value::Object(fields) if !fields.is_empty() => {
            out.push('{');
            for (index, (name, field)) in fields.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                line(out, inner);
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push_str(if depth.is_some() { ": " } else { ":" });
                print(field, seen, inner, out);
            }
            line(out, depth);
            out.push('}');
        }
        other => out.push_str(&other.to_string()),
    }
}

/// JSON text whose numbers can be read without loss, and how its decimals were written. What is no JSON stays as
/// it is.
pub(crate) fn kept(text: &str) -> (String, Digits) {
    let mut digits = Digits::default();
    let is_json = text.trim_start().starts_with(['{', '[']) || text.trim().parse::<f64>().is_ok();
    if !is_json || serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() {
        return (text.to_owned(), digits);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c == '"' || c == '-' || c.is_ascii_digit()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = if rest.starts_with('"') { string(rest) } else { number(rest) };
        let (token, after) = rest.split_at(length);
        if rest.starts_with('"') || !is_beyond(token, &mut digits) {
            out.push_str(token);
        } else {
            out.extend(["\"", token, "\""]);
        }
        rest = after;
    }
    out.push_str(rest);
    (out, digits)
}

/// Whether a number cannot be read without loss; else its writing is remembered.
fn is_beyond(token: &str, digits: &mut Digits) -> bool {
    if token.parse::<i64>().is_ok() || token.parse::<u64>().is_ok() {
        return false;
    }
    let Ok(value) = token.parse::<f64>() else { return false };
    let significant = significant(token);
    if !token.contains(['.', 'e', 'E']) || significant > HELD || value.is_infinite() {
        return true;
    }
    // How the number would be written, which `1.10` is not.
    let plain = Value::from(value).to_string();
    (significant > TOLD_APART || plain.as_str() != token) && !digits.remember(value, token)
}

/// How many digits of a number say something.
fn significant(number: &str) -> usize {
    let mantissa = number.split(['e', 'E']).next().unwrap_or(number);
    mantissa.chars().filter(char::is_ascii_digit).skip_while(|c| *c == '0').count()
}

/// A decimal without the zeros at its end.
fn without_zeros(number: &str) -> &str {
    if number.contains('.') && !number.contains(['e', 'E']) { number.trim_end_matches('0') } else { number }
}

/// The length of the JSON string a text begins with, quotes included.
fn string(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().enumerate().skip(1).find(|(_, byte)| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}

fn number(text: &str) -> usize {
    text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E')))
        .unwrap_or(text.len())
}

#[cfg(test)]
mod tests;
