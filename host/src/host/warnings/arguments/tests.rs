use serde_json::json;

use super::*;

#[test]
fn what_a_request_cannot_go_without_is_needed() {
    let config = json!({
        "url": "https://a.example/{{ arguments.city }}/{{ variables.x }}",
        "query": {"day": "{{ arguments.day|default('1') }}", "q": "{{ question }}"},
        "headers": {"X-A": "{% if arguments.b is defined %}{{ arguments.b }}{% endif %}"},
        "body": {"list": ["{{ arguments['省份'] }}"], "n": 1},
        "result": "{{ arguments.later }}",
    });
    assert_eq!(needed(&config).into_iter().collect::<Vec<_>>(), ["city", "省份"]);
    assert!(needed(&json!({"url": "https://a.example/{{ broken"})).is_empty());
}

#[test]
fn arguments_of_which_no_model_is_told_are_written_as_a_schema() {
    let needed = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(untold(&needed(&[])), None);
    let told = untold(&needed(&["order", "省份"])).unwrap();
    let schema = "{ type = \"object\", properties = { order = { type = \"string\" }, \"省份\" = { type = \"string\" } } }";
    assert_eq!(told, format!("is missing; write such as arguments_schema = {schema}"));
}
