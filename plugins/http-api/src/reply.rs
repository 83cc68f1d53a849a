//! The response, as the contribution it makes.

use qianfan_plugin::http::{Address, Response};
use qianfan_plugin::{Contribution, Failure, MediaType, Outcome};
use serde_json::{Map, Value};

use crate::config::Config;
use crate::extract::{find, is_empty};
use crate::template::{Context, Escape, Problem, render_lenient};

/// Longest response shown as it is, in characters: more would crowd out the rest of a prompt.
const SHOWN: usize = 4000;
/// What a source is called that the configuration does not name. Clients see it, so it tells no address.
const TITLE: &str = "接口查询结果";

pub(crate) fn read(
    response: &Response,
    url: &str,
    config: &Config,
    context: &Context,
    by_model: bool,
) -> Result<Contribution, Failure> {
    let origin = Address::parse(url).map(|address| address.origin()).unwrap_or_default();
    let nothing = || Ok(Contribution::Nothing(config.empty.clone()));
    if config.empty_status.contains(&response.status) {
        return nothing();
    }
    let document = document(response);
    if let Some(cause) = refusal(response, &document, config)? {
        // The model may have asked for what the API does not take. It reads why, so without the address.
        let arguments = by_model && matches!(response.status, 400 | 422);
        return Err(if arguments {
            Failure::InvalidArguments(cause)
        } else {
            Failure::Unavailable(format!("{origin}: {cause}"))
        });
    }
    if matches!(document, Value::String(_)) && !config.extract.is_empty() {
        return Err(Failure::Unavailable(format!("{origin}: answered no JSON: {}", response.excerpt())));
    }
    let found = extracted(&document, config)?;
    let empty = if found.is_empty() { is_empty(&document) } else { found.values().all(is_empty) };
    if empty {
        return nothing();
    }
    let text = match &config.result {
        None if found.is_empty() => as_it_is(&document),
        None => as_list(&found),
        Some(template) => {
            let seen = seen(context, &found, document, response.status);
            render_lenient("result", template, Escape::None, &seen).map_err(broken)?
        }
    };
    if text.trim().is_empty() {
        return nothing();
    }
    let seen = seen(context, &found, Value::Null, response.status);
    let optional = |key, template: &Option<String>, escape| {
        template.as_ref().map(|template| render_lenient(key, template, escape, &seen)).transpose()
    };
    let title = optional("title", &config.title, Escape::None).map_err(broken)?;
    let url = optional("link", &config.link, Escape::Component).map_err(broken)?;
    Ok(Contribution::Outcome(Outcome {
        text,
        media_type: MediaType::Markdown,
        title: title.filter(|title| !title.trim().is_empty()).unwrap_or_else(|| TITLE.to_owned()),
        url: url.filter(|url| !url.is_empty()),
    }))
}

/// The body as JSON; as text where it is none.
fn document(response: &Response) -> Value {
    serde_json::from_slice(&response.body)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&response.body).into_owned()))
}

/// Why the response does not count, or `None` where it does.
fn refusal(response: &Response, document: &Value, config: &Config) -> Result<Option<String>, Failure> {
    let success = &config.success;
    let status = response.status;
    let wanted =
        if success.status.is_empty() { response.is_success() } else { success.status.contains(&status) };
    let said = || -> Result<String, Failure> {
        let said = success.message.as_deref().map(|path| found("success.message", path, document));
        Ok(match said.transpose()?.flatten() {
            Some(said) if !is_empty(&said) => plain(&said),
            _ => response.excerpt(),
        })
    };
    if !wanted {
        let mend = match status {
            401 | 403 => "; check the secret granted to this plugin for this host",
            _ => "",
        };
        return Ok(Some(format!("answered {status}: {}{mend}", said()?)));
    }
    let Some(path) = &success.path else { return Ok(None) };
    let value = found("success.path", path, document)?;
    let holds = match (&value, &success.equals) {
        (value, Some(equals)) => value.as_ref() == Some(equals),
        (None, None) => false,
        (Some(value), None) => !matches!(value, Value::Bool(false)) && !is_empty(value),
    };
    Ok(if holds { None } else { Some(format!("answered no success at `{path}`: {}", said()?)) })
}

fn extracted(document: &Value, config: &Config) -> Result<Map<String, Value>, Failure> {
    let one = |(name, path): (&String, &String)| {
        let value = found(&format!("extract.{name}"), path, document)?;
        Ok((name.clone(), value.unwrap_or_default()))
    };
    config.extract.iter().map(one).collect()
}

fn found(key: &str, path: &str, document: &Value) -> Result<Option<Value>, Failure> {
    find(path, document).map_err(|error| Failure::InvalidConfig(format!("`{key}`: {error}")))
}

/// What the result's templates see.
fn seen(context: &Context, found: &Map<String, Value>, document: Value, status: u16) -> Map<String, Value> {
    let mut seen = context.0.clone();
    seen.insert("response".to_owned(), document);
    seen.insert("status".to_owned(), status.into());
    seen.extend(found.clone());
    seen
}

fn as_list(found: &Map<String, Value>) -> String {
    let line = |(name, value): (&String, &Value)| format!("- {name}: {}\n", plain(value));
    found.iter().filter(|(_, value)| !is_empty(value)).map(line).collect()
}

fn as_it_is(document: &Value) -> String {
    let (mut text, fence) = match document {
        Value::String(text) => (text.clone(), ""),
        other => (format!("{other:#}"), "json"),
    };
    if let Some((end, _)) = text.char_indices().nth(SHOWN) {
        text.truncate(end);
        text.push('…');
    }
    if fence.is_empty() { text } else { format!("```{fence}\n{text}\n```\n") }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A result template tolerates what is missing, so that only a wrong template does not render.
fn broken(problem: Problem) -> Failure {
    match problem {
        Problem::Missing(text) | Problem::Broken(text) => Failure::InvalidConfig(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{config, turn};

    const URL: &str = "http://a.example/x";

    fn reply(text: &str, status: u16, body: &str) -> Result<Contribution, Failure> {
        reply_to(text, status, body, None)
    }

    fn reply_to(
        text: &str,
        status: u16,
        body: &str,
        arguments: Option<&str>,
    ) -> Result<Contribution, Failure> {
        let config = config(text);
        let context = Context::of(&turn("分数线", arguments), &config).expect("a context");
        let response = Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() };
        read(&response, URL, &config, &context, arguments.is_some())
    }

    const LINES: &str = r#"{
        "url": "http://a.example/x",
        "extract": { "rows": "$.data[*]", "year": "$.year" },
        "result": "{{ variables.province }}{{ year }}年:\n{% for row in rows %}- {{ row.name }}: {{ row.score }}\n{% endfor %}",
        "title": "{{ variables.province }}省控线",
        "link": "http://a.example/{{ year }}/{{ variables.province }}",
        "success": { "path": "$.code", "equals": 0, "message": "$.msg" },
        "empty": "没有这一年的数据",
        "empty_status": [404]
    }"#;

    #[test]
    fn a_response_becomes_markdown() {
        let body = r#"{"code":0,"year":2024,"data":[{"name":"理科一本","score":511},{"name":"文科一本","score":521}]}"#;
        assert_eq!(
            reply(LINES, 200, body),
            Ok(Contribution::Outcome(Outcome {
                text: "河南2024年:\n- 理科一本: 511\n- 文科一本: 521\n".to_owned(),
                media_type: MediaType::Markdown,
                title: "河南省控线".to_owned(),
                url: Some("http://a.example/2024/%E6%B2%B3%E5%8D%97".to_owned()),
            }))
        );
    }

    #[test]
    fn nothing_found_is_no_failure() {
        let nothing = Ok(Contribution::Nothing("没有这一年的数据".to_owned()));
        assert_eq!(reply(LINES, 200, r#"{"code":0,"data":[]}"#), nothing);
        assert_eq!(reply(LINES, 404, "not found"), nothing);
    }

    #[test]
    fn failures_carry_the_api_s_words() {
        for (status, body, expect) in [
            (
                200,
                r#"{"code":7,"msg":"额度用尽"}"#,
                "http://a.example: answered no success at `$.code`: 额度用尽",
            ),
            (500, r#"{"msg":"炸了"}"#, "answered 500: 炸了"),
            (401, "who", "answered 401: who; check the secret"),
            (200, "<html>", "answered no success at `$.code`: <html>"),
        ] {
            let failure = reply(LINES, status, body);
            let Err(Failure::Unavailable(text)) = failure else { panic!("{failure:?}") };
            assert!(text.contains(expect), "{text}");
        }
        let told = reply_to(LINES, 422, r#"{"msg":"年份太早"}"#, Some("{}"));
        assert!(
            matches!(&told, Err(Failure::InvalidArguments(text)) if text == "answered 422: 年份太早"),
            "{told:?}"
        );
    }

    #[test]
    fn without_a_template_what_was_found_is_shown() {
        let text = |config, body| match reply(config, 200, body) {
            Ok(Contribution::Outcome(outcome)) => (outcome.text, outcome.title),
            other => panic!("{other:?}"),
        };
        let (list, title) =
            text(r#"{"url":"u","extract":{"a":"$.a","b":"$.b","c":"$.c"}}"#, r#"{"a":"甲","b":[1]}"#);
        assert_eq!((list.as_str(), title.as_str()), ("- a: 甲\n- b: [1]\n", TITLE));
        let (fenced, _) = text(r#"{"url":"u"}"#, r#"{"a":1}"#);
        assert_eq!(fenced, "```json\n{\n  \"a\": 1\n}\n```\n");
        let (plain, _) = text(r#"{"url":"u"}"#, "晴");
        assert_eq!(plain, "晴");
    }

    #[test]
    fn a_wrong_path_names_its_key() {
        let failure = reply(r#"{"url":"u","extract":{"a":"$["}}"#, 200, "{}");
        assert!(
            matches!(&failure, Err(Failure::InvalidConfig(text)) if text.starts_with("`extract.a`")),
            "{failure:?}"
        );
    }
}
