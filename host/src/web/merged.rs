//! Pages that have become one: their addresses lead to one page now, or they say the same, although they held texts of their own.
//! That is what a site under maintenance looks like, and one that wants a login: taken for news it would replace the base.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;
use url::Url;

use super::fetched::Fetched;

/// Beginnings of the names of parameters that say where a login is to lead back to.
const LEADS_BACK: &[&str] = &[
    "return", "redirect", "back", "goto", "continue", "from", "next", "service", "callback", "target", "ref",
];

/// A page that came, as it was and as it is.
#[derive(Debug, Clone, Default)]
pub(super) struct Arrival {
    /// Its address.
    pub(super) id: String,
    /// The digest of its content; `None` where it is an archive.
    pub(super) content: Option<String>,
    /// The digest of the content that the base holds of it.
    pub(super) held: Option<String>,
    /// Where it came from in the end, where that is another address, now and the time before.
    pub(super) sent_to: Option<String>,
    pub(super) was_sent_to: Option<String>,
}

impl Arrival {
    /// Whether the base holds another text of it, and not from where it is sent on to: such a page may say something else each time.
    fn is_replaced(&self) -> bool {
        let is_sent_as_before = self.sent_to.is_some() && self.sent_to == self.was_sent_to;
        self.held.is_some() && self.held != self.content && !is_sent_as_before
    }

    /// The page where it came from, without what says where to lead back to.
    fn page_sent_to(&self) -> Option<String> {
        let mut to = Url::parse(self.sent_to.as_deref()?).ok()?;
        let own = Url::parse(&self.id).ok()?.path().to_owned();
        let plain = percent_decode_str(&own).decode_utf8_lossy().into_owned();
        let leads_back = |name: &str, value: &str| {
            let name = name.to_ascii_lowercase();
            let is_own = own.len() > 1 && (value.contains(&own) || value.contains(&plain));
            is_own && LEADS_BACK.iter().any(|start| name.starts_with(start))
        };
        let pairs: Vec<(String, String)> = to.query_pairs().into_owned().collect();
        if pairs.iter().any(|(name, value)| leads_back(name, value)) {
            let kept: Vec<_> = pairs.iter().filter(|(name, value)| !leads_back(name, value)).collect();
            to.set_query(None);
            for (name, value) in kept {
                to.query_pairs_mut().append_pair(name, value);
            }
        }
        Some(to.to_string())
    }

    /// Where it leads to since it came last, where that is another page: not the same under another host, or with another ending.
    pub(super) fn leads_elsewhere(&self) -> Option<&str> {
        let to = self.sent_to.as_deref()?;
        let (own, other) = (path(&self.id)?, path(to)?);
        let is_same = own == other || !own.is_empty() && other.ends_with(&own);
        (self.is_replaced() && !is_same).then_some(to)
    }
}

impl Fetched {
    /// Leaves pages as they were that have become one, and tells of those that lead to another page now.
    pub(super) fn part_merged(&mut self, arrivals: &[Arrival], compares_texts: bool) {
        let merged = merged(arrivals, compares_texts);
        for page in arrivals.iter().filter(|page| !merged.contains_key(&page.id)) {
            if let Some(to) = page.leads_elsewhere() {
                let note = format!(
                    "is sent on to {to} now, and its document says what is there; where that is a login or a notice, exclude the \
                     page or name its new address"
                );
                self.note(&page.id, note);
            }
        }
        self.refuse_come(merged);
    }
}

/// The path of an address, without what many sites leave out at its end.
fn path(address: &str) -> Option<String> {
    let path = Url::parse(address).ok()?.path().to_lowercase();
    let (above, last) = path.rsplit_once('/').unwrap_or(("", path.as_str()));
    let is_index = last.starts_with("index.") || last.starts_with("default.");
    let path = if is_index || last.is_empty() { above } else { path.as_str() };
    Some(path.trim_end_matches(".html").trim_end_matches(".htm").to_owned())
}

/// Which pages are left as they were, each with the reason. `compares_texts`: whether equal texts have equal digests.
fn merged(pages: &[Arrival], compares_texts: bool) -> BTreeMap<String, String> {
    let mend = "and was left as it was: the site is more likely under maintenance or wants a login; where the pages are meant to be \
                one, delete their documents and fetch again";
    let mut refused = BTreeMap::new();
    for (to, group) in groups(pages, Arrival::page_sent_to) {
        for page in group {
            let reason = format!("is sent on to {to} like other pages that held other texts, {mend}");
            refused.insert(page.id.clone(), reason);
        }
    }
    if !compares_texts {
        return refused;
    }
    for (_, group) in groups(pages, |page| page.content.clone()) {
        for page in &group {
            let other = group.iter().find(|other| other.id != page.id).map_or("", |other| other.id.as_str());
            let reason =
                || format!("says the same as {other} now, although other pages held other texts, {mend}");
            refused.entry(page.id.clone()).or_insert_with(reason);
        }
    }
    refused
}

/// The pages that have one key, where they take the place of several texts and are most of those that came: those that do, and those
/// that the base does not hold. A few pages of many may have expired.
fn groups(pages: &[Arrival], key: impl Fn(&Arrival) -> Option<String>) -> BTreeMap<String, Vec<&Arrival>> {
    let mut groups: BTreeMap<String, Vec<&Arrival>> = BTreeMap::new();
    for page in pages.iter().filter(|page| page.held.is_none() || page.is_replaced()) {
        if let Some(key) = key(page) {
            groups.entry(key).or_default().push(page);
        }
    }
    groups.retain(|_, group| {
        let texts: BTreeSet<_> = group.iter().filter_map(|page| page.held.as_ref()).collect();
        texts.len() > 1 && group.len() * 2 > pages.len()
    });
    groups
}

#[cfg(test)]
mod tests;
