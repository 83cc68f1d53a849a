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
mod tests;
