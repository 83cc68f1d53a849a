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
    assert_eq!(keys(&of(r#"{"headers": {"Accept": "a", "accept": "b"}}"#)), ["headers.accept"]);
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
