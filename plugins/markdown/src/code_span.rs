//! An open code span.

#[derive(Debug)]
pub(crate) struct CodeSpan {
    /// How many backticks opened it.
    length: usize,
    /// How many were just read.
    run: usize,
    /// After an odd number of backslashes.
    escaped: bool,
    /// Some renderer may see text here.
    doubtful: bool,
}

impl CodeSpan {
    pub(crate) fn new(length: usize, doubtful: bool) -> Self {
        Self { length, run: 0, escaped: false, doubtful }
    }

    /// Whether it ends before this character.
    pub(crate) fn ends(&self, c: char) -> bool {
        c != '`' && self.run == self.length
    }

    /// Takes a character of the code. `opener`: a link or emphasis may be open, whose end some renderers
    /// look for here where the code has backticks of its own or several around it; `tilde`: so may be what
    /// is struck out, whose end some look for anywhere.
    pub(crate) fn push(&mut self, c: char, opener: bool, tilde: bool) {
        let inner = c != '`' && self.run > 0;
        self.doubtful |= opener && (inner || self.length > 1 && "]*_~".contains(c));
        self.doubtful |= tilde && c == '~';
        self.run = if c == '`' { self.run + 1 } else { 0 };
        self.escaped = c == '\\' && !self.escaped;
    }

    /// Whether a backslash stands before what comes next.
    pub(crate) fn is_escaped(&self) -> bool {
        self.escaped
    }

    pub(crate) fn is_doubtful(&self) -> bool {
        self.doubtful
    }

    /// What closes it where its line ends.
    pub(crate) fn closing(&self) -> String {
        let space = if self.run > 0 { " " } else { "" };
        if self.run == self.length { String::new() } else { format!("{space}{}", "`".repeat(self.length)) }
    }
}
