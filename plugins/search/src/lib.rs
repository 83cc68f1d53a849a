//! Bundled plugin: passages from the web, by Baidu AI search or a SearXNG instance.
//!
//! The key of a provider is a secret: the host puts it into the request, and this plugin never sees it.

mod baidu;
mod searxng;

use qianfan_plugin::http::{self, Address, Request, Response, origin_and_path};
use qianfan_plugin::{Contribution, Contributor, Description, Failure, Passage, Turn, Validate, json};
use serde::{Deserialize, Serialize};

struct Search;

qianfan_plugin::export_contributor!(Search);
qianfan_plugin::export_validation!(Search);

/// The operator's configuration.
#[derive(Deserialize)]
struct Config {
    provider: Provider,
    /// Base URL. Without a path the provider's own is added; with one it is taken as it stands.
    endpoint: String,
    /// At most so many results.
    #[serde(default = "default_top_k")]
    top_k: usize,
    /// Only results at most so old; absent: of any age. The model may narrow it.
    recency: Option<Recency>,
    /// Only results from these sites, by host name; empty: from anywhere.
    #[serde(default)]
    sites: Vec<String>,
    /// Asks the provider to leave indecent results out; absent: the provider's own default.
    safe: Option<bool>,
    /// SearXNG only, such as `zh-CN`; absent: the instance's own default.
    language: Option<String>,
}

fn default_top_k() -> usize {
    10
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Provider {
    Baidu,
    Searxng,
}

/// How old a result may be, in Baidu's words.
#[derive(Deserialize, Serialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "lowercase")]
enum Recency {
    Week,
    Month,
    Semiyear,
    Year,
}

/// What the model may pass.
#[derive(Deserialize)]
struct Arguments {
    query: String,
    recency: Option<Recency>,
}

impl Validate for Search {
    type Config = serde_json::Value;

    fn validate(config: &serde_json::Value) -> Vec<(String, String)> {
        let mut problems = Vec::new();
        let texts = ["endpoint", "language"].map(|key| (key.to_owned(), &config[key]));
        let sites = config["sites"].as_array().into_iter().flatten().enumerate();
        let sites = sites.map(|(at, site)| (format!("sites[{at}]"), site));
        let texts = texts.into_iter().chain(sites).filter_map(|(key, text)| Some((key, text.as_str()?)));
        for (key, text) in texts {
            if text.contains("{{") || text.contains("{%") {
                let message = "is a template, and none is filled in here; write the text itself";
                problems.push((key, message.to_owned()));
            }
        }
        let endpoint =
            config["endpoint"].as_str().filter(|_| config["provider"] == "baidu").unwrap_or_default();
        if let Some(origin) = baidu::without_search(endpoint) {
            let message = format!(
                "has a path that is no search and would be asked as it is; write \"{origin}\", \
                 to which the provider's own is added"
            );
            problems.push(("endpoint".to_owned(), message));
        }
        if config.get("language").is_some() && config["provider"] == "baidu" {
            let message = "has no effect with provider = \"baidu\"; remove it";
            problems.push(("language".to_owned(), message.to_owned()));
        }
        problems
    }
}

impl Contributor for Search {
    type Config = Config;

    fn describe() -> Description {
        Description {
            model_summary: "Searches the web. Call it for what is recent or outside the assistant's own \
                            knowledge, with a short query."
                .to_owned(),
            config_schema: include_str!("config.schema.json").to_owned(),
            arguments_schema: include_str!("arguments.schema.json").to_owned(),
            ..Description::new("search", env!("CARGO_PKG_VERSION"), "Finds passages on the web")
        }
    }

    fn contribute(turn: Turn, mut config: Config) -> Result<Contribution, Failure> {
        let query = match json::arguments::<Arguments>(&turn)? {
            Some(arguments) => {
                config.recency = arguments.recency.or(config.recency);
                arguments.query
            }
            None => turn.search_text,
        };
        let query = query.trim();
        if query.is_empty() {
            return Ok(Contribution::Nothing("there is no text to search for".to_owned()));
        }
        let response = http::send(&config.provider.request(query, &config)?)?;
        let mut passages = config.provider.passages(&response, &config)?;
        passages.truncate(config.top_k);
        if passages.is_empty() {
            return Ok(Contribution::Nothing(format!("{}: no results", origin_and_path(&config.endpoint))));
        }
        Ok(Contribution::Passages(passages))
    }
}

impl Provider {
    fn request(self, query: &str, config: &Config) -> Result<Request, Failure> {
        match self {
            Self::Baidu => baidu::request(query, config),
            Self::Searxng => searxng::request(query, config),
        }
    }

    fn passages(self, response: &Response, config: &Config) -> Result<Vec<Passage>, Failure> {
        match self {
            Self::Baidu => baidu::passages(response, config),
            Self::Searxng => searxng::passages(response, config),
        }
    }
}

/// The URL to call: the endpoint, with the provider's own path where the operator gave none.
fn url(endpoint: &str, path: &str) -> Result<String, Failure> {
    let wrong = |text| Failure::InvalidConfig(format!("`endpoint`: {text}"));
    let address = Address::parse(endpoint).map_err(wrong)?;
    if address.path_and_query.contains('?') {
        let told = origin_and_path(endpoint);
        return Err(wrong(format!(
            "there is a query after `{told}`; leave it out, and a key belongs into `secrets` of this plugin's grants"
        )));
    }
    let path = if address.path_and_query == "/" { path } else { &address.path_and_query };
    Ok(format!("{}{path}", address.origin()))
}

/// A passage as a page of the web gives it; `None` where there is no text.
fn passage(title: &str, url: String, text: &str, date: Option<&str>) -> Option<Passage> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let title = if title.trim().is_empty() { &url } else { title.trim() };
    // The date is grounding like the text: the model weighs old against new by it.
    let text = match date.map(str::trim).filter(|date| !date.is_empty()) {
        Some(date) => format!("({date}) {text}"),
        None => text.to_owned(),
    };
    let passage = Passage::new(title, text);
    Some(Passage { url: Some(url).filter(|url| !url.is_empty()), ..passage })
}

fn unavailable(config: &Config, text: &str) -> Failure {
    Failure::Unavailable(format!("{}: {text}", origin_and_path(&config.endpoint)))
}

#[cfg(test)]
mod tests;
