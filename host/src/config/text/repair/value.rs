//! What a value of TOML looks like, and how other languages write one.

use toml::Table;

pub(super) fn is_literal(text: &str) -> bool {
    format!("x = {text}").parse::<Table>().is_ok()
}

pub(super) fn is_null(text: &str) -> bool {
    ["null", "none", "nil", "undefined", "~"].contains(&text.to_ascii_lowercase().as_str())
}

/// The value of TOML that a word of another language stands for.
pub(super) fn meant(text: &str) -> Option<String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => return Some("true".to_owned()).filter(|truth| truth != text),
        "false" | "no" | "off" => return Some("false".to_owned()).filter(|truth| truth != text),
        _ => {}
    }
    if let Some(share) = text.strip_suffix('%').and_then(|share| share.trim().parse::<f64>().ok()) {
        return Some(format!("{}", share / 100.0));
    }
    if let Some(plain) = grouped(text) {
        return Some(plain);
    }
    let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if is_literal(text) || text.len() < 2 || !digits(whole) || !digits(part) || whole.len() + part.len() == 0
    {
        return None;
    }
    let plain = whole.trim_start_matches('0');
    let plain = if plain.is_empty() { "0" } else { plain };
    Some(match text.contains(['.', ',']) {
        false => plain.to_owned(),
        true => format!("{plain}.{}", if part.is_empty() { "0" } else { part }),
    })
}

/// A number whose thousands are parted by commas: `1,234,567`. No group begins with a zero, so `0,004` is a fraction.
fn grouped(text: &str) -> Option<String> {
    let is_group = |group: &str, length: std::ops::RangeInclusive<usize>| {
        length.contains(&group.len()) && group.bytes().all(|byte| byte.is_ascii_digit())
    };
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, part)| (whole, Some(part)));
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let is_grouped = !rest.is_empty()
        && is_group(first, 1..=3)
        && !first.starts_with('0')
        && rest.iter().all(|group| is_group(group, 3..=3))
        && fraction.is_none_or(|part| is_group(part, 1..=18));
    is_grouped.then(|| text.replace(',', ""))
}

/// The number that a `${NAME:-5}` would be where its variable is not set.
pub(super) fn number_of_variable(text: &str) -> Option<&str> {
    let default = text.strip_prefix("${")?.strip_suffix('}')?.split_once(":-")?.1;
    let is_value = default.parse::<f64>().is_ok() || matches!(default, "true" | "false");
    is_value.then_some(default)
}
