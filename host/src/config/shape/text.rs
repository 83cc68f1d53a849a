//! What is wrong with a text whose kind is right.

use std::path::Path;

use serde_json::Value as Json;
use toml::Value;

use super::wording::{example, quoted};
use crate::config::environment::is_variable;
use crate::config::text::fullwidth;
use crate::endpoint::looks_like_a_key;
use crate::texts::Texts;

/// Something that is wrong with a text.
pub(super) struct TextProblem {
    /// The cause and what to write instead.
    pub(super) message: String,
    /// Whether the check can go on with the text as it stands.
    pub(super) stays: bool,
}

/// Keys that name a file or a folder.
const PATHS: [&str; 7] =
    ["cache_dir", "component", "data_dir", "file", "model_path", "prompt", "tokenizer_path"];
/// Keys that name an environment variable. Empty, they name none, but for `env`, without which there is no secret.
const VARIABLES: [&str; 3] = ["admin_key_env", "api_key_env", "env"];
/// Keys whose texts are taken as they stand, and where a blank at the beginning or the end is a slip.
const EXACT: [&str; 21] = [
    "apps",
    "appid",
    "cache_dir",
    "component",
    "cors_origins",
    "data_dir",
    "embedder",
    "file",
    "follow_up_model",
    "form",
    "formatters",
    "header",
    "host",
    "hosts",
    "knowledge",
    "listen",
    "model",
    "plugin",
    "prompt",
    "query",
    "store",
];
/// Further keys of this kind. They must not be empty either: an empty text means nothing there, and nobody
/// wants its effect.
const NEVER_EMPTY: [&str; 11] = [
    "exclude",
    "hash",
    "include",
    "keywords",
    "model_summary",
    "patterns",
    "secret",
    "sitemap",
    "title",
    "urls",
    "whole_text",
];
/// Keys in whose texts the signs of a template may stand: a regular expression has braces of its own, a prompt's text
/// has a mend of its own, and a title or a word may hold anything.
const NO_TEMPLATES: [&str; 4] = ["patterns", "prompt", "title", "keywords"];
/// Keys of addresses.
const URLS: [&str; 4] = ["base_url", "sitemap", "url", "urls"];
/// Keys of both that have no default.
const NEEDED: [&str; 6] = ["component", "hash", "host", "model", "plugin", "secret"];

/// What is wrong with the text of a key, which it alone tells.
pub(super) fn problem(text: &mut String, schema: &Json, key: &str) -> Option<TextProblem> {
    let of = key.rsplit('.').next().unwrap_or(key).split('[').next().unwrap_or(key);
    let goes = |message: String| Some(TextProblem { message, stays: false });
    // Fields of `extra` are the model's own affair.
    if !NO_TEMPLATES.contains(&of)
        && ![".extra.", ".metadata."].iter().any(|table| key.contains(table))
        && let Some(template) = template_in(text)
    {
        if let Some(name) = place_meant(&template, of, key) {
            return goes(format!(
                "holds `{template}`, and single braces are filled in here; write {{{name}}}"
            ));
        }
        return goes(format!(
            "holds `{template}`, and nothing is filled in here; write the text itself, or ${{NAME}} for a variable of the environment"
        ));
    }
    // Texts under names of the operator's choice.
    if [".variables.", ".metadata.", ".extra."].iter().any(|table| key.contains(table)) {
        return None;
    }
    let (is_path, is_exact) = (PATHS.contains(&of), EXACT.contains(&of));
    if let Some(message) = only_looks_right(text, of) {
        return Some(TextProblem { message, stays: true });
    }
    if VARIABLES.contains(&of) {
        return not_a_variable(text, of).and_then(goes);
    }
    if text.trim().is_empty() && (is_path || is_exact || NEVER_EMPTY.contains(&of)) {
        let example = example(schema);
        let mend =
            if example == "\"…\"" { "write a text".to_owned() } else { format!("write such as {example}") };
        let or = if NEEDED.contains(&of) { "" } else { ", or remove it for the default" };
        return goes(format!("is empty; {mend}{or}"));
    }
    if of == "prompt" && is_prose(text) {
        return goes(
            "is not a file's name: a prompt's text stands in a file of its own; write it into one, and its name here, such as \
             \"prompts/app.j2\""
                .to_owned(),
        );
    }
    if is_path && text.contains(|c: char| c.is_control()) {
        return goes(
            "has a tab, a line end or another control character, which `\\t` and `\\n` between double quotes are; write the \
             path with `/`, or between single quotes"
                .to_owned(),
        );
    }
    if is_path && is_of_windows(text) {
        let slashes = text.replace('\\', "/");
        return goes(format!(
            "is a path of Windows, and the host runs elsewhere; write it with `/`, taken from the configuration's folder, such as \"{}\"",
            slashes.split_once(":/").map_or(&*slashes, |(_, path)| path)
        ));
    }
    if let Some(within) = Path::new(text.trim()).strip_prefix("~").ok().filter(|_| is_path) {
        // A folder of that name would be looked for, or made, beside the configuration.
        return goes(format!(
            "holds `~`, which only a shell takes for the home folder; write such as \"${{HOME}}/{}\"",
            within.display()
        ));
    }
    if let Some(name) = shell_variable(text).filter(|_| is_path) {
        let meant = text.replacen(&format!("${name}"), &format!("${{{name}}}"), 1);
        return goes(format!("holds `${name}`, which only a shell fills in; write \"{meant}\""));
    }
    if (is_exact || is_path) && text.trim() != text {
        let trimmed = text.trim().to_owned();
        let place = if text.starts_with(&trimmed) { "end" } else { "beginning" };
        *text = trimmed;
        return Some(TextProblem {
            message: format!("has a space at its {place}; write \"{text}\""),
            stays: true,
        });
    }
    None
}

/// What is wrong with the texts of a base's filter, each with its key: only the filters of a plugin's own configuration are
/// filled in for each turn.
pub(super) fn unfilled(filter: &Value, key: &str) -> Vec<(String, String)> {
    match filter {
        Value::String(text) => template_in(text)
            .map(|template| {
                let message = format!(
                    "holds `{template}`, and nothing is filled in here; write the filter in filters of [plugins.NAME.config], where \
                     it is"
                );
                (key.to_owned(), message)
            })
            .into_iter()
            .collect(),
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.flat_map(|(index, item)| unfilled(item, &format!("{key}[{index}]"))).collect()
        }
        Value::Table(table) => {
            table.iter().flat_map(|(name, item)| unfilled(item, &format!("{key}.{name}"))).collect()
        }
        _ => Vec::new(),
    }
}

/// The place that is meant by a template, where single braces are filled in.
fn place_meant(template: &str, of: &str, key: &str) -> Option<&'static str> {
    let places: &'static [&'static str] = match of {
        "form" => &["secret"],
        "say_more" => &["missing"],
        _ if key.contains(".texts.") => Texts::places(of),
        _ => &[],
    };
    let name = template.trim_matches(['{', '}', '%', ' ']);
    places.iter().find(|place| **place == name).or(places.first()).copied()
}

/// Says of characters that are not those they look like, or that nobody sees, and takes those that are meant. Where
/// people read a text, and in the names of files, they may be wanted: whether a file is there the check sees anyway.
fn only_looks_right(text: &mut String, of: &str) -> Option<String> {
    if PATHS.contains(&of) {
        return None;
    }
    let is_name = EXACT.contains(&of) || URLS.contains(&of);
    let is_read = of == "title" || !(is_name || NEVER_EMPTY.contains(&of));
    let is_wide = |c: char| ('\u{ff01}'..='\u{ff5e}').contains(&c);
    let has_chinese = text.chars().any(|c| ('\u{2e80}'..='\u{9fff}').contains(&c));
    if let Some(hidden) = text.chars().find(|c| fullwidth::is_hidden(*c)).filter(|_| !is_read) {
        let plain = |c: char| match c {
            '\u{a0}' => Some(' '),
            c => Some(c).filter(|c| !fullwidth::is_hidden(*c)),
        };
        let plain: String = text.chars().filter_map(plain).collect();
        *text = plain.trim().to_owned();
        return Some(format!("has an invisible character (U+{:04X}); write \"{text}\"", u32::from(hidden)));
    }
    if is_name && text.chars().any(is_wide) && !has_chinese {
        *text = text.chars().map(|c| fullwidth::plain(c).filter(|_| is_wide(c)).unwrap_or(c)).collect();
        return Some(format!("has full-width signs; write \"{text}\""));
    }
    None
}

/// The first part of a text that a template would fill in.
pub(in crate::config) fn template_in(text: &str) -> Option<String> {
    let signs = [("{{", "}}"), ("{%", "%}")];
    let (start, end) = signs.into_iter().find_map(|(open, close)| {
        let start = text.find(open)?;
        Some((start, start + text[start..].find(close)? + close.len()))
    })?;
    // The cause of a message ends with its first semicolon.
    let template = quoted(&text[start..end]).replace(';', ",");
    Some(template.trim_matches('"').to_owned())
}

/// The name behind the first `$` that a shell would take for a variable; the host's own form has braces.
fn shell_variable(text: &str) -> Option<&str> {
    let begins = |c: char| c.is_ascii_alphabetic() || c == '_';
    let name = text.split('$').skip(1).find(|rest| rest.starts_with(begins))?;
    Some(name.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or(name))
}

/// What is not the name of a variable may be the secret itself, so it is not repeated.
fn not_a_variable(text: &str, of: &str) -> Option<String> {
    let name = text.trim();
    if name.is_empty() && of == "env" {
        return Some(
            "is empty; write the variable that holds the secret, such as env = \"MY_SECRET\"".to_owned(),
        );
    }
    if name.is_empty() || (is_variable(name) && !looks_like_a_key(name)) {
        return None;
    }
    let cause = if looks_like_a_key(name) {
        "is a key, and no key is written into the file"
    } else {
        "is not the name of an environment variable"
    };
    let example = if of == "env" { "MY_SECRET" } else { "QIANFAN_API_KEY" };
    Some(format!(
        "{cause}; export the key in a variable and write that variable's name, such as {of} = \"{example}\""
    ))
}

/// Whether a text is what one says to a model, and not the name of a file.
fn is_prose(text: &str) -> bool {
    const SIGNS: [char; 9] = ['\n', '，', '。', '；', '：', '！', '？', '“', '、'];
    /// Longer names of files are rare.
    const LONGEST: usize = 80;
    let has_ending = text.rsplit_once('.').is_some_and(|(_, ending)| {
        (1..=5).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    let has_words = text.split(' ').count() > 3 || (!text.is_ascii() && !text.contains('/'));
    let is_long = text.rsplit('/').next().is_some_and(|name| name.chars().count() > LONGEST);
    text.contains("{{")
        || text.contains("{%")
        || text.contains(SIGNS)
        || (!has_ending && (has_words || is_long))
}

fn is_of_windows(text: &str) -> bool {
    let bytes = text.as_bytes();
    let has_drive = matches!(bytes, [drive, b':', b'/' | b'\\', ..] if drive.is_ascii_alphabetic());
    has_drive || text.contains('\\')
}
