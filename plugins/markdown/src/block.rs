//! The lines of an answer: which are code, which are text.

use std::mem;

use crate::citation::Sources;
use crate::doubt::{Formulas, means_something};
use crate::fence::Fence;
use crate::inline::Inline;

/// Longest prefix of a line, in characters, that is held back; what follows a longer one is text.
const LONGEST_PREFIX: usize = 64;

/// Marks of a fence that are counted, and spaces after them; no text has more, and what is over is left
/// out.
const LONGEST_RUN: usize = 64;

/// Reads an answer character by character. Carriage returns and other control characters are gone.
#[derive(Debug)]
pub(crate) struct Blocks {
    state: BlockState,
    inline: Inline,
    /// The line before is blank, or there is none.
    after_blank: bool,
    /// The line before is indented code.
    after_code: bool,
    /// A list, or a footnote, may be open: what is indented may belong to it.
    in_list: bool,
    /// A line that could stand under a table's header has been seen since the last blank one.
    in_table: bool,
    /// The line before has a `|` in code: as a table's header it would fall apart.
    after_pipe: bool,
    /// The line before defines a link: a title on this one would be its.
    before_title: bool,
    /// This line could stand under a table's header: `|`, `:`, `-` and nothing else.
    rule: Rule,
    /// The line before is text.
    after_text: bool,
    /// The last line of text had nothing before it.
    flush: bool,
    heading: Heading,
    formulas: Formulas,
    /// The last character of a line of code.
    before: char,
    /// Nothing has been written yet.
    at_start: bool,
}

#[derive(Debug)]
enum BlockState {
    /// At the beginning of a line: spaces, quote and list markers; `marker` may yet become one.
    Prefix {
        prefix: String,
        marker: String,
    },
    /// A run of backticks or tildes after a prefix.
    Run {
        prefix: String,
        mark: char,
        length: usize,
    },
    Text,
    /// A line of indented code.
    Indented,
    /// On the line of what is a fence, unless more than the name of a language follows.
    Info {
        prefix: String,
        mark: char,
        length: usize,
        info: String,
    },
    Code(Fence, CodeLine),
}

/// A line of fenced code.
#[derive(Debug)]
enum CodeLine {
    /// Before its text. `held` is what was read, `quotes` the markers in it, `columns` what stands
    /// after them; `padded` once the space that belongs to the last marker is read.
    Lead {
        held: String,
        quotes: usize,
        columns: usize,
        padded: bool,
    },
    /// A run of the fence's marks, and spaces after it.
    Run {
        columns: usize,
        length: usize,
        spaces: usize,
    },
    Text,
}

/// Whether code may be part of a heading. Older renderers look for the line under one also in code that
/// follows a text without a blank line between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heading {
    No,
    /// A line that could stand under one would make it one.
    Open,
    /// This line could, so far.
    Underlined,
    /// It did: what follows is no code to them.
    Ended,
}

/// Whether a line is made of `|`, `:`, `-`, quote markers and spaces, with at least one `-`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    Empty,
    Yes,
    No,
}

impl BlockState {
    fn start() -> Self {
        Self::Prefix { prefix: String::new(), marker: String::new() }
    }
}

impl CodeLine {
    fn start() -> Self {
        Self::Lead { held: String::new(), quotes: 0, columns: 0, padded: false }
    }
}

impl Blocks {
    pub(crate) fn new(inline: Inline) -> Self {
        Self {
            state: BlockState::start(),
            inline,
            after_blank: true,
            after_code: false,
            in_list: false,
            in_table: false,
            after_pipe: false,
            before_title: false,
            rule: Rule::Empty,
            after_text: false,
            flush: false,
            heading: Heading::No,
            formulas: Formulas::default(),
            before: '\n',
            at_start: true,
        }
    }

    pub(crate) fn push(&mut self, c: char, out: &mut String) {
        match mem::replace(&mut self.state, BlockState::Text) {
            BlockState::Prefix { prefix, marker } => self.prefix(prefix, marker, c, out),
            BlockState::Run { prefix, mark, length } if c == mark => {
                self.state = BlockState::Run { prefix, mark, length: LONGEST_RUN.min(length + 1) };
            }
            BlockState::Run { prefix, mark, length } => self.opened(prefix, mark, length, c, out),
            BlockState::Text if c == '\n' => self.end_text(out),
            BlockState::Text => {
                self.see(c);
                self.inline.push(c, out);
            }
            BlockState::Indented => {
                self.write_code(c, out);
                if c == '\n' {
                    let pipe = self.after_pipe;
                    self.next_line(false);
                    self.after_code = true;
                    self.after_pipe = pipe;
                } else {
                    self.after_pipe |= c == '|';
                    self.state = BlockState::Indented;
                }
            }
            BlockState::Info { prefix, mark, length, info } => {
                self.info((prefix, mark, length, info), c, out)
            }
            BlockState::Code(fence, line) => self.code(fence, line, c, out),
        }
    }

    /// Ends the answer: writes what is held back, and closes what is open.
    pub(crate) fn finish(&mut self, out: &mut String) -> &Sources {
        match mem::replace(&mut self.state, BlockState::Text) {
            BlockState::Prefix { prefix, marker } => {
                out.push_str(&prefix);
                marker.chars().for_each(|c| self.inline.push(c, out));
            }
            BlockState::Run { prefix, mark, length } => {
                out.push_str(&prefix);
                (0..length).for_each(|_| self.inline.push(mark, out));
            }
            BlockState::Text | BlockState::Indented => {}
            BlockState::Info { prefix, mark, length, info } => {
                let fence = Fence::open(&expand(&prefix), mark, length, self.after_blank, out);
                write_info(&info, out);
                fence.finish(false, out);
            }
            BlockState::Code(fence, CodeLine::Text) => fence.finish(false, out),
            BlockState::Code(fence, CodeLine::Lead { .. }) => fence.finish(true, out),
            BlockState::Code(fence, CodeLine::Run { columns, length, .. }) => {
                if fence.closes(columns, length) {
                    fence.write_lead(0, out);
                    fence.write_mark(length, out);
                } else {
                    fence.write_lead(columns, out);
                    fence.write_mark(length, out);
                    fence.finish(false, out);
                }
            }
        }
        self.inline.finish(out)
    }

    fn prefix(&mut self, mut prefix: String, mut marker: String, c: char, out: &mut String) {
        let is_digit = c.is_ascii_digit();
        let digits = marker.bytes().all(|b| b.is_ascii_digit());
        let whole = !marker.is_empty() && (!digits || "-+*".contains(&marker));
        if prefix.len() + marker.len() >= LONGEST_PREFIX {
            self.begin_text(&prefix, &marker, c, out);
        } else if marker.is_empty() && " \t>".contains(c) || whole && " \t".contains(c) {
            prefix.push_str(&marker);
            prefix.push(c);
            if !marker.is_empty() {
                self.in_list = true;
            }
            self.state = BlockState::Prefix { prefix, marker: String::new() };
        } else if marker.is_empty() && (is_digit || "-+*".contains(c))
            || !marker.is_empty() && digits && (is_digit && marker.len() < 9 || ".)".contains(c))
        {
            marker.push(c);
            self.state = BlockState::Prefix { prefix, marker };
        } else if marker.is_empty() && (c == '`' || c == '~') && !self.is_indented_code(&prefix) {
            self.state = BlockState::Run { prefix, mark: c, length: 1 };
        } else if marker.is_empty() && c == '\n' {
            out.push_str(&prefix);
            out.push('\n');
            let blank = prefix.trim().is_empty();
            let after_code = self.after_code;
            self.next_line(blank);
            self.after_code = after_code && blank;
        } else {
            self.begin_text(&prefix, &marker, c, out);
        }
    }

    /// Begins the text of a line after its prefix; `marker` turned out to be text.
    fn begin_text(&mut self, prefix: &str, marker: &str, c: char, out: &mut String) {
        let first = marker.chars().next().unwrap_or(c);
        if marker.is_empty() && self.is_indented_code(prefix) {
            out.push_str(prefix);
            self.after_pipe = false;
            self.state = BlockState::Indented;
            self.push(c, out);
            return;
        }
        let is_word = first.is_alphabetic() || first == '#';
        if !is_word || prefix.contains('>') {
            self.in_list = true;
        } else if prefix.is_empty() && self.after_blank {
            self.in_list = false;
        }
        out.push_str(prefix);
        self.flush = prefix.is_empty();
        if mem::take(&mut self.at_start) && prefix.is_empty() && "-+".contains(first) && marker.starts_with(c)
        {
            // Three of them at the very beginning open a preamble for some, which hides what is in it.
            out.push('\n');
        }
        self.inline.begin(self.in_table, self.formulas.doubt());
        prefix.chars().for_each(|c| self.see(c));
        let cuts_code = self.after_pipe && "|:-".contains(first);
        let is_title = self.before_title && "\"'(".contains(first);
        if cuts_code || is_title {
            // Under code with a `|` this could make a table, whose cells would cut the code; a title may
            // take code, and for some reaches as far as it likes.
            self.inline.push('\\', out);
            self.rule = Rule::No;
        }
        for c in marker.chars().chain([c]) {
            self.push(c, out);
        }
    }

    /// Whether what follows is indented code for sure: no paragraph and no list it could belong to.
    fn is_indented_code(&self, prefix: &str) -> bool {
        let blank = prefix.chars().all(|c| c == ' ' || c == '\t');
        blank && columns(prefix) >= 4 && (self.after_blank || self.after_code) && !self.in_list
    }

    fn opened(&mut self, prefix: String, mark: char, length: usize, c: char, out: &mut String) {
        if length < 3 {
            self.begin_text(&prefix, "", mark, out);
            (1..length).for_each(|_| self.push(mark, out));
            self.push(c, out);
        } else {
            self.info((prefix, mark, length, String::new()), c, out);
        }
    }

    fn info(&mut self, head: (String, char, usize, String), c: char, out: &mut String) {
        let (prefix, mark, length, mut info) = head;
        if c == '\n' {
            self.heading = Heading::No;
            if mem::take(&mut self.after_text) {
                if prefix.is_empty() || self.flush && prefix.trim().is_empty() {
                    out.push('\n');
                } else {
                    // A blank line in a list would change how the list looks.
                    self.heading = Heading::Open;
                }
            }
            let fence = Fence::open(&expand(&prefix), mark, length, self.after_blank, out);
            write_info(&info, out);
            out.push(c);
            self.state = BlockState::Code(fence, CodeLine::start());
        } else if c == '`' && mark == '`' || info.len() >= LONGEST_PREFIX {
            // Another backtick on the line makes it a code span; what is long is meant as one.
            self.begin_text(&prefix, "", mark, out);
            (1..length).for_each(|_| self.push(mark, out));
            info.chars().chain([c]).for_each(|c| self.push(c, out));
        } else {
            info.push(c);
            self.state = BlockState::Info { prefix, mark, length, info };
        }
    }

    fn code(&mut self, fence: Fence, line: CodeLine, c: char, out: &mut String) {
        let line = match line {
            CodeLine::Lead { held, quotes, columns, padded } => {
                return self.lead(fence, (held, quotes, columns, padded), c, out);
            }
            CodeLine::Run { columns, length, spaces } => match c {
                c if c == fence.mark && spaces == 0 => {
                    CodeLine::Run { columns, length: LONGEST_RUN.min(length + 1), spaces }
                }
                ' ' | '\t' if fence.closes(columns, length) => {
                    CodeLine::Run { columns, length, spaces: LONGEST_RUN.min(spaces + 1) }
                }
                '\n' if fence.closes(columns, length) => {
                    fence.write_lead(0, out);
                    fence.write_mark(length, out);
                    out.push('\n');
                    self.next_line(false);
                    return;
                }
                c => {
                    fence.write_lead(columns, out);
                    fence.write_mark(length, out);
                    // For some renderers marks of both kinds close a fence.
                    let mixed = spaces == 0 && length >= fence.length && "`~".contains(c);
                    out.extend(std::iter::repeat_n(' ', spaces.max(usize::from(mixed))));
                    self.before = fence.mark;
                    self.write_code(c, out);
                    if c == '\n' { CodeLine::start() } else { CodeLine::Text }
                }
            },
            CodeLine::Text => {
                self.write_code(c, out);
                if c == '\n' { CodeLine::start() } else { CodeLine::Text }
            }
        };
        self.state = BlockState::Code(fence, line);
    }

    fn lead(&mut self, fence: Fence, lead: (String, usize, usize, bool), c: char, out: &mut String) {
        let (mut held, mut quotes, mut columns, mut padded) = lead;
        let quoted = quotes == fence.quotes;
        let fits = held.len() < LONGEST_PREFIX;
        let line = match c {
            '>' if !quoted && fits => {
                held.push(c);
                quotes += 1;
                CodeLine::Lead { held, quotes, columns: 0, padded: false }
            }
            ' ' | '\t' if fits => {
                held.push(c);
                if quoted && fence.quotes > 0 && !padded && c == ' ' {
                    padded = true;
                } else {
                    columns = if c == ' ' { columns + 1 } else { (columns / 4 + 1) * 4 };
                }
                CodeLine::Lead { held, quotes, columns, padded }
            }
            c if !quoted => {
                // Out of the quote, and so out of the code.
                self.next_line(false);
                held.chars().chain([c]).for_each(|c| self.push(c, out));
                return;
            }
            c if c == fence.mark => CodeLine::Run { columns, length: 1, spaces: 0 },
            '\n' => {
                if fence.quotes > 0 {
                    fence.write_lead(0, out);
                }
                out.push('\n');
                CodeLine::start()
            }
            c => {
                if fence.counts_columns() {
                    fence.write_lead(columns, out);
                } else {
                    out.push_str(&held);
                }
                self.before = '\n';
                self.write_code(c, out);
                CodeLine::Text
            }
        };
        self.state = BlockState::Code(fence, line);
    }

    /// Writes a character of a block of code.
    fn write_code(&mut self, c: char, out: &mut String) {
        let doubt = self.formulas.doubt() || self.inline.in_label() || self.heading == Heading::Ended;
        if doubt && means_something(self.before, c) {
            out.push(' ');
        }
        self.heading = match self.heading {
            Heading::Open if self.before == '\n' && "-=".contains(c) => Heading::Underlined,
            Heading::Underlined if c == '\n' => Heading::Ended,
            Heading::Underlined if !"-= ".contains(c) => Heading::Open,
            heading => heading,
        };
        out.push(c);
        self.before = c;
    }

    fn end_text(&mut self, out: &mut String) {
        let ended = self.inline.end(out);
        out.push('\n');
        self.formulas.end_line();
        if self.rule == Rule::Yes {
            self.in_table = true;
        }
        self.next_line(false);
        self.after_text = true;
        self.after_pipe = ended.pipe_in_code;
        self.before_title = ended.before_title;
    }

    fn next_line(&mut self, blank: bool) {
        self.state = BlockState::start();
        self.after_blank = blank;
        self.after_code = false;
        self.after_pipe = false;
        self.after_text = false;
        self.before_title = false;
        self.rule = Rule::Empty;
        if blank {
            self.in_table = false;
            self.inline.end_paragraph();
        }
    }

    /// Notes a character of the line, for [`Rule`] and formulas.
    fn see(&mut self, c: char) {
        self.formulas.see(c);
        self.rule = match (self.rule, c) {
            (Rule::No, _) => Rule::No,
            (_, '-') => Rule::Yes,
            (rule, '|' | ':' | '>' | ' ' | '\t') => rule,
            _ => Rule::No,
        };
    }
}

/// Writes what stands after a fence. A bar would make the header of a table of it for some.
fn write_info(info: &str, out: &mut String) {
    out.push_str(&info.replace('|', "&#124;"));
}

/// The width of spaces and tabs.
fn columns(text: &str) -> usize {
    text.chars().fold(0, |columns, c| if c == '\t' { (columns / 4 + 1) * 4 } else { columns + 1 })
}

/// The text with its tabs as spaces.
fn expand(text: &str) -> String {
    let mut expanded = String::new();
    let mut columns = 0;
    for c in text.chars() {
        let width = if c == '\t' { 4 - columns % 4 } else { 1 };
        columns += width;
        if c == '\t' {
            expanded.extend(std::iter::repeat_n(' ', width));
        } else {
            expanded.push(c);
        }
    }
    expanded
}
