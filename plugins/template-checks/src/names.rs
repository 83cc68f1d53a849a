//! Names in a template that nothing stands behind: no turn can fill them in.

use std::collections::BTreeSet;

use minijinja::Environment;
use nearest::nearest;

use crate::calls;

/// The names that a template uses and that are neither among `known`, nor functions of the engine, nor defined by the
/// template itself. What it calls is left to [`calls::wrong`]. Empty for a template that does not parse.
#[must_use]
pub fn unknown(environment: &Environment<'_>, source: &str, known: &[&str]) -> BTreeSet<String> {
    let Ok(template) = environment.template_from_str(source) else { return BTreeSet::new() };
    let globals: BTreeSet<&str> = environment.globals().map(|(name, _)| name).collect();
    let called = calls::called(environment, source);
    let is_known = |name: &String| {
        known.contains(&name.as_str()) || globals.contains(name.as_str()) || called.contains(name)
    };
    template.undeclared_variables(false).into_iter().filter(|name| !is_known(name)).collect()
}

/// The one of `known` that was meant by `name`: what `elsewhere` pairs it with, as other template languages call it, or
/// else the nearest.
#[must_use]
pub fn meant<'a>(name: &str, known: &[&'a str], elsewhere: &[(&str, &str)]) -> Option<&'a str> {
    let own = elsewhere.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, own)| *own);
    own.and_then(|own| known.iter().copied().find(|known| *known == own))
        .or_else(|| nearest(name, known.iter().copied()))
}
