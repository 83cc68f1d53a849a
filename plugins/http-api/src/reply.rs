//! The response, as the contribution it makes.

use qianfan_plugin::http::{Address, Response, origin_and_path};
use qianfan_plugin::{Contribution, Failure, MediaType, Outcome};
use serde_json::{Map, Value};
use template_checks::tags;

use crate::config::{Config, OnError, default_title};
use crate::envelope;
use crate::extract::{find, is_empty};
use crate::number;
use crate::page;
use crate::template::{Context, Escape, Problem, render_lenient};

/// Longest response shown as it is, in characters: more would crowd out the rest of a prompt.
const SHOWN: usize = 4000;
/// Digits that a float surely holds.
const SURELY_HELD: usize = 15;

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
    let says_nothing = is_empty(&document);
    let is_blank = response.body.iter().all(u8::is_ascii_whitespace);
    let tells_done = config.acts() || config.result.is_some();
    // There is nothing in it that could tell of success but the status.
    let is_done = is_blank
        && is_wanted(response, config)
        && (tells_done || matches!(response.status, 201 | 202 | 204 | 205));
    if let Some(Refusal { cause, said }) = refusal(response, &document, config, context)?.filter(|_| !is_done)
    {
        if config.on_error == OnError::Outcome
            && is_about_the_request(response.status)
            && let Some(said) = said
        {
            let refused = told("refused", &config.refused, &[("message", said.into())], response.status)?;
            return outcome(refused, config, context, response.status);
        }
        // The model may have asked for what the API does not take. It reads why, so without the address.
        let arguments = by_model && matches!(response.status, 400 | 422);
        return Err(if arguments {
            Failure::InvalidArguments(cause)
        } else {
            Failure::Unavailable(format!("{origin}: {cause}"))
        });
    }
    // A question that is answered with nothing found nothing; only a status alone can tell that it was done.
    if says_nothing && tells_done && (config.acts() || is_blank) {
        let text = match &config.result {
            None => String::new(),
            Some(template) => {
                let found = config.extract.keys().map(|name| (name.clone(), Value::Null)).collect();
                let seen = seen(context, &found, document, response.status);
                render_lenient("result", template, Escape::None, &seen).map_err(broken)?
            }
        };
        return match text.trim().is_empty() {
            false => outcome(text, config, context, response.status),
            true if config.acts() => done(config, context, response.status),
            true => nothing(),
        };
    }
    if !says_nothing && matches!(document, Value::String(_)) && !config.extract.is_empty() {
        return Err(Failure::Unavailable(format!("{origin}: answered no JSON: {}", response.excerpt())));
    }
    let found = extracted(&document, config)?;
    let empty = if found.is_empty() { says_nothing } else { found.values().all(is_empty) };
    // The operator has said how success is told, so that what was sought and not found is not there.
    let is_told = is_told(config, &document);
    if empty && !config.acts() && (is_told || !has_words(&document)) {
        return nothing();
    }
    let seen = seen(context, &found, document, response.status);
    let text = text_of(&seen, &found, (empty, is_told), config, context, response.status)?;
    if text.trim().is_empty() {
        return if config.acts() { done(config, context, response.status) } else { nothing() };
    }
    contribution(text, config, &seen)
}

/// What is told of an answer that counts: what the configuration shows of it, or its own words where that would claim more
/// than it says, or nothing of it was found. `seen` is what templates see, the answer under its name: no extract takes that.
fn text_of(
    seen: &Map<String, Value>,
    found: &Map<String, Value>,
    (empty, is_told): (bool, bool),
    config: &Config,
    context: &Context,
    status: u16,
) -> Result<String, Failure> {
    let document = seen.get("response").unwrap_or(&Value::Null);
    let is_bare = match &config.result {
        None => empty || found.is_empty(),
        Some(_) => empty && !is_told,
    };
    // What it says instead may be that it is done, or that it will not: its own words tell.
    let beside = said_beside(document, config).filter(|_| !is_told && !is_bare);
    let is_denied = !is_told && claims_what_is_denied(document, config, context, status)?;
    let in_its_words =
        is_bare || is_denied || !is_told && shows_no_more_than_refusal(document, config, context, status)?;
    let refused = |said: String| told("refused", &config.refused, &[("message", said.into())], status);
    if is_denied && (document.is_boolean() || document.is_number()) {
        // A bare `false` is no answer to anybody.
        return refused(document.to_string());
    }
    if in_its_words {
        return Ok(in_words(document, context));
    }
    let text = shown(seen, found, config, context)?;
    match beside.filter(|said| !text.trim().is_empty() && !text.contains(&**said)) {
        None => Ok(text),
        Some(_) if config.acts() => Ok(in_words(document, context)),
        Some(said) => Ok(format!("{}\n\n{text}", refused(said)?)),
    }
}

/// What the configuration shows of a response, of which its templates see `seen`.
fn shown(
    seen: &Map<String, Value>,
    found: &Map<String, Value>,
    config: &Config,
    context: &Context,
) -> Result<String, Failure> {
    let Some(template) = &config.result else { return Ok(as_list(found, context)) };
    render_lenient("result", template, Escape::None, seen).map_err(broken)
}

/// Whether the response seems a refusal, and the configuration would show nothing else of it than of the refusal
/// alone: a sentence that says it is done, or a name with nothing behind it.
fn shows_no_more_than_refusal(
    document: &Value,
    config: &Config,
    context: &Context,
    status: u16,
) -> Result<bool, Failure> {
    let Some(refusal) = envelope::refusal(document) else { return Ok(false) };
    let of = |document: Value| {
        let found = extracted(&document, config)?;
        shown(&seen(context, &found, document, status), &found, config, context)
    };
    Ok(of(envelope::telling(document))? == of(envelope::telling(&refusal))?)
}

/// Whether the request does something, the answer says that it was not done, and the configuration would show nothing of
/// the answer: its sentence claims what it does not know. A template that chooses by what came has a sentence for that.
fn claims_what_is_denied(
    document: &Value,
    config: &Config,
    context: &Context,
    status: u16,
) -> Result<bool, Failure> {
    let chooses = |template: &String| template.contains("{%") || template.contains(" if ");
    if !config.acts() || config.result.as_ref().is_none_or(chooses) {
        return Ok(false);
    }
    // What the templates put in is among what they see.
    let body = config.body.as_ref().map(ToString::to_string).unwrap_or_default();
    let request = format!("{} {body} {}", config.url, Value::Object(context.0.clone()));
    if !envelope::denies(document, &request) {
        return Ok(false);
    }
    let of = |document: Value| {
        let found = extracted(&document, config)?;
        shown(&seen(context, &found, document, status), &found, config, context)
    };
    Ok(of(document.clone())? == of(Value::Null)?)
}

/// Whether the operator has said how this answer tells success.
fn is_told(config: &Config, document: &Value) -> bool {
    let Some(path) = &config.success.path else { return false };
    config.success.equals.is_some() || !envelope::leaves_open(path, document)
}

/// What an API says instead of what the configuration would show of it.
fn in_words(document: &Value, context: &Context) -> String {
    match envelope::fault(document) {
        Some(said) if !said.is_empty() => as_it_is(&Value::String(said), context),
        _ => as_it_is(document, context),
    }
}

/// Why an answer says outright that it did not go well, which data beside it is not told without. A configuration that
/// reads the field which says so tells of it itself.
fn said_beside(document: &Value, config: &Config) -> Option<String> {
    let (name, why) = envelope::denied_beside(document)?;
    let mut read = config.extract.values().chain(&config.result);
    (!read.any(|source| source.contains(name))).then(|| why.to_owned())
}

/// A request that did something and was answered with nothing.
fn done(config: &Config, context: &Context, status: u16) -> Result<Contribution, Failure> {
    outcome(told("done", &config.done, &[], status)?, config, context, status)
}

/// A sentence of the configuration about an answer of this status.
fn told(key: &str, template: &str, values: &[(&str, Value)], status: u16) -> Result<String, Failure> {
    let mut seen: Map<String, Value> =
        values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    seen.insert("status".to_owned(), status.into());
    render_lenient(key, template, Escape::None, &seen).map_err(broken)
}

/// Whether there is a text in it that somebody could read.
fn has_words(document: &Value) -> bool {
    match document {
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => items.iter().any(has_words),
        Value::Object(fields) => fields.values().any(has_words),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A result of which nothing was extracted.
fn outcome(text: String, config: &Config, context: &Context, status: u16) -> Result<Contribution, Failure> {
    let found = config.extract.keys().map(|name| (name.clone(), Value::Null)).collect();
    contribution(text, config, &seen(context, &found, Value::Null, status))
}

fn contribution(text: String, config: &Config, seen: &Map<String, Value>) -> Result<Contribution, Failure> {
    let title = render_lenient("title", &config.title, Escape::None, seen).map_err(broken)?;
    let url = config.link.as_deref().map(|link| address(link, seen)).transpose().map_err(broken)?;
    Ok(Contribution::Outcome(Outcome {
        text,
        media_type: MediaType::Markdown,
        title: if title.trim().is_empty() { default_title() } else { title },
        url: url.filter(|url| Address::parse(url).is_ok()),
    }))
}

/// The link. A value that is all of it is an address already, and any other is put into one.
fn address(link: &str, seen: &Map<String, Value>) -> Result<String, Problem> {
    let escape = if is_one_value(link) { Escape::None } else { Escape::Component };
    Ok(render_lenient("link", link, escape, seen)?.trim().to_owned())
}

/// Whether a template is one `{{ … }}` and nothing else.
pub(crate) fn is_one_value(template: &str) -> bool {
    let (all, open) = tags::all(template.trim());
    matches!(&*all, [only] if open.is_none() && only.opens() == "{{" && only.text.len() == template.trim().len())
}

/// Why a response does not count.
struct Refusal {
    /// The cause, for the operator.
    cause: String,
    /// What the API says itself, where it does.
    said: Option<String>,
}

/// Whether an API that refuses with this status says something of the request: that it is away, busy, elsewhere or
/// does not know the key concerns nobody who asks.
fn is_about_the_request(status: u16) -> bool {
    !matches!(status, 300..=399 | 401 | 403 | 407 | 408 | 429) && status < 500
}

/// Whether the status is one of success.
fn is_wanted(response: &Response, config: &Config) -> bool {
    let wanted = &config.success.status;
    if wanted.is_empty() { response.is_success() } else { wanted.contains(&response.status) }
}

/// Whether the configuration reads the response as JSON.
fn reads_json(config: &Config) -> bool {
    !config.extract.is_empty() || config.success.path.is_some() || config.success.message.is_some()
}

/// Whether it is a page for a browser: of a proxy, a gateway or a login, and not of the API.
fn is_page(response: &Response) -> bool {
    let says = |kind: &str| kind.trim_start().to_ascii_lowercase().starts_with("text/html");
    response.header("content-type").is_some_and(says)
        || response.body.trim_ascii_start().first().is_some_and(|byte| *byte == b'<')
}

/// The body as JSON; as text where it is none.
fn document(response: &Response) -> Value {
    serde_json::from_slice(&response.body)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&response.body).into_owned()))
}

/// Why the response does not count, or `None` where it does.
fn refusal(
    response: &Response,
    document: &Value,
    config: &Config,
    context: &Context,
) -> Result<Option<Refusal>, Failure> {
    let success = &config.success;
    let status = response.status;
    let message = || -> Result<Option<String>, Failure> {
        let said = success.message.as_deref().map(|path| found("success.message", path, document));
        Ok(said.transpose()?.flatten().filter(|said| !is_empty(said)).map(|said| plain(&said, context)))
    };
    // Only what is in the API's own form is its word.
    let excerpt = || {
        let is_its_own = match document {
            Value::Object(_) | Value::Array(_) => true,
            Value::String(_) => !reads_json(config) && !is_page(response),
            _ => false,
        };
        (is_its_own && !is_empty(document)).then(|| response.excerpt())
    };
    let refused = |cause: &dyn Fn(&str) -> String| -> Result<Option<Refusal>, Failure> {
        let message = message()?;
        let cause = cause(message.as_deref().unwrap_or(&response.excerpt()));
        Ok(Some(Refusal { cause, said: message.or_else(excerpt) }))
    };
    if !is_wanted(response, config) {
        let mend = match status {
            401 | 403 => "; check the secret granted to this plugin for this host".to_owned(),
            300..=399 => match response.header("location") {
                // Without its query, which may hold what is secret.
                Some(to) => format!(
                    "; it leads to {}, where only a GET is followed: write that into `url`",
                    origin_and_path(to)
                ),
                None => String::new(),
            },
            _ => String::new(),
        };
        return refused(&|said| format!("answered {status}: {said}{mend}"));
    }
    if let Value::String(text) = document
        && !config.asks_for_pages()
        && page::is_in(text, response.header("content-type"))
    {
        let cause = format!(
            "answered {status} with a web page{} where data was expected; check that `url` is the API's own address and that it \
             needs no login (headers = {{ accept = \"text/html\" }} takes pages as they are)",
            page::title(text).map(|title| format!(", titled “{title}”,")).unwrap_or_default()
        );
        return Ok(Some(Refusal { cause, said: None }));
    }
    let Some(path) = &success.path else { return Ok(None) };
    let value = found("success.path", path, document)?;
    let holds = match (&value, &success.equals) {
        (Some(value), Some(equals)) => is_same(value, equals),
        (None, _) => false,
        (Some(value), None) => envelope::may_be_success(path, value),
    };
    if holds { Ok(None) } else { refused(&|said| format!("answered no success at `{path}`: {said}")) }
}

/// Whether a value is the one that tells success, or one of a list of them. An API may write the same number as `0`,
/// `0.0` or `"0"`.
fn is_same(value: &Value, wanted: &Value) -> bool {
    match (value, wanted) {
        (value, Value::Array(any)) => value == wanted || any.iter().any(|wanted| is_same(value, wanted)),
        (Value::Number(value), Value::Number(wanted)) => value.as_f64() == wanted.as_f64(),
        (Value::String(text), Value::Bool(other)) | (Value::Bool(other), Value::String(text)) => {
            text.trim().eq_ignore_ascii_case(if *other { "true" } else { "false" })
        }
        (Value::String(text), Value::Number(other)) | (Value::Number(other), Value::String(text)) => {
            let text = text.trim();
            // An id of many digits is not the float that it is near to.
            let is_short = text.len() <= SURELY_HELD;
            text == other.to_string() || (is_short && text.parse().ok() == other.as_f64())
        }
        (value, wanted) => value == wanted,
    }
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

fn as_list(found: &Map<String, Value>, context: &Context) -> String {
    let line = |(name, value): (&String, &Value)| match value {
        Value::String(text) => format!("- {name}: {text}\n"),
        other => format!("- {name}: {}\n", number::json(other, &context.0, false)),
    };
    found.iter().filter(|(_, value)| !is_empty(value)).map(line).collect()
}

fn as_it_is(document: &Value, context: &Context) -> String {
    let (mut text, fence) = match document {
        Value::String(text) => (text.clone(), ""),
        other => (number::json(other, &context.0, true), "json"),
    };
    if let Some((end, _)) = text.char_indices().nth(SHOWN) {
        text.truncate(end);
        text.push('…');
    }
    if fence.is_empty() { text } else { format!("```{fence}\n{text}\n```\n") }
}

fn plain(value: &Value, context: &Context) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => number::json(other, &context.0, false),
    }
}

/// A result template tolerates what is missing, so that only a wrong template does not render.
fn broken(problem: Problem) -> Failure {
    match problem {
        Problem::Missing(text) | Problem::Broken(text) => Failure::InvalidConfig(text),
    }
}

#[cfg(test)]
mod tests;
