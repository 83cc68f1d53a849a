//! Definitions of links, `[label]: destination "title"`, as far as they reach over several lines: some
//! renderers let a label or a title take whatever stands in it, code too.

/// Follows what is written, also within code.
#[derive(Debug, Default)]
pub(crate) struct Definitions {
    /// A label is open that began a line.
    label: bool,
    /// It has just been closed.
    closed: bool,
    line: Line,
    escaped: bool,
}

#[derive(Debug, Default)]
enum Line {
    /// Nothing is on it yet.
    #[default]
    Empty,
    Text,
    /// After the colon of a definition.
    Destination,
    /// After a space in one.
    Spaced,
    /// In its title, which ends with this character.
    Title(char),
}

impl Definitions {
    pub(crate) fn push(&mut self, c: char) {
        let escaped = std::mem::replace(&mut self.escaped, false);
        self.escaped = c == '\\' && !escaped;
        let closed = std::mem::take(&mut self.closed);
        if self.label && c == ']' && !escaped {
            (self.label, self.closed) = (false, true);
        }
        let space = c == ' ' || c == '\t';
        let line = std::mem::take(&mut self.line);
        self.label |= matches!(line, Line::Empty) && c == '[';
        self.line = match line {
            Line::Empty if space => Line::Empty,
            Line::Empty | Line::Text if closed && c == ':' => Line::Destination,
            Line::Empty | Line::Text => Line::Text,
            Line::Destination | Line::Spaced if space => Line::Spaced,
            Line::Spaced if c == '"' || c == '\'' => Line::Title(c),
            Line::Spaced if c == '(' => Line::Title(')'),
            Line::Destination | Line::Spaced => Line::Destination,
            Line::Title(end) if c == end && !escaped => Line::Destination,
            Line::Title(end) => Line::Title(end),
        };
    }

    /// Whether a label is open, which may take the lines that follow.
    pub(crate) fn in_label(&self) -> bool {
        self.label
    }

    /// Whether a colon would make a definition of the label before it.
    pub(crate) fn is_labelled(&self) -> bool {
        self.closed
    }

    /// What ends a title that is open where its line ends.
    pub(crate) fn open_title(&self) -> Option<char> {
        if let Line::Title(end) = self.line { Some(end) } else { None }
    }

    /// Ends a line. Returns whether a title may follow on the next.
    pub(crate) fn end_line(&mut self) -> bool {
        (self.closed, self.escaped) = (false, false);
        matches!(std::mem::take(&mut self.line), Line::Destination | Line::Spaced | Line::Title(_))
    }

    /// Ends a paragraph: no label reaches further.
    pub(crate) fn end_paragraph(&mut self) {
        self.label = false;
    }
}
