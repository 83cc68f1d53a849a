//! SearXNG: `GET /search?format=json`. The instance must have `json` among its `search.formats`.

use qianfan_plugin::http::{Request, Response, encode_component, origin_and_path};
use qianfan_plugin::{Failure, Passage, log};
use serde::Deserialize;
use serde_json::Value;

use crate::{Config, Recency, passage, unavailable, url};

const PATH: &str = "/search";

pub(crate) fn request(query: &str, config: &Config) -> Result<Request, Failure> {
    let url = url(&config.endpoint, PATH)?;
    let mut url = format!("{url}?q={}&format=json", encode_component(&restricted(query, &config.sites)));
    if let Some(recency) = config.recency {
        // SearXNG knows no half year; the next longer range loses nothing.
        let range = match recency {
            Recency::Week => "week",
            Recency::Month => "month",
            Recency::Semiyear | Recency::Year => "year",
        };
        url.push_str("&time_range=");
        url.push_str(range);
    }
    if let Some(safe) = config.safe {
        url.push_str(if safe { "&safesearch=2" } else { "&safesearch=0" });
    }
    if let Some(language) = &config.language {
        url.push_str("&language=");
        url.push_str(&encode_component(language));
    }
    let mut request = Request::get(url);
    request.headers.push(("accept".to_owned(), "application/json".to_owned()));
    Ok(request)
}

/// The query with its sites, in the operators that the engines behind SearXNG share.
fn restricted(query: &str, sites: &[String]) -> String {
    let sites: Vec<String> = sites.iter().map(|site| format!("site:{site}")).collect();
    match sites.as_slice() {
        [] => query.to_owned(),
        [site] => format!("{query} {site}"),
        several => format!("{query} ({})", several.join(" OR ")),
    }
}

#[derive(Deserialize)]
struct SearxngResponse {
    results: Vec<Hit>,
    /// Engines that did not answer, each with the reason: `["google", "timeout"]`.
    #[serde(default)]
    unresponsive_engines: Value,
}

#[derive(Deserialize)]
struct Hit {
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    content: Option<String>,
    #[serde(default, rename = "publishedDate")]
    published: Option<String>,
    #[serde(default)]
    score: Option<f64>,
}

/// One passage for each result with text. SearXNG's scores add up over engines and have no upper end;
/// they are given as a part of the best one. Where none came and engines did not answer, nobody knows whether there
/// is something, so that this is a failure and no absence.
pub(crate) fn passages(response: &Response, config: &Config) -> Result<Vec<Passage>, Failure> {
    if !response.is_success() {
        let mend = match response.status {
            403 => "; add `json` to `search.formats` in the instance's settings.yml",
            429 => "; its limiter refuses this host: allow the host's address there",
            _ => "",
        };
        let text = format!("answered {}: {}{mend}", response.status, response.excerpt());
        return Err(unavailable(config, &text));
    }
    let found: SearxngResponse = serde_json::from_slice(&response.body).map_err(|error| {
        unavailable(config, &format!("not an answer of SearXNG ({error}): {}", response.excerpt()))
    })?;
    let best = found.results.iter().filter_map(|hit| hit.score).fold(0.0, f64::max);
    let passages = found.results.into_iter().filter_map(|hit| {
        // 2024-06-24T00:00:00 where the engine says it to the second: the day is enough.
        let date = hit.published.as_deref().and_then(|date| date.split('T').next());
        let passage = passage(
            &hit.title.unwrap_or_default(),
            hit.url.unwrap_or_default(),
            &hit.content.unwrap_or_default(),
            date,
        )?;
        let score = hit.score.filter(|_| best > 0.0).map(|score| (score / best).clamp(0.0, 1.0));
        Some(Passage { score, ..passage })
    });
    let passages: Vec<Passage> = passages.collect();
    let Some(away) = away(&found.unresponsive_engines) else { return Ok(passages) };
    if passages.is_empty() {
        return Err(unavailable(config, &format!("no results, and engines did not answer: {away}")));
    }
    log::warn(&format!("{}: engines did not answer: {away}", origin_and_path(&config.endpoint)));
    Ok(passages)
}

/// The engines that did not answer, with why, in one line; `None` where all did.
fn away(engines: &Value) -> Option<String> {
    let one = |engine: &Value| match engine {
        Value::String(name) => name.clone(),
        Value::Array(told) => {
            told.iter().map(|part| part.as_str().unwrap_or_default()).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    };
    let all: Vec<String> = engines.as_array()?.iter().map(one).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

#[cfg(test)]
mod tests;
