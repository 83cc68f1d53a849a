//! A name in a template that nothing stands behind, and the one that was meant.

use std::collections::BTreeSet;

use minijinja::{Environment, Error, ErrorKind};
use template_checks::names;

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
const ELSEWHERE: [(&str, &str); 11] = [
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
];
/// Names that the template refers to and that no turn has.
pub(super) fn unknown(environment: &Environment<'_>) -> BTreeSet<String> {
    let Ok(template) = environment.get_template("prompt") else { return BTreeSet::new() };
    names::unknown(environment, template.source(), &INPUT)
}

/// Cause and mend of an error about a field or a tag; `None` where it is about something else. `detailed` is the
/// same error of an engine that tells names.
pub(super) fn told(error: &Error, detailed: Option<&Error>) -> Option<String> {
    match error.kind() {
        ErrorKind::UndefinedError => {
            // The engine names the field only where it keeps debug information: "`passage.txt` is undefined".
            let name = detailed.and_then(Error::detail).and_then(|detail| detail.split('`').nth(1));
            name.map(of_field)
        }
        ErrorKind::TemplateNotFound => {
            let name = error.detail().and_then(|detail| detail.split(['"', '\'']).nth(1));
            let name = name.map_or_else(|| "another file".to_owned(), |name| format!("`{name}`"));
            Some(format!("{name} cannot be taken in: a prompt is one file; write here what stands there"))
        }
        ErrorKind::SyntaxError => {
            let cause = error.detail().unwrap_or("syntax error");
            // Each tag is right by itself, and together they are not.
            Some(format!(
                "is not a template: {cause}; each {{% for … %}} ends with {{% endfor %}}, and each {{% if … %}} with {{% endif %}}"
            ))
        }
        _ => None,
    }
}

/// Says of a field that what it is asked of has none of that name.
fn of_field(name: &str) -> String {
    // The engine writes what stood in brackets in this way.
    let in_brackets = || name.strip_prefix("variables['")?.strip_suffix("']");
    if let Some(variable) = name.strip_prefix("variables.").or_else(in_brackets) {
        let is_plain = variable.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'));
        let name = if is_plain { name.to_owned() } else { format!("variables[\"{variable}\"]") };
        return format!(
            "`{name}` is not in every request; write {{{{ {name} | default('') }}}}, or {{% if {name} is defined %}}"
        );
    }
    let field = name.rsplit('.').next().unwrap_or(name);
    match meant(field, &FIELDS).filter(|meant| *meant != field) {
        Some(meant) => format!("`{name}` is not defined; did you mean `{meant}`?"),
        None => format!("`{name}` is not defined; see docs/configure.md for the fields there are"),
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

pub(super) fn meant<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    names::meant(name, known, &ELSEWHERE)
}
