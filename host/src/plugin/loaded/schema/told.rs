//! What a JSON Schema finds wrong with a plugin's configuration, in the operator's words.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::Value;

use super::shortened;
use crate::nearest::nearest;
use crate::problem::Problem;

/// One error of the schema; several keys that it does not know are a problem each.
pub(super) fn problems(error: &ValidationError<'_>, schema: &Value) -> Vec<Problem> {
    let place = place(&error.instance_path().to_string());
    let at = |key: String, message: String| {
        Problem::new(key, shortened(crate::clean::line(&message).into_owned()))
    };
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let known = known(error, schema);
            let one = |name: &String| {
                let mend = match nearest(name, known.iter().map(String::as_str)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if known.is_empty() => "remove it".to_owned(),
                    None => format!("remove it; there are: {}", known.join(", ")),
                };
                at(format!("{place}.{name}"), format!("is not a key of this plugin's configuration; {mend}"))
            };
            unexpected.iter().map(one).collect()
        }
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            vec![at(
                format!("{place}.{name}"),
                "is missing; see `qianfan-host plugin inspect` for what it takes".to_owned(),
            )]
        }
        ValidationErrorKind::Enum { options } => {
            let words = options
                .as_array()
                .into_iter()
                .flatten()
                .map(Value::to_string)
                .collect::<Vec<_>>()
                .join(" or ");
            vec![at(place, format!("is {}; write {words}", error.instance()))]
        }
        ValidationErrorKind::Type { kind } => {
            let kinds: Vec<String> = match kind {
                TypeKind::Single(kind) => vec![kind.to_string()],
                TypeKind::Multiple(kinds) => kinds.iter().map(|kind| kind.to_string()).collect(),
            };
            let kinds = kinds.iter().map(|kind| in_words(kind)).collect::<Vec<_>>().join(" or ");
            vec![at(place, format!("is {}; write {kinds}", error.instance()))]
        }
        _ => vec![at(place, error.to_string())],
    }
}

fn in_words(kind: &str) -> &str {
    match kind {
        "string" => "a text in quotes (string)",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "array" => "a list",
        "object" => "a table",
        other => other,
    }
}

/// The keys that the object may have, by the part of the schema that refused it.
fn known(error: &ValidationError<'_>, schema: &Value) -> Vec<String> {
    let path = error.schema_path().to_string();
    let part = path.rsplit_once('/').map_or("", |(part, _)| part);
    let properties = schema.pointer(&format!("{part}/properties")).and_then(Value::as_object);
    properties.into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

/// `/filters/0/field` as the configuration file has it.
fn place(pointer: &str) -> String {
    let segments = pointer.split('/').skip(1).map(|segment| segment.replace("~1", "/").replace("~0", "~"));
    segments.fold("config".to_owned(), |place, segment| {
        if segment.bytes().all(|byte| byte.is_ascii_digit()) && !segment.is_empty() {
            format!("{place}[{segment}]")
        } else {
            format!("{place}.{segment}")
        }
    })
}
