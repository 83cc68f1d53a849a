//! What the host goes by: every key of the tables that are there, with the file's value or its default. Values are as
//! they are written, so that what the environment puts into them is not shown.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};
use toml::{Table, Value};

use super::Config;
use super::environment;
use super::schema::SCHEMA;
use crate::problem::Problem;

/// Where a file names environment variables, beside `${NAME}`.
const NAMING_KEYS: [&str; 3] = ["admin_key_env", "api_key_env", "env"];

impl Config {
    /// Each key as `{"value": …, "default": …}`, in tables; `default` tells whether the file does not name it.
    pub fn effective(&self) -> Json {
        let mut tables = Map::new();
        for (name, schema) in SCHEMA["properties"].as_object().into_iter().flatten() {
            let written = self.written.values.get(name);
            let is_named = schema.get("properties").is_none() && schema["additionalProperties"].is_object();
            if is_named {
                let inner = &schema["additionalProperties"];
                let all = written.and_then(Value::as_table).into_iter().flatten();
                let all: Map<String, Json> =
                    all.map(|(name, value)| (name.clone(), of(Some(value), inner))).collect();
                if !all.is_empty() {
                    tables.insert(name.clone(), Json::Object(all));
                }
            } else if written.is_some() || schema.get("required").is_none() {
                tables.insert(name.clone(), of(written, schema));
            }
        }
        Json::Object(tables)
    }

    /// The line of a key in the file, or of the table around it.
    pub fn line(&self, key: &str) -> Option<usize> {
        self.lines.place(Problem::new(key, "")).line
    }

    /// Puts what the file says in place of what the environment has put into a plugin's configuration: nobody knows what
    /// of it is a secret.
    pub fn without_environment(&self, plugin: &str, shown: &mut Json) {
        let written = self.written.values.get("plugins").and_then(|plugins| plugins.get(plugin));
        if let Some(written) = written.and_then(|plugin| plugin.get("config")) {
            as_written(shown, written);
        }
    }

    /// Names of the environment variables that the file refers to.
    pub fn environment(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        gather(&self.written.values, &mut names);
        names
    }
}

fn of(written: Option<&Value>, schema: &Json) -> Json {
    let keys = schema["properties"].as_object();
    let Some(keys) = keys.filter(|_| written.is_none_or(Value::is_table)) else {
        return match written {
            Some(value) => json!({"value": value, "default": false}),
            None => json!({"value": schema.get("default"), "default": true}),
        };
    };
    let table = written.and_then(Value::as_table);
    let key = |(name, schema): (&String, &Json)| {
        (name.clone(), of(table.and_then(|table| table.get(name)), schema))
    };
    Json::Object(keys.iter().map(key).collect())
}

fn as_written(shown: &mut Json, written: &Value) {
    match (shown, written) {
        (Json::String(text), Value::String(written)) => {
            if let Some(named) = environment::named_only(written) {
                *text = named;
            }
        }
        (Json::Array(items), Value::Array(written)) => {
            items.iter_mut().zip(written).for_each(|(item, written)| as_written(item, written));
        }
        (Json::Object(fields), Value::Table(written)) => {
            for (name, field) in fields {
                if let Some(written) = written.get(name) {
                    as_written(field, written);
                }
            }
        }
        _ => {}
    }
}

fn gather<'a>(table: &'a Table, names: &mut BTreeSet<&'a str>) {
    for (key, value) in table {
        if let Some(name) =
            // One that is named by another variable is known to nobody; that other one is told below.
            value.as_str().filter(|name| {
                NAMING_KEYS.contains(&key.as_str()) && !name.is_empty() && !name.contains("${")
            })
        {
            names.insert(name.trim());
        }
        within(value, names);
    }
}

fn within<'a>(value: &'a Value, names: &mut BTreeSet<&'a str>) {
    match value {
        Value::String(text) => names.extend(environment::names(text)),
        Value::Array(items) => items.iter().for_each(|item| within(item, names)),
        Value::Table(table) => gather(table, names),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
