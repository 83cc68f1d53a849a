//! Emphasis that is open, so that it can be closed where the stream ends.

/// Delimiters remembered; nobody nests deeper, and each is looked for in those before it.
const MOST_OPEN: usize = 32;

/// The delimiters open on the current line, outermost first.
#[derive(Debug, Default)]
pub(crate) struct Emphasis {
    open: Vec<(char, usize)>,
}

impl Emphasis {
    /// Takes a run of `mark` between two characters, by the flanking rules of CommonMark; the beginning
    /// and end of a line count as spaces.
    pub(crate) fn run(&mut self, mark: char, length: usize, before: char, after: char) {
        if length > 3 || (mark == '~' && length != 2) {
            return;
        }
        let left = flanks(before, after);
        let right = flanks(after, before);
        // Underscores within a word are part of it.
        let (opens, closes) = match mark {
            '_' => (left && (!right || is_punctuation(before)), right && (!left || is_punctuation(after))),
            _ => (left, right),
        };
        if closes && let Some(at) = self.open.iter().rposition(|open| *open == (mark, length)) {
            self.open.truncate(at);
        } else if opens && self.open.len() < MOST_OPEN {
            self.open.push((mark, length));
        }
    }

    /// Forgets what is open: emphasis that was not closed on its line is seldom meant.
    pub(crate) fn clear(&mut self) {
        self.open.clear();
    }

    /// Writes what closes everything open, after the character `before`.
    pub(crate) fn close(&mut self, before: char, out: &mut String) {
        // After a space no run closes anything; it would only show.
        if !before.is_whitespace() {
            for (mark, length) in self.open.iter().rev() {
                out.extend(std::iter::repeat_n(*mark, *length));
            }
        }
        self.clear();
    }
}

/// Whether a run between these two is left-flanking; with the two exchanged, right-flanking.
fn flanks(before: char, after: char) -> bool {
    !after.is_whitespace() && (!is_punctuation(after) || before.is_whitespace() || is_punctuation(before))
}

fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation()
        || matches!(c, '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205E}' | '\u{3001}'..='\u{3003}'
            | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301F}' | '\u{FF01}'..='\u{FF0F}'
            | '\u{FF1A}'..='\u{FF20}' | '\u{FF3B}'..='\u{FF40}' | '\u{FF5B}'..='\u{FF65}')
}
