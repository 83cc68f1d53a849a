//! Characters that nobody sees, and what becomes of them.

/// What an answer's character becomes before anything else is looked at; `None`: it is taken out.
///
/// Controls may end a scheme or a tag for a browser and no text needs them. Those of writing direction
/// show a text in another order than it is read in, also in code. A byte order mark is a space to some
/// renderers and nothing to others.
pub(crate) fn cleaned(c: char) -> Option<char> {
    match c {
        '\n' | '\t' => Some(c),
        '\u{2028}' | '\u{2029}' => Some('\n'),
        '\u{FEFF}' => None,
        c if c.is_control() || turns_direction(c) => None,
        c => Some(c),
    }
}

fn turns_direction(c: char) -> bool {
    matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Whether a renderer, or what cleans a URL for it, may skip the character or take it for a space.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || turns_direction(c)
        || matches!(c, '\u{AD}' | '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{206F}' | '\u{2800}'
            | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFC}'
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}
