use serde_json::json;

use super::*;

#[test]
fn an_argument_is_left_out_where_no_model_could_pass_it() {
    for (schema, is_left_out) in [
        (json!({"type": "object", "properties": {"place": {}}, "additionalProperties": false}), true),
        (json!({"type": "object", "properties": {"place": {}}}), true),
        (json!({"additionalProperties": false}), true),
        (json!({"properties": {"city": {}}, "additionalProperties": false}), false),
        (json!({"type": "object"}), false),
        (json!({"properties": {"place": {}}, "allOf": [{"properties": {"city": {}}}]}), false),
        (json!(true), false),
    ] {
        assert_eq!(argument_left_out(&schema, "city").is_some(), is_left_out, "{schema}");
    }
}
