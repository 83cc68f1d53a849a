//! The text of a configuration file as TOML can read it: decoded, and where something in it is not TOML,
//! without that, so that one slip hides no other mistake.

pub(super) mod fullwidth;
pub(super) mod repair;

use std::collections::BTreeMap;

use encoding_rs::{GB18030, UTF_16BE, UTF_16LE};
use toml::de::DeTable;

use crate::problem::Problem;

/// Faults of syntax that are mended or left out at most; a file with more is something else.
const MOST_BROKEN: usize = 200;
/// Bytes that are read again at most because of faults: some seconds of a processor.
const MOST_READ: usize = 16 << 20;
/// Faults of one line that are mended at most.
const MOST_IN_A_LINE: usize = 4;

/// What can be read of a file, and what had to be changed for it.
#[derive(Debug, Default)]
pub(super) struct ReadableText {
    /// Valid TOML, with the lines of the file.
    pub(super) toml: String,
    /// What was wrong, each with its line.
    pub(super) problems: Vec<Problem>,
    /// Keys that were left out with their lines: nobody knows what they hold.
    pub(super) lost: Vec<String>,
}

impl ReadableText {
    /// Makes the most of a file's bytes.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut problems = Vec::new();
        let mut toml = decoded(bytes, &mut problems);
        if DeTable::parse(&toml).is_ok() {
            return Self { toml, problems, lost: Vec::new() };
        }
        if let Some((line, other)) = other_format(&toml) {
            let mend = "write tables such as [models.main] with one key = value in a line; `qianfan-host init` makes a \
                        folder with a file to begin with";
            problems.push(Problem::new("", format!("is {other}, not TOML; {mend}")).at(line));
            return Self { problems, ..Self::default() };
        }
        toml = fullwidth::replaced(&toml, &mut problems);
        let mut mending = Mending { toml, problems, lost: Vec::new(), mended: BTreeMap::new() };
        mending.run();
        let Mending { toml, problems, lost, .. } = mending;
        Self { toml, problems, lost }
    }
}

/// The line where a text begins that is in another format, and its name.
fn other_format(text: &str) -> Option<(usize, &'static str)> {
    let code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let line = 1 + text.lines().position(|line| code(&line))?;
    let mut lines = text.lines().filter(code);
    let first = lines.clone().next()?.trim();
    if first.starts_with('{') {
        // A bracket too many makes no other format of a file.
        return text.lines().all(|line| key_of(line).is_none()).then_some((line, "JSON"));
    }
    let is_toml = |line: &str| is_header(line) || line.contains(['=', '＝']);
    let opens = |line: &str| line.trim_end().ends_with(':') && !line.contains(['"', ' ']);
    (opens(first) && !lines.any(is_toml)).then_some((line, "YAML"))
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
        Ok(text) => return with_line_ends(text, problems),
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

/// The text with line ends that TOML knows: a CR alone is none.
fn with_line_ends(text: &str, problems: &mut Vec<Problem>) -> String {
    let plain = text.replace("\r\n", "\n");
    let Some(at) = plain.find('\r') else { return text.to_owned() };
    let line = 1 + plain[..at].matches('\n').count();
    let message = "has a line end (CR alone) that TOML does not know; save the file with line ends LF or CRLF in the editor";
    problems.push(Problem::new("", message).at(line));
    plain.replace('\r', "\n")
}

/// A text whose faults of syntax are mended one after the other, or left out.
struct Mending {
    toml: String,
    problems: Vec<Problem>,
    lost: Vec<String>,
    /// How many faults of a line were mended.
    mended: BTreeMap<usize, usize>,
}

/// The first thing in a text that is not TOML.
struct SyntaxFault {
    /// The line, counted from 0.
    line: usize,
    offset: usize,
    cause: String,
}

impl Mending {
    /// Reports each fault, and makes the text TOML.
    fn run(&mut self) {
        // Each takes a few readings of the text.
        for _ in 0..MOST_BROKEN.min(1 + MOST_READ / (1 + self.toml.len())) {
            let Some(fault) = SyntaxFault::first(&self.toml) else { return };
            if !self.mend(&fault) {
                self.leave_out(&fault);
            }
        }
        // A text that is still not TOML after all repairs is given up.
        if SyntaxFault::first(&self.toml).is_some() {
            self.toml.clear();
        }
    }

    /// Reads the text as what it was meant to be, where that gets further; false where nothing does.
    fn mend(&mut self, fault: &SyntaxFault) -> bool {
        let mended = self.mended.entry(fault.line).or_default();
        *mended += 1;
        *mended <= MOST_IN_A_LINE
            && (self.close_text(fault) || self.list_plugins(fault) || self.repair(fault))
    }

    /// Reads the tables of an app's plugins as entries of its list: each is looked at, and one message tells of all.
    fn list_plugins(&mut self, fault: &SyntaxFault) -> bool {
        let lines: Vec<&str> = self.toml.lines().collect();
        let list = plugins_of_header(&lines, fault.line).filter(|_| fault.cause.contains("duplicate key"));
        let Some(list) = list else { return false };
        let is_of_list = |line: usize| plugins_of_header(&lines, line).as_ref() == Some(&list);
        let Some(first) = (0..fault.line).find(|line| is_of_list(*line)) else { return false };
        let entry = |(at, line): (usize, &&str)| match line.split_once('[') {
            Some((before, name)) if is_of_list(at) && !name.starts_with('[') => {
                format!("{before}[[{}\n", name.replacen(']', "]]", 1))
            }
            _ => format!("{line}\n"),
        };
        let text: String = lines.iter().enumerate().map(entry).collect();
        // A list that stands in one line takes no more entries.
        if SyntaxFault::first(&text).is_some_and(|next| !next.is_behind(fault)) {
            return false;
        }
        let message = format!("[{list}] is there already, in line {}; write [[{list}]] for each", first + 1);
        self.problems.push(Problem::new("", message).at(fault.line + 1));
        self.toml = text;
        true
    }

    /// Ends a text of several lines before the next statement.
    fn close_text(&mut self, fault: &SyntaxFault) -> bool {
        let is_open = |fault: &SyntaxFault| fault.cause.contains("multi-line");
        let Some((line, quotes)) = fullwidth::open_text(&self.toml).filter(|_| is_open(fault)) else {
            return false;
        };
        let lines: Vec<&str> = self.toml.lines().collect();
        // What follows up to the next statement was to stand in the text; where it cannot, the text is empty.
        let end = (line + 1..lines.len()).find(|at| begins(lines[*at])).unwrap_or(lines.len());
        let kept = format!("{}{quotes}", lines[line..end].join("\n"));
        let emptied = format!("{}{quotes}{}", lines[line], "\n".repeat(end - line - 1));
        let closed =
            [kept, emptied].into_iter().map(|closed| replaced(&lines, &(line..end), &closed)).find(|text| {
                SyntaxFault::first(text)
                    .is_none_or(|next| !is_open(&next) && !(line..end).contains(&next.line))
            });
        let Some(text) = closed else { return false };
        let message = format!(
            "begins a text of several lines with {quotes} that does not end; write {quotes} behind it"
        );
        self.problems.push(Problem::new("", message).at(line + 1));
        self.toml = text;
        true
    }

    fn repair(&mut self, fault: &SyntaxFault) -> bool {
        let lines: Vec<&str> = self.toml.lines().collect();
        let here = whole(&lines, statement_at(&lines, fault.line));
        // An open bracket or quote is noticed in the statement after it.
        let above = here.start.checked_sub(1).map(|above| whole(&lines, statement_at(&lines, above)));
        let above = above.filter(|above| !is_header(lines[above.start]));
        // A line without any sign was taken for a part of the statement before it, so it is also tried by
        // itself.
        let alone = (here.len() > 1 && fault.line < lines.len()).then_some(fault.line..fault.line + 1);
        for range in [Some(here), above, alone].into_iter().flatten() {
            let statement = lines[range.clone()].join("\n");
            for repair in repair::repairs(&statement, &fault.cause) {
                let text = replaced(&lines, &range, &repair.text);
                if SyntaxFault::first(&text).is_some_and(|next| !next.is_behind(fault)) {
                    continue;
                }
                let at = range.start + repair.line;
                let message = repair.message.or_else(|| again(&lines, at, &repair.text));
                self.problems.extend(message.map(|message| Problem::new("", message).at(at + 1)));
                self.toml = text;
                return true;
            }
        }
        false
    }

    /// Makes blank what the fault stands in.
    fn leave_out(&mut self, fault: &SyntaxFault) {
        let lines: Vec<&str> = self.toml.lines().collect();
        let here = statement_at(&lines, fault.line);
        let above = here.start.checked_sub(1).map(|above| statement_at(&lines, above));
        // A header holds a whole table, which no error in it is worth.
        let before = above.filter(|range| !is_header(lines[range.start]));
        let left = |range: &std::ops::Range<usize>| {
            let text = without(&lines, range);
            let next = SyntaxFault::first(&text).map_or(usize::MAX, |next| next.line);
            (next, text)
        };
        let (next, text) = left(&here);
        // An open bracket or quote is noticed in the statement after it.
        let other = before.map(|range| (left(&range), range)).filter(|((further, _), _)| *further > next);
        let (range, text) = match other {
            Some(((_, text), range)) => (range, text),
            None => (here, text),
        };
        // A fault may be noticed behind its cause; the problem is placed at the cause.
        let at = fault.line.clamp(range.start, range.end.saturating_sub(1));
        let is_twice = fault.cause.contains("duplicate key");
        if !self.problems.iter().any(|problem| problem.line == Some(at + 1)) {
            let message = match is_twice {
                true => twice(&lines, at),
                false => repair::told(lines.get(at).copied().unwrap_or_default(), &fault.cause),
            };
            self.problems.push(Problem::new("", message).at(at + 1));
        }
        // Where a table stands twice, the first counts.
        if !is_twice {
            self.lost.extend(range.clone().filter_map(|line| key_at(&lines, line)));
        }
        self.toml = text;
    }
}

impl SyntaxFault {
    fn first(toml: &str) -> Option<Self> {
        // The parser does not tell them in the order of the lines.
        let (_, errors) = DeTable::parse_recoverable(toml);
        let error = errors.into_iter().min_by_key(|error| error.span().map_or(0, |span| span.start))?;
        let start = error.span().map_or(0, |span| span.start.min(toml.len()));
        let offset = toml.floor_char_boundary(start);
        let cause = error.message().split('\n').collect::<Vec<_>>().join(", ");
        let mut line = toml[..offset].matches('\n').count();
        // What is missing at the end of a line is noticed at the start of the next.
        if toml[..offset].ends_with('\n') && line > 0 && toml[offset..].trim_start().is_empty() {
            line -= 1;
        }
        Some(Self { line, offset, cause })
    }

    fn is_behind(&self, other: &Self) -> bool {
        self.line > other.line || (self.line == other.line && self.offset > other.offset)
    }
}

/// Says that a table's header is there already.
fn again(lines: &[&str], at: usize, repaired: &str) -> Option<String> {
    repaired.lines().next()?.contains(repair::AGAIN).then(|| twice(lines, at))
}

/// Says that what a line names is there already.
fn twice(lines: &[&str], at: usize) -> String {
    let key = key_at(lines, at).unwrap_or_default();
    let name = if is_header(lines[at]) { format!("[{key}]") } else { format!("`{key}`") };
    if let Some((list, line)) = list_of_tables(lines, at, &key) {
        return format!("[[{list}]] is there already, in line {line}; write a table for each: [{list}.NAME]");
    }
    let first = (0..at).find(|line| key_at(lines, *line).is_some_and(|other| other == key));
    let place = first.map_or_else(String::new, |line| format!(", in line {}", line + 1));
    let is_header_twice = is_header(lines[at]) && first.is_none_or(|first| is_header(lines[first]));
    let mend = match is_header_twice {
        true => "write both as one table, or give one another name",
        false => "keep one of the two",
    };
    format!("{name} is there already{place}; {mend}")
}

/// The list of an app's plugins that a header names, as one table or as an entry of the list: `apps.shop.plugins`.
fn plugins_of_header(lines: &[&str], line: usize) -> Option<String> {
    let key = lines.get(line).filter(|line| is_header(line)).and_then(|_| key_at(lines, line))?;
    let list = key.split('[').next().unwrap_or_default();
    let is_one = list.starts_with("apps.") && list.ends_with(".plugins") && list.matches('.').count() == 2;
    is_one.then(|| list.to_owned())
}

/// The name of a list whose first element begins in a line, and the line of a table that has made a table of that name.
fn list_of_tables<'a>(lines: &[&str], at: usize, key: &'a str) -> Option<(&'a str, usize)> {
    // Deeper ones may be lists.
    let (list, _) = key.strip_suffix(']')?.rsplit_once('[').filter(|(list, _)| !list.contains('.'))?;
    let is_within = |line: &usize| {
        let within = |other: &str| other.strip_prefix(list).is_some_and(|rest| rest.starts_with('.'));
        is_header(lines[*line]) && key_at(lines, *line).is_some_and(|other| within(&other))
    };
    (0..at).find(is_within).map(|line| (list, line + 1))
}

/// The lines of a statement to its end, where that has not been reached.
fn whole(lines: &[&str], range: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let end = (range.end..lines.len()).find(|line| begins(lines[*line])).unwrap_or(lines.len());
    range.start..end.max(range.end)
}

/// The text with others in the place of these lines.
fn replaced(lines: &[&str], range: &std::ops::Range<usize>, by: &str) -> String {
    let (before, after) = (&lines[..range.start], &lines[range.end..]);
    before.iter().copied().chain([by]).chain(after.iter().copied()).flat_map(|line| [line, "\n"]).collect()
}

/// Whether a line is a table's header, or was meant to be one: an element of a list of lists has commas.
fn is_header(line: &str) -> bool {
    let line = line.split('#').next().unwrap_or_default().trim_start();
    let name = line.trim_matches(['[', ']', ' ', '\t', '\r']);
    // `[models,main]` has a comma for the dot, and an element of a list of lists has quotes, numbers or brackets.
    let is_word = |part: &str| {
        let part = part.trim();
        part.starts_with(|c: char| c.is_alphabetic() || c == '_') && !["true", "false"].contains(&part)
    };
    let is_list =
        name.contains(',') && (name.contains(['"', '\'', '[', ']']) || !name.split(',').all(is_word));
    line.starts_with('[') && !name.is_empty() && !is_list && !line.contains('=')
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
        let name = |line: &str| plain_name(of(line).trim_matches(['[', ']', ' ']));
        let named = name(lines[header]);
        if !of(lines[header]).starts_with("[[") {
            return named;
        }
        let is_of_list = |line: &&&str| of(line).starts_with("[[") && name(line) == named;
        let index = lines[..header].iter().filter(is_of_list).count();
        format!("{named}[{index}]")
    });
    if header == Some(line) {
        return table;
    }
    let key = key_of(lines[line])?;
    Some(table.map_or(key.clone(), |table| format!("{table}.{key}")))
}

/// A table's name without quotes and blanks that say nothing: `apps.a` of `apps . "a"`, which TOML takes for the same.
fn plain_name(name: &str) -> String {
    let (mut parts, mut quote) = (vec![String::new()], None);
    for c in name.chars() {
        if quote.is_none() && c == '.' {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(c);
        }
        quote = match quote {
            Some(open) if open == c => None,
            None if matches!(c, '"' | '\'') => Some(c),
            open => open,
        };
    }
    let plain = |part: &String| {
        let written = part.trim();
        let within = written.trim_matches(['"', '\'']);
        // A dot within quotes separates no names.
        let is_bare = within.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
        if is_bare && !within.is_empty() { within.to_owned() } else { written.to_owned() }
    };
    parts.iter().map(plain).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests;
