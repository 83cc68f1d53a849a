use serde_json::json;

use super::*;

fn schema(schema: &Value) -> Arc<Schema> {
    Arc::new(Schema::new(schema).unwrap())
}

fn refused(schema: &Value) -> String {
    Schema::new(schema).map(drop).unwrap_err()
}

async fn unchecked(schema: &Arc<Schema>, arguments: &str) -> String {
    match schema.check_arguments(arguments).await {
        Err(Invalid::Unchecked(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

/// Each definition applies the keyword to two references to the next.
fn doubling(keyword: &str, levels: usize) -> Value {
    let mut definitions = serde_json::Map::new();
    for level in 0..levels {
        let next = json!({"$ref": format!("#/$defs/d{}", level + 1)});
        definitions.insert(format!("d{level}"), json!({keyword: [next, next]}));
    }
    definitions.insert(format!("d{levels}"), json!({"type": "object"}));
    json!({"$ref": "#/$defs/d0", "$defs": definitions})
}

#[test]
fn a_schema_that_multiplies_itself_is_refused_when_it_is_loaded() {
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let bomb = doubling(keyword, 40);
        assert!(bomb.to_string().len() < 4096);
        assert!(refused(&bomb).contains("over and over"), "{keyword}");
        Schema::new(&doubling(keyword, 5)).unwrap();
    }
    // The same one level inside the value, and by conditions, exclusions and patterns.
    let mut inside = doubling("allOf", 40);
    inside["properties"] = json!({"x": {"$ref": "#/$defs/d0"}});
    inside.as_object_mut().unwrap().remove("$ref");
    assert!(refused(&inside).contains("over and over"));
    let mut definitions = serde_json::Map::new();
    for level in 0..40 {
        let next = json!({"$ref": format!("#/$defs/d{}", level + 1)});
        definitions.insert(format!("d{level}"), json!({"if": {"not": next}, "then": next, "else": next}));
    }
    definitions.insert("d40".into(), json!({}));
    assert!(refused(&json!({"$ref": "#/$defs/d0", "$defs": definitions})).contains("over and over"));
    let again = json!({"unevaluatedProperties": false, "allOf": [{"unevaluatedProperties": false, "allOf": [
        {"unevaluatedProperties": false, "allOf": [{"unevaluatedProperties": false, "allOf": [{}]}]}]}]});
    assert!(refused(&again).contains("over and over"));
}

#[test]
fn references_that_leave_the_schema_or_never_end_are_refused() {
    for (schema, expected) in [
        (json!({"$ref": "https://example.com/schema.json"}), "only refer to what is in itself"),
        (json!({"$ref": "other.json#/$defs/a"}), "only refer to what is in itself"),
        (json!({"$ref": "#/$defs/absent"}), "which is not in it"),
        (json!({"$ref": "#absent"}), "which is not in it"),
        (json!({"$ref": "#/%zz"}), "which is not in it"),
        (json!({"$ref": "#"}), "never end"),
        (
            json!({"$defs": {"a": {"allOf": [{"$ref": "#/$defs/b"}]}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}),
            "never end",
        ),
        (json!({"$dynamicRef": "#x"}), "`$dynamicRef`"),
        (json!({"properties": {"a": {"$id": "https://example.com/b"}}}), "`$id`"),
        (json!({"$defs": {"a": {"$id": "https://example.com/b", "x": {}}}, "$ref": "#/$defs/a/x"}), "`$id`"),
        (json!({"type": "nonsense"}), "not a JSON Schema"),
        (json!([1]), "not a JSON Schema"),
        (json!({"pattern": "(a+)+\\1"}), "not a JSON Schema"),
        (json!({"pattern": "(\\w{1000}){1000}"}), "not a JSON Schema"),
    ] {
        let said = refused(&schema);
        assert!(said.contains(expected), "{schema}: {said}");
    }
    let patterns: serde_json::Map<_, _> = (0..101).map(|n| (format!("^{n}$"), json!(true))).collect();
    assert!(refused(&json!({"patternProperties": patterns})).contains("more than 100 patterns"));
    let one = "refers to `x ]52;`";
    assert!(refused(&json!({"$ref": "x\u{1b}]52;"})).contains(one));
}

#[tokio::test]
async fn no_schema_makes_a_check_overflow_its_stack() {
    // The longest way there can be: references between parts as deep as they may be.
    let nested = |inner: Value| (0..26).fold(inner, |inner, _| json!({"not": inner}));
    let chain = |targets: usize| {
        let definitions: serde_json::Map<_, _> = (0..targets)
            .map(|n| {
                (
                    format!("d{n}"),
                    nested(json!({"properties": {"x": {"$ref": format!("#/$defs/d{}", n + 1)}}})),
                )
            })
            .chain([(format!("d{targets}"), json!({"type": "string"}))])
            .collect();
        json!({"$ref": "#/$defs/d0", "$defs": definitions})
    };
    assert!(refused(&chain(101)).contains("more than 100 definitions"));
    let longest = Schema::load(&chain(99)).await.unwrap();
    let deep = |levels: usize| format!("{}1{}", r#"{"x":"#.repeat(levels), "}".repeat(levels));
    assert_eq!(longest.check_arguments(&deep(30)).await, Ok(()));
    assert!(unchecked(&longest, &deep(60)).await.contains("levels deep"));

    assert!(
        refused(&(0..40).fold(json!({}), |inner, _| json!({"not": inner}))).contains("nests more than 32")
    );
    let links: serde_json::Map<_, _> =
        (0..90).map(|n| (format!("d{n}"), nested(json!({"$ref": format!("#/$defs/d{}", n + 1)})))).collect();
    let mut schema = json!({"$ref": "#/$defs/d0", "$defs": links});
    schema["$defs"]["d90"] = json!({});
    assert!(refused(&schema).contains("over and over"));
}

#[tokio::test]
async fn schemas_that_real_tools_have_are_taken_and_check() {
    let tree = schema(&json!({
        "$id": "https://example.com/tree", "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object", "required": ["filter"], "additionalProperties": false,
        "properties": {"filter": {"$ref": "#/$defs/filter%20one"}},
        "$defs": {"filter one": {"$anchor": "filter", "oneOf": [
            {"type": "object", "properties": {"and": {"type": "array", "items": {"$ref": "#filter"}, "minItems": 1}}, "required": ["and"], "additionalProperties": false},
            {"type": "object", "properties": {"not": {"$ref": "#filter"}}, "required": ["not"], "additionalProperties": false},
            {"type": "object", "properties": {"field": {"type": "string", "pattern": "^[\\p{L}_]{1,40}$"}, "value": {"enum": [1, 2, "三"]}}, "required": ["field"]}
        ]}}
    }));
    let good =
        r#"{"filter": {"and": [{"not": {"field": "省份", "value": "三"}}, {"and": [{"field": "a"}]}]}}"#;
    assert_eq!(tree.check_arguments(good).await, Ok(()));
    let bad = r#"{"filter": {"and": [{"not": {"field": "省 份"}}]}, "more": 1}"#;
    let Err(Invalid::Problems(problems)) = tree.check_arguments(bad).await else { panic!("accepted") };
    assert!(problems.len() <= 2 && problems.iter().any(|problem| problem.contains("more")), "{problems:?}");
    assert!(problems.iter().all(|problem| problem.len() <= LONGEST_PROBLEM + "…".len()));
    let Err(Invalid::Problems(problems)) = tree.check_arguments("{").await else { panic!("accepted") };
    assert!(problems[0].contains("not valid JSON"));

    let closed = schema(&json!({"allOf": [{"properties": {"a": {}}}], "unevaluatedProperties": false}));
    assert_eq!(closed.check_arguments(r#"{"a": 1}"#).await, Ok(()));
    assert!(closed.check_arguments(r#"{"b": 1}"#).await.is_err());
    let text = format!("{{\"text\": {:?}}}", "长".repeat(10_000));
    let plain =
        schema(&json!({"type": "object", "properties": {"text": {"type": "string", "minLength": 1}}}));
    assert_eq!(plain.check_arguments(&text).await, Ok(()));
    for other in [r#""{\"text\":\"a\"}""#, "[]", "17", "null"] {
        let Err(Invalid::Problems(problems)) = plain.check_arguments(other).await else { panic!("{other}") };
        assert_eq!(problems, ["the arguments must be an object"], "{other}");
    }
}

#[tokio::test]
async fn a_value_that_would_cost_too_much_is_not_checked() {
    // Each level of the value doubles the checks of the next.
    let recursive = schema(&json!({"properties": {"x": {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}}}));
    assert_eq!(recursive.check_arguments(r#"{"x": {"x": {"x": 1}}}"#).await, Ok(()));
    let deep = format!("{}1{}", r#"{"x":"#.repeat(40), "}".repeat(40));
    assert!(unchecked(&recursive, &deep).await.contains("steps"));
    let deeper = format!("{}1{}", "[".repeat(100), "]".repeat(100));
    assert!(unchecked(&recursive, &deeper).await.contains("nests more than"));
    let long = format!("{:?}", "x".repeat(70_000));
    assert!(unchecked(&recursive, &long).await.contains("65536 are taken"));

    let patterns: Vec<Value> =
        (0..90).map(|n| json!({"pattern": format!("(\\w{{1,9}}x?){{9}}{n}$")})).collect();
    let patterns = schema(&json!({"allOf": patterns}));
    assert!(unchecked(&patterns, &format!("{:?}", "词".repeat(20_000))).await.contains("steps"));

    let closed = schema(&json!({"allOf": [{"properties": {"a": {}}}], "unevaluatedProperties": false}));
    let members: serde_json::Map<_, _> = (0..200).map(|n| (n.to_string(), json!(1))).collect();
    assert!(unchecked(&closed, &json!(members).to_string()).await.contains("128 members"));
    let problems = closed.check_config(&json!(members)).await;
    let error = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    assert!(error.to_string().contains("128 members"));
}
