//! An answer type is what a question asks for: how, when, or whether.

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AnswerType {
    How,
    Like,
    When,
    HowLong,
    Price,
    HowMany,
    Where,
    Why,
    Who,
    Which,
    What,
    /// Whether something is possible or allowed.
    May,
    /// Whether something is so.
    Whether,
}

/// A set of [`AnswerType`]s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct AnswerTypes(u16);

impl AnswerTypes {
    pub(super) const fn of(asks: &[AnswerType]) -> Self {
        let (mut set, mut at) = (0, 0);
        while at < asks.len() {
            set |= 1 << asks[at] as u16;
            at += 1;
        }
        Self(set)
    }

    /// Types that ask whether, and not which.
    pub(super) const YES_OR_NO: Self = Self::of(&[AnswerType::May, AnswerType::Whether]);

    pub(super) fn add(&mut self, ask: AnswerType) {
        self.0 |= Self::of(&[ask]).0;
    }

    pub(super) fn has(self, ask: AnswerType) -> bool {
        self.meets(Self::of(&[ask]))
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn is_in(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    pub(super) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn open(self) -> Self {
        Self(self.0 & !Self::YES_OR_NO.0)
    }

    /// Where a question asks openly, 能 and 吗 in it ask for nothing more.
    pub(super) fn settled(self) -> Self {
        if !self.open().is_empty() {
            self.open()
        } else if self.has(AnswerType::May) {
            Self::of(&[AnswerType::May])
        } else {
            self
        }
    }
}
