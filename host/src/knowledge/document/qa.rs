//! Questions with standard answers, in four spellings:
//!
//! - a table with columns for questions, answers and optionally other ways to ask, under the names that they usually have
//!   (`qa/role.rs`), or two columns without names (`qa/columns.rs`);
//! - text and markdown (`qa/written.rs`), where headings, bold or numbered lines or 问： are questions (variants after ` | `) and
//!   what stands below is the answer;
//! - marked questions in a text of any other format, and headings or numbered lines that ask in what calls itself FAQ
//!   (`qa/marked.rs`);
//! - JSON (`qa/json.rs`), such as `{"question": "…", "variants": ["…"], "answer": "…", "media_type": "markdown"}`.

mod asked_beside;
mod batch;
mod columns;
mod entry;
mod folded;
mod json;
mod line;
mod mark;
mod marked;
mod pair;
mod role;
mod state;
mod written;

use super::{Document, ParseError};
pub(super) use columns::QuestionColumns;
pub(in crate::knowledge) use entry::MAX_QUESTION;
pub(super) use folded::{add_folded, take_asking};
pub(super) use mark::is_marked;
pub(super) use marked::take_out as take_out_marked;

/// Reads questions that are written or JSON; `None` where the text is neither but a table.
pub(super) fn parse(text: &str) -> Result<Option<Document>, ParseError> {
    match text.trim_start().chars().next() {
        Some('{' | '[') => json::parse(text).map(Some),
        _ => written::parse(text),
    }
}

#[cfg(test)]
mod tests;
