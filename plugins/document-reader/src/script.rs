//! A script is how high characters stand. A raised 5 behind a 10 is no 105, and plain text knows no height: so `10⁵`,
//! `H₂O`, or `x^{ab}` where Unicode has no such character.

/// How high characters stand on their line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Script {
    #[default]
    Plain,
    Raised,
    Lowered,
}

impl Script {
    /// A text in the small characters of Unicode; `None` where it has none for one of them.
    pub(crate) fn small(self, text: &str) -> Option<String> {
        match self {
            Self::Plain => None,
            Self::Raised => text.chars().map(raised).collect(),
            Self::Lowered => text.chars().map(lowered).collect(),
        }
    }
}

/// A text as it comes, run by run. Runs of one height that follow one another are set together.
#[derive(Debug, Default)]
pub(crate) struct ScriptLine {
    text: String,
    script: Script,
    /// What was said last, where that is raised or lowered.
    pending: String,
}

impl ScriptLine {
    pub(crate) fn say(&mut self, text: &str, script: Script) {
        if script != self.script {
            self.settle();
            self.script = script;
        }
        match script {
            Script::Plain => self.text.push_str(text),
            _ => self.pending.push_str(text),
        }
    }

    /// What was said, to be looked at or changed.
    pub(crate) fn text(&mut self) -> &mut String {
        self.settle();
        &mut self.text
    }

    pub(crate) fn take(&mut self) -> String {
        self.settle();
        std::mem::take(&mut self.text)
    }

    fn settle(&mut self) {
        if !self.pending.is_empty() {
            let pending = std::mem::take(&mut self.pending);
            self.text.push_str(&set(&pending, self.script));
        }
        self.script = Script::Plain;
    }
}

/// A raised or lowered text in plain characters.
fn set(text: &str, script: Script) -> String {
    let mark = match script {
        Script::Plain => return text.to_owned(),
        Script::Raised => '^',
        Script::Lowered => '_',
    };
    let words = text.trim();
    if words.is_empty() || script == Script::Raised && stands_alone(words) {
        return text.to_owned();
    }
    // Spaces around it are not raised.
    let (before, after) = text.split_once(words).unwrap_or_default();
    let set = script.small(words).unwrap_or_else(|| format!("{mark}{{{words}}}"));
    format!("{before}{set}{after}")
}

/// Whether it reads the same without being raised: the marks of notes, and the end of `1st`.
fn stands_alone(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "st" | "nd" | "rd" | "th")
        || text.starts_with('[') && text.ends_with(']')
        || text.chars().all(|c| {
            matches!(c, '①'..='⓿' | '㈠'..='㊿' | '❶'..='➓' | '*' | '†' | '‡' | '§' | '®' | '©' | '™' | '°' | '′' | '″')
                || raised_already(c)
        })
}

fn raised_already(c: char) -> bool {
    matches!(c, '⁰' | '¹' | '²' | '³' | '⁴'..='⁹')
}

fn raised(c: char) -> Option<char> {
    Some(match c {
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4'..='9' => char::from_u32('⁰' as u32 + (c as u32 - '0' as u32))?,
        '+' => '⁺',
        '-' | '−' | '–' => '⁻',
        '=' => '⁼',
        '(' => '⁽',
        ')' => '⁾',
        'n' => 'ⁿ',
        c if raised_already(c) => c,
        _ => return None,
    })
}

fn lowered(c: char) -> Option<char> {
    Some(match c {
        '0'..='9' => char::from_u32('₀' as u32 + (c as u32 - '0' as u32))?,
        '+' => '₊',
        '-' | '−' | '–' => '₋',
        '=' => '₌',
        '(' => '₍',
        ')' => '₎',
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
