//! A header names a table: `[models.main]`.

use super::{AGAIN, Repair, is_bare, pieces, quoted_text};

/// A table's header with other brackets than it wants, or a name that TOML does not take without quotes.
pub(super) fn header(statement: &str, marks: usize) -> Option<Repair> {
    let line = statement.lines().next()?;
    let (code, rest) = line.split_at(pieces(line).last().map_or(0, |last| last.range.end));
    let indent = &code[..code.len() - code.trim_start().len()];
    let code = code.trim();
    let is_list = code.starts_with("[[");
    let inner = code.trim_start_matches('[');
    let inner = &inner[..inner.find(']').unwrap_or(inner.len())];
    let is_quoted = inner.contains(['"', '\'']);
    let inner = if is_quoted { inner.to_owned() } else { inner.replace([',', ':', '/'], ".") };
    let names: Vec<&str> = inner.split('.').map(str::trim).collect();
    if names.iter().any(|name| name.is_empty()) {
        return None;
    }
    let again = marks > 0;
    if again && is_list {
        return None;
    }
    let last = names.len() - 1;
    let name = |(at, name): (usize, &&str)| {
        let plain = name.trim_matches(['"', '\'']);
        match at == last && again {
            true => quoted_text(&format!("{plain}{}", AGAIN.to_string().repeat(marks))),
            false if is_bare(name) || plain.len() < name.len() => (*name).to_owned(),
            false => quoted_text(plain),
        }
    };
    let names = names.iter().enumerate().map(name).collect::<Vec<_>>().join(".");
    let (open, close) = if is_list { ("[[", "]]") } else { ("[", "]") };
    let as_meant = format!("{open}{inner}{close}");
    let message = (!again && code != as_meant).then(|| {
        format!(
            "has other brackets than a table's name; write {open}{}{close} alone in its line",
            inner.trim()
        )
    });
    let text = format!("{indent}{open}{names}{close} {rest}{}", &statement[line.len()..]);
    (text != statement).then_some(Repair { text, message, line: 0 })
}
