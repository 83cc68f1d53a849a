//! Sources whose pages the rules for fetching keep from being fetched, as far as their addresses tell.

use url::Url;

use crate::config::Config;
use crate::problem::Problem;

impl Config {
    /// Addresses of sources that are not public and not among the hosts of `[fetch]`.
    pub(super) fn unfetched(&self) -> Vec<Problem> {
        let sources = self.knowledge.iter().flat_map(|(base, settings)| {
            settings
                .sources
                .iter()
                .map(move |(name, source)| (format!("knowledge.{base}.sources.{name}"), source))
        });
        let addresses = sources.flat_map(|(table, source)| {
            let urls = source.urls.iter().enumerate().map(|(at, url)| (format!("{table}.urls[{at}]"), url));
            let sitemap = source.sitemap.iter().map(|url| (format!("{table}.sitemap"), url));
            urls.chain(sitemap).collect::<Vec<_>>()
        });
        let told = |(key, url): (String, &String)| {
            Some(Problem::new(key, self.fetch.refusal(&Url::parse(url).ok()?)?))
        };
        // Hosts that could not be read may have named it.
        addresses.filter(|_| !self.lost.has("fetch.hosts")).filter_map(told).collect()
    }
}
