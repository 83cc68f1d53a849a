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
                // It is written as text, whatever serde's own way is.
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
mod tests {
    use super::*;

    #[test]
    fn every_key_says_what_it_is_for_and_knows_its_kind() {
        let mut keys = 0;
        visit(&SCHEMA, "", &mut |key, schema| {
            keys += 1;
            assert!(
                schema["description"].as_str().is_some_and(|text| text.len() > 5),
                "{key} has no description"
            );
            let kinds = ["type", "anyOf", "oneOf", "enum"];
            let free = ["plugins.*.config", "plugins.*.arguments_schema", "knowledge.*.filters"];
            assert!(
                kinds.iter().any(|kind| schema.get(kind).is_some()) || free.contains(&key),
                "{key}: {schema}"
            );
            assert!(!schema.to_string().contains("\"null\""), "{key}: {schema}");
            assert!(schema.get("$ref").is_none(), "{key}: {schema}");
        });
        assert!(keys > 120, "{keys}");
        assert_eq!(SCHEMA["properties"]["server"]["properties"]["turn_timeout"]["default"], "5m");
        assert_eq!(SCHEMA["properties"]["server"]["properties"]["max_chat_bytes"]["default"], "4MiB");
    }

    fn visit(schema: &Json, outer: &str, see: &mut impl FnMut(&str, &Json)) {
        for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
            let key = crate::config::tree::joined(outer, name);
            if !outer.is_empty() {
                see(&key, inner);
            }
            visit(inner, &key, see);
            visit(&inner["additionalProperties"], &format!("{key}.*"), see);
            visit(&inner["items"], &key, see);
        }
    }
}
