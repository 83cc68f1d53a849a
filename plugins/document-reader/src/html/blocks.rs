//! Where the blocks of a page begin: a paragraph with all its lines, a list with all its items. A line of one names nothing below it.

/// Blocks in a text on its way, by the bytes before them.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    /// Where the last one that says something begins, and the one that is open.
    last: usize,
    open: usize,
    /// How many lists are open, and where the outermost begins.
    lists: usize,
    list: usize,
}

impl Blocks {
    /// One ends and another begins behind so many bytes.
    pub(super) fn part(&mut self, bytes: usize) {
        if bytes > self.open {
            self.last = self.open;
            self.open = bytes;
        }
    }

    /// An element has opened, and what stood before it has ended.
    pub(super) fn open(&mut self, name: &str) {
        if is_list(name) {
            if self.lists == 0 {
                self.list = self.open;
            }
            self.lists += 1;
        }
    }

    /// An element has closed, and its last block has ended. Items are blocks within their list and one below it.
    pub(super) fn close(&mut self, name: &str) {
        if is_list(name) {
            self.lists = self.lists.saturating_sub(1);
            if self.lists == 0 && self.list < self.open {
                self.last = self.list;
            }
        }
    }

    /// The text is taken, and another begins.
    pub(super) fn restart(&mut self) {
        (self.last, self.open, self.list) = (0, 0, 0);
    }

    /// Where the last block of the text begins, which has ended: at a line, though a link may since have been set behind the one before it.
    pub(super) fn last(&self, text: &str) -> usize {
        text.get(..self.last).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1)
    }
}

fn is_list(name: &str) -> bool {
    matches!(name, "ul" | "ol" | "dl")
}
