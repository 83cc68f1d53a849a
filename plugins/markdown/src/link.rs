//! Where links may lead, and text that stands inside of links.

use crate::character::{cleaned, is_invisible};
use crate::doubt::Word;

/// The schemes a link may have. Everything else might run in the reader's browser.
const SCHEMES: &[&str] = &["http", "https", "mailto", "tel"];

/// Longest scheme worth waiting for, in characters: browsers know none as long.
const LONGEST: usize = 32;

/// The beginning of a link's destination, read until it is clear whether it may stay.
#[derive(Debug, Default)]
pub(crate) struct Destination {
    text: String,
    spaces: usize,
}

/// What is known of a destination.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// More characters are needed to tell.
    Open,
    /// It leads where it may.
    Safe,
    /// It has a scheme that is not allowed, or is written so that the scheme is hard to see.
    Unsafe,
}

impl Destination {
    /// Takes the next character, unless that settles it.
    pub(crate) fn push(&mut self, c: char) -> Verdict {
        let scheme = &self.text[self.spaces..];
        match c {
            ' ' | '\t' if scheme.is_empty() && self.spaces < LONGEST => self.spaces += 1,
            // Entities, escapes, brackets, quotes and what nobody sees hide a scheme; no honest link
            // begins with them.
            '&' | '\\' | '<' | '%' | '"' | '\'' => return Verdict::Unsafe,
            c if is_invisible(c) && (scheme.is_empty() || !" \t".contains(c)) => return Verdict::Unsafe,
            ':' if is_allowed(scheme) => return Verdict::Safe,
            ':' => return Verdict::Unsafe,
            c if is_scheme_char(c) && scheme.len() < LONGEST => {}
            // Whatever follows, this is no scheme.
            _ => return Verdict::Safe,
        }
        self.text.push(c);
        Verdict::Open
    }

    /// What was taken.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

/// Whether a link may have this scheme.
pub(crate) fn is_allowed(scheme: &str) -> bool {
    SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme))
}

pub(crate) fn is_scheme_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "+.-".contains(c)
}

/// Longest URL of a source that is linked, in bytes as it is written; browsers follow none much longer.
const LONGEST_URL: usize = 2000;

/// A source's URL as a destination that ends nothing it stands in; `None` where it is not on the web,
/// or longer than a link should be.
pub(crate) fn destination(url: &str) -> Option<String> {
    let (scheme, _) = url.split_once("://")?;
    if url.len() > LONGEST_URL
        || !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https")
    {
        return None;
    }
    let mut written = String::with_capacity(url.len());
    for c in url.chars() {
        if is_invisible(c) || "()<>[]{}\"'`\\|^*_~!$".contains(c) {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                written.push_str(&format!("%{byte:02X}"));
            }
        } else {
            written.push(c);
        }
    }
    (written.len() <= LONGEST_URL).then_some(written)
}

/// Longest plain text that is written, in characters; the rest is cut off.
const LONGEST_PLAIN: usize = 300;

/// Plain text as markdown that shows exactly that text, on one line.
pub(crate) fn plain(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut word = Word::default();
    let chars = text.chars().filter_map(cleaned);
    for (index, c) in chars.enumerate() {
        if index == LONGEST_PLAIN {
            written.push('…');
            break;
        }
        word.push(c);
        match c {
            '<' => written.push_str("&lt;"),
            '&' => written.push_str("&amp;"),
            '`' => written.push_str("&#96;"),
            // A bare link in it would take the escapes that follow.
            '/' | '.' | ':' if word.is_link() => written.push_str(&format!("&#{};", u32::from(c))),
            '\n' | '\t' => written.push(' '),
            c => {
                if "\\*_[]|~!#>$".contains(c) {
                    written.push('\\');
                }
                written.push(c);
            }
        }
    }
    written.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
