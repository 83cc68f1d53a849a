//! Definitions of links, `[label]: destination "title"`, as far as they reach over several lines: some
//! renderers let a label or a title take whatever stands in it, code too.

/// Follows what is written, also within code.
#[derive(Debug, Default)]
pub(crate) struct Definitions {
    /// A label is open that began a line.
    label: bool,
    /// It has just been closed.
    closed: bool,
    line: DefinitionLine,
    escaped: bool,
}

#[derive(Debug, Default)]
enum DefinitionLine {
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
        self.label |= matches!(line, DefinitionLine::Empty) && c == '[';
        self.line = match line {
            DefinitionLine::Empty if space => DefinitionLine::Empty,
            DefinitionLine::Empty | DefinitionLine::Text if closed && c == ':' => DefinitionLine::Destination,
            DefinitionLine::Empty | DefinitionLine::Text => DefinitionLine::Text,
            DefinitionLine::Destination | DefinitionLine::Spaced if space => DefinitionLine::Spaced,
            DefinitionLine::Spaced if c == '"' || c == '\'' => DefinitionLine::Title(c),
            DefinitionLine::Spaced if c == '(' => DefinitionLine::Title(')'),
            DefinitionLine::Destination | DefinitionLine::Spaced => DefinitionLine::Destination,
            DefinitionLine::Title(end) if c == end && !escaped => DefinitionLine::Destination,
            DefinitionLine::Title(end) => DefinitionLine::Title(end),
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
        if let DefinitionLine::Title(end) = self.line { Some(end) } else { None }
    }

    /// Ends a line. Returns whether a title may follow on the next.
    pub(crate) fn end_line(&mut self) -> bool {
        (self.closed, self.escaped) = (false, false);
        matches!(
            std::mem::take(&mut self.line),
            DefinitionLine::Destination | DefinitionLine::Spaced | DefinitionLine::Title(_)
        )
    }

    /// Ends a paragraph: no label reaches further.
    pub(crate) fn end_paragraph(&mut self) {
        self.label = false;
    }
}
