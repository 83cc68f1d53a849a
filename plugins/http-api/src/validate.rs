//! What is wrong with a configuration before any turn: templates, JSONPaths and patterns that do not parse.

use jsonpath_rust::parser::parse_json_path;
use qianfan_plugin::Validate;
use regex::Regex;
use serde_json::Value;

use crate::HttpApi;
use crate::config::Config;
use crate::template::parse;

type Problems = Vec<(String, String)>;

impl Validate for HttpApi {
    type Config = Config;

    fn validate(config: &Config) -> Problems {
        let mut problems = Vec::new();
        template("url", &config.url, &mut problems);
        for (table, templates) in [("query", &config.query), ("headers", &config.headers)] {
            for (name, source) in templates {
                template(&format!("{table}.{name}"), source, &mut problems);
            }
        }
        if let Some(body) = &config.body {
            templates("body", body, &mut problems);
        }
        let optional = [("result", &config.result), ("title", &config.title), ("link", &config.link)];
        for (key, source) in optional {
            source.iter().for_each(|source| template(key, source, &mut problems));
        }
        for (index, pattern) in config.extract_arguments.iter().enumerate() {
            expression(&format!("extract_arguments[{index}]"), pattern, &mut problems);
        }
        for (name, found) in &config.extract {
            path(&format!("extract.{name}"), found, &mut problems);
        }
        let success = [("success.path", &config.success.path), ("success.message", &config.success.message)];
        for (key, found) in success {
            found.iter().for_each(|found| path(key, found, &mut problems));
        }
        if config.success.equals.is_some() && config.success.path.is_none() {
            let message =
                "has no effect without `success.path`; add the path of the value that must equal it";
            problems.push(("success.equals".to_owned(), message.to_owned()));
        }
        problems
    }
}

fn template(key: &str, source: &str, problems: &mut Problems) {
    if let Err(cause) = parse(source) {
        let mend = "a value is put in as {{ arguments.NAME }}, a condition as {% if … %}…{% endif %}";
        problems.push((key.to_owned(), format!("is not a template: {cause}; {mend}")));
    }
}

/// Every text within is a template of its own.
fn templates(key: &str, value: &Value, problems: &mut Problems) {
    match value {
        Value::String(source) => template(key, source, problems),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                templates(&format!("{key}[{index}]"), item, problems);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                templates(&format!("{key}.{name}"), field, problems);
            }
        }
        _ => {}
    }
}

fn expression(key: &str, pattern: &str, problems: &mut Problems) {
    match Regex::new(pattern) {
        Ok(regex) if regex.capture_names().flatten().next().is_none() => {
            let message =
                format!("`{pattern}` names no argument; write a named group such as (?P<year>\\d{{4}})");
            problems.push((key.to_owned(), message));
        }
        Ok(_) => {}
        Err(error) => {
            // The error draws the pattern over several lines; its last says why.
            let text = error.to_string();
            let cause = text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            problems.push((key.to_owned(), format!("`{pattern}` is not a regular expression: {cause}")));
        }
    }
}

fn path(key: &str, path: &str, problems: &mut Problems) {
    if let Err(error) = parse_json_path(path) {
        let text = error.to_string();
        let cause = text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default().to_owned();
        let cause = cause.trim_start_matches("= ");
        let mend = "write one such as $.data.rows[*].name";
        problems.push((key.to_owned(), format!("`{path}` is not a JSONPath: {cause}; {mend}")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::config;

    #[test]
    fn everything_that_no_turn_could_use_is_found_at_once() {
        let config = config(
            r#"{"url": "http://a.example/{{ x", "query": {"q": "{% if %}"}, "headers": {"h": "{{ 1 + }}"},
                "body": {"list": ["ok", "{{ }"]}, "extract_arguments": ["(?P<x>[", "no group", "(?P<y>a)"],
                "extract": {"good": "$.a", "bad": "$["}, "success": {"path": "data[", "equals": 1},
                "result": "{% for x in %}", "title": "{{ ok }}", "link": "{{ a.b }}"}"#,
        );
        let problems = HttpApi::validate(&config);
        let keys: Vec<_> = problems.iter().map(|(key, _)| key.as_str()).collect();
        let expected = [
            "url",
            "query.q",
            "headers.h",
            "body.list[1]",
            "result",
            "extract_arguments[0]",
            "extract_arguments[1]",
            "extract.bad",
            "success.path",
        ];
        assert_eq!(keys, expected, "{problems:?}");
        assert!(problems.iter().all(|(_, message)| !message.contains('\n')), "{problems:?}");
        assert!(problems[5].1.contains("unclosed character class"), "{problems:?}");
    }
}
