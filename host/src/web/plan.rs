//! A plan is an order with all that the configuration says of it, checked.

use url::Url;

use super::order::{FetchOrder, OrderError, Page, address};
use super::pattern::fits;
use crate::knowledge::{Base, Metadata, WebSourceSettings};

/// What one run is to fetch.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// The name of the source, where it is one.
    pub(super) source: Option<String>,
    /// Where its documents come from, as the base keeps it.
    pub(super) origin: String,
    pub(super) urls: Vec<Url>,
    pub(super) sitemap: Option<Url>,
    include: Vec<String>,
    exclude: Vec<String>,
    pub(super) max_documents: usize,
    pub(super) remove_missing: bool,
    /// Somebody has said that however many may go.
    pub(super) confirmed: bool,
    /// Nothing is asked for on the condition that it has changed.
    pub(super) afresh: bool,
    pub(super) metadata: Metadata,
    /// What is said of the one page, where it is one.
    pub(super) page: Option<Page>,
}

impl Plan {
    pub(super) fn of(order: &FetchOrder, base: &Base) -> Result<Self, OrderError> {
        let sources = &base.settings().sources;
        match (&order.source, &order.page) {
            (Some(name), None) => {
                let settings =
                    sources.get(name).ok_or_else(|| OrderError::no_source(name, sources.iter()))?;
                Self::of_source(name, settings, order)
            }
            (None, Some(page)) => Self::of_page(page),
            _ => Err(OrderError::Nothing),
        }
    }

    fn of_source(name: &str, settings: &WebSourceSettings, order: &FetchOrder) -> Result<Self, OrderError> {
        let urls = settings.urls.iter().map(|url| address(url)).collect::<Result<_, _>>();
        let sitemap = settings.sitemap.as_deref().map(address).transpose();
        Ok(Self {
            source: Some(name.to_owned()),
            origin: format!("source:{name}"),
            urls: urls.map_err(OrderError::Address)?,
            sitemap: sitemap.map_err(OrderError::Address)?,
            include: settings.include.clone(),
            exclude: settings.exclude.clone(),
            max_documents: settings.max_documents,
            remove_missing: settings.remove_missing || order.remove_missing,
            confirmed: order.remove_missing,
            afresh: order.afresh,
            metadata: settings.metadata().map_err(OrderError::Address)?,
            page: None,
        })
    }

    fn of_page(page: &Page) -> Result<Self, OrderError> {
        let url = address(&page.url).map_err(OrderError::Address)?;
        Ok(Self {
            source: None,
            origin: page.origin.clone().unwrap_or_else(|| url.to_string()),
            urls: vec![url],
            sitemap: None,
            include: Vec::new(),
            exclude: Vec::new(),
            max_documents: WebSourceSettings::default().max_documents,
            remove_missing: false,
            confirmed: false,
            afresh: true,
            metadata: page.metadata.clone(),
            page: Some(page.clone()),
        })
    }

    /// Whether a page of the sitemap is wanted.
    pub(super) fn wants(&self, url: &Url) -> bool {
        let one = |pattern: &String| {
            let whole = pattern.contains("://");
            spellings(url, whole).iter().any(|text| fits(pattern, text))
        };
        (self.include.is_empty() || self.include.iter().any(one)) && !self.exclude.iter().any(one)
    }
}

/// What a pattern is compared with: the path and query, or the whole address, as it is encoded and as people write it.
fn spellings(url: &Url, whole: bool) -> [String; 2] {
    let encoded = if whole {
        url.to_string()
    } else {
        url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
    };
    let decoded = percent_encoding::percent_decode_str(&encoded).decode_utf8_lossy().into_owned();
    [encoded, decoded]
}

#[cfg(test)]
mod tests;
