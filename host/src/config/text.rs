//! The text of a configuration file as TOML can read it: decoded, and where something in it is no TOML,
//! without that, so that one slip hides no other mistake.

pub(super) mod fullwidth;

use encoding_rs::{GB18030, UTF_16BE, UTF_16LE};
use toml::de::DeTable;

use crate::problem::Problem;

/// Statements that are left out at most; a file with more is something else.
const MOST_BROKEN: usize = 100;

/// What can be read of a file, and what had to be changed for it.
#[derive(Debug, Default)]
pub(super) struct Text {
    /// Valid TOML, with the lines of the file.
    pub(super) toml: String,
    /// What was wrong, each with its line.
    pub(super) problems: Vec<Problem>,
    /// Keys that were left out with their lines: nobody knows what they hold.
    pub(super) lost: Vec<String>,
}

impl Text {
    /// Makes the most of a file's bytes.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut problems = Vec::new();
        let mut toml = decoded(bytes, &mut problems);
        let mut lost = Vec::new();
        if DeTable::parse(&toml).is_err() {
            toml = fullwidth::replaced(&toml, &mut problems);
            leave_out_what_is_broken(&mut toml, &mut problems, &mut lost);
        }
        Self { toml, problems, lost }
    }
}

/// The text in UTF-8, whatever an editor has saved it as.
fn decoded(bytes: &[u8], problems: &mut Vec<Problem>) -> String {
    let mend = "save it as UTF-8 in the editor (另存为 → 编码 UTF-8)";
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes)
        && [UTF_16LE, UTF_16BE].contains(&encoding)
    {
        let message = format!("is saved as {} (记事本's “Unicode”), not as UTF-8; {mend}", encoding.name());
        problems.push(Problem::new("", message).at(1));
        return encoding.decode(bytes).0.into_owned();
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let invalid = match std::str::from_utf8(bytes) {
        Ok(text) => return text.to_owned(),
        Err(error) => error.valid_up_to(),
    };
    let line = 1 + bytes[..invalid].iter().filter(|byte| **byte == b'\n').count();
    let (text, _, garbled) = GB18030.decode(bytes);
    let message = if garbled {
        format!("is neither UTF-8 nor GBK from here on; {mend}")
    } else {
        format!("is saved as GBK (GB18030), not as UTF-8; {mend}, or run `iconv -f GB18030 -t UTF-8`")
    };
    problems.push(Problem::new("", message).at(line));
    text.into_owned()
}

/// Reports each syntax error, and makes blank what it stands in.
fn leave_out_what_is_broken(toml: &mut String, problems: &mut Vec<Problem>, lost: &mut Vec<String>) {
    for _ in 0..MOST_BROKEN {
        let Some((line, cause)) = first_error(toml) else { return };
        let lines: Vec<&str> = toml.lines().collect();
        let here = statement_at(&lines, line);
        let above = here.start.checked_sub(1).map(|above| statement_at(&lines, above));
        // A header holds a whole table, which no error in it is worth.
        let before = above.filter(|range| !is_header(lines[range.start]));
        let left = |range: &std::ops::Range<usize>| {
            let text = without(&lines, range);
            let next = first_error(&text).map_or(usize::MAX, |(line, _)| line);
            (next, text)
        };
        let (next, text) = left(&here);
        // An open bracket or quote is noticed in the statement after it.
        let other = before.map(|range| (left(&range), range)).filter(|((further, _), _)| *further > next);
        let (range, text) = match other {
            Some(((_, text), range)) => (range, text),
            None => (here, text),
        };
        // The place of the cause, where that is not the place it was noticed at.
        let at = line.clamp(range.start, range.end.saturating_sub(1));
        if !problems.iter().any(|problem| problem.line == Some(at + 1)) {
            problems.push(Problem::new("", format!("is not valid TOML here: {cause}")).at(at + 1));
        }
        lost.extend(range.clone().filter_map(|line| key_at(&lines, line)));
        *toml = text;
    }
    // Nothing is left to go on with.
    if first_error(toml).is_some() {
        toml.clear();
    }
}

/// The line of the first syntax error, from 0, and what is wrong, in one line.
fn first_error(toml: &str) -> Option<(usize, String)> {
    // The parser does not tell them in the order of the lines.
    let (_, errors) = DeTable::parse_recoverable(toml);
    let error = errors.into_iter().min_by_key(|error| error.span().map_or(0, |span| span.start))?;
    let start = error.span().map_or(0, |span| span.start.min(toml.len()));
    let start = toml.floor_char_boundary(start);
    let cause = error.message().split('\n').collect::<Vec<_>>().join(", ");
    let mut line = toml[..start].matches('\n').count();
    // What is missing at the end of a line is noticed at the start of the next.
    if toml[..start].ends_with('\n') && line > 0 && toml[start..].trim_start().is_empty() {
        line -= 1;
    }
    let hint = if cause.contains("quoted") || cause.contains("string") {
        "; a text stands in straight quotes: \"…\""
    } else if cause.contains("duplicate key") {
        "; keep one of the two"
    } else {
        ""
    };
    Some((line, format!("{cause}{hint}")))
}

/// Whether a line is a table's header, or was meant to be one: an element of a list of lists has commas.
fn is_header(line: &str) -> bool {
    let line = line.split('#').next().unwrap_or_default().trim_start();
    line.starts_with('[') && !line.contains([',', '='])
}

/// A line that begins a statement: a table's header, or `key = …`.
fn begins(line: &str) -> bool {
    is_header(line) || key_of(line).is_some()
}

/// The key of `key = …`, where the line begins so.
fn key_of(line: &str) -> Option<String> {
    let (key, _) = line.split_once('=')?;
    let key = key.trim();
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '"' | '\'');
    (!key.is_empty() && key.chars().all(plain)).then(|| key.replace(['"', '\''], ""))
}

/// The lines of the statement that a line is part of; of a header, its whole table.
fn statement_at(lines: &[&str], line: usize) -> std::ops::Range<usize> {
    if lines.is_empty() {
        return 0..0;
    }
    let line = line.min(lines.len() - 1);
    let start = (0..=line).rev().find(|at| begins(lines[*at])).unwrap_or(line);
    if is_header(lines[start]) && start == line {
        let end = (start + 1..lines.len()).find(|at| is_header(lines[*at])).unwrap_or(lines.len());
        return start..end;
    }
    // A broken line between two statements belongs to none of them.
    if is_header(lines[start]) {
        return line..line + 1;
    }
    start..line + 1
}

/// The text with these lines empty.
fn without(lines: &[&str], range: &std::ops::Range<usize>) -> String {
    let kept = lines.iter().enumerate().map(|(at, line)| if range.contains(&at) { "" } else { line });
    kept.flat_map(|line| [line, "\n"]).collect()
}

/// The dotted key that a line sets, or the table that it begins.
fn key_at(lines: &[&str], line: usize) -> Option<String> {
    let header = (0..=line).rev().find(|at| is_header(lines[*at]));
    let table = header.map(|header| {
        let of = |line: &str| line.split('#').next().unwrap_or_default().trim().to_owned();
        let text = of(lines[header]);
        let name = text.trim_matches(['[', ']', ' ']).to_owned();
        if !text.starts_with("[[") {
            return name;
        }
        let index = lines[..header].iter().filter(|line| of(line) == text).count();
        format!("{name}[{index}]")
    });
    if header == Some(line) {
        return table;
    }
    let key = key_of(lines[line])?;
    Some(table.map_or(key.clone(), |table| format!("{table}.{key}")))
}

#[cfg(test)]
mod tests;
