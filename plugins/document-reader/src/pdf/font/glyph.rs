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
    // Programs that make letters of pictures call them by their codes: `a97`.
    let code = stem.strip_prefix('a').filter(|code| (2..=3).contains(&code.len()));
    if let Some(character) = code.and_then(|code| code.parse::<u8>().ok()).filter(u8::is_ascii_graphic) {
        return Some(char::from(character));
    }
    let mut more = MORE.split_whitespace();
    while let (Some(known), Some(character)) = (more.next(), more.next()) {
        if known == stem {
            return character.chars().next();
        }
    }
    NAMES.iter().find(|(known, _)| *known == stem).map(|(_, character)| *character)
}

/// Names and what they stand for, by turns: letters with accents, and what formulas use.
const MORE: &str = "Agrave À Aacute Á Acircumflex Â Atilde Ã Aring Å AE Æ Ccedilla Ç Egrave È Eacute É Ecircumflex Ê \
    Edieresis Ë Igrave Ì Iacute Í Icircumflex Î Idieresis Ï Eth Ð Ntilde Ñ Ograve Ò Oacute Ó Ocircumflex Ô Otilde Õ \
    Oslash Ø Ugrave Ù Uacute Ú Ucircumflex Û Yacute Ý Thorn Þ atilde ã aring å ae æ edieresis ë igrave ì \
    icircumflex î idieresis ï eth ð ograve ò ocircumflex ô otilde õ oslash ø ugrave ù ucircumflex û yacute ý thorn þ \
    ydieresis ÿ Scaron Š scaron š Zcaron Ž zcaron ž OE Œ oe œ Ydieresis Ÿ Lslash Ł lslash ł exclamdown ¡ \
    questiondown ¿ guillemotleft « guillemotright » guilsinglleft ‹ guilsinglright › quotesinglbase ‚ quotedblbase „ \
    dagger † daggerdbl ‡ perthousand ‰ florin ƒ currency ¤ brokenbar ¦ paragraph ¶ ordfeminine ª ordmasculine º \
    onesuperior ¹ twosuperior ² threesuperior ³ onequarter ¼ onehalf ½ threequarters ¾ logicalnot ¬ fraction ⁄ \
    f_i ﬁ f_l ﬂ f_f ﬀ f_f_i ﬃ f_f_l ﬄ alpha α beta β gamma γ delta δ epsilon ε zeta ζ eta η theta θ iota ι kappa κ \
    lambda λ nu ν xi ξ omicron ο pi π rho ρ sigma σ tau τ upsilon υ phi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ \
    Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω lessequal ≤ greaterequal ≥ notequal ≠ approxequal ≈ \
    infinity ∞ summation ∑ product ∏ integral ∫ radical √ partialdiff ∂ element ∈ arrowright → arrowleft ← arrowup ↑ \
    arrowdown ↓ checkmark ✓ minute ′ second ″ figuredash ‒ afii61352 № ring ˚ macron ¯ acute ´ dieresis ¨ cedilla ¸ \
    sfthyphen -";

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
mod tests;
