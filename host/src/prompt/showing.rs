//! How much of a text a message shows.
//!
//! A template may show a text whole, cut or changed by a filter, or not at all. Whether the text stands in the
//! message does not tell: the question may say the same, and what is cut or changed stands there in part. So the
//! message is rendered once more with every text masked: what of it is shown, in whatever form, shows its mask.

/// Letters that stand for texts: printable, without case, and written by nobody today (Tangut), so that no
/// filter changes them and no template input has them.
pub(super) const MARKS: std::ops::Range<u32> = 0x1_7000..0x1_87F8;

/// How much of a text is in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Showing {
    /// Nothing of it.
    Not,
    /// Only a part of it, or all of it in another form.
    Part {
        /// About how many of its tokens are missing, in thousandths.
        missing: usize,
    },
    /// All of it; a filter may have made other lines and marks.
    Whole,
}

impl Showing {
    /// Whether nothing of it is missing, in whatever form it is there.
    pub fn is_complete(self) -> bool {
        matches!(self, Self::Whole | Self::Part { missing: 0 })
    }

    /// How many of its tokens are in the message.
    pub fn tokens_of(self, tokens: usize) -> usize {
        match self {
            Self::Not => 0,
            Self::Part { missing } => tokens - tokens * missing / 1000,
            Self::Whole => tokens,
        }
    }
}

/// The mark of a text, by its place; there is none behind as many as [`MARKS`].
pub(super) fn mark(place: usize) -> Option<char> {
    let mark = u32::try_from(place).ok()?.checked_add(MARKS.start)?;
    char::from_u32(mark).filter(|_| MARKS.contains(&mark))
}

/// The text with its mark in the place of everything but blanks: what cuts, splits or counts a text does the
/// same to its mask.
pub(super) fn mask(text: &str, place: usize) -> String {
    let Some(mark) = mark(place) else { return text.to_owned() };
    text.chars().map(|character| if character.is_whitespace() { character } else { mark }).collect()
}

/// How much of each text `message` shows, where `masked` is the same message with the text's masks.
pub(super) fn showing(texts: &[&str], message: &str, masked: &str) -> Vec<Showing> {
    let mut seen = vec![0_usize; texts.len()];
    for character in masked.chars() {
        let place = (character as u32).checked_sub(MARKS.start).map(|place| place as usize);
        if let Some(count) = place.and_then(|place| seen.get_mut(place)) {
            *count += 1;
        }
    }
    let (mut plain, mut behind_mask) = (TextFinder::within(message), TextFinder::within(masked));
    let of = |(place, text): (usize, &&str)| {
        let length = text.chars().filter(|character| !character.is_whitespace()).count();
        if length == 0 {
            return Showing::Whole;
        }
        let is_there = plain.holds(text);
        match seen[place] {
            // It may be shown for what it says; or its mask is itself, where there are no more marks.
            0 if is_there && (mark(place).is_none() || !behind_mask.holds(text)) => Showing::Whole,
            0 => Showing::Not,
            seen if is_there && seen >= length => Showing::Whole,
            seen => Showing::Part { missing: 1000 - 1000 * seen.min(length) / length },
        }
    };
    let mut each: Vec<Showing> = texts.iter().enumerate().map(of).collect();
    // A filter that leaves no letter as it is says something of some of them, and nobody can say of which.
    if message != masked && each.iter().all(|showing| *showing == Showing::Not) {
        each.fill(Showing::Part { missing: 0 });
    }
    each
}

/// Looks for texts in a message, mostly in the order in which they stand there.
struct TextFinder<'a> {
    message: &'a str,
    from: usize,
    letters: Option<String>,
}

impl<'a> TextFinder<'a> {
    fn within(message: &'a str) -> Self {
        Self { message, from: 0, letters: None }
    }

    fn holds(&mut self, text: &str) -> bool {
        let text = text.trim();
        if let Some(at) = self.message[self.from..].find(text) {
            self.from += at;
            return true;
        }
        // A filter may have indented it or quoted its marks.
        self.message.contains(text) || {
            let wanted = letters(text);
            !wanted.is_empty() && self.letters.get_or_insert_with(|| letters(self.message)).contains(&wanted)
        }
    }
}

fn letters(text: &str) -> String {
    text.chars().filter(|character| character.is_alphanumeric()).collect()
}

/// Whether a message holds these texts, whatever a filter has made of their lines and marks.
pub(super) fn holds_all(message: &str, texts: &[&str]) -> bool {
    let mut finder = TextFinder::within(message);
    texts.iter().all(|text| finder.holds(text))
}

/// Whether a message holds all of these texts as they are, one behind the other.
pub(super) fn holds_in_order(message: &str, texts: &[&str]) -> bool {
    let mut rest = message;
    texts.iter().map(|text| text.trim()).all(|text| match rest.find(text) {
        Some(at) => {
            rest = &rest[at + text.len()..];
            true
        }
        None => false,
    })
}

#[cfg(test)]
mod tests;
