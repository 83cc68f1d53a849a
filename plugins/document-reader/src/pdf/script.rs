//! A script is text set smaller and higher, or lower, than the line it stands in: 10⁵, m², H₂O.

use crate::script::Script;

/// Scripts are smaller than this share of the line's size.
const SMALLER: f64 = 0.85;
/// How far they are raised or lowered, in sizes of the line. Small print beside a large word has its baseline nearer.
const RAISED: f64 = 0.18;
const LOWERED: f64 = -0.06;

impl Script {
    /// Tells the script of text by its size and how far it stands above a line of another size.
    pub(super) fn of(size: f64, up: f64, line: f64) -> Self {
        if size > SMALLER * line {
            Self::Plain
        } else if up > RAISED * line {
            Self::Raised
        } else if up < LOWERED * line {
            Self::Lowered
        } else {
            Self::Plain
        }
    }

    /// The text as a line of plain characters can say it; `before` is what it stands beside.
    pub(super) fn in_plain(self, text: &str, before: &str) -> String {
        if self == Self::Plain {
            return text.to_owned();
        }
        if let Some(small) = self.small(text) {
            return small;
        }
        // A power that has no small characters. Words, as in 1st and ™, are read on as they are, and so is the A of LaTeX.
        let mut bases = before.trim_end().chars().rev();
        let (base, alone) = (bases.next(), bases.next().is_none_or(|c| !c.is_alphanumeric()));
        let is_sign = text.chars().count() == 1 && text.chars().all(|c| c.is_ascii_lowercase());
        let is_power = self == Self::Raised
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "+-−./".contains(c))
            && (text.contains(|c: char| c.is_ascii_digit()) || is_sign)
            && base.is_some_and(|base| base.is_ascii_digit() || base == ')' || base.is_alphabetic() && alone);
        if is_power { format!("^{{{text}}}") } else { text.to_owned() }
    }
}
