//! A repair reads a statement that is not TOML as what its writer meant, so that what it holds is checked as well.

mod header;
mod value;

use toml::Table;

use super::fullwidth::variable;
use super::is_header;
use header::header;
use value::{is_literal, is_null, meant, number_of_variable};

/// Stands behind the name of a table whose header is there already: the reader of the values joins both.
pub(in crate::config) const AGAIN: char = '\u{e000}';

/// Tables of one name at most that are joined.
const MOST_AGAIN: usize = 4;

/// One fault of a statement, mended.
#[derive(Debug, PartialEq)]
pub(super) struct Repair {
    /// The statement without the fault, in as many lines.
    pub(super) text: String,
    /// Cause and mend; `None` where a later check says it.
    pub(super) message: Option<String>,
    /// The line of the fault within the statement, from 0.
    pub(super) line: usize,
}

/// What the statement may have been meant to be, the likeliest first. Each mends one fault; there may be more.
pub(super) fn repairs(statement: &str, cause: &str) -> Vec<Repair> {
    if is_header(statement.lines().next().unwrap_or_default()) {
        // A third table of one name needs two marks.
        let marks = if cause.contains("duplicate key") { 1..=MOST_AGAIN } else { 0..=0 };
        return marks.filter_map(|marks| header(statement, marks)).collect();
    }
    let read = Statement { text: statement, pieces: pieces(statement) };
    let tried = [
        read.lone_bracket(),
        read.foreign_comment(),
        read.doubled_sign(),
        read.other_sign(),
        read.without_sign(),
        read.text_behind(),
        read.odd_key(),
        read.open_quote(cause),
        read.backslashes(),
        read.literal(),
        read.unquoted(),
        read.brackets(),
        read.without_comma(),
        read.comma_at_the_end(),
    ];
    tried.into_iter().flatten().collect()
}

/// What is wrong with a statement that nobody can repair: cause and mend.
pub(super) fn told(line: &str, cause: &str) -> String {
    if let Some(control) = line.chars().find(|c| c.is_control() && *c != '\t') {
        return format!("has an invisible character (U+{:04X}); delete it", u32::from(control));
    }
    if is_lone_bracket(line) {
        return lone(line);
    }
    let read = Statement { text: line, pieces: pieces(line) };
    if let [.., SourceToken { kind: TokenKind::Sign('='), .. }] = read.pieces.as_slice() {
        return "has no value; write one behind the `=`, or remove the line for the default".to_owned();
    }
    if read.value().is_some_and(|value| is_null(&line[value])) {
        return "TOML has no null; remove the line for the default".to_owned();
    }
    if cause.contains("extend") && line.trim_start().starts_with('[') {
        let name = line.trim().trim_matches(['[', ']']).split('.').next().unwrap_or_default().trim();
        return format!(
            "needs `{name}` to be a table, and `{name} = …` stands above; remove that line, or give one of the two another name"
        );
    }
    if !read.pieces.iter().any(|piece| piece.kind == TokenKind::Sign('=')) {
        return "is not valid TOML: it has no `=`; write key = value, a text in straight quotes, or remove the line".to_owned();
    }
    format!("is not valid TOML: {cause}; write one key = value in a line, a text in straight quotes")
}

/// A part of a statement that is not a comment.
#[derive(Debug, Clone, PartialEq)]
struct SourceToken {
    kind: TokenKind,
    range: std::ops::Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum TokenKind {
    /// A text in quotes; `false` where its end is missing.
    Quoted(bool),
    /// Anything without blanks that is not quoted.
    Word,
    /// A character that means something to TOML.
    Sign(char),
}

const SIGNS: [char; 7] = ['[', ']', '{', '}', ',', '=', ';'];

fn pieces(text: &str) -> Vec<SourceToken> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let line = rest.find('\n').unwrap_or(rest.len());
        let (kind, length) = match c {
            '#' => {
                at += line;
                continue;
            }
            _ if c.is_whitespace() => {
                at += c.len_utf8();
                continue;
            }
            '"' | '\'' => match quoted(&rest[..line], c) {
                Some(length) => (TokenKind::Quoted(true), length),
                None => (TokenKind::Quoted(false), rest[..line].trim_end().len()),
            },
            c if SIGNS.contains(&c) => (TokenKind::Sign(c), 1),
            _ => (TokenKind::Word, word(&rest[..line])),
        };
        found.push(SourceToken { kind, range: at..at + length });
        at += length;
    }
    found
}

/// The bytes of what a line begins with and is not quoted. `${NAME:-a default}` is one, whatever stands within.
fn word(line: &str) -> usize {
    let ends = |c: char| c.is_whitespace() || SIGNS.contains(&c) || matches!(c, '"' | '\'' | '#');
    let mut at = 0;
    while at < line.len() {
        let rest = &line[at..];
        match variable(rest) {
            Some(length) => at += length,
            None => match rest.find(|c: char| ends(c) || c == '$') {
                Some(0) if rest.starts_with('$') => at += 1,
                Some(0) => break,
                Some(next) => at += next,
                None => at = line.len(),
            },
        }
    }
    at
}

/// The bytes of a text in these quotes, where it ends in its line.
fn quoted(line: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    let end = line.char_indices().skip(1).find(|(_, c)| {
        let ends = *c == quote && !escaped;
        escaped = *c == '\\' && quote == '"' && !escaped;
        ends
    });
    end.map(|(at, _)| at + 1)
}

struct Statement<'a> {
    text: &'a str,
    pieces: Vec<SourceToken>,
}

impl Statement<'_> {
    /// The statement with another text in a range.
    fn with(&self, range: std::ops::Range<usize>, by: &str, message: impl Into<Option<String>>) -> Repair {
        let line = self.text[..range.start].matches('\n').count();
        let text = format!("{}{by}{}", &self.text[..range.start], &self.text[range.end..]);
        Repair { text, message: message.into(), line }
    }

    fn of(&self, piece: &SourceToken) -> &str {
        &self.text[piece.range.clone()]
    }

    fn key(&self) -> &str {
        self.pieces.first().map_or("key", |piece| self.of(piece))
    }

    /// The value behind the `=`, where it is words alone, or two numbers with a comma between them.
    fn value(&self) -> Option<std::ops::Range<usize>> {
        let sign = self.pieces.iter().position(|piece| piece.kind == TokenKind::Sign('='))?;
        let parts = &self.pieces[sign + 1..];
        let (first, last) = (parts.first()?, parts.last()?);
        let is_part = |piece: &SourceToken| matches!(piece.kind, TokenKind::Word | TokenKind::Sign(','));
        let ends = [first, last].iter().all(|piece| piece.kind == TokenKind::Word);
        (ends && parts.iter().all(is_part)).then_some(first.range.start..last.range.end)
    }

    /// A bracket alone in its line that nothing before it opens, or that opens nothing.
    fn lone_bracket(&self) -> Option<Repair> {
        let mut place = 0;
        for line in self.text.split_inclusive('\n') {
            let (before, range) = (&self.text[..place], place..place + line.trim_end_matches('\n').len());
            place += line.len();
            if is_lone_bracket(line) && before.parse::<Table>().is_ok() {
                return Some(self.with(range, "", lone(line)));
            }
        }
        None
    }

    /// `// …`, `-- …` and `; …`, as other languages have it.
    fn foreign_comment(&self) -> Option<Repair> {
        let begins = |piece: &&SourceToken| {
            let text = self.of(piece);
            let is_sign = piece.kind == TokenKind::Sign(';');
            is_sign || (piece.kind == TokenKind::Word && (text.starts_with("//") || text.starts_with("--")))
        };
        let start = self.pieces.iter().find(begins)?.range.start;
        let line = self.text[start..].lines().next().unwrap_or_default();
        if line.trim() == ";" {
            let message = "ends with `;`, which TOML does not know; remove it".to_owned();
            return Some(self.with(start..start + line.len(), "", message));
        }
        let message = "has a comment that does not begin with `#`; write # before it".to_owned();
        Some(self.with(start..start, "# ", message))
    }

    /// `key == value`
    fn doubled_sign(&self) -> Option<Repair> {
        let mut pairs = self.pieces.windows(2);
        let [_, second] = pairs.find(|pair| pair.iter().all(|piece| piece.kind == TokenKind::Sign('=')))?
        else {
            return None;
        };
        Some(self.with(second.range.clone(), "", "has `==`; write one `=`".to_owned()))
    }

    /// `key := value` and `key => value`
    fn other_sign(&self) -> Option<Repair> {
        self.pieces.windows(3).find_map(|three| {
            let [key, second, third] = three else { return None };
            let (range, sign) = match (second.kind, third.kind) {
                (TokenKind::Word, TokenKind::Sign('=')) if self.of(second) == ":" => {
                    (second.range.clone(), ":=")
                }
                (TokenKind::Sign('='), TokenKind::Word) if self.of(third).starts_with('>') => {
                    (third.range.start..third.range.start + 1, "=>")
                }
                _ => return None,
            };
            let message = format!("has `{sign}`; write {} = and the value", self.of(key));
            Some(self.with(range, "", message))
        })
    }

    /// A text whose quotes end before it does: `'it's'`, `""doubled""`.
    fn text_behind(&self) -> Option<Repair> {
        let place = self.pieces.windows(2).position(|pair| {
            pair[0].kind == TokenKind::Sign('=') && pair[1].kind == TokenKind::Quoted(true)
        })? + 1;
        let (text, next) = (&self.pieces[place], self.pieces.get(place + 1)?);
        if next.range.start != text.range.end || !matches!(next.kind, TokenKind::Word | TokenKind::Quoted(_))
        {
            return None;
        }
        let line = self.text[text.range.start..].lines().next().unwrap_or_default();
        let within = |piece: &&SourceToken| piece.range.end <= text.range.start + line.len();
        let last = self.pieces[place..].iter().take_while(within).last()?;
        let whole = text.range.start..last.range.end;
        let by = quoted_text(self.text[whole.clone()].trim_matches(['"', '\'']));
        let message = format!("has a text that goes on behind its quotes; write {} = {by}", self.key());
        Some(self.with(whole, &by, message))
    }

    /// `key "value"`, or `key 5` alone.
    fn without_sign(&self) -> Option<Repair> {
        let [key, value, rest @ ..] = self.pieces.as_slice() else { return None };
        let is_number = rest.is_empty() && value.kind == TokenKind::Word && is_literal(self.of(value));
        let is_value = matches!(value.kind, TokenKind::Quoted(_)) || (is_number && is_bare(self.of(key)));
        if key.kind == TokenKind::Sign('=') || !is_value {
            return None;
        }
        let message = format!("has no `=`; write {} = {}", self.of(key), self.of(value));
        Some(self.with(value.range.start..value.range.start, "= ", message))
    }

    /// A key with other characters than TOML takes without quotes: what it is not is said where keys are known.
    fn odd_key(&self) -> Option<Repair> {
        let (mut words, mut depth) = (Vec::new(), Vec::new());
        for piece in &self.pieces {
            match piece.kind {
                TokenKind::Word => words.push(piece.range.clone()),
                TokenKind::Sign('=') => {
                    let is_key = depth.last().is_none_or(|open| *open == '{');
                    if let (true, Some(first), Some(last)) = (is_key, words.first(), words.last()) {
                        let range = first.start..last.end;
                        if !is_bare(&self.text[range.clone()]) {
                            let by = quoted_text(&self.text[range.clone()]);
                            return Some(self.with(range, &by, None));
                        }
                    }
                    words.clear();
                }
                TokenKind::Sign(sign) => {
                    words.clear();
                    match sign {
                        '[' | '{' => depth.push(sign),
                        ']' | '}' => _ = depth.pop(),
                        _ => {}
                    }
                }
                TokenKind::Quoted(_) => words.clear(),
            }
        }
        None
    }

    fn open_quote(&self, cause: &str) -> Option<Repair> {
        let piece = self.pieces.iter().find(|piece| piece.kind == TokenKind::Quoted(false))?;
        if !cause.contains("string") {
            return None;
        }
        let quote = &self.text[piece.range.start..=piece.range.start];
        let other = if quote == "'" { '"' } else { '\'' };
        if self.of(piece).len() > 1 && self.of(piece).ends_with(other) {
            let by = quoted_text(self.of(piece)[1..].trim_end_matches(other));
            let message =
                format!("has a text that begins with `{quote}` and ends with `{other}`; write {by}");
            return Some(self.with(piece.range.clone(), &by, message));
        }
        let message =
            format!("has a text that begins with `{quote}` and does not end; write {quote} behind it");
        let repair = self.with(piece.range.end..piece.range.end, quote, message);
        // The line is that of the text, not of its end.
        Some(Repair { line: self.text[..piece.range.start].matches('\n').count(), ..repair })
    }

    /// A path of Windows between double quotes.
    fn backslashes(&self) -> Option<Repair> {
        let is_meant = |piece: &&SourceToken| {
            let text = self.of(piece);
            piece.kind == TokenKind::Quoted(true) && text.starts_with('"') && text.contains('\\')
        };
        let breaks = |piece: &&SourceToken| format!("x = {}", self.of(piece)).parse::<Table>().is_err();
        let piece = self.pieces.iter().filter(is_meant).find(breaks)?;
        let inner = self.of(piece).trim_matches('"');
        let message = format!(
            "has a `\\` between double quotes, where it begins an escape; write the path with `/`, or the text between single quotes: '{inner}'"
        );
        Some(self.with(piece.range.clone(), &quoted_text(inner), message))
    }

    /// A truth or a number as other languages write it.
    fn literal(&self) -> Option<Repair> {
        let range = self.value()?;
        let text = &self.text[range.clone()];
        let meant = meant(text)?;
        let message = format!("`{text}` is not a value of TOML; write {} = {meant}", self.key());
        Some(self.with(range, &meant, message))
    }

    /// A text without quotes, also among others in a list.
    fn unquoted(&self) -> Option<Repair> {
        let mut open = Vec::new();
        let mut is_value = false;
        for (index, piece) in self.pieces.iter().enumerate() {
            match piece.kind {
                TokenKind::Sign(sign @ ('[' | '{')) => {
                    open.push(sign);
                    is_value = sign == '[';
                }
                TokenKind::Sign(']' | '}') => {
                    _ = open.pop();
                    is_value = false;
                }
                TokenKind::Sign('=') => is_value = true,
                TokenKind::Sign(',') => is_value = open.last() == Some(&'['),
                TokenKind::Word if is_value => {
                    let words = self.pieces[index..].iter().take_while(|piece| piece.kind == TokenKind::Word);
                    let end = words.last().map_or(piece.range.end, |last| last.range.end);
                    let text = &self.text[piece.range.start..end];
                    is_value = false;
                    if is_literal(text) || is_null(text) || text.contains('\n') {
                        continue;
                    }
                    // `on` and `007` may be texts in a list, so only `true` and `false` are repaired there.
                    let is_meant = match open.last() {
                        Some('{') => true,
                        Some(_) => ["true", "false"].contains(&text.to_ascii_lowercase().as_str()),
                        None => false,
                    };
                    if let Some(by) = meant(text).filter(|_| is_meant) {
                        let message = format!("`{text}` is not a value of TOML; write {by}");
                        return Some(self.with(piece.range.start..end, &by, message));
                    }
                    if let Some(number) = number_of_variable(text) {
                        let what = if open.is_empty() {
                            format!("{} = {number}", self.key())
                        } else {
                            number.into()
                        };
                        let message = format!(
                            "has a variable where a number stands, and only texts take variables; write {what}"
                        );
                        return Some(self.with(piece.range.start..end, number, message));
                    }
                    let by = quoted_text(text);
                    let what = if open.is_empty() { format!("{} = {by}", self.key()) } else { by.clone() };
                    let message = format!("has a text without quotes; write {what}");
                    return Some(self.with(piece.range.start..end, &by, message));
                }
                _ => is_value = false,
            }
        }
        None
    }

    /// A list or a table that is not closed, or closed by nothing that opened it.
    fn brackets(&self) -> Option<Repair> {
        let mut open: Vec<&SourceToken> = Vec::new();
        let closer = |piece: &SourceToken| if self.of(piece) == "[" { "]" } else { "}" };
        let told = |piece: &SourceToken| {
            let what = if self.of(piece) == "[" { "list" } else { "table" };
            let open = self.of(piece);
            format!(
                "opens a {what} with `{open}` that is not closed; write `{}` behind its last entry",
                closer(piece)
            )
        };
        let at = |piece: &SourceToken| self.text[..piece.range.start].matches('\n').count();
        for piece in &self.pieces {
            match (piece.kind, open.last()) {
                (TokenKind::Sign('[' | '{'), _) => open.push(piece),
                (TokenKind::Sign(sign @ (']' | '}')), None) => {
                    let message = format!("has a `{sign}` that closes nothing; remove it");
                    return Some(self.with(piece.range.clone(), "", message));
                }
                (TokenKind::Sign(']' | '}'), Some(last)) if closer(last) == self.of(piece) => _ = open.pop(),
                (TokenKind::Sign(']' | '}'), Some(last)) => {
                    let place = piece.range.start;
                    return Some(Repair {
                        line: at(last),
                        ..self.with(place..place, closer(last), told(last))
                    });
                }
                _ => {}
            }
        }
        let (last, end) = (open.last()?, self.pieces.last()?.range.end);
        Some(Repair { line: at(last), ..self.with(end..end, closer(last), told(last)) })
    }

    /// Two entries with nothing between them.
    fn without_comma(&self) -> Option<Repair> {
        let mut depth = 0_usize;
        for pair in self.pieces.windows(2) {
            let [one, next] = pair else { continue };
            match one.kind {
                TokenKind::Sign('[' | '{') => depth += 1,
                TokenKind::Sign(']' | '}') => depth = depth.saturating_sub(1),
                _ => {}
            }
            let ends = matches!(one.kind, TokenKind::Quoted(true) | TokenKind::Sign(']' | '}'))
                || (one.kind == TokenKind::Word && is_literal(self.of(one)));
            let begins = matches!(next.kind, TokenKind::Quoted(_) | TokenKind::Sign('[' | '{'))
                || (next.kind == TokenKind::Word && one.kind != TokenKind::Word);
            if depth > 0 && ends && begins {
                let message = format!("has no `,` behind {}; write one between two entries", self.of(one));
                return Some(self.with(one.range.end..one.range.end, ",", message));
            }
        }
        None
    }

    /// `key = "value",`, as in JSON.
    fn comma_at_the_end(&self) -> Option<Repair> {
        let last = self.pieces.last().filter(|last| last.kind == TokenKind::Sign(','))?;
        let message = "ends with `,`, which TOML does not want here; remove it".to_owned();
        Some(self.with(last.range.clone(), "", message))
    }
}

/// Whether a line is a bracket and nothing else, as those around an object of JSON are.
fn is_lone_bracket(line: &str) -> bool {
    let code = line.split('#').next().unwrap_or_default().trim();
    ["{", "}", "[", "]", "{}", "[]", "},", "],"].contains(&code)
}

fn lone(line: &str) -> String {
    let code = line.split('#').next().unwrap_or_default().trim();
    format!("has `{code}` alone in its line, which belongs to nothing; remove it")
}

/// Whether TOML takes a key without quotes.
fn is_bare(key: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    !key.is_empty() && key.chars().all(plain)
}

/// The text between double quotes.
fn quoted_text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests;
