use serde_json::json;

use super::*;

#[test]
fn everything_that_is_wrong_with_a_filter_is_told_at_once() {
    let written = json!([
        {"operator": "==", "field": "省份", "value": "河南"},
        {"operator": "like", "field": "title", "value": "x"},
        {"feild": "year", "operator": "gt", "value": 2024},
        {"operator": "gt", "field": "year", "value": "新"},
        {"operator": "eq", "field": "year", "value": [1]},
        {"field": "year", "value": 1},
        {"operator": "in", "field": "year", "value": []},
        "省份",
        {"operator": "eq", "field": "ok", "value": 1},
    ]);
    let told: Vec<String> = Filter::problems(&written).iter().map(|problem| problem.to_string()).collect();
    for (place, expected) in [
        ("[0].operator: ", "did you mean \"eq\"?"),
        ("[1].operator: ", "no part of a text is looked for"),
        ("[2].feild: ", "did you mean `field`?"),
        ("[3]: ", "neither a number nor an ISO date"),
        ("[4]: ", "only `in` and `nin` take a list"),
        ("[5]: ", "has no `operator`; write such as filters = [{"),
        ("[6]: ", "needs a list of values"),
        ("[7]: ", "not a filter; write such as filters = [{"),
    ] {
        let found = told.iter().filter(|told| told.starts_with(place) && told.contains(expected)).count();
        assert_eq!(found, 1, "{place}{expected}: {told:#?}");
    }
    assert_eq!(told.len(), 8, "{told:#?}");
    assert!(told.iter().all(|told| told.contains("; ") || told.contains('?')), "{told:#?}");
}

#[test]
fn a_filter_without_its_list_and_a_condition_that_is_none_are_told() {
    for (written, expected) in [
        (json!({"operator": "eq", "field": "a", "value": 1}), ": is one filter without a list"),
        (
            json!({"省份": "河南"}),
            "write such as filters = [{ operator = \"eq\", field = \"省份\", value = \"河南\" }]",
        ),
        (json!({"filters": [], "condition": "all"}), ".condition: is \"all\"; write \"and\" or \"or\""),
        (
            json!({"filters": [], "conditon": "or"}),
            ".conditon: is not a key of a filter; did you mean `condition`?",
        ),
        (json!("省份"), "is \"省份\"; write such as filters"),
    ] {
        let told: Vec<String> = Filter::problems(&written)
            .iter()
            .map(|problem| format!("{}: {}", problem.key, problem.message))
            .collect();
        assert!(told.len() == 1 && told[0].contains(expected), "{written}: {told:?}");
    }
    assert!(
        Filter::problems(&json!({"condition": "or", "filters": [{"operator": "exists", "field": "a"}]}))
            .is_empty()
    );
}

#[test]
fn the_operators_that_are_told_are_those_there_are() {
    for operator in OPERATORS.into_iter().chain(ELSEWHERE.map(|(_, own)| own)) {
        assert!(Operator::deserialize(&json!(operator)).is_ok(), "{operator}");
    }
}
