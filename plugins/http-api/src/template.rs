//! Templates of a request and its result, and what they see.

mod digits;

use std::borrow::Cow;
use std::collections::BTreeSet;

use minijinja::value::{Serde, ValueKind};
use minijinja::{Environment, Error, ErrorKind, State, UndefinedBehavior};
use qianfan_plugin::http::encode_component;
use qianfan_plugin::{Failure, Turn, json};
use regex::Regex;
use serde_json::{Map, Value};
use template_checks::calls::{self, Wrong};
use template_checks::needs;

use crate::config::Config;
use crate::names;
use crate::number;

/// What templates see: an object.
pub(crate) struct Context(pub(crate) Map<String, Value>);

/// How a value is written where a template puts it in, so that it cannot end its place. The template's
/// own text stands as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Escape {
    /// The value is put in as it is.
    None,
    /// As one component of a URL, or one field of a form.
    Component,
    /// As a JSON literal: a text with its quotes.
    Json,
}

/// Why a template did not render.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// This turn lacks a value, or has one that cannot be used.
    Missing(String),
    /// No turn can render it.
    Broken(String),
}

impl Context {
    /// Takes the turn apart. Arguments come from the model, or else from the question, and what it
    /// leaves out from the question made standalone.
    pub(crate) fn of(turn: &Turn, config: &Config) -> Result<Self, Failure> {
        let (given, digits) = match &turn.arguments {
            Some(text) => number::kept(text),
            None => Default::default(),
        };
        let given = Turn { arguments: turn.arguments.as_ref().map(|_| given), ..turn.clone() };
        let arguments = match json::arguments::<Map<String, Value>>(&given)? {
            Some(arguments) => arguments,
            None => {
                let mut arguments = from_question(&turn.search_text, &config.extract_arguments)?;
                arguments.extend(from_question(&turn.question, &config.extract_arguments)?);
                arguments
            }
        };
        // An empty one counts as absent, as in the filters of a search: an API that is asked without what narrows its
        // answer may say anything.
        let variables = turn.variables.iter().filter(|(_, value)| !value.trim().is_empty());
        let variables = variables.map(|(name, value)| (name.clone(), of_variable(value)));
        let mut context = Map::new();
        context.insert("question".to_owned(), turn.question.clone().into());
        context.insert("search_text".to_owned(), turn.search_text.clone().into());
        context.insert("arguments".to_owned(), arguments.into());
        context.insert("variables".to_owned(), Value::Object(variables.collect()));
        digits.put(&mut context);
        Ok(Self(context))
    }
}

/// A variable that the client has sent as a list comes as its JSON, and is one again.
fn of_variable(text: &str) -> Value {
    let list = text.trim_start().starts_with('[').then(|| serde_json::from_str(text).ok()).flatten();
    list.filter(Value::is_array).unwrap_or_else(|| text.into())
}

/// Named groups of the patterns that match somewhere in the question; the first pattern wins.
fn from_question(question: &str, patterns: &[String]) -> Result<Map<String, Value>, Failure> {
    let mut arguments = Map::new();
    for (index, pattern) in patterns.iter().enumerate() {
        let regex = Regex::new(pattern)
            .map_err(|error| Failure::InvalidConfig(format!("`extract_arguments[{index}]`: {error}")))?;
        let Some(captures) = regex.captures(question) else { continue };
        for name in regex.capture_names().flatten() {
            if let Some(found) = captures.name(name) {
                arguments.entry(name).or_insert_with(|| found.as_str().into());
            }
        }
    }
    Ok(arguments)
}

/// Whether a text parses as a template; else why not, on one line.
pub(crate) fn parse(source: &str) -> Result<(), String> {
    let environment = environment(Escape::None, UndefinedBehavior::Strict);
    environment.template_from_str(source).map(drop).map_err(|error| error.to_string())
}

/// Cause and mend of each name in a template that is not among `known`, and of all that it calls in vain.
pub(crate) fn unknown_names(source: &str, known: &[&str]) -> Vec<Wrong> {
    names::unknown(&environment(Escape::None, UndefinedBehavior::Strict), source, known)
}

/// Renders the template under `key` of the configuration.
pub(crate) fn render(
    key: &str,
    source: &str,
    escape: Escape,
    context: &Map<String, Value>,
) -> Result<String, Problem> {
    let environment = environment(escape, UndefinedBehavior::Strict);
    let rendered = environment.render_str(&with_digits(source, context), Serde(context));
    rendered.map_err(|error| problem(key, source, &error, context))
}

/// As [`render`], but what is missing renders empty: for results, where an API may leave fields out.
pub(crate) fn render_lenient(
    key: &str,
    source: &str,
    escape: Escape,
    context: &Map<String, Value>,
) -> Result<String, Problem> {
    let environment = environment(escape, UndefinedBehavior::Chainable);
    let rendered = environment.render_str(&with_digits(source, context), Serde(context));
    rendered.map_err(|error| problem(key, source, &error, context))
}

/// Renders every text in a JSON value. A text that is one expression and nothing else keeps the type of
/// what it names, so that numbers stay numbers.
pub(crate) fn render_json(key: &str, source: &Value, context: &Map<String, Value>) -> Result<Value, Problem> {
    match source {
        Value::String(text) => match expression(text) {
            Some(_) => evaluate(key, text, context),
            None => render(key, text, Escape::None, context).map(Value::String),
        },
        Value::Array(items) => {
            let item = |(index, item)| render_json(&format!("{key}[{index}]"), item, context);
            items.iter().enumerate().map(item).collect()
        }
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| {
                Ok((name.clone(), render_json(&format!("{key}.{name}"), value, context)?))
            };
            fields.iter().map(field).collect::<Result<Map<_, _>, _>>().map(Value::Object)
        }
        other => Ok(other.clone()),
    }
}

/// What a template of a query gives: a text for each of the values where it is one expression and names a list.
pub(crate) fn render_list(
    key: &str,
    source: &str,
    context: &Map<String, Value>,
) -> Result<Vec<String>, Problem> {
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => number::json(other, context, false),
    };
    if expression(source).is_some()
        && let Value::Array(items) = evaluate(key, source, context)?
    {
        return Ok(items.iter().map(text).collect());
    }
    render(key, source, Escape::None, context).map(|text| vec![text])
}

/// The expression in `{{ … }}`, where the text is that alone.
fn expression(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix("{{")?.strip_suffix("}}")?;
    (!inner.contains("{{") && !inner.contains("}}") && !inner.contains("{%")).then_some(inner)
}

fn evaluate(key: &str, source: &str, context: &Map<String, Value>) -> Result<Value, Problem> {
    let with_digits = with_digits(source, context);
    let expression = expression(&with_digits).unwrap_or(&with_digits);
    let environment = environment(Escape::None, UndefinedBehavior::Strict);
    let value = environment
        .compile_expression(expression)
        .and_then(|compiled| compiled.eval(Serde(context)))
        .map_err(|error| problem(key, source, &error, context))?;
    if value.is_undefined() {
        return Err(Problem::Missing(lacks(key, source, context)));
    }
    serde_json::to_value(&value).map_err(|error| Problem::Broken(format!("`{key}`: {error}")))
}

/// The template as it is rendered where some of the decimals were written otherwise than the engine writes them.
fn with_digits<'a>(source: &'a str, context: &Map<String, Value>) -> Cow<'a, str> {
    let has_digits =
        context.get(number::PLACE).and_then(Value::as_object).is_some_and(|known| !known.is_empty());
    if has_digits && source.contains('~') {
        digits::with_texts_concatenated(source)
    } else {
        Cow::Borrowed(source)
    }
}

fn environment(escape: Escape, undefined: UndefinedBehavior) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(undefined);
    digits::keep_in_filters(&mut environment, undefined);
    environment.set_formatter(move |out, state, value| {
        let is_number = value.kind() == ValueKind::Number;
        let text = match digits::shown(state, value) {
            Some(written) if escape == Escape::Json && is_number => written.to_string(),
            Some(_) if escape == Escape::Json => json(state, value)?,
            None if escape == Escape::Json => serde_json::to_string(value).map_err(unserializable)?,
            _ if value.is_none() || value.is_undefined() => String::new(),
            shown => {
                let text = shown.as_ref().unwrap_or(value).to_string();
                if escape == Escape::Component { encode_component(&text) } else { text }
            }
        };
        out.write_str(&text).map_err(Error::from)
    });
    environment
}

/// A list or an object as JSON, its decimals as they were written.
fn json(state: &State, value: &minijinja::Value) -> Result<String, Error> {
    let mut seen = Map::new();
    if let Some(known) = state.lookup(number::PLACE) {
        seen.insert(number::PLACE.to_owned(), serde_json::to_value(known).map_err(unserializable)?);
    }
    let value = serde_json::to_value(value).map_err(unserializable)?;
    Ok(number::json(&value, &seen, false))
}

fn unserializable(error: serde_json::Error) -> Error {
    Error::new(ErrorKind::BadSerialization, error.to_string())
}

fn problem(key: &str, source: &str, error: &Error, context: &Map<String, Value>) -> Problem {
    match error.kind() {
        ErrorKind::UndefinedError => Problem::Missing(lacks(key, source, context)),
        _ => Problem::Broken(format!("`{key}`: {error}")),
    }
}

/// Names of the variables that a template cannot be rendered without.
pub(crate) fn needed(source: &str) -> BTreeSet<String> {
    needs::needed(&environment(Escape::None, UndefinedBehavior::Strict), source, "variables")
}

/// Names what a template needs and this turn does not have.
fn lacks(key: &str, source: &str, context: &Map<String, Value>) -> String {
    let environment = environment(Escape::None, UndefinedBehavior::Lenient);
    let needed = environment
        .template_from_str(source)
        .map(|template| template.undeclared_variables(true))
        .unwrap_or_default();
    let needed = needed.into_iter().chain(calls::in_brackets(&environment, source));
    let mut absent: Vec<String> = needed.filter(|path| is_absent(path, context)).collect();
    absent.sort();
    absent.dedup();
    let one = |path: &String| match path.split_once('.') {
        Some(("arguments", name)) => format!("the argument `{name}`"),
        Some(("variables", name)) => format!("the variable `{name}`"),
        _ => format!("`{path}`"),
    };
    // Not as one word: a model is told nothing that looks like a host's name.
    let key = key.replace('.', "` › `");
    match absent.as_slice() {
        [] => format!("the template `{key}` needs a value this turn does not have"),
        [path] => format!("{} is missing; the template `{key}` needs it", one(path)),
        paths => {
            let listed = paths.iter().map(one).collect::<Vec<_>>().join(", ");
            format!("{listed} are missing; the template `{key}` needs them")
        }
    }
}

fn is_absent(path: &str, context: &Map<String, Value>) -> bool {
    let whole = path.split_once('.').and_then(|(table, name)| context.get(table)?.get(name));
    if whole.is_some() {
        return false;
    }
    let mut names = path.split('.');
    let first = names.next().and_then(|name| context.get(name));
    names.fold(first, |value, name| value?.get(name)).is_none()
}

#[cfg(test)]
mod tests;
