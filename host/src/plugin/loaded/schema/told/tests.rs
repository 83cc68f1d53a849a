use serde_json::json;

use super::*;

fn told(schema: &Value, config: &Value) -> Vec<String> {
    let validator = jsonschema::draft202012::new(schema).unwrap();
    let errors = validator.iter_errors(config);
    errors.flat_map(|error| problems(&error, schema)).map(|problem| problem.to_string()).collect()
}

/// A schema of one key, with an example of it.
fn of(key: &Value, example: &Value) -> Value {
    json!({"type": "object", "properties": {"k": key}, "examples": [{"k": example}]})
}

#[test]
fn every_kind_of_error_has_a_cause_and_a_mend() {
    for (key, value, expected) in [
        (
            json!({"enum": ["week", "month"]}),
            json!("weak"),
            "config.k: is \"weak\"; did you mean \"week\"? (there are \"week\" or \"month\")",
        ),
        (json!({"enum": [1, 2]}), json!(3), "config.k: is 3; write 1 or 2"),
        (json!({"const": "v1"}), json!("v2"), "config.k: is \"v2\"; write \"v1\""),
        (json!({"type": "integer"}), json!("5"), "config.k: is \"5\"; write it without quotes: 5"),
        (
            json!({"type": ["string", "array"]}),
            json!(5),
            "config.k: is 5; write a text in quotes (string) or a list",
        ),
        (
            json!({"minimum": 1, "maximum": 9}),
            json!(0),
            "config.k: is 0; write a number of at least 1 and at most 9",
        ),
        (json!({"maximum": 1}), json!(57), "config.k: is 57; write a number of at most 1, 0.57"),
        (json!({"exclusiveMinimum": 0}), json!(0), "config.k: is 0; write a number above 0"),
        (json!({"minLength": 1}), json!(""), "config.k: is empty; write such as \"例\", or remove it"),
        (json!({"maxLength": 2}), json!("三个字"), "config.k: has 3 characters; write at most 2"),
        (json!({"minItems": 1}), json!([]), "config.k: is empty; write such as"),
        (json!({"minItems": 2}), json!([1]), "config.k: has 1 entries; write at least 2"),
        (json!({"maxItems": 1}), json!([1, 2]), "config.k: has 2 entries; write at most 1"),
        (
            json!({"uniqueItems": true}),
            json!([1, 1]),
            "config.k: lists something twice; keep one entry of each",
        ),
        (
            json!({"pattern": "^a$"}),
            json!("b"),
            "config.k: is \"b\", which has another shape than is wanted; write such as \"例\"",
        ),
        (json!({"multipleOf": 2}), json!(3), "config.k: is 3; write such as \"例\""),
        (
            json!({"not": {"type": "string"}}),
            json!("x"),
            "config.k: is \"x\", which has none of the forms that are taken; write such as",
        ),
        (
            json!({"pattern": "^https?://", "x-grant": "hosts"}),
            json!("api.example.com/x"),
            "write \"https://api.example.com/x\"",
        ),
        (
            json!({"pattern": "^https?://", "x-grant": "hosts"}),
            json!("ftp://a.example"),
            "config.k: is not a URL that can be asked; write such as",
        ),
        (
            json!({"propertyNames": {"pattern": "^[a-z]+$"}}),
            json!({"分数": 1}),
            "config.k.分数: is not a name that is taken here; use letters",
        ),
        (
            json!({"anyOf": [{"type": "string", "minLength": 3}, {"type": "array"}]}),
            json!("ab"),
            "config.k: has 2 characters; write at least 3",
        ),
        (
            json!({"anyOf": [{"type": "string"}, {"type": "array"}]}),
            json!(5),
            "config.k: is 5, which has none of the forms that are taken; write such as \"例\"",
        ),
    ] {
        let told = told(&of(&key, &json!("例")), &json!({"k": value}));
        assert!(told.len() == 1 && told[0].contains(expected), "{key}: {told:?}");
        assert!(told[0].contains("; "), "cause and mend are apart: {told:?}");
    }
    let missing = json!({"type": "object", "required": ["url"], "examples": [{"url": "http://a.example"}]});
    assert_eq!(told(&missing, &json!({})), ["config.url: is missing; write url = \"http://a.example\""]);
    let unknown = json!({"properties": {"top_k": {}}, "additionalProperties": false});
    assert!(told(&unknown, &json!({"topk": 1}))[0].ends_with("did you mean `top_k`?"));
}

#[test]
fn of_several_forms_the_one_that_is_meant_tells_what_is_wrong() {
    let filter = json!({"type": "object", "required": ["operator"], "additionalProperties": false,
        "properties": {"operator": {"enum": ["eq", "in"]}}});
    let schema = json!({"type": "object", "$defs": {"filter": filter}, "properties": {"filters": {"oneOf": [
        {"type": "array", "items": {"$ref": "#/$defs/filter"}},
        {"type": "object", "required": ["filters"], "properties": {"filters": {"type": "array"}}},
    ]}}});
    let told = told(&schema, &json!({"filters": [{"operator": "like"}, {"operatr": "eq"}]}));
    assert_eq!(
        told,
        [
            "config.filters[0].operator: is \"like\"; write \"eq\" or \"in\"",
            "config.filters[1].operatr: is not a key of this plugin's configuration; did you mean `operator`?",
            "config.filters[1].operator: is missing; see `qianfan-host plugin inspect` for what it takes",
        ]
    );
}

#[test]
fn a_choice_or_a_list_of_hosts_is_told_what_was_meant() {
    let images: Value =
        serde_json::from_str(include_str!("../../../../../../plugins/markdown/src/config.schema.json"))
            .unwrap();
    for (value, expected) in [
        (
            json!("static.example.com"),
            "is \"static.example.com\", and a list is wanted; write [\"static.example.com\"]",
        ),
        (json!("https://static.example.com/a"), "and a list is wanted; write [\"static.example.com\"]"),
        (json!("source"), "did you mean \"sources\"?"),
        (json!(["https://static.example.com:8443/img/"]), "wanted; write \"static.example.com:8443\""),
        (json!(["static.example.com", "图床"]), "config.images[1]: is \"图床\", which has another shape"),
        (json!([]), "config.images: is empty; write such as [\"static.example.com\"]"),
        (json!(["a.example", 5]), "config.images[1]: is 5; write a text in quotes"),
        (json!(true), "is true; write \"none\" or \"sources\" or a list such as [\"static.example.com\"]"),
        (json!(false), "is false; write \"none\""),
    ] {
        let told = told(&images, &json!({ "images": value }));
        assert!(told.len() == 1 && told[0].contains(expected), "{value}: {told:?}");
    }
    let url = of(&json!({"pattern": "^https?://", "x-grant": "hosts"}), &json!("例"));
    let told = told(&url, &json!({"k": "{{ variables.host }}/v1"}));
    assert!(
        told[0].contains("begins with a template") && told[0].contains("write scheme and host"),
        "{told:?}"
    );
}
