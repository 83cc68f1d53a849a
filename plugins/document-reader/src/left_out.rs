//! What is left out of a document on purpose, because its readers do not see it or see it struck out: the operator is
//! told.

use crate::output::Output;

/// Characters of what was left out that a note cites.
const CITED: usize = 30;

#[derive(Debug, Default)]
pub(crate) struct LeftOut {
    hidden: Tally,
    struck: Tally,
}

#[derive(Debug, Default)]
struct Tally {
    characters: usize,
    beginning: String,
}

impl LeftOut {
    pub(crate) fn hidden(&mut self, text: &str) {
        self.hidden.add(text);
    }

    pub(crate) fn struck(&mut self, text: &str) {
        self.struck.add(text);
    }

    pub(crate) fn tell(&self, output: &mut Output) {
        for (tally, what) in [(&self.hidden, "hidden"), (&self.struck, "struck out")] {
            if tally.characters > 0 {
                let (characters, beginning) = (tally.characters, &tally.beginning);
                let more = if characters > beginning.chars().count() { "…" } else { "" };
                let s = if characters == 1 { "" } else { "s" };
                output.note(format!(
                    "Text that is {what} in the document was left out ({characters} character{s}: “{beginning}{more}”)."
                ));
            }
        }
    }
}

impl Tally {
    fn add(&mut self, text: &str) {
        let text = text.trim();
        self.characters += text.chars().count();
        let room = CITED.saturating_sub(self.beginning.chars().count());
        self.beginning.extend(text.chars().take(room).map(|c| if c.is_control() { ' ' } else { c }));
    }
}
