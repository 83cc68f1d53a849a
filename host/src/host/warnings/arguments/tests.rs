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
