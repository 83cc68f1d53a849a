//! A problem is one mistake in the configuration: where it is, its cause and its mend.

use std::fmt;
use std::ops::RangeInclusive;

use nearest::nearest;

use crate::half_width::half_width;

/// One thing that is wrong with the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Dotted key as the file has it, such as `apps.gaokao.plugins[0].route`; empty for the file as a whole. Below a
    /// misspelt table it is the key as it will be.
    pub key: String,
    /// The cause and the mend, in the operator's words.
    pub message: String,
    /// The line of the file, from 1. A table that checks itself leaves it to the reader of the file.
    pub line: Option<usize>,
}

/// What a price of 1000 tokens may be, in any currency; sums of costs stay numbers.
pub const PRICES: RangeInclusive<f64> = 0.0..=1_000_000.0;
/// What a share may be, such as a threshold.
pub const SHARES: RangeInclusive<f64> = 0.0..=1.0;

/// Whether a text can be a name that the operator chooses, of an app or a base for example: they go into tool names, file
/// names, collection names and URLs.
pub(crate) fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// The name that can be written for a text that is none.
fn name_for(text: &str) -> String {
    if is_name(text) {
        return text.to_owned();
    }
    let plain: String =
        text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).take(64).collect();
    match plain.trim_matches('-') {
        "" => "NAME".to_owned(),
        plain => plain.to_owned(),
    }
}

/// The name within a text that has more than it: an invisible character, other marks, or the table around it.
fn meant_name(text: &str, table: &str) -> String {
    let narrow: String = text.chars().map(half_width).collect();
    let bare = narrow.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let bare = bare.strip_prefix(table).and_then(|rest| rest.strip_prefix('.')).unwrap_or(bare);
    bare.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect()
}

/// A name that a key refers to and that no table of the configuration has.
#[derive(Debug, Clone)]
pub struct AbsentName<'a> {
    /// What is wanted, such as `model`.
    pub kind: &'a str,
    /// The name that is written.
    pub name: &'a str,
    /// The tables of that kind, such as `models`.
    pub table: &'a str,
    /// The names that may be written.
    pub known: Vec<&'a str>,
    /// What has the name instead, such as `a plugin`.
    pub other: Option<&'a str>,
    /// What serves where the key is left out, such as `the built-in one`.
    pub without: Option<&'a str>,
}

impl AbsentName<'_> {
    /// The cause and the mend: the name that was meant, or those that may be.
    pub fn message(&self) -> String {
        let Self { kind, name, table, known, .. } = self;
        let or_without =
            self.without.map_or_else(String::new, |without| format!(", or leave it out for {without}"));
        let there = if known.is_empty() {
            "there is none yet".to_owned()
        } else {
            format!("there are: {}", known.join(", "))
        };
        if *name == "*" {
            return format!(
                "the {kind} `*` is not configured; list those that are meant ({there}){or_without}"
            );
        }
        let own = name_for(name);
        let written = [meant_name(name, table), own.clone()];
        if let Some(there) = written.iter().find(|written| known.contains(&written.as_str()))
            && there != name
        {
            return format!("the {kind} `{name}` is not configured; write \"{there}\"");
        }
        if let Some(near) = nearest(name, known.iter().copied()) {
            return format!(
                "the {kind} `{name}` is not configured; did you mean `{near}`? Or add [{table}.{own}]{or_without}"
            );
        }
        if let Some(other) = self.other {
            let a = if kind.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
            return format!(
                "`{name}` is {other}, and {a} {kind} is wanted; name one that is there ({there}), or add [{table}.NAME]{or_without}"
            );
        }
        // A header with another text in it is no TOML, or that of another table.
        if own != *name {
            return format!(
                "the {kind} `{name}` is not configured; add [{table}.{own}] and write \"{own}\" here, or name one that is there ({there}){or_without}"
            );
        }
        format!(
            "the {kind} `{name}` is not configured; add [{table}.{name}], or name one that is there ({there}){or_without}"
        )
    }
}

impl Problem {
    /// A problem at a key.
    pub fn new(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self { key: key.into(), message: message.into(), line: None }
    }

    /// What is wrong with a price, where one is set.
    pub fn of_price(key: &str, price: Option<f64>) -> Option<Self> {
        let price = price.filter(|price| !PRICES.contains(price))?;
        let most = *PRICES.end();
        let message = if price > most {
            // `{:?}`: a number of 300 digits is told as 1e300.
            format!("is {price:?}, too large; write at most {most}")
        } else {
            format!("is {price}; write the price of 1000 tokens, 0 or more")
        };
        Some(Self::new(key, message))
    }

    /// What is wrong with a share, such as a threshold, where one is set.
    pub fn of_share(key: &str, share: Option<f64>) -> Option<Self> {
        let share = share.filter(|share| !SHARES.contains(share))?;
        let message = match share {
            // The share was written in per cent; a smaller number is rather one of another scale.
            10.0..=100.0 => format!("is {share}; it must be between 0 and 1, write {}", share / 100.0),
            _ => format!("is {share:?}; it must be between 0 and 1, write such as 0.5"),
        };
        Some(Self::new(key, message))
    }

    /// What is wrong with a number that has bounds.
    pub fn of_number(key: &str, value: u64, bounds: &RangeInclusive<u64>) -> Option<Self> {
        let message = || format!("is {value}; it must be between {} and {}", bounds.start(), bounds.end());
        (!bounds.contains(&value)).then(|| Self::new(key, message()))
    }

    /// The same problem, at a line of the file.
    pub fn at(self, line: usize) -> Self {
        Self { line: Some(line), ..self }
    }

    /// The cause, and the mend where the message has both.
    pub fn parted(&self) -> (&str, Option<&str>) {
        match self.message.split_once("; ") {
            Some((cause, mend)) => (cause, Some(mend)),
            None => (&self.message, None),
        }
    }

    /// The same problem of a table that did not know its own name.
    pub fn below(self, table: &str) -> Self {
        let key = if self.key.is_empty() { table.to_owned() } else { format!("{table}.{}", self.key) };
        Self { key, ..self }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.key.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.key, self.message)
        }
    }
}
