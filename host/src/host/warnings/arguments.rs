//! Arguments that the request of an API needs, held to whoever gives them: a model, by its schema, or the question, by
//! the groups of patterns.

use std::collections::BTreeSet;

use minijinja::{Environment, UndefinedBehavior};
use regex::Regex;
use serde_json::Value;
use template_checks::needs;

use crate::config::{Config, RouteMode};
use crate::plugin::{PluginSettings, argument_left_out};
use crate::problem::Problem;

/// Steps of one rendering: a template of a request loops over nothing that is long.
const MOST_STEPS: u64 = 100_000;
/// Keys of the configuration that make the request.
const OF_THE_REQUEST: [&str; 4] = ["url", "query", "headers", "body"];

/// Warnings of all APIs that apps use and that lack arguments whenever they are called.
pub(super) fn lacking(config: &Config) -> Vec<Problem> {
    let apis = config.plugins.iter().filter(|(_, settings)| settings.component == "builtin:http-api");
    apis.flat_map(|(name, settings)| of_api(config, name, settings)).collect()
}

fn of_api(config: &Config, name: &str, settings: &PluginSettings) -> Vec<Problem> {
    let Some(own) = &settings.config else { return Vec::new() };
    let needed = needed(own);
    let entries = config.apps.iter().flat_map(|(app, of_app)| {
        let entries = of_app.plugins.iter().enumerate().filter(move |(_, entry)| entry.plugin == name);
        entries.map(move |(at, entry)| (format!("apps.{app}.plugins[{at}].route"), entry.route))
    });
    let (by_model, before): (Vec<_>, Vec<_>) = entries.partition(|(_, route)| *route == RouteMode::Model);
    let mut found = Vec::new();
    let key = format!("plugins.{name}.arguments_schema");
    match &settings.arguments_schema {
        _ if by_model.is_empty() => {}
        Some(schema) => {
            let left_out = needed.iter().filter_map(|argument| argument_left_out(schema, argument));
            found.extend(left_out.map(|message| Problem::new(&key, message)));
        }
        None => found.extend(untold(&needed).map(|message| Problem::new(&key, message))),
    }
    if needed.is_empty() || before.is_empty() {
        return found;
    }
    let patterns: Vec<&str> =
        own["extract_arguments"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if patterns.is_empty() {
        found.extend(before.into_iter().map(|(key, route)| {
            let message = format!(
                "is \"{}\", and `{name}` needs arguments, which only a model gives it; write route = \"model\", \
                 or extract_arguments in [plugins.{name}.config], which takes them from the question",
                route.name(),
            );
            Problem::new(key, message)
        }));
        return found;
    }
    // One that does not parse is refused.
    let Some(groups) = patterns.iter().map(|pattern| groups(pattern)).collect::<Option<Vec<_>>>() else {
        return found;
    };
    let groups: BTreeSet<String> = groups.into_iter().flatten().collect();
    let absent = needed.into_iter().filter(|argument| !groups.contains(argument));
    found.extend(absent.map(|argument| {
        let message = format!(
            "has no group `{argument}`, and the request needs that argument where no model gives it; \
             write such as (?P<{argument}>…)"
        );
        Problem::new(format!("plugins.{name}.config.extract_arguments"), message)
    }));
    found
}

/// Says that no model is told of arguments that the request needs: the plugin's own schema takes any, and names none.
fn untold(needed: &BTreeSet<String>) -> Option<String> {
    let one = |argument: &String| {
        let is_bare =
            argument.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        let name = if is_bare { argument.clone() } else { format!("\"{argument}\"") };
        format!("{name} = {{ type = \"string\" }}")
    };
    let properties = needed.iter().map(one).collect::<Vec<_>>().join(", ");
    (!needed.is_empty()).then(|| {
        format!(
            "is missing; write such as arguments_schema = {{ type = \"object\", properties = {{ {properties} }} }}"
        )
    })
}

/// The names of a pattern's groups.
fn groups(pattern: &str) -> Option<Vec<String>> {
    let pattern = Regex::new(pattern).ok()?;
    Some(pattern.capture_names().flatten().map(str::to_owned).collect())
}

/// Arguments that some template of the request cannot be rendered without.
fn needed(config: &Value) -> BTreeSet<String> {
    let mut sources = Vec::new();
    OF_THE_REQUEST.iter().for_each(|key| texts(&config[key], &mut sources));
    sources.into_iter().flat_map(needed_by).collect()
}

/// Every text within, which is a template of its own.
fn texts<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(source) => found.push(source),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| texts(field, found)),
        _ => {}
    }
}

fn needed_by(source: &str) -> BTreeSet<String> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(MOST_STEPS));
    needs::needed(&environment, source, "arguments")
}

#[cfg(test)]
mod tests;
