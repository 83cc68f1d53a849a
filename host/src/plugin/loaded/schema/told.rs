//! What a JSON Schema finds wrong with a plugin's configuration, in the operator's words.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use nearest::nearest;
use serde_json::Value;
use url::Url;

use super::shortened;
use crate::problem::Problem;

/// Where the keys of a plugin are explained.
const SEE: &str = "see `qianfan-host plugin inspect` for what it takes";
/// Choices within choices that are looked into.
const DEEPEST: usize = 8;
/// Characters of a description that say what to write.
const LONGEST_DESCRIPTION: usize = 160;

/// One error of the schema; several keys that it does not know are a problem each.
pub(super) fn problems(error: &ValidationError<'_>, schema: &Value) -> Vec<Problem> {
    SchemaMessages { schema }.of(error, DEEPEST)
}

struct SchemaMessages<'a> {
    /// The whole schema.
    schema: &'a Value,
}

impl SchemaMessages<'_> {
    fn of(&self, error: &ValidationError<'_>, depth: usize) -> Vec<Problem> {
        let place = place(&error.instance_path().to_string());
        match error.kind() {
            ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
                if let Some(message) = self.listed(error) {
                    return vec![at(place, message)];
                }
                match meant(context, error).filter(|_| depth > 0) {
                    Some(errors) => errors.iter().flat_map(|error| self.of(error, depth - 1)).collect(),
                    None => vec![at(place, self.misfit(error))],
                }
            }
            ValidationErrorKind::AdditionalProperties { unexpected }
            | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
                let known = self.known(error);
                unexpected
                    .iter()
                    .map(|name| at(format!("{place}.{name}"), unexpected_key(name, &known)))
                    .collect()
            }
            ValidationErrorKind::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                let mend = match self.example(&format!("{}/{name}", error.instance_path())) {
                    Some(example) => format!("write {name} = {example}"),
                    None => SEE.to_owned(),
                };
                vec![at(format!("{place}.{name}"), format!("is missing; {mend}"))]
            }
            ValidationErrorKind::PropertyNames { error: of_name } => {
                let name = of_name.instance().as_str().unwrap_or_default().to_owned();
                let mend = "use letters of ASCII, digits and `_`, not beginning with a digit";
                let mend =
                    if matches!(of_name.kind(), ValidationErrorKind::Pattern { .. }) { mend } else { SEE };
                vec![at(format!("{place}.{name}"), format!("is not a name that is taken here; {mend}"))]
            }
            _ => vec![at(place, self.message(error))],
        }
    }

    /// Cause and mend of an error about one value.
    fn message(&self, error: &ValidationError<'_>) -> String {
        use ValidationErrorKind as Kind;
        let value = error.instance();
        let count = || match &**value {
            Value::String(text) => text.chars().count(),
            Value::Array(items) => items.len(),
            Value::Object(fields) => fields.len(),
            _ => 0,
        };
        match error.kind() {
            Kind::Enum { options } => one_of(value, options.as_array().map_or(&[], Vec::as_slice)),
            Kind::Constant { expected_value } => format!("is {value}; write {expected_value}"),
            Kind::Type { kind } => match unquoted(value, kind) {
                Some(number) => format!("is {value}; write it without quotes: {number}"),
                None => format!("is {value}; write {}", kinds(kind)),
            },
            Kind::Minimum { limit } => {
                format!("is {value}; write a number of at least {limit}{}", self.most(error))
            }
            Kind::ExclusiveMinimum { limit } => format!("is {value}; write a number above {limit}"),
            Kind::Maximum { limit } => {
                format!("is {value}; write a number of at most {limit}{}", per_cent(value, limit))
            }
            Kind::ExclusiveMaximum { limit } => format!("is {value}; write a number below {limit}"),
            Kind::MultipleOf { .. } => format!("is {value}; write {}", self.wanted(error)),
            Kind::MinLength { .. } if count() == 0 => {
                format!("is empty; write {}, or remove it", self.wanted(error))
            }
            Kind::MinLength { limit } => format!("has {} characters; write at least {limit}", count()),
            Kind::MaxLength { limit } => format!("has {} characters; write at most {limit}", count()),
            Kind::MinItems { .. } if count() == 0 => {
                format!("is empty; write {}, or remove it", self.wanted(error))
            }
            Kind::MinItems { limit } => format!("has {} entries; write at least {limit}", count()),
            Kind::MaxItems { limit } => format!("has {} entries; write at most {limit}", count()),
            Kind::MinProperties { limit } => format!("has {} keys; write at least {limit}", count()),
            Kind::MaxProperties { limit } => format!("has {} keys; write at most {limit}", count()),
            Kind::UniqueItems => "lists something twice; keep one entry of each".to_owned(),
            Kind::Pattern { .. } | Kind::Format { .. } => self.misshapen(error),
            Kind::Contains | Kind::Not { .. } | Kind::FalseSchema | Kind::OneOfMultipleValid { .. } => {
                self.misfit(error)
            }
            _ => format!("{error}; {SEE}"),
        }
    }

    /// A text of the right kind and the wrong shape.
    fn misshapen(&self, error: &ValidationError<'_>) -> String {
        let text = error.instance().as_str().unwrap_or_default();
        if self.part(error).is_some_and(|part| part["x-grant"] == "hosts") {
            let completed = format!("https://{}", text.trim());
            // A template may be the name of the host.
            let is_host =
                |url: &Url| url.host_str().is_some_and(|host| host.contains('.') || host == "localhost");
            return if text.trim_start().starts_with("{{") || text.trim_start().starts_with("{%") {
                format!(
                    "begins with a template, and no value can be the beginning of a URL: each is percent-encoded; write scheme \
                     and host themselves, such as \"https://api.example.com/{}\", or \"https://{{{{ variables.host }}}}/\" for a \
                     host that is granted",
                    "{{ variables.path }}"
                )
            } else if text.trim().is_empty() {
                format!("is empty; write {}", self.wanted(error))
            } else if !text.contains("://") && Url::parse(&completed).is_ok_and(|url| is_host(&url)) {
                format!("is not a URL: it does not begin with http:// or https://; write \"{completed}\"")
            } else {
                format!("is not a URL that can be asked; write {}", self.wanted(error))
            };
        }
        let wanted = match self.host_of(error, text) {
            Some(host) => format!("\"{host}\""),
            None => self.wanted(error),
        };
        format!("is {}, which has another shape than is wanted; write {wanted}", error.instance())
    }

    /// The host of a URL, where the pattern that refused the URL takes it.
    fn host_of(&self, error: &ValidationError<'_>, text: &str) -> Option<String> {
        let pattern = self.part(error)?["pattern"].as_str()?;
        let url = Url::parse(text.trim()).ok()?;
        let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
        let host = format!("{}{port}", url.host_str()?);
        regex::Regex::new(pattern).ok()?.is_match(&host).then_some(host)
    }

    /// A text where a list of such texts is one of the forms.
    fn listed(&self, error: &ValidationError<'_>) -> Option<String> {
        let text = error.instance().as_str()?;
        let forms = self.schema.pointer(&error.schema_path().to_string())?.as_array()?;
        if forms.iter().any(|form| form["type"] == "string") {
            return None;
        }
        let items = forms.iter().find(|form| form["type"] == "array" && form["items"]["type"] == "string")?;
        let mut entry = text.trim().to_owned();
        if let Some(pattern) = items["items"]["pattern"].as_str() {
            let pattern = regex::Regex::new(pattern).ok()?;
            let host = Url::parse(&entry).ok().and_then(|url| url.host_str().map(str::to_owned));
            if !pattern.is_match(&entry) {
                entry = host?;
            }
            // A word alone is rather a choice that is misspelt.
            if !pattern.is_match(&entry) || !entry.contains('.') {
                return None;
            }
        }
        Some(format!("is {}, and a list is wanted; write [\"{entry}\"]", error.instance()))
    }

    /// A value that none of several forms fits.
    fn misfit(&self, error: &ValidationError<'_>) -> String {
        if let Some(message) = self.one_of_forms(error) {
            return message;
        }
        format!(
            "is {}, which has none of the forms that are taken; write {}",
            error.instance(),
            self.wanted(error)
        )
    }

    /// A value that is neither one of the words that are taken nor another form beside them.
    fn one_of_forms(&self, error: &ValidationError<'_>) -> Option<String> {
        let forms = self.schema.pointer(&error.schema_path().to_string())?.as_array()?;
        let words: Vec<&str> = forms
            .iter()
            .filter_map(|form| form["enum"].as_array())
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        if words.is_empty() {
            return None;
        }
        let value = error.instance();
        // As a switch is written that has more than two places.
        let off = ["none", "never", "off"].into_iter().find(|word| words.contains(word));
        if let (Value::Bool(false) | Value::Null, Some(off)) = (&**value, off) {
            return Some(format!("is {value}; write \"{off}\""));
        }
        let words = words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" or ");
        let list = forms.iter().any(|form| form["type"] == "array");
        let example = self.example(&error.instance_path().to_string()).filter(|_| list);
        let list = example.map_or_else(String::new, |example| format!(" or a list such as {example}"));
        Some(format!("is {value}; write {words}{list}"))
    }

    /// What to write: as in the plugin's example, or else in the words of its description.
    fn wanted(&self, error: &ValidationError<'_>) -> String {
        if let Some(example) = self.example(&error.instance_path().to_string()) {
            return format!("such as {example}");
        }
        let described = self.part(error).and_then(|part| part["description"].as_str());
        match described.map(|text| text.split(". ").next().unwrap_or(text)) {
            Some(text) if text.chars().count() <= LONGEST_DESCRIPTION => {
                format!("what its description says ({})", text.trim_end_matches('.'))
            }
            _ => format!("another value ({SEE})"),
        }
    }

    /// The value at a place of the plugin's own example, as TOML has it.
    fn example(&self, pointer: &str) -> Option<String> {
        let examples = self.schema["examples"].as_array()?;
        // Any entry of a list shows how one is written.
        let first = pointer.split('/').map(|part| if part.parse::<usize>().is_ok() { "0" } else { part });
        let pointer = first.collect::<Vec<_>>().join("/");
        let value = examples.iter().find_map(|example| example.pointer(&pointer))?;
        toml::Value::try_from(value).ok().map(|value| value.to_string())
    }

    /// The part of the schema that refused the value.
    fn part(&self, error: &ValidationError<'_>) -> Option<&Value> {
        let path = error.schema_path().to_string();
        let (part, _) = path.rsplit_once('/')?;
        self.schema.pointer(part)
    }

    /// The keys that the object may have, by the part of the schema that refused it.
    fn known(&self, error: &ValidationError<'_>) -> Vec<String> {
        let properties = self.part(error).and_then(|part| part["properties"].as_object());
        properties.into_iter().flatten().map(|(name, _)| name.clone()).collect()
    }

    /// The other end of a number's bounds.
    fn most(&self, error: &ValidationError<'_>) -> String {
        let most = self.part(error).and_then(|part| part.get("maximum"));
        most.map_or_else(String::new, |most| format!(" and at most {most}"))
    }
}

fn at(key: String, message: String) -> Problem {
    Problem::new(key, shortened(crate::clean::line(&message).into_owned()))
}

/// The form that a value comes nearest to, of those it may have: one of its kind that has the least against
/// it.
fn meant<'a>(
    forms: &'a [Vec<ValidationError<'static>>],
    of: &ValidationError<'_>,
) -> Option<&'a [ValidationError<'static>]> {
    let is_kind = |errors: &&Vec<ValidationError<'static>>| {
        let refuses_kind = |error: &ValidationError<'_>| {
            let is_kind = match error.kind() {
                ValidationErrorKind::Type { .. } => false,
                // `"none"` or `"sources"` are not a form of a list.
                ValidationErrorKind::Enum { options } => {
                    let is_alike = |option: &Value| {
                        std::mem::discriminant(option) == std::mem::discriminant(error.instance().as_ref())
                    };
                    options.as_array().is_none_or(|options| options.iter().any(is_alike))
                }
                _ => true,
            };
            !is_kind && error.instance_path().to_string() == of.instance_path().to_string()
        };
        !errors.is_empty() && !errors.iter().any(refuses_kind)
    };
    forms.iter().filter(is_kind).min_by_key(|errors| errors.len()).map(Vec::as_slice)
}

fn unexpected_key(name: &str, known: &[String]) -> String {
    let mend = match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "remove it".to_owned(),
        None => format!("remove it; there are: {}", known.join(", ")),
    };
    format!("is not a key of this plugin's configuration; {mend}")
}

fn one_of(value: &Value, options: &[Value]) -> String {
    let all = options.iter().map(Value::to_string).collect::<Vec<_>>().join(" or ");
    let near = value.as_str().and_then(|text| nearest(text, options.iter().filter_map(Value::as_str)));
    match near {
        Some(near) => format!("is {value}; did you mean \"{near}\"? (there are {all})"),
        None => format!("is {value}; write {all}"),
    }
}

/// Per cent where a share is wanted.
fn per_cent(value: &Value, limit: &Value) -> String {
    match (value.as_f64(), limit.as_f64()) {
        (Some(share), Some(1.0)) if (2.0..=100.0).contains(&share) => format!(", {}", share / 100.0),
        _ => String::new(),
    }
}

/// The number or truth that stands in quotes, where one without is wanted.
fn unquoted(value: &Value, kind: &TypeKind) -> Option<String> {
    let TypeKind::Single(kind) = kind else { return None };
    let text = value.as_str()?.trim();
    let meant: Value = serde_json::from_str(text).ok()?;
    let is_meant = match kind.to_string().as_str() {
        "integer" => meant.is_i64() || meant.is_u64(),
        "number" => meant.is_number(),
        "boolean" => meant.is_boolean(),
        _ => false,
    };
    is_meant.then(|| text.to_owned())
}

fn kinds(kind: &TypeKind) -> String {
    let kinds: Vec<String> = match kind {
        TypeKind::Single(kind) => vec![kind.to_string()],
        TypeKind::Multiple(kinds) => kinds.iter().map(|kind| kind.to_string()).collect(),
    };
    kinds.iter().map(|kind| in_words(kind)).collect::<Vec<_>>().join(" or ")
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

#[cfg(test)]
mod tests;
