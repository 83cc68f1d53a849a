use super::*;
use crate::tests::{config, turn};

fn built(text: &str, arguments: &str) -> Result<Request, Problem> {
    let config = config(text);
    let context = Context::of(&turn("问 题", Some(arguments)), &config).expect("a context");
    build(&config, &context)
}

#[test]
fn a_get_has_its_query_encoded_and_empty_parameters_left_out() {
    let request = built(
        r#"{"url":"http://a.example/api/{{ arguments.kind }}?v=1",
                "query":{"省":"{{ variables.province }}","year":"{{ arguments.year }}","x":"{{ arguments.x|default('') }}"}}"#,
        r#"{"kind":"a/b","year":2024}"#,
    )
    .expect("a request");
    assert_eq!(request.method, "GET");
    assert_eq!(request.url, "http://a.example/api/a%2Fb?v=1&year=2024&%E7%9C%81=%E6%B2%B3%E5%8D%97");
    assert_eq!(request.headers, [("accept".to_owned(), "application/json".to_owned())]);
}

#[test]
fn a_list_in_the_query_becomes_repeated_keys() {
    let request = built(
        r#"{"url":"http://a.example","query":{"id":"{{ arguments.ids }}","x":"{{ arguments.none|default([]) }}"}}"#,
        r#"{"ids":["a b",2,1.10,null]}"#,
    )
    .expect("a request");
    assert_eq!(request.url, "http://a.example?id=a%20b&id=2&id=1.10");
}

#[test]
fn bodies_are_escaped_as_their_type_asks() {
    let body = |text| {
        let request = built(text, r#"{"q":"a\"&b=1"}"#).expect("a request");
        assert_eq!(request.method, "POST");
        String::from_utf8(request.body).expect("text")
    };
    assert_eq!(body(r#"{"url":"http://a.example","body":{"q":"{{ arguments.q }}"}}"#), r#"{"q":"a\"&b=1"}"#);
    assert_eq!(
        body(r#"{"url":"http://a.example","body":"{\"q\": {{ arguments.q }}}"}"#),
        r#"{"q": "a\"&b=1"}"#
    );
    assert_eq!(
        body(
            r#"{"url":"http://a.example","body":"q={{ arguments.q }}",
                    "headers":{"Content-Type":"application/x-www-form-urlencoded; charset=utf-8"}}"#
        ),
        "q=a%22%26b%3D1"
    );
    assert_eq!(
        body(
            r#"{"url":"http://a.example","body":"{{ arguments.q }}","headers":{"content-type":"text/plain"}}"#
        ),
        "a\"&b=1"
    );
}

#[test]
fn a_value_can_neither_climb_the_path_nor_add_a_header() {
    let climb = built(r#"{"url":"http://a.example/api/{{ arguments.x }}/y?key=geheim"}"#, r#"{"x":".."}"#);
    assert!(
        matches!(climb, Err(Problem::Missing(text)) if text.contains("`..`") && !text.contains("geheim"))
    );
    let header =
        built(r#"{"url":"http://a.example","headers":{"x":"{{ arguments.x }}"}}"#, r#"{"x":"a\r\nhost: b"}"#);
    assert!(matches!(header, Err(Problem::Missing(text)) if text.contains("`headers.x`")));
}
