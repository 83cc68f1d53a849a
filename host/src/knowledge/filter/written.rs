//! A filter as an operator has written it, looked at entry by entry, so that all that is wrong with it is told at once.

use std::borrow::Cow;

use nearest::nearest;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Filter, MAX_TESTS, Operator, Test, TestSource, WrittenTest};
use crate::problem::Problem;

/// The keys of one filter.
const KEYS: [&str; 3] = ["operator", "field", "value"];
/// The keys around a list of filters.
const AROUND: [&str; 2] = ["filters", "condition"];
const OPERATORS: [&str; 9] = ["eq", "ne", "in", "nin", "gt", "gte", "lt", "lte", "exists"];
/// How other languages write an operator.
const ELSEWHERE: [(&str, &str); 20] = [
    ("!=", "ne"),
    ("<", "lt"),
    ("<=", "lte"),
    ("<>", "ne"),
    ("=", "eq"),
    ("==", "eq"),
    (">", "gt"),
    (">=", "gte"),
    ("equal", "eq"),
    ("equals", "eq"),
    ("ge", "gte"),
    ("is", "eq"),
    ("le", "lte"),
    ("neq", "ne"),
    ("not_in", "nin"),
    ("not in", "nin"),
    ("等于", "eq"),
    ("不等于", "ne"),
    ("大于", "gt"),
    ("小于", "lt"),
];
const EXAMPLE: &str =
    "write such as filters = [{ operator = \"eq\", field = \"province\", value = \"河南\" }]";

impl Filter {
    /// What the configuration's schema calls it.
    pub(crate) const FORMAT: &str = "filters";

    /// Everything that is wrong with a filter as it is written, each with its place below it, such as `[0].operator`.
    pub(crate) fn problems(written: &Value) -> Vec<Problem> {
        let mut found = Vec::new();
        match written {
            Value::Array(entries) => of_entries("", entries, &mut found),
            Value::Object(table) => of_table(table, &mut found),
            other => found.push(Problem::new("", format!("is {other}; {EXAMPLE}"))),
        }
        found
    }
}

impl JsonSchema for Filter {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Self::FORMAT.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "format": Self::FORMAT })
    }
}

fn of_entries(place: &str, entries: &[Value], found: &mut Vec<Problem>) {
    if entries.len() > MAX_TESTS {
        let message = format!("has {} filters; write at most {MAX_TESTS}", entries.len());
        found.push(Problem::new(place, message));
    }
    for (index, entry) in entries.iter().enumerate() {
        of_entry(&format!("{place}[{index}]"), entry, found);
    }
}

/// `{ filters, condition }`, or what was meant to be a list.
fn of_table(table: &Map<String, Value>, found: &mut Vec<Problem>) {
    if KEYS.iter().any(|key| table.contains_key(*key)) {
        let message =
            "is one filter without a list around it; write filters = [{ … }] with it in the brackets";
        found.push(Problem::new("", message));
        return of_entry("", &Value::Object(table.clone()), found);
    }
    if !AROUND.iter().any(|key| table.contains_key(*key)) {
        let meant = table.iter().find(|(_, value)| !value.is_object() && !value.is_array());
        let mend = meant.map_or_else(
            || EXAMPLE.to_owned(),
            |(field, value)| {
                format!(
                    "write such as filters = [{{ operator = \"eq\", field = \"{field}\", value = {value} }}]"
                )
            },
        );
        return found.push(Problem::new("", format!("is a table without filters; {mend}")));
    }
    for (key, value) in table {
        match (key.as_str(), value) {
            ("filters", Value::Array(entries)) => of_entries(".filters", entries, found),
            ("filters", other) => {
                found.push(Problem::new(".filters", format!("is {other}, not a list; {EXAMPLE}")));
            }
            ("condition", Value::String(word)) if ["and", "or"].contains(&word.as_str()) => {}
            ("condition", other) => {
                found.push(Problem::new(".condition", format!("is {other}; write \"and\" or \"or\"")));
            }
            (other, _) => found.push(Problem::new(format!(".{other}"), unknown(other, &AROUND))),
        }
    }
}

fn of_entry(place: &str, entry: &Value, found: &mut Vec<Problem>) {
    let Value::Object(table) = entry else {
        return found.push(Problem::new(place, format!("is {entry}, not a filter; {EXAMPLE}")));
    };
    let before = found.len();
    for key in table.keys().filter(|key| !KEYS.contains(&key.as_str())) {
        found.push(Problem::new(format!("{place}.{key}"), unknown(key, &KEYS)));
    }
    let misspelt = |key: &str| table.keys().any(|other| nearest(other, KEYS) == Some(key));
    let missing: Vec<&str> =
        ["operator", "field"].into_iter().filter(|key| !table.contains_key(*key) && !misspelt(key)).collect();
    if !missing.is_empty() {
        let message = format!("has no `{}`; {EXAMPLE}", missing.join("` and no `"));
        found.push(Problem::new(place, message));
    }
    if let Some(operator) = table.get("operator").filter(|operator| Operator::deserialize(*operator).is_err())
    {
        found.push(Problem::new(format!("{place}.operator"), not_an_operator(operator)));
    }
    if let Some(field) = table.get("field").filter(|field| !field.is_string()) {
        found.push(Problem::new(
            format!("{place}.field"),
            format!("is {field}; write the field's name in quotes"),
        ));
    }
    if found.len() > before {
        return;
    }
    let read = WrittenTest::deserialize(entry).map_err(|error| error.to_string());
    let tried = read.and_then(|written| {
        TestSource::try_from(written).and_then(Test::new).map_err(|error| error.to_string())
    });
    if let Err(cause) = tried {
        let mend = if cause.contains("; ") { String::new() } else { format!("; {EXAMPLE}") };
        found.push(Problem::new(place, format!("{cause}{mend}")));
    }
}

fn not_an_operator(operator: &Value) -> String {
    let all = OPERATORS.map(|operator| format!("\"{operator}\"")).join(" or ");
    let word = operator.as_str().unwrap_or_default().trim().to_lowercase();
    let elsewhere = ELSEWHERE.iter().find(|(other, _)| *other == word).map(|(_, own)| *own);
    match elsewhere.or_else(|| nearest(&word, OPERATORS)) {
        Some(meant) => format!("is {operator}; did you mean \"{meant}\"? (there are {all})"),
        None if ["contains", "like", "match", "regex", "包含"].contains(&word.as_str()) => {
            format!("is {operator}, and no part of a text is looked for; write {all}")
        }
        None => format!("is {operator}; write {all}"),
    }
}

fn unknown(key: &str, known: &[&str]) -> String {
    match nearest(key, known.iter().copied()) {
        Some(near) => format!("is not a key of a filter; did you mean `{near}`?"),
        None => format!("is not a key of a filter; there are: {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests;
