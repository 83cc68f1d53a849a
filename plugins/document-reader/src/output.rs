//! The output is a document as it is put together.

use crate::bindings::exports::qianfan::reader::documents::{Document, Heading, Part, Table};

/// Most bytes of text, and cells of tables, in one document. The host allows no more to be handed
/// over; counting here gives an error that says so.
const MAX_TEXT: usize = 16 << 20;
const MAX_CELLS: usize = 1 << 20;
/// Most notes on one document: who has that many reads no more of them.
const MAX_NOTES: usize = 20;

/// A document from its beginning to where it was read so far.
#[derive(Default)]
pub(crate) struct Output {
    pub(crate) title: Option<String>,
    pub(crate) url: Option<String>,
    parts: Vec<Part>,
    notes: Vec<String>,
    /// Bytes of text that were read, and those that are in `parts`.
    read: usize,
    bytes: usize,
    cells: usize,
    /// The part that is the document's own title and not that of a section.
    titled: Option<usize>,
    /// Parts that are headings where nothing else is one, and their levels.
    perhaps: Vec<(usize, u8)>,
    /// Whether an empty paragraph has come since the last text, which parts the next one from it.
    pub(crate) has_gap: bool,
}

impl Output {
    pub(crate) fn titled(title: Option<String>) -> Self {
        Self { title, ..Self::default() }
    }

    /// A heading without text still ends what stands above it.
    pub(crate) fn heading(&mut self, level: u8, text: &str) -> Result<(), String> {
        let text = one_line(text);
        grow(&mut self.bytes, text.len())?;
        self.parts.push(Part::Heading(Heading { level, text }));
        Ok(())
    }

    /// The document's own title, which is a heading too.
    pub(crate) fn title(&mut self, text: &str, line: &str) -> Result<(), String> {
        self.title.get_or_insert_with(|| one_line(text));
        self.titled.get_or_insert(self.parts.len());
        self.heading(1, line)
    }

    /// The next text is a heading, where the document has no others.
    pub(crate) fn maybe_heading(&mut self, level: u8) {
        self.perhaps.push((self.parts.len(), level));
    }

    /// Text without words is left out.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), String> {
        let text = text.trim();
        if !text.is_empty() {
            // An empty line above a text parts it from the one before it, and from nothing else.
            let has_gap =
                std::mem::take(&mut self.has_gap) && matches!(self.parts.last(), Some(Part::Text(_)));
            let gap = if has_gap { "\n" } else { "" };
            grow(&mut self.bytes, gap.len() + text.len())?;
            self.parts.push(Part::Text(format!("{gap}{text}")));
        }
        Ok(())
    }

    /// The caption of a table or a picture that stands above or below it.
    pub(crate) fn caption(&mut self, text: &str) -> Result<(), String> {
        let text = one_line(text);
        if !text.is_empty() {
            grow(&mut self.bytes, text.len())?;
            self.parts.push(Part::Caption(text));
        }
        Ok(())
    }

    /// `header_rows` of the rows name the columns, where the document says so itself.
    pub(crate) fn table_under(&mut self, header_rows: Option<u32>, rows: Vec<Vec<String>>) {
        if !rows.is_empty() {
            self.parts.push(Part::Table(Table { titles: Vec::new(), header_rows, rows }));
        }
    }

    /// The same of a table that says itself what it is called.
    pub(crate) fn table_titled(
        &mut self,
        titles: Vec<String>,
        header_rows: Option<u32>,
        rows: Vec<Vec<String>>,
    ) -> Result<(), String> {
        grow(&mut self.bytes, titles.iter().map(String::len).sum())?;
        self.parts.push(Part::Table(Table { titles, header_rows, rows }));
        Ok(())
    }

    /// Tells the operator what of the document did not go in, or may not be as it looks: once, however often it is said.
    pub(crate) fn note(&mut self, note: String) {
        if self.notes.len() < MAX_NOTES && !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Counts bytes that were read and wait to become part of the document; an error where they are
    /// too many.
    pub(crate) fn count(&mut self, bytes: usize) -> Result<(), String> {
        grow(&mut self.read, bytes)
    }

    /// The same for cells, empty ones among them.
    pub(crate) fn count_cells(&mut self, cells: usize) -> Result<(), String> {
        self.cells += cells;
        if self.cells > MAX_CELLS {
            return Err(format!("holds more than {MAX_CELLS} cells; split it"));
        }
        Ok(())
    }

    /// A heading with nothing below it says what it says itself: 电话：010-1234 is often set as one.
    pub(crate) fn give_headings_bodies(&mut self) {
        let is_heading =
            |(at, part): (usize, &Part)| matches!(part, Part::Heading(_)) && self.titled != Some(at);
        // Where most lines look like headings, none is.
        if !self.parts.iter().enumerate().any(is_heading) && self.perhaps.len() * 2 <= self.parts.len() {
            for (at, level) in std::mem::take(&mut self.perhaps) {
                if let Some(part @ Part::Text(_)) = self.parts.get_mut(at) {
                    let Part::Text(text) = part else { continue };
                    let text = one_line(text);
                    *part = Part::Heading(Heading { level, text });
                }
            }
        }
        let titled = self.titled.filter(|_| self.parts.len() > 1);
        let mut parts = Vec::with_capacity(self.parts.len());
        let mut rest = std::mem::take(&mut self.parts).into_iter().peekable();
        let mut at = 0;
        while let Some(part) = rest.next() {
            at += 1;
            let alone = titled != Some(at - 1)
                && match (&part, rest.peek()) {
                    (Part::Heading(heading), Some(Part::Heading(next))) => next.level <= heading.level,
                    (Part::Heading(_), None) => true,
                    _ => false,
                };
            let body = match &part {
                Part::Heading(heading) if alone && !heading.text.is_empty() => Some(heading.text.clone()),
                _ => None,
            };
            parts.push(part);
            parts.extend(body.map(Part::Text));
        }
        self.parts = parts;
    }

    /// The document; `empty` is what is said of one that has headings at most.
    pub(crate) fn finish(self, empty: &str) -> Result<Document, String> {
        if self.parts.iter().all(|part| matches!(part, Part::Heading(_))) {
            return Err(empty.to_owned());
        }
        Ok(Document { title: self.title, url: self.url, parts: self.parts, notes: self.notes })
    }
}

/// What a picture shows, in brackets: its alternative text, without what programs write there.
pub(crate) fn alternative(text: &str) -> Option<String> {
    let by_program = ["描述已自动生成", "Description automatically generated", "自动生成的说明"];
    let lines = text.lines().filter(|line| !by_program.iter().any(|end| line.trim().ends_with(end)));
    let text = one_line(&lines.collect::<Vec<_>>().join(" "));
    let is_file = text.rsplit_once('.').is_some_and(|(_, end)| {
        matches!(
            end.to_ascii_lowercase().as_str(),
            "png" | "jpg" | "jpeg" | "gif" | "bmp" | "webp" | "svg" | "emf" | "wmf"
        )
    });
    (!text.is_empty() && !is_file).then(|| format!("[{text}]"))
}

fn grow(counted: &mut usize, bytes: usize) -> Result<(), String> {
    *counted += bytes;
    if *counted > MAX_TEXT {
        return Err(format!("holds more than {} MiB of text; split it", MAX_TEXT >> 20));
    }
    Ok(())
}

/// The words of a text, parted by single spaces.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// A document in a form that tests can compare: `# heading`, text as it is, `cell | cell`.
#[cfg(test)]
pub(crate) fn shown(document: &Document) -> Vec<String> {
    let mut lines = Vec::new();
    for part in &document.parts {
        match part {
            Part::Heading(Heading { level, text }) => {
                lines.push(format!("{} {text}", "#".repeat(usize::from(*level))));
            }
            Part::Text(text) | Part::Caption(text) => lines.push(text.clone()),
            Part::Table(Table { titles, rows, .. }) => {
                lines.extend(titles.iter().cloned().chain(rows.iter().map(|row| row.join(" | "))));
            }
        }
    }
    lines
}
