//! The characters that glyph names stand for (Adobe's glyph list, as far as Latin fonts use it).

/// `None` where the name says nothing, as those of fonts cut down to a few glyphs do.
pub(super) fn character(name: &str) -> Option<char> {
    let mut chars = name.chars();
    if let (Some(letter), None) = (chars.next(), chars.next()) {
        return letter.is_ascii_alphabetic().then_some(letter);
    }
    let stem = name.split('.').next().unwrap_or(name);
    let code = stem.strip_prefix("uni").filter(|code| code.len() == 4);
    let code = code.or_else(|| stem.strip_prefix('u').filter(|code| (4..=6).contains(&code.len())));
    if let Some(character) = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32)
    {
        return Some(character);
    }
    NAMES.iter().find(|(known, _)| *known == stem).map(|(_, character)| *character)
}

const NAMES: &[(&str, char)] = &[
    ("space", ' '),
    ("exclam", '!'),
    ("quotedbl", '"'),
    ("numbersign", '#'),
    ("dollar", '$'),
    ("percent", '%'),
    ("ampersand", '&'),
    ("quotesingle", '\''),
    ("quoteright", '’'),
    ("quoteleft", '‘'),
    ("quotedblleft", '“'),
    ("quotedblright", '”'),
    ("parenleft", '('),
    ("parenright", ')'),
    ("asterisk", '*'),
    ("plus", '+'),
    ("comma", ','),
    ("hyphen", '-'),
    ("minus", '−'),
    ("period", '.'),
    ("slash", '/'),
    ("zero", '0'),
    ("one", '1'),
    ("two", '2'),
    ("three", '3'),
    ("four", '4'),
    ("five", '5'),
    ("six", '6'),
    ("seven", '7'),
    ("eight", '8'),
    ("nine", '9'),
    ("colon", ':'),
    ("semicolon", ';'),
    ("less", '<'),
    ("equal", '='),
    ("greater", '>'),
    ("question", '?'),
    ("at", '@'),
    ("bracketleft", '['),
    ("backslash", '\\'),
    ("bracketright", ']'),
    ("asciicircum", '^'),
    ("underscore", '_'),
    ("grave", '`'),
    ("braceleft", '{'),
    ("bar", '|'),
    ("braceright", '}'),
    ("asciitilde", '~'),
    ("bullet", '•'),
    ("periodcentered", '·'),
    ("endash", '–'),
    ("emdash", '—'),
    ("ellipsis", '…'),
    ("fi", 'ﬁ'),
    ("fl", 'ﬂ'),
    ("ff", 'ﬀ'),
    ("ffi", 'ﬃ'),
    ("ffl", 'ﬄ'),
    ("degree", '°'),
    ("plusminus", '±'),
    ("multiply", '×'),
    ("divide", '÷'),
    ("section", '§'),
    ("copyright", '©'),
    ("registered", '®'),
    ("trademark", '™'),
    ("yen", '¥'),
    ("sterling", '£'),
    ("Euro", '€'),
    ("cent", '¢'),
    ("mu", 'µ'),
    ("germandbls", 'ß'),
    ("adieresis", 'ä'),
    ("odieresis", 'ö'),
    ("udieresis", 'ü'),
    ("Adieresis", 'Ä'),
    ("Odieresis", 'Ö'),
    ("Udieresis", 'Ü'),
    ("agrave", 'à'),
    ("aacute", 'á'),
    ("acircumflex", 'â'),
    ("egrave", 'è'),
    ("eacute", 'é'),
    ("ecircumflex", 'ê'),
    ("iacute", 'í'),
    ("oacute", 'ó'),
    ("uacute", 'ú'),
    ("ccedilla", 'ç'),
    ("ntilde", 'ñ'),
    ("dotlessi", 'ı'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_for_characters() {
        for (name, expected) in [
            ("A", Some('A')),
            ("uni4E2D", Some('中')),
            ("u20000", Some('𠀀')),
            ("one.oldstyle", Some('1')),
            ("union", None),
            ("g123", None),
            ("", None),
        ] {
            assert_eq!(character(name), expected, "{name}");
        }
    }
}
