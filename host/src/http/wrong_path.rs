//! Wrong paths that clients are known to call, and the right one for each.

use super::error::{ApiError, Fault};

const CHAT: &str = "/v1/chat/completions";
const QIANFAN_CHAT: &str = "/v2/chat/completions";

/// What is told of a path where nothing is.
pub(super) fn told(path: &str) -> ApiError {
    let message = match mend(path) {
        Some(mend) => format!("there is nothing at this path; {mend}"),
        None => "there is nothing at this path; docs/api.md lists the paths".to_owned(),
    };
    ApiError::new(Fault::NotFound, message)
}

/// Whether it is a client's mistake about the paths of chat, which anybody may be told of: what is told
/// depends on nothing but the path.
pub(super) fn is_a_clients(path: &str) -> bool {
    right_chat_path(path).is_some() || unserved(path).is_some()
}

fn mend(path: &str) -> Option<String> {
    if let Some(mend) = unserved(path) {
        return Some(mend.to_owned());
    }
    let right = right_chat_path(path).map(str::to_owned).or_else(|| right_admin_path(path))?;
    Some(format!("call {right} (a client's base URL ends with /v1 or, for Qianfan's format, with /v2)"))
}

/// What to say of paths that belong to APIs which this host does not serve.
fn unserved(path: &str) -> Option<&'static str> {
    let path = path.to_ascii_lowercase();
    let path = path.trim_end_matches('/');
    if path == "/rpc" || path.starts_with("/rpc/") {
        return Some(
            "Qianfan's first API is not served; call /v2/chat/completions with an app's name as `model` and the key as `Authorization: Bearer`",
        );
    }
    match tail(path)? {
        "responses" => Some("the Responses API is not served; call /v1/chat/completions"),
        "completions" => Some("completions without messages are not served; call /v1/chat/completions"),
        "embeddings" => {
            Some("embeddings are not served; search a knowledge base at /v1/knowledge-bases/{base}/search")
        }
        "messages" => Some("Anthropic's API is not served; call /v1/chat/completions"),
        "assistants"
        | "threads"
        | "images/generations"
        | "audio/speech"
        | "audio/transcriptions"
        | "moderations" => Some("of OpenAI's API only /v1/chat/completions and /v1/models are served"),
        _ => None,
    }
}

/// The path of chat or of models that was meant.
fn right_chat_path(path: &str) -> Option<&'static str> {
    let lower = path.to_ascii_lowercase();
    let is_qianfan = lower.split('/').find(|part| matches!(*part, "v1" | "v2")) == Some("v2");
    let right = match tail(&lower)? {
        "chat/completions" | "chat/completion" | "chat" if is_qianfan => QIANFAN_CHAT,
        "chat/completions" | "chat/completion" | "chat" => CHAT,
        "models" if is_qianfan => "/v2/models",
        "models" => "/v1/models",
        _ => return None,
    };
    (right != path).then_some(right)
}

/// What follows the last version in a path in small letters, or the prefixes of other gateways, without a slash at its end.
fn tail(path: &str) -> Option<&str> {
    let path = path.trim_end_matches('/');
    let tail = ["/v1/", "/v2/", "/v3/"].iter().filter_map(|version| {
        let at = path.rfind(version)?;
        Some((at, &path[at + version.len()..]))
    });
    let tail = tail.max_by_key(|(at, _)| *at).map(|(_, tail)| tail);
    let rest = tail.or_else(|| {
        let rest = path.strip_prefix('/')?;
        let rest = ["api/", "openai/"].iter().find_map(|prefix| rest.strip_prefix(prefix)).unwrap_or(rest);
        // Azure names a model in the path.
        let of_deployment =
            rest.strip_prefix("deployments/").and_then(|named| Some(named.split_once('/')?.1));
        Some(of_deployment.unwrap_or(rest))
    })?;
    Some(rest.trim_start_matches('/'))
}

/// The path of what is for whoever runs the host.
fn right_admin_path(path: &str) -> Option<String> {
    let trimmed = path.trim_end_matches('/');
    let plain = trimmed.strip_prefix("/v2/").or_else(|| trimmed.strip_prefix("/v1/"));
    let plain = plain.or_else(|| trimmed.strip_prefix('/'))?;
    let (first, rest) = plain.split_once('/').map_or((plain, ""), |(first, rest)| (first, rest));
    let first = match first {
        "knowledge_bases" | "knowledgebases" | "knowledge-base" | "knowledge-bases" => "knowledge-bases",
        "trace" | "traces" => "traces",
        "job" | "jobs" => "jobs",
        _ => return None,
    };
    let right = if rest.is_empty() { format!("/v1/{first}") } else { format!("/v1/{first}/{rest}") };
    (right != path).then_some(right)
}

#[cfg(test)]
mod tests;
