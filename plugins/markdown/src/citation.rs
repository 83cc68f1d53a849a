//! Citation marks, and the sources they stand for.

use std::collections::BTreeSet;

use qianfan_plugin::Passage;

use crate::link::{destination, plain};

/// Longest mark, in characters, such as `[1, 2, 3, 4]`; what is longer is no mark.
const LONGEST: usize = 40;

/// Headings of a source that are told.
const DEEPEST: usize = 8;

/// Bytes of links that the marks of one answer may become, and that its list may have: a long URL
/// cited a thousand times would be megabytes. What is over stays a number.
const MOST_LINKS: usize = 256 << 10;

/// The sources of an answer, and which of them it has cited so far.
#[derive(Debug)]
pub(crate) struct Sources {
    sources: Vec<Source>,
    cited: BTreeSet<usize>,
    /// Bytes of links that marks may still become.
    left: usize,
}

#[derive(Debug)]
struct Source {
    /// Title and section, as markdown.
    name: String,
    destination: Option<String>,
}

/// What may be a mark, from its opening bracket on.
#[derive(Debug)]
pub(crate) struct Mark {
    text: String,
    close: char,
}

/// What became of a mark with one more character.
pub(crate) enum CitationStep {
    Open,
    /// The mark is whole.
    Closed,
    /// It is no mark; the character was not taken.
    Broken,
}

impl Mark {
    /// Begins at `[` or `【`.
    pub(crate) fn new(open: char) -> Self {
        Self { text: open.to_string(), close: if open == '[' { ']' } else { '】' } }
    }

    pub(crate) fn push(&mut self, c: char) -> CitationStep {
        let last = self.text.chars().next_back().unwrap_or_default();
        let after_digit = last.is_ascii_digit();
        let fits = match c {
            c if c.is_ascii_digit() => self.text.len() < LONGEST,
            '^' => self.text == "[",
            ',' | '，' | '、' => after_digit,
            ' ' => ",，、".contains(last),
            c if c == self.close => after_digit,
            _ => false,
        };
        if !fits {
            return CitationStep::Broken;
        }
        self.text.push(c);
        if c == self.close { CitationStep::Closed } else { CitationStep::Open }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The numbers in the mark.
    fn numbers(&self) -> impl Iterator<Item = &str> {
        self.text.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty())
    }
}

impl Sources {
    pub(crate) fn new(passages: Vec<Passage>) -> Self {
        let source = |passage: Passage| {
            let mut name = plain(&passage.title);
            for heading in passage.section.iter().take(DEEPEST) {
                name.push_str(" › ");
                name.push_str(&plain(heading));
            }
            Source { name, destination: passage.url.as_deref().and_then(destination) }
        };
        let sources = passages.into_iter().map(source).collect();
        Self { sources, cited: BTreeSet::new(), left: MOST_LINKS }
    }

    /// The mark as links, each cited from now on; `None` where no number in it has a source.
    pub(crate) fn cite(&mut self, mark: &Mark) -> Option<String> {
        // No source has the number 0; `[0, 1]` is an interval.
        if mark.numbers().any(|number| number.bytes().all(|digit| digit == b'0')) {
            return None;
        }
        let mut links = String::new();
        let mut told = BTreeSet::new();
        let mut known = false;
        for number in mark.numbers().filter(|number| told.insert(*number)) {
            let index = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            let source = index.and_then(|index| Some((index, self.sources.get(index)?)));
            let destination = source.and_then(|(_, source)| source.destination.as_ref());
            let link = destination.map(|destination| format!("[[{number}]]({destination})"));
            match link.filter(|link| link.len() <= self.left) {
                Some(link) => {
                    self.left -= link.len();
                    links.push_str(&link);
                }
                // Escaped, or a colon after it would make it the definition of a link.
                None => links.push_str(&format!("\\[{number}\\]")),
            }
            if let Some((index, _)) = source {
                known = true;
                self.cited.insert(index);
            }
        }
        known.then_some(links)
    }

    /// Writes the sources cited, under the numbers they were cited by.
    pub(crate) fn list(&self, heading: &str, out: &mut String) {
        if self.cited.is_empty() {
            return;
        }
        out.push_str("\n\n");
        let heading = plain(heading);
        if !heading.is_empty() {
            out.push_str(&format!("**{heading}**\n\n"));
        }
        let mut left = MOST_LINKS;
        for index in &self.cited {
            let Some(source) = self.sources.get(*index) else { continue };
            let (number, name) = (index + 1, &source.name);
            let line = match &source.destination {
                Some(destination) => format!("- [{number}] [{name}]({destination})\n"),
                None => format!("- [{number}] {name}\n"),
            };
            if line.len() > left {
                out.push_str("- …\n");
                break;
            }
            left -= line.len();
            out.push_str(&line);
        }
    }
}
