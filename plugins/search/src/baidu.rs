//! Baidu AI search: `POST /v2/ai_search/chat/completions`. Without `model` it is a pure search.

use qianfan_plugin::http::{Address, Request, Response};
use qianfan_plugin::{Failure, Passage};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{Config, passage, unavailable, url};

const PATH: &str = "/v2/ai_search/chat/completions";

pub(crate) fn request(query: &str, config: &Config) -> Result<Request, Failure> {
    let mut body = json!({
        "messages": [{ "role": "user", "content": query }],
        "search_source": "baidu_search_v2",
        "resource_type_filter": [{ "type": "web", "top_k": config.top_k }],
    });
    if let Some(recency) = config.recency {
        body["search_recency_filter"] = json!(recency);
    }
    if !config.sites.is_empty() {
        body["search_filter"] = json!({ "match": { "site": config.sites } });
    }
    if let Some(safe) = config.safe {
        body["safe_search"] = json!(safe);
    }
    Ok(Request::post_json(url(&config.endpoint, PATH)?, body.to_string()))
}

/// The origin of Baidu's own endpoint where its path is that of the models, or another that is no search.
pub(crate) fn without_search(endpoint: &str) -> Option<String> {
    let address = Address::parse(endpoint).ok()?;
    let path = address.path_and_query.as_str();
    let is_own = address.authority.eq_ignore_ascii_case("qianfan.baidubce.com");
    (is_own && path != "/" && !path.contains("search")).then(|| address.origin())
}

#[derive(Deserialize)]
struct BaiduResponse {
    #[serde(default)]
    references: Vec<Reference>,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    url: Option<String>,
    /// What links call the page; stands in where there is no title.
    #[serde(default)]
    web_anchor: Option<String>,
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    date: Option<String>,
}

/// One passage for each reference with text, in Baidu's order, which is by relevance. Baidu gives no
/// score.
pub(crate) fn passages(response: &Response, config: &Config) -> Result<Vec<Passage>, Failure> {
    if let Some(text) = refusal(response) {
        return Err(unavailable(config, &text));
    }
    let found: BaiduResponse = serde_json::from_slice(&response.body).map_err(|error| {
        unavailable(config, &format!("not an answer of Baidu AI search ({error}): {}", response.excerpt()))
    })?;
    let passages = found.references.into_iter().filter_map(|reference| {
        let title = reference.title.filter(|title| !title.is_empty()).or(reference.web_anchor);
        passage(
            &title.unwrap_or_default(),
            reference.url.unwrap_or_default(),
            &reference.content.unwrap_or_default(),
            reference.date.as_deref(),
        )
    });
    Ok(passages.collect())
}

/// Why Baidu refused, in its words; `None` where it did not. Errors come with status 200 too, and in
/// three shapes: of the v2 interface, of its gateway, of v1.
fn refusal(response: &Response) -> Option<String> {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let said = [
        (&body["error"]["code"], &body["error"]["message"]),
        (&body["code"], &body["message"]),
        (&body["error_code"], &body["error_msg"]),
    ]
    .into_iter()
    .find(|(code, _)| !matches!(code, Value::Null) && **code != json!(0) && **code != json!("0"))
    .map(|(code, message)| format!("{}: {}", plain(code), plain(message)));
    if response.is_success() && said.is_none() {
        return None;
    }
    let status = response.status;
    let mend = match status {
        401 | 403 => "; check the secret granted to this plugin for this host",
        _ => "",
    };
    Some(format!("answered {status}: {}{mend}", said.unwrap_or_else(|| response.excerpt())))
}

/// A code or message as Baidu writes it: text or a number.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
