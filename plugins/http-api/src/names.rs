//! Names in a template that nothing stands behind: no turn can fill them in.

use std::collections::BTreeSet;

use minijinja::machinery::{Token, tokenize};
use minijinja::{Environment, ErrorKind};
use qianfan_plugin::nearest;

/// What every template sees.
pub(crate) const TURN: [&str; 4] = ["arguments", "question", "search_text", "variables"];
/// What templates of the result see besides.
pub(crate) const RESPONSE: [&str; 2] = ["response", "status"];

/// Filters of the engine that are suggested.
const FILTERS: [&str; 23] = [
    "abs",
    "batch",
    "capitalize",
    "default",
    "first",
    "float",
    "indent",
    "int",
    "items",
    "join",
    "last",
    "length",
    "list",
    "lower",
    "map",
    "replace",
    "round",
    "slice",
    "sort",
    "string",
    "sum",
    "trim",
    "upper",
];
/// Tests of the engine that are suggested.
const TESTS: [&str; 12] = [
    "defined",
    "divisibleby",
    "endingwith",
    "even",
    "iterable",
    "mapping",
    "none",
    "number",
    "odd",
    "sequence",
    "startingwith",
    "string",
];
/// What other template languages call them.
const ELSEWHERE: [(&str, &str); 10] = [
    ("downcase", "lower"),
    ("empty", "none"),
    ("lowercase", "lower"),
    ("null", "none"),
    ("size", "length"),
    ("strip", "trim"),
    ("to_string", "string"),
    ("toint", "int"),
    ("upcase", "upper"),
    ("uppercase", "upper"),
];

/// Cause and mend of each name that the template uses and that is not among `known`, filters and tests included.
pub(crate) fn unknown(environment: &Environment<'_>, source: &str, known: &[&str]) -> Vec<String> {
    let Ok(template) = environment.template_from_str(source) else { return Vec::new() };
    let globals: BTreeSet<&str> = environment.globals().map(|(name, _)| name).collect();
    let is_known = |name: &str| known.contains(&name) || globals.contains(name) || name == "loop";
    let names: BTreeSet<String> =
        template.undeclared_variables(false).into_iter().filter(|name| !is_known(name)).collect();
    let mut found: Vec<String> = names.iter().map(|name| of_name(name, known)).collect();
    let Used { filters, tests } = used(source);
    for name in
        filters.iter().filter(|name| fails(environment, &format!("''|{name}"), ErrorKind::UnknownFilter))
    {
        found.push(of_function("filter", name, &FILTERS));
    }
    for name in
        tests.iter().filter(|name| fails(environment, &format!("'' is {name}"), ErrorKind::UnknownTest))
    {
        found.push(of_function("test", name, &TESTS));
    }
    found
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

fn of_function(kind: &str, name: &str, known: &[&str]) -> String {
    let elsewhere =
        ELSEWHERE.iter().find(|(other, own)| *other == name && known.contains(own)).map(|(_, own)| *own);
    match elsewhere.or_else(|| nearest(name, known.iter().copied())) {
        Some(near) => format!("there is no {kind} `{name}`; did you mean `{near}`?"),
        None => format!("there is no {kind} `{name}`; there are {}", known.join(", ")),
    }
}

/// Whether the engine knows no such function.
fn fails(environment: &Environment<'_>, expression: &str, kind: ErrorKind) -> bool {
    let tried = environment.compile_expression(expression).and_then(|compiled| compiled.eval(()));
    tried.is_err_and(|error| error.kind() == kind)
}

/// Names of the functions that a template applies.
struct Used<'a> {
    filters: BTreeSet<&'a str>,
    tests: BTreeSet<&'a str>,
}

fn used(source: &str) -> Used<'_> {
    let mut used = Used { filters: BTreeSet::new(), tests: BTreeSet::new() };
    let tokens: Vec<Token<'_>> =
        tokenize(source, false, Default::default()).map_while(Result::ok).map(|(token, _)| token).collect();
    for (at, token) in tokens.iter().enumerate() {
        let after = &tokens[at + 1..];
        match (token, after) {
            (Token::Pipe, [Token::Ident(name), ..]) => _ = used.filters.insert(name),
            (Token::BlockStart, [Token::Ident("filter"), Token::Ident(name), ..]) => _ = used.filters.insert(name),
            (Token::Ident("is"), [Token::Ident("not"), Token::Ident(name), ..] | [Token::Ident(name), ..])
                // `x.is` is an attribute.
                if at > 0 && !matches!(tokens[at - 1], Token::Dot) =>
            {
                _ = used.tests.insert(name);
            }
            _ => {}
        }
    }
    used
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(source: &str) -> Vec<String> {
        unknown(&Environment::new(), source, &TURN)
    }

    #[test]
    fn a_name_that_nothing_stands_behind_is_told_with_the_nearest() {
        for (source, expected) in [
            ("{{ varables.p }}", "`varables` is not defined; did you mean `variables`?"),
            (
                "{% if argument.x is defined %}x{% endif %}",
                "`argument` is not defined; did you mean `arguments`?",
            ),
            (
                "{{ year|default(1) }}",
                "`year` is not defined; write arguments.year or variables.year, or one of arguments",
            ),
            ("{{ question | upcase }}", "there is no filter `upcase`; did you mean `upper`?"),
            ("{% filter trimm %}x{% endfilter %}", "there is no filter `trimm`; did you mean `trim`?"),
            ("{{ question|b64 }}", "there is no filter `b64`; there are abs, batch"),
            ("{% if question is not emty %}x{% endif %}", "there is no test `emty`"),
            ("{% if question is empty %}x{% endif %}", "there is no test `empty`; did you mean `none`?"),
        ] {
            let told = told(source);
            assert!(told.len() == 1 && told[0].starts_with(expected), "{source}: {told:?}");
        }
    }

    #[test]
    fn what_is_there_is_not_told() {
        for source in [
            "{{ arguments.x|default('a | upcase')|lower }}{# | upcase #}{% raw %}{{ x|upcase }}{% endraw %}",
            "{% for x in range(3) %}{{ loop.index }}{{ x }}{% endfor %}",
            "{% set a = question %}{{ a }}{% if variables.p is defined and search_text is not none %}b{% endif %}",
            "{% macro m(a) %}{{ a }}{% endmacro %}",
        ] {
            assert_eq!(told(source), Vec::<String>::new(), "{source}");
        }
    }

    #[test]
    fn what_is_suggested_exists() {
        let environment = Environment::new();
        for name in FILTERS {
            assert!(!fails(&environment, &format!("''|{name}"), ErrorKind::UnknownFilter), "{name}");
        }
        for name in TESTS {
            assert!(!fails(&environment, &format!("'' is {name}"), ErrorKind::UnknownTest), "{name}");
        }
    }
}
