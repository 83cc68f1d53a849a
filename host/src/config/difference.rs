//! The keys in which two configurations differ.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::Config;
use super::tree::joined;

impl Config {
    /// The keys whose values in the file are others than in the file before, in order. Of a table that only one of
    /// them has, the table; of a list, its elements where there are as many.
    pub fn changed_since(&self, before: &Self) -> Vec<String> {
        let mut changed = Vec::new();
        tables(&before.written.values, &self.written.values, "", &mut changed);
        changed
    }
}

fn tables(before: &Table, after: &Table, outer: &str, changed: &mut Vec<String>) {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for name in names {
        let key = joined(outer, name);
        match (before.get(name), after.get(name)) {
            (Some(before), Some(after)) => values(before, after, &key, changed),
            _ => changed.push(key),
        }
    }
}

fn values(before: &Value, after: &Value, key: &str, changed: &mut Vec<String>) {
    match (before, after) {
        (Value::Table(before), Value::Table(after)) => tables(before, after, key, changed),
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            for (place, (before, after)) in before.iter().zip(after).enumerate() {
                values(before, after, &format!("{key}[{place}]"), changed);
            }
        }
        _ if before == after => {}
        _ => changed.push(key.to_owned()),
    }
}

#[cfg(test)]
mod tests;
