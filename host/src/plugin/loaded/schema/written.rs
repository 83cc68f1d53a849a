//! A schema as an operator has written it, looked at before it is compiled: the words of the compiler are for those who know
//! JSON Schema by heart.

use nearest::nearest;
use serde_json::Value;

use crate::problem::Problem;

/// The types of JSON Schema.
const TYPES: [&str; 7] = ["array", "boolean", "integer", "null", "number", "object", "string"];
/// Words that a schema may consist of and that are no names of arguments where a type's name stands behind them.
const WORDS: [&str; 5] = ["type", "title", "description", "default", "const"];
/// What a schema of arguments looks like.
pub(in crate::plugin) const EXAMPLE: &str =
    "write such as arguments_schema = { type = \"object\", properties = { city = { type = \"string\" } } }";
/// Characters of a table that is repeated in one line at most.
const LONGEST: usize = 200;
/// Schemas within schemas that are looked into.
const DEEPEST: usize = 8;

/// What is wrong with a schema before anything is made of it, each with its place below it, such as
/// `.properties.city.type`.
pub(in crate::plugin) fn problems(schema: &Value) -> Vec<Problem> {
    let mut found = Vec::new();
    match schema {
        Value::Object(fields) if is_bare_list(fields) => {
            let properties: Vec<String> =
                fields.iter().map(|(name, kind)| format!("{name} = {{ type = {kind} }}")).collect();
            let properties = properties.join(", ");
            found.push(Problem::new(
                "",
                format!(
                    "names arguments where a schema has its own words; write arguments_schema = {{ type = \"object\", \
                     properties = {{ {properties} }} }}"
                ),
            ));
        }
        Value::Object(_) => {
            of_types(schema, "", 0, &mut found);
            found.extend(of_no_object(schema));
            found.extend(required_and_absent(schema));
        }
        Value::String(text) => {
            let table = serde_json::from_str::<Value>(text).ok().filter(Value::is_object);
            let inline = table.as_ref().and_then(|table| toml::Value::try_from(table).ok());
            let inline = inline.map(|table| table.to_string()).filter(|table| table.len() <= LONGEST);
            let message = match (table, inline) {
                (Some(_), Some(inline)) => {
                    format!("is JSON in a text, and a table is wanted; write arguments_schema = {inline}")
                }
                (Some(_), None) => format!("is JSON in a text, and a table is wanted; {EXAMPLE}"),
                (None, _) => format!("is a text, and a table is wanted; {EXAMPLE}"),
            };
            found.push(Problem::new("", message));
        }
        // `true` takes whatever the model passes.
        Value::Bool(_) => {}
        other => {
            let is = if other.is_array() { "a list".to_owned() } else { other.to_string() };
            found.push(Problem::new("", format!("is {is}, and a table is wanted; {EXAMPLE}")));
        }
    }
    found
}

/// Whether a table lists arguments with their types, as in `{ city = "string" }`, and none of it is of a schema.
fn is_bare_list(fields: &serde_json::Map<String, Value>) -> bool {
    let is_of_schema = |name: &str| name.starts_with('$') || WORDS.contains(&name);
    let is_type = |kind: &Value| kind.as_str().is_some_and(|kind| TYPES.contains(&kind));
    !fields.is_empty() && fields.iter().all(|(name, kind)| !is_of_schema(name) && is_type(kind))
}

/// The type of a whole schema that takes no object, as which a model passes its arguments.
fn of_no_object(schema: &Value) -> Option<Problem> {
    let written = &schema["type"];
    let takes = |kind: &Value| kind.as_str().is_none_or(|kind| kind == "object" || !TYPES.contains(&kind));
    let takes_object = match written {
        Value::Array(several) => several.iter().any(takes),
        one => takes(one),
    };
    (!takes_object).then(|| Problem::new(".type", format!("is {written}; write \"object\"")))
}

/// Arguments that are required and of which nothing is said, so that no model knows of them.
fn required_and_absent(schema: &Value) -> Vec<Problem> {
    let Some(properties) = schema["properties"].as_object() else { return Vec::new() };
    // These may say of arguments elsewhere.
    let others = ["$ref", "allOf", "anyOf", "oneOf", "if", "patternProperties", "additionalProperties"];
    if others.iter().any(|word| schema.get(word).is_some_and(|of| *of != false)) {
        return Vec::new();
    }
    let required = schema["required"].as_array().into_iter().flatten().enumerate();
    let absent = required.filter_map(|(at, name)| {
        let name = name.as_str().filter(|name| !properties.contains_key(*name))?;
        let near = nearest(name, properties.keys().map(String::as_str));
        let mend = near.map_or_else(
            || format!("add it, such as {name} = {{ type = \"string\" }}"),
            |near| format!("did you mean \"{near}\"?"),
        );
        Some(Problem::new(format!(".required[{at}]"), format!("is no key of properties; {mend}")))
    });
    absent.collect()
}

fn of_types(schema: &Value, place: &str, depth: usize, found: &mut Vec<Problem>) {
    if depth > DEEPEST {
        return;
    }
    let written: Vec<&Value> = match &schema["type"] {
        Value::Array(several) => several.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    };
    for one in written.into_iter().filter(|one| one.as_str().is_none_or(|one| !TYPES.contains(&one))) {
        let all = TYPES.map(|word| format!("\"{word}\"")).join(" or ");
        let near = one.as_str().and_then(|one| nearest(one, TYPES));
        let mend = near.map_or_else(
            || format!("write {all}"),
            |near| format!("did you mean \"{near}\"? (there are {all})"),
        );
        found.push(Problem::new(format!("{place}.type"), format!("is {one}; {mend}")));
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        of_types(property, &format!("{place}.properties.{name}"), depth + 1, found);
    }
    if schema["items"].is_object() {
        of_types(&schema["items"], &format!("{place}.items"), depth + 1, found);
    }
}

#[cfg(test)]
mod tests;
