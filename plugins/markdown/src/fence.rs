//! Fenced code, written so that every renderer sees it begin and end where this plugin does.

use std::iter::repeat_n;

/// Deepest indent, in columns, at which a fence is a fence whatever stands before it.
const DEEPEST: usize = 3;

/// An open fence.
#[derive(Debug, Clone)]
pub(crate) struct Fence {
    /// A backtick or a tilde.
    pub(crate) mark: char,
    /// How many opened it; as many or more close it.
    pub(crate) length: usize,
    /// Markers of the block quote around it; a line with fewer ends quote and code.
    pub(crate) quotes: usize,
    /// What stands before every line of it: the quote's markers.
    lead: String,
    /// Columns before the fence as it is written; no line of the code has fewer, or a list around it
    /// might end there.
    indent: usize,
    /// Columns taken off every line, for the fence was written deeper.
    shift: usize,
}

impl Fence {
    /// Opens after `prefix`, which holds spaces, quote and list markers. Writes the prefix, or one that
    /// cannot be read in another way. `after_blank`: the line before is blank.
    pub(crate) fn open(prefix: &str, mark: char, length: usize, after_blank: bool, out: &mut String) -> Self {
        let width = prefix.chars().count();
        let (quotes, lead) = quote(prefix);
        let mut fence = Self { mark, length, quotes, lead, indent: 0, shift: 0 };
        if prefix.chars().all(|c| c == ' ') {
            fence.indent = width.min(DEEPEST);
            fence.shift = width - fence.indent;
        } else if quotes == 0 && is_item(prefix, after_blank) {
            out.push_str(prefix);
            fence.indent = width;
            fence.write_mark(length, out);
            return fence;
        } else if quotes == 0 {
            // Whether this is a list item depends on lines before it. A fence on its own line does not.
            out.push_str(prefix);
            out.push('\n');
        }
        fence.write_lead(0, out);
        fence.write_mark(length, out);
        fence
    }

    /// Writes what stands before a line of code that has `columns` before it.
    pub(crate) fn write_lead(&self, columns: usize, out: &mut String) {
        out.push_str(&self.lead);
        out.extend(repeat_n(' ', columns.saturating_sub(self.shift).max(self.indent)));
    }

    pub(crate) fn write_mark(&self, length: usize, out: &mut String) {
        out.extend(repeat_n(self.mark, length));
    }

    /// Whether a run of marks after so many columns closes the fence.
    pub(crate) fn closes(&self, columns: usize, run: usize) -> bool {
        run >= self.length && columns <= self.indent + self.shift + DEEPEST
    }

    /// Whether leading tabs must become spaces: a tab's width depends on what is written before it.
    pub(crate) fn counts_columns(&self) -> bool {
        self.quotes > 0 || self.indent > 0
    }

    /// Writes the end of a fence the stream left open.
    pub(crate) fn finish(&self, at_line_start: bool, out: &mut String) {
        if !at_line_start {
            out.push('\n');
        }
        self.write_lead(0, out);
        self.write_mark(self.length, out);
    }
}

/// The markers of a prefix that is a block quote and nothing else, and how they are written; 0 for any
/// other.
fn quote(prefix: &str) -> (usize, String) {
    let rest = prefix.trim_start_matches(' ');
    let indent = prefix.len() - rest.len();
    let quotes = rest.matches('>').count();
    if indent > DEEPEST || !rest.starts_with('>') || !rest.chars().all(|c| c == '>' || c == ' ') {
        return (0, String::new());
    }
    (quotes, format!("{}{}", " ".repeat(indent), "> ".repeat(quotes)))
}

/// Whether a prefix begins a list item for sure: one marker, not indented so far that it could be code,
/// and for a number also nothing before it that it could belong to.
fn is_item(prefix: &str, after_blank: bool) -> bool {
    let marker = prefix.trim_matches(' ');
    let before = prefix.find(marker).unwrap_or_default();
    let after = prefix.len() - before - marker.len();
    let certain = match marker {
        "-" | "+" | "*" => true,
        "1." | "1)" => true,
        _ => after_blank && marker.trim_end_matches(['.', ')']).bytes().all(|b| b.is_ascii_digit()),
    };
    certain && before <= DEEPEST && (1..=4).contains(&after)
}
