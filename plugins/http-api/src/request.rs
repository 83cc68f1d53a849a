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
mod tests;
