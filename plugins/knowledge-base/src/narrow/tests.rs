use serde_json::json;

use super::*;

fn filters(written: Value, variables: &[(&str, &str)]) -> Result<Filters, Unfit> {
    let turn = Turn {
        id: "t".to_owned(),
        app: "a".to_owned(),
        question: "问".to_owned(),
        search_text: "问".to_owned(),
        history: Vec::new(),
        variables: variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        arguments: None,
    };
    serde_json::from_value::<Narrowing>(written).expect("filters").of(&turn)
}

#[test]
fn values_hold_the_variables_of_the_turn() {
    let written = json!({"condition": "or", "filters": [
        {"operator": "in", "field": "province", "value": ["{{ variables.province }}", "全国"]},
        {"operator": "gte", "field": "date", "value": "{{variables.year}}-01-01"},
        {"operator": "lt", "field": "year", "value": 2026},
        {"operator": "exists", "field": "draft", "value": false},
    ]});
    let found = filters(written, &[("province", "广东"), ("year", "2024")]).expect("all are there");
    assert_eq!(found.condition, Condition::Or);
    let values: Vec<_> = found.filters.iter().map(|filter| filter.values.join(" ")).collect();
    assert_eq!(values, ["广东 全国", "2024-01-01", "2026", "false"]);
}

#[test]
fn what_no_turn_can_fill_in_is_told() {
    let told = |operator: &str, value: Value| {
        let written = json!([{"operator": operator, "field": "f", "value": value}]);
        problems(&written).into_iter().map(|(key, message)| format!("{key}: {message}")).collect::<Vec<_>>()
    };
    for (operator, value, expected) in [
        ("eq", json!("{variables.p}"), "filters[0].value: has a variable in other braces"),
        ("eq", json!("${p}"), "filters[0].value: has a variable in other braces"),
        ("eq", json!("｛｛ variables.p ｝｝"), "filters[0].value: has a variable in other braces"),
        (
            "eq",
            json!("{{ varables.p }}"),
            "filters[0].value: `varables` is not defined; did you mean `variables`?",
        ),
        (
            "in",
            json!(["a", "{{ arguments.p }}"]),
            "filters[0].value[1]: `arguments` is not defined, and only",
        ),
        ("like", json!("{{ varables.p }}"), "filters[0].value: `varables` is not defined"),
        ("eq", json!("{{ variables.p | upcase }}"), "filters[0].value: applies the filter `upcase`"),
        ("eq", json!("{{ variables.p"), "filters[0].value: has a `{{` that is not closed"),
        ("eq", json!("{% if x %}"), "filters[0].value: has a `{%`"),
        ("eq", json!("{{ }}"), "filters[0].value: names no variable"),
        ("eq", json!(["a"]), "filters[0].value: is a list, and `eq`"),
        ("in", json!([]), "filters[0].value: is an empty list"),
        ("gte", Value::Null, "filters[0].value: is missing, and `gte`"),
        ("exists", json!("yes"), "filters[0].value: `exists` asks"),
        ("gt", json!("很久"), "filters[0].value: is neither a number nor a date"),
    ] {
        let told = told(operator, value);
        assert!(told.len() == 1 && told[0].starts_with(expected), "{operator}: {told:?}");
    }
    for (operator, value) in [
        ("eq", json!("{{ variables.省份 }}-{{ year }}")),
        ("eq", json!(3)),
        ("in", json!("全国")),
        ("exists", json!(false)),
        ("exists", Value::Null),
        ("lte", json!("{{ variables.year }}")),
        ("lt", json!("2024-06")),
    ] {
        assert_eq!(told(operator, value), Vec::<String>::new());
    }
}

#[test]
fn a_variable_that_is_a_list_stands_for_any_of_its_values() {
    let of = |operator: &str, value: &str, list: &str| {
        filters(json!([{"operator": operator, "field": "province", "value": value}]), &[("p", list)])
    };
    let list = r#"["河南", "北京", 3]"#;
    for (operator, expected) in
        [("eq", Operator::In), ("in", Operator::In), ("ne", Operator::Nin), ("nin", Operator::Nin)]
    {
        let found = of(operator, "{{ variables[\"p\"] }}", list).expect("a filter");
        assert_eq!(
            (found.filters[0].operator, found.filters[0].values.join(" ")),
            (expected, "河南 北京 3".into())
        );
    }
    let beside = json!([{"operator": "in", "field": "province", "value": ["{{ p }}", "全国"]}]);
    assert_eq!(filters(beside, &[("p", list)]).expect("a filter").filters[0].values.len(), 4);
    for (operator, value) in [("gte", "{{ p }}"), ("eq", "{{ p }}省"), ("exists", "{{ p }}")] {
        let told = of(operator, value, list);
        assert!(
            matches!(&told, Err(Unfit::List(text)) if text.contains("`p` is a list")),
            "{operator}: {told:?}"
        );
    }
    assert_eq!(of("eq", "{{ p }}", "[]"), Err(Unfit::Absent("p".to_owned())));
    assert_eq!(of("eq", "{{ p }}", "[重要]").expect("a text").filters[0].values, ["[重要]"]);
}

#[test]
fn a_variable_of_any_name_may_stand_in_brackets() {
    let written = json!([{"operator": "eq", "field": "省", "value": "{{ variables[\"省 份.1\"] }}"}]);
    assert_eq!(filters(written.clone(), &[("省 份.1", "河南")]).expect("found").filters[0].values, ["河南"]);
    assert_eq!(problems(&written), []);
    assert_eq!(filters(written, &[]), Err(Unfit::Absent("省 份.1".to_owned())));
    for (value, expected) in [
        ("{{ variables[省] }}", "write {{ variables[\"省\"] }}"),
        ("{{ variables[“省”] }}", "write {{ variables[\"省\"] }}"),
        ("{{ variables[\"省\" }}", "write {{ variables[\"省\"] }}"),
        ("{{ varables['省'] }}", "`varables` is not defined; write {{ variables[\"省\"] }}"),
    ] {
        let told = problems(&json!([{"operator": "eq", "field": "f", "value": value}]));
        assert!(told.len() == 1 && told[0].1.contains(expected), "{value}: {told:?}");
    }
}

#[test]
fn an_absent_variable_ends_the_search_unless_its_filter_is_optional() {
    let written = |optional: bool| {
        json!([
            {"operator": "eq", "field": "province", "value": "{{ variables.province }}", "optional": optional},
            {"operator": "eq", "field": "kind", "value": "政策"},
        ])
    };
    assert_eq!(filters(written(false), &[]), Err(Unfit::Absent("province".to_owned())));
    assert_eq!(filters(written(false), &[("province", " ")]), Err(Unfit::Absent("province".to_owned())));
    let needs = |written| serde_json::from_value::<Narrowing>(written).expect("filters").needs();
    assert_eq!(needs(written(false)), [(0, "province".to_owned())]);
    assert!(needs(written(true)).is_empty());
    let found = filters(written(true), &[]).expect("left out");
    assert_eq!(found.filters.len(), 1);
    assert_eq!(found.filters[0].field, "kind");
}
