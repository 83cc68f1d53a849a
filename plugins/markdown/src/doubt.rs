//! What makes it doubtful where code begins, and how code is written then.
//!
//! A bare link takes a backtick that follows it, formulas take whatever stands in them; but only in
//! renderers that know bare links or formulas. So code is written raw only where none of them can have
//! taken its beginning. Elsewhere it is written so that it is harmless as text too.

/// Beginnings of bare links. Links without a scheme are looked for after code is, and take none of it.
const BARE: &[&str] = &["://", "www.", "mailto:", "xmpp:"];

/// Whether a bare link may reach to the end of what was written: nothing but a space ends one for all.
#[derive(Debug, Default)]
pub(crate) struct Word {
    /// The last characters since a space, as many as the longest of [`BARE`] has.
    last: String,
    is_link: bool,
}

impl Word {
    const LONGEST: usize = 7;

    pub(crate) fn push(&mut self, c: char) {
        if matches!(c, ' ' | '\t' | '\n') {
            *self = Self::default();
        } else if !self.is_link {
            self.last.push(c.to_ascii_lowercase());
            let excess = self.last.len().saturating_sub(Self::LONGEST);
            self.last.drain(..self.last.ceil_char_boundary(excess));
            self.is_link = BARE.iter().any(|bare| self.last.ends_with(bare));
        }
    }

    pub(crate) fn is_link(&self) -> bool {
        self.is_link
    }
}

/// Formulas of the lines so far, which are known to some renderers only: `$$…$$` and `\[…\]`.
#[derive(Debug, Default)]
pub(crate) struct Formulas {
    /// Between lines that are `$$` and nothing else.
    in_dollars: bool,
    /// After `\[`, before `\]`.
    in_brackets: bool,
    /// A line had marks that renderers read differently; then it is not known where formulas end.
    lost: bool,
    line: LineMarks,
}

/// The marks of one line.
#[derive(Debug, Default)]
struct LineMarks {
    /// Dollars that the last characters are.
    run: usize,
    /// Runs of two dollars or more.
    pairs: usize,
    /// Something other than dollars and spaces is on it.
    text: bool,
    /// It begins with such a run.
    begins: bool,
    /// It ends with one, but for spaces.
    ends: bool,
    /// Single dollars, and nothing else so far.
    single: bool,
    backslash: bool,
    opened: bool,
    closed: bool,
}

impl Formulas {
    /// Notes a character of a line of text.
    pub(crate) fn see(&mut self, c: char) {
        let line = &mut self.line;
        let escaped = line.backslash;
        line.backslash = c == '\\' && !escaped;
        if c == '$' && !escaped {
            line.run += 1;
            if line.run == 2 {
                line.pairs += 1;
                line.begins |= !line.text;
                line.ends = true;
            }
            line.single = line.pairs == 0;
            return;
        }
        line.run = 0;
        match c {
            '[' if escaped => line.opened = true,
            ']' if escaped => (line.closed, line.opened) = (true, false),
            _ => {}
        }
        if !" \t>".contains(c) {
            (line.text, line.ends) = (true, false);
        }
    }

    /// Ends a line of text.
    pub(crate) fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        match line.pairs {
            0 => self.lost |= line.single && !line.text,
            1 if !line.text => self.in_dollars = !self.in_dollars,
            // Whole formulas on one line, and no beginning of one that goes on: all agree.
            pairs if pairs % 2 == 0 && !self.in_dollars && (!line.begins || line.ends) => {}
            _ => self.lost = true,
        }
        self.in_brackets = line.opened || self.in_brackets && !line.closed;
    }

    /// Whether a block of code that begins now may be part of a formula, or end outside of one.
    pub(crate) fn doubt(&self) -> bool {
        self.in_dollars || self.in_brackets || self.lost
    }
}

/// Whether these two next to each other may mean something as text; a space between them ends that.
pub(crate) fn means_something(before: char, c: char) -> bool {
    match before {
        '<' => c.is_ascii_alphabetic() || "/!?".contains(c),
        ']' => c == '(' || c == ':',
        '!' => c == '[',
        _ => false,
    }
}
