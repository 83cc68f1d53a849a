//! What is wrong with a configuration before any turn: templates, JSONPaths and patterns that do not parse.

use jsonpath_rust::parser::parse_json_path;
use qianfan_plugin::Validate;
use regex::Regex;
use serde_json::Value;

use crate::HttpApi;
use crate::names::{RESPONSE, TURN};
use crate::template::{parse, unknown_names};

type Problems = Vec<(String, String)>;

impl Validate for HttpApi {
    /// As it stands: where one key is refused by the schema, the others are looked at all the same.
    type Config = Value;

    fn validate(config: &Value) -> Problems {
        let mut problems = Vec::new();
        let texts = |table: &Value| -> Vec<(String, String)> {
            let fields = table.as_object().into_iter().flatten();
            fields.filter_map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned()))).collect()
        };
        if let Some(url) = config["url"].as_str() {
            template("url", url, &TURN, &mut problems);
        }
        for table in ["query", "headers"] {
            for (name, source) in texts(&config[table]) {
                template(&format!("{table}.{name}"), &source, &TURN, &mut problems);
            }
        }
        templates("body", &config["body"], &mut problems);
        let extracted = texts(&config["extract"]);
        let seen: Vec<&str> =
            TURN.into_iter().chain(RESPONSE).chain(extracted.iter().map(|(name, _)| &**name)).collect();
        for key in ["result", "title", "link"] {
            if let Some(source) = config[key].as_str() {
                template(key, source, &seen, &mut problems);
            }
        }
        let patterns = config["extract_arguments"].as_array().into_iter().flatten();
        for (index, pattern) in patterns.enumerate() {
            if let Some(pattern) = pattern.as_str() {
                expression(&format!("extract_arguments[{index}]"), pattern, &mut problems);
            }
        }
        for (name, found) in &extracted {
            path(&format!("extract.{name}"), found, &mut problems);
        }
        let success = &config["success"];
        for key in ["path", "message"] {
            if let Some(found) = success[key].as_str() {
                path(&format!("success.{key}"), found, &mut problems);
            }
        }
        if success.get("equals").is_some() && success.get("path").is_none() {
            let message =
                "has no effect without `success.path`; add the path of the value that must equal it";
            problems.push(("success.equals".to_owned(), message.to_owned()));
        }
        problems
    }
}

fn template(key: &str, source: &str, known: &[&str], problems: &mut Problems) {
    match parse(source) {
        Ok(()) => {
            let unknown = unknown_names(source, known).into_iter();
            problems.extend(unknown.map(|message| (key.to_owned(), format!("in the template {message}"))));
        }
        Err(cause) => {
            let mend = "a value is put in as {{ arguments.NAME }}, a condition as {% if … %}…{% endif %}";
            problems.push((key.to_owned(), format!("is not a template: {cause}; {mend}")));
        }
    }
}

/// Every text within is a template of its own.
fn templates(key: &str, value: &Value, problems: &mut Problems) {
    match value {
        Value::String(source) => template(key, source, &TURN, problems),
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
            let mend = "fix it; one that works is (?P<year>20\\d{2})年";
            problems
                .push((key.to_owned(), format!("`{pattern}` is not a regular expression: {cause}; {mend}")));
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

    fn config(text: &str) -> Value {
        serde_json::from_str(text).expect("JSON")
    }

    #[test]
    fn everything_that_no_turn_could_use_is_found_at_once() {
        let config = config(
            r#"{"url": "http://a.example/{{ x", "query": {"q": "{% if %}"}, "headers": {"h": "{{ 1 + }}"},
                "body": {"list": ["ok", "{{ }"]}, "extract_arguments": ["(?P<x>[", "no group", "(?P<y>a)"],
                "extract": {"good": "$.a", "bad": "$["}, "success": {"path": "data[", "equals": 1},
                "result": "{% for x in %}", "title": "{{ good }}{{ response.a.b }}", "link": "{{ status }}"}"#,
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

    #[test]
    fn a_key_that_the_schema_refuses_hides_no_other() {
        let problems =
            HttpApi::validate(&config(r#"{"url": 3, "on_error": "outcom", "result": "{{ respons }}"}"#));
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(problems[0].0, "result");
    }

    #[test]
    fn a_name_or_filter_that_no_turn_has_is_found_in_every_template() {
        let config = config(
            r#"{"url": "http://a.example/{{ argument.x }}", "query": {"q": "{{ question|upcase }}"},
                "headers": {"h": "{{ varables.p }}"}, "body": {"list": ["{{ response.x }}", "{{ variables.p }}"]},
                "extract": {"lines": "$.a"}, "result": "{% for l in line %}{{ l.name }}{% endfor %}",
                "title": "{{ arguments.year }}{{ lines|length }}", "link": "{{ statu }}"}"#,
        );
        let problems = HttpApi::validate(&config);
        let told: Vec<_> = problems.iter().map(|(key, message)| format!("{key}: {message}")).collect();
        let expected = [
            "url: in the template `argument` is not defined; did you mean `arguments`?",
            "query.q: in the template there is no filter `upcase`; did you mean `upper`?",
            "headers.h: in the template `varables` is not defined; did you mean `variables`?",
            "body.list[0]: in the template `response` is not defined; write arguments.response or variables.response, or one of arguments, question, search_text, variables",
            "result: in the template `line` is not defined; did you mean `lines`?",
            "link: in the template `statu` is not defined; did you mean `status`?",
        ];
        assert_eq!(told, expected);
    }
}
