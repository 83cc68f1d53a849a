//! What is wrong with a template, all of it at once.

use std::collections::BTreeSet;

use minijinja::{Environment, ErrorKind};
use template_checks::calls;
use template_checks::tags::{self, Tag};

use super::{braces, environment, names, syntax, try_out};

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Broken {
    /// The cause.
    pub message: String,
    /// The line, from 1, where it is known.
    pub line: Option<usize>,
    /// The character of that line, from 1, where it is known.
    pub column: Option<usize>,
    /// What is wrong besides.
    pub others: Vec<Broken>,
}

/// What a template calls that no turn can, wherever it stands.
pub(super) fn called_in_vain(environment: &Environment<'_>, source: &str) -> Vec<Broken> {
    let wrong = calls::wrong(environment, source, &names::INPUT).into_iter();
    wrong.map(|wrong| Broken::in_line(wrong.message, wrong.line)).collect()
}

impl Broken {
    /// One mistake and no other.
    pub fn one(message: String, line: Option<usize>, column: Option<usize>) -> Self {
        Self { message, line, column, others: Vec::new() }
    }

    fn in_line(message: String, line: usize) -> Self {
        Self::one(message, Some(line), None)
    }

    /// Everything that is wrong with a template, in its order. `error` is what the engine has met first.
    pub(super) fn all(error: &minijinja::Error, source: &str) -> Self {
        let parse = |text: &str| {
            let syntax = syntax().map_err(|error| error.to_string())?;
            let mut environment = Environment::new();
            environment.set_syntax(syntax);
            environment.template_from_str(text).map(drop).map_err(|error| error.to_string())
        };
        let mut found: Vec<Self> = Vec::new();
        let mut text = source.to_owned();
        if error.kind() == ErrorKind::SyntaxError {
            let tags::Read { source: meant, wrong } = tags::read(source, &parse);
            found.extend(wrong.into_iter().map(|mistake| {
                let tags::Mistake { line, column, message } = mistake;
                Self::one(message, Some(line), Some(column))
            }));
            text = meant;
        }
        let meant = text.clone();
        let unknown = environment(&text, false).map(|made| names::unknown(&made)).unwrap_or_default();
        found.extend(of_unknown(&text, &unknown));
        text = without(&text, |tag| words(tag.text).any(|(_, word)| unknown.contains(word)));
        while found.len() < tags::MOST {
            let error = match environment(&text, false).and_then(|made| try_out(&made).map(drop)) {
                Ok(()) => break,
                Err(error) => error,
            };
            let broken = Self::of(&error, &text);
            let place = broken.line.zip(broken.column);
            found.push(broken);
            // What cannot be taken out hides the rest.
            let goes_on = error.kind() != ErrorKind::SyntaxError;
            let Some(place) = place.filter(|_| goes_on) else { break };
            let at = byte_of(&text, place);
            let rest = without(&text, |tag| (tag.at..tag.at + tag.text.len()).contains(&at));
            if rest == text {
                break;
            }
            text = rest;
        }
        if let Ok(made) = environment(&meant, false) {
            let is_told = |broken: &Self| found.iter().any(|told| told.message == broken.message);
            let more: Vec<Self> =
                called_in_vain(&made, &meant).into_iter().filter(|one| !is_told(one)).collect();
            found.extend(more);
        }
        if found.is_empty() {
            found.push(Self::of(error, source));
        }
        // Whoever writes one tag wrong may mean single braces for others.
        found.extend(braces::told(source).map(|(line, message)| Self::in_line(message, line)));
        found.truncate(tags::MOST);
        found.sort_by_key(|broken| (broken.line, broken.column));
        let first = found.remove(0);
        Self { others: found, ..first }
    }

    /// Where an error is, which only shows where the environment keeps what it takes to tell.
    fn of(error: &minijinja::Error, source: &str) -> Self {
        let message = format!("{error:#}");
        // One that was stopped would only be stopped again.
        let is_stopped = matches!(error.kind(), ErrorKind::OutOfFuel | ErrorKind::WriteFailure);
        let again = if is_stopped {
            Ok(None)
        } else {
            environment(source, true).and_then(|made| try_out(&made)).map(Some)
        };
        let again = again.err();
        let range = again.as_ref().and_then(minijinja::Error::range);
        let message = names::told(error, again.as_ref()).unwrap_or(message);
        let message = match error.kind() {
            ErrorKind::UnknownFilter
            | ErrorKind::UnknownTest
            | ErrorKind::UnknownFunction
            | ErrorKind::UnknownMethod => {
                // The message is the one for calls in branches that no run reaches, so both read the same.
                let made = environment(source, false);
                let line = again.as_ref().and_then(minijinja::Error::line).or(error.line());
                let mut wrong =
                    made.map(|made| called_in_vain(&made, source)).unwrap_or_default().into_iter();
                wrong.find(|broken| broken.line == line).map_or(message, |broken| broken.message)
            }
            _ => message,
        };
        let Some(before) = range.and_then(|range| source.get(..range.start)) else {
            return Self::one(message, error.line(), None);
        };
        let (line, column) = place_of(before);
        Self::one(message, Some(line), Some(column))
    }
}

/// What is said of the names that nothing stands behind, each where it stands first; those of one line together. Those
/// that are not reached now may be in a turn.
fn of_unknown(source: &str, unknown: &BTreeSet<String>) -> Vec<Broken> {
    let mut left = unknown.clone();
    let mut lines: Vec<(usize, usize, BTreeSet<String>)> = Vec::new();
    for tag in tags::all(source).0 {
        for (at, word) in words(tag.text) {
            let Some(name) = left.take(word) else { continue };
            let (line, column) = place_of(&source[..tag.at + at]);
            match lines.last_mut().filter(|(last, ..)| *last == line) {
                Some((.., names)) => _ = names.insert(name),
                None => lines.push((line, column, BTreeSet::from([name]))),
            }
        }
    }
    let told = |(line, column, names): (usize, usize, BTreeSet<String>)| {
        Broken::one(names::of_names(&names), Some(line), Some(column))
    };
    let nowhere = (!left.is_empty()).then(|| Broken::one(names::of_names(&left), None, None));
    lines.into_iter().map(told).chain(nowhere).collect()
}

/// The names in a tag with the byte that each begins at: neither fields, which follow a dot, nor what stands in quotes.
fn words(tag: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_of_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut quote = None;
    let mut before = ' ';
    let mut begins = Vec::new();
    for (at, c) in tag.char_indices() {
        match quote {
            Some(open) if c == open && before != '\\' => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None if is_of_name(c) && !is_of_name(before) && before != '.' => begins.push(at),
            None => {}
        }
        before = c;
    }
    begins.into_iter().map(move |at| {
        let rest = &tag[at..];
        (at, &rest[..rest.find(|c| !is_of_name(c)).unwrap_or(rest.len())])
    })
}

/// The line and the character of it, both from 1, behind this text.
fn place_of(before: &str) -> (usize, usize) {
    let column = 1 + before.chars().rev().take_while(|character| *character != '\n').count();
    (1 + before.matches('\n').count(), column)
}

/// The byte at a line and a character of it, both from 1.
fn byte_of(source: &str, (line, column): (usize, usize)) -> usize {
    let begin: usize = source.split_inclusive('\n').take(line - 1).map(str::len).sum();
    begin + source[begin..].chars().take(column - 1).map(char::len_utf8).sum::<usize>()
}

/// The template without the tags that are told apart by `is_out`, with as many lines.
fn without(source: &str, is_out: impl Fn(&Tag<'_>) -> bool) -> String {
    let (mut text, mut from) = (String::with_capacity(source.len()), 0);
    for tag in tags::all(source).0.iter().filter(|tag| is_out(tag)) {
        text.push_str(&source[from..tag.at]);
        if tag.opens() == "{%" {
            text.push_str(&tags::instead_of(tag.inside().split_whitespace().next().unwrap_or_default()));
        }
        text.push_str(&"\n".repeat(tag.text.matches('\n').count()));
        from = tag.at + tag.text.len();
    }
    text.push_str(&source[from..]);
    text
}
