//! The text of one line: code spans, links, HTML, marks, emphasis.

use std::mem;

use crate::character::is_invisible;
use crate::citation::{CitationStep, Mark, Sources};
use crate::code_span::CodeSpan;
use crate::definition::Definitions;
use crate::doubt::{Word, means_something};
use crate::emphasis::Emphasis;
use crate::image::{self, Allowed, Image};
use crate::link::{Destination, Verdict, is_allowed, is_scheme_char};

/// Longest run of backticks or asterisks that is kept; no text has longer ones.
const LONGEST_RUN: usize = 32;

/// Longest autolink held back, in bytes; a longer one is shown as text.
const LONGEST_AUTOLINK: usize = 512;

/// Parentheses open at one time in a link; more are written so that they count for nobody.
const DEEPEST_LINK: usize = 32;

/// Reads a line character by character.
#[derive(Debug)]
pub(crate) struct Inline {
    state: InlineState,
    emphasis: Emphasis,
    sources: Sources,
    images: Allowed,
    /// Whether a bare link may reach to here.
    word: Word,
    definitions: Definitions,
    /// A formula may have begun in this paragraph, or code that some renderer sees as text.
    formula: bool,
    /// So may have a link, emphasis or what is struck out; some renderers look for their end in code that
    /// has backticks of its own.
    opener: bool,
    /// A `~` is in this paragraph; some look for its like in code.
    tilde: bool,
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
enum InlineState {
    Text,
    /// After a backslash.
    Escape,
    /// After an exclamation mark, which would make an image of a link.
    Bang,
    /// After it and a bracket.
    Image(Image),
    Backticks(usize),
    Code(CodeSpan),
    /// After `<`; `destination`: at the beginning of a link's, where it needs no letter to mean
    /// something.
    Less {
        destination: bool,
    },
    /// After `<` and a letter: the text from there.
    Autolink(String),
    Mark(Mark),
    /// After a mark that is whole.
    Marked(Mark),
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

/// What a line leaves behind.
pub(crate) struct Ended {
    /// Code on it holds a `|`.
    pub(crate) pipe_in_code: bool,
    /// It defines a link, whose title may be on the next line.
    pub(crate) before_title: bool,
}

impl Inline {
    pub(crate) fn new(sources: Sources, images: Allowed) -> Self {
        Self {
            state: InlineState::Text,
            emphasis: Emphasis::default(),
            sources,
            images,
            word: Word::default(),
            definitions: Definitions::default(),
            formula: false,
            opener: false,
            tilde: false,
            before: '\n',
            destination: 0,
            title: None,
            in_table: false,
            pipe_in_code: false,
        }
    }

    /// Begins a line. `in_table`: it may be a row of a table; `in_formula`: it may be part of one.
    pub(crate) fn begin(&mut self, in_table: bool, in_formula: bool) {
        self.before = '\n';
        self.word = Word::default();
        self.formula |= in_formula;
        self.in_table = in_table;
        self.pipe_in_code = false;
    }

    pub(crate) fn push(&mut self, c: char, out: &mut String) {
        match mem::replace(&mut self.state, InlineState::Text) {
            InlineState::Text => self.text(c, out),
            InlineState::Escape => self.escaped(c, out),
            InlineState::Bang if c == '[' && self.destination == 0 => {
                self.state = InlineState::Image(Image::default());
            }
            InlineState::Bang => self.pass_then('!', c, out),
            InlineState::Image(image) => self.image(image, c, out),
            InlineState::Backticks(length) if c == '`' => {
                self.state = InlineState::Backticks(LONGEST_RUN.min(length + 1));
            }
            InlineState::Backticks(length) => {
                // To some older renderers a run of tildes and backticks is text.
                let doubtful = self.formula || self.before == '~';
                if self.word.is_link() {
                    self.pass(" ", ' ', out);
                }
                self.pass(&"`".repeat(length), '`', out);
                self.state = InlineState::Code(CodeSpan::new(length, doubtful));
                self.push(c, out);
            }
            InlineState::Code(code) => self.code(code, c, out),
            InlineState::Less { .. } if c.is_ascii_alphabetic() => {
                self.state = InlineState::Autolink(c.to_string())
            }
            InlineState::Less { destination } if destination || "/!?".contains(c) => {
                self.less(out);
                self.push(c, out);
            }
            InlineState::Less { .. } => self.pass_then('<', c, out),
            InlineState::Autolink(text) => self.autolink(text, c, out),
            InlineState::Mark(mark) => self.mark(mark, c, out),
            InlineState::Marked(mark) => {
                if c == '(' {
                    // The answer's own link, whose text happens to be a number.
                    self.uncited(&mark, out);
                } else {
                    self.cite(&mark, out);
                }
                self.push(c, out);
            }
            InlineState::Bracket if c == '(' || c == ':' => {
                self.state = InlineState::Destination { opener: c, destination: Destination::default() };
            }
            InlineState::Bracket => self.pass_then(']', c, out),
            InlineState::Destination { opener, mut destination } => match destination.push(c) {
                Verdict::Open => self.state = InlineState::Destination { opener, destination },
                verdict => {
                    self.settle(opener, &destination, verdict == Verdict::Safe, out);
                    if c == '<' {
                        self.state = InlineState::Less { destination: true };
                    } else {
                        self.push(c, out);
                    }
                }
            },
            InlineState::Run { mark, length } if c == mark => {
                self.state = InlineState::Run { mark, length: LONGEST_RUN.min(length + 1) };
            }
            InlineState::Run { mark, length } => {
                self.run(mark, length, c, out);
                self.push(c, out);
            }
        }
    }

    /// Ends the line, without its line feed.
    pub(crate) fn end(&mut self, out: &mut String) -> Ended {
        self.flush(out);
        self.close_link(out);
        self.emphasis.clear();
        Ended { pipe_in_code: self.pipe_in_code, before_title: self.definitions.end_line() }
    }

    /// Whether a block of code that begins here may be part of a label.
    pub(crate) fn in_label(&self) -> bool {
        self.definitions.in_label()
    }

    /// Ends the answer: closes what is open.
    pub(crate) fn finish(&mut self, out: &mut String) -> &Sources {
        self.flush(out);
        self.close_link(out);
        self.emphasis.close(self.before, out);
        &self.sources
    }

    /// Ends a paragraph, and what began in it.
    pub(crate) fn end_paragraph(&mut self) {
        (self.formula, self.opener, self.tilde) = (false, false, false);
        self.definitions.end_paragraph();
    }

    fn text(&mut self, c: char, out: &mut String) {
        self.formula |= c == '$';
        match c {
            '\\' => self.state = InlineState::Escape,
            // Within a link it is part of the link, and if that fails the beginning of code.
            '`' if self.destination > 0 => self.pass("&#96;", c, out),
            '`' => self.state = InlineState::Backticks(1),
            '<' => self.state = InlineState::Less { destination: false },
            ']' => self.state = InlineState::Bracket,
            '!' => self.state = InlineState::Bang,
            '[' | '【' if self.destination == 0 => self.state = InlineState::Mark(Mark::new(c)),
            '~' => self.state = InlineState::Run { mark: c, length: 1 },
            '*' | '_' if self.destination == 0 => self.state = InlineState::Run { mark: c, length: 1 },
            '(' if self.destination >= DEEPEST_LINK => self.pass("&#40;", c, out),
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

    /// Closes a link that is open where its line ends, and the title of a definition, so that it does not
    /// reach into the next.
    fn close_link(&mut self, out: &mut String) {
        let depth = mem::take(&mut self.destination);
        let mut closing = self.title.take().map_or_else(String::new, String::from) + &")".repeat(depth);
        if depth == 0 {
            closing.extend(self.definitions.open_title());
        }
        if closing.is_empty() {
            return;
        }
        // A backslash would make it part of the link.
        let space = if self.before == '\\' { " " } else { "" };
        self.pass(&format!("{space}{closing}"), ')', out);
    }

    fn escaped(&mut self, c: char, out: &mut String) {
        match c {
            // As entities, for renderers differ on a run of backticks after an escaped one.
            '`' => self.pass("&#96;", c, out),
            '<' => self.pass("&lt;", c, out),
            // Where a bare link takes the backslash, the bracket is one.
            ']' => {
                self.pass("\\", '\\', out);
                self.state = InlineState::Bracket;
            }
            c if c.is_ascii_punctuation() => {
                self.formula |= c == '(' || c == '[';
                self.pass("\\", '\\', out);
                self.pass(c.encode_utf8(&mut [0; 4]), c, out);
            }
            c => self.pass_then('\\', c, out),
        }
    }

    fn code(&mut self, mut code: CodeSpan, c: char, out: &mut String) {
        if code.ends(c) {
            self.word = Word::default();
            self.push(c, out);
            return;
        }
        let bar = c == '|' && !code.is_escaped();
        code.push(c, self.opener, self.tilde);
        // Where it is text, what follows may be the inside of other code.
        self.formula |= code.is_doubtful();
        // A label may hold code, and becomes a definition by what follows.
        let defines = c == ':' && self.definitions.is_labelled();
        if defines || code.is_doubtful() && means_something(self.before, c) {
            out.push(' ');
            self.definitions.push(' ');
        }
        if bar && self.in_table {
            out.push('\\');
        }
        self.pipe_in_code |= bar && !self.in_table;
        out.push(c);
        self.definitions.push(c);
        self.before = c;
        self.state = InlineState::Code(code);
    }

    fn autolink(&mut self, mut text: String, c: char, out: &mut String) {
        let scheme = text.split_once(':').map(|(scheme, _)| scheme);
        let fits = match (scheme, c) {
            (Some(_), '>') => true,
            (Some(_), c) => text.len() < LONGEST_AUTOLINK && !is_invisible(c) && !"<`\\\"'|[]*_~".contains(c),
            (None, ':') => is_allowed(&text),
            (None, c) => text.len() < LONGEST_RUN && is_scheme_char(c),
        };
        if !fits {
            self.no_autolink(&text, out);
            self.push(c, out);
        } else if c == '>' {
            self.pass(&format!("<{text}>"), c, out);
            self.word = Word::default();
        } else {
            text.push(c);
            self.state = InlineState::Autolink(text);
        }
    }

    /// Shows what began as a tag as text.
    fn no_autolink(&mut self, text: &str, out: &mut String) {
        self.less(out);
        for c in text.chars() {
            self.push(c, out);
        }
    }

    /// Shows a `<` that could begin a tag. In a formula an entity would be four letters.
    fn less(&mut self, out: &mut String) {
        let shown = if self.formula && self.destination == 0 { "< " } else { "&lt;" };
        self.pass(shown, '<', out);
    }

    fn image(&mut self, mut image: Image, c: char, out: &mut String) {
        match image.push(c) {
            image::ImageStep::Open => self.state = InlineState::Image(image),
            image::ImageStep::Whole if image.may_stay(&mut self.images) => {
                self.pass(&format!("![{}", image.text()), c, out);
            }
            image::ImageStep::Whole => {
                let name = if image.is_unnamed() { "图片" } else { "" };
                ["[", name, image.text()]
                    .iter()
                    .flat_map(|part| part.chars())
                    .for_each(|c| self.push(c, out));
            }
            image::ImageStep::Broken => {
                self.no_image(&image, out);
                self.push(c, out);
            }
        }
    }

    /// Shows what began as an image as text.
    fn no_image(&mut self, image: &Image, out: &mut String) {
        self.pass("!", '!', out);
        "[".chars().chain(image.text().chars()).for_each(|c| self.push(c, out));
    }

    fn mark(&mut self, mut mark: Mark, c: char, out: &mut String) {
        match mark.push(c) {
            CitationStep::Open => self.state = InlineState::Mark(mark),
            CitationStep::Closed if c == ']' => self.state = InlineState::Marked(mark),
            CitationStep::Closed => self.cite(&mark, out),
            CitationStep::Broken => {
                self.uncited(&mark, out);
                self.push(c, out);
            }
        }
    }

    fn cite(&mut self, mark: &Mark, out: &mut String) {
        let Some(links) = self.sources.cite(mark) else { return self.uncited(mark, out) };
        if self.word.is_link() {
            self.pass(" ", ' ', out);
        }
        self.pass_before_bracket(&links, out);
        // Its own link ends where it ends.
        self.word = Word::default();
    }

    fn uncited(&mut self, mark: &Mark, out: &mut String) {
        self.pass_before_bracket(mark.text(), out);
    }

    /// Writes a text; if it ends in a bracket, what follows that is looked at.
    fn pass_before_bracket(&mut self, text: &str, out: &mut String) {
        let written = text.strip_suffix(']').unwrap_or(text);
        self.pass(written, written.chars().next_back().unwrap_or('['), out);
        if written.len() < text.len() {
            self.state = InlineState::Bracket;
        }
    }

    /// Writes a bracket and what follows it, as a link or so that it is none.
    fn settle(&mut self, opener: char, destination: &Destination, safe: bool, out: &mut String) {
        if safe && opener == '(' {
            self.destination = 1;
        }
        let escape = if safe { "" } else { "\\" };
        let written = format!("]{escape}{opener}{}", destination.text());
        self.pass(&written, written.chars().next_back().unwrap_or(opener), out);
    }

    fn run(&mut self, mark: char, length: usize, after: char, out: &mut String) {
        if self.destination == 0 {
            self.emphasis.run(mark, length, self.before, after);
        }
        // Three tildes could open a block of code; two strike out.
        let escape = mark == '~' && length > 2;
        let one = if escape { format!("\\{mark}") } else { mark.to_string() };
        self.pass(&one.repeat(length), mark, out);
    }

    /// Writes what is held back, as what it is if nothing follows.
    fn flush(&mut self, out: &mut String) {
        match mem::replace(&mut self.state, InlineState::Text) {
            InlineState::Text => {}
            InlineState::Escape => self.pass("\\", '\\', out),
            InlineState::Bang => self.pass("!", '!', out),
            // Left open they might pair with others on a later line.
            InlineState::Backticks(length) => self.pass(&"&#96;".repeat(length), '`', out),
            InlineState::Code(code) => {
                out.push_str(&code.closing());
                self.before = '`';
            }
            InlineState::Image(image) => {
                self.no_image(&image, out);
                self.flush(out);
            }
            InlineState::Less { .. } => self.pass("&lt;", '<', out),
            InlineState::Autolink(text) => {
                self.no_autolink(&text, out);
                self.flush(out);
            }
            InlineState::Mark(mark) => {
                self.uncited(&mark, out);
                self.flush(out);
            }
            InlineState::Marked(mark) => {
                self.cite(&mark, out);
                self.flush(out);
            }
            InlineState::Bracket => self.pass("]", ']', out),
            InlineState::Destination { opener, destination } => self.settle(opener, &destination, false, out),
            InlineState::Run { mark, length } => self.run(mark, length, '\n', out),
        }
    }

    /// Writes a text that stands for what ends with `last`. Everything outside of code goes this way.
    fn pass(&mut self, text: &str, last: char, out: &mut String) {
        let mut text = text;
        // Only an image that may stay is written as one, whoever takes the backslash before its mark.
        if self.before == '!'
            && let Some(rest) = text.strip_prefix('[')
        {
            if self.destination > 0 {
                out.push_str("&#91;");
                text = rest;
            } else {
                out.push(' ');
            }
        }
        out.push_str(text);
        for c in text.chars() {
            self.word.push(c);
            self.definitions.push(c);
            self.opener |= "[*_~".contains(c);
            self.tilde |= c == '~';
        }
        self.before = last;
    }

    fn pass_then(&mut self, held: char, c: char, out: &mut String) {
        self.pass(held.encode_utf8(&mut [0; 4]), held, out);
        self.push(c, out);
    }
}
