//! A `[knowledge.<base>.sources.<name>]` table: pages of the web that a base takes its documents from.

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

use super::metadata::Metadata;
use crate::duration;
use crate::problem::Problem;

/// Most documents of one source: each is asked for in each run.
const MOST_DOCUMENTS: usize = 10_000;
/// Most addresses and patterns that a table lists; more belong into a sitemap.
const MOST_LISTED: usize = 1000;
/// The shortest and the longest time between two runs.
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// Where documents of a base come from, and how often they are looked at.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct WebSourceSettings {
    /// Addresses of pages and files that are imported. Default: none.
    #[schemars(example = ["https://www.example.com/faq.html"])]
    pub urls: Vec<String>,
    /// The address of a sitemap, or of an index of sitemaps, whose pages are imported. It may be packed (`.gz`), or a text
    /// with an address a line. Default: none.
    #[schemars(example = "https://www.example.com/sitemap.xml")]
    pub sitemap: Option<String>,
    /// How often the source is fetched while the host serves, from the start of one run to that of the next, 1s to 366d.
    /// Default: only when asked for, by `kb fetch` or over HTTP.
    #[serde(with = "humantime_serde")]
    #[schemars(with = "Option<Duration>", example = "6h")]
    pub every: Option<Duration>,
    /// Of the sitemap only pages that fit one of these: what stands after the host, or the whole address where the
    /// pattern holds `://`; `*` stands for any characters. Default: all.
    #[schemars(example = ["/help/*"])]
    pub include: Vec<String>,
    /// Pages of the sitemap that are left out, also where they fit `include`. Default: none.
    #[schemars(example = ["*/print/*"])]
    pub exclude: Vec<String>,
    /// At most so many documents, 1 to 10000; what the sitemap lists beyond is left out, and told. Default: 1000.
    #[schemars(range(min = 1, max = MOST_DOCUMENTS))]
    pub max_documents: usize,
    /// Delete documents whose page has gone: it answers 404 or 410, or the sitemap does not list it any more. Never where
    /// the sitemap could not be read as a whole, was empty, or where more than half of the documents would go. Default:
    /// false, they are told of and stay.
    pub remove_missing: bool,
    /// Metadata of all documents of the source, such as `{ province = "广东" }`. Default: none.
    pub metadata: BTreeMap<String, String>,
}

impl Default for WebSourceSettings {
    fn default() -> Self {
        Self {
            urls: Vec::new(),
            sitemap: None,
            every: None,
            include: Vec::new(),
            exclude: Vec::new(),
            max_documents: 1000,
            remove_missing: false,
            metadata: BTreeMap::new(),
        }
    }
}

impl WebSourceSettings {
    /// Everything that is wrong with the table.
    pub(super) fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        let mut wrong = |key: &str, message: String| found.push(Problem::new(key.to_owned(), message));
        if self.urls.is_empty() && self.sitemap.is_none() {
            wrong(
                "",
                "names nothing to fetch; write urls = [\"https://…\"] or sitemap = \"https://…/sitemap.xml\""
                    .into(),
            );
        }
        for (at, url) in self.urls.iter().enumerate() {
            if let Some(message) = not_an_address(url) {
                wrong(&format!("urls[{at}]"), message);
            }
        }
        if let Some(message) = self.sitemap.as_deref().and_then(not_an_address) {
            wrong("sitemap", message);
        }
        let every =
            self.every.and_then(|every| duration::problem("every", every, &(SHORTEST..=LONGEST), "6h"));
        every.into_iter().for_each(|problem| wrong("every", problem.message));
        if !(1..=MOST_DOCUMENTS).contains(&self.max_documents) {
            wrong(
                "max_documents",
                format!("is {}; it must be between 1 and {MOST_DOCUMENTS}", self.max_documents),
            );
        }
        for (key, listed) in [("urls", &self.urls), ("include", &self.include), ("exclude", &self.exclude)] {
            if listed.len() > MOST_LISTED {
                wrong(
                    key,
                    format!("lists {}; at most {MOST_LISTED} may be, so name a sitemap", listed.len()),
                );
            }
        }
        for (key, patterns) in [("include", &self.include), ("exclude", &self.exclude)] {
            if !patterns.is_empty() && self.sitemap.is_none() {
                wrong(key, "chooses among the pages of a sitemap, and there is none; remove it, or write sitemap = \"https://…\"".into());
            }
            for (at, pattern) in patterns.iter().enumerate() {
                if !pattern.starts_with(['/', '*']) && !pattern.contains("://") {
                    wrong(
                        &format!("{key}[{at}]"),
                        format!(
                            "fits no address, since what stands after the host begins with `/`; write \"/{pattern}\" or \"*{pattern}\""
                        ),
                    );
                }
            }
        }
        if let Err(error) = self.metadata() {
            wrong("metadata", error);
        }
        found
    }

    /// The metadata of its documents. The error is for people.
    pub fn metadata(&self) -> Result<Metadata, String> {
        let mut metadata = Metadata::default();
        for (field, value) in &self.metadata {
            metadata.add(field, value).map_err(|error| error.to_string())?;
        }
        Ok(metadata)
    }
}

/// Why nothing can be fetched from there.
fn not_an_address(text: &str) -> Option<String> {
    let mend = "write it like \"https://www.example.com/sitemap.xml\"";
    let text = text.trim();
    let completed = format!("https://{text}");
    if !text.contains("://") && !text.is_empty() && Url::parse(&completed).is_ok_and(|url| url.has_host()) {
        // It may have a password, which a URL that can be read tells.
        let is_plain = !text.contains('@');
        let mend = if is_plain { format!("write \"{completed}\"") } else { mend.to_owned() };
        return Some(format!("is not a URL: it does not begin with http:// or https://; {mend}"));
    }
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(url::ParseError::InvalidPort) => {
            return Some("has a port that is none; write one up to 65535".to_owned());
        }
        Err(_) => return Some(format!("is not a URL; {mend}")),
    };
    if !matches!(url.scheme(), "http" | "https") {
        return Some(format!("is not an http(s) URL; {mend}"));
    }
    // The text is left out: it may be a password.
    if !url.username().is_empty() || url.password().is_some() {
        return Some(
            "has a user name or password, which would be shown with each document; remove it".into(),
        );
    }
    None
}

#[cfg(test)]
mod tests;
