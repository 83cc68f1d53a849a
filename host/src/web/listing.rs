//! A listing is what a source's addresses and its sitemap name: the pages of one run.

use std::collections::{HashMap, HashSet};

use url::Url;

/// The pages, each once and in the order in which they were named.
#[derive(Default)]
pub(super) struct Listing {
    pub(super) urls: Vec<Url>,
    seen: HashSet<String>,
    /// Why there may be more.
    pub(super) doubt: Option<String>,
    /// Pages on other hosts, and the first of them.
    pub(super) elsewhere: (usize, Option<Url>),
    /// When pages changed last, as the lists say.
    pub(super) changed: HashMap<String, String>,
    /// Whether a list names the newest pages only, as a feed does.
    pub(super) is_partial: bool,
    /// Whether more than `max_documents` were named.
    pub(super) is_cut: bool,
}

impl Listing {
    /// Adds a page that `changed` last as its list says, where there are no more than `most`.
    pub(super) fn add(&mut self, url: Url, changed: Option<&str>, most: usize) {
        if self.seen.contains(url.as_str()) {
            return;
        }
        if self.urls.len() >= most {
            self.is_cut = true;
            return;
        }
        self.seen.insert(url.to_string());
        if let Some(changed) = changed {
            self.changed.insert(url.to_string(), changed.to_owned());
        }
        self.urls.push(url);
    }
}
