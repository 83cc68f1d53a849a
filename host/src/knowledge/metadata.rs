//! Metadata is what an operator says of a document in fields of his own, such as its province or
//! its year. Searches are narrowed by it ([`super::filter`]); it is neither searched nor shown.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// Fields of one document.
const MAX_FIELDS: usize = 32;
/// Values of one field.
const MAX_VALUES: usize = 32;
/// Characters of a field's name.
const MAX_NAME_CHARS: usize = 64;
/// Characters of one value.
const MAX_VALUE_CHARS: usize = 256;

/// The fields of one document, each with one value or several.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Metadata(BTreeMap<String, Vec<String>>);

/// Why a field cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("metadata `{field}` {message}")]
pub struct MetadataError {
    field: String,
    message: String,
}

impl Metadata {
    /// Whether there is no field.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The values of a field; none where the document does not have it.
    pub fn values(&self, field: &str) -> &[String] {
        self.0.get(field).map_or(&[], Vec::as_slice)
    }

    /// The fields with their values, by name.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0.iter().map(|(field, values)| (field.as_str(), values.as_slice()))
    }

    /// Gives a field one more value. A field has at most 32 values of 256 characters, a document
    /// at most 32 fields; a name is 1 to 64 letters, digits, `-` and `_` of any script. An empty
    /// value adds nothing.
    pub fn add(&mut self, field: &str, value: &str) -> Result<(), MetadataError> {
        let value = value.trim();
        check_name(field).map_err(|message| refused(field, message))?;
        if value.is_empty() {
            return Ok(());
        }
        if value.chars().count() > MAX_VALUE_CHARS {
            return Err(refused(field, format!("has a value of more than {MAX_VALUE_CHARS} characters")));
        }
        if !self.0.contains_key(field) && self.0.len() >= MAX_FIELDS {
            return Err(refused(
                field,
                format!("is one field too many; a document has at most {MAX_FIELDS}"),
            ));
        }
        let values = self.0.entry(field.to_owned()).or_default();
        if values.iter().any(|other| other == value) {
            return Ok(());
        }
        if values.len() >= MAX_VALUES {
            return Err(refused(field, format!("has more than {MAX_VALUES} values")));
        }
        values.push(value.to_owned());
        Ok(())
    }

    /// From a JSON object whose values are texts, numbers, truth values or lists of these.
    pub fn from_json(object: &Value) -> Result<Self, MetadataError> {
        let Value::Object(object) = object else {
            return Err(refused("", "must be a JSON object such as {\"province\": \"广东\"}"));
        };
        let mut metadata = Self::default();
        for (field, value) in object {
            let values = match value {
                Value::Array(values) => values.as_slice(),
                value => std::slice::from_ref(value),
            };
            for value in values {
                let text = match value {
                    Value::Null => continue,
                    Value::String(text) => text.clone(),
                    Value::Bool(_) | Value::Number(_) => value.to_string(),
                    _ => return Err(refused(field, "must be a text, a number or a list of these")),
                };
                metadata.add(field, &text)?;
            }
        }
        Ok(metadata)
    }

    /// From what a store has kept of it as JSON; a field that someone else put there and that does not
    /// fit is none.
    pub(super) fn stored(json: &str) -> Self {
        serde_json::from_str(json).ok().and_then(|json| Self::from_json(&json).ok()).unwrap_or_default()
    }

    /// These fields, and the others' where there is no field of that name here. What is over the
    /// limit of fields is left out, so that these stay.
    #[must_use]
    pub fn over(mut self, others: Self) -> Self {
        for (field, values) in others.0 {
            if self.0.len() < MAX_FIELDS {
                self.0.entry(field).or_insert(values);
            }
        }
        self
    }

    /// Takes over the fields of YAML front matter that are texts, numbers or lists of them, but
    /// for those in `known`. What is nested, too long or strangely named is left out: a document
    /// from elsewhere must not fail for a field nobody filters by.
    pub(super) fn add_front_matter(&mut self, lines: &str, known: &[&str]) {
        let mut list: Option<&str> = None;
        for line in lines.lines() {
            if let (Some(field), Some(item)) = (list, line.trim_start().strip_prefix("- ")) {
                if !item.contains(": ") {
                    _ = self.add(field, unquoted(item));
                }
                continue;
            }
            list = None;
            let Some((field, value)) = line.split_once(':') else { continue };
            if field.starts_with([' ', '\t', '#', '-']) || known.contains(&field.trim()) {
                continue;
            }
            let (field, value) = (field.trim(), value.trim());
            match value.strip_prefix('[').and_then(|value| value.strip_suffix(']')) {
                Some(items) => items.split(',').for_each(|item| _ = self.add(field, unquoted(item))),
                None if value.is_empty() => list = Some(field),
                // Anchors, blocks and maps are another YAML than this reads.
                None if value.starts_with(['{', '|', '>', '&', '*', '!']) => {}
                None => _ = self.add(field, unquoted(value)),
            }
        }
    }
}

impl Serialize for Metadata {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(untagged)]
        enum MetadataView<'a> {
            One(&'a str),
            Many(&'a [String]),
        }
        serializer.collect_map(self.fields().map(|(field, values)| match values {
            [one] => (field, MetadataView::One(one)),
            many => (field, MetadataView::Many(many)),
        }))
    }
}

impl<'de> Deserialize<'de> for Metadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_json(&Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// The name of a field, of a document or in a filter.
pub(super) fn check_name(field: &str) -> Result<(), String> {
    let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    if field.is_empty() || field.chars().count() > MAX_NAME_CHARS || !field.chars().all(plain) {
        return Err(format!(
            "is not the name of a field; write 1 to {MAX_NAME_CHARS} letters, digits, `-` or `_`"
        ));
    }
    Ok(())
}

fn refused(field: &str, message: impl Into<String>) -> MetadataError {
    MetadataError { field: field.chars().take(MAX_NAME_CHARS).collect(), message: message.into() }
}

fn unquoted(value: &str) -> &str {
    value.trim().trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests;
