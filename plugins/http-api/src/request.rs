//! The request, from its templates.

use qianfan_plugin::http::{Request, encode_component, origin_and_path};
use serde_json::Value;

use crate::config::{Config, Method};
use crate::number;
use crate::template::{Context, Escape, Problem, render, render_json, render_list};

const JSON: &str = "application/json";

pub(crate) fn build(config: &Config, context: &Context) -> Result<Request, Problem> {
    let mut request = Request::get(url(config, context)?);
    // The operator's `limits.response_body` is the bound.
    request.max_body = usize::MAX;
    for (name, template) in &config.headers {
        let key = format!("headers.{name}");
        let value = render(&key, template, Escape::None, &context.0)?;
        if value.chars().any(|c| c.is_control() && c != '\t') {
            return Err(Problem::Missing(format!("`{key}` renders to text that no header can hold")));
        }
        request.headers.push((name.to_ascii_lowercase(), value));
    }
    default_header(&mut request, "accept", JSON);
    let mut method = Method::Get;
    if let Some(body) = &config.body {
        method = Method::Post;
        default_header(&mut request, "content-type", JSON);
        request.body = self::body(body, header(&request, "content-type"), context)?;
    }
    request.method = config.method.unwrap_or(method).name().to_owned();
    Ok(request)
}

fn url(config: &Config, context: &Context) -> Result<String, Problem> {
    let mut url = render("url", &config.url, Escape::Component, &context.0)?;
    let path = url.split(['?', '#']).next().unwrap_or_default();
    // Dots need no encoding and would lead out of the path the operator wrote.
    if path.split('/').any(|segment| segment == "." || segment == "..") {
        let told = origin_and_path(&url);
        return Err(Problem::Missing(format!("`url` renders to a path with a `..` in it: {told}")));
    }
    for (name, template) in &config.query {
        let values = render_list(&format!("query.{name}"), template, &context.0)?;
        for value in values.iter().filter(|value| !value.is_empty()) {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(&encode_component(name));
            url.push('=');
            url.push_str(&encode_component(value));
        }
    }
    Ok(url)
}

fn body(template: &Value, content_type: &str, context: &Context) -> Result<Vec<u8>, Problem> {
    let Value::String(text) = template else {
        let body = render_json("body", template, &context.0)?;
        return Ok(number::json(&body, &context.0, false).into_bytes());
    };
    let content_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let escape = match content_type.as_str() {
        "application/x-www-form-urlencoded" => Escape::Component,
        JSON => Escape::Json,
        other if other.ends_with("+json") => Escape::Json,
        _ => Escape::None,
    };
    render("body", text, escape, &context.0).map(String::into_bytes)
}

fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    request.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

fn default_header(request: &mut Request, name: &str, value: &str) {
    if header(request, name).is_empty() {
        request.headers.push((name.to_owned(), value.to_owned()));
    }
}

#[cfg(test)]
mod tests {
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
        assert_eq!(
            body(r#"{"url":"http://a.example","body":{"q":"{{ arguments.q }}"}}"#),
            r#"{"q":"a\"&b=1"}"#
        );
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
        let climb =
            built(r#"{"url":"http://a.example/api/{{ arguments.x }}/y?key=geheim"}"#, r#"{"x":".."}"#);
        assert!(
            matches!(climb, Err(Problem::Missing(text)) if text.contains("`..`") && !text.contains("geheim"))
        );
        let header = built(
            r#"{"url":"http://a.example","headers":{"x":"{{ arguments.x }}"}}"#,
            r#"{"x":"a\r\nhost: b"}"#,
        );
        assert!(matches!(header, Err(Problem::Missing(text)) if text.contains("`headers.x`")));
    }
}
