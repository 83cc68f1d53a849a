//! The known word that a mistyped one was meant to be.

/// How alike two words must be, 0 to 1.
const ALIKE: f64 = 0.7;

/// The nearest of the known words, where one is near enough to be meant.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // The first of equals.
    all_nearest(word, known).into_iter().next()
}

/// The nearest of the known words, all of them where several are as near: a part such as `timeout` may be meant for each key
/// that ends with it.
#[must_use]
pub fn all_nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let word = word.trim().to_lowercase().replace(['-', ' '], "_");
    let likeness = |known: &str| {
        let plain = known.to_lowercase().replace('-', "_");
        if plain == word {
            return 1.0;
        }
        let written = strsim::normalized_damerau_levenshtein(&word, &plain);
        // `url` for `base_url`, `model_name` for `model`.
        let (short, long) = if word.len() < plain.len() { (&word, &plain) } else { (&plain, &word) };
        let part = long.starts_with(&format!("{short}_")) || long.ends_with(&format!("_{short}"));
        if part { written.max(ALIKE) } else { written }
    };
    let scored = known.into_iter().map(|known| (likeness(known), known));
    let (mut best, mut nearest) = (ALIKE, Vec::new());
    for (likeness, known) in scored.filter(|(likeness, _)| *likeness >= ALIKE) {
        if likeness > best {
            (best, nearest) = (likeness, Vec::new());
        }
        if likeness >= best {
            nearest.push(known);
        }
    }
    nearest
}

#[cfg(test)]
mod tests;
