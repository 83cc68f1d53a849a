//! What is wrong with a template, all of it at once.

use std::collections::BTreeSet;

use minijinja::{Environment, ErrorKind};
use template_checks::{calls, tags};

use super::{environment, names, syntax, try_out};

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
        while found.len() < tags::MOST {
            let error = match environment(&text, false).and_then(|made| try_out(&made).map(drop)) {
                Ok(()) => break,
                Err(error) => error,
            };
            let (broken, unknown) = Self::of(&error, &text);
            let place = broken.line.zip(broken.column);
            found.push(broken);
            // What cannot be taken out hides the rest.
            let goes_on = error.kind() != ErrorKind::SyntaxError;
            let Some(without) = place.filter(|_| goes_on).and_then(|place| emptied(&text, place, &unknown))
            else {
                break;
            };
            text = without;
        }
        if let Ok(made) = environment(&meant, false) {
            let is_told = |broken: &Self| found.iter().any(|told| told.message == broken.message);
            let more: Vec<Self> =
                called_in_vain(&made, &meant).into_iter().filter(|one| !is_told(one)).collect();
            found.extend(more);
        }
        if found.is_empty() {
            found.push(Self::of(error, source).0);
        }
        found.truncate(tags::MOST);
        found.sort_by_key(|broken| (broken.line, broken.column));
        let first = found.remove(0);
        Self { others: found, ..first }
    }

    /// Where an error is, which only shows where the environment keeps what it takes to tell.
    /// With it, the names that nothing stands behind, where the error is about one.
    fn of(error: &minijinja::Error, source: &str) -> (Self, BTreeSet<String>) {
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
        let unknown = match error.kind() {
            // What is not reached may be misspelt as well.
            ErrorKind::UndefinedError => {
                environment(source, false).map(|made| names::unknown(&made)).unwrap_or_default()
            }
            _ => BTreeSet::new(),
        };
        let message = names::told(error, &unknown, again.as_ref()).unwrap_or(message);
        let message = match error.kind() {
            ErrorKind::UnknownFilter
            | ErrorKind::UnknownTest
            | ErrorKind::UnknownFunction
            | ErrorKind::UnknownMethod => {
                // In the words in which they are told that are not reached.
                let made = environment(source, false);
                let line = again.as_ref().and_then(minijinja::Error::line).or(error.line());
                let mut wrong =
                    made.map(|made| called_in_vain(&made, source)).unwrap_or_default().into_iter();
                wrong.find(|broken| broken.line == line).map_or(message, |broken| broken.message)
            }
            _ => message,
        };
        let Some(before) = range.and_then(|range| source.get(..range.start)) else {
            return (Self::one(message, error.line(), None), unknown);
        };
        let line = 1 + before.matches('\n').count();
        let column = 1 + before.chars().rev().take_while(|character| *character != '\n').count();
        (Self::one(message, Some(line), Some(column)), unknown)
    }
}

/// The template without the tag at a line and a column, and without all that name one of `unknown`: they are told together.
/// `None` where there is no such tag.
fn emptied(source: &str, (line, column): (usize, usize), unknown: &BTreeSet<String>) -> Option<String> {
    let begin: usize = source.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let place = begin + source[begin..].chars().take(column - 1).map(char::len_utf8).sum::<usize>();
    let names = |inside: &str| {
        let mut words = inside.split(|c: char| !c.is_alphanumeric() && c != '_');
        words.any(|word| unknown.contains(word))
    };
    let (mut text, mut from) = (String::with_capacity(source.len()), 0);
    for tag in tags::all(source).0 {
        let end = tag.at + tag.text.len();
        if !(tag.at..end).contains(&place) && !names(tag.inside()) {
            continue;
        }
        text.push_str(&source[from..tag.at]);
        if tag.opens() == "{%" {
            text.push_str(&tags::instead_of(tag.inside().split_whitespace().next().unwrap_or_default()));
        }
        text.push_str(&"\n".repeat(tag.text.matches('\n').count()));
        from = end;
    }
    text.push_str(&source[from..]);
    (text != source).then_some(text)
}
