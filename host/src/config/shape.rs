//! A shape is what a table may hold. Values are held to the schema that is made from the types, so that
//! every slip is found at once, and what is left can be read.

mod choices;
mod habits;
mod nesting;
mod text;
mod wording;

use nearest::{all_nearest, nearest};
use serde_json::Value as Json;
use toml::{Table, Value};

use super::lost::LostKeys;
use super::tree::{KeyLines, joined};
use crate::duration;
use crate::knowledge::Filter;
use crate::plugin::ByteSize;
use crate::problem::Problem;
use choices::choices;
use wording::{quoted, unfit, unknown};

pub(super) use choices::words;
pub(super) use text::template_in;
pub(super) use wording::{example, inline, kind};

/// Holds a file's values to their schema.
pub(super) struct SchemaCheck<'a> {
    pub(super) lines: &'a KeyLines,
    pub(super) problems: &'a mut Vec<Problem>,
    pub(super) lost: &'a mut LostKeys,
    /// The schema of the whole file.
    pub(super) schema: &'a Json,
}

impl SchemaCheck<'_> {
    /// Takes what does not fit out of the file's tables, and puts something that can be read where a value
    /// has to be. Everything that is wrong is reported.
    pub(super) fn hold(&mut self, root: &mut Table) {
        self.table(root, self.schema, "");
    }

    fn report(&mut self, key: &str, message: String) {
        if self.lost.has(key) {
            return;
        }
        self.problems.push(self.lines.place(Problem::new(key, message)));
    }

    fn table(&mut self, table: &mut Table, schema: &Json, outer: &str) {
        self.unnamed(table, schema, outer);
        self.dotted(table, schema, outer);
        let known = schema["properties"].as_object();
        let names = || known.into_iter().flat_map(|known| known.keys().map(String::as_str));
        let mut missing: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
        missing.retain(|name| !table.contains_key(*name));
        let written: Vec<String> = table.keys().cloned().collect();
        for name in written {
            let key = joined(outer, &name);
            let inner = known.and_then(|known| known.get(&name)).or(match &schema["additionalProperties"] {
                Json::Null | Json::Bool(false) => None,
                other => Some(other),
            });
            let Some(inner) = inner else {
                let free = names().filter(|known| !table.contains_key(*known));
                let is_of_file = !outer.is_empty() && self.schema["properties"].get(&name).is_some();
                if is_of_file && table.get(&name).is_some_and(Value::is_table) {
                    self.report(&key, wording::misplaced_table(&name, outer));
                    table.remove(&name);
                    continue;
                }
                let absent = all_nearest(&name, free);
                let near = if absent.is_empty() { all_nearest(&name, names()) } else { absent.clone() };
                let in_extra = habits::in_extra(&name, outer, table.get(&name));
                let told = match &in_extra {
                    Some(mend) => format!("is not a key of [{outer}]; {mend}"),
                    None => unknown(&name, &near, &missing, (schema, self.schema), outer),
                };
                self.report(&key, told);
                self.lost.insert(&key);
                if let ([near], None) = (&*absent, in_extra) {
                    let near = *near;
                    missing.retain(|missing| *missing != near);
                    // What was meant is not what a default would be.
                    let near_key = joined(outer, near);
                    self.lost.insert(&near_key);
                    if is_required(schema, near) {
                        table.insert(near.to_owned(), placeholder(&schema["properties"][near]));
                    }
                }
                table.remove(&name);
                continue;
            };
            let Some(value) = table.get_mut(&name) else { continue };
            if !self.value(value, inner, &key) {
                self.lost.insert(&key);
                table.remove(&name);
                if is_required(schema, &name) {
                    table.insert(name.clone(), placeholder(inner));
                }
            }
        }
        for name in missing {
            let key = joined(outer, name);
            let inner = &schema["properties"][name];
            self.report(&key, format!("is missing; write {name} = {}", example(inner)));
            self.lost.insert(&key);
            table.insert(name.to_owned(), placeholder(inner));
        }
    }

    /// Whether the value may stay.
    fn value(&mut self, value: &mut Value, schema: &Json, key: &str) -> bool {
        let choices = choices(schema);
        let fitting = choices.iter().find(|choice| fits(value, choice)).or(choices.first());
        let Some(schema) = fitting else { return true };
        if let Some(words) = words(schema) {
            return self.word(value, &words, key);
        }
        self.nest(value, schema, key);
        match (schema["format"].as_str(), schema["type"].as_str(), &mut *value) {
            (Some(duration::FORMAT), _, Value::String(text)) => {
                if duration::parse(text).is_some() {
                    return true;
                }
                let mend =
                    duration::meant(text).unwrap_or_else(|| "500ms\", \"5s\", \"2m\" or \"1h 30m".into());
                self.report(key, format!("is {}, not a duration; write such as \"{mend}\"", quoted(text)));
                false
            }
            (Some(duration::FORMAT), _, Value::Integer(number)) => {
                let meant = duration::with_unit(if *number == 0 { 5 } else { number.unsigned_abs() });
                let others = if meant.contains("ms") { "" } else { ", \"500ms\" or \"2m\"" };
                let message = format!(
                    "is {number}, a number without a unit; write a duration such as \"{meant}\"{others}"
                );
                self.report(key, message);
                false
            }
            (Some(ByteSize::FORMAT), _, Value::String(text)) => {
                let Err(mend) = ByteSize::read(text) else { return true };
                self.report(key, format!("is {}, {mend}", quoted(text)));
                // The bounds of the key are held to what was meant, since the mend would be refused next.
                let Some(meant) = ByteSize::meant(text) else { return false };
                *text = meant.to_string();
                true
            }
            (Some(ByteSize::FORMAT), _, Value::Integer(number)) if *number >= 0 => true,
            (Some("date-time"), _, Value::Datetime(_)) => true,
            (Some("date-time"), ..) => {
                self.report(key, unfit(value, schema, key));
                false
            }
            (Some(Filter::FORMAT), ..) => self.filters(value, key),
            (_, Some("string"), Value::String(text)) => {
                let found = text::problem(text, schema, key);
                let stays = found.as_ref().is_none_or(|found| found.stays);
                found.into_iter().for_each(|found| self.report(key, found.message));
                stays
            }
            (_, Some("boolean"), Value::Boolean(_)) => true,
            (_, Some("number"), Value::Float(_) | Value::Integer(_)) => true,
            (_, Some("integer"), Value::Integer(number)) => {
                let negative = *number < 0 && schema["minimum"].as_i64().is_some_and(|least| least >= 0);
                let most = if schema["format"] == "uint32" { i64::from(u32::MAX) } else { i64::MAX };
                if negative || *number > most {
                    let bound = if negative {
                        "below 0; write 0 or more".to_owned()
                    } else {
                        format!("too large; write at most {most}")
                    };
                    self.report(key, format!("is {number}, {bound}"));
                    return false;
                }
                true
            }
            (_, Some("array"), Value::Array(items)) => {
                for (index, item) in items.iter_mut().enumerate() {
                    let key = format!("{key}[{index}]");
                    self.name_alone(item, &schema["items"], &key);
                    // A wrong element is replaced and not removed, because removing it would change the
                    // numbers of those behind it.
                    if !self.value(item, &schema["items"], &key) {
                        self.lost.insert(&key);
                        *item = placeholder(&schema["items"]);
                    }
                }
                true
            }
            (_, Some("object"), Value::Table(table)) => {
                if schema.get("properties").is_some() || schema.get("additionalProperties").is_some() {
                    self.table(table, schema, key);
                }
                true
            }
            (None, None, _) => true,
            _ => {
                self.report(key, unfit(value, schema, key));
                false
            }
        }
    }

    fn filters(&mut self, value: &Value, key: &str) -> bool {
        let found = Filter::problems(&serde_json::to_value(value).unwrap_or_default());
        let unfilled = text::unfilled(value, key);
        let is_right = found.is_empty() && unfilled.is_empty();
        for problem in found {
            let key = format!("{key}{}", problem.key);
            // What a template is not, the value would not be either.
            if !unfilled.iter().any(|(unfilled, _)| unfilled.starts_with(&key)) {
                self.report(&key, problem.message);
            }
        }
        for (key, message) in unfilled {
            self.report(&key, message);
        }
        is_right
    }

    fn word(&mut self, value: &mut Value, words: &[&str], key: &str) -> bool {
        let listed = || {
            let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
            quoted.join(" or ")
        };
        let Value::String(text) = value else {
            let message = format!("is {}; write {}", wording::told(value), listed());
            self.report(key, message);
            return false;
        };
        if words.contains(&text.as_str()) {
            return true;
        }
        let near = nearest(text, words.iter().copied());
        let mend = near.map_or_else(
            || format!("write {}", listed()),
            |near| format!("did you mean \"{near}\"? (there are {})", listed()),
        );
        self.report(key, format!("is {}; {mend}", quoted(text)));
        self.lost.insert(key);
        let Some(near) = near else { return false };
        *text = near.to_owned();
        true
    }
}

fn fits(value: &Value, schema: &Json) -> bool {
    if words(schema).is_some() {
        return value.is_str();
    }
    match schema["type"].as_str() {
        Some("string") => value.is_str(),
        Some("integer") => value.is_integer(),
        Some("number") => value.is_integer() || value.is_float(),
        Some("boolean") => value.is_bool(),
        Some("array") => value.is_array(),
        Some("object") => value.is_table(),
        _ => true,
    }
}

pub(super) fn is_required(schema: &Json, name: &str) -> bool {
    schema["required"].as_array().is_some_and(|required| required.iter().any(|known| known == name))
}

/// How the key, or the nearest of those around it that has an example, is written.
pub(super) fn example_of(schema: &Json, key: &str) -> Option<String> {
    let (mut part, mut found) = (schema, None);
    for name in key.split(['.', '[']) {
        let name = name.trim_end_matches(']');
        part = if name.parse::<usize>().is_ok() {
            &part["items"]
        } else {
            part["properties"].get(name).unwrap_or(&part["additionalProperties"])
        };
        if let Some(example) = part["examples"].get(0) {
            found = Some(format!("{name} = {}", inline(example)));
        }
    }
    found
}

/// Something of the right kind, for what could not be read.
fn placeholder(schema: &Json) -> Value {
    let choices = choices(schema);
    let Some(schema) = choices.first() else { return Value::String(String::new()) };
    if let Some(words) = words(schema) {
        return Value::String(words.first().copied().unwrap_or_default().to_owned());
    }
    match schema["type"].as_str() {
        Some("integer") => Value::Integer(0),
        Some("number") => Value::Float(0.0),
        Some("boolean") => Value::Boolean(false),
        Some("array") => Value::Array(Vec::new()),
        Some("object") => {
            let required = schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str);
            let fields = required.map(|name| (name.to_owned(), placeholder(&schema["properties"][name])));
            Value::Table(fields.collect())
        }
        _ => match schema["format"].as_str() {
            Some(duration::FORMAT) => Value::String("1s".into()),
            _ => Value::String(String::new()),
        },
    }
}

#[cfg(test)]
mod tests;
