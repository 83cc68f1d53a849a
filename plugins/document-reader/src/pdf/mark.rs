//! Marked content is a part of a page's program that says more of what it draws: which layer it belongs to, or what its
//! glyphs stand for where they do not say it themselves.

use hayro_syntax::object::{Dict, String as Bytes};

use super::annotation::decoded;
use super::line::Placed;

/// Marks within one another. Real ones nest a few deep.
const MAX_MARKS: usize = 256;
/// Longest text that stands for glyphs, in bytes.
const MAX_TEXT: usize = 100_000;

/// The marks that are open where the program stands.
#[derive(Default)]
pub(super) struct Marks {
    open: Vec<Mark>,
    /// How many more are open than are kept.
    beyond: usize,
}

/// One that says nothing else is kept for its end.
#[derive(Default)]
pub(super) struct Mark {
    pub(super) is_hidden: bool,
    pub(super) said: Option<Said>,
}

/// The text that stands for the glyphs of a mark.
pub(super) struct Said {
    text: String,
    glyphs: Vec<Placed>,
    /// How many glyphs were known and unknown before: those within need no font to be known.
    pub(super) counted: (usize, usize),
}

impl Said {
    /// The text that these properties give, where they give one.
    pub(super) fn of(properties: &Dict<'_>, counted: (usize, usize)) -> Option<Self> {
        let text = properties.get::<Bytes<'_>>("ActualText").filter(|text| text.len() <= MAX_TEXT)?;
        Some(Self { text: decoded(&text).replace('\n', " "), glyphs: Vec::new(), counted })
    }

    /// The text where its glyphs stand, in one piece.
    pub(super) fn placed(self) -> Option<Placed> {
        let mut glyphs = self.glyphs.into_iter();
        let mut placed = glyphs.next()?;
        let (along, length) = (placed.along, placed.along.0.hypot(placed.along.1));
        let from = |x: f64, y: f64| ((x - placed.x) * along.0 + (y - placed.y) * along.1) / (length * length);
        // What goes on in the next line does not reach further in this one.
        let on_line = |glyph: &Placed| {
            ((glyph.y - placed.y) * along.0 - (glyph.x - placed.x) * along.1).abs() < 0.5 * length * length
        };
        let ends = glyphs.filter(on_line).map(|glyph| from(glyph.x, glyph.y) + glyph.width);
        placed.width = ends.fold(placed.width, f64::max);
        placed.text = self.text;
        Some(placed)
    }
}

impl Marks {
    pub(super) fn begin(&mut self, mark: Mark) {
        if self.open.len() < MAX_MARKS {
            let is_hidden = mark.is_hidden || self.are_hidden();
            self.open.push(Mark { is_hidden, ..mark });
        } else {
            self.beyond += 1;
        }
    }

    /// Ends the innermost mark, and gives the text that stood for its glyphs.
    pub(super) fn end(&mut self) -> Option<Said> {
        match self.beyond.checked_sub(1) {
            Some(beyond) => {
                self.beyond = beyond;
                None
            }
            None => self.open.pop()?.said,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.open.len() + self.beyond
    }

    /// Whether what is drawn belongs to a layer that is not shown.
    pub(super) fn are_hidden(&self) -> bool {
        self.open.last().is_some_and(|mark| mark.is_hidden)
    }

    /// Keeps glyphs for the text that stands for them, that of the outermost mark; gives them back where none does.
    pub(super) fn keep(&mut self, glyphs: Vec<Placed>) -> Option<Vec<Placed>> {
        match self.open.iter_mut().find_map(|mark| mark.said.as_mut()) {
            Some(said) => {
                said.glyphs.extend(glyphs);
                None
            }
            None => Some(glyphs),
        }
    }
}
