//! Names in a template that nothing stands behind: no turn can fill them in.

use minijinja::Environment;
use minijinja::machinery::{Token, tokenize};
use nearest::nearest;
use template_checks::calls::{self, Wrong};
use template_checks::names;

/// What every template sees.
pub(crate) const TURN: [&str; 4] = ["arguments", "question", "search_text", "variables"];
/// What templates of the result see besides.
pub(crate) const RESPONSE: [&str; 2] = ["response", "status"];

/// Cause and mend of each name that the template uses and that is not among `known`, and of all that it calls in vain, with
/// the line of the template.
pub(crate) fn unknown(environment: &Environment<'_>, source: &str, known: &[&str]) -> Vec<Wrong> {
    let of = |name: &String| Wrong { line: line_of(source, name), message: of_name(name, known) };
    let names = names::unknown(environment, source, known);
    let mut found: Vec<Wrong> = names.iter().map(of).collect();
    found.extend(calls::wrong(environment, source, known));
    found.sort_by_key(|wrong| wrong.line);
    found
}

/// The line a name first stands in, from 1.
fn line_of(source: &str, name: &str) -> usize {
    let tokens = tokenize(source, false, Default::default()).map_while(Result::ok);
    let mut places = tokens.filter(|(token, _)| matches!(token, Token::Ident(found) if *found == name));
    places.next().map_or(1, |(_, span)| span.start_line.into())
}

fn of_name(name: &str, known: &[&str]) -> String {
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("`{name}` is not defined; did you mean `{near}`?"),
        None => format!(
            "`{name}` is not defined; write arguments.{name} or variables.{name}, or one of {}",
            known.join(", ")
        ),
    }
}

#[cfg(test)]
mod tests;
