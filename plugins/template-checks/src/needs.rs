//! What a template cannot be rendered without, of what some turns have and others lack.

use std::collections::BTreeSet;

use minijinja::{Environment, ErrorKind, Value};

use crate::calls;

/// Texts that every turn has.
const TEXTS: [&str; 2] = ["question", "search_text"];
/// Tables in which a name may be absent.
const TABLES: [&str; 2] = ["arguments", "variables"];

/// The names of such a table without which the template fails, in order; none where it does not parse. In the environment
/// what is missing is an error.
#[must_use]
pub fn needed(strict: &Environment<'_>, source: &str, table: &str) -> BTreeSet<String> {
    let Ok(template) = strict.template_from_str(source) else { return BTreeSet::new() };
    let mut paths = template.undeclared_variables(true);
    paths.extend(calls::in_brackets(strict, source));
    let below = |table: &str| -> BTreeSet<String> {
        let below = paths.iter().filter_map(|path| path.strip_prefix(table)?.strip_prefix('.'));
        below.filter_map(|rest| rest.split('.').next()).map(str::to_owned).collect()
    };
    let one = || Value::from("1");
    let fails_without = |name: &String| {
        let texts = TEXTS.map(|text| (Value::from(text), one()));
        let tables = TABLES.map(|other| {
            let there = below(other).into_iter().filter(|known| other != table || known != name);
            (Value::from(other), Value::from_pairs(there.map(|known| (Value::from(known), one()))))
        });
        let rendered = template.render(Value::from_pairs(texts.into_iter().chain(tables)));
        rendered.is_err_and(|error| error.kind() == ErrorKind::UndefinedError)
    };
    below(table).into_iter().filter(fails_without).collect()
}
