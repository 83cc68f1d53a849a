//! Values that stand one level too high or too low: what they hold is still checked.

use nearest::nearest;
use serde_json::Value as Json;
use toml::{Table, Value};

use super::wording::{example, unfit};
use super::{SchemaCheck, choices, placeholder};

impl SchemaCheck<'_> {
    /// `[models]` with the keys of one model: they are checked, and told to belong below a name.
    pub(super) fn unnamed(&mut self, table: &mut Table, schema: &Json, outer: &str) {
        let inner = &schema["additionalProperties"];
        let Some(known) = inner["properties"].as_object().filter(|_| !outer.is_empty()) else { return };
        // As soon as one of the table's keys is known, every value that is not a table is taken for a key of
        // this table, so that misspelt ones are reported too.
        if !table.iter().any(|(name, value)| known.contains_key(name) && !value.is_table()) {
            return;
        }
        let is_own = |(name, value): (&String, &Value)| (!value.is_table()).then(|| name.clone());
        let names: Vec<String> = table.iter().filter_map(is_own).collect();
        let message = format!("holds keys of its own; write a name of your choice behind it: [{outer}.NAME]");
        self.report(outer, message);
        let mut unnamed: Table =
            names.into_iter().filter_map(|name| table.remove(&name).map(|value| (name, value))).collect();
        self.table(&mut unnamed, inner, outer);
    }

    /// `[models.gpt-4.1]`: a table within a table, where a name with a dot was meant. It is checked as the table of a name
    /// that can be written.
    pub(super) fn dotted(&mut self, table: &mut Table, schema: &Json, outer: &str) {
        let inner = &schema["additionalProperties"];
        let Some(known) = inner["properties"].as_object().filter(|_| !outer.is_empty()) else { return };
        let is_meant = |(name, value): (&String, &Value)| {
            let is_misspelt = nearest(name, known.keys().map(String::as_str)).is_some();
            let keys = value.as_table().filter(|_| !known.contains_key(name) && !is_misspelt);
            keys.is_some_and(|keys| keys.keys().any(|key| known.contains_key(key)))
        };
        let names: Vec<String> = table.keys().cloned().collect();
        for name in names {
            let Some(Value::Table(within)) = table.get_mut(&name) else { continue };
            let behind: Vec<String> =
                within.iter().filter(|one| is_meant(*one)).map(|(behind, _)| behind.clone()).collect();
            let moved: Vec<(String, Value)> = behind
                .into_iter()
                .filter_map(|behind| within.remove(&behind).map(|of| (behind, of)))
                .collect();
            if !moved.is_empty() && within.is_empty() {
                table.remove(&name);
            }
            for (behind, of) in moved {
                let meant = format!("{name}-{behind}");
                let message =
                    format!("has a dot in its name, and a dot separates names; write [{outer}.{meant}]");
                self.report(&format!("{outer}.{name}.{behind}"), message);
                table.entry(meant).or_insert(of);
            }
        }
    }

    /// Makes of a value what it was meant to be, where a list and what it lists are confused.
    pub(super) fn nest(&mut self, value: &mut Value, schema: &Json, key: &str) {
        match (schema["type"].as_str(), &mut *value) {
            (Some("array"), Value::Table(table)) if is_table(&schema["items"]) => {
                let own = schema["items"]["properties"].as_object();
                let is_one = own.is_some_and(|own| table.keys().any(|name| own.contains_key(name)));
                let (first, name) = (first_text(&schema["items"]), table.keys().next().cloned());
                let is_named = !is_one && !table.is_empty() && table.values().all(Value::is_table);
                match (first, name) {
                    (Some(first), Some(name)) if is_named => {
                        let message = format!(
                            "is a table; write a list of tables: [[{key}]] with {first} = \"{name}\""
                        );
                        self.report(key, message);
                        let named = |(name, mut inner): (String, Value)| {
                            inner.as_table_mut().map(|inner| inner.insert(first.to_owned(), name.into()));
                            inner
                        };
                        *value = Value::Array(std::mem::take(table).into_iter().map(named).collect());
                    }
                    _ => {
                        self.report(key, unfit(&Value::Table(Table::new()), schema, key));
                        *value = Value::Array(vec![std::mem::take(table).into()]);
                    }
                }
            }
            (Some("array"), Value::String(text)) => {
                let items = choices(&schema["items"]);
                if items.iter().any(|item| item["type"] == "string") {
                    self.report(key, unfit(&Value::String(text.clone()), schema, key));
                }
                *value = Value::Array(vec![std::mem::take(text).into()]);
            }
            (Some("object"), Value::Array(items)) if schema.get("properties").is_some() => {
                if let Some(Value::Table(first)) = items.first_mut() {
                    let first = std::mem::take(first);
                    self.report(key, unfit(&Value::Array(Vec::new()), schema, key));
                    *value = Value::Table(first);
                }
            }
            _ => {}
        }
    }

    /// A name in the place of a table that has one, as in `plugins = ["kb"]`.
    pub(super) fn name_alone(&mut self, item: &mut Value, schema: &Json, key: &str) {
        let Some(first) = first_text(schema).filter(|_| is_table(schema)) else { return };
        let Value::String(text) = item else { return };
        let required = || schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str);
        let mut table = Table::new();
        let mut written = vec![format!("{first} = {}", Value::String(text.clone()))];
        for name in required().filter(|name| *name != first) {
            let inner = &schema["properties"][name];
            written.push(format!("{name} = {}", example(inner)));
            table.insert(name.to_owned(), placeholder(inner));
        }
        let list = key.rsplit('.').next().unwrap_or(key).split('[').next().unwrap_or(key);
        let message = format!(
            "is the text \"{text}\", and a table is wanted; write {list} = [{{ {} }}]",
            written.join(", ")
        );
        self.report(key, message);
        for name in required().filter(|name| *name != first) {
            self.lost.insert(&format!("{key}.{name}"));
        }
        table.insert(first.to_owned(), Value::String(std::mem::take(text)));
        *item = Value::Table(table);
    }
}

/// Whether tables are wanted, and nothing else.
fn is_table(schema: &Json) -> bool {
    schema["type"] == "object" && schema.get("properties").is_some()
}

/// The key of a table that names what it is about: the first of those that it must have.
fn first_text(schema: &Json) -> Option<&str> {
    let first = schema["required"].as_array()?.first()?.as_str()?;
    (schema["properties"][first]["type"] == "string").then_some(first)
}
