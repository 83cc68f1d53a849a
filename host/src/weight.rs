//! The weight of a text: how many tokens it is likely to take, without a model's own tokenizer. A leaf.

/// An estimate of how many tokens a text takes, on the safe side for the tokenizers of Qwen, ERNIE
/// and GPT: one for each CJK character or other wide sign, one for every three bytes of the rest.
pub fn estimate_tokens(text: &str) -> usize {
    Weight::of(text).tokens()
}

/// What a text counts before it is rounded to tokens: the weights of its parts add up to its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Weight {
    wide: i64,
    narrow: i64,
}

impl Weight {
    pub(crate) fn of(text: &str) -> Self {
        let mut weight = Self::default();
        text.chars().for_each(|character| weight.add_character(character));
        weight
    }

    pub(crate) fn add_character(&mut self, character: char) {
        if (character as u32) >= 0x2E80 {
            self.wide += 1;
        } else {
            self.narrow += character.len_utf8() as i64;
        }
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self { wide: self.wide + other.wide, narrow: self.narrow + other.narrow }
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        Self { wide: self.wide - other.wide, narrow: self.narrow - other.narrow }
    }

    pub(crate) fn times(self, times: usize) -> Self {
        Self { wide: self.wide * times as i64, narrow: self.narrow * times as i64 }
    }

    pub(crate) fn tokens(self) -> usize {
        let narrow = (self.narrow.max(0) as usize).div_ceil(3);
        usize::try_from(self.wide).unwrap_or(0) + narrow
    }
}

#[cfg(test)]
mod tests;
