//! The unseen is what markdown holds and no reader of the page sees: comments, scripts, and elements that are hidden. Who writes
//! there writes for himself, so it is neither matched nor shown nor given out, and a note says how much of it there was. What
//! is struck out is seen, and holds no more: it goes the same way, since a heading or a cell would join ~~50~~30 to 5030.
//!
//! Markdown says what of a text is HTML, so that code which shows a comment keeps it. Of the HTML nothing is looked at but where
//! comments and hidden elements begin and end; what is seen of it is for the reader of HTML.

mod styles;

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag};

use super::markdown::{expect_cheap, options};
use super::plain_text::plain_text;
use super::{ParseError, count};
use styles::{PageStyles, StyledLook};

/// Bytes of a tag; what is longer is none.
const MAX_TAG: usize = 4096;
/// Elements whose text no page shows.
const SILENT: &[&str] = &["script", "style", "template", "noscript", "datalist"];
/// Silent elements whose content is plain text, in which only their own end tag counts as a tag.
const RAW: &[&str] = &["script", "style"];
/// Elements that strike out what stands in them.
const STRIKING: &[&str] = &["del", "s", "strike"];
/// Characters of what is struck out that a note cites.
const CITED: usize = 30;
/// Elements without an end.
const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];
/// How lines begin that define a link to nothing, which is how comments are written where HTML is not wanted.
const LINK_COMMENTS: &[&str] = &["[//]:", "[comment]:", "[_comment]:", "[#]:", "[_]:"];

/// A text without what is unseen.
pub(super) struct Seen {
    pub(super) text: String,
    /// What was left out, for the operator.
    pub(super) note: Option<String>,
}

/// The text that a reader of the page sees and that holds, with its front matter as YAML. Blocks.
pub(super) fn seen(text: String) -> Result<Seen, ParseError> {
    look(text, true)
}

/// The same with what is struck out, which stays as it is marked: answers keep their bytes.
pub(super) fn seen_with_struck(text: String) -> Result<Seen, ParseError> {
    look(text, false)
}

fn look(text: String, leaves_out_struck: bool) -> Result<Seen, ParseError> {
    let text = with_yaml(&text).unwrap_or(text);
    // Most texts have no tag, and are not gone through for each of these.
    let has_hiding_tag = || {
        text.contains("<!--")
            || ["hid", "none", "collapse"].iter().any(|word| has(&text, word))
            || SILENT.iter().any(|name| has(&text, &format!("<{name}")))
    };
    let has_striking_tag =
        || ["<del", "<s>", "<s ", "<strike", "line-through"].iter().any(|mark| has(&text, mark));
    let may_hide =
        text.contains('<') && has_hiding_tag() || LINK_COMMENTS.iter().any(|start| text.contains(start));
    let may_strike = leaves_out_struck && (text.contains("~~") || text.contains('<') && has_striking_tag());
    if !may_hide && !may_strike {
        return Ok(Seen { text, note: None });
    }
    expect_cheap(&text)?;
    let (mut html, mut code, mut struck) = (Vec::<Range<usize>>::new(), Vec::new(), Vec::new());
    let strikes = if may_strike { Options::ENABLE_STRIKETHROUGH } else { Options::empty() };
    for (event, range) in Parser::new_ext(&text, options() | strikes).into_offset_iter() {
        match event {
            Event::Html(_) | Event::InlineHtml(_) => {
                match html.last_mut().filter(|last| last.end == range.start) {
                    Some(last) => last.end = range.end,
                    None => html.push(range),
                }
            }
            Event::Start(Tag::CodeBlock(_)) => code.push(range),
            Event::Start(Tag::Strikethrough) => struck.push(range),
            _ => {}
        }
    }
    let mut scan = MarkupScan { text: &text, leaves_out_struck, ..MarkupScan::default() };
    html.iter().cloned().for_each(|range| scan.html(range));
    if !scan.styles.is_empty() {
        // A page's own styles hold above them as well.
        let styles = std::mem::take(&mut scan.styles);
        scan = MarkupScan { text: &text, leaves_out_struck, styles, ..MarkupScan::default() };
        html.into_iter().for_each(|range| scan.html(range));
    }
    scan.end();
    struck.into_iter().for_each(|range| scan.tildes(range));
    scan.links(&code);
    let note = scan.note();
    let text = without(&text, scan.cuts);
    Ok(Seen { text, note })
}

fn has(text: &str, word: &str) -> bool {
    text.as_bytes().windows(word.len()).any(|at| at.eq_ignore_ascii_case(word.as_bytes()))
}

#[derive(Default)]
struct MarkupScan<'t> {
    text: &'t str,
    leaves_out_struck: bool,
    styles: PageStyles,
    cuts: Vec<Range<usize>>,
    open: Option<Open>,
    comments: usize,
    hidden: usize,
    struck: Vec<Range<usize>>,
    /// Where a comment begins that has no end.
    endless: Option<usize>,
    /// Where a hidden or struck element begins that has no end.
    unclosed: Option<usize>,
}

/// What is unseen from a place on.
enum Open {
    Comment(usize),
    Element {
        name: String,
        from: usize,
        /// Elements of this name within one another.
        depth: usize,
        is_struck: bool,
    },
}

impl MarkupScan<'_> {
    fn html(&mut self, range: Range<usize>) {
        let mut at = range.start;
        while let Some(rest) = self.text.get(at..range.end).filter(|rest| !rest.is_empty()) {
            if let Some(Open::Comment(from)) = self.open {
                let Some(end) = rest.find("-->") else { return };
                at += end + 3;
                self.open = None;
                self.comments += 1;
                self.cuts.push(from..at);
                continue;
            }
            let Some(next) = rest.find('<') else { return };
            at += next;
            at += self.mark(at, rest.get(next..).unwrap_or_default());
        }
    }

    /// Looks at a `<`, and gives how many bytes it has dealt with.
    fn mark(&mut self, at: usize, rest: &str) -> usize {
        let is_raw = matches!(&self.open, Some(Open::Element { name, .. }) if RAW.contains(&name.as_str()));
        if rest.starts_with("<!--") && !is_raw {
            // Within a hidden element it hides nothing more, but may hold what looks like its end.
            if self.open.is_some() {
                return rest.find("-->").map_or(4, |end| end + 3);
            }
            self.open = Some(Open::Comment(at));
            return 4;
        }
        let Some(tag) = HtmlTag::of(rest) else { return 1 };
        match &mut self.open {
            Some(Open::Element { name, from, depth, is_struck }) if *name == tag.name => {
                if !tag.is_end {
                    *depth += usize::from(!is_raw);
                } else if *depth > 1 {
                    *depth -= 1;
                } else {
                    let range = *from..at + tag.length;
                    if name.as_str() == "style" {
                        self.styles.read(sheet(self.text.get(range.clone()).unwrap_or_default()));
                    }
                    if *is_struck {
                        self.struck.push(range.clone());
                    } else {
                        self.hidden += 1;
                    }
                    self.cuts.push(range);
                    self.open = None;
                }
            }
            None if !tag.is_end => {
                let StyledLook { is_hidden: is_unseen, is_struck } = tag.look(&self.styles);
                let is_struck = is_struck && !is_unseen && self.leaves_out_struck;
                if is_unseen || is_struck {
                    self.open = Some(Open::Element { name: tag.name, from: at, depth: 1, is_struck });
                }
            }
            _ => {}
        }
        if is_raw && self.open.is_some() { 1 } else { tag.length }
    }

    /// What stands between `~~`, but for what may be ranges: 9:00~~12:00，13:00~~17:00.
    fn tildes(&mut self, range: Range<usize>) {
        let text = self.text;
        let struck = text.get(range.clone()).and_then(|text| text.strip_prefix("~~")?.strip_suffix("~~"));
        let Some(struck) = struck else { return };
        let around = [
            text.get(..range.start).and_then(|before| before.chars().next_back()),
            struck.chars().next(),
            struck.chars().next_back(),
            text.get(range.end..).and_then(|after| after.chars().next()),
        ];
        if !around.iter().all(|c| c.is_some_and(|c| c.is_ascii_digit())) {
            self.struck.push(range.clone());
            self.cuts.push(range);
        }
    }

    fn end(&mut self) {
        match self.open.take() {
            // A comment that is never closed hides all text to the end, as browsers show it.
            Some(Open::Comment(from)) => {
                self.endless = Some(from);
                self.cuts.push(from..self.text.len());
            }
            Some(Open::Element { from, .. }) => self.unclosed = Some(from),
            None => {}
        }
    }

    /// Comments that are written as links to nothing, outside of these ranges of code.
    fn links(&mut self, code: &[Range<usize>]) {
        let mut start = 0;
        for line in self.text.split_inclusive('\n') {
            let at = start;
            start += line.len();
            let target = LINK_COMMENTS.iter().find_map(|start| line.trim_start().strip_prefix(start));
            let is_one = target.is_some_and(|target| target.trim_start().starts_with(['#', '<']));
            if is_one && !code.iter().any(|code| code.contains(&at)) {
                self.comments += 1;
                self.cuts.push(at..at + line.trim_end().len());
            }
        }
    }

    fn note(&self) -> Option<String> {
        let line = |at: usize| 1 + self.text.get(..at).unwrap_or_default().matches('\n').count();
        let mut told = Vec::new();
        if self.comments > 0 {
            told.push(count(self.comments, "comment"));
        }
        if self.hidden > 0 {
            told.push(count(self.hidden, "hidden element"));
        }
        if let Some(from) = self.endless {
            told.push(format!("all from line {} on, where a comment begins that is not closed", line(from)));
        }
        let left_out = (!told.is_empty())
            .then(|| format!("left out, since who reads the page does not see it: {}", told.join(", ")));
        let struck = self.struck_note();
        let unclosed = self.unclosed.map(|from| {
            format!(
                "line {} hides or strikes out an element that is not closed; what stands below is in: close it, and import it again",
                line(from)
            )
        });
        let unseen: Vec<String> = left_out.into_iter().chain(unclosed).collect();
        let unseen = (!unseen.is_empty()).then(|| unseen.join("; "));
        let notes: Vec<String> = unseen.into_iter().chain(struck).collect();
        (!notes.is_empty()).then(|| notes.join("\n"))
    }

    /// As the readers of other formats say it.
    fn struck_note(&self) -> Option<String> {
        let words = |range: &Range<usize>| {
            let struck = self.text.get(range.clone()).unwrap_or_default().trim_matches('~');
            plain_text(struck).split_whitespace().collect::<Vec<_>>().join(" ")
        };
        let struck: String = self.struck.iter().map(words).collect();
        let characters = struck.chars().count();
        let beginning: String = struck.chars().take(CITED).collect();
        let more = if characters > CITED { "…" } else { "" };
        let s = if characters == 1 { "" } else { "s" };
        (characters > 0).then(|| {
            format!(
                "Text that is struck out in the document was left out ({characters} character{s}: “{beginning}{more}”)."
            )
        })
    }
}

/// The beginning or the end of an element.
struct HtmlTag<'t> {
    /// In small letters.
    name: String,
    is_end: bool,
    attributes: &'t str,
    length: usize,
}

impl<'t> HtmlTag<'t> {
    /// The tag that a text begins with.
    fn of(text: &'t str) -> Option<Self> {
        let inner = text.strip_prefix('<')?;
        let is_end = inner.starts_with('/');
        let inner = inner.strip_prefix('/').unwrap_or(inner);
        let begin = text.len() - inner.len();
        let name = inner.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next()?;
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let mut quote = None;
        for (at, byte) in text.bytes().enumerate().take(MAX_TAG).skip(begin + name.len()) {
            match (quote, byte) {
                (None, b'>') => {
                    let attributes = text.get(begin + name.len()..at)?;
                    return Some(Self {
                        name: name.to_ascii_lowercase(),
                        is_end,
                        attributes,
                        length: at + 1,
                    });
                }
                (None, b'<') => return None,
                (None, b'"' | b'\'') => quote = Some(byte),
                (Some(open), _) if open == byte => quote = None,
                _ => {}
            }
        }
        None
    }

    /// Whether what stands in it is on no page, and whether it holds no more.
    fn look(&self, styles: &PageStyles) -> StyledLook {
        if self.is_empty() {
            return StyledLook::default();
        }
        let name = self.name.as_str();
        let attributes: Vec<(String, &str)> = attributes(self.attributes).collect();
        let StyledLook { is_hidden, is_struck } = styles.look(name, &attributes);
        StyledLook {
            is_hidden: is_hidden
                || SILENT.contains(&name)
                || attributes.iter().any(|(name, _)| name == "hidden"),
            is_struck: is_struck || STRIKING.contains(&name),
        }
    }

    fn is_empty(&self) -> bool {
        VOID.contains(&self.name.as_str()) || self.attributes.ends_with('/')
    }
}

/// The attributes of a tag, their names in small letters.
fn attributes(mut text: &str) -> impl Iterator<Item = (String, &str)> {
    std::iter::from_fn(move || {
        text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let end = text.find(|c: char| c.is_whitespace() || matches!(c, '=' | '/')).unwrap_or(text.len());
        let (name, rest) = text.split_at_checked(end)?;
        let Some(value) = rest.trim_start().strip_prefix('=').map(str::trim_start) else {
            text = rest;
            return (!name.is_empty()).then(|| (name.to_ascii_lowercase(), ""));
        };
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, rest) = match quote {
            Some(quote) => value.get(1..)?.split_once(quote)?,
            None => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        text = rest;
        Some((name.to_ascii_lowercase(), value))
    })
}

/// What a `style` element says of every screen.
fn sheet(element: &str) -> &str {
    let Some(tag) = HtmlTag::of(element) else { return "" };
    let is_of_screen = |(name, value): (String, &str)| {
        name != "media" || value.trim().is_empty() || styles::is_screen(value)
    };
    let sheet = element.get(tag.length..).unwrap_or_default();
    let sheet = sheet.rsplit_once("</").map_or(sheet, |(sheet, _)| sheet);
    if attributes(tag.attributes).all(is_of_screen) { sheet } else { "" }
}

/// A text without these ranges, and without the lines that nothing else stands in.
fn without(text: &str, mut cuts: Vec<Range<usize>>) -> String {
    cuts.sort_by_key(|cut| cut.start);
    let mut seen = String::with_capacity(text.len());
    let mut done = 0;
    for cut in cuts {
        if cut.end <= done {
            continue;
        }
        seen.push_str(text.get(done..cut.start).unwrap_or_default());
        done = cut.end;
        let line = seen.rfind('\n').map_or(0, |at| at + 1);
        let rest = text.get(done..).unwrap_or_default();
        let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let is_alone = |text: Option<&str>| text.is_some_and(|text| text.trim().is_empty());
        // A bullet left by itself would underline the line above it as a heading.
        let before = seen.get(line..).map(|before| before.trim_start().trim_start_matches(['-', '*', '+']));
        if is_alone(before) && is_alone(rest.get(..end)) {
            seen.truncate(line);
            done += end;
        }
    }
    seen.push_str(text.get(done..).unwrap_or_default());
    seen
}

/// A text whose front matter is TOML between lines of `+++`, with it as YAML.
fn with_yaml(text: &str) -> Option<String> {
    let (front, rest) = text.strip_prefix("+++\n")?.split_once("\n+++\n")?;
    let table: toml::Table = toml::from_str(front).ok()?;
    let mut yaml = String::new();
    let value = |value: &toml::Value| match value {
        toml::Value::String(text) => Some(text.replace('\n', " ")),
        toml::Value::Table(_) | toml::Value::Array(_) => None,
        other => Some(other.to_string()),
    };
    for (key, given) in &table {
        match given {
            toml::Value::Array(items) => {
                yaml.push_str(&format!("{key}:\n"));
                items.iter().filter_map(value).for_each(|item| yaml.push_str(&format!("- {item}\n")));
            }
            one => yaml.extend(value(one).map(|value| format!("{key}: {value}\n"))),
        }
    }
    Some(if yaml.is_empty() { rest.to_owned() } else { format!("---\n{yaml}---\n{rest}") })
}

#[cfg(test)]
mod tests;
