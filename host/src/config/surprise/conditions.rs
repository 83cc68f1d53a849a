//! Conditions of routes that hold in other turns than whoever wrote them expects.

use std::collections::BTreeMap;

use super::unfilled;
use crate::config::{Config, When};
use crate::half_width::half_width;
use crate::problem::Problem;

/// What people put between words that they think are looked for one by one.
const BETWEEN: [char; 6] = [',', '，', '、', '|', ';', '；'];

impl Config {
    /// Everything that surprises in the conditions of apps.
    pub(super) fn conditions(&self) -> Vec<Problem> {
        let entries = self.apps.iter().flat_map(|(name, app)| {
            let entries = app.plugins.iter().enumerate();
            entries.map(move |(at, entry)| (format!("apps.{name}.plugins[{at}].when"), entry))
        });
        let conditions = entries.filter_map(|(key, entry)| Some((key, entry.when.as_ref()?)));
        conditions.flat_map(|(key, when)| of_condition(&key, when)).collect()
    }
}

fn of_condition(key: &str, when: &When) -> Vec<Problem> {
    let keywords = when.keywords.iter().enumerate().filter_map(|(at, keyword)| {
        let message = several_in_one(keyword).or_else(|| unfilled(keyword))?;
        Some(Problem::new(format!("{key}.keywords[{at}]"), message))
    });
    let patterns = when.patterns.iter().enumerate().filter_map(|(at, pattern)| {
        let message = within_slashes(pattern).or_else(|| wide_signs(pattern))?;
        Some(Problem::new(format!("{key}.patterns[{at}]"), message))
    });
    keywords.chain(patterns).chain(empty_variables(key, &when.variables)).collect()
}

/// Several words in one text, which is looked for as it stands.
fn several_in_one(keyword: &str) -> Option<String> {
    let sign = keyword.chars().find(|c| BETWEEN.contains(c))?;
    let words: Vec<&str> = keyword.split(BETWEEN).map(str::trim).filter(|word| !word.is_empty()).collect();
    // Between digits the sign is a number's own.
    let is_number = words.iter().all(|word| word.bytes().all(|b| b.is_ascii_digit()));
    let listed = words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
    let message =
        || format!("is looked for as one text, with the `{sign}` in it; write each alone: {listed}");
    (words.len() > 1 && !is_number).then(message)
}

/// Signs of a Chinese input method around what a pattern has more than one of, or that end it: `（甲|乙）`, `元＄`.
fn wide_signs(pattern: &str) -> Option<String> {
    let signs = own_signs(pattern);
    let has = |wide: char| signs.iter().any(|(c, is_own)| *is_own && *c == wide);
    let is_group = has('（') && has('）') && (has('|') || has('｜'));
    if !is_group && signs.last() != Some(&('＄', true)) {
        return None;
    }
    let is_wide = |c: char| matches!(c, '（' | '）' | '｜' | '＄');
    let plain: String =
        signs.into_iter().map(|(c, is_own)| if is_own && is_wide(c) { half_width(c) } else { c }).collect();
    Some(format!("has full-width signs, which stand for nothing but themselves; write '{plain}'"))
}

/// Each character of a pattern, and whether it may be a sign of its own: in `[(（]` and behind `\` it is a text.
fn own_signs(pattern: &str) -> Vec<(char, bool)> {
    let (mut is_class, mut is_escaped) = (false, false);
    let sign = |c: char| {
        let is_own = !is_class && !is_escaped;
        if !is_escaped {
            is_class = if is_class { c != ']' } else { c == '[' };
        }
        is_escaped = c == '\\' && !is_escaped;
        (c, is_own)
    };
    pattern.chars().map(sign).collect()
}

/// A pattern as other languages have it: between slashes, with letters behind them.
fn within_slashes(pattern: &str) -> Option<String> {
    let (inner, flags) = pattern.strip_prefix('/')?.rsplit_once('/')?;
    let is_whole = !inner.is_empty() && !inner.contains('/') && flags.chars().all(|c| "gimsuy".contains(c));
    // The others are how it is looked for here anyway, or of no use.
    let flags: String = flags.chars().filter(|c| "ims".contains(*c)).collect();
    let flags = if flags.is_empty() { flags } else { format!("(?{flags})") };
    let message = || {
        format!("is looked for with its slashes, which are no part of a pattern here; write '{flags}{inner}'")
    };
    is_whole.then(message)
}

/// Conditions on a variable that is sent and empty.
fn empty_variables(key: &str, variables: &BTreeMap<String, String>) -> Vec<Problem> {
    let empty = variables.iter().filter(|(name, value)| value.trim().is_empty() && !name.trim().is_empty());
    let told = |(name, _): (&String, &String)| {
        let message = format!(
            "is empty, so that only a request that sends `{name}` without a value meets it, and none that leaves it out; write the \
             value it must have, or \"*\" for any"
        );
        Problem::new(format!("{key}.variables.{name}"), message)
    };
    empty.map(told).collect()
}
