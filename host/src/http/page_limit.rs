//! A page's limit is how many items a client wants at once: a whole number from 1.

use std::num::{IntErrorKind, NonZeroUsize};

use serde::Deserialize;

/// The parameter `limit` of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct PageLimit(NonZeroUsize);

impl PageLimit {
    /// What was asked for, and at most so many.
    pub(super) fn at_most(self, most: usize) -> usize {
        self.0.get().min(most)
    }
}

impl TryFrom<String> for PageLimit {
    type Error = &'static str;

    /// Reads what stands in the query. The parser of numbers would allow 0 in the refusal of a text, and not in that of 0.
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self).map_err(|error: std::num::ParseIntError| match error.kind() {
            IntErrorKind::Empty => "is empty; write a whole number, or leave it out",
            IntErrorKind::PosOverflow => "is too large a number; write a smaller one",
            _ => "must be a whole number, 1 or more",
        })
    }
}

#[cfg(test)]
mod tests;
