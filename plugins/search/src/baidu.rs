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
/// score. An answer that has no reference, and does not say that there is none, is a failure and no absence.
pub(crate) fn passages(response: &Response, config: &Config) -> Result<Vec<Passage>, Failure> {
    let document: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    // What came is read, whatever code stands beside it.
    let came = response.is_success() && document["references"].as_array().is_some_and(|all| !all.is_empty());
    if let Some(text) = refusal(response, &document).filter(|_| !came) {
        return Err(unavailable(config, &text));
    }
    let found: BaiduResponse = serde_json::from_slice(&response.body).map_err(|error| {
        unavailable(config, &format!("not an answer of Baidu AI search ({error}): {}", response.excerpt()))
    })?;
    if !came && !is_empty_result(&document) {
        let text = format!("not an answer of Baidu AI search (no references): {}", response.excerpt());
        return Err(unavailable(config, &text));
    }
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

/// Whether an answer that refuses nothing says that nothing was found: its list is empty, or it is left out of an answer
/// that names its request and holds no other lists or objects than of what was spent.
fn is_empty_result(document: &Value) -> bool {
    let Some(fields) = document.as_object() else { return false };
    let holds = |value: &Value| match value {
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        _ => false,
    };
    let names_its_request = ["request_id", "requestId"].iter().any(|name| fields.contains_key(*name));
    fields.contains_key("references")
        || names_its_request && fields.iter().all(|(name, value)| name == "usage" || !holds(value))
}

/// Why Baidu refused, in its words; `None` where it did not. Errors come with status 200 too: of the v2 interface, of
/// its gateway, of v1, of its older services, and from what stands between it and the host.
fn refusal(response: &Response, body: &Value) -> Option<String> {
    let error = &body["error"];
    let codes = [
        (&error["code"], &error["message"]),
        (&body["code"], &body["message"]),
        (&body["error_code"], &body["error_msg"]),
        (&body["errno"], &body["errmsg"]),
    ];
    let coded = codes.into_iter().find(|(code, _)| is_bad(code));
    let coded = coded.map(|(code, message)| format!("{}: {}", plain(code), plain(message)));
    let said = coded.or_else(|| {
        let words = [error, &error["message"]].into_iter().filter_map(Value::as_str);
        let failed = body["status"].as_str().filter(|status| is_failed(status));
        let words =
            words.chain(failed.map(|status| {
                body["msg"].as_str().filter(|words| !words.trim().is_empty()).unwrap_or(status)
            }));
        words.map(str::trim).find(|words| !words.is_empty()).map(str::to_owned)
    });
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

/// Whether a code is one of an error: 0 is none, nor is that of HTTP for success, nor an empty text.
fn is_bad(code: &Value) -> bool {
    match code {
        Value::Number(number) => !matches!(number.as_i64(), Some(0 | 200)),
        Value::String(text) => !matches!(text.trim(), "" | "0" | "200"),
        _ => false,
    }
}

fn is_failed(status: &str) -> bool {
    ["error", "fail", "failed"].iter().any(|word| status.trim().eq_ignore_ascii_case(word))
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
