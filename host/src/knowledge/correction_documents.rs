//! The documents that a base keeps for corrections, by their ids.

/// The first of the documents; the others have a number behind it.
pub(super) const DOCUMENT: &str = "corrections";
/// Documents of a base. Whoever has more to correct has a file to import.
pub(super) const MOST_DOCUMENTS: usize = 100;

/// The ids that they may have.
pub(super) fn correction_ids() -> impl Iterator<Item = String> {
    (1..=MOST_DOCUMENTS)
        .map(|number| if number == 1 { DOCUMENT.to_owned() } else { format!("{DOCUMENT}-{number}") })
}

/// Whether the document of this id is one of those that the base keeps for corrections.
pub fn is_correction(id: &str) -> bool {
    let number = id.strip_prefix(DOCUMENT).map(|rest| rest.strip_prefix('-').unwrap_or(rest));
    number.is_some_and(|number| number.bytes().all(|digit| digit.is_ascii_digit()))
}

#[cfg(test)]
mod tests;
