//! Characters of a Chinese input method where TOML wants those of ASCII.

use crate::problem::Problem;

/// The character of ASCII that one stands for.
pub(in crate::config) fn plain(c: char) -> Option<char> {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
        '“' | '”' | '„' | '‟' | '〝' | '〞' | '「' | '」' | '『' | '』' => Some('"'),
        '‘' | '’' => Some('\''),
        '\u{3000}' | '\u{a0}' => Some(' '),
        '、' => Some(','),
        '。' => Some('.'),
        '【' => Some('['),
        '】' => Some(']'),
        '—' | '–' => Some('-'),
        _ => None,
    }
}

/// Whether a text may stand between these, as between straight quotes.
fn is_quote(c: char) -> bool {
    matches!(plain(c), Some('"' | '\''))
}

/// Text that stays as it is.
#[derive(Clone, Copy, PartialEq)]
enum Inside {
    Nothing,
    /// Of a text of several lines, until three of these.
    Lines(char),
}

/// The text with straight quotes and plain characters wherever it is neither in quotes nor a comment. Every
/// line keeps its number, and what was replaced is reported.
pub(super) fn replaced(text: &str, problems: &mut Vec<Problem>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = Inside::Nothing;
    for (number, line) in text.lines().enumerate() {
        let mut found = Vec::new();
        inside = Line { rest: line, out: &mut out, found: &mut found }.read(inside);
        out.push('\n');
        if !found.is_empty() {
            problems.push(Problem::new("", told(&found)).at(number + 1));
        }
    }
    out
}

fn told(found: &[char]) -> String {
    let mut distinct: Vec<char> = Vec::new();
    for c in found {
        if !distinct.contains(c) {
            distinct.push(*c);
        }
    }
    let one = |c: &char| match (*c, plain(*c)) {
        ('\u{3000}' | '\u{a0}', _) => "a wide space where TOML wants a usual one".to_owned(),
        (c, Some(plain)) => format!("`{c}` where TOML wants `{plain}`"),
        (c, None) => format!("`{c}`"),
    };
    let listed: Vec<String> = distinct.iter().map(one).collect();
    format!("has {}; switch the input method to English and write it again", listed.join(", "))
}

struct Line<'a, 'o> {
    rest: &'a str,
    out: &'o mut String,
    found: &'o mut Vec<char>,
}

impl Line<'_, '_> {
    fn read(mut self, mut inside: Inside) -> Inside {
        loop {
            if let Inside::Lines(quote) = inside {
                let end = quote.to_string().repeat(3);
                let Some(at) = self.rest.find(&end) else {
                    self.out.push_str(self.rest);
                    return inside;
                };
                self.take(at + end.len());
                inside = Inside::Nothing;
            }
            let Some(c) = self.rest.chars().next() else { return inside };
            match c {
                '#' => {
                    self.out.push_str(self.rest);
                    return inside;
                }
                '"' | '\'' if self.rest.starts_with(&c.to_string().repeat(3)) => {
                    self.take(3);
                    inside = Inside::Lines(c);
                }
                '"' | '\'' => self.quoted(c),
                c if is_quote(c) => self.wrongly_quoted(c),
                _ => {
                    self.rest = &self.rest[c.len_utf8()..];
                    let plain = plain(c);
                    self.found.extend(plain.map(|_| c));
                    self.out.push(plain.unwrap_or(c));
                }
            }
        }
    }

    fn take(&mut self, bytes: usize) {
        self.out.push_str(&self.rest[..bytes]);
        self.rest = &self.rest[bytes..];
    }

    /// A text that begins with a straight quote: as it is, but for an end in another one.
    fn quoted(&mut self, quote: char) {
        let mut escaped = false;
        let end = self.rest[1..].char_indices().find(|(_, c)| {
            let ends = *c == quote && !escaped;
            escaped = *c == '\\' && quote == '"' && !escaped;
            ends
        });
        if let Some((at, _)) = end {
            return self.take(1 + at + 1);
        }
        match self.rest.char_indices().skip(1).filter(|(_, c)| is_quote(*c) && *c != '\'').last() {
            Some((at, c)) => {
                self.out.push_str(&self.rest[..at]);
                self.out.push(quote);
                self.found.push(c);
                self.rest = &self.rest[at + c.len_utf8()..];
            }
            None => self.take(self.rest.len()),
        }
    }

    /// A text that begins with a quote that is none for TOML; it ends with one of its kind, or a straight one.
    fn wrongly_quoted(&mut self, quote: char) {
        let inner = &self.rest[quote.len_utf8()..];
        let ends = |wanted: &dyn Fn(char) -> bool| inner.char_indices().find(|(_, c)| wanted(*c));
        let end =
            ends(&|c| is_quote(c) && c != '"' && c != '\'').or_else(|| ends(&|c| c == '"' || c == '\''));
        self.found.push(quote);
        let Some((at, last)) = end else {
            self.out.push('"');
            self.rest = inner;
            return;
        };
        if last != '"' {
            self.found.push(last);
        }
        self.out.push('"');
        self.out.push_str(&inner[..at].replace('\\', "\\\\").replace('"', "\\\""));
        self.out.push('"');
        self.rest = &inner[at + last.len_utf8()..];
    }
}
