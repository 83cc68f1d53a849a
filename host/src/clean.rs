//! Text that others wrote, made fit for a terminal and a log.
//!
//! A title, a guest's failure or a model's answer may hold control characters that clear the screen,
//! fill the clipboard or forge further lines, and marks that turn the direction of writing or hide
//! text. Everything printed or logged that the host did not write itself goes through here.

use std::borrow::Cow;

/// Text for one line: what breaks a line or controls a terminal becomes a space, what cannot be seen
/// and changes how the rest is read is left out.
pub fn line(text: &str) -> Cow<'_, str> {
    cleaned(text, |c| match c {
        '\u{2028}' | '\u{2029}' => Some(' '),
        c if c.is_control() => Some(' '),
        c => Some(c).filter(|&c| !is_hidden(c)),
    })
}

/// Text of several lines, such as an answer: line breaks and tabs stay, all else is as for a line.
pub fn lines(text: &str) -> Cow<'_, str> {
    cleaned(text, |c| match c {
        '\n' | '\t' => Some(c),
        // Alone it would write over the line that is there; before `\n` it says nothing.
        '\r' => None,
        '\u{2028}' | '\u{2029}' => Some('\n'),
        c if c.is_control() => Some(' '),
        c => Some(c).filter(|&c| !is_hidden(c)),
    })
}

/// JSON text with the same characters written as escapes, so that it is the same JSON.
pub fn json(text: &str) -> Cow<'_, str> {
    let harmless = |c: char| c == '\n' || line(c.encode_utf8(&mut [0; 4])).chars().eq([c]);
    if text.chars().all(harmless) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if harmless(c) {
            escaped.push(c);
        } else {
            // The encoder itself has escaped what is not allowed raw: these stand inside strings only.
            escaped.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    Cow::Owned(escaped)
}

fn cleaned(text: &str, clean: impl Fn(char) -> Option<char>) -> Cow<'_, str> {
    if text.chars().all(|c| clean(c) == Some(c)) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().filter_map(clean).collect())
    }
}

/// Characters without a shape that reorder what stands around them or carry text nobody sees. The
/// joiners that emoji and some scripts need are not among them.
fn is_hidden(c: char) -> bool {
    matches!(c,
        // Arabic letter mark, left-to-right and right-to-left mark.
        '\u{061c}' | '\u{200e}' | '\u{200f}'
        // Embeddings, overrides and isolates of the direction of writing.
        | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        // Deprecated format characters, byte order mark, interlinear annotations.
        | '\u{206a}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        // Tags: a whole alphabet that no terminal shows.
        | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests;
