use serde_json::json;

use super::*;

#[test]
fn a_schema_of_another_form_is_told_with_what_to_write() {
    for (written, expected) in [
        (json!({ "type": "object", "properties": { "city": { "type": ["string", "null"] } } }), None),
        (json!(true), None),
        (
            json!(r#"{"type":"object"}"#),
            Some(": is JSON in a text, and a table is wanted; write arguments_schema = {"),
        ),
        (json!("city"), Some(": is a text, and a table is wanted; write such as arguments_schema = {")),
        (json!(["city"]), Some(": is a list, and a table is wanted; write such as")),
        (
            json!({ "city": "string" }),
            Some(
                ": names arguments where a schema has its own words; write arguments_schema = { type = \"object\", properties = { city = { type = \"string\" } } }",
            ),
        ),
        (
            json!({ "type": "object", "required": ["year"], "properties": { "city": {} } }),
            Some(".required[0]: is no key of properties; add it, such as year = { type = \"string\" }"),
        ),
        (
            json!({ "required": ["year"], "properties": { "city": {} }, "allOf": [{ "properties": {} }] }),
            None,
        ),
        (json!({ "title": "string" }), None),
        (json!({ "type": ["object", "null"], "properties": { "a": { "type": "array" } } }), None),
        (json!({ "type": "array" }), Some(".type: is \"array\"; write \"object\"")),
        (json!({ "type": ["string", "null"] }), Some(".type: is [\"string\",\"null\"]; write \"object\"")),
        (json!({ "type": "objekt" }), Some(".type: is \"objekt\"; did you mean \"object\"? (there are")),
        (
            json!({ "properties": { "at": { "items": { "type": "str" } } } }),
            Some(".properties.at.items.type: is \"str\"; "),
        ),
    ] {
        let told: Vec<String> = problems(&written)
            .iter()
            .map(|problem| format!("{}: {}", problem.key, problem.message))
            .collect();
        assert_eq!(told.len(), usize::from(expected.is_some()), "{told:?}");
        assert!(expected.is_none_or(|expected| told[0].starts_with(expected)), "{told:?}");
    }
}
