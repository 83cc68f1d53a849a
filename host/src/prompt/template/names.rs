//! A name in a template that nothing stands behind, and the one that was meant.

use std::collections::BTreeSet;

use minijinja::{Environment, Error, ErrorKind};

use crate::nearest::nearest;

/// What a template can refer to: the fields of [`super::TemplateInput`].
pub(super) const INPUT: [&str; 10] = [
    "app",
    "client_system",
    "documents",
    "failures",
    "has_sources",
    "outcomes",
    "passages",
    "plain",
    "question",
    "variables",
];
/// Fields of what lists hold.
const FIELDS: [&str; 11] = [
    "id",
    "knowledge_base",
    "media_type",
    "number",
    "plugin",
    "score",
    "section",
    "sections",
    "text",
    "title",
    "url",
];
/// What other platforms and template languages call it.
const ELSEWHERE: [(&str, &str); 14] = [
    ("content", "text"),
    ("context", "passages"),
    ("contexts", "passages"),
    ("docs", "documents"),
    ("input", "question"),
    ("knowledge", "passages"),
    ("query", "question"),
    ("quote", "passages"),
    ("references", "passages"),
    ("source", "title"),
    ("system", "client_system"),
    ("upcase", "upper"),
    ("downcase", "lower"),
    ("strip", "trim"),
];
/// Filters of the engine, as far as a prompt has a use for them.
const FILTERS: [&str; 24] = [
    "batch",
    "capitalize",
    "default",
    "escape",
    "first",
    "indent",
    "int",
    "items",
    "join",
    "last",
    "length",
    "lines",
    "list",
    "lower",
    "map",
    "replace",
    "reverse",
    "round",
    "selectattr",
    "slice",
    "sort",
    "title",
    "trim",
    "upper",
];
/// Characters of an expression that are repeated in a message.
const SHOWN: usize = 80;

/// Names that the template refers to and that no turn has.
pub(super) fn unknown(environment: &Environment<'_>) -> BTreeSet<String> {
    let Ok(template) = environment.get_template("prompt") else { return BTreeSet::new() };
    let globals: BTreeSet<&str> = environment.globals().map(|(name, _)| name).collect();
    let is_known = |name: &str| INPUT.contains(&name) || globals.contains(name);
    template.undeclared_variables(false).into_iter().filter(|name| !is_known(name)).collect()
}

/// Cause and mend of an error about a name; `None` where it is about something else. `place` is what the error is at.
pub(super) fn told(error: &Error, unknown: &BTreeSet<String>, place: Option<&str>) -> Option<String> {
    match error.kind() {
        ErrorKind::UndefinedError if !unknown.is_empty() => Some(of_names(unknown)),
        ErrorKind::UndefinedError => {
            let place = place?.trim();
            let shown: String = place.chars().take(SHOWN).collect();
            let name = place
                .split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '.'))
                .next()
                .unwrap_or(place);
            if name.starts_with("variables.") {
                return Some(format!(
                    "`{name}` is not in every request; write {{{{ {name} | default('') }}}}, or {{% if {name} is defined %}}"
                ));
            }
            let field = name.rsplit('.').next().unwrap_or(name);
            let mend = match meant(field, &FIELDS) {
                Some(meant) if meant != field => format!("did you mean `{meant}`?"),
                _ => "see docs/configure.md for the fields there are".to_owned(),
            };
            Some(format!("`{shown}` is not defined; {mend}"))
        }
        ErrorKind::UnknownFilter => {
            let name = error.detail()?.split_whitespace().nth(1)?;
            let mend = match meant(name, &FILTERS) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("there are: {}", FILTERS.join(", ")),
            };
            Some(format!("there is no filter `{name}`; {mend}"))
        }
        ErrorKind::SyntaxError => {
            let cause = error.detail().unwrap_or("syntax error");
            Some(format!(
                "is not a template: {cause}; a value is put in as {{{{ question }}}}, a loop as {{% for passage in passages %}}…{{% endfor %}}"
            ))
        }
        _ => None,
    }
}

/// Says of names that no turn has them, and which were meant.
pub(super) fn of_names(unknown: &BTreeSet<String>) -> String {
    let listed = |names: &[String]| names.join(", ");
    let names: Vec<String> = unknown.iter().map(|name| format!("`{name}`")).collect();
    let known: Vec<String> =
        unknown.iter().filter_map(|name| meant(name, &INPUT)).map(|name| format!("`{name}`")).collect();
    let are = if names.len() == 1 { "is" } else { "are" };
    let mend = if known.is_empty() {
        format!("there are: {}", INPUT.join(", "))
    } else {
        format!("did you mean {}?", listed(&known))
    };
    format!("{} {are} not defined; {mend}", listed(&names))
}

fn meant<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let elsewhere = ELSEWHERE.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, own)| *own);
    elsewhere
        .and_then(|own| known.iter().copied().find(|known| *known == own))
        .or_else(|| nearest(name, known.iter().copied()))
}
