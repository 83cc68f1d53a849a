//! The lines of a text that may ask or answer.

use crate::message::MediaType;

/// A text's lines that no fence keeps as they are, with their numbers.
pub(super) fn lines(text: &str, media_type: MediaType) -> impl Iterator<Item = (usize, &str)> {
    let mut is_fenced = false;
    text.lines().enumerate().filter(move |(_, line)| {
        let is_fence = media_type == MediaType::Markdown
            && (line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~"));
        let is_in = is_fenced || is_fence;
        is_fenced ^= is_fence;
        !is_in
    })
}
