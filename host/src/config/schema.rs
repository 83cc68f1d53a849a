//! The JSON Schema of a configuration file, made from the types that it is read into.

use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value as Json};

use super::Config;
use crate::duration;

/// The schema, for checking a file and for editors.
pub(super) static SCHEMA: LazyLock<Json> = LazyLock::new(|| {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<Config>().to_value();
    plain(&mut schema);
    schema["title"] = "qianfan-host".into();
    schema
});

/// Takes out what TOML cannot write, and refuses keys that a table does not have.
fn plain(schema: &mut Json) {
    match schema {
        Json::Object(fields) => {
            if fields.get("properties").is_some_and(is_duration) {
                // A duration is written as a text, although serde's own form of it is a table.
                fields.remove("properties");
                fields.remove("required");
                fields.insert("type".into(), "string".into());
                fields.insert("format".into(), duration::FORMAT.into());
            }
            no_null(fields);
            if fields.contains_key("properties") && !fields.contains_key("additionalProperties") {
                fields.insert("additionalProperties".into(), false.into());
            }
            if let Some(Json::String(text)) = fields.get_mut("description") {
                *text = text.split("\n\n").map(one_line).collect::<Vec<_>>().join("\n\n");
            }
            for (name, field) in fields {
                // Values, not schemas.
                if !matches!(name.as_str(), "default" | "examples" | "enum" | "required") {
                    plain(field);
                }
            }
        }
        Json::Array(items) => items.iter_mut().for_each(plain),
        _ => {}
    }
}

fn is_duration(properties: &Json) -> bool {
    properties.as_object().is_some_and(|fields| fields.keys().eq(["secs", "nanos"]))
}

fn one_line(paragraph: &str) -> String {
    paragraph.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

fn no_null(fields: &mut Map<String, Json>) {
    if let Some(Json::Array(kinds)) = fields.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [one] = kinds.as_slice() {
            let one = one.clone();
            fields.insert("type".into(), one);
        }
    }
    if let Some(Json::Array(words)) = fields.get_mut("enum") {
        words.retain(|word| !word.is_null());
    }
    if fields.get("default").is_some_and(Json::is_null) {
        fields.remove("default");
    }
    let Some(Json::Array(any)) = fields.get_mut("anyOf") else { return };
    any.retain(|choice| choice["type"] != "null");
    if let [Json::Object(one)] = any.as_slice() {
        let one = one.clone();
        fields.remove("anyOf");
        for (name, value) in one {
            // The field's own description says more than its type's.
            fields.entry(name).or_insert(value);
        }
    }
}

#[cfg(test)]
mod tests;
