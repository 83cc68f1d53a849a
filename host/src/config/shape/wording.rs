//! What is said of a key or a value that has not the shape of the schema.

use serde_json::Value as Json;
use toml::Value;

use super::choices::{choices, words};
use super::habits;
use crate::config::misspelt;
use crate::config::text::fullwidth;
use crate::duration;
use crate::plugin::ByteSize;
use crate::problem::is_name;

/// Keys that are listed at most where none is near.
const MOST_LISTED: usize = 14;
/// Names under which people write a key, without `-` and `_`.
const OF_A_SECRET: [&str; 12] = [
    "accesskey",
    "adminkey",
    "admintoken",
    "apikey",
    "authorization",
    "key",
    "password",
    "secret",
    "secretkey",
    "sk",
    "token",
    "value",
];

/// Says that a table has no such key: which was meant, or where it belongs. `schemas` are the table's and the file's.
pub(super) fn unknown(
    name: &str,
    near: &[&str],
    missing: &[&str],
    (schema, of_file): (&Json, &Json),
    outer: &str,
) -> String {
    let table = if outer.is_empty() { "the file".to_owned() } else { format!("[{}]", header(outer)) };
    if let Some(mend) = instead_of_a_secret(name, schema) {
        return format!("is not a key of {table}, and no key is written into the file; {mend}");
    }
    if let Some(mend) = habits::rather_than_near(name, outer) {
        return format!("is not a key of {table}; {mend}");
    }
    match near {
        [near] if missing.contains(near) => {
            return format!("is not a key of {table}; write `{near}`, which is missing");
        }
        [near, ..] if outer.is_empty() => return misspelt::told(near),
        [near] => return format!("is not a key of {table}; did you mean `{near}`?"),
        [before @ .., last] => {
            let before = before.join("`, `");
            return format!("is not a key of {table}; did you mean `{before}` or `{last}`?");
        }
        [] => {}
    }
    if outer.is_empty()
        && let Some(mend) = habits::instead_of_a_table(name)
    {
        return format!("is not a table; {mend}");
    }
    if let Some(mend) = habits::instead_of_a_key(name, outer) {
        return format!("is not a key of {table}; {mend}");
    }
    if let Some(place) = elsewhere(name, schema, of_file, outer) {
        let what = if outer.is_empty() { "is a key outside of any table" } else { "is not a key of" };
        let table = if outer.is_empty() { String::new() } else { format!(" {table}") };
        return format!("{what}{table}; it belongs in [{place}]");
    }
    let known: Vec<&str> =
        schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    let what =
        if outer.is_empty() { "is not a table".to_owned() } else { format!("is not a key of {table}") };
    if known.len() <= MOST_LISTED {
        format!("{what}; there are: {}", known.join(", "))
    } else {
        format!("{what}; remove it, or see `qianfan-host config reference` for those there are")
    }
}

/// Says of a table of the file that it stands within another.
pub(super) fn misplaced_table(name: &str, outer: &str) -> String {
    format!(
        "is not a key of [{}], to which it belongs where it stands below that header; write it under a header of its own, such as \
         [{name}.NAME]",
        header(outer)
    )
}

/// Where a secret belongs whose table has a key for it.
fn instead_of_a_secret(name: &str, schema: &Json) -> Option<String> {
    let plain: String = name.chars().filter(|c| !matches!(c, '-' | '_')).collect();
    if !OF_A_SECRET.contains(&plain.to_lowercase().as_str()) {
        return None;
    }
    let has = |key: &&str| schema["properties"].get(*key).is_some();
    let (key, variable) =
        [("api_key_env", "QIANFAN_API_KEY"), ("admin_key_env", "QIANFAN_ADMIN_KEY"), ("env", "MY_SECRET")]
            .into_iter()
            .find(|(key, _)| has(key))?;
    Some(format!(
        "export it in an environment variable and write {key} = \"{variable}\" with that variable's name"
    ))
}

/// Another table that has a key of this name: one within this table, or one of the file.
fn elsewhere(name: &str, schema: &Json, of_file: &Json, outer: &str) -> Option<String> {
    let within =
        schema["properties"].as_object()?.iter().find(|(_, inner)| inner["properties"].get(name).is_some());
    if let Some((inner, _)) = within {
        return Some(if outer.is_empty() { inner.clone() } else { format!("{outer}.{inner}") });
    }
    let of_file = of_file["properties"].as_object()?.iter().find_map(|(table, inner)| {
        if inner["properties"].get(name).is_some() {
            return Some(table.clone());
        }
        let named = &inner["additionalProperties"]["properties"];
        named.get(name).map(|_| format!("{table}.<name>"))
    });
    of_file.filter(|table| outer.is_empty() || !outer.starts_with(table.split('.').next().unwrap_or(table)))
}

/// How a value of this kind is written, for a key that is missing or holds something else.
pub(in crate::config) fn example(schema: &Json) -> String {
    if let Some(example) =
        schema["examples"].get(0).or(schema.get("default")).filter(|example| !example.is_null())
    {
        return inline(example);
    }
    let choices = choices(schema);
    let Some(schema) = choices.first() else { return "\"…\"".into() };
    if let Some(words) = words(schema) {
        return format!("\"{}\"", words.first().copied().unwrap_or_default());
    }
    match (schema["format"].as_str(), kind(schema)) {
        (Some(duration::FORMAT), _) => "\"5s\"".into(),
        (Some(ByteSize::FORMAT), _) => "\"64MiB\"".into(),
        (Some("date-time"), _) => "2027-01-01T00:00:00+08:00".into(),
        (_, "integer") => "1".into(),
        (_, "number") => "0.5".into(),
        (_, "boolean") => "true".into(),
        (_, "array") => format!("[{}]", example(&schema["items"])),
        (_, "object") if schema["additionalProperties"].is_object() => {
            format!("{{ NAME = {} }}", example(&schema["additionalProperties"]))
        }
        (_, "object") => "{ }".into(),
        _ => "\"…\"".into(),
    }
}

/// The kind of a value.
pub(in crate::config) fn kind(schema: &Json) -> &str {
    schema["type"].as_str().unwrap_or_default()
}

/// JSON as TOML writes it within a line.
pub(in crate::config) fn inline(value: &Json) -> String {
    // The printer of TOML writes a text of several lines over several, and JSON in one that is TOML as well.
    if value.as_str().is_some_and(|text| text.contains('\n')) {
        return value.to_string();
    }
    Value::try_from(value).map_or_else(|_| value.to_string(), |value| value.to_string())
}

/// A value of the wrong kind: what it is, and what to write.
pub(super) fn unfit(value: &Value, schema: &Json, key: &str) -> String {
    let is = told(value);
    let name = key.rsplit('.').next().unwrap_or(key);
    let mend = match (schema["format"].as_str(), schema["type"].as_str(), value) {
        (Some("date-time"), _, Value::String(text)) => moment_meant(text, schema),
        (Some("date-time"), ..) => format!("write a moment without quotes: {}", example(schema)),
        (Some(duration::FORMAT), ..) => "write a duration such as \"500ms\", \"5s\" or \"2m\"".into(),
        (Some(ByteSize::FORMAT), ..) => "write a size such as \"64MiB\" (units: B, KiB, MiB, GiB)".into(),
        (_, Some("string"), Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_)) => {
            format!("write it in quotes: \"{value}\"")
        }
        (_, Some("string"), _) => "write one text in quotes".into(),
        (_, Some("integer" | "number"), Value::String(text)) if plain_number(text).is_some() => {
            format!("write it without quotes: {}", plain_number(text).unwrap_or_default())
        }
        (_, Some("integer" | "number"), Value::String(text)) if number_within(text).is_some() => {
            format!("write the number alone: {}", number_within(text).unwrap_or_default())
        }
        (_, Some("integer"), Value::Float(number)) => {
            /// Up to here every whole number is a float.
            const LARGEST: f64 = 9_007_199_254_740_992.0;
            return match number.round() {
                whole if !whole.is_finite() || whole.abs() > LARGEST => {
                    format!(
                        "is {number:?}, which is not a whole number in the allowed range; write such as {}",
                        example(schema)
                    )
                }
                whole if whole == *number => {
                    format!(
                        "is a number with a point or an exponent, and a whole number is wanted; write {name} = {whole}"
                    )
                }
                whole => format!("is {is}; write a whole number such as {whole}"),
            };
        }
        (_, Some("integer"), _) => format!("write a whole number such as {}", example(schema)),
        (_, Some("number"), _) => format!("write a number such as {}", example(schema)),
        (_, Some("boolean"), _) => "write true or false, without quotes".into(),
        (_, Some("array"), Value::String(_) | Value::Integer(_)) => format!("write a list: [{value}]"),
        // No header reaches into a list, and none is a text's.
        (_, Some("array"), Value::Table(_)) if !key.contains('[') && kind(&schema["items"]) != "string" => {
            format!("write a list of tables: [[{key}]]")
        }
        (_, Some("array"), _) => format!("write a list: {}", example(schema)),
        (_, Some("object"), Value::Array(items)) if is_of_names(schema) => {
            let own = items.first().and_then(|item| item.get("name")).and_then(Value::as_str);
            format!("write a table for each: [{key}.{}]", own.filter(|name| is_name(name)).unwrap_or("NAME"))
        }
        (_, Some("object"), Value::Array(_)) if !key.contains('[') => {
            format!("write it as one table: [{key}]")
        }
        (_, Some("object"), _) if key.matches('.').count() == 1 && !key.contains('[') => {
            let outer = key.split('.').next().unwrap_or_default();
            return format!(
                "is {is}, and [{outer}] holds a table for each name; write a table: [{outer}.{name}], or remove it: none is the \
                 default, and each is named where it is used"
            );
        }
        (_, Some("object"), _) if key.contains('[') => format!("write {name} = {}", example(schema)),
        (_, Some("object"), _) => format!("write a table: [{key}]"),
        _ => format!("write {name} = {}", example(schema)),
    };
    format!("is {is}; {mend}")
}

/// What to write for a moment that the operator has put into quotes.
fn moment_meant(text: &str, schema: &Json) -> String {
    match text.trim().parse::<toml::value::Datetime>() {
        Ok(moment) if moment.date.is_some() => format!("write a moment without quotes: {moment}"),
        _ => format!("there is no such day or time; write a moment without quotes: {}", example(schema)),
    }
}

pub(super) fn told(value: &Value) -> String {
    match value {
        Value::String(text) => format!("the text {}", quoted(text)),
        Value::Integer(number) => format!("the number {number}"),
        Value::Float(number) => format!("the number {number}"),
        Value::Boolean(truth) => format!("{truth}"),
        Value::Datetime(moment) => format!("the moment {moment}"),
        Value::Array(_) => "a list".into(),
        Value::Table(_) => "a table".into(),
    }
}

pub(super) fn quoted(text: &str) -> String {
    const CHARS: usize = 60;
    match text.char_indices().nth(CHARS) {
        Some((end, _)) => format!("\"{}…\"", &text[..end]),
        None => format!("\"{text}\""),
    }
}

/// The number in a text, with full-width digits made plain and per cent made a fraction.
fn plain_number(text: &str) -> Option<String> {
    let plain: String = text.trim().chars().map(|c| fullwidth::plain(c).unwrap_or(c)).collect();
    if let Some(share) = plain.strip_suffix('%') {
        return share.trim().parse::<f64>().ok().map(|share| format!("{}", share / 100.0));
    }
    plain.parse::<f64>().is_ok_and(f64::is_finite).then_some(plain)
}

/// Whether a table holds others under names that the operator gives.
fn is_of_names(schema: &Json) -> bool {
    schema["additionalProperties"].get("properties").is_some()
}

/// The one number of a text that has a unit or a currency beside it.
fn number_within(text: &str) -> Option<String> {
    let plain: String = text.trim().chars().map(|c| fullwidth::plain(c).unwrap_or(c)).collect();
    let number = plain.trim_start_matches(['¥', '￥', '$']).trim_start();
    let end = number.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(number.len());
    let (number, unit) = number.split_at(end);
    // Text with a multiplier, such as `32k` or `1万`, or with digits in its unit, means another number and is
    // not guessed.
    let multiplies = |c: char| {
        c.is_ascii_digit() || matches!(c, 'k' | 'K' | 'm' | 'M' | 'g' | 'G' | '千' | '百' | '万' | '亿' | '%')
    };
    let is_unit = !unit.is_empty() || plain.len() != number.len();
    // `元/千tokens` says what the price is for, and the key says so as well.
    let (unit, per) = unit.split_once(['/', '每']).map_or((unit, false), |(unit, _)| (unit, true));
    let is_other = if per { unit.trim_start().starts_with(multiplies) } else { unit.contains(multiplies) };
    (is_unit && !is_other && number.parse::<f64>().is_ok()).then(|| number.to_owned())
}

/// A table's key as its header has it: without the numbers of a list.
fn header(key: &str) -> String {
    key.split('.').map(|part| part.split('[').next().unwrap_or(part)).collect::<Vec<_>>().join(".")
}
