//! A shape is what a table may hold. Values are held to the schema that is made from the types, so that
//! every slip is found at once, and what is left can be read.

use serde_json::Value as Json;
use toml::{Table, Value};

use super::Lost;
use super::tree::{Lines, joined};
use crate::duration;
use crate::nearest::nearest;
use crate::plugin::ByteSize;
use crate::problem::Problem;

/// Keys that are listed at most where none is near.
const MOST_LISTED: usize = 14;

/// Holds a file's values to their schema.
pub(super) struct Shape<'a> {
    pub(super) lines: &'a Lines,
    pub(super) problems: &'a mut Vec<Problem>,
    pub(super) lost: &'a mut Lost,
    /// Of the whole file.
    pub(super) schema: &'a Json,
}

impl Shape<'_> {
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
                let absent = nearest(&name, free);
                let near = absent.or_else(|| nearest(&name, names()));
                self.report(&key, self.unknown(&name, near, &missing, schema, outer));
                if let Some(near) = absent {
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

    fn unknown(
        &self,
        name: &str,
        near: Option<&str>,
        missing: &[&str],
        schema: &Json,
        outer: &str,
    ) -> String {
        let table = if outer.is_empty() { "the file".to_owned() } else { format!("[{}]", header(outer)) };
        match near {
            Some(near) if missing.contains(&near) => {
                return format!("is not a key of {table}; write `{near}`, which is missing");
            }
            Some(near) if outer.is_empty() => return format!("is not a table; did you mean [{near}]?"),
            Some(near) => return format!("is not a key of {table}; did you mean `{near}`?"),
            None => {}
        }
        if !outer.is_empty()
            && let Some(place) = self.elsewhere(name, schema, outer)
        {
            return format!("is not a key of {table}; it belongs in [{place}]");
        }
        let known: Vec<&str> =
            schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        let what =
            if outer.is_empty() { "is not a table".to_owned() } else { format!("is not a key of {table}") };
        if known.len() <= MOST_LISTED {
            format!("{what}; there are: {}", known.join(", "))
        } else {
            format!("{what}; remove it, or see `qianfan-host config reference` for those there are")
        }
    }

    /// Another table that has a key of this name: one within this table, or one of the file.
    fn elsewhere(&self, name: &str, schema: &Json, outer: &str) -> Option<String> {
        let within = schema["properties"]
            .as_object()?
            .iter()
            .find(|(_, inner)| inner["properties"].get(name).is_some());
        if let Some((inner, _)) = within {
            return Some(format!("{outer}.{inner}"));
        }
        let of_file = self.schema["properties"].as_object()?.iter().find_map(|(table, inner)| {
            if inner["properties"].get(name).is_some() {
                return Some(table.clone());
            }
            let named = &inner["additionalProperties"]["properties"];
            named.get(name).map(|_| format!("{table}.<name>"))
        });
        of_file.filter(|table| !outer.starts_with(table.split('.').next().unwrap_or(table)))
    }

    /// Whether the value may stay.
    fn value(&mut self, value: &mut Value, schema: &Json, key: &str) -> bool {
        let choices = choices(schema);
        let fitting = choices.iter().find(|choice| fits(value, choice)).or(choices.first());
        let Some(schema) = fitting else { return true };
        if let Some(words) = words(schema) {
            return self.word(value, &words, key);
        }
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
                let message = format!(
                    "is {number}, a number without a unit; write a duration such as \"{number}s\", \"500ms\" or \"2m\""
                );
                self.report(key, message);
                false
            }
            (Some(ByteSize::FORMAT), _, Value::String(text)) => {
                let Err(mend) = ByteSize::read(text) else { return true };
                self.report(key, format!("is {}, {mend}", quoted(text)));
                false
            }
            (Some(ByteSize::FORMAT), _, Value::Integer(number)) if *number >= 0 => true,
            (Some("date-time"), _, Value::Datetime(_)) => true,
            (Some("date-time"), ..) => {
                self.report(key, unfit(value, schema, key));
                false
            }
            (_, Some("string"), Value::String(_)) | (_, Some("boolean"), Value::Boolean(_)) => true,
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
                    // One that goes would give the others wrong numbers.
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

    fn word(&mut self, value: &mut Value, words: &[&str], key: &str) -> bool {
        let listed = || {
            let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
            quoted.join(" or ")
        };
        let Value::String(text) = value else {
            let message = format!("is {}; write {}", told(value), listed());
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

/// What a value may be.
fn choices(schema: &Json) -> Vec<&Json> {
    let Some(any) = schema["anyOf"].as_array() else { return vec![schema] };
    any.iter().flat_map(choices).collect()
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

/// The words that a text may be, where only some are allowed.
pub(super) fn words(schema: &Json) -> Option<Vec<&str>> {
    let listed = schema["enum"].as_array().map(|words| words.iter().filter_map(Json::as_str).collect());
    let described = || {
        let mut all = Vec::new();
        // Variants without a text of their own stand together.
        for word in schema["oneOf"].as_array()? {
            match word["enum"].as_array() {
                Some(several) => all.extend(several.iter().filter_map(Json::as_str)),
                None => all.push(word["const"].as_str()?),
            }
        }
        Some(all)
    };
    listed.or_else(described)
}

pub(super) fn is_required(schema: &Json, name: &str) -> bool {
    schema["required"].as_array().is_some_and(|required| required.iter().any(|known| known == name))
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

/// How a value of this kind is written, for a key that is missing or holds something else.
pub(super) fn example(schema: &Json) -> String {
    if let Some(example) =
        schema["examples"].get(0).or(schema.get("default")).filter(|example| !example.is_null())
    {
        return inline(example);
    }
    let choices = choices(schema);
    let Some(schema) = choices.first() else { return "\"…\"".into() };
    if let Some(words) = words(schema) {
        return format!("\"{}\"", words.first().copied().unwrap_or_default());
    }
    match (schema["format"].as_str(), kind(schema)) {
        (Some(duration::FORMAT), _) => "\"5s\"".into(),
        (Some(ByteSize::FORMAT), _) => "\"64MiB\"".into(),
        (Some("date-time"), _) => "2027-01-01T00:00:00+08:00".into(),
        (_, "integer") => "1".into(),
        (_, "number") => "0.5".into(),
        (_, "boolean") => "true".into(),
        (_, "array") => format!("[{}]", example(&schema["items"])),
        (_, "object") if schema["additionalProperties"].is_object() => {
            format!("{{ NAME = {} }}", example(&schema["additionalProperties"]))
        }
        (_, "object") => "{ }".into(),
        _ => "\"…\"".into(),
    }
}

/// The kind of a value.
pub(super) fn kind(schema: &Json) -> &str {
    schema["type"].as_str().unwrap_or_default()
}

/// JSON as TOML writes it within a line.
pub(super) fn inline(value: &Json) -> String {
    Value::try_from(value).map_or_else(|_| value.to_string(), |value| value.to_string())
}

/// A value of the wrong kind: what it is, and what to write.
fn unfit(value: &Value, schema: &Json, key: &str) -> String {
    let is = told(value);
    let name = key.rsplit('.').next().unwrap_or(key);
    let mend = match (schema["format"].as_str(), schema["type"].as_str(), value) {
        (Some("date-time"), ..) => format!("write a moment without quotes: {}", example(schema)),
        (Some(duration::FORMAT), ..) => "write a duration such as \"500ms\", \"5s\" or \"2m\"".into(),
        (Some(ByteSize::FORMAT), ..) => "write a size such as \"64MiB\" (units: B, KiB, MiB, GiB)".into(),
        (_, Some("string"), Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_)) => {
            format!("write it in quotes: \"{value}\"")
        }
        (_, Some("string"), _) => "write one text in quotes".into(),
        (_, Some("integer" | "number"), Value::String(text)) if plain_number(text).is_some() => {
            format!("write it without quotes: {}", plain_number(text).unwrap_or_default())
        }
        (_, Some("integer"), Value::Float(number)) => {
            format!("write a whole number such as {}", number.round())
        }
        (_, Some("integer"), _) => format!("write a whole number such as {}", example(schema)),
        (_, Some("number"), _) => format!("write a number such as {}", example(schema)),
        (_, Some("boolean"), _) => "write true or false, without quotes".into(),
        (_, Some("array"), Value::String(_) | Value::Integer(_)) => format!("write a list: [{value}]"),
        (_, Some("array"), Value::Table(_)) => format!("write a list of tables: [[{key}]]"),
        (_, Some("array"), _) => format!("write a list: {}", example(schema)),
        (_, Some("object"), Value::Array(_)) => format!("write it as one table: [{key}]"),
        (_, Some("object"), _) => format!("write a table: [{key}]"),
        _ => format!("write {name} = {}", example(schema)),
    };
    format!("is {is}; {mend}")
}

fn told(value: &Value) -> String {
    match value {
        Value::String(text) => format!("the text {}", quoted(text)),
        Value::Integer(number) => format!("the number {number}"),
        Value::Float(number) => format!("the number {number}"),
        Value::Boolean(truth) => format!("{truth}"),
        Value::Datetime(moment) => format!("the moment {moment}"),
        Value::Array(_) => "a list".into(),
        Value::Table(_) => "a table".into(),
    }
}

fn quoted(text: &str) -> String {
    const CHARS: usize = 60;
    match text.char_indices().nth(CHARS) {
        Some((end, _)) => format!("\"{}…\"", &text[..end]),
        None => format!("\"{text}\""),
    }
}

/// The number in a text, with full-width digits made plain.
fn plain_number(text: &str) -> Option<String> {
    let plain: String = text.trim().chars().map(|c| super::text::fullwidth::plain(c).unwrap_or(c)).collect();
    plain.parse::<f64>().is_ok().then_some(plain)
}

/// A table's key as its header has it: without the numbers of a list.
fn header(key: &str) -> String {
    key.split('.').map(|part| part.split('[').next().unwrap_or(part)).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests;
