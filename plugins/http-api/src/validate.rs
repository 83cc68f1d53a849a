//! What is wrong with a configuration before any turn: templates, JSONPaths and patterns that do not parse.

mod jsonpath;
mod together;

use jsonpath_rust::parser::parse_json_path;
use qianfan_plugin::Validate;
use qianfan_plugin::http::{Address, encode_component};
use regex::Regex;
use serde_json::Value;
use template_checks::tags::{self, Read, Tag};

use crate::HttpApi;
use crate::envelope::is_of_code;
use crate::names::{RESPONSE, TURN};
use crate::reply::is_one_value;
use crate::template::{needed, parse, unknown_names};

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
        if let Some(source) = config["url"].as_str() {
            template("url", source, &TURN, &mut problems);
            url(source, &mut problems);
        }
        for table in ["query", "headers"] {
            for (name, source) in texts(&config[table]) {
                template(&format!("{table}.{name}"), &source, &TURN, &mut problems);
                if table == "headers" {
                    header(&name, &source, &mut problems);
                }
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
        if let Some(source) = config["link"].as_str() {
            link(source, &mut problems);
        }
        for (key, seen) in [("done", &["status"][..]), ("refused", &["message", "status"])] {
            if let Some(source) = config[key].as_str() {
                template(key, source, seen, &mut problems);
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
        problems.extend(together::problems(config));
        problems
    }

    fn warnings(config: &Value) -> Problems {
        let mut sources = Vec::new();
        for key in ["url", "query", "headers", "body"] {
            texts(key, &config[key], &mut sources);
        }
        let told = |(key, variable): (String, String)| {
            // A name with other letters is no name behind a dot.
            let is_plain = variable.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
                && !variable.starts_with(|first: char| first.is_ascii_digit());
            let written =
                if is_plain { format!("variables.{variable}") } else { format!("variables[\"{variable}\"]") };
            let message = format!(
                "needs the variable `{variable}` in every request, and the plugin fails without it; where requests may \
                 lack it, write {{{{ {written}|default('…') }}}}"
            );
            (key, message)
        };
        let needs = |(key, source): (String, &str)| {
            needed(source).into_iter().map(move |variable| (key.clone(), variable)).collect::<Vec<_>>()
        };
        let mut warned: Problems = sources.into_iter().flat_map(needs).map(told).collect();
        warned.extend(unseen_refusals(config));
        warned.extend(code_without_value(config));
        warned.extend(jsonpath::warnings(config));
        warned.extend(together::warnings(config));
        warned
    }
}

/// What is written of refusals and never sees one that comes with a status of success, as most of them do.
fn unseen_refusals(config: &Value) -> Option<(String, String)> {
    let success = &config["success"];
    let tells =
        success.get("path").is_some() || success["status"].as_array().is_some_and(|all| !all.is_empty());
    let key = match (&config["on_error"], &success["message"]) {
        _ if tells => return None,
        (on_error, _) if on_error == "outcome" => "on_error",
        (_, Value::String(_)) => "success.message",
        _ => return None,
    };
    let message = "sees no refusal that comes with status 200, such as `code: 1001`; say in success how the API tells \
                   it, such as path = \"$.code\" and equals = 0, or name in success.status what it answers with";
    Some((key.to_owned(), message.to_owned()))
}

/// A code that is there in a refusal as well: which one is of success the operator knows.
fn code_without_value(config: &Value) -> Option<(String, String)> {
    let success = &config["success"];
    let path = success["path"].as_str().filter(|_| success["equals"].is_null())?;
    is_of_code(path).then(|| {
        let message = "has no `equals`; write such as equals = 0";
        ("success".to_owned(), message.to_owned())
    })
}

/// Every text within, which is a template of its own, with its place.
fn texts<'a>(key: &str, value: &'a Value, found: &mut Vec<(String, &'a str)>) {
    match value {
        Value::String(source) => found.push((key.to_owned(), source)),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                texts(&format!("{key}[{index}]"), item, found);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                texts(&format!("{key}.{name}"), field, found);
            }
        }
        _ => {}
    }
}

/// Everything that is wrong with a template, wherever in it.
fn template(key: &str, source: &str, known: &[&str], problems: &mut Problems) {
    if has_wide_braces(source) {
        let plain = source.replace('｛', "{").replace('｝', "}").replace('％', "%");
        let message = format!("has full-width braces, which fill nothing in; write \"{plain}\"");
        problems.push((key.to_owned(), message));
    }
    let Read { source: meant, wrong } = match parse(source) {
        Ok(()) => Read { source: source.to_owned(), wrong: Vec::new() },
        Err(_) => tags::read(source, &parse),
    };
    let mut found: Vec<(usize, String)> =
        wrong.into_iter().map(|mistake| (mistake.line, mistake.message)).collect();
    if let Err(cause) = parse(&meant) {
        // Each tag is right by itself, and together they are not.
        let mend = "each {% if … %} ends with {% endif %}, and each {% for … %} with {% endfor %}";
        problems.push((key.to_owned(), format!("is not a template: {}; {mend}", tags::plain(&cause))));
    }
    found.extend(unknown_names(&meant, known).into_iter().map(|wrong| (wrong.line, wrong.message)));
    found.sort_by_key(|(line, _)| *line);
    let told = |(line, message): (usize, String)| {
        let place = if source.trim().contains('\n') {
            format!("in line {line} of the template")
        } else {
            "in the template".into()
        };
        (key.to_owned(), format!("{place} {message}"))
    };
    problems.extend(found.into_iter().map(told));
}

/// What keeps the text around a header's tags from being sent.
fn header(name: &str, source: &str, problems: &mut Problems) {
    // The engine leaves a line break at the end out, and tags may eat those beside them.
    let literal = source.strip_suffix('\n').unwrap_or(source);
    let eats = ["{%-", "-%}", "{{-", "-}}", "{#-", "-#}"].iter().any(|tag| literal.contains(tag));
    if !eats && without(literal, "").contains(|character: char| character.is_control() && character != '\t') {
        let message =
            "has a line break or another control character, which no header can hold; write it in one line";
        problems.push((format!("headers.{name}"), message.to_owned()));
    }
}

/// What keeps the text around a URL's tags from being one.
fn url(source: &str, problems: &mut Problems) {
    // The schema refuses what begins otherwise, and other braces are told already.
    let begins =
        |scheme: &str| source.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme));
    if !(begins("http://") || begins("https://")) || has_wide_braces(source) {
        return;
    }
    let (_, open) = tags::all(source);
    if open.is_some() {
        return;
    }
    let literal = without(source.strip_suffix('\n').unwrap_or(source), "1");
    if let Err(cause) = Address::parse(&literal) {
        let odd = |c: char| !c.is_ascii_graphic() || "\"<>\\^`{|}".contains(c);
        // Copied out of a page, and seen by nobody.
        let hidden = |c: char| matches!(c, '\u{a0}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
        let mend = match literal.find(odd) {
            Some(at) if literal[at..].starts_with(hidden) => format!("write {}", source.replace(hidden, "")),
            Some(at) => match in_single_braces(&literal[at..]) {
                Some(name) => format!("write {{{{ {name} }}}}, which is encoded"),
                None => {
                    let end = literal[at..].find(|c| !odd(c)).map_or(literal.len(), |end| at + end);
                    let encoded = encode_component(&literal[at..end]);
                    format!("write `{encoded}` there, or a value in {{{{ … }}}}, which is encoded")
                }
            },
            None if cause.contains('@') => "remove it, and grant a secret to the plugin instead".to_owned(),
            None => "write such as https://api.example.com/v1/{{ arguments.year }}".to_owned(),
        };
        problems.push(("url".to_owned(), format!("cannot be asked: {cause}; {mend}")));
    }
}

/// What keeps a link from leading anywhere.
fn link(source: &str, problems: &mut Problems) {
    let (_, open) = tags::all(source);
    let literal = without(source.trim(), "1");
    // Where a tag stands first, what is before its address is the API's to say.
    if open.is_some() || is_one_value(source) || literal.is_empty() {
        return;
    }
    if let Err(cause) = Address::parse(&literal) {
        let name = literal.find('{').and_then(|at| in_single_braces(&literal[at..]));
        let mend = match name {
            Some(name) => format!("write {{{{ {name} }}}}, which is encoded"),
            None => "write such as https://www.example.com/{{ year }}, or one value alone that is an address"
                .to_owned(),
        };
        problems.push(("link".to_owned(), format!("is no address: {cause}; {mend}")));
    }
}

/// The name of a value that a text begins with in single braces, as other tools write it: `{question}`.
fn in_single_braces(text: &str) -> Option<&str> {
    let name = text.strip_prefix('{')?.split_once('}')?.0.trim();
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    (!name.is_empty() && name.chars().all(is_name)).then_some(name)
}

/// Whether a template has braces of a Chinese input method, which fill nothing in.
fn has_wide_braces(source: &str) -> bool {
    source.contains("｛｛") || source.contains("｛%") || source.contains("｛％")
}

/// A template with `value` for each `{{ … }}`, and nothing for its other tags.
fn without(source: &str, value: &str) -> String {
    filled(source, |_| value)
}

/// A template with what `value` gives for each `{{ … }}`, and nothing for its other tags.
fn filled<'a>(source: &str, value: impl Fn(&Tag<'_>) -> &'a str) -> String {
    let (tags, open) = tags::all(source);
    let (mut text, mut place) = (String::with_capacity(source.len()), 0);
    for tag in tags {
        text.push_str(&source[place..tag.at]);
        text.push_str(if tag.opens() == "{{" { value(&tag) } else { "" });
        place = tag.at + tag.text.len();
    }
    text + &source[place..open.unwrap_or(source.len())]
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
    const WIDE: [(char, &str); 7] =
        [('【', "["), ('】', "]"), ('［', "["), ('］', "]"), ('＄', "$"), ('．', "."), ('＊', "*")];
    let (plain, sign) = without_wide(path, &WIDE);
    // A name may hold such a sign. What is no path with the signs that it seems to mean is not meant so.
    if let Some((sign, meant)) =
        sign.filter(|_| parse_json_path(&plain).is_ok() || parse_json_path(path).is_err())
    {
        let message = format!("`{path}` is not a JSONPath: it has `{sign}` for `{meant}`; write {plain}");
        problems.push((key.to_owned(), message));
        return;
    }
    if let Err(error) = parse_json_path(path) {
        let text = error.to_string();
        let cause = text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default().to_owned();
        let cause = cause.trim_start_matches("= ");
        // As other tools write them.
        let rooted = format!("$.{}", path.trim().trim_start_matches('.'));
        let (cause, mend) = if !path.trim().starts_with('$') && parse_json_path(&rooted).is_ok() {
            ("it does not begin with `$`", format!("write {rooted}"))
        } else {
            (cause, "write one such as $.data.rows[*].name".to_owned())
        };
        problems.push((key.to_owned(), format!("`{path}` is not a JSONPath: {cause}; {mend}")));
    }
}

/// A path with plain signs outside of its quotes, and the first that was none.
fn without_wide<'a>(path: &str, wide: &'a [(char, &'a str)]) -> (String, Option<(char, &'a str)>) {
    let (mut plain, mut first, mut quote, mut is_escaped) = (String::new(), None, None, false);
    for c in path.chars() {
        let sign = wide.iter().find(|(sign, _)| quote.is_none() && *sign == c);
        match sign {
            Some((_, meant)) => plain.push_str(meant),
            None => plain.push(c),
        }
        first = first.or(sign.copied());
        quote = match (quote, c) {
            (Some(open), c) if c == open && !is_escaped => None,
            (None, '\'' | '"') => Some(c),
            (quote, _) => quote,
        };
        is_escaped = c == '\\' && !is_escaped;
    }
    (plain, first)
}

#[cfg(test)]
mod tests;
