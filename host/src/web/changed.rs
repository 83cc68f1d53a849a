//! When a page changed last is what a list says of it (`lastmod`, `updated`): one that was fetched well after that need not
//! be asked for again.

use crate::knowledge::moment;

/// Servers and what stands before them give an older page out for a while.
const SLACK: u64 = 3600;
/// A date without a time zone may be anywhere's.
const ANYWHERE: u64 = 12 * 3600;
const DAY: u64 = 24 * 3600;
/// Lists are often not kept up: a page that was not asked for so long is asked for whatever they say.
const LONGEST: u64 = 7 * DAY;

/// Whether a page is as it was when it was `fetched`, by what its list says of it `now`. Both are seconds since 1970.
pub(super) fn is_older(said: &str, fetched: u64, now: u64) -> bool {
    let said = said.trim();
    let Some(changed) = moment(said).and_then(|changed| u64::try_from(changed / 1000).ok()) else {
        return false;
    };
    let (is_date, has_zone) =
        (said.len() == 10, said.get(11..).is_some_and(|time| time.contains(['Z', 'z', '+', '-'])));
    let unsure = if is_date { DAY } else { 0 } + if has_zone { 0 } else { ANYWHERE } + SLACK;
    fetched <= now && now - fetched < LONGEST && changed.saturating_add(unsure) <= fetched
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_fetched_well_after_its_change_is_left_alone() {
        let at = |text: &str| u64::try_from(moment(text).unwrap() / 1000).unwrap();
        let fetched = at("2026-03-05T12:00:00Z");
        for (said, expected) in [
            ("2026-03-01", true),
            ("2026-03-03", true),
            // The day's end may be hours away, somewhere.
            ("2026-03-04", false),
            ("2026-03-05", false),
            ("2026-03-05T10:00:00Z", true),
            ("2026-03-05T18:00:00+08:00", true),
            ("2026-03-05T11:30:00Z", false),
            ("2026-03-05T10:00:00", false),
            ("2026-03-06", false),
            ("2099-01-01", false),
            ("2026-03", false),
            ("gestern", false),
            ("", false),
        ] {
            assert_eq!(is_older(said, fetched, fetched + DAY), expected, "{said}");
        }
        assert!(!is_older("2026-03-01", fetched, fetched + LONGEST), "a list that nobody keeps up");
        assert!(!is_older("2026-03-01", 0, fetched) && !is_older("2026-03-01", fetched, fetched - 1));
    }
}
