use super::*;

fn keys(found: &Problems) -> Vec<&str> {
    found.iter().map(|(key, _)| key.as_str()).collect()
}

#[test]
fn what_no_turn_could_use_is_told_and_what_may_be_meant_is_not() {
    let of = |text: &str| problems(&serde_json::from_str(text).expect("JSON"));
    let named = of(r#"{"extract": {"response": "$.x", "status": "$.s", "rows": "$.y"}}"#);
    assert_eq!(keys(&named), ["extract.response", "extract.status"]);
    let comma = of(r#"{"body": "{ \"q\": {{ question }}, }"}"#);
    assert_eq!(keys(&comma), ["body"]);
    assert!(comma[0].1.starts_with("is not valid JSON around its tags: trailing comma; write it as a table"));
    let form = r#""headers": {"Content-Type": "application/x-www-form-urlencoded"}"#;
    assert_eq!(keys(&of(&format!(r#"{{"body": {{"q": "x"}}, {form}}}"#))), ["body"]);
    for fine in [
        r#"{"body": "{ \"q\": {{ question }}, \"s\": \"{{ arguments.year }}\" }"}"#,
        r#"{"body": "{ \"q\": {{ question }}{% if variables.x %}, \"x\": 1{% endif %} }"}"#,
        r#"{"body": "q={{ question }}", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}"#,
        r#"{"body": ""}"#,
        r#"{"body": {"q": "{{ question }}"}}"#,
    ] {
        assert!(of(fine).is_empty(), "{fine}");
    }
}

#[test]
fn what_is_sent_or_taken_otherwise_than_expected_is_warned_of() {
    let of = |text: &str| warnings(&serde_json::from_str(text).expect("JSON"));
    let found = of(r#"{"method": "GET", "body": {"q": 1}, "empty_status": [404, 200]}"#);
    assert_eq!(keys(&found), ["body", "empty_status[1]"]);
    assert!(of(r#"{"method": "GET", "empty_status": [204]}"#).is_empty());
    assert!(of(r#"{"body": {"q": 1}}"#).is_empty());
    let extracted =
        |result: &str| of(&format!(r#"{{"extract": {{"rows": "$.rows"}}, "result": "{result}"}}"#));
    assert_eq!(keys(&extracted("共{rows}行")), ["result"]);
    assert!(extracted("共{{ rows }}行{x}").is_empty());
}

#[test]
fn quotes_around_a_value_that_brings_its_own_are_warned_of() {
    let of = |config: serde_json::Value| warnings(&config);
    for body in [
        r#"{"q": "{{ question }}"}"#,
        r#"{"n": {{ arguments.n }}, "q": "问：{{ search_text|trim }}"}"#,
        r#"["{{ variables.city|default('北京') }}"]"#,
        r#"{"order": "{{ arguments.order }}"}"#,
    ] {
        let found = of(serde_json::json!({"body": body, "extract_arguments": ["(?P<order>\\d+)"]}));
        assert_eq!(keys(&found), ["body"], "{body}");
        let sentence = "is not valid JSON around its tags: {{ ";
        assert!(
            found[0].1.starts_with(sentence)
                && found[0].1.contains(" has quotes of its own; write such as {\"q\": {{ "),
            "{found:?}"
        );
    }
    for body in [
        r#"{"q": {{ question }}}"#,
        r#"{"year": "{{ arguments.year }}"}"#,
        r#"{"length": "{{ question|length }}"}"#,
        r#"{"q": "{% if question %}x{% endif %}"}"#,
        "",
    ] {
        assert_eq!(of(serde_json::json!({ "body": body })), [], "{body}");
    }
    let form = serde_json::json!({"content-type": "application/x-www-form-urlencoded"});
    assert_eq!(of(serde_json::json!({"body": "q=\"{{ question }}\"", "headers": form})), []);
    assert_eq!(of(serde_json::json!({"body": {"q": "{{ question }}"}})), []);
}

#[test]
fn a_name_of_the_turn_in_single_braces_is_warned_of_wherever_it_stands() {
    let found = warnings(&serde_json::json!({
        "query": {"q": "{question}", "fine": "{{ question }}"},
        "headers": {"x-city": "{variables.city}"},
        "body": {"list": ["{search_text}"], "order": "{arguments.order}"},
        "result": "{question}的答复",
        "title": "{question}",
    }));
    assert_eq!(
        keys(&found),
        ["query.q", "headers.x-city", "body.list[0]", "body.order", "result", "title"],
        "{found:?}"
    );
    assert_eq!(found[0].1, "holds {question}, which is sent as it is; write {{ question }}");
    for fine in [
        serde_json::json!({"body": {"query": "query { question { id } }"}}),
        serde_json::json!({"body": "{\"a\": {{ question }}, \"b\": {}}"}),
        serde_json::json!({"query": {"q": "{id}", "p": "{questions}", "r": "{arguments}"}}),
        serde_json::json!({"result": "{{ '{' }}question}", "extract": {"rows": "$.rows"}}),
        serde_json::json!({"body": {"q": "{rows}"}, "extract": {"rows": "$.rows"}}),
    ] {
        assert_eq!(warnings(&fine), [], "{fine}");
    }
}
