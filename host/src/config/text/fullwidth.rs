//! Characters of a Chinese input method where TOML wants those of ASCII.

use crate::half_width::half_width;
use crate::problem::Problem;

/// The character of ASCII that one stands for.
pub(in crate::config) fn plain(c: char) -> Option<char> {
    match c {
        c if half_width(c) != c => Some(half_width(c)),
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

/// Whether a character takes no room, as what is copied out of a web page often has.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Whether a character within a text shows nothing, or a space that is none of ASCII. Signs of several parts are joined by
/// another.
pub(in crate::config) fn is_hidden(c: char) -> bool {
    c == '\u{a0}' || is_invisible(c) && c != '\u{200d}'
}

/// Whether a text may stand between these, as between straight quotes.
fn is_quote(c: char) -> bool {
    matches!(plain(c), Some('"' | '\''))
}

/// Text that stays as it is.
#[derive(Clone, Copy, PartialEq)]
enum Inside {
    Nothing,
    /// A text of several lines, which ends with three of these.
    Lines(char),
}

/// A character that was replaced, and by what; nothing for one that nobody sees.
type ReplacedCharacter = (char, Option<char>);

/// The text with straight quotes and plain characters wherever it is neither in quotes nor a comment. Every
/// line keeps its number, and what was replaced is reported.
pub(super) fn replaced(text: &str, problems: &mut Vec<Problem>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = Inside::Nothing;
    for (number, line) in text.lines().enumerate() {
        let mut found = Vec::new();
        inside = LineRepair::new(line, &mut out, &mut found).read(inside);
        out.push('\n');
        if !found.is_empty() {
            problems.push(Problem::new("", told(&found)).at(number + 1));
        }
    }
    out
}

/// Where a text of several lines begins that has no end: its line, from 0, and its quotes.
pub(super) fn open_text(text: &str) -> Option<(usize, String)> {
    let (mut inside, mut begun) = (Inside::Nothing, 0);
    for (number, line) in text.lines().enumerate() {
        let before = inside;
        inside = LineRepair::new(line, &mut String::new(), &mut Vec::new()).read(inside);
        if before == Inside::Nothing || inside == Inside::Nothing {
            begun = number;
        }
    }
    match inside {
        Inside::Lines(quote) => Some((begun, quote.to_string().repeat(3))),
        Inside::Nothing => None,
    }
}

fn told(found: &[ReplacedCharacter]) -> String {
    let mut distinct: Vec<ReplacedCharacter> = Vec::new();
    for one in found {
        if !distinct.contains(one) {
            distinct.push(*one);
        }
    }
    let one = |(c, plain): &ReplacedCharacter| match (*c, plain) {
        ('\u{3000}' | '\u{a0}', _) => "a wide space where TOML wants a usual one".to_owned(),
        (c, Some(plain)) => format!("`{c}` where TOML wants `{plain}`"),
        (c, None) => format!("an invisible character (U+{:04X})", u32::from(c)),
    };
    let listed: Vec<String> = distinct.iter().map(one).collect();
    let mend = if distinct.iter().all(|(_, plain)| plain.is_none()) {
        "delete it"
    } else if distinct.iter().all(|(c, _)| c.is_ascii()) {
        "write key = value"
    } else {
        "switch the input method to English and write it again"
    };
    format!("has {}; {mend}", listed.join(", "))
}

struct LineRepair<'a, 'o> {
    rest: &'a str,
    out: &'o mut String,
    found: &'o mut Vec<ReplacedCharacter>,
    /// Whether a key is expected here; `begun` says whether its first character was read.
    key: bool,
    begun: bool,
    /// Brackets of this line that are open.
    open: Vec<char>,
}

/// The bytes of the `${NAME:-a default}` that a line begins with: what stands within means nothing to TOML.
pub(super) fn variable(line: &str) -> Option<usize> {
    line.strip_prefix("${")?.find('}').map(|end| "${".len() + end + "}".len())
}

impl<'a, 'o> LineRepair<'a, 'o> {
    fn new(rest: &'a str, out: &'o mut String, found: &'o mut Vec<ReplacedCharacter>) -> Self {
        Self { rest, out, found, key: true, begun: false, open: Vec::new() }
    }

    fn read(mut self, mut inside: Inside) -> Inside {
        loop {
            if let Inside::Lines(quote) = inside {
                let end = quote.to_string().repeat(3);
                let Some(at) = self.rest.find(&end) else {
                    self.out.push_str(self.rest);
                    return inside;
                };
                self.take(at + end.len());
                self.key = false;
                inside = Inside::Nothing;
            }
            let Some(c) = self.rest.chars().next() else { return inside };
            match c {
                '#' | '＃' => {
                    self.next(c);
                    self.out.push_str(self.rest);
                    return inside;
                }
                '"' | '\'' if self.rest.starts_with(&c.to_string().repeat(3)) => {
                    self.take(3);
                    inside = Inside::Lines(c);
                }
                '"' | '\'' => self.quoted(c),
                '$' if variable(self.rest).is_some() => self.take(variable(self.rest).unwrap_or(1)),
                c if is_quote(c) => self.wrongly_quoted(c),
                c => self.next(c),
            }
        }
    }

    /// One character that is not quoted.
    fn next(&mut self, c: char) {
        self.rest = &self.rest[c.len_utf8()..];
        let plain = plain(c);
        // A colon behind a key can only stand for `=`, unless what follows makes it a URL without quotes.
        let is_sign = self.key
            && self.begun
            && plain.unwrap_or(c) == ':'
            && !self.rest.starts_with("//")
            && !self.rest.starts_with('=');
        let written = match plain {
            _ if is_sign => Some('='),
            _ if is_invisible(c) => None,
            plain => plain.or(Some(c)),
        };
        if written != Some(c) {
            self.found.push((c, written));
        }
        self.out.extend(written);
        match written {
            Some(open @ ('[' | '{')) => self.open.push(open),
            Some(']' | '}') => _ = self.open.pop(),
            _ => {}
        }
        match written {
            Some('{' | ',') => (self.key, self.begun) = (self.open.last() == Some(&'{'), false),
            Some('=' | '[') => self.key = false,
            Some(c) if !c.is_whitespace() => self.begun = true,
            _ => {}
        }
    }

    fn take(&mut self, bytes: usize) {
        self.out.push_str(&self.rest[..bytes]);
        self.rest = &self.rest[bytes..];
        self.begun = true;
    }

    /// Copies a text that begins with a straight quote as it stands, but mends an end that is another kind of
    /// quote.
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
                self.found.push((c, plain(c)));
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
        self.found.push((quote, Some('"')));
        self.begun = true;
        let Some((at, last)) = end else {
            self.out.push('"');
            self.rest = inner;
            return;
        };
        if last != '"' {
            self.found.push((last, Some('"')));
        }
        self.out.push('"');
        self.out.push_str(&inner[..at].replace('\\', "\\\\").replace('"', "\\\""));
        self.out.push('"');
        self.rest = &inner[at + last.len_utf8()..];
    }
}
