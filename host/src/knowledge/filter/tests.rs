use serde_json::json;

use super::*;

fn admits(filter: Value, metadata: Value) -> bool {
    let filter: Filter = serde_json::from_value(filter).unwrap();
    filter.admits(&Metadata::from_json(&metadata).unwrap())
}

fn one(operator: &str, value: impl Into<Value>, metadata: Value) -> bool {
    admits(json!([{"operator": operator, "field": "f", "value": value.into()}]), metadata)
}

#[test]
fn every_operator() {
    let f = |value: Value| json!({"f": value});
    assert!(one("eq", "广东", f(json!("广东"))) && !one("eq", "广东", f(json!("广西"))));
    assert!(one("eq", "广东", f(json!(["广西", "广东"]))) && !one("eq", "广东", json!({})));
    assert!(one("ne", "广东", f(json!("广西"))) && one("ne", "广东", json!({})));
    assert!(!one("ne", "广东", f(json!(["广西", "广东"]))));
    assert!(one("in", json!(["a", 1]), f(json!(1.0))) && !one("in", json!(["a"]), f(json!("b"))));
    assert!(one("nin", json!(["a"]), f(json!("b"))) && !one("nin", json!(["a"]), f(json!("a"))));
    assert!(one("gt", 9, f(json!("10"))) && !one("gt", 10, f(json!(10))) && one("gte", 10, f(json!(10))));
    assert!(one("lt", 10, f(json!("9"))) && !one("lt", 9, f(json!(9))) && one("lte", 9, f(json!("9.0"))));
    assert!(!one("gt", 9, json!({})) && !one("gt", 9, f(json!("十"))));
    assert!(one("exists", true, f(json!("x"))) && one("exists", Value::Null, f(json!("x"))));
    assert!(one("exists", false, json!({})) && !one("exists", true, json!({})));
}

#[test]
fn dates_are_moments_and_codes_are_texts() {
    let f = json!({"f": "2024-06-07T09:00:00+08:00"});
    assert!(one("gt", "2024-06-07", f.clone()) && one("lt", "2024-06-07T01:00:01Z", f.clone()));
    assert!(one("eq", "2024-06-07T01:00", f.clone()) && one("gt", "2024-06-07 00:59:59.999", f.clone()));
    assert!(!one("gt", 3, f));
    assert!(!one("eq", 7, json!({"f": "007"})) && one("eq", "007", json!({"f": "007"})));
    let long = "440106199901011234";
    assert!(!one("eq", "440106199901011235", json!({"f": long})) && one("eq", long, json!({"f": long})));
    for (text, days) in
        [("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2024-03-01", 19_783)]
    {
        assert_eq!(Scalar::of(text), Scalar::Moment(days * 86_400_000), "{text}");
    }
    for text in [
        "2023-02-29",
        "2024-13-01",
        "2024-6-7",
        "2024-06-07T25:00",
        "2024-06-07Tx",
        "-",
        "",
        "1e3",
        ".5",
        "字字字字字",
    ] {
        assert_eq!(Scalar::of(text), Scalar::Text(text.to_owned()), "{text}");
    }
    assert_eq!(Scalar::of("-0"), Scalar::Number(0.0));
}

#[test]
fn tests_are_joined_by_the_condition() {
    let filters = json!([
        {"operator": "eq", "field": "province", "value": "广东"},
        {"operator": "gte", "field": "year", "value": 2024},
    ]);
    let both = json!({"province": "广东", "year": 2025});
    let neither = json!({"province": "湖南"});
    let half = json!({"province": "广东"});
    for condition in [filters.clone(), json!({"filters": filters, "condition": "and"})] {
        assert!(admits(condition.clone(), both.clone()) && !admits(condition, half.clone()));
    }
    let or = json!({"filters": filters, "condition": "or"});
    assert!(admits(or.clone(), half) && !admits(or, neither.clone()));
    assert!(admits(json!({"filters": [], "condition": "or"}), neither.clone()) && admits(json!([]), neither));
}

#[test]
fn what_cannot_be_compared_is_refused_with_the_reason() {
    for (filter, part) in [
        (json!([{"operator": "like", "field": "f", "value": 1}]), "unknown variant `like`"),
        (json!([{"operator": "eq", "field": "f"}]), "`eq` needs one value"),
        (json!([{"operator": "eq", "field": "f", "value": ["a"]}]), "only `in` and `nin` take a list"),
        (json!([{"operator": "eq", "field": "f", "value": {}}]), "must be a text"),
        (json!([{"operator": "in", "field": "f", "value": []}]), "needs a list"),
        (json!([{"operator": "gt", "field": "f", "value": "新"}]), "neither a number nor an ISO date"),
        (json!([{"operator": "exists", "field": "f", "value": "x"}]), "true or false"),
        (json!([{"operator": "eq", "field": "a.b", "value": 1}]), "is not the name of a field"),
        (json!([{"operator": "eq", "field": "f", "value": 1, "vlaue": 2}]), "vlaue"),
        (json!({"filter": []}), "unknown field `filter`"),
        (json!({"condition": "xor"}), "unknown variant `xor`"),
        (json!("x"), "expected a list"),
    ] {
        let error = serde_json::from_value::<Filter>(filter).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    let toml: toml::Table =
        toml::from_str("f = [{ operator = \"lt\", field = \"d\", value = 2024-06-07 }]").unwrap();
    let filter: Filter = toml["f"].clone().try_into().unwrap();
    assert!(filter.admits(&Metadata::from_json(&json!({"d": "2024-06-06"})).unwrap()));
}
