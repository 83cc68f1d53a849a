//! Which documents of a source go because their page has gone. A page that could not be fetched has not gone, and a list
//! that is short is more often broken than meant.

/// Documents of an import that an answer names.
const NAMED: usize = 5;

/// What is known of a source's documents after a run.
#[derive(Debug, Clone, Default)]
pub(super) struct Missing {
    /// How many documents the base holds of the source.
    pub(super) held: usize,
    /// Documents among them that nothing lists any more.
    pub(super) unlisted: Vec<String>,
    /// Documents among them whose page answered that it is not there.
    pub(super) gone: Vec<String>,
    /// Why what is not listed may be there all the same.
    pub(super) doubt: Option<String>,
}

/// What is to become of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Removal {
    /// All there are stay, since none is missing.
    Nothing,
    /// The documents are deleted.
    Remove,
    /// They stay: what to tell of it.
    Keep(String),
    /// They were to go and stay: what to tell of it.
    Refuse(String),
}

impl Missing {
    /// `confirmed` says that they may go however many they are.
    pub(super) fn judged(&self, remove: bool, confirmed: bool) -> Removal {
        let missing = self.unlisted.len() + self.gone.len();
        if missing == 0 {
            return Removal::Nothing;
        }
        let which = self.which();
        if !remove {
            return Removal::Keep(format!(
                "{which}; they stay, as long as remove_missing is not true (`kb delete` deletes single ones)"
            ));
        }
        if let Some(doubt) = &self.doubt {
            return Removal::Refuse(format!("{which}; nothing was deleted, because {doubt}"));
        }
        // A server says of one page that it is not there, and means it.
        let is_one = self.unlisted.is_empty() && self.gone.len() == 1;
        if missing * 2 > self.held && !is_one && !confirmed {
            return Removal::Refuse(format!(
                "{which}; nothing was deleted, because that is more than half of the {} documents, and the site is more \
                 likely broken: look at it, and if they are meant to go, run `kb fetch` with --remove-missing",
                self.held
            ));
        }
        Removal::Remove
    }

    fn which(&self) -> String {
        let mut said = Vec::new();
        for (ids, what) in
            [(&self.gone, "answered that it is not there"), (&self.unlisted, "is not listed any more")]
        {
            if ids.is_empty() {
                continue;
            }
            let more = match ids.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let named: Vec<&str> = ids.iter().take(NAMED).map(String::as_str).collect();
            said.push(format!(
                "{} page{} {what}: {}{more}",
                ids.len(),
                if ids.len() == 1 { "" } else { "s" },
                named.join(", ")
            ));
        }
        said.join("; ")
    }
}

#[cfg(test)]
mod tests;
