//! The known word that a mistyped one was meant to be.

/// How alike two words must be, 0 to 1.
const ALIKE: f64 = 0.7;

/// The nearest of the known words, where one is near enough to be meant.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
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
    let scored =
        known.into_iter().map(|known| (likeness(known), known)).filter(|(likeness, _)| *likeness >= ALIKE);
    // The first of equals.
    scored
        .fold(
            None,
            |best: Option<(f64, &str)>, next| {
                if best.is_some_and(|best| best.0 >= next.0) { best } else { Some(next) }
            },
        )
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests;
