//! What a site says in robots.txt (RFC 9309) of who may fetch what.

use std::time::Duration;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use url::Url;

use super::pattern::fits;

/// The name by which robots.txt calls the host.
pub(super) const TOKEN: &str = "qianfan-host";
/// Bytes of a robots.txt that count; the standard asks for as many at least.
pub(super) const MAX_BYTES: usize = 500 << 10;
/// Rules that count.
const MAX_RULES: usize = 2000;
/// The longest pause between two requests that a site is granted: a longer one would keep a source at work for days.
const LONGEST_DELAY: Duration = Duration::from_secs(10);

/// The rules of one site for the host.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Robots {
    rules: Vec<RobotsRule>,
    /// The pause it asks for between two requests.
    pub(super) delay: Option<Duration>,
}

#[derive(Debug, Clone, PartialEq)]
struct RobotsRule {
    allows: bool,
    /// The rule as it was written.
    said: String,
    /// As paths are compared: `*` for any characters, the end open unless it ended in `$`.
    pattern: String,
}

impl Robots {
    /// Reads a robots.txt. What it does not understand it passes over, as the standard says.
    pub(super) fn of(text: &str) -> Self {
        let (mut own, mut every) = (Self::default(), Self::default());
        let mut has_own = false;
        // The groups that the lines at hand are for, and whether they are still being named.
        let (mut is_own, mut is_every, mut naming) = (false, false, false);
        for line in text.trim_start_matches('\u{feff}').lines() {
            let line = line.split('#').next().unwrap_or_default();
            let Some((field, value)) = line.split_once(':') else { continue };
            let (field, value) = (field.trim(), value.trim());
            if field.eq_ignore_ascii_case("user-agent") {
                if !naming {
                    (is_own, is_every, naming) = (false, false, true);
                }
                let name = value.split(|c: char| !c.is_ascii_alphabetic() && c != '-' && c != '_').next();
                is_own |= name.is_some_and(|name| name.eq_ignore_ascii_case(TOKEN));
                is_every |= value == "*";
                has_own |= is_own;
                continue;
            }
            let groups = [(is_own, &mut own), (is_every, &mut every)];
            for (_, group) in groups.into_iter().filter(|(is_for, _)| *is_for) {
                group.line(field, value);
            }
            naming &= field.eq_ignore_ascii_case("sitemap");
        }
        if has_own { own } else { every }
    }

    fn line(&mut self, field: &str, value: &str) {
        let allows = field.eq_ignore_ascii_case("allow");
        if allows || field.eq_ignore_ascii_case("disallow") {
            // An empty one says nothing.
            if !value.is_empty() && self.rules.len() < MAX_RULES {
                let encoded = compared(value);
                let pattern = encoded.strip_suffix('$').map_or(format!("{encoded}*"), str::to_owned);
                self.rules.push(RobotsRule { allows, said: value.to_owned(), pattern });
            }
        } else if field.eq_ignore_ascii_case("crawl-delay") {
            let seconds = value.parse::<f64>().ok().filter(|seconds| seconds.is_finite() && *seconds >= 0.0);
            self.delay =
                seconds.map(|seconds| Duration::from_secs_f64(seconds.min(LONGEST_DELAY.as_secs_f64())));
        }
    }

    /// The rule that keeps the host from a page.
    pub(super) fn against(&self, url: &Url) -> Option<&str> {
        let path = match url.query() {
            Some(query) => compared(&format!("{}?{query}", url.path())),
            None => compared(url.path()),
        };
        // The longest counts; of two as long the one that allows.
        let fitting = self.rules.iter().filter(|rule| fits(&rule.pattern, &path));
        let rule = fitting.max_by_key(|rule| (rule.pattern.trim_end_matches('*').len(), rule.allows))?;
        (!rule.allows).then_some(&*rule.said)
    }
}

/// What stands in a URL as it is; `%` may begin what is encoded already.
const RAW: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>');

/// A path in the form in which two are compared.
fn compared(path: &str) -> String {
    let encoded = utf8_percent_encode(path, RAW).to_string();
    let mut bytes = encoded.into_bytes();
    for at in 0..bytes.len().saturating_sub(2) {
        if bytes[at] == b'%' && bytes[at + 1].is_ascii_hexdigit() && bytes[at + 2].is_ascii_hexdigit() {
            bytes[at + 1].make_ascii_uppercase();
            bytes[at + 2].make_ascii_uppercase();
        }
    }
    // What was encoded is ASCII.
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests;
