//! Single braces around a name, as other platforms have their places: `{question}` here is text, and reaches the model as it
//! stands.

use template_checks::tags;

use super::names::{INPUT, meant};

/// Characters of the longest name between braces; a longer one is a sentence.
const LONGEST: usize = 32;
/// Names at most that are told.
const MOST: usize = 10;

/// Says of names in single braces that nobody fills them in, and what to write; nothing where there are none.
pub(super) fn told(source: &str) -> Option<String> {
    let names = names(source);
    if names.is_empty() {
        return None;
    }
    let listed = names.iter().map(|name| format!("`{{{name}}}`")).collect::<Vec<_>>().join(", ");
    let mends: Vec<String> = names.iter().map(|name| mend(name)).collect();
    let stand = if names.len() == 1 { "stands" } else { "stand" };
    Some(format!(
        "{listed} in the template {stand} in single braces and reach the model as they are; write {}",
        mends.join(", ")
    ))
}

fn mend(name: &str) -> String {
    match meant(name, &INPUT) {
        Some("passages") => {
            "{% for passage in passages %}{{ passage.text }}{% endfor %} for what plugins find".to_owned()
        }
        Some(known) => format!("{{{{ {known} }}}}"),
        None if name.is_ascii() => {
            format!("{{{{ variables.{name} | default('') }}}} for a variable of the request")
        }
        None => format!("{{{{ variables[\"{name}\"] | default('') }}}} for a variable of the request"),
    }
}

/// The names, each once, in the order of the template. Tags are passed over.
fn names(source: &str) -> Vec<&str> {
    let (tags, open) = tags::all(source);
    let (mut found, mut place) = (Vec::new(), 0);
    let ends = tags.iter().map(|tag| (tag.at, tag.at + tag.text.len()));
    for (at, end) in ends.chain([(open.unwrap_or(source.len()), source.len())]) {
        for name in in_text(source.get(place..at).unwrap_or_default()) {
            if !found.contains(&name) && found.len() < MOST {
                found.push(name);
            }
        }
        place = end;
    }
    found
}

fn in_text(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| {
        let (inside, behind) = rest.split_once('}')?;
        // What stands in double braces outside of any tag is the text of `{% raw %}`.
        if behind.starts_with('}') {
            return None;
        }
        let name = inside.trim_matches([' ', '$', '#']);
        let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_')
            && name.starts_with(|c: char| c.is_alphabetic() || c == '_');
        (is_name && name.chars().count() <= LONGEST).then_some(name)
    })
}

#[cfg(test)]
mod tests;
