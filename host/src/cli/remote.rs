//! A running server, asked from the command line.

use serde_json::Value;

use super::CommandError;
use crate::clean;

/// A server with whose key it is asked.
pub(super) struct Remote {
    http: reqwest::Client,
    url: String,
}

impl Remote {
    /// A server at this address, such as `http://127.0.0.1:8080`.
    pub(super) fn new(url: &str, key: Option<&str>) -> Result<Self, CommandError> {
        Ok(Self { http: client(key)?, url: url.trim_end_matches('/').to_owned() })
    }

    /// The answer to a path with its query; a refusal in the server's own words.
    pub(super) async fn get(
        &self,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<reqwest::Response, CommandError> {
        let address =
            url::Url::parse_with_params(&format!("{}{path}", self.url), query).map_err(|error| {
                format!("{} is not a URL: {error}; write it like http://127.0.0.1:8080", self.url)
            })?;
        let response = self.http.get(address).send().await.map_err(|error| self.unreachable(&error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status();
        let refusal: Value = response.json().await.unwrap_or_default();
        let said = told(&refusal)
            .map_or_else(|| format!("answered {status}"), |text| clean::line(text).into_owned());
        Err(format!("{}: {said}", self.url))
    }

    /// The same, as JSON.
    pub(super) async fn json(&self, path: &str, query: &[(&str, String)]) -> Result<Value, CommandError> {
        let response = self.get(path, query).await?;
        response.json().await.map_err(|error| self.unreachable(&error))
    }

    pub(super) fn unreachable(&self, error: &reqwest::Error) -> CommandError {
        format!("{} cannot be reached: {error}", self.url)
    }
}

/// A client of a running server.
pub(super) fn client(key: Option<&str>) -> Result<reqwest::Client, CommandError> {
    let mut headers = reqwest::header::HeaderMap::new();
    if let Some(key) = key.map(str::trim).filter(|key| !key.is_empty()) {
        let mut value = reqwest::header::HeaderValue::try_from(format!("Bearer {key}"))
            .map_err(|_| "the key has characters that a header cannot carry; give it as it was printed")?;
        value.set_sensitive(true);
        headers.insert(reqwest::header::AUTHORIZATION, value);
    }
    #[expect(clippy::disallowed_methods, reason = "the client of a command that asks a running server")]
    reqwest::Client::builder().default_headers(headers).build().map_err(|error| error.to_string())
}

/// What an answer says of its failure.
pub(super) fn told(answer: &Value) -> Option<&str> {
    answer.pointer("/error/message").and_then(Value::as_str)
}
