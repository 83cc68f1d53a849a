//! Templates of a request and its result, and what they see.

use minijinja::value::Serde;
use minijinja::value::ValueKind;
use minijinja::{Environment, Error, ErrorKind, State, UndefinedBehavior};
use qianfan_plugin::http::encode_component;
use qianfan_plugin::{Failure, Turn, json};
use regex::Regex;
use serde_json::{Map, Value};
use template_checks::calls::{self, Wrong};

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
    environment.render_str(source, Serde(context)).map_err(|error| problem(key, source, &error, context))
}

/// As [`render`], but what is missing renders empty: for results, where an API may leave fields out.
pub(crate) fn render_lenient(
    key: &str,
    source: &str,
    escape: Escape,
    context: &Map<String, Value>,
) -> Result<String, Problem> {
    let environment = environment(escape, UndefinedBehavior::Chainable);
    environment.render_str(source, Serde(context)).map_err(|error| problem(key, source, &error, context))
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
    let expression = expression(source).unwrap_or(source);
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

fn environment(escape: Escape, undefined: UndefinedBehavior) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(undefined);
    environment.set_formatter(move |out, state, value| {
        let written = as_written(state, value);
        let text = match escape {
            _ if written.is_some() => written.unwrap_or_default(),
            Escape::Json => serde_json::to_string(value)
                .map_err(|error| Error::new(ErrorKind::BadSerialization, error.to_string()))?,
            _ if value.is_none() || value.is_undefined() => String::new(),
            Escape::Component => encode_component(&value.to_string()),
            Escape::None => value.to_string(),
        };
        out.write_str(&text).map_err(Error::from)
    });
    environment
}

/// The digits of a decimal as the API or the model wrote them.
fn as_written(state: &State, value: &minijinja::Value) -> Option<String> {
    if value.kind() != ValueKind::Number || value.is_integer() {
        return None;
    }
    let value = f64::try_from(value.clone()).ok()?;
    let written = state.lookup(number::PLACE)?.get_attr(&value.to_bits().to_string()).ok()?;
    written.as_str().map(str::to_owned)
}

fn problem(key: &str, source: &str, error: &Error, context: &Map<String, Value>) -> Problem {
    match error.kind() {
        ErrorKind::UndefinedError => Problem::Missing(lacks(key, source, context)),
        _ => Problem::Broken(format!("`{key}`: {error}")),
    }
}

/// Names of the variables that a template cannot be rendered without.
pub(crate) fn needed(source: &str) -> Vec<String> {
    let lenient = environment(Escape::None, UndefinedBehavior::Lenient);
    let paths = lenient.template_from_str(source).map(|template| template.undeclared_variables(true));
    let mut paths = paths.unwrap_or_default();
    paths.extend(calls::in_brackets(&lenient, source));
    let below = |first: &str| -> Vec<String> {
        let below = paths.iter().filter_map(|path| path.strip_prefix(first)?.strip_prefix('.'));
        below.filter_map(|rest| rest.split('.').next()).map(str::to_owned).collect()
    };
    let all = |names: &[String]| -> Value {
        names.iter().map(|name| (name.clone(), Value::from("1"))).collect::<Map<_, _>>().into()
    };
    let (arguments, mut variables) = (below("arguments"), below("variables"));
    variables.sort();
    variables.dedup();
    let fails_without = |name: &String| {
        let others: Vec<String> = variables.iter().filter(|other| *other != name).cloned().collect();
        let mut context = Map::new();
        for text in ["question", "search_text"] {
            context.insert(text.to_owned(), "1".into());
        }
        context.insert("arguments".to_owned(), all(&arguments));
        context.insert("variables".to_owned(), all(&others));
        let strict = environment(Escape::None, UndefinedBehavior::Strict);
        let rendered = strict.render_str(source, Serde(&context));
        rendered.is_err_and(|error| error.kind() == ErrorKind::UndefinedError)
    };
    variables.iter().filter(|name| fails_without(name)).cloned().collect()
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
