//! `${NAME}` and `${NAME:-default}` in the strings of a configuration file; `$${NAME}` stays `${NAME}`.
//!
//! `shellexpand` expands such texts too, and reads `$NAME` and `~` besides, which stand in URLs, prompts and passwords; it
//! stops at the first variable that is not set, where all of a file are to be told at once, and knows nothing of where the
//! name itself is wanted ([`take_names`]) or may only be shown ([`named_only`]).

use toml::Value;

use crate::problem::Problem;

/// Puts the environment's values into every string. One that cannot be made stays as it was.
pub(super) fn expand(value: &mut Value, problems: &mut Vec<Problem>) {
    walk(value, "", &mut |key, text| match expanded(text) {
        Ok(expanded) => *text = expanded,
        Err(message) => problems.push(Problem::new(key, message)),
    });
}

/// Takes `${NAME}` for `NAME` where the name of a variable is wanted, before its value, a secret, stands for a name.
pub(super) fn take_names(value: &mut Value, problems: &mut Vec<Problem>) {
    walk(value, "", &mut |key, text| {
        let Some(name) = named(key, text) else { return };
        let message =
            format!("names the variable itself, which the host reads; write \"{name}\", without ${{…}}");
        problems.push(Problem::new(key, message));
        *text = name;
    });
}

/// Keys in the tables of a section that may be left out, and are where a variable leaves them empty, as in
/// `appid = "${APPID:-}"`. An empty text that is written as such stays, and is refused.
const LEFT_OUT: [(&str, &str); 4] =
    [("models", "appid"), ("apps", "prompt"), ("knowledge", "embedder"), ("knowledge", "store")];

/// Removes optional keys whose value is made of variables and expands to nothing.
pub(super) fn leave_out(root: &mut Value) {
    let is_left_empty = |value: &Value| {
        let text = value.as_str().filter(|text| !names(text).is_empty());
        text.is_some_and(|text| expanded(text).is_ok_and(|text| text.trim().is_empty()))
    };
    for (section, key) in LEFT_OUT {
        let Some(Value::Table(tables)) = root.get_mut(section) else { continue };
        for (_, table) in tables.iter_mut() {
            let Value::Table(table) = table else { continue };
            if table.get(key).is_some_and(is_left_empty) {
                table.remove(key);
            }
        }
    }
}

/// Visits every text with its key.
fn walk(value: &mut Value, key: &str, visit: &mut impl FnMut(&str, &mut String)) {
    match value {
        Value::String(text) => visit(key, text),
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                walk(item, &format!("{key}[{index}]"), visit);
            }
        }
        Value::Table(table) => {
            for (name, item) in table.iter_mut() {
                walk(item, &super::tree::joined(key, name), visit);
            }
        }
        _ => {}
    }
}

/// The variable in `${NAME}`, where the key wants its name: its value, a secret, would stand for a name. Who writes a
/// default, as in `${MODEL_KEY_ENV:-QIANFAN_API_KEY}`, knows that what stands there is a name.
fn named(key: &str, text: &str) -> Option<String> {
    let last = key.rsplit('.').next().unwrap_or(key);
    let wants_name = last.ends_with("_env") || (last == "env" && key.starts_with("secrets."));
    let inner = text.trim().strip_prefix("${")?.strip_suffix('}')?;
    (wants_name && is_variable(inner)).then(|| inner.to_owned())
}

/// A piece of a text in which `${…}` may stand.
enum VariablePiece<'a> {
    /// What is taken as it stands.
    Text(&'a str),
    /// `${NAME}` or `${NAME:-default}`.
    Variable { name: &'a str, default: Option<&'a str> },
    /// A `${` that no `}` follows.
    Unclosed,
}

/// Takes a text apart. Of `$${` the second sign is taken away.
fn pieces(text: &str) -> Vec<VariablePiece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let (before, after) = (&rest[..start], &rest[start + 2..]);
        pieces.push(VariablePiece::Text(before));
        rest = after;
        if before.ends_with('$') {
            pieces.push(VariablePiece::Text("{"));
            continue;
        }
        let Some((inner, behind)) = after.split_once('}') else {
            pieces.push(VariablePiece::Unclosed);
            continue;
        };
        let (name, default) = match inner.split_once(":-") {
            Some((name, default)) => (name, Some(default)),
            None => (inner, None),
        };
        pieces.push(VariablePiece::Variable { name, default });
        rest = behind;
    }
    pieces.push(VariablePiece::Text(rest));
    pieces
}

/// The names that a text refers to.
pub(super) fn names(text: &str) -> Vec<&str> {
    let name = |piece| match piece {
        VariablePiece::Variable { name, .. } => Some(name).filter(|name| is_variable(name)),
        VariablePiece::Text(_) | VariablePiece::Unclosed => None,
    };
    pieces(text).into_iter().filter_map(name).collect()
}

/// A text as it may be shown: `${NAME}` stands for what the environment, or the default, puts there. `None` where
/// nothing is put in.
pub(super) fn named_only(text: &str) -> Option<String> {
    if names(text).is_empty() {
        return None;
    }
    let mut out = String::new();
    for piece in pieces(text) {
        match piece {
            // What stands beside a variable is the operator's own, and shown as it is.
            VariablePiece::Text(text) => out.push_str(text),
            VariablePiece::Variable { name, .. } => out.push_str(&format!("${{{name}}}")),
            VariablePiece::Unclosed => out.push_str("${"),
        }
    }
    Some(out)
}

fn expanded(text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut missing = Vec::new();
    for piece in pieces(text) {
        let (name, default) = match piece {
            VariablePiece::Text(text) => {
                out.push_str(text);
                continue;
            }
            VariablePiece::Unclosed => {
                return Err(
                    "has a `${` that is not closed; write ${NAME} or ${NAME:-default}, or $${ for the text `${`"
                        .into(),
                );
            }
            VariablePiece::Variable { name, default } => (name, default),
        };
        if !is_variable(name) {
            return Err(format!(
                "has `${{{name}}}`, which is not the name of an environment variable; write ${{NAME}} or ${{NAME:-default}}, or $${{ for the text `${{`"
            ));
        }
        #[expect(clippy::disallowed_methods, reason = "the file of the configuration names the variable")]
        let set = std::env::var(name).ok().filter(|value| !value.is_empty());
        match set.as_deref().or(default) {
            Some(value) => out.push_str(value),
            None => missing.push(name),
        }
    }
    if missing.is_empty() {
        return Ok(out);
    }
    let listed = missing.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let (variables, are) = if missing.len() == 1 { ("variable", "is") } else { ("variables", "are") };
    Err(format!(
        "the environment {variables} {listed} {are} not set, or empty; export it, write ${{{first}:-default}}, or $${{{first}}} for the text itself",
        first = missing[0]
    ))
}

pub(super) fn is_variable(name: &str) -> bool {
    // `env` panics on some of the others.
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests;
