//! The text of one line: code spans, links, HTML, marks, emphasis.

use std::mem;

use crate::citation::{Mark, Sources, Step};
use crate::emphasis::Emphasis;
use crate::link::{Destination, Verdict, is_allowed, is_scheme_char};

/// Longest run of backticks or asterisks that is kept; no text has longer ones.
const LONGEST_RUN: usize = 32;

/// Longest autolink held back, in bytes; a longer one is shown as text.
const LONGEST_AUTOLINK: usize = 512;

/// Reads a line character by character.
#[derive(Debug)]
pub(crate) struct Inline {
    state: State,
    emphasis: Emphasis,
    sources: Sources,
    /// The last character passed on; a line feed at the beginning of a line.
    before: char,
    /// Parentheses open within a link's destination; 0 outside of one.
    destination: usize,
    /// The quote that ends the title open within a link's destination.
    title: Option<char>,
    /// The line may be a row of a table, where `|` ends a cell even within code.
    in_table: bool,
    /// A code span of this line holds a `|` that would end a cell if this were a table.
    pipe_in_code: bool,
}

#[derive(Debug)]
enum State {
    Text,
    /// After a backslash.
    Escape,
    /// After an exclamation mark, which would make an image of a link.
    Bang,
    Backticks(usize),
    Code(Code),
    /// After `<`; `destination`: at the beginning of a link's, where it needs no letter to mean
    /// something.
    Less {
        destination: bool,
    },
    /// After `<` and a letter: the text from there.
    Autolink(String),
    /// `bang`: an exclamation mark stands before it, held back too.
    Mark {
        mark: Mark,
        bang: bool,
    },
    /// After a mark that is whole.
    Marked {
        mark: Mark,
        bang: bool,
    },
    /// After `]`.
    Bracket,
    /// After `](` or `]:`.
    Destination {
        opener: char,
        destination: Destination,
    },
    /// A run of `*`, `_` or `~`.
    Run {
        mark: char,
        length: usize,
    },
}

/// An open code span.
#[derive(Debug)]
struct Code {
    /// How many backticks opened it.
    length: usize,
    /// How many were just read.
    run: usize,
    /// After an odd number of backslashes.
    escaped: bool,
}

impl Inline {
    pub(crate) fn new(sources: Sources) -> Self {
        Self {
            state: State::Text,
            emphasis: Emphasis::default(),
            sources,
            before: '\n',
            destination: 0,
            title: None,
            in_table: false,
            pipe_in_code: false,
        }
    }

    /// Begins a line. `in_table`: it may be a row of a table.
    pub(crate) fn begin(&mut self, in_table: bool) {
        self.before = '\n';
        self.in_table = in_table;
        self.pipe_in_code = false;
    }

    pub(crate) fn push(&mut self, c: char, out: &mut String) {
        match mem::replace(&mut self.state, State::Text) {
            State::Text => self.text(c, out),
            State::Escape => self.escaped(c, out),
            State::Bang if c == '[' && self.destination == 0 => {
                self.state = State::Mark { mark: Mark::new(c), bang: true };
            }
            State::Bang => self.pass_then('!', c, out),
            State::Backticks(length) if c == '`' => {
                self.state = State::Backticks(LONGEST_RUN.min(length + 1));
            }
            State::Backticks(length) => {
                out.extend(std::iter::repeat_n('`', length));
                self.state = State::Code(Code { length, run: 0, escaped: false });
                self.push(c, out);
            }
            State::Code(code) => self.code(code, c, out),
            State::Less { .. } if c.is_ascii_alphabetic() => self.state = State::Autolink(c.to_string()),
            State::Less { destination } if destination || "/!?".contains(c) => {
                self.pass("&lt;", '<', out);
                self.push(c, out);
            }
            State::Less { .. } => self.pass_then('<', c, out),
            State::Autolink(text) => self.autolink(text, c, out),
            State::Mark { mark, bang } => self.mark(mark, bang, c, out),
            State::Marked { mark, bang } => {
                if c == '(' {
                    // The answer's own link, whose text happens to be a number.
                    self.uncited(&mark, bang, out);
                    out.truncate(out.len() - 1);
                    self.state = State::Bracket;
                } else {
                    self.cite(&mark, bang, out);
                }
                self.push(c, out);
            }
            State::Bracket if c == '(' || c == ':' => {
                self.state = State::Destination { opener: c, destination: Destination::default() };
            }
            State::Bracket => self.pass_then(']', c, out),
            State::Destination { opener, mut destination } => match destination.push(c) {
                Verdict::Open => self.state = State::Destination { opener, destination },
                verdict => {
                    self.settle(opener, &destination, verdict == Verdict::Safe, out);
                    if c == '<' {
                        self.state = State::Less { destination: true };
                    } else {
                        self.push(c, out);
                    }
                }
            },
            State::Run { mark, length } if c == mark => {
                self.state = State::Run { mark, length: LONGEST_RUN.min(length + 1) };
            }
            State::Run { mark, length } => {
                self.run(mark, length, c, out);
                self.push(c, out);
            }
        }
    }

    /// Ends the line, without its line feed. Returns whether code on it holds a `|`.
    pub(crate) fn end(&mut self, out: &mut String) -> bool {
        self.flush(out);
        self.close_link(out);
        self.emphasis.clear();
        self.pipe_in_code
    }

    /// Ends the answer: closes what is open.
    pub(crate) fn finish(&mut self, out: &mut String) -> &Sources {
        self.flush(out);
        self.close_link(out);
        self.emphasis.close(self.before, out);
        &self.sources
    }

    fn text(&mut self, c: char, out: &mut String) {
        match c {
            '\\' => self.state = State::Escape,
            // Within a link it is part of the link, and if that fails the beginning of code.
            '`' if self.destination > 0 => self.pass("&#96;", c, out),
            '`' => self.state = State::Backticks(1),
            '<' => self.state = State::Less { destination: false },
            ']' => self.state = State::Bracket,
            '!' => self.state = State::Bang,
            '[' | '【' if self.destination == 0 => {
                self.state = State::Mark { mark: Mark::new(c), bang: false };
            }
            '~' => self.state = State::Run { mark: c, length: 1 },
            '*' | '_' if self.destination == 0 => self.state = State::Run { mark: c, length: 1 },
            _ => {
                if self.destination > 0 {
                    self.in_destination(c);
                }
                self.pass(c.encode_utf8(&mut [0; 4]), c, out);
            }
        }
    }

    /// Follows a destination to its end. Where it is not clear whether this is a link, it goes on: within
    /// one less is taken for code.
    fn in_destination(&mut self, c: char) {
        match (self.title, c) {
            (Some(quote), c) if c == quote => self.title = None,
            (Some(_), _) => {}
            (None, '"' | '\'') if self.before.is_whitespace() => self.title = Some(c),
            (None, '(') => self.destination += 1,
            (None, ')') => self.destination -= 1,
            (None, _) => {}
        }
    }

    /// Closes a link that is open where its line ends, so that it does not reach into the next.
    fn close_link(&mut self, out: &mut String) {
        if self.destination == 0 {
            return;
        }
        out.extend(self.title.take());
        out.extend(std::iter::repeat_n(')', mem::take(&mut self.destination)));
        self.before = ')';
    }

    fn escaped(&mut self, c: char, out: &mut String) {
        match c {
            // As entities, for renderers differ on a run of backticks after an escaped one.
            '`' => self.pass("&#96;", c, out),
            '<' => self.pass("&lt;", c, out),
            c if c.is_ascii_punctuation() => {
                out.push('\\');
                self.pass(c.encode_utf8(&mut [0; 4]), c, out);
            }
            c => self.pass_then('\\', c, out),
        }
    }

    fn code(&mut self, mut code: Code, c: char, out: &mut String) {
        if c != '`' && code.run == code.length {
            self.before = '`';
            self.push(c, out);
            return;
        }
        code.run = if c == '`' { code.run + 1 } else { 0 };
        if c == '|' && !code.escaped {
            if self.in_table {
                out.push('\\');
            } else {
                self.pipe_in_code = true;
            }
        }
        code.escaped = c == '\\' && !code.escaped;
        out.push(c);
        self.state = State::Code(code);
    }

    fn autolink(&mut self, mut text: String, c: char, out: &mut String) {
        let scheme = text.split_once(':').map(|(scheme, _)| scheme);
        let fits = match (scheme, c) {
            (Some(_), '>') => true,
            (Some(_), c) => {
                text.len() < LONGEST_AUTOLINK && !c.is_whitespace() && !"<`\\\"'|[]*_~".contains(c)
            }
            (None, ':') => is_allowed(&text),
            (None, c) => text.len() < LONGEST_RUN && is_scheme_char(c),
        };
        if !fits {
            self.no_autolink(&text, out);
            self.push(c, out);
        } else if c == '>' {
            out.push('<');
            out.push_str(&text);
            self.pass(">", c, out);
        } else {
            text.push(c);
            self.state = State::Autolink(text);
        }
    }

    /// Shows what began as a tag as text.
    fn no_autolink(&mut self, text: &str, out: &mut String) {
        self.pass("&lt;", '<', out);
        for c in text.chars() {
            self.push(c, out);
        }
    }

    fn mark(&mut self, mut mark: Mark, bang: bool, c: char, out: &mut String) {
        match mark.push(c) {
            Step::Open => self.state = State::Mark { mark, bang },
            Step::Closed if c == ']' => self.state = State::Marked { mark, bang },
            Step::Closed => self.cite(&mark, bang, out),
            Step::Broken => {
                self.uncited(&mark, bang, out);
                self.push(c, out);
            }
        }
    }

    fn cite(&mut self, mark: &Mark, bang: bool, out: &mut String) {
        match self.sources.cite(mark) {
            Some(links) => {
                out.push_str(if bang { "\\!" } else { "" });
                self.pass(&links, ')', out);
            }
            None => {
                self.uncited(mark, bang, out);
                if mark.text().ends_with(']') {
                    out.truncate(out.len() - 1);
                    self.state = State::Bracket;
                }
            }
        }
    }

    fn uncited(&mut self, mark: &Mark, bang: bool, out: &mut String) {
        out.push_str(if bang { "!" } else { "" });
        self.pass(mark.text(), mark.text().chars().next_back().unwrap_or('['), out);
    }

    /// Writes a bracket and what follows it, as a link or so that it is none.
    fn settle(&mut self, opener: char, destination: &Destination, safe: bool, out: &mut String) {
        out.push(']');
        if !safe {
            out.push('\\');
        } else if opener == '(' {
            self.destination = 1;
        }
        out.push(opener);
        let last = destination.text().chars().next_back().unwrap_or(opener);
        self.pass(destination.text(), last, out);
    }

    fn run(&mut self, mark: char, length: usize, after: char, out: &mut String) {
        if self.destination == 0 {
            self.emphasis.run(mark, length, self.before, after);
        }
        // Three tildes could open a block of code; two strike out.
        let escape = mark == '~' && length > 2;
        for _ in 0..length {
            out.push_str(if escape { "\\" } else { "" });
            out.push(mark);
        }
        self.before = mark;
    }

    /// Writes what is held back, as what it is if nothing follows.
    fn flush(&mut self, out: &mut String) {
        match mem::replace(&mut self.state, State::Text) {
            State::Text => {}
            State::Escape => self.pass("\\", '\\', out),
            State::Bang => self.pass("!", '!', out),
            // Left open they might pair with others on a later line.
            State::Backticks(length) => self.pass(&"&#96;".repeat(length), '`', out),
            State::Code(code) => {
                if code.run != code.length {
                    out.push_str(if code.run > 0 { " " } else { "" });
                    out.extend(std::iter::repeat_n('`', code.length));
                }
                self.before = '`';
            }
            State::Less { .. } => self.pass("&lt;", '<', out),
            State::Autolink(text) => {
                self.no_autolink(&text, out);
                self.flush(out);
            }
            State::Mark { mark, bang } => self.uncited(&mark, bang, out),
            State::Marked { mark, bang } => {
                self.cite(&mark, bang, out);
                self.flush(out);
            }
            State::Bracket => self.pass("]", ']', out),
            State::Destination { opener, destination } => self.settle(opener, &destination, false, out),
            State::Run { mark, length } => self.run(mark, length, '\n', out),
        }
    }

    fn pass(&mut self, text: &str, last: char, out: &mut String) {
        out.push_str(text);
        self.before = last;
    }

    fn pass_then(&mut self, held: char, c: char, out: &mut String) {
        self.pass(held.encode_utf8(&mut [0; 4]), held, out);
        self.push(c, out);
    }
}
