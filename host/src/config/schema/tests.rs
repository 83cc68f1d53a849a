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
