use super::*;
use crate::config::schema::SCHEMA;

#[test]
fn no_key_of_the_host_is_taken_for_another_programs() {
    for (table, names, mend) in KEYS {
        let schema = table.split('.').fold(&*SCHEMA, |schema, name| {
            let schema = if schema["type"] == "array" { &schema["items"] } else { schema };
            if name == "*" { &schema["additionalProperties"] } else { &schema["properties"][name] }
        });
        let schema = if schema["type"] == "array" { &schema["items"] } else { schema };
        // What may be a name or a table: the table.
        let kinds = schema["anyOf"].as_array();
        let table_of = kinds.and_then(|kinds| kinds.iter().find(|kind| kind["type"] == "object"));
        let schema = &table_of.unwrap_or(schema)["properties"];
        assert!(schema.is_object(), "{table}");
        for name in *names {
            assert!(schema.get(name).is_none(), "[{table}] has {name}");
        }
        // What is suggested is there.
        if let Some(meant) = mend.strip_prefix("did you mean `").and_then(|rest| rest.split('`').next()) {
            assert!(schema.get(meant).is_some(), "[{table}] has no {meant}");
        }
    }
}

#[test]
fn no_table_of_the_host_is_taken_for_another_programs() {
    for name in SCHEMA["properties"].as_object().unwrap().keys() {
        assert_eq!(instead_of_a_table(name), None, "{name}");
    }
}
