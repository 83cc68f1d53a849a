//! An order says what is to be fetched: one of a base's sources, or one address.

use serde::{Deserialize, Serialize};
use url::Url;

use super::plan::Plan;
use crate::knowledge::{Base, Format, Metadata, WebSourceSettings};

/// What to fetch, as a job keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FetchOrder {
    /// The name of one of the base's sources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Only for a source: fetch everything anew, also what its server calls unchanged.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub afresh: bool,
    /// Only for a source: delete documents whose page has gone, however many they are. Nothing is deleted
    /// where the sitemap could not be read as a whole or is empty.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub remove_missing: bool,
    /// What is fetched instead of a source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<Page>,
}

/// One page or file, or the pages of one sitemap.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Its address.
    pub url: String,
    /// The document's id. Default: its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What a reader would call it. Default: what it says itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Where the documents come from. Default: the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Where neither the server nor the address tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// Goes over what the document says of itself.
    #[serde(default)]
    pub metadata: Metadata,
}

/// Why an order cannot be carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// The base has no such source.
    #[error("the knowledge base has no source `{name}`; {known}")]
    NoSource {
        /// The name that was asked for.
        name: String,
        /// The sources that there are.
        known: String,
    },
    /// The address of a page.
    #[error("`url` {0}")]
    Address(String),
    /// The order names neither a source nor a page, or both.
    #[error("names neither a source nor a page")]
    Nothing,
}

impl FetchOrder {
    /// One of a base's sources.
    pub fn source(name: impl Into<String>) -> Self {
        Self { source: Some(name.into()), ..Self::default() }
    }

    /// One page, file or sitemap.
    pub fn page(page: Page) -> Self {
        Self { page: Some(page), ..Self::default() }
    }

    /// Refuses what a base's configuration does not have, and an address that is none.
    pub fn check(&self, base: &Base) -> Result<(), OrderError> {
        Plan::of(self, base).map(drop)
    }
}

impl OrderError {
    /// No source has this name among those of a base.
    pub fn no_source<'a>(
        name: &str,
        sources: impl Iterator<Item = (&'a String, &'a WebSourceSettings)>,
    ) -> Self {
        let known: Vec<&str> = sources.map(|(name, _)| name.as_str()).collect();
        let known = if known.is_empty() {
            "it has none; add a table [knowledge.<base>.sources.<name>]".to_owned()
        } else {
            format!("there are: {}", known.join(", "))
        };
        Self::NoSource { name: name.to_owned(), known }
    }
}

/// A URL that may be fetched, without what only a browser reads. The error follows the key or argument.
pub(super) fn address(text: &str) -> Result<Url, String> {
    let mend = "write it like \"https://www.example.com/faq.html\"";
    let mut url = Url::parse(text.trim()).map_err(|error| format!("is not a URL ({error}); {mend}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("is not an http(s) URL; {mend}"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("has a user name or password, which would be shown with the document; remove it".into());
    }
    url.set_fragment(None);
    Ok(url)
}
