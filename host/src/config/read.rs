//! Reading tables of the configuration so that every error is found, not only the first.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use toml::{Table, Value};

/// One thing that is wrong with the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Dotted key, such as `apps.gaokao.model`; empty for the file as a whole.
    pub key: String,
    /// The cause and the mend.
    pub message: String,
}

impl Problem {
    pub(crate) fn new(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self { key: key.into(), message: message.into() }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.key.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.key, self.message)
        }
    }
}

/// Reads one table. Unknown keys and wrong values are all reported under `prefix`; `None` where
/// no value could be made of the rest.
pub(super) fn read<T: DeserializeOwned>(
    table: Table,
    prefix: &str,
    problems: &mut Vec<Problem>,
) -> Option<T> {
    let mut value = Value::Table(table);
    let mut removed = BTreeSet::new();
    loop {
        let mut unknown = Vec::new();
        let mut track = serde_path_to_error::Track::new();
        let tracked = serde_path_to_error::Deserializer::new(value.clone(), &mut track);
        let result: Result<T, _> =
            serde_ignored::deserialize(tracked, |path| unknown.push(path.to_string().replace(".?", "")));
        let error = match result {
            Ok(read) => {
                problems.extend(unknown.into_iter().map(|key| {
                    Problem::new(
                        format!("{prefix}.{key}"),
                        "is not a key of this table; remove it or mend its spelling",
                    )
                }));
                return removed.is_empty().then_some(read);
            }
            Err(error) => error,
        };
        let path = track.path().to_string();
        let text = first_line(&error.to_string());
        let key = if path == "." { prefix.to_owned() } else { format!("{prefix}.{path}") };
        // A key taken out below is missing on the next round: that is no second problem.
        let echo = removed.iter().any(|gone: &String| text.contains(&format!("`{}`", last_segment(gone))));
        if !echo {
            problems.push(Problem::new(key, text));
        }
        if path == "." || !removed.insert(path.clone()) || !remove(&mut value, &path) {
            return None;
        }
    }
}

/// Replaces `${NAME}` and `${NAME:-default}` in every string by the environment's value.
pub(super) fn expand_environment(value: &mut Value, key: &str, problems: &mut Vec<Problem>) {
    match value {
        Value::String(text) => match expand(text) {
            Ok(expanded) => *text = expanded,
            Err(message) => problems.push(Problem::new(key, message)),
        },
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                expand_environment(item, &format!("{key}[{index}]"), problems);
            }
        }
        Value::Table(table) => {
            for (name, item) in table.iter_mut() {
                let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
                expand_environment(item, &key, problems);
            }
        }
        _ => {}
    }
}

fn expand(text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let after = &rest[start + 2..];
        let Some(end) = after.find('}') else {
            return Err("`${` is not closed; write ${NAME} or ${NAME:-default}".into());
        };
        let (name, default) = match after[..end].split_once(":-") {
            Some((name, default)) => (name, Some(default)),
            None => (&after[..end], None),
        };
        out.push_str(&rest[..start]);
        match std::env::var(name).ok().filter(|value| !value.is_empty()) {
            Some(value) => out.push_str(&value),
            None => out.push_str(default.ok_or_else(|| {
                format!(
                    "the environment variable `{name}` is not set; export it or write ${{{name}:-default}}"
                )
            })?),
        }
        rest = &after[end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

fn last_segment(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// Takes the value at a path like `a.b[2].c` out; false where it is not there.
fn remove(value: &mut Value, path: &str) -> bool {
    let path = path.replace('[', ".").replace(']', "");
    let mut segments: Vec<&str> = path.split('.').collect();
    let Some(last) = segments.pop() else { return false };
    let mut at = value;
    for segment in segments {
        let next = match at {
            Value::Table(table) => table.get_mut(segment),
            Value::Array(items) => segment.parse().ok().and_then(|index: usize| items.get_mut(index)),
            _ => None,
        };
        let Some(next) = next else { return false };
        at = next;
    }
    match at {
        Value::Table(table) => table.remove(last).is_some(),
        Value::Array(items) => last.parse().is_ok_and(|index: usize| {
            let there = index < items.len();
            if there {
                items.remove(index);
            }
            there
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[expect(dead_code, reason = "only read by serde")]
    struct Sample {
        count: u32,
        name: String,
        list: Option<Vec<u32>>,
    }

    #[test]
    fn finds_every_problem_of_a_table() {
        let table: Table = "count = 'x'\nname = 3\nlist = [1, 'y']\nspeling = 1".parse().unwrap();
        let mut problems = Vec::new();
        assert!(read::<Sample>(table, "t", &mut problems).is_none());
        let keys: Vec<_> = problems.iter().map(|problem| problem.key.as_str()).collect();
        assert!(keys.contains(&"t.count") && keys.contains(&"t.name"), "{problems:?}");
        assert_eq!(
            problems.iter().filter(|problem| problem.message.contains("missing")).count(),
            0,
            "{problems:?}"
        );
    }

    #[test]
    fn names_unknown_keys() {
        let table: Table = "count = 1\nname = 'x'\nspeling = 1".parse().unwrap();
        let mut problems = Vec::new();
        assert!(read::<Sample>(table, "t", &mut problems).is_some());
        assert_eq!(problems[0].key, "t.speling");
    }

    #[test]
    fn expands_defaults_and_refuses_what_is_not_set() {
        assert_eq!(expand("a${QIANFAN_SURELY_UNSET:-b}c").unwrap(), "abc");
        assert!(expand("${QIANFAN_SURELY_UNSET}").unwrap_err().contains("export it"));
        assert!(expand("${x").is_err());
    }
}
