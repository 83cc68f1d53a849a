//! The digits of decimals where a template makes a text of them: printed within a list or an object, joined, or
//! concatenated. The engine's own texts of numbers have lost them.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use minijinja::filters;
use minijinja::machinery::{Token, tokenize};
use minijinja::value::{Kwargs, Object, ObjectRepr, Rest, StringInput, Tuple, ValueKind, ValueOrKwargs};
use minijinja::{Environment, Error, State, UndefinedBehavior, Value};

use crate::number;

/// The engine's filters that make texts of values, and of how many of them from the first on. Others hand numbers on,
/// or take none.
const OF_TEXT: [(&str, usize); 12] = [
    ("capitalize", 1),
    ("e", 1),
    ("escape", 1),
    ("indent", 1),
    ("lower", 1),
    ("pprint", 1),
    ("replace", 3),
    ("safe", 1),
    ("string", 1),
    ("title", 1),
    ("trim", 1),
    ("upper", 1),
];

/// A decimal as it was written. The engine calculates with numbers of its own only, so that this stands for one where
/// it becomes text and nowhere else.
struct WrittenDecimal(String);

impl fmt::Debug for WrittenDecimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Object for WrittenDecimal {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Lets the filters that make texts of values keep the digits.
pub(super) fn keep_in_filters(environment: &mut Environment<'static>, undefined: UndefinedBehavior) {
    // The engine's own filters can be reached only in an environment that still has them.
    let mut engine = Environment::new();
    engine.set_undefined_behavior(undefined);
    let engine = Arc::new(engine);
    for (name, texts) in OF_TEXT {
        let engine = engine.clone();
        environment.add_filter(name, move |state: &State, args: Rest<ValueOrKwargs>| {
            let mut values = args.into_values();
            for value in values.iter_mut().take(texts) {
                if let Some(shown) = shown(state, value) {
                    *value = shown;
                }
            }
            engine.empty_state().apply_filter(name, &values)
        });
    }
    environment.add_filter("join", join);
    environment.add_filter("format", format);
}

/// What is printed in place of a value, or `None` where the engine prints every number in it as it was written.
pub(super) fn shown(state: &State, value: &Value) -> Option<Value> {
    let known = state.lookup(number::PLACE)?;
    if known.len() == Some(0) { None } else { within(&known, value) }
}

fn within(known: &Value, value: &Value) -> Option<Value> {
    match value.kind() {
        ValueKind::Number => written(known, value).map(|text| Value::from_object(WrittenDecimal(text))),
        // One without a length can be read once only.
        ValueKind::Seq | ValueKind::Iterable if value.len().is_some() => {
            let items: Vec<Value> = value.try_iter().ok()?.collect();
            let items = replaced(known, items)?;
            Some(if value.is_tuple() { Value::from(Tuple::from(items)) } else { Value::from(items) })
        }
        ValueKind::Map => {
            let (keys, fields): (Vec<Value>, Vec<Value>) = value.as_object()?.try_iter_pairs()?.unzip();
            let fields = replaced(known, fields)?;
            Some(Value::from_pairs(keys.into_iter().zip(fields)))
        }
        _ => None,
    }
}

/// The values with what is printed in their places, or `None` where that is nothing else.
fn replaced(known: &Value, values: Vec<Value>) -> Option<Vec<Value>> {
    let shown: Vec<Option<Value>> = values.iter().map(|value| within(known, value)).collect();
    if shown.iter().all(Option::is_none) {
        return None;
    }
    Some(values.into_iter().zip(shown).map(|(value, shown)| shown.unwrap_or(value)).collect())
}

/// The digits of a decimal as the API or the model wrote them.
fn written(known: &Value, value: &Value) -> Option<String> {
    if value.is_integer() {
        return None;
    }
    let value = f64::try_from(value.clone()).ok()?;
    let written = known.get_attr(&value.to_bits().to_string()).ok()?;
    written.as_str().map(str::to_owned)
}

/// The engine's own filter, of values as they were written.
fn join(
    state: &mut State,
    value: &Value,
    joiner: Option<StringInput<'_>>,
    attribute: Option<&str>,
    kwargs: Kwargs,
) -> Result<Value, Error> {
    let gathered = match value.kind() {
        ValueKind::Iterable => Some(Value::from(value.try_iter()?.collect::<Vec<Value>>())),
        _ => None,
    };
    let value = gathered.as_ref().unwrap_or(value);
    let shown = shown(state, value);
    filters::join(state, shown.as_ref().unwrap_or(value), joiner, attribute, kwargs)
}

/// The engine's own filter, with values as they were written where `%s` stands for them. Every other sign of a format
/// asks for a number, so that each part with one sign is filled in by itself.
fn format(state: &mut State, pattern: &Value, args: Rest<ValueOrKwargs>) -> Result<Value, Error> {
    let values = args.into_values();
    let written: Vec<Option<Value>> = values.iter().map(|value| shown(state, value)).collect();
    let Some(text) = pattern.as_str().filter(|_| written.iter().any(Option::is_some)) else {
        return filters::format(state, pattern, of_values(&values));
    };
    let as_pattern = |text: &str| match pattern.is_safe() {
        true => Value::from_safe_string(text.to_owned()),
        false => Value::from(text),
    };
    let (mut out, mut place, mut rest) = (String::with_capacity(text.len()), 0, text);
    while !rest.is_empty() {
        let part = first_sign(rest);
        let at = if part.is_named { 0 } else { place };
        let given = match written.get(at) {
            Some(Some(written)) if part.is_text => Some(written),
            _ => values.get(at),
        };
        let given = given.map(std::slice::from_ref).unwrap_or_default();
        let filled = filters::format(state, &as_pattern(&rest[..part.length]), of_values(given))?;
        out.push_str(filled.as_str().unwrap_or_default());
        place += usize::from(!part.is_named);
        rest = &rest[part.length..];
    }
    Ok(as_pattern(&out))
}

fn of_values(values: &[Value]) -> Rest<ValueOrKwargs> {
    Rest(values.iter().cloned().map(ValueOrKwargs::from).collect())
}

/// A format as far as its first sign: `%s`, `%05.2f`, `%(name)s`.
struct FormatPart {
    length: usize,
    /// Whether the sign names a field of the first value; else it stands for the next one.
    is_named: bool,
    is_text: bool,
}

fn first_sign(format: &str) -> FormatPart {
    let whole = FormatPart { length: format.len(), is_named: false, is_text: false };
    let mut from = 0;
    let sign = loop {
        let Some(found) = format[from..].find('%') else { return whole };
        if !format[from + found + 1..].starts_with('%') {
            break from + found + 1;
        }
        from += found + 2;
    };
    let is_named = format[sign..].starts_with('(');
    let name = if is_named { format[sign..].find(')').unwrap_or(0) } else { 0 };
    let is_flag = |c: char| {
        matches!(c, '(' | ')' | '#' | '-' | ' ' | '+' | '.' | 'h' | 'l' | 'L') || c.is_ascii_digit()
    };
    match format[sign + name..].char_indices().find(|(_, c)| !is_flag(*c)) {
        Some((at, c)) => FormatPart { length: sign + name + at + c.len_utf8(), is_named, is_text: c == 's' },
        None => whole,
    }
}

/// The template with `|string` behind the operands of `~`, which makes a text of a number without asking any filter.
/// Operands that are calculated stay as they are: what comes of them nobody has written.
pub(super) fn with_texts_concatenated(source: &str) -> Cow<'_, str> {
    let tokens: Result<Vec<_>, Error> = tokenize(source, false, Default::default()).collect();
    let Ok(tokens) = tokens else { return Cow::Borrowed(source) };
    let mut ends = BTreeSet::new();
    for (at, (token, _)) in tokens.iter().enumerate() {
        if !matches!(token, Token::Tilde) {
            continue;
        }
        let before = tokens[..at].iter().rev().map(|(token, _)| token);
        if plain_operand(before, is_closing, is_opening).is_some() {
            ends.insert(tokens[at - 1].1.end_offset as usize);
        }
        let behind = tokens[at + 1..].iter().map(|(token, _)| token);
        if let Some(count) = plain_operand(behind, is_opening, is_closing) {
            ends.insert(tokens[at + count].1.end_offset as usize);
        }
    }
    let (mut out, mut place) = (String::with_capacity(source.len() + 16), 0);
    for end in ends {
        let Some(part) = source.get(place..end) else { return Cow::Borrowed(source) };
        out.push_str(part);
        out.push_str("|string");
        place = end;
    }
    Cow::Owned(out + &source[place..])
}

/// How many tokens an operand of `~` has, read away from the operator, where a filter at its end is one of the whole
/// operand: it holds names, constants, brackets and filters, and no operator that binds closer.
fn plain_operand<'a, 'b: 'a>(
    tokens: impl Iterator<Item = &'a Token<'b>>,
    enters: fn(&Token<'_>) -> bool,
    leaves: fn(&Token<'_>) -> bool,
) -> Option<usize> {
    let mut depth = 0_usize;
    for (count, token) in tokens.enumerate() {
        let is_end = match token {
            _ if enters(token) => {
                depth += 1;
                false
            }
            _ if leaves(token) && depth == 0 => true,
            _ if leaves(token) => {
                depth -= 1;
                false
            }
            _ if depth > 0 => false,
            Token::VariableStart | Token::VariableEnd | Token::BlockEnd => true,
            Token::Comma | Token::Colon | Token::Tilde | Token::Assign => true,
            Token::Eq | Token::Ne | Token::Gt | Token::Gte | Token::Lt | Token::Lte => true,
            Token::Ident("if" | "elif" | "else" | "and" | "or" | "not" | "in") => true,
            // A test belongs to the operand beside it, and ends in a value of its own.
            Token::Ident("is") => return None,
            Token::Ident(_) | Token::Str(_) | Token::String(_) | Token::Dot | Token::Pipe => false,
            Token::Int(_) | Token::Int128(_) | Token::Float(_) => false,
            _ => return None,
        };
        if is_end {
            return (count > 0).then_some(count);
        }
    }
    None
}

fn is_opening(token: &Token<'_>) -> bool {
    matches!(token, Token::ParenOpen | Token::BracketOpen | Token::BraceOpen)
}

fn is_closing(token: &Token<'_>) -> bool {
    matches!(token, Token::ParenClose | Token::BracketClose | Token::BraceClose)
}
