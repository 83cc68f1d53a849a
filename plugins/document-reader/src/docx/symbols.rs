//! Symbols are characters of fonts in which a letter is drawn as something else: ticks and boxes of Wingdings, the
//! Greek of Symbol. The text has their places in the font, often in the private area from F000.

/// A font of symbols.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SymbolFont {
    Wingdings,
    Wingdings2,
    Symbol,
}

impl SymbolFont {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "wingdings" => Self::Wingdings,
            "wingdings 2" => Self::Wingdings2,
            "symbol" => Self::Symbol,
            _ => return None,
        })
    }

    /// What is drawn for the character at this place; a mark of no meaning of its own is a dot.
    pub(super) fn drawn(self, place: u32) -> &'static str {
        let place = if place >= 0xf000 { place - 0xf000 } else { place };
        match (self, place) {
            (Self::Wingdings, 0xfe) | (Self::Wingdings2, 0x51..=0x54) => "☑",
            (Self::Wingdings, 0xfd | 0x78) => "☒",
            (Self::Wingdings, 0xa8 | 0x6f | 0x71 | 0x72 | 0x70) | (Self::Wingdings2, 0xa3 | 0x2a | 0x30) => {
                "☐"
            }
            (Self::Wingdings, 0xfc) | (Self::Wingdings2, 0x50) => "✓",
            (Self::Wingdings, 0xfb) | (Self::Wingdings2, 0x4f) => "✗",
            (Self::Wingdings, 0xe0 | 0xe8) => "→",
            (Self::Wingdings, 0xdf | 0xe7) => "←",
            (Self::Wingdings, 0x28) => "☎",
            (Self::Wingdings, 0x2a) => "✉",
            (Self::Wingdings, place @ 0x81..=0x8a) => CIRCLED[(place - 0x81) as usize],
            (Self::Wingdings, place @ 0x8c..=0x95) => CIRCLED[(place - 0x8c) as usize],
            (Self::Symbol, place) => of_symbol(place),
            _ => "·",
        }
    }
}

const CIRCLED: [&str; 10] = ["①", "②", "③", "④", "⑤", "⑥", "⑦", "⑧", "⑨", "⑩"];

fn of_symbol(place: u32) -> &'static str {
    const GREEK: &str = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ";
    const SMALL: &str = "αβχδεφγηιϕκλμνοπθρστυϖωξψζ";
    let nth = |letters: &'static str, at: u32| {
        letters.char_indices().nth(at as usize).map_or("·", |(from, c)| &letters[from..from + c.len_utf8()])
    };
    match place {
        0x41..=0x5a => nth(GREEK, place - 0x41),
        0x61..=0x7a => nth(SMALL, place - 0x61),
        0x20..=0x3f => nth(" !∀#∃%&∋()∗+,−./0123456789:;<=>?", place - 0x20),
        0xa3 => "≤",
        0xa5 => "∞",
        0xac => "←",
        0xae => "→",
        0xb0 => "°",
        0xb1 => "±",
        0xb2 => "″",
        0xb3 => "≥",
        0xb4 => "×",
        0xb8 => "÷",
        0xb9 => "≠",
        0xba => "≡",
        0xbb => "≈",
        0xce => "∈",
        0xd0 => "∠",
        0xd5 => "∏",
        0xd6 => "√",
        0xd7 => "⋅",
        0xde => "⇒",
        0xe5 => "∑",
        0xf2 => "∫",
        _ => "·",
    }
}
